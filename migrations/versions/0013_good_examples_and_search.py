"""good examples; the index of what has been assessed

Revision: 0013
Follows: 0012
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

# What a word's stem is; were the tokens ever made in another way, a later migration would have to make
# all of them anew anyhow.
from tracker.search.words import stems

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NUMBERS_STAY_USED = {"table_kwargs": {"sqlite_autoincrement": True}}
"""SQLite rebuilds the table, and would forget it; see 0022 for those whose it did."""
BATCH = 500
MOST_TOKENS = 5_000

# SQLite's full-text table holds no texts of its own: it reads them in search_entry, and the triggers
# tell it what has come and gone. "ascii" leaves every letter beyond a–z as it is, so that "far" is
# not "får"; words and case have been seen to before. No positions are kept, since nothing asks for them.
# What the usual beginnings of words have is kept ready: to gather it when asked costs a hundred times
# as much.
FULL_TEXT = (
    """
    CREATE VIRTUAL TABLE search_token USING fts5(
        tokens, content='search_entry', content_rowid='position', detail='none', columnsize=0,
        prefix='4 5 6 7', tokenize="ascii tokenchars ':_'"
    )
    """,
    """
    CREATE TRIGGER search_entry_comes AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_token(rowid, tokens) VALUES (new.position, new.tokens);
    END
    """,
    """
    CREATE TRIGGER search_entry_goes AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_token(search_token, rowid, tokens)
        VALUES ('delete', old.position, old.tokens);
    END
    """,
    """
    CREATE TRIGGER search_entry_changes AFTER UPDATE ON search_entry BEGIN
        INSERT INTO search_token(search_token, rowid, tokens)
        VALUES ('delete', old.position, old.tokens);
        INSERT INTO search_token(rowid, tokens) VALUES (new.position, new.tokens);
    END
    """,
)


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("measure", **NUMBERS_STAY_USED) as batch:
        batch.add_column(sa.Column("modelled_on_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_measure_organizer_id_modelled_on_id"),
            "measure",
            ["organizer_id", "modelled_on_id"],
            ["organizer_id", "id"],
        )
    op.create_table(
        "good_example",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("transferable", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_name", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "how <> '' AND why <> '' AND transferable <> ''",
            name=op.f("ck_good_example_tells_everything"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_name IS NULL)",
            name=op.f("ck_good_example_withdrawn_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "measure_id"],
            ["measure.organizer_id", "measure.id"],
            name=op.f("fk_good_example_organizer_id_measure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_good_example_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_example")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_good_example_measure_id")),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_good_example_organizer_id_id")),
    )
    with op.batch_alter_table("good_example") as batch:
        batch.create_index(
            batch.f("ix_good_example_organizer_id_published_at"), ["organizer_id", "published_at"]
        )
    op.create_table(
        "search_entry",
        sa.Column(
            "position",
            sa.BigInteger() if postgres else sa.Integer(),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("tokens", TSVECTOR() if postgres else sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id", "measure_id"],
            ["measure.organizer_id", "measure.id"],
            name=op.f("fk_search_entry_organizer_id_measure_id"),
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_search_entry_measure_id")),
    )
    if postgres:
        op.create_index(
            "search_token",
            "search_entry",
            ["tokens"],
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        )
    else:
        for statement in FULL_TEXT:
            op.get_bind().exec_driver_sql(statement)  # a colon in it is no parameter
    _fill(postgres=postgres)


def _fill(*, postgres: bool) -> None:
    """What has been assessed before."""
    connection = op.get_bind()
    found = {
        row.id: row
        for row in connection.execute(
            sa.text(
                "SELECT m.id, m.organizer_id, m.title, m.form, m.decided_cause, c.factor,"
                " a.expected_effect, a.outcome, a.evidence, a.lesson, a.judgement, a.at, y.start_year"
                " FROM measure m JOIN effect_assessment a ON a.measure_id = m.id"
                " JOIN school_year y ON y.id = a.school_year_id LEFT JOIN cause c ON c.id = m.cause_id"
                " WHERE m.state <> 'proposed' AND a.superseded_at IS NULL AND a.judgement <> 'not_yet'"
                " ORDER BY y.start_year, CASE a.term WHEN 'autumn' THEN 0 ELSE 1 END, a.id"
            ).columns(at=sa.DateTime(timezone=True))
        )
    }
    units: dict[int, list[Any]] = {}
    for row in connection.execute(
        sa.text(
            "SELECT l.measure_id, u.id, u.name, f.form FROM measure_unit l"
            " JOIN school_unit u ON u.id = l.unit_id LEFT JOIN unit_form f ON f.unit_id = u.id"
            " ORDER BY u.id, f.form"
        )
    ):
        units.setdefault(row.measure_id, []).append(row)
    entries = sa.table(
        "search_entry",
        sa.column("position", sa.BigInteger()),
        sa.column("organizer_id", sa.Integer()),
        sa.column("measure_id", sa.Integer()),
        sa.column("tokens", TSVECTOR() if postgres else sa.Text()),
    )
    rows = list(found.values())
    for start in range(0, len(rows), BATCH):
        connection.execute(
            sa.insert(entries),
            [
                {
                    "position": _position(row.at, row.id),
                    "organizer_id": row.organizer_id,
                    "measure_id": row.id,
                    "tokens": _in_one(_tokens(row, units.get(row.id, ())), postgres=postgres),
                }
                for row in rows[start : start + BATCH]
            ],
        )


def _position(at: datetime, measure_id: int) -> int:
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(moment.timestamp()) << 31 | measure_id


def _tokens(row: Any, units: Iterable[Any]) -> list[str]:
    units = list(units)
    forms = [row.form] if row.form else [each.form for each in units if each.form]
    facts = [f"o:{row.organizer_id}", f"j:{row.judgement}", f"y:{row.start_year}"]
    facts += [f"u:{each.id}" for each in units]
    facts += [f"s:{form}" for form in forms]
    if row.factor:
        facts.append(f"f:{row.factor}")
    title = stems(row.title)
    texts = [row.decided_cause, row.expected_effect, row.outcome, row.lesson, row.evidence]
    words = stems(" ".join([*texts, *(each.name for each in units)]))
    every = [*facts, *(f"t:{each}" for each in title), *title, *words]
    return list(dict.fromkeys(every))[:MOST_TOKENS]


def _in_one(tokens: list[str], *, postgres: bool) -> str:
    quote = "'" if postgres else ""
    return " ".join(f"{quote}{token}{quote}" for token in tokens)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE search_token")
    op.drop_table("search_entry")
    op.drop_table("good_example")
    with op.batch_alter_table("measure", **NUMBERS_STAY_USED) as batch:
        batch.drop_constraint(batch.f("fk_measure_organizer_id_modelled_on_id"), type_="foreignkey")
        batch.drop_column("modelled_on_id")
