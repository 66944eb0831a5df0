"""Utskick: what the organizer's mails say and how far they came, the ledger of the reminders, and
what the coming days bring."""

from collections.abc import Callable
from itertools import groupby

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from tracker.auth.access import load_dialogue, load_organizer
from tracker.calendars.again import send_again as again_to_calendar
from tracker.clock import local, now
from tracker.dialogues.access import load_joined
from tracker.extensions import db
from tracker.models import (
    CalendarEntry,
    CalendarNotice,
    MailKind,
    OutgoingMail,
    Permission,
    QualityDialogue,
    Reminder,
    ReminderState,
)
from tracker.notifications import ledger
from tracker.notifications.again import NotSentAgain, earliest, send_again
from tracker.notifications.upcoming import DAYS, coming_of, upcoming
from tracker.web.notices import notify
from tracker.web.paging import Page
from tracker.web.security import settings
from tracker.web.swedish import datetime_long, time_short

bp = Blueprint("notifications", __name__)

ONE = "/utskick/paminnelser/<int(max=2147483647):reminder_id>"
OF_DIALOGUE = "/dialoger/<int:dialogue_id>/paminnelser"


@bp.get("/utskick")
def outbox() -> str:
    """The organizer's mails, the newest first. Mails about an account belong to no organizer, and
    are in nobody's list."""
    organizer = load_organizer(to=Permission.MANAGE)
    page = Page.select(
        sa.select(OutgoingMail)
        .where(OutgoingMail.organizer_id == organizer.id)
        .options(
            sa.orm.defer(OutgoingMail.text),
            sa.orm.defer(OutgoingMail.html),
            sa.orm.defer(OutgoingMail.shown),
        )
        .order_by(OutgoingMail.id.desc())
    )
    return render_template(
        "notifications/outbox.html", page=page, has_server=settings().smtp is not None
    )


@bp.get("/utskick/<int(max=2147483647):mail_id>")
def mail(mail_id: int) -> str:
    """One mail as it was sent, or as it waits; of other people's without the words that are theirs. One
    with a sign-in link is shown to nobody."""
    organizer = load_organizer(to=Permission.MANAGE)
    mail = db.session.scalar(
        sa.select(OutgoingMail)
        .where(
            OutgoingMail.id == mail_id,
            OutgoingMail.organizer_id == organizer.id,
            OutgoingMail.kind.in_([kind for kind in MailKind if not kind.is_secret]),
        )
        .options(sa.orm.selectinload(OutgoingMail.reminders))
    )
    if mail is None:
        abort(404)
    is_own = mail.recipient_id == current_user.id
    return render_template(
        "notifications/mail.html",
        mail=mail,
        text=mail.text if is_own else mail.for_others,
        is_own=is_own,
        is_whole=is_own or mail.for_others == mail.text,
        lines=ledger.lines(mail.reminders),
        calendar=next(iter(ledger.calendar_lines(_newest_in(mail), {mail.id})), None),
        has_server=settings().smtp is not None,
    )


@bp.get("/utskick/kommande")
def coming() -> str:
    """Exactly who will get what and when in the coming days, if nothing changes."""
    organizer = load_organizer(to=Permission.MANAGE)
    mails = upcoming(organizer.id)
    return render_template(
        "notifications/coming.html",
        number=DAYS,
        total=len(mails),
        days=[
            (day, list(group))
            for day, group in groupby(mails, key=lambda row: local(row.at).date())
        ],
        time_short=time_short,
        has_server=settings().smtp is not None,
    )


@bp.get("/utskick/paminnelser")
def reminders() -> str:
    """The ledger in full: `lage` keeps to a state, `person` to a recipient."""
    organizer = load_organizer(to=Permission.MANAGE)
    people = ledger.people_in(organizer.id)
    person_id = request.args.get("person", type=int)
    wanted = request.args.get("lage", "")
    state = ReminderState(wanted) if wanted in set(ReminderState) else None
    if person_id not in {key for key, _ in people}:
        person_id = None
    page, rows = ledger.page_of(
        Reminder.organizer_id == organizer.id,
        Reminder.state == state if state else sa.true(),
        Reminder.recipient_id == person_id if person_id else sa.true(),
    )
    return render_template(
        "notifications/reminders.html",
        page=page,
        rows=rows,
        states=list(ReminderState),
        state=state,
        people=people,
        person_id=person_id,
    )


@bp.post("/utskick/<int(max=2147483647):mail_id>/skicka-igen")
def calendar_again(mail_id: int) -> Response:
    """One of the organizer's calendar mails once more."""
    organizer = load_organizer(to=Permission.MANAGE)
    notice = _load_notice(CalendarNotice.organizer_id == organizer.id, mail_id)
    _send_to_calendar_again(notice)
    return redirect(url_for("notifications.mail", mail_id=mail_id))


