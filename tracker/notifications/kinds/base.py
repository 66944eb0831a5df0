"""What every kind of reminder has: which are due, whether one still has a point, and what it says.

A new kind is a module beside this one with a class of its own, a line in `registry`, a value of
`ReminderKind` with a migration for its CHECK, and a row of `rules.RULES` when its days can be chosen.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import sqlalchemy as sa

from tracker.clock import now, today
from tracker.cycle.workdays import send_day_after, send_day_before, send_moment
from tracker.extensions import db
from tracker.models import (
    DialogueUnit,
    MeasureUnit,
    QualityDialogue,
    ReminderKind,
    ReminderState,
    SchoolUnit,
)
from tracker.notifications.models import NO_LONGER_THEIRS as NO_LONGER_THEIRS
from tracker.notifications.office import Office, PlacedUnit, Recipient
from tracker.organisation.staffing import Person
from tracker.organisation.succession import taken_over
from tracker.web.swedish import MONTHS, listing

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

DAY_BEFORE = 1
"""When the dialogansvarig is reminded of a dialogue, whatever the organizer has set for rektor, and
what goes on its own day to those too who have chosen one mail a week."""

MISSED_WITHIN = timedelta(days=30)
"""How long after a date the ledger still notes that its reminders were missed."""

FURTHEST_BACK = timedelta(days=30)
"""More than a reminder moves back over weekends, holidays and five ordinary working days."""

DAY_PASSED = "Dagen hade redan passerat"

Verdict = tuple[ReminderState, str]
"""How a reminder that has lost its point ends, and why."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose day has come, or comes this week."""

    kind: ReminderKind
    subject_id: int
    recipient: Person
    offset_days: int
    date_revision: int
    due_on: date
    in_a_closure: bool = False
    """No working day was left for it."""
    superseded: bool = False
    """A later one about the same date is due as well, or has gone already."""
    anew: bool = False
    """It was withdrawn when it was no longer theirs, and is theirs again."""
    at_once: bool = False
    """Goes on its day also to those who have their mail gathered in one a week: somebody waits."""
    in_no_hurry: bool = False
    """Goes on the first day with mail of a week, together with what else there is then: of its own week
    before a date, of the next one after it."""

    @property
    def thread(self) -> tuple[ReminderKind, int, int, int]:
        """What it shares with the earlier and later reminders about the same date."""
        return self.kind, self.subject_id, self.recipient.id, self.date_revision

    @property
    def recipient_id(self) -> int:
        return self.recipient.id

    @property
    def goes_by_itself(self) -> bool:
        """Whether it does not wait for the week's mail."""
        is_day_before = self.kind is ReminderKind.DIALOGUE and self.offset_days == DAY_BEFORE
        return is_day_before or self.at_once


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of a list: what, where it is done, and by when in words."""

    label: str
    url: str = ""
    by: str = ""
    unit: str = ""
    """Which unit it is about, where the reader could wonder."""
    plain: str = ""
    """The label without words of people's, which who manages the mails may not read; "": it has none."""


def plain(items: Iterable[Todo]) -> list[Todo]:
    """The list as it is shown to others than the recipient."""
    return [replace(each, label=each.plain) if each.plain else each for each in items]


@dataclass
class Section:
    """A list in a mail. `subject` is the mail's when it is the only one."""

    title: str
    subject: str
    items: list[Todo] = field(default_factory=list)
    vacancy: str = ""
    """Why it comes to a dialogansvarig, where a unit has no rektor."""
    way_out: str = ""


Thing = TypeVar("Thing")


