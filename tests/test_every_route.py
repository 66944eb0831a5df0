"""Every route × every role × own unit, other unit, other area, other municipality, nothing at all.

`tests/access_table.py` says what each route demands, `tests/walk.py` who holds what where and what
every answer must then be; the walk asks for all of them. A GET that writes fails too: the client
sees to that.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

import tracker
from tests.access_table import ROUTES, Subject
from tests.cast import THE_DAY, build
from tests.checked_client import CheckedClient
from tests.conftest import make_settings, new_migrated_database, rolled_back
from tests.furnished import House, furnish
from tests.walk import (
    ABSENT,
    FORBIDDEN,
    HOLDS,
    OF_AN_ORGANIZER,
    OWN,
    REACHED,
    SIGN_IN,
    addresses,
    demanded,
    methods,
    rules,
)
from tracker import create_app
from tracker.extensions import db
from tracker.models import Permission, Role, RoleAssignment
from tracker.web import notices
from tracker.web.security import PUBLIC_ENDPOINTS

FORMS = {
    # Else it would be decided, which is more than writing.
    "measures.new": {"draft": "1"},
    "measures.edit": {"draft": "1"},
}
"""What is sent where an empty form asks for more than the route does; others are sent empty."""

WRITERS = ("karin", "erik", "tove", "lena", "perolov")
"""Who between them may write in most of what there is to write in."""

CSRF = re.compile(r'name="csrf_token" value="[^"]+"')


def answered(response: TestResponse) -> str:
    """What the answer was; the status itself when it is none of those that may be."""
    status = response.status_code
    if status == 401 or (status == 302 and response.location.startswith("/logga-in?next=")):
        return SIGN_IN
    if status in (200, 302, 307, 409, 422):
        return REACHED
    return {403: FORBIDDEN, 404: ABSENT}.get(status, str(status))


@dataclass
class World:
    """The furnished house in a database of its own, with everybody signed in."""

    app: Flask
    house: House
    browsers: dict[str | None, CheckedClient]

    def ask(
        self, person: str | None, method: str, url: str, *, form: Any = None, undo: bool = True
    ) -> TestResponse:
        """Open the address, or send it a form; what a form that reaches its view did is taken
        back when `undo` says so."""
        browser = self.browsers[person]
        if method == "GET":
            return browser.get(url)
        if not undo:
            return browser.post(url, data=form or {})
        cookie = browser.get_cookie("varvet", domain="127.0.0.1")
        with rolled_back(self.app):
            response = browser.post(url, data=form or {})
        browser.delete_cookie(notices.COOKIE, domain="127.0.0.1")  # else the next page says it
        if cookie:
            browser.set_cookie("varvet", cookie.value, domain="127.0.0.1")
        return response


@pytest.fixture(scope="module")
def _world(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, one_file_of_each_kind: None
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp(f"house_{database_kind}")
    with new_migrated_database(database_kind, folder) as url:
        app = create_app(make_settings(url))
        # A bug in one page is one line of the list, not the end of the walk.
        app.config["PROPAGATE_EXCEPTIONS"] = False
        browsers: dict[str | None, CheckedClient] = {None: CheckedClient(app, checks_pages=False)}
        with app.app_context(), time_machine.travel(THE_DAY, tick=False):
            house = furnish(build())
            db.session.commit()
            for person in HOLDS:
                browsers[person] = CheckedClient(app, checks_pages=False)
                browsers[person].become(getattr(house.cast, person))
            db.session.remove()
        yield World(app, house, browsers)
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def world(
    _world: World, the_day: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    # Who may have a document is asked here, not how it is made (half a second each).
    for makes in ("word_file", "pdf_file"):
        monkeypatch.setattr(f"tracker.reports.documents.{makes}", lambda _document: b"")
    with _world.app.app_context():
        yield _world


def test_every_route_is_in_the_table(app):
    unlisted = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - ROUTES.keys())
    assert unlisted == [], "say in tests/access_table.py what they demand"


def test_every_line_of_the_table_has_its_route(app):
    gone = sorted(ROUTES.keys() - {rule.endpoint for rule in app.url_map.iter_rules()})
    assert gone == []


def test_what_is_public_is_what_the_table_says(app):
    assert {name for name, demand in ROUTES.items() if demand.public} == PUBLIC_ENDPOINTS


def test_every_role_is_walked(world):
    """A new role gets its line in HOLDS."""
    people = [getattr(world.house.cast, person).id for person in HOLDS]
    held = db.session.scalars(
        sa.select(RoleAssignment.role).where(RoleAssignment.user_id.in_(people))
    )
    assert set(held) == set(Role)


A_FEW = (None, "karin", "erik", "tove", "mats")


def test_everybody_gets_what_the_table_demands(world, database_kind):
    """On PostgreSQL a few of them, one for each answer that an address gives them: what a role gives
    does not depend on the database, and the walk takes a minute."""
    if database_kind == "sqlite":
        walk(world, list(world.browsers))
    else:
        walk(world, A_FEW, each_answer_once=True)


@pytest.mark.soak
def test_everybody_on_both_databases(world):
    walk(world, list(world.browsers))


def walk(world: World, people: Collection[str | None], *, each_answer_once: bool = False) -> None:
    """Ask for everything as everybody, or each time as the first of whom the answer is demanded. What is
    elsewhere must answer like what is nowhere, with the same status and the same page, so that nobody can
    find out what exists."""
    wrong: list[str] = []
    absent: dict[tuple[str, str, str], set[str]] = {}
    asked = 0
    for address in addresses(world.app, world.house):
        for method in methods(world.app, address):
            answers: set[str] = set()
            for person in people:
                wanted = demanded(person, address, method)
                if each_answer_once and wanted in answers:
                    continue
                answers.add(wanted)
                response = world.ask(
                    person, method, address.url,
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
    assert asked > (600 if each_answer_once else 300 * len(people))
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong)
    assert [key for key, pages in absent.items() if len(pages) > 1] == []


def test_nothing_of_one_unit_is_found_below_another(world):
    """An own unit's address with the number of somebody else's thing in it."""
    units = world.house.units
    own, others = units["savkulla"], [units[name] for name in ("hassel", "granbyskolan")]
    adapter = world.app.url_map.bind("127.0.0.1:8000")
    found = []
    asked = 0
    for rule in rules(world.app):
        demand = ROUTES[rule.endpoint]
        if rule.defaults:
            continue  # the organizer's own lap: what is below it is asked for by the walk
        inner = sorted(rule.arguments - {"slug", "year", "dialogue_id", "number", "user_id"})
        two_things = len(rule.arguments) > 1 and inner
        if not two_things or demand.subject not in (Subject.UNIT, Subject.DIALOGUE):
            continue
        for other in others:
            values = own.values_for(rule.endpoint, rule.arguments, demand)
            values |= other.values_for(rule.endpoint, set(inner), demand)
            url = adapter.build(rule.endpoint, values)
            for method in sorted(rule.methods & {"GET", "POST"}):
                for person in ("karin", "erik"):
                    answer = answered(world.ask(person, method, url))
                    asked += 1
                    if answer not in (ABSENT, FORBIDDEN):
                        found.append(f"{method} {url} as {person}: {answer}")
    assert asked > 20
    assert found == []


def query_names() -> list[str]:
    """What the pages read out of the part after the question mark."""
    sources = Path(tracker.__file__).parent.rglob("*.py")
    found = {
        name for path in sources for name in re.findall(r'args\.get\("(\w+)"', path.read_text())
    }
    assert "sida" in found
    return sorted(found - {"next"})


@pytest.mark.parametrize(
    "odd",
    ["\0", "9" * 30, "-1", "<b>%_" + "å" * 300],
    ids=["nul", "thirty digits", "negative", "markup"],
)
def test_odd_questions_are_no_bug(world, odd):
    asked = dict.fromkeys(query_names(), odd)
    wrong = []
    for address in addresses(world.app, world.house):
        if address.place not in (OWN, "savkulla", "exempelby") or address.demand.public:
            continue
        if "GET" not in methods(world.app, address):
            continue
        for person in WRITERS:
            if demanded(person, address, "GET") != REACHED:
                continue
            response = world.browsers[person].get(address.url, query_string=asked)
            if response.status_code >= 500 or b"<b>" in response.data:
                wrong.append(f"{address} as {person}: {response.status_code}")
    assert wrong == []


ODD = {
    "slug": ["%00", "a%00b", "%ED%A0%80", "å" * 200, "..", "%F0%9F%98%80", "'"],
    "year": ["2026", "2026-28", "0000-01", "9999-00", "%00", "x" * 300],
    "number": ["0", "9" * 30, str(2**31), str(2**63)],
}


def test_odd_addresses_are_absent_and_no_bug(world):
    """Numbers that no database holds, and characters that no text may have."""
    adapter = world.app.url_map.bind("127.0.0.1:8000")
    wrong = []
    for rule in rules(world.app):
        demand = ROUTES[rule.endpoint]
        if not rule.arguments or "GET" not in rule.methods or demand.public:
            continue
        is_unit = demand.subject not in (*OF_AN_ORGANIZER, Subject.NOTHING, Subject.OWN_LAP)
        is_own_lap = bool(rule.defaults) or demand.subject is Subject.OWN_LAP
        place = world.house.units["savkulla"] if is_unit else world.house.organizers["exempelby"]
        person = "karin" if is_unit else "tove"
        if is_own_lap:
            place, person = world.house.own_laps["exempelby"], "lena"
        elif demand.to is Permission.ASK:
            person = "perolov"
        elif demand.to in (Permission.LEAD, Permission.SUPPORT):
            person = "erik"
        elif demand.subject is Subject.FEEDBACK and demand.to is Permission.WRITE:
            person = "karin"
        elif not is_unit and demand.to in (Permission.FOLLOW, Permission.OVERSEE):
            person = "lena"
        fixed = rule.defaults or {}
        values = place.values_for(rule.endpoint, rule.arguments, demand) | fixed
        for name in rule.arguments - fixed.keys():
            for odd in ODD.get(name, ODD["number"]):
                mark = 77_777_777 if isinstance(values[name], int) else "MARK"
                url = adapter.build(rule.endpoint, values | {name: mark}).replace(str(mark), odd)
                status = world.browsers[person].get(url).status_code
                if status not in (301, 302, 308, 404):
                    wrong.append(f"{url[:120]}: {status}")
    assert not wrong, "\n".join(wrong)


PERSON = "Eleven 19121212-1212 läser."
NASTY = {
    "empty": "",
    "nul": "före\0efter",
    "a hundred thousand characters": "x" * 100_000,
    "emoji": "👩🏽‍🏫🇸🇪",
    "markup": "<script>alert('hej')</script>{{ 7 * 7 }}",
    "thirty digits": "9" * 30,
    "negative": "-1",
    "a day that is none": "2027-02-30",
    "personnummer": PERSON,
}


def forms_in(page: str) -> list[dict[str, str]]:
    """The fields of the page's own forms as they stand, those that people do not fill in included."""
    found = lxml.html.fromstring(page).xpath('//main//form[@method="post"]')
    return [{"action": form.action or "", **dict(form.form_values())} for form in found]


