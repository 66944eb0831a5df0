"""What is said of the unit beside its own work: the words of those who left it, how much support it gets, whether
its analysis is to be deepened, and what its teams aim at. All of it in one statement: the page has none to spare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.handover.models import HandoverNote
from tracker.models import (
    AnalysisDeepening,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SupportDecision,
    Team,
    TeamGoal,
    TeamPlan,
)


@dataclass(frozen=True, slots=True)
class AimOfTeam:
    """A goal that a team has shared and that is not over, and the läsår in which it stands."""

    team_id: int
    team: str
    year: str
    """As in addresses."""
    goal: str
    evaluate_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    notes: Sequence[HandoverNote]
    """The latest first."""
    level: SupportDecision | None
    """The decision that holds."""
    deepening: AnalysisDeepening | None
    """Of this läsår's analysis."""
    aims: Sequence[AimOfTeam]

    @classmethod
    def load(cls, unit: SchoolUnit) -> Self:
        keys = _keys(unit).subquery("keys")
        rows = db.session.execute(
            sa.select(HandoverNote, SupportDecision, AnalysisDeepening, TeamGoal, Team, SchoolYear)
            .select_from(keys)
            .outerjoin(HandoverNote, HandoverNote.id == keys.c.note_id)
            .outerjoin(SupportDecision, SupportDecision.id == keys.c.level_id)
            .outerjoin(AnalysisDeepening, AnalysisDeepening.id == keys.c.deepening_id)
            .outerjoin(TeamGoal, TeamGoal.id == keys.c.goal_id)
            .outerjoin(TeamGoal.plan)
            .outerjoin(TeamPlan.team)
            .outerjoin(TeamPlan.cycle)
            .outerjoin(QualityCycle.school_year)
            .options(contains_eager(TeamGoal.plan))
            .order_by(
                HandoverNote.changed_at.desc(), HandoverNote.id.desc(), Team.sort_key, TeamGoal.id
            )
        ).all()
        return cls(
            [note for note, *_ in rows if note is not None],
            next((row[1] for row in rows if row[1] is not None), None),
            next((row[2] for row in rows if row[2] is not None), None),
            [
                AimOfTeam(team.id, team.name, year.slug, goal.goal, goal.evaluate_on)
                for *_, goal, team, year in rows
                if goal is not None
            ],
        )


def _keys(unit: SchoolUnit) -> sa.CompoundSelect[tuple[int | None, ...]]:
    """A row for each thing, with its id in the column of its kind."""

    def one(column: sa.ColumnElement[int], kind: str) -> sa.Select[tuple[int | None, ...]]:
        kinds = ("note_id", "level_id", "deepening_id", "goal_id")
        nothing = sa.cast(sa.null(), sa.Integer)
        return sa.select(*((column if name == kind else nothing).label(name) for name in kinds))

    latest = (
        sa.select(SupportDecision.id)
        .where(SupportDecision.unit_id == unit.id)
        .order_by(SupportDecision.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    present = calendar.school_year_start(today())
    return sa.union_all(
        one(HandoverNote.id, "note_id").where(HandoverNote.unit_id == unit.id),
        one(latest, "level_id"),
        one(AnalysisDeepening.id, "deepening_id")
        .join(QualityCycle, QualityCycle.id == AnalysisDeepening.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(QualityCycle.unit_id == unit.id, SchoolYear.start_year == present),
        one(TeamGoal.id, "goal_id")
        .join(TeamPlan, TeamPlan.id == TeamGoal.plan_id)
        .join(Team, Team.id == TeamPlan.team_id)
        .where(
            Team.unit_id == unit.id,
            Team.retired_at.is_(None),
            TeamPlan.shared_at.is_not(None),
            TeamGoal.ended_at.is_(None),
        ),
    )
