"""The base of every form: Swedish, protected, and able to show a newer text beside an older one."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from tracker.web.fields import CONFLICT_MESSAGE


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        locales = ("sv",)

    def refuse(self, field: str, message: str) -> None:
        """Put an error at a field after validation, when the model refused."""
        self[field].errors = [*self[field].errors, message]


class VersionedForm(Form):
    """A form over a row that others may write in. `version` is the row's when the form was shown."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Ladda om sidan och försök igen.")]
    )

    def show_newer(self, stored: Mapping[str, Any], version: int) -> None:
        """Somebody else saved meanwhile: keep what was typed, show beside it what is stored now,
        and let the next save replace that, knowingly."""
        self.version.data = version
        self.version.raw_data = [str(version)]
        self.form_errors.append(CONFLICT_MESSAGE)
        for name, value in stored.items():
            field = self[name]
            if not _same(field.data, value):
                field.stored_now = readable(field, value)


def _same(typed: Any, stored: Any) -> bool:
    """Several choices are the same in any order."""
    if isinstance(stored, list):
        return set(typed or ()) == set(stored)
    return bool(typed == stored)


def readable(field: Any, value: Any) -> str:
    """A stored value as the person would read it in the field; several on a line each."""
    if isinstance(value, list):
        return "\n".join(readable(field, one) for one in value) or "(inget valt)"
    choices = getattr(field, "choices", None)
    if choices and not isinstance(choices, dict):
        for key, label, *_ in choices:
            if field.coerce(key) == value:
                return str(label)
    if value is None or value == "":
        return "(tomt)"
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, time):
        return f"{value:%H.%M}"
    return str(value)
