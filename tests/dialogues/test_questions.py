"""Frågor inför dialogen: asked by one side, answered by the other, until the dialogue begins."""

import pytest

from tests.checked_client import errors
from tests.dialogues.scenes import held, placed
from tests.dialogues.test_show import words
from tracker.dialogues.preparation import PreparationFacts, steps
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import AuditEvent, PreparationQuestion, QualityDialogue, Side
from tracker.web.fields import CONFLICT_MESSAGE

QUESTION = "Vilka beslut om fritidshemmet kan vi fatta på plats?"


def url(dialogue, side=Side.PRINCIPAL, question=None, rest=""):
    whose = "rektors-fragor" if side is Side.PRINCIPAL else "dialogansvarigs-fragor"
    return f"/dialoger/{dialogue.id}/{whose}" + (f"/{question.id}{rest}" if question else "")


def left(dialogue, side):
    found = steps(dialogue, PreparationFacts.load([dialogue]))
    return [step.label for step in found if step.side is side and not step.done]


@pytest.mark.parametrize(
    ("side", "asker", "answerer"),
    [(Side.PRINCIPAL, "karin", "erik"), (Side.ORGANIZER, "erik", "jonas")],
)
def test_one_side_asks_and_the_other_answers(cast, as_, side, asker, answerer):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    asking, answering = as_(getattr(cast, asker)), as_(getattr(cast, answerer))
    show = f"/dialoger/{dialogue.id}"
    assert url(dialogue, side) in asking.page(show)
    assert asking.submit(url(dialogue, side), {"text": QUESTION}).location == f"{show}#fragor"
    [question] = dialogue.questions
    label = f"Svara på frågan från {getattr(cast, asker).name}: ”{QUESTION}”"
    assert label in left(dialogue, side.other)
    assert label not in left(dialogue, side)
    page = answering.page(show)
    assert label in words(page)
    assert url(dialogue, side, question) in page
    assert f'href="{url(dialogue, side, question)}"' not in asking.page(show)
    assert QUESTION in answering.page(url(dialogue, side, question))
    answering.submit(url(dialogue, side, question), {"version": 1, "answer": "Om lokalerna."})
    assert label not in left(dialogue, side.other)
    page = words(asking.page(show))
    assert f"Svar från {getattr(cast, answerer).name}, 20 november 2026 Om lokalerna." in page
    assert f"ställde en fråga inför Dialog 1 läsåret 2026/27: ”{QUESTION}”" in page


