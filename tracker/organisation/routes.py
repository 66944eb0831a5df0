"""Organisation: the overview and the areas. The rest of the administrator's pages are in the modules
imported here."""

import sqlalchemy as sa
from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_year, load_organizer
from tracker.clock import today
from tracker.extensions import db
from tracker.models import Area, Organizer, Permission, SchoolUnit
from tracker.organisation import routes_import, routes_people, routes_roles, routes_units
from tracker.organisation.blueprint import bp
from tracker.organisation.checklist import SetUp
from tracker.organisation.forms import AreaForm
from tracker.organisation.organizers import AreaNotEmpty
from tracker.web.notices import notify

__all__ = ["bp", "routes_import", "routes_people", "routes_roles", "routes_units"]


@bp.get("")
def index() -> str:
    """What is set up, what is missing, and the next step."""
    organizer = load_organizer(to=Permission.MANAGE)
    return render_template(
        "organisation/index.html",
        organizer=organizer,
        setup=SetUp.of(organizer, current_year(organizer.id)),
    )


def _areas(organizer: Organizer) -> list[sa.Row[tuple[int, str, int, int]]]:
    """Id, name and number of units of each area, and how many of those have been closed."""
    return list(
        db.session.execute(
            sa.select(
                Area.id,
                Area.name,
                sa.func.count(SchoolUnit.id).label("units"),
                sa.func.count(SchoolUnit.id).filter(SchoolUnit.closed_on < today()).label("closed"),
            )
            .outerjoin(SchoolUnit, SchoolUnit.area_id == Area.id)
            .where(Area.organizer_id == organizer.id)
            .group_by(Area.id, Area.name, Area.sort_key)
            .order_by(Area.sort_key, Area.id)
        )
    )


def _name_is_free(organizer: Organizer, name: str, but: Area | None = None) -> bool:
    return all(
        row.name.casefold() != name.casefold() or (but is not None and row.id == but.id)
        for row in _areas(organizer)
    )


@bp.route("/omraden", methods=["GET", "POST"])
def areas() -> Response | tuple[str, int]:
    """The areas, and a form for one more."""
    organizer = load_organizer(to=Permission.MANAGE)
    form = AreaForm()
    if form.validate_on_submit():
        if _name_is_free(organizer, form.name.data):
            Area.create(organizer, form.name.data, by=current_user)
            db.session.commit()
            notify(f"Området ”{form.name.data}” är tillagt.")
            return redirect(url_for("organisation.areas"))
        form.refuse("name", "Det finns redan ett område som heter så.")
    return render_template("organisation/areas.html", form=form, areas=_areas(organizer)), (
        422 if form.is_submitted() else 200
    )


def _load_area(area_id: int) -> tuple[Organizer, Area]:
    organizer = load_organizer(to=Permission.MANAGE)
    area = db.session.get(Area, area_id)
    if area is None or area.organizer_id != organizer.id:
        abort(404)
    return organizer, area


@bp.route("/omraden/<int:area_id>", methods=["GET", "POST"])
def area(area_id: int) -> Response | tuple[str, int]:
    """Another name for an area."""
    organizer, area = _load_area(area_id)
    form = AreaForm(obj=area)
    if form.validate_on_submit():
        if _name_is_free(organizer, form.name.data, but=area):
            area.rename(form.name.data, by=current_user)
            db.session.commit()
            notify("Områdets namn är ändrat.")
            return redirect(url_for("organisation.areas"))
        form.refuse("name", "Det finns redan ett område som heter så.")
    return render_template("organisation/area.html", form=form, area=area), (
        422 if form.is_submitted() else 200
    )


@bp.post("/omraden/<int:area_id>/ta-bort")
def remove_area(area_id: int) -> Response:
    _, area = _load_area(area_id)
    try:
        area.remove(by=current_user)
    except AreaNotEmpty:
        notify(
            f"{area.name} kan inte tas bort: det har enheter, eller någon har eller har haft en roll där.",
            "warning",
        )
    else:
        db.session.commit()
        notify(f"Området ”{area.name}” är borttaget.")
    return redirect(url_for("organisation.areas"))
