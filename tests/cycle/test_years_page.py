"""Läsår: the list, and the next one opened by hand."""

import pytest

from tracker.extensions import db
from tracker.models import QualityDialogue, SchoolYear

PAGE = "/organisation/lasar"


def test_the_years_with_their_windows(cast, as_):
    text = as_(cast.tove).page(PAGE)

    assert text.index("2026/27") < text.index("2025/26")
    assert "14 sept 2026 – 16 okt 2026" in text
    assert "Pågår" in text


def test_the_next_one_is_opened_and_only_one_ahead(cast, as_):
    browser = as_(cast.tove)
    assert "Lägg upp läsåret 2027/28" in browser.page(PAGE)

    response = browser.submit(f"{PAGE}/lagg-upp")

    assert response.location == f"{PAGE}/2027-28"
    year = SchoolYear.of(cast.exempelby.id, 2027)
    assert db.session.query(QualityDialogue).filter_by(school_year_id=year.id).count() == 8
    assert "Lägg upp" not in browser.page(PAGE)
    browser.submit(f"{PAGE}/lagg-upp")
    assert len(SchoolYear.opened(cast.exempelby.id)) == 3


def test_the_present_one_comes_first(cast, as_, the_day):
    the_day.move_to("2028-09-01")

    browser = as_(cast.tove)

    assert "Lägg upp läsåret 2028/29" in browser.page(PAGE)
    assert browser.submit(f"{PAGE}/lagg-upp").location == f"{PAGE}/2028-29"


@pytest.mark.parametrize("person", ["karin", "erik", "lena"])
def test_is_the_administrators_alone(cast, as_, person):
    browser = as_(getattr(cast, person))

    browser.page(PAGE, 403)
    browser.submit(f"{PAGE}/lagg-upp", status=403)


def test_promises_that_it_comes_by_itself_only_of_the_coming_one(cast, as_, the_day):
    assert "av sig självt den 1 maj" in as_(cast.tove).page("/organisation/lasar")

    the_day.move_to("2027-09-01")
    text = as_(cast.tove).page("/organisation/lasar")
    assert "Lägg upp läsåret 2027/28" in text
    assert "av sig självt" not in text
