"""who kept the time of a dialogue, and why; the day an agreement was first meant for

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("time_proposal") as batch:
        batch.add_column(sa.Column("kept_by_name", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("kept_why", sa.Text(), nullable=False, server_default=""))
        batch.create_check_constraint(
            batch.f("ck_time_proposal_kept_is_not_accepted"),
            "kept_by_name IS NULL OR accepted = false",
        )
        batch.create_check_constraint(
            batch.f("ck_time_proposal_why_is_signed"), "kept_why = '' OR kept_by_name IS NOT NULL"
        )
    with op.batch_alter_table("time_proposal") as batch:
        batch.alter_column("kept_why", server_default=None)
    # Not a batch: SQLite would rebuild the table, and forget that a number is never given twice.
    op.add_column("agreement", sa.Column("agreed_for", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "agreed_for")
    with op.batch_alter_table("time_proposal") as batch:
        batch.drop_constraint(batch.f("ck_time_proposal_why_is_signed"), type_="check")
        batch.drop_constraint(batch.f("ck_time_proposal_kept_is_not_accepted"), type_="check")
        batch.drop_column("kept_why")
        batch.drop_column("kept_by_name")
