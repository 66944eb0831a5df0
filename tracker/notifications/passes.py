"""One pass of the reminder engine."""

import logging
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass

import sqlalchemy as sa

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


def tick(stopping: Callable[[], bool] = lambda: False) -> Pass:
    """Plan what is due for every organizer, then send what can be sent. May run in any number of
    processes at once, and be killed at any moment. Without a mail server the mails stay where they
    are."""
    result = Pass()
    with reading_only():
        organizer_ids = db.session.scalars(sa.select(Organizer.id).order_by(Organizer.id)).all()
        db.session.commit()
    # Not in the same order in every process: several then share the planning of a large morning.
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
