"""The room: who may write when, each text by itself, two people in the same text, without JavaScript."""

from datetime import date, timedelta

import pytest

from tests.cast import THE_DAY
from tests.checked_client import CheckedClient, errors
from tests.dialogues.scenes import a_measure, an_analysis, held, placed
from tests.dialogues.test_show import words
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    AgreementState,
    AuditEvent,
    CarriedOut,
    Decision,
    DevelopmentArea,
    DialogueNote,
    DialogueState,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    Side,
)
from tracker.web.fields import CONFLICT_MESSAGE

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def dialogue(cast):
    """Of both Karin's units, held six weeks ago but for the word that says so."""
    row = cast.dialogue(cast.savkulla)
    row.choose_topic("Matematik i åk 4–6", "Hur håller vi i?", None, by=cast.karin)
    row.add_topic("Fritidshemmets plats", "Vi ser det i tre åtgärder.", by=cast.erik)
    return held(row, cast)


def url(dialogue, page=""):
    return f"/dialoger/{dialogue.id}/samtal{page}"


def note(dialogue, slot):
    return (
        db.session.query(DialogueNote).filter_by(dialogue_id=dialogue.id, slot=slot).one_or_none()
    )


def texts(slot, text, version=0):
    return {f"note-{slot}-text": text, f"note-{slot}-version": version}


def agreed(what, prefix="new", **fields):
    values = {"what": what, "who": "", "other": "", "due": "", "version": 0} | fields
    return {f"{prefix}-{name}": value for name, value in values.items()}


@pytest.fixture
def typing(app):
    """`typing(cast.karin)` is a browser that sends what htmx sends, and takes pieces of pages."""

    def become(person):
        browser = CheckedClient(app, checks_pages=False)
        browser.become(person)
        browser.environ_base["HTTP_HX_REQUEST"] = "true"
        return browser

    return become


# The page


def test_the_agenda_comes_from_the_dialogue(cast, as_, dialogue):
    a_measure(cast, "Språkgrupper", due=date(2026, 9, 1))
    page = as_(cast.karin).page(url(dialogue))
    for heading in (
        "1. Sagt förra gången – vad blev det",
        "2. Effekter av åtgärderna",
        "3. Matematik i åk 4–6",
        "4. Fritidshemmets plats",
        "5. Övrigt",
        "Det här kom vi överens om",
    ):
        assert heading in page, heading
    assert "kan bli allmän handling. Skriv inget om enskilda." in page
    assert "Vi ser det i tre åtgärder." in page
    assert "Språkgrupper" in page
    assert "Frågor inför dialogen" not in page


def test_the_questions_before_the_dialogue_are_there_to_talk_about(cast, as_):
    row = placed(cast.dialogue(cast.savkulla), cast, today(), hour=15)
    question = row.ask(Side.PRINCIPAL, "Vad kan vi besluta?", by=cast.karin)
    row.ask(Side.ORGANIZER, "Hur går det med läsningen?", by=cast.erik)
    row.answer_question(question, "Om lokalerna.", by=cast.erik)
    db.session.commit()
    page = words(as_(cast.karin).page(url(row)))
    assert "Vad kan vi besluta? Svar från Erik Lund, 20 november 2026 Om lokalerna." in page
    assert "Hur går det med läsningen? Inte besvarad än." in page


