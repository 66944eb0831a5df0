"""The demo loaded as of six days of the year, once for each database; what a test writes is rolled back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.conftest import make_settings, new_database
from tracker import clock, create_app
from tracker.demo.load import load
from tracker.demo.stage import Stage
from tracker.extensions import db

DAYS = ("2026-07-01", "2026-08-15", "2026-10-10", "2026-11-20", "2027-02-20", "2027-06-01")


@pytest.fixture(scope="session")
def empty_app(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with a database that has tables and nothing in them."""
    folder: Path = tmp_path_factory.mktemp(f"demo_{database_kind}")
    with new_database(database_kind, folder) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Inside, the session works in a transaction that is undone at the end, commits included."""
    with app.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        db.session.configure(join_transaction_mode="create_savepoint")
        db.engines[None] = connection  # type: ignore[assignment]
        try:
            yield
        finally:
            db.session.remove()
            transaction.rollback()
            connection.close()
            db.engines[None] = engine
            db.session.configure(join_transaction_mode="conditional_savepoint")


@pytest.fixture
def empty_database(empty_app: Flask) -> Iterator[Flask]:
    with rolled_back(empty_app):
        yield empty_app


def moment(day: str) -> datetime:
    return clock.parse(f"{day}T09:00")


@pytest.fixture(scope="module", params=DAYS)
def demo(request: pytest.FixtureRequest, empty_app: Flask) -> Iterator[Stage]:
    """The stage after loading as of the day, with the clock still standing there."""
    at = moment(request.param)
    with rolled_back(empty_app), clock.stopped_at(at):
        stage = load(at)
        db.session.commit()
        yield stage


@pytest.fixture
def run(empty_database: Flask) -> Callable[..., Any]:
    """`run("load", "--if-empty")` runs the command on an empty database."""
    runner = empty_database.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["demo", *arguments])
