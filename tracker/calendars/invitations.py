"""The mails that keep people's calendars true.

A pass of the scheduler compares how things stand (the placed dialogues ahead, and who takes part in
them today) with what each calendar was told last, and queues a mail for each difference. It asks
nobody what happened: a move, a vacancy, a new rektor, a joined dialogue and a unit that closes are all
the same to it. What is over is left alone.

People correct dates. A change is told when the dialogue has been at rest for REST; moved three times
within that time it gives one mail, and placed and cancelled none. Where the dialogue begins within
SOON there is no time to wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tracker.audit.actions import Action
from tracker.calendars.ics import Told, cancellation, invitation, uid_of
from tracker.calendars.mails import Shown, calendar_mail
from tracker.calendars.models import CalendarEntry, CalendarNews, CalendarNotice
from tracker.calendars.occasions import Occasion, occasions
from tracker.clock import now
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    AuditEventUnit,
    DialogueUnit,
    MailState,
    Organizer,
    OutgoingMail,
    QualityDialogue,
)
from tracker.organisation.staffing import Staffing

REST = timedelta(minutes=10)
"""Long enough to notice a slip and put it right, short enough to see the entry before the meeting about
the dates is over."""
SOON = timedelta(hours=1)

NEWER = "Ersattes av ett nyare mejl om samma dialog"
NEVER_TOLD = "Dialogen ställdes in innan inbjudan hade skickats"
OVER = "Dialogen var redan slut"

ABOUT_A_DIALOGUE = (
    Action.DIALOGUE_PLACED,
    Action.DIALOGUE_MOVED,
    Action.DIALOGUE_CHANGED,
    Action.DIALOGUE_CANCELLED,
    Action.DIALOGUE_RESUMED,
    Action.DIALOGUES_JOINED,
    Action.DIALOGUE_SPLIT,
    Action.DIALOGUE_PARTED,
    Action.DIALOGUE_UNIT_LEFT,
)
MAY_END_ANOTHER = (Action.DIALOGUES_JOINED, Action.DIALOGUE_UNIT_LEFT)
ABOUT_A_ROLE = (Action.ROLE_GIVEN, Action.ROLE_CHANGED, Action.ROLE_ENDED)


@dataclass(frozen=True, slots=True)
class Difference:
    """A calendar that does not show how things stand."""

    dialogue_id: int
    person_id: int
    occasion: Occasion | None
    """What it is to show; None: that the dialogue is not in it."""
    entry: CalendarEntry | None
    """What it was told last."""

    @property
    def begins_first(self) -> datetime:
        """The sooner of the time that holds and the one in the calendar, as far as they lie ahead."""
        starts = [row.starts_at for row in (self.occasion, self.entry) if row is not None]
        return min((start for start in starts if start > now()), default=now())


def reconcile(organizer_id: int) -> int:
    """Queue what the organizer's calendars have to be told; returns how many mails. Commits for each
    dialogue. May run in several processes: the organizer's row is the lock they take turns by."""
    with reading_only():
        found = {row.dialogue_id for row in _differences(organizer_id)}
        late = _too_late(organizer_id)
        db.session.commit()
    for mail_id in late:
        if mail := OutgoingMail.locked(mail_id):
            mail.drop(OVER)
        db.session.commit()
    return sum(_settle(organizer_id, dialogue_id) for dialogue_id in sorted(found))


def _settle(organizer_id: int, dialogue_id: int) -> int:
    """Tell everybody concerned about one dialogue, as it stands now that nobody else is at it."""
    take_turns(organizer_id)
    queued = [tell(organizer_id, row) for row in _differences(organizer_id, dialogue_id)]
    db.session.commit()
    return sum(notice is not None for notice in queued)


def take_turns(organizer_id: int) -> None:
    """Wait until nobody else is telling the organizer's calendars anything; until the commit."""
    db.session.execute(
        # Not FOR UPDATE, which every row that is written for the organizer would wait for.
        sa.select(Organizer.id).where(Organizer.id == organizer_id).with_for_update(key_share=True)
    )


