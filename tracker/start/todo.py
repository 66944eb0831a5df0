"""Att göra: what is left for a rektor, over all her units in one list, nearest in time first.

What a dialogue needs is asked of `tracker.dialogues.preparation`, so that Start, the dialogue's own page and the
mails tell the same story.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from tracker.clock import today
from tracker.dialogues.preparation import DueEffect, PreparationFacts, Step, steps
from tracker.models import AnalysisState, MeasureState, QualityDialogue, Side
from tracker.start.after_dialogues import AfterDialogues
from tracker.start.facts import UnitFacts
from tracker.start.open_measures import MeasureFacts
from tracker.web import swedish

HORIZON = timedelta(days=42)
"""What is due later than this is not said yet: a list that shows all of spring in November is not read."""
PROPOSALS_NAMED = 3
"""More proposals than this in a unit become one line."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of the list, as `ui.todo_list` shows it. `day` sorts; None comes last."""

    label: str
    url: str
    day: date | None
    due: str
    tag_label: str | None = None
    tag_color: str = "info"


@dataclass(frozen=True, slots=True)
class LedUnit:
    """A unit the person leads, with its measures and whether she may adopt and decide there."""

    unit: UnitFacts
    measures: Sequence[MeasureFacts]
    may_adopt: bool

    @property
    def is_new(self) -> bool:
        """Nothing has been written about the unit yet, in any läsår."""
        return not self.unit.has_measures and self.unit.analysis is None

    @property
    def living(self) -> list[MeasureFacts]:
        return [row for row in self.measures if row.is_living]

    @property
    def proposals(self) -> list[MeasureFacts]:
        return [row for row in self.measures if row.state is MeasureState.PROPOSED]

    @property
    def due(self) -> list[MeasureFacts]:
        return [row for row in self.measures if row.is_due]


def todo(
    led: Sequence[LedUnit],
    dialogues: Sequence[QualityDialogue],
    year: str,
    after: AfterDialogues,
) -> list[Todo]:
    """Everything left to do. `dialogues` are those of the läsår that have not been, `after` what is
    left of those that have; `year` is the läsår as it stands in addresses."""
    several = len(led) > 1
    found = [
        *_effects(led, several),
        *_to_be_held(led),
        *_after_dialogues(led, after),
        *_answers(led, several),
        *_lifted(led, year, several),
    ]
    preparing = list(_preparation(led, dialogues))
    urls = {item.url for item in found}
    found += [item for item in preparing if item.url not in urls]
    urls |= {item.url for item in preparing}
    for row in led:
        found += [item for item in _unit(row, year, several) if item.url not in urls]
    return sorted(found, key=lambda item: item.day or date.max)


def _effects(led: Sequence[LedUnit], several: bool) -> Iterator[Todo]:
    seen: set[int] = set()
    for row in led:
        for measure in row.due:
            if measure.id in seen or measure.assess_on is None:
                continue
            seen.add(measure.id)
            since = f"Effekten har kunnat bedömas sedan {swedish.date_medium(measure.assess_on)}"
            yield Todo(
                label=f"Bedöm effekten av {measure.title}",
                url=url_for("evaluation.assess", measure_id=measure.id),
                day=measure.assess_on,
                due=f"{row.unit.name}. {since}" if several else since,
            )


def _to_be_held(led: Sequence[LedUnit]) -> Iterator[Todo]:
    """Dialogues whose day has passed without anybody saying that they took place."""
    told: set[int] = set()
    for dialogue in (dialogue for row in led for dialogue in row.unit.dialogues):
        if dialogue.id in told or not dialogue.waits_to_be_held(today()):
            continue
        told.add(dialogue.id)
        yield Todo(
            label=f"Säg om {dialogue.kind.label} är genomförd",
            url=url_for("dialogues.show", dialogue_id=dialogue.id),
            day=dialogue.day,
            due=f"Dialogen var {swedish.date_medium(dialogue.day)}" if dialogue.day else "",
        )


def _after_dialogues(led: Sequence[LedUnit], after: AfterDialogues) -> Iterator[Todo]:
    """Notes that wait for her, what she has promised, and what nobody else has taken upon them."""
    units = {row.unit.id for row in led}
    told: set[int] = set()
    for notes in after.unapproved:
        waits = Side.PRINCIPAL in notes.sides and notes.is_led
        if waits and notes.dialogue_id not in told:
            told.add(notes.dialogue_id)
            yield Todo(
                label=f"Godkänn minnesanteckningarna från {notes.kind.label}",
                url=url_for("dialogues.notes", dialogue_id=notes.dialogue_id),
                day=notes.day,
                due=f"Dialogen var {swedish.date_medium(notes.day)}",
            )
    promised: set[int] = set()
    for row in after.agreed:
        if row.id in promised or row.unit_id not in units:
            continue
        promised.add(row.id)
        by = f", senast {swedish.date_medium(row.due_on)}" if row.due_on else ""
        yield Todo(
            label=row.what,
            url=url_for("dialogues.agreement", dialogue_id=row.dialogue_id, agreement_id=row.id),
            day=row.due_on,
            due=f"Överenskommet i {row.kind.label}{by}",
            tag_label=_soon(row.due_on),
        )


def _answers(led: Sequence[LedUnit], several: bool) -> Iterator[Todo]:
    """What the huvudman has answered about support, until somebody says what came of it."""
    for row in led:
        facts = row.unit.check_in
        if facts is not None and (on := facts.support_answered_on) is not None:
            number, day = facts.support_answers, swedish.date_medium(on)
            since = f"Det senaste kom {day}" if number > 1 else f"Svaret kom {day}"
            yield Todo(
                label=f"Läs {swedish.count(number, 'svaret', 'svar', words=True)} om stöd och skriv vad det blev",
                url=url_for("support.of_unit", slug=row.unit.slug),
                day=on,
                due=f"{row.unit.name}. {since}" if several else since,
            )


