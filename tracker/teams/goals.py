"""Lagets mål: what a team wants to achieve, and the day of its next evaluation."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.clock import now, today
from tracker.cycle.workdays import is_ordinary_working_day
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    tenant_fk,
    tenant_key,
)
from tracker.dialogues.agreements import shortened
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.removals.models import Removal, RemovalKind
from tracker.teams.evaluations import TeamEvaluation
from tracker.teams.plans import TeamPlan
from tracker.teams.states import (
    AlreadyTaken,
    GoalDecision,
    GoalEnded,
    GoalGone,
    GoalInUse,
    SomebodyEvaluated,
)
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import SchoolYear
    from tracker.measures.areas import DevelopmentArea

EXCERPT = 90
FIRST_WEEK, FIRST_WEEKDAY = 4, 3
"""When a team's first evaluation is, unless it says otherwise: within v. 3–5, product.md's year."""
REOPENED = "reopened"
"""In what is kept of a removed goal: the earlier one that waits for an evaluation again in its stead."""
LATER = timedelta(days=56)
"""How long after a day the next evaluation is proposed."""


class TeamGoal(MadeByForm, Versioned, TenantOwned, Base):
    """A goal of a team in a läsår. While it is not over it has a day of its next evaluation."""

    __tablename__ = "team_goal"
    __table_args__ = (
        tenant_key(),
        tenant_fk("plan_id", "team_plan"),
        tenant_fk("area_id", "development_area"),
        tenant_fk("follows_id", "team_goal"),
        sa.UniqueConstraint("follows_id"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "plan_id"),
        sa.Index(None, "area_id"),
        sa.Index(None, "organizer_id", "evaluate_on"),
        sa.CheckConstraint("goal <> ''", name="says_what"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (evaluate_on IS NOT NULL)", name="is_evaluated_until_it_ends"
        ),
        NUMBERS_ARE_NOT_REUSED,
    )

    plan_id: Mapped[int]
    goal: Mapped[LongText]
    """Mål."""
    follow_up: Mapped[LongText]
    """Så ser ni om ni är på väg."""
    area_id: Mapped[int | None]
    """The unit's development area that it is part of."""
    evaluate_on: Mapped[date | None]
    """The day of the next evaluation, the first one until there is one; None when the goal is over."""
    evaluate_revision: Mapped[int] = mapped_column(default=0)
    """Counts the changes of `evaluate_on`, so that a new day gives new reminders and only then."""
    evaluate_set_at: Mapped[datetime] = mapped_column(default=now)
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    responsible: Mapped[ShortText] = mapped_column(default="")
    """Ansvarig by name, which stays when the person leaves."""
    ended_at: Mapped[datetime | None]
    follows_id: Mapped[int | None]
    """The goal of an earlier läsår that this one goes on with."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    plan: Mapped[TeamPlan] = relationship(foreign_keys="TeamGoal.plan_id", back_populates="goals")
    area: Mapped["DevelopmentArea | None"] = relationship(foreign_keys="TeamGoal.area_id")
    follows: Mapped["TeamGoal | None"] = relationship(
        foreign_keys="TeamGoal.follows_id", remote_side="TeamGoal.id", back_populates="followed_by"
    )
    followed_by: Mapped["TeamGoal | None"] = relationship(
        foreign_keys="TeamGoal.follows_id", back_populates="follows", uselist=False
    )
    evaluations: Mapped[list[TeamEvaluation]] = relationship(
        foreign_keys="TeamEvaluation.goal_id",
        back_populates="goal",
        order_by="TeamEvaluation.number",
    )

    FIELDS = ("goal", "follow_up", "area_id", "evaluate_on", "responsible_id")

    @classmethod
    def add(
        cls,
        plan: TeamPlan,
        *,
        by: "User",
        goal: str,
        follow_up: str,
        evaluate_on: date,
        area_id: int | None = None,
        responsible: "User | None" = None,
        follows: "TeamGoal | None" = None,
        form_token: str | None = None,
    ) -> Self:
        row = cls(
            organizer_id=plan.organizer_id,
            plan=plan,
            goal=goal,
            follow_up=follow_up,
            area_id=area_id,
            evaluate_on=evaluate_on,
            responsible_id=responsible.id if responsible else None,
            responsible=responsible.name if responsible else "",
            follows_id=follows.id if follows else None,
            form_token=form_token,
        )
        db.session.add(row)
        db.session.flush()
        plan.record(Action.TEAM_GOAL_ADDED, by, goal=row.excerpt)
        return row

    @classmethod
    def take_over(
        cls, plan: TeamPlan, earlier: "TeamGoal", responsible: "User | None", *, by: "User"
    ) -> Self:
        """Go on with a goal of an earlier läsår in this one: the same words, and a day of its own; which area
        it is part of is for the team to say. The earlier one waits for its own last evaluation, if that is
        not written. Raises AlreadyTaken when somebody has pressed before."""
        taken = sa.select(cls.id).where(cls.follows_id == earlier.id)
        if db.session.scalar(taken) is not None:
            raise AlreadyTaken
        year = plan.cycle.school_year
        row = cls.add(
            plan,
            by=by,
            goal=earlier.goal,
            follow_up=earlier.follow_up,
            evaluate_on=usual_day(year),
            responsible=responsible,
            follows=earlier,
        )
        if plan.is_shared:  # else the earlier läsår's history would tell what the draft has
            earlier.plan.record(
                Action.TEAM_GOAL_TAKEN_ON, by, goal=earlier.excerpt, later=year.label
            )
        return row

    @property
    def excerpt(self) -> str:
        """Its beginning on one line."""
        return shortened(self.goal, EXCERPT)

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    @property
    def latest(self) -> TeamEvaluation | None:
        return self.evaluations[-1] if self.evaluations else None

    @property
    def is_waited_for(self) -> bool:
        """Whether the day of its next evaluation has passed and nothing is written."""
        return self.evaluate_on is not None and self.evaluate_on < today()

    def write(
        self,
        *,
        by: "User",
        goal: str,
        follow_up: str,
        area_id: int | None,
        evaluate_on: date | None,
        responsible: "User | None",
    ) -> None:
        """Change it; Historik keeps what it said before, once it is shared. Of a goal that is over the
        day is left as it is. `responsible` None with the same id as before keeps the name."""
        responsible_id = responsible.id if responsible else None
        if self.is_over:
            evaluate_on = None
        new = (goal, follow_up, area_id, evaluate_on, responsible_id)
        if new == tuple(getattr(self, name) for name in self.FIELDS):
            return
        before = f"”{self.goal}”"
        if self.evaluate_on is not None and evaluate_on != self.evaluate_on:
            before += f", utvärderas {date_medium(self.evaluate_on)}"
        self.goal, self.follow_up, self.area_id = goal, follow_up, area_id
        if evaluate_on is not None:
            self._plan_evaluation(evaluate_on)
        if responsible_id != self.responsible_id:
            self.responsible_id = responsible_id
            self.responsible = responsible.name if responsible else ""
        self.plan.record(Action.TEAM_GOAL_CHANGED, by, goal=self.excerpt, before=before)

    def hold(self, latest: int) -> None:
        """Take the goal's row, and read it anew: one evaluation is written at a time. SomebodyEvaluated
        when `latest` is not the number of the latest one; GoalGone for a goal that has been removed."""
        held = sa.select(TeamGoal.id).where(TeamGoal.id == self.id).with_for_update()
        if db.session.scalar(held) is None:
            raise GoalGone
        number = db.session.scalar(
            sa.select(sa.func.coalesce(sa.func.max(TeamEvaluation.number), 0)).where(
                TeamEvaluation.goal_id == self.id
            )
        )
        if number != latest:
            raise SomebodyEvaluated
        db.session.refresh(self, ["ended_at", "evaluate_on", "evaluate_revision", "version"])

    def evaluate(
        self,
        *,
        by: "User",
        seen: int,
        held_on: date,
        outcome: str,
        decision: GoalDecision,
        next_step: str,
        next_on: date | None,
    ) -> TeamEvaluation:
        """What the team saw and what it does now. `seen`: the number of the latest evaluation when the
        form was shown; SomebodyEvaluated when there is a later one. `next_on` is needed unless the goal
        ends, or goes on in a later läsår: then this was its last. Raises GoalEnded for one that is over, GoalGone for one that has been removed."""
        self.hold(seen)
        if self.is_over:
            raise GoalEnded
        row = TeamEvaluation(
            organizer_id=self.organizer_id,
            number=seen + 1,
            planned_on=self.evaluate_on,
            held_on=held_on,
            outcome=outcome,
            decision=decision,
            next_step=next_step,
            by_id=by.id,
            by_name=by.name,
        )
        self.evaluations.append(row)
        self._settle(decision, next_on)
        db.session.flush()
        self.plan.record(
            Action.TEAM_GOAL_EVALUATED, by, goal=self.excerpt, decision=decision.label.lower()
        )
        return row

    def settle_anew(self, decision: GoalDecision, next_on: date | None) -> None:
        """After the latest evaluation was corrected. What goes on in a later läsår stays over here, unless a
        day is given."""
        self._settle(decision, next_on)

    def _settle(self, decision: GoalDecision, next_on: date | None) -> None:
        if decision is GoalDecision.END or (next_on is None and self.followed_by is not None):
            self._end()
        else:
            if next_on is None:
                raise ValueError("a goal that goes on has a day of its next evaluation")
            self.ended_at = None
            self._plan_evaluation(next_on)

    def _plan_evaluation(self, day: date) -> None:
        if day == self.evaluate_on:
            return
        self.evaluate_on = day
        self.evaluate_revision += 1
        self.evaluate_set_at = now()

    def _end(self) -> None:
        if self.ended_at is None:
            self.ended_at, self.evaluate_on = now(), None
            self.evaluate_revision += 1

    @property
    def may_be_removed(self) -> bool:
        """Not when it has been evaluated, or goes on in a later läsår. A draft that it goes on in is no
        obstacle: nobody else is to learn of that."""
        later = self.followed_by
        return not self.evaluations and (later is None or not later.plan.is_shared)

    def remove(self, *, by: "User") -> Removal:
        """Raises GoalInUse for one that may not be. The goal that it went on with, and that was over for
        that alone, waits for an evaluation again, on the day that this one had."""
        if not self.may_be_removed:
            raise GoalInUse
        self.plan.record(Action.TEAM_GOAL_REMOVED, by, goal=self.excerpt)
        later = self.followed_by
        links = [] if later is None else [(later, "follows_id")]
        removal = Removal.keep(
            RemovalKind.TEAM_GOAL, self.plan, self.excerpt, [self], by=by, links=links
        )
        if later is not None:
            later.follows_id = None
            db.session.flush()
        earlier = self.follows
        if earlier is not None and earlier._is_over_for_going_on:
            earlier.ended_at = None
            earlier._plan_evaluation(self.evaluate_on)  # type: ignore[arg-type]  # it is not over
            removal.content = removal.content | {REOPENED: earlier.id}
        db.session.delete(self)
        return removal

    @property
    def _is_over_for_going_on(self) -> bool:
        return self.is_over and (
            self.latest is None or self.latest.decision is not GoalDecision.END
        )

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> None:
        row = db.session.get_one(cls, removal.bring_back())
        earlier = row.follows
        if REOPENED in removal.content and earlier and earlier.evaluate_on == row.evaluate_on:
            earlier._end()  # nothing has been done with the day that it was lent
        row.plan.record(Action.TEAM_GOAL_RESTORED, by, goal=row.excerpt)


def usual_day(year: "SchoolYear") -> date:
    """When the first evaluation is, unless the team says otherwise: in the middle of the läsår while
    that is some weeks ahead, else eight weeks from today, within the läsår where there is time."""
    middle = date.fromisocalendar(year.start_year + 1, FIRST_WEEK, FIRST_WEEKDAY)
    day = middle
    if middle < today() + timedelta(days=14):
        day = max(today(), min(today() + LATER, year.last_day - timedelta(days=14)))
    while not is_ordinary_working_day(day):
        day += timedelta(days=1)
    return day
