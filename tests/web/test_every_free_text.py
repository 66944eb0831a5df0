"""Every field in which somebody can write stops personnummer: no form may have one of another kind, and no
view may take text past its form."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from wtforms import FileField, PasswordField, StringField
from wtforms import Form as AnyForm
from wtforms.fields.core import UnboundField
from wtforms.widgets import HiddenInput, TextArea, TextInput

import tracker
from tests.live_server import ROOT
from tests.web.test_personnummer import BORN, LAST
from tracker.web.fields import EmailAddress, FreeLine, FreeText

HIDDEN = {
    "csrf_token": "compared",
    "form_token": "of at most 40 characters, compared",
    "token": "the same",
    "seen": "a moment or a digest, compared",
    "was": "what stood in a row of the plan, compared",
}
"""Fields that hold no text of anybody's: what becomes of them."""

READ_RAW = {
    "organizer", "version", "sealed", "again", "year", "form_token", "do", "digest", "unit", "next",
    "other", "answer", "dialog", "support", "draft", "suggest", "then_cause", "seen",
}  # fmt: skip
"""What views read past their forms: choices, numbers and tokens, looked up or compared and never kept. (Drafts
have their own check; see tests/drafts.)"""


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if not found.name.endswith((".word", ".pdf", ".importing_template", ".importing_excel")):
            yield importlib.import_module(found.name)


def forms() -> list[type[AnyForm]]:
    """Every form of the product, with those that are only mixed into others."""
    list(modules())

    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    return sorted(
        {kind for kind in below(AnyForm) if kind.__module__.startswith("tracker.")},
        key=lambda kind: (kind.__module__, kind.__qualname__),
    )


def text_fields() -> list[tuple[str, str, UnboundField]]:
    """Form, name and field, of those that hold text."""
    found = []
    for form in forms():
        for name in dir(form):
            field = getattr(form, name, None)
            if isinstance(field, UnboundField) and issubclass(field.field_class, StringField):
                found.append((f"{form.__module__}.{form.__qualname__}", name, field))
    return found


def test_there_are_forms_to_look_at():
    assert len(forms()) > 40
    assert len([name for _, name, _ in text_fields()]) > 60


@pytest.mark.parametrize(
    ("form", "name", "field"), text_fields(), ids=lambda value: str(value)[:60]
)
def test_every_text_field_is_checked(form, name, field):
    kind = field.field_class
    if name in HIDDEN:
        assert isinstance(field.kwargs.get("widget", kind.widget), HiddenInput), f"{form}.{name}"
    elif not issubclass(kind, (PasswordField, EmailAddress)):
        assert issubclass(kind, (FreeLine, FreeText)), f"{form}.{name} is a {kind.__name__}"
        assert kind.checks_persons, f"{form}.{name}"


def test_no_other_kind_of_field_is_typed_in():
    """A field of ours that shows a box for text but is none of the checked ones would be missed above."""
    for form in forms():
        for name in dir(form):
            field = getattr(form, name, None)
            if not isinstance(field, UnboundField) or issubclass(field.field_class, StringField):
                continue
            kind = field.field_class
            widget = field.kwargs.get("widget", getattr(kind, "widget", None))
            if isinstance(widget, (TextInput, TextArea)) and not issubclass(kind, FileField):
                # Dates, times and numbers: what cannot be read as one is not kept.
                assert kind.__name__ in ("Day", "Clock", "IntegerField", "IntervalField"), (
                    form,
                    name,
                )


@pytest.mark.parametrize("kind", [FreeLine, FreeText])
def test_the_checked_fields_do_stop_it(app: Flask, kind):
    class Written(AnyForm):
        text = kind("Text")

    with app.test_request_context():
        for text in (f"{BORN}-{LAST}", f"Eleven 20{BORN}{LAST} har", f"{BORN[:6]}\u2013{LAST}"):
            form = Written(data={"text": text})
            form.text.process_formdata([text])
            assert not form.validate(), text
            assert "personnummer" in form.text.errors[0]


def test_no_view_takes_text_past_its_form():
    """`request.form["…"]` outside the forms, by name."""
    seen: set[str] = set()
    for file in sorted((ROOT / "tracker").rglob("*.py")):
        if file.parent.name in ("drafts", "web") or file.name in ("plan_form.py", "routes_plan.py"):
            continue  # the drafts, and the plan's rows of forms, have names that are put together
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "request.form.get":
                seen.add(ast.literal_eval(node.args[0]))
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "request.form":
                seen.add(ast.literal_eval(node.slice))
            assert not (
                isinstance(node, ast.Attribute)
                and ast.unparse(node) in ("request.json", "request.data", "request.get_json")
            ), file
    assert seen <= READ_RAW, "give it a field of a form"
    assert seen >= {"do", "digest"}, "looked at nothing"
