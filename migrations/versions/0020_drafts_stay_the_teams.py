"""whether anybody has belonged to a team, whose drafts are then its own; what others read of a mail

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WITH_WORDS = "('team_evaluation', 'week', 'agreement', 'dialogue')"
"""The kinds of reminders whose mails may have words of people's; which of the mails do is not known."""


def upgrade() -> None:
    with op.batch_alter_table("team") as batch:
        batch.add_column(
            sa.Column("has_had_members", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    # A membership that was removed as a mistake is told of by the history alone.
    op.execute(
        "UPDATE team SET has_had_members = true"
        " WHERE EXISTS (SELECT 1 FROM team_member WHERE team_member.team_id = team.id)"
        " OR EXISTS (SELECT 1 FROM audit_event WHERE audit_event.organizer_id = team.organizer_id"
        " AND audit_event.subject_kind = 'team' AND audit_event.subject_id = team.id"
        " AND audit_event.action = 'team_joined')"
    )
    with op.batch_alter_table("team") as batch:
        batch.alter_column("has_had_members", server_default=None)
    op.add_column("outgoing_mail", sa.Column("shown", sa.Text(), nullable=True))
    op.execute(
        "UPDATE outgoing_mail SET shown = 'Mejlet är äldre, och visas bara för den som fick det.'"
        f" WHERE id IN (SELECT mail_id FROM reminder WHERE kind IN {WITH_WORDS})"
    )


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_column("shown")
    with op.batch_alter_table("team") as batch:
        batch.drop_column("has_had_members")
