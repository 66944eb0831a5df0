"""Which reminders are due: asked of the database anew at every pass, so that nothing is lost when a
pass was missed, and put in the ledger once, however many schedulers run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.clock import local, now, today
from tracker.cycle.workdays import may_send_on, send_day_after, send_day_before, send_moment
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import (
    DialogueMove,
    DialogueState,
    DialogueUnit,
    Measure,
    MeasureState,
    MeasureUnit,
    Organizer,
    OutgoingMail,
    QualityDialogue,
    Reminder,
    ReminderKind,
    ReminderState,
)
from tracker.notifications.sending_days import closed_days
from tracker.notifications.situation import (
    DAY_BEFORE,
    Recipient,
    Situation,
    open_units,
    recipients,
)
from tracker.notifications.writing import LATER_ONE, Decision, Planned, write_for_all
from tracker.organisation.staffing import Person, Staffing

__all__ = ["LATER_ONE", "Planned", "plan", "settle_pointless"]

MISSED_WITHIN = timedelta(days=30)
"""How long after a dialogue the ledger still notes that its reminders were missed."""

FURTHEST_BACK = timedelta(days=30)
"""More than a reminder moves back over weekends, holidays and five ordinary working days."""

IN_A_CLOSURE = "Ingen arbetsdag mellan påminnelsens dag och dialogen"


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose day has come and that is not in the ledger yet."""

    kind: ReminderKind
    subject_id: int
    recipient: Person
    offset_days: int
    date_revision: int
    due_on: date
    in_a_closure: bool = False
    """No working day was left for it."""
    superseded: bool = False
    """A later one about the same date is due as well, or has gone already."""

    @property
    def thread(self) -> tuple[ReminderKind, int, int, int]:
        """What it shares with the earlier and later reminders about the same date."""
        return self.kind, self.subject_id, self.recipient.id, self.date_revision


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
    decisions = [_decide(situation, by_person[person_id]) for person_id in sorted(by_person)]
    write_for_all(situation, decisions, result)
    return result


def settle_pointless(mail: OutgoingMail, situation: Situation) -> int:
    """End the reminders of a mail that have lost their point; returns how many were skipped."""
    skipped = 0
    for reminder in mail.planned_reminders():
        if not situation.knows(reminder.kind, reminder.subject_id):
            continue
        verdict = situation.verdict(
            reminder.kind,
            reminder.subject_id,
            reminder.recipient_id,
            reminder.offset_days,
            reminder.date_revision,
        )
        if verdict is not None:
            reminder.settle(*verdict)
            skipped += verdict[0] is ReminderState.SKIPPED
    db.session.flush()
    return skipped


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


def _decide(situation: Situation, dues: list[Due]) -> Decision:
    """What is to become of one person's reminders."""
    decision = Decision()
    for due in dues:
        verdict = situation.verdict(
            due.kind, due.subject_id, due.recipient.id, due.offset_days, due.date_revision
        )
        if due.in_a_closure:
            verdict = (ReminderState.SKIPPED, IN_A_CLOSURE)
        if verdict is not None:
            decision.ended.append((due, verdict))
        else:
            (decision.superseded if due.superseded else decision.planned).append(due)
    return decision


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
    found = {
        row.mail_id: None
        for row in waiting
        if row.kind is None
        or situation.verdict(
            row.kind, row.subject_id, row.recipient_id, row.offset_days, row.date_revision
        )
    }
    return list(found)


def _due(organizer_id: int) -> list[Due]:
    """Everything whose day has come and that has no row yet; nothing while no mail may go."""
    if now() < send_moment(today()):
        return []
    closed = closed_days(organizer_id)
    if not may_send_on(today(), closed):
        return []
    organizer = db.session.get_one(Organizer, organizer_id)
    ahead = {days for days in organizer.dialogue_reminder_days if days >= 0}
    after = {days for days in organizer.effect_reminder_days if days >= 0}
    dialogues = _placed_dialogues(organizer_id, max(ahead | {DAY_BEFORE}))
    measures = _due_measures(organizer_id)
    if not dialogues and not measures:
        return []
    staffing = Staffing.load(organizer_id)
    return _not_in_the_ledger(
        organizer_id,
        [
            *_before_dialogues(dialogues, staffing, ahead, closed),
            *_after_effects(measures, staffing, after, closed),
        ],
    )


