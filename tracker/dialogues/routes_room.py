"""In the room: one page to write in during the dialogue, for both sides.

The page is one form. Without JavaScript its button saves all of it. With it, every text is saved by
itself a moment after it was typed (static/js/room.js): the answer is then a piece of the page.
"""

from collections.abc import Iterable
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import current_access, load_cycle, load_dialogue
from tracker.clock import today
from tracker.cycle import calendar
from tracker.dialogues.agreements import shortened
from tracker.dialogues.forms_room import AgreementForm, NoteForm, RoomForm, choices, standing
from tracker.dialogues.gone import Gone, gone_agreements, gone_notes, removed_topic, why_gone
from tracker.dialogues.looking_back import LookingBack
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import Agreement, Permission, QualityDialogue, SchoolUnit, SchoolYear
from tracker.organisation.staffing import Person, Staffing
from tracker.removals.models import CannotUndo, Removal, RemovalKind
from tracker.web.errors import error_page, typed_texts
from tracker.web.notices import notify
from tracker.web.security import allow_own_script
from tracker.web.swedish import listing

Page = Response | str | tuple[str, int]

BY_SCRIPT = "HX-Request"
"""The header by which htmx says that it wants a piece of the page."""

SAVED, CONFLICT, REFUSED = 200, 409, 422
"""The status of an answer; of several outcomes the highest is the page's."""


def room(dialogue_id: int) -> Page:
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    allow_own_script()
    if request.method == "GET":
        if dialogue.is_approved:
            return redirect(url_for("dialogues.notes", dialogue_id=dialogue.id))
        return _room_page(dialogue)
    dialogue.lock()
    staffing = Staffing.load(dialogue.organizer_id)
    form = RoomForm(dialogue, _to_choose(dialogue, staffing))
    try:
        dialogue.must_be_open_for_notes()
        outcome = max(_save_notes(dialogue, form.notes), _save_agreements(dialogue, form))
    except DialogueError as wrong:
        return _shut(wrong)
    lost = gone_notes(dialogue), gone_agreements(dialogue, form.people)
    if outcome == SAVED and not any(lost):
        return _done(dialogue, form)
    form.not_saved = _what_is_not_saved(dialogue, form, *lost)
    page = _room_page(dialogue, form, *lost)  # while nobody else can change what it shows
    db.session.commit()
    return page, max(outcome, CONFLICT)


def _done(dialogue: QualityDialogue, form: RoomForm) -> Page:
    """Everything on the page is saved; the button that was pressed may ask for one thing more."""
    what, _, which = request.form.get("do", "").partition("-")
    anchor = "overenskommelser" if what in ("add", "remove", "undo", "measure") else None
    db.session.commit()
    removed = None
    try:
        if what == "hold":
            dialogue.hold(by=current_user)
        else:
            removed = _do(dialogue, what, which)
        db.session.commit()
    except DialogueError as wrong:
        db.session.rollback()
        form.not_saved = f"{wrong} Det du skrev är sparat."
        return _room_page(dialogue, form), CONFLICT
    if what == "hold":
        notify("Dialogen är genomförd. Nu återstår att godkänna minnesanteckningarna.")
        return redirect(url_for("dialogues.notes", dialogue_id=dialogue.id))
    if removed:
        notify("Överenskommelsen är borttagen.", undo=removed.id)
        anchor = None  # what can be undone stands at the top
    else:
        notify("Förslaget ligger bland åtgärderna." if what == "measure" else "Allt är sparat.")
    return redirect(url_for("dialogues.room", dialogue_id=dialogue.id, _anchor=anchor))


def _do(dialogue: QualityDialogue, what: str, which: str) -> Removal | None:
    """Remove an agreement, and give what can be undone; undo it; or make a measure of it
    ("agreement-unit")."""
    if what == "remove":
        row = next((row for row in dialogue.agreements if str(row.id) == which), None)
        if row is not None:
            return dialogue.drop_agreement(row, by=current_user)
    elif what == "undo":
        number = int(which) if which.isdecimal() and len(which) < 19 else 0
        removal = Removal.find(dialogue.organizer_id, number)
        if removal is None or (removal.kind, removal.home_id) != (
            RemovalKind.AGREEMENT,
            dialogue.id,
        ):
            abort(404)
        if removal.undone_at is None:
            try:
                dialogue.bring_back_agreement(removal, by=current_user)
            except CannotUndo as wrong:
                raise DialogueError(f"Det gick inte att ångra. {wrong}") from wrong
    elif what == "measure":
        agreement_id, _, unit_id = which.partition("-")
        row = next((row for row in dialogue.agreements if str(row.id) == agreement_id), None)
        unit = next((unit for unit in dialogue.units if str(unit.id) == unit_id), None)
        if row is None or unit is None:
            abort(404)
        become_measure(row, unit)
    return None


