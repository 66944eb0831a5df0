"""The log of a measure: what was done is written down, and corrected by those who write there."""

from flask import abort, render_template, request
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import load_measure
from tracker.extensions import db
from tracker.measures.blueprint import bp
from tracker.measures.forms import LogEntryForm, LogForm
from tracker.measures.reading import seen_from
from tracker.measures.routes_one import (
    carry_out,
    not_possible,
    show_page,
    to_measure,
    typed_in_vain,
)
from tracker.measures.states import IllegalTransition
from tracker.models import Measure, MeasureLogEntry, Permission
from tracker.web.errors import typed_texts
from tracker.web.notices import notify

Page = str | tuple[str, int] | Response


@bp.post("/atgarder/<int:measure_id>/logg")
def log(measure_id: int) -> Page:
    """Write down what was done."""
    measure = load_measure(measure_id, to=Permission.WRITE)
    form = LogForm()
    if not form.validate_on_submit():
        return show_page(measure, log_form=form), 422
    return carry_out(
        measure,
        lambda: measure.add_log(form.on.data, form.text.data, by=current_user),
        "Det är skrivet i loggen.",
    )


def _entry_of(measure: Measure, entry_id: int) -> MeasureLogEntry:
    return next((entry for entry in measure.log if entry.id == entry_id), None) or abort(404)


@bp.route("/atgarder/<int:measure_id>/logg/<int:entry_id>", methods=["GET", "POST"])
def log_entry(measure_id: int, entry_id: int) -> Page:
    """Correct an entry."""
    measure = load_measure(measure_id, to=Permission.WRITE)
    entry = _entry_of(measure, entry_id)
    if not measure.may_be_corrected(entry):
        return _built_on(measure)
    form = LogEntryForm(obj=entry, data={"version": entry.stamp})
    if not form.validate_on_submit():
        return _page(measure, entry, form), 422 if form.is_submitted() else 200
    try:
        measure.correct_log(
            entry, form.on.data, form.text.data, seen=form.version.data, by=current_user
        )
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        entry = _entry_of(measure, entry_id)
        form.show_newer({"on": entry.on, "text": entry.text}, entry.stamp)
        return _page(measure, entry, form), 409
    except IllegalTransition:
        return _built_on(measure)
    notify("Loggen är rättad.")
    return to_measure(measure)


def _page(measure: Measure, entry: MeasureLogEntry, form: LogEntryForm) -> str:
    unit, year = seen_from(measure)
    return render_template(
        "measures/log_entry.html", measure=measure, unit=unit, year=year, entry=entry, form=form
    )


@bp.post("/atgarder/<int:measure_id>/logg/<int:entry_id>/ta-bort")
def remove_log(measure_id: int, entry_id: int) -> Page:
    """Take an entry away, as it was shown."""
    measure = load_measure(measure_id, to=Permission.WRITE)
    entry = _entry_of(measure, entry_id)
    try:
        seen = request.form.get("version", 0, type=int)
        removal = measure.remove_log(entry, seen=seen, by=current_user)
        db.session.commit()
    except StaleDataError:
        return not_possible(measure)
    except IllegalTransition:
        return _built_on(measure)
    notify("Anteckningen är borttagen ur loggen.", undo=removal.id)
    return to_measure(measure)


def _built_on(measure: Measure) -> Page:
    db.session.rollback()
    why = "Effekten är bedömd, så det som stod i loggen då ändras inte längre."
    if not measure.log_is_open:
        why = f"Åtgärden är {measure.state.label.lower()}, så loggen ändras inte längre."
    if typed_texts():
        return typed_in_vain(measure, why)
    notify(why, "info")
    return to_measure(measure)
