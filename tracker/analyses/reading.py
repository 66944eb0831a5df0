"""What there is to read in an analysis for the person who asks, and what has come out of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from tracker.auth.access import current_access, may
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.measures.areas import AREA_PROBLEMS
from tracker.measures.living_basis import LostBasis, lost_bases
from tracker.measures.states import LIVING
from tracker.models import (
    AdoptedAnalysis,
    Cause,
    DevelopmentArea,
    EffectAssessment,
    Measure,
    MeasureBasis,
    MeasureState,
    Permission,
    Problem,
    QualityCycle,
    SchoolYear,
    SituationAnalysis,
)
from tracker.organisation.roles import LEADERS, Role


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to read: `content` is what SituationAnalysis.snapshot() gives."""

    content: dict[str, Any]
    version: AdoptedAnalysis | None
    """None: the living text, as it stands now."""

    @property
    def causes(self) -> list[dict[str, Any]]:
        return [cause for problem in self.content["problems"] for cause in problem["causes"]]

    @property
    def own_causes(self) -> int:
        """How many of the causes lie in the unit's own work."""
        return sum(cause["own_work"] for cause in self.causes)


def reading_of(analysis: SituationAnalysis) -> Reading | None:
    """The living text for those who may follow it (in a draft: write it), else the latest adopted
    version, else nothing."""
    follows = may(Permission.WRITE) if analysis.is_draft else may(Permission.FOLLOW)
    if follows and not analysis.is_locked:
        return Reading(analysis.snapshot(), None)
    version = analysis.latest_version
    return Reading(version.content, version) if version else None


def last_years_reading(cycle: QualityCycle) -> Reading | None:
    """What the unit adopted last in the läsår before, to lay beside this year's."""
    version = db.session.scalar(
        sa.select(AdoptedAnalysis)
        .join(SituationAnalysis, SituationAnalysis.id == AdoptedAnalysis.analysis_id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            cycle.of_same_owner(),
            SchoolYear.start_year == cycle.school_year.start_year - 1,
        )
        .order_by(AdoptedAnalysis.number.desc())
        .limit(1)
    )
    return Reading(version.content, version) if version else None


def sees_share(cycle: QualityCycle) -> bool:
    """How many causes lie in the own work is for the unit itself: shown to its huvudman unit by
    unit, it would soon be written to please. The huvudman's own share is nothing to hide."""
    own = current_access().unit_ids(*LEADERS, Role.STAFF)
    return may(Permission.WRITE) or cycle.unit_id in own or cycle.owner.is_organizer


def measures_by_cause(
    cause_ids: Sequence[int], organizer_id: int, *, proposals: bool
) -> dict[int, list[sa.Row[Any]]]:
    """The measures (id, title, state, and the area chosen for it: area) that build on each cause, or on
    the cause of an earlier läsår that it goes on from; proposals only for their writers."""
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    if not cause_ids:
        return found
    start = (
        sa.select(Cause.id.label("root"), Cause.id.label("cause_id"), Cause.follows_id)
        .where(Cause.id.in_(cause_ids))
        .cte("line", recursive=True)
    )
    earlier = aliased(Cause)
    line = start.union_all(
        sa.select(start.c.root, earlier.id, earlier.follows_id).join(
            earlier, earlier.id == start.c.follows_id
        )
    )
    query = (
        sa.select(
            line.c.root,
            Measure.id,
            Measure.title,
            Measure.state,
            DevelopmentArea.title.label("area"),
        )
        .join(line, line.c.cause_id == Measure.cause_id)
        .outerjoin(DevelopmentArea, DevelopmentArea.id == Measure.area_id)
        .where(Measure.organizer_id == organizer_id)
        .order_by(Measure.id)
    )
    if not proposals:
        query = query.where(Measure.state != MeasureState.PROPOSED)
    for row in db.session.execute(query):
        found[row.root].append(row)
    return found


def what_was_done(problem: Problem, cycle: QualityCycle) -> list[Measure]:
    """The decided measures that build on the problem's causes and that the lap's owner has some part in, with
    their assessments; two statements."""
    found = measures_by_cause(
        [cause.id for cause in problem.causes], cycle.organizer_id, proposals=False
    )
    ids = {row.id for rows in found.values() for row in rows}
    if not ids:
        return []
    return list(
        db.session.scalars(
            sa.select(Measure)
            .where(Measure.id.in_(ids), Measure.standing_in(cycle))
            .options(joinedload(Measure.assessments).joinedload(EffectAssessment.school_year))
            .order_by(Measure.id)
        ).unique()
    )


class ProblemArea(NamedTuple):
    """A development area that takes up a problem, and the läsår in whose list it stands."""

    id: int
    title: str
    year: str


def areas_by_problem(problem_ids: Sequence[int]) -> dict[int, list[ProblemArea]]:
    """The development areas that take up each problem."""
    found: dict[int, list[ProblemArea]] = defaultdict(list)
    if not problem_ids:
        return found
    rows = db.session.execute(
        sa.select(
            AREA_PROBLEMS.c.problem_id,
            DevelopmentArea.id,
            DevelopmentArea.title,
            SchoolYear.start_year,
        )
        .join(DevelopmentArea, DevelopmentArea.id == AREA_PROBLEMS.c.area_id)
        .join(QualityCycle, QualityCycle.id == DevelopmentArea.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(AREA_PROBLEMS.c.problem_id.in_(problem_ids))
        .order_by(DevelopmentArea.id)
    )
    for row in rows:
        area = ProblemArea(row.id, row.title, calendar.slug(row.start_year))
        found[row.problem_id].append(area)
    return found


def unfounded_measures(cycle: QualityCycle) -> list[tuple[Measure, LostBasis]]:
    """The owner's living measures whose basis is gone from the analysis, for those who lead it."""
    measures = db.session.scalars(
        sa.select(Measure)
        .join(Measure.cycle)
        .where(
            Measure.standing_in(cycle),
            Measure.state.in_(LIVING),
            Measure.basis == MeasureBasis.CAUSE,
        )
        .options(contains_eager(Measure.cycle), joinedload(Measure.unit_links))
        .order_by(Measure.id)
    ).unique()
    rows = list(measures)
    lost = lost_bases(rows)
    return [(row, lost[row.id]) for row in rows if row.id in lost]
