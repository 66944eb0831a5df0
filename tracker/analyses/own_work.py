"""Orsaker i eget arbete: where the causes lie, year by year. For the unit itself in full; for the huvudman
in total only, and only where several units share the total: seen unit by unit, it would soon be written
to please.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    AnalysisState,
    Cause,
    CauseLocation,
    Problem,
    ProblemDevelopment,
    QualityCycle,
    SchoolYear,
    SituationAnalysis,
)

FEWEST_UNITS = 3
"""A total of fewer units would tell of each of them."""

_BY_LABEL = {location.label: location for location in CauseLocation}


@dataclass(slots=True)
class CausesOfYear:
    """The causes of one läsår by where they lie."""

    start_year: int
    by_location: Counter[CauseLocation] = field(default_factory=Counter)
    is_adopted: bool = True
    units: int = 1

    @property
    def label(self) -> str:
        return calendar.label(self.start_year)

    @property
    def total(self) -> int:
        return self.by_location.total()

    @property
    def own(self) -> int:
        return sum(number for location, number in self.by_location.items() if location.own_work)

    @property
    def is_told(self) -> bool:
        """Of a total: whether enough units share it."""
        return self.units >= FEWEST_UNITS


def years_of(cycle: QualityCycle, *, living: bool) -> list[CausesOfYear]:
    """The unit's läsår up to this one that have causes, the latest first: as they were adopted last.
    `living`: for those who write, what is not adopted as it stands now. Two statements at most."""
    latest = (
        sa.select(sa.func.max(AdoptedAnalysis.number))
        .where(AdoptedAnalysis.analysis_id == SituationAnalysis.id)
        .correlate(SituationAnalysis)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            SituationAnalysis.id,
            SituationAnalysis.state,
            SchoolYear.start_year,
            AdoptedAnalysis.content,
        )
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .outerjoin(
            AdoptedAnalysis,
            sa.and_(
                AdoptedAnalysis.analysis_id == SituationAnalysis.id,
                AdoptedAnalysis.number == latest,
            ),
        )
        .where(
            cycle.of_same_owner(),
            SchoolYear.start_year <= cycle.school_year.start_year,
        )
        .order_by(SchoolYear.start_year.desc())
    ).all()
    unadopted = [row.id for row in rows if row.state != AnalysisState.ADOPTED]
    as_they_stand = _living(unadopted if living else [])
    found = []
    for row in rows:
        if row.id in as_they_stand:
            found.append(CausesOfYear(row.start_year, as_they_stand[row.id], is_adopted=False))
        elif row.content:
            causes = [cause for problem in row.content["problems"] for cause in problem["causes"]]
            found.append(
                CausesOfYear(
                    row.start_year, Counter(_BY_LABEL[cause["location"]] for cause in causes)
                )
            )
    return [year for year in found if year.total]


def totals_of(organizer_id: int) -> list[CausesOfYear]:
    """All units together, of analyses that have been adopted, the latest läsår first. One statement."""
    rows = db.session.execute(
        _counting(SchoolYear.start_year, QualityCycle.unit_id)
        .join(SituationAnalysis, SituationAnalysis.id == Problem.analysis_id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            Cause.organizer_id == organizer_id,
            QualityCycle.unit_id.is_not(None),
            SituationAnalysis.state.in_([AnalysisState.ADOPTED, AnalysisState.REOPENED]),
        )
    ).all()
    found: dict[int, CausesOfYear] = {}
    for row in rows:
        year = found.setdefault(row.start_year, CausesOfYear(row.start_year))
        year.by_location[row.location] += row.number
    for start_year, year in found.items():
        year.units = len({row.unit_id for row in rows if row.start_year == start_year})
    return sorted(found.values(), key=lambda year: -year.start_year)


def _living(analysis_ids: list[int]) -> dict[int, Counter[CauseLocation]]:
    """The living causes of the analyses as they stand now."""
    found: dict[int, Counter[CauseLocation]] = {}
    if analysis_ids:
        query = _counting(Problem.analysis_id).where(Problem.analysis_id.in_(analysis_ids))
        for row in db.session.execute(query):
            found.setdefault(row.analysis_id, Counter())[row.location] += row.number
    return found


def _counting(*by: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int]) -> sa.Select[Any]:
    """How many living causes lie where, by the columns given."""
    return (
        sa.select(*by, Cause.location, sa.func.count().label("number"))
        .select_from(Cause)
        .join(Problem, Problem.id == Cause.problem_id)
        .where(
            Cause.retired_at.is_(None),
            Problem.retired_at.is_(None),
            Problem.development.is_distinct_from(ProblemDevelopment.SOLVED),
        )
        .group_by(*by, Cause.location)
    )
