"""Läsår: opened, with terms, lov, closed days and the windows of the two dialogues; and the phase
that somebody sets by hand."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import load_cycle, load_organizer
from tracker.clock import today
from tracker.cycle import calendar
from tracker.cycle.forms import (
    ChangePeriodForm,
    PeriodForm,
    PhaseForm,
    RemindersForm,
    WindowsForm,
)
from tracker.cycle.opening import open_year
from tracker.extensions import db
from tracker.models import CalendarPeriod, Organizer, Permission, SchoolYear
from tracker.web.conflicts import saved
from tracker.web.notices import notify

bp = Blueprint("cycle", __name__)


def _next_to_open(years: list[SchoolYear]) -> int | None:
    """The läsår to offer: this one, else the one after the latest, at most one ahead."""
    this = calendar.school_year_start(today())
    opened = {year.start_year for year in years}
    return next((year for year in (this, this + 1) if year not in opened), None)


@bp.get("/organisation/lasar")
def years() -> str:
    organizer = load_organizer(to=Permission.MANAGE)
    years = SchoolYear.opened(organizer.id)
    following = _next_to_open(years)
    return render_template(
        "cycle/years.html",
        organizer=organizer,
        years=years,
        this=calendar.school_year_start(today()),
        next_label=calendar.label(following) if following else None,
        comes_by_itself=following == calendar.school_year_start(today()) + 1,
    )


@bp.post("/organisation/lasar/lagg-upp")
def open_next() -> Response:
    """This läsår, or the coming one, with laps and dialogues for every unit."""
    organizer = load_organizer(to=Permission.MANAGE)
    following = _next_to_open(SchoolYear.opened(organizer.id))
    if following is None:
        notify("Läsåret är redan upplagt.", "info")
        return redirect(url_for("cycle.years"))
    year = open_year(organizer, following, by=current_user)
    db.session.commit()
    notify(f"Läsåret {year.label} är upplagt. Kontrollera datumen: de är förslag.")
    return redirect(url_for("cycle.year", year=year.slug))


def _load_year(slug: str) -> tuple[Organizer, SchoolYear]:
    organizer = load_organizer(to=Permission.MANAGE)
    try:
        year = SchoolYear.of(organizer.id, calendar.parse_slug(slug))
    except ValueError:
        abort(404)
    if year is None:
        abort(404)
    return organizer, year


@bp.route("/organisation/lasar/<year>", methods=["GET", "POST"])
def year(year: str) -> Response | tuple[str, int]:
    """The windows of the two dialogues; the terms, lov and closed days."""
    _, row = _load_year(year)
    form = WindowsForm(row, obj=row)
    status = 200
    if form.validate_on_submit():
        days = {name: form[name].data for name in SchoolYear.WINDOWS}
        if saved(form, row, lambda: row.set_windows(by=current_user, **days), SchoolYear.WINDOWS):
            notify("Dialogernas perioder är sparade.")
            return redirect(url_for("cycle.year", year=row.slug))
        status = 409
    elif form.is_submitted():
        status = 422
    return render_template("cycle/year.html", year=row, form=form), status


@bp.route("/organisation/lasar/<year>/perioder/ny", methods=["GET", "POST"])
def add_period(year: str) -> Response | tuple[str, int]:
    _, row = _load_year(year)
    form = PeriodForm(row)
    if form.validate_on_submit():
        row.add_period(
            form.kind.data,
            form.name.data,
            form.starts_on.data,
            form.ends_on.data,
            by=current_user,
        )
        db.session.commit()
        notify(f"Sparat: {form.name.data}.")
        return redirect(url_for("cycle.year", year=row.slug))
    return render_template("cycle/period_new.html", year=row, form=form), (
        422 if form.is_submitted() else 200
    )


def _period(year: SchoolYear, period_id: int) -> CalendarPeriod:
    return next((each for each in year.periods if each.id == period_id), None) or abort(404)


@bp.route("/organisation/lasar/<year>/perioder/<int:period_id>", methods=["GET", "POST"])
def period(year: str, period_id: int) -> Response | tuple[str, int]:
    """Other days for a term, a lov or closed days."""
    _, row = _load_year(year)
    period = _period(row, period_id)
    form = ChangePeriodForm(row, obj=period, data={"version": period.stamp}, changing=period)
    status = 200
    if form.validate_on_submit():
        values = {name: form[name].data for name in form.NAMES}
        try:
            row.change_period(period, **values, seen=form.version.data, by=current_user)
            db.session.commit()
        except StaleDataError:
            db.session.rollback()
            period = _period(row, period_id)
            form.show_newer({name: getattr(period, name) for name in form.NAMES}, period.stamp)
            status = 409
        else:
            notify(f"Sparat: {period.name}.")
            return redirect(url_for("cycle.year", year=row.slug))
    elif form.is_submitted():
        status = 422
    return render_template("cycle/period.html", year=row, period=period, form=form), status


@bp.post("/organisation/lasar/<year>/perioder/<int:period_id>/ta-bort")
def remove_period(year: str, period_id: int) -> Response:
    _, row = _load_year(year)
    period = _period(row, period_id)
    name = period.name
    removal = row.remove_period(period, by=current_user)
    db.session.commit()
    notify(f"{name} har tagits bort.", undo=removal.id)
    return redirect(url_for("cycle.year", year=row.slug))


@bp.route("/organisation/paminnelser", methods=["GET", "POST"])
def reminders() -> Response | tuple[str, int]:
    """When people are reminded of what: a row for each kind."""
    organizer = load_organizer(to=Permission.MANAGE)

    def stored() -> dict[str, Any]:
        return RemindersForm.stored(organizer.offsets())

    form = RemindersForm(data={**stored(), "version": organizer.version})
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        chosen = form.offsets()
        if saved(form, organizer, lambda: organizer.set_reminders(chosen, by=current_user), stored):
            notify("Påminnelserna är sparade.")
            return redirect(url_for("cycle.reminders"))
        status = 409
    return render_template("cycle/reminders.html", form=form), status


@bp.route("/enheter/<slug>/<year>/fas", methods=["GET", "POST"])
def phase(slug: str, year: str) -> Response | tuple[str, int]:
    """Say that the unit is in another phase than the calendar thinks."""
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    form = PhaseForm(data={"phase": cycle.phase()})
    if form.validate_on_submit():
        cycle.set_phase(form.phase.data, form.note.data, by=current_user)
        db.session.commit()
        notify(f"Fasen är {form.phase.data.label}.")
        return redirect(url_for("start.year", slug=slug, year=year))
    return render_template(
        "cycle/phase.html",
        form=form,
        cycle=cycle,
        by_calendar=cycle.calendar_phase(today()),
        help_of_phases={
            each: f"{each.question} Enligt kalendern {each.when}." for each in calendar.Phase
        },
    ), 422 if form.is_submitted() else 200
