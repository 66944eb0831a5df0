"""Röda tråden of a unit and of a development area, and the life of a measure."""

from flask import Blueprint, abort, render_template, request

from tracker.auth.access import load_measure, load_unit
from tracker.measures.reading import seen_from
from tracker.models import Permission
from tracker.start.units import Lap, present_lap
from tracker.thread.life import life_of
from tracker.thread.picture import COLUMN, column_x, draw, results_lines, width_of
from tracker.thread.story import LONGEST, SHORTEST, read_story
from tracker.thread.table import rows_of

bp = Blueprint("thread", __name__)


@bp.get("/enheter/<slug>/roda-traden")
def unit(slug: str) -> str:
    return _page(slug, None)


@bp.get("/enheter/<slug>/roda-traden/<int:area_id>")
def area(slug: str, area_id: int) -> str:
    """The threads that a development area of the unit is part of, in whichever läsår."""
    return _page(slug, area_id)


def _page(slug: str, area_id: int | None) -> str:
    unit = load_unit(slug, to=Permission.READ)
    years = _years_told()
    story = read_story(unit, years, area_id)
    if area_id is not None and area_id not in story.areas:
        abort(404)
    return render_template(
        "thread/unit.html",
        unit=unit,
        year=present_lap([Lap(start_year) for start_year in story.own_years]),
        area_id=area_id,
        story=story,
        years=years,
        choices=range(SHORTEST, LONGEST + 1),
        pictures=draw(story.threads, story.columns),
        rows_of=rows_of,
        width=width_of(story.columns),
        column_x=column_x,
        column_width=COLUMN,
        results_lines=results_lines,
    )


def _years_told() -> int:
    """How many läsår the address asks for; as many as there may be unless it asks for fewer."""
    wanted = request.args.get("lasar", type=int)
    return wanted if wanted in range(SHORTEST, LONGEST + 1) else LONGEST


@bp.get("/atgarder/<int:measure_id>/liv")
def life(measure_id: int) -> str:
    measure = load_measure(measure_id, to=Permission.READ)
    unit, year = seen_from(measure)
    return render_template(
        "thread/life.html", measure=measure, unit=unit, year=year, life=life_of(measure)
    )
