"""What the mail around a calendar object says, for those who read it as a mail."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage

import sqlalchemy as sa
from flask import current_app

from tracker.calendars.models import CalendarEntry, CalendarNews, CalendarNotice
from tracker.calendars.occasions import Occasion
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    DialogueMove,
    DialogueState,
    DialogueUnit,
    JoinedDialogue,
    MailKind,
    MoveKind,
    OutgoingMail,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolUnit,
)
from tracker.organisation.roles import LEADERS
from tracker.web.security import external_url
from tracker.web.swedish import date_long, datetime_long, time_short

SUBJECT_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Shown:
    """What the recipient's calendar shows of the dialogue so far; nothing said: that is not certain,
    since a mail was taken back that waited to be sent."""

    starts_at: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What the templates of email/calendar read."""

    first_name: str
    news: CalendarNews
    title: str
    intro: str
    when: str
    before: str = ""
    """The time that held until now, where it is another."""
    reason: str = ""
    place: str = ""
    participants: str = ""
    url: str = ""
    propose_url: str = ""

    @property
    def subject(self) -> str:
        is_plain = self.news is CalendarNews.INVITED
        text = self.title if is_plain else f"{self.news.label}: {self.title}"
        text = " ".join(f"{text}, {self.when}".split())
        return text if len(text) <= SUBJECT_LENGTH else f"{text[: SUBJECT_LENGTH - 1].rstrip()}…"

    @property
    def for_others(self) -> "Words":
        """What who manages the mails reads of it: which dialogue, of which units, and when. What somebody
        wrote is for those who are in the dialogue."""
        return replace(self, reason="", place="", participants="")


def calendar_mail(
    entry: CalendarEntry, occasion: Occasion | None, shown: Shown | None, calendar: str
) -> CalendarNotice:
    """The mail that carries the object, in the row that tells of it. `occasion` is None when the
    dialogue leaves the calendar, `shown` when the person has not heard of it before."""
    words = _of_invitation(entry, occasion, shown) if occasion else _of_cancellation(entry)
    mail = OutgoingMail(
        organizer_id=entry.organizer_id,
        recipient_id=entry.recipient_id,
        kind=MailKind.CALENDAR,
        to_address=entry.recipient.email,
        to_name=entry.recipient.name,
        subject=words.subject,
        text=_rendered("body.txt", words),
        html=_rendered("body.html", words),
        shown=_rendered("body.txt", words.for_others),
        calendar=calendar,
    )
    return CalendarNotice(
        organizer_id=entry.organizer_id,
        dialogue_id=entry.dialogue_id,
        mail=mail,
        news=words.news,
        sequence=entry.sequence,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
    )


def _rendered(name: str, words: Words) -> str:
    # Not by render_template, which would ask who is signed in.
    return current_app.jinja_env.get_template(f"email/calendar/{name}").render(words=words)


def _of_invitation(entry: CalendarEntry, occasion: Occasion, shown: Shown | None) -> Words:
    news, what, before, reason = CalendarNews.INVITED, "Du är inbjuden till", "", ""
    if shown is not None and shown.cancelled:
        news = CalendarNews.RESUMED
        what = "Den här dialogen blir av, och ligger i din kalender igen:"
    elif shown is not None and shown.starts_at not in (None, occasion.starts_at):
        news, what = CalendarNews.MOVED, "Ny tid för"
        before = datetime_long(shown.starts_at)
        reason = _reason(entry.dialogue_id, MoveKind.MOVED)
    elif shown is not None:
        news, what = CalendarNews.CHANGED, "Så här gäller nu för"
    proposes = entry.recipient_id not in occasion.lead_ids
    return Words(
        first_name=occasion.people[entry.recipient_id].first_name,
        news=news,
        title=occasion.title,
        intro=f"{what} {occasion.title}.",
        when=_when(occasion.starts_at, occasion.ends_at),
        before=before,
        reason=reason,
        place=occasion.place,
        participants=occasion.participants,
        url=external_url("dialogues.show", dialogue_id=occasion.dialogue_id),
        propose_url=external_url("dialogues.propose", dialogue_id=occasion.dialogue_id)
        if proposes
        else "",
    )