@bp.post(f"{ONE}/skicka-igen")
def again(reminder_id: int) -> Response:
    """One of the organizer's reminders once more."""
    organizer = load_organizer(to=Permission.MANAGE)
    reminder = _load(Reminder.organizer_id == organizer.id, reminder_id)
    _send_again(reminder)
    return redirect(url_for("notifications.reminders"))


@bp.get(OF_DIALOGUE)
def of_dialogue(dialogue_id: int) -> str | Response:
    """The dialogue's part of the ledger, and what is to come, for who leads it. The page of one that was
    joined into another leads on to that one's, which tells of both."""
    try:
        dialogue = load_dialogue(
            dialogue_id,
            Permission.LEAD,
            sa.orm.joinedload(QualityDialogue.moves),
            sa.orm.joinedload(QualityDialogue.questions),
            sa.orm.joinedload(QualityDialogue.joined),
        )
    except NotFound:
        into = load_joined(dialogue_id, to=Permission.LEAD)
        return redirect(url_for("notifications.of_dialogue", dialogue_id=into.id))
    reminders = ledger.reminders_of(dialogue)
    page, rows = ledger.page_of_dialogue(dialogue, reminders)
    coming = coming_of(dialogue, reminders)
    names = ledger.names_of({(each.kind, each.subject_id) for each in coming}, dialogue)
    return render_template(
        "notifications/of_dialogue.html",
        dialogue=dialogue,
        page=page,
        rows=rows,
        coming=[
            (each, ledger.title(names[each.kind, each.subject_id], each.kind, each.offset_days))
            for each in coming
        ],
        has_server=settings().smtp is not None,
    )


@bp.post(f"{OF_DIALOGUE}/<int(max=2147483647):reminder_id>/skicka-igen")
def again_of_dialogue(dialogue_id: int, reminder_id: int) -> Response:
    """One of the dialogue's reminders once more."""
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    reminder = _load(ledger.of_dialogue(dialogue.organizer_id, [dialogue.id]), reminder_id)
    _send_again(reminder, dialogue)
    return redirect(url_for("notifications.of_dialogue", dialogue_id=dialogue.id))


@bp.post(f"{OF_DIALOGUE}/kalender/<int(max=2147483647):mail_id>/skicka-igen")
def calendar_again_of_dialogue(dialogue_id: int, mail_id: int) -> Response:
    """One of the dialogue's calendar mails once more."""
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    notice = _load_notice(
        sa.and_(
            CalendarNotice.organizer_id == dialogue.organizer_id,
            CalendarNotice.dialogue_id.in_(ledger.numbers_of(dialogue)),
        ),
        mail_id,
    )
    _send_to_calendar_again(notice, dialogue)
    return redirect(url_for("notifications.of_dialogue", dialogue_id=dialogue.id))


def _load(which: sa.ColumnElement[bool], reminder_id: int) -> Reminder:
    found = db.session.scalar(sa.select(Reminder).where(Reminder.id == reminder_id, which))
    return found or abort(404)


def _newest_in(mail: OutgoingMail) -> list[CalendarNotice]:
    """What the mail told a calendar, where no newer mail has told it anything: one row, or none."""
    if mail.kind is not MailKind.CALENDAR:
        return []
    newest = (
        sa.select(CalendarNotice)
        .join(CalendarEntry, CalendarEntry.mail_id == CalendarNotice.mail_id)
        .where(CalendarNotice.mail_id == mail.id)
    )
    return list(db.session.scalars(newest))


def _load_notice(which: sa.ColumnElement[bool], mail_id: int) -> CalendarNotice:
    found = db.session.scalar(
        sa.select(CalendarNotice).where(CalendarNotice.mail_id == mail_id, which)
    )
    return found or abort(404)


def _send_again(reminder: Reminder, dialogue: QualityDialogue | None = None) -> None:
    _queue(
        lambda token: send_again(reminder, by=current_user, form_token=token, about=dialogue),
        f"Påminnelsen till {reminder.recipient.name}",
    )


def _send_to_calendar_again(
    notice: CalendarNotice, dialogue: QualityDialogue | None = None
) -> None:
    _queue(
        lambda token: again_to_calendar(notice, by=current_user, form_token=token, about=dialogue),
        f"Mejlet till kalendern hos {notice.mail.recipient.name}",
    )


def _queue(send: Callable[[str], bool], what: str) -> None:
    """Do what the button says, commit, and tell how it went; `what` begins the sentence."""
    try:
        queued = send(request.form.get("form_token", ""))
    except NotSentAgain as why:
        db.session.rollback()
        notify(str(why), "warning")
        return
    db.session.commit()
    if not queued:
        notify(f"{what} är redan på väg igen.", "info")
    elif (at := earliest()) > now():
        notify(f"{what} skickas {datetime_long(at)}.")
    else:
        notify(f"{what} skickas igen, inom någon minut.")
