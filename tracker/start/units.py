"""The list of units a person may see, and the way into one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa

from tracker.auth.grants import Access
from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import Area, Permission, QualityCycle, SchoolUnit, SchoolYear
from tracker.organisation.owner import OwnLap
from tracker.start.progress import area_title
from tracker.web.paging import Page


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A line of the list. `area` is the heading it stands under."""

    name: str
    slug: str
    area: str
    closed_on: date | None


def listed_units(access: Access, search: str) -> list[ListedUnit]:
    """Open units area by area in Swedish order, then those that have ended; one statement.

    `search` is any part of the name, whatever its case or accents. Names are compared here and not in the
    database, since SQLite does not know that Å and å are the same letter.
    """
    rows = db.session.execute(
        sa.select(SchoolUnit.name, SchoolUnit.slug, SchoolUnit.closed_on, Area.name.label("area"))
        .outerjoin(Area, Area.id == SchoolUnit.area_id)
        .where(access.units_where(Permission.READ))
        .order_by(Area.sort_key.is_(None), Area.sort_key, Area.id, SchoolUnit.sort_key)
    )
    wanted = search.casefold()
    day = today()
    found = [
        ListedUnit(
            row.name,
            row.slug,
            "Avslutade enheter"
            if row.closed_on is not None and row.closed_on < day
            else area_title(row.area),
            row.closed_on,
        )
        for row in rows
        if wanted in row.name.casefold()
    ]
    return sorted(found, key=lambda row: row.area == "Avslutade enheter")


def by_area(page: Page[ListedUnit]) -> list[tuple[str, list[ListedUnit]]]:
    return [(area, list(group)) for area, group in groupby(page.items, key=lambda row: row.area)]


@dataclass(frozen=True, slots=True)
class Lap:
    """A läsår of a unit, as links name it."""

    start_year: int

    @property
    def label(self) -> str:
        return calendar.label(self.start_year)

    @property
    def slug(self) -> str:
        return calendar.slug(self.start_year)


def laps_of(owner: SchoolUnit | OwnLap) -> list[Lap]:
    """The läsår the unit, or the organizer itself, has a lap in, the latest first."""
    years = db.session.scalars(
        sa.select(SchoolYear.start_year)
        .join(QualityCycle, QualityCycle.school_year_id == SchoolYear.id)
        .where(QualityCycle.organizer_id == owner.organizer_id, QualityCycle.unit_id == owner.id)
        .order_by(SchoolYear.start_year.desc())
    )
    return [Lap(year) for year in years]


def present_lap(laps: Sequence[Lap]) -> Lap | None:
    """The lap of today's läsår; else the latest that has been; else the first to come."""
    this = calendar.school_year_start(today())
    return next((lap for lap in laps if lap.start_year <= this), laps[-1] if laps else None)
