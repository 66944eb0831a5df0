"""A unit's läsår on one page: where it is, and what stands in analysis, measures, effects and dialogues."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_login import current_user

from tracker.auth.access import may
from tracker.clock import now, today
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    Agreement,
    AnalysisState,
    AnalysisWriter,
    DialogueState,
    DialogueUnit,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureState,
    QualityCycle,
    QualityDialogue,
    SituationAnalysis,
    SupportDecision,
)
from tracker.teams.reading import first_evaluations
from tracker.web import swedish


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the lap: its state in a few words, and the way to it."""

    title: str
    sentences: list[str]
    url: str
    action: str


def parts(cycle: QualityCycle) -> list[Part]:
    """The parts the person may see, in the order of the lap; six statements."""
    found = [_analysis(cycle), *_measures_and_effects(cycle)]
    if may("teams"):
        found += _teams(cycle)
    if may("follow"):
        found += [_dialogues(cycle), _support(cycle)]
    found.append(_plan(cycle))
    return found


def own_parts(cycle: QualityCycle) -> list[Part]:
    """The parts of the organizer's own lap; three statements."""
    return [_analysis(cycle), *_measures_and_effects(cycle), _plan(cycle)]


def _plan(cycle: QualityCycle) -> Part:
    return Part(
        "Utvecklingsplan",
        ["Områden, mål, åtgärder och förväntade effekter i ett dokument."],
        url_for("reports.plan", **_at(cycle)),
        "Visa utvecklingsplanen",
    )


def _at(cycle: QualityCycle) -> dict[str, str]:
    return {"slug": cycle.owner.slug, "year": cycle.school_year.slug}


def _analysis(cycle: QualityCycle) -> Part:
    row = db.session.execute(
        sa.select(
            SituationAnalysis.state,
            SituationAnalysis.shared_at,
            sa.exists()
            .where(
                AnalysisWriter.analysis_id == SituationAnalysis.id,
                AnalysisWriter.user_id == current_user.id,
            )
            .label("invited"),
            sa.func.max(AdoptedAnalysis.number).label("number"),
            sa.func.max(AdoptedAnalysis.adopted_at).label("adopted_at"),
        )
        .outerjoin(AdoptedAnalysis, AdoptedAnalysis.analysis_id == SituationAnalysis.id)
        .where(SituationAnalysis.cycle_id == cycle.id)
        .group_by(SituationAnalysis.id)
    ).first()
    url = url_for("analyses.show", **_at(cycle))
    writes = may("write") or (row is not None and row.invited)
    with_whom = "rektorer och dialogansvariga" if cycle.owner.is_organizer else "dialogansvarig"
    sentence = _analysis_state(row, with_whom, writes=writes)
    begins = row is None and may("write")
    return Part(
        "Nulägesanalys", [sentence], url, "Skriv nulägesanalysen" if begins else "Öppna analysen"
    )


def _analysis_state(row: Any, with_whom: str, *, writes: bool) -> str:
    """The state as far as it is the reader's: a draft's existence is known to its writers alone."""
    if row is not None and row.state is AnalysisState.ADOPTED:
        return f"Fastställd {swedish.date_medium(row.adopted_at)}, version {row.number}."
    if row is not None and row.state is AnalysisState.REOPENED:
        return f"Öppnad för ändring. Version {row.number} gäller tills en ny är fastställd."
    if not may("follow"):
        return "Inte fastställd än."
    if row is not None and row.state is AnalysisState.SHARED:
        return f"Delad med {with_whom} {swedish.date_medium(row.shared_at)}."
    if not writes:
        return "Inte delad än."
    return "Inte påbörjad." if row is None else "Ett utkast, som bara ni som skriver ser."


def _own_measures(cycle: QualityCycle) -> sa.ColumnElement[bool]:
    """A criterion on Measure: those of the lap's owner. The organizer's own that concern a unit are not."""
    own = Measure.standing_in(cycle)
    if cycle.owner.is_organizer:
        return own
    return sa.and_(own, ~Measure.of_organizer(cycle.organizer_id))


def _measures_and_effects(cycle: QualityCycle) -> list[Part]:
    in_lap = sa.and_(
        QualityCycle.id == Measure.cycle_id,
        QualityCycle.school_year_id == cycle.school_year_id,
    )
    rows = db.session.execute(
        sa.select(
            Measure.state,
            sa.func.count().label("number"),
            sa.func.count(sa.case((Measure.assess_on <= today(), 1))).label("due"),
            sa.func.count(QualityCycle.id).label("of_year"),
        )
        .outerjoin(QualityCycle, in_lap)
        .where(_own_measures(cycle))
        .group_by(Measure.state)
    ).all()
    assessed = db.session.scalar(
        sa.select(sa.func.count(sa.distinct(EffectAssessment.measure_id)))
        .join(Measure, Measure.id == EffectAssessment.measure_id)
        .where(
            _own_measures(cycle),
            EffectAssessment.school_year_id == cycle.school_year_id,
            EffectAssessment.superseded_at.is_(None),
            EffectAssessment.judgement != Judgement.NOT_YET,
        )
    )
    of_year = {row.state: row.of_year for row in rows}
    due = sum(row.due for row in rows if row.state is not MeasureState.PROPOSED)
    present = cycle.school_year.first_day <= today() <= cycle.school_year.last_day
    at = _at(cycle)
    return [
        Part(
            "Åtgärder",
            _measure_sentences(of_year),
            url_for("measures.index", **at),
            "Öppna åtgärderna",
        ),
        Part(
            "Effekter",
            _effect_sentences(due if present else 0, assessed or 0),
            url_for("evaluation.index", **at),
            "Öppna effekterna",
        ),
    ]


