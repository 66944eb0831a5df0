"""how often a dialogue has been said to be held; when the days of agreements and measures were set

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBERS_STAY_USED = {"table_kwargs": {"sqlite_autoincrement": True}}
"""SQLite rebuilds the table; reminders point at its numbers without a foreign key."""


def upgrade() -> None:
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.add_column(sa.Column("times_held", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.alter_column("times_held", server_default=None)
    # Not batches: SQLite would rebuild the tables, and forget that a number is never given twice.
    op.add_column("agreement", sa.Column("date_set_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("measure", sa.Column("end_set_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("measure", "end_set_at")
    op.drop_column("agreement", "date_set_at")
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.drop_column("times_held")
