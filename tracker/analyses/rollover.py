"""What stood in last läsår's analysis, and in those of units that this one has taken over from, until
somebody has said what became of it. Nothing comes over by itself: SituationAnalysis.take_over does it,
problem by problem.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from tracker.analyses.earlier import EarlierProblem
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    AnalysisState,
    Problem,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    UnitSuccession,
)

YEAR_BEGINS = (7, 1)
"""A takeover on the first day of a läsår is after all of the one before."""


def waiting_for(analysis: SituationAnalysis, *, drafts: bool) -> list[Problem]:
    """The earlier problems that the analysis is to take a stand on, the unit's own first; one statement.
    The organizer's own analysis has those of its earlier ones.

    Offered is what the unit's latest earlier analysis holds, and the latest one of each unit that it has
    taken over from, as far as that reaches to the day of the takeover. An older analysis goes on being
    offered when it was gone through only in part, so that what was passed over is not lost. What is solved
    or set aside there is not asked for.

    `drafts`: whether the reader may see what was never shared. Of another unit a draft is offered only
    when that unit is closed: nobody else can take it further. What another open unit has opened for
    change is offered as it was adopted; read its words by EarlierProblem.
    """
    rows = _problems(analysis, drafts=drafts)
    offered = _analyses_offered(rows, analysis.cycle.unit_id)
    return [
        problem
        for problem, followed in rows
        if problem.analysis_id in offered
        and not followed
        and EarlierProblem.read(problem, analysis).stands
    ]


def _line_of(cycle: QualityCycle) -> sa.CTE:
    """The unit, and those that it and they have taken over from: of each, the last läsår (last_year, its
    first calendar year) whose analysis is an earlier one. A unit that reaches it by two ways stands there
    twice."""
    this_year = cycle.school_year.start_year
    start = sa.select(
        sa.literal(cycle.unit_id, sa.Integer).label("unit_id"),
        sa.literal(this_year - 1, sa.Integer).label("last_year"),
    ).cte("line", recursive=True)
    on = UnitSuccession.on
    month, day = sa.extract("month", on), sa.extract("day", on)
    in_spring = sa.or_(
        month < YEAR_BEGINS[0], sa.and_(month == YEAR_BEGINS[0], day == YEAR_BEGINS[1])
    )
    before = sa.cast(sa.extract("year", on), sa.Integer) - sa.case((in_spring, 1), else_=0)
    last_year = sa.case((before > this_year, this_year), else_=before)
    return start.union(
        sa.select(UnitSuccession.predecessor_id, last_year).where(
            UnitSuccession.successor_id == start.c.unit_id, on <= today()
        )
    )


def _problems(analysis: SituationAnalysis, *, drafts: bool) -> list[tuple[Problem, bool]]:
    """Every problem of the earlier analyses, and whether a later one of the line goes on from it."""
    unit_id = analysis.cycle.unit_id
    line = _line_of(analysis.cycle)
    later, its_analysis = aliased(Problem), aliased(SituationAnalysis)
    its_cycle, its_year = aliased(QualityCycle), aliased(SchoolYear)
    followed = (
        sa.exists()
        .where(
            later.follows_id == Problem.id,
            its_analysis.id == later.analysis_id,
            its_cycle.id == its_analysis.cycle_id,
            its_year.id == its_cycle.school_year_id,
            # A unit that lives on after a part of it was taken over goes on by itself from then on.
            sa.or_(
                its_cycle.unit_id == unit_id,
                sa.exists()
                .where(line.c.unit_id == its_cycle.unit_id, its_year.start_year <= line.c.last_year)
                .correlate(its_cycle, its_year),
            )
            if unit_id
            else its_cycle.unit_id.is_(None),
        )
        .correlate(Problem)
    )
    not_shared = SituationAnalysis.state == AnalysisState.DRAFT
    elsewhere = sa.and_(QualityCycle.unit_id != unit_id, _open()) if unit_id else sa.false()
    hidden = sa.and_(not_shared, elsewhere if drafts else sa.true())
    in_line = (
        sa.exists()
        .where(line.c.unit_id == QualityCycle.unit_id, SchoolYear.start_year <= line.c.last_year)
        .correlate(QualityCycle, SchoolYear)
    )
    if unit_id is None:
        in_line = sa.and_(
            QualityCycle.unit_id.is_(None),
            SchoolYear.start_year < analysis.cycle.school_year.start_year,
        )
    rows = db.session.execute(
        sa.select(Problem, followed)
        .join(Problem.analysis)
        .join(SituationAnalysis.cycle)
        .join(QualityCycle.school_year)
        .outerjoin(QualityCycle.unit)
        .where(
            Problem.organizer_id == analysis.organizer_id,
            in_line,
            ~hidden,
        )
        .options(
            contains_eager(Problem.analysis)
            .contains_eager(SituationAnalysis.cycle)
            .options(contains_eager(QualityCycle.school_year), contains_eager(QualityCycle.unit))
        )
        .order_by(
            QualityCycle.unit_id != unit_id,
            SchoolUnit.sort_key,
            SchoolYear.start_year.desc(),
            Problem.position,
            Problem.id,
        )
    ).all()
    return [(problem, bool(is_followed)) for problem, is_followed in rows]


def _open() -> sa.ColumnElement[bool]:
    return sa.or_(SchoolUnit.closed_on.is_(None), SchoolUnit.closed_on >= today())


def _analyses_offered(rows: Iterable[tuple[Problem, Any]], unit_id: int | None) -> set[int]:
    """The ids of the analyses whose problems are still asked about; see `waiting_for`."""
    latest: dict[int | None, int] = {}
    for problem, _ in rows:
        home = problem.analysis.cycle
        year = home.school_year.start_year
        latest[home.unit_id] = max(year, latest.get(home.unit_id, year))
    own = latest.get(unit_id, 0)
    offered = set()
    for problem, followed in rows:
        home = problem.analysis.cycle
        year = home.school_year.start_year
        if followed or (year == latest[home.unit_id] and year >= own):
            offered.add(problem.analysis_id)
    return offered