def filled_in_by_people(page: str) -> list[tuple[str, str]]:
    """(name, kind) of every field that a person fills in on the page."""
    fields = lxml.html.fromstring(page).xpath("//main//form[@method='post']//*[@name]")
    return [
        (field.get("name"), field.get("type") or field.tag)
        for field in fields
        if field.get("type") != "hidden" and field.tag != "button"
    ]


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_is_typed_is_a_bug(world, nasty):
    """The same in every field of every form, with all that the form sends by itself. Nothing of it
    is an error of ours, and a personnummer is never saved."""
    wrong = []
    asked = 0
    for address in addresses(world.app, world.house):
        person = next(
            (each for each in WRITERS if demanded(each, address, "POST") == REACHED),
            None,
        )  # fmt: skip
        if address.place not in (OWN, "savkulla", "exempelby") or person is None:
            continue
        if methods(world.app, address) != ["GET", "POST"] or address.demand.public:
            continue
        page = world.ask(person, "GET", address.url).get_data(as_text=True)
        filled = dict(filled_in_by_people(page))
        for form in forms_in(page):
            if form.pop("action") not in ("", address.url):
                continue
            for name in filled:
                form[name] = NASTY[nasty]
            response = world.ask(person, "POST", address.url, form=form)
            asked += 1
            told = f"{address} as {person}: {response.status_code}"
            # 413: the most in every field of a form with many is more than is received at all.
            if response.status_code not in (200, 302, 409, 413, 422):
                wrong.append(told)
            if "<script>" in response.get_data(as_text=True):
                wrong.append(f"{told}, with a script in it")
            texts = {"text", "textarea"} & set(filled.values())
            if nasty == "personnummer" and texts and response.status_code == 302:
                wrong.append(f"{told}, and so it was saved")
    assert asked > 20
    assert not wrong, "\n".join(wrong)


def button_names() -> list[str]:
    """What views read out of a form by themselves, from buttons most often."""
    sources = Path(tracker.__file__).parent.rglob("*.py")
    return sorted(
        {n for path in sources for n in re.findall(r'form\.get\("(\w+)"', path.read_text())}
    )


@pytest.mark.parametrize("odd", ["\0", "9" * 30, "-1", "accept"])
def test_no_button_is_a_bug(world, odd):
    wrong = []
    for address in addresses(world.app, world.house):
        if address.place not in (OWN, "savkulla", "exempelby") or address.demand.public:
            continue
        if "POST" not in methods(world.app, address):
            continue
        for person in WRITERS:
            if demanded(person, address, "POST") != REACHED:
                continue
            form = dict.fromkeys(button_names(), odd)
            status = world.ask(person, "POST", address.url, form=form).status_code
            if status >= 500:
                wrong.append(f"{address} as {person}: {status}")
    assert not wrong, "\n".join(wrong)
