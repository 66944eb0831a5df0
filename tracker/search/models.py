"""The index of what has been assessed: a row for every measure that can be found, and its tokens."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base, tenant_fk

FULL_TEXT = "search_token"
"""What finds by `search_entry.tokens`, made by its migration and no part of the data model: on SQLite a
full-text table that triggers keep (with tables of its own, whose names begin like this), on PostgreSQL
an index."""


def is_of_the_model(name: str | None, kind: str, _parents: Any = None) -> bool:
    """For comparing a database with the data model: everything but the full text."""
    return kind not in ("table", "index") or not (name or "").startswith(FULL_TEXT)


class Tokens(sa.types.TypeDecorator[Any]):
    """A set of tokens; a token has no space and no quotation mark. Text on SQLite, where the full-text
    table reads it, and a tsvector made of exactly these on PostgreSQL. Written, never read."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Iterable[str] | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        quote = "'" if dialect.name == "postgresql" else ""
        return " ".join(f"{quote}{token}{quote}" for token in value)


class SearchEntry(Base):
    """A measure whose effect is assessed, as "Vad har gett effekt?" finds it. Written by
    `search.indexing` alone."""

    __tablename__ = "search_entry"
    __table_args__ = (
        tenant_fk("measure_id", "measure"),
        sa.UniqueConstraint("measure_id"),
    )

    position: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    """When it was assessed, and which measure it is, in one number: in its order the latest come last,
    and the full-text tables give their rows in it without sorting. See `indexing.position`."""
    organizer_id: Mapped[int]
    measure_id: Mapped[int]
    tokens: Mapped[Any] = mapped_column(Tokens())
