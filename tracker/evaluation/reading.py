"""What the page Effekter of a unit and läsår reads."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from tracker.auth.access import may, writes_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    Measure,
    MeasureState,
    MeasureUnit,
    Permission,
    QualityCycle,
    SchoolYear,
)


@dataclass(frozen=True, slots=True)
class EffectList:
    """The effects of a unit in a läsår: due and unsettled from whenever; those that wait for a later
    day, assessed before or not; and what was assessed in it."""

    due: list[Measure]
    later: list[Measure]
    assessed: list[EffectAssessment]
    own: frozenset[int]
    """Ids of the measures that the person may assess; some are other units' decisions."""

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.later or self.assessed)


def effects_of(cycle: QualityCycle) -> EffectList:
    """A decided measure stands here by itself, with its day, and first when the day has come. A läsår
    that is over shows what fell due in it and is still unsettled. Of the organizer's measures that concern
    a unit only what they led to: that they wait is the organizer's affair."""
    year = cycle.school_year
    day = min(today(), year.last_day)
    assessed = _assessed_in(cycle)
    waiting = [row for row in _waiting(cycle) if cycle.owner.is_organizer or not row.is_organizers]
    return EffectList(
        due=[row for row in waiting if row.assess_on <= day],
        later=[row for row in waiting if row.assess_on > day and year.last_day >= today()],
        assessed=[row for row in assessed if row.judgement.is_final],
        own=_own({row.id for row in waiting} | {row.measure_id for row in assessed}),
    )


def _waiting(cycle: QualityCycle) -> Sequence[Measure]:
    """Those whose effect is not settled, from the läsår and before it."""
    return db.session.scalars(
        sa.select(Measure)
        .join(Measure.cycle)
        .join(QualityCycle.school_year)
        .where(
            Measure.organizer_id == cycle.organizer_id,
            Measure.standing_in(cycle),
            Measure.state != MeasureState.PROPOSED,
            Measure.assess_on.is_not(None),
            SchoolYear.start_year <= cycle.school_year.start_year,
        )
        .options(
            contains_eager(Measure.cycle).contains_eager(QualityCycle.school_year),
            selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
        )
        .order_by(Measure.assess_on, Measure.id)
    ).all()


def _own(ids: Set[int]) -> frozenset[int]:
    if not ids or not may(Permission.WRITE):
        return frozenset()
    return frozenset(
        db.session.scalars(sa.select(Measure.id).where(Measure.id.in_(ids), writes_measure()))
    )


def _assessed_in(cycle: QualityCycle) -> list[EffectAssessment]:
    """The versions that stand of what was assessed or put off in the läsår."""
    return list(
        db.session.scalars(
            sa.select(EffectAssessment)
            .join(EffectAssessment.measure)
            .where(
                EffectAssessment.school_year_id == cycle.school_year_id,
                EffectAssessment.superseded_at.is_(None),
                Measure.standing_in(cycle),
            )
            .options(
                contains_eager(EffectAssessment.measure)
                .joinedload(Measure.cycle)
                .joinedload(QualityCycle.school_year),
                contains_eager(EffectAssessment.measure)
                .selectinload(Measure.unit_links)
                .joinedload(MeasureUnit.unit),
                contains_eager(EffectAssessment.measure).joinedload(Measure.example),
            )
            .order_by(EffectAssessment.at.desc(), EffectAssessment.id.desc())
        )
    )
