"""The läsår, its periods, the reminders, and the phase that somebody sets by hand."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wtforms.validators import ValidationError

from tracker.cycle.calendar import PeriodKind, Phase
from tracker.models import CalendarPeriod, ReminderKind, SchoolYear
from tracker.notifications.rules import FURTHEST, RULES, Rule
from tracker.web.fields import BooleanField, Day, FreeLine, FreeText, OneOf, Optional, required
from tracker.web.forms import Form, VersionedForm
from tracker.web.swedish import date_medium

LONGEST = {PeriodKind.TERM: 200, PeriodKind.LOV: 80, PeriodKind.CLOSED: 60}
"""Days. A slip of the pen in a date must not make a whole läsår free of reminders."""
MOST_REMINDERS = 6

NO_DAYS = "Skriv minst ett antal dagar, eller ta bort bocken."

_ASK_DAY = "Ange en dag."


class WindowsForm(VersionedForm):
    dialogue1_from = Day("Dialog 1, från", validators=[required(_ASK_DAY)])
    dialogue1_to = Day("Dialog 1, till", validators=[required(_ASK_DAY)])
    dialogue2_from = Day("Dialog 2, från", validators=[required(_ASK_DAY)])
    dialogue2_to = Day("Dialog 2, till", validators=[required(_ASK_DAY)])

    def __init__(self, year: SchoolYear, *args: Any, **kwargs: Any) -> None:
        self._year = year
        super().__init__(*args, **kwargs)

    def _within(self, field: Any) -> None:
        if field.data and not self._year.first_day <= field.data <= self._year.last_day:
            raise ValidationError(
                f"Välj en dag i läsåret: {date_medium(self._year.first_day)} till "
                f"{date_medium(self._year.last_day)}."
            )

    def _not_before(self, first: Any, last: Any, message: str) -> None:
        self._within(last)
        if first.data and last.data and last.data < first.data:
            raise ValidationError(message)

    def validate_dialogue1_from(self, field: Any) -> None:
        self._within(field)

    def validate_dialogue1_to(self, field: Any) -> None:
        self._not_before(self.dialogue1_from, field, "Sista dagen kan inte vara före den första.")

    def validate_dialogue2_from(self, field: Any) -> None:
        self._not_before(self.dialogue1_to, field, "Dialog 2 börjar efter Dialog 1.")

    def validate_dialogue2_to(self, field: Any) -> None:
        self._not_before(self.dialogue2_from, field, "Sista dagen kan inte vara före den första.")


class PeriodForm(Form):
    kind = OneOf("Vad är det?", PeriodKind, validators=[required("Välj vad det är.")])
    name = FreeLine(
        "Namn",
        description="Till exempel Hösttermin, Sportlov eller Klämdag.",
        validators=[required("Skriv ett namn, till exempel Sportlov.")],
    )
    starts_on = Day("Första dag", validators=[required(_ASK_DAY)])
    ends_on = Day("Sista dag", validators=[required(_ASK_DAY)])

    def __init__(
        self, year: SchoolYear, *args: Any, changing: CalendarPeriod | None = None, **kwargs: Any
    ) -> None:
        self._year, self._changing = year, changing
        super().__init__(*args, **kwargs)

    def validate_starts_on(self, field: Any) -> None:
        if field.data and not self._year.first_day <= field.data <= self._year.last_day:
            raise ValidationError(f"Dagen ligger inte i läsåret {self._year.label}.")

    def validate_ends_on(self, field: Any) -> None:
        first, kind = self.starts_on.data, self.kind.data
        if not (field.data and first and kind):
            return
        if field.data < first:
            raise ValidationError("Sista dagen kan inte vara före den första.")
        if field.data > self._year.last_day:
            raise ValidationError(
                f"Läsåret slutar {date_medium(self._year.last_day)}. Lägg resten i nästa läsår."
            )
        days = (field.data - first).days + 1
        if days > LONGEST[kind]:
            raise ValidationError(
                f"Det blir {days} dagar. Kontrollera datumen: högst {LONGEST[kind]} dagar får plats."
            )
        for other in self._year.periods:
            if other is self._changing:
                continue
            if other.kind is kind and other.starts_on <= field.data and first <= other.ends_on:
                raise ValidationError(
                    f"Dagarna överlappar {other.name} ({date_medium(other.starts_on)} till "
                    f"{date_medium(other.ends_on)})."
                )


class ChangePeriodForm(PeriodForm, VersionedForm):
    """A period that is there already. `version` is its stamp."""

    NAMES = ("kind", "name", "starts_on", "ends_on")


class RemindersForm(VersionedForm):
    """A row for each kind of reminder: whether it is on, and numbers of days separated by commas. The
    fields are made below, since the kinds are a list."""

    @classmethod
    def stored(cls, offsets: Mapping[ReminderKind, list[int]]) -> dict[str, Any]:
        """The organizer's rules as the fields hold them; what is off shows its usual days, so that it
        can be turned on by one tick."""
        found: dict[str, Any] = {}
        for rule in RULES:
            own = offsets[rule.kind]
            days = own or list(rule.usual)
            found[f"{rule.kind}_on"] = bool(own)
            if rule.before:
                first = 0 if not rule.after else 1
                found[f"{rule.kind}_before"] = _listed(each for each in days if each >= first)
            if rule.after:
                found[f"{rule.kind}_after"] = _listed(-each for each in days if each <= 0)
        return found

    def rows(self) -> list[tuple[Rule, Any, Any, Any]]:
        """Each rule with its fields: on, days before, days after; None for what it has not."""
        return [
            (
                rule,
                self[f"{rule.kind}_on"],
                self[f"{rule.kind}_before"] if rule.before else None,
                self[f"{rule.kind}_after"] if rule.after else None,
            )
            for rule in RULES
        ]

    def offsets(self) -> dict[ReminderKind, list[int]]:
        """What was chosen: days before are positive, days after negative."""
        found: dict[ReminderKind, list[int]] = {}
        for rule, on, before, after in self.rows():
            days = found.setdefault(rule.kind, [])
            if not on.data:
                continue
            days += [0] if rule.kind is ReminderKind.WEEK else []
            days += numbers(before.data) if before is not None else []
            days += [-each for each in numbers(after.data)] if after is not None else []
        return found

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What is turned on needs a day; what is off is not looked at."""
        if not super().validate(*args, **kwargs):
            return False
        for _, on, *fields in self.rows():
            fields = [field for field in fields if field is not None]
            if not on.data or not fields:
                continue
            wrong = False
            for field in fields:
                try:
                    numbers(field.data)
                except ValidationError as why:
                    field.errors, wrong = [*field.errors, str(why)], True
            if not wrong and not any(numbers(field.data) for field in fields):
                fields[0].errors = [*fields[0].errors, NO_DAYS]
        return not self.errors


