"""Historik: who reads what, in the order of time, page by page."""

import sqlalchemy as sa

from tests.start.story import decide, place, propose, write_analysis
from tests.start.test_rektors_start import words
from tracker.audit.history import PAGE_SIZE
from tracker.extensions import db
from tracker.models import AuditEvent, Role, RoleAssignment

UNIT = "/enheter/hasselbrinksskolan/historik"


def test_a_change_is_a_sentence_with_its_time(cast, as_):
    decide(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
    text = words(as_(cast.ali).page(UNIT))
    assert "20 nov 2026 09.00 Ali Demir beslutade åtgärden ”Mattestuga”." in text


def test_the_newest_stands_first(cast, as_):
    decide(cast.cycle(cast.hassel), cast.ali, "Första")
    decide(cast.cycle(cast.hassel), cast.ali, "Andra")
    text = as_(cast.ali).page(UNIT)
    assert text.index("beslutade åtgärden ”Andra”") < text.index("beslutade åtgärden ”Första”")


def test_what_happens_in_a_draft_is_for_its_writers(cast, as_):
    write_analysis(cast.cycle(cast.hassel), cast.ali)
    propose(cast.cycle(cast.hassel), cast.ali, "Hemligt")
    for url in (UNIT, "/historik"):
        assert "föreslog åtgärden ”Hemligt”" in as_(cast.ali).page(url)
        for person in (cast.erik, cast.lena, cast.samira):
            page = as_(person).page(url)
            assert "Hemligt" not in page
            assert "nulägesanalysen" not in page


def test_the_dialogansvarig_of_a_vacant_unit_reads_its_drafts(cast, as_):
    propose(cast.cycle(cast.klockvret), cast.erik, "Vikarie")
    for url in ("/historik", "/enheter/klockvretsskolan/historik"):
        assert "Vikarie" in as_(cast.erik).page(url)
        assert "Vikarie" not in as_(cast.lena).page(url)


def test_each_sees_the_units_she_follows(cast, as_):
    decide(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
    decide(cast.cycle(cast.ringmura), cast.nadia, "Lektionsstart")
    decide(cast.cycle(cast.granbyskolan, cast.granby_year), cast.mats, "Granbys egen")
    erik, lena = as_(cast.erik).page("/historik"), as_(cast.lena).page("/historik")
    assert "Mattestuga" in erik
    assert "Lektionsstart" not in erik
    assert "Mattestuga" in lena
    assert "Lektionsstart" in lena
    assert "Granbys egen" not in lena
    assert "Granbys egen" in as_(cast.mats).page("/historik")


def test_what_concerns_the_whole_organizer_is_for_those_who_oversee_or_manage(cast, as_):
    for person in (cast.lena, cast.tove):
        assert "lade upp läsåret 2026/27" in as_(person).page("/historik")
    for person in (cast.erik, cast.ali, cast.samira):
        assert "lade upp läsåret" not in as_(person).page("/historik")


def test_the_administrator_reads_the_administrative_and_not_the_units_work(cast, as_):
    RoleAssignment.give(cast.samira, Role.STAFF, cast.exempelby, by=cast.tove, unit=cast.hassel)
    decide(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
    place(cast.dialogue(cast.hassel), cast.erik, days=20)
    page = as_(cast.tove).page("/historik")
    assert "gav Samira Nilsson rollen Personal för Hasselbrinksskolan" in page
    assert "Mattestuga" not in page
    assert "bestämde tid" not in page
    as_(cast.tove).page(UNIT, 403)


def test_staff_and_board_have_no_history(cast, as_):
    decide(cast.cycle(cast.savkulla), cast.karin)
    as_(cast.sofia).page("/enheter/savkullaskolan/historik", 403)
    for person in (cast.sofia, cast.perolov):
        browser = as_(person)
        page = browser.page("/historik")
        assert "Din roll har ingen historik" in page
        assert "history__at" not in page
        assert 'href="/historik"' not in browser.page("/")


def test_another_units_history_is_not_found(cast, as_):
    for person in (cast.karin, cast.mats, cast.sofia, cast.maria):
        as_(person).page(UNIT, 404)


def test_older_events_come_on_the_next_page(cast, as_):
    for number in range(PAGE_SIZE + 5):
        decide(cast.cycle(cast.hassel), cast.ali, f"Nummer {number:02d}")
    browser = as_(cast.ali)
    first = browser.page(UNIT)
    assert first.count('class="history__at"') == PAGE_SIZE
    older = first.split("?fore=")[1].split('"')[0]
    seen = words(first)
    page = browser.page(f"{UNIT}?fore={older}")
    assert "Till det nyaste" in page
    assert "Nummer 54" in seen
    assert "Nummer 54" not in page
    last = seen.split("Ali Demir")[-1]
    assert last not in page.split("Ali Demir")


def test_below_the_oldest_there_is_nothing(cast, as_):
    page = as_(cast.ali).page(f"{UNIT}?fore=1")
    assert "Det finns inget äldre än det du redan har sett." in page


def test_an_address_that_is_no_event_shows_the_newest(cast, as_):
    browser = as_(cast.ali)
    newest = browser.page(UNIT)
    for bad in ("banan", "-1", "0", "9" * 40, "1.5"):
        assert words(browser.page(f"{UNIT}?fore={bad}")) == words(newest)


def test_a_unit_without_a_past(cast, as_):
    for event in db.session.scalars(sa.select(AuditEvent)):
        db.session.delete(event)
    assert "Ingenting har hänt än" in as_(cast.ali).page(UNIT)
