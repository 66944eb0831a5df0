"""Nationella kvalitetsdialogen: Skolverket and SPSM meet the huvudman in three steps.

It is at the huvudman's level and has no units; that is why it is no QualityDialogue.
"""

import enum
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import local, now
from tracker.cycle.models import SchoolYear
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
from tracker.web.swedish import datetime_long

if TYPE_CHECKING:
    from tracker.auth.models import User


class NationalStep(enum.StrEnum):
    """The three steps, in their order."""

    INTRODUCTION = "introduction"
    DIALOGUE = "dialogue"
    FEEDBACK = "feedback"

    @property
    def label(self) -> str:
        return {
            "introduction": "Introduktion",
            "dialogue": "Dialog",
            "feedback": "Återkoppling",
        }[self]

    @property
    def purpose(self) -> str:
        return {
            "introduction": "Ni får veta hur dialogen går till och vad ni behöver förbereda.",
            "dialogue": "Ni berättar om er analys, era mål och era insatser, och samtalar om dem.",
            "feedback": "Ni får återkoppling på det ni har berättat, och på vad ni kan utveckla.",
        }[self]


class NationalError(Exception):
    """The meeting does not allow that; the message says why, in Swedish."""


class NationalDialogue(Versioned, TenantOwned, Base):
    """The huvudman's national quality dialogue of a läsår: what it brings, and what it takes home."""

    __tablename__ = "national_dialogue"
    __table_args__ = (
        tenant_key(),
        tenant_fk("school_year_id", "school_year"),
        sa.UniqueConstraint("school_year_id"),
    )

    TEXTS = ("focus", "takeaway")

    school_year_id: Mapped[int]
    focus: Mapped[LongText]
    """Det här vill vi ta upp."""
    takeaway: Mapped[LongText]
    """Det här tar vi med oss."""

    school_year: Mapped[SchoolYear] = relationship(foreign_keys="NationalDialogue.school_year_id")
    meetings: Mapped[list["NationalMeeting"]] = relationship(
        back_populates="dialogue",
        foreign_keys="NationalMeeting.dialogue_id",
        cascade="all, delete-orphan",
        order_by="NationalMeeting.id",
    )

    @classmethod
    def begin(cls, year: SchoolYear, *, by: "User | None") -> Self:
        """The läsår's national dialogue with its three meetings, none of which has a time. The one
        there is, when somebody has begun it."""
        found = cls.of(year)
        if found is not None:
            return found
        row = cls(organizer_id=year.organizer_id, school_year=year)
        row.meetings = [
            NationalMeeting(organizer_id=year.organizer_id, step=step) for step in NationalStep
        ]
        db.session.add(row)
        db.session.flush()
        record(Action.NATIONAL_BEGUN, row, by=by, year=year.label)
        return row

    @classmethod
    def of(cls, year: SchoolYear) -> Self | None:
        return db.session.scalar(sa.select(cls).where(cls.school_year_id == year.id))

    @classmethod
    def all_of(cls, organizer_id: int) -> list[Self]:
        """The organizer's, the latest läsår first, with their meetings."""
        return list(
            db.session.scalars(
                sa.select(cls)
                .join(SchoolYear, SchoolYear.id == cls.school_year_id)
                .where(cls.organizer_id == organizer_id)
                .options(sa.orm.contains_eager(cls.school_year), sa.orm.selectinload(cls.meetings))
                .order_by(SchoolYear.start_year.desc())
            )
        )

    def write(self, *, by: "User", **texts: str) -> None:
        """What the huvudman brings and takes home; `texts`: see TEXTS."""
        if all(getattr(self, name) == texts[name] for name in self.TEXTS):
            return
        for name in self.TEXTS:
            setattr(self, name, texts[name])
        record(Action.NATIONAL_WRITTEN, self, by=by, year=self.school_year.label)

    @property
    def next_meeting(self) -> "NationalMeeting | None":
        ahead = [row for row in self.meetings if row.starts_at is not None and not row.has_been]
        return min(ahead, key=lambda row: row.starts_at or now(), default=None)


