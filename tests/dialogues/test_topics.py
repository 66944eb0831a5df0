"""Rektor's area and the organizer's: who may write them, until when, and what happens to an old form."""

import pytest

from tests.checked_client import errors
from tests.dialogues.scenes import held
from tracker.extensions import db
from tracker.models import DevelopmentArea, DialogueTopic, Side
from tracker.web.fields import CONFLICT_MESSAGE


def url(dialogue, page="omrade"):
    return f"/dialoger/{dialogue.id}/{page}"


def chosen(version=0, area="", title="", text=""):
    return {"version": version, "area_id": area, "title": title, "text": text}


def seen(title="Frånvaron i åk 9", text="Den har ökat två år i rad", version=0):
    return {"version": version, "title": title, "text": text}


@pytest.fixture
def area(cast):
    return DevelopmentArea.create(
        cast.cycle(cast.lyktvret), "Barns talutrymme", "", "Alla får tala", by=cast.karin
    )


def test_an_area_of_ones_own(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.karin)
    answer = browser.submit(url(dialogue), chosen(title="Matematik i åk 4–6", text="Hur?"))
    assert answer.location == f"/dialoger/{dialogue.id}"
    page = browser.page(answer.location)
    assert "Matematik i åk 4–6" in page
    assert "Området är valt." in page
    assert dialogue.principals_topic.area is None


def test_one_of_the_units_development_areas_lends_its_heading(cast, as_, area):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.karin)
    assert "Barns talutrymme (Lyktvretens förskola)" in browser.page(url(dialogue))
    browser.submit(url(dialogue), chosen(area=area.id))
    assert (dialogue.principals_topic.title, dialogue.principals_topic.area_id) == (
        "Barns talutrymme",
        area.id,
    )


def test_an_area_and_ones_own_words_are_not_both_taken(cast, as_, area):
    dialogue = cast.dialogue(cast.savkulla)
    sent = chosen(area=area.id, title="Matematik i åk 4–6")
    answer = as_(cast.karin).submit(url(dialogue), sent, 422)
    assert errors(answer)[0].startswith("Välj ett utvecklingsområde eller skriv ett eget")
    assert "Matematik i åk 4–6" in answer.text
    assert dialogue.principals_topic is None


def test_of_one_unit_the_areas_go_by_their_names(cast, as_):
    DevelopmentArea.create(cast.cycle(cast.hassel), "Diagnoser", "", "", by=cast.ali)
    page = as_(cast.ali).page(url(cast.dialogue(cast.hassel)))
    assert ">Diagnoser</option>" in page


def test_an_area_of_another_unit_is_refused(cast, as_):
    foreign = DevelopmentArea.create(cast.cycle(cast.hassel), "Diagnoser", "", "", by=cast.ali)
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.karin)
    for wrong in (foreign.id, 999_999, "skräp"):
        answer = browser.submit(url(dialogue), chosen(area=wrong, text="Kvar"), 422)
        assert (
            errors(answer) == ["Välj ett av alternativen."]
            or "Välj ett av alternativen." in answer.text
        )
        assert "Kvar" in answer.text
    assert dialogue.principals_topic is None


def test_neither_area_nor_heading_is_refused_and_the_text_kept(cast, as_, area):
    answer = as_(cast.karin).submit(
        url(cast.dialogue(cast.savkulla)), chosen(text="Hur gör vi?"), 422
    )
    assert errors(answer) == ["Välj ett utvecklingsområde, eller skriv vad ditt område handlar om."]
    assert "Hur gör vi?" in answer.text


def test_choosing_again_replaces_the_area(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.jonas)
    browser.submit(url(dialogue), chosen(title="Matematik"))
    browser.submit(url(dialogue), chosen(dialogue.principals_topic.version, title="Läsning"))
    rows = db.session.query(DialogueTopic).filter_by(dialogue_id=dialogue.id, side=Side.PRINCIPAL)
    assert [row.title for row in rows] == ["Läsning"]


@pytest.mark.parametrize("first_was_there", [False, True])
def test_an_old_form_overwrites_no_newer_choice(cast, as_, first_was_there):
    dialogue = cast.dialogue(cast.savkulla)
    version = 0
    if first_was_there:
        version = dialogue.choose_topic("Från början", "", None, by=cast.karin).version
    karin, jonas = as_(cast.karin), as_(cast.jonas)
    jonas.submit(url(dialogue), chosen(version, title="Läsning", text="Jonas text"))
    answer = karin.submit(
        url(dialogue), chosen(version, title="Matematik", text="Karins text"), 409
    )
    assert CONFLICT_MESSAGE in answer.text
    assert "Jonas text" in answer.text
    assert "Karins text" in answer.text
    assert dialogue.principals_topic.title == "Läsning"
    karin.submit(url(dialogue), chosen(dialogue.principals_topic.version, title="Matematik"))
    assert dialogue.principals_topic.title == "Matematik"


