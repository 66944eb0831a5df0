"""Frågor inför dialogen: asked by one side, answered by the other, each at an address of its own.

`side` is the one that asks; tracker/dialogues/routes.py gives it, and with it who may do what."""

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import load_dialogue
from tracker.dialogues.forms import AnswerForm, AskForm
from tracker.dialogues.questions import QUESTIONS_STAND
from tracker.dialogues.states import DialogueError
from tracker.dialogues.too_late import too_late
from tracker.extensions import db
from tracker.models import Permission, PreparationQuestion, QualityDialogue, Side
from tracker.web.conflicts import saved
from tracker.web.notices import notify

ACTS_FOR = {Side.PRINCIPAL: Permission.WRITE, Side.ORGANIZER: Permission.LEAD}


def ask(dialogue_id: int, side: Side) -> Response | str | tuple[str, int]:
    dialogue = load_dialogue(dialogue_id, to=ACTS_FOR[side])
    if dialogue.has_been:
        return too_late(dialogue, "Frågor och svar står fast", QUESTIONS_STAND)
    form = AskForm()
    if form.validate_on_submit():
        try:
            question = dialogue.ask(side, form.text.data, by=current_user)
        except DialogueError as wrong:
            form.refuse("text", str(wrong))
        else:
            db.session.commit()
            notify(f"Frågan är ställd. {question.to.capitalize()} ser den nu.")
            return redirect(_url(dialogue))
    page = render_template("dialogues/ask.html", dialogue=dialogue, form=form, side=side, Side=Side)
    return page, 422 if form.is_submitted() else 200


def answer(dialogue_id: int, question_id: int, side: Side) -> Response | str | tuple[str, int]:
    dialogue = load_dialogue(dialogue_id, to=ACTS_FOR[side.other])
    question = _question(dialogue, question_id, side)
    if dialogue.has_been:
        return too_late(dialogue, "Frågor och svar står fast", QUESTIONS_STAND)
    form = AnswerForm(obj=question)
    if not form.validate_on_submit():
        return _answer_page(dialogue, question, form), 422 if form.is_submitted() else 200

    def write() -> None:
        dialogue.answer_question(question, form.answer.data, by=current_user)

    try:
        if not saved(form, question, write, ("answer",)):
            return _answer_page(dialogue, question, form), 409
    except DialogueError as wrong:
        form.refuse("answer", str(wrong))
        return _answer_page(dialogue, question, form), 422
    notify("Svaret är sparat. Den som frågade ser det redan nu.")
    return redirect(_url(dialogue))


def _answer_page(dialogue: QualityDialogue, question: PreparationQuestion, form: AnswerForm) -> str:
    return render_template("dialogues/answer.html", dialogue=dialogue, question=question, form=form)


def withdraw(dialogue_id: int, question_id: int, side: Side) -> Response:
    dialogue = load_dialogue(dialogue_id, to=ACTS_FOR[side])
    try:
        question = _question(dialogue, question_id, side)
        removal = dialogue.withdraw_question(question, by=current_user)
    except DialogueError as wrong:
        notify(str(wrong), "warning")
        return redirect(_url(dialogue))
    db.session.commit()
    notify("Frågan är borttagen.", undo=removal.id)
    return redirect(_url(dialogue))


def _question(dialogue: QualityDialogue, question_id: int, side: Side) -> PreparationQuestion:
    found = (row for row in dialogue.questions if row.id == question_id and row.side is side)
    return next(found, None) or abort(404)


def _url(dialogue: QualityDialogue) -> str:
    return url_for("dialogues.show", dialogue_id=dialogue.id, _anchor="fragor")
