"""Units: typed in, renamed, moved, closed, and who takes over after whom."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import load_organizer, load_unit
from tracker.clock import today
from tracker.cycle.calendar import last_day, school_year_start
from tracker.cycle.opening import catch_up
from tracker.extensions import db
from tracker.models import Area, Organizer, Permission, RoleAssignment, SchoolUnit, UnitSuccession
from tracker.organisation.blueprint import bp
from tracker.organisation.checklist import UnitCount
from tracker.organisation.forms import (
    CloseUnitForm,
    MoveUnitsForm,
    NewUnitForm,
    SuccessionForm,
    UnitForm,
)
from tracker.organisation.importing import opened_when_unknown
from tracker.organisation.staffing import Staffing
from tracker.organisation.succession import AlreadySucceeded, take_over
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.paging import Page
from tracker.web.swedish import count, date_medium, sort_key

PAGE_SIZE = 50


def area_choices(organizer: Organizer) -> list[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Area.id, Area.name)
        .where(Area.organizer_id == organizer.id)
        .order_by(Area.sort_key, Area.id)
    )
    return [(row.id, row.name) for row in rows]


def unit_choices(organizer: Organizer, *, closed: bool = False) -> list[tuple[int, str]]:
    """The units to choose among; `closed`: those that have ended too."""
    wanted = sa.select(SchoolUnit.id, SchoolUnit.name).where(
        SchoolUnit.organizer_id == organizer.id
    )
    if not closed:
        wanted = wanted.where(
            sa.or_(SchoolUnit.closed_on.is_(None), SchoolUnit.closed_on >= today())
        )
    rows = db.session.execute(wanted.order_by(SchoolUnit.sort_key, SchoolUnit.id))
    return [(row.id, row.name) for row in rows]


@bp.route("/enheter", methods=["GET", "POST"])
def units() -> Response | tuple[str, int]:
    """Every unit, with its leader or that it is vacant; those ticked are moved into an area."""
    organizer = load_organizer(to=Permission.MANAGE)
    search = request.args.get("sok", "").strip()[:100]
    wanted = (
        sa.select(
            SchoolUnit.id,
            SchoolUnit.name,
            SchoolUnit.slug,
            SchoolUnit.code,
            SchoolUnit.kind,
            SchoolUnit.area_id,
            SchoolUnit.opened_on,
            SchoolUnit.closed_on,
            Area.name.label("area"),
        )
        .outerjoin(Area, Area.id == SchoolUnit.area_id)
        .where(SchoolUnit.organizer_id == organizer.id)
        .order_by(SchoolUnit.closed_on.is_not(None), SchoolUnit.sort_key, SchoolUnit.id)
    )
    if search:
        folded = sort_key(search)
        in_name = SchoolUnit.sort_key.contains(folded) if folded else sa.false()
        wanted = wanted.where(sa.or_(in_name, SchoolUnit.code == search))
    found = db.session.execute(wanted).all()
    form = MoveUnitsForm()
    form.area.offer(area_choices(organizer))
    form.unit_ids.choices = [(unit.id, unit.name) for unit in found if not _is_over(unit.closed_on)]
    if form.validate_on_submit():
        area = db.session.get_one(Area, form.area.data)
        _move(organizer, form.unit_ids.data, area)
        moved = count(len(form.unit_ids.data), "En enhet hör", "enheter hör", words=True)
        notify(f"{moved[:1].upper()}{moved[1:]} nu till {area.name}.")
        return redirect(request.full_path)
    return render_template(
        "organisation/units.html",
        page=Page.of(found, PAGE_SIZE),
        counted=UnitCount.of((unit.opened_on, unit.closed_on) for unit in found),
        form=form,
        staffing=Staffing.load(organizer.id),
        search=search,
    ), 422 if form.is_submitted() else 200


def _is_over(closed_on: date | None) -> bool:
    return closed_on is not None and closed_on < today()


def _move(organizer: Organizer, unit_ids: list[int], area: Area) -> None:
    for unit in db.session.scalars(
        sa.select(SchoolUnit).where(SchoolUnit.id.in_(unit_ids)).order_by(SchoolUnit.id)
    ).all():
        unit.move(area, by=current_user)
    catch_up(organizer, by=current_user)
    db.session.commit()


def _taken(
    organizer: Organizer, form: UnitForm | NewUnitForm, but: SchoolUnit | None = None
) -> bool:
    """Whether another unit has the name or the code; says so at the field."""
    others = db.session.execute(
        sa.select(SchoolUnit.name, SchoolUnit.code, SchoolUnit.closed_on).where(
            SchoolUnit.organizer_id == organizer.id,
            SchoolUnit.id != (but.id if but else 0),
        )
    ).all()
    for other in others:
        if form.code.data and other.code == form.code.data:
            form.refuse("code", f"Koden används redan av {other.name}.")
            return True
        if other.closed_on is None and other.name.casefold() == form.name.data.casefold():
            form.refuse("name", "Det finns redan en enhet som heter så.")
            return True
    return False


def _area_chosen(form: UnitForm | NewUnitForm) -> Area | None:
    return db.session.get(Area, form.area.data) if form.area.data else None


@bp.route("/enheter/ny", methods=["GET", "POST"])
def new_unit() -> Response | tuple[str, int]:
    organizer = load_organizer(to=Permission.MANAGE)
    form = NewUnitForm()
    form.area.offer(area_choices(organizer))
    if form.validate_on_submit() and not _taken(organizer, form):
        unit = SchoolUnit.create(
            organizer,
            form.name.data,
            form.kind.data,
            forms=form.forms.data,
            by=current_user,
            area=_area_chosen(form),
            code=form.code.data or None,
            opened_on=form.opened_on.data or opened_when_unknown(),
        )
        catch_up(organizer, by=current_user)
        db.session.commit()
        notify(f"{unit.name} är tillagd.")
        if request.form.get("again"):
            return redirect(url_for("organisation.new_unit"))
        return redirect(url_for("organisation.unit", slug=unit.slug))
    return render_template("organisation/unit_new.html", form=form), (
        422 if form.is_submitted() else 200
    )


@bp.route("/enheter/<slug>", methods=["GET", "POST"])
def unit(slug: str) -> Response | tuple[str, int]:
    """A unit's facts, to be changed; who leads it; what it took over from."""
    organizer = load_organizer(to=Permission.MANAGE)
    unit = load_unit(slug, to=Permission.MANAGE)
    form = UnitForm(data=_facts(unit) | {"version": unit.version})
    asks_per_term = unit.may_assess_per_term
    if not asks_per_term:
        del form.assessed_per_term
    form.area.offer(area_choices(organizer))
    if not form.validate_on_submit() or _taken(organizer, form, but=unit):
        return _unit_page(unit, form), 422 if form.is_submitted() else 200

    def change() -> None:
        moved = form.area.data != unit.area_id
        unit.rename(form.name.data, by=current_user)
        unit.change(
            by=current_user,
            kind=form.kind.data,
            forms=form.forms.data,
            code=form.code.data or None,
            per_term=form.assessed_per_term.data if asks_per_term else None,
        )
        unit.set_check_in_days(form.check_in_days.data, by=current_user)
        unit.move(_area_chosen(form), by=current_user)
        if moved:
            catch_up(organizer, by=current_user)

    def stored() -> dict[str, Any]:
        return {name: value for name, value in _facts(unit).items() if name in form}

    if not saved(form, unit, change, stored):
        return _unit_page(unit, form), 409
    notify("Ändringarna är sparade.")
    return redirect(url_for("organisation.unit", slug=unit.slug))


