"""Huvudmannens mål: what the organizer wants to reach in a läsår, in its own words."""

from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, relationship

from tracker.analyses.problems import excerpt
from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.cycle.models import QualityCycle, SchoolYear
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    TenantOwned,
    Versioned,
    tenant_fk,
)
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.removals.models import Removal, RemovalKind

if TYPE_CHECKING:
    from tracker.auth.models import User


class OrganizerGoal(MadeByForm, Versioned, TenantOwned, Base):
    """One goal of the organizer's own lap. Read by everybody with a role there as soon as it is saved."""

    __tablename__ = "organizer_goal"
    __table_args__ = (
        tenant_fk("cycle_id", "quality_cycle"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "cycle_id"),
        sa.CheckConstraint("text <> ''", name="says_something"),
        NUMBERS_ARE_NOT_REUSED,
    )

    cycle_id: Mapped[int]
    position: Mapped[int]
    text: Mapped[LongText]
    """Mål."""
    signs: Mapped[LongText]
    """Så märker vi att vi närmar oss målet."""

    cycle: Mapped[QualityCycle] = relationship(foreign_keys="OrganizerGoal.cycle_id")

    @classmethod
    def of(cls, cycle: QualityCycle) -> list[Self]:
        return list(
            db.session.scalars(
                sa.select(cls).where(cls.cycle_id == cycle.id).order_by(cls.position, cls.id)
            )
        )

    @classmethod
    def add(
        cls,
        cycle: QualityCycle,
        text: str,
        signs: str,
        *,
        by: "User",
        form_token: str | None = None,
    ) -> Self:
        """Raises ValueError for the lap of a unit, whose goals stand in its development areas."""
        if cycle.unit_id is not None:
            raise ValueError("goals of this kind are the organizer's own")
        goal = cls._new(cycle, text, signs, len(cls.of(cycle)) + 1)
        goal.form_token = form_token
        db.session.flush()
        goal._record(Action.GOAL_ADDED, by, goal=excerpt(text))
        return goal

    @classmethod
    def _new(cls, cycle: QualityCycle, text: str, signs: str, position: int) -> Self:
        goal = cls(
            organizer_id=cycle.organizer_id, cycle=cycle, text=text, signs=signs, position=position
        )
        db.session.add(goal)
        return goal

    @classmethod
    def before(cls, cycle: QualityCycle) -> list[Self]:
        """The goals of the läsår before; one statement."""
        return list(
            db.session.scalars(
                sa.select(cls)
                .join(cls.cycle)
                .join(QualityCycle.school_year)
                .where(
                    cycle.of_same_owner(),
                    SchoolYear.start_year == cycle.school_year.start_year - 1,
                )
                .order_by(cls.position, cls.id)
            )
        )

    @classmethod
    def take_over(cls, cycle: QualityCycle, *, by: "User") -> int:
        """Bring the goals of the läsår before, as they read, into one that has none; returns how many.
        Of two who do it at once the second brings none."""
        db.session.execute(
            sa.select(QualityCycle.id).where(QualityCycle.id == cycle.id).with_for_update()
        )
        earlier = [] if cls.of(cycle) else cls.before(cycle)
        for position, goal in enumerate(earlier, 1):
            cls._new(cycle, goal.text, goal.signs, position)
        if earlier:
            db.session.flush()
            record(
                Action.GOALS_TAKEN_OVER,
                cycle,
                by=by,
                before=earlier[0].cycle.school_year.label,
                year=cycle.school_year.label,
            )
        return len(earlier)

    def write(self, text: str, signs: str, *, by: "User") -> None:
        """Change it; Historik keeps what was before of each. What is the same is no change."""
        if text != self.text:
            before, self.text = self.text, text
            self._record(Action.GOAL_CHANGED, by, before=before)
        if signs != self.signs:
            told = f"”{self.signs}”" if self.signs else "inget skrivet"
            self.signs = signs
            self._record(Action.GOAL_SIGNS_CHANGED, by, goal=excerpt(text), before=told)

    def remove(self, *, by: "User") -> Removal:
        self._record(Action.GOAL_REMOVED, by, goal=excerpt(self.text))
        removal = Removal.keep(RemovalKind.GOAL, self.cycle, excerpt(self.text), [self], by=by)
        db.session.delete(self)
        return removal

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> None:
        goal = db.session.get_one(cls, removal.bring_back())
        goal._record(Action.GOAL_RESTORED, by, goal=excerpt(goal.text))

    def _record(self, action: Action, by: "User", **data: str) -> None:
        record(action, self, by=by, year=self.cycle.school_year.label, **data)