def test_on_start_and_in_the_brief(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.ask(Side.ORGANIZER, QUESTION, by=cast.erik)
    assert f"Svara på frågan från Erik Lund: ”{QUESTION}”" in words(as_(cast.karin).page("/"))
    for person in (cast.karin, cast.erik, cast.lena):
        page = words(as_(person).page(f"/dialoger/{dialogue.id}/underlag"))
        assert f"Erik Lund frågar rektor, 20 november 2026 {QUESTION} Inte besvarad än." in page


def test_a_question_is_due_with_the_brief_unless_it_comes_later(cast, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)

    def days():
        facts = PreparationFacts.load([dialogue])
        return [s.due_on for s in steps(dialogue, facts) if s.endpoint.startswith("dialogues.ans")]

    dialogue.ask(Side.ORGANIZER, "Tidigt", by=cast.erik)
    the_day.move_to("2026-12-04T09:00:00+01:00")
    dialogue.ask(Side.ORGANIZER, "Sent", by=cast.erik)
    assert [day and day.isoformat() for day in days()] == ["2026-12-03", None]


def test_an_answer_may_be_put_in_other_words_but_not_over_a_newer_one(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    question = dialogue.ask(Side.ORGANIZER, QUESTION, by=cast.erik)
    karin, jonas = as_(cast.karin), as_(cast.jonas)
    where = url(dialogue, Side.ORGANIZER, question)
    jonas.submit(where, {"version": 1, "answer": "Jonas svar"})
    answer = karin.submit(where, {"version": 1, "answer": "Karins svar"}, 409)
    assert CONFLICT_MESSAGE in answer.text
    assert "Jonas svar" in answer.text
    assert "Karins svar" in answer.text
    assert question.answer == "Jonas svar"
    karin.submit(where, {"version": question.version, "answer": "Karins svar"})
    assert (question.answer, question.answered_by_name) == ("Karins svar", "Karin Holm")
    assert "ändrade svaret på frågan" in words(karin.page(f"/dialoger/{dialogue.id}"))


def test_the_asker_takes_an_unanswered_question_back(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    mine = dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
    where = url(dialogue, Side.PRINCIPAL, mine, "/ta-tillbaka")
    jonas = as_(cast.jonas)
    assert where not in jonas.page(f"/dialoger/{dialogue.id}")
    jonas.submit(where)
    assert "Bara den som har ställt frågan" in jonas.page(f"/dialoger/{dialogue.id}")
    assert len(dialogue.questions) == 1
    karin = as_(cast.karin)
    assert where in karin.page(f"/dialoger/{dialogue.id}")
    karin.submit(where)
    assert dialogue.questions == []
    page = words(karin.page(f"/dialoger/{dialogue.id}"))
    assert f"tog tillbaka frågan ”{QUESTION}”" in page


def test_an_answered_question_stays(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    mine = dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
    dialogue.answer_question(mine, "Ja", by=cast.erik)
    karin = as_(cast.karin)
    karin.submit(url(dialogue, Side.PRINCIPAL, mine, "/ta-tillbaka"))
    assert "Frågan är redan besvarad" in karin.page(f"/dialoger/{dialogue.id}")
    assert len(dialogue.questions) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ", "Skriv vad du vill fråga."),
        ("x" * 100_000, "Texten är för lång"),
        ("Hur går det för 121212-1212?", "personnummer"),
    ],
)
def test_a_question_must_be_one(cast, as_, text, message):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    answer = as_(cast.karin).submit(url(dialogue), {"text": text}, 422)
    assert any(message in error for error in errors(answer)), errors(answer)
    assert text.strip() in answer.text
    assert dialogue.questions == []


@pytest.mark.parametrize(
    ("text", "message"), [("", "Skriv ett svar."), ("y" * 100_000, "Texten är för lång")]
)
def test_an_answer_must_be_one(cast, as_, text, message):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    question = dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
    answer = as_(cast.erik).submit(
        url(dialogue, Side.PRINCIPAL, question), {"version": 1, "answer": text}, 422
    )
    assert any(message in error for error in errors(answer)), errors(answer)
    assert not question.is_answered


def test_all_is_locked_when_the_dialogue_begins(cast, as_, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    question = dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
    db.session.commit()
    the_day.move_to("2026-12-08T13:00:00+01:00")
    karin, erik = as_(cast.karin), as_(cast.erik)
    said = "Dialogen har börjat. Frågor och svar går inte att ändra längre."
    kept = karin.submit(url(dialogue), {"text": "En till?"}, 422)
    assert said in kept.text
    assert "En till?" in kept.text
    assert said in karin.page(url(dialogue))
    where = url(dialogue, Side.PRINCIPAL, question)
    assert said in erik.page(where)
    late = erik.submit(where, {"version": 1, "answer": "För sent"}, 422)
    assert said in late.text
    assert "För sent" in late.text
    karin.submit(f"{where}/ta-tillbaka")
    page = karin.page(f"/dialoger/{dialogue.id}")
    assert said in page
    assert QUESTION in page
    assert "Ställ en fråga" not in page
    assert not question.is_answered
    assert db.session.query(PreparationQuestion).count() == 1


def test_who_only_follows_reads_and_neither_asks_nor_answers(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    question = dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
    for person in (cast.lena, cast.samira):
        page = as_(person).page(f"/dialoger/{dialogue.id}")
        assert QUESTION in page
        assert "-fragor" not in page
    for person, status in (
        ("lena", 403),
        ("samira", 403),
        ("maria", 404),
        ("ali", 404),
        ("mats", 404),
    ):
        browser = as_(getattr(cast, person))
        for side in Side:
            browser.submit(url(dialogue, side), {"text": "Får jag?"}, status)
            browser.submit(url(dialogue, side, question), {"version": 1, "answer": "Ja"}, status)
            browser.submit(url(dialogue, side, question, "/ta-tillbaka"), {}, status)


def test_each_side_acts_at_its_own_addresses(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    question = dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
    karin, erik = as_(cast.karin), as_(cast.erik)
    karin.page(url(dialogue, Side.ORGANIZER), 403)
    erik.page(url(dialogue, Side.PRINCIPAL), 403)
    karin.page(url(dialogue, Side.PRINCIPAL, question), 403)
    karin.page(url(dialogue, Side.ORGANIZER, question), 404)
    other = cast.dialogue(cast.hassel)
    erik.page(url(other, Side.PRINCIPAL, question), 404)
    assert karin.get(url(dialogue, Side.PRINCIPAL, question, "/ta-tillbaka")).status_code == 405


def test_nobody_is_there_to_be_asked_about_a_vacant_unit(cast, as_):
    dialogue = placed(cast.dialogue(cast.klockvret), cast)
    assert "Ställ en fråga" not in as_(cast.erik).page(f"/dialoger/{dialogue.id}")
    joint = cast.dialogue(cast.savkulla).join(dialogue, by=cast.erik)
    assert "Ställ en fråga till rektor" in as_(cast.erik).page(f"/dialoger/{joint.id}")


def test_joined_dialogues_keep_the_questions_of_both(cast):
    one, other = cast.dialogue(cast.savkulla), cast.dialogue(cast.hassel)
    one.ask(Side.PRINCIPAL, "Från Karin", by=cast.karin)
    other.ask(Side.PRINCIPAL, "Från Ali", by=cast.ali)
    db.session.commit()
    joint = one.join(other, by=cast.erik)
    db.session.commit()
    assert sorted(row.text for row in joint.questions) == ["Från Ali", "Från Karin"]
    own = joint.split_off(cast.hassel, by=cast.erik)
    db.session.commit()
    assert own.questions == []
    assert len(joint.questions) == 2


def test_a_dialogue_that_somebody_has_asked_in_is_not_untouched(cast):
    dialogue = cast.dialogue(cast.hassel)

    def untouched():
        return db.session.query(QualityDialogue).filter(
            QualityDialogue.untouched(), QualityDialogue.id == dialogue.id
        ).count()  # fmt: skip

    assert untouched() == 1
    dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.ali)
    db.session.flush()
    assert untouched() == 0


def test_the_database_refuses_a_question_across_municipalities(cast):
    dialogue = cast.dialogue(cast.savkulla)
    db.session.add(
        PreparationQuestion(
            organizer_id=cast.granby.id,
            dialogue_id=dialogue.id,
            side=Side.PRINCIPAL,
            text="Hej",
            by_name="Mats",
        )
    )
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        db.session.flush()
    db.session.rollback()


def test_a_long_question_is_cut_in_lists_and_history(cast):
    dialogue = cast.dialogue(cast.savkulla)
    question = dialogue.ask(Side.PRINCIPAL, "mycket\n\nlång " * 50, by=cast.karin)
    assert len(question.excerpt) <= 80
    assert question.excerpt.endswith("…")
    event = db.session.query(AuditEvent).filter_by(action="question_asked").one()
    assert event.data["question"] == question.excerpt


def test_the_model_says_no_in_swedish(cast, the_day):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    with pytest.raises(DialogueError, match="Dialogen har börjat"):
        dialogue.ask(Side.PRINCIPAL, QUESTION, by=cast.karin)