def test_dialogue_2_opens_with_the_areas_of_the_first_and_what_came_of_them(cast, as_, dialogue):
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning i alla ämnen", "", "80 procent", by=cast.karin
    )
    dialogue.principals_topic.area = area
    measure = a_measure(cast, "Lässtrategier", due=date(2026, 9, 1), area_id=area.id)
    a_measure(cast, "Rastaktiviteter", due=date(2026, 9, 1))
    assess(cast, measure)
    agreement = dialogue.agree("Erik ordnar ett besök", by=cast.karin)
    agreement.settle(AgreementState.DONE, "Besöket blev av.", by=cast.erik)
    second = placed(cast.dialogue(cast.savkulla, 2), cast, today(), hour=8)
    page = as_(cast.karin).page(url(second))
    order = [
        "Sagt förra gången – vad blev det", "Erik ordnar ett besök", "Besöket blev av.",
        "Vad åtgärderna ledde till", "Matematik i åk 4–6", "Lässtrategier",
        "74 procent (31 av 42)", "Fritidshemmets plats", "Andra åtgärder", "Rastaktiviteter",
    ]  # fmt: skip
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_the_measures_of_an_area_stand_there_also_those_that_wait(cast, as_, dialogue):
    """One belongs to the area by its cause, and the area of the dialogue by what it is called."""
    problem = an_analysis(cast, cast.savkulla).problems[0]
    DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Matematik i åk 4–6", "", "80 procent", by=cast.karin,
        problems=[problem],
    )  # fmt: skip
    a_measure(
        cast, "Två lärare i matematik", due=date(2027, 6, 9), basis=MeasureBasis.CAUSE,
        cause_id=problem.causes[0].id,
    )  # fmt: skip
    waits = "Två lärare i matematik (öppnas i en ny flik) Bedöms från 9 juni 2027."
    page = words(as_(cast.karin).page(url(dialogue)))
    assert f"Åtgärder i området {waits}" in page
    assert "Inga effekter är bedömda eller väntar på bedömning." in page
    second = placed(cast.dialogue(cast.savkulla, 2), cast, today(), hour=8)
    page = words(as_(cast.karin).page(url(second)))
    assert f"Matematik i åk 4–6 {waits}" in page
    assert "Fritidshemmets plats Området från Dialog 1. Inga beslutade åtgärder" in page


def assess(cast, measure):
    EffectAssessment.make(
        measure, cast.year, by=cast.karin, carried_out=CarriedOut.YES,
        outcome="74 procent (31 av 42)", judgement=Judgement.PARTLY, evidence="Prov",
        decision=Decision.ADJUST,
    )  # fmt: skip


def test_before_the_day_it_says_when_it_opens(cast, as_):
    row = placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.karin)
    assert "Sidan öppnar tisdag 8 december" in browser.page(url(row))
    answer = browser.submit(url(row), texts("other", "För tidigt, men inte borta"), 409)
    assert "Sidan öppnar den dag då dialogen är." in answer.text
    assert "För tidigt, men inte borta" in answer.text
    assert row.notes == []


def test_it_opens_on_the_day_before_the_hour(cast, as_):
    row = placed(cast.dialogue(cast.savkulla), cast, today(), hour=15)
    browser = as_(cast.erik)
    browser.submit(url(row), texts("other", "Förberett"))
    assert note(row, "other").text == "Förberett"
    assert "Dialogen är genomförd" not in browser.page(url(row))


def test_without_a_time_and_cancelled(cast, as_, dialogue):
    assert "den dag då dialogen är" in as_(cast.ali).page(url(cast.dialogue(cast.hassel)))
    other = placed(cast.dialogue(cast.savkulla, 2), cast, date(2026, 11, 3))
    other.cancel("Förhinder", by=cast.erik)
    db.session.commit()
    browser = as_(cast.karin)
    assert "Dialogen är inställd" in browser.page(url(other))
    browser.submit(url(other), texts("other", "Ändå skrivet, trots allt"), 409)


def test_only_this_page_may_run_scripts(cast, as_, dialogue):
    browser = as_(cast.karin)
    policy = browser.get(url(dialogue)).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert (
        "script-src"
        not in browser.get(f"/dialoger/{dialogue.id}").headers["Content-Security-Policy"]
    )


def test_signing_out_clears_what_the_browser_kept(cast, as_):
    answer = as_(cast.karin).submit("/logga-ut")
    assert answer.headers["Clear-Site-Data"] == '"storage"'


