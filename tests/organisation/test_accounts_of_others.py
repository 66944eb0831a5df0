"""What an administrator cannot do to accounts: take one over, or reach into another organizer's."""

from datetime import date

from tests.checked_client import CheckedClient
from tracker.auth.models import LinkPurpose, OneTimeLink
from tracker.auth.passwords import hash_password
from tracker.extensions import db
from tracker.models import Role, RoleAssignment, User

INVITE = "/organisation/personer/bjud-in"


def invitation(**changes):
    return {
        "name": "Mats O",
        "email": "mats@granby.example",
        "role": "board",
        "unit": "",
        "area": "",
        "starts_on": "2030-01-01",
        "ends_on": "",
    } | changes


def test_a_closed_account_is_not_taken_over_by_another_address(cast, as_):
    cast.ali.set_password(hash_password("fyra glada hundar"))
    db.session.commit()
    browser = as_(cast.tove)
    ali = f"/organisation/personer/{cast.ali.id}"
    browser.submit(f"{ali}/stang")
    RoleAssignment.give(cast.ali, Role.BOARD, cast.exempelby, by=cast.tove)
    User.invite(cast.exempelby, cast.ali.email, "Ali Demir", by=cast.tove)
    db.session.commit()

    browser.post(ali, data={"name": "Ali Demir", "email": "evil@exempelby.example"})

    assert cast.ali.email == "ali@exempelby.example"


def test_a_role_in_one_organizer_signs_nobody_out_of_another(cast, as_):
    elsewhere: CheckedClient = as_(cast.mats)
    elsewhere.page("/enheter/granbyskolan/2026-27")

    answer = as_(cast.tove).submit(INVITE, invitation())

    elsewhere.page("/enheter/granbyskolan/2026-27")
    assert "mats@granby.example" in as_(cast.tove).page(answer.location)


def test_an_invitation_leaves_another_organizers_invitation_working(cast, as_):
    secret = OneTimeLink.issue(cast.mats, LinkPurpose.INVITATION, cast.granby.id)
    db.session.commit()

    as_(cast.tove).submit(INVITE, invitation(starts_on=date(2026, 11, 20).isoformat()))

    assert OneTimeLink.find(secret) is not None
