"""Who leads which unit, and who is its dialogansvarig, on one day: read once, asked many times."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.organisation.assignments import RoleAssignment
from tracker.organisation.roles import Role

if TYPE_CHECKING:
    from tracker.organisation.models import SchoolUnit


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who holds a role, with what pages and mails need."""

    id: int
    name: str
    email: str
    acting: bool = False

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


class Staffing:
    """The leaders and dialogansvariga of one organizer on one day. One statement."""

    def __init__(self, rows: list[tuple[Role, int | None, int | None, Person]]) -> None:
        self._by_unit: dict[tuple[Role, int], list[Person]] = {}
        self._by_area: dict[int, list[Person]] = {}
        self._leads: list[Person] = []
        for role, unit_id, area_id, person in rows:
            if unit_id is not None:
                self._by_unit.setdefault((role, unit_id), []).append(person)
            elif area_id is not None:
                self._by_area.setdefault(area_id, []).append(person)
            else:
                self._leads.append(person)

    @classmethod
    def load(cls, organizer_id: int, day: date | None = None) -> Self:
        rows = db.session.execute(_holders(), {"organizer_id": organizer_id, "day": day or today()})
        return cls(
            [
                (role, unit_id, area_id, Person(user_id, name, email, acting))
                for role, unit_id, area_id, user_id, name, email, acting in rows
            ]
        )

    @classmethod
    def on_days(cls, organizer_id: int, days: Iterable[date]) -> dict[date, Self]:
        """The same on several days, in one statement."""
        wanted = set(days)
        if not wanted:
            return {}
        rows = db.session.execute(
            _holders_between(),
            {"organizer_id": organizer_id, "first": min(wanted), "last": max(wanted)},
        ).all()
        return {
            day: cls(
                [
                    (role, unit_id, area_id, Person(user_id, name, email, acting))
                    for role, unit_id, area_id, user_id, name, email, acting, first, last in rows
                    if first <= day and (last is None or day <= last)
                ]
            )
            for day in wanted
        }

    def principal(self, unit_id: int) -> Person | None:
        """Rektor or tf. rektor; the latest to begin when two overlap."""
        found = self._by_unit.get((Role.PRINCIPAL, unit_id))
        return found[-1] if found else None

    def deputies(self, unit_id: int) -> list[Person]:
        return self._by_unit.get((Role.DEPUTY, unit_id), [])

    def leader(self, unit_id: int) -> Person | None:
        """Who leads the unit today: rektor, else a biträdande rektor. None: vacant."""
        deputies = self.deputies(unit_id)
        return self.principal(unit_id) or (deputies[0] if deputies else None)

    def leads_several(self, person_id: int) -> bool:
        """Whether the person leads more units than one."""
        return self._led[person_id] > 1

    @cached_property
    def _led(self) -> Counter[int]:
        """How many units each leader has, by user id."""
        units = {unit for role, unit in self._by_unit if role in (Role.PRINCIPAL, Role.DEPUTY)}
        return Counter(leader.id for leader in map(self.leader, units) if leader is not None)

    def lead(self, unit_id: int, area_id: int | None) -> Person | None:
        """The unit's dialogansvarig: for the unit itself, else its area, else the organizer. None:
        nobody has the role, and nobody else takes their place, since only the role gives the
        right to what the reminders ask for."""
        found = (
            self._by_unit.get((Role.DIALOGUE_LEAD, unit_id))
            or (self._by_area.get(area_id) if area_id is not None else None)
            or self._leads
        )
        return found[-1] if found else None

    def dialogue_key(self, unit: "SchoolUnit") -> Hashable:
        """Units with the same key have their dialogues together: the same rektor and the same
        dialogansvarig. A unit without a rektor has its own."""
        leader, lead = self.principal(unit.id), self.lead(unit.id, unit.area_id)
        return (leader.id, lead.id if lead else None) if leader else ("vacant", unit.id)


@lru_cache(maxsize=1)
def _holders() -> sa.Select[Any]:
    """Built once: most pages ask it, and putting it together costs more than the answer."""
    return _roles().where(RoleAssignment.held_on(sa.bindparam("day", type_=sa.Date)))


@lru_cache(maxsize=1)
def _holders_between() -> sa.Select[Any]:
    """Those who hold a role on some day from `first` to `last`, and from when to when."""
    begun = RoleAssignment.starts_on <= sa.bindparam("last", type_=sa.Date)
    not_over = RoleAssignment.ends_on >= sa.bindparam("first", type_=sa.Date)
    return (
        _roles()
        .add_columns(RoleAssignment.starts_on, RoleAssignment.ends_on)
        .where(begun, sa.or_(RoleAssignment.ends_on.is_(None), not_over))
    )


def _roles() -> sa.Select[Any]:
    from tracker.auth.models import User

    return (
        sa.select(
            RoleAssignment.role,
            RoleAssignment.unit_id,
            RoleAssignment.area_id,
            User.id,
            User.name,
            User.email,
            RoleAssignment.acting,
        )
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.organizer_id == sa.bindparam("organizer_id"),
            RoleAssignment.role.in_([Role.PRINCIPAL, Role.DEPUTY, Role.DIALOGUE_LEAD]),
            User.closed_at.is_(None),
        )
        .order_by(RoleAssignment.starts_on, RoleAssignment.id)
    )
