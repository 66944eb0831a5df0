"""The ledger as people read it: every reminder and every mail to a calendar, what it was about, and how
it went."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
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

ABOUT_IT = (ReminderKind.DIALOGUE, ReminderKind.APPROVAL)
"""The kinds whose subject is a dialogue."""

PLANNED_AHEAD = timedelta(weeks=8)
"""No week before the läsår by more than this names a dialogue of it."""

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


@dataclass(frozen=True, slots=True)
class OfDialogue:
    """The reminders of one dialogue, and of those that are a part of it now; few enough to be read whole."""

    told: list[Reminder]
    """Those about it, and each Din vecka that named it."""
    this_week: list[Reminder]
    """Who has had the mail of this week, which the rest of a week hangs on."""


def reminders_of(dialogue: QualityDialogue) -> OfDialogue:
    """One statement. A mail says which dialogues it named by the addresses in it; only Din vecka has no
    reminder that does."""
    numbers = numbers_of(dialogue)
    pages = [OutgoingMail.text.contains(f"/dialoger/{number}/") for number in numbers]
    names_it = sa.func.coalesce(sa.or_(*pages), sa.false()).label("names_it")
    this_monday = monday_of(today()).toordinal()
    week = sa.and_(
        Reminder.organizer_id == dialogue.organizer_id,
        Reminder.kind == ReminderKind.WEEK,
        Reminder.subject_id
        >= monday_of(dialogue.school_year.first_day - PLANNED_AHEAD).toordinal(),
        sa.or_(Reminder.subject_id == this_monday, names_it),
    )
    rows = db.session.execute(
        sa.select(Reminder, names_it)
        .outerjoin(Reminder.mail)
        .where(sa.or_(of_dialogue(dialogue.organizer_id, numbers), week))
        .options(
            sa.orm.joinedload(Reminder.recipient),
            sa.orm.contains_eager(Reminder.mail).options(*_WITHOUT_WORDS),
        )
        .order_by(Reminder.id)
    ).all()
    about = [row for row, _ in rows if row.kind is not ReminderKind.WEEK]
    weeks = [row for row, _ in rows if row.kind is ReminderKind.WEEK]
    there = {row.mail_id for row in about}
    named = {row.id for row, names in rows if names}
    return OfDialogue(
        about + [row for row in weeks if row.id in named and row.mail_id not in there],
        [row for row in weeks if row.subject_id == this_monday],
    )


def numbers_of(dialogue: QualityDialogue) -> list[int]:
    """By which mails know it: its own, and those of the dialogues that are a part of it."""
    return [dialogue.id, *(row.former_id for row in dialogue.joined)]


def page_of_dialogue(
    dialogue: QualityDialogue, reminders: OfDialogue
) -> tuple[Page[Any], list[Line]]:
    """A page of all that has gone, or was to go, to anybody about the dialogue and those that are a part
    of it now: reminders and what calendars were told, in the order of time, the newest first."""
    notices = db.session.scalars(
        sa.select(CalendarNotice)
        .where(
            CalendarNotice.organizer_id == dialogue.organizer_id,
            CalendarNotice.dialogue_id.in_(numbers_of(dialogue)),
        )
        .join(CalendarNotice.mail)
        .options(sa.orm.contains_eager(CalendarNotice.mail).options(*_WITHOUT_WORDS))
        .order_by(CalendarNotice.sequence)
    ).all()
    newest = {(row.dialogue_id, row.mail.recipient_id): row.mail_id for row in notices}
    rows = [(row.created_at, 0, row.id, row) for row in reminders.told]
    rows += [(row.mail.created_at, 1, row.id, row) for row in notices]
    page = Page.of([row for *_, row in sorted(rows, key=lambda row: row[:3], reverse=True)])
    told = lines((row for row in page.items if isinstance(row, Reminder)), dialogue)
    told += calendar_lines(
        (row for row in page.items if isinstance(row, CalendarNotice)),
        set(newest.values()),
        {row.former_id: row.title for row in dialogue.joined},
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
            f"{token}-{row.id}" if _may_go_again(row, dialogue) else None,
        )
        for row in reminders
    ]


def _may_go_again(row: Reminder, dialogue: QualityDialogue | None) -> bool:
    """On a dialogue's page not the whole of somebody's week, nor what is about one that is no more."""
    if dialogue is not None and row.kind is ReminderKind.WEEK:
        return False
    is_former = dialogue is not None and row.kind in ABOUT_IT and row.subject_id != dialogue.id
    return row.state in MAY_GO_AGAIN and not is_former


def calendar_lines(
    notices: Iterable[CalendarNotice],
    newest: Collection[int],
    former: Mapping[int, str] | None = None,
) -> list[Line]:
    """`newest`: the mails that are the last ones about a dialogue to a person. `former`: what those were
    called, by number, that are a part of another now."""
    token = secrets.token_hex(TOKEN_BYTES)
    return [
        Line(
            row,
            _news(row, (former or {}).get(row.dialogue_id)),
            row.mail.to_name,
            date_short(row.mail.created_at),
            row.mail.state,
            _when_of_mail(row.mail),
            _calendar_detail(row),
            f"{token}-k{row.id}" if row.mail_id in newest and may_go_again(row) else None,
        )
        for row in notices
    ]


def _news(row: CalendarNotice, former: str | None) -> str:
    told = NEWS[row.news].format(when=datetime_full(row.starts_at))
    return f"{former}. {told}" if former else told


def subject_names(
    reminders: Iterable[Reminder], dialogue: QualityDialogue | None = None
) -> dict[int, str]:
    """For each reminder, by its id, what it was about, in words; a statement a kind, and none for what
    is about `dialogue`, which is loaded."""
    reminders = list(reminders)
    subjects = {(row.kind, row.subject_id) for row in reminders}
    found = names_of(subjects, dialogue)
    return {row.id: found[row.kind, row.subject_id] for row in reminders}


def names_of(
    subjects: Collection[Subject], dialogue: QualityDialogue | None = None
) -> dict[Subject, str]:
    """What the subjects are called, as `subject_names`."""
    found: dict[Subject, str] = {}
    if dialogue is not None:
        for kind, reminders in KINDS.items():
            names = reminders.names_in(dialogue)
            found |= {(kind, key): name for key, name in names.items()}
    asked: dict[ReminderKind, set[int]] = {}
    for kind, key in set(subjects) - found.keys():
        asked.setdefault(KINDS[kind].titled_as or kind, set()).add(key)
    titles = {kind: KINDS[kind].titles(ids) for kind, ids in asked.items()}
    for kind, key in set(subjects) - found.keys():
        plain = titles[KINDS[kind].titled_as or kind].get(key)
        if plain is not None:
            found[kind, key] = KINDS[kind].name_of(plain)
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


def of_dialogue(organizer_id: int, numbers: Collection[int]) -> sa.ColumnElement[bool]:
    """A criterion: the reminders of the dialogue (by its numbers), of its notes and of what people agreed
    on in it."""
    agreements = sa.select(Agreement.id).where(Agreement.dialogue_id.in_(numbers))
    here = Reminder.organizer_id == organizer_id
    return sa.or_(  # each with the organizer, so that SQLite looks each up by the unique key
        sa.and_(here, Reminder.kind.in_(ABOUT_IT), Reminder.subject_id.in_(numbers)),
        sa.and_(here, Reminder.kind == ReminderKind.AGREEMENT, Reminder.subject_id.in_(agreements)),
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
