"""The forms of a dialogue: its time, rektor's area, the organizer's areas, questions, a proposal of another time."""

from collections.abc import Sequence
from datetime import date, datetime

from wtforms import StringField
from wtforms.widgets import HiddenInput

from tracker import clock
from tracker.dialogues.diary import digest_of
from tracker.dialogues.moves import USUAL_LENGTH, WHY_MOVED
from tracker.models import SchoolYear
from tracker.web.fields import (
    FIRST_YEAR,
    LAST_YEAR,
    Clock,
    Day,
    FreeLine,
    FreeText,
    MaybeRow,
    Optional,
    required,
)
from tracker.web.forms import Form, VersionedForm
from tracker.web.swedish import date_medium

NOTE_LENGTH = 1_000
"""Reasons, words on the way and lists of people."""
QUESTION_LENGTH = 2_000


class PlaceForm(VersionedForm):
    """Day and hours as the clocks in Sweden show them."""

    day = Day("Dag", [required("Välj en dag.")])
    start_time = Clock("Börjar", [required("Skriv när dialogen börjar.")])
    end_time = Clock("Slutar", [Optional()])
    place = FreeLine("Plats", [Optional()])
    participants = FreeText("Fler som deltar", [Optional()], max_length=NOTE_LENGTH)
    reason = FreeText("Varför ändras tiden?", [Optional()], max_length=NOTE_LENGTH)
    seen = StringField(widget=HiddenInput())
    """Of which doubts the page has told; see `digest_of`."""
    asks = False
    """Whether the page that is shown asks about doubts, and nothing else is wrong."""

    @property
    def starts_at(self) -> datetime:
        return clock.at(self.day.data, self.start_time.data)

    @property
    def ends_at(self) -> datetime:
        """An hour and a half after the start when no end is given."""
        if self.end_time.data is None:
            return self.starts_at + USUAL_LENGTH
        return clock.at(self.day.data, self.end_time.data)

    @property
    def time(self) -> tuple[datetime, datetime] | None:
        """The time that the fields say, stored or typed; None without one that can be read."""
        if self.day.data is None or self.start_time.data is None or self.end_time.process_errors:
            return None
        if not FIRST_YEAR <= self.day.data.year <= LAST_YEAR:
            return None
        return (self.starts_at, self.ends_at) if self.ends_at > self.starts_at else None

    def has_told(self, doubts: Sequence[str]) -> bool:
        """Whether the page that was sent showed just these doubts about just this time; or there are none."""
        if not doubts or self.time is None:
            return not doubts
        return bool(self.seen.data == digest_of(*self.time, doubts))

    def tell(self, doubts: Sequence[str]) -> None:
        """The page that is shown next tells of them: saved once more, the time is meant."""
        if self.time is not None:
            self.seen.data = digest_of(*self.time, doubts)
            self.seen.raw_data = None

    def ask(self, doubts: Sequence[str]) -> None:
        """Show the doubts among the errors, unless the page has told of them already."""
        if not self.has_told(doubts):
            self.asks = not self.errors
            self.errors_title = (
                "Inget är sparat än. Stämmer tiden?" if self.asks else self.errors_title
            )
            self.refuse("seen", f"Tänk på: {' '.join(doubts)}")
        self.tell(doubts)

    def allows(self, standing: datetime | None, year: SchoolYear) -> bool:
        """Whether day and hours hold together; puts errors at the fields. A new start must lie ahead or
        be one of today's, as when people meet and somebody notes it, and in the läsår or soon after it;
        the one that is `standing` may stay although it does not. Moving asks for a reason."""
        if self.ends_at <= self.starts_at:
            self.refuse("end_time", "Sluttiden måste vara senare än starttiden samma dag.")
        elif self.starts_at == standing:
            pass
        elif self.day.data < clock.today():
            self.refuse("day", "Den dagen har redan passerat. Välj i dag eller en dag som kommer.")
        elif not _lies_in(year, self.day.data):
            self.refuse(
                "day",
                f"Dagen hör inte till läsåret {year.label}. Välj en dag från "
                f"{date_medium(year.first_day)} till {date_medium(last_day_to_meet(year))}.",
            )
        elif standing is not None and not self.reason.data:
            self.refuse("reason", WHY_MOVED)
        return not self.errors


def _lies_in(year: SchoolYear, day: date) -> bool:
    return year.first_day <= day <= last_day_to_meet(year)


def last_day_to_meet(year: SchoolYear) -> date:
    """A dialogue may be held two months after its läsår, when it was put off."""
    return date(year.last_day.year, 8, 31)


class CancelForm(Form):
    reason = FreeText(
        "Varför ställs dialogen in?",
        [required("Skriv varför dialogen ställs in.")],
        max_length=NOTE_LENGTH,
    )


class JoinForm(Form):
    """Where one of the two dialogues loses its time by it."""

    reason = FreeText(
        "Varför slås dialogerna ihop?",
        [required("Skriv varför dialogerna slås ihop.")],
        max_length=NOTE_LENGTH,
    )


class SplitForm(Form):
    """Where the unit loses its time by it."""

    reason = FreeText(
        "Varför får enheten en egen dialog?",
        [required("Skriv varför enheten får en egen dialog.")],
        max_length=NOTE_LENGTH,
    )


class TopicForm(VersionedForm):
    """Rektor's area. `version` is that of the area she saw, 0 when none was chosen."""

    area_id = MaybeRow("Område", empty="Ett eget område, som jag skriver här nedanför")
    title = FreeLine("Eget område", [Optional()])
    text = FreeText("Vad vill du fördjupa?", [Optional()])

    def allows(self) -> bool:
        if self.area_id.data is None and not self.title.data:
            self.refuse(
                "title", "Välj ett utvecklingsområde, eller skriv vad ditt område handlar om."
            )
        elif self.area_id.data is not None and self.title.data:
            self.refuse(
                "title",
                "Välj ett utvecklingsområde eller skriv ett eget, inte båda. Ska det vara det du har "
                "skrivit väljer du ”Ett eget område” i listan.",
            )
        return not self.errors


class OrganizersTopicForm(VersionedForm):
    title = FreeLine("Område", [required("Skriv vad området handlar om.")])
    text = FreeText("Vad vi ser", [required("Skriv vad ni ser, så att rektor kan förbereda sig.")])


class AskForm(Form):
    text = FreeText("Din fråga", [required("Skriv vad du vill fråga.")], max_length=QUESTION_LENGTH)


class AnswerForm(VersionedForm):
    answer = FreeText("Svar", [required("Skriv ett svar.")])


class KeepTimeForm(Form):
    text = FreeText("Några ord om varför", [Optional()], max_length=NOTE_LENGTH)


class ProposalForm(Form):
    day = Day("Dag", [required("Välj en dag.")])
    start_time = Clock("Börjar", [required("Skriv när dialogen skulle börja.")])
    text = FreeText("Några ord om varför", [Optional()], max_length=NOTE_LENGTH)

    @property
    def starts_at(self) -> datetime:
        return clock.at(self.day.data, self.start_time.data)

    def allows(self) -> bool:
        if self.day.data < clock.today():
            self.refuse("day", "Den dagen har redan passerat. Föreslå en dag som kommer.")
        elif self.starts_at <= clock.now():
            self.refuse("start_time", "Klockslaget har redan passerat. Föreslå en tid som kommer.")
        return not self.errors
