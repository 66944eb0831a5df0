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
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

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


class LiveServer:
    """Serves the SQLite file at `address`; it can be killed, and started again at the same one. What
    the server says goes to a file beside the database. With `url` it serves that database instead, and
    the file gives only the folder and the name of what the server says."""

    def __init__(
        self,
        database: Path,
        *,
        at: datetime | None = None,
        workers: int = 1,
        environment: str = "test",
        url: str | None = None,
    ) -> None:
        self._listening = _listen(0)
        self._log = database.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self._port = self._listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        surroundings = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._surroundings = surroundings | {
            "VARVET_ENV": environment,
            "VARVET_INSTANCE": str(database.parent),
            "DATABASE_URL": url or f"sqlite:///{database}",
            "BASE_URL": self.address,
            "SECRET_KEY": "a key for tests only, long enough to be one",
            "WEB_CONCURRENCY": str(workers),
            **({"LIVE_AT": at.isoformat()} if at else {}),
        }

    def start(self) -> None:
        if self._listening.fileno() < 0:
            self._listening = _listen(self._port)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(Path(sys.executable).parent / "gunicorn"),
                    "--bind",
                    f"fd://{self._listening.fileno()}",
                    "tests.live_server:application()",
                ],
                cwd=ROOT,
                env=self._surroundings,
                pass_fds=[self._listening.fileno()],
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def kill(self, *, refusing: bool) -> None:
        """kill -9, workers and all. Then connections are refused; or taken and never answered, until
        the server is back and finds them."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=30)
            self._process = None
        if refusing:
            self._listening.close()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None
        self._listening.close()


def _listen(port: int) -> socket.socket:
    """A port of its own for 0. One whose server was killed is free when the last of its workers is
    gone, which the kernel sees to in a moment."""
    until = time.monotonic() + 20
    while True:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=128)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


@contextmanager
def live_server(
    database: Path,
    *,
    at: datetime | None = None,
    workers: int = 1,
    environment: str = "test",
    url: str | None = None,
) -> Iterator[str]:
    """Serve the SQLite file, or the database at `url`; gives the address."""
    server = LiveServer(database, at=at, workers=workers, environment=environment, url=url)
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


def said(database: Path) -> list[str]:
    """The lines that the server of this file has written."""
    return database.with_suffix(".log").read_text().splitlines()


def make_database(database: Path, at: datetime, fill: Callable[[], Made]) -> Made:
    """A migrated SQLite file filled as of that moment; gives what `fill` gives."""
    # Not for the server, which loads this module too.
    from tests.conftest import make_settings, migrated_sqlite

    database.write_bytes(migrated_sqlite())
    app = create_app(make_settings(f"sqlite:///{database}"))
    with app.app_context(), clock.stopped_at(at):
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
