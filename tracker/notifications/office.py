"""What holds for the reminders of one organizer on whichever day the clock shows: who leads what, who
gathers their reminders in one mail a week, the rules, and the days without mail.

Read once for some days and asked with the clock on each of them, so that the engine and the preview
of the days to come are the same code."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.cycle.workdays import may_send_on
from tracker.extensions import db
from tracker.models import (
    MailRhythm,
    Organizer,
    Permission,
    ReminderKind,
    ReminderRule,
    Role,
    RoleAssignment,
    User,
)
from tracker.notifications.sending_days import closed_days
from tracker.organisation.roles import AT_THE_ORGANIZER, LEADERS
from tracker.organisation.staffing import Person, Staffing

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """A unit that something concerns."""

    id: int
    area_id: int | None
    name: str
    is_open: bool = True


@dataclass(slots=True)
class Recipient:
    """Somebody a reminder's subject concerns, and in which part."""

    person: Person
    rektor_of: list[str] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)
    """Units that nobody leads, for which the dialogansvarig does what a rektor would."""
    closed: list[str] = field(default_factory=list)
    """Those of them that have ended."""
    leads: bool = False
    """Is the dialogansvarig of one of the units."""
    leads_several: bool = False
    """Is rektor of more units than one, counting those that this is not about."""
    follows: bool = True
    """May open the dialogue's pages."""
    reads: bool = True
    """May open what is decided."""

    @property
    def acts_for_rektor(self) -> bool:
        return bool(self.rektor_of or self.vacant or self.closed)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds from a day to a day."""

    role: Role
    unit_id: int | None
    area_id: int | None
    person: Person
    rhythm: MailRhythm
    starts_on: date
    ends_on: date | None

    @property
    def holds(self) -> bool:
        return self.starts_on <= today() and (self.ends_on is None or self.ends_on >= today())

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < today()

    @property
    def place(self) -> tuple[int | None, int | None]:
        """The unit or the area it is for; neither: the whole organizer."""
        return self.unit_id, self.area_id

    def covers(self, unit: PlacedUnit) -> bool:
        return self.place in ((unit.id, None), (None, unit.area_id), (None, None))


class Office:
    """`until`: the last day that it is asked about; today when nothing is said. `responsible`: whom it is
    to know from the beginning, as `know` does, without a statement more."""

    def __init__(
        self,
        organizer_id: int,
        until: date | None = None,
        responsible: Iterable[int | None] = (),
    ) -> None:
        self.organizer_id = organizer_id
        self.until = until or today()
        self._known: set[int] = {user_id for user_id in responsible if user_id is not None}
        leading = [*LEADERS, Role.DIALOGUE_LEAD, Role.ORGANIZER_LEAD]
        rows = _roles(
            organizer_id,
            self.until,
            sa.or_(
                sa.and_(RoleAssignment.role.in_(leading), _not_over()),
                RoleAssignment.user_id.in_(self._known),
            ),
        )
        self._held = [row for row in rows if row.role in leading and not row.is_over]
        self._others = [row for row in rows if row.person.id in self._known]
        self._staffing: dict[date, Staffing] = {}
        self._gathering: dict[date, frozenset[int]] = {}
        self._read: dict[str, Any] = {}

    @classmethod
    def load(
        cls,
        organizer_id: int,
        until: date | None = None,
        responsible: Iterable[int | None] = (),
    ) -> Self:
        return cls(organizer_id, until, responsible)

    def once(self, what: str, read: Callable[[], Any]) -> Any:
        """What does not depend on the day is read once, however many days are asked about."""
        if what not in self._read:
            self._read[what] = read()
        return self._read[what]

    def forget(self) -> None:
        self._read.clear()

    @cached_property
    def name(self) -> str:
        return db.session.execute(
            sa.select(Organizer.name).where(Organizer.id == self.organizer_id)
        ).scalar_one()

    @cached_property
    def rules(self) -> dict[ReminderKind, list[int]]:
        """The offsets of each kind, the earliest first."""
        found: dict[ReminderKind, list[int]] = {kind: [] for kind in ReminderKind}
        for kind, days in db.session.execute(
            sa.select(ReminderRule.kind, ReminderRule.offset_days)
            .where(ReminderRule.organizer_id == self.organizer_id)
            .order_by(ReminderRule.offset_days.desc())
        ):
            found[kind].append(days)
        return found

    @cached_property
    def closed(self) -> frozenset[date]:
        """The days when the organizer's leaders are off."""
        return closed_days(self.organizer_id)

    # People

    @property
    def staffing(self) -> Staffing:
        """Who leads what today."""
        day = today()
        if day not in self._staffing:
            self._staffing[day] = Staffing(
                [
                    (row.role, row.unit_id, row.area_id, row.person)
                    for row in self._held
                    if row.holds and row.role is not Role.ORGANIZER_LEAD
                ]
            )
        return self._staffing[day]

    def leads(self) -> list[Person]:
        """Those who are dialogansvariga today."""
        return list(
            {
                row.person.id: row.person
                for row in self._held
                if row.role is Role.DIALOGUE_LEAD and row.holds
            }.values()
        )

    def organizer_leads(self) -> list[Person]:
        """Those who lead the huvudman today: skolchef, kvalitetschef."""
        return list(
            {
                row.person.id: row.person
                for row in self._held
                if row.role is Role.ORGANIZER_LEAD and row.holds
            }.values()
        )

    def at_the_organizer(self, user_id: int | None) -> Person | None:
        """The person, whom `know` has been asked for, while she works with an area's or the whole
        organizer's units: only then may she answer what was given her."""
        return next(
            (
                row.person
                for row in self._others
                if row.person.id == user_id
                and row.holds
                and row.role in AT_THE_ORGANIZER
                and row.place[0] is None
            ),
            None,
        )

    def has_weeks_of_their_own(self, person_id: int) -> bool:
        """Whether the person gets Din vecka as a dialogansvarig."""
        return bool(self.rules[ReminderKind.WEEK]) and any(
            person.id == person_id for person in self.leads()
        )

    def gathers(self, person_id: int) -> bool:
        """Whether the person gets one mail a week, and the day before a dialogue: a dialogansvarig,
        where the organizer has Din vecka, and who has chosen it."""
        day, has_weeks = today(), bool(self.rules[ReminderKind.WEEK])
        if day not in self._gathering:
            self._gathering[day] = frozenset(
                row.person.id
                for row in (*self._held, *self._others)
                if row.holds
                and (
                    row.rhythm is MailRhythm.WEEKLY
                    or (has_weeks and row.role is Role.DIALOGUE_LEAD)
                )
            )
        return person_id in self._gathering[day]

    def know(self, user_ids: Collection[int | None]) -> None:
        """Read the roles of people who are responsible for something; one statement, or none."""
        new = {user_id for user_id in user_ids if user_id is not None} - self._known
        if new:
            self._known |= new
            self._gathering.clear()
            self._others += _roles(self.organizer_id, self.until, RoleAssignment.user_id.in_(new))

    def responsible(self, user_id: int | None, units: Iterable[PlacedUnit]) -> Recipient | None:
        """The person, while they have a role at one of the units, or with the organizer when they never
        had any there; where it is as rektor or dialogansvarig that they have it, and somebody else
        holds that part today, that one. None for nobody, and for who has left the units."""
        units = list(units)
        ever = [row for row in self._others if row.person.id == user_id]
        there = [row for row in ever if any(row.covers(unit) for unit in units)]
        held = [row for row in there or ever if row.holds]
        if not held:
            return None
        person = held[0].person
        if there:
            parts = [self._in_whose_place(row, units) for row in held]
            if all(part is not None and part.id != user_id for part in parts):
                person = next(part for part in parts if part is not None)
                held = [row for row in self._held if row.person.id == person.id and row.holds]
        return Recipient(
            person,
            leads_several=self.staffing.leads_several(person.id),
            follows=_may(Permission.FOLLOW, held, units),
            reads=_may(Permission.READ, held, units),
        )

    def _in_whose_place(self, row: Held, units: Iterable[PlacedUnit]) -> Person | None:
        """Who does today what the role is for; None for a role that more than one may hold at once."""
        unit = next(unit for unit in units if row.covers(unit))
        if row.role is Role.PRINCIPAL:
            return self.staffing.principal(unit.id)
        if row.role is Role.DIALOGUE_LEAD:
            same = [
                other.person
                for other in self._held
                if other.role is row.role and other.place == row.place and other.holds
            ]
            return same[-1]
        return None

    def recipients(self, units: Iterable[PlacedUnit]) -> dict[int, Recipient]:
        """The units' leaders and dialogansvariga today, by user id."""
        staffing, found = self.staffing, {}

        def part_of(person: Person) -> Recipient:
            return found.setdefault(
                person.id, Recipient(person, leads_several=staffing.leads_several(person.id))
            )

        for unit in units:
            leader, lead = staffing.leader(unit.id), staffing.lead(unit.id, unit.area_id)
            if leader is not None:
                part_of(leader).rektor_of.append(unit.name)
            elif lead is not None:
                (part_of(lead).vacant if unit.is_open else part_of(lead).closed).append(unit.name)
            if lead is not None:
                part_of(lead).leads = True
        return found

    def of_own_lap(self, responsible_id: int | None) -> dict[int, Recipient]:
        """Who assesses a measure of the organizer's own, by user id: the one responsible while she writes in
        its lap, else those who lead the organizer."""
        writers = [
            row
            for row in self._held
            if row.holds
            and Permission.WRITE in row.role.on_own_lap(everywhere=row.place == (None, None))
        ]
        hers = [row for row in writers if row.person.id == responsible_id]
        leads = [row for row in writers if row.role is Role.ORGANIZER_LEAD]
        return {row.person.id: Recipient(row.person) for row in hers or leads}

    # Days

    def may_send(self, day: date) -> bool:
        return may_send_on(day, self.closed)

    def first_of_week(self, day: date) -> date:
        """The first day with mail in the week of a day with mail."""
        first = monday_of(day)
        while first < day and not self.may_send(first):
            first += ONE_DAY
        return first


