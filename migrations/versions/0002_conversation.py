"""notes, agreements and approvals of a dialogue; check-ins and the support asked for

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBERED = {"sqlite_autoincrement": True}  # SQLite forgets it when the table is copied
STATES_BEFORE = "state IN ('planned', 'cancelled')"
STATES_AFTER = "state IN ('planned', 'held', 'approved', 'cancelled')"
RULES = {
    "held_is_dated": "(state IN ('held', 'approved')) = (held_at IS NOT NULL)",
    "held_had_a_time": "held_at IS NULL OR starts_at IS NOT NULL",
    "approved_is_dated": "(state = 'approved') = (approved_at IS NOT NULL)",
}


def upgrade() -> None:
    with op.batch_alter_table("dialogue_topic") as batch:
        batch.create_unique_constraint(
            batch.f("uq_dialogue_topic_organizer_id_id"), ["organizer_id", "id"]
        )
    op.create_table(
        "check_in",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("obstacles", sa.Text(), nullable=False),
        sa.Column("obstacles_settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("obstacles_settled_by_name", sa.String(length=200), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "next_on IS NULL OR next_on > held_on", name=op.f("ck_check_in_next_is_later")
        ),
        sa.CheckConstraint(
            "obstacles_settled_at IS NULL OR obstacles <> ''",
            name=op.f("ck_check_in_settled_what_there_was"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_check_in_by_id")),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_check_in_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_check_in_organizer_id_form_token")
        ),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_check_in_organizer_id_id")),
        sa.UniqueConstraint(
            "organizer_id", "id", "held_on", name=op.f("uq_check_in_organizer_id_id_held_on")
        ),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_check_in_organizer_id_held_on"),
            ["organizer_id", "held_on"],
            unique=False,
        )

    op.create_table(
        "support_request",
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "answered",
                "settled",
                name="supportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_name", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)",
            name=op.f("ck_support_request_settled_is_dated"),
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR answered_at IS NOT NULL",
            name=op.f("ck_support_request_answer_is_dated"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_support_request_says_what")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "check_in_id"],
            ["check_in.organizer_id", "check_in.id"],
            name=op.f("fk_support_request_organizer_id_check_in_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_support_request_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_request")),
        sa.UniqueConstraint("check_in_id", name=op.f("uq_support_request_check_in_id")),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_support_request_organizer_id_id")),
    )
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_support_request_organizer_id_state"),
            ["organizer_id", "state"],
            unique=False,
        )

    op.create_table(
        "check_in_unit",
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id", "check_in_id", "held_on"],
            ["check_in.organizer_id", "check_in.id", "check_in.held_on"],
            name="fk_check_in_unit_check_in",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "unit_id"],
            ["school_unit.organizer_id", "school_unit.id"],
            name=op.f("fk_check_in_unit_organizer_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("check_in_id", "unit_id", name=op.f("pk_check_in_unit")),
    )
    with op.batch_alter_table("check_in_unit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_check_in_unit_unit_id_held_on_check_in_id"),
            ["unit_id", "held_on", "check_in_id"],
            unique=False,
        )

    op.create_table(
        "dialogue_approval",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "principal",
                "organizer",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_dialogue_approval_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["quality_dialogue.organizer_id", "quality_dialogue.id"],
            name=op.f("fk_dialogue_approval_organizer_id_dialogue_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_dialogue_approval_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_approval")),
    )
    with op.batch_alter_table("dialogue_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dialogue_approval_dialogue_id"), ["dialogue_id"], unique=False
        )
        batch_op.create_index(
            "uq_dialogue_approval_standing",
            ["dialogue_id", "side"],
            unique=True,
            sqlite_where=sa.text("lapsed_at IS NULL"),
            postgresql_where=sa.text("lapsed_at IS NULL"),
        )

    op.create_table(
        "dialogue_remark",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_dialogue_remark_says_something")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_dialogue_remark_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["quality_dialogue.organizer_id", "quality_dialogue.id"],
            name=op.f("fk_dialogue_remark_organizer_id_dialogue_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_dialogue_remark_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_remark")),
    )
    with op.batch_alter_table("dialogue_remark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dialogue_remark_dialogue_id"), ["dialogue_id"], unique=False
        )

    op.create_table(
        "dialogue_note",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_dialogue_note_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["quality_dialogue.organizer_id", "quality_dialogue.id"],
            name=op.f("fk_dialogue_note_organizer_id_dialogue_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "topic_id"],
            ["dialogue_topic.organizer_id", "dialogue_topic.id"],
            name=op.f("fk_dialogue_note_organizer_id_topic_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_dialogue_note_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_note")),
        sa.UniqueConstraint("dialogue_id", "slot", name=op.f("uq_dialogue_note_dialogue_id_slot")),
    )
    op.create_table(
        "agreement",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "dropped",
                name="agreementstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_name", sa.String(length=200), nullable=True),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("ck_agreement_settled_is_dated")
        ),
        sa.CheckConstraint("what <> ''", name=op.f("ck_agreement_says_what")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_agreement_by_id")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id"],
            ["quality_dialogue.organizer_id", "quality_dialogue.id"],
            name=op.f("fk_agreement_organizer_id_dialogue_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "measure_id"],
            ["measure.organizer_id", "measure.id"],
            name=op.f("fk_agreement_organizer_id_measure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_agreement_organizer_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user_account.id"], name=op.f("fk_agreement_responsible_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_agreement_organizer_id_id")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_agreement_organizer_id_form_token")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_dialogue_id"), ["dialogue_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_agreement_organizer_id_due_on"), ["organizer_id", "due_on"], unique=False
        )

    op.create_table(
        "check_in_measure",
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id", "check_in_id"],
            ["check_in.organizer_id", "check_in.id"],
            name=op.f("fk_check_in_measure_organizer_id_check_in_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "measure_id"],
            ["measure.organizer_id", "measure.id"],
            name=op.f("fk_check_in_measure_organizer_id_measure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("check_in_id", "measure_id", name=op.f("pk_check_in_measure")),
    )
    with op.batch_alter_table("check_in_measure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_check_in_measure_measure_id"), ["measure_id"], unique=False
        )

    with op.batch_alter_table("quality_dialogue", table_kwargs=NUMBERED) as batch:
        batch.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("held_by_name", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        batch.drop_constraint(batch.f("ck_quality_dialogue_dialoguestate"), type_="check")
        batch.create_check_constraint(batch.f("ck_quality_dialogue_dialoguestate"), STATES_AFTER)
        for name, rule in RULES.items():
            batch.create_check_constraint(batch.f(f"ck_quality_dialogue_{name}"), rule)
    with op.batch_alter_table("school_unit") as batch:
        batch.add_column(
            sa.Column("check_in_days", sa.Integer(), nullable=False, server_default="14")
        )
        batch.create_check_constraint(
            batch.f("ck_school_unit_check_ins_within_a_term"), "check_in_days BETWEEN 0 AND 90"
        )
    with op.batch_alter_table("school_unit") as batch:
        batch.alter_column("check_in_days", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("school_unit") as batch:
        batch.drop_constraint(batch.f("ck_school_unit_check_ins_within_a_term"), type_="check")
        batch.drop_column("check_in_days")
    op.execute("UPDATE quality_dialogue SET state = 'planned' WHERE state IN ('held', 'approved')")
    with op.batch_alter_table("quality_dialogue", table_kwargs=NUMBERED) as batch:
        for name in RULES:
            batch.drop_constraint(batch.f(f"ck_quality_dialogue_{name}"), type_="check")
        batch.drop_constraint(batch.f("ck_quality_dialogue_dialoguestate"), type_="check")
        batch.create_check_constraint(batch.f("ck_quality_dialogue_dialoguestate"), STATES_BEFORE)
        batch.drop_column("approved_at")
        batch.drop_column("held_by_name")
        batch.drop_column("held_at")
    for table in (
        "check_in_measure", "agreement", "dialogue_note", "dialogue_remark", "dialogue_approval",
        "check_in_unit", "support_request", "check_in",
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("dialogue_topic") as batch:
        batch.drop_constraint(batch.f("uq_dialogue_topic_organizer_id_id"), type_="unique")
