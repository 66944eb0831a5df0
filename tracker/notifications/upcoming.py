"""What mails the coming days bring, if nothing changes: the rules of the engine, asked day by day with
the clock on each morning, and a ledger that is kept in mind and never written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from tracker import clock
from tracker.clock import local, now, today
from tracker.cycle.workdays import last_moment, send_moment
from tracker.extensions import db
from tracker.models import (
    MailKind,
    MailState,
    OutgoingMail,
    QualityDialogue,
    Reminder,
    ReminderKind,
    ReminderState,
    SchoolUnit,
    UnitSuccession,
    User,
)
from tracker.notifications.choosing import Ledger, Survey, decide, new_dues
from tracker.notifications.digest import Digest
from tracker.notifications.kinds.base import Due
from tracker.notifications.kinds.carrying import carrying_on, is_awaited, turns_of
from tracker.notifications.ledger import OfDialogue, of_dialogue
from tracker.notifications.office import ONE_DAY, Office, monday_of, sunday_of
from tracker.notifications.planning import pointless
from tracker.organisation.staffing import Person

DAYS = 30


@dataclass(frozen=True, slots=True)
class Expected:
    """A mail that will be sent, with the reminders in it: (kind, subject, offset, revision)."""

    at: datetime
    person: Person
    subject: str
    reminders: list[tuple[ReminderKind, int, int, int]]


@dataclass(frozen=True, slots=True)
class Coming:
    """A reminder that will be sent, alone or together with others."""

    at: datetime
    person: Person
    kind: ReminderKind
    subject_id: int
    offset_days: int


@dataclass
class _Outbox:
    """What waits for each person, and who has had today's mail."""

    waiting: dict[int, list[Due]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[int, date] = field(default_factory=dict)

    def put(self, due: Due) -> None:
        """A later reminder takes the place of those about the same thing that wait."""
        mine = self.waiting[due.recipient.id]
        mine[:] = [
            row
            for row in mine
            if (row.kind, row.subject_id) != (due.kind, due.subject_id)
            or row.offset_days <= due.offset_days
        ]
        mine.append(due)


def upcoming(organizer_id: int, days: int = DAYS) -> list[Expected]:
    """The mails of today and the days after it, in the order they go; as many statements for five
    units as for two hundred. What waits is taken to be sent at the next opportunity."""
    last = today() + (days - 1) * ONE_DAY
    office = Office.load(organizer_id, last)
    outbox = _outbox(organizer_id)
    parts = _Parts(office, last)
    found: list[Expected] = []
    for moment in _mornings(office, last):
        with clock.stopped_at(moment):
            parts.turn_to_today()
            _plan(parts, outbox)
            found += [_expected(left, parts) for left in _send(parts, outbox)]
    return found


def coming_of(dialogue: QualityDialogue, reminders: OfDialogue, days: int = DAYS) -> list[Coming]:
    """The reminders of one dialogue, its notes and its agreements in the coming days, and at least until
    it is held, in the order they go: what `upcoming` says of them, without reading the rest.
    `reminders`: those there are, as `ledger.reminders_of` gives them."""
    last = today() + (days - 1) * ONE_DAY
    if dialogue.starts_at is not None:
        last = max(last, local(dialogue.starts_at).date())
    responsible = {row.responsible_id for row in dialogue.agreements if is_awaited(row)}
    office = Office.load(dialogue.organizer_id, last, responsible)
    outbox = _outbox(dialogue.organizer_id, of_dialogue(dialogue.organizer_id, [dialogue.id]))
    parts = _Parts(office, last, dialogue, Ledger.of([*reminders.told, *reminders.this_week]))
    found: list[Coming] = []
    for moment in _mornings(office, last):
        with clock.stopped_at(moment):
            parts.turn_to_today()
            _plan(parts, outbox)
            found += [
                Coming(now(), due.recipient, due.kind, due.subject_id, due.offset_days)
                for left in _send(parts, outbox)
                for due in left
                if due.kind is not ReminderKind.WEEK
            ]
    return found


class _Parts:
    """What is read of the days to come. It is read anew on a day when a unit opens, has closed or takes
    over from another, since that is what rows depend on; everything else is asked with the clock on the day."""

    def __init__(
        self,
        office: Office,
        last: date,
        dialogue: QualityDialogue | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """`dialogue`: only what belongs to it is read, and `ledger` has what there is about it."""
        self.office, self._last, self._dialogue = office, last, dialogue
        self._turns = self._days_of_turns() if dialogue is None else self._turns_of(dialogue)
        self.ledger = ledger or Ledger()
        self._read_on: date | None = None

    def _days_of_turns(self) -> set[date]:
        opened, closed = SchoolUnit.opened_on, SchoolUnit.closed_on
        mine, last = SchoolUnit.organizer_id == self.office.organizer_id, self._last
        on = UnitSuccession.on
        turns = sa.union_all(
            sa.select(opened, closed).where(
                mine, sa.or_(opened.between(today(), last), closed.between(today(), last))
            ),
            sa.select(on, sa.cast(sa.null(), sa.Date)).where(
                UnitSuccession.organizer_id == self.office.organizer_id, on.between(today(), last)
            ),
        )
        return {
            day + later * ONE_DAY
            for first, end in db.session.execute(turns)
            for day, later in ((first, 0), (end, 1))
            if day is not None
        }

    def _turns_of(self, dialogue: QualityDialogue) -> set[date]:
        """As above, of the units that have a part in the dialogue, out of what is loaded."""
        carried = carrying_on(dialogue, self.office)
        return turns_of(dialogue.units) | (carried.turns() if carried is not None else set())

    def turn_to_today(self) -> None:
        turned = any(day <= today() for day in self._turns)
        if self._read_on is not None and not turned:
            return
        self._turns = {day for day in self._turns if day > today()}
        self._read_on = today()
        if self._dialogue is None:  # what is read of one dialogue holds for all the days
            self.office.forget()
        self.survey = Survey(self.office, sunday_of(self._last), self._dialogue)
        self.situation = self.survey.situation()
        weeks, week = set(), monday_of(today())
        while week <= self._last:
            weeks.add((ReminderKind.WEEK, week.toordinal()))
            week += 7 * ONE_DAY
        if self._dialogue is not None:  # what else the week has to tell is not asked about
            self.situation.leave_out(weeks)
            return
        subjects = self.survey.subjects() | weeks
        kept = self.ledger
        self.ledger = Ledger.load(self.office.organizer_id, subjects)
        self.ledger.add_all_of(kept)


def _mornings(office: Office, last: date) -> Iterator[datetime]:
    """07:00 on the days with mail; today, now if that is later."""
    day = today()
    while day <= last:
        if office.may_send(day) and now() < last_moment(day):
            yield max(now(), send_moment(day))
        day += ONE_DAY


def _plan(parts: _Parts, outbox: _Outbox) -> None:
    dues = new_dues(parts.survey.dues(), parts.ledger, parts.office)
    parts.situation.add({(due.kind, due.subject_id) for due in dues})
    by_person: dict[int, list[Due]] = defaultdict(list)
    for due in dues:
        by_person[due.recipient.id].append(due)
    for person_id, theirs in by_person.items():
        decision = decide(parts.situation, theirs)
        for due, _ in decision.ended:
            parts.ledger.add(due)
        if decision.planned and outbox.gone.get(person_id) == today():
            continue
        for due in decision.planned:
            outbox.put(due)
            parts.ledger.add(due)
        for due in decision.superseded:
            parts.ledger.add(due)


def _send(parts: _Parts, outbox: _Outbox) -> Iterator[list[Due]]:
    """What each mail of today carries."""
    for person_id, waiting in sorted(outbox.waiting.items()):
        if not waiting or outbox.gone.get(person_id) == today():
            continue
        parts.situation.add({(due.kind, due.subject_id) for due in waiting})
        useless = {id(due) for due, _ in pointless(waiting, parts.situation.verdict)}
        left = [due for due in waiting if id(due) not in useless]
        waiting.clear()
        if not left:
            continue
        outbox.gone[person_id] = today()
        yield left


def _expected(left: list[Due], parts: _Parts) -> Expected:
    person, subjects = left[0].recipient, {(due.kind, due.subject_id) for due in left}
    return Expected(
        now(),
        person,
        Digest.about(person.id, person.name, subjects, parts.situation).subject,
        [(due.kind, due.subject_id, due.offset_days, due.date_revision) for due in left],
    )


def _outbox(organizer_id: int, *which: sa.ColumnElement[bool]) -> _Outbox:
    """The mails of reminders as they are now; of what they carry, `which`."""
    outbox = _Outbox()
    for state, digest_on, user_id, name, email, *reminder in db.session.execute(
        sa.select(
            OutgoingMail.state,
            OutgoingMail.digest_on,
            User.id,
            User.name,
            User.email,
            Reminder.kind,
            Reminder.subject_id,
            Reminder.offset_days,
            Reminder.date_revision,
            Reminder.due_on,
        )
        .join(User, User.id == OutgoingMail.recipient_id)
        .outerjoin(
            Reminder,
            sa.and_(
                Reminder.mail_id == OutgoingMail.id,
                Reminder.state == ReminderState.PLANNED,
                *which,
            ),
        )
        .where(
            OutgoingMail.organizer_id == organizer_id,
            OutgoingMail.kind == MailKind.REMINDERS,
            sa.or_(OutgoingMail.state == MailState.QUEUED, OutgoingMail.digest_on == today()),
        )
        .order_by(Reminder.id)
    ):
        if state in (MailState.SENT, MailState.FAILED) and digest_on == today():
            outbox.gone[user_id] = today()
        elif state is MailState.QUEUED and reminder[0] is not None:
            kind, subject_id, offset, revision, due_on = reminder
            outbox.waiting[user_id].append(
                Due(kind, subject_id, Person(user_id, name, email), offset, revision, due_on)
            )
    return outbox
