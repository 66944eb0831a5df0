"""Rektor's area and the organizer's: who may write them, until when, and what happens to an old form."""

from datetime import date

import pytest

from tests.checked_client import errors
from tests.dialogues.scenes import at, held, placed
from tracker.dialogues.preparation import PreparationFacts, steps
from tracker.dialogues.states import DialogueError
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
    why = "Dialogen har varit. Områdena går inte att ändra längre."
    page = browser.page(url(dialogue))
    assert why in page
    assert "Spara området" not in page
    answer = browser.submit(url(dialogue), chosen(title="Matematik", text="Hur gör vi?"), 422)
    assert why in answer.text
    assert "Spara området" not in answer.text
    for text in ("Matematik", "Hur gör vi?"):
        assert f"{text}</div>" in answer.text
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


STANDS = "Området kunde bytas till och med 28 november 2026, tio dagar före dialogen."


def test_another_area_until_ten_days_before(cast, as_, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.choose_topic("Matematik", "Hur?", None, by=cast.karin)
    where = f"/dialoger/{dialogue.id}"
    assert "Kan bytas till och med 28 november 2026." in as_(cast.karin).page(where)
    the_day.move_to("2026-11-28T23:30:00+01:00")
    dialogue.choose_topic("Läsning", "Hur?", None, by=cast.karin)
    the_day.move_to("2026-11-29T00:30:00+01:00")
    browser = as_(cast.karin)
    assert "Området står fast." in browser.page(where)
    assert "ställ en fråga till dialogansvarig" in browser.page(url(dialogue))
    version = dialogue.principals_topic.version
    answer = browser.submit(url(dialogue), chosen(version, title="Skrivning", text="Nytt"), 422)
    assert STANDS in errors(answer)[0]
    assert "Nytt" in answer.text
    assert dialogue.principals_topic.title == "Läsning"
    browser.submit(url(dialogue), chosen(version, title="Läsning", text="Vad gör vi i åk 3?"))
    assert dialogue.principals_topic.text == "Vad gör vi i åk 3?"


def test_the_first_area_can_be_chosen_until_the_dialogue_begins(cast, as_, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    the_day.move_to("2026-12-08T12:59:00+01:00")
    as_(cast.karin).submit(url(dialogue), chosen(title="Matematik"))
    the_day.move_to("2026-12-08T13:00:00+01:00")
    with pytest.raises(DialogueError, match="har varit"):
        dialogue.choose_topic("Läsning", "", None, by=cast.karin)


def test_a_date_that_came_late_ends_no_choice_that_was_free(cast, the_day):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    placed(dialogue, cast, date(2026, 11, 27))
    assert dialogue.topic_stands_after is None
    dialogue.choose_topic("Läsning", "", None, by=cast.karin)
    dialogue.place_at(
        at(date(2026, 12, 8), 13), at(date(2026, 12, 8), 15), by=cast.erik, reason="Snö"
    )
    db.session.flush()
    assert dialogue.topic_stands_after == date(2026, 11, 28)
    the_day.move_to("2026-12-01T09:00:00+01:00")
    assert dialogue.topic_stands
    dialogue.place_at(
        at(date(2026, 12, 4), 13), at(date(2026, 12, 4), 15), by=cast.erik, reason="Sjuk"
    )
    db.session.flush()
    assert not dialogue.topic_stands
    dialogue.choose_topic("Skrivning", "", None, by=cast.karin)


def test_in_dialogue_2_an_area_that_stands_is_not_taken_back(cast, as_, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla, 2), cast)
    dialogue.choose_topic("Närvaro", "", None, by=cast.karin)
    the_day.move_to("2026-12-01T09:00:00+01:00")
    browser = as_(cast.karin)
    assert "Ta bort området" not in browser.page(url(dialogue))
    browser.submit(url(dialogue, "omrade/ta-bort"))
    assert STANDS in browser.page(f"/dialoger/{dialogue.id}")
    assert dialogue.principals_topic.title == "Närvaro"


def organizers_step(dialogue):
    found = steps(dialogue, PreparationFacts.load([dialogue]))
    return next(step for step in found if step.endpoint == "dialogues.add_topic")


@pytest.mark.parametrize("number", [1, 2])
def test_the_organizers_areas_are_due_ten_days_before(cast, number):
    dialogue = placed(cast.dialogue(cast.savkulla, number), cast)
    step = organizers_step(dialogue)
    assert (step.side, step.done, step.due_on) == (Side.ORGANIZER, False, date(2026, 11, 28))
    dialogue.add_topic("Frånvaron", "Den har ökat", by=cast.erik)
    step = organizers_step(dialogue)
    assert (step.done, step.done_label) == (True, "Huvudmannens områden är tillagda: Frånvaron")


def test_the_organizer_says_that_it_brings_none(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    show = f"/dialoger/{dialogue.id}"
    assert url(dialogue, "vi-ser/inga") in browser.page(url(dialogue, "vi-ser"))
    assert url(dialogue, "vi-ser/inga") in browser.page(show)
    browser.submit(url(dialogue, "vi-ser/inga"))
    assert (dialogue.no_topics_by_name, organizers_step(dialogue).done) == ("Erik Lund", True)
    said = "Inga egna områden den här gången (Erik Lund, 20 november 2026)."
    for page in (show, f"{show}/underlag"):
        assert said in as_(cast.karin).page(page)
    page = browser.page(show)
    assert "angav att huvudmannen inte har några egna områden" in page
    assert "Ångra, vi vill lägga till ett område" in page
    assert "Lägg till ett område" not in page
    browser.submit(url(dialogue, "vi-ser/inga"))
    browser.submit(url(dialogue, "vi-ser/inga"), {"again": "1"})
    assert (dialogue.no_topics_at, organizers_step(dialogue).done) == (None, False)


def test_an_area_after_all_takes_the_words_back(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.bring_no_topics(by=cast.erik)
    dialogue.add_topic("Frånvaron", "Den har ökat", by=cast.erik)
    assert dialogue.no_topics_at is None
    browser = as_(cast.erik)
    browser.submit(url(dialogue, "vi-ser/inga"))
    assert "Det finns redan områden." in browser.page(f"/dialoger/{dialogue.id}")
    dialogue.remove_topic(dialogue.organizers_topics[0], by=cast.erik)
    assert not organizers_step(dialogue).done


def test_who_may_not_say_that_there_are_none(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    where = url(dialogue, "vi-ser/inga")
    for person, status in (("karin", 403), ("lena", 403), ("maria", 404), ("mats", 404)):
        as_(getattr(cast, person)).submit(where, {}, status)
    assert as_(cast.erik).get(where).status_code == 405
    held(dialogue, cast)
    as_(cast.erik).submit(where)
    assert dialogue.no_topics_at is None


@pytest.mark.parametrize(
    ("first", "second", "stands"), [(1, 1, True), (1, 0, False), (0, 1, False)]
)
def test_of_joined_dialogues_both_must_have_been_thought_of(cast, first, second, stands):
    one, other = cast.dialogue(cast.savkulla), cast.dialogue(cast.hassel)
    for dialogue, says in ((one, first), (other, second)):
        if says:
            dialogue.bring_no_topics(by=cast.erik)
    db.session.commit()
    joint = one.join(other, by=cast.erik)
    assert (joint.no_topics_at is not None) is stands
