"""Nämndens frågor: asked by the board, answered by the skolchef, then read by all."""

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tracker.board import access, routes
from tracker.extensions import db
from tracker.models import AuditEvent, BoardQuestion, Role, RoleAssignment, User

LIST, NEW = "/namndens-fragor", "/namndens-fragor/ny"
WHAT = "Vad vet vi om eleverna som bjöds in till mattestugan men inte kom?"
ANSWER = "De hade högre frånvaro redan innan."


def a_question(cast, *, answer: str = "", builds_on: BoardQuestion | None = None) -> BoardQuestion:
    question = BoardQuestion.ask(cast.exempelby, WHAT, builds_on, by=cast.perolov)
    if answer:
        question.give_answer(answer, by=cast.lena)
    db.session.commit()
    return question


def place(question: BoardQuestion) -> str:
    return f"{LIST}/{question.id}"


def test_from_question_to_answer_to_the_next_question(cast, as_):
    board, lena = as_(cast.perolov), as_(cast.lena)
    said = {"text": WHAT, "builds_on_id": "", "form_token": "abc"}
    at = board.submit(NEW, said).location
    assert board.submit(NEW, said).location == at  # pressed twice
    assert db.session.query(BoardQuestion).count() == 1
    assert "Nämnden väntar på svar på en fråga" in lena.page("/")
    assert WHAT in lena.page(LIST)
    assert "Väntar på svar" in board.page("/")
    lena.submit(f"{at}/svar", {"version": 1, "answer": ANSWER})
    assert "Nämnden väntar på svar" not in lena.page("/")
    assert "Besvarad" in board.page("/")
    for person in (cast.perolov, cast.karin, cast.sofia, cast.erik, cast.samira, cast.tove):
        page = as_(person).page(at)
        assert ANSWER in page
        assert "Lena Forsgren" in page
        assert WHAT in as_(person).page(LIST)
    first = db.session.query(BoardQuestion).one()
    assert f"{NEW}?bygger={first.id}" in board.page(at)
    more = {"text": "Når stödet dem nu?", "builds_on_id": first.id, "form_token": "def"}
    later = board.submit(NEW, more).location
    assert ANSWER in board.page(later)
    assert "Frågor som bygger vidare" in board.page(at)
    assert "Frågor som bygger vidare" not in as_(cast.karin).page(at)


def test_what_waits_is_between_the_board_and_the_skolchef(cast, as_):
    at = place(a_question(cast))
    for person in (
        cast.karin,
        cast.erik,
        cast.samira,
        cast.sofia,
        cast.tove,
        cast.mats,
        cast.ingela,
    ):
        as_(person).page(at, 404)
        assert WHAT not in as_(person).page(LIST)
        for way in (f"{at}/andra", f"{at}/svar"):
            as_(person).page(way, 404)
        assert WHAT not in as_(person).page("/")
    assert "väntar" not in as_(cast.karin).page("/huvudmannen/2026-27").split("Nämndens frågor")[-1]
    for person in (cast.karin, cast.tove):
        assert WHAT[:40] not in as_(person).page("/historik")
    assert WHAT[:40] in as_(cast.lena).page("/historik")


def test_another_municipality_reads_nothing(cast, as_):
    at = place(a_question(cast, answer=ANSWER))
    for person in (cast.mats, cast.ingela, cast.greta):
        as_(person).page(at, 404)
        assert WHAT not in as_(person).page(LIST)


def test_a_revised_answer_leaves_the_first_in_its_history(cast, as_):
    question = a_question(cast, answer=ANSWER)
    lena, at = as_(cast.lena), place(question)
    lena.submit(f"{at}/svar", {"version": question.version, "answer": "Vi vet mer nu."})
    for person in (cast.perolov, cast.karin, cast.sofia):
        page = as_(person).page(at)
        assert "Vi vet mer nu." in page
        assert f"Före ändringen: ”{ANSWER}”" in page
        assert "Ändrat 20 november 2026 av Lena Forsgren" in page
    before = db.session.query(AuditEvent).count()
    version = db.session.query(BoardQuestion).one().version
    lena.submit(f"{at}/svar", {"version": version, "answer": "Vi vet mer nu."})
    assert db.session.query(AuditEvent).count() == before


