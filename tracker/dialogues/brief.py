"""Dialogunderlag: everything that is to lie on the table, read anew each time it is opened.

A draft is not in it, not even for the one who writes it: both sides of the table read the same page.
The page and the PDF are made of the same Brief, and take their words from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import sqlalchemy as sa

from tracker.dialogues.brief_analysis import AnalysisInShort, analyses_of, said
from tracker.dialogues.last_time import AgreedBefore, agreements_last_time
from tracker.dialogues.lists import People, day_of_people, what_is_left
from tracker.dialogues.preparation import PreparationFacts, Step
from tracker.extensions import db
from tracker.measures.areas import area_ids
from tracker.models import (
    DevelopmentArea,
    DialogueKind,
    EffectAssessment,
    Measure,
    MeasureState,
    MeasureUnit,
    QualityCycle,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
    Side,
    SupportDecision,
)
from tracker.web.swedish import date_long, date_medium, listing

LESSONS_SHOWN = 8
"""Of each unit, the latest first: what the earlier years taught, in short."""
LESSON_LENGTH = 280


@dataclass(frozen=True, slots=True)
class MeasureBeside:
    """A measure with the latest assessment of its effect."""

    measure: Measure
    area_id: int | None
    """The development area that it falls under."""
    assessment: EffectAssessment | None
    shared_with: list[str]
    """The other units that it concerns, of those that are open on the day."""
    is_due: bool
    """Its effect is to be assessed by the day of the dialogue, and is not."""

    @property
    def about(self) -> list[str]:
        """In few words: its state, whether it is the huvudman's, who answers for it, whom else it concerns."""
        said = [self.measure.state.label]
        if self.measure.is_organizers:
            said.append("Huvudmannens åtgärd")
        if self.measure.responsible:
            said.append(f"Ansvarig: {self.measure.responsible}")
        if self.shared_with:
            said.append(f"Gäller även {listing(self.shared_with)}")
        return said

    @property
    def expected(self) -> list[tuple[str, str]]:
        """What was expected, as (label or "", text): as it read when it was assessed, then what has
        been added since."""
        measure, then = self.measure, self.assessment
        at_first = (then.expected_effect if then else "") or measure.expected_effect
        now = measure.expected_effect if measure.expected_effect != at_first else ""
        return said(
            ("", at_first), ("Väntas nu", now), ("Utgångsläge", measure.baseline),
            ("Önskat läge", measure.target),
        )  # fmt: skip

    @property
    def became(self) -> list[tuple[str, str]]:
        """What became of it, as (label or "", text); nothing when it is not assessed."""
        result = self.assessment
        if result is None:
            return []
        carried_out = result.carried_out.label.lower() if result.carried_out else ""
        why = result.carried_out_why if carried_out else ""
        return said(
            ("", result.outcome),
            ("Genomfördes som planerat", ". ".join(filter(None, [carried_out, why]))),
            ("Hur vet ni det", result.evidence),
            ("Beslut", result.decision.label.lower() if result.decision else ""),
            ("Lärdom", result.lesson),
        )

    @property
    def standing(self) -> str:
        """When it is assessed next, or why it is not, as a sentence; "" when all is said."""
        measure, day = self.measure, self.measure.assess_on
        if day is not None and self.is_due:
            again = "Ska bedömas igen." if self.assessment else "Inte bedömd än."
            since = "Har kunnat bedömas sedan" if measure.is_due else "Kan bedömas från"
            return f"{again} {since} {date_medium(day)}."
        if day is not None:
            when = "Bedöms nästa gång från" if self.assessment else "Kan bedömas från"
            return f"{when} {date_medium(day)}."
        if self.assessment:
            return ""
        why = f" Åtgärden avbröts: {measure.cancel_reason}" if measure.cancel_reason else ""
        return f"Ingen bedömning finns.{why}"