def become_measure(row: Agreement, unit: SchoolUnit) -> None:
    """In the lap of the present läsår, or of the dialogue's where that one is not opened."""
    year = SchoolYear.of(row.organizer_id, calendar.school_year_start(today()))
    lap = load_cycle(unit.slug, (year or row.dialogue.school_year).slug, to=Permission.WRITE)
    row.become(lap, by=current_user)


def write_note(dialogue_id: int, slot: str) -> Page:
    """One text, a moment after it was typed."""
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    dialogue.lock()
    is_gone = slot not in dialogue.slots()
    if is_gone and removed_topic(dialogue, slot) is None:
        abort(404)
    if BY_SCRIPT not in request.headers:
        return room(dialogue_id)
    form = NoteForm.over(slot, dialogue.note_at(slot))
    seen = form.version.data
    try:
        if is_gone:
            raise DialogueError(f"{why_gone(dialogue, slot)} Det du skrev är inte sparat.")
        outcome = _save_notes(dialogue, {slot: form})
    except DialogueError as wrong:
        form.refuse("text", str(wrong))
        outcome = REFUSED
    db.session.commit()
    return render_template(
        "dialogues/_note_state.html",
        slot=slot,
        f=form,
        note=dialogue.note_at(slot),
        seen=seen if outcome == CONFLICT else form.version.data,
    ), outcome


def write_agreements(dialogue_id: int) -> Page:
    """The agreements alone, when the page is to stay as it is around them."""
    if BY_SCRIPT not in request.headers:
        return room(dialogue_id)
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    dialogue.lock()
    staffing = Staffing.load(dialogue.organizer_id)
    form = RoomForm(dialogue, _to_choose(dialogue, staffing))
    try:
        dialogue.must_be_open_for_notes()
        outcome = _save_agreements(dialogue, form)
    except DialogueError as wrong:
        db.session.rollback()
        form.new.refuse("what", str(wrong))
        return _agreements(dialogue, staffing, form), REFUSED
    gone = gone_agreements(dialogue, form.people)
    if outcome != SAVED or gone:
        told = _what_is_not_saved(dialogue, form, [], gone)
        part = _agreements(dialogue, staffing, form, gone_agreements=gone, told=told)
        db.session.commit()
        return part, max(outcome, CONFLICT)
    db.session.commit()  # what is saved stays so, whatever becomes of the button
    what, _, which = request.form.get("do", "").partition("-")
    try:
        removed = _do(dialogue, what, which)
        db.session.commit()
    except DialogueError as wrong:
        db.session.rollback()
        return _agreements(dialogue, staffing, told=str(wrong)), REFUSED
    return _agreements(dialogue, staffing, removed=removed), SAVED


def room_news(dialogue_id: int) -> FlaskResponse:
    """What the other side has written, for a page that stands open."""
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    version = _agreements_version(dialogue)
    known = request.args.get("agreements", "")
    return jsonify(
        notes={
            note.slot: {
                "version": note.version,
                "text": note.text,
                "state": render_template("dialogues/_note_said.html", note=note),
            }
            for note in dialogue.notes
        },
        agreements=None
        if version == known
        else _agreements(dialogue, Staffing.load(dialogue.organizer_id)),
    )


def _save_notes(dialogue: QualityDialogue, forms: dict[str, NoteForm]) -> int:
    """Each text by itself: what is wrong with one does not hold up the others."""
    outcome = SAVED
    for slot, form in forms.items():
        if not form.was_sent:
            continue
        if not form.validate():
            outcome = REFUSED
            continue
        try:
            note = dialogue.write_note(
                slot, form.text.data, seen=form.version.data, by=current_user
            )
            form.is_saved(note)
        except StaleDataError:
            standing_now = dialogue.note_at(slot)
            form.show_newer(
                {"text": standing_now.text if standing_now else ""},
                standing_now.version if standing_now else 0,
            )
            outcome = max(outcome, CONFLICT)
    return outcome


def _save_agreements(dialogue: QualityDialogue, form: RoomForm) -> int:
    """Those that stand, as they were changed; and a new one, if anything is written in it."""
    outcome = SAVED
    for row in list(dialogue.agreements):
        its = form.agreements.get(row.id)
        if its is None or not its.was_sent or request.form.get("do") == f"remove-{row.id}":
            continue
        if not its.allows():
            outcome = REFUSED
            continue
        try:
            dialogue.change_agreement(row, *its.agreed(), seen=its.version.data, by=current_user)
            its.version.data = row.version
            its.version.raw_data = [str(row.version)]
        except StaleDataError:
            its.show_newer(standing(row), row.version)
            outcome = max(outcome, CONFLICT)
    new = form.new
    if new.was_sent and (new.is_filled or request.form.get("do") == "add"):
        if not new.allows():
            return REFUSED
        row = dialogue.agree(*new.agreed(), by=current_user, form_token=new.token.data or None)
        if (row.what, row.responsible, row.responsible_id, row.due_on) == new.agreed():
            form.new_is_made()
        else:
            new.has_been_sent_before(shortened(row.what, 80))
            outcome = max(outcome, CONFLICT)
    return outcome


