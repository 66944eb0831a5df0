"""Utvärdering of a team's goal: what was seen, what is done now, and when next."""

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.extensions import db
from tracker.models import GoalDecision, TeamEvaluation, TeamGoal
from tracker.teams.access import TeamYear, load_goal
from tracker.teams.forms import EvaluationCorrectionForm, EvaluationForm
from tracker.teams.states import GoalEnded, GoalGone, SomebodyEvaluated
from tracker.web.conflicts import saved, too_late
from tracker.web.notices import notify
from tracker.web.once import once

Answer = Response | tuple[str, int]


def evaluate(slug: str, year: str, team_id: int, goal_id: int) -> Answer:
    here, row = load_goal(slug, year, team_id, goal_id)
    latest = row.latest
    form = EvaluationForm(data={"seen": latest.number if latest else 0, "held_on": today()})
    form.latest, form.goes_on_elsewhere = here.latest_day, here.goes_on(row)
    if not form.is_submitted() and row.is_over:
        notify("Målet är avslutat. Det finns inget mer att utvärdera.", "info")
        return _shown(here)
    if not form.validate_on_submit():
        return _page(here, row, form, latest, 422 if form.is_submitted() else 200)
    try:
        once(
            lambda: _sent_before(form, row),
            lambda: row.evaluate(by=current_user, seen=form.seen.data, **form.values()),
            SomebodyEvaluated,
        )
    except (SomebodyEvaluated, IntegrityError):
        return _page(here, row, form, row.latest, _show_newer(form, row.latest))
    except GoalGone:
        why = "Någon annan har tagit bort målet. Det du skrev står här nedanför."
        abort(make_response(too_late(why)))
    except GoalEnded:
        form.form_errors.append(
            "Målet är avslutat sedan du öppnade sidan. Skriv det du såg i den senaste utvärderingen i stället."
        )
        return _page(here, row, form, row.latest, 409)
    return _saved(here, row, form)


def _sent_before(form: EvaluationForm, row: TeamGoal) -> TeamEvaluation | None:
    """The latest evaluation, when it is this very one: the button was pressed twice."""
    latest = row.latest
    is_this = (
        latest is not None
        and latest.number == (form.seen.data or 0) + 1
        and latest.by_id == current_user.id
        and all(form[name].data == getattr(latest, name) for name in TeamEvaluation.FIELDS)
        and (latest.decision is GoalDecision.END or form.next_on.data == row.evaluate_on)
    )
    return latest if is_this else None


def _show_newer(form: EvaluationForm, latest: TeamEvaluation | None) -> int:
    """Somebody else has evaluated meanwhile: what was typed stays, and is another evaluation if it is
    sent again, knowingly."""
    number = latest.number if latest else 0
    form.seen.data, form.seen.raw_data = number, [str(number)]
    said = (
        f" {latest.by_name} skrev: ”{latest.outcome}” ({latest.decision.label})." if latest else ""
    )
    form.form_errors.append(
        f"Någon annan har skrivit en utvärdering sedan du öppnade sidan.{said} Sparar du nu blir din en till."
    )
    return 409


def _saved(here: TeamYear, row: TeamGoal, form: EvaluationForm) -> Response:
    if form.decision.data is GoalDecision.ADJUST:
        notify("Utvärderingen är sparad. Skriv om målet här, om det ska stå på ett annat sätt.")
        return redirect(url_for("teams.goal", goal_id=row.id, **here.at))
    notify("Utvärderingen är sparad.")
    return _shown(here)


def correct(slug: str, year: str, team_id: int, goal_id: int, number: int) -> Answer:
    """The latest evaluation, written anew; earlier ones stay as they were."""
    here, row = load_goal(slug, year, team_id, goal_id)
    latest = row.latest
    if latest is None or latest.number < number:
        abort(404)
    if latest.number != number:
        return _newer_one(here)
    form = EvaluationCorrectionForm(obj=latest, data={"next_on": row.evaluate_on})
    form.latest, form.goes_on_elsewhere = here.latest_day, row.is_over and here.goes_on(row)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():

        def stored() -> dict[str, object]:
            return {name: getattr(latest, name) for name in TeamEvaluation.FIELDS} | {
                "next_on": row.evaluate_on
            }

        try:
            if saved(
                form, latest, lambda: latest.correct(by=current_user, **form.values()), stored
            ):
                notify("Utvärderingen är rättad. Historiken visar hur den såg ut.")
                return _shown(here)
            status = 409
        except SomebodyEvaluated:
            db.session.rollback()
            return _newer_one(here)
        except GoalGone:
            return too_late("Någon annan har tagit bort målet.")
    return _page(here, row, form, latest, status, number=number)


def _newer_one(here: TeamYear) -> Answer:
    """There is a later evaluation, and this one stays as it was."""
    if request.method == "POST":
        why = "Laget har skrivit en utvärdering till. Den här går inte att ändra längre."
        return too_late(why)
    return abort(404)


def _page(
    here: TeamYear,
    row: TeamGoal,
    form: EvaluationForm | EvaluationCorrectionForm,
    latest: TeamEvaluation | None,
    status: int,
    number: int | None = None,
) -> tuple[str, int]:
    return render_template(
        "teams/evaluate.html", here=here, goal=row, form=form, latest=latest, number=number
    ), status


def _shown(here: TeamYear) -> Response:
    return redirect(url_for("teams.show", **here.at))
