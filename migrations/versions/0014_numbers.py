"""numbers of removed rows are not given again on SQLite

Revision: 0014
Follows: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = (
    "analysis_deepening",
    "calendar_period",
    "cause",
    "development_area",
    "dialogue_topic",
    "handover_note",
    "measure_log_entry",
    "preparation_question",
    "problem",
    "support_request",
)


def upgrade() -> None:
    _rebuild(kept=True)


def downgrade() -> None:
    _rebuild(kept=False)


def _rebuild(*, kept: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_autoincrement": kept}
        ):
            pass
