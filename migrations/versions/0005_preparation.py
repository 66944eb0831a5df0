"""questions in the preparation of a dialogue, and no areas of the organizer's own

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBERS_STAY_USED = {"table_kwargs": {"sqlite_autoincrement": True}}
"""SQLite rebuilds the table, and would forget that a number is never given twice."""


def upgrade() -> None:
    op.create_table(
        "preparation_question",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "principal",
                "organizer",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answer = '') = (answered_at IS NULL) AND (answer = '') = (answered_by_name IS NULL)",
            name=op.f("ck_preparation_question_answer_is_signed"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_preparation_question_asks_something")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_preparation_question_answered_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_preparation_question_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["quality_dialogue.organizer_id", "quality_dialogue.id"],
            name=op.f("fk_preparation_question_organizer_id_dialogue_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_preparation_question_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_question")),
    )
    with op.batch_alter_table("preparation_question") as batch:
        batch.create_index(batch.f("ix_preparation_question_dialogue_id"), ["dialogue_id"])
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.add_column(sa.Column("no_topics_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("no_topics_by_name", sa.String(length=200), nullable=True))
        batch.create_check_constraint(
            batch.f("ck_quality_dialogue_no_topics_is_signed"),
            "(no_topics_at IS NULL) = (no_topics_by_name IS NULL)",
        )


def downgrade() -> None:
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.drop_constraint(batch.f("ck_quality_dialogue_no_topics_is_signed"), type_="check")
        batch.drop_column("no_topics_by_name")
        batch.drop_column("no_topics_at")
    op.drop_table("preparation_question")
