"""Which reminders go today, for whom, and which are of no use: the rules, without writing anything.

The engine asks with the ledger in the database, the preview of the days to come with one that it
keeps in mind; the answers are the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.cycle.workdays import send_day_after
from tracker.extensions import db
from tracker.models import QualityDialogue, Reminder, ReminderKind, ReminderState
from tracker.notifications.kinds.base import NO_LONGER_THEIRS, Due, Verdict
from tracker.notifications.kinds.registry import KINDS, WEEK
from tracker.notifications.kinds.week import NOTHING_TO_TELL
from tracker.notifications.office import Office, sunday_of
from tracker.notifications.situation import Situation, Subject

LATER_ONE = "En senare påminnelse gick i stället"
IN_A_CLOSURE = "Ingen arbetsdag mellan påminnelsens dag och dagen den gäller"

Thread = tuple[ReminderKind, int, int, int]


class Ledger:
    """The reminders that have a row, by what they are about, whom they are for and which date."""

    def __init__(self) -> None:
        self._offsets: dict[Thread, set[int]] = {}
        self._withdrawn: set[tuple[Thread, int]] = set()

    @classmethod
    def load(cls, organizer_id: int, subjects: Iterable[Subject]) -> Self:
        ledger, ids = cls(), defaultdict(set)
        for kind, subject_id in subjects:
            ids[kind].add(subject_id)
        if ids:
            for *thread, offset, withdrawn in db.session.execute(
                sa.select(
                    Reminder.kind,
                    Reminder.subject_id,
                    Reminder.recipient_id,
                    Reminder.date_revision,
                    Reminder.offset_days,
                    Reminder.withdrawn(),
                ).where(
                    Reminder.organizer_id == organizer_id,
                    sa.or_(
                        *(
                            sa.and_(Reminder.kind == kind, Reminder.subject_id.in_(of_kind))
                            for kind, of_kind in ids.items()
                        )
                    ),
                    Reminder.again == 0,
                )
            ):
                ledger._note(tuple(thread), offset, withdrawn)
        return ledger

    @classmethod
    def of(cls, reminders: Iterable[Reminder]) -> Self:
        """Of reminders that are loaded."""
        ledger = cls()
        for row in reminders:
            if not row.again:
                thread = (row.kind, row.subject_id, row.recipient_id, row.date_revision)
                ledger._note(thread, row.offset_days, row.is_withdrawn)
        return ledger

    def _note(self, thread: Thread, offset: int, withdrawn: bool) -> None:
        if withdrawn:
            self._withdrawn.add((thread, offset))
        else:
            self._offsets.setdefault(thread, set()).add(offset)

    def has(self, due: Due) -> bool:
        return due.offset_days in self._offsets.get(due.thread, ())

    def was_withdrawn(self, due: Due) -> bool:
        """Whether it has a row that does not count, since it was no longer theirs then."""
        return (due.thread, due.offset_days) in self._withdrawn

    def add(self, due: Due) -> None:
        self._offsets.setdefault(due.thread, set()).add(due.offset_days)

    def add_all_of(self, other: "Ledger") -> None:
        for thread, offsets in other._offsets.items():
            self._offsets.setdefault(thread, set()).update(offsets)
        self._withdrawn |= other._withdrawn

    def latest(self) -> dict[Thread, int]:
        return {thread: min(offsets) for thread, offsets in self._offsets.items()}


class Survey:
    """All that a reminder may be due for until a day; `dialogue`: of what belongs to that one."""

    def __init__(
        self, office: Office, until: date | None = None, dialogue: QualityDialogue | None = None
    ) -> None:
        self.office, self._dialogue = office, dialogue
        until = until or sunday_of(today())
        self._rows: dict[ReminderKind, Sequence[Any]] = {
            kind: reminders.candidates(office, until)
            if dialogue is None
            else reminders.candidates_of(dialogue, office, until)
            for kind, reminders in KINDS.items()
        }

    def subjects(self) -> set[Subject]:
        """All that was found, due or not."""
        return {
            (kind, KINDS[kind].subject_id(row)) for kind, rows in self._rows.items() for row in rows
        }

    def situation(self) -> Situation:
        """How things stand with all that was found."""
        situation = Situation(self.office)
        for kind, rows in self._rows.items():
            if self._dialogue is not None:
                situation.take(kind, KINDS[kind].things_of(self._dialogue, rows, self.office))
            elif KINDS[kind].rows_are_things:
                situation.take(kind, {KINDS[kind].subject_id(row): row for row in rows})
        situation.add(self.subjects())
        return situation

    def dues(self) -> list[Due]:
        """Everything whose day has come, in the ledger or not. Who gathers gets on the week's first
        day what falls in the week; what is in no hurry comes to everybody on such a day."""
        office, day, found = self.office, today(), []
        horizon = sunday_of(day)
        for kind, reminders in KINDS.items():
            for due in reminders.dues(self._rows[kind], office, horizon):
                gathers = office.gathers(due.recipient.id) and not due.goes_by_itself
                if gathers or due.in_no_hurry:
                    due = _gathered(due, office)
                if due.due_on <= day:
                    found.append(due)
        return found + self._weeks_of_others(found)

    def _weeks_of_others(self, dues: Iterable[Due]) -> list[Due]:
        """The week of those who have chosen one mail a week and have something in it."""
        people = {
            due.recipient.id: due.recipient
            for due in dues
            if not due.goes_by_itself and self.office.gathers(due.recipient.id)
        }
        return [
            WEEK.due(person, self.office)
            for person in people.values()
            if not self.office.has_weeks_of_their_own(person.id)
        ]


def _gathered(due: Due, office: Office) -> Due:
    """On the first day with mail of its week. What follows a date never comes before its day: that is the
    next week's."""
    if due.in_a_closure:
        return due
    first = office.first_of_week(due.due_on)
    if due.offset_days < 0 and first < due.due_on:
        first = send_day_after(sunday_of(due.due_on), 1, office.closed)
    return replace(due, due_on=first)


