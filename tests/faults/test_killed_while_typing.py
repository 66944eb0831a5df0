"""kill -9 of the server, and of the browser, while somebody types in the room: nothing that was said to
be saved is lost, and what is typed meanwhile arrives when the server is back."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.cast import THE_DAY
from tests.drafts.typing import KEPT, kill_browser
from tests.faults.rooms import Room, make_room, saved, text_at, word_at
from tests.live_server import LiveServer

OTHER, EFFECTS = "Övrigt", "Effekter av åtgärderna"
TROUBLE = "Inte sparat än – försöker igen"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "room.sqlite3"


@pytest.fixture
def room(database: Path) -> Room:
    return make_room(database)


@pytest.fixture
def server(room: Room, database: Path) -> Iterator[LiveServer]:
    running = LiveServer(database, at=THE_DAY)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sit_down(browser: Browser, room: Room, server: LiveServer) -> Iterator[Callable[[str], Page]]:
    with ExitStack() as stack:
        yield lambda person: stack.enter_context(room.browser_of(person, browser, server.address))


def stored(database: Path, slot: str) -> str:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        row = connection.execute(
            "SELECT text FROM dialogue_note WHERE slot = ?", (slot,)
        ).fetchone()
    return row[0] if row else ""


@pytest.mark.parametrize("refusing", [True, False], ids=["refused", "unanswered"])
def test_what_is_typed_while_the_server_is_dead_arrives(sit_down, server, database, refusing):
    """Refused: nobody listens. Unanswered: what was sent lies in the queue, and may be taken up by the
    new server after the browser has given up on it."""
    karin, erik = sit_down("karin"), sit_down("erik")
    text_at(karin, OTHER).press_sequentially("Före. ", delay=10)
    saved(karin, OTHER)
    text_at(karin, OTHER).press_sequentially("Mitt i ", delay=30)
    server.kill(refusing=refusing)
    assert stored(database, "other").startswith("Före."), "it was said to be saved"
    text_at(karin, OTHER).press_sequentially("avbrottet. ", delay=30)
    text_at(erik, EFFECTS).press_sequentially("Erik skriver också.", delay=30)
    for page, point in ((karin, OTHER), (erik, EFFECTS)):
        expect(word_at(page, point)).to_have_text(TROUBLE, timeout=20_000)
    text_at(karin, OTHER).press_sequentially("Efter.", delay=30)
    server.start()
    for page, point in ((karin, OTHER), (erik, EFFECTS)):
        saved(page, point)
        expect(page.locator("[data-conflict]")).to_have_count(0)
    assert stored(database, "other") == "Före. Mitt i avbrottet. Efter."
    assert stored(database, "effects") == "Erik skriver också."
    expect(text_at(erik, OTHER)).to_have_value("Före. Mitt i avbrottet. Efter.")
    assert karin.evaluate(KEPT) == "[]"


def test_killed_again_and_again_while_two_type(sit_down, server, database):
    """Five kills at whatever moment comes; both keep on typing."""
    karin, erik = sit_down("karin"), sit_down("erik")
    typed = {OTHER: "", EFFECTS: ""}
    for number in range(5):
        for page, point in ((karin, OTHER), (erik, EFFECTS)):
            words = f"{number} ett två tre. "
            text_at(page, point).press("End")
            text_at(page, point).press_sequentially(words, delay=15)
            typed[point] += words
        server.kill(refusing=number % 2 == 0)
        server.start()
    for page, point, slot in ((karin, OTHER, "other"), (erik, EFFECTS, "effects")):
        expect(text_at(page, point)).to_have_value(typed[point])
        saved(page, point)
        expect(page.locator("[data-conflict]")).to_have_count(0)
        assert stored(database, slot) == typed[point].strip()


def test_a_browser_that_dies_has_kept_what_was_not_saved(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    room: Room,
    server: LiveServer,
    database: Path,
    tmp_path: Path,
):
    """kill -9 of the browser's processes."""
    profile = tmp_path / "profile"

    def launch() -> Page:
        context = browser_type.launch_persistent_context(
            str(profile), base_url=server.address, **browser_type_launch_args
        )
        context.set_default_timeout(30_000)
        context.add_cookies(
            [{"name": "varvet", "value": room.cookies["karin"], "url": server.address}]
        )
        page = context.new_page()
        page.goto(room.path)
        return page

    karin = launch()
    text_at(karin, OTHER).press_sequentially("Sparat. ", delay=10)
    saved(karin, OTHER)
    server.kill(refusing=True)
    text_at(karin, OTHER).press_sequentially("Inte sparat än.", delay=10)
    expect(word_at(karin, OTHER)).to_have_text(TROUBLE, timeout=20_000)
    kill_browser(profile)
    server.start()
    again = launch()
    expect(text_at(again, OTHER)).to_have_value("Sparat. Inte sparat än.")
    saved(again, OTHER)
    assert stored(database, "other") == "Sparat. Inte sparat än."
    again.context.close()


def test_an_expired_session_loses_nothing(sit_down, server, room, database):
    karin = sit_down("karin")
    text_at(karin, OTHER).press_sequentially("Sparat. ", delay=10)
    saved(karin, OTHER)
    karin.context.clear_cookies()
    text_at(karin, OTHER).press_sequentially("Skrivet utloggad.", delay=10)
    reload = word_at(karin, OTHER).get_by_role("link", name="Ladda om sidan")
    expect(reload).to_be_visible(timeout=20_000)
    reload.click()
    expect(karin).to_have_title("Logga in – Varvet")
    karin.context.add_cookies(
        [{"name": "varvet", "value": room.cookies["karin"], "url": server.address}]
    )
    karin.goto(room.path)
    expect(text_at(karin, OTHER)).to_have_value("Sparat. Skrivet utloggad.")
    saved(karin, OTHER)
    assert stored(database, "other") == "Sparat. Skrivet utloggad."
