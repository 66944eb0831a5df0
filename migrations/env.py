"""Runs the migrations inside the application, on its own engine."""

import sqlite3
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.migration import MigrationContext
from flask import current_app

from tracker.database import UtcDateTime
from tracker.extensions import db
from tracker.search.models import is_of_the_model


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own types as plain SQLAlchemy: a migration must not change when the code does. A
    registry that grows (`choice(..., open_ended=True)`) is text to the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum) and not item.create_constraint:
        return f"sa.String(length={item.length})"
    return False


class NumbersGiven:
    """The highest number that SQLite has given in each table that never gives one twice. Batch mode
    builds a table anew, and SQLite then counts on from its highest row: what was removed above that
    would be given again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._known: dict[str, int] = {}
        if connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
        ).fetchone():
            self._known = dict(
                connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
            )

    def keep(self, *, ctx: MigrationContext, **_step: Any) -> None:
        """In the transaction of each migration, so that nothing is lost when the next one stops."""
        connection = ctx.connection
        assert connection is not None
        numbered = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        ).scalars()
        for table in numbered.all():
            row = ("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
            given = connection.exec_driver_sql(*row).scalar() or 0
            if given < (before := self._known.get(table, 0)):
                connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
                connection.exec_driver_sql(
                    "INSERT INTO sqlite_sequence VALUES (?, ?)", (table, before)
                )
            self._known[table] = max(given, before)


def run() -> None:
    options = dict(current_app.extensions["migrate"].configure_args)
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Batch mode rebuilds a table under a new name: with foreign keys on, dropping the old
            # one would delete every row that hangs on it by ON DELETE CASCADE. The pragma only
            # works outside a transaction.
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            options["on_version_apply"] = NumbersGiven(driver).keep
        try:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_item=render_item,
                include_name=is_of_the_model,
                transaction_per_migration=True,
                **options,
            )
            with context.begin_transaction():
                context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration broke {len(broken)} foreign keys")
        finally:
            connection.rollback()
            if sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run()