def test_in_dialogue_2_the_area_is_optional_and_can_be_taken_back(cast, as_):
    dialogue = cast.dialogue(cast.savkulla, 2)
    browser = as_(cast.karin)
    browser.submit(url(dialogue), chosen(title="Närvaro"))
    assert "Ta bort området" in browser.page(url(dialogue))
    browser.submit(url(dialogue, "omrade/ta-bort"))
    assert dialogue.principals_topic is None
    browser.submit(url(dialogue, "omrade/ta-bort"))


def test_in_dialogue_1_it_can_only_be_changed(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    browser = as_(cast.karin)
    assert "Ta bort området" not in browser.page(url(dialogue))
    browser.submit(url(dialogue, "omrade/ta-bort"))
    assert dialogue.principals_topic.title == "Matematik"


def test_after_the_dialogue_it_cannot_be_changed(cast, as_):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.karin)
    assert "Dialogen har varit." in browser.page(url(dialogue))
    answer = browser.submit(url(dialogue), chosen(title="Matematik"), 422)
    assert "Dialogen har varit. Områdena går inte att ändra längre." in answer.text
    assert dialogue.principals_topic is None


def test_who_may_not_choose_rektors_area(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    for person, status in (
        ("erik", 403),
        ("lena", 403),
        ("samira", 403),
        ("maria", 404),
        ("ali", 404),
        ("sofia", 404),
        ("mats", 404),
    ):
        as_(getattr(cast, person)).submit(url(dialogue), chosen(title="Matematik"), status)
    assert dialogue.principals_topic is None


def test_the_dialogansvarig_chooses_for_a_vacant_unit(cast, as_):
    dialogue = cast.dialogue(cast.klockvret)
    as_(cast.erik).submit(url(dialogue), chosen(title="Överlämningen"))
    assert dialogue.principals_topic.title == "Överlämningen"


def test_the_organizer_adds_changes_and_removes_areas(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    browser.submit(url(dialogue, "vi-ser"), seen())
    [topic] = dialogue.organizers_topics
    page = as_(cast.karin).page(f"/dialoger/{dialogue.id}")
    assert "Frånvaron i åk 9" in page
    assert "Den har ökat två år i rad" in page
    where = url(dialogue, f"vi-ser/{topic.id}")
    assert "Den har ökat två år i rad" in browser.page(where)
    browser.submit(where, seen("Närvaron", version=topic.version))
    assert dialogue.organizers_topics[0].title == "Närvaron"
    browser.submit(f"{where}/ta-bort")
    assert dialogue.organizers_topics == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (seen(title=""), "Skriv vad området handlar om."),
        (seen(text=" "), "Skriv vad ni ser, så att rektor kan förbereda sig."),
        (seen(title="x" * 201), "Texten är för lång: 201 tecken, högst 200 får plats."),
        (seen(text="x" * 100_000), "Texten är för lång"),
        (seen(text="Eleven 121212-1212 är borta"), "personnummer"),
    ],
)
def test_what_the_organizer_sees_must_be_said(cast, as_, data, message):
    dialogue = cast.dialogue(cast.savkulla)
    answer = as_(cast.erik).submit(url(dialogue, "vi-ser"), data, 422)
    assert any(message in text for text in errors(answer)), errors(answer)
    assert dialogue.organizers_topics == []


def test_a_gentle_word_before_the_third(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    word = "lite tid för det som rektor själv har valt"
    dialogue.add_topic("Ett", "Text", by=cast.erik)
    assert word not in browser.page(url(dialogue, "vi-ser"))
    dialogue.add_topic("Två", "Text", by=cast.erik)
    assert word in as_(cast.erik).page(url(dialogue, "vi-ser"))
    browser.submit(url(dialogue, "vi-ser"), seen())
    assert len(dialogue.organizers_topics) == 3


def test_an_old_form_overwrites_no_newer_area(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    topic = dialogue.add_topic("Frånvaron", "Först", by=cast.erik)
    version = topic.version
    browser = as_(cast.erik)
    where = url(dialogue, f"vi-ser/{topic.id}")
    browser.submit(where, seen("Frånvaron", "Nyare", version))
    answer = browser.submit(where, seen("Frånvaron", "Äldre", version), 409)
    assert "Nyare" in answer.text
    assert "Äldre" in answer.text
    assert topic.text == "Nyare"


def test_rektors_area_is_not_the_organizers_to_change(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    own = dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    other = cast.dialogue(cast.hassel).add_topic("Frånvaron", "Text", by=cast.erik)
    browser = as_(cast.erik)
    for topic in (own, other):
        browser.submit(url(dialogue, f"vi-ser/{topic.id}"), seen(), 404)
        browser.submit(url(dialogue, f"vi-ser/{topic.id}/ta-bort"), {}, 404)
    assert {own.title, other.title} == {"Matematik", "Frånvaron"}


def test_after_the_dialogue_the_organizers_areas_stand(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    topic = dialogue.add_topic("Frånvaron", "Text", by=cast.erik)
    held(dialogue, cast)
    browser = as_(cast.erik)
    browser.submit(url(dialogue, "vi-ser"), seen(), 422)
    where = url(dialogue, f"vi-ser/{topic.id}")
    browser.submit(where, seen(version=topic.version), 422)
    browser.submit(f"{where}/ta-bort")
    assert [row.title for row in dialogue.organizers_topics] == ["Frånvaron"]
