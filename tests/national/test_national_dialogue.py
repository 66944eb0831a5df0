"""Nationella kvalitetsdialogen: who may begin, place, move, cancel and write it, and what is kept."""

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent, NationalDialogue, NationalStep, SchoolYear

LIST = "/nationella-dialogen"
PAGE = f"{LIST}/2026-27"


def time_of(meeting, **changes):
    return {
        "version": meeting.version,
        "day": "2026-12-08",
        "start_time": "13.00",
        "end_time": "15.00",
        "place": "Stadshuset",
        "participants": "Lena Forsgren, Skolverket",
        "reason": "",
    } | changes


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


@pytest.fixture
def national(cast):
    return NationalDialogue.begin(cast.year, by=cast.lena)


@pytest.fixture
def meeting(national):
    return national.meetings[1]


def test_skolchef_begins_it_once(cast, as_):
    browser = as_(cast.lena)
    assert "Lägg upp den nationella dialogen" in browser.page(LIST)
    for _ in range(2):
        answer = browser.submit(f"{LIST}/lagg-upp", {"year": cast.year.start_year})
        assert answer.location == PAGE
    [row] = db.session.query(NationalDialogue)
    assert [each.step for each in row.meetings] == list(NationalStep)
    page = browser.page(PAGE)
    for step in NationalStep:
        assert step.label in page
    assert sentences()[-1] == "Lena Forsgren lade upp den nationella kvalitetsdialogen 2026/27."
    assert "Lägg upp den nationella dialogen" not in browser.page(LIST)


@pytest.mark.parametrize("year", ["", "2031", "skräp"])
def test_a_year_that_is_not_there(cast, as_, year):
    browser = as_(cast.lena)
    assert browser.submit(f"{LIST}/lagg-upp", {"year": year}).location == LIST
    assert "Läsåret finns inte." in browser.page(LIST)
    assert db.session.query(NationalDialogue).count() == 0


def test_a_year_of_another_municipality_is_not_begun(cast, as_):
    granby_only = SchoolYear.open(cast.granby, 2027, by=None)
    as_(cast.lena).submit(f"{LIST}/lagg-upp", {"year": granby_only.start_year})
    assert db.session.query(NationalDialogue).count() == 0


def test_a_meeting_gets_its_time(cast, as_, meeting):
    browser = as_(cast.lena)
    assert browser.submit(f"{LIST}/moten/{meeting.id}/tid", time_of(meeting)).location == PAGE
    page = browser.page(PAGE)
    assert "Dialog är tisdag 8 december kl. 13.00." in page
    assert "Stadshuset" in page
    assert "Närmast: dialog" in page
    assert sentences()[-1] == (
        "Lena Forsgren bestämde tid för dialogen i den nationella kvalitetsdialogen 2026/27: "
        "tisdag 8 december kl. 13.00."
    )


