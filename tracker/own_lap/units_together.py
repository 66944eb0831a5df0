"""What the units' adopted analyses say together, beside the huvudman's own: in total only, and only where enough
units share the total (own_work.FEWEST_UNITS)."""

from dataclasses import dataclass

import sqlalchemy as sa

from tracker.analyses.own_work import FEWEST_UNITS, CausesOfYear, totals_of
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import (
    AnalysisState,
    CauseLocation,
    Problem,
    ProblemDevelopment,
    QualityCycle,
    SchoolYear,
    SituationAnalysis,
)


@dataclass(frozen=True, slots=True)
class UnitsTogether:
    """One läsår. Nothing but `adopted` and `units` is told when too few units have adopted."""

    start_year: int
    units: int
    """How many units have a lap in the läsår."""
    adopted: int
    """How many of them have adopted their analysis."""
    problems: int
    solved: int
    causes: CausesOfYear | None

    @property
    def label(self) -> str:
        return calendar.label(self.start_year)

    @property
    def is_told(self) -> bool:
        return self.adopted >= FEWEST_UNITS

    @property
    def places(self) -> list[tuple[CauseLocation, int]]:
        """Where the causes lie, the most common first."""
        return self.causes.by_location.most_common() if self.causes else []


def units_together(cycle: QualityCycle) -> list[UnitsTogether]:
    """This läsår and the one before, as far as there is anything; two statements."""
    this = cycle.school_year.start_year
    adopted = SituationAnalysis.state.in_([AnalysisState.ADOPTED, AnalysisState.REOPENED])
    solved = Problem.development.is_not_distinct_from(ProblemDevelopment.SOLVED)
    counted = sa.and_(adopted, Problem.id.is_not(None), Problem.retired_at.is_(None))
    rows = db.session.execute(
        sa.select(
            SchoolYear.start_year,
            sa.func.count(sa.distinct(QualityCycle.unit_id)).label("units"),
            sa.func.count(sa.distinct(sa.case((adopted, SituationAnalysis.id)))).label("adopted"),
            sa.func.count(sa.case((sa.and_(counted, ~solved), 1))).label("problems"),
            sa.func.count(sa.case((sa.and_(counted, solved), 1))).label("solved"),
        )
        .select_from(QualityCycle)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .outerjoin(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
        .outerjoin(Problem, Problem.analysis_id == SituationAnalysis.id)
        .where(
            QualityCycle.organizer_id == cycle.organizer_id,
            QualityCycle.unit_id.is_not(None),
            SchoolYear.start_year.in_([this, this - 1]),
        )
        .group_by(SchoolYear.start_year)
        .order_by(SchoolYear.start_year.desc())
    ).all()
    causes = {year.start_year: year for year in totals_of(cycle.organizer_id) if year.is_told}
    return [
        UnitsTogether(*row, causes.get(row.start_year))
        for row in rows
        if row.adopted or row.start_year == this
    ]
