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
