"""One assessment per measure and läsår: versions, what each decision does, and undoing it."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from tests.cast import Cast
from tests.measures.scenes import FINAL, NOT_YET, a_measure
from tracker.clock import today
from tracker.cycle.calendar import school_year_start
from tracker.evaluation.models import AlreadyContinued, IncompleteAssessment
from tracker.extensions import db
from tracker.measures.states import IllegalTransition
from tracker.models import (
    AuditEvent,
    CarriedOut,
    Decision,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureState,
    SchoolUnit,
    SchoolYear,
    Term,
    UnitKind,
)

LATER = date(2027, 9, 15)


def assess(cast: Cast, measure: Measure, **fields: Any) -> EffectAssessment:
    """Assess in the current läsår, revising what stands; `fields` over FINAL unless `judgement`."""
    keys = {"revises", "term", "year", "by"}
    about = {name: fields.pop(name) for name in keys & fields.keys()}
    year = about.pop("year", cast.year)
    if "revises" not in about:
        current = EffectAssessment.current(measure, year, about.get("term", Term.YEAR))
        about["revises"] = current.number if current else 0
    row = EffectAssessment.make(
        measure, year, by=about.pop("by", cast.karin), **about, **(FINAL | fields)
    )
    db.session.commit()
    return row


def due(cast: Cast, **fields: Any) -> Measure:
    return a_measure(cast, year=cast.last_year, due=date(2026, 6, 1), **fields)


def sentences(measure: Measure) -> list[str]:
    return [
        event.sentence
        for event in db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.subject_kind == "measure", AuditEvent.subject_id == measure.id)
            .order_by(AuditEvent.id)
        )
    ]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"carried_out": None}, ["carried_out"]),
        ({"outcome": "", "evidence": ""}, ["outcome", "evidence"]),
        ({"decision": None}, ["decision"]),
        ({"decision": Decision.CONTINUE}, ["next_date"]),
        ({"decision": Decision.CANCEL}, ["carried_out_why"]),
        ({"judgement": Judgement.NO_EVIDENCE, "carried_out": None, "outcome": ""}, ["carried_out"]),
        ({"judgement": Judgement.NOT_YET}, ["next_date"]),
    ],
)
def test_says_what_is_missing_and_keeps_nothing(
    cast: Cast, fields: dict[str, Any], missing: list[str]
) -> None:
    measure = due(cast)
    with pytest.raises(IncompleteAssessment) as refusal:
        assess(cast, measure, **fields)
    assert refusal.value.missing == missing
    db.session.commit()
    assert measure.assessments == []


@pytest.mark.parametrize("decision", [Decision.END, Decision.ORDINARY])
def test_ending_settles_the_effect(cast: Cast, decision: Decision) -> None:
    measure = due(cast)
    assess(cast, measure, decision=decision)
    assert measure.state is MeasureState.COMPLETED
    assert measure.assess_on is None
    assert sentences(measure)[-2:] == [
        "Karin Holm bedömde effekten av ”Lässtrategier i alla ämnen”: delvis uppnådd.",
        "Karin Holm avslutade åtgärden ”Lässtrategier i alla ämnen” som genomförd.",
    ]


def test_no_evidence_is_final(cast: Cast) -> None:
    measure = due(cast)
    assess(cast, measure, judgement=Judgement.NO_EVIDENCE, outcome="", evidence="")
    assert measure.assess_on is None
    assert not measure.is_due


def test_not_yet_is_quiet_until_its_new_day(cast: Cast, the_day: Any) -> None:
    measure = due(cast)
    before = measure.assess_revision
    row = assess(cast, measure, **NOT_YET)
    assert (row.decision, measure.state) == (None, MeasureState.DECIDED)
    assert not measure.is_due
    assert measure.assess_revision == before + 1
    assert sentences(measure)[-1] == (
        "Karin Holm flyttade fram bedömningen av ”Lässtrategier i alla ämnen” till 15 december 2026."
    )
    the_day.move_to("2026-12-15 09:00+01:00")
    assert measure.is_due
    assess(cast, measure)
    assert sentences(measure)[-2].startswith("Karin Holm bedömde effekten")


def test_continuing_goes_on_to_a_new_day(cast: Cast) -> None:
    measure = due(cast)
    measure.complete(by=cast.karin)
    assess(cast, measure, decision=Decision.CONTINUE, next_date=LATER)
    assert measure.state is MeasureState.RUNNING
    assert measure.completed_at is None
    assert measure.assess_on == LATER
    assert sentences(measure)[-1].endswith("tog upp åtgärden ”Lässtrategier i alla ämnen” igen.")


def test_adjusting_proposes_a_new_version_in_this_lap(cast: Cast) -> None:
    measure = due(cast, units=[cast.savkulla, cast.lyktvret], follow_up="Prov i april")
    assess(cast, measure, decision=Decision.ADJUST)
    again = measure.continued_by
    assert again is not None
    assert again.is_draft
    assert again.cycle_id == cast.cycle(cast.savkulla).id
    assert again.follow_up == "Prov i april"
    assert again.assessable_from is None
    assert {unit.name for unit in again.units} == {"Sävkullaskolan", "Lyktvretens förskola"}
    assert measure.state is MeasureState.COMPLETED
    assert sentences(again) == [
        "Karin Holm skrev en ny version av åtgärden ”Lässtrategier i alla ämnen”."
    ]


def test_cancelling_takes_its_reason_from_why(cast: Cast) -> None:
    measure = due(cast)
    measure.complete(by=cast.karin)
    assess(
        cast, measure, decision=Decision.CANCEL, carried_out=CarriedOut.NO,
        carried_out_why="Den blev aldrig av",
    )  # fmt: skip
    assert (measure.state, measure.cancel_reason) == (MeasureState.CANCELLED, "Den blev aldrig av")
    assess(cast, measure, decision=Decision.CANCEL, carried_out_why="Läraren slutade")
    assert measure.cancel_reason == "Läraren slutade"


def test_a_revision_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    measure = due(cast)
    first = assess(cast, measure)
    second = assess(cast, measure, judgement=Judgement.NOT_ACHIEVED)
    assert (first.number, second.number) == (1, 2)
    assert first.superseded_at is not None
    assert first.judgement is Judgement.PARTLY
    assert measure.latest_assessment is second
    assert sentences(measure)[-1] == (
        "Karin Holm ändrade bedömningen av ”Lässtrategier i alla ämnen”: inte uppnådd."
    )


@pytest.mark.parametrize("first", list(Decision))
@pytest.mark.parametrize("second", [*Decision, None])
def test_a_revised_decision_undoes_the_one_before(
    cast: Cast, first: Decision, second: Decision | None
) -> None:
    """Whatever was decided first, the measure ends where the second decision alone would take it.
    None stands for "kan inte bedömas ännu"."""

    def where(decision: Decision | None) -> dict[str, Any]:
        if decision is None:
            return NOT_YET
        extra = {"next_date": LATER, "carried_out_why": "Den blev aldrig av"}
        return {"decision": decision, **extra}

    revised, straight = due(cast, title="Ändrad"), due(cast, title="Rak")
    for measure in (revised, straight):
        measure.start(by=cast.karin)
    assess(cast, revised, **where(first))
    assess(cast, revised, **where(second))
    assess(cast, straight, **where(second))

    def outcome(measure: Measure) -> tuple[Any, ...]:
        db.session.refresh(measure)
        later = measure.continued_by
        return (measure.state, measure.assess_on, measure.cancel_reason, later and later.state)

    assert outcome(revised) == outcome(straight)


def test_a_proposed_next_version_goes_when_adjusting_is_taken_back(cast: Cast) -> None:
    measure = due(cast)
    assess(cast, measure, decision=Decision.ADJUST)
    key = measure.continued_by.id
    assess(cast, measure, decision=Decision.CONTINUE, next_date=LATER)
    assert db.session.get(Measure, key) is None
    assess(cast, measure, decision=Decision.ADJUST)
    assert measure.continued_by.is_draft


@pytest.mark.parametrize("change", [{"decision": Decision.CONTINUE, "next_date": LATER}, NOT_YET])
def test_a_decided_next_version_stands_in_the_way(cast: Cast, change: dict[str, Any]) -> None:
    measure = due(cast)
    assess(cast, measure, decision=Decision.ADJUST)
    again = measure.continued_by
    again.write(by=cast.karin, assessable_from=LATER)
    again.decide(by=cast.karin)
    db.session.commit()
    with pytest.raises(AlreadyContinued):
        assess(cast, measure, **change)
    db.session.rollback()
    assert measure.state is MeasureState.COMPLETED
    revised = assess(cast, measure, decision=Decision.ADJUST, lesson="Tid i schemat avgjorde")
    assert revised.number == 2
    assert measure.continued_by.id == again.id


def test_an_old_form_does_not_overwrite_a_newer_assessment(cast: Cast) -> None:
    measure = due(cast)
    assess(cast, measure, by=cast.jonas)
    with pytest.raises(StaleDataError):
        assess(cast, measure, revises=0)


def test_keeps_what_was_expected_when_it_was_assessed(cast: Cast) -> None:
    measure = due(cast)
    row = assess(cast, measure, decision=Decision.CONTINUE, next_date=LATER)
    measure.write(by=cast.karin, expected_effect="Nu väntar vi oss 90 %")
    db.session.commit()
    assert row.expected_effect == "I maj når minst 80 % kravnivån (start 69 %)."


@pytest.mark.parametrize("what", ["proposed", "cancelled", "replaced"])
def test_some_have_no_effect_to_assess(cast: Cast, what: str) -> None:
    measure = due(cast, decide=what != "proposed")
    if what == "cancelled":
        measure.cancel("Läraren slutade", by=cast.karin)
    if what == "replaced":
        assess(cast, measure, year=cast.last_year, decision=Decision.ADJUST)
    db.session.commit()
    with pytest.raises(IllegalTransition):
        assess(cast, measure)


def test_a_settled_effect_may_be_assessed_again_in_a_later_year(cast: Cast) -> None:
    measure = due(cast)
    assess(cast, measure, year=cast.last_year)
    assess(cast, measure, decision=Decision.CONTINUE, next_date=LATER)
    assert measure.assess_on == LATER
    assert [row.school_year_id for row in measure.assessments] == [cast.last_year.id, cast.year.id]
    assert all(row.superseded_at is None for row in measure.assessments)


@pytest.fixture
def komvux(cast: Cast) -> SchoolUnit:
    unit = SchoolUnit.create(cast.exempelby, "Komvux", UnitKind.ADULT, forms=[], by=None)
    SchoolYear.open(cast.exempelby, school_year_start(today()), by=None)
    db.session.commit()
    return unit


def test_terms_are_assessed_each_on_its_own(cast: Cast, komvux: SchoolUnit, the_day: Any) -> None:
    measure = a_measure(cast, unit=komvux, due=today())
    spring = date(2027, 5, 20)
    assess(cast, measure, term=Term.AUTUMN, decision=Decision.CONTINUE, next_date=spring)
    the_day.move_to("2027-05-20 09:00+02:00")
    assess(cast, measure, term=Term.SPRING, decision=Decision.ORDINARY)
    assert [(row.term, row.number) for row in measure.assessments] == [
        (Term.AUTUMN, 1), (Term.SPRING, 1),
    ]  # fmt: skip
    assert measure.state is MeasureState.COMPLETED


def test_mending_the_autumns_text_leaves_the_springs_decision(
    cast: Cast, komvux: SchoolUnit
) -> None:
    measure = a_measure(cast, unit=komvux, due=today())
    spring = today() + timedelta(days=180)
    assess(cast, measure, term=Term.AUTUMN, decision=Decision.CONTINUE, next_date=spring)
    assess(cast, measure, term=Term.SPRING, decision=Decision.END)
    assess(cast, measure, term=Term.AUTUMN, decision=Decision.CONTINUE, next_date=spring)
    assert measure.state is MeasureState.COMPLETED
    assert measure.assess_on is None


def test_the_adjusted_version_stands_with_the_successor(cast: Cast, komvux: SchoolUnit) -> None:
    measure = due(cast)
    link = measure.unit_links[0]
    link.unit, link.origin_unit_id = komvux, cast.savkulla.id
    db.session.commit()
    assess(cast, measure, decision=Decision.ADJUST)
    assert measure.continued_by.units == [komvux]
    assert measure.continued_by.cycle.unit_id == komvux.id
    assert measure.continued_by.unit_links[0].origin_unit_id == cast.savkulla.id


def test_a_unit_that_has_closed_keeps_the_adjusted_version_in_its_last_lap(cast: Cast) -> None:
    measure = due(cast)
    db.session.delete(cast.cycle(cast.savkulla))
    db.session.commit()
    assess(cast, measure, decision=Decision.ADJUST)
    assert measure.continued_by.cycle_id == measure.cycle_id
