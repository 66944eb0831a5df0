"""the rules of the reminders as a table, and who wants mail when

Revision: 0004
Follows: 0003
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEW_KINDS = ("measure_end", "check_in", "approval", "agreement", "week")
KINDS_BEFORE = ("dialogue", "effect")
STATES_BEFORE = ("planned", "sent", "skipped", "cancelled")
STATES_AFTER = ("planned", "sent", "failed", "skipped", "cancelled")
MAILS_BEFORE = ("reminders", "invitation", "reset", "calendar")
MAILS_AFTER = (*MAILS_BEFORE, "again")
HAS_ORGANIZER_BEFORE = "kind <> 'reminders' OR organizer_id IS NOT NULL"
HAS_ORGANIZER_AFTER = "kind NOT IN ('reminders', 'again') OR organizer_id IS NOT NULL"
USUAL = (
    ("week", 0), ("measure_end", 7), ("check_in", 0), ("approval", -7), ("agreement", 3),
    ("agreement", -7),
)  # fmt: skip
ONCE_BEFORE = ["subject_id", "kind", "recipient_id", "offset_days", "date_revision"]
ONCE_AFTER = [
    "organizer_id", "kind", "subject_id", "recipient_id", "offset_days", "date_revision", "again",
]  # fmt: skip


def among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def kinds_column() -> sa.Enum:
    return sa.Enum(
        *KINDS_BEFORE,
        *NEW_KINDS,
        name="reminderkind",
        native_enum=False,
        create_constraint=True,
        length=40,
    )


def upgrade() -> None:
    op.create_table(
        "reminder_rule",
        sa.Column("kind", kinds_column(), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "offset_days BETWEEN -60 AND 60", name=op.f("ck_reminder_rule_within_reason")
        ),
        sa.CheckConstraint(
            "kind <> 'week' OR offset_days = 0", name=op.f("ck_reminder_rule_week_has_no_days")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_reminder_rule_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rule")),
        sa.UniqueConstraint(
            "organizer_id",
            "kind",
            "offset_days",
            name=op.f("uq_reminder_rule_organizer_id_kind_offset_days"),
        ),
    )
    _fill_rules()
    with op.batch_alter_table("organizer") as batch:
        batch.drop_column("dialogue_reminder_days")
        batch.drop_column("effect_reminder_days")
    with op.batch_alter_table("reminder") as batch:
        batch.add_column(sa.Column("again", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("asked_by_name", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("form_token", sa.String(length=40), nullable=True))
        batch.drop_constraint("uq_reminder_once", type_="unique")
        batch.create_unique_constraint("uq_reminder_once", ONCE_AFTER)
        batch.create_unique_constraint(
            batch.f("uq_reminder_organizer_id_form_token"), ["organizer_id", "form_token"]
        )
        batch.create_check_constraint(
            batch.f("ck_reminder_again_is_signed"), "(again = 0) = (asked_by_name IS NULL)"
        )
        _recheck(batch, "ck_reminder_reminderkind", among("kind", (*KINDS_BEFORE, *NEW_KINDS)))
        _recheck(batch, "ck_reminder_reminderstate", among("state", STATES_AFTER))
    with op.batch_alter_table("reminder") as batch:
        batch.alter_column("again", server_default=None)
    op.execute(
        "UPDATE reminder SET state = 'failed' "
        "WHERE state = 'skipped' AND reason = 'Mejlet kunde inte skickas'"
    )
    with op.batch_alter_table("outgoing_mail") as batch:
        _recheck(batch, "ck_outgoing_mail_mailkind", among("kind", MAILS_AFTER))
        _recheck(batch, "ck_outgoing_mail_digest_has_organizer", HAS_ORGANIZER_AFTER)
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(
            sa.Column(
                "mail_rhythm",
                sa.Enum(
                    "daily",
                    "weekly",
                    name="mailrhythm",
                    native_enum=False,
                    create_constraint=False,
                    length=40,
                ),
                nullable=False,
                server_default="daily",
            )
        )
        batch.create_check_constraint(
            batch.f("ck_user_account_mailrhythm"), among("mail_rhythm", ("daily", "weekly"))
        )
    with op.batch_alter_table("user_account") as batch:
        batch.alter_column("mail_rhythm", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        batch.drop_constraint(batch.f("ck_user_account_mailrhythm"), type_="check")
        batch.drop_column("mail_rhythm")
    op.execute(f"DELETE FROM reminder WHERE again > 0 OR {among('kind', NEW_KINDS)}")
    op.execute("DELETE FROM outgoing_mail WHERE kind = 'again'")
    op.execute("UPDATE reminder SET state = 'skipped' WHERE state = 'failed'")
    with op.batch_alter_table("outgoing_mail") as batch:
        _recheck(batch, "ck_outgoing_mail_mailkind", among("kind", MAILS_BEFORE))
        _recheck(batch, "ck_outgoing_mail_digest_has_organizer", HAS_ORGANIZER_BEFORE)
    with op.batch_alter_table("reminder") as batch:
        _recheck(batch, "ck_reminder_reminderkind", among("kind", KINDS_BEFORE))
        _recheck(batch, "ck_reminder_reminderstate", among("state", STATES_BEFORE))
        batch.drop_constraint(batch.f("ck_reminder_again_is_signed"), type_="check")
        batch.drop_constraint(batch.f("uq_reminder_organizer_id_form_token"), type_="unique")
        batch.drop_constraint("uq_reminder_once", type_="unique")
        batch.create_unique_constraint("uq_reminder_once", ONCE_BEFORE)
        batch.drop_column("form_token")
        batch.drop_column("asked_by_name")
        batch.drop_column("again")
    with op.batch_alter_table("organizer") as batch:
        for column in ("dialogue_reminder_days", "effect_reminder_days"):
            batch.add_column(sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))
    _fill_columns()
    with op.batch_alter_table("organizer") as batch:
        for column in ("dialogue_reminder_days", "effect_reminder_days"):
            batch.alter_column(column, server_default=None)
    op.drop_table("reminder_rule")


def _recheck(batch: Any, name: str, rule: str) -> None:
    batch.drop_constraint(batch.f(name), type_="check")
    batch.create_check_constraint(batch.f(name), rule)


RULE = sa.table(
    "reminder_rule", sa.column("organizer_id"), sa.column("kind"), sa.column("offset_days")
)


def _fill_rules() -> None:
    """Each organizer's own days, and the usual ones for what was not reminded of before."""
    found = (
        op.get_bind()
        .execute(sa.text("SELECT id, dialogue_reminder_days, effect_reminder_days FROM organizer"))
        .all()
    )
    rows = []
    for organizer_id, dialogue, effect in found:
        rules = {("dialogue", days) for days in _days(dialogue)}
        rules |= {("effect", -days) for days in _days(effect)}
        rules |= set(USUAL)
        rows += [
            {"organizer_id": organizer_id, "kind": kind, "offset_days": days}
            for kind, days in sorted(rules)
        ]
    if rows:
        op.bulk_insert(RULE, rows)


def _fill_columns() -> None:
    connection = op.get_bind()
    days: dict[int, dict[str, list[int]]] = {}
    for organizer_id, kind, offset in connection.execute(
        sa.text("SELECT organizer_id, kind, offset_days FROM reminder_rule")
    ).all():
        days.setdefault(organizer_id, {}).setdefault(kind, []).append(offset)
    organizer = sa.table(
        "organizer",
        sa.column("id"),
        sa.column("dialogue_reminder_days", sa.JSON()),
        sa.column("effect_reminder_days", sa.JSON()),
    )
    for organizer_id, kinds in days.items():
        connection.execute(
            sa.update(organizer)
            .where(organizer.c.id == organizer_id)
            .values(
                dialogue_reminder_days=sorted(kinds.get("dialogue", ()), reverse=True),
                effect_reminder_days=sorted(-each for each in kinds.get("effect", ())),
            )
        )


def _days(stored: Any) -> list[int]:
    """A JSON column as the driver gives it: text on SQLite, a list on PostgreSQL. Never out of
    reach of the table's own rule."""
    days = json.loads(stored) if isinstance(stored, str) else stored
    return [day for day in days if 0 <= day <= 60]