class Kind(ABC, Generic[Thing]):
    """A kind of reminder. Rows are light and read for all that may be due; things are what is known
    of the few that are. Both are asked with the clock on the day that is meant."""

    kind: ClassVar[ReminderKind]
    absent: ClassVar[str]
    """Why a reminder ends whose subject is not there any longer."""
    gone: ClassVar[str]
    """What such a subject is called in the ledger."""
    rows_are_things: ClassVar[bool] = False
    """Whether `candidates` gives what `read` gives."""

    @abstractmethod
    def candidates(self, office: Office, until: date) -> Sequence[Any]:
        """What a reminder may be due for, up to that day."""

    def candidates_of(
        self, dialogue: QualityDialogue, office: Office, until: date
    ) -> Sequence[Any]:
        """Those of the candidates that belong to the dialogue, out of what is loaded of it."""
        return ()

    def things_of(
        self, dialogue: QualityDialogue, rows: Sequence[Any], office: Office
    ) -> dict[int, Thing]:
        """How things stand with these candidates of the dialogue."""
        return {self.subject_id(row): row for row in rows} if self.rows_are_things else {}

    def subject_id(self, row: Any) -> int:
        """What a row is about."""
        return int(row.id)

    @abstractmethod
    def dues(self, rows: Sequence[Any], office: Office, horizon: date) -> Iterator[Due]:
        """The reminders whose day has come by the horizon, in the ledger or not."""

    @abstractmethod
    def read(self, office: Office, ids: Collection[int]) -> dict[int, Thing]:
        """How things stand with the subjects."""

    @abstractmethod
    def verdict(
        self, thing: Thing, office: Office, recipient_id: int, offset_days: int, date_revision: int
    ) -> Verdict | None:
        """None while the reminder is of use to the person; else how it ends, and why in Swedish."""

    @abstractmethod
    def tell(self, digest: "Digest", things: list[Thing], office: Office) -> None:
        """Put what there is to say into the mail."""

    def names_in(self, dialogue: QualityDialogue) -> dict[int, str]:
        """What `names` gives for what belongs to this dialogue, out of what is loaded of it."""
        return {}

    @abstractmethod
    def names(self, ids: Collection[int]) -> dict[int, str]:
        """The subjects as a person says it, for the ledger."""

    titled_as: ClassVar[ReminderKind | None] = None
    """The kind that is about the same rows: the ledger reads their titles once for both."""

    def in_history(self, subject_id: int) -> str:
        """What the subject is called in Historik, which others read than those who manage the mails."""
        return self.names([subject_id]).get(subject_id, self.gone)

    def titles(self, ids: Collection[int]) -> dict[int, str]:
        """What `name_of` makes the names out of."""
        return self.names(ids)

    def name_of(self, title: str) -> str:
        return title


def moved(target: date, offset: int, office: Office) -> tuple[date, bool]:
    """The day to send a reminder that is planned so many days before (positive) or after a date, and
    whether it lies in a closure without any day left for it."""
    if offset <= 0:
        return send_day_after(target, -offset, office.closed), False
    send_on = send_day_before(target, offset, office.closed)
    return send_on or target - timedelta(days=offset), send_on is None


def set_since_the_mails_went(*moments: datetime | None) -> bool:
    """What came to be, or got its date, after 07:00 today waits for the next morning: people who set
    dates correct them, and set several after one another."""
    return any(moment is not None and send_moment(today()) < moment <= now() for moment in moments)


def open_units(
    link: type[DialogueUnit] | type[MeasureUnit], ids: Collection[int], *, closed_too: bool = False
) -> dict[int, list[PlacedUnit]]:
    """The units of dialogues or measures that are open today, by the id of the dialogue or measure;
    of a measure's units those that own it (measures have been moved to who took over)."""
    found: dict[int, list[PlacedUnit]] = {}
    if ids:
        subject = link.dialogue_id if link is DialogueUnit else link.measure_id
        for subject_id, *unit in db.session.execute(
            sa.select(subject, *_placed())
            .join(SchoolUnit, SchoolUnit.id == link.unit_id)
            .where(
                subject.in_(ids),
                sa.true() if closed_too else SchoolUnit.open_on(today()),
                sa.true() if link is DialogueUnit else MeasureUnit.owns(today()),
            )
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        ):
            found.setdefault(subject_id, []).append(PlacedUnit(*unit))
    return found