def _differences(organizer_id: int, dialogue_id: int | None = None) -> list[Difference]:
    """Of all the organizer's dialogues, or of one: the differences that have been at rest."""
    moment = now()
    ahead = CalendarEntry.starts_at > moment
    told = sa.select(CalendarEntry.dialogue_id).where(
        CalendarEntry.organizer_id == organizer_id, ~CalendarEntry.cancelled, ahead
    )
    standing = occasions(
        organizer_id,
        Staffing.load(organizer_id),
        sa.or_(QualityDialogue.starts_at > moment, QualityDialogue.id.in_(told)),
        QualityDialogue.id == dialogue_id if dialogue_id else sa.true(),
    )
    entries = {
        (row.dialogue_id, row.recipient_id): row
        for row in db.session.scalars(
            sa.select(CalendarEntry)
            .where(
                CalendarEntry.organizer_id == organizer_id,
                sa.or_(ahead, CalendarEntry.dialogue_id.in_(list(standing))),
                CalendarEntry.dialogue_id == dialogue_id if dialogue_id else sa.true(),
            )
            .order_by(CalendarEntry.id)
            .execution_options(populate_existing=True)
        )
    }
    found = [
        Difference(key, person_id, occasion, entries.get((key, person_id)))
        for key, occasion in standing.items()
        for person_id in occasion.people
        if _is_news(occasion, entries.get((key, person_id)), moment)
    ]
    found += [
        Difference(entry.dialogue_id, entry.recipient_id, None, entry)
        for entry in entries.values()
        if not entry.cancelled
        and entry.starts_at > moment
        and not _takes_part(entry.recipient_id, standing.get(entry.dialogue_id))
    ]
    return _at_rest(organizer_id, found) if found else []


def _is_news(occasion: Occasion, entry: CalendarEntry | None, moment: datetime) -> bool:
    if entry is None or entry.cancelled:
        return occasion.starts_at > moment
    is_ahead = occasion.starts_at > moment or entry.starts_at > moment
    return is_ahead and entry.fingerprint != occasion.fingerprint


def _takes_part(person_id: int, occasion: Occasion | None) -> bool:
    return occasion is not None and person_id in occasion.people


def _at_rest(organizer_id: int, found: list[Difference]) -> list[Difference]:
    """Those that nobody has just been at: neither at the dialogue's time, place or units, nor at who
    leads one of its units. A rektor is followed by another in two steps."""
    touched: set[int] = set()
    units: set[int] = set()
    everywhere = one_has_ended = False
    for action, subject_id, unit_id in db.session.execute(
        sa.select(AuditEvent.action, AuditEvent.subject_id, AuditEventUnit.unit_id)
        .outerjoin(AuditEventUnit, AuditEventUnit.event_id == AuditEvent.id)
        .where(
            AuditEvent.organizer_id == organizer_id,
            AuditEvent.at > now() - REST,
            AuditEvent.at <= now(),
            AuditEvent.action.in_(ABOUT_A_DIALOGUE + ABOUT_A_ROLE),
        )
    ):
        if action in ABOUT_A_ROLE and unit_id is None:
            everywhere = (
                True  # for an area, or for all: whose units they are does not matter for minutes
            )
        elif action in ABOUT_A_ROLE:
            units.add(unit_id)
        else:
            touched.add(subject_id)
            one_has_ended |= action in MAY_END_ANOTHER
    existing: set[int] = set()
    ids = {row.dialogue_id for row in found}
    led_anew: set[int] = set()
    if units:
        led_anew = set(
            db.session.scalars(
                sa.select(DialogueUnit.dialogue_id).where(
                    DialogueUnit.dialogue_id.in_(ids), DialogueUnit.unit_id.in_(units)
                )
            )
        )
    if one_has_ended:
        existing = set(
            db.session.scalars(sa.select(QualityDialogue.id).where(QualityDialogue.id.in_(ids)))
        )

    def waits(row: Difference) -> bool:
        if row.begins_first <= now() + SOON:
            return False
        if everywhere or row.dialogue_id in touched or row.dialogue_id in led_anew:
            return True
        return row.occasion is None and one_has_ended and row.dialogue_id not in existing

    return [row for row in found if not waits(row)]


