"""Fördjupad nulägesanalys: the huvudman's follow-up has lifted the unit, and says what support there is."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    tenant_fk,
)
from tracker.extensions import db
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle


class AnalysisDeepening(Versioned, TenantOwned, Base):
    """That the unit's analysis of a läsår is to be deepened: since when, why, and the support in it. A row
    of the lap, not of the analysis: it is said before anybody has begun to write, and whoever says it
    does not learn whether somebody has."""

    __tablename__ = "analysis_deepening"
    __table_args__ = (
        tenant_fk("cycle_id", "quality_cycle"),
        sa.UniqueConstraint("cycle_id"),
        sa.CheckConstraint("reason <> ''", name="has_a_reason"),
        NUMBERS_ARE_NOT_REUSED,
    )

    cycle_id: Mapped[int]
    on: Mapped[date]
    """The day from which it is lifted."""
    reason: Mapped[LongText]
    support_offered: Mapped[LongText]
    """Stöd i analysen: erbjudet."""
    support_wanted: Mapped[LongText]
    """Önskat."""
    support_given_by: Mapped[LongText]
    """Givet av."""
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    cycle: Mapped["QualityCycle"] = relationship(
        foreign_keys="AnalysisDeepening.cycle_id", back_populates="deepening"
    )

    SUPPORT = ("support_offered", "support_wanted", "support_given_by")

    @classmethod
    def decide(cls, cycle: "QualityCycle", on: date, reason: str, *, by: "User") -> Self:
        """The huvudman's follow-up lifts the unit. Said before, or by two at once, it stands as it was
        said first."""
        from tracker.cycle.models import QualityCycle

        held = sa.select(QualityCycle.id).where(QualityCycle.id == cycle.id).with_for_update()
        db.session.execute(held).all()
        if (said := db.session.scalar(sa.select(cls).where(cls.cycle_id == cycle.id))) is not None:
            return said
        row = cls(
            organizer_id=cycle.organizer_id, cycle=cycle, on=on, reason=reason, by_name=by.name
        )
        db.session.add(row)
        db.session.flush()
        row._record(Action.ANALYSIS_DEEPENED, by, reason=reason)
        return row

    def change(self, on: date, reason: str, *, by: "User") -> None:
        """Another day or reason; what is the same as before is no change."""
        if (on, reason) == (self.on, self.reason):
            return
        self.on, self.reason = on, reason
        self.by_name, self.at = by.name, now()
        self._record(Action.DEEPENING_CHANGED, by, reason=reason)

    def describe_support(self, texts: dict[str, str], *, by: "User") -> None:
        """Stöd i analysen, from either side; `texts`: see SUPPORT."""
        if all(getattr(self, name) == texts[name] for name in self.SUPPORT):
            return
        for name in self.SUPPORT:
            setattr(self, name, texts[name])
        self._record(Action.DEEPENING_SUPPORT, by)

    def take_back(self, *, by: "User") -> None:
        """It was not to be after all. What an adopted version says of it stays there."""
        self._record(Action.DEEPENING_ENDED, by)
        db.session.delete(self)

    def facts(self) -> dict[str, str]:
        """As an adopted version keeps it: on (a date, as it is read), reason, by, and the SUPPORT."""
        return {
            "on": date_medium(self.on),
            "reason": self.reason,
            "by": self.by_name,
            **{name: getattr(self, name) for name in self.SUPPORT},
        }

    def _record(self, action: Action, by: "User", **data: str) -> None:
        unit = self.cycle.unit
        record(
            action,
            self,
            by=by,
            units=[unit] if unit else [],
            unit=unit.name if unit else "",
            year=self.cycle.school_year.label,
            **data,
        )