NOT_DONE = {
    "hold": "Dialogen är inte markerad som genomförd än.",
    "remove": "Överenskommelsen är inte borttagen än.",
    "undo": "Det borttagna är inte tillbaka än.",
    "measure": "Överenskommelsen har inte blivit åtgärd än.",
}
"""By what a button asks for beside saving: it waits until everything on the page is saved."""


def _what_is_not_saved(
    dialogue: QualityDialogue, form: RoomForm, lost_notes: list[Gone], lost_agreements: list[Gone]
) -> str:
    places = [
        *(f"”{dialogue.heading(slot)}”" for slot, each in form.notes.items() if each.errors),
        *(
            f"överenskommelse {number}"
            for number, row in enumerate(dialogue.agreements, 1)
            if row.id in form.agreements and form.agreements[row.id].errors
        ),
        *(["den nya överenskommelsen"] if form.new.errors else []),
        *(["det du skrev i något som är borttaget"] if lost_notes or lost_agreements else []),
    ]
    not_done = NOT_DONE.get(request.form.get("do", "").partition("-")[0], "")
    return f"Inte sparat än: {listing(places)}. Allt annat du skrev är sparat. {not_done}".strip()


def _to_choose(dialogue: QualityDialogue, staffing: Staffing) -> list[tuple[int, str]]:
    """Those who take part by their roles."""
    found: list[Person] = []
    for unit in dialogue.units:
        lead = staffing.lead(unit.id, unit.area_id)
        principal = staffing.principal(unit.id)
        found += [p for p in (principal, lead, *staffing.deputies(unit.id)) if p]
    return choices(found)


def _agreements(
    dialogue: QualityDialogue,
    staffing: Staffing,
    form: RoomForm | None = None,
    **more: Any,
) -> str:
    """The part of the page that holds the agreements; anew from what is stored when `form` is None.
    `more`: what else the template may show."""
    return render_template(
        "dialogues/_agreements.html", **_about_agreements(dialogue, staffing, form), **more
    )


def _about_agreements(
    dialogue: QualityDialogue, staffing: Staffing, form: RoomForm | None
) -> dict[str, Any]:
    people = _to_choose(dialogue, staffing)
    sent = form.agreements if form else {}  # without those that were agreed since it was made
    return {
        "dialogue": dialogue,
        "agreement_forms": {
            row.id: sent.get(row.id) or AgreementForm.over(row, people, fresh=True)
            for row in dialogue.agreements
        },
        "new_form": form.new if form else AgreementForm.for_new(people, fresh=True),
        "agreements_version": _agreements_version(dialogue),
        "writable": writable_units(dialogue.units, staffing),
    }


def _agreements_version(dialogue: QualityDialogue) -> str:
    return ".".join(f"{row.id}:{row.version}:{row.measure_id or ''}" for row in dialogue.agreements)


def writable_units(units: Iterable[SchoolUnit], staffing: Staffing) -> list[SchoolUnit]:
    """Of the units, those for which the person may propose measures."""
    access = current_access()
    return [
        unit
        for unit in units
        if Permission.WRITE
        in access.on_unit(unit.id, unit.area_id, vacant=staffing.leader(unit.id) is None)
    ]


def _room_page(
    dialogue: QualityDialogue,
    form: RoomForm | None = None,
    lost_notes: Iterable[Gone] = (),
    lost_agreements: Iterable[Gone] = (),
) -> str:
    if not dialogue.room_has_opened:
        return render_template("dialogues/room_not_open.html", dialogue=dialogue)
    staffing = Staffing.load(dialogue.organizer_id)
    form = form or RoomForm(dialogue, _to_choose(dialogue, staffing))
    return render_template(
        "dialogues/room.html",
        form=form,
        back=LookingBack.load(dialogue),
        gone_notes=lost_notes,
        gone_agreements=lost_agreements,
        **_about_agreements(dialogue, staffing, form),
    )


def _shut(wrong: DialogueError) -> tuple[str, int]:
    """Nothing can be written any more: say why, and give back what was typed."""
    db.session.rollback()
    return error_page(409, typed=typed_texts(), why=str(wrong))
