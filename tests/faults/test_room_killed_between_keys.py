"""Karin and Erik type in the room, each in a browser of their own, when the server is killed between two
keys: nothing that was answered as saved is lost, and of the typing at most five seconds.

    python -m pytest -n0 -s -m soak tests/faults/test_room_killed_between_keys.py
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Response, expect

from tests.cast import THE_DAY
from tests.faults.rooms import Room, make_room, saved, text_at, word_at
from tests.live_server import LiveServer

MOST_LOST = 5.0
"""Seconds of typing."""
WORDS = [
    "vi",
    "ser",
    "att",
    "eleverna",
    "frågar",
    "oftare",
    "därför",
    "prövar",
    "planeringen",
    "igen",
]


ENDS = [(True, False), (False, True), (True, True), (False, False)]
"""Whether the dead server refuses or leaves unanswered; whether the pages are closed before it is back."""


class Writer:
    """Types key by key at one point of the agenda, and knows when each key was pressed."""

    def __init__(self, context: BrowserContext, room: Room, point: str, slot: str) -> None:
        self.context, self.room, self.point, self.slot = context, room, point, slot
        self.typed = ""
        self.pressed: list[float] = []
        """When each key of `typed` was."""
        self.answered = ""
        """What the server has said that it keeps."""
        self.open()

    def open(self) -> None:
        self.page = self.context.new_page()
        self.page.on("response", self._note)
        self.page.goto(self.room.path)
        expect(text_at(self.page, self.point)).to_be_editable()

    def _note(self, response: Response) -> None:
        sent = parse_qs(response.request.post_data or "")
        if response.status == 200 and (text := sent.get(f"note-{self.slot}-text")):
            self.answered = text[0].strip()

    def press(self, key: str, delay: int) -> None:
        self.pressed.append(time.monotonic())
        self.typed += key
        text_at(self.page, self.point).press_sequentially(key, delay=delay)

    def seconds_lost(self, kept: str, at: float) -> float:
        """How long before that moment the first key was pressed of what is not in the text `kept`."""
        assert self.typed.startswith(kept), (self.typed[-80:], kept[-80:])
        missing = len(self.typed[len(kept) :].lstrip())
        lost = [moment for moment in self.pressed[-missing:] if missing and moment <= at]
        return at - lost[0] if lost else 0.0

    def come_back(self) -> str:
        """The text in the room, opened anew; what was saved without an answer stands beside it."""
        self.open()
        field = text_at(self.page, self.point)
        panel = self.page.get_by_role("region", name=self.point).locator("[data-conflict]")
        word = word_at(self.page, self.point).filter(has_text="Sparat")
        expect(panel.or_(word).first).to_be_visible(timeout=30_000)
        if panel.count():
            panel.locator("[data-choose=mine]").click()
        saved(self.page, self.point)
        return field.input_value()


class Trial:
    """Rounds of typing in a room whose server is killed in each."""

    def __init__(
        self, seed: int, browser: Browser, room: Room, database: Path, server: LiveServer
    ) -> None:
        self.chance = random.Random(seed)
        self.database, self.server = database, server
        self.lost_at_the_kill: list[float] = []
        self.lost_for_good: list[float] = []
        self.ends = self.chance.sample(ENDS, len(ENDS))
        with ExitStack() as stack:
            self.writers = [
                Writer(stack.enter_context(self._context(browser, room, person)), room, point, slot)
                for person, point, slot in (
                    ("karin", "Övrigt", "other"),
                    ("erik", "Effekter av åtgärderna", "effects"),
                )
            ]
            self._closing = stack.pop_all()

    def _context(self, browser: Browser, room: Room, person: str) -> BrowserContext:
        context = browser.new_context(base_url=self.server.address, locale="sv-SE")
        context.set_default_timeout(30_000)
        context.add_cookies(
            [{"name": "varvet", "value": room.cookies[person], "url": self.server.address}]
        )
        return context

    def close(self) -> None:
        self._closing.close()

    def round(self) -> None:
        keys = " ".join(self.chance.choices(WORDS, k=self.chance.randint(10, 14))) + " "
        killed_at = self.chance.randrange(10, len(keys) - 5)
        refusing, closes = self.ends.pop() if self.ends else self.chance.choice(ENDS)
        moments: list[float] = []

        def kill() -> None:
            self.server.kill(refusing=refusing)
            moments.append(time.monotonic())

        killing = Thread(target=kill)
        for number, key in enumerate(keys):
            if number == killed_at:
                killing.start()
            for writer in self.writers:
                writer.press(key, self.chance.choice((5, 20, 60)))
        killing.join()
        for writer in self.writers:
            kept = self._stored(writer.slot)
            assert kept.startswith(writer.answered), (writer.answered[-80:], kept[-80:])
            self.lost_at_the_kill.append(writer.seconds_lost(kept, moments[0]))
        stopped = time.monotonic()
        if closes:
            for writer in self.writers:
                writer.page.close()
        self.server.start()
        for writer in self.writers:
            if closes:
                text = writer.come_back()
            else:
                saved(writer.page, writer.point)
                text = text_at(writer.page, writer.point).input_value()
            self.lost_for_good.append(writer.seconds_lost(text.rstrip(), stopped))
            self._go_on_from(writer, text)

    def _go_on_from(self, writer: Writer, text: str) -> None:
        """What is lost is lost: the next round is about what comes then."""
        field = text_at(writer.page, writer.point)
        field.press("Control+End")
        if not text.endswith(" "):
            field.press_sequentially(" ")
            text += " "
        writer.pressed = [time.monotonic()] * len(text)
        writer.typed = text

    def _stored(self, slot: str) -> str:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            row = connection.execute(
                "SELECT text FROM dialogue_note WHERE slot = ?", (slot,)
            ).fetchone()
        return row[0] if row else ""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Room, Path, LiveServer]]:
    database = tmp_path / "room.sqlite3"
    room = make_room(database)
    server = LiveServer(database, at=THE_DAY)
    server.start()
    yield room, database, server
    server.stop()


def try_rounds(
    seed: int, rounds: int, browser: Browser, place: tuple[Room, Path, LiveServer]
) -> Trial:
    trial = Trial(seed, browser, *place)
    try:
        for _ in range(rounds):
            trial.round()
    finally:
        trial.close()
    return trial


def test_killed_between_keys(browser, place):
    trial = try_rounds(8, 2, browser, place)
    assert max(trial.lost_at_the_kill) <= MOST_LOST, trial.lost_at_the_kill
    assert max(trial.lost_for_good) <= MOST_LOST, trial.lost_for_good


@pytest.mark.soak
def test_killed_between_keys_again_and_again(browser, place):
    trial = try_rounds(2026, 60, browser, place)
    print(f"\nseconds not stored at the kill, at most: {max(trial.lost_at_the_kill):.1f}")  # noqa: T201 (the figure, with -s)
    print(f"seconds lost for good, at most: {max(trial.lost_for_good):.1f}")  # noqa: T201 (the same)
    assert max(trial.lost_at_the_kill) <= MOST_LOST
    assert max(trial.lost_for_good) <= MOST_LOST
