"""The forms of a check-in: the short page it is written on, and the interval."""

from typing import Any

from wtforms import IntegerField
from wtforms.validators import StopValidation

from tracker.checkins.interval import MOST_DAYS
from tracker.web.fields import Day, FreeText, Optional, Rows, required
from tracker.web.forms import VersionedForm
from tracker.web.once import OnceForm

TEXT_LENGTH = 5_000


class Ticks(Rows):
    """Rows of which some may be gone when the form comes back: what is no longer there is left out."""

    def pre_validate(self, form: Any) -> None:
        allowed = {value for value, *_ in self.choices}
        self.data = [value for value in self.data or () if value in allowed]


class _CheckInFields:
    units = Rows("Enheter", validators=[required("Välj minst en enhet.")])
    situation = FreeText("Läget", [Optional()], max_length=TEXT_LENGTH)
    obstacles = FreeText("Hinder", [Optional()], max_length=TEXT_LENGTH)
    support = FreeText("Stöd som behövs", [Optional()], max_length=TEXT_LENGTH)
    measures = Ticks("Åtgärder ni talade om")
    held_on = Day("Dag", [required("Ange dagen för avstämningen.")])
    next_on = Day("Nästa avstämning", [Optional()])

    def values(self) -> dict[str, Any]:
        """The texts and days, by the names that the model's verbs take."""
        names = ("situation", "obstacles", "support", "held_on", "next_on")
        return {name: self[name].data for name in names if name in self}  # type: ignore[index,operator]


class CheckInForm(_CheckInFields, OnceForm):
    """A new one. What is open since before is ticked off in it."""

    solved_obstacles = Ticks("Hinder sedan tidigare: är något löst?")
    solved_support = Ticks("Stöd ni har frågat om: är något löst?")


class CorrectionForm(_CheckInFields, VersionedForm):
    """One that is there."""


class IntervalField(IntegerField):
    """A whole number of days from 0 to MOST_DAYS."""

    def process_formdata(self, values: list[str]) -> None:
        if not values:
            return
        self.data = None
        text = values[0].strip()
        if text.isascii() and text.isdecimal() and len(text) < 4:
            self.data = int(text)

    def pre_validate(self, form: Any) -> None:
        if self.data is None or self.data > MOST_DAYS:
            raise StopValidation(f"Skriv ett antal dagar, 0 till {MOST_DAYS}. 0 betyder aldrig.")


class IntervalForm(VersionedForm):
    check_in_days = IntervalField("Dagar mellan avstämningarna")
