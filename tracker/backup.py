"""A copy of everything in one file, taken while people work, and back.

The file is a tar archive with `manifest.json`, the key that signs sessions (`secret_key`) and the
database: for SQLite a file made by its online backup, for PostgreSQL what pg_dump writes. Whoever
holds it can read everything: it is written readable by its owner only.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import URL

from tracker.clock import now
from tracker.config import Settings
from tracker.database import make_private
from tracker.extensions import db
from tracker.terminal import Command, Stop

FORMAT = 1
SQLITE, POSTGRES = "varvet.sqlite3", "varvet.pgdump"
LARGEST_SMALL_PART = 10_000


class BackupError(Exception):
    """It cannot be done; the message says why on one line."""


def init_app(app: Flask) -> None:
    app.cli.add_command(backup)
    app.cli.add_command(restore)


@click.command(cls=Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Copy everything, keys included, to FILE while people work."""
    try:
        size = take(file)
    except (BackupError, OSError) as wrong:
        raise Stop(f"Ingen kopia togs: {wrong}") from wrong
    click.echo(
        f"Kopian ligger i {file} ({size / 1e6:.1f} MB). Den innehåller allt: förvara den säkert."
    )


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also when the database has content, which is lost.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Bring back what `backup` copied. Stop the web and scheduler processes first."""
    try:
        put_back(file, replace=replace)
    except (BackupError, OSError, tarfile.TarError) as wrong:
        raise Stop(f"Inget ändrades: {wrong}") from wrong
    click.echo(
        "Allt är tillbaka. Kör flask --app wsgi db upgrade om programmet är nyare än kopian."
    )


def take(file: Path) -> int:
    """Write the copy to `file`, which appears only when it is whole; returns its size in bytes."""
    settings: Settings = current_app.config["VARVET"]
    url = db.engine.url
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".varvet-") as folder:
        name = SQLITE if _is_sqlite(url) else POSTGRES
        copy = Path(folder) / name
        if _is_sqlite(url):
            _copy_sqlite(_sqlite_path(url), copy)
        else:
            _run(["pg_dump", "--format=custom", f"--file={copy}", _libpq(url)], url)
        manifest = {"format": FORMAT, "taken_at": now().isoformat(), "database": name}
        whole = Path(folder) / "whole.tar"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz") as archive:
                _add(archive, "manifest.json", json.dumps(manifest).encode())
                _add(archive, "secret_key", settings.secret_key.encode())
                archive.add(copy, arcname=name)
            raw.flush()
            os.fsync(raw.fileno())
        whole.replace(file)
    return file.stat().st_size


def put_back(file: Path, *, replace: bool) -> None:
    """Bring the copy in `file` back. Raises BackupError when it is no copy of ours, is damaged, is
    for the other kind of database, or would overwrite content without `replace`."""
    url = db.engine.url
    wanted = SQLITE if _is_sqlite(url) else POSTGRES
    if not replace and _has_content():
        raise BackupError("databasen har redan innehåll; lägg till --replace för att ersätta det")
    with tempfile.TemporaryDirectory(prefix="varvet-") as folder:
        try:
            with tarfile.open(file, "r:gz") as archive:
                manifest = json.loads(_read(archive, "manifest.json"))
                if manifest.get("format") != FORMAT:
                    raise BackupError(f"{file} är gjord av en annan version av Varvet")
                if manifest.get("database") != wanted:
                    raise BackupError(f"{file} är en kopia av en annan sorts databas")
                secret = _read(archive, "secret_key").decode()
                with _member(archive, wanted) as inside, open(Path(folder) / wanted, "wb") as out:
                    shutil.copyfileobj(inside, out)
        except (KeyError, ValueError, EOFError, tarfile.ReadError) as wrong:
            raise BackupError(f"{file} är inte en hel kopia från Varvet") from wrong
        copy = Path(folder) / wanted
        db.session.remove()
        db.engine.dispose()
        if _is_sqlite(url):
            _check_sqlite(copy, file)
            _copy_sqlite(copy, _sqlite_path(url))
        else:
            _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
                  f"--dbname={_libpq(url)}", str(copy)], url)  # fmt: skip
    _keep_secret(secret)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _sqlite_path(url: URL) -> Path:
    return Path(url.database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup: a consistent copy, page by page, while others read and write. Into an
    existing database it is one transaction, so that a crash leaves the old content."""
    target.parent.mkdir(parents=True, exist_ok=True)
    make_private(target)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target, timeout=20)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as wrong:
        raise BackupError(f"databasen kunde inte kopieras ({wrong})") from wrong


def _check_sqlite(copy: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()
            known = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as wrong:
        raise BackupError(f"databasen i {file} är skadad") from wrong
    if found != ("ok",) or known is None:
        raise BackupError(f"databasen i {file} är skadad")


def _has_content() -> bool:
    inspector = sa.inspect(db.engine)
    if not inspector.has_table("organizer"):
        return False
    return bool(db.session.scalar(sa.text("SELECT count(*) FROM organizer")))


def _keep_secret(secret: str) -> None:
    """Put the key where the next start finds it, unless the environment names one."""
    if os.environ.get("SECRET_KEY"):
        return
    path = Path(current_app.instance_path) / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(secret)
    new.replace(path)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    with _member(archive, name) as inside:
        return inside.read(LARGEST_SMALL_PART)


def _libpq(url: URL) -> str:
    """The address as PostgreSQL's own tools take it, without the password: others on the machine
    can read a command line."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _run(command: list[str], url: URL) -> None:
    env = {**os.environ, "PGPASSWORD": url.password} if url.password else None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=3600, check=False, env=env
        )
    except FileNotFoundError as wrong:
        raise BackupError(f"programmet {command[0]} finns inte på maskinen") from wrong
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["okänt fel"]
        raise BackupError(f"{command[0]}: {lines[-1]}")
