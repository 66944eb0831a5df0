"""The national quality dialogue: its years, its three meetings, what is brought and taken home."""

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_access, current_year, load_organizer
from tracker.cycle import calendar
from tracker.dialogues.forms import PlaceForm
from tracker.extensions import db
from tracker.models import (
    NationalDialogue,
    NationalMeeting,
    Organizer,
    Permission,
    SchoolYear,
)
from tracker.national.forms import CancelMeetingForm, NotesForm, TextsForm
from tracker.national.models import NationalError
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.swedish import datetime_long

bp = Blueprint("national", __name__, url_prefix="/nationella-dialogen")

PLACE_FIELDS = ("day", "start_time", "end_time", "place", "participants")


@bp.get("")
def index() -> str:
    organizer = load_organizer(to=Permission.FOLLOW)
    rows = NationalDialogue.all_of(organizer.id)
    year = current_year(organizer.id)
    begun = {row.school_year_id for row in rows}
    return render_template(
        "national/index.html",
        rows=rows,
        to_begin=year if year is not None and year.id not in begun and _writes() else None,
    )


def _writes() -> bool:
    return Permission.OVERSEE in current_access().on_organizer()


@bp.post("/lagg-upp")
def begin() -> Response:
    organizer = load_organizer(to=Permission.OVERSEE)
    year = SchoolYear.of(organizer.id, request.form.get("year", 0, type=int))
    if year is None:
        notify("Läsåret finns inte. Börja om från listan.", "warning")
        return redirect(url_for("national.index"))
    NationalDialogue.begin(year, by=current_user)
    db.session.commit()
    notify("Den nationella kvalitetsdialogen är upplagd. Bestäm tiderna när ni har fått dem.")
    return redirect(url_for("national.show", year=year.slug))


@bp.get("/<year>")
def show(year: str) -> str:
    organizer = load_organizer(to=Permission.FOLLOW)
    return render_template("national/show.html", row=_load(organizer, year), writes=_writes())


def _load(organizer: Organizer, slug: str) -> NationalDialogue:
    try:
        year = SchoolYear.of(organizer.id, calendar.parse_slug(slug))
    except ValueError:
        abort(404)
    return (year and NationalDialogue.of(year)) or abort(404)


@bp.route("/<year>/texter", methods=["GET", "POST"])
def texts(year: str) -> Response | tuple[str, int]:
    """What the huvudman brings to the dialogue, and what it takes home."""
    organizer = load_organizer(to=Permission.OVERSEE)
    row = _load(organizer, year)
    form = TextsForm(obj=row)
    status = 200
    if form.validate_on_submit():
        typed = {name: form[name].data for name in row.TEXTS}
        if saved(form, row, lambda: row.write(by=current_user, **typed), row.TEXTS):
            notify("Texterna är sparade.")
            return redirect(url_for("national.show", year=year))
        status = 409
    elif form.is_submitted():
        status = 422
    return render_template("national/texts.html", row=row, form=form), status


def _load_meeting(meeting_id: int) -> NationalMeeting:
    organizer = load_organizer(to=Permission.OVERSEE)
    meeting = db.session.scalar(
        sa.select(NationalMeeting)
        .where(NationalMeeting.id == meeting_id, NationalMeeting.organizer_id == organizer.id)
        .options(
            sa.orm.joinedload(NationalMeeting.dialogue).joinedload(NationalDialogue.school_year)
        )
    )
    return meeting or abort(404)


def _shown(meeting: NationalMeeting) -> Response:
    return redirect(url_for("national.show", year=meeting.dialogue.school_year.slug))


@bp.route("/moten/<int:meeting_id>/tid", methods=["GET", "POST"])
def place(meeting_id: int) -> Response | tuple[str, int]:
    meeting = _load_meeting(meeting_id)
    form = PlaceForm(obj=meeting)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit() and form.allows(meeting.starts_at, meeting.dialogue.school_year):
        try:
            if saved(form, meeting, lambda: _arrange(meeting, form), PLACE_FIELDS):
                notify(f"{meeting.step.label} är {datetime_long(form.starts_at)}.")
                return _shown(meeting)
            status = 409
        except NationalError as wrong:
            form.refuse("reason", str(wrong))
    return render_template("national/place.html", meeting=meeting, form=form), status


def _arrange(meeting: NationalMeeting, form: PlaceForm) -> None:
    meeting.arrange(
        form.starts_at,
        form.ends_at,
        form.place.data,
        form.participants.data,
        by=current_user,
        reason=form.reason.data,
    )


@bp.route("/moten/<int:meeting_id>/anteckningar", methods=["GET", "POST"])
def notes(meeting_id: int) -> Response | tuple[str, int]:
    meeting = _load_meeting(meeting_id)
    form = NotesForm(obj=meeting)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        if saved(
            form, meeting, lambda: meeting.write(form.notes.data, by=current_user), ("notes",)
        ):
            notify("Anteckningarna är sparade.")
            return _shown(meeting)
        status = 409
    return render_template("national/notes.html", meeting=meeting, form=form), status


@bp.route("/moten/<int:meeting_id>/stall-in", methods=["GET", "POST"])
def cancel(meeting_id: int) -> Response | tuple[str, int]:
    meeting = _load_meeting(meeting_id)
    form = CancelMeetingForm()
    if form.validate_on_submit():
        meeting.cancel(form.reason.data, by=current_user)
        db.session.commit()
        notify(f"{meeting.step.label} är inställd och har ingen tid än.")
        return _shown(meeting)
    return render_template("national/cancel.html", meeting=meeting, form=form), (
        422 if form.is_submitted() else 200
    )
