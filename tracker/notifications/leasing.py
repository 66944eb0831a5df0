"""How senders share the outbox: a sender takes a few mails under a lease, commits, sends them one by
one, and marks each as soon as the server has taken it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from tracker.clock import now
from tracker.extensions import db
from tracker.notifications.models import Reminder, ReminderState

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.notifications.mails import MailKind, MailState

LEASE = timedelta(minutes=10)
"""How long a sender has its mails for itself: longer than the mail server may take for one of them,
and the sender for those before it (FRESH in `sending.py`)."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, *[360] * 17))
"""Between one attempt to send a mail and the next. After the last of them, more than four days after
the first (as RFC 5321, 4.5.4.1 asks), it has failed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server has taken, with these reminders."""

    mail_id: int
    lease: str
    kind: "MailKind"
    reminder_ids: list[int]


class Leased:
    """The part of OutgoingMail that senders use."""

    if TYPE_CHECKING:
        __table__: sa.Table
        id: Mapped[int]
        kind: Mapped[MailKind]
        subject: Mapped[str]
        state: Mapped[MailState]
        recipient: Mapped[User]
        text: Mapped[str]
        html: Mapped[str]
        next_try_at: Mapped[datetime]
        leased_until: Mapped[datetime | None]
        lease: Mapped[str | None]
        attempts: Mapped[int]
        last_error: Mapped[str]

        def planned_reminders(self) -> list[Reminder]: ...

    _read_along: "list[Reminder] | None" = None
    """The mail's planned reminders, while it is looked at together with others."""

    @classmethod
    def number_due(cls, at_most: int) -> int:
        """How many mails could be sent now, counted no further than asked."""
        due = sa.select(cls.id).where(_is_due(cls)).limit(at_most).subquery()
        return db.session.scalar(sa.select(sa.func.count()).select_from(due)) or 0

    @classmethod
    def claim(cls, lease: str, at_most: int = 1) -> list[int]:
        """Take the mails that have waited longest, so that no other sender does, and give their
        ids. Committed at once."""
        # The order of an UPDATE's rows is the database's own affair.
        taken = sorted(
            db.session.execute(
                _claim(cls.__table__),
                {"under": lease, "until": now() + LEASE, "now": now(), "at_most": at_most},
            ),
            key=lambda row: (row.next_try_at, row.id),
        )
        db.session.commit()
        return [row.id for row in taken]

    @classmethod
    def held(cls, mail_id: int, lease: str) -> Self | None:
        """The mail, locked, while the lease is still one's own."""
        return db.session.scalar(
            sa.select(cls)
            .where(_is_held(cls, lease), cls.id == mail_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    @classmethod
    def all_held(cls, mail_ids: Sequence[int], lease: str) -> list[Self]:
        """Those of the mails that are under the lease, with their recipients, and with their planned
        reminders read along: to be looked at in this transaction, and not to be changed. Two
        statements."""
        mails = db.session.scalars(
            sa.select(cls)
            .where(cls.id.in_(mail_ids), _is_held(cls, lease))
            .options(sa.orm.joinedload(cls.recipient))
            .execution_options(populate_existing=True)
        ).all()
        carried: dict[int, list[Reminder]] = {mail.id: [] for mail in mails}
        for reminder in db.session.scalars(
            sa.select(Reminder)
            .where(Reminder.mail_id.in_(carried), Reminder.state == ReminderState.PLANNED)
            .order_by(Reminder.id)
            .execution_options(populate_existing=True)
        ):
            carried[reminder.mail_id].append(reminder)
        for mail in mails:
            mail._read_along = carried[mail.id]
        return list(mails)

    def read_along(self, new: "list[Reminder]") -> None:
        """Take what the mail carried before, if anything, and the reminders that are new in it."""
        known = {reminder.id for reminder in new}
        before = self.planned_reminders() if self.subject else []
        self._read_along = [row for row in before if row.id not in known] + new

    def forget_what_was_read(self) -> None:
        """From now on the mail asks the database for its reminders again."""
        self._read_along = None

    @classmethod
    def mark_sent(cls, taken: Sequence[Taken]) -> list[Taken]:
        """The server has taken these; gives those that were still under their leases. Committed at
        once, and in as few steps as can be: what is killed before the commit sends them again."""
        marked = set()
        for secret in {mail.kind.is_secret for mail in taken}:
            some = [mail for mail in taken if mail.kind.is_secret is secret]
            what = {
                "mails": [mail.mail_id for mail in some],
                "leases": list({mail.lease for mail in some}),
                "at": now(),
            }
            marked |= set(db.session.scalars(_mark(cls.__table__, secret), what))
        carried = [key for mail in taken if mail.mail_id in marked for key in mail.reminder_ids]
        if carried:
            what = {"mails": list(marked), "carried": carried, "at": now()}
            db.session.execute(_mark_reminders(Reminder.__table__), what)
        db.session.commit()
        return [mail for mail in taken if mail.mail_id in marked]

    @classmethod
    def let_go(cls, mail_ids: Sequence[int], lease: str, error: str = "") -> None:
        """Give back those of the mails that are still under the lease, as they were. `error`: why the server could not be
        asked; that is nobody's fault, so it is told, and counts for no attempt."""
        told = {"last_error": error, "next_try_at": now() + PAUSES[0]} if error else {}
        db.session.execute(
            sa.update(cls)
            .where(cls.id.in_(mail_ids), _is_held(cls, lease))
            .values(lease=None, leased_until=None, **told)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()

    def wait_until(self, moment: datetime) -> None:
        """Give the mail back: its hour has not come."""
        self.next_try_at = moment
        self._let_go()

    def try_again(self, error: str) -> bool:
        """Give the mail back after an answer that may be another later; False when it has been tried
        often enough, and has failed."""
        self.last_error = error
        if self.attempts >= len(PAUSES):
            self.fail(error)
            return False
        self.next_try_at = now() + PAUSES[self.attempts]
        self.attempts += 1
        self._let_go()
        return True

    def fail(self, error: str) -> None:
        """It will never be taken: say why, and when that was known."""
        from tracker.notifications.mails import MailState

        self.state, self.last_error, self.next_try_at = MailState.FAILED, error, now()
        for reminder in self.planned_reminders():
            reminder.settle(ReminderState.FAILED, "Mejlet kunde inte skickas")
        self._let_go()

    def _let_go(self) -> None:
        from tracker.notifications.mails import MailState

        self.lease = self.leased_until = None
        if self.kind.is_secret and self.state is not MailState.QUEUED:
            self.text = self.html = ""  # a link is kept no longer than it takes to send it


def _is_due(mail: Any, moment: Any = None) -> sa.ColumnElement[bool]:
    from tracker.notifications.mails import MailState

    moment = now() if moment is None else moment
    return sa.and_(
        mail.state == MailState.QUEUED,
        mail.next_try_at <= moment,
        sa.or_(mail.lease.is_(None), mail.leased_until < moment),
    )


def _is_held(mail: Any, lease: Any) -> sa.ColumnElement[bool]:
    from tracker.notifications.mails import MailState

    return sa.and_(mail.lease == lease, mail.state == MailState.QUEUED)


# Built once: with ten thousand mails on a morning, putting the statements together cost more than the
# database's answers.


@cache
def _claim(table: sa.Table) -> sa.Update:
    row = table.alias()
    waiting = (
        sa.select(row.c.id)
        .where(_is_due(row.c, sa.bindparam("now", type_=row.c.next_try_at.type)))
        .order_by(row.c.next_try_at, row.c.id)
        .limit(sa.bindparam("at_most"))
        .with_for_update(skip_locked=True)
        # Apart from the UPDATE: PostgreSQL may otherwise ask more than once, and take too many.
        .cte("waiting")
    )
    return (
        sa.update(table)
        .where(table.c.id.in_(sa.select(waiting.c.id)))
        .values(lease=sa.bindparam("under"), leased_until=sa.bindparam("until"))
        .returning(table.c.id, table.c.next_try_at)
    )


@cache
def _mark(table: sa.Table, secret: bool) -> sa.Update:
    from tracker.notifications.mails import MailState

    words = {"text": "", "html": ""} if secret else {}
    return (
        sa.update(table)
        .where(
            table.c.id.in_(sa.bindparam("mails", expanding=True)),
            table.c.lease.in_(sa.bindparam("leases", expanding=True)),
            table.c.state == MailState.QUEUED,
        )
        .values(
            state=MailState.SENT,
            sent_at=sa.bindparam("at"),
            last_error="",
            lease=None,
            leased_until=None,
            **words,
        )
        .returning(table.c.id)
    )


@cache
def _mark_reminders(table: sa.Table) -> sa.Update:
    return (
        sa.update(table)
        .where(
            table.c.mail_id.in_(sa.bindparam("mails", expanding=True)),
            table.c.id.in_(sa.bindparam("carried", expanding=True)),
            table.c.state == ReminderState.PLANNED,
        )
        .values(state=ReminderState.SENT, reason="", settled_at=sa.bindparam("at"))
    )
