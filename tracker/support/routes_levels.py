"""A unit's support on one page, and the decisions about its level."""

import sqlalchemy as sa
from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.auth.access import load_unit, may
from tracker.clock import today
from tracker.models import Permission, SchoolUnit, SupportDecision, SupportLevel, SupportRequest
from tracker.start.units import laps_of, present_lap
from tracker.support.access import load_all
from tracker.support.carriers import carried_by
from tracker.support.forms import DecisionCorrectionForm, DecisionForm
from tracker.support.levels import SomebodyDecided
from tracker.support.states import SupportError
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import once
from tracker.web.paging import Page
from tracker.web.swedish import date_medium

Answer = Response | tuple[str, int]
PAGE_SIZE = 20
MEANINGS = {level: level.meaning for level in SupportLevel}


def of_unit(slug: str) -> str:
    """Its level with every decision about it; what was asked for, for those who may read that."""
    unit = load_unit(slug, to=Permission.FOLLOW)
    decisions = SupportDecision.of(unit)
    page = None
    if may(Permission.CONVERSE) or may(Permission.OVERSEE):
        page = Page.select(
            sa.select(SupportRequest.id)
            .where(carried_by(SchoolUnit.id == unit.id))
            .order_by(SupportRequest.asked_on.desc(), SupportRequest.id.desc()),
            PAGE_SIZE,
        )
    found = load_all(list(page.items)) if page else {}
    return render_template(
        "support/of_unit.html",
        unit=unit,
        year=present_lap(laps_of(unit)),
        decisions=decisions,
        page=page,
        requests=[found[key] for key in page.items] if page else [],
        levels=list(SupportLevel),
    )


def decide(slug: str) -> Answer:
    """Another level, or the same once more when it is followed up."""
    unit = load_unit(slug, to=Permission.SUPPORT)
    latest = SupportDecision.latest(unit)
    form = DecisionForm(
        data={
            "seen": latest.number if latest else 0,
            "level": latest.level if latest else None,
            "content": latest.content if latest else "",
            "since_on": today(),
        }
    )
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            once(
                lambda: _sent_before(form, unit),
                lambda: SupportDecision.make(
                    unit, by=current_user, seen=form.seen.data, **form.values()
                ),
                SomebodyDecided,
            )
        except SupportError as wrong:
            form.refuse(wrong.field, str(wrong))
        except (SomebodyDecided, IntegrityError):
            latest = SupportDecision.latest(unit)
            status = _show_newer(form, latest)
        else:
            notify(f"Beslutet är sparat. Det gäller från {date_medium(form.since_on.data)}.")
            return _shown(unit)
    return render_template(
        "support/decision.html", form=form, unit=unit, latest=latest, row=None, meanings=MEANINGS
    ), status


def _sent_before(form: DecisionForm, unit: SchoolUnit) -> SupportDecision | None:
    """The decision that holds, when it is this very one: the button was pressed twice."""
    latest = SupportDecision.latest(unit)
    is_this = (
        latest is not None
        and latest.number == (form.seen.data or 0) + 1
        and latest.by_id == current_user.id
        and form.values() == {name: getattr(latest, name) for name in form.FIELDS}
    )
    return latest if is_this else None


def _show_newer(form: DecisionForm, latest: SupportDecision | None) -> int:
    """Somebody else has decided meanwhile: what was typed stays, and is another decision if it is sent
    again, knowingly."""
    number = latest.number if latest else 0
    form.seen.data, form.seen.raw_data = number, [str(number)]
    held = f" {latest.by_name} har beslutat: {latest.standing}" if latest else ""
    form.form_errors.append(
        f"Någon annan har beslutat sedan du öppnade sidan.{held} Sparar du nu gäller ditt beslut efter det."
    )
    return 409


def correct(slug: str, number: int) -> Answer:
    """What was written wrong in the decision that holds; older ones stay as they were."""
    unit = load_unit(slug, to=Permission.SUPPORT)
    row = SupportDecision.latest(unit)
    if row is None or row.number != number:
        abort(404)
    form = DecisionCorrectionForm(obj=row)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            if saved(form, row, lambda: row.correct(by=current_user, **form.values()), form.FIELDS):
                notify("Beslutet är rättat. Historiken visar hur det såg ut.")
                return _shown(unit)
            status = 409
        except SupportError as wrong:
            form.refuse(wrong.field, str(wrong))
            status = 422
    return render_template(
        "support/decision.html", form=form, unit=unit, latest=row, row=row, meanings=MEANINGS
    ), status


def _shown(unit: SchoolUnit) -> Response:
    return redirect(url_for("support.of_unit", slug=unit.slug))
