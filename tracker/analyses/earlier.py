"""How a problem of an earlier analysis reads in the one that goes on from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.analyses.factors import SuccessFactor
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Cause,
    CauseLocation,
    Problem,
    ProblemDevelopment,
    QualityCycle,
    SchoolForm,
    SituationAnalysis,
)


@dataclass(frozen=True, slots=True)
class EarlierCause:
    """`id` is the Cause's; the rest are Cause.WRITTEN."""

    id: int
    text: str
    location: CauseLocation
    evidence: str
    prioritised: bool
    factor: SuccessFactor | None

    @classmethod
    def living(cls, cause: Cause) -> Self:
        return cls(cause.id, *(getattr(cause, name) for name in Cause.WRITTEN))

    @classmethod
    def adopted(cls, kept: dict[str, Any]) -> Self:
        """`kept`: a cause of an AdoptedAnalysis's content."""
        return cls(
            kept["id"],
            kept["text"],
            next(row for row in CauseLocation if row.label == kept["location"]),
            kept.get("evidence", ""),
            kept.get("prioritised", True),
            next((row for row in SuccessFactor if row.label == kept.get("factor")), None),
        )


@dataclass(frozen=True, slots=True)
class EarlierProblem:
    """Its words and the causes that live; `stands`: it is to be worked with there, neither solved nor set
    aside."""

    text: str
    form: SchoolForm | None
    causes: Sequence[EarlierCause]
    stands: bool

    @classmethod
    def read(cls, problem: Problem, analysis: SituationAnalysis) -> Self:
        """As those who write in `analysis` may know it. What another unit, which lives on, has opened for
        change is its own until it is adopted anew: of that the adopted words are read, and what no
        version has is without words."""
        if not _is_rewritten_elsewhere(problem, analysis):
            return cls(
                problem.text,
                problem.form,
                [EarlierCause.living(cause) for cause in problem.living_causes],
                problem.retired_at is None and not problem.is_solved,
            )
        latest = problem.analysis.latest_version
        for version in reversed(problem.analysis.versions):
            living, solved = version.content["problems"], version.content.get("solved", [])
            for kept in (*living, *solved):
                if kept["id"] == problem.id:
                    return cls(
                        kept["text"],
                        next((row for row in SchoolForm if row.label == kept.get("form")), None),
                        [EarlierCause.adopted(row) for row in kept.get("causes", ())],
                        version is latest and kept in living,
                    )
        return cls("", None, [], False)


def _is_rewritten_elsewhere(problem: Problem, analysis: SituationAnalysis) -> bool:
    home = problem.analysis
    unit = home.cycle.unit
    return (
        home.is_reopened
        and unit is not None
        and unit.id != analysis.cycle.unit_id
        and (unit.closed_on is None or unit.closed_on >= today())
    )


def taken_over_in(cycle: QualityCycle, cause_id: int | None) -> int | None:
    """The id of the cause that goes on from this one in the lap's analysis and lives there; None when none
    does. One statement."""
    if cause_id is None:
        return None
    line = sa.select(sa.literal(cause_id, sa.Integer).label("id")).cte("line", recursive=True)
    again = aliased(Cause)
    line = line.union(sa.select(again.id).join(line, again.follows_id == line.c.id))
    return db.session.scalar(
        sa.select(Cause.id)
        .join(line, line.c.id == Cause.id)
        .join(Cause.problem)
        .join(Problem.analysis)
        .where(
            SituationAnalysis.cycle_id == cycle.id,
            Cause.id != cause_id,
            Cause.retired_at.is_(None),
            Problem.retired_at.is_(None),
            Problem.development.is_distinct_from(ProblemDevelopment.SOLVED),
        )
        .order_by(Cause.id)
        .limit(1)
    )