def new_dues(dues: Iterable[Due], ledger: Ledger, office: Office) -> list[Due]:
    """Those that have no row yet and go now, each told whether a later one takes its place. What
    comes up for a person after the week's mail waits for the next week's."""
    new = [due for due in dues if not ledger.has(due)]
    opening = {due.recipient.id for due in new if due.kind is ReminderKind.WEEK}
    new = [
        due
        for due in new
        if due.goes_by_itself or due.recipient.id in opening or not office.gathers(due.recipient.id)
    ]
    has_more = {due.recipient.id for due in new if due.kind is not ReminderKind.WEEK}
    new = [
        due
        for due in new
        if due.kind is not ReminderKind.WEEK
        or due.recipient.id in has_more
        or office.has_weeks_of_their_own(due.recipient.id)
    ]
    latest = ledger.latest()
    for due in new:
        if not due.in_a_closure:
            latest[due.thread] = min(due.offset_days, latest.get(due.thread, due.offset_days))
    return [
        replace(
            due,
            superseded=due.offset_days > latest.get(due.thread, due.offset_days),
            anew=ledger.was_withdrawn(due),
        )
        for due in new
    ]


@dataclass
class Decision:
    """What becomes of one person's reminders today."""

    planned: list[Due] = field(default_factory=list)
    superseded: list[Due] = field(default_factory=list)
    ended: list[tuple[Due, Verdict]] = field(default_factory=list)
    """Those that are of no use, and why."""


def decide(situation: Situation, dues: Iterable[Due]) -> Decision:
    """Which of a person's reminders are of use. Din vecka is, when it says something itself or
    carries others; that of somebody who only chose one mail a week leaves no trace else."""
    decision, weeks = Decision(), []
    for due in dues:
        verdict = situation.verdict(
            due.kind, due.subject_id, due.recipient.id, due.offset_days, due.date_revision
        )
        if due.in_a_closure:
            verdict = (ReminderState.SKIPPED, IN_A_CLOSURE)
        if due.kind is ReminderKind.WEEK:
            weeks.append((due, verdict))
        elif verdict is not None:
            if not (due.anew and verdict[1] == NO_LONGER_THEIRS):  # its row says so already
                decision.ended.append((due, verdict))
        else:
            (decision.superseded if due.superseded else decision.planned).append(due)
    for due, verdict in weeks:
        if verdict is None or (carries(verdict) and decision.planned):
            decision.planned.insert(0, due)
        elif situation.office.has_weeks_of_their_own(due.recipient.id):
            decision.ended.append((due, verdict))
    return decision


def carries(verdict: Verdict) -> bool:
    """Whether a week's mail goes although it has nothing to tell itself, if it carries others."""
    return verdict[1] == NOTHING_TO_TELL
