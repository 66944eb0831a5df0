"""What somebody has removed, whole, so that it can be brought back.

A verb that removes something hands its rows over to `Removal.keep` first. Nothing else in the product has to
know of rows that are and are not there.
"""

import enum
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base, ShortText, TenantOwned, UtcDateTime, choice
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.auth.models import User

KEPT_FOR = timedelta(days=30)

Key = tuple[str, Any]
"""A table's name and the id of a row in it."""


class RemovalKind(enum.StrEnum):
    PROBLEM = "problem"
    DEVELOPMENT_AREA = "development_area"
    MEASURE = "measure"
    LOG_ENTRY = "log_entry"
    TOPIC = "topic"
    QUESTION = "question"
    AGREEMENT = "agreement"
    PERIOD = "period"
    TEAM_GOAL = "team_goal"
    GOAL = "goal"
    BOARD_QUESTION = "board_question"
    SUPPORT_REQUEST = "support_request"
    HANDOVER_NOTE = "handover_note"

    @property
    def label(self) -> str:
        return {
            "problem": "Problem",
            "development_area": "Utvecklingsområde",
            "measure": "Förslag på åtgärd",
            "log_entry": "Anteckning i loggen",
            "topic": "Område i dialogen",
            "question": "Fråga inför dialogen",
            "agreement": "Överenskommelse",
            "period": "Dagar i kalendern",
            "team_goal": "Mål i ett lag",
            "goal": "Huvudmannens mål",
            "board_question": "Nämndens fråga",
            "support_request": "Fråga om stöd",
            "handover_note": "Hälsning till den som tar över",
        }[self]

    @property
    def is_back(self) -> str:
        return {
            "problem": "Problemet är tillbaka i analysen.",
            "development_area": "Utvecklingsområdet är tillbaka.",
            "measure": "Förslaget är tillbaka.",
            "log_entry": "Anteckningen är tillbaka i loggen.",
            "topic": "Området är tillbaka i dialogen.",
            "question": "Frågan är tillbaka.",
            "agreement": "Överenskommelsen är tillbaka.",
            "period": "Dagarna är tillbaka i kalendern.",
            "team_goal": "Målet är tillbaka.",
            "goal": "Målet är tillbaka.",
            "board_question": "Frågan är tillbaka.",
            "support_request": "Frågan om stöd är tillbaka.",
            "handover_note": "Hälsningen är tillbaka.",
        }[self]


class CannotUndo(Exception):
    """Why what was removed cannot come back, in words for the person who wants it to."""


