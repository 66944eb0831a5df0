"""The base of every model: named column shapes, constraint names, and how SQLite is opened."""

import enum
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from flask import g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.orm.attributes import set_committed_value

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant in UTC.

    Refuses naive values: SQLite drops the offset silently, so a naive value would come back as
    another instant than the one that was meant.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in time needs its zone: use tracker.clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(
    values: type[enum.StrEnum], name: str | None = None, *, open_ended: bool = False
) -> sa.Enum:
    """A column that holds the *values* of an enum, kept to them by a CHECK in the database.

    `name` tells two columns of the same enum in one table apart. `open_ended` leaves the CHECK out,
    for registries that grow with every feature and would need a migration each time.
    """
    return sa.Enum(
        values,
        native_enum=False,
        length=40,
        create_constraint=not open_ended,
        values_callable=lambda kind: [member.value for member in kind],
        name=name or values.__name__.lower(),
    )


ShortText = Annotated[str, mapped_column(sa.String(200))]
LongText = Annotated[str, mapped_column(sa.Text, default="")]
"""What a person writes; empty until written, never NULL. Length is the form's affair."""
Sha256 = Annotated[str, mapped_column(sa.String(64))]


NUMBERS_ARE_NOT_REUSED = {"sqlite_autoincrement": True}
"""Of a table whose rows can be removed and whose numbers stand in addresses, drafts or Historik: on SQLite the
next row would else get the number of the last one removed, and an old form would write in it."""


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    registry = registry(
        metadata=metadata, type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: sa.JSON}
    )


class Identified:
    """A surrogate key."""

    id: Mapped[int] = mapped_column(primary_key=True)


class TenantOwned(Identified):
    """A row of one organizer (huvudman). Other rows point at it by (organizer_id, id), so that the
    database itself refuses a link across municipalities."""

    organizer_id: Mapped[int] = mapped_column(sa.ForeignKey("organizer.id"))


def tenant_key() -> sa.UniqueConstraint:
    """What lets other rows of the same organizer point here."""
    return sa.UniqueConstraint("organizer_id", "id")


def tenant_fk(column: str, table: str, **kwargs: Any) -> sa.ForeignKeyConstraint:
    """A foreign key that carries the tenant."""
    return sa.ForeignKeyConstraint(
        ["organizer_id", column], [f"{table}.organizer_id", f"{table}.id"], **kwargs
    )


class Versioned:
    """A row that several people may write in: an old form never overwrites a newer text."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]

    def expect_version(self, version: int) -> None:
        """Make the next flush fail with StaleDataError unless the row still has this version.

        The version is the one the person saw in the form, not the one just loaded: reading the
        row anew would otherwise make every old form look fresh.
        """
        set_committed_value(self, "version", version)


_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading_only() -> Iterator[None]:
    """Transactions begun inside take no write lock, whatever the request's method."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def _takes_write_lock() -> bool:
    if _reading.get():
        return False
    if not has_request_context():
        return True
    return request.method not in SAFE_METHODS or bool(g.get("writes_on_get"))


def make_private(file: Path) -> None:
    """Let the file be there, readable by its owner only, before SQLite would make it readable by
    everybody; what SQLite puts beside it (-wal, -shm) gets the same rights. One that is there is left
    as it is: somebody may have given it others on purpose."""
    with suppress(OSError):  # where it cannot be made, SQLite says so itself
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@event.listens_for(Engine, "do_connect")
def _make_sqlite_private(dialect: Any, _record: Any, arguments: Any, options: Any) -> None:
    if dialect.name != "sqlite" or options.get("uri") or arguments[0] in ("", ":memory:"):
        return
    make_private(Path(arguments[0]))


@event.listens_for(Engine, "connect")
def _open_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=20000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    """Writers take the lock at once and wait for each other. A deferred BEGIN fails midway with
    'database is locked' when another writer came between its read and its write."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _takes_write_lock() else "BEGIN")
