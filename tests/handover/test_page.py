"""Överlämning: the page for who takes over, the words of who leaves, and rights that end at once."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.checked_client import errors
from tests.checkins.scenes import held as checked_in
from tests.dialogues.scenes import placed
from tests.measures.scenes import a_measure
from tests.teams.scenes import a_goal, a_team
from tests.thread.scenes import THIS, analysed, decided, many
from tracker.auth.grants import Access
from tracker.clock import today
from tracker.extensions import db
from tracker.handover.reading import newly_led
from tracker.models import (
    AnalysisDeepening,
    AuditEvent,
    HandoverNote,
    Problem,
    ProblemDevelopment,
    Role,
    RoleAssignment,
    SignInSession,
    SupportDecision,
    SupportLevel,
)
from tracker.organisation.succession import take_over

PAGE = "/enheter/hasselbrinksskolan/overlamning"
WRITE = f"{PAGE}/halsning"
NEW = "Nadia Karlsson"


def role_of(person, unit):
    return db.session.scalars(
        sa.select(RoleAssignment).filter_by(user_id=person.id, unit_id=unit.id)
    ).one()


def changed_hands(cast, last):
    """Ali leads Hasselbrinksskolan through the day; Nadia from the day after."""
    role_of(cast.ali, cast.hassel).end(last, by=cast.tove)
    RoleAssignment.give(
        cast.nadia, Role.PRINCIPAL, cast.exempelby, by=cast.tove, unit=cast.hassel,
        starts_on=last + timedelta(days=1),
    )  # fmt: skip
    db.session.commit()


def test_it_gathers_what_is_open_and_who_is_who(cast, as_):
    cause = analysed(
        cast, THIS, "Frånvaron ökar", "Rutinen följs inte", unit=cast.hassel, by=cast.ali
    )
    decided(cast, THIS, "Ring hem dag ett", cause, unit=cast.hassel)
    dialogue = placed(cast.dialogue(cast.hassel), cast, date(2026, 10, 6))
    dialogue.write_note("other", "Vi behöver prata om åk 9.", seen=0, by=cast.erik)
    dialogue.agree("Någon räknar ledigheterna", "Erik Lund", due_on=date(2026, 12, 1), by=cast.erik)
    dialogue.hold(by=cast.erik)
    checked_in(cast.hassel, by=cast.ali, support="Besked om skolsköterska.")
    settled = checked_in(cast.hassel, by=cast.ali, support="En skrivare.")
    settled.support.settle("Den kom.", by=cast.ali)
    HandoverNote.leave(cast.hassel, "Lita på arbetslag B.", by=cast.ali)
    changed_hands(cast, today() - timedelta(days=1))

    page = as_(cast.nadia).page(PAGE)

    for text in (
        "Hälsning från Ali Demir", "Lita på arbetslag B.", "Frånvaron ökar", "Ring hem dag ett",
        "Väntat av Ring hem dag ett", "10 juni 2027", "Någon räknar ledigheterna", "1 december 2026",
        "Vi behöver prata om åk 9.", "Besked om skolsköterska.", "Tre av sex lag följer rutinen.",
        "Nadia Karlsson", "Rektor sedan 20 november 2026", "Rektor 1 augusti 2023 – 19 november 2026",
        "Erik Lund", "erik@exempelby.example", "Lena Forsgren",
    ):  # fmt: skip
        assert text in page, text
    assert "En skrivare." not in page
    assert "ali@exempelby.example" not in page, "he is not to be asked about the unit any longer"
    assert "Maria Öberg" not in page, "another area's"


def test_support_deepening_shared_goals_and_what_is_solved(cast, as_):
    before = analysed(cast, THIS - 1, "Frånvaron ökar", "Rutinen följs inte", unit=cast.hassel)
    analysed(cast, THIS, "Frånvaron ökade", "Rutinen", follows=before, unit=cast.hassel)
    solved = db.session.scalars(sa.select(Problem).filter_by(text="Frånvaron ökade")).one()
    SupportDecision.make(
        cast.hassel, SupportLevel.TARGETED, by=cast.erik, reason="Många nya lärare",
        since_on=date(2026, 9, 1), follow_up_on=date(2027, 1, 15),
    )  # fmt: skip
    lap = cast.cycle(cast.hassel)
    AnalysisDeepening.decide(lap, date(2026, 9, 15), "Resultaten föll.", by=cast.erik)
    team = a_team(cast, name="Arbetslag B", unit=cast.hassel)
    a_goal(cast, team, cast.ali, "Rutinen sitter.")
    a_goal(cast, a_team(cast, name="Lag C", unit=cast.hassel), cast.ali, "Ej delat.", shared=False)
    browser = as_(cast.erik)
    assert "Löst" not in browser.page(PAGE)

    solved.development = ProblemDevelopment.SOLVED
    db.session.commit()
    page = browser.page(PAGE)

    for text in (
        "Riktat stöd", "Många nya lärare", "15 januari 2027", "Resultaten föll.", "Löst",
        "Rutinen sitter.", "Arbetslag B. Utvärderas 27 januari 2027",
    ):  # fmt: skip
        assert text in page, text
    assert "Ej delat." not in page


def test_only_who_assesses_a_shared_measure_is_told_to(cast, as_):
    """The fault: who reads along is led to a page that answers 403."""
    both = [cast.savkulla, cast.hassel]
    a_measure(cast, "Gemensam rutin", units=both, due=today() + timedelta(days=7))
    db.session.commit()

    page = as_(cast.ali).page(PAGE)

    assert "Gemensam rutin" in page
    assert "Bedöm effekten av" not in page
    owner = as_(cast.karin).page("/enheter/savkullaskolan/overlamning")
    assert "Bedöm effekten av Gemensam rutin" in owner


@pytest.mark.parametrize(
    ("person", "status"),
    [("ali", 200), ("erik", 200), ("lena", 403), ("samira", 403), ("perolov", 403), ("tove", 403),
     ("karin", 404), ("maria", 404), ("mats", 404)],
)  # fmt: skip
def test_for_those_who_meet_and_nobody_else(cast, as_, person, status):
    HandoverNote.leave(cast.hassel, "Mellan oss.", by=cast.ali)

    page = as_(getattr(cast, person)).page(PAGE, status)

    assert ("Mellan oss." in page) == (status == 200)


def test_the_words_are_no_ones_history_but_the_writers(cast, as_):
    as_(cast.ali).submit(WRITE, {"version": "0", "text": "Mellan oss."})

    event = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.sentence == "Ali Demir skrev en hälsning till den som tar över Hasselbrinksskolan."
    assert event.private
    for reader, sees in (("ali", True), ("erik", False), ("lena", False)):
        page = as_(getattr(cast, reader)).page("/enheter/hasselbrinksskolan/historik")
        assert ("skrev en hälsning" in page) is sees
        assert "Mellan oss." not in page


def test_written_changed_and_taken_back(cast, as_):
    browser = as_(cast.ali)
    browser.submit(WRITE, {"version": "0", "text": "Först."})
    note = HandoverNote.of(cast.hassel, cast.ali)
    assert 'value="1"' in browser.page(WRITE)

    browser.submit(WRITE, {"version": note.version, "text": "Sedan.\n\n- en sak"})
    assert HandoverNote.of(cast.hassel, cast.ali).text == "Sedan.\n\n- en sak"
    browser.submit(WRITE, {"version": 2, "text": "  "})

    assert HandoverNote.of(cast.hassel, cast.ali) is None
    assert "Hälsning från" not in browser.page(PAGE)


def test_pressed_twice_and_an_old_form(cast, as_):
    browser = as_(cast.ali)
    browser.submit(WRITE, {"version": "0", "text": "Först."})

    again = browser.submit(WRITE, {"version": "0", "text": "Från ett annat fönster."}, 409)

    text = again.get_data(as_text=True)
    assert "Först." in text
    assert "Från ett annat fönster." in text
    assert [note.text for note in db.session.scalars(sa.select(HandoverNote))] == ["Först."]


def test_the_same_words_at_the_very_same_moment_are_saved_once(cast, as_, monkeypatch):
    """The fault: who presses twice is told that somebody else has written."""
    browser = as_(cast.ali)
    browser.submit(WRITE, {"version": "0", "text": "Först."})
    seen = iter([None, HandoverNote.of(cast.hassel, cast.ali)])
    monkeypatch.setattr(HandoverNote, "of", lambda unit, by: next(seen))

    browser.submit(WRITE, {"version": "0", "text": "Först."}, 302)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(HandoverNote)) == 1


def test_one_who_writes_cannot_write_for_another(cast, as_):
    HandoverNote.leave(cast.savkulla, "Karins.", by=cast.karin)
    db.session.commit()

    as_(cast.jonas).submit(
        "/enheter/savkullaskolan/overlamning/halsning", {"version": "1", "text": "Jonas."}
    )

    told = {note.by_name: note.text for note in db.session.scalars(sa.select(HandoverNote))}
    assert told == {"Karin Holm": "Karins.", "Jonas Ek": "Jonas."}
    as_(cast.erik).submit("/enheter/savkullaskolan/overlamning/halsning", {"text": "x"}, 403)


@pytest.mark.parametrize("text", ["å" * 10_001, "Ring 19640823-3234 om det"])
def test_refused_with_what_was_typed(cast, as_, text):
    response = as_(cast.ali).submit(WRITE, {"version": "0", "text": text}, 422)

    assert errors(response)
    assert text[:40] in response.get_data(as_text=True)
    assert HandoverNote.of(cast.hassel, cast.ali) is None


def test_the_day_after_nothing_is_left_of_the_rights(cast, as_, the_day):
    HandoverNote.leave(cast.hassel, "Lita på arbetslag B.", by=cast.ali)
    measure = a_measure(cast, "Ring hem dag ett", unit=cast.hassel)
    changed_hands(cast, today())
    browser = as_(cast.ali)
    browser.page(PAGE)  # a role is held through its last day

    the_day.shift(timedelta(days=1))
    browser = as_(cast.ali)

    for url in (PAGE, WRITE, "/enheter/hasselbrinksskolan/2026-27", f"/atgarder/{measure.id}/liv"):
        browser.page(url, 404)
    browser.submit(WRITE, {"version": "1", "text": "En sak till"}, 404)
    assert "Lita på arbetslag B." in as_(cast.nadia).page(PAGE)
    assert HandoverNote.of(cast.hassel, cast.ali).text == "Lita på arbetslag B."


def test_sessions_end_with_the_request_that_ends_the_role(cast, as_):
    browser, manager = as_(cast.ali), as_(cast.tove)
    browser.page(PAGE)
    role = role_of(cast.ali, cast.hassel)

    manager.submit(f"/organisation/roller/{role.id}/avsluta")

    sessions = sa.select(sa.func.count()).where(SignInSession.user_id == cast.ali.id)
    assert db.session.scalar(sessions) == 0
    answer = browser.get(PAGE)
    assert answer.status_code in (302, 401)
    answer = browser.post(WRITE, data={"version": "0", "text": "Smyger in"})
    assert answer.status_code in (302, 401, 400)
    assert db.session.scalars(sa.select(HandoverNote)).all() == []


def test_it_is_held_out_to_the_new_one_for_the_first_weeks(cast, as_, the_day):
    changed_hands(cast, today() - timedelta(days=1))
    year = "/enheter/hasselbrinksskolan/2026-27"

    assert newly_led(Access.load(cast.nadia, None)) == [
        ("hasselbrinksskolan", "Hasselbrinksskolan")
    ]
    assert newly_led(Access.load(cast.karin, None)) == []
    assert "Ny här?" in as_(cast.nadia).page(year)
    assert "Ny här?" not in as_(cast.erik).page(year)
    assert "Överlämning" in as_(cast.erik).page(year)
    the_day.shift(timedelta(days=61))
    assert newly_led(Access.load(cast.nadia, None)) == []
    assert "Ny här?" not in as_(cast.nadia).page(year)


def test_an_empty_unit_and_a_vacant_one(cast, as_):
    page = as_(cast.erik).page("/enheter/klockvretsskolan/overlamning")

    assert "Inga öppna åtgärder." in page
    assert "Enheten har inte haft någon dialog än." in page
    as_(cast.erik).submit(
        "/enheter/klockvretsskolan/overlamning/halsning", {"version": "0", "text": "Vakant."}
    )


def test_what_followed_from_a_unit_that_is_no_more(cast, as_):
    dialogue = placed(cast.dialogue(cast.hassel), cast, date(2026, 10, 6))
    dialogue.agree("Någon räknar ledigheterna", "Erik Lund", by=cast.erik)
    checked_in(cast.hassel, by=cast.ali, support="Besked om skolsköterska.")
    take_over(cast.ringmura, cast.hassel, today(), by=cast.tove, closes=True)
    db.session.commit()

    page = as_(cast.nadia).page("/enheter/ringmuraskolan/overlamning")

    assert "Någon räknar ledigheterna" in page
    assert "Besked om skolsköterska." in page
    assert page.count("Hasselbrinksskolan") >= 2
    assert "Tre av sex lag följer rutinen." not in page, "the check-in itself stays where it was"


def test_as_many_statements_for_much_as_for_little(cast, as_, statements):
    url = "/enheter/savkullaskolan/overlamning"
    dialogue = placed(cast.dialogue(cast.savkulla), cast, date(2026, 10, 6))
    dialogue.write_note("other", "Sagt.", seen=0, by=cast.erik)
    checked_in(cast.savkulla, by=cast.karin, support="Stöd.")
    analysed(cast, THIS, "Problemet", "Orsaken")
    decided(cast, THIS, "En åtgärd", None)

    def count():
        browser = as_(cast.karin)
        with statements() as sent:
            browser.page(url)
        return len(sent)

    few = count()
    many(cast, range(THIS - 2, THIS), problems=10, measures=30)
    for number in range(20):
        dialogue.agree(f"Sak {number}", "Karin Holm", by=cast.karin)
        checked_in(cast.savkulla, by=cast.karin, support=f"Stöd {number}.")
    assert count() == few <= 15
