"""People: invited, corrected, closed."""

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import load_organizer
from tracker.clock import today
from tracker.cycle.opening import catch_up
from tracker.extensions import db
from tracker.models import Permission, RoleAssignment, User
from tracker.notifications.undelivered import undelivered
from tracker.organisation import people as people_of
from tracker.organisation.assignments import LastAdministrator
from tracker.organisation.blueprint import bp
from tracker.organisation.forms import InviteForm, PersonForm
from tracker.organisation.routes_roles import (
    LAST_ADMINISTRATOR,
    load_person,
    offer_places,
    place_of,
    refuse_double,
    told_of,
)
from tracker.organisation.routes_units import unit_choices
from tracker.web.notices import notify
from tracker.web.paging import Page
from tracker.web.security import settings

PAGE_SIZE = 50


def _mail_is_sent() -> bool:
    return settings().smtp is not None


@bp.get("/personer")
def people() -> str:
    """Everybody with a role, and those who had one."""
    organizer = load_organizer(to=Permission.MANAGE)
    search = request.args.get("sok", "").strip()[:100]
    page = Page.of(
        db.session.scalars(people_of.of_organizer(organizer.id, search)).all(), PAGE_SIZE
    )
    return render_template(
        "organisation/people.html",
        page=page,
        people=people_of.lines(list(page.items), organizer.id),
        search=search,
        mail_is_sent=_mail_is_sent(),
    )


@bp.route("/personer/bjud-in", methods=["GET", "POST"])
def invite() -> Response | tuple[str, int]:
    """A person and the first role. Who has an account already just gets the role."""
    organizer = load_organizer(to=Permission.MANAGE)
    form = InviteForm(data={"starts_on": today(), "unit": request.args.get("enhet", type=int)})
    offer_places(form, organizer)
    if form.validate_on_submit():
        known = User.with_email(form.email.data)
        unit, area = place_of(form)
        if known is None or not refuse_double(form, known, organizer, unit, area):
            user = User.invite(organizer, form.email.data, form.name.data, by=current_user)
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
            has_password = user.password_hash is not None
            if not has_password:
                people_of.send_link(user, organizer)
            db.session.commit()
            notify(
                f"{told_of(role)}."
                if has_password
                else f"{user.name} är inbjuden. Länken i mejlet gäller i 14 dagar."
                if _mail_is_sent()
                else f"{user.name} är inbjuden. Så här får hen sin länk:"
            )
            return redirect(url_for("organisation.person", user_id=user.id))
    return render_template("organisation/invite.html", form=form, mail_is_sent=_mail_is_sent()), (
        422 if form.is_submitted() else 200
    )


@bp.route("/personer/<int:user_id>", methods=["GET", "POST"])
def person(user_id: int) -> Response | tuple[str, int]:
    """A person's roles, and the name and address to be corrected."""
    organizer, user = load_person(user_id)
    elsewhere = people_of.belongs_elsewhere(user, organizer.id)
    form = PersonForm(obj=user)
    if form.is_submitted() and elsewhere:
        abort(403)  # the account is another organizer's too; no page offers this
    if user.taken_at is not None:
        # Whoever holds the address holds the account: only an invitation may be sent elsewhere.
        form.email.data, form.email.raw_data = user.email, [user.email]
    if form.validate_on_submit():
        other = User.with_email(form.email.data)
        if other is None or other.id == user.id:
            sent_elsewhere = form.email.data != user.email
            user.correct(organizer, form.name.data, form.email.data, by=current_user)
            if sent_elsewhere:
                people_of.send_link(user, organizer)
            db.session.commit()
            notify("Ändringen är sparad.")
            return redirect(url_for("organisation.person", user_id=user.id))
        form.refuse("email", "Adressen har redan ett konto. Ge rollen till det i stället.")
    roles = people_of.roles_of(user, organizer.id, past=True)
    return render_template(
        "organisation/person.html",
        person=user,
        form=form,
        elsewhere=elsewhere,
        roles=[role for role in roles if not role.is_over],
        past_roles=[role for role in roles if role.is_over],
        has_units=bool(unit_choices(organizer)),
        undelivered=undelivered(organizer.id, [user.id] if user.is_active else []).get(user.id),
        mail_is_sent=_mail_is_sent(),
        command=people_of.command_for_link(user, organizer),
    ), 422 if form.is_submitted() else 200


@bp.post("/personer/<int:user_id>/bjud-in-igen")
def invite_again(user_id: int) -> Response:
    organizer, user = load_person(user_id)
    if user.is_active and user.password_hash is None:
        people_of.send_link(user, organizer)
        db.session.commit()
        notify(
            f"En ny länk är på väg till {user.email}. Den gamla gäller inte längre."
            if _mail_is_sent()
            else "Mejlet kan inte skickas än. Så här tar ni fram en länk:"
        )
    else:
        notify(
            f"{user.name} har redan valt lösenord och kan få ett nytt på inloggningssidan.", "info"
        )
    return redirect(url_for("organisation.person", user_id=user.id))


@bp.post("/personer/<int:user_id>/stang")
def close_account(user_id: int) -> Response:
    """End the account and every role, at once."""
    organizer, user = load_person(user_id)
    if people_of.belongs_elsewhere(user, organizer.id):
        abort(403)
    try:
        for role in people_of.assignments_of(user, organizer.id):
            role.end_now(by=current_user)
    except LastAdministrator:
        db.session.rollback()
        notify(LAST_ADMINISTRATOR, "warning")
        return redirect(url_for("organisation.person", user_id=user_id))
    user.close(organizer, by=current_user)
    catch_up(organizer, by=current_user)
    db.session.commit()
    notify(f"Kontot för {user.name} är stängt.")
    return redirect(url_for("organisation.people"))
