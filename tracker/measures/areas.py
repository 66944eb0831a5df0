"""Prioriterade utvecklingsområden: where a unit puts its strength this läsår, why, and its goal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.organisation.models import SchoolForm
from tracker.removals.models import Removal, RemovalKind

if TYPE_CHECKING:
    from tracker.analyses.problems import Problem
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle
    from tracker.measures.models import Measure
    from tracker.teams.goals import TeamGoal


class DevelopmentArea(Versioned, TenantOwned, Base):
    """Prioriterat utvecklingsområde with its goal."""

    __tablename__ = "development_area"
    __table_args__ = (
        tenant_key(),
        tenant_fk("cycle_id", "quality_cycle"),
        sa.Index(None, "cycle_id"),
        NUMBERS_ARE_NOT_REUSED,
    )

    cycle_id: Mapped[int]
    title: Mapped[ShortText]
    why: Mapped[LongText]
    goal: Mapped[LongText]
    form: Mapped[SchoolForm | None] = mapped_column(choice(SchoolForm))

    cycle: Mapped["QualityCycle"] = relationship(foreign_keys="DevelopmentArea.cycle_id")
    problems: Mapped[list["Problem"]] = relationship(secondary="development_area_problem")

    @classmethod
    def create(
        cls,
        cycle: "QualityCycle",
        title: str,
        why: str,
        goal: str,
        *,
        by: "User",
        form: SchoolForm | None = None,
        problems: "list[Problem] | None" = None,
    ) -> Self:
        area = cls(
            organizer_id=cycle.organizer_id, cycle=cycle, title=title, why=why, goal=goal, form=form
        )
        area.problems = list(problems or [])
        db.session.add(area)
        db.session.flush()
        area._record(Action.DEVELOPMENT_AREA_ADDED, by)
        return area

    @property
    def problem_ids(self) -> list[int]:
        return sorted(problem.id for problem in self.problems)

    def write(
        self,
        title: str,
        why: str,
        goal: str,
        form: SchoolForm | None,
        problems: "list[Problem]",
        *,
        by: "User",
    ) -> None:
        """Change it; what is the same as before is no change."""
        others = self.problem_ids != sorted(problem.id for problem in problems)
        texts = (title, why, goal, form)
        if texts == (self.title, self.why, self.goal, self.form) and not others:
            return
        self.title, self.why, self.goal, self.form = texts
        if others:
            self.problems = list(problems)
            flag_modified(self, "title")  # so that the row's version tells of its problems too
        self._record(Action.DEVELOPMENT_AREA_CHANGED, by)

    def remove(self, *, by: "User") -> Removal:
        """Raises AreaInUse when a measure or a goal that a team has shared belongs to it, or it is to be
        talked about in a dialogue. The goals of drafts let go of it, and find it again if it comes back."""
        if self.is_used():
            raise AreaInUse
        self._record(Action.DEVELOPMENT_AREA_REMOVED, by)
        drafts = self._goals_of_drafts()
        removal = Removal.keep(
            RemovalKind.DEVELOPMENT_AREA, self.cycle, self.title, [self], by=by,
            links=[(goal, "area_id") for goal in drafts],
        )  # fmt: skip
        for goal in drafts:
            goal.area_id = None
        db.session.flush()
        db.session.delete(self)
        return removal

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> None:
        area = db.session.get_one(cls, removal.bring_back())
        area._record(Action.DEVELOPMENT_AREA_RESTORED, by)

    def is_used(self) -> bool:
        """Whether anything belongs to it that those who write in the unit may know of."""
        from tracker.dialogues.topics import DialogueTopic
        from tracker.measures.models import Measure
        from tracker.teams.goals import TeamGoal
        from tracker.teams.plans import TeamPlan

        users = [sa.exists().where(kind.area_id == self.id) for kind in (Measure, DialogueTopic)]
        users.append(
            sa.exists().where(
                TeamGoal.area_id == self.id,
                TeamPlan.id == TeamGoal.plan_id,
                TeamPlan.shared_at.is_not(None),
            )
        )
        return bool(db.session.scalar(sa.select(sa.or_(*users))))

    def _goals_of_drafts(self) -> "list[TeamGoal]":
        """The goals that belong to it and no team has shared."""
        from tracker.teams.goals import TeamGoal
        from tracker.teams.plans import TeamPlan

        return list(
            db.session.scalars(
                sa.select(TeamGoal)
                .join(TeamPlan, TeamPlan.id == TeamGoal.plan_id)
                .where(TeamGoal.area_id == self.id, TeamPlan.shared_at.is_(None))
            )
        )

    def _record(self, action: Action, by: "User") -> None:
        record(action, self, by=by, units=self.cycle.units, area=self.title)


class AreaInUse(Exception):
    """A measure, a goal that a team has shared or a dialogue refers to the area."""


AREA_PROBLEMS = sa.Table(
    "development_area_problem",
    Base.metadata,
    sa.Column("organizer_id", sa.Integer, nullable=False),
    sa.Column("area_id", sa.Integer, primary_key=True),
    sa.Column("problem_id", sa.Integer, primary_key=True),
    tenant_fk("area_id", "development_area", ondelete="CASCADE"),
    tenant_fk("problem_id", "problem", ondelete="CASCADE"),
    sa.Index(None, "problem_id"),
)
"""Which problems an area takes up."""


def area_ids(measures: "Iterable[Measure]") -> dict[int, int]:
    """The development area that each measure falls under, by the measure's id: the one chosen for it,
    else the (first) one linked to the problem behind its cause. Those of no area are left out. One
    statement at most."""
    from tracker.analyses.problems import Cause

    measures = list(measures)
    found = {row.id: row.area_id for row in measures if row.area_id is not None}
    by_cause = {row.id: row.cause_id for row in measures if row.id not in found and row.cause_id}
    if by_cause:
        behind = dict(
            db.session.execute(
                sa.select(Cause.id, sa.func.min(AREA_PROBLEMS.c.area_id))
                .join(AREA_PROBLEMS, AREA_PROBLEMS.c.problem_id == Cause.problem_id)
                .where(Cause.id.in_(set(by_cause.values())))
                .group_by(Cause.id)
            ).all()
        )
        found |= {key: behind[cause] for key, cause in by_cause.items() if cause in behind}
    return found


def falls_under() -> sa.ColumnElement[int | None]:
    """The same as a column of a statement that selects from Measure."""
    from tracker.analyses.problems import Cause
    from tracker.measures.models import Measure

    behind = (
        sa.select(sa.func.min(AREA_PROBLEMS.c.area_id))
        .join(Cause, Cause.problem_id == AREA_PROBLEMS.c.problem_id)
        .where(Cause.id == Measure.cause_id)
        .correlate(Measure)
        .scalar_subquery()
    )
    return sa.func.coalesce(Measure.area_id, behind)