class NationalMeeting(Versioned, TenantOwned, Base):
    """One of the three steps. It exists before it has a time."""

    __tablename__ = "national_meeting"
    __table_args__ = (
        tenant_key(),
        tenant_fk("dialogue_id", "national_dialogue", ondelete="CASCADE"),
        sa.UniqueConstraint("dialogue_id", "step"),
        sa.Index(None, "organizer_id", "starts_at"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_or_neither"),
    )

    dialogue_id: Mapped[int]
    step: Mapped[NationalStep] = mapped_column(choice(NationalStep))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    time_set_at: Mapped[datetime | None]
    """When it got the time it has."""
    place: Mapped[ShortText] = mapped_column(default="")
    participants: Mapped[LongText]
    notes: Mapped[LongText]

    dialogue: Mapped[NationalDialogue] = relationship(
        foreign_keys="NationalMeeting.dialogue_id", back_populates="meetings"
    )

    @classmethod
    def next_of(cls, organizer_id: int) -> Self | None:
        """The organizer's nearest meeting ahead, with its läsår."""
        return db.session.scalar(
            sa.select(cls)
            .where(cls.organizer_id == organizer_id, cls.starts_at > now())
            .options(
                sa.orm.joinedload(cls.dialogue).joinedload(NationalDialogue.school_year),
            )
            .order_by(cls.starts_at, cls.id)
            .limit(1)
        )

    @property
    def title(self) -> str:
        """In running text: "introduktionen", "dialogen", "återkopplingen"."""
        return f"{self.step.label.lower()}en"

    @property
    def has_been(self) -> bool:
        return self.starts_at is not None and self.starts_at <= now()

    @property
    def day(self) -> date | None:
        """The day in Sweden."""
        return local(self.starts_at).date() if self.starts_at else None

    @property
    def start_time(self) -> time | None:
        """What the clocks in Sweden show when it begins."""
        return local(self.starts_at).time() if self.starts_at else None

    @property
    def end_time(self) -> time | None:
        return local(self.ends_at).time() if self.ends_at else None

    def arrange(
        self,
        starts_at: datetime,
        ends_at: datetime,
        place: str,
        participants: str,
        *,
        by: "User",
        reason: str = "",
    ) -> None:
        """When, where and with whom. NationalError when it would end before it begins, or moves
        without a reason."""
        if ends_at <= starts_at:
            raise NationalError("Mötet måste sluta efter att det har börjat.")
        before = self.starts_at
        moves = before is not None and before != starts_at
        if moves and not reason:
            raise NationalError("Skriv varför tiden ändras.")
        new = (starts_at, ends_at, place, participants)
        if new == (before, self.ends_at, self.place, self.participants):
            return
        self.starts_at, self.ends_at, self.place, self.participants = new
        if before != starts_at:
            self.time_set_at = now()
        if before is None:
            self._record(Action.NATIONAL_PLACED, by, when=datetime_long(starts_at))
        elif moves:
            self._record(
                Action.NATIONAL_MOVED,
                by,
                before=datetime_long(before),
                after=datetime_long(starts_at),
                reason=reason,
            )
        else:
            self._record(Action.NATIONAL_CHANGED, by)

    def cancel(self, reason: str, *, by: "User") -> None:
        """It has no time any longer, and waits for another."""
        if self.starts_at is None:
            return
        self._record(
            Action.NATIONAL_CANCELLED, by, before=datetime_long(self.starts_at), reason=reason
        )
        self.starts_at = self.ends_at = None

    def write(self, notes: str, *, by: "User") -> None:
        if notes == self.notes:
            return
        self.notes = notes
        self._record(Action.NATIONAL_NOTED, by)

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        record(
            action,
            self.dialogue,
            by=by,
            step=self.title,
            year=self.dialogue.school_year.label,
            **data,
        )
