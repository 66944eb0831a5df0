"""Huvudmannens mål. The page of the lap is `start.year`; analysis, measures and effects are those of a unit's
lap, at addresses of their own (addresses.py)."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import load_cycle
from tracker.extensions import db
from tracker.models import OrganizerGoal, Permission, QualityCycle
from tracker.organisation.owner import OWN
from tracker.own_lap.forms import GoalForm, NewGoalForm
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once
from tracker.web.swedish import count

bp = Blueprint("own_lap", __name__, url_prefix="/huvudmannen/<year>/mal")

Answer = Response | tuple[str, int]


@bp.route("/nytt", methods=["GET", "POST"])
def new_goal(year: str) -> Answer:
    cycle = load_cycle(OWN, year, to=Permission.WRITE)
    form = NewGoalForm()

    def make() -> OrganizerGoal:
        return OrganizerGoal.add(
            cycle, form.text.data, form.signs.data, by=current_user, form_token=form.token
        )

    if form.validate_on_submit():
        made = make_once(form, OrganizerGoal, make, form.NAMES)
        if made is not None:
            notify("Målet är sparat. Alla med en roll hos huvudmannen kan läsa det.")
            return _to_lap(year)
    return _page(cycle, form, None)


@bp.post("/ta-med")
def take_over(year: str) -> Response:
    """Bring the goals of the läsår before."""
    cycle = load_cycle(OWN, year, to=Permission.WRITE)
    brought = OrganizerGoal.take_over(cycle, by=current_user)
    db.session.commit()
    if brought:
        notify(f"{count(brought, 'Ett mål', 'mål')} följde med. Skriv om det som har ändrats.")
    else:
        notify("Målen fanns redan.", "info")
    return _to_lap(year)


@bp.route("/<int:goal_id>", methods=["GET", "POST"])
def goal(year: str, goal_id: int) -> Answer:
    cycle = load_cycle(OWN, year, to=Permission.WRITE)
    goal = _find(cycle, goal_id)
    form = GoalForm(obj=goal)
    if not form.validate_on_submit():
        return _page(cycle, form, goal)
    if not saved(
        form,
        goal,
        lambda: goal.write(form.text.data, form.signs.data, by=current_user),
        form.NAMES,
    ):
        return _page(cycle, form, goal)
    notify("Målet är sparat.")
    return _to_lap(year)


@bp.post("/<int:goal_id>/ta-bort")
def remove_goal(year: str, goal_id: int) -> Response:
    cycle = load_cycle(OWN, year, to=Permission.WRITE)
    try:
        removal = _find(cycle, goal_id).remove(by=current_user)
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        notify("Målet har ändrats eller tagits bort under tiden.", "warning")
        return _to_lap(year)
    notify("Målet är borttaget.", undo=removal.id)
    return _to_lap(year)


def _find(cycle: QualityCycle, goal_id: int) -> OrganizerGoal:
    goal = db.session.get(OrganizerGoal, goal_id)
    if goal is None or goal.cycle_id != cycle.id:
        abort(404)
    return goal


def _page(
    cycle: QualityCycle, form: NewGoalForm | GoalForm, goal: OrganizerGoal | None
) -> tuple[str, int]:
    status = 409 if form.form_errors else 422 if form.is_submitted() else 200
    return render_template("own_lap/goal.html", cycle=cycle, form=form, goal=goal), status


def _to_lap(year: str) -> Response:
    return redirect(url_for("start.year", slug=OWN, year=year))
