"""One measure: its whole life, its log, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.audit.history import history_of
from tracker.auth.access import load_measure, may
from tracker.extensions import db
from tracker.measures.blueprint import bp
from tracker.measures.causes import causes_of
from tracker.measures.forms import LACKING, CancelForm, LogForm, MeasureForm, OwnMeasureForm
from tracker.measures.living_basis import lost_bases
from tracker.measures.reading import (
    agreement_behind,
    analysis_behind,
    areas_of,
    lap_of,
    life_of,
    load_basis,
    model_of,
    other_units,
    people_of,
    readable,
    seen_from,
    versions_of,
)
from tracker.measures.states import IllegalTransition, MeasureState
from tracker.models import Measure, MeasureBasis, Permission, SchoolUnit, SchoolYear
from tracker.organisation.owner import OwnLap
from tracker.web.conflicts import saved, too_late
from tracker.web.errors import typed_texts
from tracker.web.notices import notify

Owner = SchoolUnit | OwnLap
Page = str | tuple[str, int] | Response


@bp.get("/atgarder/<int:measure_id>")
def show(measure_id: int) -> str:
    return show_page(load_measure(measure_id, to=Permission.READ))


def show_page(
    measure: Measure, log_form: LogForm | None = None, cancel_form: CancelForm | None = None
) -> str:
    unit, year = seen_from(measure)
    load_basis(measure)
    versions = readable(versions_of(measure))
    return render_template(
        "measures/show.html",
        measure=measure,
        unit=unit,
        year=year,
        life=life_of(versions),
        analysis=analysis_behind(measure),
        agreement=agreement_behind(measure),
        lost=lost_bases([measure]).get(measure.id),
        model=model_of(measure),
        form=cancel_form or log_form,
        log_form=log_form or LogForm(formdata=None),
        cancel_form=cancel_form or CancelForm(formdata=None),
        missing=[LACKING[name] for name in measure.missing_for_decision()],
        history=history_of(measure),
    )


@bp.route("/atgarder/<int:measure_id>/andra", methods=["GET", "POST"])
def edit(measure_id: int) -> Page:
    """Write a proposal or a decided measure; a proposal can be decided in the same step."""
    measure = load_measure(measure_id, to=Permission.WRITE)
    if not (measure.is_draft or measure.is_living):
        return not_possible(measure)
    deciding = measure.is_draft and request.method == "POST" and "draft" not in request.form
    if deciding and not may(Permission.ADOPT):
        abort(403)
    unit, year = seen_from(measure)
    form = _form_about(measure, unit, year)
    valid = form.validate_on_submit()
    needs_all = form.is_submitted() and (deciding or not measure.is_draft)
    if (needs_all and form.refuse_decision(anew=deciding)) or not valid:
        return _edit_page(measure, unit, year, form), 422 if form.is_submitted() else 200

    is_fresh = form.version.data == measure.version
    if (
        is_fresh
        and not measure.is_draft
        and not may(Permission.ADOPT)
        and form.refuse_what_is_decided(measure)
    ):
        return _edit_page(measure, unit, year, form), 422

    def change() -> None:
        if isinstance(form, OwnMeasureForm):
            chosen = set(form.unit_ids.data or [])
            measure.concern(
                [row for row in _may_concern(measure, unit) if row.id in chosen], by=current_user
            )
        measure.write(by=current_user, **form.values())
        if deciding and measure.is_draft:
            measure.decide(by=current_user)

    # A chosen person's name stands in `responsible` too, where it would look like somebody's text.
    compared = [
        name for name in form.SHARED if name != "responsible" or measure.responsible_id is None
    ]
    try:
        if not saved(form, measure, change, compared):
            return _edit_page(measure, unit, year, form), 409
    except IllegalTransition:
        return not_possible(measure)
    notify("Åtgärden är beslutad." if deciding else "Ändringarna är sparade.")
    return to_measure(measure)


def _form_about(measure: Measure, unit: Owner, year: SchoolYear, **kwargs: Any) -> MeasureForm:
    if unit.is_organizer:
        here = [row.id for row in measure.units]
        form: MeasureForm = OwnMeasureForm(obj=measure, data={"unit_ids": here}, **kwargs)
        form.unit_ids.choices = [(row.id, row.name) for row in _may_concern(measure, unit)]
    else:
        form = MeasureForm(obj=measure, **kwargs)
    form.offer(
        unit,
        causes=causes_of(unit, year, keep=measure.cause),
        people=people_of(unit, keep=measure),
        areas=areas_of(lap_of(unit, year) or measure.cycle, keep=measure),
    )
    if measure.basis is MeasureBasis.EARLIER:
        form.allow_earlier()
    if measure.responsible_id is not None:
        form.responsible.object_data = ""  # the chosen person's name, which stands in the list
        if not form.draft and (kwargs or not form.is_submitted()):
            form.responsible.data = ""
    return form


def _may_concern(measure: Measure, owner: Owner) -> list[SchoolUnit]:
    """The units that a measure of the organizer's may concern: those that are open, and those it does."""
    offered = other_units(owner, Permission.WRITE)
    return offered + [unit for unit in measure.units if unit not in offered]


