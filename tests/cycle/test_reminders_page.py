"""När påminnelser går ut: a row for each kind, on or off, and its days."""

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent, ReminderKind

PAGE = "/organisation/paminnelser"

AS_IT_IS = {
    "dialogue_on": "y", "dialogue_before": "21, 7, 1",
    "approval_on": "y", "approval_after": "7",
    "agreement_on": "y", "agreement_before": "3", "agreement_after": "7",
    "effect_on": "y", "effect_after": "0, 14",
    "measure_end_on": "y", "measure_end_before": "7",
    "check_in_on": "y", "check_in_after": "0",
    "team_evaluation_on": "y", "team_evaluation_before": "7", "team_evaluation_after": "7",
    "support_request_on": "y", "support_request_after": "1, 8",
    "support_feedback_on": "y", "support_feedback_after": "1, 8",
    "board_question_on": "y", "board_question_after": "1, 8",
    "national_meeting_on": "y", "national_meeting_before": "14, 1",
}  # fmt: skip
"""The rules of the cast, as its page sends them."""


def sent(version=1, **changes):
    values = {**AS_IT_IS, **changes, "version": version}
    return {name: value for name, value in values.items() if value is not None}


def test_other_days(cast, as_):
    browser = as_(cast.tove)
    assert 'value="21, 7, 1"' in browser.page(PAGE)

    browser.submit(PAGE, sent(dialogue_before="7; 28 14,7", effect_after="14, 0", week_on="y"))

    offsets = cast.exempelby.offsets()
    assert offsets[ReminderKind.DIALOGUE] == [28, 14, 7]
    assert offsets[ReminderKind.EFFECT] == [0, -14]
    assert offsets[ReminderKind.WEEK] == [0]
    assert cast.granby.offsets()[ReminderKind.DIALOGUE] == [21, 7, 1]
    assert (
        "Tove Lindh ändrade när påminnelser går ut. Din vecka: på; "
        "Före en dialog: 28, 14 och 7 dagar före; "
        "Minnesanteckningar som väntar på godkännande: 7 dagar efter; "
        "En överenskommelse med datum: 3 dagar före, 7 dagar efter; "
        "En effekt som kan bedömas: samma dag, 14 dagar efter; "
        "En åtgärd som snart slutar: 7 dagar före; Dags att stämma av: samma dag; "
        "Lagets mål att utvärdera: 7 dagar före, 7 dagar efter; "
        "En fråga om stöd: 1 och 8 dagar efter; "
        "En synpunkt på en stödfunktion: 1 och 8 dagar efter; "
        "En fråga från nämnden: 1 och 8 dagar efter; "
        "Nationella kvalitetsdialogens möten: 14 och 1 dagar före."
    ) in [event.sentence for event in db.session.query(AuditEvent)]
    assert "Före en dialog: 28, 14 och 7 dagar före" in browser.page("/organisation")


def test_what_is_the_same_is_no_change(cast, as_):
    before = db.session.query(AuditEvent).count()
    as_(cast.tove).submit(PAGE, sent())
    assert cast.exempelby.version == 1
    assert db.session.query(AuditEvent).count() == before


def test_off_and_on_again(cast, as_):
    browser = as_(cast.tove)
    browser.submit(PAGE, sent(effect_on=None, effect_after="nonsens"))
    assert cast.exempelby.offsets()[ReminderKind.EFFECT] == []
    page = browser.page(PAGE)
    assert 'value="0, 14"' in page  # its usual days wait for the tick
    browser.submit(PAGE, sent(version=2))
    assert cast.exempelby.offsets()[ReminderKind.EFFECT] == [0, -14]


def test_none_at_all(cast, as_):
    as_(cast.tove).submit(PAGE, {"version": 1})

    assert not any(cast.exempelby.offsets().values())
    assert "Före en dialog: av" in as_(cast.tove).page("/organisation")
    as_(cast.tove).page("/utskick/kommande")


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
        ("", "Skriv minst ett antal dagar, eller ta bort bocken."),
    ],
)
def test_bad_input_is_explained_and_kept(cast, as_, text, message):
    response = as_(cast.tove).submit(PAGE, sent(dialogue_before=text), 422)

    assert errors(response) == [message]
    assert text in response.get_data(as_text=True)
    assert cast.exempelby.offsets()[ReminderKind.DIALOGUE] == [21, 7, 1]


def test_is_the_administrators_alone(cast, as_):
    as_(cast.lena).page(PAGE, 403)


def test_the_second_of_two_administrators_sees_what_the_first_saved(cast, as_):
    browser = as_(cast.tove)
    browser.submit(PAGE, sent(dialogue_before="10", check_in_on=None))

    refused = browser.submit(PAGE, sent(dialogue_before="21, 3"), 409)

    text = refused.get_data(as_text=True)
    assert 'value="21, 3"' in text
    assert "<p>10</p>" in text
    assert "<p>Nej</p>" in text
    assert cast.exempelby.offsets()[ReminderKind.DIALOGUE] == [10]
