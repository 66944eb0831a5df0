"""The mails that go out, to one person each. One may carry several reminders."""

import enum
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.auth.models import LinkPurpose
from tracker.clock import now, today
from tracker.database import Base, Identified, ShortText, choice, tenant_key
from tracker.extensions import db
from tracker.notifications.leasing import Leased
from tracker.notifications.models import Reminder, ReminderKind, ReminderState, insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.auth.models import User
    from tracker.organisation.staffing import Person


class MailKind(enum.StrEnum):
    REMINDERS = "reminders"
    INVITATION = "invitation"
    RESET = "reset"
    CALENDAR = "calendar"
    """A dialogue for the recipient's calendar, changed or taken out of it."""
    AGAIN = "again"
    """A reminder that somebody had sent once more; beside the one mail a day."""

    @property
    def is_secret(self) -> bool:
        """Carries a sign-in link: shown to nobody but the recipient."""
        return self in (MailKind.INVITATION, MailKind.RESET)

    @property
    def label(self) -> str:
        return {
            "reminders": "Påminnelser",
            "invitation": "Inbjudan",
            "reset": "Nytt lösenord",
            "calendar": "Till kalendern",
            "again": "Påminnelse, skickad igen",
        }[self]


OLDER = "Mejlet är äldre, och visas bara för den som fick det."


