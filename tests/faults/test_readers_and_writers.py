"""Three who read and three who write, at once, through two real web processes on SQLite: nobody meets
an error, nobody's text is lost, reading writes nothing, and who has signed out stays out."""

import http.client
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import lxml.html
import pytest

from tests.cast import THE_DAY, build
from tests.checked_client import CheckedClient
from tests.conftest import make_settings
from tests.furnished import House, furnish
from tests.live_server import live_server, make_database, said
from tracker import create_app
from tracker.extensions import db

READERS = WRITERS = ("karin", "jonas", "dag")
"""Rektor and two deputies of the same unit."""


class Visitor:
    """Somebody with a browser that knows no script: one connection, one cookie."""

    def __init__(self, address: str, cookie: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._cookie = cookie

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": f"varvet={self._cookie}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read().decode()


def form_in(page: str) -> dict[str, str]:
    """What the page's own form would send as it stands."""
    (form,) = lxml.html.fromstring(page).xpath('//main//form[@class="form"]')
    return dict(form.form_values())


@dataclass
class World:
    address: str
    database: Path
    house: House
    cookies: dict[str, str]

    def visitor(self, person: str) -> AbstractContextManager[Visitor]:
        return closing(Visitor(self.address, self.cookies[person]))

    def ask(self, statement: str, *values: object) -> object:
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return connection.execute(statement, values).fetchone()[0]

    def errors(self) -> list[str]:
        return [line for line in said(self.database) if '"level": "error"' in line]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = tmp_path / "varvet.sqlite3"
    app = create_app(make_settings(f"sqlite:///{database}"))
    cookies = {}

    def fill() -> House:
        house = furnish(build())
        db.session.commit()
        for person in ("karin", "jonas", "dag", "erik"):
            browser = CheckedClient(app)
            browser.become(getattr(house.cast, person))
            cookies[person] = browser.get_cookie("varvet", domain="127.0.0.1").value
        return house

    house = make_database(database, THE_DAY, fill)
    with app.app_context():
        db.engine.dispose()
    with live_server(database, at=THE_DAY, workers=2) as address:
        yield World(address, database, house, cookies)


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs at once, in threads that begin together; what fails in one fails here."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        start.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return [done.result() for done in [threads.submit(run, job) for job in jobs]]


def write(world: World, person: str, enough: Callable[[int], bool]) -> list[str]:
    """Add line after line to the measure that all write in, and tick off each in its log. A form
    that is older than the text is refused, and filled in anew; gives the lines that were saved."""
    measure = world.house.units["savkulla"].values["measure_id"]
    saved: list[str] = []
    with world.visitor(person) as visitor:
        while not enough(len(saved)):
            line = f"{person} {len(saved)}"
            status, page = visitor.get(f"/atgarder/{measure}/andra")
            assert status == 200
            fields = form_in(page)
            fields["description"] = f"{fields['description']}\n{line}".strip()
            status, page = visitor.post(f"/atgarder/{measure}/andra", fields)
            assert status in (302, 409), page
            if status == 409:
                assert line in page, "what was typed is gone"
                continue
            saved.append(line)
            entry = {"csrf_token": fields["csrf_token"], "on": "2026-11-19", "text": line}
            status, page = visitor.post(f"/atgarder/{measure}/logg", entry)
            assert status == 302, page
    return saved


def pages(world: World) -> list[str]:
    values = world.house.units["savkulla"].values
    unit = f"/enheter/{values['slug']}"
    year = f"{unit}/{values['year']}"
    return [
        "/", "/enheter", year, f"{year}/nulagesanalys", f"{year}/atgarder", f"{year}/effekter",
        f"/atgarder/{values['measure_id']}", f"/dialoger/{values['dialogue_id']}", "/konto",
    ]  # fmt: skip


def read(world: World, person: str, enough: Callable[[int], bool]) -> int:
    number = 0
    with world.visitor(person) as visitor:
        while not enough(number):
            for path in pages(world):
                status, page = visitor.get(path)
                assert status == 200, f"{path}: {status}"
                assert "</html>" in page
            number += 1
    return number


def work_together(world: World, enough: Callable[[int], bool]) -> tuple[list[list[str]], list[int]]:
    """Three read and three write until each writer has had enough; what was saved, and how often
    all pages were read."""
    writing = threading.Semaphore(0)

    def write_and_tell(person: str) -> list[str]:
        try:
            return write(world, person, enough)
        finally:
            writing.release()

    ended = 0

    def all_written(_number: int) -> bool:
        nonlocal ended
        ended += writing.acquire(blocking=False)
        return ended >= len(WRITERS)

    found = together(
        *(lambda person=person: write_and_tell(person) for person in WRITERS),
        *(lambda person=person: read(world, person, all_written) for person in READERS),
    )
    return found[: len(WRITERS)], found[len(WRITERS) :]  # type: ignore[return-value]


def check(world: World, saved: list[list[str]]) -> None:
    measure = world.house.units["savkulla"].values["measure_id"]
    lines = sorted(line for each in saved for line in each)
    stored = str(world.ask("SELECT description FROM measure WHERE id = ?", measure)).split("\n")
    assert sorted(stored) == lines, "an update was lost"
    logged = world.ask(
        "SELECT count(*) FROM measure_log_entry WHERE measure_id = ? AND text <> ?",
        measure,
        "Första planeringen gjord.",
    )
    assert logged == len(lines)
    assert world.errors() == []


def test_readers_and_writers(world):
    saved, times_read = work_together(world, lambda number: number >= 12)
    assert [len(each) for each in saved] == [12, 12, 12]
    assert min(times_read) >= 1
    check(world, saved)


@pytest.mark.soak
def test_readers_and_writers_for_a_minute(world):
    end = time.monotonic() + 60
    saved, times_read = work_together(
        world, lambda number: time.monotonic() > end or number >= 1000
    )
    assert min(len(each) for each in saved) > 20
    assert min(times_read) > 5
    check(world, saved)


def test_reading_writes_nothing(world):
    """SQLite itself says whether anybody has written since."""
    for person in READERS:
        read(world, person, lambda number: number >= 1)
    with closing(sqlite3.connect(world.database)) as watcher:
        before = watcher.execute("PRAGMA data_version").fetchone()
        together(*(lambda p=p: read(world, p, lambda number: number >= 3) for p in READERS))
        assert watcher.execute("PRAGMA data_version").fetchone() == before


@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.soak)])
def test_who_has_signed_out_stays_out(world, rounds):
    """While pages are asked for and forms are sent with the same cookie from other tabs."""
    app = create_app(make_settings(f"sqlite:///{world.database}"))
    for _ in range(rounds):
        with app.app_context():
            browser = CheckedClient(app)
            browser.become(world.house.cast.karin)
            world.cookies["karin"] = browser.get_cookie("varvet", domain="127.0.0.1").value
            token = browser.csrf_token()
            db.session.remove()
        before = world.ask("SELECT count(*) FROM sign_in_session")
        out = threading.Event()

        def other_tab(method: str, out: threading.Event = out, token: str = token) -> list[int]:
            answers, more = [], 3
            with world.visitor("karin") as visitor:
                while more:
                    more -= out.is_set()
                    if method == "GET":
                        answers.append(visitor.get("/konto")[0])
                    else:
                        answers.append(visitor.post("/konto", {"csrf_token": token})[0])
            return answers

        def sign_out(out: threading.Event = out, token: str = token) -> int:
            try:
                with world.visitor("karin") as visitor:
                    visitor.get("/konto")
                    return visitor.post("/logga-ut", {"csrf_token": token})[0]
            finally:
                out.set()

        status, reading, sending = together(
            sign_out, lambda: other_tab("GET"), lambda: other_tab("POST")
        )
        assert status == 302
        assert set(reading) <= {200, 302}
        assert reading[-1] == 302
        assert set(sending) <= {422, 401}
        assert sending[-1] == 401
        assert world.ask("SELECT count(*) FROM sign_in_session") == int(str(before)) - 1
    with app.app_context():
        db.engine.dispose()
    assert world.errors() == []
