"""every text of an analysis with who wrote it; the deepened analysis

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OWN_TEXTS = (
    "basis",
    "results",
    "staff_participation",
    "learner_participation",
    "guardian_participation",
)


def upgrade() -> None:
    op.create_table(
        "analysis_deepening",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("support_offered", sa.Text(), nullable=False),
        sa.Column("support_wanted", sa.Text(), nullable=False),
        sa.Column("support_given_by", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_analysis_deepening_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "cycle_id"],
            ["quality_cycle.organizer_id", "quality_cycle.id"],
            name=op.f("fk_analysis_deepening_organizer_id_cycle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_analysis_deepening_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_deepening")),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_analysis_deepening_cycle_id")),
    )
    op.create_table(
        "analysis_text",
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                *OWN_TEXTS,
                "problem",
                "cause",
                name="textpart",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(part = 'problem') = (problem_id IS NOT NULL)",
            name=op.f("ck_analysis_text_of_a_problem"),
        ),
        sa.CheckConstraint(
            "(part = 'cause') = (cause_id IS NOT NULL)", name=op.f("ck_analysis_text_of_a_cause")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "analysis_id"],
            ["situation_analysis.organizer_id", "situation_analysis.id"],
            name=op.f("fk_analysis_text_organizer_id_analysis_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "problem_id"],
            ["problem.organizer_id", "problem.id"],
            name=op.f("fk_analysis_text_organizer_id_problem_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id", "cause_id"],
            ["cause.organizer_id", "cause.id"],
            name=op.f("fk_analysis_text_organizer_id_cause_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_analysis_text_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_analysis_text_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_text")),
    )
    for column in ("analysis_id", "cause_id", "problem_id"):
        op.create_index(op.f(f"ix_analysis_text_{column}"), "analysis_text", [column])
    _keep_what_stands()


def _keep_what_stands() -> None:
    """What was written before texts were kept becomes the first version of each, by nobody known: else
    the next who saves would be the one who wrote it, and what stood would be gone."""
    bind = op.get_bind()
    metadata = sa.MetaData()
    tables = [
        sa.Table(name, metadata, autoload_with=bind, resolve_fks=False)
        for name in ("situation_analysis", "problem", "cause", "analysis_text")
    ]
    analysis, problem, cause, text = tables
    at = {row.id: row.changed_at for row in bind.execute(sa.select(analysis.c["id", "changed_at"]))}
    rows = [
        _row(row, row.id, name, {"text": getattr(row, name)})
        for row in bind.execute(sa.select(analysis))
        for name in OWN_TEXTS
        if getattr(row, name)
    ]
    for row in bind.execute(sa.select(problem)):
        content = {"text": row.text, "form": None}
        rows.append(_row(row, row.analysis_id, "problem", content, problem_id=row.id))
    joined = sa.select(cause, problem.c.analysis_id).join(
        problem, problem.c.id == cause.c.problem_id
    )
    for row in bind.execute(joined):
        content = {"text": row.text, "evidence": row.evidence, "prioritised": bool(row.prioritised)}
        rows.append(_row(row, row.analysis_id, "cause", content, cause_id=row.id))
    for row in rows:
        row["at"] = at[row["analysis_id"]]
    if rows:
        bind.execute(sa.insert(text), rows)


def _row(
    source: sa.Row, analysis_id: int, part: str, content: dict, **ids: int
) -> dict[str, object]:
    return {
        "organizer_id": source.organizer_id,
        "analysis_id": analysis_id,
        "part": part,
        "problem_id": None,
        "cause_id": None,
        "content": content,
        "by_name": "",
        **ids,
    }


def downgrade() -> None:
    op.drop_table("analysis_text")
    op.drop_table("analysis_deepening")
