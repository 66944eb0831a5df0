"""Nothing is held in the database while a mail server thinks: others write, and see no open work."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.scenes import World, world
from tests.notifications.mail_server import mail_server
from tests.notifications.scenes import decided_measure, moment
from tracker import clock
from tracker.config import SmtpServer
from tracker.extensions import db
from tracker.notifications.passes import tick

MONDAY = "2026-09-14"


@pytest.mark.parametrize("written_anew", [False, True])
def test_no_transaction_during_an_exchange(
    database_kind: str, tmp_path: Path, written_anew: bool
) -> None:
    with world(database_kind, tmp_path) as here, mail_server() as server:
        for unit in (here.cast.savkulla, here.cast.hassel, here.cast.klockvret):
            decided_measure(here.cast, MONDAY, unit=unit)
        if written_anew:
            with clock.stopped_at(moment(MONDAY)):
                tick()
            here.cast.karin.name = "Karin Holm-Ek"
            db.session.commit()
        open_work: list[object] = []

        def look(_what: object) -> None:
            open_work.append(_open_work(here))

        server.answer_recipient = look
        server.answer_mail = look
        configured = replace(here.app.config["VARVET"], smtp=SmtpServer.parse(server.url))
        here.app.config["VARVET"] = configured
        with clock.stopped_at(moment(MONDAY, "07:05")):
            assert tick().sent == 3
        assert open_work == [[]] * 6


def _open_work(here: World) -> list[str]:
    """What the sender has open in the database, seen from outside of it. On SQLite: whether another
    may write at once."""
    if here.url.startswith("sqlite"):
        other = sqlite3.connect(
            here.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None
        )
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            [[busy, *_]] = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return ["a reader"] if busy else []  # a checkpoint waits for those who read, too
        except sqlite3.OperationalError as problem:
            return [str(problem)]
        finally:
            other.close()
    engine = sa.create_engine(here.url)
    try:
        with engine.connect() as connection:
            return list(
                connection.scalars(
                    sa.text(
                        "SELECT state || ': ' || query FROM pg_stat_activity WHERE datname ="
                        " current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
                    )
                )
            )
    finally:
        engine.dispose()