def _placed_dialogues(organizer_id: int, longest_ahead: int) -> Sequence[sa.Row[Any]]:
    """The dialogues that a reminder may be due for, each with the moment when its date was set."""
    date_set_at = (
        sa.select(sa.func.max(DialogueMove.at))
        .where(DialogueMove.dialogue_id == QualityDialogue.id)
        .scalar_subquery()
    )
    horizon = now() + timedelta(days=longest_ahead) + FURTHEST_BACK
    return db.session.execute(
        sa.select(
            QualityDialogue.id,
            QualityDialogue.starts_at,
            QualityDialogue.date_revision,
            date_set_at,
        ).where(
            QualityDialogue.organizer_id == organizer_id,
            QualityDialogue.state != DialogueState.CANCELLED,
            QualityDialogue.starts_at.between(now() - MISSED_WITHIN, horizon),
        )
    ).all()


def _due_measures(organizer_id: int) -> Sequence[sa.Row[Any]]:
    return db.session.execute(
        sa.select(Measure.id, Measure.assess_on, Measure.assess_revision, Measure.decided_at).where(
            Measure.organizer_id == organizer_id,
            Measure.state != MeasureState.PROPOSED,
            Measure.assess_on <= today(),
        )
    ).all()


def _before_dialogues(
    rows: Sequence[sa.Row[Any]],
    staffing: Staffing,
    days_ahead: set[int],
    closed: frozenset[date],
) -> Iterator[Due]:
    units = open_units(DialogueUnit, [row.id for row in rows])
    for dialogue_id, starts_at, revision, set_at in rows:
        if _was_set_since_the_mails_went(set_at):
            continue
        day, over = local(starts_at).date(), starts_at <= now()
        for recipient in recipients(units.get(dialogue_id, ()), staffing).values():
            for offset in _offsets(recipient, days_ahead):
                send_on = send_day_before(day, offset, closed)
                due_on = send_on or day - timedelta(days=offset)
                never_possible = set_at is not None and set_at > send_moment(due_on)
                if due_on > today() or (over and never_possible):
                    continue
                yield Due(
                    ReminderKind.DIALOGUE, dialogue_id, recipient.person, offset, revision, due_on,
                    in_a_closure=send_on is None,
                )  # fmt: skip


def _offsets(recipient: Recipient, days_ahead: set[int]) -> list[int]:
    days = set(days_ahead) if recipient.acts_for_rektor else set()
    if recipient.leads:
        days.add(DAY_BEFORE)
    return sorted(days, reverse=True)


def _after_effects(
    rows: Sequence[sa.Row[Any]],
    staffing: Staffing,
    days_after: set[int],
    closed: frozenset[date],
) -> Iterator[Due]:
    units = open_units(MeasureUnit, [row.id for row in rows])
    for measure_id, assess_on, revision, decided_at in rows:
        if _was_set_since_the_mails_went(decided_at):
            continue
        for recipient in recipients(units.get(measure_id, ()), staffing).values():
            for days in sorted(days_after) if recipient.acts_for_rektor else ():
                due_on = send_day_after(assess_on, days, closed)
                if due_on <= today():
                    yield Due(
                        ReminderKind.EFFECT, measure_id, recipient.person, -days, revision, due_on
                    )


def _was_set_since_the_mails_went(moment: datetime | None) -> bool:
    """What got its date after 07:00 today waits for the next morning: people who set dates correct
    them, and set several after one another."""
    return moment is not None and send_moment(today()) < moment <= now()


def _not_in_the_ledger(organizer_id: int, dues: Iterable[Due]) -> list[Due]:
    """The reminders that have no row yet, each told whether a later one takes its place."""
    dues = list(dues)
    if not dues:
        return []
    latest: dict[tuple[ReminderKind, int, int, int], int] = {}
    known = set()
    for kind, subject_id, recipient_id, offset, revision in db.session.execute(
        sa.select(
            Reminder.kind,
            Reminder.subject_id,
            Reminder.recipient_id,
            Reminder.offset_days,
            Reminder.date_revision,
        ).where(
            Reminder.organizer_id == organizer_id,
            Reminder.subject_id.in_({due.subject_id for due in dues}),
        )
    ):
        thread = (kind, subject_id, recipient_id, revision)
        known.add((thread, offset))
        latest[thread] = min(offset, latest.get(thread, offset))
    new = [due for due in dues if (due.thread, due.offset_days) not in known]
    for due in new:
        if not due.in_a_closure:
            latest[due.thread] = min(due.offset_days, latest.get(due.thread, due.offset_days))
    return [
        replace(due, superseded=due.offset_days > latest.get(due.thread, due.offset_days))
        for due in new
    ]
