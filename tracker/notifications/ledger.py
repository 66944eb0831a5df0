"""The ledger as people read it: every reminder and every mail to a calendar, what it was about, and how
it went."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from tracker.calendars.again import that_may_go_again
from tracker.extensions import db
from tracker.models import (
    Agreement,
    CalendarNews,
    CalendarNotice,
    MailState,
    OutgoingMail,
    Reminder,
    ReminderKind,
    ReminderState,
    User,
)
from tracker.notifications.again import MAY_GO_AGAIN
from tracker.notifications.kinds.registry import KINDS
from tracker.notifications.rules import offset_in_words
from tracker.web.paging import Page
from tracker.web.security import settings
from tracker.web.swedish import date_short, datetime_full, moment_short

TOKEN_BYTES = 12

NEWS = {
    CalendarNews.INVITED: "Inbjudan till kalendern: {when}",
    CalendarNews.RESUMED: "Åter inbokad i kalendern: {when}",
    CalendarNews.MOVED: "Flyttad i kalendern till {when}",
    CalendarNews.CHANGED: "Ändrad i kalendern: {when}",
    CalendarNews.CANCELLED: "Inställd, bort ur kalendern: {when}",
    CalendarNews.LEFT: "Bort ur kalendern: {when}",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder, or one mail about a dialogue to somebody's calendar."""

    source: Reminder | CalendarNotice
    about: str
    which: str
    """Which of the reminders about it, in words."""
    person: str
    day: str
    state: ReminderState | MailState
    when: str
    """When it went or was refused, or is tried again; empty where neither is so."""
    detail: list[str]
    """How it went: why not, under which Message-ID it was sent, who had it sent again."""
    form_token: str | None
    """Of the button that sends it again; None: there is none."""

    @property
    def is_calendar(self) -> bool:
        return isinstance(self.source, CalendarNotice)

    @property
    def title(self) -> str:
        return ", ".join(filter(None, (self.about, self.which)))


def page_of(*which: sa.ColumnElement[bool], size: int = 100) -> tuple[Page[Reminder], list[Line]]:
    """A page of reminders, the newest first, and how each is told."""
    page: Page[Reminder] = Page.select(
        _with_mails().where(*which).order_by(Reminder.id.desc()), size
    )
    return page, lines(page.items)


def page_of_dialogue(organizer_id: int, dialogue_id: int) -> tuple[Page[sa.Row], list[Line]]:
    """A page of all that has gone, or was to go, to anybody about the dialogue: its reminders and what
    calendars were told, in the order of time, the newest first."""
    told = sa.and_(
        CalendarNotice.organizer_id == organizer_id, CalendarNotice.dialogue_id == dialogue_id
    )
    rows = sa.union_all(
        sa.select(
            sa.false().label("is_calendar"),
            Reminder.id.label("key"),
            Reminder.created_at.label("at"),
        ).where(of_dialogue(organizer_id, dialogue_id)),
        sa.select(sa.true(), CalendarNotice.id, OutgoingMail.created_at)
        .join(OutgoingMail, OutgoingMail.id == CalendarNotice.mail_id)
        .where(told),
    ).subquery()
    page: Page[sa.Row] = Page.select(
        sa.select(rows).order_by(rows.c.at.desc(), rows.c.is_calendar, rows.c.key.desc())
    )
    reminders = [row.key for row in page.items if not row.is_calendar]
    notices = [row.key for row in page.items if row.is_calendar]
    found: dict[tuple[bool, int], Line] = {}
    if reminders:
        some = db.session.scalars(_with_mails().where(Reminder.id.in_(reminders)))
        found |= {(False, line.source.id): line for line in lines(some)}
    if notices:
        some = db.session.scalars(
            sa.select(CalendarNotice)
            .where(CalendarNotice.id.in_(notices))
            .options(sa.orm.joinedload(CalendarNotice.mail).joinedload(OutgoingMail.recipient))
        )
        found |= {(True, line.source.id): line for line in calendar_lines(some)}
    return page, [found[bool(row.is_calendar), row.key] for row in page.items]


def _with_mails() -> sa.Select[tuple[Reminder]]:
    return sa.select(Reminder).options(
        sa.orm.joinedload(Reminder.recipient), sa.orm.joinedload(Reminder.mail)
    )


def lines(reminders: Iterable[Reminder]) -> list[Line]:
    reminders = list(reminders)
    names, token = subject_names(reminders), secrets.token_hex(TOKEN_BYTES)
    return [
        Line(
            row,
            names[row.id],
            offset_in_words(row.kind, row.offset_days),
            row.recipient.name,
            date_short(row.due_on),
            row.state,
            _when(row),
            _detail(row),
            f"{token}-{row.id}" if row.state in MAY_GO_AGAIN else None,
        )
        for row in reminders
    ]


def calendar_lines(notices: Iterable[CalendarNotice]) -> list[Line]:
    notices = list(notices)
    token, able = secrets.token_hex(TOKEN_BYTES), that_may_go_again(notices)
    return [
        Line(
            row,
            NEWS[row.news].format(when=datetime_full(row.starts_at)),
            "",
            row.mail.to_name,
            date_short(row.mail.created_at),
            row.mail.state,
            _when_of_mail(row.mail),
            _calendar_detail(row),
            f"{token}-k{row.id}" if row.id in able else None,
        )
        for row in notices
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


def _when(row: Reminder) -> str:
    if row.state in MAY_GO_AGAIN and row.settled_at is not None:
        return moment_short(row.settled_at)
    if row.state is ReminderState.PLANNED and row.mail is not None:
        return _when_of_mail(row.mail)
    return ""


def _when_of_mail(mail: OutgoingMail) -> str:
    if mail.state is MailState.QUEUED:
        return f"nytt försök {moment_short(mail.next_try_at)}" if mail.last_error else ""
    if mail.state is MailState.FAILED:
        return moment_short(mail.next_try_at)
    return moment_short(mail.sent_at) if mail.sent_at else ""


def _detail(row: Reminder) -> list[str]:
    mail = row.mail
    said = [row.reason] if row.state is not ReminderState.FAILED or mail is None else []
    said += _asked(row.asked_by_name)
    if mail is not None and row.state is ReminderState.SENT:
        said += _sent(mail)
    elif mail is not None and row.state in (ReminderState.FAILED, ReminderState.PLANNED):
        said.append(mail.last_error)
    return [each for each in said if each]


def _calendar_detail(row: CalendarNotice) -> list[str]:
    mail = row.mail
    said = [mail.last_error, *_asked(row.asked_by_name)]
    if mail.state is MailState.SENT:
        said += _sent(mail)
    return [*filter(None, said), f"Nummer {row.sequence} i kalendern (SEQUENCE)"]


def _asked(name: str | None) -> list[str]:
    return [f"Skickad igen: {name} bad om det"] if name else []


def _sent(mail: OutgoingMail) -> list[str]:
    return [mail.to_address, mail.message_id(urlsplit(settings().base_url).hostname or "localhost")]


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
