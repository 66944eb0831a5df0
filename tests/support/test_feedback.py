"""Synpunkter på en stödfunktion: the group's words, the huvudman's answer, and what came of it."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.checkins.scenes import value
from tests.support.scenes import said
from tracker.extensions import db
from tracker.models import AuditEvent, FeedbackState, SupportFeedback

LIST, NEW = "/stod/synpunkter", "/stod/synpunkter/nya"
ANSWER = "En kontaktperson per område, svar inom tre arbetsdagar."


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(**fields):
    return {
        "about": "Centrala elevhälsan",
        "area_id": "",
        "text": "Vi vet inte vem som svarar på vad.",
        "form_token": "abc",
    } | fields


def test_from_the_group_to_what_came_of_it(cast, as_, the_day):
    karin, lena = as_(cast.karin), as_(cast.lena)
    at = karin.submit(NEW, sent()).location
    assert sentences()[-1] == ("Karin Holm lämnade rektorernas synpunkter på Centrala elevhälsan.")
    page = lena.page("/stod")
    assert "<h2>Synpunkter på stödet</h2>" in page
    assert "Rektorsgruppen, 20 november 2026" in page
    lena.submit(f"{at}/svar", {"version": 1, "answer": ANSWER, "follow_up_on": "2027-05-20"})
    page = karin.page(at)
    for text in ("Klargjord", ANSWER, "20 maj 2027", "Lena Forsgren"):
        assert text in page
    assert "<h2>Synpunkter på stödet</h2>" not in lena.page("/stod")

    the_day.move_to("2027-05-10T09:00:00+02:00")
    lena = as_(cast.lena)
    assert "Följs upp 20 maj 2027" in lena.page("/stod")
    lena.submit(f"{at}/vad-blev-det", {"version": 2, "outcome": "Sex av sju tycker det."})
    page = as_(cast.karin).page(at)
    assert "Uppföljd" in page
    assert "Sex av sju tycker det." in page
    assert "<h2>Synpunkter på stödet</h2>" not in as_(cast.lena).page("/stod")
    assert sentences()[-1].endswith("följde upp rektorernas synpunkter på Centrala elevhälsan.")


def test_of_an_area(cast, as_):
    as_(cast.ali).submit(NEW, sent(area_id=cast.norr.id))
    assert "Rektorerna i område Norr" in as_(cast.nadia).page(LIST)


def test_an_area_of_another_municipality(cast, as_):
    as_(cast.mats).submit(NEW, sent(area_id=cast.norr.id), 422)
    with pytest.raises(IntegrityError):
        SupportFeedback.give(cast.granby, "Något", "Text", by=cast.mats, area=cast.norr)


def test_any_of_the_principals_may_correct_it_until_it_is_answered(cast, as_):
    row = said(cast)
    nadia = as_(cast.nadia)
    form = sent(version=1, text="Samma fråga får tre svar.")
    nadia.submit(f"{LIST}/{row.id}/andra", form)
    assert row.text == "Samma fråga får tre svar."
    answer = as_(cast.ali).submit(f"{LIST}/{row.id}/andra", form | {"text": "Den gamla."}, 409)
    assert "Samma fråga får tre svar." in answer.text
    row.clarify(ANSWER, None, by=cast.lena)
    db.session.commit()
    assert "Ändra synpunkten" not in nadia.page(f"{LIST}/{row.id}")
    answer = nadia.submit(f"{LIST}/{row.id}/andra", form | {"version": 3, "text": "Nytt."}, 422)
    assert errors(answer)[0].startswith("Synpunkten har fått svar och står kvar")


def test_handed_to_somebody_who_answers(cast, as_):
    row = said(cast)
    at = f"{LIST}/{row.id}"
    samira = as_(cast.samira)
    samira.page(f"{at}/svar", 403)
    page = as_(cast.lena).page(f"{at}/vem")
    assert ">Samira Nilsson</option>" in page
    assert ">Karin Holm</option>" not in page
    as_(cast.lena).submit(f"{at}/vem", {"version": 1, "owner_id": cast.samira.id})
    assert sentences()[-1] == (
        "Lena Forsgren lämnade synpunkterna på Centrala elevhälsan till Samira Nilsson."
    )
    assert "Centrala elevhälsan" in samira.page("/stod")
    samira.submit(f"{at}/svar", {"version": 2, "answer": ANSWER, "follow_up_on": ""})
    assert row.answered_by_name == "Samira Nilsson"
    for who in (cast.karin.id, cast.tove.id, cast.ingela.id, 10**6):
        answer = as_(cast.lena).submit(f"{at}/vem", {"version": 3, "owner_id": who}, 422)
        assert errors(answer) == ["Välj ett av alternativen."]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"about": ""}, "Skriv vilken stödfunktion synpunkten gäller."),
        ({"about": "x" * 201}, "Texten är för lång"),
        ({"text": " "}, "Skriv vad ni ser."),
        ({"text": "x" * 5001}, "Texten är för lång"),
        ({"text": "19121212-1212"}, "Texten ser ut att innehålla ett personnummer"),
    ],
)
def test_bad_input(cast, as_, fields, message):
    answer = as_(cast.karin).submit(NEW, sent(**fields), 422)
    assert errors(answer)[0].startswith(message)
    assert db.session.query(SupportFeedback).count() == 0


@pytest.mark.parametrize(
    ("step", "fields", "message"),
    [
        ("svar", {"answer": ""}, "Skriv vad som är klargjort"),
        ("svar", {"answer": ANSWER, "follow_up_on": "2026-11-20"}, "Ange en dag som kommer."),
        ("svar", {"answer": ANSWER, "follow_up_on": "snart"}, "Skriv datumet som"),
        ("svar", {"answer": "x" * 5001}, "Texten är för lång"),
        ("vad-blev-det", {"outcome": "Bättre."}, "Svara innan ni följer upp."),
        ("vad-blev-det", {"outcome": ""}, "Skriv vad svaret ledde till."),
    ],
)
def test_a_bad_answer(cast, as_, step, fields, message):
    row = said(cast)
    answer = as_(cast.lena).submit(f"{LIST}/{row.id}/{step}", {"version": 1} | fields, 422)
    assert errors(answer)[0].startswith(message)
    db.session.refresh(row)
    assert row.state is FeedbackState.OPEN


def test_answered_by_two(cast, as_):
    row = said(cast)
    lena, url = as_(cast.lena), f"{LIST}/{row.id}/svar"
    lena.submit(url, {"version": 1, "answer": ANSWER, "follow_up_on": "2027-05-20"})
    answer = lena.submit(url, {"version": 1, "answer": "Nej.", "follow_up_on": ""}, 409)
    assert ANSWER in answer.text
    assert "20 maj 2027" in answer.text
    # A day that has passed meanwhile is no hindrance to other words.
    row.follow_up_on = date(2026, 11, 1)
    db.session.commit()
    lena.submit(url, {"version": 3, "answer": "Två kontakter.", "follow_up_on": "2026-11-01"})


def test_history_keeps_what_was_before(cast):
    row = said(cast)
    row.rewrite(row.about, row.text, cast.norr, by=cast.nadia)
    row.rewrite("Elevhälsan", "Tre svar.", None, by=cast.nadia)
    row.clarify(ANSWER, date(2027, 5, 20), by=cast.lena)
    row.clarify(ANSWER, None, by=cast.lena)
    row.clarify("Nej.", date(2027, 6, 1), by=cast.lena)
    row.follow_up("Bättre.", by=cast.lena)
    row.follow_up("Mycket bättre.", by=cast.lena)
    assert [said.partition("Före ändringen: ")[2] for said in sentences()[-8:]] == [
        "",
        "Rektorsgruppen.",
        "”Centrala elevhälsan” / Rektorerna i område Norr / ”Samma fråga får två svar.”.",
        "",
        "följs upp 20 maj 2027.",
        f"”{ANSWER}” / följs inte upp.",
        "",
        "”Bättre.”.",
    ]


def test_followed_up_the_answer_stands(cast, as_):
    row = said(cast)
    row.clarify(ANSWER, None, by=cast.lena)
    row.follow_up("Bättre.", by=cast.lena)
    answer = as_(cast.lena).submit(
        f"{LIST}/{row.id}/svar", {"version": 3, "answer": "Nej.", "follow_up_on": ""}, 422
    )
    assert errors(answer) == ["Synpunkten är redan uppföljd."]


def test_pressed_twice_it_is_one(cast, as_):
    karin = as_(cast.karin)
    form = sent(form_token=value(karin.page(f"{NEW}?om=Rektorsmentor"), "form_token"))
    assert 'value="Rektorsmentor"' in karin.page(f"{NEW}?om=Rektorsmentor")
    for _ in range(2):
        karin.submit(NEW, form)
    assert db.session.query(SupportFeedback).count() == 1


@pytest.mark.parametrize(
    "who", ["karin", "jonas", "ali", "nadia", "erik", "maria", "samira", "lena"]
)
def test_all_leaders_read(cast, as_, who):
    row = said(cast, area=cast.soder)
    browser = as_(getattr(cast, who))
    assert "Samma fråga får två svar." in browser.page(LIST)
    page = browser.page(f"{LIST}/{row.id}")
    assert "lämnade rektorernas synpunkter" in page
    assert ("Svara<" in page) == (who == "lena")


@pytest.mark.parametrize("who", ["sofia", "perolov", "tove"])
def test_nobody_else_does(cast, as_, who):
    row = said(cast)
    browser = as_(getattr(cast, who))
    browser.page(LIST, 403)
    browser.page(NEW, 403)
    for step in ("", "/andra", "/svar", "/vem", "/vad-blev-det"):
        browser.page(f"{LIST}/{row.id}{step}", 404)


def test_another_municipality(cast, as_):
    row = said(cast)
    for who in ("mats", "ingela"):
        browser = as_(getattr(cast, who))
        assert "Samma fråga" not in browser.page(LIST)
        for step in ("", "/andra", "/svar", "/vem", "/vad-blev-det"):
            browser.page(f"{LIST}/{row.id}{step}", 404)


def test_it_is_paged_in_few_statements(cast, as_, statements):
    for n in range(40):
        SupportFeedback.give(cast.exempelby, f"Stöd {n}.", "Text", by=cast.karin)
    lena = as_(cast.lena)
    with statements() as sent_to_the_database:
        page = lena.page(LIST)
    assert len(sent_to_the_database) <= 15
    assert "Stöd 39." in page
    assert "Stöd 0." not in page
    assert "Stöd 0." in lena.page(f"{LIST}?sida=2")


class TestWhatTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"text": ""},
            {"state": FeedbackState.ANSWERED},
            {"state": FeedbackState.FOLLOWED_UP},
            {"about": ""},
        ],
    )
    def test_half_of_it(self, cast, wrong):
        row = said(cast)
        for name, value_of in wrong.items():
            setattr(row, name, value_of)
        with pytest.raises(IntegrityError):
            db.session.flush()