class MailState(enum.StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    """Nothing in it was of use any longer when it could have been sent."""

    @property
    def label(self) -> str:
        return {
            "queued": "Väntar",
            "sent": "Skickat",
            "failed": "Kunde inte skickas",
            "dropped": "Behövdes inte",
        }[self]


class OutgoingMail(Leased, Identified, Base):
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
            "kind NOT IN ('reminders', 'again') OR organizer_id IS NOT NULL",
            name="digest_has_organizer",
        ),
        sa.CheckConstraint(
            "(kind = 'calendar') = (calendar IS NOT NULL)", name="calendar_has_an_object"
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_moment"),
        sa.CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="lease_has_an_end"),
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
    shown: Mapped[str | None] = mapped_column(sa.Text)
    """What others than the recipient read of `text`, where it has words that are not theirs; None: all."""
    calendar: Mapped[str | None] = mapped_column(sa.Text)
    """The iCalendar object of a mail of that kind."""
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(default=now)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    """When it is tried next; of one that has failed, when that was known."""
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(sa.String(40))
    """Who holds it: a mark counts only while the lease is one's own. A lease that has run out stands
    until another sender takes it, since the mail may have been on its way."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a server has answered "not now"."""
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    sent_at: Mapped[datetime | None]

    recipient: Mapped["User"] = relationship()
    reminders: Mapped[list[Reminder]] = relationship(
        foreign_keys=[Reminder.mail_id], back_populates="mail", order_by=Reminder.id
    )

    @property
    def for_others(self) -> str:
        """What others than the recipient read of it. Of a mail to a calendar from before that was kept apart
        nobody knows whether it has words of people's."""
        if self.shown is None:
            return OLDER if self.kind is MailKind.CALENDAR else self.text
        return self.shown

    def message_id(self, domain: str) -> str:
        """The same for every attempt to send this mail."""
        return f"<varvet-{self.id}@{domain}>"

    @classmethod
    def of_the_day_for(cls, organizer_id: int, people: "Iterable[Person]") -> dict[int, Self]:
        """The mails that take these people's reminders today, locked, by the person's id: the one that
        waits, or a new one. Not among them: whose mail of today has gone or is on its way. At most
        one mail a person waits at a time, so that days without a mail server do not end in several
        mails at once."""
        wanted = {person.id: person for person in people}
        found = cls._that_wait_or_are_todays(organizer_id, list(wanted))
        missing = [person for person_id, person in wanted.items() if person_id not in found]
        made = insert_new(
            cls,
            [
                {
                    "organizer_id": organizer_id, "recipient_id": person.id,
                    "kind": MailKind.REMINDERS, "digest_on": today(),
                    "to_address": person.email, "to_name": person.name,
                    "subject": "", "text": "", "html": "", "state": MailState.QUEUED,
                    "created_at": now(), "next_try_at": now(), "attempts": 0, "last_error": "",
                }
                for person in missing
            ],
        )  # fmt: skip
        found |= {mail.recipient_id: mail for mail in made}
        if others := [person.id for person in missing if person.id not in found]:
            found |= cls._that_wait_or_are_todays(organizer_id, others)  # made by another scheduler
        for mail in found.values():
            if mail.state is MailState.DROPPED:
                mail.state, mail.next_try_at, mail.attempts = MailState.QUEUED, now(), 0
        open_ = {
            person_id: mail
            for person_id, mail in found.items()
            if mail.lease is None and mail.state is MailState.QUEUED
        }
        for mail in open_.values():
            mail.digest_on = today()
        db.session.flush()
        return open_

    @classmethod
    def _that_wait_or_are_todays(cls, organizer_id: int, people: list[int]) -> dict[int, Self]:
        """The people's mails that wait, or have today's date, locked; today's, where there are two."""
        if not people:
            return {}
        rows = db.session.scalars(
            sa.select(cls)
            .where(
                cls.organizer_id == organizer_id,
                cls.recipient_id.in_(people),
                cls.kind == MailKind.REMINDERS,
                sa.or_(cls.state == MailState.QUEUED, cls.digest_on == today()),
            )
            # In one order for everybody, so that two schedulers wait for each other and not in a ring.
            .order_by(cls.recipient_id, cls.digest_on)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {mail.recipient_id: mail for mail in rows}

    @classmethod
    def waits(cls, organizer_id: int) -> sa.ColumnElement[bool]:
        """The organizer's reminder mails that wait and that nobody is sending."""
        return sa.and_(
            cls.organizer_id == organizer_id,
            cls.kind == MailKind.REMINDERS,
            cls.state == MailState.QUEUED,
            cls.lease.is_(None),
        )

    @classmethod
    def locked(cls, mail_id: int) -> Self | None:
        """The mail, if it still waits and nobody is sending it; nobody will until the commit."""
        return db.session.scalar(
            sa.select(cls)
            .where(cls.id == mail_id, cls.state == MailState.QUEUED, cls.lease.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def planned_reminders(self) -> list[Reminder]:
        """The reminders that it is to carry, as the database has them now."""
        if self._read_along is not None:
            return [row for row in self._read_along if row.state is ReminderState.PLANNED]
        return list(db.session.scalars(_planned_in(), {"mail": self.id}))

    def supersede(self, kind: ReminderKind, subject_id: int, offset_days: int, reason: str) -> int:
        """Let a later reminder take the place of those about the same thing that wait in the mail;
        returns how many."""
        older = [
            row
            for row in self.planned_reminders()
            if (row.kind, row.subject_id) == (kind, subject_id) and row.offset_days > offset_days
        ]
        for reminder in older:
            reminder.settle(ReminderState.SKIPPED, reason)
        if older:
            db.session.flush()
        return len(older)

    def drop(self, reason: str = "") -> None:
        """Nothing in it is of use any longer: it is not sent. `reason` in Swedish, where it carries no
        reminders that say theirs."""
        self.state, self.last_error = MailState.DROPPED, reason or self.last_error
        self._let_go()

    def has_gone_today(self) -> bool:
        """Whether the person has been sent another mail of reminders today."""
        return bool(
            db.session.scalar(
                sa.select(
                    sa.exists().where(
                        OutgoingMail.organizer_id == self.organizer_id,
                        OutgoingMail.recipient_id == self.recipient_id,
                        OutgoingMail.digest_on == today(),
                        OutgoingMail.id != self.id,
                    )
                )
            )
        )

    @classmethod
    def drop_expired_links(cls) -> None:
        """Invitations and links for a new password that nobody could use any longer."""
        expired = [
            sa.and_(cls.kind == MailKind(purpose.value), cls.created_at < now() - purpose.lifetime)
            for purpose in LinkPurpose
        ]
        db.session.execute(
            sa.update(cls)
            .where(cls.state == MailState.QUEUED, cls.lease.is_(None), sa.or_(*expired))
            .values(state=MailState.DROPPED, text="", html="")
            .execution_options(synchronize_session=False)
        )
        db.session.commit()


@cache
def _planned_in() -> sa.Select[tuple[Reminder]]:
    return (
        sa.select(Reminder)
        .where(Reminder.mail_id == sa.bindparam("mail"), Reminder.state == ReminderState.PLANNED)
        .order_by(Reminder.id)
        .execution_options(populate_existing=True)
    )
