"""The forms of a dialogue: its time, rektor's area, the organizer's areas, questions, a proposal of another time."""

from datetime import date, datetime

from tracker import clock
from tracker.dialogues.moves import USUAL_LENGTH
from tracker.models import SchoolYear
from tracker.web.fields import Clock, Day, FreeLine, FreeText, MaybeRow, Optional, required
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

    @property
    def starts_at(self) -> datetime:
        return clock.at(self.day.data, self.start_time.data)

    @property
    def ends_at(self) -> datetime:
        """An hour and a half after the start when no end is given."""
        if self.end_time.data is None:
            return self.starts_at + USUAL_LENGTH
        return clock.at(self.day.data, self.end_time.data)

    def allows(self, standing: datetime | None, year: SchoolYear) -> bool:
        """Whether day and hours hold together; puts errors at the fields. A new start must lie ahead,
        and in the läsår or soon after it; the one that is `standing` may stay although it does not."""
        if self.ends_at <= self.starts_at:
            self.refuse("end_time", "Sluttiden måste vara senare än starttiden samma dag.")
        elif self.starts_at != standing and self.starts_at <= clock.now():
            self.refuse("day", "Den tiden har redan passerat. Välj en dag och tid som kommer.")
        elif self.starts_at != standing and not _lies_in(year, self.day.data):
            self.refuse(
                "day",
                f"Dagen hör inte till läsåret {year.label}. Välj en dag från "
                f"{date_medium(year.first_day)} till {date_medium(last_day_to_meet(year))}.",
            )
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


class RegroupForm(Form):
    """For joining and splitting where a dialogue loses its time by it."""

    reason = FreeText(
        "Varför ändras tiden?",
        [required("Skriv varför tiden ändras.")],
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
        if self.starts_at <= clock.now():
            self.refuse("day", "Den tiden har redan passerat. Föreslå en dag och tid som kommer.")
        return not self.errors
