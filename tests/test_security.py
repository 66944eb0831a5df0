"""What every answer carries, what is refused at the door, and the pages that say so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.checked_client import CheckedClient
from tests.conftest import BASE_URL, make_settings
from tracker import create_app
from tracker.extensions import db
from tracker.web.security import client_address, external_url, safe_next

TYPED = "Vi ser att eleverna läser mer, och det märks i alla ämnen."


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Any]:
    """`make_app(base_url=…)` is an application of its own, with an empty database."""
    made: list[Flask] = []

    def make(*, migrated: bool = True, **changes: Any) -> Flask:
        url = changes.pop("database_url", f"sqlite:///{tmp_path / 'own.sqlite3'}")
        app = create_app(make_settings(url, **changes))
        if migrated:
            with app.app_context():
                upgrade()
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`broken(exception)` lets the accessibility statement raise it, and answer as in production."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def breaks(failure: Exception | int) -> None:
        def view() -> None:
            if isinstance(failure, int):
                abort(failure)
            raise failure

        monkeypatch.setitem(app.view_functions, "start.accessibility", view)

    return breaks


# What every answer carries


def test_the_headers_of_a_page(client):
    headers = client.get("/logga-in").headers
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy, "no script at all, so the default holds"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_error_pages_carry_them_too(client):
    headers = client.get("/finns-inte").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"


def test_nothing_that_a_person_sees_is_kept_by_the_browser(as_, cast):
    assert as_(cast.karin).get("/konto").headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_good(client):
    page = client.page("/logga-in")
    address = next(
        part.split('"')[0] for part in page.split('href="') if part.startswith("/static")
    )
    with client.get(address) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers


def test_behind_https_browsers_are_told_to_stay_there(make_app):
    app = make_app(base_url="https://varvet.example.se", trusted_hosts=["varvet.example.se"])
    browser = CheckedClient(app)
    with app.app_context():
        response = browser.get("/logga-in", base_url="https://varvet.example.se")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookies = response.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_without_https_nothing_is_promised(client):
    response = client.get("/logga-in")
    assert "Strict-Transport-Security" not in response.headers
    assert "Secure" not in response.headers["Set-Cookie"]


# What is refused at the door


def test_another_host_is_refused(client):
    """A link made out of a forged Host header would lead to somebody else's site."""
    response = client.get("/logga-in", base_url="http://elak.example")
    assert response.status_code == 400
    assert response.text == f"Varvet svarar på {BASE_URL}, inte på den här adressen.\n"


def test_a_host_that_is_named_is_served(make_app):
    app = make_app(trusted_hosts=["varvet.example.se"])
    with app.app_context():
        browser = CheckedClient(app)
        assert browser.get("/logga-in", base_url="http://varvet.example.se").status_code == 200
        assert browser.get("/logga-in", base_url=BASE_URL).status_code == 400


@pytest.mark.parametrize(
    ("hops", "seen"), [(0, "10.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")]
)
def test_only_as_many_proxies_are_believed_as_there_are(make_app, hops, seen):
    app = make_app(proxy_hops=hops, migrated=False)
    found: list[str] = []
    app.view_functions["start.healthz"] = lambda: found.append(client_address()) or "ok"
    app.test_client().get(
        "/healthz",
        base_url=BASE_URL,
        headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9"},
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
    )
    assert found == [seen]


FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n%b\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param(FORM, b"email=" + b"x" * 9_000_000, id="form"),
        pytest.param("multipart/form-data; boundary=x", PART % (b"x" * 5_000_000), id="multipart"),
    ],
)
def test_too_much_is_refused_with_a_page(client, kind, body):
    client.page("/logga-in")
    response = client.post("/logga-in", data=body, content_type=kind)
    assert response.status_code == 413
    assert "Det du skickade är för stort" in response.text


def test_too_much_from_somebody_who_is_signed_out(client):
    body = b"thoughts=" + b"x" * 9_000_000
    response = client.post("/konto", data=body, content_type=FORM)
    assert response.status_code == 413
    assert "Det du skickade är för stort" in response.text


def test_a_form_without_a_token_is_refused_and_its_text_shown(as_, cast):
    response = as_(cast.karin).post(
        "/konto",
        data={"csrf_token": "", "thoughts": TYPED, "password": "ett hemligt ord som är långt"},
    )
    assert response.status_code == 400
    assert TYPED in response.text
    assert "hemligt" not in response.text


