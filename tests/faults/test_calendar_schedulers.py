"""Several schedulers find the same differences at the same moment: every calendar is told once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import time_machine

from tests.cast import THE_DAY
from tests.dialogues.scenes import DAY, at
from tests.faults.scenes import World, world
from tracker.extensions import db
from tracker.models import CalendarEntry, OutgoingMail
from tracker.notifications.passes import plan_calendars

SCHEDULERS = 4
ROUNDS = 5


def test_four_schedulers_at_once(database_kind: str, tmp_path: Path) -> None:
    with world(database_kind, tmp_path) as here:
        for number in range(ROUNDS):
            told_at = THE_DAY + timedelta(hours=number)
            with time_machine.travel(told_at, tick=False):
                _move_all(here, number)
            with time_machine.travel(told_at + timedelta(minutes=11), tick=False):
                queued = _pass_at_once(here)
            # Four units with a rektor, one of which shares her dialogue, and a vacant one.
            assert queued == 7
        assert db.session.query(OutgoingMail).count() == 7 * ROUNDS
        entries = db.session.query(CalendarEntry).all()
        assert {row.sequence for row in entries} == {ROUNDS - 1}
        told = Counter(
            (row.recipient_id, line)
            for row in db.session.query(OutgoingMail)
            for line in row.calendar.splitlines()
            if line.startswith("SEQUENCE")
        )
        each = Counter(row.recipient_id for row in entries)
        assert all(number == each[person] for (person, _), number in told.items())


def _move_all(here: World, number: int) -> None:
    cast = here.cast
    for n, unit in enumerate((cast.savkulla, cast.hassel, cast.klockvret, cast.ringmura)):
        start = at(DAY + timedelta(days=n), 8 + number)
        cast.dialogue(unit).place_at(
            start, start + timedelta(hours=1), by=cast.erik, reason="Krock"
        )
    db.session.commit()


def _pass_at_once(here: World) -> int:
    ready = threading.Barrier(SCHEDULERS)

    def one_pass() -> int:
        with here.app.app_context():
            ready.wait(timeout=20)
            return plan_calendars()

    with ThreadPoolExecutor(SCHEDULERS) as pool:
        return sum(future.result() for future in [pool.submit(one_pass) for _ in range(SCHEDULERS)])
