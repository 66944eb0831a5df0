"""People who sign in, their sessions and one-time links, and the failed attempts."""

import enum
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import Base, Identified, Sha256, ShortText, choice
from tracker.extensions import db
from tracker.web.swedish import sort_key

if TYPE_CHECKING:
    from tracker.organisation.organizers import Organizer


def normalize_email(address: str) -> str:
    """Addresses are compared without regard to case or surrounding space."""
    return address.strip().lower()


def fingerprint(secret: str) -> str:
    """What the database keeps of a cookie or a link: enough to recognise it, too little to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


class MailRhythm(enum.StrEnum):
    """How often a person wants the reminders."""

    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def label(self) -> str:
        return {
            "daily": "De dagar då något är aktuellt",
            "weekly": "En gång i veckan",
        }[self]


class User(UserMixin, Identified, Base):
    """A person with an account. Roles, with their dates and their organizer, are in RoleAssignment."""

    __tablename__ = "user_account"

    email: Mapped[ShortText] = mapped_column(unique=True)
    name: Mapped[ShortText]
    sort_key: Mapped[ShortText]
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)
    taken_at: Mapped[datetime | None]
    """When the first password was chosen: from then on the account is that person's, and its
    address can no longer be changed by others, not even after it was closed and opened again."""
    closed_at: Mapped[datetime | None]
    """When the account was closed; the name stays in what was adopted."""
    mail_rhythm: Mapped[MailRhythm] = mapped_column(choice(MailRhythm), default=MailRhythm.DAILY)
    """The person's own choice, the same wherever they hold a role."""

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @classmethod
    def with_email(cls, address: str) -> Self | None:
        return db.session.scalar(sa.select(cls).where(cls.email == normalize_email(address)))

    @classmethod
    def invite(cls, organizer: "Organizer", address: str, name: str, *, by: "User | None") -> Self:
        """The account with this address: the one there is, opened again if it was closed, or a new
        one without a password. Nobody's name is changed by an invitation."""
        user = cls.with_email(address)
        if user is None:
            user = cls(email=normalize_email(address), name=name, sort_key=sort_key(name))
            db.session.add(user)
            db.session.flush()
        elif user.is_active:
            return user
        user.closed_at = None
        record(Action.USER_INVITED, organizer, by=by, person=user.name)
        return user

    def correct(self, organizer: "Organizer", name: str, address: str, *, by: "User") -> None:
        """Another name, or another address: an invitation sent to a wrong one stops working."""
        address = normalize_email(address)
        if (name, address) == (self.name, self.email):
            return
        if address != self.email:
            self._void_links()
        self.name, self.sort_key, self.email = name, sort_key(name), address
        record(Action.USER_CHANGED, organizer, by=by, person=name)

    def choose_rhythm(self, rhythm: MailRhythm) -> None:
        """How often to be sent reminders: one's own affair."""
        if rhythm is self.mail_rhythm:
            return
        self.mail_rhythm = rhythm
        record(
            Action.MAIL_RHYTHM_SET,
            self,
            by=self,
            rhythm=rhythm.label[:1].lower() + rhythm.label[1:],
        )

    def close(self, organizer: "Organizer", *, by: "User") -> None:
        """End the account; the name stays in what the person wrote and adopted."""
        self.closed_at, self.password_hash = now(), None
        self._void_links()
        self._forget_calendar_address()
        self.end_sessions()
        record(Action.ACCOUNT_CLOSED, organizer, by=by, person=self.name)

    def _void_links(self) -> None:
        db.session.execute(
            sa.update(OneTimeLink)
            .where(OneTimeLink.user_id == self.id, OneTimeLink.used_at.is_(None))
            .values(used_at=now())
        )

    def _forget_calendar_address(self) -> None:
        """It is not to work again when somebody opens the account again."""
        from tracker.calendars.models import CalendarFeed

        db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == self.id))

    def set_password(self, password_hash: str) -> None:
        """Give the account a new password, and end every session that the old one opened and every
        link that could still change it."""
        self.password_hash = password_hash
        self.taken_at = self.taken_at or now()
        self._void_links()
        self.end_sessions()

    def end_sessions(self) -> None:
        """Sign the person out everywhere, from the next request on."""
        db.session.execute(sa.delete(SignInSession).where(SignInSession.user_id == self.id))


