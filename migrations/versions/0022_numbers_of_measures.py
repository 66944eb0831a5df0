"""numbers of removed measures are not given again on SQLite, nor those that earlier rebuilds forgot

Revision: 0022
Follows: 0021
"""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SUBJECTS = {
    "quality_dialogue": ("dialogue", "approval"),
    "measure": ("effect", "measure_end"),
    "agreement": ("agreement",),
}
"""The kinds of reminders that are about a table's rows."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    # 0013 built the table anew without it where it was run before it was mended.
    if "measure" not in _numbered():
        with op.batch_alter_table(
            "measure", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
    _go_on_above_every_number_known()


def downgrade() -> None:
    """Nothing: the models before this one say the same of their numbers."""


def _numbered() -> set[str]:
    """The tables that never give a number twice."""
    return set(
        op.get_bind().scalars(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE :word"),
            {"word": "%AUTOINCREMENT%"},
        )
    )


def _go_on_above_every_number_known() -> None:
    """A table that was built anew counted from its highest row, and not from the highest there had been."""
    numbered = _numbered()
    highest: dict[str, int] = {}
    for table, number in _known():
        if table in numbered:
            highest[table] = max(number, highest.get(table, 0))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT name, seq FROM sqlite_sequence"))
    given = {row.name: row.seq for row in rows}
    for table, number in highest.items():
        if number > given.get(table, 0):
            values = {"name": table, "seq": number}
            connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :seq)"), values)


def _known() -> Iterator[tuple[str, int]]:
    """Tables with numbers of theirs that stand in other places, where no foreign key holds the row."""
    connection = op.get_bind()
    yield from connection.execute(
        sa.text("SELECT subject_kind, max(subject_id) FROM audit_event GROUP BY subject_kind")
    )
    about = {kind: table for table, kinds in SUBJECTS.items() for kind in kinds}
    for kind, number in connection.execute(
        sa.text("SELECT kind, max(subject_id) FROM reminder GROUP BY kind")
    ):
        if kind in about:
            yield about[kind], number
    for table in ("calendar_entry", "calendar_notice"):
        number = connection.scalar(sa.text(f"SELECT max(dialogue_id) FROM {table}"))
        yield "quality_dialogue", number or 0
    for content in connection.scalars(sa.text("SELECT content FROM removal")):
        for table, values in json.loads(content)["rows"]:
            yield table, values.get("id", 0)
