"""drafts of what is typed in forms; what was removed, so that it can come back

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_draft_organizer_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_draft_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("user_id", "token", name=op.f("uq_draft_user_id_token")),
    )
    with op.batch_alter_table("draft") as batch:
        batch.create_index(
            batch.f("ix_draft_user_id_organizer_id_place"), ["user_id", "organizer_id", "place"]
        )
        batch.create_index(batch.f("ix_draft_saved_at"), ["saved_at"])
    op.create_table(
        "removal",
        sa.Column(
            "kind",
            sa.Enum(
                "problem",
                "development_area",
                "measure",
                "log_entry",
                "topic",
                "question",
                "agreement",
                "period",
                name="removalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_removal_by_id")),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_removal_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    with op.batch_alter_table("removal") as batch:
        batch.create_index(batch.f("ix_removal_by_id_organizer_id"), ["by_id", "organizer_id"])
        batch.create_index(batch.f("ix_removal_removed_at"), ["removed_at"])


def downgrade() -> None:
    op.drop_table("removal")
    op.drop_table("draft")
