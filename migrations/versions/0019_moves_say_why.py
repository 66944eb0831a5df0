"""moves of dialogues say why, also when they are joined or split; one proposal of a time waits at a time

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BEFORE = ("placed", "moved", "cancelled", "resumed")
NOW = (*BEFORE, "joined", "split_off")
WHEN_NEXT = (
    "SELECT min(newer.at) FROM time_proposal newer"
    " WHERE newer.dialogue_id = time_proposal.dialogue_id AND newer.id > time_proposal.id"
)


def upgrade() -> None:
    op.execute(
        "UPDATE dialogue_move SET reason = 'Inget skäl är antecknat.'"
        " WHERE reason = '' AND kind NOT IN ('placed', 'resumed')"
    )
    _allow(NOW)
    with op.batch_alter_table("dialogue_move") as batch:
        batch.create_check_constraint(
            batch.f("ck_dialogue_move_says_why"), "kind IN ('placed', 'resumed') OR reason <> ''"
        )
    # Of several that wait the newest stands; the others were replaced by the one that came after, also where
    # a clock was set back between them.
    op.execute(
        "UPDATE time_proposal SET accepted = false, answered_at = coalesce("
        f"({WHEN_NEXT} AND newer.at >= time_proposal.at), ({WHEN_NEXT}))"
        " WHERE answered_at IS NULL AND EXISTS ("
        "SELECT 1 FROM time_proposal newer WHERE newer.dialogue_id = time_proposal.dialogue_id"
        " AND newer.answered_at IS NULL AND newer.id > time_proposal.id)"
    )
    op.create_index(
        "uq_time_proposal_open",
        "time_proposal",
        ["dialogue_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_time_proposal_open", "time_proposal")
    with op.batch_alter_table("dialogue_move") as batch:
        batch.drop_constraint(batch.f("ck_dialogue_move_says_why"), type_="check")
    op.execute("UPDATE dialogue_move SET kind = 'moved' WHERE kind IN ('joined', 'split_off')")
    _allow(BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("dialogue_move") as batch:
        batch.drop_constraint(batch.f("ck_dialogue_move_movekind"), type_="check")
        batch.create_check_constraint(batch.f("ck_dialogue_move_movekind"), f"kind IN ({listed})")
