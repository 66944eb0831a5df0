"""Passar inte tiden? Föreslå en ny: the proposal, its answer, and what both see of it."""

import re
from datetime import date, timedelta

import pytest

from tests.checked_client import errors
from tests.dialogues.scenes import DAY, at, held, placed
from tracker.extensions import db
from tracker.models import NationalDialogue

LATER = DAY + timedelta(days=1)


def url(dialogue, page="foresla-tid"):
    return f"/dialoger/{dialogue.id}/{page}".rstrip("/")


def form(day=LATER, start="09:00", text="Föräldramöte"):
    return {"day": str(day), "start_time": start, "text": text}


@pytest.fixture
def dialogue(cast):
    return placed(cast.dialogue(cast.savkulla), cast)


def accept_url(dialogue):
    return url(dialogue, f"forslag/{dialogue.proposals[-1].id}/ta-tiden")


def keep_url(dialogue):
    return url(dialogue, f"forslag/{dialogue.proposals[-1].id}/behall-tiden")


def test_rektor_proposes_and_both_see_it(cast, as_, dialogue):
    karin = as_(cast.karin)
    answer = karin.submit(url(dialogue), form())
    assert answer.location == url(dialogue, "")
    assert "Du har föreslagit onsdag 9 december 2026 kl. 09.00." in karin.page(url(dialogue, ""))
    jonas = as_(cast.jonas).page(url(dialogue, ""))
    assert "Karin Holm har föreslagit onsdag 9 december 2026 kl. 09.00." in jonas
    page = as_(cast.erik).page(url(dialogue, ""))
    assert "Nästa steg: svara på förslaget om ny tid" in page
    assert "Föräldramöte" in page
    assert (dialogue.starts_at, dialogue.date_revision) == (at(DAY, 13), 1)


def test_a_newer_proposal_takes_the_place_of_the_one_that_waits(cast, as_, dialogue):
    karin = as_(cast.karin)
    karin.submit(url(dialogue), form())
    karin.submit(url(dialogue), form(start="10:00", text="Hellre så"))
    page = karin.page(url(dialogue, ""))
    assert "Du har föreslagit onsdag 9 december 2026 kl. 10.00." in page
    assert "”Föräldramöte”. Ersattes av ett nytt förslag" in page
    as_(cast.erik).submit(keep_url(dialogue), {})
    page = karin.page(url(dialogue, ""))
    assert "”Hellre så”. Erik Lund behöll tiden" in page
    assert page.count("Ersattes av ett nytt förslag") == 1


def test_an_odd_time_gets_a_gentle_word(cast, as_, dialogue):
    karin = as_(cast.karin)
    karin.submit(url(dialogue), form(date(2026, 12, 13), "03:00"))
    page = karin.page(url(dialogue, ""))
    assert "Förslaget är lämnat. Tiden gäller som den är tills du får svar." in page
    assert "Tänk på: Det är en söndag." in page
    assert "Tänk på: Klockan 03.00 ligger utanför vanlig arbetstid." in page
    karin.submit(url(dialogue), form())
    assert "Tänk på: Klockan" not in karin.page(url(dialogue, ""))


def test_the_day_of_the_national_dialogue_gets_a_gentle_word(cast, as_, dialogue):
    for organizer_year, by in ((cast.year, cast.lena), (cast.granby_year, cast.ingela)):
        meeting = NationalDialogue.begin(organizer_year, by=by).meetings[1]
        hour = 13 if organizer_year is cast.year else 15
        meeting.arrange(at(LATER, hour), at(LATER, hour + 1), "", "", by=by)
    db.session.commit()
    karin = as_(cast.karin)
    karin.submit(url(dialogue), form())
    page = karin.page(url(dialogue, ""))
    assert "Tänk på: Huvudmannen har nationell kvalitetsdialog (dialog) kl. 13.00–14.00" in page
    assert "15.00–16.00" not in page
    karin.submit(url(dialogue), form(LATER + timedelta(days=1)))
    assert "nationell kvalitetsdialog" not in karin.page(url(dialogue, ""))


def test_accepting_moves_the_dialogue(cast, as_, dialogue):
    as_(cast.karin).submit(url(dialogue), form())
    erik = as_(cast.erik)
    erik.submit(accept_url(dialogue), {})
    assert (dialogue.starts_at, dialogue.date_revision) == (at(LATER, 9), 2)
    page = as_(cast.karin).page(url(dialogue, ""))
    assert "Dialogen flyttades dit" in page
    assert "Skäl: Förslag av Karin Holm: Föräldramöte." in page


def test_what_is_likely_a_slip_is_shown_beside_the_proposal_before_it_is_taken(cast, as_, dialogue):
    """In the dialogansvarig's other dialogue, and far outside the period."""
    day = date(2027, 5, 11)
    placed(cast.dialogue(cast.hassel, 2), cast, day)
    as_(cast.karin).submit(url(dialogue), form(day, "12:00"))
    erik = as_(cast.erik)
    page = erik.page(url(dialogue, ""))
    assert "Tänk på: Dagen ligger utanför perioden för Dialog 1, 14 september 2026" in page
    assert "Erik Lund har också Dialog 2 för Hasselbrinksskolan kl. 13.00–14.30 den dagen." in page
    assert "Ta den tiden" not in page
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    erik.submit(accept_url(dialogue), {})  # from a page that did not tell of it
    assert dialogue.day == DAY
    assert "Inget är ändrat än." in erik.page(url(dialogue, ""))
    erik.submit(accept_url(dialogue), {"seen": seen})
    assert dialogue.starts_at == at(day, 12)


