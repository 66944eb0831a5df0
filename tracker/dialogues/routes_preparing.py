"""What both sides do before the dialogue: rektor's area, the organizer's areas, another time."""

import sqlalchemy as sa
from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import load_dialogue
from tracker.dialogues.answering import AboutProposal
from tracker.dialogues.diary import Diary
from tracker.dialogues.forms import KeepTimeForm, OrganizersTopicForm, ProposalForm, TopicForm
from tracker.dialogues.states import DialogueError
from tracker.dialogues.too_late import too_late
from tracker.dialogues.topics import TOPICS_STAND
from tracker.extensions import db
from tracker.models import (
    DevelopmentArea,
    DialogueKind,
    DialogueTopic,
    Permission,
    QualityCycle,
    QualityDialogue,
    TimeProposal,
)
from tracker.organisation.staffing import Staffing
from tracker.web.conflicts import saved
from tracker.web.errors import error_page, typed_texts
from tracker.web.notices import notify


def topic(dialogue_id: int) -> Response | str | tuple[str, int]:
    """Rektor's area: one of the unit's development areas, or a heading of her own."""
    dialogue = load_dialogue(dialogue_id, to=Permission.WRITE)
    if dialogue.has_been:
        return too_late(dialogue, "Områdena står fast", TOPICS_STAND)
    areas = _development_areas(dialogue)
    form = TopicForm(data=_chosen(dialogue.principals_topic))
    form.area_id.offer(_choices(dialogue, areas))
    if not form.validate_on_submit() or not form.allows():
        return _topic_page(dialogue, form), 422 if form.is_submitted() else 200
    area = next((row for row in areas if row.id == form.area_id.data), None)
    try:
        dialogue.choose_topic(
            area.title if area else form.title.data,
            form.text.data,
            area,
            by=current_user,
            seen=form.version.data,
        )
        db.session.commit()
    except (StaleDataError, IntegrityError):
        db.session.rollback()
        newer = _chosen(dialogue.principals_topic)
        form.show_newer(newer, newer.pop("version"))
        return _topic_page(dialogue, form), 409
    except DialogueError as wrong:
        db.session.rollback()
        form.refuse("area_id" if areas else "title", str(wrong))
        return _topic_page(dialogue, form), 422
    notify("Området är valt. Dialogansvarig ser det redan nu.")
    return redirect(_url(dialogue))


def _chosen(row: DialogueTopic | None) -> dict[str, object]:
    """The fields of TopicForm as they stand; a development area lends its heading."""
    if row is None:
        return {"version": 0, "area_id": None, "title": "", "text": ""}
    title = row.title if row.area_id is None else ""
    return {"version": row.version, "area_id": row.area_id, "title": title, "text": row.text}


def _development_areas(dialogue: QualityDialogue) -> list[DevelopmentArea]:
    return list(
        db.session.scalars(
            sa.select(DevelopmentArea)
            .join(QualityCycle, QualityCycle.id == DevelopmentArea.cycle_id)
            .where(
                QualityCycle.unit_id.in_([unit.id for unit in dialogue.units]),
                QualityCycle.school_year_id == dialogue.school_year_id,
            )
            .options(sa.orm.contains_eager(DevelopmentArea.cycle))
            .order_by(DevelopmentArea.id)
        )
    )


def _choices(dialogue: QualityDialogue, areas: list[DevelopmentArea]) -> list[tuple[int, str]]:
    names = {unit.id: unit.name for unit in dialogue.units}
    if len(names) == 1:
        return [(row.id, row.title) for row in areas]
    return [(row.id, f"{row.title} ({names[row.cycle.unit_id]})") for row in areas]


def _topic_page(dialogue: QualityDialogue, form: TopicForm) -> str:
    return render_template("dialogues/topic.html", dialogue=dialogue, form=form)


def drop_topic(dialogue_id: int) -> Response:
    """In Dialog 2 rektor need not choose an area, and may take hers back."""
    dialogue = load_dialogue(dialogue_id, to=Permission.WRITE)
    chosen = dialogue.principals_topic
    if chosen is None or dialogue.kind is DialogueKind.DIALOGUE_1:
        notify(
            "Dialog 1 behöver ett område. Byt det i stället."
            if chosen
            else "Inget område är valt.",
            "warning",
        )
        return redirect(_url(dialogue))
    return _removed(dialogue, chosen)


def add_topic(dialogue_id: int) -> Response | str | tuple[str, int]:
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    if dialogue.has_been:
        return too_late(dialogue, "Områdena står fast", TOPICS_STAND)
    form = OrganizersTopicForm(data={"version": 0})
    if not form.validate_on_submit():
        return _organizers_page(dialogue, form), 422 if form.is_submitted() else 200
    try:
        dialogue.add_topic(form.title.data, form.text.data, by=current_user)
    except DialogueError as wrong:
        form.refuse("title", str(wrong))
        return _organizers_page(dialogue, form), 422
    db.session.commit()
    notify("Området är tillagt. Rektor ser det redan nu.")
    return redirect(_url(dialogue))


def bring_no_topics(dialogue_id: int) -> Response:
    """Inga egna områden den här gången; or think again, when the form says so."""
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    again = "again" in request.form
    try:
        if again:
            dialogue.reconsider_topics(by=current_user)
        else:
            dialogue.bring_no_topics(by=current_user)
    except DialogueError as wrong:
        notify(str(wrong), "warning")
        return redirect(_url(dialogue))
    db.session.commit()
    if not again:
        notify("Det är antecknat att huvudmannen inte har några egna områden den här gången.")
    return redirect(_url(dialogue))