def _facts(unit: SchoolUnit) -> dict[str, Any]:
    """As the form has them."""
    return {
        "name": unit.name,
        "kind": unit.kind,
        "forms": unit.form_values,
        "area": unit.area_id,
        "code": unit.code or "",
        "assessed_per_term": unit.assessed_per_term,
        "check_in_days": unit.check_in_days,
    }


def _unit_page(unit: SchoolUnit, form: UnitForm) -> str:
    roles = db.session.scalars(
        sa.select(RoleAssignment)
        .where(
            RoleAssignment.unit_id == unit.id,
            sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today()),
        )
        .options(sa.orm.joinedload(RoleAssignment.user))
        .order_by(RoleAssignment.starts_on, RoleAssignment.id)
    ).all()
    successions = db.session.scalars(
        sa.select(UnitSuccession)
        .where(
            sa.or_(UnitSuccession.successor_id == unit.id, UnitSuccession.predecessor_id == unit.id)
        )
        .options(
            sa.orm.joinedload(UnitSuccession.predecessor),
            sa.orm.joinedload(UnitSuccession.successor),
        )
        .order_by(UnitSuccession.on, UnitSuccession.id)
    ).all()
    staffing = Staffing.load(unit.organizer_id)
    return render_template(
        "organisation/unit.html",
        unit=unit,
        form=form,
        roles=roles,
        is_vacant=staffing.leader(unit.id) is None,
        lead=staffing.lead(unit.id, unit.area_id),
        after=[row for row in successions if row.successor_id == unit.id],
        before=[row for row in successions if row.predecessor_id == unit.id],
    )


