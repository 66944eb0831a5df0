"""What each side has left to do before a dialogue, and what is already done.

The one source for the checklist on the dialogue's page, for Start and for the reminder mails: they
can never tell different stories. Facts are read for many dialogues at once, in two statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.dialogues.models import (
    BRIEF_DAYS,
    ORGANIZERS_TOPICS_DAYS,
    PRINCIPALS_TOPIC_DAYS,
    QualityDialogue,
)
from tracker.dialogues.states import DialogueKind, Side
from tracker.extensions import db
from tracker.models import (
    AnalysisState,
    DialogueUnit,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureState,
    MeasureUnit,
    PreparationQuestion,
    QualityCycle,
    SituationAnalysis,
    TimeProposal,
)
from tracker.web.swedish import datetime_long, listing


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do before the dialogue."""

    side: Side
    label: str
    """As an invitation to do it: "Välj område till dialogen"."""
    done_label: str
    """As it reads when it is done: "Området är valt"."""
    due_on: date | None
    done: bool
    endpoint: str
    values: dict[str, Any]
    """Where it is done: arguments of url_for."""

    @property
    def is_late(self) -> bool:
        """Its day has passed, and it still waits."""
        return not self.done and self.due_on is not None and self.due_on < today()


@dataclass(frozen=True, slots=True)
class DueEffect:
    """A measure whose effect is due, or was assessed."""

    measure_id: int
    title: str
    assess_on: date | None
    assessed_in: int | None = None
    """The läsår (its id) in which it was assessed, when that is one of those asked about."""
    judgement: Judgement | None = None
    """What was said then."""

    @property
    def is_postponed(self) -> bool:
        """It could not be assessed, and was given a new date instead."""
        return self.judgement is Judgement.NOT_YET


