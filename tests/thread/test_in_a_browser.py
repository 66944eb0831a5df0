"""The five-year story of the demo's first unit, told on one page: a keyboard reaches every box, and axe is content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.checked_client import CheckedClient
from tests.conftest import make_settings
from tests.live_server import live_server, make_database
from tests.test_every_page import AXE, DESK, PHONE, violations
from tracker import clock, create_app
from tracker.cycle.calendar import label, school_year_start
from tracker.demo.load import load
from tracker.extensions import db

AT: datetime = clock.parse("2026-11-20T09:00")
URL = "/enheter/savkullaskolan/roda-traden"


@dataclass
class Told:
    address: str
    cookie: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The demo behind a server, with its first rektor signed in."""
    database: Path = tmp_path_factory.mktemp("thread") / "demo.sqlite3"
    app: Flask = create_app(make_settings(f"sqlite:///{database}"))

    def fill() -> str:
        stage = load(AT)
        db.session.commit()
        browser = CheckedClient(app)
        browser.become(stage.people["karin"])
        return browser.get_cookie("varvet", domain="127.0.0.1").value

    cookie = make_database(database, AT, fill)
    with live_server(database, at=AT) as address:
        yield Told(address, cookie)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def page(told: Told, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    context.add_cookies([{"name": "varvet", "value": told.cookie, "url": told.address}])
    page = context.new_page()
    page.goto(told.address + URL)
    yield page
    context.close()


def boxes(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        ".thread-box", "boxes => boxes.map(box => box.querySelector('title').textContent)"
    )


def test_five_years_from_results_to_effects(page):
    this = school_year_start(AT.date())
    expect(page.locator(".thread-year")).to_have_text(
        [label(this + number) for number in range(-4, 1)]
    )
    told = boxes(page)
    for text in (
        "Läsåret 2022/23", "Författarbesök och läsvecka", "Speciallärare två dagar",
        "Vi lär eleverna att avkoda", "Lässtrategier i alla ämnen", "Delvis uppnådd", "Ny version",
        "blir ordinarie", "Rastvärdar i gula västar", "leder rastaktiviteter", "Dags att bedöma",
    ):  # fmt: skip
        assert any(text in name for name in told), text


def test_the_keyboard_reaches_every_box_in_order(page):
    expected = boxes(page)
    assert len(expected) > 30
    page.get_by_role("link", name="Hoppa över bilden").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Röda tråden som bild")).to_be_focused()
    reached = []
    for _ in range(len(expected)):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.querySelector('title').textContent"))
    assert reached == expected
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#tabell') !== null")


def test_a_box_is_a_link_and_shows_that_it_has_the_focus(page):
    box = page.get_by_role("link", name="Åtgärd. Författarbesök")
    before = box.locator("rect").evaluate("rect => getComputedStyle(rect).strokeWidth")
    box.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert box.locator("rect").evaluate("rect => getComputedStyle(rect).strokeWidth") != before
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Författarbesök")


def test_a_screen_reader_finds_every_box_as_a_link_with_its_name(page):
    region = page.get_by_role("region", name="Röda tråden som bild")
    names = boxes(page)
    assert region.get_by_role("link").count() == len(names)
    for name in dict.fromkeys(names):
        expect(region.get_by_role("link", name=name, exact=True).first).to_be_attached()
    table = page.locator("#tabell")
    expect(table.get_by_role("table").first).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_and_width(page, size, scheme):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE)
    assert violations(page, f"{size['width']} {scheme}") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_on_a_phone_every_band_opens_on_its_newest_lasar_and_none_is_blank(page):
    page.set_viewport_size(PHONE)
    page.reload()
    seen = page.eval_on_selector_all(
        ".thread-band",
        """bands => bands.map(band => {
            const within = shown => shown.left >= 0 && shown.right <= innerWidth;
            const years = [...band.querySelectorAll(".thread-here")];
            return within(years.at(-1).getBoundingClientRect())
                && [...band.querySelectorAll(".thread-box rect")]
                    .some(box => within(box.getBoundingClientRect()));
        })""",
    )
    assert len(seen) > 2
    assert all(seen)
    first = page.locator(".thread-band .thread-box").first
    first.focus()
    expect(first).to_be_in_viewport()


def test_on_a_phone_the_menus_are_behind_buttons_that_the_keyboard_opens(page):
    page.set_viewport_size(PHONE)
    assert page.locator("h1").bounding_box()["y"] < 150
    for button, menu, entry in (
        ("Meny", "Huvudmeny", "Avstämningar"),
        ("Fler sidor om Sävkullaskolan 2026/27", "Sävkullaskolan 2026/27", "Lagens mål"),
    ):
        nav = page.get_by_role("navigation", name=menu)
        expect(nav).to_be_hidden()
        page.get_by_role("button", name=button, exact=True).focus()
        page.keyboard.press("Enter")
        expect(nav.get_by_role("link", name=entry, exact=True)).to_be_in_viewport()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('nav').matches(':popover-open')")
        page.evaluate(AXE)
        assert violations(page, menu) == []
        page.keyboard.press("Escape")
    page.set_viewport_size(DESK)
    expect(page.get_by_role("link", name="Lagens mål", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Meny", exact=True)).to_be_hidden()


def test_on_a_tablet_the_picture_opens_on_the_newest_lasar(page):
    page.set_viewport_size({"width": 900, "height": 700})
    page.reload()
    expect(page.locator(".thread-heads .thread-year").last).to_be_in_viewport(ratio=1)


def test_words_stay_in_their_box(page):
    page.evaluate("document.fonts.ready")
    outside = page.eval_on_selector_all(
        ".thread-box",
        """boxes => boxes.flatMap(box => {
            const rect = box.querySelector("rect").getBoundingClientRect();
            return [...box.querySelectorAll("text")].filter(text => {
                const own = text.getBoundingClientRect();
                return own.right > rect.right - 2 || own.bottom > rect.bottom;
            }).map(text => text.textContent);
        })""",
    )
    assert outside == []


def test_in_forced_colours_words_stand_on_the_ground(page):
    page.emulate_media(forced_colors="active")
    fills = page.eval_on_selector_all(
        ".thread-box rect", "all => [...new Set(all.map(rect => getComputedStyle(rect).fill))]"
    )
    assert len(fills) == 1
