"""Many people write in a few analyses at once, over HTTP, through two web processes on both databases: every
save is accepted or refused, what was accepted is in the history and what was refused is shown back.

The whole of it, 50 writers × 100 edits on 10 analyses, is a soak run; `make test` runs a small one.
"""

import http.client
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from tests.cast import SINCE, THE_DAY, build
from tests.checked_client import CheckedClient
from tests.conftest import make_settings, new_migrated_database
from tests.faults.test_readers_and_writers import form_in
from tests.live_server import live_server, said
from tracker import clock, create_app
from tracker.extensions import db
from tracker.models import (
    AnalysisText,
    AuditEvent,
    Cause,
    CauseLocation,
    Problem,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SituationAnalysis,
    UnitKind,
    User,
)
from tracker.web.swedish import sort_key

WRITERS_EACH = 5
MEET_EVERY = 3
"""Every third edit all writers of an analysis read the same text before any of them saves."""
PATIENCE = 300


@dataclass
class Desk:
    """An analysis with those who write in it, and what came of it."""

    analysis_id: int
    problem_id: int
    cause_id: int
    address: str
    cookies: list[str]
    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By text: each saved text, whole."""
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    meeting: threading.Barrier = field(default_factory=lambda: threading.Barrier(WRITERS_EACH))

    def form(self, what: str) -> tuple[str, str]:
        """Where a text is written, and the name of its field."""
        path = {
            "results": "skriv",
            "problem": f"problem/{self.problem_id}",
            "cause": f"orsaker/{self.cause_id}",
        }[what]
        return f"{self.address}/{path}", "results" if what == "results" else "text"


def fill(url: str, desks: int) -> list[Desk]:
    """Schools with a rektor and four deputies each, and an analysis begun in each."""
    cast = build()
    app = create_app(make_settings(url))
    found = []
    for number in range(desks):
        unit = SchoolUnit.create(
            cast.exempelby, f"Skola {number}", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY],
            by=None, opened_on=SINCE,
        )  # fmt: skip
        people = [_leader(cast.exempelby, unit, number, place) for place in range(WRITERS_EACH)]
        analysis = SituationAnalysis.start(cast.year.lap_for(unit), by=people[0])
        analysis.write({"results": "Början."}, by=people[0])
        problem = analysis.add_problem("Början.", None, by=people[0])
        cause = problem.add_cause("Början.", CauseLocation.TEACHING, "", by=people[0])
        db.session.commit()
        cookies = []
        for person in people:
            browser = CheckedClient(app)
            browser.become(person)
            cookies.append(browser.get_cookie("varvet", domain="127.0.0.1").value)
        at = f"/enheter/{unit.slug}/{cast.year.slug}/nulagesanalys"
        found.append(Desk(analysis.id, problem.id, cause.id, at, cookies))
    with app.app_context():
        db.engine.dispose()
    return found


def _leader(organizer, unit: SchoolUnit, number: int, place: int) -> User:
    name = f"Ledare {number}-{place}"
    person = User(email=f"l{number}-{place}@x.example", name=name, sort_key=sort_key(name))
    db.session.add(person)
    db.session.flush()
    role = Role.DEPUTY if place else Role.PRINCIPAL
    RoleAssignment.give(person, role, organizer, by=None, unit=unit, starts_on=SINCE)
    return person


@dataclass
class Place:
    app: Flask
    address: str
    desks: list[Desk]
    log: Path


@pytest.fixture(params=[(2, 6), pytest.param((10, 100), marks=pytest.mark.soak)], ids=str)
def scale(request: pytest.FixtureRequest) -> tuple[int, int]:
    """How many analyses, and how many edits each writer makes."""
    return request.param


@pytest.fixture
def place(database_kind: str, tmp_path: Path, scale: tuple[int, int]) -> Iterator[Place]:
    with new_migrated_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context(), clock.stopped_at(THE_DAY):
            desks = fill(url, scale[0])
            db.session.remove()
            db.engine.dispose()
        log = tmp_path / "server.sqlite3"
        with live_server(log, at=THE_DAY, workers=2, url=url) as address:
            yield Place(app, address, desks, log)
        with app.app_context():
            db.engine.dispose()


class Writer:
    """Reads a text, adds a line and saves, again and again; a connection of its own for every request, as
    a server may close one that has rested."""

    def __init__(self, place: Place, desk: Desk, number: int, edits: int) -> None:
        self._host = urlsplit(place.address).netloc
        self._desk, self._number, self._edits = desk, number, edits

    def write(self) -> None:
        try:
            for edit in range(self._edits):
                together = edit % MEET_EVERY == 0
                others = ("problem", "cause", "results")[(edit + self._number) % 3]
                self._edit("results" if together else others, edit, together=together)
        except BaseException:
            self._desk.meeting.abort()
            raise

    def _edit(self, what: str, edit: int, *, together: bool) -> None:
        desk, line = self._desk, f"rad {self._number}-{edit}."
        path, name = desk.form(what)
        status, page = self._ask("GET", path)
        assert status == 200, page
        fields = form_in(page)
        fields[name] = f"{fields[name]}\n{line}"
        if together:
            desk.meeting.wait(PATIENCE)
        status, page = self._ask("POST", path, urlencode(fields))
        with desk.lock:
            if status == 302:
                desk.accepted[what].append(fields[name])
                desk.lines[what].append(line)
                return
            desk.refused += 1
        assert status == 409, f"{status}: {page}"
        assert line in page, "what was typed is gone"
        assert "stored-now" in page, "what stands is not shown"

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        cookie = self._desk.cookies[self._number]
        headers = {"Cookie": f"varvet={cookie}", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def test_every_save_is_kept_or_shown_back(place: Place, scale: tuple[int, int]) -> None:
    analyses, edits = scale
    began = time.monotonic()
    writers = [
        Writer(place, desk, number, edits) for desk in place.desks for number in range(WRITERS_EACH)
    ]
    with ThreadPoolExecutor(len(writers)) as threads:
        for job in [threads.submit(writer.write) for writer in writers]:
            job.result()
    accepted = sum(len(texts) for desk in place.desks for texts in desk.accepted.values())
    refused = sum(desk.refused for desk in place.desks)
    seconds = time.monotonic() - began
    logging.getLogger(__name__).info("%d + %d in %.0f s", accepted, refused, seconds)
    assert accepted + refused == analyses * WRITERS_EACH * edits
    met = analyses * -(-edits // MEET_EVERY)
    assert refused >= met * (WRITERS_EACH - 1), "nobody met anybody: nothing was tried"
    assert accepted >= met
    with place.app.app_context():
        for desk in place.desks:
            _check(desk)
        db.session.remove()
    assert [line for line in said(place.log) if '"level": "error"' in line] == []


def _check(desk: Desk) -> None:
    """The history of each text is the beginning and then what was accepted; what stands holds every
    accepted line, since each builds on the one before."""
    standing = {
        "results": db.session.get_one(SituationAnalysis, desk.analysis_id),
        "problem": db.session.get_one(Problem, desk.problem_id),
        "cause": db.session.get_one(Cause, desk.cause_id),
    }
    for what, row in standing.items():
        history = [
            text.content["text"]
            for text in db.session.query(AnalysisText)
            .filter_by(analysis_id=desk.analysis_id, part=what)
            .order_by(AnalysisText.id)
        ]
        assert history[0] == "Början."
        assert sorted(history[1:]) == sorted(_sent(text) for text in desk.accepted[what])
        text = row.results if what == "results" else row.text
        assert history[-1] == text
        assert sorted(text.split("\n")) == sorted(["Början.", *desk.lines[what]])
    told = db.session.query(AuditEvent).filter(
        AuditEvent.action.in_(["analysis_changed", "problem_changed", "cause_changed"]),
        AuditEvent.subject_id == desk.analysis_id,
    )
    assert told.count() == sum(len(texts) for texts in desk.accepted.values()) + 1


def _sent(text: str) -> str:
    """As the form cleans it."""
    return text.replace("\r\n", "\n").strip()
