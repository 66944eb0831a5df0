"""Enhetens fas: somebody says that the unit is elsewhere in its lap than the calendar thinks."""

import pytest

from tests.checked_client import errors
from tracker.cycle.calendar import Phase
from tracker.extensions import db
from tracker.models import AuditEvent, PhaseSetting

PAGE = "/enheter/savkullaskolan/2026-27/fas"


def test_set_dated_and_signed(cast, as_):
    browser = as_(cast.karin)
    assert "Enligt kalendern är Sävkullaskolan i fasen Genomföra" in browser.page(PAGE)

    response = browser.submit(PAGE, {"phase": "plan", "note": "Ny rektor, analysen görs om."})

    assert response.location == "/enheter/savkullaskolan/2026-27"
    cycle = cast.cycle(cast.savkulla)
    assert cycle.phase() is Phase.PLAN
    assert "Planera, 20 november 2026, Karin Holm: Ny rektor, analysen görs om." in browser.page(
        PAGE
    )
    assert "Karin Holm satte fasen till Planera: Ny rektor, analysen görs om." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]


def test_lapses_when_the_calendar_moves_on(cast, as_, the_day):
    as_(cast.karin).submit(PAGE, {"phase": "plan", "note": "Vi är sena."})
    the_day.move_to("2027-01-20")

    assert cast.cycle(cast.savkulla).phase() is Phase.FOLLOW_UP


def test_the_dialogansvarig_says_it_for_a_vacant_unit(cast, as_):
    page = "/enheter/klockvretsskolan/2026-27/fas"

    as_(cast.erik).submit(page, {"phase": "plan", "note": "Väntar på ny rektor."})

    assert db.session.query(PhaseSetting).count() == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"phase": "", "note": "x"}, "Välj en fas."),
        ({"phase": "sova", "note": "x"}, "Välj ett av alternativen."),
        ({"phase": "plan", "note": "  "}, "Skriv varför enheten är i en annan fas."),
        ({"phase": "plan", "note": "x" * 100_000}, "Texten är för lång: 100\u00a0000 tecken, högst 500 får plats."),
    ],
)  # fmt: skip
def test_bad_input(cast, as_, data, message):
    response = as_(cast.karin).submit(PAGE, data, 422)

    assert errors(response) == [message]
    assert db.session.query(PhaseSetting).count() == 0


@pytest.mark.parametrize(
    ("person", "status"),
    [("erik", 403), ("lena", 403), ("sofia", 403), ("tove", 403), ("ali", 404), ("mats", 404)],
)
def test_only_those_who_write_there(cast, as_, person, status):
    browser = as_(getattr(cast, person))

    browser.page(PAGE, status)
    browser.submit(PAGE, {"phase": "plan", "note": "x"}, status)
