"""One pass of the reminder engine, and of what keeps the calendars true."""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from tracker.calendars.invitations import reconcile
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import Organizer, OutgoingMail
from tracker.notifications.planning import plan
from tracker.notifications.sending import send_waiting
from tracker.web.logs import log
from tracker.web.security import settings


@dataclass
class Pass:
    """What one pass did: reminders planned and skipped, mails sent and failed for good."""

    planned: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def run(stopping: Callable[[], bool] = lambda: False) -> Pass:
    """What the scheduler does every minute: what the calendars have to be told, then the reminders;
    both leave by the same outbox. The figures are those of the reminders."""
    plan_calendars(stopping)
    return tick(stopping)


def plan_calendars(stopping: Callable[[], bool] = lambda: False) -> int:
    """Queue the calendar mails of every organizer; returns how many."""
    queued = 0
    for organizer_id in _organizer_ids():
        if stopping():
            break
        try:
            queued += reconcile(organizer_id)
        except Exception:  # one organizer's trouble is not the others'
            db.session.rollback()
            log("calendars failed", logging.ERROR, exc_info=True, organizer=organizer_id)
    if queued:
        log("calendar mails queued", number=queued)
    return queued


def _organizer_ids() -> Sequence[int]:
    with reading_only():
        ids = db.session.scalars(sa.select(Organizer.id).order_by(Organizer.id)).all()
        db.session.commit()
    return ids


def tick(stopping: Callable[[], bool] = lambda: False) -> Pass:
    """Plan what is due for every organizer, then send what can be sent. May run in any number of
    processes at once, and be killed at any moment. Without a mail server the mails stay where they
    are."""
    result = Pass()
    # Not in the same order in every process: several then share the planning of a large morning.
    organizer_ids = _organizer_ids()
    for organizer_id in random.sample(organizer_ids, len(organizer_ids)):
        if stopping():
            return result
        try:
            planned = plan(organizer_id)
        except Exception:  # one organizer's trouble is not the others'
            db.session.rollback()
            log("planning failed", logging.ERROR, exc_info=True, organizer=organizer_id)
            continue
        result.planned += planned.planned
        result.skipped += planned.skipped
    OutgoingMail.drop_expired_links()
    server = settings().smtp
    if server is not None:
        sent = send_waiting(server, stopping)
        result.sent, result.failed = sent.sent, sent.failed
        result.skipped += sent.skipped
    return result
