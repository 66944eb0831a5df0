"""What the tests of reminders begin with: a dialogue with a date, an effect that is due, a mail server."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tests.cast import Cast
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    Agreement,
    CheckIn,
    DialogueApproval,
    DialogueState,
    Measure,
    MeasureBasis,
    OutgoingMail,
    QualityDialogue,
    Reminder,
    ReminderKind,
    SchoolUnit,
    Side,
    SituationAnalysis,
    SupportRequest,
    User,
)
from tracker.notifications.passes import Pass, tick
from tracker.notifications.smtp import NotNow, Refused

PLACED = date(2026, 8, 17)
"""When the dialogues of the scenes are given their dates, unless a scene says otherwise."""


def moment(day: date | str, wall: str = "07:00") -> datetime:
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return clock.at(day, time.fromisoformat(wall))


def place(
    cast: Cast,
    day: date | str,
    *,
    unit: SchoolUnit | None = None,
    number: int = 1,
    wall: str = "13:00",
    by: User | None = None,
    reason: str = "",
    set_at: datetime | None = None,
) -> QualityDialogue:
    """Give the unit's dialogue a time, as if that had been done on PLACED."""
    dialogue = cast.dialogue(unit or cast.savkulla, number)
    starts_at = moment(day, wall)
    with clock.stopped_at(set_at or moment(PLACED)):
        dialogue.place_at(
            starts_at, starts_at + timedelta(minutes=90), by=by or cast.erik, reason=reason
        )
    db.session.commit()
    return dialogue


def decided_measure(
    cast: Cast,
    assess_on: date | str,
    title: str = "Språkgrupper",
    unit: SchoolUnit | None = None,
    **fields: Any,
) -> Measure:
    """A decided measure of the unit whose effect can be assessed from that day."""
    assess_on = date.fromisoformat(assess_on) if isinstance(assess_on, str) else assess_on
    with clock.stopped_at(moment(PLACED)):
        measure = Measure.propose(
            cast.cycle(unit or cast.savkulla),
            by=cast.karin,
            title=title,
            basis=MeasureBasis.ORGANIZER,
            basis_note="Nämndens beslut om läsning",
            expected_effect="Fler elever läser med flyt.",
            assessable_from=assess_on,
            **fields,
        )
        measure.decide(by=cast.karin)
    db.session.commit()
    return measure


def set_rules(cast: Cast, **offsets: list[int]) -> None:
    """Exempelby's rules of some kinds: `set_rules(cast, dialogue=[28, 14])`."""
    cast.exempelby.set_reminders(
        {ReminderKind(kind): days for kind, days in offsets.items()}, by=cast.tove
    )
    db.session.commit()


def all_prepared(cast: Cast, dialogue: QualityDialogue) -> None:
    """Rektor has shared the analyses and chosen an area, the organizer has said that it brings none:
    nothing is left before the dialogue."""
    with clock.stopped_at(moment(PLACED)):
        for unit in dialogue.units:
            SituationAnalysis.start(cast.cycle(unit), by=cast.karin).share(by=cast.karin)
        dialogue.choose_topic("Läsning", "", None, by=cast.karin)
        dialogue.bring_no_topics(by=cast.erik)
    db.session.commit()


def tick_at(day: date | str, wall: str = "07:00") -> Pass:
    with clock.stopped_at(moment(day, wall)):
        return tick()


def ledger(*, of: User | None = None) -> list[tuple[Any, ...]]:
    """(person, offset, revision, state, reason) of every reminder, in the order they were planned."""
    rows = db.session.execute(
        sa.select(
            User.name,
            Reminder.offset_days,
            Reminder.date_revision,
            Reminder.state,
            Reminder.reason,
        )
        .join(User, User.id == Reminder.recipient_id)
        .where(Reminder.recipient_id == of.id if of else sa.true())
        .order_by(Reminder.id)
    )
    return [
        (name.split()[0], offset, rev, state.value, why) for name, offset, rev, state, why in rows
    ]


def mails(*, to: User | None = None) -> list[OutgoingMail]:
    return list(
        db.session.scalars(
            sa.select(OutgoingMail)
            .where(OutgoingMail.recipient_id == to.id if to else sa.true())
            .order_by(OutgoingMail.id)
            .execution_options(populate_existing=True)
        )
    )


@dataclass
class FakeServer:
    """Stands in for the connection to a mail server where a test is about what we do with its
    answers; `tests/notifications/test_smtp.py` talks to a real one."""

    taken: list[Any] = field(default_factory=list)
    """(day, message) of every mail that was taken."""
    refuses: Iterable[str] = ()
    not_now: Iterable[str] = ()

    def send(self, message: Any) -> None:
        address = message["To"].addresses[0].addr_spec
        if address in self.refuses:
            raise Refused("Mejlservern tar inte emot mejlet: 550 No such user")
        if address in self.not_now:
            raise NotNow("Mejlservern tar inte emot mejlet just nu: 451 Try later")
        self.taken.append((clock.today(), message))

    def __enter__(self) -> "FakeServer":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def subjects(self, person: User) -> list[tuple[str, str]]:
        """(day, subject) of the mails to one person."""
        return [
            (day.isoformat(), str(message["Subject"]))
            for day, message in self.taken
            if message["To"].addresses[0].addr_spec == person.email
        ]


def hold(cast: Cast, dialogue: QualityDialogue, day: date | str) -> None:
    """The dialogue was held; its notes wait for both sides."""
    dialogue.state, dialogue.held_at = DialogueState.HELD, moment(day, "15:00")
    dialogue.held_by_name = cast.erik.name
    db.session.commit()


def approve(
    dialogue: QualityDialogue, side: Side, at: datetime, *, lapsed_at: datetime | None = None
) -> DialogueApproval:
    approval = DialogueApproval(
        organizer_id=dialogue.organizer_id, dialogue_id=dialogue.id, side=side, content={},
        digest="0" * 64, at=at, by_name="Någon", lapsed_at=lapsed_at,
    )  # fmt: skip
    db.session.add(approval)
    db.session.commit()
    return approval


def agree(
    cast: Cast,
    dialogue: QualityDialogue,
    what: str,
    due_on: date | str,
    *,
    responsible: User | None = None,
) -> Agreement:
    agreement = Agreement(
        organizer_id=dialogue.organizer_id,
        dialogue_id=dialogue.id,
        what=what,
        responsible_id=responsible.id if responsible else None,
        due_on=date.fromisoformat(due_on) if isinstance(due_on, str) else due_on,
        at=dialogue.held_at or moment(PLACED),
        by_name=cast.erik.name,
    )
    db.session.add(agreement)
    db.session.commit()
    return agreement


def check_in(
    cast: Cast, day: date | str, *units: SchoolUnit, next_on: date | None = None
) -> CheckIn:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    with clock.stopped_at(moment(day, "10:00")):
        row = CheckIn.hold(
            units, by=cast.erik, held_on=day, next_on=next_on, situation="Läget är bra."
        )
    db.session.commit()
    return row


def ask_for_support(cast: Cast, row: CheckIn, text: str) -> SupportRequest:
    with clock.stopped_at(moment(row.held_on, "10:00")):
        row.correct(
            by=cast.karin,
            units=[link.unit for link in row.unit_links],
            measures=[],
            held_on=row.held_on,
            next_on=row.next_on,
            situation=row.situation,
            obstacles=row.obstacles,
            support=text,
        )
    db.session.commit()
    assert row.support is not None
    request = row.support
    return request
