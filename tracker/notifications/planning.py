"""Which reminders are due: asked of the database anew at every pass, so that nothing is lost when a
pass was missed, and put in the ledger once, however many schedulers run."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.clock import now, today
from tracker.cycle.workdays import send_moment
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import OutgoingMail, Reminder, ReminderKind, ReminderState
from tracker.notifications.choosing import (
    LATER_ONE,
    Ledger,
    Survey,
    carries,
    decide,
    new_dues,
)
from tracker.notifications.digest import Digest
from tracker.notifications.kinds.base import Due, Verdict
from tracker.notifications.office import Office
from tracker.notifications.situation import Situation
from tracker.web.logs import log

__all__ = ["LATER_ONE", "Planned", "plan", "settle_pointless"]

PEOPLE_AT_A_TIME = 25
"""Planned in one transaction: with ten thousand on a morning, waiting for the disk after each took
longer than the rest."""


@dataclass
class Planned:
    planned: int = 0
    skipped: int = 0


def plan(organizer_id: int) -> Planned:
    """Look again at what waits in the organizer's outbox, then put what is due into the ledger and
    into the mails of the day. Commits for a few people at a time. Nothing new is planned before 07:00 or on a
    day without mail."""
    with reading_only():
        waiting = _waiting(organizer_id)
        dues = _due(organizer_id)
        subjects = {(row.kind, row.subject_id) for row in waiting if row.kind is not None}
        subjects |= {(due.kind, due.subject_id) for due in dues}
        situation = Situation.load(organizer_id, subjects) if waiting or dues else None
        db.session.commit()
    result = Planned()
    if situation is None:
        return result
    for mail_id in _with_something_pointless(waiting, situation):
        result.skipped += _look_again(mail_id, situation)
    by_person: dict[int, list[Due]] = defaultdict(list)
    for due in dues:
        by_person[due.recipient.id].append(due)
    people = [by_person[person_id] for person_id in sorted(by_person)]
    for first in range(0, len(people), PEOPLE_AT_A_TIME):
        _plan_together(situation, people[first : first + PEOPLE_AT_A_TIME], result)
    return result


def settle_pointless(mail: OutgoingMail, situation: Situation) -> int:
    """End the reminders of a mail that have lost their point; returns how many were skipped."""
    ended = pointless(
        [row for row in mail.planned_reminders() if situation.knows(row.kind, row.subject_id)],
        situation.verdict,
    )
    for reminder, verdict in ended:
        reminder.settle(*verdict)
    db.session.flush()
    return sum(verdict[0] is ReminderState.SKIPPED for _, verdict in ended)


def pointless(
    rows: Iterable[Any], verdict_of: Callable[..., Verdict | None]
) -> list[tuple[Any, Verdict]]:
    """Which of a mail's reminders have lost their point. Din vecka keeps its own while the mail
    carries others."""
    rows = list(rows)
    verdicts = [
        (
            row,
            verdict_of(
                row.kind, row.subject_id, row.recipient_id, row.offset_days, row.date_revision
            ),
        )
        for row in rows
    ]
    others = any(verdict is None for row, verdict in verdicts if row.kind is not ReminderKind.WEEK)
    return [
        (row, verdict)
        for row, verdict in verdicts
        if verdict is not None
        and not (row.kind is ReminderKind.WEEK and others and carries(verdict))
    ]


def _look_again(mail_id: int, situation: Situation) -> int:
    """Take what is moved, cancelled or done out of a mail that waits; without any reminder left it
    is dropped."""
    mail = OutgoingMail.locked(mail_id)
    if mail is None:
        db.session.commit()
        return 0
    skipped = settle_pointless(mail, situation)
    if not mail.planned_reminders():
        mail.drop()
    db.session.commit()
    return skipped


def _plan_together(situation: Situation, people: list[list[Due]], result: Planned) -> None:
    """Plan the reminders of some people in one transaction; where one of them stumbles, each in a
    transaction of its own, and that one not at all in this pass."""
    counts = []
    try:
        for dues in people:
            counts.append(_plan_for(situation, dues))
        db.session.commit()
    except Exception:
        db.session.rollback()
        if len(people) > 1:
            for dues in people:
                _plan_together(situation, [dues], result)
            return
        log(
            "planning failed for a person",
            logging.ERROR,
            exc_info=True,
            person=people[0][0].recipient.id,
        )
        return
    result.planned += sum(planned for planned, _ in counts)
    result.skipped += sum(skipped for _, skipped in counts)


def _plan_for(situation: Situation, dues: list[Due]) -> tuple[int, int]:
    """Plan one person's reminders, and note those that are of no use; returns how many of each. The
    caller commits."""
    decision = decide(situation, dues)
    inserted = skipped = 0
    for due, verdict in decision.ended:
        skipped += _insert(situation.organizer_id, due, *verdict)
    if decision.planned:
        mail = OutgoingMail.of_the_day(situation.organizer_id, decision.planned[0].recipient)
        if mail is None:  # today's mail has gone or is on its way: the rest waits for the next
            return 0, skipped
        for due in decision.planned:
            skipped += mail.supersede(due.kind, due.subject_id, due.offset_days, LATER_ONE)
            inserted += _insert(situation.organizer_id, due, mail_id=mail.id)
        Digest.of(mail, situation).write_into(mail)
    for due in decision.superseded:
        skipped += _insert(situation.organizer_id, due, ReminderState.SKIPPED, LATER_ONE)
    return inserted, skipped


def _insert(
    organizer_id: int,
    due: Due,
    state: ReminderState = ReminderState.PLANNED,
    reason: str = "",
    mail_id: int | None = None,
) -> int:
    """1, or 0 when another scheduler was first."""
    return Reminder.insert_once(
        organizer_id=organizer_id,
        kind=due.kind,
        subject_id=due.subject_id,
        recipient_id=due.recipient.id,
        offset_days=due.offset_days,
        date_revision=due.date_revision,
        due_on=due.due_on,
        state=state,
        reason=reason,
        mail_id=mail_id,
        again=0,
        created_at=now(),
        settled_at=None if state is ReminderState.PLANNED else now(),
    )


def _waiting(organizer_id: int) -> Sequence[sa.Row[Any]]:
    """The reminders in the mails that wait and that nobody is sending; a mail without any is a row
    with nothing but its id."""
    return db.session.execute(
        sa.select(
            OutgoingMail.id.label("mail_id"),
            Reminder.kind,
            Reminder.subject_id,
            Reminder.recipient_id,
            Reminder.offset_days,
            Reminder.date_revision,
        )
        .outerjoin(
            Reminder,
            sa.and_(Reminder.mail_id == OutgoingMail.id, Reminder.state == ReminderState.PLANNED),
        )
        .where(OutgoingMail.waits(organizer_id))
        .order_by(OutgoingMail.id)
    ).all()


def _with_something_pointless(waiting: Sequence[sa.Row[Any]], situation: Situation) -> list[int]:
    """The mails that have to be written in: where nothing has changed, a pass leaves them alone,
    however long they wait."""
    by_mail: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in waiting:
        by_mail[row.mail_id].append(row)
    return [
        mail_id
        for mail_id, rows in by_mail.items()
        if any(row.kind is None for row in rows) or pointless(rows, situation.verdict)
    ]


def _due(organizer_id: int) -> list[Due]:
    """Everything that goes today and has no row yet; nothing while no mail may go."""
    if now() < send_moment(today()):
        return []
    office = Office.load(organizer_id)
    if not office.may_send(today()):
        return []
    dues = Survey(office).dues()
    ledger = Ledger.load(organizer_id, {(due.kind, due.subject_id) for due in dues})
    return new_dues(dues, ledger, office)
