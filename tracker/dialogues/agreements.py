"""Det här kom vi överens om: what, who, when; followed until it is settled."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
from tracker.dialogues.states import AgreementState

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.dialogues.models import QualityDialogue
    from tracker.measures.models import Measure


class Agreement(Versioned, TenantOwned, Base):
    """Överenskommelse of a dialogue. It is a task by itself, and may become a measure.

    Its number is never used again: reminders point at it without a foreign key.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        tenant_key(),
        tenant_fk("dialogue_id", "quality_dialogue"),
        tenant_fk("measure_id", "measure"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "dialogue_id"),
        sa.Index(None, "organizer_id", "due_on"),
        sa.CheckConstraint("what <> ''", name="says_what"),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_is_dated"),
        {"sqlite_autoincrement": True},
    )

    dialogue_id: Mapped[int]
    what: Mapped[LongText]
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    responsible: Mapped[ShortText] = mapped_column(default="")
    """Who, as it reads: a person, a team or free text."""
    due_on: Mapped[date | None]
    due_revision: Mapped[int] = mapped_column(default=0)
    """Counts the changes of `due_on`, so that a new date gives new reminders and only then."""
    state: Mapped[AgreementState] = mapped_column(
        choice(AgreementState), default=AgreementState.OPEN
    )
    outcome: Mapped[LongText]
    """Vad blev det?"""
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    measure_id: Mapped[int | None]
    """The measure it became."""
    form_token: Mapped[str | None] = mapped_column(sa.String(40))
    """Of the form that made it: the same form sent twice is one agreement, not two."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="Agreement.dialogue_id", back_populates="agreements"
    )
    measure: Mapped["Measure | None"] = relationship(foreign_keys="Agreement.measure_id")
    responsible_user: Mapped["User | None"] = relationship(foreign_keys="Agreement.responsible_id")

    @property
    def is_open(self) -> bool:
        return self.state is AgreementState.OPEN

    @property
    def is_awaited(self) -> bool:
        """Open, and followed by itself: what has become a measure is followed as one."""
        return self.is_open and self.measure_id is None

    @classmethod
    def awaited(cls) -> sa.ColumnElement[bool]:
        """The same as `is_awaited`, as a criterion."""
        return sa.and_(cls.state == AgreementState.OPEN, cls.measure_id.is_(None))
