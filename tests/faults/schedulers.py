"""Several schedulers at once that are killed again and again. Run as a program:

    python -m tests.faults.schedulers RESTARTS SEED FIRST_DAY

Each restart is a round: four schedulers begin at the same moment, and all but the lucky ones kill
themselves (SIGKILL) at a statement, a commit or an SMTP exchange drawn by lot. Two rounds a working
day, further apart than a lease; at the end a few days of peace. Prints how many were killed.
"""

import itertools
import os
import random
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
import time_machine
from flask import Flask

from tracker import clock, create_app, jobs
from tracker.cycle.workdays import may_send_on
from tracker.extensions import db
from tracker.notifications.passes import tick

SCHEDULERS = 4
LONGEST_LIFE = 160
"""Steps after which a scheduler is killed at the latest, if it has not come to the end of its work."""
DAYS_OF_PEACE = 3
MORNINGS = (time(7, 0), time(7, 20))


def days_of(restarts: int, first: date) -> list[date]:
    """The working days of the rounds, and after them those of peace."""
    days = (first + timedelta(days=number) for number in itertools.count())
    number = -(-restarts // len(MORNINGS)) + DAYS_OF_PEACE
    return list(itertools.islice((day for day in days if may_send_on(day)), number))


def main(restarts: int, seed: int, first: date) -> None:
    lots = random.Random(seed)
    app = create_app()
    _warm_up(app, first)
    days = days_of(restarts, first)
    rounds = [clock.at(day, morning) for day in days[:-DAYS_OF_PEACE] for morning in MORNINGS]
    killed = 0
    for at in rounds[:restarts]:
        lives = [_begin(app, at, lots.randint(1, LONGEST_LIFE)) for _ in range(SCHEDULERS)]
        killed += sum(_end(pid) for pid in lives)
    for day in days[-DAYS_OF_PEACE:]:
        for morning in MORNINGS:
            lives = [_begin(app, clock.at(day, morning), None) for _ in range(SCHEDULERS)]
            if sum(_end(pid) for pid in lives):
                sys.exit("a scheduler died in peace")
    print(killed)  # noqa: T201 (for the test that started this program)


def _warm_up(app: Flask, first: date) -> None:
    """One pass on the Friday before, so that not every fork has to compile everything anew."""
    with app.app_context():
        with clock.stopped_at(clock.at(first - timedelta(days=3), MORNINGS[0])):
            tick()
        db.session.remove()
        db.engine.dispose()  # no connection is shared with a fork


def _begin(app: Flask, at: datetime, steps: int | None) -> int:
    """A scheduler of its own, from `at` on, until it finds nothing more to do or is killed."""
    pid = os.fork()
    if pid:
        return pid
    if steps is not None:
        _kill_after(steps)
    with time_machine.travel(at, tick=True):
        jobs.run(app, (jobs.Job("until nothing is left", 0.02, _one_pass),))
    os._exit(0)


def _one_pass() -> None:
    if not any(tick(jobs.stopping.is_set).as_dict().values()):
        os.kill(os.getpid(), signal.SIGTERM)


def _end(pid: int) -> bool:
    """Wait for the scheduler; whether it was killed. Anything but that or a clean end is an error."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"a scheduler ended with {status}")
    return False


def _kill_after(steps: int) -> None:
    left = itertools.count(steps, -1)

    def step(*_: Any) -> None:
        if next(left) <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, moment, step)

    def around(method: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **named: Any) -> Any:
            step()
            result = method(*arguments, **named)
            step()
            return result

        return stepping

    for name in ("putcmd", "getreply", "send"):
        setattr(smtplib.SMTP, name, around(getattr(smtplib.SMTP, name)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), date.fromisoformat(sys.argv[3]))