def change_topic(dialogue_id: int, topic_id: int) -> Response | str | tuple[str, int]:
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    row = _organizers_topic(dialogue, topic_id)
    if dialogue.has_been:
        return too_late(dialogue, "Områdena står fast", TOPICS_STAND)
    form = OrganizersTopicForm(obj=row)
    if not form.validate_on_submit():
        return _organizers_page(dialogue, form, row), 422 if form.is_submitted() else 200
    try:
        if not saved(
            form,
            row,
            lambda: dialogue.change_topic(row, form.title.data, form.text.data, by=current_user),
            ("title", "text"),
        ):
            return _organizers_page(dialogue, form, row), 409
    except DialogueError as wrong:
        form.refuse("title", str(wrong))
        return _organizers_page(dialogue, form, row), 422
    notify("Området är sparat.")
    return redirect(_url(dialogue))


def remove_topic(dialogue_id: int, topic_id: int) -> Response:
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    return _removed(dialogue, _organizers_topic(dialogue, topic_id))


def _removed(dialogue: QualityDialogue, row: DialogueTopic) -> Response:
    try:
        removal = dialogue.remove_topic(row, by=current_user)
    except DialogueError as wrong:
        notify(str(wrong), "warning")
        return redirect(_url(dialogue))
    db.session.commit()
    notify("Området är borttaget.", undo=removal.id)
    return redirect(_url(dialogue))


def _organizers_topic(dialogue: QualityDialogue, topic_id: int) -> DialogueTopic:
    found = next((row for row in dialogue.organizers_topics if row.id == topic_id), None)
    return found or abort(404)


def _organizers_page(
    dialogue: QualityDialogue, form: OrganizersTopicForm, row: DialogueTopic | None = None
) -> str:
    return render_template(
        "dialogues/organizers_topic.html", dialogue=dialogue, form=form, topic=row
    )


def propose(dialogue_id: int) -> Response | str | tuple[str, int]:
    """Passar inte tiden? Föreslå en ny."""
    dialogue = load_dialogue(dialogue_id, to=Permission.WRITE)
    form = ProposalForm()
    if not form.validate_on_submit() or not form.allows():
        return _propose_page(dialogue, form), 422 if form.is_submitted() else 200
    try:
        dialogue.propose_time(form.starts_at, form.text.data, by=current_user)
    except DialogueError as wrong:
        form.refuse("day", str(wrong))
        return _propose_page(dialogue, form), 422
    db.session.commit()
    stands = "Tiden gäller som den är" if dialogue.day else "Dialogen har ingen tid"
    notify(f"Förslaget är lämnat. {stands} tills du får svar.")
    staffing, day = Staffing.load(dialogue.organizer_id), form.day.data
    diary = Diary.load(dialogue.organizer_id, staffing, day, day)
    for sentence in diary.about_time(dialogue, form.starts_at):
        notify(f"Tänk på: {sentence} Lämna ett nytt förslag om det blev fel.", "warning")
    return redirect(_url(dialogue))


def _propose_page(dialogue: QualityDialogue, form: ProposalForm) -> str:
    return render_template("dialogues/propose.html", dialogue=dialogue, form=form)


def accept(dialogue_id: int, proposal_id: int) -> Response:
    """The dialogansvarig takes the proposed time, once its doubts have been shown beside it."""
    dialogue, proposal = _proposal(dialogue_id, proposal_id)
    staffing = Staffing.load(dialogue.organizer_id)
    diary = Diary.load(dialogue.organizer_id, staffing, proposal.day, proposal.day)
    about = AboutProposal.of(proposal, diary)
    if about.seen and proposal.answered_at is None and request.form.get("seen") != about.seen:
        notify("Inget är ändrat än. Läs vad som står vid förslaget innan du tar tiden.", "warning")
        return redirect(_url(dialogue))
    try:
        dialogue.accept(proposal, by=current_user)
    except DialogueError as wrong:
        notify(str(wrong), "warning")
        return redirect(_url(dialogue))
    db.session.commit()
    notify("Dialogen är flyttad till den föreslagna tiden.")
    return redirect(_url(dialogue))


def keep(dialogue_id: int, proposal_id: int) -> Response | str | tuple[str, int]:
    """The dialogansvarig keeps the time as it is, with some words to whoever proposed another."""
    dialogue, proposal = _proposal(dialogue_id, proposal_id)
    form = KeepTimeForm()
    if form.validate_on_submit():
        try:
            dialogue.decline(proposal, form.text.data, by=current_user)
        except DialogueError as wrong:
            db.session.rollback()
            if form.text.data:
                return error_page(409, typed=typed_texts(), why=str(wrong))
            notify(str(wrong), "warning")
            return redirect(_url(dialogue))
        db.session.commit()
        notify("Tiden är kvar." if dialogue.day else "Du har tackat nej till förslaget.")
        return redirect(_url(dialogue))
    page = render_template("dialogues/keep.html", dialogue=dialogue, proposal=proposal, form=form)
    return page, 422 if form.is_submitted() else 200


def _proposal(dialogue_id: int, proposal_id: int) -> tuple[QualityDialogue, TimeProposal]:
    dialogue = load_dialogue(dialogue_id, to=Permission.LEAD)
    proposal = next((row for row in dialogue.proposals if row.id == proposal_id), None)
    if proposal is None:
        abort(404)
    return dialogue, proposal


def _url(dialogue: QualityDialogue) -> str:
    return url_for("dialogues.show", dialogue_id=dialogue.id)