class PreparationFacts:
    """What the checklists of some dialogues need to know beyond the dialogues themselves."""

    def __init__(
        self,
        analyses: dict[tuple[int, int], AnalysisState],
        effects: dict[int, list[DueEffect]],
        proposals: dict[int, datetime] | None = None,
    ) -> None:
        self._analyses = analyses
        self._effects = effects
        self._proposals = proposals or {}

    @classmethod
    def load(
        cls,
        dialogues: Sequence[QualityDialogue],
        *,
        analyses: dict[tuple[int, int], AnalysisState] | None = None,
    ) -> Self:
        """Read the facts for the dialogues (their units loaded), in two statements. `analyses`: the
        states of their units' analyses by unit and läsår, where they are known."""
        unit_ids = {link.unit_id for dialogue in dialogues for link in dialogue.unit_links}
        year_ids = {dialogue.school_year_id for dialogue in dialogues}
        if not unit_ids:
            return cls({}, {})
        proposals, states = cls._that_waits(dialogues, also_states=analyses is None)
        horizon = max([today(), *(dialogue.day for dialogue in dialogues if dialogue.day)])
        effects: dict[int, list[DueEffect]] = {}
        for unit_id, *facts in db.session.execute(
            sa.select(
                MeasureUnit.unit_id,
                Measure.id,
                Measure.title,
                Measure.assess_on,
                EffectAssessment.school_year_id,
                EffectAssessment.judgement,
            )
            .join(Measure, Measure.id == MeasureUnit.measure_id)
            .outerjoin(
                EffectAssessment,
                sa.and_(
                    EffectAssessment.measure_id == Measure.id,
                    EffectAssessment.school_year_id.in_(year_ids),
                    EffectAssessment.superseded_at.is_(None),
                ),
            )
            .where(
                MeasureUnit.unit_id.in_(unit_ids),
                MeasureUnit.owns(today()),
                Measure.state != MeasureState.PROPOSED,
                sa.or_(Measure.assess_on <= horizon, EffectAssessment.id.is_not(None)),
            )
            .order_by(Measure.assess_on, Measure.id, EffectAssessment.at.desc())
        ):
            effects.setdefault(unit_id, []).append(DueEffect(*facts))
        return cls(states if analyses is None else analyses, effects, proposals)

    @staticmethod
    def _that_waits(
        dialogues: Sequence[QualityDialogue], *, also_states: bool
    ) -> tuple[dict[int, datetime], dict[tuple[int, int], AnalysisState]]:
        """The proposed time that waits, by dialogue: one at the most; and how far the analyses of their
        units have come, by unit and läsår. One statement, since a page of mails has none to spare."""
        ids = [dialogue.id for dialogue in dialogues]
        if not also_states:
            rows = db.session.execute(
                sa.select(TimeProposal.dialogue_id, TimeProposal.starts_at).where(
                    TimeProposal.dialogue_id.in_(ids), TimeProposal.answered_at.is_(None)
                )
            )
            return dict(rows.all()), {}
        proposals, states = {}, {}
        for dialogue_id, proposed, unit_id, year_id, state in db.session.execute(
            sa.select(
                DialogueUnit.dialogue_id,
                TimeProposal.starts_at,
                DialogueUnit.unit_id,
                DialogueUnit.school_year_id,
                SituationAnalysis.state,
            )
            .outerjoin(
                TimeProposal,
                sa.and_(
                    TimeProposal.dialogue_id == DialogueUnit.dialogue_id,
                    TimeProposal.answered_at.is_(None),
                ),
            )
            .outerjoin(
                QualityCycle,
                sa.and_(
                    QualityCycle.unit_id == DialogueUnit.unit_id,
                    QualityCycle.school_year_id == DialogueUnit.school_year_id,
                ),
            )
            .outerjoin(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
            .where(DialogueUnit.dialogue_id.in_(ids))
        ):
            if proposed is not None:
                proposals[dialogue_id] = proposed
            if state is not None:
                states[unit_id, year_id] = state
        return proposals, states

    def analysis_state(self, unit_id: int, school_year_id: int) -> AnalysisState | None:
        """None until somebody has begun."""
        return self._analyses.get((unit_id, school_year_id))

    def proposed_time(self, dialogue: QualityDialogue) -> datetime | None:
        """The time that rektor has proposed, while it waits for an answer that still matters."""
        if dialogue.is_cancelled or dialogue.has_been:
            return None
        return self._proposals.get(dialogue.id)

    def due_effects(self, unit_id: int, by: date) -> list[DueEffect]:
        """Effects of the unit that are due, or will be, on that day."""
        found = {row.measure_id: row for row in self._effects.get(unit_id, [])}
        return [row for row in found.values() if row.assess_on and row.assess_on <= by]

    def assessed_effects(self, unit_id: int, school_year_id: int, by: date) -> list[DueEffect]:
        """Effects of the unit that were assessed in the läsår and are not due again by that day, the
        latest assessment of a measure first."""
        due = {row.measure_id for row in self.due_effects(unit_id, by)}
        return [
            row
            for row in self._effects.get(unit_id, [])
            if row.assessed_in == school_year_id and row.measure_id not in due
        ]


def steps(dialogue: QualityDialogue, facts: PreparationFacts) -> list[Step]:
    """The checklist of both sides, in the order of their due dates.

    Rektor: share the analysis and choose an area (Dialog 1), settle the effects that are due by
    the day of the dialogue (what was assessed in the läsår is shown as done). Dialogansvarig: give
    the dialogue a time, answer a proposal of another, add areas of the organizer's own or say that
    there are none. Both: answer what the other side has asked (the dialogues' questions are read
    with them).
    """
    found: list[Step] = []
    if dialogue.kind is DialogueKind.DIALOGUE_1:
        found += [
            _analysis_step(dialogue, facts, unit, len(dialogue.units) > 1)
            for unit in dialogue.units
        ]
        topic = dialogue.principals_topic
        found.append(
            Step(
                side=Side.PRINCIPAL,
                label="Välj område till dialogen",
                done_label=f"Området är valt: {topic.title}" if topic else "Området är valt",
                due_on=dialogue.due(PRINCIPALS_TOPIC_DAYS),
                done=topic is not None,
                endpoint="dialogues.topic",
                values={"dialogue_id": dialogue.id},
            )
        )
    found += _effect_steps(dialogue, facts)
    found.append(
        Step(
            side=Side.ORGANIZER,
            label=f"Bestäm tid för {dialogue.kind.label}",
            done_label="Tiden är bestämd",
            due_on=dialogue.school_year.window(dialogue.kind.number)[0],
            done=dialogue.starts_at is not None and not dialogue.is_cancelled,
            endpoint="dialogues.place",
            values={"dialogue_id": dialogue.id},
        )
    )
    if proposed := facts.proposed_time(dialogue):
        what = "ny tid" if dialogue.day else "tid"
        found.append(
            Step(
                side=Side.ORGANIZER,
                label=f"Svara på förslaget om {what}: {datetime_long(proposed)}",
                done_label=f"Förslaget om {what} är besvarat",
                due_on=None,
                done=False,
                endpoint="dialogues.show",
                values={"dialogue_id": dialogue.id},
            )
        )
    found.append(_organizers_topics_step(dialogue))
    return found + [_question_step(dialogue, question) for question in dialogue.questions]


def _organizers_topics_step(dialogue: QualityDialogue) -> Step:
    titles = listing([topic.title for topic in dialogue.organizers_topics])
    return Step(
        side=Side.ORGANIZER,
        label="Lägg till egna områden, eller säg att det inte blir några",
        done_label=f"Huvudmannens områden är tillagda: {titles}"
        if titles
        else "Inga egna områden från huvudmannen den här gången",
        due_on=dialogue.due(ORGANIZERS_TOPICS_DAYS),
        done=bool(titles) or dialogue.no_topics_at is not None,
        endpoint="dialogues.add_topic",
        values={"dialogue_id": dialogue.id},
    )


def _question_step(dialogue: QualityDialogue, question: PreparationQuestion) -> Step:
    """The answer is a part of the brief; a question that comes later has no day but the dialogue's."""
    due_on = dialogue.due(BRIEF_DAYS)
    return Step(
        side=question.side.other,
        label=f"Svara på frågan från {question.by_name}: ”{question.excerpt}”",
        done_label=f"Frågan från {question.by_name} är besvarad: ”{question.excerpt}”",
        due_on=due_on if due_on and question.asked_on <= due_on else None,
        done=question.is_answered,
        endpoint=f"dialogues.answer_{question.side}",
        values={"dialogue_id": dialogue.id, "question_id": question.id},
    )


def _analysis_step(
    dialogue: QualityDialogue, facts: PreparationFacts, unit: Any, several: bool
) -> Step:
    state = facts.analysis_state(unit.id, dialogue.school_year_id)
    which = f" för {unit.name}" if several else ""
    return Step(
        side=Side.PRINCIPAL,
        # The same before and after a draft is begun: only those who write know that there is one.
        label=f"Dela nulägesanalysen{which}",
        done_label=f"Nulägesanalysen{which} är delad",
        due_on=dialogue.due(PRINCIPALS_TOPIC_DAYS),
        done=state not in (None, AnalysisState.DRAFT),
        endpoint="analyses.show",
        values={"slug": unit.slug, "year": dialogue.school_year.slug},
    )


def _effect_steps(dialogue: QualityDialogue, facts: PreparationFacts) -> list[Step]:
    """One step a measure, also when it concerns several of the units."""
    by = dialogue.day or today()
    found: dict[int, Step] = {}
    for done in (False, True):
        for unit in dialogue.units:
            effects = (
                facts.assessed_effects(unit.id, dialogue.school_year_id, by)
                if done
                else facts.due_effects(unit.id, by)
            )
            for effect in effects:
                found.setdefault(
                    effect.measure_id,
                    Step(
                        side=Side.PRINCIPAL,
                        label=f"Bedöm effekten av {effect.title}",
                        done_label=f"Bedömningen av {effect.title} har fått ett nytt datum"
                        if effect.is_postponed
                        else f"Effekten av {effect.title} är bedömd",
                        due_on=_assessed_by(effect, dialogue.due(BRIEF_DAYS)),
                        done=done,
                        endpoint="evaluation.assess",
                        values={"measure_id": effect.measure_id},
                    ),
                )
    return list(found.values())


def _assessed_by(effect: DueEffect, brief_is_complete: date | None) -> date | None:
    """As the rest of the brief, but never before the day from which the effect can be assessed."""
    if brief_is_complete is None or effect.assess_on is None:
        return brief_is_complete
    return max(brief_is_complete, effect.assess_on)
