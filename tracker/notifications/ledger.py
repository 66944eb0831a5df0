"""The ledger as people read it: every reminder and every mail to a calendar, what it was about, and how
it went."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from tracker.calendars.again import may_go_again
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Agreement,
    CalendarNews,
    CalendarNotice,
    MailState,
    OutgoingMail,
    QualityDialogue,
    Reminder,
    ReminderKind,
    ReminderState,
    User,
)
from tracker.notifications.again import MAY_GO_AGAIN
from tracker.notifications.kinds.registry import KINDS
from tracker.notifications.office import monday_of
from tracker.notifications.rules import offset_in_words
from tracker.notifications.situation import Subject
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
    """What it is about and which of the reminders it is; or what the calendar was told."""
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


def title(about: str, kind: ReminderKind, offset_days: int) -> str:
    """What a reminder is about and which of them it is."""
    return ", ".join(filter(None, (about, offset_in_words(kind, offset_days))))


def page_of(*which: sa.ColumnElement[bool], size: int = 100) -> tuple[Page[Reminder], list[Line]]:
    """A page of reminders, the newest first, and how each is told."""
    page: Page[Reminder] = Page.select(
        _with_mails().where(*which).order_by(Reminder.id.desc()), size
    )
    return page, lines(page.items)


def reminders_of(dialogue: QualityDialogue) -> list[Reminder]:
    """The dialogue's reminders, which are few enough to be read whole; and who has had the mail of this
    week, which the rest of a week hangs on. One statement."""
    week = sa.and_(
        Reminder.organizer_id == dialogue.organizer_id,
        Reminder.kind == ReminderKind.WEEK,
        Reminder.subject_id == monday_of(today()).toordinal(),
    )
    mine = of_dialogue(dialogue.organizer_id, dialogue.id)
    return list(db.session.scalars(_with_mails().where(sa.or_(mine, week))))


def page_of_dialogue(
    dialogue: QualityDialogue, reminders: Iterable[Reminder]
) -> tuple[Page[Any], list[Line]]:
    """A page of all that has gone, or was to go, to anybody about the dialogue: its reminders and what
    calendars were told, in the order of time, the newest first."""
    notices = db.session.scalars(
        sa.select(CalendarNotice)
        .where(
            CalendarNotice.organizer_id == dialogue.organizer_id,
            CalendarNotice.dialogue_id == dialogue.id,
        )
        .join(CalendarNotice.mail)
        .options(sa.orm.contains_eager(CalendarNotice.mail).options(*_WITHOUT_WORDS))
        .order_by(CalendarNotice.sequence)
    ).all()
    newest = {row.mail.recipient_id: row.mail_id for row in notices}
    rows = [
        (row.created_at, 0, row.id, row) for row in reminders if row.kind is not ReminderKind.WEEK
    ]
    rows += [(row.mail.created_at, 1, row.id, row) for row in notices]
    page = Page.of([row for *_, row in sorted(rows, key=lambda row: row[:3], reverse=True)])
    told = lines((row for row in page.items if isinstance(row, Reminder)), dialogue)
    told += calendar_lines(
        (row for row in page.items if isinstance(row, CalendarNotice)), set(newest.values())
    )
    by_source = {line.source: line for line in told}
    return page, [by_source[row] for row in page.items]


_WITHOUT_WORDS = [
    sa.orm.defer(column)
    for column in (
        OutgoingMail.text,
        OutgoingMail.html,
        OutgoingMail.shown,
        OutgoingMail.calendar,
    )
]


def _with_mails() -> sa.Select[tuple[Reminder]]:
    return sa.select(Reminder).options(
        sa.orm.joinedload(Reminder.recipient),
        sa.orm.joinedload(Reminder.mail).options(*_WITHOUT_WORDS),
    )


def lines(reminders: Iterable[Reminder], dialogue: QualityDialogue | None = None) -> list[Line]:
    reminders = list(reminders)
    names, token = subject_names(reminders, dialogue), secrets.token_hex(TOKEN_BYTES)
    return [
        Line(
            row,
            title(names[row.id], row.kind, row.offset_days),
            row.recipient.name,
            date_short(row.due_on),
            row.state,
            _when(row),
            _detail(row),
            f"{token}-{row.id}" if row.state in MAY_GO_AGAIN else None,
        )
        for row in reminders
    ]


def calendar_lines(notices: Iterable[CalendarNotice], newest: Collection[int]) -> list[Line]:
    """`newest`: the mails that are the last ones about a dialogue to a person."""
    token = secrets.token_hex(TOKEN_BYTES)
    return [
        Line(
            row,
            NEWS[row.news].format(when=datetime_full(row.starts_at)),
            row.mail.to_name,
            date_short(row.mail.created_at),
            row.mail.state,
            _when_of_mail(row.mail),
            _calendar_detail(row),
            f"{token}-k{row.id}" if row.mail_id in newest and may_go_again(row) else None,
        )
        for row in notices
    ]


def subject_names(
    reminders: Iterable[Reminder], dialogue: QualityDialogue | None = None
) -> dict[int, str]:
    """For each reminder, by its id, what it was about, in words; two statements a kind at most, and none
    for what is about `dialogue`, which is loaded."""
    reminders = list(reminders)
    subjects = {(row.kind, row.subject_id) for row in reminders}
    found = names_of(subjects, dialogue)
    return {row.id: found[row.kind, row.subject_id] for row in reminders}


def names_of(
    subjects: Collection[Subject], dialogue: QualityDialogue | None = None
) -> dict[Subject, str]:
    """What the subjects are called, as `subject_names`."""
    found: dict[Subject, str] = {}
    for kind, reminders in KINDS.items():
        ids = {key for of, key in subjects if of is kind}
        if dialogue is not None:
            known = reminders.names_in(dialogue)
            found |= {(kind, key): name for key, name in known.items()}
            ids -= known.keys()
        if ids:
            found |= {(kind, key): name for key, name in reminders.names(ids).items()}
    return {subject: found.get(subject, KINDS[subject[0]].gone) for subject in subjects}


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
    return [*filter(None, said), f"Löpnummer i kalendern (SEQUENCE): {row.sequence}"]


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