def _measure_sentences(number: dict[MeasureState, int]) -> list[str]:
    decided = sum(n for state, n in number.items() if state is not MeasureState.PROPOSED)
    if not decided:
        found = ["Inga åtgärder är beslutade under läsåret än."]
    else:
        total = swedish.count(decided, "En åtgärd är beslutad", "åtgärder är beslutade", words=True)
        how_far = _by_state(number, decided)
        found = [
            f"{total[:1].upper()}{total[1:]} under läsåret. {how_far[:1].upper()}{how_far[1:]}."
        ]
    if may("write") and (waiting := number.get(MeasureState.PROPOSED)):
        count = swedish.count(waiting, "Ett förslag", "förslag", words=True)
        found.append(f"{count[:1].upper()}{count[1:]} väntar på beslut.")
    return found


_STATES = (
    (MeasureState.DECIDED, "ska börja", "ska börja"),
    (MeasureState.RUNNING, "pågår", "pågår"),
    (MeasureState.COMPLETED, "är genomförd", "är genomförda"),
    (MeasureState.CANCELLED, "är avbruten", "är avbrutna"),
)
"""As one measure is, and as several are."""


def _by_state(number: dict[MeasureState, int], decided: int) -> str:
    """How far the decided measures have come: "två pågår och en är genomförd", or "alla pågår"."""
    for state, one, several in _STATES:
        if number.get(state) == decided:
            return f"den {one}" if decided == 1 else f"alla {several}"
    return swedish.listing(
        [
            swedish.count(number[state], f"en {one}", several, words=True)
            for state, one, several in _STATES
            if number.get(state)
        ]
    )


def _effect_sentences(due: int, assessed: int) -> list[str]:
    found = []
    if due:
        count = swedish.count(due, "En effekt", "effekter", words=True)
        found.append(f"{count[:1].upper()}{count[1:]} att bedöma.")
    if assessed:
        count = swedish.count(assessed, "En effekt är bedömd", "effekter är bedömda", words=True)
        found.append(f"{count[:1].upper()}{count[1:]} under läsåret.")
    return found or ["Inga effekter att bedöma just nu."]


def _dialogues(cycle: QualityCycle) -> Part:
    rows = db.session.execute(
        sa.select(
            QualityDialogue.kind,
            QualityDialogue.starts_at,
            QualityDialogue.state,
            sa.select(sa.func.count())
            .where(Agreement.dialogue_id == QualityDialogue.id, Agreement.awaited())
            .scalar_subquery()
            .label("agreed"),
        )
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .where(
            DialogueUnit.unit_id == cycle.unit_id,
            QualityDialogue.school_year_id == cycle.school_year_id,
        )
        .order_by(QualityDialogue.kind)
    ).all()
    found = []
    for row in rows:
        if row.state is DialogueState.CANCELLED:
            found.append(f"{row.kind.label} är inställd.")
        elif row.starts_at is None:
            found.append(f"{row.kind.label} har inte fått någon tid än.")
        elif row.starts_at <= now():
            found.append(_has_been(row))
        else:
            found.append(f"{row.kind.label} är {swedish.datetime_long(row.starts_at)}.")
        if row.agreed and (may("converse") or row.state in HELD):
            count = swedish.count(row.agreed, "En överenskommelse", "överenskommelser", words=True)
            found.append(f"{count[:1].upper()}{count[1:]} därifrån att följa upp.")
    url = url_for("dialogues.of_unit", **_at(cycle))
    return Part("Dialoger", found or ["Läsåret har inga dialoger än."], url, "Öppna dialogerna")


def _support(cycle: QualityCycle) -> Part:
    """The support the unit gets today, whichever läsår the page is about: decisions run over them."""
    unit = cycle.unit
    decision = SupportDecision.latest(unit) if unit else None
    sentence = decision.standing if decision else "Ordinarie stöd."
    url = url_for("support.of_unit", slug=unit.slug if unit else "")
    return Part("Stöd", [sentence], url, "Öppna stödet")


def _teams(cycle: QualityCycle) -> list[Part]:
    """Where there is no team, only for those who set them up."""
    said = first_evaluations(cycle)
    if said:
        return [Part("Lagens mål", said, url_for("teams.index", **_at(cycle)), "Öppna lagens mål")]
    if not may("write"):
        return []
    url = url_for("teams.manage", slug=_at(cycle)["slug"])
    return [Part("Lagens mål", ["Inga lag är upplagda än."], url, "Lägg upp enhetens lag")]


HELD = (DialogueState.HELD, DialogueState.APPROVED)


def _has_been(row: Any) -> str:
    notes = {
        DialogueState.HELD: " Minnesanteckningarna väntar på godkännande.",
        DialogueState.APPROVED: " Minnesanteckningarna är godkända av båda.",
    }
    on = swedish.date_medium(row.starts_at)
    return f"{row.kind.label} hölls {on}.{notes.get(row.state, '')}"
