"""Numbers that are never given twice: what is removed is told of by its number in Historik, in addresses and in
old forms. Only SQLite can forget them, when a migration builds a table anew."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.cast import THE_DAY, build
from tests.conftest import make_settings, new_database
from tests.measures.scenes import a_measure
from tracker import create_app
from tracker.extensions import db
from tracker.models import AuditEvent

SAID_BY_MODELS = {
    name
    for name, table in db.metadata.tables.items()
    if table.dialect_options["sqlite"]["autoincrement"]
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with new_database("sqlite", tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


def numbered() -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    return set(asked(query))


def asked(query: str) -> list[Any]:
    with db.engine.connect() as connection:
        return list(connection.exec_driver_sql(query).scalars())


def given(table: str) -> int:
    return max(asked(f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'"), default=0)


def behind_its_back(script: str) -> None:
    """As an earlier migration left the file."""
    path = db.engine.url.database
    db.session.remove()
    db.engine.dispose()
    assert path is not None
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        connection.commit()


def test_no_migration_forgets_what_was_given(app: Flask) -> None:
    """The fault: a table built anew counts on from its highest row, or forgets that it counts at all."""
    assert numbered() == SAID_BY_MODELS

    behind_its_back("INSERT INTO sqlite_sequence VALUES ('measure', 900)")
    downgrade(revision="0012")
    assert "measure" in numbered()
    assert given("measure") == 900

    upgrade(revision="0014")
    behind_its_back(
        "DELETE FROM sqlite_sequence WHERE name IN ('cause', 'quality_dialogue');"
        "INSERT INTO sqlite_sequence VALUES ('cause', 901), ('quality_dialogue', 902)"
    )
    upgrade()
    assert [given(table) for table in ("measure", "cause", "quality_dialogue")] == [900, 901, 902]


def shape() -> dict[str, Any]:
    """Of the table measure: its columns, keys, checks and indexes, and what points at it."""
    found = sa.inspect(db.engine)
    return {
        "columns": [(row["name"], str(row["type"]), row["nullable"]) for row in found.get_columns("measure")],
        "keys": sorted(
            (table, str(row["name"]), row["constrained_columns"], row["referred_table"], row["options"])
            for table in found.get_table_names()
            for row in found.get_foreign_keys(table)
            if "measure" in (table, row["referred_table"])
        ),
        "checks": sorted((str(row["name"]), row["sqltext"]) for row in found.get_check_constraints("measure")),
        "unique": sorted((str(row["name"]), row["column_names"]) for row in found.get_unique_constraints("measure")),
        "indexes": sorted((str(row["name"]), row["column_names"], row["unique"]) for row in found.get_indexes("measure")),
        "triggers": sorted(asked("SELECT name FROM sqlite_master WHERE type = 'trigger'")),
    }  # fmt: skip


def test_where_they_were_forgotten_they_are_known_again(app: Flask) -> None:
    """The fault: the number of a removed proposal comes again for another unit's, whose writers then read
    what was done in the first one."""
    with time_machine.travel(THE_DAY, tick=False):
        cast = build()
        db.session.commit()
        gone = a_measure(cast, "Karins förslag", decide=False)
        number = gone.id
        gone.withdraw(by=cast.karin)
        db.session.commit()
    before = shape()
    own = ScriptDirectory(app.extensions["migrate"].directory).get_revision("0022")
    downgrade(revision=own.down_revision)
    behind_its_back(
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_master SET sql = replace(sql, ' AUTOINCREMENT', '') WHERE name = 'measure';"
        "DELETE FROM sqlite_sequence WHERE name = 'measure'"
    )
    assert "measure" not in numbered()

    upgrade()

    assert shape() == before
    assert numbered() == SAID_BY_MODELS
    with time_machine.travel(THE_DAY, tick=False):
        another = a_measure(cast, "Alis förslag", unit=cast.hassel, decide=False)
    assert another.id > number
    told = sa.select(AuditEvent.actor_name).filter_by(subject_kind="measure", subject_id=another.id)
    assert len(db.session.scalars(told).all()) == 1, "its own beginning, and nothing of the first"
