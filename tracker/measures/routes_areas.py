"""Prioriterade utvecklingsområden of a unit and läsår."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.analyses.problems import excerpt
from tracker.auth.access import load_cycle
from tracker.extensions import db
from tracker.measures.areas import AreaInUse
from tracker.measures.blueprint import bp
from tracker.measures.forms import AreaForm, NewAreaForm
from tracker.measures.reading import problems_of
from tracker.models import DevelopmentArea, Permission, Problem, QualityCycle
from tracker.teams.reading import teams_by_area
from tracker.web.conflicts import saved
from tracker.web.notices import notify

Page = str | tuple[str, int] | Response


@bp.route("/enheter/<slug>/<year>/utvecklingsomraden/nytt", methods=["GET", "POST"])
def new_area(slug: str, year: str) -> Page:
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    problems = problems_of(cycle)
    form = NewAreaForm()
    form.offer(cycle.owner, _labels(problems))
    if not form.validate_on_submit():
        return _page(cycle, form, None), 422 if form.is_submitted() else 200
    DevelopmentArea.create(
        cycle, by=current_user, problems=_chosen(problems, form), **form.values()
    )
    db.session.commit()
    notify("Utvecklingsområdet är tillagt. Nästa steg: besluta en åtgärd i det.")
    return _to_list(cycle)


@bp.route("/enheter/<slug>/<year>/utvecklingsomraden/<int:area_id>", methods=["GET", "POST"])
def area(slug: str, year: str, area_id: int) -> Page:
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    area = _find(cycle, area_id)
    kept = [problem for problem in area.problems if problem.retired_at is not None]
    problems = problems_of(cycle) + kept
    form = AreaForm(obj=area, data={"problem_ids": [problem.id for problem in area.problems]})
    form.offer(cycle.owner, _labels(problems))
    if not form.validate_on_submit():
        return _page(cycle, form, area), 422 if form.is_submitted() else 200

    def change() -> None:
        area.write(**form.values(), problems=_chosen(problems, form), by=current_user)

    if not saved(form, area, change, form.SHARED):
        return _page(cycle, form, area), 409
    notify("Utvecklingsområdet är sparat.")
    return _to_list(cycle)


@bp.post("/enheter/<slug>/<year>/utvecklingsomraden/<int:area_id>/ta-bort")
def remove_area(slug: str, year: str, area_id: int) -> Page:
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    area = _find(cycle, area_id)
    try:
        removal = area.remove(by=current_user)
    except AreaInUse:
        db.session.rollback()
        notify(
            "Området används av en åtgärd, av ett lags mål eller i en dialog. Flytta det först.",
            "warning",
        )
        return redirect(url_for("measures.area", slug=cycle.owner.slug, year=year, area_id=area_id))
    db.session.commit()
    notify("Utvecklingsområdet är borttaget.", undo=removal.id)
    return _to_list(cycle)


def _find(cycle: QualityCycle, area_id: int) -> DevelopmentArea:
    area = db.session.get(DevelopmentArea, area_id)
    if area is None or area.cycle_id != cycle.id:
        abort(404)
    return area


def _labels(problems: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.id, excerpt(problem.text, 140)) for problem in problems]


def _chosen(problems: list[Problem], form: Any) -> list[Problem]:
    return [problem for problem in problems if problem.id in (form.problem_ids.data or [])]


def _page(cycle: QualityCycle, form: Any, area: DevelopmentArea | None) -> str:
    return render_template(
        "measures/area.html",
        cycle=cycle,
        unit=cycle.owner,
        form=form,
        area=area,
        removable=area is not None and not area.is_used(),
        teams=teams_by_area(cycle).get(area.id, []) if area is not None else [],
    )


def _to_list(cycle: QualityCycle) -> Response:
    return redirect(url_for("measures.index", slug=cycle.owner.slug, year=cycle.school_year.slug))
