"""Signing in and out."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from tests.auth.signing import PASSWORD, WRONG, send, sign_in
from tests.checked_client import CheckedClient, errors
from tests.conftest import make_settings
from tracker import create_app
from tracker.auth import passwords, routes
from tracker.auth.passwords import DEMO_PASSWORD, hash_password
from tracker.clock import now
from tracker.extensions import db
from tracker.models import FailedSignIn, LinkPurpose, OneTimeLink, SignInSession


def test_signed_in_and_out(client, karin):
    text = client.page("/logga-in")
    assert "E-post</label>" in text
    assert "Lösenord</label>" in text

    response = sign_in(client, " KARIN@exempelby.example ")

    assert response.location == "/"
    assert "Logga ut" in client.page("/konto")
    assert send(client, "/logga-ut").location == "/logga-in"
    assert client.get("/konto").status_code == 302


def test_who_is_signed_in_already_is_led_on(as_, cast):
    assert as_(cast.karin).get("/logga-in?next=/konto").location == "/konto"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/konto", "/konto"),
        ("/enheter?sida=2", "/enheter?sida=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_leads_to_where_one_was_going_and_never_away(client, karin, asked, leads_to):
    response = sign_in(client, karin.email, query_string={"next": asked})

    assert response.location == leads_to


def test_asks_first_and_then_shows_the_page_that_was_wanted(client):
    assert client.get("/konto").location == "/logga-in?next=/konto"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("karin@exempelby.example", "fel lösenord"),
        ("finns.inte@exempelby.example", PASSWORD),
        ("ali@exempelby.example", ""),
        ("ali@exempelby.example", "utan lösenord än"),
    ],
)
def test_a_wrong_address_and_a_wrong_password_look_alike(client, karin, email, password):
    response = sign_in(client, email, password, 422)

    assert errors(response) == [WRONG if password else "Skriv ditt lösenord."]
    assert email in response.get_data(as_text=True)
    assert not password or password not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("", PASSWORD, "Skriv din e-postadress."),
        ("karin", PASSWORD, "Skriv en e-postadress, till exempel namn@kommunen.se."),
        ("karin😀@x.example", PASSWORD, "Skriv en e-postadress, till exempel namn@kommunen.se."),
        ("karin@exempelby.example", "x" * 2000, "Lösenordet är för långt: högst 1 000 tecken."),
        ("x" * 100_000, PASSWORD, "Texten är för lång: 100\u00a0000 tecken, högst 200 får plats."),
    ],
)
def test_bad_input(client, karin, email, password, message):
    assert message in errors(sign_in(client, email, password, 422))


def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(client, karin, monkeypatch):
    verified = []

    class Counting(PasswordHasher):
        def verify(self, password_hash, password):
            verified.append(password_hash)
            return super().verify(password_hash, password)

    same = passwords._hasher
    counting = Counting(same.time_cost, same.memory_cost, same.parallelism)
    monkeypatch.setattr(passwords, "_hasher", counting)

    known = hash_password(PASSWORD)
    for email in (karin.email, "finns.inte@exempelby.example", "ali@exempelby.example"):
        sign_in(client, email, "fel lösenord", 422)

    assert len(verified) == 3
    assert (
        len({password_hash.rpartition("$")[0].rpartition("$")[0] for password_hash in verified})
        == 1
    )
    assert verified[1].split("$")[:4] == known.split("$")[:4]


def test_the_password_is_verified_outside_a_transaction(client, karin, monkeypatch):
    open_meanwhile = []

    def check(password, password_hash):
        open_meanwhile.append(db.session().in_transaction())
        return False

    monkeypatch.setattr(routes, "check_password", check)

    sign_in(client, karin.email, PASSWORD, 422)

    assert open_meanwhile == [False]


def test_a_closed_account_does_not_come_in(client, karin):
    karin.closed_at = now()
    db.session.commit()

    assert errors(sign_in(client, karin.email, PASSWORD, 422)) == [WRONG]


def test_a_password_with_weaker_parameters_is_hashed_anew(client, karin):
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    karin.password_hash = weak
    db.session.commit()

    sign_in(client, karin.email)

    assert karin.password_hash != weak
    assert passwords.check_password(PASSWORD, karin.password_hash)


@pytest.mark.parametrize(("environment", "status"), [("production", 422), ("demo", 302)])
def test_the_demo_password_opens_only_the_demo(
    app, client, karin, monkeypatch, environment, status
):
    karin.password_hash = hash_password(DEMO_PASSWORD)
    db.session.commit()
    settings = replace(app.config["VARVET"], environment=environment)
    monkeypatch.setitem(app.config, "VARVET", settings)
    monkeypatch.setitem(app.config, "TESTING", False)

    sign_in(client, karin.email, DEMO_PASSWORD, status)


def fail(browser, times, email, **kwargs):
    for _ in range(times):
        sign_in(browser, email, "fel lösenord", 422, **kwargs)


def test_an_address_is_tried_ten_times_a_quarter(client, karin, the_day):
    fail(client, FailedSignIn.PER_EMAIL_AND_CLIENT, karin.email)

    sign_in(client, karin.email, PASSWORD, 429)
    sign_in(client, "ali@exempelby.example", "fel lösenord", 422)
    the_day.shift(FailedSignIn.WINDOW + timedelta(seconds=1))
    sign_in(client, karin.email)


def test_a_sender_is_limited_whatever_address_it_tries(client, karin, monkeypatch):
    monkeypatch.setattr(FailedSignIn, "PER_CLIENT", 3)
    for number in range(3):
        fail(client, 1, f"p{number}@exempelby.example")

    sign_in(client, karin.email, PASSWORD, 429)
    sign_in(client, karin.email, environ_base={"REMOTE_ADDR": "10.0.0.9"})


def test_a_stranger_does_not_lock_the_owner_out(client, karin):
    elsewhere = {"environ_base": {"REMOTE_ADDR": "10.0.0.9"}}
    fail(client, FailedSignIn.PER_EMAIL_AND_CLIENT, karin.email, **elsewhere)

    sign_in(client, karin.email, PASSWORD, 429, **elsewhere)
    sign_in(client, karin.email)


def test_an_address_is_not_tried_without_end_by_many(client, karin, monkeypatch):
    monkeypatch.setattr(FailedSignIn, "PER_EMAIL", 3)
    for number in range(3):
        fail(client, 1, karin.email, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})

    sign_in(client, karin.email, PASSWORD, 429)


def test_an_attempt_counts_before_it_is_tried(client, karin, monkeypatch):
    counted = []

    def look(password, password_hash):
        counted.append(len(db.session.scalars(sa.select(FailedSignIn)).all()))
        return False

    monkeypatch.setattr("tracker.auth.routes.check_password", look)
    fail(client, 1, karin.email)
    assert counted == [1]


def test_ones_own_slips_do_not_add_up(client, karin):
    for _ in range(3):
        fail(client, FailedSignIn.PER_EMAIL_AND_CLIENT - 1, karin.email)
        sign_in(client, karin.email)
        send(client, "/logga-ut")


def test_the_sender_behind_a_proxy_is_who_the_proxy_says(app, client, karin, monkeypatch):
    monkeypatch.setattr(FailedSignIn, "PER_CLIENT", 2)
    behind = create_app(replace(make_settings(app.config["SQLALCHEMY_DATABASE_URI"]), proxy_hops=1))
    plain = app.wsgi_app
    seen = {}

    def remember(environ, start_response):
        seen["address"] = environ["REMOTE_ADDR"]
        return plain(environ, start_response)

    proxied = behind.wsgi_app  # WhiteNoise around ProxyFix around the application
    proxied.application.app = remember
    monkeypatch.setattr(app, "wsgi_app", proxied)

    fail(client, 2, "a@exempelby.example", headers={"X-Forwarded-For": "6.6.6.6, 10.1.1.1"})
    assert seen["address"] == "10.1.1.1"
    sign_in(client, karin.email, PASSWORD, 429, headers={"X-Forwarded-For": "7.7.7.7, 10.1.1.1"})
    sign_in(client, karin.email, headers={"X-Forwarded-For": "10.1.1.2"})


def test_what_is_kept_of_a_failure_names_nobody(client, karin):
    fail(client, 1, karin.email)

    [row] = db.session.scalars(sa.select(FailedSignIn))
    assert len(row.email_hash) == len(row.client_hash) == 64


def test_somebody_elses_session_in_the_browser_ends_when_a_link_is_used(app, as_, cast):

    browser = as_(cast.karin)
    old = browser.get_cookie("varvet", domain="127.0.0.1").value
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION)
    db.session.commit()

    send(browser, f"/valj-losenord/{secret}", {"password": PASSWORD, "repeat": PASSWORD})

    assert "Ali Demir" in browser.page("/konto")
    thief = CheckedClient(app)
    thief.set_cookie("varvet", old, domain="127.0.0.1")
    assert thief.get("/konto").status_code == 302
    assert [row.user_id for row in db.session.scalars(sa.select(SignInSession))] == [cast.ali.id]
