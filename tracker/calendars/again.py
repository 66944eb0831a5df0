"""Skicka igen: what a person's calendar is to show of a dialogue, once more because somebody asks.

What goes is what is true now, whatever the earlier mail said: the time that holds, or that the dialogue
is not in the calendar any longer."""

from datetime import datetime

import sqlalchemy as sa

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.calendars.invitations import Difference, take_turns, tell
from tracker.calendars.models import CalendarEntry, CalendarNotice
from tracker.calendars.occasions import occasions
from tracker.clock import local, now, today
from tracker.extensions import db
from tracker.models import MailState, OutgoingMail, QualityDialogue, User
from tracker.notifications.again import MOST_A_DAY, NotSentAgain, earliest
from tracker.organisation.staffing import Staffing

MAY_GO_AGAIN = (MailState.SENT, MailState.FAILED)


def may_go_again(notice: CalendarNotice) -> bool:
    """Whether a button is of use at this mail, if it is the newest: it went or was refused, and what it
    told of lies ahead."""
    return notice.mail.state in MAY_GO_AGAIN and notice.starts_at > now()


def send_again(
    notice: CalendarNotice, *, by: User, form_token: str, about: QualityDialogue | None = None
) -> bool:
    """Queue a mail that tells the calendar how things stand; False when this very form has done so
    before. `about`: the dialogue whose history is to tell of it. Raises NotSentAgain."""
    if not form_token:
        raise NotSentAgain("Ladda om sidan och försök igen.")
    organizer_id, token = notice.organizer_id, form_token[:40]
    take_turns(organizer_id)
    entry = db.session.scalar(
        sa.select(CalendarEntry)
        .where(
            CalendarEntry.organizer_id == organizer_id,
            CalendarEntry.dialogue_id == notice.dialogue_id,
            CalendarEntry.recipient_id == notice.mail.recipient_id,
        )
        .execution_options(populate_existing=True)
    )
    if entry is None or entry.mail_id is None:
        raise NotSentAgain("Dialogen finns inte längre i någon kalender.")
    if not entry.recipient.is_active:
        raise NotSentAgain(f"{entry.recipient.name} har inget konto längre.")
    asked = _asked_before(entry)
    if any(row.form_token == token for row in asked):
        return False
    _demand_room(entry, [row.created_at for row in asked])
    occasion = occasions(
        organizer_id, Staffing.load(organizer_id), QualityDialogue.id == entry.dialogue_id
    ).get(entry.dialogue_id)
    if occasion is not None and entry.recipient_id not in occasion.people:
        occasion = None
    if (occasion or entry).starts_at <= now():
        raise NotSentAgain("Dialogen hade redan börjat.")
    told = tell(organizer_id, Difference(entry.dialogue_id, entry.recipient_id, occasion, entry))
    if told is None:
        raise NotSentAgain(
            f"Mejlet behövs inte längre: dialogen ligger inte i kalendern hos {entry.recipient.name}."
        )
    told.asked_by_name, told.form_token = by.name, token
    told.mail.next_try_at = earliest()
    record(
        Action.CALENDAR_SENT_AGAIN,
        about or notice,
        by=by,
        units=about.units if about is not None else (),
        about=entry.title,
        person=entry.recipient.name,
    )
    return True


def _asked_before(entry: CalendarEntry) -> list[sa.Row[tuple[str, datetime]]]:
    """(form_token, created_at) of what has been sent again of this entry."""
    return list(
        db.session.execute(
            sa.select(CalendarNotice.form_token, OutgoingMail.created_at)
            .join(OutgoingMail, OutgoingMail.id == CalendarNotice.mail_id)
            .where(
                CalendarNotice.dialogue_id == entry.dialogue_id,
                OutgoingMail.recipient_id == entry.recipient_id,
                CalendarNotice.asked_by_name.is_not(None),
            )
        )
    )


def _demand_room(entry: CalendarEntry, asked_at: list[datetime]) -> None:
    """One at a time, and a few a day, whoever asks, as for reminders."""
    state = db.session.scalar(sa.select(OutgoingMail.state).where(OutgoingMail.id == entry.mail_id))
    if state is MailState.QUEUED:
        raise NotSentAgain("Ett mejl om dialogen är redan på väg.")
    if state not in MAY_GO_AGAIN:
        raise NotSentAgain("Bara ett mejl som har gått, eller inte kunde skickas, skickas igen.")
    if sum(local(moment).date() == today() for moment in asked_at) >= MOST_A_DAY:
        raise NotSentAgain("Inbjudan har skickats igen tre gånger i dag. Ring hellre.")
