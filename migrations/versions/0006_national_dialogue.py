"""the national quality dialogue

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "national_dialogue",
        sa.Column("school_year_id", sa.Integer(), nullable=False),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.Column("takeaway", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id", "school_year_id"],
            ["school_year.organizer_id", "school_year.id"],
            name=op.f("fk_national_dialogue_organizer_id_school_year_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_national_dialogue_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_dialogue")),
        sa.UniqueConstraint(
            "organizer_id", "id", name=op.f("uq_national_dialogue_organizer_id_id")
        ),
        sa.UniqueConstraint("school_year_id", name=op.f("uq_national_dialogue_school_year_id")),
    )
    op.create_table(
        "national_meeting",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "introduction",
                "dialogue",
                "feedback",
                name="nationalstep",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at",
            name=op.f("ck_national_meeting_ends_after_start"),
        ),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL)",
            name=op.f("ck_national_meeting_both_or_neither"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["national_dialogue.organizer_id", "national_dialogue.id"],
            name=op.f("fk_national_meeting_organizer_id_dialogue_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_national_meeting_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_meeting")),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_national_meeting_organizer_id_id")),
        sa.UniqueConstraint(
            "dialogue_id", "step", name=op.f("uq_national_meeting_dialogue_id_step")
        ),
    )
    with op.batch_alter_table("national_meeting") as batch:
        batch.create_index(
            batch.f("ix_national_meeting_organizer_id_starts_at"), ["organizer_id", "starts_at"]
        )


def downgrade() -> None:
    op.drop_table("national_meeting")
    op.drop_table("national_dialogue")
