"""Mina dialoger: whose, in what order, with what remains."""

from datetime import date, timedelta

import lxml.html
import pytest

from tests.dialogues.scenes import DAY, a_measure, at, held, placed
from tests.dialogues.test_show import words
from tests.start.many import add_units
from tracker.extensions import db
from tracker.models import Role, RoleAssignment


def order(page: str, *texts: str) -> bool:
    places = [page.find(text) for text in texts]
    return -1 not in places and places == sorted(places)


def test_coming_first_then_without_time_then_those_that_have_been(cast, as_):
    placed(cast.dialogue(cast.savkulla), cast)
    placed(cast.dialogue(cast.hassel), cast, DAY - timedelta(days=1))
    held(cast.dialogue(cast.klockvret), cast)
    cast.dialogue(cast.klockvret, 2).cancel("Förhinder", by=cast.erik)
    page = as_(cast.erik).page("/dialoger")
    assert order(
        page,
        ">Kommer<",
        "Dialog 1: Hasselbrinksskolan",
        "Dialog 1: Lyktvretens förskola och Sävkullaskolan",
        ">Utan tid<",
        "Dialog 2: Hasselbrinksskolan",
        ">Har varit<",
        "Dialog 1: Klockvretsskolan",
        ">Inställda<",
        "Dialog 2: Klockvretsskolan",
    )


def test_a_cancelled_one_says_the_day_it_had_and_why(cast, as_):
    placed(cast.dialogue(cast.hassel), cast).cancel("Rektor är sjuk.", by=cast.erik)
    db.session.commit()
    page = words(as_(cast.erik).page("/dialoger"))
    assert (
        "Dialog 1: Hasselbrinksskolan Skulle ha varit 8 december 2026 Rektor är sjuk. Ali" in page
    )


def test_who_led_on_the_day_is_named_on_every_page(cast, as_):
    """A past dialogue was Ali's; the one that lies ahead is of whoever leads the unit today."""
    held(cast.dialogue(cast.hassel), cast)
    placed(cast.dialogue(cast.hassel, 2), cast, date(2027, 5, 4))
    for row in db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id):
        row.ends_on = date(2026, 10, 31)
    RoleAssignment.give(
        cast.nadia, Role.PRINCIPAL, cast.exempelby, by=None, unit=cast.hassel,
        starts_on=date(2026, 11, 1),
    )  # fmt: skip
    db.session.commit()
    browser = as_(cast.erik)
    for kind, name, other in (
        (1, cast.ali.name, cast.nadia.name),
        (2, cast.nadia.name, cast.ali.name),
    ):
        dialogue = cast.dialogue(cast.hassel, kind)
        rows = [
            row.text_content()
            for page in ("/dialoger", f"/dialoger/planera?lasar=2026-27&dialog={kind}")
            for row in lxml.html.fromstring(browser.page(page)).xpath(
                f'//tr[.//a[@href="/dialoger/{dialogue.id}"]] | //*[@id="dialog-{dialogue.id}"]'
            )
        ]
        assert len(rows) == 2
        facts = browser.page(f"/dialoger/{dialogue.id}").partition("Leder enheten")[2][:200]
        for text in (*rows, facts):
            assert name in text
            assert other not in text


def test_it_says_what_remains_on_each_side(cast, as_):
    a_measure(cast, "Språkgrupper", year=cast.last_year, due=date(2026, 6, 1))
    page = as_(cast.karin).page("/dialoger")
    assert "Dela nulägesanalysen för Lyktvretens förskola" in page
    assert "och 3 saker till" in page
    assert "Bestäm tid för Dialog 1" in page


def test_a_rektor_sees_her_own_and_no_plan(cast, as_):
    page = as_(cast.karin).page("/dialoger")
    assert "Lyktvretens förskola och Sävkullaskolan" in page
    assert "Hasselbrinksskolan" not in page
    assert "Planera dialogerna" not in page
    assert 'aria-label="Område"' not in page


def test_a_dialogansvarig_sees_the_areas_and_a_way_to_plan(cast, as_):
    page = as_(cast.erik).page("/dialoger")
    assert "Klockvretsskolan" in page
    assert "Ringmuraskolan" not in page
    assert "/dialoger/planera" in page


def test_a_skolchef_sees_all_and_may_choose_an_area(cast, as_):
    browser = as_(cast.lena)
    page = browser.page("/dialoger")
    assert "Ringmuraskolan" in page
    assert "Klockvretsskolan" in page
    soder = browser.page(f"/dialoger?omrade={cast.soder.id}")
    assert "Ringmuraskolan" in soder
    assert "Klockvretsskolan" not in soder
    assert "Här finns inga dialoger" in browser.page(f"/dialoger?omrade={cast.granby.id + 999}")


def test_earlier_years_can_be_chosen_and_only_those_there_are(cast, as_):
    browser = as_(cast.karin)
    assert "/dialoger?lasar=2025-26" in browser.page("/dialoger")
    assert "Dialoger 2025/26" in browser.page("/dialoger?lasar=2025-26")
    browser.page("/dialoger?lasar=2019-20", 404)
    browser.page("/dialoger?lasar=skräp", 404)


@pytest.mark.parametrize("person", ["sofia", "perolov", "tove"])
def test_staff_board_and_administrator_see_no_dialogues(cast, as_, person):
    as_(getattr(cast, person)).page("/dialoger", 403)


def test_nothing_of_another_municipality(cast, as_):
    page = as_(cast.ingela).page("/dialoger")
    assert "Granbyskolan" in page
    assert "Sävkullaskolan" not in page


def test_the_time_is_swedens_on_both_sides_of_the_clock_change(cast, as_):
    for number, day in ((1, date(2026, 10, 25)), (2, date(2027, 3, 28))):
        dialogue = cast.dialogue(cast.hassel, number)
        dialogue.place_at(at(day, 13), at(day, 14), by=cast.erik)
    page = as_(cast.ali).page("/dialoger")
    assert 'söndag 25 oktober 2026 kl. <span class="nowrap">13.00–14.00</span>' in page
    assert 'söndag 28 mars 2027 kl. <span class="nowrap">13.00–14.00</span>' in page


@pytest.mark.parametrize("person", ["erik", "lena", "karin"])
def test_as_many_statements_for_many_as_for_few(cast, as_, statements, person):
    placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(getattr(cast, person))
    with statements() as few:
        browser.page("/dialoger")
    add_units(cast, 40, busy=10)
    with statements() as many:
        page = browser.page("/dialoger")
    assert len(many) == len(few) <= 15
    if person != "karin":
        assert "sida=2" in page
        assert "Dialog 2: Extraskolan" in browser.page("/dialoger?sida=2")
    db.session.rollback()
