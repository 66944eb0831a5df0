"""Twenty people write twenty times each in the same text of a dialogue, at once, on both databases:
what was accepted stands, what was refused is shown back beside what stands."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from tests.cast import THE_DAY
from tests.conftest import make_settings, new_migrated_database
from tests.faults.rooms import PEOPLE, Room, fill
from tracker import clock, create_app
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import AuditEvent, DialogueNote, QualityDialogue, Side, User

WRITERS, EDITS = 20, 20
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def place(database_kind: str, tmp_path: Path) -> Iterator[tuple[Flask, Room]]:
    with new_migrated_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context(), clock.stopped_at(THE_DAY):
            room = fill(url)
            db.session.remove()
        yield app, room
        with app.app_context():
            db.engine.dispose()


class Writer:
    """Reads what stands and adds a line to it, again and again; half of them as the script does it,
    half as the plain form does."""

    def __init__(self, app: Flask, room: Room, number: int) -> None:
        self._room, self._number = room, number
        self._by_script = number % 2 == 0
        self._browser = app.test_client()
        cookie = room.cookies[PEOPLE[number % len(PEOPLE)]]
        self._browser.set_cookie("varvet", cookie, domain="127.0.0.1")
        self.accepted: list[str] = []
        self.refused = 0

    def write(self, start: Barrier) -> "Writer":
        with clock.stopped_at(THE_DAY):
            found = CSRF.search(self._get(self._room.path).text)
            assert found
            start.wait()
            for edit in range(EDITS):
                self._edit(f"rad {self._number}-{edit}.", found[1])
        return self

    def _edit(self, line: str, token: str) -> None:
        standing = (
            self._get(f"{self._room.path}/nytt")
            .json["notes"]
            .get("other", {"version": 0, "text": ""})
        )
        answer = self._browser.post(
            f"{self._room.path}/other" if self._by_script else self._room.path,
            data={
                "csrf_token": token,
                "note-other-text": f"{standing['text']}\n{line}".strip(),
                "note-other-version": standing["version"],
            },
            headers={"HX-Request": "true"} if self._by_script else {},
            base_url="http://127.0.0.1:8000",
        )
        if answer.status_code in (200, 302):
            self.accepted.append(line)
            return
        assert answer.status_code == 409, answer.text
        self.refused += 1
        assert "stored-now" in answer.text, "what stands is not shown"
        if not self._by_script:
            assert line in answer.text, "what was typed is gone"

    def _get(self, path: str):
        answer = self._browser.get(path, base_url="http://127.0.0.1:8000")
        assert answer.status_code == 200
        return answer


def test_twenty_writers_of_twenty_edits_in_one_text(place):
    app, room = place
    start = Barrier(WRITERS)
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(WRITERS))
        jobs = [threads.submit(Writer(app, room, number).write, start) for number in range(WRITERS)]
        writers = [job.result() for job in jobs]
    accepted = [line for writer in writers for line in writer.accepted]
    refused = sum(writer.refused for writer in writers)
    assert len(accepted) + refused == WRITERS * EDITS
    assert accepted
    assert refused, "nobody met anybody: nothing was tried"
    with app.app_context():
        note = db.session.query(DialogueNote).filter_by(slot="other").one()
        # Each builds on the one before: a line that was accepted and is gone was overwritten unseen.
        assert sorted(note.text.split("\n")) == sorted(accepted)
        assert note.version == len(accepted)
        told = db.session.query(AuditEvent).filter_by(action="note_written").count()
        assert 1 <= told <= len(accepted)
        db.session.remove()


def test_nobody_approves_one_text_while_another_is_saved(place):
    """One writes on, both sides approve whatever stands: once it is locked, what is locked is what
    both of them approved."""
    app, room = place

    def in_own_transaction(do: Callable[[QualityDialogue], object]) -> None:
        with app.app_context(), clock.stopped_at(THE_DAY):
            try:
                do(db.session.get_one(QualityDialogue, room.dialogue_id))
                db.session.commit()
            except (DialogueError, StaleDataError):
                db.session.rollback()
            finally:
                db.session.remove()

    def person(name: str) -> User:
        return db.session.query(User).filter(User.email.startswith(f"{name}@")).one()

    def write(number: int) -> None:
        def do(dialogue: QualityDialogue) -> None:
            note = dialogue.note_at("other")
            seen = note.version if note else 0
            dialogue.write_note("other", f"Text {number}", seen=seen, by=person("jonas"))

        in_own_transaction(do)

    def approve(side: Side, name: str) -> None:
        in_own_transaction(
            lambda dialogue: dialogue.approve({side}, seen=dialogue.digest(), by=person(name))
        )

    def writing() -> None:
        for number in range(25):
            write(number)

    def approving(side: Side, name: str) -> None:
        for _ in range(25):
            approve(side, name)

    in_own_transaction(lambda dialogue: dialogue.hold(by=person("erik")))
    with ThreadPoolExecutor(3) as threads:
        jobs = [
            threads.submit(writing),
            threads.submit(approving, Side.PRINCIPAL, "karin"),
            threads.submit(approving, Side.ORGANIZER, "erik"),
        ]
        for job in jobs:
            job.result()
    for side, name in ((Side.PRINCIPAL, "karin"), (Side.ORGANIZER, "erik")):
        approve(side, name)
    with app.app_context():
        dialogue = db.session.get_one(QualityDialogue, room.dialogue_id)
        assert dialogue.is_approved
        standing = {row.digest for side in Side if (row := dialogue.standing_approval(side))}
        assert standing == {dialogue.digest()}
        db.session.remove()
