"""what became of dialogues that were joined; reminders of what is asked and of the national dialogue's meetings;
whose level of support a unit took over

Revision: 0021
Follows: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS_BEFORE = (
    *("dialogue", "effect", "measure_end", "check_in", "approval", "agreement"),
    *("team_evaluation", "week"),
)
USUAL = {
    "support_request": (-1, -8),
    "support_feedback": (-1, -8),
    "board_question": (-1, -8),
    "national_meeting": (14, 1),
}


def upgrade() -> None:
    op.create_table(
        "joined_dialogue",
        sa.Column("former_id", sa.Integer(), nullable=False),
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "former_id <> dialogue_id", name=op.f("ck_joined_dialogue_into_another")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["quality_dialogue.organizer_id", "quality_dialogue.id"],
            name=op.f("fk_joined_dialogue_organizer_id_dialogue_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_joined_dialogue_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined_dialogue")),
        sa.UniqueConstraint("former_id", name=op.f("uq_joined_dialogue_former_id")),
    )
    with op.batch_alter_table("joined_dialogue") as batch:
        batch.create_index(batch.f("ix_joined_dialogue_dialogue_id"), ["dialogue_id"])
    with op.batch_alter_table("support_decision") as batch:
        batch.add_column(sa.Column("origin_unit_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_support_decision_organizer_id_origin_unit_id"),
            "school_unit",
            ["organizer_id", "origin_unit_id"],
            ["organizer_id", "id"],
        )
        batch.create_check_constraint(
            batch.f("ck_support_decision_from_another"), "origin_unit_id <> unit_id"
        )
    op.add_column(
        "national_meeting", sa.Column("time_set_at", sa.DateTime(timezone=True), nullable=True)
    )
    _allow((*KINDS_BEFORE, *USUAL))
    for kind, offsets in USUAL.items():
        for days in offsets:
            op.execute(
                "INSERT INTO reminder_rule (organizer_id, kind, offset_days)"
                f" SELECT id, '{kind}', {days} FROM organizer"
            )


def downgrade() -> None:
    new = ", ".join(f"'{kind}'" for kind in USUAL)
    op.execute(f"DELETE FROM reminder WHERE kind IN ({new})")
    op.execute(f"DELETE FROM reminder_rule WHERE kind IN ({new})")
    _allow(KINDS_BEFORE)
    with op.batch_alter_table("national_meeting") as batch:
        batch.drop_column("time_set_at")
    with op.batch_alter_table("support_decision") as batch:
        batch.drop_constraint(batch.f("ck_support_decision_from_another"), type_="check")
        batch.drop_constraint(
            batch.f("fk_support_decision_organizer_id_origin_unit_id"), type_="foreignkey"
        )
        batch.drop_column("origin_unit_id")
    op.drop_table("joined_dialogue")


def _allow(kinds: tuple[str, ...]) -> None:
    rule = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    for table in ("reminder", "reminder_rule"):
        with op.batch_alter_table(table) as batch:
            name = batch.f(f"ck_{table}_reminderkind")
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, rule)
