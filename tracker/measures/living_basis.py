"""Whether measures still build on something that stands in the analysis: a cause may have been set aside,
its problem solved, or neither taken over when the next läsår's analysis was adopted.
"""

import enum
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.extensions import db
from tracker.models import (
    AnalysisState,
    Cause,
    Measure,
    MeasureBasis,
    Problem,
    ProblemDevelopment,
    QualityCycle,
    SchoolYear,
    SituationAnalysis,
)

OWN_LAP = 0
"""What stands for a unit's id where the lap is the organizer's own."""


class LostBasis(enum.StrEnum):
    """Why the basis of a measure is no longer there."""

    SET_ASIDE = "set_aside"
    SOLVED = "solved"
    NOT_TAKEN_OVER = "not_taken_over"

    @property
    def label(self) -> str:
        """In a few words, as a quiet mark in a list."""
        return {
            "set_aside": "Orsaken är undanlagd",
            "solved": "Problemet är löst",
            "not_taken_over": "Orsaken är inte med i årets analys",
        }[self]

    @property
    def sentence(self) -> str:
        return {
            "set_aside": "Orsaken som åtgärden bygger på är undanlagd i nulägesanalysen.",
            "solved": "Problemet som åtgärden bygger på står som löst i nulägesanalysen.",
            "not_taken_over": "Orsaken som åtgärden bygger på är inte med i den senaste fastställda "
            "nulägesanalysen.",
        }[self]


def lost_bases(measures: Iterable[Measure]) -> dict[int, LostBasis]:
    """Those of the measures, living or proposed, whose basis is gone, by their ids; two statements at most, none when
    nothing builds on a cause. What stands only in an unadopted analysis of a later läsår counts for
    nothing yet. The measures' `unit_links` are to be loaded."""
    asked = {
        row.id: row
        for row in measures
        if (row.is_living or row.is_draft)
        and row.basis is MeasureBasis.CAUSE
        and row.cause_id is not None
    }
    if not asked:
        return {}
    homes, adopted = _homes_and_adopted(
        {row.cause_id for row in asked.values() if row.cause_id},
        {unit for row in asked.values() for unit in _owners(row)},
        {row.organizer_id for row in asked.values() if row.is_organizers},
    )
    found: dict[int, LostBasis] = {}
    newer: dict[int, int] = {}
    for measure in asked.values():
        home = homes[measure.cause_id or 0]
        if home.set_aside:
            found[measure.id] = LostBasis.SET_ASIDE
        elif home.is_solved:
            found[measure.id] = LostBasis.SOLVED
        else:
            latest = [adopted[unit] for unit in _owners(measure) if unit in adopted]
            analysis = max(latest, key=lambda row: row.start_year, default=None)
            if analysis is not None and analysis.start_year > home.start_year:
                newer[measure.id] = analysis.id
    if newer:
        went_on = _went_on({asked[key].cause_id or 0 for key in newer}, set(newer.values()))
        for key, analysis_id in newer.items():
            living, solved = went_on.get((asked[key].cause_id or 0, analysis_id), (False, False))
            if not living:
                found[key] = LostBasis.SOLVED if solved else LostBasis.NOT_TAKEN_OVER
    return found


def _owners(measure: Measure) -> set[int]:
    """The units whose analysis the measure is to have its basis in: where it was proposed, and those
    that took it over. OWN_LAP: the organizer's own."""
    if measure.is_organizers:
        return {OWN_LAP}
    taken_over = {link.unit_id for link in measure.unit_links if link.origin_unit_id}
    own = {link.unit_id for link in measure.unit_links} & {measure.cycle.unit_id}
    return taken_over | own  # type: ignore[return-value]


def _homes_and_adopted(
    cause_ids: set[int], unit_ids: set[int], organizer_ids: set[int]
) -> tuple[dict[int, sa.Row[Any]], dict[int, sa.Row[Any]]]:
    """Of each cause whether it is set aside or its problem solved, and its läsår; of each unit its latest
    analysis that is adopted today. One statement for both: id, unit_id, set_aside, is_solved, start_year."""
    set_aside = sa.or_(Cause.retired_at.is_not(None), Problem.retired_at.is_not(None))
    is_solved = Problem.development.is_not_distinct_from(ProblemDevelopment.SOLVED)
    homes = (
        sa.select(
            Cause.id,
            sa.cast(sa.null(), sa.Integer).label("unit_id"),
            sa.case((set_aside, 1), else_=0).label("set_aside"),
            sa.case((is_solved, 1), else_=0).label("is_solved"),
            SchoolYear.start_year,
        )
        .join(Problem, Problem.id == Cause.problem_id)
        .join(SituationAnalysis, SituationAnalysis.id == Problem.analysis_id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(Cause.id.in_(cause_ids))
    )
    adopted = (
        sa.select(
            SituationAnalysis.id,
            sa.func.coalesce(QualityCycle.unit_id, OWN_LAP).label("unit_id"),
            sa.literal(0).label("set_aside"),
            sa.literal(0).label("is_solved"),
            SchoolYear.start_year,
        )
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            sa.or_(
                QualityCycle.unit_id.in_(unit_ids),
                sa.and_(
                    QualityCycle.unit_id.is_(None), QualityCycle.organizer_id.in_(organizer_ids)
                ),
            ),
            SituationAnalysis.state == AnalysisState.ADOPTED,
        )
    )
    rows = db.session.execute(sa.union_all(homes, adopted)).all()
    latest = sorted(
        (row for row in rows if row.unit_id is not None), key=lambda row: row.start_year
    )
    return (
        {row.id: row for row in rows if row.unit_id is None},
        {row.unit_id: row for row in latest},
    )


def _went_on(
    cause_ids: set[int], analysis_ids: set[int]
) -> dict[tuple[int, int], tuple[bool, bool]]:
    """By cause and later analysis: whether a cause that goes on from it lives there, and whether its
    problem stands there as solved."""
    start = (
        sa.select(Cause.id.label("root"), Problem.id.label("problem_id"))
        .join(Problem, Problem.id == Cause.problem_id)
        .where(Cause.id.in_(cause_ids))
        .cte("line", recursive=True)
    )
    later = aliased(Problem)
    line = start.union(
        sa.select(start.c.root, later.id).join(later, later.follows_id == start.c.problem_id)
    )
    first = (
        sa.select(Cause.id.label("root"), Cause.id.label("cause_id"))
        .where(Cause.id.in_(cause_ids))
        .cte("causes", recursive=True)
    )
    again = aliased(Cause)
    causes = first.union(
        sa.select(first.c.root, again.id).join(again, again.follows_id == first.c.cause_id)
    )
    lives = (
        sa.exists()
        .where(
            causes.c.root == line.c.root,
            Cause.id == causes.c.cause_id,
            Cause.problem_id == Problem.id,
            Cause.retired_at.is_(None),
        )
        .correlate(line, Problem)
    )
    rows = db.session.execute(
        sa.select(line.c.root, Problem.analysis_id, Problem.development, lives.label("lives"))
        .join(Problem, Problem.id == line.c.problem_id)
        .where(Problem.analysis_id.in_(analysis_ids), Problem.retired_at.is_(None))
    )
    found: dict[tuple[int, int], tuple[bool, bool]] = {}
    for row in rows:
        solved = row.development is ProblemDevelopment.SOLVED
        before = found.get((row.root, row.analysis_id), (False, False))
        found[row.root, row.analysis_id] = (
            before[0] or (row.lives and not solved),
            before[1] or solved,
        )
    return found
