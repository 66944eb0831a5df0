"""The fields of our forms: what they return is clean, what they say is Swedish and says what to do.

Every text a person writes goes through FreeLine or FreeText, which stop personnummer.
"""

import enum
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    Choice,
    DateField,
    EmailField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.web.personnummer import find_personal_identity_number

LINE_LENGTH = 200
TEXT_LENGTH = 20_000
FIRST_YEAR, LAST_YEAR = 1990, 2100

CONFLICT_MESSAGE = (
    "Det här har sparats på nytt sedan du öppnade sidan, av någon annan eller av dig i en annan "
    "flik. Dina texter finns kvar i fälten. Där det som är sparat är något annat står det intill "
    "fältet. Ändra det du vill och spara igen."
)
PERSONAL_NUMBER_MESSAGE = (
    "Texten ser ut att innehålla ett personnummer ({found}). Ta bort det: här skriver vi inget som "
    "pekar ut en enskild person."
)


def required(message: str) -> InputRequired:
    """The field must be filled; the message says what to write."""
    return InputRequired(message)


_NO_CHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_DROPPED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
    rf"\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef{_NO_CHARACTERS}\U000f0000-\U0010ffff]"
)
"""Control characters (PostgreSQL refuses NUL), and those that turn the direction of the text after them: what
is read would be something else than what is stored. Lone surrogates, which have no place in a database; and
what no letter or sign is given for, noncharacters and private use: nobody sees that it is there. U+200D stays,
which joins emoji and letters."""


def clean(value: str | None, *, lines: bool) -> str:
    """Without what is dropped, with one kind of line break, stripped."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = _DROPPED.sub("", text)
    return kept.strip() if lines else " ".join(kept.split())


class _CleanText:
    """Mixin: cleans on the way in; checks length, emptiness of white space and personnummer."""

    max_length: int
    lines = False
    checks_persons = True
    errors: Any
    data: Any
    raw_data: Any

    def process_formdata(self, values: list[str]) -> None:
        self.data = clean(values[0] if values else "", lines=self.lines)
        if values:
            self.raw_data = [self.data]

    def pre_validate(self, form: Any) -> None:
        text = self.data or ""
        if len(text) > self.max_length:
            length, most = (
                f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
                for number in (len(text), self.max_length)
            )
            raise StopValidation(f"Texten är för lång: {length} tecken, högst {most} får plats.")
        if self.checks_persons and (found := find_personal_identity_number(text)):
            raise StopValidation(PERSONAL_NUMBER_MESSAGE.format(found=found))


class FreeLine(_CleanText, StringField):
    """One line of text by a person."""

    def __init__(self, *args: Any, max_length: int = LINE_LENGTH, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(*args, **kwargs)


class FreeText(_CleanText, TextAreaField):
    """Several lines by a person, kept as they were broken."""

    lines = True

    def __init__(self, *args: Any, max_length: int = TEXT_LENGTH, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(*args, **kwargs)


class EmailAddress(_CleanText, EmailField):
    """An e-mail address in lower case."""

    max_length = LINE_LENGTH
    checks_persons = False

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata(values)
        self.data = (self.data or "").lower()

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        from email_validator import EmailNotValidError, validate_email

        try:
            checked = validate_email(
                self.data, check_deliverability=False, test_environment=True, allow_smtputf8=False
            )
            self.data = (checked.ascii_email or checked.normalized).lower()
        except EmailNotValidError as wrong:
            raise ValidationError(
                "Skriv en e-postadress, till exempel namn@kommunen.se."
            ) from wrong


class Password(PasswordField):
    """A password, at most 1,000 characters: longer ones only cost time to hash."""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > 1000:
            raise StopValidation("Lösenordet är för långt: högst 1 000 tecken.")


class Day(DateField):
    """A day. Says how to write it when it is none; refuses years that are slips of the pen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, format=["%Y-%m-%d"], **kwargs)

    def process_formdata(self, values: list[str]) -> None:
        self.data = None
        text = values[0].strip() if values else ""
        if not text:
            return
        try:
            self.data = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError as wrong:
            raise ValueError("Skriv datumet som år-månad-dag, till exempel 2027-01-15.") from wrong

    def pre_validate(self, form: Any) -> None:
        if self.data and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise StopValidation(f"Ange ett år mellan {FIRST_YEAR} och {LAST_YEAR}.")


class Clock(TimeField):
    """A time of day on the hour and minute."""

    def process_formdata(self, values: list[str]) -> None:
        self.data = None
        text = values[0].strip().replace(".", ":") if values else ""
        if not text:
            return
        try:
            hour, minute, *_ = text.split(":")
            self.data = time(int(hour), int(minute))
        except ValueError as wrong:
            raise ValueError(
                "Skriv klockslaget som timme och minut, till exempel 13.00."
            ) from wrong


