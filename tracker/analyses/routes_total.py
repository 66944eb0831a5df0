"""Orsaker i eget arbete for the huvudman: all units together, never one by one."""

from flask import Blueprint, render_template

from tracker.analyses.own_work import FEWEST_UNITS, totals_of
from tracker.auth.access import load_organizer
from tracker.models import CauseLocation, Permission

bp = Blueprint("causes", __name__)


@bp.get("/orsaker-i-eget-arbete")
def total() -> str:
    organizer = load_organizer(to=Permission.OVERSEE)
    return render_template(
        "analyses/total.html",
        years=totals_of(organizer.id),
        locations=CauseLocation.of(is_organizer=False),
        fewest=FEWEST_UNITS,
    )
