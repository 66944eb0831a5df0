"""Utskick: what the organizer's mails say and how far they came, and the reminders that did not go."""

import sqlalchemy as sa
from flask import Blueprint, abort, render_template

from tracker.auth.access import load_organizer
from tracker.extensions import db
from tracker.models import (
    MailKind,
    OutgoingMail,
    Permission,
    Reminder,
    ReminderState,
)
from tracker.notifications.subjects import subject_names
from tracker.web.paging import Page
from tracker.web.security import settings

bp = Blueprint("notifications", __name__)


@bp.get("/utskick")
def outbox() -> str:
    """The organizer's mails, the newest first. Mails about an account belong to no organizer, and
    are in nobody's list."""
    organizer = load_organizer(to=Permission.MANAGE)
    page = Page.select(
        sa.select(OutgoingMail)
        .where(OutgoingMail.organizer_id == organizer.id)
        .options(sa.orm.defer(OutgoingMail.text), sa.orm.defer(OutgoingMail.html))
        .order_by(OutgoingMail.id.desc())
    )
    return render_template(
        "notifications/outbox.html", page=page, has_server=settings().smtp is not None
    )


@bp.get("/utskick/<int(max=2147483647):mail_id>")
def mail(mail_id: int) -> str:
    """One mail as it was sent, or as it waits. One with a sign-in link is shown to nobody."""
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
    return render_template(
        "notifications/mail.html",
        mail=mail,
        names=subject_names(mail.reminders),
        has_server=settings().smtp is not None,
    )


@bp.get("/utskick/paminnelser")
def reminders() -> str:
    """The reminders that did not go, and why."""
    organizer = load_organizer(to=Permission.MANAGE)
    page = Page.select(
        sa.select(Reminder)
        .where(
            Reminder.organizer_id == organizer.id,
            Reminder.state.in_([ReminderState.SKIPPED, ReminderState.CANCELLED]),
        )
        .options(sa.orm.joinedload(Reminder.recipient))
        .order_by(Reminder.settled_at.desc(), Reminder.id.desc())
    )
    return render_template(
        "notifications/reminders.html", page=page, names=subject_names(page.items)
    )
