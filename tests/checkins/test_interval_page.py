"""Hur ofta stämmer ni av? By the dialogansvarig here, by the system administrator in Organisation."""

import pytest

from tests.checked_client import errors
from tests.organisation.test_units_pages import facts
from tracker.extensions import db
from tracker.models import SchoolUnit

URL = "/enheter/hasselbrinksskolan/avstamningar/intervall"
ADMIN = "/organisation/enheter/hasselbrinksskolan"


def days(cast) -> int:
    db.session.expire_all()
    return db.session.get_one(SchoolUnit, cast.hassel.id).check_in_days


def test_the_dialogansvarig_sets_it(cast, as_):
    erik = as_(cast.erik)
    assert "14" in erik.page(URL)
    erik.submit(URL, {"version": cast.hassel.version, "check_in_days": "21"})
    assert days(cast) == 21
    page = as_(cast.lena).page("/enheter/hasselbrinksskolan/historik")
    assert "Erik Lund ändrade hur ofta Hasselbrinksskolan stämmer av: var 21:e dag." in page


def test_the_administrator_sets_it_with_the_rest(cast, as_):
    tove = as_(cast.tove)
    assert "Dagar mellan avstämningarna" in tove.page(ADMIN)
    tove.submit(ADMIN, facts(cast.hassel, check_in_days="0"))
    assert days(cast) == 0
    assert "inga avstämningar" in tove.page("/historik")
    tove.submit(ADMIN, facts(cast.hassel))
    assert days(cast) == 0


@pytest.mark.parametrize("wrong", ["", "91", "-1", "tio", "9" * 30, "1.5"])
def test_bad_input(cast, as_, wrong):
    answer = as_(cast.erik).submit(
        URL, {"version": cast.hassel.version, "check_in_days": wrong}, 422
    )
    assert errors(answer) == ["Skriv ett antal dagar, 0 till 90. 0 betyder aldrig."]
    as_(cast.tove).submit(ADMIN, facts(cast.hassel, check_in_days=wrong), 422)
    assert days(cast) == 14


def test_two_writers(cast, as_):
    version = cast.hassel.version
    erik = as_(cast.erik)
    erik.submit(URL, {"version": version, "check_in_days": "21"})
    answer = erik.submit(URL, {"version": version, "check_in_days": "7"}, 409)
    assert "21" in answer.text
    assert days(cast) == 21


@pytest.mark.parametrize(
    ("who", "status"),
    [("ali", 403), ("lena", 403), ("tove", 403), ("samira", 403), ("karin", 404), ("mats", 404)],
)
def test_not_for_others(cast, as_, who, status):
    browser = as_(getattr(cast, who))
    browser.page(URL, status)
    browser.submit(URL, {"version": cast.hassel.version, "check_in_days": "7"}, status)
    assert days(cast) == 14
