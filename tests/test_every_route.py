"""Every route × every role × own unit, other unit, other area, other municipality, nothing at all.

`tests/access_table.py` says what each route demands, `tests/walk.py` who holds what where and what
every answer must then be; the walk asks for all of them. A GET that writes fails too: the client
sees to that.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

import tracker
from tests.access_table import ROUTES, Subject
from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.furnished import House, furnish
from tests.walk import (
    ABSENT,
    FORBIDDEN,
    HOLDS,
    OWN,
    REACHED,
    SIGN_IN,
    addresses,
    demanded,
    methods,
    rules,
)
from tracker.extensions import db
from tracker.models import Permission, Role, RoleAssignment
from tracker.web import notices

FORMS = {
    # Else it would be decided, which is more than writing.
    "measures.new": {"draft": "1"},
    "measures.edit": {"draft": "1"},
}
"""What is sent where an empty form asks for more than the route does; others are sent empty."""

CSRF = re.compile(r'name="csrf_token" value="[^"]+"')


def answered(response: TestResponse) -> str:
    """What the answer was; the status itself when it is none of those that may be."""
    status = response.status_code
    if status == 401 or (status == 302 and response.location.startswith("/logga-in?next=")):
        return SIGN_IN
    if status in (200, 302, 409, 422):
        return REACHED
    return {403: FORBIDDEN, 404: ABSENT}.get(status, str(status))


@pytest.fixture
def house(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> House:
    house = furnish(cast)
    db.session.commit()
    # A bug in one page is one line of the list, not the end of the walk.
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    # Who may have a document is asked here, not how it is made (half a second each).
    monkeypatch.setattr("tracker.reports.documents.word_file", lambda _document: b"")
    return house


@pytest.fixture
def ask(app: Flask) -> Callable[..., TestResponse]:
    """Open the address, or send it a form; what a form that reaches its view did is taken back."""

    def send(
        browser: CheckedClient, method: str, url: str, *, form: Any = None, undo: bool = True
    ) -> TestResponse:
        if method == "GET":
            return browser.get(url)
        if not undo:
            return browser.post(url, data=form or {})
        cookie = browser.get_cookie("varvet", domain="127.0.0.1")
        before = db.engines[None].begin_nested()  # type: ignore[attr-defined]
        try:
            return browser.post(url, data=form or {})
        finally:
            db.session.remove()
            before.rollback()
            browser.delete_cookie(notices.COOKIE, domain="127.0.0.1")  # else the next page says it
            if cookie:
                browser.set_cookie("varvet", cookie.value, domain="127.0.0.1")

    return send


@pytest.fixture
def browsers(app: Flask, house: House) -> dict[str | None, CheckedClient]:
    found: dict[str | None, CheckedClient] = {None: CheckedClient(app, checks_pages=False)}
    for person in HOLDS:
        found[person] = CheckedClient(app, checks_pages=False)
        found[person].become(getattr(house.cast, person))
    return found


def test_every_route_is_in_the_table(app):
    unlisted = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - ROUTES.keys())
    assert unlisted == [], "say in tests/access_table.py what they demand"


def test_every_line_of_the_table_has_its_route(app):
    gone = sorted(ROUTES.keys() - {rule.endpoint for rule in app.url_map.iter_rules()})
    assert gone == []


def test_what_is_public_is_what_the_table_says(app):
    from tracker.web.security import PUBLIC_ENDPOINTS

    assert {name for name, demand in ROUTES.items() if demand.public} == PUBLIC_ENDPOINTS


def test_every_role_is_walked(house):
    """A new role gets its line in HOLDS."""
    held = {
        grant.role
        for person in HOLDS
        for grant in db.session.scalars(
            sa.select(RoleAssignment).filter_by(user_id=getattr(house.cast, person).id)
        )
    }
    assert held == set(Role)


def test_everybody_gets_what_the_table_demands(app, house, browsers, ask):
    """And what is elsewhere answers like what is nowhere, with the same status and the same page,
    so that nobody can find out what exists."""
    wrong: list[str] = []
    absent: dict[tuple[str, str, str], set[str]] = {}
    asked = 0
    for address in addresses(app, house):
        for method in methods(app, address):
            for person, browser in browsers.items():
                wanted = demanded(person, address, method)
                response = ask(
                    browser, method, address.url,
                    form=FORMS.get(address.endpoint), undo=wanted == REACHED,
                )  # fmt: skip
                asked += 1
                if answered(response) != wanted:
                    wrong.append(
                        f"{method} {address} as {person}: {answered(response)}, not {wanted}"
                    )
                elif wanted == ABSENT:
                    page = CSRF.sub("", response.get_data(as_text=True))
                    absent.setdefault((method, address.rule, str(person)), set()).add(page)
    assert asked > 50 * len(HOLDS)
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong)
    assert [key for key, pages in absent.items() if len(pages) > 1] == []


def test_nothing_of_one_unit_is_found_below_another(app, house, browsers, ask):
    """An own unit's address with the number of somebody else's thing in it."""
    own, others = (
        house.units["savkulla"],
        [house.units[name] for name in ("hassel", "granbyskolan")],
    )
    adapter = app.url_map.bind("127.0.0.1:8000")
    found = []
    for rule in rules(app):
        demand = ROUTES[rule.endpoint]
        inner = sorted(rule.arguments - {"slug", "year", "dialogue_id", "number", "user_id"})
        if (
            len(rule.arguments) < 2
            or not inner
            or demand.subject not in (Subject.UNIT, Subject.DIALOGUE)
        ):
            continue
        for other in others:
            values = own.values_for(rule.endpoint, rule.arguments, demand)
            values |= other.values_for(rule.endpoint, set(inner), demand)
            url = adapter.build(rule.endpoint, values)
            for method in sorted(rule.methods & {"GET", "POST"}):
                for person in ("karin", "erik"):
                    response = ask(browsers[person], method, url)
                    if answered(response) not in (ABSENT, FORBIDDEN):
                        found.append(f"{method} {url} as {person}: {response.status_code}")
    assert found == []


ODD = {
    "slug": ["%00", "a%00b", "%ED%A0%80", "å" * 200, "..", "%F0%9F%98%80", "'"],
    "year": ["2026", "2026-28", "0000-01", "9999-00", "%00", "x" * 300],
    "number": ["0", "9" * 30, str(2**31), str(2**63)],
}  # fmt: skip


def query_names() -> list[str]:
    """What the pages read out of the part after the question mark."""
    sources = Path(tracker.__file__).parent.rglob("*.py")
    found = {
        name for path in sources for name in re.findall(r'args\.get\("(\w+)"', path.read_text())
    }
    assert "sida" in found
    return sorted(found - {"next"})


@pytest.mark.parametrize("odd", ["\0", "9" * 30, "-1", "<b>%_" + "å" * 300])
def test_odd_questions_are_no_bug(app, house, browsers, odd):
    asked = dict.fromkeys(query_names(), odd)
    wrong = []
    for address in addresses(app, house):
        if address.place not in (OWN, "savkulla", "exempelby") or address.demand.public:
            continue
        if "GET" in methods(app, address):
            for person in ("karin", "erik", "tove"):
                if demanded(person, address, "GET") != REACHED:
                    continue
                response = browsers[person].get(address.url, query_string=asked)
                if response.status_code >= 500 or b"<b>" in response.data:
                    wrong.append(f"{address} as {person}: {response.status_code}")
    assert wrong == []


def test_odd_addresses_are_absent_and_no_bug(app, house, browsers):
    """Numbers that no database holds, and characters that no text may have."""
    adapter = app.url_map.bind("127.0.0.1:8000")
    wrong = []
    for rule in rules(app):
        demand = ROUTES[rule.endpoint]
        if not rule.arguments or "GET" not in rule.methods or demand.public:
            continue
        is_unit = demand.subject not in (Subject.ORGANIZER, Subject.NOTHING)
        place = house.units["savkulla"] if is_unit else house.organizers["exempelby"]
        browser = browsers["karin" if is_unit else "tove"]
        if demand.to is Permission.LEAD:
            browser = browsers["erik"]
        values = place.values_for(rule.endpoint, rule.arguments, demand)
        for name in rule.arguments:
            for odd in ODD.get(name, ODD["number"]):
                mark = 77_777_777 if isinstance(values[name], int) else "MARK"
                url = adapter.build(rule.endpoint, values | {name: mark}).replace(str(mark), odd)
                response = browser.get(url)
                if response.status_code not in (301, 302, 308, 404):
                    wrong.append(f"{url[:120]}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
