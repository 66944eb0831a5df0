"""Orsaker i eget arbete: the unit's own in full, the huvudman's in total only."""

import pytest

from tests.analyses.conftest import URL
from tests.analyses.test_rollover import an_earlier
from tracker.extensions import db
from tracker.models import CauseLocation

OWN = URL + "/orsaker-ar-for-ar"
TOTAL = "/orsaker-i-eget-arbete"


def test_the_unit_sees_its_own_year_by_year(cast, as_, analysis):
    an_earlier(cast, texts=("Läsningen.",))
    page = as_(cast.karin).page(OWN)
    assert "2025/26: 1 av 2 i eget arbete." in page
    assert "2026/27: 2 av 3 i eget arbete." in page
    assert "(inte fastställd)" in page


def test_staff_see_what_is_adopted(cast, as_, analysis):
    an_earlier(cast, texts=("Läsningen.",))
    sofia = as_(cast.sofia)
    page = sofia.page(OWN)
    assert "2025/26: 1 av 2" in page
    assert "2026/27: 2 av 3" not in page
    analysis.adopt(by=cast.karin)
    analysis.reopen("Mer", by=cast.karin)
    analysis.causes[0].retire(by=cast.karin)
    db.session.commit()
    assert "2026/27: 2 av 3" in sofia.page(OWN)
    assert "2026/27: 1 av 2" in as_(cast.karin).page(OWN)


@pytest.mark.parametrize("name", ["erik", "lena", "samira", "perolov", "tove"])
def test_nobody_outside_the_unit_sees_its_numbers(cast, as_, analysis, name):
    analysis.adopt(by=cast.karin)
    page = as_(getattr(cast, name)).page(OWN)
    assert "Siffrorna är enhetens egna" in page
    assert "2 av 3" not in page
    assert '<svg class="year-bars"' not in page


def test_what_is_solved_or_laid_aside_is_not_counted(cast, as_, analysis):
    analysis.causes[2].retire(by=cast.karin)
    assert "2026/27: 1 av 2" in as_(cast.karin).page(OWN)


def test_the_huvudman_sees_the_total_and_no_unit(cast, as_):
    for unit in (cast.savkulla, cast.hassel, cast.ringmura):
        an_earlier(cast, unit=unit, texts=("Läsningen.",))
    page = as_(cast.lena).page(TOTAL)
    assert "Av 6 orsaker 2025/26 ligger 3 i skolornas eget arbete" in page
    assert "Sävkulla" not in page
    assert TOTAL in as_(cast.lena).page("/")


def test_a_total_of_two_units_would_tell_of_each(cast, as_):
    for unit in (cast.savkulla, cast.hassel):
        an_earlier(cast, unit=unit, texts=("Läsningen.",))
    page = as_(cast.lena).page(TOTAL)
    assert "ligger" not in page
    assert "minst 3 enheter" in page


def test_drafts_and_other_organizers_are_not_in_the_total(cast, as_):
    for unit in (cast.savkulla, cast.hassel, cast.ringmura):
        an_earlier(cast, unit=unit, texts=("Läsningen.",))
    an_earlier(cast, unit=cast.klockvret, texts=("Hemligt.",), adopt=False)
    an_earlier(cast, unit=cast.granbyskolan, year=cast.granby_last_year)
    assert "Av 6 orsaker 2025/26" in as_(cast.lena).page(TOTAL)
    for person in (cast.karin, cast.erik, cast.tove):
        as_(person).page(TOTAL, 403)


def test_every_place_a_cause_can_lie_has_a_column(cast, as_, analysis):
    page = as_(cast.karin).page(OWN)
    for location in CauseLocation.of(is_organizer=False):
        assert f'data-label="{location.label}"' in page
    for location in CauseLocation.of(is_organizer=True):
        assert location.label not in page
