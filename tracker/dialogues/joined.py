"""What is left of a dialogue that was joined into another: enough to explain what went out about it."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import SYSTEM_NAME
from tracker.clock import now
from tracker.database import Base, LongText, ShortText, TenantOwned, tenant_fk
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.dialogues.models import QualityDialogue


class JoinedDialogue(TenantOwned, Base):
    """A dialogue that is no more, and the one it went into. Kept for one that has had a time: nobody has
    been told anything of the others.

    `former_id` has no foreign key, since its dialogue is gone. Numbers of dialogues are never used again.
    """

    __tablename__ = "joined_dialogue"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        sa.UniqueConstraint("former_id"),
        sa.Index(None, "dialogue_id"),
        sa.CheckConstraint("former_id <> dialogue_id", name="into_another"),
    )

    former_id: Mapped[int]
    dialogue_id: Mapped[int]
    """The one it is a part of now; another one when that is joined in its turn."""
    title: Mapped[LongText]
    """What it was called: "Dialog 1 för Lyktvretens förskola"."""
    reason: Mapped[LongText]
    """Why, as the one who joined them wrote; empty when both had the same time, or one had none."""
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="JoinedDialogue.dialogue_id", back_populates="joined"
    )

    @classmethod
    def remember(cls, former: "QualityDialogue", reason: str, by: "User | None") -> Self:
        """Of one that is about to disappear."""
        return cls(
            organizer_id=former.organizer_id,
            former_id=former.id,
            title=f"{former.kind.label} för {former.unit_names}",
            reason=reason,
            by_name=by.name if by else SYSTEM_NAME,
        )

    @classmethod
    def of(cls, organizer_id: int, former_id: int) -> Self | None:
        return db.session.scalar(
            sa.select(cls).where(cls.organizer_id == organizer_id, cls.former_id == former_id)
        )
