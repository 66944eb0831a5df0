"""Putting what was decided for some people into the ledger and into their mails of the day: in one
transaction for several at a time, and a handful of statements for all of them."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.clock import now
from tracker.extensions import db
from tracker.models import OutgoingMail, Reminder, ReminderState
from tracker.notifications.choosing import LATER_ONE, Decision
from tracker.notifications.digest import Digest
from tracker.notifications.kinds.base import Due
from tracker.notifications.situation import Situation
from tracker.web.logs import log

PEOPLE_AT_A_TIME = 50
"""With ten thousand on a morning, asking for each and waiting for the disk after each took longer than
the rest. No more, since on SQLite everybody else waits with their writing meanwhile."""


@dataclass
class Planned:
    planned: int = 0
    skipped: int = 0


def write_for_all(situation: Situation, decisions: Sequence[Decision], result: Planned) -> None:
    """Write the decisions, each for one person; adds to `result`. Committed."""
    for first in range(0, len(decisions), PEOPLE_AT_A_TIME):
        _write_together(situation, decisions[first : first + PEOPLE_AT_A_TIME], result)


def _write_together(situation: Situation, decisions: Sequence[Decision], result: Planned) -> None:
    """In one transaction; where one of them stumbles, each in a transaction of its own, and that one
    not at all in this pass."""
    try:
        planned, skipped = _write(situation, decisions)
        db.session.commit()
    except Exception:
        db.session.rollback()
        if len(decisions) == 1:
            log("planning failed for a person", logging.ERROR, exc_info=True)
        else:
            for decision in decisions:
                _write_together(situation, [decision], result)
        return
    result.planned += planned
    result.skipped += skipped


def _write(situation: Situation, decisions: Sequence[Decision]) -> tuple[int, int]:
    """How many reminders were planned, and how many noted as skipped."""
    organizer_id = situation.organizer_id
    people = [row.planned[0].recipient for row in decisions if row.planned]
    mails = OutgoingMail.of_the_day_for(organizer_id, people)
    rows: list[dict[str, Any]] = []
    for decision in decisions:
        rows += [_row(organizer_id, due, *verdict) for due, verdict in decision.ended]
        if decision.planned:
            mail = mails.get(decision.planned[0].recipient.id)
            if mail is None:  # today's mail has gone or is on its way: the rest waits for the next
                continue
            rows += [_row(organizer_id, due, mail_id=mail.id) for due in decision.planned]
        rows += [
            _row(organizer_id, due, ReminderState.SKIPPED, LATER_ONE) for due in decision.superseded
        ]
    Reminder.make_way([_row(organizer_id, due) for due in _dues_of(decisions) if due.anew])
    new = Reminder.insert_all(rows)
    skipped = sum(row.state is ReminderState.SKIPPED for row in new)
    carried: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in new:
        if reminder.mail_id is not None:
            carried[reminder.mail_id].append(reminder)
    for decision in decisions:
        mail = mails.get(decision.planned[0].recipient.id) if decision.planned else None
        if mail is None:
            continue
        mail.read_along(carried[mail.id])
        for due in decision.planned:
            skipped += mail.supersede(due.kind, due.subject_id, due.offset_days, LATER_ONE)
        Digest.of(mail, situation).write_into(mail)
        mail.forget_what_was_read()
    return sum(len(reminders) for reminders in carried.values()), skipped


def _dues_of(decisions: Sequence[Decision]) -> Iterator[Due]:
    for decision in decisions:
        yield from (due for due, _ in decision.ended)
        yield from decision.planned
        yield from decision.superseded


def _row(
    organizer_id: int,
    due: Due,
    state: ReminderState = ReminderState.PLANNED,
    reason: str = "",
    mail_id: int | None = None,
) -> dict[str, Any]:
    return {
        "organizer_id": organizer_id,
        "kind": due.kind,
        "subject_id": due.subject_id,
        "recipient_id": due.recipient.id,
        "offset_days": due.offset_days,
        "date_revision": due.date_revision,
        "due_on": due.due_on,
        "state": state,
        "reason": reason,
        "mail_id": mail_id,
        "again": 0,
        "created_at": now(),
        "settled_at": None if state is ReminderState.PLANNED else now(),
    }
