"""What is set up for an organizer, and what is missing: the steps of the first afternoon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Area,
    Organizer,
    QualityCycle,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    User,
)
from tracker.organisation.staffing import Staffing
from tracker.web.swedish import count, listing


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many units there are, told in the same way wherever they are counted: those that have been
    closed, or are not opened yet, stand in the lists too."""

    open: int
    closed: int
    ahead: int

    @classmethod
    def of(cls, lives: Iterable[tuple[date, date | None]]) -> "UnitCount":
        """Out of each unit's first and last day."""
        day, lives = today(), list(lives)
        closed = sum(last is not None and last < day for _, last in lives)
        ahead = sum(first > day for first, _ in lives)
        return cls(len(lives) - closed - ahead, closed, ahead)

    def __str__(self) -> str:
        """``8 enheter och 2 avslutade``"""
        parts = [count(self.open, "1 enhet", "enheter")]
        if self.ahead:
            parts.append(f"{self.ahead} som inte har öppnat än")
        if self.closed:
            parts.append(count(self.closed, "1 avslutad", "avslutade"))
        return listing(parts)


def units_to_staff(organizer_id: int) -> tuple[list[str], list[str]]:
    """Names of the open units that nobody leads today, and of those without a dialogansvarig, in
    Swedish order. Two statements."""
    units = db.session.execute(
        sa.select(SchoolUnit.id, SchoolUnit.area_id, SchoolUnit.name)
        .where(SchoolUnit.organizer_id == organizer_id, SchoolUnit.open_on(today()))
        .order_by(SchoolUnit.sort_key, SchoolUnit.id)
    ).all()
    staffing = Staffing.load(organizer_id)
    return (
        [unit.name for unit in units if staffing.leader(unit.id) is None],
        [unit.name for unit in units if staffing.lead(unit.id, unit.area_id) is None],
    )


@dataclass(frozen=True, slots=True)
class SetUp:
    """Figures of one organizer today. A handful of statements, however many units it has."""

    areas: int
    units: int
    """Those that are open today."""
    counted: UnitCount
    without_leader: list[str]
    """Names of the units that nobody leads today, in Swedish order."""
    without_lead: list[str]
    """Names of the units without a dialogansvarig, in Swedish order."""
    people: int
    invited: int
    year: SchoolYear | None
    units_without_lap: int

    @property
    def vacant(self) -> int:
        return len(self.without_leader)

    @classmethod
    def of(cls, organizer: Organizer, year: SchoolYear | None) -> "SetUp":
        units = db.session.execute(
            sa.select(
                SchoolUnit.id,
                SchoolUnit.area_id,
                SchoolUnit.name,
                SchoolUnit.opened_on,
                SchoolUnit.closed_on,
                SchoolUnit.open_on(today()).label("is_open"),
            )
            .where(SchoolUnit.organizer_id == organizer.id)
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        ).all()
        open_units = [unit for unit in units if unit.is_open]
        staffing = Staffing.load(organizer.id)
        laps: set[int | None] = set()
        if year is not None:
            laps = set(
                db.session.scalars(
                    sa.select(QualityCycle.unit_id).where(QualityCycle.school_year_id == year.id)
                )
            )
        people, invited = db.session.execute(
            sa.select(
                sa.func.count(User.id),
                sa.func.count(User.id).filter(User.password_hash.is_(None)),
            ).where(
                User.closed_at.is_(None),
                sa.exists().where(
                    RoleAssignment.user_id == User.id,
                    RoleAssignment.organizer_id == organizer.id,
                    sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today()),
                ),
            )
        ).one()
        areas = db.session.scalar(
            sa.select(sa.func.count()).where(Area.organizer_id == organizer.id)
        )
        return cls(
            areas=areas or 0,
            units=len(open_units),
            counted=UnitCount.of((unit.opened_on, unit.closed_on) for unit in units),
            without_leader=[unit.name for unit in open_units if staffing.leader(unit.id) is None],
            without_lead=[
                unit.name for unit in open_units if staffing.lead(unit.id, unit.area_id) is None
            ],
            people=people,
            invited=invited,
            year=year,
            units_without_lap=sum(unit.id not in laps for unit in open_units) if year else 0,
        )
