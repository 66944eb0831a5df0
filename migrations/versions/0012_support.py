"""the huvudman's support: the catalogue, what is asked for by itself, levels, what principals say of it

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_offer",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("gives", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by_name", sa.String(length=200), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "owner_id IS NOT NULL OR contact <> ''", name=op.f("ck_support_offer_says_whom_to_ask")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_support_offer_has_a_title")),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_by_name IS NULL)",
            name=op.f("ck_support_offer_retired_is_signed"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_support_offer_organizer_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_support_offer_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_offer")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_support_offer_organizer_id_form_token")
        ),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_support_offer_organizer_id_id")),
    )
    with op.batch_alter_table("support_offer") as batch:
        batch.create_index(
            batch.f("ix_support_offer_organizer_id_sort_key"), ["organizer_id", "sort_key"]
        )

    op.create_table(
        "support_feedback",
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "followed_up",
                name="feedbackstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("followed_up_by_name", sa.String(length=200), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'followed_up') = (followed_up_at IS NOT NULL)",
            name=op.f("ck_support_feedback_follow_up_is_dated"),
        ),
        sa.CheckConstraint(
            "about <> '' AND text <> ''", name=op.f("ck_support_feedback_says_what")
        ),
        sa.CheckConstraint(
            "state = 'open' OR (answered_at IS NOT NULL AND answer <> '')",
            name=op.f("ck_support_feedback_answer_is_dated"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "area_id"],
            ["area.organizer_id", "area.id"],
            name=op.f("fk_support_feedback_organizer_id_area_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_support_feedback_organizer_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_support_feedback_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_feedback")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_support_feedback_organizer_id_form_token")
        ),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_support_feedback_organizer_id_id")),
    )
    with op.batch_alter_table("support_feedback") as batch:
        batch.create_index(
            batch.f("ix_support_feedback_organizer_id_state"), ["organizer_id", "state"]
        )

    op.create_table(
        "support_offer_form",
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "FSK",
                "FKLASS",
                "GR",
                "GRAN",
                "FTH",
                "GY",
                "GYAN",
                "VUX",
                "SFI",
                name="schoolform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "offer_id"],
            ["support_offer.organizer_id", "support_offer.id"],
            name=op.f("fk_support_offer_form_organizer_id_offer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offer_id", "form", name=op.f("pk_support_offer_form")),
    )
    op.create_table(
        "support_decision",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "ordinary",
                "targeted",
                "coordinated",
                name="supportlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "level = 'ordinary' OR follow_up_on IS NOT NULL",
            name=op.f("ck_support_decision_more_than_usual_is_followed_up"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_support_decision_says_why")),
        sa.CheckConstraint(
            "follow_up_on IS NULL OR follow_up_on > since_on",
            name=op.f("ck_support_decision_followed_up_later"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_support_decision_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_support_decision_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "unit_id"],
            ["school_unit.organizer_id", "school_unit.id"],
            name=op.f("fk_support_decision_organizer_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_support_decision_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_decision")),
        sa.UniqueConstraint("organizer_id", "id", name=op.f("uq_support_decision_organizer_id_id")),
        sa.UniqueConstraint("unit_id", "number", name=op.f("uq_support_decision_unit_id_number")),
    )
    with op.batch_alter_table("support_request") as batch:
        batch.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("offer_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("asked_by_name", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("form_token", sa.String(length=40), nullable=True))
        batch.alter_column("check_in_id", existing_type=sa.INTEGER(), nullable=True)
        batch.create_index(batch.f("ix_support_request_unit_id_asked_on"), ["unit_id", "asked_on"])
        batch.create_unique_constraint(
            batch.f("uq_support_request_organizer_id_form_token"), ["organizer_id", "form_token"]
        )
        batch.create_foreign_key(
            batch.f("fk_support_request_organizer_id_unit_id"),
            "school_unit",
            ["organizer_id", "unit_id"],
            ["organizer_id", "id"],
        )
        batch.create_foreign_key(
            batch.f("fk_support_request_organizer_id_offer_id"),
            "support_offer",
            ["organizer_id", "offer_id"],
            ["organizer_id", "id"],
        )
        batch.create_foreign_key(
            batch.f("fk_support_request_owner_id"), "user_account", ["owner_id"], ["id"]
        )
        batch.create_check_constraint(
            batch.f("ck_support_request_in_a_check_in_or_for_a_unit"),
            "(check_in_id IS NULL) = (unit_id IS NOT NULL)",
        )
        batch.create_check_constraint(
            batch.f("ck_support_request_by_itself_is_signed"),
            "(unit_id IS NULL) = (asked_by_name IS NULL)",
        )


def downgrade() -> None:
    # What was asked for outside a check-in has no place in the older table.
    op.execute("DELETE FROM support_request WHERE check_in_id IS NULL")
    with op.batch_alter_table("support_request") as batch:
        batch.drop_constraint(batch.f("ck_support_request_by_itself_is_signed"), type_="check")
        batch.drop_constraint(
            batch.f("ck_support_request_in_a_check_in_or_for_a_unit"), type_="check"
        )
        batch.drop_constraint(batch.f("fk_support_request_owner_id"), type_="foreignkey")
        batch.drop_constraint(
            batch.f("fk_support_request_organizer_id_offer_id"), type_="foreignkey"
        )
        batch.drop_constraint(
            batch.f("fk_support_request_organizer_id_unit_id"), type_="foreignkey"
        )
        batch.drop_constraint(batch.f("uq_support_request_organizer_id_form_token"), type_="unique")
        batch.drop_index(batch.f("ix_support_request_unit_id_asked_on"))
        batch.alter_column("check_in_id", existing_type=sa.INTEGER(), nullable=False)
        batch.drop_column("form_token")
        batch.drop_column("asked_by_name")
        batch.drop_column("owner_id")
        batch.drop_column("offer_id")
        batch.drop_column("unit_id")

    op.drop_table("support_decision")
    op.drop_table("support_offer_form")
    op.drop_table("support_feedback")
    op.drop_table("support_offer")