@dataclass(slots=True)
class UnitPart:
    unit: SchoolUnit
    analysis: AnalysisInShort
    areas: list[DevelopmentArea]
    measures: list[MeasureBeside] = field(default_factory=list)
    lessons: list[EffectAssessment] = field(default_factory=list)
    support: SupportDecision | None = None
    """The decision by which the unit gets more support than the usual."""

    @property
    def support_in_words(self) -> str:
        """Which support the unit gets and why; "" when it is the usual."""
        return self.support.in_words if self.support and self.support.is_raised else ""

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

    def heading_of(self, area: DevelopmentArea | None) -> str:
        if area is not None:
            return area.title
        return (
            "Åtgärder utanför årets utvecklingsområden" if self.areas else "Åtgärder och effekter"
        )

    @property
    def none_left(self) -> str:
        """What is said where there are no measures but those that are due."""
        if self.due:
            return "Inga fler än de som ska bedömas, överst."
        return "Det finns inga beslutade åtgärder än."

    def none_in(self, area: DevelopmentArea) -> str:
        """The same of an area."""
        if any(row.area_id == area.id for row in self.due):
            return "Åtgärderna i området står bland dem som ska bedömas, överst."
        return "Det finns inga beslutade åtgärder i området."


@dataclass(frozen=True, slots=True)
class Brief:
    dialogue: QualityDialogue
    people: People
    left: dict[Side, list[Step]]
    """What each side has left to do; nothing once it has begun, or is cancelled."""
    agreed: list[AgreedBefore]
    parts: list[UnitPart]

    @property
    def when(self) -> str:
        """Such as "tisdag 6 oktober 2026 kl. 13.00–14.30"."""
        row = self.dialogue
        if row.is_cancelled:
            return "Inställd"
        if row.day is None or row.start_time is None or row.end_time is None:
            return "Ingen tid än"
        return f"{date_long(row.day)} kl. {row.start_time:%H.%M}–{row.end_time:%H.%M}"

    @property
    def taking_part(self) -> str:
        return " och ".join(filter(None, [self.people.leader_names, self.people.lead_names]))

    @property
    def no_principals_topic(self) -> str:
        if self.dialogue.kind is DialogueKind.DIALOGUE_1:
            return "Inget område är valt än."
        return "Inget eget område. Utvecklingsområdena gås igenom nedan."

    @property
    def no_organizers_topics(self) -> str:
        row = self.dialogue
        if row.no_topics_at is None:
            return "Inga områden är tillagda."
        signed = f"{row.no_topics_by_name}, {date_medium(row.no_topics_at)}"
        return f"Inga egna områden den här gången ({signed})."

    @property
    def outcomes(self) -> list[tuple[AgreedBefore, str]]:
        """What was agreed before, each with what became of it."""
        return [(row, _outcome(row)) for row in self.agreed]

    @property
    def due(self) -> list[tuple[UnitPart, MeasureBeside]]:
        """What is due and not assessed, of all units: it stands first."""
        return [(part, row) for part in self.parts for row in part.due]

    @property
    def about_due(self) -> str:
        """What stands above them. One that could not be assessed before has an assessment, and waits for
        another."""
        assessed = [row.assessment is not None for _, row in self.due]
        if all(assessed):
            return "Ny bedömning väntar."
        if any(assessed):
            return "De här åtgärderna väntar på en bedömning, eller på en ny."
        if len(assessed) == 1:
            return "Effekten av den här åtgärden är inte bedömd än."
        return "Effekterna av de här åtgärderna är inte bedömda än."

    @classmethod
    def load(cls, dialogue: QualityDialogue, people: People) -> Self:
        """Read the brief; the number of statements is the same for one unit as for many."""
        units = dialogue.units
        analyses = analyses_of(units, dialogue.school_year)
        areas = _areas(units, dialogue.school_year)
        support = SupportDecision.in_force(SupportDecision.unit_id.in_([u.id for u in units]))
        parts = {
            unit.id: UnitPart(
                unit,
                analyses.get(unit.id, AnalysisInShort(None, None)),
                areas.get(unit.id, []),
                support=support.get(unit.id),
            )
            for unit in units
        }
        _put_measures(parts, dialogue)
        return cls(
            dialogue,
            people,
            _left(dialogue, analyses),
            agreements_last_time(dialogue),
            list(parts.values()),
        )


