"""`python -m bench.sending [PEOPLE]`: a morning on which ten thousand people have a reminder.

Real passes of the engine (`flask reminders tick`), on SQLite as it is always opened (synchronous=FULL)
and on a PostgreSQL that waits for the disk, hand the mails to a mail server in a process of its own.
Counted from the start of the command to the last mail that the server has taken: planning included.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade

from tests.faults import crowd
from tests.faults.taker import taker
from tests.temporary_postgres import temporary_postgres
from tracker import ROOT, create_app
from tracker.extensions import db

PEOPLE = 10_000
SECONDS_AT_MOST = 60
SENDERS = (1, 2)


def main(people: int) -> int:
    print(f"{'database':10}{'processes':>10}{'mails':>8}{'first after':>12}{'all after':>11}")
    held = True
    for kind in ("sqlite", "postgres"):
        for senders in SENDERS:
            first, last, number = _morning(kind, people, senders)
            held &= number == people and last <= SECONDS_AT_MOST
            print(f"{kind:10}{senders:10}{number:8}{first:10.1f} s{last:9.1f} s", flush=True)
    print(f"at most {SECONDS_AT_MOST} s: {'ok' if held else 'NOT HELD'}")
    return 0 if held else 1


def _morning(kind: str, people: int, senders: int) -> tuple[float, float, int]:
    """Seconds to the first and to the last mail, and how many different ones arrived."""
    with (
        tempfile.TemporaryDirectory(prefix="varvet-bench-") as folder,
        _database(kind, folder) as url,
        taker(Path(folder)) as (port, log),
    ):
        environment = {
            **os.environ,
            "VARVET_ENV": "test",
            "VARVET_INSTANCE": folder,
            "SECRET_KEY": "for measuring only, and long enough to be one",
            "DATABASE_URL": url,
            "BASE_URL": "http://127.0.0.1:8000",
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
        }
        os.environ.update(environment)
        app = create_app()
        with app.app_context():
            upgrade()
            crowd.gather(people)
            crowd.remember()
            db.session.remove()
            db.engine.dispose()
        tick = [sys.executable, "-m", "flask", "--app", "wsgi", "reminders", "tick"]
        began = time.time()
        at_work = [
            subprocess.Popen(
                [*tick, "--at", f"{crowd.DAY}T07:00"],
                env=environment,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(senders)
        ]
        for process in at_work:
            process.wait()
        taken = [line.split() for line in log.read_text().splitlines()]
        moments = [float(words[1]) for words in taken if len(words) == 3]
        names = {words[2] for words in taken if len(words) == 3}
        return min(moments) - began, max(moments) - began, len(names)


@contextmanager
def _database(kind: str, folder: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
    else:
        with temporary_postgres(durable=True) as url:
            yield url


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else PEOPLE))