def test_two_who_answer_at_once(cast, as_):
    question = a_question(cast)
    lena, at, seen = as_(cast.lena), f"{place(question)}/svar", question.version
    lena.submit(at, {"version": seen, "answer": "Det första svaret."})
    told = db.session.query(AuditEvent).count()
    lena.submit(at, {"version": seen, "answer": "Det första svaret."})  # pressed twice
    assert db.session.query(AuditEvent).count() == told
    refused = lena.submit(at, {"version": seen, "answer": "Det andra svaret."}, 409)
    assert "Det första svaret." in refused.text
    assert "Det andra svaret." in refused.text
    assert db.session.query(BoardQuestion).one().answer == "Det första svaret."


def test_a_question_is_its_askers_until_it_is_answered(cast, as_):
    question = a_question(cast)
    at, board = place(question), as_(cast.perolov)
    other = User(email="ny@exempelby.example", name="Ny Ledamot", sort_key="ny")
    db.session.add(other)
    db.session.flush()
    RoleAssignment.give(
        other, Role.BOARD, cast.exempelby, by=cast.tove, starts_on=cast.year.first_day
    )
    db.session.commit()
    as_(other).page(at)
    as_(other).page(f"{at}/andra", 403)
    as_(other).submit(f"{at}/ta-bort", status=403)
    as_(cast.lena).page(f"{at}/andra", 403)
    board.submit(
        f"{at}/andra", {"version": question.version, "text": "Vad vet vi?", "builds_on_id": ""}
    )
    as_(cast.lena).submit(
        f"{at}/svar", {"version": db.session.query(BoardQuestion).one().version, "answer": ANSWER}
    )
    assert board.get(f"{at}/andra").location == at
    board.submit(f"{at}/ta-bort")
    assert "står kvar som den var" in board.page(at)
    assert db.session.query(BoardQuestion).one().text == "Vad vet vi?"


def test_an_answer_that_comes_while_the_question_is_changed(cast, as_):
    question = a_question(cast)
    seen = question.version
    as_(cast.lena).submit(f"{place(question)}/svar", {"version": seen, "answer": ANSWER})
    at = f"{place(question)}/andra"
    typed = {"version": seen, "text": "Annat som jag skrev.", "builds_on_id": ""}
    refused = as_(cast.perolov).submit(at, typed, 409)
    assert "Frågan har fått svar och står kvar som den var" in refused.text
    assert re.search(r'name="text"[^>]*>\s*Annat som jag skrev.', refused.text)
    assert db.session.query(BoardQuestion).one().text == WHAT


def test_pressed_twice_at_once_the_second_finds_nothing_to_remove(cast, as_, monkeypatch):
    """It has been found by both before either has removed it."""
    at, load = place(a_question(cast)), routes.load_question

    def loaded(question_id, to):
        question = load(question_id, to)
        db.session.execute(sa.delete(BoardQuestion.__table__))
        return question

    monkeypatch.setattr(routes, "load_question", loaded)
    board = as_(cast.perolov)
    assert board.submit(f"{at}/ta-bort").location == LIST
    assert "Frågan var redan borttagen." in board.page(LIST)


def test_an_older_answer_is_built_on_too(cast, as_, monkeypatch):
    """Fråga vidare from one that is not among the latest; and the link stays when the words are changed."""
    monkeypatch.setattr(access, "TO_BUILD_ON", 1)
    first = a_question(cast, answer=ANSWER)
    a_question(cast, answer=ANSWER)
    board, chosen = as_(cast.perolov), f'<option selected value="{first.id}">'
    assert f'value="{first.id}"' not in board.page(NEW)
    assert chosen in board.page(f"{NEW}?bygger={first.id}")
    said = {"text": "Och sedan?", "builds_on_id": first.id, "form_token": "x"}
    at = board.submit(NEW, said).location
    assert chosen in board.page(f"{at}/andra")
    board.submit(f"{at}/andra", {"version": 1, "text": "Och nu?", "builds_on_id": first.id})
    last = db.session.query(BoardQuestion).order_by(BoardQuestion.id.desc()).first()
    assert (last.text, last.builds_on_id) == ("Och nu?", first.id)


