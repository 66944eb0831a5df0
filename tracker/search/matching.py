"""What is asked of the index, and how each database is asked it.

A token is a stem, a stem of the title ("t:läs"), or a fact about the measure: whose it is ("o:1" the
organizer, "h:1" of its own lap, "u:7" a unit, "e:1" published as a good example to all of the organizer), and how it may be
filtered ("j:" bedömning, "y:" läsår, "f:" framgångsfaktor, "s:" verksamhet). No word has a colon, so
nobody can type a fact. Who may read is part of the question itself: that is what keeps it quick when a
word stands in nearly every text and the reader may see a hundredth of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from tracker.extensions import db
from tracker.search.models import FULL_TEXT, SearchEntry
from tracker.search.words import begins

MOST_FOUND = 1000
"""Nobody reads further; who gets this many adds a word or a filter."""
_FULL_TEXT = sa.table(FULL_TEXT, sa.column("rowid", sa.Integer), sa.column(FULL_TEXT))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the tokens; `beginnings`: those may go on with anything."""

    tokens: tuple[str, ...]
    beginnings: tuple[str, ...] = ()

    @classmethod
    def stem(cls, stem: str, *, of_title: bool = False) -> "AnyOf":
        token = f"t:{stem}" if of_title else stem
        return cls((), (token,)) if begins(stem) else cls((token,))


def either(each: Iterable[AnyOf]) -> AnyOf:
    """At least one of what is asked for, instead of all of it."""
    each = list(each)
    return AnyOf(
        tuple(token for one in each for token in one.tokens),
        tuple(token for one in each for token in one.beginnings),
    )


def find(
    all_of: Sequence[AnyOf], *, but_not: Sequence[AnyOf] = (), most: int = MOST_FOUND + 1
) -> list[int]:
    """Positions of the entries that have all of the first and not all of `but_not`, the latest first;
    one statement. There must be something to ask for."""
    if db.session.connection().dialect.name == "postgresql":
        asked = _postgres(all_of) + (f" & !({_postgres(but_not)})" if but_not else "")
        matching = (
            sa.select(SearchEntry.position)
            .where(SearchEntry.tokens.op("@@")(sa.cast(asked, TSQUERY)))
            .order_by(SearchEntry.position.desc())
        )
    else:
        asked = _sqlite(all_of) + (f" NOT ({_sqlite(but_not)})" if but_not else "")
        matching = (
            sa.select(_FULL_TEXT.c.rowid)
            .where(_FULL_TEXT.c[FULL_TEXT].op("MATCH")(asked))
            .order_by(_FULL_TEXT.c.rowid.desc())
        )
    return list(db.session.scalars(matching.limit(most)))


def _sqlite(all_of: Sequence[AnyOf]) -> str:
    """Every token is a quoted string, so that nothing in it is an operator of FTS5."""
    return "({})".format(
        " AND ".join(
            "({})".format(
                " OR ".join([*map(_quoted, one.tokens), *(f"{_quoted(t)} *" for t in one.beginnings)])
            )
            for one in all_of
        )
    )  # fmt: skip


def _quoted(token: str) -> str:
    return f'"{token.replace(chr(34), "")}"'


def _postgres(all_of: Sequence[AnyOf]) -> str:
    return "({})".format(
        " & ".join(
            "({})".format(
                " | ".join([*map(_lexeme, one.tokens), *(f"{_lexeme(t)}:*" for t in one.beginnings)])
            )
            for one in all_of
        )
    )  # fmt: skip


def _lexeme(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
