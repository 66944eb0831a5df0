"""Stödnivå: how much support a unit gets, why, since when, and when that is looked at again.

Each decision is a row of its own, and the latest holds: what was decided before stays as it was. A unit
without any has ordinary support.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now, today
from tracker.database import (
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
from tracker.support.states import SupportError, SupportLevel
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.models import SchoolUnit


FOLLOW_UP_AHEAD = timedelta(days=14)
"""What is to be followed up is named this long before its day."""


class SomebodyDecided(Exception):
    """Somebody else has decided since the form was shown."""


class SupportDecision(Versioned, TenantOwned, Base):
    """One decision about a unit's level of support, be it another level or the same once more."""

    __tablename__ = "support_decision"
    __table_args__ = (
        tenant_key(),
        tenant_fk("unit_id", "school_unit"),
        tenant_fk("origin_unit_id", "school_unit"),
        sa.UniqueConstraint("unit_id", "number"),
        sa.CheckConstraint("number > 0", name="numbered_from_one"),
        sa.CheckConstraint("origin_unit_id <> unit_id", name="from_another"),
        sa.CheckConstraint("reason <> ''", name="says_why"),
        sa.CheckConstraint(
            "follow_up_on IS NULL OR follow_up_on > since_on", name="followed_up_later"
        ),
        sa.CheckConstraint(
            "level = 'ordinary' OR follow_up_on IS NOT NULL", name="more_than_usual_is_followed_up"
        ),
    )

    unit_id: Mapped[int]
    number: Mapped[int]
    """Of the unit's decisions, counted from one: two who decide at once cannot both be the next."""
    level: Mapped[SupportLevel] = mapped_column(choice(SupportLevel))
    reason: Mapped[LongText]
    """Skäl."""
    content: Mapped[LongText]
    """Det här får enheten: what the support is."""
    since_on: Mapped[date]
    follow_up_on: Mapped[date | None]
    """When it is decided anew, at the latest; None only of ordinary support."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    origin_unit_id: Mapped[int | None]
    """The unit whose level it was, when this one took over from it."""

    unit: Mapped["SchoolUnit"] = relationship(foreign_keys="SupportDecision.unit_id")
    origin: Mapped["SchoolUnit | None"] = relationship(
        foreign_keys="SupportDecision.origin_unit_id"
    )

    @classmethod
    def make(
        cls,
        unit: "SchoolUnit",
        level: SupportLevel,
        *,
        by: "User",
        reason: str,
        since_on: date,
        follow_up_on: date | None = None,
        content: str = "",
        seen: int | None = None,
    ) -> Self:
        """The unit's next decision. `seen`: the number of the one that the form was made over, 0 when there
        was none. SomebodyDecided when that is no longer the latest; SupportError when the days cannot
        be, or nothing changes."""
        before = cls.latest(unit)
        number = before.number if before else 0
        if seen is not None and seen != number:
            raise SomebodyDecided
        _demand_days(level, since_on, follow_up_on, before)
        if before is None and level is SupportLevel.ORDINARY:
            raise SupportError(
                "Enheten har redan ordinarie stöd. Välj det stöd den ska få.", field="level"
            )
        row = cls(
            organizer_id=unit.organizer_id,
            unit=unit,
            number=number + 1,
            level=level,
            reason=reason,
            content=content,
            since_on=since_on,
            follow_up_on=follow_up_on,
            by_id=by.id,
            by_name=by.name,
        )
        db.session.add(row)
        db.session.flush()
        same = before is not None and before.level is level
        record(
            Action.SUPPORT_LEVEL_KEPT if same else Action.SUPPORT_LEVEL_SET,
            row,
            by=by,
            units=[unit],
            unit=unit.name,
            level=level.label.lower(),
            reason=reason,
        )
        return row

    @classmethod
    def of(cls, unit: "SchoolUnit") -> list[Self]:
        """Every decision about the unit, the latest first."""
        return list(
            db.session.scalars(
                sa.select(cls)
                .where(cls.unit_id == unit.id)
                .options(sa.orm.joinedload(cls.origin))
                .order_by(cls.number.desc())
            )
        )

    @classmethod
    def latest(cls, unit: "SchoolUnit") -> Self | None:
        return db.session.scalar(
            sa.select(cls).where(cls.unit_id == unit.id).order_by(cls.number.desc()).limit(1)
        )

    @classmethod
    def in_force(cls, units: "sa.ColumnElement[bool]") -> dict[int, Self]:
        """The decision that holds, by unit id, of those of a criterion on `unit_id`; one statement."""
        later = sa.orm.aliased(cls)
        rows = db.session.scalars(
            sa.select(cls).where(
                units,
                cls.number
                == sa.select(sa.func.max(later.number))
                .where(later.unit_id == cls.unit_id)
                .correlate(cls)
                .scalar_subquery(),
            )
        )
        return {row.unit_id: row for row in rows}

    def correct(
        self,
        *,
        by: "User",
        level: SupportLevel,
        reason: str,
        since_on: date,
        follow_up_on: date | None,
        content: str,
    ) -> None:
        """What was written wrong. Historik keeps what it said."""
        before = db.session.scalar(
            sa.select(SupportDecision).where(
                SupportDecision.unit_id == self.unit_id, SupportDecision.number == self.number - 1
            )
        )
        _demand_days(level, since_on, follow_up_on, before)
        new = (level, reason, since_on, follow_up_on, content)
        if new == (self.level, self.reason, self.since_on, self.follow_up_on, self.content):
            return
        said = self.in_words
        self.level, self.reason, self.since_on, self.follow_up_on, self.content = new
        record(
            Action.SUPPORT_LEVEL_CORRECTED,
            self,
            by=by,
            units=[self.unit],
            unit=self.unit.name,
            before=said,
        )

    @property
    def is_raised(self) -> bool:
        """Whether the unit gets more than the usual."""
        return self.level is not SupportLevel.ORDINARY

    def is_due(self, day: date) -> bool:
        """Whether the support is to be followed up by that day. Of the decision in force only."""
        return self.follow_up_on is not None and self.follow_up_on <= day

    @property
    def standing(self) -> str:
        """Such as "Riktat stöd sedan 1 september 2026. Följs upp 15 januari 2027."."""
        return f"{self.level.label} {self.days[:1].lower()}{self.days[1:]}"

    @property
    def days(self) -> str:
        """The same without the level."""
        follow_up = f" Följs upp {date_medium(self.follow_up_on)}." if self.follow_up_on else ""
        return f"Sedan {date_medium(self.since_on)}.{follow_up}"

    @property
    def in_words(self) -> str:
        """The whole of it, for those who read that it was changed."""
        return " ".join(filter(None, [self.standing, self.content, f"Skäl: {self.reason}"]))


def _demand_days(
    level: SupportLevel, since_on: date, follow_up_on: date | None, before: SupportDecision | None
) -> None:
    if since_on > today():
        raise SupportError(
            "Skriv in beslutet när det gäller. Ange i dag eller en tidigare dag.", field="since_on"
        )
    if before is not None and since_on < before.since_on:
        raise SupportError(
            f"Det förra beslutet gäller från {date_medium(before.since_on)}. Ange den dagen eller en "
            "senare.",
            field="since_on",
        )
    if level is not SupportLevel.ORDINARY and follow_up_on is None:
        raise SupportError("Ange dagen då stödet följs upp.", field="follow_up_on")
    if follow_up_on is not None and follow_up_on <= since_on:
        raise SupportError(
            "Stödet följs upp efter att det har börjat. Ange en senare dag.", field="follow_up_on"
        )