def test_history_keeps_what_was_changed_and_nothing_else(cast):
    first = a_question(cast, answer=ANSWER)
    question = a_question(cast, builds_on=first)
    question.rephrase(WHAT, None, by=cast.perolov)
    question.rephrase("Annat?", first, by=cast.perolov)
    events = [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)][-3:]
    changed = f"{cast.perolov.name} ändrade vad nämndens fråga"
    assert events[0].startswith(f"{changed} ”{WHAT}” bygger vidare på. Före ändringen: ”{WHAT}”")
    assert events[1] == f"{cast.perolov.name} ändrade nämndens fråga. Före ändringen: ”{WHAT}”."
    assert events[2].endswith("”Annat?” bygger vidare på. Före ändringen: ingen tidigare fråga.")


def test_removed_and_brought_back_by_its_asker(cast, as_):
    at, board = place(a_question(cast)), as_(cast.perolov)
    board.submit(f"{at}/ta-bort")
    page = board.page(LIST)
    assert WHAT not in page.split("<main")[1].split("Ångra")[1]
    undo = "/angra/" + page.split('action="/angra/')[1].split('"')[0]
    as_(cast.lena).submit(undo, status=403)
    as_(cast.mats).submit(undo, status=404)
    board.submit(undo)
    assert WHAT in board.page(LIST)


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "Skriv vad nämnden vill veta."), ("x" * 100_000, "för lång"),
     ("Hur går det för 19121212-1212?", "personnummer")],
)  # fmt: skip
def test_what_is_refused_is_shown_back(cast, as_, text, word):
    refused = as_(cast.perolov).submit(NEW, {"text": text, "builds_on_id": ""}, 422)
    assert word in " ".join(errors(refused))
    assert db.session.query(BoardQuestion).count() == 0
    question = a_question(cast)
    refused = as_(cast.lena).submit(
        f"{place(question)}/svar", {"version": question.version, "answer": text}, 422
    )
    assert errors(refused)


def test_what_it_builds_on_is_answered_and_of_the_same_organizer(cast, as_):
    waiting = a_question(cast)
    theirs = BoardQuestion.ask(cast.granby, "Och hos oss?", None, by=cast.ingela)
    theirs.give_answer("Bra.", by=cast.ingela)
    db.session.commit()
    for other in (waiting, theirs):
        said = {"text": "Mer?", "builds_on_id": other.id, "form_token": "x"}
        assert errors(as_(cast.perolov).submit(NEW, said, 422))
        assert "Och hos oss?" not in as_(cast.perolov).page(f"{NEW}?bygger={other.id}")


def test_who_has_left_the_board_asks_nothing(cast, as_):
    at = place(a_question(cast))
    db.session.query(RoleAssignment).filter_by(user_id=cast.perolov.id).one().end(
        cast.year.first_day, by=cast.tove
    )
    db.session.commit()
    as_(cast.perolov).page(NEW, 403)
    as_(cast.perolov).page(at, 404)


def test_only_the_board_asks(cast, as_):
    for person in (cast.karin, cast.erik, cast.lena, cast.sofia, cast.tove):
        as_(person).page(NEW, 403)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"answer": "Ja."},
        {"builds_on_id": 999_999},
    ],
)
def test_the_database_refuses(cast, wrong):
    question = a_question(cast)
    for name, value in wrong.items():
        setattr(question, name, value)
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_database_refuses_another_organizers(cast):
    question = a_question(cast)
    theirs = BoardQuestion.ask(cast.granby, "Och hos oss?", None, by=cast.ingela)
    question.builds_on_id = theirs.id
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("url", [LIST, NEW, "/namndens-fragor/{}", "/"])
def test_statements(cast, as_, statements, url):
    few = None
    for _ in range(2):
        for _ in range(6):
            first = a_question(cast, answer=ANSWER)
            a_question(cast, builds_on=first)
        browser = as_(cast.perolov)
        with statements() as sent:
            browser.page(url.format(first.id))
        assert len(sent) <= 8
        assert few is None or len(sent) == few
        few = len(sent)
