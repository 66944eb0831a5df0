"""A person who types in the analysis, in a browser of their own, at a server that may be killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.cast import THE_DAY, build
from tests.checked_client import CheckedClient
from tests.conftest import make_settings
from tests.live_server import make_database
from tracker import create_app
from tracker.extensions import db
from tracker.models import SituationAnalysis

WRITE = "/enheter/savkullaskolan/2026-27/nulagesanalys/skriv"
SAVED = "Sparat som utkast kl. 09.00"
TROUBLE = "Utkastet är inte sparat än – försöker igen"

KEPT = """() => new Promise((done) => {
  const opening = indexedDB.open("varvet", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
  opening.onsuccess = () => {
    const all = opening.result.transaction("kept").objectStore("kept").getAll();
    all.onsuccess = () => { opening.result.close(); done(JSON.stringify(all.result)); };
  };
})"""
"""What the browser keeps, as text: the list of what the server does not have yet."""


@dataclass
class Desk:
    """The cookies of people who write in Sävkullaskolan's analysis."""

    cookies: dict[str, str]

    @contextmanager
    def browser_of(self, person: str, browser: Browser, address: str) -> Iterator[Page]:
        context = browser.new_context(base_url=address, locale="sv-SE")
        context.set_default_timeout(30_000)
        self.sign_in(context, person, address)
        try:
            yield context.new_page()
        finally:
            context.close()

    def sign_in(self, context: BrowserContext, person: str, address: str) -> None:
        context.add_cookies([{"name": "varvet", "value": self.cookies[person], "url": address}])


def make_desk(database: Path) -> Desk:
    def fill() -> Desk:
        cast = build()
        SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)
        db.session.commit()
        app = create_app(make_settings(f"sqlite:///{database}"))
        cookies = {}
        for person in ("karin", "jonas"):
            client = CheckedClient(app)
            client.become(getattr(cast, person))
            cookies[person] = client.get_cookie("varvet", domain="127.0.0.1").value
        with app.app_context():
            db.engine.dispose()
        return Desk(cookies)

    return make_database(database, THE_DAY, fill)


def results(page: Page) -> Locator:
    return page.get_by_label("Resultatbild")


def word(page: Page) -> Locator:
    return page.locator("[data-draft-word]")


def saved(page: Page) -> None:
    expect(word(page)).to_have_text(SAVED, timeout=30_000)


def kill_browser(profile: Path) -> None:
    """kill -9 of those processes that were started with this profile."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in command:
            os.kill(int(entry.name), signal.SIGKILL)
