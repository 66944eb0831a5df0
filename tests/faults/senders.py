"""Four senders at once on an outbox with many mails, asked to end and killed in the middle of a send.
Run as a program:

    python -m tests.faults.senders TERMS KILLS SEED LOG

First so many senders are asked to end (SIGTERM), then so many kill themselves (SIGKILL), each at a
point of a send and after a number of mails drawn by lot; whoever ends is followed by another. Then
the rest is sent in peace, when the leases of the killed have run out. A line for each kill goes to
LOG: the point, and the Message-ID of the mail in hand.
"""

import gc
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import time_machine

from tests.faults import crowd
from tracker import create_app, jobs
from tracker.extensions import db
from tracker.models import OutgoingMail
from tracker.notifications import sending, smtp
from tracker.notifications.leasing import LEASE
from tracker.notifications.sending import send_waiting
from tracker.web.security import settings

SENDERS = 4
KILLS_A_ROUND = 12
"""What the killed have leased is nobody's until the next round, later than a lease."""

POINTS = (
    "before MAIL",
    "before RCPT",
    "before DATA",
    "before the body",
    "in the body",
    "body sent",
    "answer read",
    "marked",
    "committed",
)
UNKNOWN = ("body sent", "answer read", "marked")
"""The points at which the mail may be out, and the database does not know it."""


def main(terms: int, kills: int, seed: int, log: str) -> None:
    lots = random.Random(seed)
    app = create_app()
    with app.app_context():
        mails = _warm_up()
    most = max(1, mails // (terms + kills) // 2)

    def life(at: datetime, ending: int | None) -> int:
        point, after = lots.choice(POINTS), lots.randint(1, most)
        connections = lots.choice((1, 1, 3))
        pid = os.fork()
        if pid:
            return pid
        sending.CONNECTIONS = connections
        if ending is not None:
            _end_at(point, after, ending, log)
        with time_machine.travel(at, tick=True):
            jobs.run(app, (jobs.Job("until nothing is left", 0.02, _one_pass),))
        os._exit(0)

    at = crowd.at()
    _round(lambda: life(at, signal.SIGTERM), terms)
    with app.app_context():
        if held := db.session.scalar(
            sa.select(sa.func.count()).where(OutgoingMail.lease.is_not(None))
        ):
            sys.exit(f"{held} mails were not given back")
        db.session.remove()
        db.engine.dispose()
    taken = Path(os.environ["TAKEN"]).read_text()
    print(len(taken.splitlines()), flush=True)  # noqa: T201 (for the test that started this)
    while kills:
        now, at = at, at + LEASE + timedelta(seconds=1)
        some = min(kills, KILLS_A_ROUND)
        killed = _round(lambda now=now: life(now, signal.SIGKILL), some)
        if killed < some:
            sys.exit("there were not mails enough for so many kills")
        kills -= killed
    _round(lambda: life(at + LEASE, None), 0)


def _round(begin: Callable[[], int], endings: int) -> int:
    """Senders at work until none is left and so many have been ended; how many were killed."""
    alive = {begin() for _ in range(min(SENDERS, endings or SENDERS))}
    begun, killed = len(alive), 0
    while alive:
        pid, status = os.wait()
        alive.remove(pid)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed += 1
        elif status:
            sys.exit(f"a sender ended with {status}")
        if begun < endings:
            alive.add(begin())
            begun += 1
    return killed


def _warm_up() -> int:
    """The first mails, so that not every fork has to compile everything anew; how many there are."""
    number = db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) or 0
    db.session.commit()
    with time_machine.travel(crowd.at(), tick=True):
        asked = iter(range(8))
        send_waiting(_server(), lambda: next(asked, None) is None)
    db.session.remove()
    db.engine.dispose()  # no connection is shared with a fork
    gc.collect()
    gc.freeze()  # or each fork would copy all of it, only to look through it
    return number


def _server() -> Any:
    return settings().smtp


def _one_pass() -> None:
    if not send_waiting(_server(), jobs.stopping.is_set).sent:
        os.kill(os.getpid(), signal.SIGTERM)


def _end_at(point: str, after: int, ending: int, log: str) -> None:
    """Let the process end at that point of its so-manieth mail."""
    left = iter(range(after, 0, -1))
    in_hand = threading.local()

    def here(reached: str) -> None:
        if reached == point and next(left, 0) == 1:
            if ending == signal.SIGKILL:
                with open(log, "a") as file:
                    file.write(f"{point}\t{in_hand.name}\n")
            os.kill(os.getpid(), ending)

    def replace(owner: Any, name: str, around: Callable[..., Any]) -> None:
        method = getattr(owner, name)
        setattr(owner, name, lambda *args, **named: around(method, *args, **named))

    def begin(method: Callable[..., Any], self: Any, message: Any) -> Any:
        in_hand.name = str(message["Message-ID"])
        return method(self, message)

    def before(said: str) -> Callable[..., Any]:
        def around(method: Callable[..., Any], self: Any, *args: Any) -> Any:
            if said != "before DATA" or args[0] == "DATA":
                here(said)
            return method(self, *args)

        return around

    def send(method: Callable[..., Any], self: Any, data: Any) -> None:
        if not isinstance(data, bytes):
            return method(self, data)
        here("before the body")
        if point == "in the body":
            half = len(data) // 2
            method(self, data[:half])
            here("in the body")
            return method(self, data[half:])
        method(self, data)
        return here("body sent")

    def hand_over(method: Callable[..., Any], self: Any, *args: Any) -> Any:
        answer = method(self, *args)
        here("answer read")
        return answer

    def mark(method: Callable[..., Any], *args: Any, **named: Any) -> Any:
        in_hand.is_marked = True
        marked = method(*args, **named)
        in_hand.is_marked = False
        here("committed")
        return marked

    replace(smtp.Postbox, "send", begin)
    for name, said in (("mail", "before MAIL"), ("rcpt", "before RCPT"), ("docmd", "before DATA")):
        replace(smtp._Connection, name, before(said))
    replace(smtp._Connection, "send", send)
    replace(smtp._Connection, "hand_over", hand_over)
    OutgoingMail.mark_sent = staticmethod(  # type: ignore[method-assign]
        lambda *args, method=OutgoingMail.mark_sent, **named: mark(method, *args, **named)
    )

    def commit(_connection: Any) -> None:
        if getattr(in_hand, "is_marked", False):
            here("marked")

    sa.event.listen(sa.Engine, "commit", commit)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