def _edit_page(measure: Measure, unit: Owner, year: SchoolYear, form: MeasureForm) -> str:
    return render_template("measures/edit.html", measure=measure, unit=unit, year=year, form=form)


@bp.post("/atgarder/<int:measure_id>/besluta")
def decide(measure_id: int) -> Page:
    """Decide a proposal as it was shown. What it lacks is shown at the fields."""
    measure = load_measure(measure_id, to=Permission.ADOPT)
    if not measure.is_draft or request.form.get("version", type=int) != measure.version:
        return not_possible(measure)
    unit, year = seen_from(measure)
    form = _form_about(measure, unit, year, formdata=None)
    if form.refuse_decision(anew=True):
        return _edit_page(measure, unit, year, form), 422
    return carry_out(measure, lambda: measure.decide(by=current_user), "Åtgärden är beslutad.")


@bp.post("/atgarder/<int:measure_id>/starta")
def start(measure_id: int) -> Page:
    measure = load_measure(measure_id, to=Permission.WRITE)
    return carry_out(measure, lambda: measure.start(by=current_user), "Åtgärden pågår.")


@bp.post("/atgarder/<int:measure_id>/genomford")
def complete(measure_id: int) -> Page:
    measure = load_measure(measure_id, to=Permission.WRITE)
    return carry_out(
        measure,
        lambda: measure.complete(by=current_user),
        "Åtgärden är genomförd. Effekten bedöms när dagen kommer.",
    )


@bp.post("/atgarder/<int:measure_id>/angra-genomford")
def undo_complete(measure_id: int) -> Page:
    measure = load_measure(measure_id, to=Permission.WRITE)
    return carry_out(
        measure,
        lambda: measure.undo_complete(by=current_user),
        "Åtgärden är inte längre markerad som genomförd.",
    )


@bp.post("/atgarder/<int:measure_id>/avbryt")
def cancel(measure_id: int) -> Page:
    measure = load_measure(measure_id, to=Permission.WRITE)
    form = CancelForm()
    if not form.validate_on_submit():
        return show_page(measure, cancel_form=form), 422

    def stop() -> None:
        pressed_twice = measure.state is MeasureState.CANCELLED and (
            measure.cancel_reason == form.reason.data
        )
        if not pressed_twice:
            measure.cancel(form.reason.data, by=current_user)

    return carry_out(measure, stop, "Åtgärden är avbruten. Skälet finns kvar.")


@bp.post("/atgarder/<int:measure_id>/ta-bort")
def withdraw(measure_id: int) -> Page:
    """Take a proposal away."""
    measure = load_measure(measure_id, to=Permission.WRITE)
    unit, year = seen_from(measure)
    if not measure.is_draft:
        return not_possible(measure)
    removal = measure.withdraw(by=current_user)
    db.session.commit()
    notify("Förslaget är borttaget.", undo=removal.id)
    return redirect(url_for("measures.index", slug=unit.slug, year=year.slug))


def carry_out(measure: Measure, verb: Callable[[], Any], done: str) -> Page:
    try:
        verb()
    except IllegalTransition:
        return not_possible(measure)
    db.session.commit()
    notify(done)
    return to_measure(measure)


def not_possible(measure: Measure) -> Page:
    """Somebody else was first: show the measure as it stands, or what was typed, which is saved nowhere."""
    db.session.rollback()
    if typed_texts():
        return typed_in_vain(measure, f"Åtgärden är nu {measure.state.label.lower()}.")
    notify("Det gick inte: åtgärden har ändrats under tiden. Så här står den nu.", "warning")
    return to_measure(measure)


def typed_in_vain(measure: Measure, why: str) -> Page:
    return too_late(why, ("Till åtgärden", url_for("measures.show", measure_id=measure.id)))


def to_measure(measure: Measure) -> Response:
    return redirect(url_for("measures.show", measure_id=measure.id))
