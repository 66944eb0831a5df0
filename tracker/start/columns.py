"""Columns of the statement over units that Start asks anyway (`overview.units`): it has no statement to spare for
what they tell. Built with parameters of that statement."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.models import (
    AdoptedAnalysis,
    AnalysisDeepening,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SupportDecision,
    SupportFeedback,
)


def deepened_on(cycle: Any, analysis: Any) -> sa.ColumnElement[date | None]:
    """From when the huvudman's follow-up has lifted the unit, until an analysis is adopted after that was
    said; correlated to the lap and its analysis."""
    return (
        sa.select(AnalysisDeepening.on)
        .where(
            AnalysisDeepening.cycle_id == cycle.id,
            ~sa.exists().where(
                AdoptedAnalysis.analysis_id == analysis.id,
                AdoptedAnalysis.adopted_at >= AnalysisDeepening.at,
            ),
        )
        .correlate(cycle, analysis)
        .scalar_subquery()
        .label("deepened_on")
    )


def next_opened() -> sa.ColumnElement[bool]:
    """Whether the unit's lap of the coming läsår is opened, correlated to SchoolUnit."""
    year, cycle = aliased(SchoolYear), aliased(QualityCycle)
    return (
        sa.exists()
        .where(
            cycle.unit_id == SchoolUnit.id,
            year.id == cycle.school_year_id,
            year.start_year == sa.bindparam("start_year") + 1,
        )
        .correlate(SchoolUnit)
        .label("next_opened")
    )


def feedback_waiting() -> sa.ColumnElement[int]:
    """It hangs on nothing in the row, and the database reads it once."""
    return (
        sa.select(sa.func.count())
        .select_from(SupportFeedback)
        .where(
            SupportFeedback.organizer_id == sa.bindparam("organizer_id"),
            SupportFeedback.waiting_for(
                sa.bindparam("user_id", type_=sa.Integer),
                works=sa.bindparam("works_there", type_=sa.Boolean),
                oversees=sa.bindparam("oversees", type_=sa.Boolean),
                day=sa.bindparam("day", type_=sa.Date),
                until=sa.bindparam("feedback_until", type_=sa.Date),
            ),
        )
        .scalar_subquery()
        .label("feedback_waiting")
    )


def support_follow_up_on() -> sa.ColumnElement[date | None]:
    """Of the decision about support that holds, correlated to SchoolUnit: one look into an index."""
    return (
        sa.select(SupportDecision.follow_up_on)
        .where(SupportDecision.unit_id == SchoolUnit.id)
        .order_by(SupportDecision.number.desc())
        .limit(1)
        .correlate(SchoolUnit)
        .scalar_subquery()
        .label("support_follow_up_on")
    )