def test_a_form_with_the_token_of_somebody_else_is_refused(as_, cast):
    token = as_(cast.ali).csrf_token()
    response = as_(cast.karin).post("/konto", data={"csrf_token": token, "thoughts": TYPED})
    assert response.status_code == 400
    assert TYPED in response.text


def test_a_form_may_stand_open_for_as_long_as_the_session(as_, cast, the_day):
    karin = as_(cast.karin)
    karin.page("/konto")
    the_day.shift(60 * 60 * 24 * 13)
    karin.submit("/konto", {"current_password": ""}, status=422)


def test_what_was_typed_when_the_session_ended_is_shown(client):
    response = client.post("/konto", data={"thoughts": TYPED, "repeat": "ett hemligt ord till"})
    assert response.status_code == 401
    assert "Du är inte inloggad längre" in response.text
    assert TYPED in response.text
    assert "hemligt" not in response.text


def test_what_was_typed_stands_under_the_label_of_its_field(client):
    sent = {
        "version": "1",
        "basis": "Tolv lektionsbesök i oktober",
        "results": "Var tredje elev förstår inte",
    }
    text = client.post("/enheter/a/2026-27/nulagesanalys/skriv", data=sent).text
    labels = re.findall(r"<h3>(.*?)</h3>\s*<div class=\"typed reading\">(.*?)</div>", text)
    assert labels == [
        ("Vad bygger analysen på?", sent["basis"]),
        ("Resultatbild", sent["results"]),
    ]


@pytest.mark.parametrize("address", ["/atgarder/999999/effekt", "/organisation/personer/ny"])
def test_what_is_sent_to_nothing_or_without_the_right_is_shown(cast, as_, address):
    """What one wrote in was removed meanwhile, or one's role has ended."""
    sent = {"basis": "Kort", "results": "Var tredje elev", "form_token": "cEsS6SZGjnLdlL1C80zN1A"}
    text = as_(cast.karin).post(address, data=sent).text
    assert "Det här hade du skrivit" in text
    assert "Kort" in text
    assert "Var tredje elev" in text
    assert "cEsS6SZGjnLdlL1C80zN1A" not in text


def test_every_text_is_shown_and_nothing_that_was_no_text(cast, as_):
    """Also the shortest; neither the choices, however long, nor what the page carries along."""
    sent = {
        "version": "1",
        "carried_out": "en vald sak med ett långt namn",
        "outcome": "74 %",
        "next_date": "den tolfte december 2026",
        "form_token": "cEsS6SZGjnLdlL1C80zN1A",
        "unknown_token": "cEsS6SZGjnLdlL1C80zN1A-aa",
        "d12-reason": "Sjuk",
        "unknown": "Något som ingen av våra sidor har",
    }
    text = as_(cast.karin).post("/atgarder/999999/effekt", data=sent).text
    assert re.findall(r"<div class=\"typed reading\">(.*?)</div>", text) == [
        "74 %",
        "Sjuk",
        "Något som ingen av våra sidor har",
    ]


def test_typed_markup_stays_text(client):
    response = client.post("/konto", data={"thoughts": "<script>alert('hej')</script>"})
    assert "<script>" not in response.text
    assert "&lt;script&gt;alert(" in response.text


# The pages that say that something went wrong


