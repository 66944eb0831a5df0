"""how often a dialogue has been said to be held

Revision: 0009
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBERS_STAY_USED = {"table_kwargs": {"sqlite_autoincrement": True}}
"""SQLite rebuilds the table; reminders point at its numbers without a foreign key."""


def upgrade() -> None:
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.add_column(sa.Column("times_held", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.alter_column("times_held", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("quality_dialogue", **NUMBERS_STAY_USED) as batch:
        batch.drop_column("times_held")
