"""Minnesanteckningar: what is written in the room, who approved it, and what is remarked afterwards."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import (
    Base,
    LongText,
    Sha256,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
)
from tracker.dialogues.states import Side

if TYPE_CHECKING:
    from tracker.dialogues.models import QualityDialogue
    from tracker.dialogues.topics import DialogueTopic

LAST_TIME, EFFECTS, OTHER = "last-time", "effects", "other"
"""The slots of the agenda that every dialogue has; a topic's slot is `topic-<id>`."""


class DialogueNote(Versioned, TenantOwned, Base):
    """What is written at one point of the agenda. Two people may write in two of them at once, and
    in one of them the later is shown both texts."""

    __tablename__ = "dialogue_note"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue"),
        tenant_fk("topic_id", "dialogue_topic"),
        sa.UniqueConstraint("dialogue_id", "slot"),
    )

    dialogue_id: Mapped[int]
    slot: Mapped[str] = mapped_column(sa.String(40))
    topic_id: Mapped[int | None]
    text: Mapped[LongText]
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="DialogueNote.dialogue_id", back_populates="notes"
    )
    topic: Mapped["DialogueTopic | None"] = relationship(foreign_keys="DialogueNote.topic_id")


class DialogueApproval(TenantOwned, Base):
    """One side's approval of the notes, with the very text that was approved. It lapses when somebody
    changes the text before the other side has approved too; lapsed ones are kept."""

    __tablename__ = "dialogue_approval"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue"),
        sa.Index(None, "dialogue_id"),
        sa.Index(
            "uq_dialogue_approval_standing",
            "dialogue_id",
            "side",
            unique=True,
            sqlite_where=sa.text("lapsed_at IS NULL"),
            postgresql_where=sa.text("lapsed_at IS NULL"),
        ),
    )

    dialogue_id: Mapped[int]
    side: Mapped[Side] = mapped_column(choice(Side))
    content: Mapped[dict[str, Any]]
    """The notes and agreements as they read."""
    digest: Mapped[Sha256]
    """Of `content`: both sides have approved the same when it is the same."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    lapsed_at: Mapped[datetime | None]

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="DialogueApproval.dialogue_id", back_populates="approvals"
    )


class DialogueRemark(TenantOwned, Base):
    """What is added to approved notes: dated, signed, never changed."""

    __tablename__ = "dialogue_remark"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue"),
        sa.Index(None, "dialogue_id"),
        sa.CheckConstraint("text <> ''", name="says_something"),
    )

    dialogue_id: Mapped[int]
    text: Mapped[LongText]
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="DialogueRemark.dialogue_id", back_populates="remarks"
    )
