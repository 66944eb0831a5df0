"""Fixtures for all tests: both databases, the cast, a client that checks what it gets.

Every test of pages and models runs on SQLite and on PostgreSQL, inside a transaction that is rolled
back; of what takes long and is not about the database `make soak` runs the second one (ONE_DATABASE).
The day is always that of `tests.cast.THE_DAY`, unless a test travels.
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import upgrade

from tests.browser_path import ARGUMENTS, browser_path
from tests.cast import THE_DAY, Cast, build
from tests.checked_client import CheckedClient
from tests.temporary_postgres import temporary_postgres
from tracker import create_app
from tracker.config import Settings
from tracker.extensions import db
from tracker.models import User
from tracker.reports import documents

BASE_URL = "http://127.0.0.1:8000"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

_templates = ExitStack()
"""The databases that others are copies of, for as long as this process runs tests."""


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL server for the whole run; the workers find it in the environment."""
    if not hasattr(config, "workerinput") and "TEST_POSTGRES_URL" not in os.environ:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        os.environ["TEST_POSTGRES_URL"] = stack.enter_context(temporary_postgres())
    config.add_cleanup(_templates.close)


LONG = (
    "tests/test_every_page.py",
    "tests/test_every_route.py",
    "tests/faults/test_ten_thousand.py",
    "tests/faults/",
    "tests/drafts/",
    "tests/notifications/test_mails_of_a_year.py",
    "tests/e2e/",
    "tests/demo/",
)
"""Where single tests take long, the longest first."""


ONE_DATABASE = {
    "tests/test_every_route.py": "postgres",  # which refuses more of what is typed
    "tests/demo/test_check_ins.py": "sqlite",
    "tests/demo/test_handover.py": "sqlite",
    "tests/demo/test_isolation.py": "sqlite",
    "tests/demo/test_mails.py": "sqlite",
    "tests/demo/test_own_lap.py": "sqlite",
    "tests/demo/test_story.py": "sqlite",
    "tests/demo/test_support.py": "sqlite",
    "tests/demo/test_teams.py": "sqlite",
    "tests/drafts/test_every_form.py": "postgres",
    "tests/notifications/test_mails_of_a_year.py": "sqlite",
    "tests/notifications/test_upcoming.py": "sqlite",
    "tests/notifications/test_whole_year.py": "sqlite",
}
"""Long and not about the database: where `make test` runs it. `make soak` runs it on the other one."""


def pytest_itemcollected(item: pytest.Item) -> None:
    path, *_ = item.nodeid.partition("::")
    kind = _param(item, "database_kind")
    if kind and kind != ONE_DATABASE.get(path, kind):
        item.add_marker("soak")


def _param(item: pytest.Item, name: str) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get(name, "")) if callspec else ""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that no worker is left alone with one at the end; tests of the same day of the
    demo together, since each worker loads the days it meets."""

    def place(item: pytest.Item) -> tuple[int, str]:
        long = next(
            (number for number, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG)
        )
        return long, _param(item, "demo")

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: the garbage collector need not look there again."""
    gc.collect()
    gc.freeze()


def make_settings(database_url: str, **changes: Any) -> Settings:
    """Settings for a test application, without the environment."""
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": database_url,
        "secret_key": "a key for tests only, long enough to be one",
        "base_url": BASE_URL,
        "trusted_hosts": ["127.0.0.1", "localhost"],
        "proxy_hops": 0,
        "smtp": None,
        "mail_from": "Varvet <varvet@varvet.example>",
    }
    return Settings(**(values | changes))


@contextmanager
def new_postgres_database(name: str, template: str = "template1") -> Iterator[str]:
    """A database of its own on the run's server, empty or a copy of another; gives its address."""
    url = sa.make_url(os.environ["TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg")
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        server.dispose()


@contextmanager
def new_database(kind: str, folder: Path) -> Iterator[str]:
    """An empty database of the kind ("sqlite" or "postgres"); gives its address."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.sqlite3'}"
    else:
        with new_postgres_database(f"test_{WORKER}_{folder.name}") as url:
            yield url


@contextmanager
def new_migrated_database(kind: str, folder: Path) -> Iterator[str]:
    """A database of the kind with every table and nothing in them; gives its address."""
    if kind == "sqlite":
        database = folder / "test.sqlite3"
        database.write_bytes(migrated_sqlite())
        yield f"sqlite:///{database}"
    else:
        name = f"test_{WORKER}_{folder.name}"
        with new_postgres_database(name, template=_migrated_postgres()) as url:
            yield url


@cache
def migrated_sqlite() -> bytes:
    """The file of a migrated database. Migrating takes most of a second, a copy nothing: each worker
    migrates one database of each kind. `tests/test_migrations.py` is about the migrations."""
    with tempfile.TemporaryDirectory(prefix="varvet-") as folder:
        database = Path(folder, "migrated.sqlite3")
        _migrate(f"sqlite:///{database}")
        return database.read_bytes()


@cache
def _migrated_postgres() -> str:
    name = f"migrated_{WORKER}"
    _migrate(_templates.enter_context(new_postgres_database(name)))
    return name


def _migrate(url: str) -> None:
    app = create_app(make_settings(url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()  # nobody may be connected to what is copied


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def _built(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Cast]]:
    folder = tmp_path_factory.mktemp(database_kind)
    with new_migrated_database(database_kind, folder) as url:
        app = create_app(make_settings(url))
        with app.app_context(), time_machine.travel(THE_DAY, tick=False):
            cast = build()
            db.session.commit()
            db.session.remove()
        yield app, cast
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def one_file_of_each_kind() -> Iterator[None]:
    """The children that make Word and PDF are started once each: walks through every address ask for hundreds
    of files, and look into none. What is in them has tests of its own."""
    make, made = documents._made_by, {}

    def once(child: Path, document: documents.Document, time_limit: float) -> bytes:
        if child not in made:
            made[child] = make(child, document, time_limit)
        return made[child]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(documents, "_made_by", once)
        yield


@pytest.fixture
def the_day() -> Iterator[time_machine.Traveller]:
    """Time stands still on THE_DAY; `the_day.move_to(...)` goes elsewhere."""
    with time_machine.travel(THE_DAY, tick=False) as traveller:
        yield traveller


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Inside, all work is in one transaction that is undone at the end, commits included."""
    with app.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        db.session.remove()
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
def app(_built: tuple[Flask, Cast], the_day: time_machine.Traveller) -> Iterator[Flask]:
    """The application with the cast in its database. What a test writes is rolled back."""
    app, _ = _built
    with rolled_back(app):
        yield app


@pytest.fixture
def cast(app: Flask, _built: tuple[Flask, Cast]) -> Cast:
    return Cast(dict(_built[1].ids))


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A browser that is not signed in."""
    return CheckedClient(app)


@pytest.fixture
def as_(app: Flask) -> Callable[[User], CheckedClient]:
    """`as_(cast.karin)` is a browser in which Karin is signed in."""

    def sign_in(person: User) -> CheckedClient:
        db.session.commit()
        browser = CheckedClient(app)
        browser.become(person)
        return browser

    return sign_in


class Statements(list[str]):
    """The SQL statements that were sent, transaction control left out."""


@pytest.fixture
def statements(app: Flask) -> Iterator[Callable[[], Any]]:
    """`with statements() as sent:` collects what the database is asked inside."""

    @contextmanager
    def collect() -> Iterator[Statements]:
        sent = Statements()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
                sent.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)

    return collect


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": browser_path(), "args": ARGUMENTS}