def _may(to: Permission, held: Iterable[Held], units: Iterable[PlacedUnit]) -> bool:
    """Whether one of the roles gives that at one of the units."""
    return any(to in row.role.grants and row.covers(unit) for row in held for unit in units)


def monday_of(day: date) -> date:
    return day - day.weekday() * ONE_DAY


def sunday_of(day: date) -> date:
    return monday_of(day) + 6 * ONE_DAY


def _not_over() -> sa.ColumnElement[bool]:
    return sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today())


def _roles(organizer_id: int, until: date, which: sa.ColumnElement[bool]) -> list[Held]:
    """Roles that have begun by then, in the order that Staffing wants them."""
    return [
        Held(role, unit_id, area_id, Person(user_id, name, email, acting), rhythm, first, last)
        for role, unit_id, area_id, user_id, name, email, acting, rhythm, first, last in (
            db.session.execute(
                sa.select(
                    RoleAssignment.role,
                    RoleAssignment.unit_id,
                    RoleAssignment.area_id,
                    User.id,
                    User.name,
                    User.email,
                    RoleAssignment.acting,
                    User.mail_rhythm,
                    RoleAssignment.starts_on,
                    RoleAssignment.ends_on,
                )
                .join(User, User.id == RoleAssignment.user_id)
                .where(
                    RoleAssignment.organizer_id == organizer_id,
                    which,
                    RoleAssignment.starts_on <= until,
                    User.closed_at.is_(None),
                )
                .order_by(RoleAssignment.starts_on, RoleAssignment.id)
            )
        )
    ]