@pytest.mark.parametrize("page", ["", "/other", "/overenskommelser"])
def test_who_may_not_write(cast, as_, typing, dialogue, page):
    for person, status in (
        ("lena", 403),
        ("samira", 403),
        ("ali", 404),
        ("maria", 404),
        ("sofia", 404),
        ("perolov", 404),
        ("mats", 404),
    ):
        for browser in (as_(getattr(cast, person)), typing(getattr(cast, person))):
            assert browser.post(url(dialogue, page), data={}).status_code == status, person
        if not page:
            as_(getattr(cast, person)).page(url(dialogue), status)
            assert browser.get(url(dialogue, "/nytt")).status_code == status
    assert as_(cast.karin).get(url(dialogue, "/other")).status_code == 405


def test_statements_are_few_and_the_same_for_many(cast, as_, statements, dialogue):
    browser = as_(cast.erik)
    with statements() as few:
        browser.page(url(dialogue))
    for number in range(8):
        dialogue.agree(f"Nummer {number}", by=cast.karin)
        a_measure(cast, f"Åtgärd {number}", due=date(2026, 9, 1))
    browser.submit(url(dialogue), texts("other", "Skrivet"))
    with statements() as many:
        browser.page(url(dialogue))
    assert len(many) <= 15
    assert len(many) <= len(few) + 1


# Without JavaScript: one form


def test_everything_on_the_page_is_saved_by_one_button(cast, as_, dialogue):
    topic = dialogue.principals_topic
    browser = as_(cast.karin)
    form = (
        texts("last-time", "Besöket blev av")
        | texts(f"topic-{topic.id}", "Samma struktur som i läsning")
        | agreed("Erik ordnar ett besök", other="Elevhälsan", due="2026-12-01")
    )
    answer = browser.submit(url(dialogue), form)
    assert answer.location.startswith(url(dialogue))
    assert note(dialogue, "last-time").text == "Besöket blev av"
    assert note(dialogue, f"topic-{topic.id}").topic_id == topic.id
    [row] = dialogue.agreements
    assert (row.what, row.responsible, row.due_on) == (
        "Erik ordnar ett besök", "Elevhälsan", date(2026, 12, 1),
    )  # fmt: skip
    page = browser.page(url(dialogue))
    assert "Besöket blev av" in page
    assert "av Karin Holm" in page


def test_a_field_that_was_not_sent_is_not_emptied(cast, as_, dialogue):
    dialogue.write_note("other", "Står kvar", seen=0, by=cast.erik)
    db.session.commit()
    as_(cast.karin).submit(url(dialogue), texts("effects", "Nytt"))
    assert note(dialogue, "other").text == "Står kvar"


def test_what_is_wrong_with_one_text_does_not_hold_up_the_others(cast, as_, dialogue):
    browser = as_(cast.karin)
    form = texts("other", "Eleven 121212-1212 är borta") | texts("effects", "Bra")
    answer = browser.submit(url(dialogue), form, 422)
    assert any("personnummer" in text for text in errors(answer))
    assert "Eleven 121212-1212 är borta" in answer.text
    assert note(dialogue, "other") is None
    assert note(dialogue, "effects").text == "Bra"
    again = browser.submit(url(dialogue), texts("other", "x" * 100_000), 422)
    assert any("för lång" in text for text in errors(again))


def test_two_people_in_different_texts_lose_nothing(cast, as_, dialogue):
    karin, erik = as_(cast.karin), as_(cast.erik)
    karin.page(url(dialogue))
    erik.page(url(dialogue))
    karin.submit(url(dialogue), texts("effects", "Karins") | texts("other", ""))
    erik.submit(url(dialogue), texts("effects", "") | texts("other", "Eriks"), 409)
    assert (note(dialogue, "effects").text, note(dialogue, "other").text) == ("Karins", "Eriks")


def test_in_the_same_text_the_later_sees_both_and_chooses(cast, as_, dialogue):
    karin, erik = as_(cast.karin), as_(cast.erik)
    karin.submit(url(dialogue), texts("other", "Karins text"))
    answer = erik.submit(url(dialogue), texts("other", "Eriks text"), 409)
    assert CONFLICT_MESSAGE in answer.text
    assert "Karins text" in answer.text
    assert "Eriks text" in answer.text
    assert note(dialogue, "other").text == "Karins text"
    erik.submit(url(dialogue), texts("other", "Bådas text", 1))
    assert note(dialogue, "other").text == "Bådas text"


