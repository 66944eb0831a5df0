"""After the dialogue: the notes as both sides read them, their approval, remarks, and what became of
what was agreed."""

from flask import Response as FlaskResponse
from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_access, load_agreement, load_dialogue, may
from tracker.dialogues.differences import Difference, differences
from tracker.dialogues.forms_room import FollowUpForm, RemarkForm
from tracker.dialogues.lists import People, day_of_people
from tracker.dialogues.notes_document import as_document, file_name
from tracker.dialogues.routes_room import become_measure, writable_units
from tracker.dialogues.sides import Table
from tracker.dialogues.states import DialogueError, NotesChanged
from tracker.extensions import db
from tracker.models import Agreement, DialogueApproval, Permission, QualityDialogue, Side
from tracker.organisation.staffing import Staffing
from tracker.organisation.succession import with_successors
from tracker.reports.documents import Document, pdf_answer, word_answer
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.swedish import listing

Page = Response | str | tuple[str, int]


def notes(dialogue_id: int) -> str:
    """Those who take part read them at any time, others when the dialogue has been held."""
    return _notes_page(load_dialogue(dialogue_id, to=Permission.FOLLOW))


def _notes_page(dialogue: QualityDialogue, form: RemarkForm | None = None, wrong: str = "") -> str:
    shown = dialogue.is_held or may(Permission.CONVERSE)
    content = dialogue.content() if shown else None
    return render_template(
        "dialogues/notes.html",
        dialogue=dialogue,
        table=Table.of(dialogue, Staffing.load(dialogue.organizer_id)),
        content=content,
        digest=dialogue.digest() if shown else "",
        approved_words=_approved_words(dialogue),
        changed=_changed_since(dialogue, content) if content else [],
        form=form or RemarkForm(formdata=None),
        wrong=wrong,
        Side=Side,
    )


def _approved_words(dialogue: QualityDialogue) -> str:
    """Who has approved for the person's side: herself, or somebody who stands on the same."""
    standing = [row for side in Side if (row := dialogue.standing_approval(side)) is not None]
    if not standing or any(row.by_id == current_user.id for row in standing):
        return "Du har godkänt."
    return f"{listing([row.by_name for row in standing])} har godkänt."


def notes_word(dialogue_id: int) -> FlaskResponse:
    """The notes as a Word file, once they are approved: before that they may still read otherwise."""
    dialogue = _approved(dialogue_id)
    return word_answer(_document(dialogue), f"{file_name(dialogue)}.docx")


def notes_pdf(dialogue_id: int) -> FlaskResponse:
    """The same as a PDF file."""
    dialogue = _approved(dialogue_id)
    return pdf_answer(_document(dialogue), f"{file_name(dialogue)}.pdf")


def _approved(dialogue_id: int) -> QualityDialogue:
    dialogue = load_dialogue(dialogue_id, to=Permission.FOLLOW)
    return dialogue if dialogue.is_approved else abort(404)


def _document(dialogue: QualityDialogue) -> Document:
    owner = current_access().organizer
    on_the_day = Staffing.load(dialogue.organizer_id, day_of_people(dialogue))
    return as_document(dialogue, People.of(dialogue, on_the_day), owner.name if owner else "")


def _changed_since(
    dialogue: QualityDialogue, content: dict[str, object]
) -> list[tuple[DialogueApproval, list[Difference]]]:
    """For each side whose approval has lapsed: what reads otherwise since."""
    lapsed = [row for side in Side if (row := dialogue.lapsed_approval(side))]
    same = {row.digest: row for row in lapsed}
    return [(row, differences(row.content, content)) for row in same.values()]


def hold(dialogue_id: int) -> Response:
    """Dialogen är genomförd, said outside the room."""
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    try:
        dialogue.hold(by=current_user)
    except DialogueError as wrong:
        return _told(dialogue, str(wrong), "warning")
    db.session.commit()
    return _told(dialogue, "Dialogen är genomförd. Läs anteckningarna och godkänn dem.")