def test_moving_asks_for_a_reason_and_keeps_what_was_typed(cast, as_, meeting):
    browser, url = as_(cast.lena), f"{LIST}/moten/{meeting.id}/tid"
    browser.submit(url, time_of(meeting))
    moved = time_of(meeting, day="2026-12-10", place="Digitalt")
    answer = browser.submit(url, moved, 422)
    assert errors(answer) == ["Skriv varför tiden ändras."]
    assert 'value="2026-12-10"' in answer.text
    assert "Digitalt" in answer.text
    db.session.expire_all()
    assert meeting.day.isoformat() == "2026-12-08"

    browser.submit(url, moved | {"reason": "Skolverket har förhinder"})

    assert meeting.day.isoformat() == "2026-12-10"
    assert sentences()[-1].endswith("till torsdag 10 december kl. 13.00: Skolverket har förhinder.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"day": ""}, "Välj en dag."),
        ({"day": "2026-11-01"}, "Den dagen har redan passerat. Välj i dag eller en dag som kommer."),
        ({"end_time": "12.00"}, None),
        ({"place": "x" * 100_000}, None),
        ({"participants": "19121212-1212"}, None),
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(cast, as_, meeting, change, message):
    answer = as_(cast.lena).submit(
        f"{LIST}/moten/{meeting.id}/tid", time_of(meeting, **change), 422
    )
    assert errors(answer) == [message] if message else errors(answer)
    db.session.expire_all()
    assert meeting.starts_at is None


def test_cancelled_it_waits_for_another_time(cast, as_, meeting):
    browser, url = as_(cast.lena), f"{LIST}/moten/{meeting.id}/stall-in"
    browser.submit(f"{LIST}/moten/{meeting.id}/tid", time_of(meeting))
    answer = browser.submit(url, {"reason": ""}, 422)
    assert errors(answer) == ["Skriv varför mötet ställs in."]

    browser.submit(url, {"reason": "Skjuts till våren"})

    assert meeting.starts_at is None
    assert "Bestäm tid" in browser.page(PAGE)
    assert sentences()[-1].endswith("Skjuts till våren.")


def test_notes_and_texts_are_versioned(cast, as_, national, meeting):
    browser = as_(cast.lena)
    notes, texts = f"{LIST}/moten/{meeting.id}/anteckningar", f"{PAGE}/texter"
    old_notes = {"version": meeting.version, "notes": "Den äldre texten"}
    old_texts = {"version": national.version, "focus": "Det äldre", "takeaway": ""}
    browser.submit(notes, {"version": meeting.version, "notes": "Vi fick frågor om frånvaron."})
    browser.submit(texts, {"version": national.version, "focus": "Likvärdighet", "takeaway": ""})
    for url, old, stored in (
        (notes, old_notes, "Vi fick frågor om frånvaron."),
        (texts, old_texts, "Likvärdighet"),
    ):
        answer = browser.submit(url, old, 409)
        assert stored in answer.text
        assert "äldre" in answer.text
    page = browser.page(PAGE)
    assert "Vi fick frågor om frånvaron." in page
    assert "Likvärdighet" in page
    assert "äldre" not in page


def test_the_developer_reads_along(cast, as_, national, meeting):
    page = as_(cast.samira).page(PAGE)
    assert "Introduktion" in page
    assert "Bestäm tid" not in page
    assert as_(cast.samira).get(f"{LIST}/moten/{meeting.id}/tid").status_code == 403


@pytest.mark.parametrize("person", ["karin", "sofia", "perolov", "tove"])
def test_it_is_not_for_everybody(cast, as_, national, person):
    assert as_(getattr(cast, person)).get(PAGE).status_code == 403


def test_another_municipality_sees_nothing_of_it(cast, as_, national, meeting):
    stranger = as_(cast.ingela)
    assert stranger.get(PAGE).status_code == 404
    assert stranger.get(f"{LIST}/moten/{meeting.id}/tid").status_code == 404
    page = stranger.page(LIST)
    assert f"{LIST}/2026-27" not in page
    assert "Lägg upp den nationella dialogen" in page


def test_statements_are_few(cast, as_, national, statements):
    for start_year in range(2010, 2025):
        NationalDialogue.begin(SchoolYear.open(cast.exempelby, start_year, by=None), by=cast.lena)
    browser = as_(cast.lena)
    for url in (LIST, PAGE):
        with statements() as sent:
            browser.page(url)
        assert len(sent) <= 15


def test_it_is_reached_from_the_list_of_dialogues(cast, as_, national):
    browser = as_(cast.lena)
    page = browser.page("/dialoger")
    assert f'<a href="{LIST}">Nationella kvalitetsdialogen</a>' in page
    browser.submit(f"{LIST}/moten/{national.meetings[1].id}/tid", time_of(national.meetings[1]))
    page = browser.page("/dialoger")
    assert f'<a href="{PAGE}">Nationella kvalitetsdialogen</a>' in page
    assert "dialog tisdag 8 december 2026 kl. 13.00" in page
    assert page.index("Nationella kvalitetsdialogen") < page.index("<h2")
    assert "Nationella" not in as_(cast.karin).page("/dialoger")