def _left(
    dialogue: QualityDialogue, analyses: dict[int, AnalysisInShort]
) -> dict[Side, list[Step]]:
    if dialogue.has_been or dialogue.is_cancelled:
        return {side: [] for side in Side}
    year_id = dialogue.school_year_id
    states = {(key, year_id): row.state for key, row in analyses.items() if row.state}
    return what_is_left(dialogue, PreparationFacts.load([dialogue], analyses=states))


def _outcome(row: AgreedBefore) -> str:
    agreement = row.agreement
    settled = f" {date_medium(agreement.settled_at)}" if agreement.settled_at else ""
    measure = f"Blev åtgärden {agreement.measure.title}." if agreement.measure else ""
    return "\n\n".join(
        filter(None, [f"{agreement.state.label}{settled}.", agreement.outcome, measure])
    )


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
    years below the unit they come from. Measures are those of the läsår and the one before it, and
    older ones whose effect is not settled."""
    year, day = dialogue.school_year, day_of_people(dialogue)
    measures = _measures(parts, year)
    falls_under = area_ids(measures)
    assessments = sorted(
        (
            row
            for measure in measures
            for row in measure.assessments
            if row.superseded_at is None and row.school_year.start_year <= year.start_year
        ),
        key=lambda row: (row.school_year.start_year, row.at, row.id),
    )
    latest = {row.measure_id: row for row in assessments}
    shown: set[int] = set()
    for measure in measures:
        if measure.assess_on is None and measure.cycle.school_year.start_year < year.start_year - 1:
            continue
        own = {link.unit_id for link in measure.unit_links}
        first = next(unit_id for unit_id in parts if unit_id in own)
        if measure.id in latest:
            shown.add(latest[measure.id].id)
        parts[first].measures.append(
            MeasureBeside(
                measure,
                falls_under.get(measure.id),
                latest.get(measure.id),
                [
                    unit.name
                    for unit in sorted(measure.units, key=lambda unit: unit.sort_key)
                    if unit.id != first and (unit.closed_on is None or unit.closed_on >= day)
                ],
                _is_due(measure, dialogue),
            )
        )
    for row in reversed(assessments):
        if row.lesson and row.id not in shown and row.school_year_id != year.id:
            own = {link.unit_id for link in row.measure.unit_links}
            at = next(
                (parts[key] for key in parts if key in own and not _is_full(parts[key])), None
            )
            if at is not None:
                at.lessons.append(row)


def _is_full(part: UnitPart) -> bool:
    return len(part.lessons) >= LESSONS_SHOWN


def _is_due(measure: Measure, dialogue: QualityDialogue) -> bool:
    if measure.assess_on is None or measure.is_organizers:  # what waits there is not rektor's to do
        return False
    return measure.is_due or (dialogue.day is not None and measure.assess_on <= dialogue.day)


def _measures(parts: dict[int, UnitPart], year: SchoolYear) -> list[Measure]:
    """What the units have decided up to the läsår, with every assessment; those whose effect was due
    first, by day. One statement."""
    rows = db.session.scalars(
        sa.select(Measure)
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            sa.exists().where(
                MeasureUnit.measure_id == Measure.id, MeasureUnit.unit_id.in_(list(parts))
            ),
            Measure.state != MeasureState.PROPOSED,
            SchoolYear.start_year <= year.start_year,
        )
        .options(
            sa.orm.contains_eager(Measure.cycle).contains_eager(QualityCycle.school_year),
            sa.orm.joinedload(Measure.unit_links).joinedload(MeasureUnit.unit),
            sa.orm.joinedload(Measure.assessments).joinedload(EffectAssessment.school_year),
        )
        .order_by(sa.case((Measure.assess_on.is_(None), 1), else_=0), Measure.assess_on, Measure.id)
    )
    return list(rows.unique())
