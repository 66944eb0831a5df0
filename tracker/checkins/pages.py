"""The pages that show check-ins: what waits, one of them, a unit's läsår; and how often a unit checks in."""

import sqlalchemy as sa
from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.audit.history import history_of
from tracker.auth.access import current_access, load_cycle, load_organizer, load_unit
from tracker.checkins import lists
from tracker.checkins.access import demand_somewhere, load_all, load_check_in
from tracker.checkins.forms import IntervalForm
from tracker.checkins.interval import OPEN_DURING_LOV
from tracker.checkins.reading import check_in_facts
from tracker.clock import today
from tracker.cycle import calendar
from tracker.models import CheckIn, CheckInUnit, Permission
from tracker.organisation.staffing import Staffing
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.paging import Page

OF_UNIT_SIZE = 20


def index() -> str:
    """Who is due in the person's units; then the latest. What they ask for has a page of its own."""
    demand_somewhere()
    page = Page.of(lists.lines(current_access()), lists.PAGE_SIZE)
    return render_template(
        "checkins/index.html",
        page=page,
        groups=lists.grouped(page.items),
        unanswered=lists.unanswered(),
    )


def support() -> Response:
    """Leads on to where all support is followed."""
    load_organizer(to=Permission.OVERSEE)
    return redirect(url_for("support.index"))


def show(check_in_id: int) -> str:
    check_in = load_check_in(check_in_id, to=Permission.CONVERSE)
    return render_template(
        "checkins/show.html",
        check_in=check_in,
        events=history_of(check_in),
        year=calendar.slug(calendar.school_year_start(check_in.held_on)),
    )


def of_unit(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.CONVERSE)
    school_year = cycle.school_year
    ids = (
        sa.select(CheckIn.id)
        .join(CheckInUnit, CheckInUnit.check_in_id == CheckIn.id)
        .where(
            CheckInUnit.unit_id == cycle.unit_id,
            CheckInUnit.held_on.between(school_year.first_day, school_year.last_day),
        )
        .order_by(CheckIn.held_on.desc(), CheckIn.id.desc())
    )
    page = Page.select(ids, OF_UNIT_SIZE)
    found = load_all(page.items)
    unit = cycle.unit
    is_present = school_year.first_day <= today() <= school_year.last_day
    return render_template(
        "checkins/of_unit.html",
        cycle=cycle,
        unit=unit,
        year=school_year,
        page=page,
        check_ins=[found[key] for key in page.items],
        facts=check_in_facts(unit.organizer_id, today()).get(unit.id) if is_present else None,
        lead=Staffing.load(unit.organizer_id).lead(unit.id, unit.area_id),
        counts_lov=not set(OPEN_DURING_LOV).isdisjoint(unit.form_values),
    )


def interval(slug: str) -> Response | str | tuple[str, int]:
    """How often the unit checks in."""
    unit = load_unit(slug, to=Permission.LEAD)
    form = IntervalForm(obj=unit)

    def page(status: int) -> tuple[str, int]:
        return render_template("checkins/interval.html", unit=unit, form=form), status

    if not form.validate_on_submit():
        return page(422 if form.is_submitted() else 200)
    days = form.check_in_days.data
    if not saved(
        form, unit, lambda: unit.set_check_in_days(days, by=current_user), ("check_in_days",)
    ):
        return page(409)
    notify("Det är sparat hur ofta ni stämmer av.")
    return redirect(url_for("start.unit", slug=unit.slug))
