"""Sessions are rows on the server: who is signed out is out at once, and a plain GET writes nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, session

from tests.checked_client import CheckedClient
from tests.conftest import make_settings, new_migrated_database
from tracker import create_app
from tracker.auth.passwords import hash_password
from tracker.auth.sessions import LIFETIME, TOUCH_EVERY, DatabaseSessions, clear_expired
from tracker.clock import STOCKHOLM, now, today
from tracker.extensions import db
from tracker.models import Role, RoleAssignment, SignInSession, User

PASSWORD = "tre små grisar på rad"


@pytest.fixture
def karin(cast) -> User:
    cast.karin.set_password(hash_password(PASSWORD))
    db.session.commit()
    return cast.karin


def sign_in(browser: CheckedClient, person: User, password: str = PASSWORD) -> str:
    """Sign in on the page; gives the cookie's value."""
    browser.page("/logga-in")
    browser.submit("/logga-in", {"email": person.email, "password": password})
    browser.page("/konto")
    return cookie(browser)


def cookie(browser: CheckedClient) -> str:
    found = browser.get_cookie("varvet", domain="127.0.0.1")
    return found.value if found else ""


def rows() -> list[SignInSession]:
    return list(db.session.scalars(sa.select(SignInSession)))


def is_in(browser: CheckedClient) -> bool:
    response = browser.get("/konto")
    if response.status_code == 302:
        assert response.location == "/logga-in?next=/konto"
    return response.status_code == 200


def with_cookie(app: Flask, value: str) -> CheckedClient:
    """A browser of somebody who has got hold of the cookie."""
    browser = CheckedClient(app)
    browser.set_cookie("varvet", value, domain="127.0.0.1")
    return browser


def test_a_visitor_has_no_row(client):
    client.page("/logga-in")
    assert rows() == []


def test_signing_in_makes_one_row_that_does_not_hold_the_cookie(client, karin):
    secret = sign_in(client, karin).removeprefix(DatabaseSessions.PREFIX)
    (row,) = rows()
    assert row.user_id == karin.id
    assert len(secret) >= 43
    assert secret not in f"{row.id}{row.data}"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, karin):
    client.page("/logga-in")
    response = client.submit("/logga-in", {"email": karin.email, "password": PASSWORD})
    (sent,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("varvet=s.")]
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent
    assert f"Max-Age={int(LIFETIME.total_seconds())}" in sent


def test_signing_in_renews_the_cookie(app, client, karin):
    """A cookie that somebody planted before the sign-in is worth nothing after it."""
    client.page("/logga-in")
    planted = cookie(client)
    assert planted
    sign_in(client, karin)
    assert cookie(client) != planted
    assert not is_in(with_cookie(app, planted))


def test_every_sign_in_has_a_cookie_of_its_own(app, karin):
    here, there = CheckedClient(app), CheckedClient(app)
    assert sign_in(here, karin) != sign_in(there, karin)
    assert len(rows()) == 2


def test_a_made_up_cookie_is_nobody(app, karin):
    assert not is_in(with_cookie(app, DatabaseSessions.PREFIX + "x" * 43))
    assert not is_in(with_cookie(app, DatabaseSessions.PREFIX))


def test_nobody_signs_in_by_a_cookie_of_the_visitor_kind(app, karin):
    """Flask's own signed cookie never carries a user, even if someone could sign one."""
    with app.test_request_context():
        signer = DatabaseSessions()._anonymous.get_signing_serializer(app)
        forged = signer.dumps({"_user_id": str(karin.id), "_fresh": True})
    assert not is_in(with_cookie(app, forged))


def test_signing_out_ends_it_at_once(app, client, karin):
    stolen = with_cookie(app, sign_in(client, karin))
    assert is_in(stolen)
    client.submit("/logga-ut")
    assert rows() == []
    assert not is_in(stolen)
    assert not is_in(client)


def test_signing_out_leaves_other_browsers_in(app, karin):
    here, there = CheckedClient(app), CheckedClient(app)
    sign_in(here, karin)
    sign_in(there, karin)
    here.submit("/logga-ut")
    assert not is_in(here)
    assert is_in(there)


def test_a_new_password_ends_all_but_ones_own(app, client, karin):
    other = CheckedClient(app)
    sign_in(other, karin)
    before = sign_in(client, karin)
    new = "fyra glada hundar"
    client.submit(
        "/konto", {"current_password": PASSWORD, "password": new, "repeat": new}, status=302
    )
    assert not is_in(other)
    assert is_in(client)
    assert not is_in(with_cookie(app, before))


def test_a_new_role_ends_the_session(client, cast, karin):
    sign_in(client, karin)
    RoleAssignment.give(karin, Role.BOARD, cast.exempelby, by=cast.tove)
    db.session.commit()
    assert not is_in(client)