def _lifted(led: Sequence[LedUnit], year: str, several: bool) -> Iterator[Todo]:
    """Analyses that the huvudman's follow-up has lifted, until one is adopted after that."""
    for row in led:
        on = row.unit.deepened_on
        if on is not None:
            since = f"Huvudmannens uppföljning har lyft enheten från {swedish.date_medium(on)}"
            yield Todo(
                label="Fördjupa nulägesanalysen",
                url=url_for("analyses.show", slug=row.unit.slug, year=year, _anchor="fordjupad"),
                day=on,
                due=f"{row.unit.name}. {since}" if several else since,
            )


def _preparation(led: Sequence[LedUnit], dialogues: Sequence[QualityDialogue]) -> Iterator[Todo]:
    """What is left before the dialogues, for the units she leads: a dialogue may cover others too."""
    slugs = {row.unit.slug for row in led}
    unbegun = {row.unit.slug for row in led if row.unit.analysis is None}
    measure_units = {measure.id: row.unit.slug for row in led for measure in row.measures}
    assess_on = {measure.id: measure.assess_on for row in led for measure in row.measures}
    for dialogue in dialogues:
        if dialogue.is_cancelled:
            continue
        opens, _ = dialogue.school_year.window(dialogue.kind.number)
        for step in steps(dialogue, _facts(led, dialogue)):
            if step.side is not Side.PRINCIPAL or step.done:
                continue
            whose = step.values.get("slug") or measure_units.get(step.values.get("measure_id", 0))
            if whose is not None and whose not in slugs:
                continue
            if step.due_on is not None and step.due_on > today() + HORIZON:
                continue
            yield Todo(
                label=_label(step, unbegun),
                url=url_for(step.endpoint, **step.values),
                day=step.due_on or max(today(), opens),
                due=_before(dialogue, step.due_on, assess_on.get(step.values.get("measure_id", 0))),
                tag_label=_soon(step.due_on),
            )


def _label(step: Step, unbegun: Collection[str]) -> str:
    """She who writes may know, as the others may not, whether the analysis is begun."""
    if step.endpoint == "analyses.show" and step.values["slug"] in unbegun:
        return f"Skriv och {step.label[:1].lower()}{step.label[1:]}"
    return step.label


def _facts(led: Sequence[LedUnit], dialogue: QualityDialogue) -> PreparationFacts:
    """What was read for Start already, in the shape the checklist wants."""
    return PreparationFacts(
        {
            (row.unit.id, dialogue.school_year_id): row.unit.analysis
            for row in led
            if row.unit.analysis is not None
        },
        {
            row.unit.id: [
                DueEffect(measure.id, measure.title, measure.assess_on)
                for measure in row.measures
                if measure.owned
                and measure.assess_on is not None
                and measure.state is not MeasureState.PROPOSED
            ]
            for row in led
        },
    )


def _before(dialogue: QualityDialogue, due_on: date | None, assess_on: date | None) -> str:
    """By when, in words that never reproach: a day that has passed is not mentioned. `assess_on`: from when
    the effect can be assessed, where that is what is to be done."""
    if dialogue.day is None:
        return f"Inför {dialogue.kind.label}, som inte har fått någon tid än"
    if due_on is not None and due_on >= today():
        if due_on == assess_on:
            from_on = swedish.date_medium(due_on)
            return f"Kan bedömas från {from_on}, inför {dialogue.kind.label}"
        return f"Senast {swedish.date_medium(due_on)}, inför {dialogue.kind.label}"
    return f"Inför {dialogue.kind.label} {swedish.date_long(dialogue.day)}"


def _soon(due_on: date | None) -> str | None:
    if due_on is None or due_on < today():
        return None
    if due_on == today():
        return "I dag"
    same_week = due_on.isocalendar()[:2] == today().isocalendar()[:2]
    return "Den här veckan" if same_week else None


def _unit(row: LedUnit, year: str, several: bool) -> Iterator[Todo]:
    """What has no day of its own: the analysis, and the proposals that wait for a decision."""
    unit = row.unit
    at = {"slug": unit.slug, "year": year}
    label, note = _analysis(row)
    if label and unit.cycle_id is not None:
        yield Todo(
            label, url_for("analyses.show", **at), None, f"{unit.name}. {note}" if several else note
        )
    if not row.may_adopt:
        return
    waiting = row.proposals
    if len(waiting) > PROPOSALS_NAMED:
        count = swedish.count(len(waiting), "", "föreslagna åtgärder", words=True)
        yield Todo(f"Besluta om {count}", url_for("measures.index", **at), None, unit.name)
        return
    for measure in waiting:
        yield Todo(
            f"Besluta om åtgärden ”{measure.title}”",
            url_for("measures.show", measure_id=measure.id),
            None,
            f"{unit.name}. Föreslagen åtgärd" if several else "Föreslagen åtgärd",
        )


def _analysis(row: LedUnit) -> tuple[str | None, str]:
    match row.unit.analysis:
        case None:
            return (None if row.is_new else "Skriv nulägesanalysen"), "Inte påbörjad"
        case AnalysisState.DRAFT:
            return "Dela nulägesanalysen", "Ett utkast, som bara ni som skriver ser"
        case AnalysisState.SHARED if row.may_adopt:
            return "Fastställ nulägesanalysen", "Delad med dialogansvarig"
        case AnalysisState.REOPENED if row.may_adopt:
            return "Fastställ nulägesanalysen igen", "Öppnad för ändring"
        case _:
            return None, ""
