"""calendar entries that were sent, and calendar feeds

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('reminders', 'invitation', 'reset')"
KINDS_AFTER = "kind IN ('reminders', 'invitation', 'reset', 'calendar')"


def upgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.add_column(sa.Column("calendar", sa.Text(), nullable=True))
        batch.drop_constraint(batch.f("ck_outgoing_mail_mailkind"), type_="check")
        batch.create_check_constraint(batch.f("ck_outgoing_mail_mailkind"), KINDS_AFTER)
        batch.create_check_constraint(
            batch.f("ck_outgoing_mail_calendar_has_an_object"),
            "(kind = 'calendar') = (calendar IS NOT NULL)",
        )
    op.create_table(
        "calendar_entry",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_calendar_entry_sequence_counts_up")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_calendar_entry_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "mail_id"],
            ["outgoing_mail.organizer_id", "outgoing_mail.id"],
            name=op.f("fk_calendar_entry_organizer_id_mail_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_calendar_entry_organizer_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_calendar_entry_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
        sa.UniqueConstraint(
            "dialogue_id", "recipient_id", name=op.f("uq_calendar_entry_dialogue_id_recipient_id")
        ),
    )
    with op.batch_alter_table("calendar_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_entry_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_calendar_entry_organizer_id_starts_at"),
            ["organizer_id", "starts_at"],
            unique=False,
        )
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_calendar_feed_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feed_user_id")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("calendar_entry")
    op.execute("DELETE FROM outgoing_mail WHERE kind = 'calendar'")
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_constraint(batch.f("ck_outgoing_mail_calendar_has_an_object"), type_="check")
        batch.drop_constraint(batch.f("ck_outgoing_mail_mailkind"), type_="check")
        batch.create_check_constraint(batch.f("ck_outgoing_mail_mailkind"), KINDS_BEFORE)
        batch.drop_column("calendar")
