"""What is asked for: the one list, Be om stöd, and what follows of it."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.audit.history import history_of
from tracker.auth.access import current_access
from tracker.dialogues.lists import demand_somewhere
from tracker.extensions import db
from tracker.models import Permission, SupportOffer, SupportRequest
from tracker.support import lists
from tracker.support.access import (
    carriers_followed,
    load_request,
    may_answer,
    may_settle,
    units_to_ask_for,
    writes_somewhere,
)
from tracker.support.forms import AnswerForm, AskForm, OutcomeForm, RephraseForm
from tracker.support.people import still_there
from tracker.support.states import SupportError
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once
from tracker.web.paging import Page

Answer = Response | str | tuple[str, int]


def index() -> Answer:
    """What waits and what is to be followed up, and the units; who follows none is shown the catalogue."""
    demand_somewhere(Permission.READ)
    access = current_access()
    found = lists.lines(access)
    if not found and not access.anywhere(Permission.FOLLOW):
        return redirect(url_for("support.catalogue"))
    page = Page.of(found, lists.PAGE_SIZE)
    groups = lists.grouped(page.items)
    requests = [row for group, rows in groups if group.has_requests for row in rows]
    return render_template(
        "support/index.html",
        page=page,
        groups=groups,
        there=still_there(access.organizer_id, requests),
        asks=writes_somewhere(),
        follows=access.anywhere(Permission.FOLLOW),
        oversees=Permission.OVERSEE in access.on_organizer(),
        knows_check_ins=lists.knows_check_ins(access),
        may_answer=may_answer,
        may_settle=may_settle,
    )


def ask() -> Answer:
    """Be om stöd: out of the catalogue (`stod` in the address) or freely, for a unit (`enhet`)."""
    units = units_to_ask_for()
    offers = [
        row for row in SupportOffer.catalogue(current_access().organizer_id) if not row.is_retired
    ]
    wanted = request.args.get("stod", type=int)
    chosen = next((unit.id for unit in units if unit.slug == request.args.get("enhet")), None)
    form = AskForm(
        data={
            "unit_id": chosen or (units[0].id if len(units) == 1 else None),
            "offer_id": wanted if wanted in {row.id for row in offers} else None,
        }
    )
    form.unit_id.offer((unit.id, unit.name) for unit in units)
    form.offer_id.offer((row.id, row.title) for row in offers)

    def make() -> SupportRequest:
        return SupportRequest.ask(
            next(unit for unit in units if unit.id == form.unit_id.data),
            form.text.data,
            by=current_user,
            offer=next((row for row in offers if row.id == form.offer_id.data), None),
            form_token=form.token,
        )

    if form.validate_on_submit():
        try:
            made = make_once(form, SupportRequest, make, ("unit_id", "offer_id", "text"))
        except SupportError as wrong:
            form.refuse(wrong.field, str(wrong))
        else:
            if made is not None:
                notify("Frågan är skickad. Du ser svaret här, på Stöd.")
                return _shown(made)
    return render_template("support/ask.html", form=form, units=units, offers=offers), (
        422 if form.is_submitted() else 200
    )


def show(request_id: int) -> str:
    row = load_request(request_id, to=Permission.FOLLOW)
    return render_template(
        "support/request.html",
        row=row,
        there=still_there(row.organizer_id, [row]),
        units=carriers_followed(row),
        events=history_of(row) if row.check_in is None else [],
        reads_check_in=row.check_in is not None
        and any(
            Permission.CONVERSE in current_access().on_unit(unit.id, unit.area_id)
            for unit in row.units
        ),
    )


def rephrase(request_id: int) -> Answer:
    """Other words, of one that was asked by itself; that of a check-in is changed in the check-in."""
    row = load_request(request_id, to=Permission.WRITE)
    if row.check_in is not None:
        return redirect(url_for("checkins.correct", check_in_id=row.check_in_id), 302)
    form = RephraseForm(obj=row)
    return _follow(
        row, form, "text", "rephrase", lambda: row.rephrase(form.text.data, by=current_user),
        "Frågan är ändrad.",
    )  # fmt: skip


def withdraw(request_id: int) -> Response:
    """Not when the words are others than those that were read: a colleague's are not thrown away unseen."""
    row = load_request(request_id, to=Permission.WRITE)
    if row.check_in is not None:
        abort(404)
    seen = request.form.get("version", 0, type=int)
    try:
        if row.version != seen:
            raise StaleDataError
        row.expect_version(seen)
        removal = row.withdraw(by=current_user)
        db.session.commit()
    except SupportError as wrong:
        db.session.rollback()
        notify(str(wrong), "warning")
        return _shown(row)
    except StaleDataError:
        db.session.rollback()
        if db.session.get(SupportRequest, request_id) is None:
            notify("Frågan var redan tillbakatagen.", "info")
            return redirect(url_for("support.index"))
        notify("Frågan har ändrats under tiden. Läs den igen innan du tar tillbaka den.", "warning")
        return _shown(row)
    notify("Frågan är tillbakatagen.", undo=removal.id)
    return redirect(url_for("support.index"))


def answer(request_id: int) -> Answer:
    """Svar: by the dialogansvarig, or the one who was asked."""
    row = load_request(request_id, to=Permission.LEAD)
    form = AnswerForm(obj=row)
    return _follow(
        row, form, "answer", "answer", lambda: row.respond(form.answer.data, by=current_user),
        "Svaret är sparat. Den som frågade ser det nu.",
    )  # fmt: skip


def outcome(request_id: int) -> Answer:
    """Vad blev det? By either side; then it is settled."""
    row = load_request(request_id, to=Permission.CONVERSE)
    form = OutcomeForm(obj=row)
    return _follow(
        row, form, "outcome", "outcome", lambda: row.settle(form.outcome.data, by=current_user),
        "Sparat. Frågan om stöd är klar.",
    )  # fmt: skip


def _follow(
    row: SupportRequest, form: Any, name: str, template: str, change: Any, told: str
) -> Answer:
    """The pages that carry on what was asked for; `name` is of their one field."""

    def page(status: int) -> tuple[str, int]:
        return render_template(f"support/{template}.html", form=form, row=row), status

    if not form.validate_on_submit():
        return page(422 if form.is_submitted() else 200)
    try:
        if not saved(form, row, change, (name,)):
            return page(409)
    except SupportError as wrong:
        form.refuse(wrong.field, str(wrong))
        return page(422)
    notify(told)
    return _shown(row)


def _shown(row: SupportRequest) -> Response:
    return redirect(url_for("support.show", request_id=row.id))