@pytest.mark.parametrize(
    ("code", "heading"),
    [
        (400, "Det gick inte att ta emot det du skickade"),
        (401, "Du är inte inloggad längre"),
        (403, "Det här får du inte göra"),
        (404, "Sidan finns inte"),
        (405, "Adressen går inte att öppna så"),
        (409, "Det har hänt något sedan du öppnade sidan"),
        (413, "Det du skickade är för stort"),
        (429, "För många försök"),
        (500, "Något gick fel hos oss"),
        (503, "Varvet är stängt en liten stund"),
    ],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_error_has_a_page_that_leads_on(
    app, client, as_, cast, broken, code, heading, signed_in
):
    broken(code)
    browser = as_(cast.karin) if signed_in else client
    page = browser.page("/tillganglighet", status=code)
    assert heading in page
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert 'href="/' in main, "no way on"
    assert ("Karin Holm" in page) == (signed_in and code < 500)


def test_unusual_errors_get_the_page_of_their_kind(client, broken):
    broken(418)
    assert "Det gick inte att ta emot" in client.page("/tillganglighet", status=418)
    broken(502)
    assert "Något gick fel hos oss" in client.page("/tillganglighet", status=502)


def test_a_bug_shows_nothing_of_itself(client, broken, caplog):
    broken(RuntimeError("mormors hemliga recept"))
    page = client.page("/tillganglighet", status=500)
    assert "Något gick fel hos oss" in page
    assert "recept" not in page
    assert "unexpected error" in caplog.messages


def test_what_a_bug_had_not_committed_is_not_saved(app, as_, cast, broken, monkeypatch):
    def view() -> None:
        cast.karin.name = "Någon Annan"
        db.session.flush()
        raise RuntimeError

    browser = as_(cast.karin)
    broken(500)
    monkeypatch.setitem(app.view_functions, "auth.switch_organizer", view)
    browser.submit("/byt-huvudman", status=500)
    assert cast.karin.name == "Karin Holm"


def test_a_text_that_is_older_than_the_stored_one_is_kept_in_sight(
    app, as_, cast, broken, monkeypatch
):
    def view() -> None:
        raise StaleDataError

    broken(409)
    monkeypatch.setitem(app.view_functions, "auth.switch_organizer", view)
    response = as_(cast.karin).submit("/byt-huvudman", {"thoughts": TYPED}, status=409)
    assert TYPED in response.text


def test_a_database_that_goes_away_is_no_bug(client, broken):
    broken(OperationalError("SELECT 1", {}, Exception("gone")))
    assert "stängt en liten stund" in client.page("/tillganglighet", status=503)


@pytest.mark.parametrize(
    "where",
    [
        "sqlite:////finns/inte/varvet.sqlite3",
        "postgresql+psycopg://varvet@/varvet?host=/finns/inte",
    ],
)
@pytest.mark.parametrize("cookie", [None, "s." + "x" * 43])
def test_a_database_that_is_away_from_the_start(make_app, monkeypatch, where, cookie):
    app = make_app(database_url=where, migrated=False)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        browser = CheckedClient(app)
        if cookie:
            browser.set_cookie("varvet", cookie, domain="127.0.0.1")
            response = browser.get("/konto")
        else:
            browser.page("/logga-in")
            response = browser.post("/logga-in", data={"email": "a@b.se", "password": "x"})
        assert response.status_code == 503
        assert "stängt en liten stund" in response.text


def test_ready_says_what_is_missing(make_app):
    app = make_app(migrated=False)
    with app.app_context():
        browser = CheckedClient(app)
        assert browser.get("/healthz").status_code == 200
        assert browser.get("/readyz").status_code == 503
        upgrade()
        assert browser.get("/readyz").status_code == 200


def test_a_method_that_is_not_taken(as_, cast):
    response = as_(cast.karin).get("/logga-ut")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    "address",
    [
        "/%ff",
        "/enheter/%00",
        "/enheter/a%00b/2026-27",
        "/logga-in?next=%00%ff",
        "/%ed%a0%80",
        "/" + "a" * 10_000,
    ],
)
def test_strange_addresses_are_no_bug(as_, cast, address):
    assert as_(cast.karin).get(address).status_code in (302, 404)


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"csrf_token=%ff&email=%00", b"a" * 1000 + b"&" * 1000]
)
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json",
        "",
    ],
)
def test_strange_bodies_are_no_bug(client, body, content_type):
    assert client.post("/logga-in", data=body, content_type=content_type).status_code == 400


# Where links lead


@pytest.mark.parametrize("target", ["/", "/enheter/savkullaskolan?sida=2", "/a#b", "/%C3%A5"])
def test_a_plain_path_leads_on(target):
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "enheter", "//elak.example", "///elak.example", "/\\elak.example", "\\\\elak.example",
        "https://elak.example", "javascript:alert(1)", "/\t/elak.example", "/\n/elak.example",
        "\t//elak.example", " /enheter", "/enheter\\..\\", "http:/enheter", "/\x00",
    ],
)  # fmt: skip
def test_what_could_lead_away_does_not(target):
    assert safe_next(target) is None


@pytest.mark.parametrize("target", ["//elak.example", "https://elak.example", "/\\elak.example"])
def test_signing_in_never_leads_away(as_, cast, target):
    """Somebody who is signed in already is led on at once."""
    response = as_(cast.karin).get("/logga-in", query_string={"next": target})
    assert response.location == "/"


def test_links_in_mails_come_from_the_setting(app):
    with app.test_request_context("/", base_url="http://elak.example"):
        assert external_url("auth.choose_password", secret="abc") == f"{BASE_URL}/valj-losenord/abc"
    assert external_url("start.home") == f"{BASE_URL}/"