def undo_hold(dialogue_id: int) -> Response:
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    try:
        dialogue.undo_hold(by=current_user)
    except DialogueError as wrong:
        return _told(dialogue, str(wrong), "warning")
    db.session.commit()
    return _told(dialogue, "Dialogen är inte längre markerad som genomförd.")


def approve(dialogue_id: int) -> Page:
    """For the person's own side, or for both. The form carries the digest of what was shown."""
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    table = Table.of(dialogue, Staffing.load(dialogue.organizer_id))
    if not table.own:
        abort(403)
    try:
        dialogue.approve(table.own, seen=request.form.get("digest", ""), by=current_user)
    except NotesChanged as changed:
        db.session.rollback()
        return _notes_page(dialogue, wrong=str(changed)), 409
    except DialogueError as wrong:
        db.session.rollback()
        return _told(dialogue, str(wrong), "warning")
    db.session.commit()
    if dialogue.is_approved:
        return _told(dialogue, "Minnesanteckningarna är godkända och låsta.")
    return _told(dialogue, "Du har godkänt minnesanteckningarna. Nu väntar de på den andra sidan.")


def remark(dialogue_id: int) -> Page:
    dialogue = load_dialogue(dialogue_id, to=Permission.CONVERSE)
    form = RemarkForm()
    if not form.validate_on_submit():
        return _notes_page(dialogue, form), 422
    try:
        dialogue.remark(form.text.data, by=current_user)
    except DialogueError as wrong:
        form.refuse("text", str(wrong))
        return _notes_page(dialogue, form), 422
    db.session.commit()
    return _told(dialogue, "Anmärkningen är tillagd.")


def agreement(dialogue_id: int, agreement_id: int) -> Page:
    """What became of it?"""
    row = load_agreement(dialogue_id, agreement_id, to=Permission.CONVERSE)
    form = FollowUpForm(obj=row)
    if not form.validate_on_submit() or not form.allows(row.due_on):
        return _agreement_page(row, form), 422 if form.is_submitted() else 200

    def follow_up() -> None:
        row.settle(form.state.data, form.outcome.data, by=current_user)
        if row.is_open and form.due_on.data is not None:
            row.postpone(form.due_on.data, by=current_user)

    if not saved(form, row, follow_up, ("state", "outcome", "due_on")):
        return _agreement_page(row, form), 409
    return _followed(row, "Uppföljningen är sparad.")


def _agreement_page(row: Agreement, form: FollowUpForm) -> str:
    units = with_successors(row.dialogue.units)
    staffing = Staffing.load(row.organizer_id)
    return render_template(
        "dialogues/agreement.html",
        agreement=row,
        dialogue=row.dialogue,
        form=form,
        sees_dialogue=any(
            Permission.FOLLOW in current_access().on_unit(unit.id, unit.area_id)
            for unit in row.dialogue.units
        ),
        writable=[] if row.measure_id else writable_units(units, staffing),
    )


def make_measure(dialogue_id: int, agreement_id: int) -> Response:
    """Gör till åtgärd, in the lap of one of the units."""
    row = load_agreement(dialogue_id, agreement_id, to=Permission.WRITE)
    unit_id = request.form.get("unit", 0, type=int)
    unit = next((u for u in with_successors(row.dialogue.units) if u.id == unit_id), None)
    if unit is None:
        notify("Välj vilken enhet åtgärden gäller.", "warning")
        return redirect(
            url_for("dialogues.agreement", dialogue_id=dialogue_id, agreement_id=agreement_id)
        )
    become_measure(row, unit)
    db.session.commit()
    return _followed(row, "Förslaget ligger bland åtgärderna. Skriv färdigt det när du vill.")


def _followed(row: Agreement, word: str) -> Response:
    notify(word)
    return redirect(
        url_for("dialogues.agreement", dialogue_id=row.dialogue_id, agreement_id=row.id)
    )


def _told(dialogue: QualityDialogue, word: str, kind: str = "success") -> Response:
    notify(word, kind)
    return redirect(url_for("dialogues.notes", dialogue_id=dialogue.id))