def _listed(days: Iterable[int]) -> str:
    return ", ".join(str(each) for each in days)


for _rule in RULES:
    setattr(RemindersForm, f"{_rule.kind}_on", BooleanField(_rule.label))
    if _rule.before:
        setattr(
            RemindersForm, f"{_rule.kind}_before", FreeLine("Dagar före", validators=[Optional()])
        )
    if _rule.after:
        setattr(
            RemindersForm, f"{_rule.kind}_after", FreeLine("Dagar efter", validators=[Optional()])
        )


def numbers(text: str) -> list[int]:
    """The numbers of days in the text, ascending. Raises ValidationError."""
    parts = [part for part in re.split(r"[,;\s]+", text or "") if part]
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
        raise ValidationError("Skriv hela tal med komma emellan, till exempel 21, 7, 1.")
    days = sorted({int(part) for part in parts})
    if days and days[-1] > FURTHEST:
        raise ValidationError(f"Skriv {FURTHEST} dagar eller färre.")
    if len(days) > MOST_REMINDERS:
        raise ValidationError(f"Högst {MOST_REMINDERS} påminnelser: fler än så läses inte.")
    return days


class PhaseForm(Form):
    phase = OneOf("Var i årshjulet är enheten?", Phase, validators=[required("Välj en fas.")])
    note = FreeText(
        "Varför?",
        description="En mening räcker. Den syns i historiken med ditt namn.",
        max_length=500,
        validators=[required("Skriv varför enheten är i en annan fas.")],
    )
