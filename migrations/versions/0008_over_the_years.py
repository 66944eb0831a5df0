"""problems and causes over the years; the factor of a cause

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("problem") as batch:
        batch.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column(
                "development",
                sa.Enum(
                    "remains",
                    "changed",
                    "solved",
                    name="problemdevelopment",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch.add_column(sa.Column("state_now", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key(
            batch.f("fk_problem_organizer_id_follows_id"),
            "problem",
            ["organizer_id", "follows_id"],
            ["organizer_id", "id"],
        )
        batch.create_unique_constraint(
            batch.f("uq_problem_analysis_id_follows_id"), ["analysis_id", "follows_id"]
        )
        batch.create_check_constraint(
            batch.f("ck_problem_development_of_what_was"),
            "(follows_id IS NULL) = (development IS NULL)",
        )
        batch.create_index(batch.f("ix_problem_follows_id"), ["follows_id"])
    with op.batch_alter_table("problem") as batch:
        batch.alter_column("state_now", server_default=None)
    with op.batch_alter_table("cause") as batch:
        batch.add_column(
            sa.Column(
                "factor",
                sa.Enum(
                    "trust",
                    "health",
                    "compensation",
                    "leadership",
                    "profession",
                    "quality_work",
                    "roles",
                    name="successfactor",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_cause_organizer_id_follows_id"),
            "cause",
            ["organizer_id", "follows_id"],
            ["organizer_id", "id"],
        )
        batch.create_unique_constraint(
            batch.f("uq_cause_problem_id_follows_id"), ["problem_id", "follows_id"]
        )
        batch.create_index(batch.f("ix_cause_follows_id"), ["follows_id"])


def downgrade() -> None:
    with op.batch_alter_table("cause") as batch:
        batch.drop_index(batch.f("ix_cause_follows_id"))
        batch.drop_constraint(batch.f("uq_cause_problem_id_follows_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_cause_organizer_id_follows_id"), type_="foreignkey")
        batch.drop_column("follows_id")
        batch.drop_constraint(batch.f("ck_cause_successfactor"), type_="check")
        batch.drop_column("factor")
    with op.batch_alter_table("problem") as batch:
        batch.drop_index(batch.f("ix_problem_follows_id"))
        batch.drop_constraint(batch.f("ck_problem_development_of_what_was"), type_="check")
        batch.drop_constraint(batch.f("uq_problem_analysis_id_follows_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_problem_organizer_id_follows_id"), type_="foreignkey")
        batch.drop_column("state_now")
        batch.drop_constraint(batch.f("ck_problem_problemdevelopment"), type_="check")
        batch.drop_column("development")
        batch.drop_column("follows_id")