def tell(organizer_id: int, difference: Difference) -> CalendarNotice | None:
    """Queue the mail that puts the calendar right, in place of one that still waits; None when the
    person never heard of the dialogue and need not hear of its end."""
    entry, occasion = difference.entry, difference.occasion
    shown = None
    if entry is not None:
        waited = _take_back(entry, NEWER if occasion or entry.reached else NEVER_TOLD)
        if entry.reached:
            shown = Shown() if waited else _shown(entry, occasion)
    if occasion is None:
        assert entry is not None
        entry.cancelled, entry.told_at = True, now()
        if not entry.reached or entry.recipient.closed_at is not None:
            return None
        entry.sequence += 1
    else:
        entry = _brought_up_to_date(organizer_id, difference.person_id, entry, occasion)
    db.session.flush()
    told = Told(entry.uid, entry.sequence, entry.told_at)
    if occasion is not None:
        calendar = invitation(occasion, told)
    else:
        person = entry.recipient
        calendar = cancellation(
            told, entry.title, entry.starts_at, entry.ends_at, person.email, person.name
        )
    notice = calendar_mail(entry, occasion, shown, calendar)
    db.session.add(notice)
    db.session.flush()
    entry.mail_id = notice.mail_id
    return notice


def _shown(entry: CalendarEntry, occasion: Occasion | None) -> Shown | None:
    """What the calendar shows after the mails that have gone; None: the very same as is told again.
    What was refused is not in it, but what went before that."""
    if entry.mail is None or entry.mail.state is not MailState.FAILED:
        is_the_same = occasion is not None and occasion.fingerprint == entry.fingerprint
        if is_the_same and not entry.cancelled:
            return None
        return Shown(entry.starts_at, entry.cancelled)
    last = db.session.scalar(
        sa.select(CalendarNotice)
        .join(OutgoingMail, OutgoingMail.id == CalendarNotice.mail_id)
        .where(
            CalendarNotice.dialogue_id == entry.dialogue_id,
            OutgoingMail.recipient_id == entry.recipient_id,
            OutgoingMail.state == MailState.SENT,
        )
        .order_by(CalendarNotice.sequence.desc())
        .limit(1)
    )
    if last is None:
        return Shown()
    return Shown(last.starts_at, last.news in (CalendarNews.CANCELLED, CalendarNews.LEFT))


def _brought_up_to_date(
    organizer_id: int, person_id: int, entry: CalendarEntry | None, occasion: Occasion
) -> CalendarEntry:
    if entry is None:
        entry = CalendarEntry(
            organizer_id=organizer_id,
            dialogue_id=occasion.dialogue_id,
            recipient_id=person_id,
            uid=_uid(occasion.dialogue_id),
            sequence=0,
        )
        db.session.add(entry)
    else:
        entry.sequence += 1
    entry.title, entry.fingerprint = occasion.title, occasion.fingerprint
    entry.starts_at, entry.ends_at = occasion.starts_at, occasion.ends_at
    entry.cancelled, entry.told_at = False, now()
    return entry


def _uid(dialogue_id: int) -> str:
    """What the others' calendars know it by, should SECRET_KEY or BASE_URL have changed since."""
    known = sa.select(CalendarEntry.uid).where(CalendarEntry.dialogue_id == dialogue_id).limit(1)
    return db.session.scalar(known) or uid_of(dialogue_id)


def _take_back(entry: CalendarEntry, reason: str) -> bool:
    """Keep the newest mail from being sent, and say so; False when it was not there to be kept. Once a
    server has been asked to take it, nobody knows for certain that it did not."""
    if entry.mail_id is None:
        return False
    mail = OutgoingMail.locked(entry.mail_id)
    if mail is not None:
        entry.reached = entry.reached or mail.attempts > 0
        mail.drop(reason)
        return True
    state = db.session.scalar(sa.select(OutgoingMail.state).where(OutgoingMail.id == entry.mail_id))
    if state not in (MailState.DROPPED, MailState.FAILED):
        entry.reached = True
    return False


def _too_late(organizer_id: int) -> Sequence[int]:
    """The first invitations that still wait although the dialogue is over: there was no mail server."""
    return db.session.scalars(
        sa.select(OutgoingMail.id)
        .join(CalendarEntry, CalendarEntry.mail_id == OutgoingMail.id)
        .where(
            OutgoingMail.state == MailState.QUEUED,
            OutgoingMail.organizer_id == organizer_id,
            CalendarEntry.ends_at <= now(),
            ~CalendarEntry.reached,
        )
    ).all()


def why_pointless(mail: OutgoingMail) -> str:
    """Why a mail that is about to be sent should not be, in Swedish; empty when it should. Who has an
    older time in the calendar is told the right one, late as it is; only a first invitation to what is
    over is of no use."""
    entry = db.session.scalar(sa.select(CalendarEntry).where(CalendarEntry.mail_id == mail.id))
    if entry is None:
        return NEWER
    return OVER if entry.ends_at <= now() and not entry.reached else ""
