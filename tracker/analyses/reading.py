"""What there is to read in an analysis for the person who asks, and what has come out of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.auth.access import may
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    Measure,
    MeasureState,
    Permission,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)


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
            QualityCycle.unit_id == cycle.unit_id,
            SchoolYear.start_year == cycle.school_year.start_year - 1,
        )
        .order_by(AdoptedAnalysis.number.desc())
        .limit(1)
    )
    return Reading(version.content, version) if version else None


def measures_by_cause(
    cause_ids: Sequence[int], unit: SchoolUnit, *, proposals: bool
) -> dict[int, list[sa.Row[Any]]]:
    """The measures (id, title, state) that build on the causes; proposals only for their writers."""
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    if not cause_ids:
        return found
    query = (
        sa.select(Measure.id, Measure.title, Measure.state, Measure.cause_id)
        .where(Measure.organizer_id == unit.organizer_id, Measure.cause_id.in_(cause_ids))
        .order_by(Measure.id)
    )
    if not proposals:
        query = query.where(Measure.state != MeasureState.PROPOSED)
    for row in db.session.execute(query):
        found[row.cause_id].append(row)
    return found
