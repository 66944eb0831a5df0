"""what comes back when it was removed: requests for support, and hälsningar

Revision: 0023
Follows: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS_BEFORE = (
    "problem", "development_area", "measure", "log_entry", "topic", "question", "agreement", "period",
    "team_goal", "goal", "board_question",
)  # fmt: skip
NEW_KINDS = ("support_request", "handover_note")


def upgrade() -> None:
    _recheck((*KINDS_BEFORE, *NEW_KINDS))


def downgrade() -> None:
    op.execute(f"DELETE FROM removal WHERE {_among(NEW_KINDS)}")
    _recheck(KINDS_BEFORE)


def _among(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _recheck(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("removal") as batch:
        batch.drop_constraint(batch.f("ck_removal_removalkind"), type_="check")
        batch.create_check_constraint(batch.f("ck_removal_removalkind"), _among(kinds))
