"""What people's calendars have been told of the dialogues, and the secret addresses of their own calendars."""

import enum
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.auth.models import User, fingerprint
from tracker.clock import now
from tracker.database import Base, Identified, Sha256, TenantOwned, choice, tenant_fk
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.notifications.mails import OutgoingMail


class CalendarEntry(TenantOwned, Base):
    """One dialogue in one person's calendar, as the newest mail about it has it.

    `dialogue_id` has no foreign key: a dialogue that is joined into another disappears, and then the
    calendars must be told so. Numbers of dialogues are never used again.
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (
        tenant_fk("mail_id", "outgoing_mail"),
        sa.UniqueConstraint("dialogue_id", "recipient_id"),
        sa.Index(None, "organizer_id", "starts_at"),
        sa.Index(None, "mail_id"),
        sa.CheckConstraint("sequence >= 0", name="sequence_counts_up"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    dialogue_id: Mapped[int]
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    uid: Mapped[str] = mapped_column(sa.String(200))
    """By which a calendar knows the dialogue again; the same in everybody's, whatever happens to it."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Rises with every mail; a calendar ignores what is older than what it has."""
    fingerprint: Mapped[Sha256]
    """Of what was told last, to see what has changed since."""
    title: Mapped[str] = mapped_column(sa.Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cancelled: Mapped[bool] = mapped_column(default=False)
    reached: Mapped[bool] = mapped_column(default=False)
    """A mail before the newest may have come through: what is in the calendar must be taken out again
    by another."""
    mail_id: Mapped[int | None]
    """The newest mail."""
    told_at: Mapped[datetime] = mapped_column(default=now)

    recipient: Mapped[User] = relationship()
    mail: Mapped["OutgoingMail | None"] = relationship(foreign_keys="CalendarEntry.mail_id")


class CalendarNews(enum.StrEnum):
    """What a calendar mail has to tell."""

    INVITED = "invited"
    RESUMED = "resumed"
    MOVED = "moved"
    CHANGED = "changed"
    """Place, participants or units; or what is in the calendar is not known for certain."""
    CANCELLED = "cancelled"
    LEFT = "left"
    """The person is not in the dialogue any longer, or it was joined into another."""

    @property
    def label(self) -> str:
        return {
            "invited": "Inbjudan",
            "resumed": "Åter inbokad",
            "moved": "Flyttad",
            "changed": "Ändrad",
            "cancelled": "Inställd",
            "left": "Utgår",
        }[self]


class CalendarNotice(TenantOwned, Base):
    """What one mail told one person's calendar, for the ledger of the dialogue; how far the mail came
    stands in the mail. A row for each mail, in the same transaction.

    `dialogue_id` has no foreign key, as in CalendarEntry.
    """

    __tablename__ = "calendar_notice"
    __table_args__ = (
        tenant_fk("mail_id", "outgoing_mail"),
        sa.UniqueConstraint("mail_id"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "dialogue_id"),
        sa.CheckConstraint("sequence >= 0", name="sequence_counts_up"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint(
            "(asked_by_name IS NULL) = (form_token IS NULL)", name="asked_for_is_signed"
        ),
    )

    dialogue_id: Mapped[int]
    mail_id: Mapped[int]
    news: Mapped[CalendarNews] = mapped_column(choice(CalendarNews))
    sequence: Mapped[int]
    starts_at: Mapped[datetime]
    """The time that it told of; of a dialogue that leaves the calendar, the one that held."""
    ends_at: Mapped[datetime]
    asked_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    """Who had it sent again; None: it went by itself."""
    form_token: Mapped[str | None] = mapped_column(sa.String(40))
    """Of the button that asked for it: pressed twice it is one more mail, not two."""

    mail: Mapped["OutgoingMail"] = relationship(foreign_keys="CalendarNotice.mail_id")


class CalendarFeed(Identified, Base):
    """A person's secret address, at which calendar programs fetch the dialogues she takes part in. The
    row has only the secret's fingerprint, so that it can be shown once and never read again."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def of(cls, user: User) -> Self | None:
        return db.session.scalar(sa.select(cls).where(cls.user_id == user.id))

    @classmethod
    def make(cls, user: User) -> str:
        """Give the person an address and return its secret of 256 bits, which is kept nowhere. The one
        she had stops working."""
        cls._forget(user)
        secret = secrets.token_urlsafe(32)
        db.session.add(cls(user_id=user.id, token_hash=fingerprint(secret)))
        record(Action.CALENDAR_ADDRESS_MADE, user, by=user)
        return secret

    @classmethod
    def remove(cls, user: User) -> None:
        """The address stops working at once."""
        if cls._forget(user):
            record(Action.CALENDAR_ADDRESS_REMOVED, user, by=user)

    @classmethod
    def _forget(cls, user: User) -> bool:
        gone = sa.delete(cls).where(cls.user_id == user.id).returning(cls.id)
        return db.session.scalar(gone) is not None

    @classmethod
    def owner(cls, secret: str) -> User | None:
        """Whose address this is; None when it is nobody's, or the account is closed."""
        return db.session.scalar(
            sa.select(User)
            .join(cls, cls.user_id == User.id)
            .where(cls.token_hash == fingerprint(secret), User.closed_at.is_(None))
        )
