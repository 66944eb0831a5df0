"""Dialogunderlag: everything that is to lie on the table, read anew each time it is opened.

A draft is not in it, not even for the one who writes it: both sides of the table read the same page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import sqlalchemy as sa

from tracker.extensions import db
from tracker.measures.areas import area_ids
from tracker.models import (
    AdoptedAnalysis,
    AnalysisState,
    DevelopmentArea,
    EffectAssessment,
    Measure,
    MeasureState,
    MeasureUnit,
    Problem,
    QualityCycle,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)

LESSONS_SHOWN = 8
"""Of each unit, the latest first: what the earlier years taught, in short."""


@dataclass(frozen=True, slots=True)
class AnalysisInShort:
    """What may be shown of a unit's analysis. `content` is that of SituationAnalysis.snapshot(), None
    while it is a draft or not begun."""

    state: AnalysisState | None
    content: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class MeasureBeside:
    """A measure with the latest assessment of its effect."""

    measure: Measure
    area_id: int | None
    """The development area that it falls under."""
    assessment: EffectAssessment | None
    shared_with: list[str]
    """The other units that it concerns."""
    is_due: bool
    """Its effect is to be assessed by the day of the dialogue, and is not."""


@dataclass(slots=True)
class UnitPart:
    unit: SchoolUnit
    analysis: AnalysisInShort
    areas: list[DevelopmentArea]
    measures: list[MeasureBeside] = field(default_factory=list)
    lessons: list[EffectAssessment] = field(default_factory=list)

    @property
    def due(self) -> list[MeasureBeside]:
        return [row for row in self.measures if row.is_due]

    @property
    def not_due(self) -> list[MeasureBeside]:
        return [row for row in self.measures if not row.is_due]

    @property
    def by_area(self) -> list[tuple[DevelopmentArea | None, list[MeasureBeside]]]:
        """The areas of the läsår with their measures; last, under None, those of no such area."""
        ids = {area.id for area in self.areas}
        rest = [row for row in self.not_due if row.area_id not in ids]
        found: list[tuple[DevelopmentArea | None, list[MeasureBeside]]] = [
            (area, [row for row in self.not_due if row.area_id == area.id]) for area in self.areas
        ]
        return found + ([(None, rest)] if rest else [])


@dataclass(frozen=True, slots=True)
class Brief:
    parts: list[UnitPart]

    @property
    def due(self) -> list[tuple[UnitPart, MeasureBeside]]:
        """What is due and not assessed, of all units: it stands first."""
        return [(part, row) for part in self.parts for row in part.due]

    @classmethod
    def load(cls, dialogue: QualityDialogue) -> Self:
        """Read the brief; the number of statements is the same for one unit as for many."""
        units = dialogue.units
        analyses = _analyses(units, dialogue.school_year)
        areas = _areas(units, dialogue.school_year)
        parts = {
            unit.id: UnitPart(
                unit, analyses.get(unit.id, AnalysisInShort(None, None)), areas.get(unit.id, [])
            )
            for unit in units
        }
        _put_measures(parts, dialogue)
        return cls(list(parts.values()))


def _analyses(units: Sequence[SchoolUnit], year: SchoolYear) -> dict[int, AnalysisInShort]:
    """What each unit has shared or adopted: an adopted text as it was adopted, also when the analysis
    has been opened again since."""
    latest = (
        sa.select(sa.func.max(AdoptedAnalysis.number))
        .where(AdoptedAnalysis.analysis_id == SituationAnalysis.id)
        .correlate(SituationAnalysis)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(SituationAnalysis, QualityCycle.unit_id, AdoptedAnalysis.content)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .outerjoin(
            AdoptedAnalysis,
            sa.and_(
                AdoptedAnalysis.analysis_id == SituationAnalysis.id,
                AdoptedAnalysis.number == latest,
            ),
        )
        .where(
            QualityCycle.unit_id.in_([unit.id for unit in units]),
            QualityCycle.school_year_id == year.id,
        )
        .options(
            sa.orm.selectinload(SituationAnalysis.problems).joinedload(Problem.causes),
            sa.orm.joinedload(SituationAnalysis.cycle).joinedload(QualityCycle.unit),
        )
    )
    found: dict[int, AnalysisInShort] = {}
    for analysis, unit_id, adopted in rows:
        content = adopted
        if adopted is None and analysis.state is AnalysisState.SHARED:
            content = analysis.snapshot()
        found[unit_id] = AnalysisInShort(analysis.state, content)
    return found


def _areas(units: Sequence[SchoolUnit], year: SchoolYear) -> dict[int, list[DevelopmentArea]]:
    found: dict[int, list[DevelopmentArea]] = {}
    for area, unit_id in db.session.execute(
        sa.select(DevelopmentArea, QualityCycle.unit_id)
        .join(QualityCycle, QualityCycle.id == DevelopmentArea.cycle_id)
        .where(
            QualityCycle.unit_id.in_([unit.id for unit in units]),
            QualityCycle.school_year_id == year.id,
        )
        .order_by(DevelopmentArea.id)
    ):
        found.setdefault(unit_id, []).append(area)
    return found


def _put_measures(parts: dict[int, UnitPart], dialogue: QualityDialogue) -> None:
    """Put each measure below the first of its units, with its assessment, and the lessons of earlier
    years below the unit they come from."""
    measures = _measures(parts, dialogue)
    falls_under = area_ids(measures)
    latest: dict[int, EffectAssessment] = {}
    assessments = _assessments(parts, dialogue.school_year)
    for row, _ in assessments:
        latest[row.measure_id] = row
    for measure in measures:
        own = [link.unit for link in measure.unit_links if link.unit_id in parts]
        first = next(unit_id for unit_id in parts if unit_id in {unit.id for unit in own})
        parts[first].measures.append(
            MeasureBeside(
                measure,
                falls_under.get(measure.id),
                latest.get(measure.id),
                sorted(link.unit.name for link in measure.unit_links if link.unit_id != first),
                _is_due(measure, dialogue),
            )
        )
    shown = {latest[row.id].id for row in measures if row.id in latest}
    told: set[int] = set()
    for row, unit_id in reversed(assessments):
        part = parts[unit_id]
        is_new = row.id not in shown and row.id not in told
        is_earlier = row.school_year_id != dialogue.school_year_id
        if row.lesson and is_new and is_earlier and len(part.lessons) < LESSONS_SHOWN:
            told.add(row.id)
            part.lessons.append(row)


def _is_due(measure: Measure, dialogue: QualityDialogue) -> bool:
    if measure.assess_on is None:
        return False
    return measure.is_due or (dialogue.day is not None and measure.assess_on <= dialogue.day)


def _measures(parts: dict[int, UnitPart], dialogue: QualityDialogue) -> list[Measure]:
    """The decided measures of the läsår and the one before it, and older ones whose effect is not
    settled; those whose effect was due first, by day."""
    start = dialogue.school_year.start_year
    rows = db.session.scalars(
        sa.select(Measure)
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            sa.exists().where(
                MeasureUnit.measure_id == Measure.id, MeasureUnit.unit_id.in_(list(parts))
            ),
            Measure.state != MeasureState.PROPOSED,
            SchoolYear.start_year <= start,
            sa.or_(SchoolYear.start_year >= start - 1, Measure.assess_on.is_not(None)),
        )
        .options(sa.orm.joinedload(Measure.unit_links).joinedload(MeasureUnit.unit))
        .order_by(sa.case((Measure.assess_on.is_(None), 1), else_=0), Measure.assess_on, Measure.id)
    )
    return list(rows.unique())


def _assessments(
    parts: dict[int, UnitPart], year: SchoolYear
) -> list[tuple[EffectAssessment, int]]:
    """The assessments that stand, up to this läsår, with the unit they concern; in order of time."""
    rows = db.session.execute(
        sa.select(EffectAssessment, MeasureUnit.unit_id)
        .join(Measure, Measure.id == EffectAssessment.measure_id)
        .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
        .join(SchoolYear, SchoolYear.id == EffectAssessment.school_year_id)
        .where(
            MeasureUnit.unit_id.in_(list(parts)),
            EffectAssessment.superseded_at.is_(None),
            SchoolYear.start_year <= year.start_year,
        )
        .options(
            sa.orm.contains_eager(EffectAssessment.measure),
            sa.orm.contains_eager(EffectAssessment.school_year),
        )
        .order_by(
            SchoolYear.start_year, EffectAssessment.at, EffectAssessment.id, MeasureUnit.unit_id
        )
    )
    return [(row, unit_id) for row, unit_id in rows]
