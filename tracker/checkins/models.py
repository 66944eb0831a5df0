"""Avstämningar: at least every second week between rektor and dialogansvarig, and the support asked for.

Work notes: outside the archive export unless somebody chooses them.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.checkins.states import SupportState
from tracker.clock import now
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

if TYPE_CHECKING:
    from tracker.measures.models import Measure
    from tracker.organisation.models import SchoolUnit


class CheckIn(Versioned, TenantOwned, Base):
    """One avstämning, covering one or more units of the same leader."""

    __tablename__ = "check_in"
    __table_args__ = (
        tenant_key(),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "held_on"),
        sa.CheckConstraint("next_on IS NULL OR next_on > held_on", name="next_is_later"),
    )

    held_on: Mapped[date]
    situation: Mapped[LongText]
    """Läget."""
    obstacles: Mapped[LongText]
    """Hinder."""
    next_on: Mapped[date | None]
    """When the people meet next; None: as the unit's interval says."""
    form_token: Mapped[str | None] = mapped_column(sa.String(40))
    """Of the form that made it: the same form sent twice is one check-in, not two."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    unit_links: Mapped[list["CheckInUnit"]] = relationship(
        back_populates="check_in",
        foreign_keys="CheckInUnit.check_in_id",
        cascade="all, delete-orphan",
        order_by="CheckInUnit.unit_id",
    )
    measure_links: Mapped[list["CheckInMeasure"]] = relationship(
        back_populates="check_in",
        foreign_keys="CheckInMeasure.check_in_id",
        cascade="all, delete-orphan",
        order_by="CheckInMeasure.measure_id",
    )
    support: Mapped["SupportRequest | None"] = relationship(
        back_populates="check_in", foreign_keys="SupportRequest.check_in_id"
    )


class CheckInUnit(Base):
    """A unit that a check-in covers."""

    __tablename__ = "check_in_unit"
    __table_args__ = (
        tenant_fk("check_in_id", "check_in", ondelete="CASCADE"),
        tenant_fk("unit_id", "school_unit"),
        sa.Index(None, "unit_id"),
    )

    organizer_id: Mapped[int]
    check_in_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)

    check_in: Mapped[CheckIn] = relationship(
        foreign_keys="CheckInUnit.check_in_id", back_populates="unit_links"
    )
    unit: Mapped["SchoolUnit"] = relationship(foreign_keys="CheckInUnit.unit_id")


class CheckInMeasure(Base):
    """A measure that was talked about."""

    __tablename__ = "check_in_measure"
    __table_args__ = (
        tenant_fk("check_in_id", "check_in", ondelete="CASCADE"),
        tenant_fk("measure_id", "measure", ondelete="CASCADE"),
        sa.Index(None, "measure_id"),
    )

    organizer_id: Mapped[int]
    check_in_id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(primary_key=True)

    check_in: Mapped[CheckIn] = relationship(
        foreign_keys="CheckInMeasure.check_in_id", back_populates="measure_links"
    )
    measure: Mapped["Measure"] = relationship(foreign_keys="CheckInMeasure.measure_id")


class SupportRequest(Versioned, TenantOwned, Base):
    """Stöd som behövs: asked for in a check-in, and followed until it is answered and settled."""

    __tablename__ = "support_request"
    __table_args__ = (
        tenant_key(),
        tenant_fk("check_in_id", "check_in"),
        sa.UniqueConstraint("check_in_id"),
        sa.Index(None, "organizer_id", "state"),
        sa.CheckConstraint("text <> ''", name="says_what"),
        sa.CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name="answer_is_dated"),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)", name="settled_is_dated"
        ),
    )

    check_in_id: Mapped[int]
    text: Mapped[LongText]
    asked_on: Mapped[date]
    state: Mapped[SupportState] = mapped_column(choice(SupportState), default=SupportState.ASKED)
    answer: Mapped[LongText]
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    outcome: Mapped[LongText]
    """Vad blev det?"""
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    check_in: Mapped[CheckIn] = relationship(
        foreign_keys="SupportRequest.check_in_id", back_populates="support"
    )
