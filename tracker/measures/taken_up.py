"""The problems that development areas take up, as the reader may see them."""

from dataclasses import dataclass

import sqlalchemy as sa

from tracker.extensions import db
from tracker.measures.areas import AREA_PROBLEMS
from tracker.models import (
    AdoptedAnalysis,
    DevelopmentArea,
    Problem,
    QualityCycle,
    SituationAnalysis,
)


@dataclass(frozen=True, slots=True)
class AreaProblem:
    """A problem that a development area takes up, as the reader may see it."""

    id: int
    text: str
    follows: dict[str, str] | None = None
    """Of one that goes on from an earlier: see tracker.analyses.snapshot."""


def problems_by_area(cycle: QualityCycle, *, living: bool) -> dict[int, list[AreaProblem]]:
    """What the lap's areas take up, by the area's id: as it was adopted last, or `living`, for those who
    write, as it stands now. Two statements at most."""
    links = (
        sa.select(AREA_PROBLEMS.c.area_id, AREA_PROBLEMS.c.problem_id, Problem.text)
        .join(DevelopmentArea, DevelopmentArea.id == AREA_PROBLEMS.c.area_id)
        .join(Problem, Problem.id == AREA_PROBLEMS.c.problem_id)
        .where(DevelopmentArea.cycle_id == cycle.id, Problem.retired_at.is_(None))
        .order_by(Problem.position, Problem.id)
    )
    rows = db.session.execute(links).all()
    known = {row.problem_id: AreaProblem(row.problem_id, row.text) for row in rows}
    if rows and not living:
        known = _adopted_problems(cycle)
    found: dict[int, list[AreaProblem]] = {}
    for row in rows:
        if row.problem_id in known:
            found.setdefault(row.area_id, []).append(known[row.problem_id])
    return found


def _adopted_problems(cycle: QualityCycle) -> dict[int, AreaProblem]:
    """The problems of the lap's analysis as they were adopted last, solved ones included."""
    content = db.session.scalar(
        sa.select(AdoptedAnalysis.content)
        .join(SituationAnalysis, SituationAnalysis.id == AdoptedAnalysis.analysis_id)
        .where(SituationAnalysis.cycle_id == cycle.id)
        .order_by(AdoptedAnalysis.number.desc())
        .limit(1)
    )
    problems = [*content["problems"], *content.get("solved", [])] if content else []
    return {row["id"]: AreaProblem(row["id"], row["text"], row.get("follows")) for row in problems}
