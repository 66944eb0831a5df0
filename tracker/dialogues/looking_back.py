"""What lies on the table beside the notes: what was agreed last time, and what the measures led to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.dialogues.last_time import LastTime
from tracker.extensions import db
from tracker.models import (
    DialogueKind,
    DialogueTopic,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureState,
    MeasureUnit,
    QualityDialogue,
)


@dataclass(frozen=True, slots=True)
class MeasureInShort:
    """A measure with its latest assessment."""

    id: int
    title: str
    area_id: int | None
    expected_effect: str
    assess_on: date | None
    judgement: Judgement | None
    outcome: str | None

    @property
    def is_due(self) -> bool:
        return self.assess_on is not None and self.assess_on <= today()


@dataclass(frozen=True, slots=True)
class LookingBack:
    last_time: LastTime
    by_topic: list[tuple[DialogueTopic, list[MeasureInShort]]]
    """Dialog 2 only: the areas of Dialog 1, and the measures under each."""
    others: list[MeasureInShort]
    """What else was assessed in the läsår, or waits to be."""

    @classmethod
    def load(cls, dialogue: QualityDialogue) -> Self:
        """Four statements, however many units."""
        last_time = LastTime.load(dialogue)
        topics = []
        if dialogue.kind is DialogueKind.DIALOGUE_2:
            topics = [topic for row in last_time.dialogues for topic in row.topics]
        measures = _measures(dialogue, [topic.area_id for topic in topics if topic.area_id])
        by_topic = [
            (topic, [row for row in measures if topic.area_id and row.area_id == topic.area_id])
            for topic in topics
        ]
        told = {row.id for _, rows in by_topic for row in rows}
        return cls(last_time, by_topic, [row for row in measures if row.id not in told])


def _measures(dialogue: QualityDialogue, area_ids: Iterable[int]) -> list[MeasureInShort]:
    latest = (
        sa.select(sa.func.max(EffectAssessment.id))
        .where(EffectAssessment.measure_id == Measure.id, EffectAssessment.superseded_at.is_(None))
        .correlate(Measure)
        .scalar_subquery()
    )
    by = dialogue.day or today()
    rows = db.session.execute(
        sa.select(
            Measure.id,
            Measure.title,
            Measure.area_id,
            Measure.expected_effect,
            Measure.assess_on,
            EffectAssessment.judgement,
            EffectAssessment.outcome,
        )
        .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
        .outerjoin(EffectAssessment, EffectAssessment.id == latest)
        .where(
            MeasureUnit.unit_id.in_([link.unit_id for link in dialogue.unit_links]),
            MeasureUnit.owns(today()),
            Measure.state != MeasureState.PROPOSED,
            sa.or_(
                Measure.assess_on <= by,
                EffectAssessment.school_year_id == dialogue.school_year_id,
                Measure.area_id.in_(list(area_ids)),
            ),
        )
        .order_by(Measure.assess_on, Measure.id)
    )
    return list({row.id: MeasureInShort(*row) for row in rows}.values())
