"""Every structure of every page, in a real browser: no accessibility violation (WCAG 2.2 AA, axe-core),
at the width of a desk and of a phone, dark too; and nothing that must be scrolled to sideways.

Pages are found through the route table: everything that a person of the furnished house may open. A
page whose structure has been seen with somebody else is not looked at again, and on a phone only the
first of each part is asked about everything, the others about what the width can change; `make soak`
asks everything of them all.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.access_table import ROUTES
from tests.cast import THE_DAY, build
from tests.checked_client import CheckedClient, check_html
from tests.conftest import make_settings, rolled_back
from tests.furnished import House, furnish
from tests.live_server import live_server, make_database
from tests.walk import HOLDS, REACHED, Address, addresses, demanded, methods
from tracker import clock, create_app
from tracker.extensions import db

AXE = (Path(__file__).resolve().parents[1] / "node_modules/axe-core/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR = ["color-contrast"]
BY_WIDTH = [*BY_COLOUR, "target-size", "scrollable-region-focusable", "heading-order", "bypass"]
"""Rules whose answer another colour scheme, or another width, can change."""
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
VISITOR = "a visitor"

NO_PAGES = {"removals"}
"""What only leads on: undo."""
PARTS = sorted({endpoint.partition(".")[0] for endpoint in ROUTES} - NO_PAGES)


@dataclass(frozen=True)
class Seen:
    """A page as somebody gets it. `refused` is the page that answers an empty form."""

    person: str
    url: str
    endpoint: str
    html: str
    refused: bool = False

    def __str__(self) -> str:
        return f"{'POST' if self.refused else 'GET'} {self.url} as {self.person}"


@dataclass
class Museum:
    """The furnished house behind a server, and the application that knows it from the inside."""

    app: Flask
    house: House
    cookies: dict[str, str]
    address: str


@pytest.fixture(scope="session")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Museum]:
    database = tmp_path_factory.mktemp("museum") / "museum.sqlite3"
    cookies: dict[str, str] = {}

    def fill() -> House:
        house = furnish(build())
        db.session.commit()
        for person in HOLDS:
            browser = CheckedClient(app)
            browser.become(getattr(house.cast, person))
            cookies[person] = browser.get_cookie("varvet", domain="127.0.0.1").value
        return house

    app = create_app(make_settings(f"sqlite:///{database}"))
    house = make_database(database, THE_DAY, fill)
    with live_server(database, at=THE_DAY) as address:
        yield Museum(app, house, cookies, address)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def contexts(browser: Browser, museum: Museum) -> Iterator[dict[str, BrowserContext]]:
    """A browser for everybody, signed in."""
    made = {}
    for person in (VISITOR, *HOLDS):
        made[person] = browser.new_context(viewport=DESK)
        if person != VISITOR:
            cookie = {"name": "varvet", "value": museum.cookies[person], "url": museum.address}
            made[person].add_cookies([cookie])
    yield made
    for context in made.values():
        context.close()


def pages(museum: Museum, part: str) -> Iterator[Seen]:
    """Everything that anybody may open in a part of the site, and what an empty form answers."""
    with rolled_back(museum.app), clock.stopped_at(THE_DAY):
        for person in (VISITOR, *HOLDS):
            client = CheckedClient(museum.app, checks_pages=False)
            if person != VISITOR:
                client.set_cookie("varvet", museum.cookies[person], domain="127.0.0.1")
            for address in addresses(museum.app, museum.house):
                if address.endpoint.partition(".")[0] == part:
                    yield from _pages_at(client, person, address, museum.app)


def _pages_at(client: CheckedClient, person: str, address: Address, app: Flask) -> Iterator[Seen]:
    name = None if person == VISITOR else person
    ways = methods(app, address)
    for method in ways:
        if demanded(name, address, method) != REACHED or ways == ["POST"]:
            continue
        if method == "GET":
            response = client.get(address.url)
        else:
            undo = db.engines[None].begin_nested()  # type: ignore[attr-defined]
            response = client.post(address.url, data={})
            db.session.remove()
            undo.rollback()
        if response.mimetype == "text/html" and response.status_code in (200, 422):
            refused = response.status_code == 422
            yield Seen(person, address.url, address.endpoint, response.text, refused)


def structure(html: str) -> str:
    """What the main part of a page is built of, its words and repetitions left out."""

    def shape(element: Any) -> str:
        kept = ("class", "type", "role", "open", "data-color", "data-variant", "data-state")
        attributes = [f"{name}={element.get(name)}" for name in kept if element.get(name)]
        inner = dict.fromkeys(shape(child) for child in element if isinstance(child.tag, str))
        return f"{element.tag}[{' '.join(attributes)}]({' '.join(inner)})"

    return shape(lxml.html.fromstring(html).get_element_by_id("innehall"))


def look(context: BrowserContext, museum: Museum, seen: Seen, *, closely: bool) -> list[str]:
    """What is wrong with the page, at both widths and in the dark. `closely`: every rule is asked on a
    phone too."""
    if seen.html:
        check_html(seen.html)
    wrong = []
    with closing(context.new_page()) as page:
        url = museum.address + seen.url
        if seen.refused:
            page.route(
                url,
                lambda route: route.fulfill(
                    body=seen.html, content_type="text/html; charset=utf-8"
                ),
            )
        page.goto(url)
        page.evaluate(AXE)
        wrong += violations(page, "at a desk")
        page.emulate_media(color_scheme="dark")
        wrong += violations(page, "dark", BY_COLOUR)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        wrong += violations(page, "on a phone", None if closely else BY_WIDTH)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wrong.append(f"on a phone: {width} px wide")
    return [f"{seen}, {each}" for each in wrong]


def violations(page: Page, where: str, rules: list[str] | None = None) -> list[str]:
    """What breaks the rules, all of TAGS unless said."""
    asked = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate(
        "options => axe.run(document, options)", {"runOnly": asked, "resultTypes": ["violations"]}
    )
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{where}: {each['id']} ({each['help']}) at {[node['target'] for node in each['nodes']][:3]}"
        for each in found["violations"]
    ]


@pytest.mark.parametrize("part", PARTS)
def test_every_structure_of_a_page(museum, contexts, one_file_of_each_kind, part):
    structures: dict[str, Seen] = {}
    for seen in pages(museum, part):
        structures.setdefault(structure(seen.html), seen)
    assert structures
    wrong = [
        problem
        for number, seen in enumerate(structures.values())
        for problem in look(contexts[seen.person], museum, seen, closely=number == 0)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.soak
@pytest.mark.parametrize("part", PARTS)
def test_every_page_of_everybody(museum, contexts, one_file_of_each_kind, part):
    wrong = [
        problem
        for seen in pages(museum, part)
        for problem in look(contexts[seen.person], museum, seen, closely=True)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", [VISITOR, "karin", "lena", "tove"])
@pytest.mark.parametrize("url", ["/finns-inte", "/organisation", "/logga-ut"])
def test_error_pages(museum, contexts, person, url):
    seen = Seen(person, url, "", "")
    assert look(contexts[person], museum, seen, closely=True) == []


def test_a_draft_that_no_page_takes_any_more(museum, contexts):
    """Shown whole, with why: /utkast alone shows the beginning of each."""
    seen = Seen("karin", "/utkast?visa=utkast-savkullaskolan&borta=404", "drafts.index", "")
    with closing(contexts["karin"].new_page()) as page:
        page.goto(museum.address + seen.url)
        assert "tar inte emot texten längre" in page.inner_text("main")
    assert look(contexts["karin"], museum, seen, closely=True) == []