class SignInSession(Base):
    """One signed-in browser. The cookie holds the secret, the row only its fingerprint."""

    __tablename__ = "sign_in_session"

    id: Mapped[Sha256] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    data: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LinkPurpose(enum.StrEnum):
    INVITATION = "invitation"
    RESET = "reset"

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=14) if self is LinkPurpose.INVITATION else timedelta(hours=2)


class OneTimeLink(Identified, Base):
    """A link by which a person chooses a password, once."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    organizer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizer.id"))
    """Where an invitation leads: the organizer that invited."""

    user: Mapped[User] = relationship()
    organizer: Mapped["Organizer | None"] = relationship()

    @classmethod
    def issue(cls, user: User, purpose: LinkPurpose, organizer_id: int | None = None) -> str:
        """Make a link and return its secret, which is kept nowhere. Older links of the same
        purpose stop working, but for another organizer's invitation."""
        db.session.execute(
            sa.update(cls)
            .where(
                cls.user_id == user.id,
                cls.purpose == purpose,
                cls.organizer_id.is_not_distinct_from(organizer_id),
                cls.used_at.is_(None),
            )
            .values(used_at=now())
        )
        secret = secrets.token_urlsafe(32)
        db.session.add(
            cls(
                token_hash=fingerprint(secret),
                user_id=user.id,
                purpose=purpose,
                expires_at=now() + purpose.lifetime,
                organizer_id=organizer_id,
            )
        )
        return secret

    @classmethod
    def find(cls, secret: str) -> Self | None:
        """The link with this secret, if it still works."""
        return db.session.scalar(
            sa.select(cls).where(
                cls.token_hash == fingerprint(secret),
                cls.used_at.is_(None),
                cls.expires_at > now(),
            )
        )

    @classmethod
    def use(cls, secret: str) -> Self | None:
        """Take the link, so that nobody else can; None when it was taken or is too old."""
        taken = db.session.execute(
            sa.update(cls)
            .where(
                cls.token_hash == fingerprint(secret),
                cls.used_at.is_(None),
                cls.expires_at > now(),
            )
            .values(used_at=now())
            .returning(cls.id)
        ).scalar()
        return None if taken is None else db.session.get(cls, taken)


class FailedSignIn(Identified, Base):
    """An attempt that did not succeed, kept for a quarter of an hour.

    It is counted before it is tried, so that forty at once are no more than forty after one
    another. One client gets few attempts at an address and some more at all of them together; all
    clients together get many at one address, so that a stranger does not lock its owner out.
    """

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        sa.Index(None, "email_hash", "at"),
        sa.Index(None, "client_hash", "at"),
    )

    WINDOW = timedelta(minutes=15)
    PER_EMAIL_AND_CLIENT = 10
    PER_CLIENT = 50
    PER_EMAIL = 100

    email_hash: Mapped[Sha256]
    client_hash: Mapped[Sha256]
    at: Mapped[datetime] = mapped_column(default=now, index=True)

    @classmethod
    def attempt(cls, email: str, client: str) -> bool:
        """Count another attempt, until `forget` says that it succeeded; False when it must wait.
        Commits."""
        db.session.execute(sa.delete(cls).where(cls.at < now() - cls.WINDOW))
        allowed = not cls._too_many(email, client)
        if allowed:
            db.session.add(cls(email_hash=_email_hash(email), client_hash=fingerprint(client)))
        db.session.commit()
        return allowed

    @classmethod
    def _too_many(cls, email: str, client: str) -> bool:
        by_email = cls.email_hash == _email_hash(email)
        by_client = cls.client_hash == fingerprint(client)
        pair, client_all, email_all = db.session.execute(
            sa.select(
                *(
                    sa.select(sa.func.count()).select_from(cls).where(*which).scalar_subquery()
                    for which in ([by_email, by_client], [by_client], [by_email])
                )
            )
        ).one()
        return (
            pair >= cls.PER_EMAIL_AND_CLIENT
            or client_all >= cls.PER_CLIENT
            or email_all >= cls.PER_EMAIL
        )

    @classmethod
    def forget(cls, email: str, client: str) -> None:
        """It succeeded: a person's own slips do not add up."""
        db.session.execute(
            sa.delete(cls).where(
                cls.email_hash == _email_hash(email), cls.client_hash == fingerprint(client)
            )
        )


def _email_hash(address: str) -> str:
    return fingerprint(normalize_email(address))