def _of_cancellation(entry: CalendarEntry) -> Words:
    state = db.session.scalar(
        sa.select(QualityDialogue.state).where(QualityDialogue.id == entry.dialogue_id)
    )
    news, reason = CalendarNews.LEFT, ""
    if state is None:
        intro, reason = _why_gone(entry)
    elif state is DialogueState.CANCELLED:
        news, intro = CalendarNews.CANCELLED, f"{entry.title} är inställd."
        if _still_takes_part(entry, entry.dialogue_id):
            reason = _reason(entry.dialogue_id, MoveKind.CANCELLED)
    else:
        intro = (
            f"Du är inte längre med i {entry.title}. Det följer av vilka som är rektor och "
            "dialogansvarig enligt Varvet."
        )
    return Words(
        first_name=entry.recipient.name.split()[0],
        news=news,
        title=entry.title,
        intro=intro,
        when=_when(entry.starts_at, entry.ends_at),
        reason=reason,
    )


def _why_gone(entry: CalendarEntry) -> tuple[str, str]:
    """Of a dialogue that is there no longer: what became of it, and why somebody joined it with another,
    where that was asked and the person is in the other."""
    joined = JoinedDialogue.of(entry.organizer_id, entry.dialogue_id)
    if joined is None:
        return f"{entry.title} finns inte längre.", ""
    if not _still_takes_part(entry, joined.dialogue_id):
        return f"{entry.title} har gått upp i en annan dialog, som du inte är med i.", ""
    into = joined.dialogue
    intro = f"{entry.title} har gått upp i {into.kind.label}: {into.unit_names}."
    if into.is_ahead:
        intro = f"{intro} Den har du en egen inbjudan till."
    return intro, joined.reason


def _still_takes_part(entry: CalendarEntry, dialogue_id: int) -> bool:
    """Whether the person would be in the dialogue by the roles of today: why it was called off is for
    them alone."""
    units = (
        sa.select(DialogueUnit.unit_id)
        .where(DialogueUnit.dialogue_id == dialogue_id)
        .scalar_subquery()
    )
    areas = sa.select(SchoolUnit.area_id).where(SchoolUnit.id.in_(units)).scalar_subquery()
    role = RoleAssignment
    covers = sa.or_(
        role.unit_id.in_(units),
        role.area_id.in_(areas),
        sa.and_(role.unit_id.is_(None), role.area_id.is_(None)),
    )
    held = sa.exists().where(
        role.user_id == entry.recipient_id,
        role.organizer_id == entry.organizer_id,
        role.role.in_([*LEADERS, Role.DIALOGUE_LEAD]),
        role.held_on(today()),
        covers,
    )
    return bool(db.session.scalar(sa.select(held)))


def _when(starts_at: datetime, ends_at: datetime) -> str:
    return f"{date_long(starts_at)} kl. {time_short(starts_at)}–{time_short(ends_at)}"


def _reason(dialogue_id: int, kind: MoveKind) -> str:
    """Why it was moved or cancelled last, as the one who did it wrote."""
    latest = db.session.scalar(
        sa.select(DialogueMove)
        .where(DialogueMove.dialogue_id == dialogue_id)
        .order_by(DialogueMove.at.desc(), DialogueMove.id.desc())
        .limit(1)
    )
    return latest.reason if latest is not None and latest.kind is kind else ""


def attach(message: EmailMessage, calendar: str) -> None:
    """Add the object as the last alternative of the mail, which is the one that calendar programs take.
    Its method stands in the header too: Outlook looks for it there."""
    method = next(line for line in calendar.splitlines() if line.startswith("METHOD:"))
    message.add_alternative(
        calendar.encode(),
        maintype="text",
        subtype="calendar",
        cte="base64",  # no relay breaks its lines anew
        params={"charset": "utf-8", "method": method.removeprefix("METHOD:")},
    )
