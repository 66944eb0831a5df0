"""The time of one dialogue: placing, cancelling, joining and splitting."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import load_dialogue
from tracker.clock import today
from tracker.dialogues import lists
from tracker.dialogues.diary import Diary
from tracker.dialogues.forms import CancelForm, JoinForm, PlaceForm, SplitForm
from tracker.dialogues.lists import People
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import DialogueState, Permission, QualityDialogue
from tracker.organisation.staffing import Staffing
from tracker.web.conflicts import saved
from tracker.web.errors import error_page
from tracker.web.notices import notify
from tracker.web.swedish import datetime_full

WEEKS_SHOWN = timedelta(weeks=8)
"""How far ahead the page shows what is booked when the window is over."""


FROM_ITS_PAGE = "dialogen"
"""`fran` of the links on the dialogue's own page."""


def place(dialogue_id: int) -> Response | str | tuple[str, int]:
    """Give the dialogue a time, move it, or take up a cancelled one."""
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    form = PlaceForm(obj=dialogue)
    standing = None if dialogue.is_cancelled else dialogue.starts_at
    if not form.is_submitted():
        return _place_page(dialogue, form)
    is_newer = (
        dialogue.version != form.version.data
    )  # then `saved` shows both, before anything is asked
    holds = form.validate() and (is_newer or form.allows(standing, dialogue.school_year))
    doubts = [] if is_newer else _doubts(dialogue, form)
    if not holds or not form.has_told(doubts):
        form.ask(doubts)
        return _place_page(dialogue, form), 422
    try:
        if not saved(form, dialogue, lambda: _arrange(dialogue, form), _PLACE_FIELDS):
            return _place_page(dialogue, form), 409
    except DialogueError as wrong:
        form.refuse("reason", str(wrong))
        return _place_page(dialogue, form), 422
    _say_when(dialogue, doubts)
    following = _next_without_time(dialogue) if request.form.get("next") else None
    if following:
        return redirect(url_for("dialogues.place", dialogue_id=following))
    return redirect(_way_back(dialogue))


_PLACE_FIELDS = ("day", "start_time", "end_time", "place", "participants")


def _arrange(dialogue: QualityDialogue, form: PlaceForm) -> None:
    dialogue.arrange(
        form.starts_at,
        form.ends_at,
        form.place.data,
        form.participants.data,
        by=current_user,
        reason=form.reason.data,
    )


def _doubts(dialogue: QualityDialogue, form: PlaceForm) -> list[str]:
    """What is asked about before the typed time is saved, where it is another than the one that holds."""
    standing = None if dialogue.is_cancelled else (dialogue.starts_at, dialogue.ends_at)
    if form.time is None or form.time == standing:
        return []
    return _diary_of(dialogue, form.day.data).doubts_at(dialogue, *form.time)


def _say_when(dialogue: QualityDialogue, asked_about: list[str]) -> None:
    """What was saved, and what there is to think of about that time beside what was asked about."""
    if dialogue.starts_at is None or dialogue.day is None:
        return
    notify(placed(dialogue))
    for sentence in _diary_of(dialogue, dialogue.day).concerns(dialogue):
        if sentence not in asked_about:
            notify(f"Tänk på: {sentence}", "warning")


def _diary_of(dialogue: QualityDialogue, day: date) -> Diary:
    return Diary.load(dialogue.organizer_id, Staffing.load(dialogue.organizer_id), day, day)


def placed(dialogue: QualityDialogue) -> str:
    """What is said when the dialogue has got its time, or another one."""
    assert dialogue.starts_at is not None
    when = datetime_full(dialogue.starts_at)
    return f"Sparat. {dialogue.kind.label} med {dialogue.unit_names} är nu {when}."


def _next_without_time(dialogue: QualityDialogue) -> int | None:
    waiting = lists.ids_to_plan(
        dialogue.school_year,
        lists.involving(Permission.LEAD)
        & QualityDialogue.starts_at.is_(None)
        & (QualityDialogue.kind == dialogue.kind)
        & (QualityDialogue.state != DialogueState.CANCELLED),
    )
    return waiting[0] if waiting else None


def _way_back(dialogue: QualityDialogue) -> str:
    """To where one came from: the dialogue's own page, when it led here, else the plan."""
    if request.args.get("fran") == FROM_ITS_PAGE:
        return url_for("dialogues.show", dialogue_id=dialogue.id)
    return _plan_url(dialogue)


def _plan_url(dialogue: QualityDialogue) -> str:
    return url_for("dialogues.plan", lasar=dialogue.school_year.slug, dialog=dialogue.kind.number)


