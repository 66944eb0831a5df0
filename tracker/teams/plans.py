"""Lagets läsår: the short analysis of a team and its goals, a draft until the team shares it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import (
    Base,
    LongText,
    TenantOwned,
    Versioned,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.teams.models import Team

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle
    from tracker.teams.goals import TeamGoal


class NothingToShare(Exception):
    """The team has no goal yet."""


class TeamPlan(Versioned, TenantOwned, Base):
    """What a team writes in a läsår. Until it is shared only those who write in it read it."""

    __tablename__ = "team_plan"
    __table_args__ = (
        tenant_key(),
        tenant_fk("team_id", "team"),
        tenant_fk("cycle_id", "quality_cycle"),
        sa.UniqueConstraint("team_id", "cycle_id"),
        sa.Index(None, "cycle_id"),
        sa.CheckConstraint(
            "(shared_at IS NULL) = (shared_by_name IS NULL)", name="share_is_signed"
        ),
    )

    team_id: Mapped[int]
    cycle_id: Mapped[int]
    analysis: Mapped[LongText]
    """Kort analys."""
    shared_at: Mapped[datetime | None]
    shared_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    team: Mapped[Team] = relationship(foreign_keys="TeamPlan.team_id")
    cycle: Mapped["QualityCycle"] = relationship(foreign_keys="TeamPlan.cycle_id")
    goals: Mapped[list["TeamGoal"]] = relationship(
        foreign_keys="TeamGoal.plan_id", back_populates="plan", order_by="TeamGoal.id"
    )

    @classmethod
    def of(cls, team: Team, cycle: "QualityCycle") -> Self | None:
        return db.session.scalar(
            sa.select(cls).where(cls.team_id == team.id, cls.cycle_id == cycle.id)
        )

    @classmethod
    def begin(cls, team: Team, cycle: "QualityCycle") -> Self:
        """The team's plan of the läsår, made when there is none. Two who begin at once get the same."""
        found = cls.of(team, cycle)
        if found is not None:
            return found
        plan = cls(organizer_id=team.organizer_id, team=team, cycle=cycle, analysis="")
        try:
            with db.session.begin_nested():
                db.session.add(plan)
                db.session.flush()
        except IntegrityError:
            found = cls.of(team, cycle)
            if found is None:
                raise
            return found
        return plan

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None

    def write(self, analysis: str, *, by: "User") -> None:
        """Kort analys."""
        if analysis == self.analysis:
            return
        before, self.analysis = self.analysis, analysis
        self.record(Action.TEAM_ANALYSIS_WRITTEN, by, before=before or "tomt")

    def share(self, *, by: "User") -> None:
        """Let the unit's leaders and staff, and those who follow the unit, read it from now on. Raises
        NothingToShare while there is no goal. Pressed by two at once, the first has shared it."""
        db.session.refresh(self, ["shared_at", "shared_by_name", "version"], with_for_update=True)
        if self.is_shared:
            return
        if not self.goals:
            raise NothingToShare
        self.shared_at, self.shared_by_name = now(), by.name
        db.session.flush()
        self.record(Action.TEAM_GOALS_SHARED, by)

    def record(self, action: Action, by: "User", **data: Any) -> None:
        """Of a draft only that it was written in, and for those who write there alone."""
        if not self.is_shared:
            action, data = Action.TEAM_DRAFTED, {}
        record(
            action,
            self,
            by=by,
            units=[self.team.unit],
            private=not self.is_shared,
            team=self.team.name,
            year=self.cycle.school_year.label,
            **data,
        )
