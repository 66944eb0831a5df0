"""Utvärdering of lagets mål: what the team saw, and what it does now."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from tracker.audit.actions import Action
from tracker.clock import now
from tracker.database import Base, LongText, ShortText, TenantOwned, Versioned, choice, tenant_fk
from tracker.teams.states import GoalDecision

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.teams.goals import TeamGoal


class TeamEvaluation(Versioned, TenantOwned, Base):
    """Utvärdering of a goal. Only the latest may be corrected."""

    __tablename__ = "team_evaluation"
    __table_args__ = (
        tenant_fk("goal_id", "team_goal"),
        sa.UniqueConstraint("goal_id", "number"),
        sa.CheckConstraint("number > 0", name="numbered_from_one"),
        sa.CheckConstraint("outcome <> ''", name="says_what_was_seen"),
        sa.CheckConstraint("decision <> 'adjust' OR next_step <> ''", name="adjusting_says_how"),
    )

    goal_id: Mapped[int]
    number: Mapped[int]
    planned_on: Mapped[date | None]
    """The day it had been planned for."""
    held_on: Mapped[date]
    outcome: Mapped[LongText]
    """Vad såg ni?"""
    decision: Mapped[GoalDecision] = mapped_column(choice(GoalDecision))
    next_step: Mapped[LongText]
    """Vad gör ni nu?"""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    goal: Mapped["TeamGoal"] = relationship(
        foreign_keys="TeamEvaluation.goal_id", back_populates="evaluations"
    )

    FIELDS = ("held_on", "outcome", "decision", "next_step")

    def correct(
        self,
        *,
        by: "User",
        held_on: date,
        outcome: str,
        decision: GoalDecision,
        next_step: str,
        next_on: date | None,
    ) -> None:
        """Other words, or another decision. Historik keeps what it said before. SomebodyEvaluated when
        there is a later one, GoalGone when the goal has been removed."""
        goal = self.goal
        goal.hold(self.number)
        new: tuple[Any, ...] = (held_on, outcome, decision, next_step)
        same_day = decision is GoalDecision.END or next_on == goal.evaluate_on
        if new == tuple(getattr(self, name) for name in self.FIELDS) and same_day:
            return
        before = f"”{self.outcome}” {self.decision.label}."
        self.held_on, self.outcome, self.decision, self.next_step = new
        flag_modified(
            self, "outcome"
        )  # the next day is the goal's; the version is to rise for it too
        goal.settle_anew(decision, next_on)
        goal.plan.record(Action.TEAM_EVALUATION_CORRECTED, by, goal=goal.excerpt, before=before)
