"""Åtgärder of a unit and läsår, a new one, and the pages of one measure."""

import secrets
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.auth.access import load_cycle, may
from tracker.examples.reading import to_begin_from
from tracker.extensions import db
from tracker.measures import (  # noqa: F401 - they add theirs
    routes_areas,
    routes_inherit,
    routes_log,
    routes_one,
)
from tracker.measures.blueprint import bp
from tracker.measures.causes import causes_of, form_of_cause
from tracker.measures.forms import NewMeasureForm, OwnMeasureForm
from tracker.measures.living_basis import lost_bases
from tracker.measures.reading import (
    areas_of,
    measures_of,
    other_units,
    people_of,
)
from tracker.measures.taken_up import problems_by_area
from tracker.models import GoodExample, Measure, MeasureBasis, Permission, QualityCycle, SchoolUnit
from tracker.teams.reading import teams_by_area
from tracker.web.notices import notify
from tracker.web.swedish import date_medium

__all__ = ["bp"]

Page = str | tuple[str, int] | Response


@bp.get("/enheter/<slug>/<year>/atgarder")
def index(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.READ)
    writes = may(Permission.WRITE)
    listed = measures_of(cycle, with_proposals=writes)
    return render_template(
        "measures/index.html",
        cycle=cycle,
        unit=cycle.owner,
        listed=listed,
        lost=lost_bases(row for group in listed.groups for row in group.measures),
        problems=problems_by_area(cycle, living=writes),
        teams=teams_by_area(cycle) if may(Permission.TEAMS) else {},
    )


@bp.route("/enheter/<slug>/<year>/atgarder/ny", methods=["GET", "POST"])
def new(slug: str, year: str) -> Page:
    """Decide a measure on one page, or keep it as a proposal."""
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    unit = cycle.owner
    deciding = request.method == "POST" and "draft" not in request.form
    if deciding and not may(Permission.ADOPT):
        abort(403)
    causes = causes_of(unit, cycle.school_year)
    model = to_begin_from(request.args.get("exempel", type=int))
    form = NewMeasureForm(data=_prefilled(causes, model))
    form.offer(unit, causes=causes, people=people_of(unit), areas=areas_of(cycle))
    shared = other_units(unit, Permission.ADOPT if may(Permission.ADOPT) else Permission.WRITE)
    if unit.is_organizer:
        form.unit_ids.label.text = OwnMeasureForm.CONCERNED
    form.unit_ids.choices = [(other.id, other.name) for other in shared]
    if made := _made_before(cycle, form):
        return _to_what_was_made(made)
    valid = form.validate_on_submit()
    if (deciding and form.refuse_decision(anew=True)) or not valid:
        return _new_page(cycle, form, model), 422 if form.is_submitted() else 200
    try:
        measure = Measure.propose(
            cycle,
            by=current_user,
            units=_chosen(cycle, shared, form),
            form_token=form.token,
            modelled_on_id=model.measure_id if model else None,
            **form.values(),
        )
        if deciding:
            measure.decide(by=current_user)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        if made := _made_before(cycle, form):
            return _to_what_was_made(made)
        raise
    if deciding:
        day = date_medium(measure.assess_on)
        notify(
            f"Åtgärden är beslutad. Effekten kan bedömas från {day}; då står den överst i Effekter."
        )
    else:
        whose = "för huvudmannen" if unit.is_organizer else "på enheten"
        notify(f"Förslaget är sparat. Det syns för dem som skriver {whose}.")
    return redirect(url_for("measures.show", measure_id=measure.id))


def _made_before(cycle: QualityCycle, form: NewMeasureForm) -> Measure | None:
    """What the same form made when it was sent a moment ago: pressed twice, or gone back to. Written
    over with another measure, the form is a new one."""
    if not form.is_submitted():
        return None
    made = Measure.made_by_form(cycle.organizer_id, form.token)
    if made is not None and made.title != form.title.data:
        form.form_token.data = secrets.token_urlsafe(16)
        return None
    return made


def _to_what_was_made(made: Measure) -> Response:
    notify("Åtgärden är redan sparad. Vill ni ändra något gör ni det här.", "info")
    return redirect(url_for("measures.show", measure_id=made.id))


def _prefilled(causes: list[tuple[int, str]], model: GoodExample | None) -> dict[str, Any]:
    """What the address asks for; with causes to choose among, a cause is what one builds on. Of a good
    example what was done and how it was followed up: the unit's own cause and the effect it expects
    are its own to write."""
    taken: dict[str, Any] = {}
    if model is not None:
        taken = {
            "title": model.measure.title,
            "description": model.how,
            "follow_up": model.measure.follow_up,
        }
    cause_id = request.args.get("orsak", type=int)
    return taken | {
        "cause_id": cause_id,
        "form": form_of_cause(cause_id) if cause_id in dict(causes) else None,
        "area_id": request.args.get("omrade", type=int),
        "basis": MeasureBasis.CAUSE if causes else None,
    }


def _chosen(
    cycle: QualityCycle, shared: list[SchoolUnit], form: NewMeasureForm
) -> list[SchoolUnit]:
    return [*cycle.units, *(other for other in shared if other.id in (form.unit_ids.data or []))]


def _new_page(cycle: QualityCycle, form: NewMeasureForm, model: GoodExample | None) -> str:
    return render_template(
        "measures/new.html", cycle=cycle, unit=cycle.owner, form=form, model=model
    )
