"""Ten thousand reminders in the outbox and four senders, asked to end and killed in the middle of a
send: none is lost, and a mail goes twice only where the server had taken it and the kill came before
the database knew, both times with the same Message-ID."""

import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults import crowd
from tests.faults.scenes import World, world
from tests.faults.senders import UNKNOWN
from tests.faults.taker import taker
from tracker.extensions import db
from tracker.models import MailState, OutgoingMail, Reminder, ReminderState

REMINDERS = 10_000


def test_100_asked_to_end_and_25_killed(database_kind: str) -> None:
    _send(database_kind, each=2, terms=100, kills=25, seconds=240)


@pytest.mark.soak
def test_500_killed(database_kind: str) -> None:
    _send(database_kind, each=1, terms=100, kills=500, seconds=1800)


def _send(kind: str, *, each: int, terms: int, kills: int, seconds: int) -> None:
    """`each`: how many of the reminders a mail carries."""
    with _folder() as folder, world(kind, folder) as here, taker(folder) as (port, taken):
        crowd.gather(REMINDERS // each, each)
        crowd.put_in_the_outbox()
        db.session.remove()
        undisturbed = _run(here, port, taken, terms, kills, seconds)
        lines = [line.split() for line in taken.read_text().splitlines()]
        points = [line.split("\t") for line in (folder / "kills").read_text().splitlines()]
        _check_what_arrived(lines, undisturbed, points)
        assert len(points) == kills
        _check_database({line[2] for line in lines if len(line) == 3})


@contextmanager
def _folder() -> Iterator[Path]:
    """In memory where the machine has that: a kill takes nothing from what the kernel was given, so
    that the disk would only make it slow."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="varvet-", dir=memory) as name:
        yield Path(name)


def _run(here: World, port: int, taken: Path, terms: int, kills: int, seconds: int) -> int:
    """How many lines the server had written before the first kill."""
    arrangements = here.process(f"smtp://127.0.0.1:{port}")
    arrangements["env"]["TAKEN"] = str(taken)
    program = [sys.executable, "-m", "tests.faults.senders", str(terms), str(kills), "1"]
    done = subprocess.run(
        [*program, str(here.instance / "kills")],
        **arrangements,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if '"mail sent"' not in line]
    assert done.returncode == 0, "\n".join([done.stdout, *told[-100:]])
    return int(done.stdout)


def _check_what_arrived(lines: list[list[str]], undisturbed: int, points: list[list[str]]) -> None:
    """`lines`: what the server wrote, so many of them before the first kill."""
    before = Counter(line[2] for line in lines[:undisturbed] if len(line) == 3)
    assert len(before) > 100
    assert max(before.values()) == 1  # a sender that is asked to end finishes the mail in hand
    arrived: dict[str, list[int]] = defaultdict(list)
    last_of_session: dict[str, int] = {}
    took_leave = {line[0] for line in lines if line[1] == "quit"}
    for number, line in enumerate(lines):
        if len(line) == 3:
            arrived[line[2]].append(number)
            last_of_session[line[0]] = number
    twice = {name: numbers for name, numbers in arrived.items() if len(numbers) > 1}
    for name, numbers in twice.items():
        for number in numbers[:-1]:
            session = lines[number][0]
            assert last_of_session[session] == number, f"{name} was followed by another mail"
            assert session not in took_leave, f"{name} was sent by somebody who was not killed"
    for point, name in points:
        if point == "answer read":
            assert name in twice  # taken by the server, and nobody left who could know it
    assert twice
    assert {point for point, _ in points} >= set(UNKNOWN)


def _check_database(arrived: set[str]) -> None:
    mails = db.session.execute(
        sa.select(OutgoingMail.id, OutgoingMail.state, OutgoingMail.lease)
    ).all()
    assert {(state, lease) for _, state, lease in mails} == {(MailState.SENT, None)}
    assert {f"<varvet-{mail_id}@127.0.0.1>" for mail_id, *_ in mails} == arrived
    assert db.session.execute(
        sa.select(Reminder.state, sa.func.count()).group_by(Reminder.state)
    ).all() == [(ReminderState.SENT, REMINDERS)]