def _place_page(dialogue: QualityDialogue, form: PlaceForm) -> str:
    staffing = Staffing.load(dialogue.organizer_id)
    first, last = dialogue.school_year.window(dialogue.kind.number)
    return render_template(
        "dialogues/place.html",
        dialogue=dialogue,
        form=form,
        back=_way_back(dialogue),
        people=People.of(dialogue, staffing),
        window=(first, last),
        booked=Diary.load(dialogue.organizer_id, staffing, *_days_ahead(first, last)).about(
            dialogue
        ),
        joinable=_joinable(dialogue, staffing),
    )


def _days_ahead(first: date, last: date) -> tuple[date, date]:
    """What is left of the window; once it is over, the weeks to come."""
    if last < today():
        return today(), today() + WEEKS_SHOWN
    return max(first, today()), last


def _joinable(dialogue: QualityDialogue, staffing: Staffing) -> list[QualityDialogue]:
    """The same leader's other dialogues of the same kind, which may become one with this."""
    own = {person.id for person in People.of(dialogue, staffing).leaders}
    if not own or dialogue.has_been:
        return []
    ids = lists.ids_to_plan(
        dialogue.school_year,
        lists.involving(Permission.LEAD)
        & (QualityDialogue.kind == dialogue.kind)
        & (QualityDialogue.id != dialogue.id),
    )
    return [
        row
        for row in lists.load(ids)
        if not row.has_been and own & {person.id for person in People.of(row, staffing).leaders}
    ]


def cancel(dialogue_id: int) -> Response | str | tuple[str, int]:
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    form = CancelForm()
    if not form.validate_on_submit():
        return render_template("dialogues/cancel.html", dialogue=dialogue, form=form), (
            422 if form.is_submitted() else 200
        )
    try:
        dialogue.cancel(form.reason.data, by=current_user)
    except DialogueError as wrong:
        form.refuse("reason", str(wrong))
        return render_template("dialogues/cancel.html", dialogue=dialogue, form=form), 422
    db.session.commit()
    notify(f"{dialogue.kind.label} med {dialogue.unit_names} är inställd.")
    return redirect(_plan_url(dialogue))


def join(dialogue_id: int) -> Response | str | tuple[str, int]:
    """Asks why, on a page of its own, when one of the two loses its time."""
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    other_id = request.values.get("other", 0, type=int)
    staffing = Staffing.load(dialogue.organizer_id)
    other = next((row for row in _joinable(dialogue, staffing) if row.id == other_id), None)
    if other is None:
        return _refused(dialogue, JoinForm(), "De två dialogerna kan inte slås ihop.")
    form, asks = JoinForm(), dialogue.asks_why_joined(other)
    if request.method == "GET" or (asks and not form.validate()):
        page = render_template(
            "dialogues/join.html", dialogue=dialogue, other=other, form=form, asks=asks
        )
        return page, 422 if form.is_submitted() else 200
    try:
        joined = dialogue.join(other, by=current_user, reason=form.reason.data if asks else "")
    except DialogueError as wrong:
        return _refused(dialogue, form, str(wrong))
    db.session.commit()
    notify(f"{joined.kind.label} gäller nu {joined.unit_names} tillsammans.")
    return redirect(url_for("dialogues.place", dialogue_id=joined.id))


def split(dialogue_id: int) -> Response | str | tuple[str, int]:
    """Asks why, on a page of its own, when the unit loses its time."""
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    unit_id = request.values.get("unit", 0, type=int)
    unit = next((row for row in dialogue.units if row.id == unit_id), None)
    if unit is None:
        return _refused(dialogue, SplitForm(), "Enheten är inte med i dialogen.")
    form, asks = SplitForm(), dialogue.is_ahead
    if request.method == "GET" or (asks and not form.validate()):
        page = render_template(
            "dialogues/split.html",
            dialogue=dialogue,
            unit=unit,
            others=[row.name for row in dialogue.units if row is not unit],
            form=form,
            asks=asks,
        )
        return page, 422 if form.is_submitted() else 200
    try:
        own = dialogue.split_off(unit, by=current_user, reason=form.reason.data if asks else "")
    except DialogueError as wrong:
        return _refused(dialogue, form, str(wrong))
    db.session.commit()
    notify(f"{unit.name} har fått en egen {own.kind.label}. Bestäm tid för den.")
    return redirect(url_for("dialogues.place", dialogue_id=own.id))


def _refused(
    dialogue: QualityDialogue, form: JoinForm | SplitForm, why: str
) -> Response | tuple[str, int]:
    """Somebody else may have been here since the page was shown: say so, and show it anew. A reason that
    was written has no field any more, so that it is shown to be copied."""
    reason = form.reason
    if request.method == "POST" and reason.data:
        return error_page(409, typed=[(reason.label.text, reason.data)], why=why)
    notify(f"{why} Så här ser det ut nu.", "warning")
    return redirect(url_for("dialogues.place", dialogue_id=dialogue.id))
