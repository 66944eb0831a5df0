"""Reminders and the mails that carry them: two tables, since one mail may carry several reminders."""

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, Identified, ShortText, TenantOwned, choice, tenant_fk, tenant_key

if TYPE_CHECKING:
    from tracker.auth.models import User


class ReminderKind(enum.StrEnum):
    """What a reminder is about; with the subject it says which row to look at."""

    DIALOGUE = "dialogue"
    EFFECT = "effect"


class ReminderState(enum.StrEnum):
    PLANNED = "planned"
    """Due, and put into a mail that waits to be sent."""
    SENT = "sent"
    SKIPPED = "skipped"
    """Nothing was left to do, or its moment had passed when it could have been sent."""
    CANCELLED = "cancelled"
    """The dialogue was moved or cancelled, or the effect settled, before it was sent."""


class Reminder(TenantOwned, Base):
    """One reminder to one person about one thing. The unique key is what makes it happen once,
    however many schedulers run: whoever inserts the row first plans it."""

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint(
            "subject_id", "kind", "recipient_id", "offset_days", "date_revision",
            name="uq_reminder_once",
        ),
        tenant_fk("mail_id", "outgoing_mail"),
        sa.Index(None, "mail_id"),
        sa.Index(None, "organizer_id", "due_on"),
    )  # fmt: skip

    kind: Mapped[ReminderKind] = mapped_column(choice(ReminderKind))
    subject_id: Mapped[int]
    """The dialogue, or the measure whose effect is due."""
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    offset_days: Mapped[int]
    """Days before the dialogue (positive), or after the effect fell due (zero or negative)."""
    date_revision: Mapped[int]
    due_on: Mapped[date]
    """The day it is sent, moved to a working day outside the calm weeks."""
    state: Mapped[ReminderState] = mapped_column(choice(ReminderState))
    reason: Mapped[ShortText] = mapped_column(default="")
    """Why it was skipped or cancelled, in Swedish."""
    mail_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    """When it was sent, skipped or cancelled."""

    recipient: Mapped["User"] = relationship()
    mail: Mapped["OutgoingMail | None"] = relationship(
        foreign_keys="Reminder.mail_id", back_populates="reminders"
    )


class MailKind(enum.StrEnum):
    REMINDERS = "reminders"
    INVITATION = "invitation"
    RESET = "reset"

    @property
    def is_secret(self) -> bool:
        """Carries a sign-in link: shown to nobody but the recipient."""
        return self is not MailKind.REMINDERS

    @property
    def label(self) -> str:
        return {
            "reminders": "Påminnelser",
            "invitation": "Inbjudan",
            "reset": "Nytt lösenord",
        }[self]


class MailState(enum.StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return {"queued": "Väntar", "sent": "Skickat", "failed": "Kunde inte skickas"}[self]


class OutgoingMail(Identified, Base):
    """One mail to one person. It is what the senders lease, send and mark; its Message-ID follows
    from its id, so that a mail sent twice after a crash is recognised as the same."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        tenant_key(),
        sa.UniqueConstraint(
            "organizer_id", "recipient_id", "digest_on", name="uq_outgoing_mail_one_a_day"
        ),
        sa.Index(None, "state", "next_try_at"),
        sa.Index(None, "organizer_id", "id"),
        sa.CheckConstraint(
            "(kind = 'reminders') = (digest_on IS NOT NULL)", name="digest_has_a_day"
        ),
        sa.CheckConstraint(
            "kind <> 'reminders' OR organizer_id IS NOT NULL", name="digest_has_organizer"
        ),
    )

    organizer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizer.id"))
    """None for mail about an account, which belongs to no organizer."""
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    kind: Mapped[MailKind] = mapped_column(choice(MailKind))
    digest_on: Mapped[date | None]
    """The day whose reminders it carries: at most one such mail a person and day."""
    to_address: Mapped[ShortText]
    to_name: Mapped[ShortText]
    subject: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(default=now)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(sa.String(40))
    """Who holds it: a mark counts only while the lease is one's own."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    sent_at: Mapped[datetime | None]

    recipient: Mapped["User"] = relationship()
    reminders: Mapped[list[Reminder]] = relationship(
        foreign_keys=[Reminder.mail_id], back_populates="mail", order_by=Reminder.id
    )

    def message_id(self, domain: str) -> str:
        """The same for every attempt to send this mail."""
        return f"<varvet-{self.id}@{domain}>"
