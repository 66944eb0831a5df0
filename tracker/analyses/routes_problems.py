"""The problems of an analysis and their causes: written, laid aside and taken back."""

from flask import redirect, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from tracker.analyses.blueprint import bp
from tracker.analyses.earlier import EarlierProblem
from tracker.analyses.forms import CauseForm, ProblemForm
from tracker.analyses.pages import Page, address, form_page, one, place, to_write
from tracker.analyses.problems import ProblemInUse
from tracker.analyses.snapshot import origin_of
from tracker.extensions import db
from tracker.models import Cause, Problem, SituationAnalysis
from tracker.web.conflicts import saved
from tracker.web.notices import notify


@bp.route("/nulagesanalys/problem/nytt", methods=["GET", "POST"])
def add_problem(slug: str, year: str) -> Page:
    analysis = to_write(slug, year)
    form = ProblemForm(new=True)
    form.ask_about(analysis.cycle.owner, None)
    if form.validate_on_submit():
        problem = analysis.add_problem(form.text.data, form.about, by=current_user)
        db.session.commit()
        notify("Problemet är sparat.")
        return redirect(_after_problem(analysis, problem))
    return form_page("analyses/problem.html", form, analysis, problem=None)


@bp.route("/nulagesanalys/problem/<int:problem_id>", methods=["GET", "POST"])
def problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = to_write(slug, year)
    problem = _problem(analysis, problem_id)
    form = ProblemForm(obj=problem)
    form.ask_about(analysis.cycle.owner, problem)
    if form.validate_on_submit() and saved(
        form,
        problem,
        lambda: problem.write(
            form.text.data,
            form.about if "form" in form else problem.form,
            by=current_user,
            **form.since_then,
        ),
        form.names,
    ):
        notify("Problemet är sparat.")
        return redirect(_after_problem(analysis, problem))
    return form_page(
        "analyses/problem.html",
        form,
        analysis,
        problem=problem,
        in_use=problem.is_in_use(),
        earlier=EarlierProblem.read(problem.follows, analysis) if problem.follows else None,
        origin=origin_of(problem.follows, analysis) if problem.follows else "",
    )


def _after_problem(analysis: SituationAnalysis, problem: Problem) -> str:
    """The next thing to write is the cause, for those who said so."""
    if "then_cause" in request.form:
        return url_for(".add_cause", **place(analysis), problem_id=problem.id)
    return address(analysis)


@bp.post("/nulagesanalys/problem/<int:problem_id>/ta-bort")
def remove_problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = to_write(slug, year)
    problem = _problem(analysis, problem_id)
    goes_on = problem.follows_id is not None
    try:
        removal = problem.remove(by=current_user)
        db.session.commit()
    except (ProblemInUse, IntegrityError):  # the latter when somebody builds on it this very moment
        db.session.rollback()
        notify("Något annat bygger på problemet. Lägg undan det i stället.", "warning")
        return redirect(url_for(".problem", slug=slug, year=year, problem_id=problem_id))
    if goes_on:
        word = "Det är ångrat. Problemet väntar igen på att ni tar ställning till det."
    else:
        word = "Problemet är borttaget."
    notify(word, undo=removal.id)
    return redirect(address(analysis))


@bp.post("/nulagesanalys/problem/<int:problem_id>/lagg-undan")
def retire_problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = to_write(slug, year)
    _problem(analysis, problem_id).retire(by=current_user)
    db.session.commit()
    notify("Problemet är undanlagt.")
    return redirect(address(analysis))


@bp.post("/nulagesanalys/problem/<int:problem_id>/ta-tillbaka")
def restore_problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = to_write(slug, year)
    _problem(analysis, problem_id).restore(by=current_user)
    db.session.commit()
    notify("Problemet är tillbaka i analysen.")
    return redirect(address(analysis))


@bp.route("/nulagesanalys/problem/<int:problem_id>/orsaker/ny", methods=["GET", "POST"])
def add_cause(slug: str, year: str, problem_id: int) -> Page:
    analysis = to_write(slug, year)
    problem = _problem(analysis, problem_id)
    form = CauseForm(new=True)
    form.ask_about(analysis.cycle.owner)
    if form.validate_on_submit():
        problem.add_cause(**form.values, by=current_user)
        db.session.commit()
        notify("Orsaken är sparad.")
        return redirect(address(analysis))
    return form_page("analyses/cause.html", form, analysis, problem=problem, cause=None)


@bp.route("/nulagesanalys/orsaker/<int:cause_id>", methods=["GET", "POST"])
def cause(slug: str, year: str, cause_id: int) -> Page:
    analysis = to_write(slug, year)
    cause = _cause(analysis, cause_id)
    form = CauseForm(obj=cause)
    form.ask_about(analysis.cycle.owner)
    if form.validate_on_submit() and saved(
        form, cause, lambda: cause.write(**form.values, by=current_user), form.NAMES
    ):
        notify("Orsaken är sparad.")
        return redirect(address(analysis))
    follows = cause.problem.follows
    return form_page(
        "analyses/cause.html",
        form,
        analysis,
        problem=cause.problem,
        cause=cause,
        origin=origin_of(follows, analysis) if follows else "",
    )


@bp.post("/nulagesanalys/orsaker/<int:cause_id>/lagg-undan")
def retire_cause(slug: str, year: str, cause_id: int) -> Page:
    analysis = to_write(slug, year)
    _cause(analysis, cause_id).retire(by=current_user)
    db.session.commit()
    notify("Orsaken är undanlagd.")
    return redirect(address(analysis))


@bp.post("/nulagesanalys/orsaker/<int:cause_id>/ta-tillbaka")
def restore_cause(slug: str, year: str, cause_id: int) -> Page:
    analysis = to_write(slug, year)
    _cause(analysis, cause_id).restore(by=current_user)
    db.session.commit()
    notify("Orsaken är tillbaka i analysen.")
    return redirect(address(analysis))


def _problem(analysis: SituationAnalysis, problem_id: int) -> Problem:
    return one(problem for problem in analysis.problems if problem.id == problem_id)


def _cause(analysis: SituationAnalysis, cause_id: int) -> Cause:
    return one(
        cause for problem in analysis.problems for cause in problem.causes if cause.id == cause_id
    )
