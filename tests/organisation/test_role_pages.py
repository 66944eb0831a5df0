"""Roles: given, changed, ended; and always somebody left who can give them."""

from datetime import date

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent, Role, RoleAssignment

LAST = (
    "Det måste finnas minst en systemförvaltare som gäller tills vidare. "
    "Ge någon annan rollen först."
)


def role_of(person, role=None):
    found = db.session.query(RoleAssignment).filter_by(user_id=person.id)
    if role:
        found = found.filter_by(role=role)
    return found.order_by(RoleAssignment.id).first()


def dates(role, **changes):
    return {
        "starts_on": role.starts_on.isoformat(),
        "ends_on": role.ends_on.isoformat() if role.ends_on else "",
        "version": role.version,
    } | changes


def test_a_role_more(cast, as_):
    page = f"/organisation/personer/{cast.samira.id}/roller/ny"
    browser = as_(cast.tove)
    browser.page(page)

    browser.submit(
        page, {"role": "board", "unit": "", "area": "", "starts_on": "2026-12-01", "ends_on": ""}
    )

    given = db.session.query(RoleAssignment).filter_by(user_id=cast.samira.id, role=Role.BOARD)
    assert given.one().starts_on == date(2026, 12, 1)
    assert "Nämnd eller styrelse" in browser.page(f"/organisation/personer/{cast.samira.id}")


def test_a_change_signs_the_person_out_and_is_told(cast, as_):
    ali = as_(cast.ali)
    ali.page("/konto")
    role = role_of(cast.ali)

    as_(cast.tove).submit(
        f"/organisation/roller/{role.id}", dates(role, ends_on="2027-06-30", acting="y")
    )

    role = role_of(cast.ali)
    assert (role.ends_on, role.acting) == (date(2027, 6, 30), True)
    assert ali.get("/konto").status_code == 302
    assert "Tove Lindh ändrade rollen Tf. rektor för Ali Demir vid Hasselbrinksskolan." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]


def test_delegation_is_given_to_a_deputy(cast, as_):
    role, browser = role_of(cast.jonas), as_(cast.tove)
    assert "Tf. rektor" not in browser.page(f"/organisation/roller/{role.id}")

    browser.submit(f"/organisation/roller/{role.id}", dates(role, may_adopt="y"))

    assert role_of(cast.jonas).may_adopt


def test_ending_a_role_takes_the_rights_at_once(cast, as_):
    as_(cast.ali).page("/enheter/hasselbrinksskolan/2026-27")
    tove = as_(cast.tove)

    tove.submit(f"/organisation/roller/{role_of(cast.ali).id}/avsluta")

    assert role_of(cast.ali).ends_on == date(2026, 11, 19)
    as_(cast.ali).page("/enheter/hasselbrinksskolan", 404)
    assert "Vakant" in tove.page("/organisation/enheter/hasselbrinksskolan")
    assert (
        "Tove Lindh avslutade rollen Rektor för Ali Demir vid Hasselbrinksskolan, "
        "sista dag 19 november 2026."
    ) in [event.sentence for event in db.session.query(AuditEvent)]


@pytest.mark.parametrize("begins", ["2026-11-20", "2027-01-01"])
def test_a_role_that_has_not_lasted_a_day_disappears(cast, as_, begins):
    role = RoleAssignment.give(
        cast.ali, Role.PRINCIPAL, cast.exempelby, by=None, unit=cast.klockvret,
        starts_on=date.fromisoformat(begins),
    )  # fmt: skip
    db.session.commit()
    key = role.id

    as_(cast.tove).submit(f"/organisation/roller/{key}/avsluta")

    assert db.session.get(RoleAssignment, key) is None


def test_the_last_administrator_stays(cast, as_):
    role, browser = role_of(cast.tove), as_(cast.tove)

    browser.submit(f"/organisation/roller/{role.id}/avsluta")
    assert LAST in browser.page(f"/organisation/personer/{cast.tove.id}")
    ended = browser.submit(
        f"/organisation/roller/{role.id}", dates(role, ends_on="2026-12-31"), 422
    )
    later = browser.submit(
        f"/organisation/roller/{role.id}", dates(role, starts_on="2027-01-01"), 422
    )
    browser.submit(f"/organisation/personer/{cast.tove.id}/stang")

    assert errors(ended) == errors(later) == [LAST]
    assert role_of(cast.tove).ends_on is None
    assert cast.tove.is_active
    browser.page("/organisation")


def test_an_administrator_who_is_not_alone_may_leave(cast, as_):
    RoleAssignment.give(cast.lena, Role.SYSTEM_ADMIN, cast.exempelby, by=None)
    browser = as_(cast.tove)

    response = browser.submit(f"/organisation/roller/{role_of(cast.tove).id}/avsluta")

    assert response.location == "/"
    browser.page("/organisation", 403)


@pytest.mark.parametrize("ends_on", ["2026-12-31", "2026-11-20"])
def test_one_whose_own_role_ends_does_not_count(cast, as_, ends_on):
    RoleAssignment.give(
        cast.lena, Role.SYSTEM_ADMIN, cast.exempelby, by=None, ends_on=date.fromisoformat(ends_on)
    )
    role, browser = role_of(cast.tove), as_(cast.tove)

    browser.submit(f"/organisation/roller/{role.id}/avsluta")

    assert role_of(cast.tove).ends_on is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"starts_on": ""}, "Ange från vilken dag rollen gäller."),
        ({"ends_on": "2020-01-01"}, "Sista dagen kan inte vara före den första."),
        ({"ends_on": "aldrig"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
    ],
)
def test_bad_dates(cast, as_, change, message):
    role = role_of(cast.ali)

    response = as_(cast.tove).submit(f"/organisation/roller/{role.id}", dates(role, **change), 422)

    assert errors(response) == [message]


def test_other_municipalities_roles_do_not_exist(cast, as_):
    mine, theirs = role_of(cast.ali).id, role_of(cast.mats).id
    tove = as_(cast.tove)

    tove.page(f"/organisation/roller/{theirs}", 404)
    tove.submit(f"/organisation/roller/{theirs}/avsluta", status=404)
    as_(cast.erik).page(f"/organisation/roller/{mine}", 403)
    as_(cast.erik).submit(f"/organisation/roller/{mine}/avsluta", status=403)


def test_the_second_of_two_administrators_sees_what_the_first_saved(cast, as_):
    role, browser = role_of(cast.ali), as_(cast.tove)
    page, seen = f"/organisation/roller/{role.id}", dates(role, ends_on="2027-06-30")
    browser.submit(page, dates(role, ends_on="2027-01-31"))

    refused = browser.submit(page, seen, 409)

    assert "31 januari 2027" in refused.get_data(as_text=True)
    assert role_of(cast.ali).ends_on == date(2027, 1, 31)


def test_a_role_that_is_over_keeps_its_last_day(cast, as_):
    role, browser = role_of(cast.ali), as_(cast.tove)
    browser.submit(f"/organisation/roller/{role.id}", dates(role, ends_on="2026-10-31"))
    told = db.session.query(AuditEvent).count()

    browser.submit(f"/organisation/roller/{role.id}/avsluta")

    assert role_of(cast.ali).ends_on == date(2026, 10, 31)
    assert db.session.query(AuditEvent).count() == told


def test_the_skolchef_is_chosen_by_a_kvalitetschef_too(cast, as_):
    text = as_(cast.tove).page(f"/organisation/personer/{cast.samira.id}/roller/ny")

    assert "Även för en kvalitetschef" in text
