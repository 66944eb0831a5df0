"""Börja mitt i läsåret: what was decided before Varvet came into use."""

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_year, load_unit
from tracker.clock import today
from tracker.cycle import calendar
from tracker.cycle.opening import open_year
from tracker.extensions import db
from tracker.measures.blueprint import bp
from tracker.measures.forms import ROWS, InheritForm
from tracker.models import Measure, MeasureBasis, Permission, SchoolUnit, SchoolYear
from tracker.web.notices import notify
from tracker.web.swedish import count

Page = str | tuple[str, int] | Response


def _inherited(unit: SchoolUnit) -> set[str]:
    """The titles that were brought along already: a second try must not double them, since what is
    decided is never removed. A form that is sent holds the unit, so that of two sent at once the
    second sees the first."""
    if request.method == "POST":
        held = sa.select(SchoolUnit.id).where(SchoolUnit.id == unit.id).with_for_update()
        db.session.execute(held).all()
    return set(
        db.session.scalars(
            sa.select(Measure.title).where(
                Measure.concerning(unit.id), Measure.basis == MeasureBasis.EARLIER
            )
        )
    )


@bp.route("/enheter/<slug>/borja-mitt-i-lasaret", methods=["GET", "POST"])
def inherit(slug: str) -> Page:
    """Last year's measures, put in last year's lap: they stand in this year's Effekter at once. They
    are decided as they come in, so it takes who may decide."""
    unit = load_unit(slug, to=Permission.ADOPT)
    start_year = calendar.school_year_start(today())
    form = InheritForm.received()
    if not form.validate_on_submit() or form.refuse_known(_inherited(unit)):
        return render_template(
            "measures/inherit.html",
            unit=unit,
            form=form,
            rows=range(1, ROWS + 1),
            year=current_year(unit.organizer_id),
            last_year=calendar.label(start_year - 1),
        ), 422 if form.is_submitted() else 200
    last_year = SchoolYear.open(unit.organizer, start_year - 1, by=current_user)
    lap = last_year.lap_for(unit)
    rows = form.filled()
    for row in rows:
        Measure.inherit(lap, **row, by=current_user)
    this_year = open_year(unit.organizer, start_year, by=current_user)
    db.session.commit()
    added = count(len(rows), "En åtgärd är inlagd", "åtgärder är inlagda")
    of_it = "den" if len(rows) == 1 else "dem"
    notify(f"{added}. Bedöm effekten av {of_it} här när ni vet hur det blev.")
    return redirect(url_for("evaluation.index", slug=unit.slug, year=this_year.slug))
