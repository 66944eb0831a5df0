"""A dialogue that is going on, in a database of its own, and browsers in which people sit in the room."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.cast import THE_DAY, Cast, build
from tests.checked_client import CheckedClient
from tests.conftest import make_settings
from tests.live_server import make_database
from tracker import create_app
from tracker.extensions import db

PEOPLE = ("karin", "jonas", "erik")


@dataclass
class Room:
    """The dialogue's number, and the cookie of each person."""

    dialogue_id: int
    cookies: dict[str, str]

    @property
    def path(self) -> str:
        return f"/dialoger/{self.dialogue_id}/samtal"

    @contextmanager
    def browser_of(
        self, person: str, browser: Browser, address: str, **options: Any
    ) -> Iterator[Page]:
        """A browser of the person's own, in the room."""
        context = browser.new_context(
            base_url=address, locale="sv-SE", timezone_id="Europe/Stockholm", **options
        )
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "varvet", "value": self.cookies[person], "url": address}])
        page = context.new_page()
        page.goto(self.path)
        try:
            yield page
        finally:
            context.close()


def make_room(database: Path) -> Room:
    """Dialog 1 of both Karin's units began an hour ago."""
    return make_database(database, THE_DAY, lambda: fill(f"sqlite:///{database}"))


def fill(url: str) -> Room:
    """The same in a database that is migrated already, inside its application's context."""
    cast: Cast = build()
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Matematik i åk 4–6", "Hur håller vi i?", None, by=cast.karin)
    dialogue.add_topic("Fritidshemmets plats", "Vi ser det i tre åtgärder.", by=cast.erik)
    start = THE_DAY - timedelta(hours=1)
    dialogue.place_at(start, start + timedelta(minutes=90), by=cast.erik)
    db.session.commit()
    app = create_app(make_settings(url))
    cookies = {}
    for person in PEOPLE:
        client = CheckedClient(app)
        client.become(getattr(cast, person))
        cookies[person] = client.get_cookie("varvet", domain="127.0.0.1").value
    with app.app_context():
        db.engine.dispose()
    return Room(dialogue.id, cookies)


def text_at(page: Page, point: str) -> Locator:
    """The text at a point of the agenda."""
    return page.get_by_label(f"Anteckningar: {point}", exact=True)


def word_at(page: Page, point: str) -> Locator:
    """What the page says of whether the text there is saved."""
    return page.get_by_role("region", name=point).locator("[data-word]")


def saved(page: Page, point: str) -> None:
    expect(word_at(page, point)).to_contain_text("Sparat", timeout=30_000)
