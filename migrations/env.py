"""Runs the migrations inside the application, on its own engine."""

from typing import Any

import sqlalchemy as sa
from alembic import context
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


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Batch mode rebuilds a table under a new name: with foreign keys on, dropping the old
            # one would delete every row that hangs on it by ON DELETE CASCADE. The pragma only
            # works outside a transaction.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
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