def test_the_end_of_a_role_ends_the_session(client, cast, karin):
    sign_in(client, karin)
    role = db.session.scalars(sa.select(RoleAssignment).filter_by(user_id=karin.id)).first()
    role.end(today(), by=cast.tove)
    db.session.commit()
    assert not is_in(client)


def test_a_role_whose_last_day_has_passed_gives_nothing(as_, cast, the_day):
    """Nobody needs to press anything on the day a role ends."""
    for role in db.session.scalars(sa.select(RoleAssignment).filter_by(user_id=cast.karin.id)):
        role.ends_on = today()
    the_day.move_to(datetime(2026, 11, 20, 23, 59, tzinfo=STOCKHOLM))
    browser = as_(cast.karin)
    browser.page("/enheter/savkullaskolan/2026-27")
    the_day.shift(timedelta(minutes=1))
    browser.page("/enheter/savkullaskolan/2026-27", status=404)


def test_a_closed_account_is_out(client, karin):
    sign_in(client, karin)
    karin.closed_at = now()
    db.session.commit()
    assert not is_in(client)


def test_it_ends_after_two_weeks_of_silence(client, karin, the_day):
    sign_in(client, karin)
    the_day.shift(LIFETIME - timedelta(seconds=1))
    assert not_expired(rows())
    the_day.shift(timedelta(seconds=1))
    assert not is_in(client)


def not_expired(found: list[SignInSession]) -> bool:
    return all(row.expires_at > now() for row in found)


def test_expired_rows_are_cleared(client, as_, cast, karin, the_day):
    sign_in(client, karin)
    the_day.shift(timedelta(days=1))
    as_(cast.ali)
    the_day.shift(LIFETIME - timedelta(hours=12))
    assert clear_expired() == 1
    assert [row.user_id for row in rows()] == [cast.ali.id]


def written(sent: list[str]) -> list[str]:
    return [line for line in sent if not line.lstrip().startswith("SELECT")]


def test_a_page_that_is_shown_writes_nothing(client, karin, statements):
    sign_in(client, karin)
    with statements() as sent:
        client.page("/konto")
        client.page("/konto")
    assert written(sent) == []


def test_its_time_is_renewed_at_most_every_quarter(app, client, karin, the_day, statements):
    sign_in(client, karin)
    until = rows()[0].expires_at

    the_day.shift(TOUCH_EVERY)
    with statements() as sent:
        client.page("/konto")
    assert written(sent) == []
    assert rows()[0].expires_at == until

    the_day.shift(timedelta(seconds=1))
    # The one thing that a GET may write, so the client that refuses it cannot be used.
    with app.app_context():
        response = super(CheckedClient, client).open("/konto", base_url="http://127.0.0.1:8000")
    assert response.status_code == 200
    db.session.expire_all()
    assert rows()[0].expires_at == now() + LIFETIME
    with statements() as sent:
        client.page("/konto")
    assert written(sent) == []


@pytest.fixture
def own_app(database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    """Karin in a database of its own, where each request has a transaction of its own."""
    with new_migrated_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            db.session.add(
                User(
                    email="karin@exempelby.example",
                    name="Karin Holm",
                    sort_key="holm",
                    password_hash=hash_password(PASSWORD),
                )
            )
            db.session.commit()
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_slow_request_cannot_bring_back_what_was_signed_out(own_app, method):
    """The request has read its session when the other browser tab signs out, and saves it after."""
    browser = CheckedClient(own_app)
    browser.page("/logga-in")
    browser.submit("/logga-in", {"email": "karin@exempelby.example", "password": PASSWORD})
    browser.page("/konto")
    value = cookie(browser)
    with own_app.test_request_context(
        "/konto",
        method=method,
        base_url="http://127.0.0.1:8000",
        headers={"Cookie": f"varvet={value}"},
    ):
        session["touched"] = "by the slow request"
        browser.submit("/logga-ut")
        response = own_app.process_response(own_app.make_response("done"))
        assert response.status_code == 200
    db.session.commit()
    assert rows() == []
    assert not is_in(with_cookie(own_app, value))


def test_what_a_view_did_not_commit_is_not_saved_with_the_session(app, karin):
    browser = CheckedClient(app)
    sign_in(browser, karin)
    with app.test_request_context(
        "/konto", base_url="http://127.0.0.1:8000", headers={"Cookie": f"varvet={cookie(browser)}"}
    ):
        db.session.get_one(User, karin.id).name = "Någon Annan"
        db.session.flush()
        session["touched"] = True
        app.process_response(app.make_response("done"))
    db.session.expire_all()
    assert db.session.get_one(User, karin.id).name == "Karin Holm"
