"""The ledger as people read it: every reminder, what it was about, and how it went."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import (
    Agreement,
    Reminder,
    ReminderKind,
    ReminderState,
    User,
)
from tracker.notifications.again import MAY_GO_AGAIN
from tracker.notifications.kinds.registry import KINDS
from tracker.web.paging import Page
from tracker.web.security import settings
from tracker.web.swedish import date_short

TOKEN_BYTES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder. `detail` says how it went: why not, when it is tried again, under which
    Message-ID it was sent."""

    reminder: Reminder
    about: str
    detail: list[str]
    form_token: str | None
    """Of the button that sends it again; None: there is none."""

    @property
    def day(self) -> str:
        return date_short(self.reminder.due_on)


def page_of(*which: sa.ColumnElement[bool], size: int = 100) -> tuple[Page[Reminder], list[Line]]:
    """A page of reminders, the newest first, and how each is told."""
    page: Page[Reminder] = Page.select(
        sa.select(Reminder)
        .where(*which)
        .options(sa.orm.joinedload(Reminder.recipient), sa.orm.joinedload(Reminder.mail))
        .order_by(Reminder.id.desc()),
        size,
    )
    return page, lines(page.items)


def lines(reminders: Iterable[Reminder]) -> list[Line]:
    reminders = list(reminders)
    names = subject_names(reminders)
    host = urlsplit(settings().base_url).hostname or "localhost"
    token = secrets.token_hex(TOKEN_BYTES)
    return [
        Line(
            row,
            names[row.id],
            _detail(row, host),
            f"{token}-{row.id}" if row.state in MAY_GO_AGAIN else None,
        )
        for row in reminders
    ]


def subject_names(reminders: Iterable[Reminder]) -> dict[int, str]:
    """For each reminder, by its id, what it was about, in words; two statements a kind at most."""
    reminders = list(reminders)
    found: dict[tuple[ReminderKind, int], str] = {}
    for kind, reading in KINDS.items():
        if ids := {row.subject_id for row in reminders if row.kind is kind}:
            found |= {(kind, key): name for key, name in reading.names(ids).items()}
    return {
        row.id: found.get((row.kind, row.subject_id), KINDS[row.kind].gone) for row in reminders
    }


def _detail(row: Reminder, host: str) -> list[str]:
    mail = row.mail
    said = [row.reason] if row.state is not ReminderState.FAILED or mail is None else []
    if row.asked_by_name:
        said.append(f"Skickad igen: {row.asked_by_name} bad om det")
    if mail is not None and row.state is ReminderState.SENT:
        said += [mail.to_address, mail.message_id(host)]
    elif (mail is not None and row.state is ReminderState.FAILED) or (
        mail is not None and row.state is ReminderState.PLANNED and mail.last_error
    ):
        said.append(mail.last_error)
    return [each for each in said if each]


def of_dialogue(organizer_id: int, dialogue_id: int) -> sa.ColumnElement[bool]:
    """A criterion: the reminders of the dialogue, of its notes and of what people agreed on in it."""
    agreements = sa.select(Agreement.id).where(Agreement.dialogue_id == dialogue_id)
    return sa.and_(
        Reminder.organizer_id == organizer_id,
        sa.or_(
            sa.and_(
                Reminder.kind.in_([ReminderKind.DIALOGUE, ReminderKind.APPROVAL]),
                Reminder.subject_id == dialogue_id,
            ),
            sa.and_(Reminder.kind == ReminderKind.AGREEMENT, Reminder.subject_id.in_(agreements)),
        ),
    )


def people_in(organizer_id: int) -> list[tuple[int, str]]:
    """Everybody who has or had a reminder from the organizer: (id, name) in Swedish order."""
    return [
        (key, name)
        for key, name in db.session.execute(
            sa.select(User.id, User.name)
            .where(
                # Not EXISTS: for each account of every organizer SQLite would read this one's ledger.
                User.id.in_(
                    sa.select(Reminder.recipient_id).where(Reminder.organizer_id == organizer_id)
                )
            )
            .order_by(User.sort_key, User.id)
        )
    ]