class Removal(TenantOwned, Base):
    """Something that was removed, and when it came back if it did. Kept for 30 days."""

    __tablename__ = "removal"
    __table_args__ = (sa.Index(None, "by_id", "organizer_id"), sa.Index(None, "removed_at"))

    kind: Mapped[RemovalKind] = mapped_column(choice(RemovalKind))
    home_id: Mapped[int]
    """What it was part of, by kind: the analysis, the lap, the measure, the dialogue, the läsår, the unit;
    of a board's question itself. No foreign key: that may be removed too."""
    what: Mapped[ShortText]
    """What it was, in a few words."""
    content: Mapped[dict[str, Any]]
    """{"rows": [[table, {column: value}], …], "links": [[table, id, column], …]}: its rows, the thing itself
    first, and other rows' columns that pointed at it and were emptied."""
    removed_at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]

    @classmethod
    def keep(
        cls,
        kind: RemovalKind,
        home: Any,
        what: str,
        rows: Iterable[Any],
        *,
        by: "User",
        links: Iterable[tuple[Any, str]] = (),
    ) -> Self:
        """Keep the rows (the thing itself first) before they are deleted. `links`: other rows, with the
        attribute of theirs that points at it."""
        rows = list(rows)
        removal = cls(
            organizer_id=rows[0].organizer_id,
            kind=kind,
            home_id=home.id,
            what=what[:200],
            content={
                "rows": [[row.__tablename__, _values(row)] for row in rows]
                + [found for row in rows for found in _depending(row)],
                "links": [[row.__tablename__, row.id, column] for row, column in links],
            },
            by_id=by.id,
        )
        db.session.add(removal)
        db.session.flush()
        return removal

    @classmethod
    def find(cls, organizer_id: int, removal_id: int) -> "Removal | None":
        """Held until the transaction ends, so that it comes back once."""
        wanted = sa.select(cls).where(cls.id == removal_id, cls.organizer_id == organizer_id)
        return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))

    @classmethod
    def latest_by(
        cls, user_id: int, organizer_id: int, which: sa.ColumnElement[bool]
    ) -> sa.Select[tuple[int, RemovalKind, str, datetime]]:
        """What the person has removed and can bring back, the latest first, without its content, which may be
        large: rows of `id`, `kind`, `what` and `removed_at`. `which`: of that, what they may."""
        return (
            sa.select(cls.id, cls.kind, cls.what, cls.removed_at)
            .where(
                cls.by_id == user_id,
                cls.organizer_id == organizer_id,
                cls.undone_at.is_(None),
                cls.removed_at >= now() - KEPT_FOR,
                which,
            )
            .order_by(cls.removed_at.desc(), cls.id.desc())
        )

    def value(self, column: Any) -> Any:
        """A column of the thing itself, as JSON holds it."""
        return self.content["rows"][0][1][column.key]

    def bring_back(self) -> int:
        """Put the rows back, and give the id of the thing itself: the one it had, unless another row has
        got that meanwhile. What it pointed at and is gone is left out where it may be.

        Raises CannotUndo when the thing cannot be without what is gone, or another has taken its place.
        """
        given: dict[Key, Any] = {}
        try:
            with db.session.begin_nested():
                for number, (table, values) in enumerate(self.content["rows"]):
                    self._insert(db.metadata.tables[table], values, given, is_itself=number == 0)
                table, values = self.content["rows"][0]
                own = given[(table, values["id"])]
                for table, row_id, column in self.content["links"]:
                    link = db.metadata.tables[table]
                    db.session.execute(
                        sa.update(link)
                        .where(link.c.id == row_id, link.c[column].is_(None))
                        .values({column: own})
                    )
        except sa.exc.IntegrityError as taken:
            raise CannotUndo("Något annat har kommit i dess ställe.") from taken
        self.undone_at = now()
        db.session.flush()
        db.session.expire_all()
        return int(own)

    @staticmethod
    def _insert(
        table: sa.Table, kept: dict[str, Any], given: dict[Key, Any], *, is_itself: bool
    ) -> None:
        values = {name: _read(table.c[name], value) for name, value in kept.items()}
        for key in table.foreign_key_constraints:
            own, other = key.elements[-1].parent, key.elements[-1].column
            if (wanted := values[own.name]) is None:
                continue
            values[own.name] = wanted = given.get((other.table.name, wanted), wanted)
            if db.session.scalar(sa.select(other).where(other == wanted)) is not None:
                continue
            if own.nullable:
                values[own.name] = None
            elif is_itself:
                raise CannotUndo("Det som det hörde till finns inte längre.")
            else:
                return
        if "id" in table.c:
            before = values["id"]
            if db.session.scalar(sa.select(table.c.id).where(table.c.id == before)) is not None:
                del values["id"]
            made = db.session.execute(sa.insert(table).values(**values))
            given[(table.name, before)] = made.inserted_primary_key[0]
        else:
            db.session.execute(sa.insert(table).values(**values))


def _values(row: Any) -> dict[str, Any]:
    """The row's columns as JSON holds them."""
    mapper = sa.inspect(type(row))
    return {
        column.name: _written(getattr(row, mapper.get_property_by_column(column).key))
        for column in row.__table__.columns
    }


def _depending(row: Any) -> "Iterable[list[Any]]":
    """The rows that go with this one: those that only join it with others, in tables that have no ids, and
    those that the database itself deletes."""
    for table in db.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table is not row.__table__:
                continue
            if "id" in table.c and key.ondelete != "CASCADE":
                continue
            theirs = sa.select(table).where(key.elements[-1].parent == row.id)
            for found in db.session.execute(theirs).mappings():
                yield [table.name, {name: _written(value) for name, value in found.items()}]


def _written(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(column: "sa.ColumnElement[Any]", value: Any) -> Any:
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value


def clear_old() -> int:
    """Delete for good what was removed more than 30 days ago; returns how many."""
    gone = db.session.execute(sa.delete(Removal).where(Removal.removed_at < now() - KEPT_FOR))
    db.session.commit()
    return gone.rowcount
