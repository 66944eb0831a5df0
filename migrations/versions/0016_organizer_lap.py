"""the huvudman's own lap: its goals, where its causes lie, and the board's questions

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LOCATIONS = ("teaching", "leadership", "follow_up", "environment", "support", "outside")
OWN_LOCATIONS = {
    "governance": "leadership",
    "resources": "leadership",
    "staffing": "leadership",
    "unit_support": "support",
    "routines": "follow_up",
    "beyond": "outside",
}
"""Where the huvudman's causes lie, and what comes nearest among those of a unit, for the way back."""
REMOVALS = (
    "problem", "development_area", "measure", "log_entry", "topic", "question", "agreement", "period",
)  # fmt: skip
OWN_REMOVALS = ("goal", "board_question")


def upgrade() -> None:
    _recheck("cause", "location", "causelocation", (*LOCATIONS, *OWN_LOCATIONS))
    _recheck("removal", "kind", "removalkind", (*REMOVALS, *OWN_REMOVALS))
    op.create_table(
        "organizer_goal",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signs", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_organizer_goal_says_something")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "cycle_id"],
            ["quality_cycle.organizer_id", "quality_cycle.id"],
            name=op.f("fk_organizer_goal_organizer_id_cycle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_organizer_goal_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizer_goal")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_organizer_goal_organizer_id_form_token")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_organizer_goal_cycle_id"), "organizer_goal", ["cycle_id"])
    op.create_table(
        "board_question",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("builds_on_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revised_by_name", sa.String(length=200), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_board_question_asks_something")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_board_question_answer_is_dated")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_name IS NULL)",
            name=op.f("ck_board_question_answer_is_signed"),
        ),
        sa.CheckConstraint(
            "revised_at IS NULL OR answered_at IS NOT NULL",
            name=op.f("ck_board_question_revised_after_answered"),
        ),
        sa.CheckConstraint("builds_on_id <> id", name=op.f("ck_board_question_builds_on_another")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_board_question_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "builds_on_id"],
            ["board_question.organizer_id", "board_question.id"],
            name=op.f("fk_board_question_organizer_id_builds_on_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_board_question_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_question")),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_board_question_organizer_id_id")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_board_question_organizer_id_form_token")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_board_question_organizer_id_answered_at"),
        "board_question",
        ["organizer_id", "answered_at"],
    )
    op.create_index(op.f("ix_board_question_builds_on_id"), "board_question", ["builds_on_id"])


def downgrade() -> None:
    op.drop_table("board_question")
    op.drop_table("organizer_goal")
    op.execute(f"DELETE FROM removal WHERE {_among('kind', OWN_REMOVALS)}")
    _recheck("removal", "kind", "removalkind", REMOVALS)
    for own, nearest in OWN_LOCATIONS.items():
        op.execute(f"UPDATE cause SET location = '{nearest}' WHERE location = '{own}'")
    _recheck("cause", "location", "causelocation", LOCATIONS)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _recheck(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    # A table that SQLite builds anew forgets that its numbers are not given again, unless told.
    kept = {"sqlite_autoincrement": True} if table == "cause" else {}
    with op.batch_alter_table(table, table_kwargs=kept) as batch:
        batch.drop_constraint(batch.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(batch.f(f"ck_{table}_{name}"), _among(column, values))