# With it: a piece at a time


def test_a_text_is_saved_by_itself(cast, typing, dialogue):
    browser = typing(cast.karin)
    answer = browser.submit(url(dialogue, "/other"), texts("other", "Hej"), 200)
    assert 'value="1"' in answer.text
    assert "Sparat 09.00 av Karin Holm" in answer.text
    browser.submit(url(dialogue, "/other"), texts("other", "Hej igen", 1), 200)
    assert (note(dialogue, "other").text, note(dialogue, "other").version) == ("Hej igen", 2)


def test_the_same_text_again_is_no_change_and_no_conflict(cast, typing, dialogue):
    """The answer was lost on its way: what was saved is said to be, and not twice."""
    browser = typing(cast.karin)
    for _ in range(2):
        browser.submit(url(dialogue, "/other"), texts("other", "Hej"), 200)
    assert note(dialogue, "other").version == 1


def test_the_later_gets_both_texts_and_its_own_version_back(cast, typing, dialogue):
    typing(cast.karin).submit(url(dialogue, "/other"), texts("other", "Karins"), 200)
    answer = typing(cast.erik).submit(url(dialogue, "/other"), texts("other", "Eriks"), 409)
    assert "Karin Holm har skrivit här samtidigt" in answer.text
    assert 'data-version="1"' in answer.text
    assert 'value="0"' in answer.text, "until somebody has chosen, it is not said to be newer"
    assert "Karins" in answer.text


def test_refused_and_unknown_points(cast, typing, dialogue):
    browser = typing(cast.karin)
    other = cast.dialogue(cast.hassel)
    foreign = other.add_topic("Frånvaron", "Text", by=cast.erik)
    browser.submit(url(dialogue, "/other"), texts("other", "Född 121212-1212"), 422)
    browser.submit(url(dialogue, f"/topic-{foreign.id}"), texts(f"topic-{foreign.id}", "X"), 404)
    browser.submit(url(dialogue, "/nonsens"), texts("nonsens", "X"), 404)
    assert dialogue.notes == []


def test_what_the_other_has_written_is_told(cast, typing, dialogue):
    typing(cast.erik).submit(url(dialogue, "/other"), texts("other", "Eriks"), 200)
    browser = typing(cast.karin)
    news = browser.get(url(dialogue, "/nytt?agreements=")).json
    assert news["notes"]["other"] == {
        "version": 1, "text": "Eriks", "state": "Sparat 09.00 av Erik Lund",
    }  # fmt: skip
    assert news["agreements"] is None
    dialogue.agree("Erik ordnar ett besök", by=cast.erik)
    db.session.commit()
    assert "Erik ordnar ett besök" in browser.get(url(dialogue, "/nytt")).json["agreements"]


def test_historik_tells_once_that_somebody_writes(cast, typing, dialogue, the_day):
    browser = typing(cast.karin)

    def events():
        rows = db.session.query(AuditEvent).filter_by(subject_kind="quality_dialogue")
        return sum("skrev om" in row.sentence for row in rows)

    for version in range(5):
        browser.submit(url(dialogue, "/other"), texts("other", f"Text {version}", version), 200)
        the_day.shift(timedelta(seconds=5))
    assert events() == 1
    typing(cast.erik).submit(url(dialogue, "/other"), texts("other", "Eriks", 5), 200)
    assert events() == 2
    the_day.shift(timedelta(minutes=20))
    typing(cast.erik).submit(url(dialogue, "/other"), texts("other", "Eriks till", 6), 200)
    assert events() == 3


# Agreements


