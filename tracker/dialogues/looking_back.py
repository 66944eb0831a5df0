"""What lies on the table beside the notes: what was agreed last time, what the measures led to, and those
of the areas that are talked about."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.dialogues.last_time import LastTime
from tracker.extensions import db
from tracker.measures.areas import falls_under
from tracker.models import (
    DevelopmentArea,
    DialogueKind,
    DialogueTopic,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureState,
    MeasureUnit,
    QualityCycle,
    QualityDialogue,
)


@dataclass(frozen=True, slots=True)
class MeasureInShort:
    """A measure with its latest assessment."""

    id: int
    title: str
    expected_effect: str
    assess_on: date | None
    area_id: int | None
    """The development area that it falls under."""
    area: str | None
    """What that is called, when it is one of the läsår's."""
    judgement: Judgement | None
    outcome: str | None
    assessed_in: int | None
    """The läsår (its id) of the assessment."""

    @property
    def is_due(self) -> bool:
        return self.assess_on is not None and self.assess_on <= today()

    def belongs_to(self, topic: DialogueTopic) -> bool:
        """An area under a heading of one's own that is called as a development area is taken for it."""
        if topic.area_id is not None:
            return self.area_id == topic.area_id
        return self.area == topic.title


@dataclass(frozen=True, slots=True)
class LookingBack:
    last_time: LastTime
    by_topic: list[tuple[DialogueTopic, list[MeasureInShort]]]
    """Dialog 2 only: the areas of Dialog 1, and the measures under each."""
    others: list[MeasureInShort]
    """What else was assessed in the läsår, or waits to be."""
    beside: dict[int, list[MeasureInShort]]
    """By the dialogue's own areas (their ids): the measures under each that `by_topic` has not listed."""

    @classmethod
    def load(cls, dialogue: QualityDialogue) -> Self:
        """Four statements, however many units."""
        last_time = LastTime.load(dialogue)
        topics = []
        if dialogue.kind is DialogueKind.DIALOGUE_2:
            topics = [topic for row in last_time.dialogues for topic in row.topics]
        measures = _measures(dialogue, [*topics, *dialogue.topics])
        by_topic = [(topic, [row for row in measures if row.belongs_to(topic)]) for topic in topics]
        told = {row.id for _, rows in by_topic for row in rows}
        rest = [row for row in measures if row.id not in told]
        return cls(
            last_time,
            by_topic,
            [row for row in rest if _has_effect(row, dialogue)],
            {topic.id: [row for row in rest if row.belongs_to(topic)] for topic in dialogue.topics},
        )


def _has_effect(row: MeasureInShort, dialogue: QualityDialogue) -> bool:
    """Whether it was assessed in the läsår, or waits to be by the day of the dialogue."""
    if row.assessed_in == dialogue.school_year_id:
        return True
    return row.assess_on is not None and row.assess_on <= (dialogue.day or today())


def _measures(dialogue: QualityDialogue, topics: list[DialogueTopic]) -> list[MeasureInShort]:
    """Those with an effect to talk about, and those of the areas."""
    latest = (
        sa.select(sa.func.max(EffectAssessment.id))
        .where(EffectAssessment.measure_id == Measure.id, EffectAssessment.superseded_at.is_(None))
        .correlate(Measure)
        .scalar_subquery()
    )
    area_id = falls_under()
    of_the_year = sa.select(QualityCycle.id).where(
        QualityCycle.school_year_id == dialogue.school_year_id
    )
    rows = db.session.execute(
        sa.select(
            Measure.id,
            Measure.title,
            Measure.expected_effect,
            Measure.assess_on,
            area_id,
            DevelopmentArea.title,
            EffectAssessment.judgement,
            EffectAssessment.outcome,
            EffectAssessment.school_year_id,
        )
        .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
        .outerjoin(EffectAssessment, EffectAssessment.id == latest)
        .outerjoin(
            DevelopmentArea,
            sa.and_(DevelopmentArea.id == area_id, DevelopmentArea.cycle_id.in_(of_the_year)),
        )
        .where(
            MeasureUnit.unit_id.in_([link.unit_id for link in dialogue.unit_links]),
            MeasureUnit.owns(today()),
            Measure.state != MeasureState.PROPOSED,
            sa.or_(
                Measure.assess_on <= (dialogue.day or today()),
                EffectAssessment.school_year_id == dialogue.school_year_id,
                area_id.in_([topic.area_id for topic in topics if topic.area_id is not None]),
                DevelopmentArea.title.in_([row.title for row in topics if row.area_id is None]),
            ),
        )
        .order_by(Measure.assess_on, Measure.id)
    )
    return list({row.id: MeasureInShort(*row) for row in rows}.values())
