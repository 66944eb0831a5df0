"""The base of every form: Swedish, protected, and able to show a newer text beside an older one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from tracker.drafts.forms import continued
from tracker.web.fields import CONFLICT_MESSAGE, EmailAddress, FreeLine, FreeText, clean
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.drafts.models import Draft


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        locales = ("sv",)

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """What was sent; or, when a page is shown that goes on with a draft, what stands in that."""
            wrapped = super().wrap_formdata(form, formdata)
            if wrapped is not None:
                return wrapped
            form.draft = continued(form)
            return form.draft.fields if form.draft else None

    errors_title = "Rätta till det här för att kunna spara"
    """What stands above the list of everything that is wrong."""

    draft: "Draft | None" = None
    """What the form was filled out of, when not out of what is stored."""

    def refuse(self, field: str, message: str) -> None:
        """Put an error at a field after validation, when the model refused."""
        self[field].errors = [*self[field].errors, message]

    def show_what_is_newer(self) -> bool:
        """Whether what the draft in the form builds on has been saved anew since."""
        return False


class VersionedForm(Form):
    """A form over a row that others may write in. `version` is the row's when the form was shown."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Ladda om sidan och försök igen.")]
    )

    def show_newer(self, stored: Mapping[str, Any], version: int) -> None:
        """Somebody else saved meanwhile: keep what was typed, show beside it what is stored now,
        and let the next save replace that, knowingly."""
        self._build_on(version)
        self.form_errors.append(CONFLICT_MESSAGE)
        for name, value in stored.items():
            field = self[name]
            if not _same(field.data, value):
                field.stored_now = readable(field, value)

    def says_the_same(self, stored: Mapping[str, Any]) -> bool:
        """Whether all that was filled in is what is stored."""
        return all(
            _same(field.data, stored[field.short_name])
            if field.short_name in stored
            else isinstance(field.widget, HiddenInput) or not field.data
            for field in self
        )

    def show_what_is_newer(self) -> bool:
        """Beside the draft in the form, where it differs, what is stored now: when that is newer than
        what the draft builds on. The next save replaces it, knowingly."""
        stored = self.version.object_data if "version" in self else None
        if stored is None or self.version.data == stored:
            return False
        self._build_on(stored)
        for field in self:
            value = field.object_data
            if isinstance(field.widget, HiddenInput) or not (field.data or value):
                continue
            if not _same(field.data, value):
                field.stored_now = readable(field, value)
        return True

    def _build_on(self, version: int) -> None:
        self.version.data = version
        self.version.raw_data = [str(version)]


CARRIED = re.compile(r"[A-Za-z0-9_.:-]*|.{,20}", re.DOTALL)
"""What a field that no form of ours has may carry along: a token, a number, a day; or too short to tell."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote in a field of a form. The label is "" where it is not known."""

    name: str
    label: str
    text: str


def written(fields: Iterable[tuple[str, str]], form: str = "") -> list[Written]:
    """The texts among the (name, value) that a form sent, in its order: what people write themselves, however
    short, and neither choices and days nor what the page carries along. `form` is the name of its class;
    without one it is taken for that which has most of the fields and little besides."""
    sent = [(name, clean(value, lines=True)) for name, value in fields]
    known = _known({_bare(name) for name, _ in sent}, form)
    return [
        Written(name, label, text)
        for name, text in sent
        for label, is_text in [known.get(_bare(name), ("", not CARRIED.fullmatch(text)))]
        if text and is_text
    ]


def _bare(name: str) -> str:
    """Without the prefix that tells a row's fields from another's."""
    return name.rpartition("-")[2]


def _known(names: set[str], form: str) -> dict[str, tuple[str, bool]]:
    """Of each name that some form has, the label and whether people write in it. Where several forms are
    as likely and do not call the field the same, it has no label."""
    kinds = list(_kinds(Form))
    forms = [_declared(kind) for kind in kinds]
    own = [_declared(kind) for kind in kinds if kind.__name__ == form] or forms
    fits = [(len(names & fields.keys()), -len(fields)) for fields in own]
    best = max(fits)
    likely = [fields for fields, fit in zip(own, fits, strict=True) if fit == best]
    known = {}
    for name in names:
        # A guess may be wrong, and a page have a second form: then whichever form has the field.
        found = [fields[name] for fields in likely if name in fields] or [
            fields[name] for fields in forms if name in fields
        ]
        if found:
            labels = {fields.get(name, ("", False))[0] for fields in likely}
            label = labels.pop() if len(labels) == 1 else ""
            known[name] = (label, any(is_text for _, is_text in found))
    return known


def _kinds(kind: type[Form]) -> Iterator[type[Form]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


@lru_cache(maxsize=512)
def _declared(kind: type[Form]) -> dict[str, tuple[str, bool]]:
    """Each field's own label, which stands first where it is declared, and whether people write in it."""
    declared = ((name, getattr(kind, name)) for name in dir(kind) if not name.startswith("_"))
    return {
        name: (
            str(field.args[0] if field.args else field.kwargs.get("label", "")),
            issubclass(field.field_class, (FreeLine, FreeText, EmailAddress)),
        )
        for name, field in declared
        if isinstance(field, UnboundField)
    }


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
    if isinstance(value, date):
        return date_medium(value)
    return str(value)
