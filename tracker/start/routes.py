"""The first page of every role, the units, the health checks and the accessibility statement."""

import logging
from functools import lru_cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from tracker.auth.access import current_access, load_cycle, load_own_lap, load_unit
from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.handover.reading import newly_led
from tracker.models import Permission, SchoolUnit
from tracker.organisation.owner import OWN, OwnLap
from tracker.organisation.staffing import Staffing
from tracker.own_lap import page as own_lap
from tracker.start.addresses import Addresses
from tracker.start.home import home_page
from tracker.start.steps import stepper
from tracker.start.units import by_area, laps_of, listed_units, present_lap
from tracker.start.year import parts
from tracker.web.logs import log
from tracker.web.paging import Page

bp = Blueprint("start", __name__)


@bp.get("/healthz")
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process lives."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
def readyz() -> tuple[str, int, dict[str, str]]:
    """The database answers and has every migration; 503 otherwise."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    try:
        have = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        log("not ready", logging.WARNING, exc_info=True)
        return "database unreachable\n", 503, plain
    if have != _newest_migration(current_app.extensions["migrate"].directory):
        return "database not migrated: run flask --app wsgi db upgrade\n", 503, plain
    return "ready\n", 200, plain


@lru_cache
def _newest_migration(directory: str) -> str | None:
    return ScriptDirectory(directory).get_current_head()


@bp.get("/tillganglighet")
def accessibility() -> str:
    return render_template("start/accessibility.html")


@bp.get("/")
def home() -> str:
    page = home_page(current_access(), current_user)
    return render_template("start/home.html", home=page, stepper=stepper)


@bp.get("/enheter")
def units() -> str:
    search = "".join(c for c in request.args.get("sok", "") if c.isprintable()).strip()[:100]
    page = Page.of(listed_units(current_access(), search))
    return render_template(
        "start/units.html",
        page=page,
        areas=by_area(page),
        search=search,
        addresses=Addresses(calendar.slug(calendar.school_year_start(today()))),
    )


@bp.get("/enheter/<slug>")
def unit(slug: str) -> str | Response:
    """Leads to the läsår that holds today."""
    if slug == OWN:
        owner: SchoolUnit | OwnLap = OwnLap(load_own_lap(to=Permission.READ))
    else:
        owner = load_unit(slug, to=Permission.READ)
    lap = present_lap(laps_of(owner))
    if lap is not None:
        return redirect(url_for("start.year", slug=owner.slug, year=lap.slug))
    return render_template("start/unit_without_year.html", unit=owner)


@bp.get("/enheter/<slug>/<year>")
def year(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.READ)
    school_year = cycle.school_year
    is_over = school_year.last_day < today()
    has_begun = school_year.first_day <= today()
    steps = stepper(cycle.phase() if has_begun else None, over=is_over)
    if cycle.owner.is_organizer:
        return own_lap.page(cycle, steps, is_over=is_over)
    staffing = Staffing.load(cycle.organizer_id)
    return render_template(
        "start/year.html",
        cycle=cycle,
        unit=cycle.unit,
        year=school_year,
        steps=steps,
        is_over=is_over,
        parts=parts(cycle),
        laps=laps_of(cycle.unit),
        leader=staffing.leader(cycle.unit_id),
        deputies=staffing.deputies(cycle.unit_id),
        is_new=cycle.unit.slug in dict(newly_led(current_access())),
    )
