"""Skicka igen: a reminder that has gone, or could not be sent, once more because somebody asks for it.

It is a mail of its own, beside the one a day, written as things stand now, and a row of its own in
the ledger, signed by who asked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import local, now, today
from tracker.cycle.workdays import last_moment, send_moment
from tracker.extensions import db
from tracker.models import (
    MailKind,
    OutgoingMail,
    QualityDialogue,
    Reminder,
    ReminderState,
    SchoolUnit,
    User,
)
from tracker.notifications.digest import Digest
from tracker.notifications.kinds.registry import KINDS
from tracker.notifications.situation import Situation

MOST_A_DAY = 3

MAY_GO_AGAIN = (ReminderState.SENT, ReminderState.FAILED)


class NotSentAgain(Exception):
    """It would be of no use; the message says why, in Swedish."""


def send_again(
    reminder: Reminder, *, by: User, form_token: str, about: QualityDialogue | None = None
) -> bool:
    """Queue the reminder once more; False when this very form has done so before. `about`: the
    dialogue whose history is to tell of it. Raises NotSentAgain."""
    if reminder.state not in MAY_GO_AGAIN:
        raise NotSentAgain(
            "Bara en påminnelse som har gått, eller inte kunde skickas, skickas igen."
        )
    if not form_token:
        raise NotSentAgain("Ladda om sidan och försök igen.")
    recipient, subject = reminder.recipient, (reminder.kind, reminder.subject_id)
    if not recipient.is_active:
        raise NotSentAgain(f"{recipient.name} har inget konto längre.")
    _demand_room(reminder, form_token)
    situation = Situation.load(reminder.organizer_id, [subject])
    verdict = situation.verdict(
        *subject, recipient.id, reminder.offset_days, reminder.date_revision
    )
    if verdict is not None:
        raise NotSentAgain(f"Påminnelsen behövs inte längre: {verdict[1]}.")
    mail = OutgoingMail(
        organizer_id=reminder.organizer_id, recipient_id=recipient.id, kind=MailKind.AGAIN,
        to_address=recipient.email, to_name=recipient.name, next_try_at=earliest(),
    )  # fmt: skip
    Digest.about(recipient.id, recipient.name, [subject], situation).write_into(mail)
    db.session.add(mail)
    db.session.flush()
    queued = Reminder.insert_once(
        organizer_id=reminder.organizer_id,
        kind=reminder.kind,
        subject_id=reminder.subject_id,
        recipient_id=recipient.id,
        offset_days=reminder.offset_days,
        date_revision=reminder.date_revision,
        again=_next_number(reminder),
        asked_by_name=by.name,
        form_token=form_token[:40],
        due_on=local(mail.next_try_at).date(),
        state=ReminderState.PLANNED,
        reason="",
        mail_id=mail.id,
        created_at=now(),
    )
    if not queued:
        db.session.delete(mail)
        db.session.flush()
        return False
    units: Iterable[SchoolUnit] = about.units if about is not None else ()
    record(
        Action.REMINDER_SENT_AGAIN,
        about or reminder,
        by=by,
        units=units,
        about=KINDS[reminder.kind].in_history(reminder.subject_id),
        person=recipient.name,
    )
    return True


def _demand_room(reminder: Reminder, form_token: str) -> None:
    """One at a time, and a few a day, whoever asks: the ledger is no way to fill somebody's mailbox. The
    form that is sent twice is another matter."""
    db.session.execute(
        sa.select(Reminder.id).where(Reminder.id == reminder.id).with_for_update()
    ).all()
    same = db.session.execute(
        sa.select(Reminder.state, Reminder.form_token, Reminder.created_at).where(
            *_same_as(reminder), Reminder.again > 0
        )
    ).all()
    if any(row.form_token == form_token[:40] for row in same):
        return
    if any(row.state is ReminderState.PLANNED for row in same):
        raise NotSentAgain("Påminnelsen är redan på väg en gång till.")
    if sum(local(row.created_at).date() == today() for row in same) >= MOST_A_DAY:
        raise NotSentAgain("Påminnelsen har skickats igen tre gånger i dag. Ring hellre.")


def _same_as(reminder: Reminder) -> list[sa.ColumnElement[bool]]:
    return [
        getattr(Reminder, name) == getattr(reminder, name)
        for name in (
            *("organizer_id", "kind", "subject_id", "recipient_id", "offset_days"),
            "date_revision",
        )
    ]


def earliest() -> datetime:
    """Now: a mail that somebody asks for goes on any day. In the night the next 07:00."""
    if send_moment(today()) <= now() < last_moment(today()):
        return now()
    day = today() if now() < send_moment(today()) else today() + timedelta(days=1)
    return send_moment(day)


def _next_number(reminder: Reminder) -> int:
    highest = db.session.scalar(sa.select(sa.func.max(Reminder.again)).where(*_same_as(reminder)))
    return (highest or 0) + 1
