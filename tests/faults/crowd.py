"""Many people with a reminder each on the same morning: what the sending is measured and tried with."""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.extensions import db
from tracker.models import (
    MailKind,
    MailState,
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    Organizer,
    OutgoingMail,
    QualityCycle,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    UnitKind,
    User,
)
from tracker.notifications.digest import Digest
from tracker.notifications.situation import Situation
from tracker.web.swedish import sort_key

DAY = date(2026, 9, 15)
"""A Tuesday; the effect of everybody's measure can be assessed from it."""

UNITS = 400
"""What each organizer has at most: as many as the largest municipalities."""


def at(wall: str = "07:00") -> datetime:
    return clock.at(DAY, time.fromisoformat(wall))


def gather(people: int, each: int = 1) -> None:
    """So many rektorer in an empty database, each with a unit of which so many effects are due on
    DAY. Committed. Written as rows, since the verbs and their history would take minutes."""
    with clock.stopped_at(at() - timedelta(days=30)):
        for first in range(0, people, UNITS):
            _organizer(first, range(first, min(first + UNITS, people)), each)
            db.session.commit()
    _count()


def put_in_the_outbox() -> None:
    """What planning makes of it on DAY, as rows: for what is about the sending alone."""
    with clock.stopped_at(at()):
        for organizer_id in db.session.scalars(
            sa.select(Organizer.id).order_by(Organizer.id)
        ).all():
            _plan(organizer_id)
            db.session.commit()
    _count()


def remember() -> None:
    """A mail that each got a week before, as in an outbox that has been in use: PostgreSQL makes other
    plans for tables that are empty."""
    before = DAY - timedelta(days=7)
    with clock.stopped_at(at() - timedelta(days=7)):
        measures = db.session.execute(
            sa.select(Measure.organizer_id, Measure.id, User.id, User.name, User.email)
            .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
            .join(RoleAssignment, RoleAssignment.unit_id == MeasureUnit.unit_id)
            .join(User, User.id == RoleAssignment.user_id)
        ).all()
        mails = _insert(
            OutgoingMail,
            [
                {
                    "organizer_id": organizer_id, "recipient_id": person_id,
                    "kind": MailKind.REMINDERS, "digest_on": before, "to_address": email,
                    "to_name": name, "subject": "Påminnelse", "text": "x" * 600,
                    "html": "x" * 2500, "state": MailState.SENT, "sent_at": clock.now(),
                }
                for organizer_id, _, person_id, name, email in measures
            ],
        )  # fmt: skip
        db.session.execute(
            sa.insert(Reminder),
            [
                {
                    "organizer_id": organizer_id, "kind": ReminderKind.DIALOGUE,
                    "subject_id": measure_id, "recipient_id": person_id, "offset_days": 7,
                    "date_revision": 1, "due_on": before, "state": ReminderState.SENT,
                    "settled_at": clock.now(),
                    "mail_id": mail_id,
                }
                for (organizer_id, measure_id, person_id, *_), mail_id in zip(
                    measures, mails, strict=True
                )
            ],
        )  # fmt: skip
        db.session.commit()
    _count()


def _count() -> None:
    """What PostgreSQL does by itself after a minute, and what its plans are made of."""
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()


def _plan(organizer_id: int) -> None:
    measures = db.session.execute(
        sa.select(Measure.id, User.id, User.name, User.email)
        .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
        .join(RoleAssignment, RoleAssignment.unit_id == MeasureUnit.unit_id)
        .join(User, User.id == RoleAssignment.user_id)
        .where(Measure.organizer_id == organizer_id)
        .order_by(Measure.id)
    ).all()
    situation = Situation.load(organizer_id, {(ReminderKind.EFFECT, row[0]) for row in measures})
    people = {person_id: (name, email) for _, person_id, name, email in measures}
    mails = {
        person_id: OutgoingMail(
            organizer_id=organizer_id, recipient_id=person_id, kind=MailKind.REMINDERS,
            digest_on=DAY, to_address=email, to_name=name, subject="", text="", html="",
        )
        for person_id, (name, email) in people.items()
    }  # fmt: skip
    db.session.add_all(mails.values())
    db.session.flush()
    for mail in mails.values():
        mail._read_along = []
    for measure_id, person_id, *_ in measures:
        reminder = Reminder(
            organizer_id=organizer_id, kind=ReminderKind.EFFECT, subject_id=measure_id,
            recipient_id=person_id, offset_days=0, date_revision=1, due_on=DAY,
            state=ReminderState.PLANNED, mail_id=mails[person_id].id,
        )  # fmt: skip
        mails[person_id]._read_along.append(reminder)
        db.session.add(reminder)
    for mail in mails.values():
        Digest.of(mail, situation).write_into(mail)


def _organizer(number: int, people: range, each: int) -> None:
    organizer = Organizer(name=f"Mängdköpings kommun {number}")
    db.session.add(organizer)
    db.session.flush()
    since = date(2020, 8, 1)
    year = SchoolYear.open(organizer, DAY.year, by=None)
    db.session.flush()
    names = [f"Åsa {number} Ström" for number in people]
    users = _insert(
        User,
        [
            {"email": f"p{number}@many.example", "name": name, "sort_key": sort_key(name)}
            for number, name in zip(people, names, strict=True)
        ],
    )
    units = _insert(
        SchoolUnit,
        [
            {
                "organizer_id": organizer.id, "name": f"Skola {number}",
                "sort_key": f"skola {number}", "slug": f"skola-{number}",
                "kind": UnitKind.SCHOOL, "opened_on": since,
            }
            for number in people
        ],
    )  # fmt: skip
    _insert(
        RoleAssignment,
        [
            {
                "organizer_id": organizer.id, "user_id": user, "role": Role.PRINCIPAL,
                "unit_id": unit, "starts_on": since,
            }
            for user, unit in zip(users, units, strict=True)
        ],
    )  # fmt: skip
    cycles = _insert(
        QualityCycle,
        [
            {"organizer_id": organizer.id, "school_year_id": year.id, "unit_id": unit}
            for unit in units
        ],
    )
    measures = _insert(
        Measure,
        [
            {
                "organizer_id": organizer.id, "cycle_id": cycle, "state": MeasureState.RUNNING,
                "title": f"Lässtrategier i alla ämnen {number}", "basis": MeasureBasis.ORGANIZER,
                "basis_note": "Nämndens beslut",
                "expected_effect": "Fler elever läser med flyt.", "assessable_from": DAY,
                "assess_on": DAY, "assess_revision": 1, "decided_at": clock.now(),
                "decided_by_name": name,
            }
            for number, name, cycle in zip(people, names, cycles, strict=True)
            for _ in range(each)
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(MeasureUnit),
        [
            {"organizer_id": organizer.id, "measure_id": measure, "unit_id": unit}
            for measure, unit in zip(
                measures, [unit for unit in units for _ in range(each)], strict=True
            )
        ],
    )


def _insert(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """The rows' new ids, in their order."""
    return list(
        db.session.scalars(sa.insert(model).returning(model.id, sort_by_parameter_order=True), rows)
    )
