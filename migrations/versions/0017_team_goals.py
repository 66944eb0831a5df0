"""the teams of a unit, their goals and evaluations; the reminder of those

Revision: 0017
Follows: 0016
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS_BEFORE = ("dialogue", "effect", "measure_end", "check_in", "approval", "agreement", "week")
NEW_KIND = "team_evaluation"
USUAL = (7, -7)
REMOVALS_BEFORE = (
    "problem", "development_area", "measure", "log_entry", "topic", "question", "agreement", "period", "goal",
    "board_question",
)  # fmt: skip
NEW_REMOVAL = "team_goal"
NOT_REUSED = {"sqlite_autoincrement": True}


def among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _choice("teamkind", "subject", "work", "programme", "other"), nullable=False
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by_name", sa.String(length=200), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        *_own("team"),
        _tenant_fk("team", "unit_id", "school_unit"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_team_has_a_name")),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_by_name IS NULL)",
            name=op.f("ck_team_retired_is_signed"),
        ),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_team_organizer_id_id")),
        sa.UniqueConstraint("unit_id", "name", name=op.f("uq_team_unit_id_name")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_team_organizer_id_form_token")
        ),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        *_own("team_member"),
        _tenant_fk("team_member", "team_id", "team"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_team_member_user_id")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_team_member_ends_after_start")
        ),
        sa.UniqueConstraint(
            "team_id", "user_id", "starts_on", name=op.f("uq_team_member_team_id_user_id_starts_on")
        ),
        **NOT_REUSED,
    )
    with op.batch_alter_table("team_member", table_kwargs=NOT_REUSED) as batch:
        batch.create_index(
            "uq_team_member_open", ["team_id", "user_id"], unique=True,
            sqlite_where=sa.text("ends_on IS NULL"), postgresql_where=sa.text("ends_on IS NULL"),
        )  # fmt: skip
        batch.create_index(
            batch.f("ix_team_member_user_id_organizer_id"), ["user_id", "organizer_id"]
        )
    op.create_table(
        "team_plan",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_by_name", sa.String(length=200), nullable=True),
        *_own("team_plan"),
        _tenant_fk("team_plan", "team_id", "team"),
        _tenant_fk("team_plan", "cycle_id", "quality_cycle"),
        sa.CheckConstraint(
            "(shared_at IS NULL) = (shared_by_name IS NULL)",
            name=op.f("ck_team_plan_share_is_signed"),
        ),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_team_plan_organizer_id_id")),
        sa.UniqueConstraint("team_id", "cycle_id", name=op.f("uq_team_plan_team_id_cycle_id")),
    )
    with op.batch_alter_table("team_plan") as batch:
        batch.create_index(batch.f("ix_team_plan_cycle_id"), ["cycle_id"])
    op.create_table(
        "team_goal",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("evaluate_on", sa.Date(), nullable=True),
        sa.Column("evaluate_revision", sa.Integer(), nullable=False),
        sa.Column("evaluate_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_own("team_goal"),
        _tenant_fk("team_goal", "plan_id", "team_plan"),
        _tenant_fk("team_goal", "area_id", "development_area"),
        _tenant_fk("team_goal", "follows_id", "team_goal"),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user_account.id"], name=op.f("fk_team_goal_responsible_id")
        ),
        sa.CheckConstraint("goal <> ''", name=op.f("ck_team_goal_says_what")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (evaluate_on IS NOT NULL)",
            name=op.f("ck_team_goal_is_evaluated_until_it_ends"),
        ),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_team_goal_organizer_id_id")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_team_goal_follows_id")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_team_goal_organizer_id_form_token")
        ),
        **NOT_REUSED,
    )
    with op.batch_alter_table("team_goal", table_kwargs=NOT_REUSED) as batch:
        batch.create_index(batch.f("ix_team_goal_plan_id"), ["plan_id"])
        batch.create_index(batch.f("ix_team_goal_area_id"), ["area_id"])
        batch.create_index(
            batch.f("ix_team_goal_organizer_id_evaluate_on"), ["organizer_id", "evaluate_on"]
        )
    op.create_table(
        "team_evaluation",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decision", _choice("goaldecision", "continue", "adjust", "end"), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        *_own("team_evaluation"),
        _tenant_fk("team_evaluation", "goal_id", "team_goal"),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_team_evaluation_by_id")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_team_evaluation_numbered_from_one")),
        sa.CheckConstraint("outcome <> ''", name=op.f("ck_team_evaluation_says_what_was_seen")),
        sa.CheckConstraint(
            "decision <> 'adjust' OR next_step <> ''",
            name=op.f("ck_team_evaluation_adjusting_says_how"),
        ),
        sa.UniqueConstraint("goal_id", "number", name=op.f("uq_team_evaluation_goal_id_number")),
    )
    kinds = among("kind", (*KINDS_BEFORE, NEW_KIND))
    _recheck("reminder", "ck_reminder_reminderkind", kinds)
    _recheck("reminder_rule", "ck_reminder_rule_reminderkind", kinds)
    _recheck("removal", "ck_removal_removalkind", among("kind", (*REMOVALS_BEFORE, NEW_REMOVAL)))
    for days in USUAL:
        op.execute(
            "INSERT INTO reminder_rule (organizer_id, kind, offset_days)"
            f" SELECT id, '{NEW_KIND}', {days} FROM organizer"
        )


def downgrade() -> None:
    op.execute(f"DELETE FROM reminder WHERE kind = '{NEW_KIND}'")
    op.execute(f"DELETE FROM reminder_rule WHERE kind = '{NEW_KIND}'")
    op.execute(f"DELETE FROM removal WHERE kind = '{NEW_REMOVAL}'")
    _recheck("removal", "ck_removal_removalkind", among("kind", REMOVALS_BEFORE))
    _recheck("reminder_rule", "ck_reminder_rule_reminderkind", among("kind", KINDS_BEFORE))
    _recheck("reminder", "ck_reminder_reminderkind", among("kind", KINDS_BEFORE))
    for table in ("team_evaluation", "team_goal", "team_plan", "team_member", "team"):
        op.drop_table(table)


def _own(table: str) -> list[Any]:
    """What every table of an organizer has."""
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f(f"fk_{table}_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _tenant_fk(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organizer_id", column],
        [f"{other}.organizer_id", f"{other}.id"],
        name=op.f(f"fk_{table}_organizer_id_{column}"),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _recheck(table: str, name: str, rule: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(batch.f(name), type_="check")
        batch.create_check_constraint(batch.f(name), rule)
