"""Bedöm effekten: expected effect beside the form, and what each answer leads to."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.measures.scenes import a_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    Measure,
    MeasureState,
    SchoolUnit,
    SchoolYear,
    Term,
    UnitKind,
    User,
)

As = Callable[[User], CheckedClient]
FILLED = {
    "version": "0",
    "carried_out": "yes",
    "outcome": "74 % (31 av 42)",
    "judgement": "partly",
    "evidence": "Nationella prov i åk 3",
    "decision": "end",
}


def due(cast: Cast, **fields: Any) -> Measure:
    return a_measure(cast, year=cast.last_year, due=date(2026, 6, 1), **fields)


def url(measure: Measure) -> str:
    return f"/atgarder/{measure.id}/effekt"


def rows() -> list[EffectAssessment]:
    return list(db.session.query(EffectAssessment).order_by(EffectAssessment.id))


def test_shows_what_was_expected_beside_the_questions(cast: Cast, as_: As) -> None:
    measure = due(cast, baseline="69 %", target="80 %", follow_up="Nationella prov")
    measure.add_log(today(), "Tolv lektionsbesök", by=cast.karin)
    db.session.commit()
    page = as_(cast.karin).page(url(measure))
    for text in ("I maj når minst 80 %", "69 %", "Nationella prov", "Tolv lektionsbesök",
                 "Åtgärd från 2025/26, bedöms 2026/27"):  # fmt: skip
        assert text in page


def test_is_assessed_in_the_year_that_holds_today(cast: Cast, as_: As) -> None:
    measure = due(cast)
    karin = as_(cast.karin)
    answer = karin.submit(url(measure), FILLED | {"lesson": "Tid i schemat", "tip": "y"})
    assert answer.location == f"/atgarder/{measure.id}/gott-exempel"
    (row,) = rows()
    assert (row.school_year_id, row.by_name, row.lesson, row.tip) == (
        cast.year.id, "Karin Holm", "Tid i schemat", True,
    )  # fmt: skip
    assert measure.state is MeasureState.COMPLETED
    page = karin.page(f"/atgarder/{measure.id}")
    assert "74 % (31 av 42)" in page
    assert "Nationella prov i åk 3" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"judgement": ""}, "Välj en bedömning."),
        ({"carried_out": ""}, "Svara om åtgärden genomfördes som planerat."),
        ({"carried_out": "no"}, "Skriv kort vad som inte blev som planerat, och varför."),
        ({"outcome": ""}, "Skriv vad det blev, jämfört med det ni väntade er."),
        ({"evidence": ""}, "Skriv hur ni vet det: vilket underlag bygger bedömningen på?"),
        ({"decision": ""}, "Välj vad som händer med åtgärden nu."),
        ({"decision": "continue"}, "Ange dagen då effekten kan bedömas nästa gång."),
        ({"decision": "continue", "next_date": "2026-11-20"}, "Ange en dag som ligger framåt i tiden."),
        ({"judgement": "not_yet"}, "Ange dagen då effekten kan bedömas nästa gång."),
        ({"judgement": "not_yet", "next_date": "2026-06-01"}, "Ange en dag som ligger framåt i tiden."),
        ({"decision": "cancel"}, "Skriv varför åtgärden avbryts."),
        ({"decision": "sluta"}, "Välj ett av alternativen."),
        ({"outcome": "x" * 20_001}, "Texten är för lång"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field_and_the_rest_kept(
    cast: Cast, as_: As, changes: dict[str, str], message: str
) -> None:
    measure = due(cast)
    answer = as_(cast.karin).submit(url(measure), FILLED | changes, 422)
    assert any(error.startswith(message) for error in errors(answer)), errors(answer)
    page = answer.get_data(as_text=True)
    for name in ("outcome", "evidence"):
        assert (FILLED | changes)[name][:40] in page
    assert rows() == []
    assert measure.assess_on == date(2026, 6, 1)


def test_says_everything_that_is_missing_at_once(cast: Cast, as_: As) -> None:
    answer = as_(cast.karin).submit(url(due(cast)), {"version": "0", "judgement": "achieved"}, 422)
    assert len(errors(answer)) == 4
    answer = as_(cast.karin).submit(url(due(cast)), {"version": "0"}, 422)
    assert [error.split(".")[0] for error in errors(answer)] == [
        "Svara om åtgärden genomfördes som planerat",
        "Skriv vad det blev, jämfört med det ni väntade er",
        "Välj en bedömning",
        "Skriv hur ni vet det: vilket underlag bygger bedömningen på?",
        "Välj vad som händer med åtgärden nu",
    ]


def test_a_new_day_alone_asks_for_the_judgement_alone(cast: Cast, as_: As) -> None:
    sent = {"version": "0", "next_date": "2027-02-01"}
    answer = as_(cast.karin).submit(url(due(cast)), sent, 422)
    assert [error.split(".")[0] for error in errors(answer)] == ["Välj en bedömning"]


def test_not_yet_needs_a_day_and_nothing_else(cast: Cast, as_: As) -> None:
    measure = due(cast)
    karin = as_(cast.karin)
    sent = {"version": "0", "judgement": "not_yet", "next_date": "2026-12-15"}
    answer = karin.submit(url(measure), sent)
    assert measure.assess_on == date(2026, 12, 15)
    assert "Du får ingen påminnelse om åtgärden före 15 december 2026" in karin.page(
        answer.location
    )


def test_no_evidence_needs_no_outcome(cast: Cast, as_: As) -> None:
    measure = due(cast)
    sent = FILLED | {"judgement": "no_evidence", "outcome": "", "evidence": ""}
    as_(cast.karin).submit(url(measure), sent)
    assert measure.assess_on is None


def test_adjusting_leads_to_the_new_version(cast: Cast, as_: As) -> None:
    measure = due(cast)
    karin = as_(cast.karin)
    answer = karin.submit(url(measure), FILLED | {"decision": "adjust"})
    assert answer.location == f"/atgarder/{measure.continued_by.id}/andra"
    assert "Den nya versionen ligger som förslag" in karin.page(answer.location)


def test_is_revised_from_what_stands(cast: Cast, as_: As) -> None:
    measure = due(cast)
    karin = as_(cast.karin)
    karin.submit(url(measure), FILLED)
    page = karin.page(url(measure))
    assert "Ändra bedömningen" in page
    assert "74 % (31 av 42)" in page
    karin.submit(url(measure), FILLED | {"version": "1", "judgement": "not_achieved"})
    assert [row.number for row in rows()] == [1, 2]
    assert "Tidigare versioner av bedömningen 2026/27" in karin.page(f"/atgarder/{measure.id}")


def test_two_who_assess_at_once_see_both_texts(cast: Cast, as_: As) -> None:
    measure = due(cast)
    as_(cast.jonas).submit(url(measure), FILLED | {"outcome": "Jonas utfall"})
    karin = as_(cast.karin)
    sent = FILLED | {"outcome": "Karins utfall", "judgement": "achieved"}
    page = karin.submit(url(measure), sent, 409).get_data(as_text=True)
    assert "Karins utfall" in page
    assert "Jonas utfall" in page
    assert "Delvis uppnådd" in page
    assert len(rows()) == 1
    karin.submit(url(measure), sent | {"version": "1"})
    assert rows()[-1].outcome == "Karins utfall"


def test_a_decided_new_version_stands_in_the_way_of_another_decision(cast: Cast, as_: As) -> None:
    measure = due(cast)
    karin = as_(cast.karin)
    karin.submit(url(measure), FILLED | {"decision": "adjust"})
    measure.continued_by.write(by=cast.karin, assessable_from=date(2027, 5, 1))
    measure.continued_by.decide(by=cast.karin)
    db.session.commit()
    answer = karin.submit(url(measure), FILLED | {"version": "1"}, 422)
    assert errors(answer)[0].startswith("En ny version av åtgärden är redan beslutad")
    assert len(rows()) == 1


@pytest.mark.parametrize("what", ["proposed", "cancelled"])
def test_without_an_effect_it_leads_back_to_the_measure_and_loses_no_text(
    cast: Cast, as_: As, what: str
) -> None:
    measure = due(cast, decide=what != "proposed")
    if what == "cancelled":
        measure.cancel("Skäl", by=cast.karin)
        db.session.commit()
    karin = as_(cast.karin)
    assert karin.get(url(measure)).location == f"/atgarder/{measure.id}"
    assert FILLED["outcome"] in karin.submit(url(measure), FILLED, 409).text
    assert rows() == []


def test_says_so_when_the_year_has_not_been_entered(cast: Cast, as_: As, the_day: Any) -> None:
    measure = due(cast)
    the_day.move_to("2027-08-20 09:00+02:00")
    assert "Be systemförvaltaren lägga upp det" in as_(cast.karin).page(url(measure))


def test_komvux_assesses_the_term_that_is_or_the_autumn_that_was(
    cast: Cast, as_: As, the_day: Any
) -> None:
    unit = SchoolUnit.create(
        cast.exempelby, "Komvux", UnitKind.ADULT, forms=[], by=None, area=cast.norr
    )
    SchoolYear.open(cast.exempelby, 2026, by=None)
    measure = a_measure(cast, unit=unit, due=today())
    erik = as_(cast.erik)  # nobody leads it yet
    assert "för höstterminen" in erik.page(url(measure))
    sent = FILLED | {"decision": "continue", "next_date": "2027-05-20"}
    erik.submit(url(measure), sent)
    the_day.move_to("2027-05-20 09:00+02:00")
    erik = as_(cast.erik)
    assert "Bedöm höstterminen i stället" in erik.page(url(measure))
    erik.submit(url(measure), FILLED)
    autumn = f"{url(measure)}?termin=host"
    assert "Ändra bedömningen" in erik.page(autumn)
    erik.submit(autumn, sent | {"version": "1", "next_date": "2027-06-01"})
    assert [(row.term, row.number) for row in rows()] == [
        (Term.AUTUMN, 1), (Term.SPRING, 1), (Term.AUTUMN, 2),
    ]  # fmt: skip
    assert measure.assess_on is None


@pytest.mark.parametrize(
    ("person", "status"),
    [("sofia", 403), ("erik", 403), ("lena", 403), ("samira", 403), ("perolov", 403), ("tove", 403),
     ("nadia", 404), ("maria", 404), ("mats", 404)],
)  # fmt: skip
def test_others_may_not(cast: Cast, as_: As, person: str, status: int) -> None:
    measure = due(cast)
    browser = as_(getattr(cast, person))
    browser.page(url(measure), status)
    browser.submit(url(measure), FILLED, status)


def test_a_deputy_assesses(cast: Cast, as_: As) -> None:
    measure = due(cast)
    as_(cast.jonas).submit(url(measure), FILLED)
    assert rows()[0].by_name == "Jonas Ek"


def test_is_shown_within_the_budget(cast: Cast, as_: As, statements: Callable[[], Any]) -> None:
    measure = due(cast, units=[cast.savkulla, cast.lyktvret])
    karin, address = as_(cast.karin), url(measure)
    karin.submit(address, FILLED)
    with statements() as sent:
        karin.page(address)
    assert len(sent) <= 15
