"""Forms over rows that several people write in: nobody's text is lost, and nobody's overwritten."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from tests.cast import Cast
from tests.checked_client import check_html
from tests.dialogues.scenes import placed
from tests.dialogues.test_place import form as place_form
from tracker.dialogues.forms_room import AgreementForm, NoteForm
from tracker.dialogues.plan_form import RowForm
from tracker.extensions import db
from tracker.measures.states import IllegalTransition
from tracker.models import Measure, MeasureBasis
from tracker.search.forms import SearchForm
from tracker.web.conflicts import saved
from tracker.web.fields import CONFLICT_MESSAGE, Day, FreeLine, FreeText, MaybeOneOf, required
from tracker.web.forms import Form, VersionedForm

FIELDS = ("title", "description", "basis", "starts_on")


class MeasureForm(VersionedForm):
    title = FreeLine("Åtgärd", validators=[required("Skriv vad ni ska göra.")])
    description = FreeText("Beskrivning")
    basis = MaybeOneOf("Åtgärden bygger på", MeasureBasis)
    starts_on = Day("Börjar")


@pytest.fixture
def posted(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with app.test_request_context("/", method="POST"):
            yield
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def measure(cast: Cast) -> Measure:
    measure = Measure.propose(cast.cycle(cast.savkulla), by=cast.karin, title="Läsgrupper")
    db.session.commit()
    return measure


def form_of(measure: Measure, **typed: str) -> MeasureForm:
    """The form as it was shown, then filled in and sent."""
    values = {"version": str(measure.version), "title": measure.title}
    form = MeasureForm(formdata=MultiDict(values | typed))
    assert form.validate(), form.errors
    return form


def save(form: MeasureForm, measure: Measure, cast: Cast) -> bool:
    values = {name: form[name].data for name in FIELDS}
    return saved(form, measure, lambda: measure.write(by=cast.karin, **values), FIELDS)


def test_a_form_over_what_is_stored_is_saved(posted, measure, cast):
    form = form_of(measure, title="Läsgrupper i årskurs 1")
    assert save(form, measure, cast)
    db.session.expire_all()
    assert (measure.title, measure.version) == ("Läsgrupper i årskurs 1", 2)


def test_an_old_form_is_not_saved_and_shows_both_texts(posted, measure, cast):
    mine = form_of(measure, title="Min text", description="Som jag skrev den", basis="cause")
    theirs = form_of(measure, title="Deras text", basis="organizer", starts_on="2027-01-15")
    assert save(theirs, measure, cast)
    assert not save(mine, measure, cast)

    db.session.expire_all()
    assert (measure.title, measure.version) == ("Deras text", 2)
    assert mine.title.data == "Min text"
    assert {name: mine[name].stored_now for name in FIELDS} == {
        "title": "Deras text",
        "description": "(tomt)",
        "basis": "Huvudmannens beslut",
        "starts_on": "15 januari 2027",
    }
    assert mine.form_errors == [CONFLICT_MESSAGE]
    assert not hasattr(mine.version, "stored_now")


def test_only_what_differs_is_shown_twice(posted, measure, cast):
    mine = form_of(measure, title="Samma text", description="Min")
    assert save(form_of(measure, title="Samma text", description="Deras"), measure, cast)
    assert not save(mine, measure, cast)
    assert not hasattr(mine.title, "stored_now")
    assert mine.description.stored_now == "Deras"


def test_the_same_form_sent_twice_is_saved_once(posted, measure, cast):
    """The fault: told that somebody has saved anew, though nothing differs; or, where more is filled in than
    is compared, taken for saved."""
    twice = [form_of(measure, title="Samma", basis="cause") for _ in range(2)]
    assert [save(form, measure, cast) for form in twice] == [True, True]
    assert measure.version == 2
    values = {"title": "Samma", "basis": MeasureBasis.CAUSE}
    more = form_of(measure, title="Samma", basis="cause", starts_on="2027-01-15", version="1")
    assert not saved(more, measure, lambda: measure.write(by=cast.karin, **values), list(values))


def test_what_was_cancelled_meanwhile_is_not_taken_up_by_the_same_words(cast, as_):
    """The fault: a form sent as it was shown takes up a dialogue that somebody has cancelled since."""
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    sent = place_form(dialogue, place=dialogue.place, participants=dialogue.participants)
    dialogue.cancel("Förhinder", by=cast.erik)
    db.session.commit()
    as_(cast.erik).submit(f"/dialoger/{dialogue.id}/tid", sent, 409)
    assert dialogue.is_cancelled


def test_saving_again_replaces_knowingly(posted, measure, cast):
    mine = form_of(measure, title="Min text")
    save(form_of(measure, title="Deras text"), measure, cast)
    assert not save(mine, measure, cast)
    again = form_of(measure, title="Min text", version=mine.version._value())
    assert save(again, measure, cast)
    db.session.expire_all()
    assert measure.title == "Min text"


def test_the_page_of_a_conflict(app, posted, measure, cast):
    mine = form_of(measure, title="Min <b>text</b>")
    save(form_of(measure, title="Deras <i>text</i>"), measure, cast)
    save(mine, measure, cast)
    page = render_template_string(PAGE, form=mine)
    check_html(page)
    assert 'value="Min &lt;b&gt;text&lt;/b&gt;"' in page
    assert "Deras &lt;i&gt;text&lt;/i&gt;" in page
    assert f'name="version" type="hidden" value="{measure.version}"' in page
    assert CONFLICT_MESSAGE in page


PAGE = """{% extends "base.html" %}
{% import "components/forms.html" as forms with context %}
{% block title %}En åtgärd{% endblock %}
{% block content %}
{% call forms.form() %}
  {{ forms.field(form.title) }}
  {{ forms.field(form.description, help="Kort.") }}
  {{ forms.field(form.basis) }}
  {{ forms.field(form.starts_on) }}
  {{ forms.actions("Spara") }}
{% endcall %}
{% endblock %}"""


@pytest.mark.parametrize("version", ["", "abc", "1.5"])
def test_a_version_that_is_none_is_refused(posted, measure, version):
    form = MeasureForm(formdata=MultiDict({"version": version, "title": "Text"}))
    assert not form.validate()
    assert form.errors["version"]


def test_a_version_from_the_future_saves_nothing(posted, measure, cast):
    assert not save(form_of(measure, title="Min", version="99"), measure, cast)
    db.session.expire_all()
    assert measure.title == "Läsgrupper"


def test_what_the_model_refuses_passes_through_and_saves_nothing(posted, measure, cast):
    form = form_of(measure, title="Ny text")

    def change() -> None:
        measure.title = form.title.data
        db.session.flush()
        raise IllegalTransition

    with pytest.raises(IllegalTransition):
        saved(form, measure, change, FIELDS)
    db.session.expire_all()
    assert measure.title == "Läsgrupper"


def test_a_refusal_of_the_model_stands_at_its_field(app, posted):
    form = MeasureForm(formdata=MultiDict({"version": "1", "title": "Text"}))
    assert form.validate()
    form.refuse("basis", "Välj vad åtgärden bygger på.")
    page = render_template_string(PAGE, form=form)
    check_html(page)
    assert '<a class="ds-link" href="#basis">Välj vad åtgärden bygger på.</a>' in page
    assert 'id="basis-error"' in page
    assert 'aria-invalid="true"' in page


def test_every_error_leads_to_its_field(app, posted):
    form = MeasureForm(
        formdata=MultiDict({"version": "1", "title": "", "starts_on": "i morgon", "basis": "x"})
    )
    assert not form.validate()
    page = render_template_string(PAGE, form=form)
    check_html(page)
    for name in ("title", "starts_on", "basis"):
        assert f'href="#{name}"' in page
        assert f'id="{name}-error"' in page
    assert 'value="i morgon"' in page


PARTS = (RowForm, NoteForm, AgreementForm)
"""Each stands in a page many times over."""
QUESTIONS = (SearchForm,)
"""Sent with GET: they change nothing."""


def test_every_form_is_protected_and_speaks_swedish():
    """All forms of the application, whoever wrote them."""
    found: list[type[Form]] = []

    def collect(kind: type[Form]) -> None:
        for each in kind.__subclasses__():
            if each.__module__.startswith("tracker."):
                found.append(each)
            collect(each)

    collect(Form)
    assert len(found) > 3
    for kind in found:
        assert kind.Meta.locales == ("sv",), kind
        # A row of a form of many has no token of its own: the page has it, and every POST is asked for it.
        assert getattr(kind.Meta, "csrf", True) or kind in PARTS + QUESTIONS, kind