def _coerce(values: type[enum.StrEnum]) -> Any:
    def coerce(value: Any) -> Any:
        if isinstance(value, values):
            return value
        if value in (None, "", "None"):
            return None
        return values(value)

    return coerce


class _Offering:
    """Mixin: choices are pairs of value and label. WTForms 3.3 warns of pairs where it would unpack
    them itself, so they are set behind its constructor and drawn here."""

    data: Any
    coerce: Any

    def __init__(self, *args: Any, choices: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = list(choices)

    def has_groups(self) -> bool:
        return False

    def iter_choices(self) -> Iterator[Choice]:
        for value, label, *_ in self.choices:
            yield Choice(value, label, self.is_chosen(value), {})

    def is_chosen(self, value: Any) -> bool:
        return self.coerce(value) == self.data


class _OfferingSeveral(_Offering):
    def is_chosen(self, value: Any) -> bool:
        return self.coerce(value) in (self.data or ())


class _Choosing(_Offering):
    """Mixin: one of the choices; a refusal in Swedish."""

    def process_formdata(self, values: list[str]) -> None:
        self.data = None
        if values:
            try:
                self.data = self.coerce(values[0])
            except ValueError as wrong:
                raise ValueError("Välj ett av alternativen.") from wrong

    def pre_validate(self, form: Any) -> None:
        allowed = {value for value, *_ in self.choices}
        if (
            self.data is not None
            and self.data not in allowed
            and str(self.data) not in map(str, allowed)
        ):
            raise StopValidation("Välj ett av alternativen.")


class OneOf(_Choosing, RadioField):
    """One of an enum's values as radio buttons; None until chosen."""

    def __init__(self, label: str, values: type[enum.StrEnum], *args: Any, **kwargs: Any) -> None:
        only: Iterable[enum.StrEnum] = kwargs.pop("only", None) or values
        super().__init__(
            label,
            *args,
            choices=[(member, member.label) for member in only],
            coerce=_coerce(values),
            **kwargs,
        )

    def process_data(self, value: Any) -> None:
        self.data = value


class MaybeOneOf(_Choosing, SelectField):
    """One of an enum's values in a list, or none of them."""

    def __init__(
        self, label: str, values: type[enum.StrEnum], *args: Any, empty: str = "–", **kwargs: Any
    ) -> None:
        only: Iterable[enum.StrEnum] = kwargs.pop("only", None) or values
        super().__init__(
            label,
            *args,
            choices=[("", empty), *((member.value, member.label) for member in only)],
            coerce=_coerce(values),
            **kwargs,
        )


def _row_id(value: Any) -> int | None:
    return None if value in (None, "", "None") else int(value)


class MaybeRow(_Choosing, SelectField):
    """The id of one of the rows offered, or None. Set `choices` in the view: (id, label)."""

    def __init__(self, *args: Any, empty: str = "–", **kwargs: Any) -> None:
        self.empty = empty
        super().__init__(*args, coerce=_row_id, **kwargs)

    def offer(self, rows: Iterable[tuple[int, str]]) -> None:
        self.choices = [("", self.empty), *rows]


class Rows(_OfferingSeveral, SelectMultipleField):
    """Ids of any of the rows offered, as checkboxes. Set `choices` in the view: (id, label)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, coerce=int, **kwargs)

    def process_formdata(self, values: list[str]) -> None:
        try:
            self.data = [int(value) for value in values]
        except ValueError as wrong:
            self.data = []
            raise ValueError("Välj bland alternativen.") from wrong

    def pre_validate(self, form: Any) -> None:
        allowed = {value for value, *_ in self.choices}
        if not set(self.data or []) <= allowed:
            raise StopValidation("Välj bland alternativen.")


class SomeOf(_OfferingSeveral, SelectMultipleField):
    """Any of an enum's values as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, values: type[enum.StrEnum], *args: Any, **kwargs: Any) -> None:
        super().__init__(
            label,
            *args,
            choices=[(member, member.label) for member in values],
            coerce=values,
            **kwargs,
        )

    def process_formdata(self, values: list[str]) -> None:
        try:
            self.data = [self.coerce(value) for value in values]
        except ValueError as wrong:
            self.data = []
            raise ValueError("Välj bland alternativen.") from wrong


__all__ = [
    "BooleanField", "Clock", "Day", "EmailAddress", "FileField", "FreeLine", "FreeText",
    "MaybeOneOf", "MaybeRow", "OneOf", "Optional", "Password", "Rows", "SomeOf", "required",
]  # fmt: skip