def units_that_carry_on(dialogue_ids: Collection[int]) -> dict[int, list[PlacedUnit]]:
    """Who carries on what was agreed in the dialogues, by the dialogue's id: their units that are open
    today and those that have taken over from them; the ones that have closed where there are none."""
    if not dialogue_ids:
        return {}
    chain = taken_over()
    took_over = (
        sa.select(chain.c.successor_id)
        .where(chain.c.predecessor_id == DialogueUnit.unit_id)
        .correlate(DialogueUnit)
    )
    found: dict[int, list[PlacedUnit]] = {}
    for dialogue_id, *unit, _ in db.session.execute(
        sa.select(DialogueUnit.dialogue_id, *_placed(), SchoolUnit.sort_key)
        .join(
            SchoolUnit,
            sa.or_(SchoolUnit.id == DialogueUnit.unit_id, SchoolUnit.id.in_(took_over)),
        )
        .distinct()
        .where(DialogueUnit.dialogue_id.in_(dialogue_ids))
        .order_by(SchoolUnit.sort_key, SchoolUnit.id)
    ):
        found.setdefault(dialogue_id, []).append(PlacedUnit(*unit))
    return {
        dialogue_id: [unit for unit in units if unit.is_open] or units
        for dialogue_id, units in found.items()
    }


def placed_units(units: Iterable[SchoolUnit], *, closed_too: bool = False) -> list[PlacedUnit]:
    """What `open_units` gives, of units that are loaded."""
    placed = [
        PlacedUnit(
            *(unit.id, unit.area_id, unit.name),
            unit.opened_on <= today() and (unit.closed_on is None or unit.closed_on >= today()),
        )
        for unit in sorted(units, key=lambda unit: (unit.sort_key, unit.id))
    ]
    return [unit for unit in placed if closed_too or unit.is_open]


def _placed() -> list[sa.ColumnElement[Any]]:
    """The columns of a PlacedUnit."""
    is_open = SchoolUnit.open_on(today()).label("is_open")
    return [SchoolUnit.id, SchoolUnit.area_id, SchoolUnit.name, is_open]  # type: ignore[list-item]


class Entrusted:
    """What somebody is responsible for, at some units."""

    __slots__ = ()
    for_rektor: ClassVar[bool] = False
    """Whether it is for the units' leaders alone when nobody is responsible; else for both sides."""
    responsible_id: int | None
    units: list[PlacedUnit]

    def recipients(self, office: Office) -> dict[int, Recipient]:
        """Whoever is responsible; when that is nobody here, those whose it is then."""
        everybody = office.recipients(self.units)
        responsible = office.responsible(self.responsible_id, self.units)
        if responsible is not None:
            person_id = responsible.person.id
            return {person_id: everybody.get(person_id, responsible)}
        return {
            key: each
            for key, each in everybody.items()
            if each.acts_for_rektor or not self.for_rektor
        }

    def dues(
        self,
        reminders: "Kind[Any]",
        subject_id: int,
        day: date,
        revision: int,
        office: Office,
        horizon: date,
        in_no_hurry: Callable[[int], bool],
    ) -> Iterator[Due]:
        """Its reminders about the day, by the organizer's rules. `in_no_hurry`: which offsets are."""
        for offset in office.rules[reminders.kind]:
            due_on, closure = moved(day, offset, office)
            for recipient in self.recipients(office).values() if due_on <= horizon else ():
                yield Due(
                    reminders.kind, subject_id, recipient.person, offset, revision, due_on, closure,
                    in_no_hurry=in_no_hurry(offset),
                )  # fmt: skip


def last_candidate(days: Collection[int], until: date) -> date:
    """The latest day that a reminder by these rules may be due for until then."""
    return until + timedelta(days=max([0, *days])) + FURTHEST_BACK


def day_and_month(day: date) -> str:
    """``6 oktober``"""
    return f"{day.day} {MONTHS[day.month - 1]}"


def vacancy(recipients: Iterable[Recipient | None]) -> str:
    """Why it comes to the person, when that is because a unit has no rektor, or is no more."""
    told = [each for each in recipients if each]
    why = [
        f"{listing(list(dict.fromkeys(names)))} {words}"
        for names, words in (
            ([name for each in told for name in each.vacant], "saknar rektor just nu"),
            ([name for each in told for name in each.closed], "har avslutats"),
        )
        if names
    ]
    return f"{', och '.join(why)}. Därför går det här till dig." if why else ""


def unit_of(recipient: Recipient | None) -> str:
    """Which unit, for who leads several or a vacant one."""
    if recipient is None or not (recipient.leads_several or recipient.vacant):
        return ""
    return listing([*recipient.rektor_of, *recipient.vacant])
