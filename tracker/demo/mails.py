"""The mails of the demo's past: those of the last day on which mails went, so that outbox and ledger have
something to show also on a weekend, on a holiday, in summer and before 07:00."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tracker import clock
from tracker.cycle.workdays import may_send_on, send_moment
from tracker.extensions import db
from tracker.models import MailState, Organizer, OutgoingMail, Reminder, ReminderState
from tracker.notifications.planning import plan


def play_last_mails(moment: datetime) -> None:
    """Let the engine plan, once the story is told, as it did at 07:00 on the last day with mails, and note
    the mails as sent then. Nobody sends them: what is told of the past must not reach anybody now, whatever
    SMTP_URL says. Where mails may go at `moment` itself the first pass of the scheduler makes them. Commits.
    """
    day = clock.local(moment).date()
    if moment >= send_moment(day) and may_send_on(day):
        return
    while moment < send_moment(day) or not may_send_on(day):
        day -= timedelta(days=1)
    db.session.commit()
    with clock.stopped_at(send_moment(day)):
        for organizer_id in db.session.scalars(sa.select(Organizer.id)).all():
            plan(organizer_id)
        waiting = OutgoingMail.state == MailState.QUEUED
        carried = Reminder.mail_id.in_(sa.select(OutgoingMail.id).where(waiting))
        for sent in (
            sa.update(Reminder)
            .where(carried, Reminder.state == ReminderState.PLANNED)
            .values(state=ReminderState.SENT, settled_at=clock.now()),
            sa.update(OutgoingMail)
            .where(waiting)
            .values(state=MailState.SENT, sent_at=clock.now()),
        ):
            db.session.execute(sent, execution_options={"synchronize_session": False})
        db.session.commit()
