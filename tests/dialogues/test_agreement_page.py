"""What became of an agreement: followed by both sides, by those who took over, made a measure."""

from datetime import date

import pytest

from tests.checked_client import errors
from tests.dialogues.scenes import held
from tests.dialogues.test_last_time import of_last_year
from tracker.extensions import db
from tracker.models import Agreement, AgreementState, Measure
from tracker.organisation.succession import take_over


@pytest.fixture
def row(cast):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    agreement = dialogue.agree(
        "Erik ordnar ett besök på Kvistforsgymnasiet", "Erik Lund", cast.erik.id, by=cast.karin
    )
    dialogue.hold(by=cast.erik)
    db.session.commit()
    return agreement


def url(row, page=""):
    return f"/dialoger/{row.dialogue_id}/overenskommelser/{row.id}{page}"


def followed(state="done", outcome="Besöket blev av den 12 november.", version=1):
    return {"version": version, "state": state, "outcome": outcome}


def test_done_with_what_became_of_it(cast, as_, row):
    browser = as_(cast.erik)
    assert "Erik ordnar ett besök" in browser.page(url(row))
    assert browser.submit(url(row), followed()).location == url(row)
    assert (row.state, row.settled_by_name) == (AgreementState.DONE, "Erik Lund")
    assert "Besöket blev av" in as_(cast.karin).page(f"/dialoger/{row.dialogue_id}")
    assert "Besöket blev av" in as_(cast.lena).page(
        f"/dialoger/{row.dialogue_id}/minnesanteckningar"
    )


def test_no_longer_relevant_and_open_again(cast, as_, row):
    browser = as_(cast.karin)
    browser.submit(url(row), followed("dropped", "Besöket behövs inte."))
    assert row.state is AgreementState.DROPPED
    browser.submit(url(row), followed("open", "", row.version))
    assert (row.state, row.settled_at, row.settled_by_name) == (AgreementState.OPEN, None, None)


def test_more_time_and_the_notes_keep_the_day_that_was_agreed(cast, as_, row):
    browser = as_(cast.erik)
    row.dialogue.change_agreement(
        row, row.what, row.responsible, row.responsible_id, date(2026, 11, 27),
        seen=row.version, by=cast.erik,
    )  # fmt: skip
    db.session.commit()
    approved, revision = row.dialogue.digest(), row.due_revision
    waits = followed("open", "", row.version) | {"due_on": "2026-12-11"}
    browser.submit(url(row), waits)
    assert (row.due_on, row.due_revision) == (date(2026, 12, 11), revision + 1)
    assert row.dialogue.digest() == approved
    page = as_(cast.karin).page(f"/dialoger/{row.dialogue_id}")
    assert "senast 11 december 2026 (först 27 november 2026)" in page
    assert "en ny dag: 11 december 2026" in page
    browser.submit(url(row), followed("open", "", row.version) | {"due_on": "2026-11-27"})
    assert (row.due_on, row.agreed_for) == (date(2026, 11, 27), None)
    browser.submit(url(row), followed(version=row.version) | {"due_on": "2026-12-24"})
    assert row.due_on == date(2026, 11, 27), "what is done needs no other day"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (followed("open", "") | {"due_on": "2026-11-19"}, "Den dagen har varit."),
        (followed("open", "") | {"due_on": "nyår"}, "Skriv datumet som år-månad-dag"),
        (followed(outcome=" "), "Skriv med några ord vad det blev."),
        (followed(state=""), "Välj hur det gick."),
        (followed(state="skräp"), "Välj ett av alternativen."),
        (followed(outcome="x" * 100_000), "Texten är för lång"),
        (followed(outcome="Ring 121212-1212"), "personnummer"),
    ],
)
def test_what_it_must_say(cast, as_, row, form, message):
    answer = as_(cast.erik).submit(url(row), form, 422)
    assert any(message in text for text in errors(answer)), errors(answer)
    assert row.state is AgreementState.OPEN


def test_an_old_form_overwrites_nothing(cast, as_, row):
    as_(cast.erik).submit(url(row), followed(outcome="Nyare"))
    answer = as_(cast.karin).submit(url(row), followed(outcome="Äldre"), 409)
    assert "Nyare" in answer.text
    assert "Äldre" in answer.text
    assert row.outcome == "Nyare"


def test_who_may_not(cast, as_, row):
    for person, status in (
        ("lena", 403), ("samira", 403), ("ali", 404), ("maria", 404), ("sofia", 404),
        ("perolov", 404), ("mats", 404),
    ):  # fmt: skip
        browser = as_(getattr(cast, person))
        browser.page(url(row), status)
        browser.submit(url(row), followed(), status)
        browser.submit(url(row, "/atgard"), {"unit": cast.savkulla.id}, status)
    as_(cast.erik).submit(url(row, "/atgard"), {"unit": cast.savkulla.id}, 403)
    assert as_(cast.karin).get(url(row, "/atgard")).status_code == 405
    other = held(cast.dialogue(cast.hassel), cast)
    as_(cast.erik).page(f"/dialoger/{other.id}/overenskommelser/{row.id}", 404)
    assert row.state is AgreementState.OPEN


def test_made_a_measure_in_the_unit_that_was_chosen(cast, as_, row):
    browser = as_(cast.karin)
    assert "Gör till åtgärd för Lyktvretens förskola" in browser.page(url(row))
    browser.submit(url(row, "/atgard"), {"unit": cast.ringmura.id})
    assert row.measure is None
    for _ in range(2):
        browser.submit(url(row, "/atgard"), {"unit": cast.lyktvret.id})
    [measure] = db.session.query(Measure).all()
    assert measure.units == [cast.lyktvret]
    assert (measure.title, measure.responsible_id) == (row.what, cast.erik.id)
    page = browser.page(url(row))
    assert "Har blivit förslag till åtgärd: <a" in page
    assert "Gör till åtgärd" not in page
    assert f"/dialoger/{row.dialogue_id}/minnesanteckningar" in browser.page(
        f"/atgarder/{measure.id}"
    )
    assert "förslag till åtgärd" in as_(cast.erik).page(url(row))


def test_a_long_agreement_becomes_a_short_title(cast, row):
    row.what = "Alla arbetslag " + "planerar tillsammans " * 20
    measure = row.become(cast.cycle(cast.savkulla), by=cast.karin)
    assert len(measure.title) <= 200
    assert measure.title.endswith("…")
    assert measure.description == row.what


def test_those_who_took_over_the_unit_carry_it_on(cast, as_):
    ended = held(of_last_year(cast, cast.hassel, 2), cast)
    row = ended.agree("Rektor frågar elevhälsan", by=cast.ali)
    ended.hold(by=cast.erik)
    take_over(cast.ringmura, cast.hassel, date(2026, 7, 1), by=cast.tove, closes=False)
    db.session.commit()
    nadia = as_(cast.nadia)
    nadia.page(f"/dialoger/{ended.id}", 404)
    nadia.page(url(row))
    nadia.submit(url(row, "/atgard"), {"unit": cast.ringmura.id})
    assert row.measure.units == [cast.ringmura]
    nadia.submit(url(row), followed(outcome="Frågat", version=row.version))
    assert row.state is AgreementState.DONE
    assert db.session.query(Agreement).count() == 1
