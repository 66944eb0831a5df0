"""The roles that a person holds today in one organizer, and what they let the person see and do there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import (
    Organizer,
    Permission,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    User,
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held today."""

    role: Role
    unit_id: int | None
    area_id: int | None
    acting: bool
    may_adopt: bool
    unit_slug: str | None
    unit_name: str | None
    has_lap: bool
    """Whether the unit has a lap in today's läsår, so that links may lead to it."""
    starts_on: date = date.min

    def covers(self, unit_id: int, area_id: int | None) -> bool:
        if self.unit_id is not None:
            return self.unit_id == unit_id
        return self.area_id is None or self.area_id == area_id

    def permissions(self, *, vacant: bool) -> frozenset[Permission]:
        given = self.role.grants
        if self.role is Role.DEPUTY and self.may_adopt:
            given |= {Permission.ADOPT}
        if self.role is Role.DIALOGUE_LEAD and vacant:
            # Nobody leads the unit: the dialogansvarig does what a rektor would, until somebody does.
            given |= {Permission.WRITE, Permission.ADOPT}
        return given


@dataclass(frozen=True, slots=True)
class OrganizerChoice:
    id: int
    name: str


def _roles_held() -> sa.Select[Any]:
    """Built once: every page asks it, and putting it together costs more than the answer."""
    has_lap = sa.exists().where(
        QualityCycle.unit_id == RoleAssignment.unit_id,
        QualityCycle.school_year_id == SchoolYear.id,
        SchoolYear.start_year == sa.bindparam("start_year"),
    )
    return (
        sa.select(
            Organizer.id,
            Organizer.name,
            RoleAssignment.role,
            RoleAssignment.unit_id,
            RoleAssignment.area_id,
            RoleAssignment.acting,
            RoleAssignment.may_adopt,
            RoleAssignment.starts_on,
            SchoolUnit.slug,
            SchoolUnit.name.label("unit_name"),
            has_lap.correlate(RoleAssignment).label("has_lap"),
        )
        .join(Organizer, Organizer.id == RoleAssignment.organizer_id)
        .outerjoin(SchoolUnit, SchoolUnit.id == RoleAssignment.unit_id)
        .where(
            RoleAssignment.user_id == sa.bindparam("user_id"),
            RoleAssignment.held_on(sa.bindparam("day", type_=sa.Date)),
        )
        .order_by(Organizer.name, RoleAssignment.id)
    )


ROLES_HELD = _roles_held()


class Access:
    """The person's roles today in one organizer."""

    def __init__(
        self, organizer: OrganizerChoice | None, others: list[OrganizerChoice], grants: list[Grant]
    ) -> None:
        self.organizer = organizer
        self.others = others
        self.grants = grants

    @property
    def organizer_id(self) -> int:
        return self.organizer.id if self.organizer else 0

    @classmethod
    def load(cls, user: User, wanted: int | None) -> "Access":
        """Read every role the person holds today; one statement."""
        day = today()
        rows = (
            db.session.connection()
            .execute(
                ROLES_HELD,
                {"user_id": user.id, "day": day, "start_year": calendar.school_year_start(day)},
            )
            .all()
        )
        organizers = {row.id: OrganizerChoice(row.id, row.name) for row in rows}
        chosen = organizers.get(wanted or 0) or next(iter(organizers.values()), None)
        return cls(
            chosen,
            [choice for choice in organizers.values() if choice is not chosen],
            [
                Grant(
                    row.role,
                    row.unit_id,
                    row.area_id,
                    row.acting,
                    row.may_adopt,
                    row.slug,
                    row.unit_name,
                    row.has_lap,
                    row.starts_on,
                )
                for row in rows
                if chosen is not None and row.id == chosen.id
            ],
        )

    def has_role(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def unit_ids(self, *roles: Role) -> list[int]:
        """The units for which the person holds one of the roles directly."""
        return [g.unit_id for g in self.grants if g.unit_id is not None and g.role in roles]

    def on_organizer(self) -> frozenset[Permission]:
        """What the person may do with the organizer as a whole."""
        given: frozenset[Permission] = frozenset()
        for grant in self.grants:
            if grant.unit_id is None and grant.area_id is None:
                given |= grant.permissions(vacant=False)
        return given

    def on_own_lap(self) -> frozenset[Permission]:
        """What the person may do with the organizer's own lap: everybody here reads what is adopted, and
        who follows any unit what is shared."""
        given: frozenset[Permission] = frozenset()
        for grant in self.grants:
            everywhere = grant.unit_id is None and grant.area_id is None
            given |= grant.role.on_own_lap(everywhere=everywhere)
        return given

    def on_unit(
        self, unit_id: int, area_id: int | None, *, vacant: bool = False
    ) -> frozenset[Permission]:
        """What the person may do with a unit of the organizer."""
        given: frozenset[Permission] = frozenset()
        for grant in self.grants:
            if grant.covers(unit_id, area_id):
                given |= grant.permissions(vacant=vacant)
        return given

    def units_where(self, permission: Permission) -> sa.ColumnElement[bool]:
        """A criterion on SchoolUnit: the units with which the person may do this (vacancy apart)."""
        scopes: list[sa.ColumnElement[bool]] = []
        for grant in self.grants:
            if permission not in grant.permissions(vacant=False):
                continue
            if grant.unit_id is not None:
                scopes.append(SchoolUnit.id == grant.unit_id)
            elif grant.area_id is not None:
                scopes.append(SchoolUnit.area_id == grant.area_id)
            else:
                scopes.append(sa.true())
        return sa.and_(SchoolUnit.organizer_id == self.organizer_id, sa.or_(sa.false(), *scopes))

    def units_written(self) -> sa.ColumnElement[bool]:
        """A criterion on SchoolUnit: the units the person writes in. A dialogansvarig does in vacant
        ones."""
        return self._as_a_rektor(Permission.WRITE)

    def units_decided(self) -> sa.ColumnElement[bool]:
        """A criterion on SchoolUnit: the units whose measures the person decides, likewise."""
        return self._as_a_rektor(Permission.ADOPT)

    def _as_a_rektor(self, permission: Permission) -> sa.ColumnElement[bool]:
        vacant = sa.and_(self.units_where(Permission.LEAD), ~SchoolUnit.has_leader())
        return sa.or_(self.units_where(permission), vacant)

    def anywhere(self, permission: Permission) -> bool:
        """Whether any of the roles gives this, wherever it is held (vacancy apart)."""
        return any(permission in grant.role.grants for grant in self.grants)