def test_add_change_and_remove(cast, as_, dialogue):
    browser = as_(cast.karin)
    browser.submit(url(dialogue), agreed("Erik ordnar ett besök", who=cast.erik.id))
    [row] = dialogue.agreements
    assert (row.responsible_id, row.responsible) == (cast.erik.id, "Erik Lund")
    prefix = f"agreement-{row.id}"
    form = agreed(
        "Erik ordnar två besök", prefix, version=1, other="Erik och Ali", due="2026-12-01"
    )
    browser.submit(url(dialogue), form)
    assert (row.what, row.responsible_id, row.responsible, row.due_revision) == (
        "Erik ordnar två besök", None, "Erik och Ali", 1,
    )  # fmt: skip
    browser.submit(url(dialogue), {"do": f"remove-{row.id}"})
    assert dialogue.agreements == []


def test_by_script_the_part_of_the_page_comes_back(cast, typing, dialogue):
    browser = typing(cast.erik)
    page = url(dialogue, "/overenskommelser")
    answer = browser.submit(page, agreed("Erik ordnar ett besök") | {"do": "add"}, 200)
    assert 'id="overenskommelser"' in answer.text
    assert "<html" not in answer.text
    assert "Erik ordnar ett besök" in answer.text
    assert len(dialogue.agreements) == 1


def test_the_same_form_twice_is_one_agreement(cast, as_, dialogue):
    form = agreed("Erik ordnar ett besök", token="samma-formulär")
    for person in (cast.karin, cast.karin):
        as_(person).submit(url(dialogue), form)
    assert len(dialogue.agreements) == 1


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (agreed("", other="Erik"), "Skriv vad ni kom överens om."),
        (agreed("x" * 1001), "Texten är för lång"),
        (agreed("Ring 121212-1212"), "personnummer"),
        (agreed("Besök", due="i morgon"), "datum"),
        (agreed("Besök", who="999999"), "Välj ett av alternativen."),
    ],
)
def test_what_an_agreement_must_say(cast, as_, dialogue, form, message):
    answer = as_(cast.karin).submit(url(dialogue), form, 422)
    assert message in answer.text
    assert dialogue.agreements == []


def test_nothing_to_add_is_said_at_the_field(cast, as_, typing, dialogue):
    """By the button alone: whoever saves the page has not meant to add anything."""
    said = "Skriv vad ni kom överens om."
    assert said in as_(cast.karin).submit(url(dialogue), agreed("") | {"do": "add"}, 422).text
    script = typing(cast.karin)
    answer = script.submit(url(dialogue, "/overenskommelser"), agreed("") | {"do": "add"}, 422)
    assert said in answer.text
    as_(cast.karin).submit(url(dialogue), agreed(""))
    assert dialogue.agreements == []


def test_what_to_think_of_when_something_is_agreed(cast, as_, typing, dialogue):
    script, page = typing(cast.karin), url(dialogue, "/overenskommelser")
    form = agreed("Besök", due="2026-11-19") | {"do": "add"}
    answer = words(script.submit(page, form, 200).text)
    assert "Tänk på: Ingen är ansvarig. Dagen 19 november 2026 har varit." in answer
    form = agreed("Mål", other="Karin", due="2026-11-20") | {"do": "add"}
    assert words(script.submit(page, form, 200).text).count("Tänk på") == 1
    dialogue.agreements[0].settle(AgreementState.DONE, "Det blev av.", by=cast.erik)
    db.session.commit()
    assert "Tänk på" not in words(as_(cast.karin).page(url(dialogue)))


def test_an_old_form_overwrites_no_newer_agreement(cast, as_, dialogue):
    row = dialogue.agree("Först", by=cast.karin)
    db.session.commit()
    prefix = f"agreement-{row.id}"
    newer = agreed("Nyare", prefix, version=1, due="2026-12-01")
    as_(cast.erik).submit(url(dialogue), newer)
    answer = as_(cast.karin).submit(url(dialogue), agreed("Äldre", prefix, version=1), 409)
    assert "Nyare" in answer.text
    assert "Äldre" in answer.text
    assert "Så står det sparat nu 1 december 2026" in words(answer.text)
    assert row.what == "Nyare"


