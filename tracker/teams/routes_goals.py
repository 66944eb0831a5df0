"""Lagets mål in a läsår: read by those who may, written by the team."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.audit.history import history_of, history_of_own
from tracker.auth.access import load_cycle
from tracker.extensions import db
from tracker.models import Permission, Team, TeamGoal, TeamPlan, User
from tracker.teams.access import TeamYear, load_goal, load_team_year
from tracker.teams.forms import AnalysisForm, GoalForm, NewGoalForm, OverGoalForm
from tracker.teams.goals import usual_day
from tracker.teams.plans import NothingToShare
from tracker.teams.reading import (
    areas_to_choose,
    before,
    goals_of,
    may_be_taken,
    team_years,
    when,
)
from tracker.teams.states import AlreadyTaken, GoalInUse
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once

Answer = Response | tuple[str, int]


def index(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.TEAMS)
    return render_template(
        "teams/index.html", cycle=cycle, unit=cycle.unit, rows=team_years(cycle), when=when
    )


def show(slug: str, year: str, team_id: int) -> str:
    here = load_team_year(slug, year, team_id, to=Permission.TEAMS)
    plan = here.shown
    history = []
    if plan is not None:
        history = history_of_own(plan) if here.is_own else history_of(plan)
    return render_template(
        "teams/show.html",
        here=here,
        goals=goals_of(here),
        before=before(here),
        when=when,
        may_be_taken=may_be_taken,
        history=history,
    )


def analysis(slug: str, year: str, team_id: int) -> Answer:
    """Kort analys, with last läsår's beside it. The version that a plan not begun has is that of one
    that has just been: whoever saves second is shown what the first one wrote."""
    here = load_team_year(slug, year, team_id, to=Permission.WRITE)
    form = AnalysisForm(
        data={
            "analysis": here.plan.analysis if here.plan else "",
            "version": here.plan.version if here.plan else 1,
        }
    )
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        plan = TeamPlan.begin(here.team, here.cycle)
        if saved(
            form, plan, lambda: plan.write(form.analysis.data, by=current_user), ("analysis",)
        ):
            notify("Analysen är sparad.")
            return _shown(here)
        status = 409
    return _page("teams/analysis.html", here, form, status)


def share(slug: str, year: str, team_id: int) -> Response:
    here = load_team_year(slug, year, team_id, to=Permission.WRITE)
    try:
        if here.plan is None:
            raise NothingToShare
        here.plan.share(by=current_user)
    except NothingToShare:
        notify("Skriv minst ett mål först.", "warning")
        return _shown(here)
    db.session.commit()
    notify("Målen är delade. Enhetens ledning och personal kan läsa dem nu.")
    return _shown(here)


def new_goal(slug: str, year: str, team_id: int) -> Answer:
    here = load_team_year(slug, year, team_id, to=Permission.WRITE)
    form = NewGoalForm(
        data={
            "evaluate_on": usual_day(here.cycle.school_year),
            "responsible_id": current_user.id if here.is_own else None,
        }
    )
    _offer(form, here, None)

    def make() -> TeamGoal:
        plan = TeamPlan.begin(here.team, here.cycle)
        return TeamGoal.add(
            plan,
            by=current_user,
            responsible=_person(form.responsible_id.data),
            form_token=form.token,
            **form.values(),
        )

    if form.validate_on_submit():
        made = make_once(form, TeamGoal, make, GoalForm.SHARED)
        if made is not None:
            notify("Målet är sparat.")
            return _shown(here)
    return _page("teams/goal.html", here, form, 422 if form.is_submitted() else 200, goal=None)


def goal(slug: str, year: str, team_id: int, goal_id: int) -> Answer:
    here, row = load_goal(slug, year, team_id, goal_id)
    form: Any = OverGoalForm(obj=row) if row.is_over else GoalForm(obj=row)
    _offer(form, here, row)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():

        def change() -> None:
            responsible = _person(form.responsible_id.data)
            row.write(by=current_user, responsible=responsible, **form.values())

        if saved(form, row, change, form.SHARED):
            notify("Målet är sparat.")
            return _shown(here)
        status = 409
    return _page("teams/goal.html", here, form, status, goal=row)


def _person(user_id: int | None) -> User | None:
    """One of those whom the form has offered."""
    return db.session.get(User, user_id) if user_id is not None else None


def _offer(form: Any, here: TeamYear, row: TeamGoal | None) -> None:
    """The areas of the läsår, and those in the team; what has been chosen before stays to be chosen."""
    form.area_id.offer(areas_to_choose(here.cycle))
    people = [(each.user_id, each.name) for each in here.members if each.writes]
    if row is not None and row.responsible_id and row.responsible_id not in dict(people):
        people.append((row.responsible_id, f"{row.responsible} (inte i laget längre)"))
    form.responsible_id.offer(people)
    if "evaluate_on" in form:
        form.earliest, form.latest = here.cycle.school_year.first_day, here.latest_day
        if row is not None and row.latest is not None:
            form.evaluate_on.label.text = "Datum för nästa utvärdering"


def remove_goal(slug: str, year: str, team_id: int, goal_id: int) -> Response:
    here, row = load_goal(slug, year, team_id, goal_id)
    try:
        removal = row.remove(by=current_user)
    except GoalInUse:
        db.session.rollback()
        notify(
            "Målet är utvärderat eller följer med till ett senare läsår, och tas inte bort.",
            "warning",
        )
        return _shown(here)
    db.session.commit()
    notify("Målet är borttaget.", undo=removal.id)
    return _shown(here)


def take_over(slug: str, year: str, team_id: int, goal_id: int) -> Response:
    """Ta med till nytt läsår."""
    here = load_team_year(slug, year, team_id, to=Permission.WRITE)
    earlier = before(here)
    row = next((each for each in earlier.goals if each.id == goal_id), None) if earlier else None
    if row is None:
        abort(404)
    if row.followed_by is None and not may_be_taken(row):
        notify("Målet är avslutat efter utvärderingen. Skriv ett nytt i stället.", "warning")
        return _shown(here)
    still_here = {each.user_id for each in here.members if each.writes}
    responsible = _person(row.responsible_id) if row.responsible_id in still_here else None
    try:
        plan = TeamPlan.begin(here.team, here.cycle)
        TeamGoal.take_over(plan, row, responsible, by=current_user)
        db.session.commit()
    except (AlreadyTaken, IntegrityError):
        db.session.rollback()
        notify("Målet är redan med.", "info")
    else:
        notify("Målet är med. Se över det och dagen för utvärderingen.")
    return _shown(here)


def _page(template: str, here: TeamYear, form: Any, status: int, **more: Any) -> tuple[str, int]:
    return render_template(
        template, here=here, form=form, before=before(here), when=when, may_be_taken=may_be_taken,
        **more,
    ), status  # fmt: skip


def _shown(here: TeamYear) -> Response:
    return redirect(url_for("teams.show", **here.at))


def home_of_goal(plan: TeamPlan) -> tuple[TeamYear, str]:
    """The team's läsår that a removed goal was part of, for who may write there, and its address."""
    team = db.session.get_one(Team, plan.team_id)
    here = load_team_year(team.unit.slug, plan.cycle.school_year.slug, team.id, to=Permission.WRITE)
    return here, url_for("teams.show", **here.at)
