"""The application behind a real gunicorn, in a child process with a database of its own.

    with live_server(f"sqlite:///{path}", at=THE_DAY) as address: …

Nobody waits for it to start: the socket listens before the server does, so that the first request
waits by itself. It ends with the block, and with the test run, however that ends.
"""

import ctypes
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from flask_migrate import upgrade

from tracker import clock, create_app
from tracker.extensions import db

ROOT = Path(__file__).resolve().parent.parent
Made = TypeVar("Made")


def application() -> Callable[..., Iterable[bytes]]:
    """What gunicorn loads: the application, at the moment that LIVE_AT names, or now."""
    app = create_app()
    if "LIVE_AT" not in os.environ:
        return app
    moment = clock.parse(os.environ["LIVE_AT"])

    def at_the_moment(environ: Any, start_response: Any) -> Iterable[bytes]:
        with clock.stopped_at(moment):
            return app(environ, start_response)

    return at_the_moment


@contextmanager
def live_server(
    database: Path, *, at: datetime | None = None, workers: int = 1, environment: str = "test"
) -> Iterator[str]:
    """Serve the SQLite file; gives the address. What the server says goes to a file beside it."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=128)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        surroundings = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        surroundings |= {
            "VARVET_ENV": environment,
            "VARVET_INSTANCE": str(database.parent),
            "DATABASE_URL": f"sqlite:///{database}",
            "BASE_URL": address,
            "SECRET_KEY": "a key for tests only, long enough to be one",
            "WEB_CONCURRENCY": str(workers),
            **({"LIVE_AT": at.isoformat()} if at else {}),
        }
        with database.with_suffix(".log").open("wb") as log:
            server = subprocess.Popen(
                [
                    str(Path(sys.executable).parent / "gunicorn"),
                    "--bind",
                    f"fd://{listening.fileno()}",
                    "tests.live_server:application()",
                ],
                cwd=ROOT,
                env=surroundings,
                pass_fds=[listening.fileno()],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
            )
        try:
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def said(database: Path) -> list[str]:
    """The lines that the server of this file has written."""
    return database.with_suffix(".log").read_text().splitlines()


def make_database(database: Path, at: datetime, fill: Callable[[], Made]) -> Made:
    """A migrated SQLite file filled as of that moment; gives what `fill` gives."""
    from tests.conftest import make_settings  # not for the server, which loads this module too

    app = create_app(make_settings(f"sqlite:///{database}"))
    with app.app_context(), clock.stopped_at(at):
        upgrade()
        made = fill()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return made


def copy_database(database: Path, to: Path) -> Path:
    """The same content in a file of one's own."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copy(database, to))


def _end_with_parent() -> None:
    """Ask Linux to end the server when the test run dies, even by kill -9."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
