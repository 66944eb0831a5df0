"""Which reminders are due: asked of the database anew at every pass, so that nothing is lost when a
pass was missed, and put in the ledger once, however many schedulers run."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from tracker.clock import now, today
from tracker.cycle.workdays import last_moment, send_moment
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import OutgoingMail, Reminder, ReminderKind, ReminderState
from tracker.notifications.choosing import (
    LATER_ONE,
    Ledger,
    Survey,
    carries,
    decide,
    new_dues,
)
from tracker.notifications.kinds.base import Due, Verdict
from tracker.notifications.office import Office
from tracker.notifications.situation import Situation
from tracker.notifications.writing import Planned, write_for_all

__all__ = ["LATER_ONE", "Planned", "plan", "settle_pointless"]


def plan(organizer_id: int) -> Planned:
    """Look again at what waits in the organizer's outbox, then put what is due into the ledger and
    into the mails of the day. Commits for some people at a time. Nothing new is planned before 07:00
    or on a day without mail."""
    with reading_only():
        waiting = _waiting(organizer_id)
        dues = _due(organizer_id)
        subjects = {(row.kind, row.subject_id) for row in waiting if row.kind is not None}
        subjects |= {(due.kind, due.subject_id) for due in dues}
        situation = Situation.load(organizer_id, subjects) if waiting or dues else None
        db.session.commit()
    result = Planned()
    if situation is None:
        return result
    for mail_id in _with_something_pointless(waiting, situation):
        result.skipped += _look_again(mail_id, situation)
    by_person: dict[int, list[Due]] = defaultdict(list)
    for due in dues:
        by_person[due.recipient.id].append(due)
    decisions = [decide(situation, by_person[person_id]) for person_id in sorted(by_person)]
    write_for_all(situation, decisions, result)
    return result


def settle_pointless(mail: OutgoingMail, situation: Situation) -> int:
    """End the reminders of a mail that have lost their point; returns how many were skipped."""
    ended = pointless(
        [row for row in mail.planned_reminders() if situation.knows(row.kind, row.subject_id)],
        situation.verdict,
    )
    for reminder, verdict in ended:
        reminder.settle(*verdict)
    db.session.flush()
    return sum(verdict[0] is ReminderState.SKIPPED for _, verdict in ended)


def pointless(
    rows: Iterable[Any], verdict_of: Callable[..., Verdict | None]
) -> list[tuple[Any, Verdict]]:
    """Which of a mail's reminders have lost their point. Din vecka keeps its own while the mail
    carries others."""
    rows = list(rows)
    verdicts = [
        (
            row,
            verdict_of(
                row.kind, row.subject_id, row.recipient_id, row.offset_days, row.date_revision
            ),
        )
        for row in rows
    ]
    others = any(verdict is None for row, verdict in verdicts if row.kind is not ReminderKind.WEEK)
    return [
        (row, verdict)
        for row, verdict in verdicts
        if verdict is not None
        and not (row.kind is ReminderKind.WEEK and others and carries(verdict))
    ]


def _look_again(mail_id: int, situation: Situation) -> int:
    """Take what is moved, cancelled or done out of a mail that waits; without any reminder left it
    is dropped."""
    mail = OutgoingMail.locked(mail_id)
    if mail is None:
        db.session.commit()
        return 0
    skipped = settle_pointless(mail, situation)
    if not mail.planned_reminders():
        mail.drop()
    db.session.commit()
    return skipped


def _waiting(organizer_id: int) -> Sequence[sa.Row[Any]]:
    """The reminders in the mails that wait and that nobody is sending; a mail without any is a row
    with nothing but its id."""
    return db.session.execute(
        sa.select(
            OutgoingMail.id.label("mail_id"),
            Reminder.kind,
            Reminder.subject_id,
            Reminder.recipient_id,
            Reminder.offset_days,
            Reminder.date_revision,
        )
        .outerjoin(
            Reminder,
            sa.and_(Reminder.mail_id == OutgoingMail.id, Reminder.state == ReminderState.PLANNED),
        )
        .where(OutgoingMail.waits(organizer_id))
        .order_by(OutgoingMail.id)
    ).all()


def _with_something_pointless(waiting: Sequence[sa.Row[Any]], situation: Situation) -> list[int]:
    """The mails that have to be written in: where nothing has changed, a pass leaves them alone,
    however long they wait."""
    by_mail: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in waiting:
        by_mail[row.mail_id].append(row)
    return [
        mail_id
        for mail_id, rows in by_mail.items()
        if any(row.kind is None for row in rows) or pointless(rows, situation.verdict)
    ]


def _due(organizer_id: int) -> list[Due]:
    """Everything that goes today and has no row yet; nothing while no mail may go."""
    if not send_moment(today()) <= now() < last_moment(today()):
        return []
    office = Office.load(organizer_id)
    if not office.may_send(today()):
        return []
    dues = Survey(office).dues()
    ledger = Ledger.load(organizer_id, {(due.kind, due.subject_id) for due in dues})
    return new_dues(dues, ledger, office)
