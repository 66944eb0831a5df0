"""One account, roles with two organizers."""

import pytest

from tests.auth.signing import send
from tracker.extensions import db
from tracker.models import Role, RoleAssignment


@pytest.fixture
def in_both(cast):
    RoleAssignment.give(cast.karin, Role.BOARD, cast.granby, by=None)
    db.session.commit()
    return cast.karin


def test_one_works_in_one_at_a_time(cast, as_, in_both):
    browser = as_(in_both)
    assert "Byt till Granby kommun" in browser.page("/konto")
    browser.page("/enheter/granbyskolan/2026-27", 404)

    assert send(browser, "/byt-huvudman", {"organizer": cast.granby.id}).location == "/"

    assert "Byt till Exempelby kommun" in browser.page("/konto")
    browser.page("/enheter/granbyskolan/2026-27")
    browser.page("/enheter/savkullaskolan/2026-27", 404)


def test_a_form_opened_in_one_organizer_is_not_saved_in_another(cast, as_, in_both):
    """Both municipalities may have a unit at the same address; the form does not say which."""
    browser = as_(in_both)
    old_form = {"csrf_token": browser.csrf_token(), "title": "Skrivet i flik ett, om Exempelby"}
    send(browser, "/byt-huvudman", {"organizer": cast.granby.id})

    refused = send(browser, "/enheter/granbyskolan/2026-27/atgarder/ny", old_form, 400)

    assert "Skrivet i flik ett, om Exempelby" in refused.text


def test_what_was_written_where_one_no_longer_has_a_role_is_not_saved_elsewhere(cast, as_, in_both):
    browser = as_(in_both)
    send(browser, "/byt-huvudman", {"organizer": cast.granby.id})
    role = db.session.query(RoleAssignment).filter_by(user_id=in_both.id, role=Role.BOARD).one()
    db.session.delete(role)
    db.session.commit()

    send(browser, "/enheter/savkullaskolan/2026-27/atgarder/ny", {"title": "Ny åtgärd"}, 409)


@pytest.mark.parametrize("wanted", ["granby", "999999", "", "9" * 5000])
def test_where_one_has_no_role_is_nowhere(cast, as_, wanted):
    browser = as_(cast.karin)

    send(
        browser,
        "/byt-huvudman",
        {"organizer": cast.granby.id if wanted == "granby" else wanted},
        404,
    )

    assert "Exempelby kommun" in browser.page("/konto")


def test_a_role_that_ends_there_leads_home(cast, as_, in_both):
    browser = as_(in_both)
    send(browser, "/byt-huvudman", {"organizer": cast.granby.id})
    role = db.session.query(RoleAssignment).filter_by(user_id=in_both.id, role=Role.BOARD).one()
    db.session.delete(role)
    db.session.commit()

    browser.page("/enheter/granbyskolan/2026-27", 404)
    browser.page("/enheter/savkullaskolan/2026-27")
