"""The page of what is adopted: every unit's nulägesanalys and utvecklingsplan, läsår by läsår."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from tracker.auth.grants import Access
from tracker.models import (
    AdoptedAnalysis,
    Measure,
    MeasureState,
    MeasureUnit,
    Permission,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)
from tracker.organisation.owner import OWN, OwnLap
from tracker.web.paging import Page


def adopted_documents(access: Access) -> Page[Any]:
    """A page of rows, the latest läsår first and in it the organizer's own before the units in Swedish order: `unit`, `slug`,
    `start_year`, the latest adopted version (`number`, `adopted_at`,
    `adopted_by_name`; None when there is none) and `has_plan`. Only what is adopted or decided in units that
    the person may read. Two statements."""
    newest = (
        sa.select(sa.func.max(AdoptedAnalysis.number))
        .where(AdoptedAnalysis.analysis_id == SituationAnalysis.id)
        .correlate(SituationAnalysis)
        .scalar_subquery()
    )
    decided_in = sa.orm.aliased(QualityCycle)
    of_unit = sa.exists().where(
        MeasureUnit.unit_id == QualityCycle.unit_id,
        Measure.id == MeasureUnit.measure_id,
        Measure.state != MeasureState.PROPOSED,
        decided_in.id == Measure.cycle_id,
        decided_in.school_year_id == QualityCycle.school_year_id,
        decided_in.unit_id.is_not(None),
    )
    of_organizer = sa.exists().where(
        QualityCycle.unit_id.is_(None),
        Measure.cycle_id == QualityCycle.id,
        Measure.state != MeasureState.PROPOSED,
    )
    has_plan = sa.or_(of_unit, of_organizer)
    own = QualityCycle.id.in_(QualityCycle.own_laps(access.organizer_id))
    readable = access.units_where(Permission.READ)
    if Permission.READ in access.on_own_lap():
        readable = sa.or_(readable, own)
    return Page.select(
        sa.select(
            sa.func.coalesce(SchoolUnit.name, OwnLap.name).label("unit"),
            sa.func.coalesce(SchoolUnit.slug, OWN).label("slug"),
            SchoolYear.start_year,
            AdoptedAnalysis.number,
            AdoptedAnalysis.adopted_at,
            AdoptedAnalysis.adopted_by_name,
            has_plan.label("has_plan"),
        )
        .select_from(QualityCycle)
        .outerjoin(SchoolUnit, SchoolUnit.id == QualityCycle.unit_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .outerjoin(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
        .outerjoin(
            AdoptedAnalysis,
            sa.and_(
                AdoptedAnalysis.analysis_id == SituationAnalysis.id,
                AdoptedAnalysis.number == newest,
            ),
        )
        .where(
            readable,
            sa.or_(AdoptedAnalysis.id.is_not(None), has_plan),
        )
        .order_by(
            SchoolYear.start_year.desc(),
            QualityCycle.unit_id.is_not(None),
            SchoolUnit.sort_key,
            SchoolUnit.id,
        )
    )


def by_year(page: Page[Any]) -> Iterator[tuple[int, list[Any]]]:
    """The rows of the page with the year in which their läsår begins."""
    for start_year, rows in groupby(page.items, key=lambda row: row.start_year):
        yield start_year, list(rows)