def test_another_dialogues_agreement_is_not_touched(cast, as_, dialogue):
    other = held(cast.dialogue(cast.hassel), cast)
    row = other.agree("Annans", by=cast.ali)
    db.session.commit()
    browser = as_(cast.karin)
    browser.submit(url(dialogue), {"do": f"remove-{row.id}"})
    browser.submit(url(dialogue), {"do": f"measure-{row.id}-{cast.savkulla.id}"}, 404)
    taken = browser.submit(url(dialogue), agreed("Kapad", f"agreement-{row.id}", version=1), 409)
    assert "Annans" not in taken.text
    assert row.what == "Annans"


def test_made_a_measure_with_one_click_and_never_twice(cast, as_, dialogue):
    row = dialogue.agree(
        "Karin lägger fritidshemmets mål i analysen", "Karin Holm", cast.karin.id, by=cast.erik
    )
    db.session.commit()
    browser = as_(cast.karin)
    page = browser.page(url(dialogue))
    assert "Gör överenskommelse 1 till åtgärd för Sävkullaskolan" in words(page)
    for _ in range(2):
        browser.submit(url(dialogue), {"do": f"measure-{row.id}-{cast.savkulla.id}"})
    [measure] = db.session.query(Measure).filter_by(title=row.what)
    assert (measure.is_draft, measure.responsible_id, measure.basis) == (True, cast.karin.id, None)
    assert [unit.id for unit in measure.units] == [cast.savkulla.id]
    assert row.measure_id == measure.id
    assert not row.is_awaited
    assert row.state is AgreementState.OPEN
    assert "överenskommelse" in browser.page(f"/atgarder/{measure.id}")
    assert measure.title not in as_(cast.lena).page(f"/dialoger/{dialogue.id}/minnesanteckningar")


def test_a_withdrawn_proposal_leaves_the_agreement(cast, as_, dialogue):
    row = dialogue.agree("Mål i analysen", by=cast.erik)
    measure = row.become(cast.cycle(cast.savkulla), by=cast.karin)
    db.session.commit()
    as_(cast.karin).submit(f"/atgarder/{measure.id}/ta-bort", {"version": measure.version})
    assert row.measure_id is None
    assert row.is_awaited


def test_the_other_side_makes_no_measures(cast, as_, dialogue):
    row = dialogue.agree("Mål i analysen", by=cast.erik)
    db.session.commit()
    browser = as_(cast.erik)
    assert "till åtgärd" not in words(browser.page(url(dialogue)))
    browser.submit(url(dialogue), {"do": f"measure-{row.id}-{cast.savkulla.id}"}, 403)
    assert row.measure_id is None


# Held, and locked


def test_held_from_the_page_with_what_was_typed(cast, as_, dialogue):
    answer = as_(cast.karin).submit(url(dialogue), texts("other", "Sista ordet") | {"do": "hold"})
    assert answer.location.endswith("/minnesanteckningar")
    assert dialogue.state is DialogueState.HELD
    assert note(dialogue, "other").text == "Sista ordet"


def test_when_approved_nothing_is_written_and_nothing_typed_is_lost(cast, as_, typing, dialogue):
    dialogue.hold(by=cast.erik)
    for side, by in zip(("principal", "organizer"), (cast.karin, cast.erik), strict=True):
        dialogue.approve({Side(side)}, seen=dialogue.digest(), by=by)
    db.session.commit()
    browser = as_(cast.karin)
    assert browser.get(url(dialogue)).location.endswith("/minnesanteckningar")
    answer = browser.submit(url(dialogue), texts("other", "För sent men inte borta"), 409)
    assert "godkända av båda och låsta" in answer.text
    assert "För sent men inte borta" in answer.text
    script = typing(cast.karin)
    refused = script.submit(url(dialogue, "/other"), texts("other", "För sent"), 422)
    assert "låsta" in refused.text
    refused = script.submit(url(dialogue, "/overenskommelser"), agreed("För sent"), 422)
    assert "låsta" in refused.text
    assert dialogue.notes == []
    assert dialogue.agreements == []


def test_the_day_is_the_day_of_the_tests(dialogue):
    assert dialogue.day < THE_DAY.date()
