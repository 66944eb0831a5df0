"""A real browser at a real server, each test with a database of its own.

`sign_in("karin")` is a page on which Karin has signed in, with her password, as people do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from tests.cast import THE_DAY, build
from tests.live_server import copy_database, live_server, make_database
from tracker.auth.passwords import hash_password
from tracker.extensions import db
from tracker.models import Measure, MeasureBasis, User

PASSWORD = "tre små grisar på rad"


@pytest.fixture(scope="session")
def told_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cast, everybody with a password, and one measure whose effect is due."""

    def fill() -> None:
        cast = build()
        db.session.flush()
        db.session.execute(sa.update(User).values(password_hash=hash_password(PASSWORD)))
        due = Measure.propose(
            cast.cycle(cast.savkulla, cast.last_year),
            by=cast.karin,
            title="Språkgrupper på fritidshemmet",
            basis=MeasureBasis.ORGANIZER,
            basis_note="Nämndens beslut om läsning",
            expected_effect="Alla barn i språkgrupperna berättar i samlingen (start: hälften).",
            assessable_from=THE_DAY.date(),
        )
        due.decide(by=cast.karin)

    database = tmp_path_factory.mktemp("told") / "told.sqlite3"
    make_database(database, THE_DAY, fill)
    return database


@dataclass
class Site:
    address: str
    database: Path

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        engine = sa.create_engine(f"sqlite:///{self.database}")
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sa.text(statement))]
        engine.dispose()
        return found


@pytest.fixture
def site(told_database: Path, tmp_path: Path) -> Iterator[Site]:
    database = copy_database(told_database, tmp_path / "site.sqlite3")
    with live_server(database, at=THE_DAY) as address:
        yield Site(address, database)


@pytest.fixture
def open_browser(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`open_browser(java_script_enabled=False)` is an empty page of somebody's own browser."""
    contexts = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(
            base_url=site.address, locale="sv-SE", timezone_id="Europe/Stockholm", **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(open_browser: Callable[..., Page]) -> Callable[..., Page]:
    def signed_in(person: str, **options: Any) -> Page:
        page = open_browser(**options)
        page.goto("/")
        expect(page).to_have_title("Logga in – Varvet")
        fill_sign_in(page, f"{person}@exempelby.example")
        expect(page.get_by_text("Logga ut")).to_have_count(1)
        return page

    return signed_in


def fill_sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-post").fill(email)
    page.get_by_label("Lösenord").fill(password)
    page.get_by_role("button", name="Logga in").click()
