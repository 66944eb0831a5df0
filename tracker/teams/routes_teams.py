"""The unit's teams and who belongs to them: set up by those who lead the unit."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.auth.access import current_year, load_unit
from tracker.clock import today
from tracker.extensions import db
from tracker.models import Permission, SchoolUnit, Team, User
from tracker.teams.access import load_member, load_team, members_of, staff_of
from tracker.teams.forms import MemberForm, MembersForm, NewTeamForm, TeamForm
from tracker.teams.models import AlreadyMember, TeamExists
from tracker.teams.reading import teams_of
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once
from tracker.web.swedish import listing

Answer = Response | tuple[str, int]
EXISTS = (
    "Enheten har redan ett lag som heter så. Det kan vara undanlagt: ta i så fall tillbaka det."
)


def manage(slug: str) -> str:
    unit = load_unit(slug, to=Permission.WRITE)
    teams = teams_of(unit)
    return render_template(
        "teams/manage.html",
        unit=unit,
        year=current_year(unit.organizer_id),
        teams=[team for team in teams if not team.is_retired],
        retired=[team for team in teams if team.is_retired],
        members=members_of(teams),
    )


def new_team(slug: str) -> Answer:
    """A team with those who are in it from the start."""
    unit = load_unit(slug, to=Permission.WRITE)
    staff = staff_of(unit)
    form = NewTeamForm(data={"starts_on": today(), "people": []})
    form.people.choices = staff

    def make() -> Team:
        made = Team.create(
            unit, form.kind.data, form.name.data, by=current_user, form_token=form.token
        )
        for person in _people(form.people.data):
            made.add_member(person, form.starts_on.data, by=current_user)
        return made

    if form.validate_on_submit():
        try:
            made = make_once(form, Team, make, ("name", "kind"))
        except (TeamExists, IntegrityError):
            form.refuse("name", EXISTS)
        else:
            if made is not None:
                who = "De som hör till laget kan skriva sina mål." if form.people.data else ""
                notify(f"Laget {made.name} är upplagt. {who}".strip())
                return _managed(unit)
    return render_template("teams/new.html", form=form, unit=unit, staff=staff), (
        422 if form.is_submitted() else 200
    )


def _people(ids: list[int] | None) -> list[User]:
    return [db.session.get_one(User, key) for key in sorted(set(ids or []))]


def team(slug: str, team_id: int) -> Answer:
    row = load_team(slug, team_id)
    form = TeamForm(obj=row)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            if saved(
                form, row, lambda: row.change(form.kind.data, form.name.data, by=current_user),
                ("name", "kind"),
            ):  # fmt: skip
                notify("Ändringarna är sparade.")
                return _managed(row.unit)
            status = 409
        except (TeamExists, IntegrityError):
            form.refuse("name", EXISTS)
            status = 422
    return render_template(
        "teams/team.html",
        form=form,
        unit=row.unit,
        team=row,
        members=members_of([row]).get(row.id, []),
    ), status


def retire(slug: str, team_id: int) -> Response:
    row = load_team(slug, team_id)
    row.retire(by=current_user)
    db.session.commit()
    notify(f"Laget {row.name} är undanlagt. Det som laget har skrivit finns kvar.")
    return _managed(row.unit)


def restore(slug: str, team_id: int) -> Response:
    row = load_team(slug, team_id)
    row.restore(by=current_user)
    db.session.commit()
    notify(f"Laget {row.name} är tillbaka.")
    return _managed(row.unit)


def add_members(slug: str, team_id: int) -> Answer:
    """Several at once, from the same day. Those who are in the team already are left as they are."""
    row = load_team(slug, team_id)
    form = MembersForm(data={"starts_on": today(), "people": []})
    form.people.choices = staff_of(row.unit)
    if not form.validate_on_submit():
        here = [each.name for each in members_of([row]).get(row.id, []) if not each.is_over]
        return render_template(
            "teams/members.html", form=form, unit=row.unit, team=row, here=here
        ), (422 if form.is_submitted() else 200)
    added, before = [], []
    for person in _people(form.people.data):
        try:
            row.add_member(person, form.starts_on.data, by=current_user)
            added.append(person.name)
        except AlreadyMember:
            before.append(person.name)
    db.session.commit()
    if added:
        notify(f"{listing(added)} hör nu till {row.name}.")
    if before:
        notify(f"{listing(before)} hör redan till {row.name}.", "success" if not added else "info")
    return _shown(row)


def member(slug: str, team_id: int, member_id: int) -> Answer:
    row = load_member(slug, team_id, member_id)
    form = MemberForm(obj=row)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            if saved(
                form, row,
                lambda: row.change(form.starts_on.data, form.ends_on.data, by=current_user),
                ("starts_on", "ends_on"),
            ):  # fmt: skip
                notify(f"Dagarna för {row.user.name} är sparade.")
                return _shown(row.team)
            status = 409
        except AlreadyMember:
            form.refuse("starts_on", f"{row.user.name} hör redan till laget några av de dagarna.")
            status = 422
    return render_template(
        "teams/member.html", form=form, unit=row.team.unit, team=row.team, member=row
    ), status


def remove_member(slug: str, team_id: int, member_id: int) -> Response:
    row = load_member(slug, team_id, member_id)
    team, name = row.team, row.user.name
    row.remove(by=current_user)
    db.session.commit()
    notify(f"{name} står inte längre med i {team.name}.")
    return _shown(team)


def _managed(unit: SchoolUnit) -> Response:
    return redirect(url_for("teams.manage", slug=unit.slug))


def _shown(row: Any) -> Response:
    return redirect(url_for("teams.team", slug=row.unit.slug, team_id=row.id))
