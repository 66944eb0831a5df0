"""När påminnelser går ut."""

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent

PAGE = "/organisation/paminnelser"


def test_other_days(cast, as_):
    browser = as_(cast.tove)
    assert 'value="21, 7, 1"' in browser.page(PAGE)

    browser.submit(PAGE, {"dialogue": "7; 28 14,7", "effect": "14, 0", "version": 1})

    assert cast.exempelby.dialogue_reminder_days == [28, 14, 7]
    assert cast.exempelby.effect_reminder_days == [0, 14]
    assert cast.granby.dialogue_reminder_days == [21, 7, 1]
    assert (
        "Tove Lindh ändrade påminnelserna: före dialog 28, 14 och 7 dagar, "
        "efter effektdatum 0 och 14 dagar."
    ) in [event.sentence for event in db.session.query(AuditEvent)]


def test_none_at_all(cast, as_):
    as_(cast.tove).submit(PAGE, {"dialogue": "", "effect": " ", "version": 1})

    assert cast.exempelby.dialogue_reminder_days == []
    as_(cast.tove).page("/organisation")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tre", "Skriv hela tal med komma emellan, till exempel 21, 7, 1."),
        ("-1", "Skriv hela tal med komma emellan, till exempel 21, 7, 1."),
        ("7.5", "Skriv hela tal med komma emellan, till exempel 21, 7, 1."),
        ("٣", "Skriv hela tal med komma emellan, till exempel 21, 7, 1."),
        ("61", "Skriv 60 dagar eller färre."),
        ("999", "Skriv 60 dagar eller färre."),
        ("1,2,3,4,5,6,7", "Högst 6 påminnelser: fler än så läses inte."),
        ("9" * 100_000, "Texten är för lång: 100\u00a0000 tecken, högst 200 får plats."),
    ],
)
def test_bad_input_is_explained_and_kept(cast, as_, text, message):
    response = as_(cast.tove).submit(PAGE, {"dialogue": text, "effect": "0", "version": 1}, 422)

    assert errors(response) == [message]
    assert text in response.get_data(as_text=True)
    assert cast.exempelby.dialogue_reminder_days == [21, 7, 1]


def test_is_the_administrators_alone(cast, as_):
    as_(cast.lena).page(PAGE, 403)


def test_the_second_of_two_administrators_sees_what_the_first_saved(cast, as_):
    browser = as_(cast.tove)
    browser.submit(PAGE, {"dialogue": "10", "effect": "0, 14", "version": 1})

    refused = browser.submit(PAGE, {"dialogue": "21, 3", "effect": "0, 14", "version": 1}, 409)

    text = refused.get_data(as_text=True)
    assert 'value="21, 3"' in text
    assert "<p>10</p>" in text
    assert cast.exempelby.dialogue_reminder_days == [10]
