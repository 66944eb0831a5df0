"""Roles: given, changed, ended."""

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import load_organizer
from tracker.clock import today
from tracker.cycle.opening import catch_up
from tracker.extensions import db
from tracker.models import Area, Organizer, Permission, Role, RoleAssignment, SchoolUnit, User
from tracker.organisation import people as people_of
from tracker.organisation.assignments import LastAdministrator
from tracker.organisation.blueprint import bp
from tracker.organisation.forms import ChangeRoleForm, RoleForm
from tracker.organisation.routes_units import area_choices, unit_choices
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.swedish import date_medium

LAST_ADMINISTRATOR = (
    "Det måste finnas minst en systemförvaltare som gäller tills vidare. "
    "Ge någon annan rollen först."
)


def load_person(user_id: int) -> tuple[Organizer, User]:
    """Somebody who has, had or will have a role in the organizer; else 404."""
    organizer = load_organizer(to=Permission.MANAGE)
    user = db.session.get(User, user_id)
    if user is None or not people_of.is_known_in(user, organizer.id):
        abort(404)
    return organizer, user


def offer_places(form: RoleForm, organizer: Organizer) -> None:
    form.unit.offer(unit_choices(organizer))
    form.area.offer(area_choices(organizer))


def place_of(form: RoleForm) -> tuple[SchoolUnit | None, Area | None]:
    """The unit or the area that was chosen among those offered."""
    unit = db.session.get(SchoolUnit, form.unit.data) if form.unit.data else None
    area = db.session.get(Area, form.area.data) if form.area.data else None
    return unit, area


def told_of(role: RoleAssignment) -> str:
    """That the person has the role, or from when: the beginning of a sentence."""
    what = f"rollen {role.title.lower()} för {(role.unit or role.area or role.organizer).name}"
    if role.starts_on > today():
        return f"{role.user.name} får {what} från {date_medium(role.starts_on)}"
    return f"{role.user.name} har nu {what}"


def refuse_double(
    form: RoleForm, user: User, organizer: Organizer, unit: SchoolUnit | None, area: Area | None
) -> bool:
    """Whether the person has the role there in those days already; says so at the field."""
    same = people_of.same_role(
        user, form.role.data, organizer, unit, area, form.starts_on.data, form.ends_on.data
    )
    if same is None:
        return False
    form.refuse(
        "role", f"{user.name} har redan den rollen där, från {date_medium(same.starts_on)}."
    )
    return True


@bp.route("/personer/<int:user_id>/roller/ny", methods=["GET", "POST"])
def give_role(user_id: int) -> Response | tuple[str, int]:
    organizer, user = load_person(user_id)
    form = RoleForm(data={"starts_on": today()})
    offer_places(form, organizer)
    if form.validate_on_submit():
        unit, area = place_of(form)
        if not refuse_double(form, user, organizer, unit, area):
            was_closed = not user.is_active
            User.invite(organizer, user.email, user.name, by=current_user)
            role = RoleAssignment.give(
                user,
                form.role.data,
                organizer,
                by=current_user,
                unit=unit,
                area=area,
                **form.dates(),
            )
            catch_up(organizer, by=current_user)
            if was_closed:
                people_of.send_link(user, organizer)
            db.session.commit()
            link = " En ny länk för att välja lösenord är på väg." if was_closed else ""
            notify(f"{told_of(role)}.{link}")
            return redirect(url_for("organisation.person", user_id=user.id))
    return render_template("organisation/role_new.html", form=form, person=user), (
        422 if form.is_submitted() else 200
    )


def _load_role(role_id: int) -> tuple[Organizer, RoleAssignment]:
    organizer = load_organizer(to=Permission.MANAGE)
    role = db.session.get(RoleAssignment, role_id)
    if role is None or role.organizer_id != organizer.id:
        abort(404)
    return organizer, role


@bp.route("/roller/<int:role_id>", methods=["GET", "POST"])
def role(role_id: int) -> Response | tuple[str, int]:
    """Other dates, tf. or delegation."""
    organizer, role = _load_role(role_id)
    form = ChangeRoleForm(role.role, obj=role)

    def change() -> None:
        role.change(by=current_user, **form.dates())
        catch_up(organizer, by=current_user)

    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            if saved(form, role, change, form.dates()):
                notify("Rollen är ändrad.")
                return redirect(url_for("organisation.person", user_id=role.user_id))
            status = 409
        except LastAdministrator:
            form.refuse("ends_on", LAST_ADMINISTRATOR)
    place = role.unit or role.area or organizer
    return render_template(
        "organisation/role.html",
        form=form,
        role=role,
        place=place.name,
        is_principal=role.role is Role.PRINCIPAL,
        is_deputy=role.role is Role.DEPUTY,
    ), status


@bp.post("/roller/<int:role_id>/avsluta")
def end_role(role_id: int) -> Response:
    """Take the rights away at once."""
    organizer, role = _load_role(role_id)
    user_id, name = role.user_id, role.user.name
    try:
        role.end_now(by=current_user)
    except LastAdministrator:
        db.session.rollback()
        notify(LAST_ADMINISTRATOR, "warning")
        return redirect(url_for("organisation.person", user_id=user_id))
    catch_up(organizer, by=current_user)
    user = db.session.get_one(User, user_id)
    still_known = people_of.is_known_in(user, organizer.id)
    db.session.commit()
    notify(f"Rollen är avslutad. {name} har inte längre de rättigheter som hörde till den.")
    if user_id == current_user.id:
        return redirect(url_for("start.home"))
    if not still_known:
        return redirect(url_for("organisation.people"))
    return redirect(url_for("organisation.person", user_id=user_id))