def test_keeping_the_time_and_answering_twice(cast, as_, dialogue):
    as_(cast.karin).submit(url(dialogue), form())
    erik = as_(cast.erik)
    assert keep_url(dialogue) in erik.page(url(dialogue, ""))
    erik.submit(keep_url(dialogue), {"text": "Då är jag på Hasselbrinksskolan."})
    assert (dialogue.starts_at, dialogue.date_revision) == (at(DAY, 13), 1)
    assert "Tiden är kvar." in erik.page(url(dialogue, ""))
    for again in (keep_url(dialogue), accept_url(dialogue)):
        erik.submit(again)
        assert "Förslaget är redan besvarat." in erik.page(url(dialogue, ""))
    typed = erik.submit(keep_url(dialogue), {"text": "Ändå inte"}, 409).text
    assert "Förslaget är redan besvarat." in typed
    assert "Ändå inte" in typed
    assert dialogue.starts_at == at(DAY, 13)
    page = as_(cast.karin).page(url(dialogue, ""))
    assert "Erik Lund behöll tiden: ”Då är jag på Hasselbrinksskolan.”" in page
    assert "Ändå inte" not in page


def test_why_the_time_is_kept_is_kept_when_it_cannot_be_saved(cast, as_, dialogue):
    as_(cast.karin).submit(url(dialogue), form())
    typed = "Elevens nummer är 850101-1236"
    answer = as_(cast.erik).submit(keep_url(dialogue), {"text": typed}, 422)
    assert typed in answer.text
    assert dialogue.open_proposal is not None


def test_the_answer_is_a_step_on_the_dialogansvarigs_side(cast, as_, dialogue):
    step = "Svara på förslaget om ny tid: onsdag 9 december kl. 09.00"
    karin, erik = as_(cast.karin), as_(cast.erik)
    assert step not in erik.page(url(dialogue, ""))
    karin.submit(url(dialogue), form())
    for browser in (karin, erik):
        for page in (url(dialogue, ""), url(dialogue, "underlag"), "/dialoger"):
            assert step in browser.page(page), page
    assert f'href="/dialoger/{dialogue.id}">{step}</a>' in erik.page(url(dialogue, ""))
    assert "Svara på förslaget" not in karin.page("/")
    assert "Förslag om ny tid för Dialog 1: onsdag 9 december kl. 09.00" in erik.page("/")
    erik.submit(keep_url(dialogue), {})
    assert step not in erik.page(url(dialogue, ""))


def test_a_proposal_that_no_longer_matters_is_no_step(cast, as_, dialogue, the_day):
    as_(cast.karin).submit(url(dialogue), form())
    the_day.move_to("2026-12-10T09:00:00+01:00")
    assert "Svara på förslaget" not in as_(cast.erik).page(url(dialogue, ""))


def test_a_time_for_a_dialogue_that_has_none(cast, as_):
    dialogue = cast.dialogue(cast.hassel)
    as_(cast.ali).submit(url(dialogue), form())
    as_(cast.erik).submit(accept_url(dialogue), {})
    assert (dialogue.starts_at, dialogue.ends_at) == (at(LATER, 9), at(LATER, 10, 30))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (form(date(2026, 11, 20), "08:00"), "Klockslaget har redan passerat."),
        (form(DAY, "13:00"), "Det är den tid som redan gäller."),
        (form(""), "Välj en dag."),
        (form(start="snart"), "Skriv klockslaget som timme och minut"),
        (form(text="x" * 1001), "Texten är för lång"),
    ],
)
def test_bad_input(cast, as_, dialogue, data, message):
    answer = as_(cast.karin).submit(url(dialogue), data, 422)
    assert any(message in text for text in errors(answer)), errors(answer)
    assert data["text"] in answer.text
    assert dialogue.proposals == []


def test_not_for_what_is_cancelled_or_has_been(cast, as_, dialogue):
    dialogue.cancel("Förhinder", by=cast.erik)
    as_(cast.karin).submit(url(dialogue), form(), 422)
    other = held(cast.dialogue(cast.hassel), cast)
    as_(cast.ali).submit(url(other), form(), 422)
    assert dialogue.proposals == other.proposals == []


def test_who_may_propose_and_who_may_answer(cast, as_, dialogue):
    for person, status in (
        ("erik", 403),
        ("lena", 403),
        ("samira", 403),
        ("ali", 404),
        ("maria", 404),
        ("sofia", 404),
        ("mats", 404),
    ):
        as_(getattr(cast, person)).submit(url(dialogue), form(), status)
    as_(cast.jonas).submit(url(dialogue), form())
    other = cast.dialogue(cast.hassel)
    for where in (accept_url(dialogue), keep_url(dialogue)):
        for person, status in (("karin", 403), ("lena", 403), ("maria", 404), ("ingela", 404)):
            as_(getattr(cast, person)).submit(where, {}, status)
        as_(cast.erik).submit(where.replace(f"/{dialogue.id}/", f"/{other.id}/"), {}, 404)
    assert dialogue.open_proposal is not None
