"""Överlämning: the page for who takes over a unit, and the words of who leaves it."""

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.auth.access import load_unit
from tracker.extensions import db
from tracker.handover.forms import HandoverForm
from tracker.handover.models import HandoverNote
from tracker.handover.reading import Handover
from tracker.models import Permission, SchoolUnit
from tracker.web.conflicts import saved
from tracker.web.notices import notify

bp = Blueprint("handover", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/enheter/<slug>/overlamning")
def show(slug: str) -> str:
    """For the unit's leaders and their dialogansvarig: what is between them, check-ins too, is here."""
    unit = load_unit(slug, to=Permission.CONVERSE)
    return render_template("handover/show.html", unit=unit, handover=Handover.load(unit))


@bp.route("/enheter/<slug>/overlamning/halsning", methods=["GET", "POST"])
def write(slug: str) -> Page:
    """One's own words to whoever comes next. Left empty, they are taken back."""
    unit = load_unit(slug, to=Permission.WRITE)
    note = HandoverNote.of(unit, current_user)
    form = HandoverForm(obj=note, data=None if note else {"version": 0})
    if not form.validate_on_submit():
        return _page(unit, form), 422 if form.is_submitted() else 200
    text = form.text.data
    if note is None:
        return _first(unit, form, text)

    removal = None

    def change() -> None:
        nonlocal removal
        if text:
            note.write(text, by=current_user)
        else:
            removal = note.take_back(by=current_user)

    if not saved(form, note, change, ("text",)):
        return _page(unit, form), 409
    if removal is not None:
        return _to_page(unit, "Hälsningen är borttagen.", undo=removal.id)
    return _to_page(unit, "Hälsningen är sparad.")


def _first(unit: SchoolUnit, form: HandoverForm, text: str) -> Page:
    if not text:
        return _to_page(unit, "Det fanns inget att spara.")
    try:
        HandoverNote.leave(unit, text, by=current_user)
        db.session.commit()
    except IntegrityError:  # the same form, sent twice at once
        db.session.rollback()
        note = HandoverNote.of(unit, current_user)
        if note is None:
            raise
        if note.text == text:
            return _to_page(unit, "Hälsningen är sparad.")
        form.show_newer({"text": note.text}, note.version)
        return _page(unit, form), 409
    return _to_page(unit, "Hälsningen är sparad.")


def _to_page(unit: SchoolUnit, said: str, *, undo: int | None = None) -> Response:
    notify(said, undo=undo)
    return redirect(url_for("handover.show", slug=unit.slug))


def _page(unit: SchoolUnit, form: HandoverForm) -> str:
    return render_template("handover/write.html", unit=unit, form=form)
