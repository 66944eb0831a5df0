"""How a dialogue that has been was prepared: what each side had done when it began, whatever has been done
since. Before it begins the checklist of tracker.dialogues.preparation stands in its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tracker.dialogues.models import QualityDialogue
from tracker.dialogues.states import DialogueKind, Side
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    Measure,
    MeasureUnit,
    QualityCycle,
    SituationAnalysis,
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One thing that was done before the dialogue."""

    side: Side
    what: str
    at: datetime | None


def prepared(dialogue: QualityDialogue) -> list[Prepared]:
    """What was there when it began, with what it takes from elsewhere read in two statements; nothing of a
    dialogue without a time."""
    if dialogue.starts_at is None:
        return []
    found = [*_analyses(dialogue), *_topics(dialogue), *_effects(dialogue, dialogue.starts_at)]
    found += [
        Prepared(
            row.side.other,
            f"Frågan från {row.by_name} besvarades: ”{row.excerpt}”",
            row.answered_at,
        )
        for row in dialogue.questions
        if row.is_answered
    ]
    return [row for row in found if row.at is None or row.at <= dialogue.starts_at]


def _analyses(dialogue: QualityDialogue) -> Iterator[Prepared]:
    if dialogue.kind is not DialogueKind.DIALOGUE_1:
        return
    names = {unit.id: unit.name for unit in dialogue.units}
    shared = dict(
        db.session.execute(
            sa.select(QualityCycle.unit_id, SituationAnalysis.shared_at)
            .join(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
            .where(
                QualityCycle.unit_id.in_(names),
                QualityCycle.school_year_id == dialogue.school_year_id,
                SituationAnalysis.shared_at.is_not(None),
            )
        ).all()
    )
    for unit_id, name in names.items():
        if unit_id in shared:
            which = f" för {name}" if len(names) > 1 else ""
            yield Prepared(Side.PRINCIPAL, f"Nulägesanalysen{which} delades", shared[unit_id])


def _topics(dialogue: QualityDialogue) -> Iterator[Prepared]:
    """A topic may have been put in other words, but not after the dialogue began."""
    if topic := dialogue.principals_topic:
        yield Prepared(Side.PRINCIPAL, f"Området valdes: {topic.title}", topic.at)
    for topic in dialogue.organizers_topics:
        yield Prepared(Side.ORGANIZER, f"Huvudmannens område lades till: {topic.title}", topic.at)
    if not dialogue.organizers_topics and dialogue.no_topics_at is not None:
        yield Prepared(
            Side.ORGANIZER,
            "Inga egna områden från huvudmannen den här gången",
            dialogue.no_topics_at,
        )


def _effects(dialogue: QualityDialogue, began: datetime) -> Iterator[Prepared]:
    """What was said last of each measure before it began, in its läsår."""
    rows = db.session.execute(
        sa.select(Measure.id, Measure.title, EffectAssessment.judgement, EffectAssessment.at)
        .join(EffectAssessment, EffectAssessment.measure_id == Measure.id)
        .where(
            Measure.id.in_(
                sa.select(MeasureUnit.measure_id).where(
                    MeasureUnit.unit_id.in_([link.unit_id for link in dialogue.unit_links]),
                    MeasureUnit.owns(dialogue.day or began.date()),
                )
            ),
            EffectAssessment.school_year_id == dialogue.school_year_id,
            EffectAssessment.at <= began,
        )
        .order_by(EffectAssessment.at, EffectAssessment.id)
    )
    for row in {row.id: row for row in rows}.values():
        what = (
            f"Effekten av {row.title} bedömdes"
            if row.judgement.is_final
            else f"Bedömningen av {row.title} fick ett nytt datum"
        )
        yield Prepared(Side.PRINCIPAL, what, row.at)