@bp.route("/enheter/<slug>/avsluta", methods=["GET", "POST"])
def close_unit(slug: str) -> Response | tuple[str, int]:
    organizer = load_organizer(to=Permission.MANAGE)
    unit = load_unit(slug, to=Permission.MANAGE)
    form = CloseUnitForm(data={"on": _end_of_year(today())})
    if form.validate_on_submit():
        if form.on.data >= unit.opened_on:
            unit.close(form.on.data, by=current_user)
            catch_up(organizer, by=current_user)
            db.session.commit()
            notify(f"{unit.name} avslutas {date_medium(form.on.data)}.")
            return redirect(url_for("organisation.unit", slug=unit.slug))
        form.refuse("on", f"Enheten finns sedan {date_medium(unit.opened_on)}. Ange en senare dag.")
    return render_template("organisation/unit_close.html", unit=unit, form=form), (
        422 if form.is_submitted() else 200
    )


def _end_of_year(day: date) -> date:
    return last_day(school_year_start(day))


@bp.post("/enheter/<slug>/oppna")
def reopen_unit(slug: str) -> Response:
    organizer = load_organizer(to=Permission.MANAGE)
    unit = load_unit(slug, to=Permission.MANAGE)
    if unit.closed_on is not None:
        unit.reopen(by=current_user)
        catch_up(organizer, by=current_user)
        db.session.commit()
        notify(f"{unit.name} är öppen igen. Ge rollerna på nytt till dem som ska ha dem.")
    return redirect(url_for("organisation.unit", slug=unit.slug))


@bp.route("/enheter/<slug>/ta-over", methods=["GET", "POST"])
def succeed(slug: str) -> Response | tuple[str, int]:
    """Say which unit this one takes over after; its open measures follow."""
    organizer = load_organizer(to=Permission.MANAGE)
    unit = load_unit(slug, to=Permission.MANAGE)
    form = SuccessionForm(data={"closes": True})
    form.predecessor.offer(
        [choice for choice in unit_choices(organizer, closed=True) if choice[0] != unit.id]
    )
    if form.validate_on_submit():
        predecessor = db.session.get_one(SchoolUnit, form.predecessor.data)
        if form.closes.data and form.on.data <= predecessor.opened_on:
            form.refuse(
                "on",
                f"{predecessor.name} finns sedan {date_medium(predecessor.opened_on)}. "
                "Ange en senare dag.",
            )
        else:
            try:
                moved = take_over(
                    unit, predecessor, form.on.data, by=current_user, closes=form.closes.data
                )
            except AlreadySucceeded:
                form.refuse(
                    "predecessor",
                    "Det är redan angivet vilken av enheterna som tar över efter den andra.",
                )
            else:
                catch_up(organizer, by=current_user)
                db.session.commit()
                if form.on.data > today():
                    followed = f"öppna åtgärder följer med {date_medium(form.on.data)}"
                else:
                    followed = count(
                        moved, "en öppen åtgärd följde med", "öppna åtgärder följde med", words=True
                    )
                notify(f"{unit.name} tar över efter {predecessor.name}; {followed}.")
                return redirect(url_for("organisation.unit", slug=unit.slug))
    return render_template("organisation/unit_succeed.html", unit=unit, form=form), (
        422 if form.is_submitted() else 200
    )
