"""The demo loaded as of six days of the year, once for each database; what a test writes is rolled back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import make_settings, new_migrated_database
from tracker import clock, create_app
from tracker.demo.load import load
from tracker.demo.stage import Stage
from tracker.extensions import db

DAYS = ("2026-07-01", "2026-08-15", "2026-10-10", "2026-11-20", "2027-02-20", "2027-06-01")


@pytest.fixture(scope="session")
def empty_app(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with a database that has tables and nothing in them."""
    with _application(database_kind, tmp_path_factory.mktemp("demo")) as app:
        yield app


@contextmanager
def _application(database_kind: str, folder: Path) -> Iterator[Flask]:
    with new_migrated_database(database_kind, folder) as url:
        app = create_app(make_settings(url))
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def rolled_back(app: Flask, database: sa.Engine | None = None) -> Iterator[None]:
    """Inside, the session works in a transaction that is undone at the end, commits included; in the
    application's own database or another."""
    with app.app_context():
        engine = db.engines[None]
        connection = (database or engine).connect()
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


@pytest.fixture(scope="session")
def loaded(
    empty_app: Flask, database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[sa.Engine, Stage]]]:
    """`loaded("2026-10-10")`: a database with the demo as of that day, loaded when it is first asked for,
    and its stage."""
    found: dict[str, tuple[sa.Engine, Stage]] = {}
    with ExitStack() as stack:

        def as_of(day: str) -> tuple[sa.Engine, Stage]:
            if day not in found:
                folder = tmp_path_factory.mktemp("as_of")
                app = stack.enter_context(_application(database_kind, folder))
                with app.app_context(), clock.stopped_at(moment(day)):
                    stage = load(moment(day))
                    db.session.commit()
                    found[day] = db.engine, stage
                    db.session.remove()
            return found[day]

        yield as_of


@pytest.fixture(scope="module", params=DAYS)
def demo(
    request: pytest.FixtureRequest, empty_app: Flask, loaded: Callable[[str], Any]
) -> Iterator[Stage]:
    """The stage after loading as of the day, with the clock still standing there."""
    engine, stage = loaded(request.param)
    with rolled_back(empty_app, engine), clock.stopped_at(moment(request.param)):
        yield _brought_back(stage)


def _brought_back(stage: Stage) -> Stage:
    """The stage with its rows read anew, by the session of whoever asks."""
    again = copy(stage)
    for name, kept in vars(stage).items():
        if isinstance(kept, dict):
            rows = {
                key: db.session.get_one(type(row), sa.inspect(row).identity)
                for key, row in kept.items()
            }
            setattr(again, name, rows)
    return again


@pytest.fixture
def run(empty_database: Flask) -> Callable[..., Any]:
    """`run("load", "--if-empty")` runs the command on an empty database."""
    runner = empty_database.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["demo", *arguments])
