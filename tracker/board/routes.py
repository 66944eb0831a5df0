"""Nämndens frågor: the list, a question with its answer, asking and answering."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from tracker.audit.history import history_of
from tracker.auth.access import current_access, load_organizer
from tracker.board.access import load_question, readable
from tracker.board.forms import AnswerForm, AskForm, RephraseForm
from tracker.board.models import QuestionAnswered, QuestionGone
from tracker.dialogues.lists import demand_somewhere
from tracker.extensions import db
from tracker.models import BoardQuestion, Permission
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once
from tracker.web.paging import Page

bp = Blueprint("board", __name__, url_prefix="/namndens-fragor")

Answer = Response | tuple[str, int]
PAGE_SIZE = 20
HAS_ANSWER = "Frågan har fått svar och står kvar som den var. Ställ en ny om det är något mer."


@bp.get("")
def index() -> str:
    """What waits for an answer first, then the latest answered; two statements."""
    demand_somewhere(Permission.READ)
    access = current_access()
    page = Page.select(
        sa.select(BoardQuestion)
        .where(readable(access))
        .options(joinedload(BoardQuestion.builds_on))
        .order_by(
            BoardQuestion.answered_at.is_not(None),
            BoardQuestion.answered_at.desc(),
            BoardQuestion.id.desc(),
        ),
        PAGE_SIZE,
    )
    return render_template(
        "board/index.html",
        page=page,
        asks=Permission.ASK in access.on_organizer(),
        answers=Permission.OVERSEE in access.on_organizer(),
    )


@bp.route("/ny", methods=["GET", "POST"])
def ask() -> Answer:
    """`bygger` in the address names the question that this one goes on from."""
    organizer = load_organizer(to=Permission.ASK)
    form = AskForm(data={"builds_on_id": request.args.get("bygger", type=int)})
    form.offer(organizer.id)

    def make() -> BoardQuestion:
        return BoardQuestion.ask(
            organizer,
            form.text.data,
            form.builds_on,
            by=current_user,
            form_token=form.token,
        )

    if form.validate_on_submit():
        made = make_once(form, BoardQuestion, make, form.NAMES)
        if made is not None:
            notify("Frågan är ställd. Skolchefen ser den, och ni ser svaret här när det kommer.")
            return _shown(made)
    return _form_page("board/ask.html", form, None)


@bp.get("/<int:question_id>")
def show(question_id: int) -> str:
    question = load_question(question_id, to=Permission.READ)
    later = db.session.scalars(
        sa.select(BoardQuestion)
        .where(BoardQuestion.builds_on_id == question.id, readable(current_access()))
        .order_by(BoardQuestion.id)
    ).all()
    return render_template(
        "board/show.html",
        question=question,
        later=later,
        asks=Permission.ASK in current_access().on_organizer(),
        events=history_of(question),
    )


@bp.route("/<int:question_id>/andra", methods=["GET", "POST"])
def rephrase(question_id: int) -> Answer:
    """What was typed while the answer came is shown, and not saved."""
    question = load_question(question_id, to=Permission.ASK)
    if question.is_answered and request.method == "GET":
        return _has_answer(question_id)
    form = RephraseForm(obj=question)
    form.offer(question.organizer_id, question)

    def change() -> None:
        question.rephrase(form.text.data, form.builds_on, by=current_user)

    if (
        form.validate_on_submit()
        and not question.is_answered
        and saved(form, question, change, form.NAMES)
    ):
        notify("Frågan är ändrad.")
        return _shown(question)
    if question.is_answered:
        form.form_errors = [HAS_ANSWER]
    return _form_page("board/ask.html", form, question)


@bp.post("/<int:question_id>/ta-bort")
def withdraw(question_id: int) -> Response:
    question = load_question(question_id, to=Permission.ASK)
    try:
        removal = question.withdraw(by=current_user)
        db.session.commit()
    except QuestionAnswered:
        return _has_answer(question_id)
    except QuestionGone:
        db.session.rollback()
        notify("Frågan var redan borttagen.", "info")
        return redirect(url_for("board.index"))
    notify("Frågan är borttagen.", undo=removal.id)
    return redirect(url_for("board.index"))


@bp.route("/<int:question_id>/svar", methods=["GET", "POST"])
def answer(question_id: int) -> Answer:
    """Answer, or answer in other words."""
    question = load_question(question_id, to=Permission.OVERSEE)
    again = question.is_answered
    form = AnswerForm(obj=question)
    if not form.validate_on_submit():
        return _form_page("board/answer.html", form, question)
    if not saved(
        form,
        question,
        lambda: question.give_answer(form.answer.data, by=current_user),
        ("answer",),
    ):
        return _form_page("board/answer.html", form, question)
    notify(
        "Svaret är ändrat. Det tidigare står i Historik."
        if again
        else "Svaret är sparat. Alla med en roll hos huvudmannen kan läsa det."
    )
    return _shown(question)


def _form_page(
    template: str, form: AskForm | RephraseForm | AnswerForm, question: BoardQuestion | None
) -> Answer:
    status = 409 if form.form_errors else 422 if form.is_submitted() else 200
    return render_template(template, form=form, question=question), status


def _has_answer(question_id: int) -> Response:
    db.session.rollback()
    notify(HAS_ANSWER, "info")
    return redirect(url_for("board.show", question_id=question_id))


def _shown(question: BoardQuestion) -> Response:
    return redirect(url_for("board.show", question_id=question.id))
