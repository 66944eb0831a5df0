"""Utvärdering: what the team saw, what it does now, and the next day; calmly said when none is written."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.teams.scenes import YEAR, a_goal, a_team, here, staff
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AuditEvent, GoalDecision, Removal, TeamEvaluation, TeamGoal
from tracker.teams import routes_evaluations
from tracker.teams.states import GoalEnded, GoalGone, SomebodyEvaluated

OVERVIEW = "/enheter/savkullaskolan/2026-27"


def sentences():
    return [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(**fields):
    return {
        "seen": 0, "outcome": "I sju av tolv lektioner.", "held_on": "2026-11-18",
        "decision": "continue", "next_step": "", "next_on": "2027-03-10",
    } | fields  # fmt: skip


def said(goal, by, decision=GoalDecision.CONTINUE, next_on=date(2027, 3, 10), **fields):
    row = goal.evaluate(
        by=by, seen=len(goal.evaluations), held_on=today(), outcome="Hälften.",
        decision=decision, next_step="Vi visar högt.", next_on=next_on, **fields,
    )  # fmt: skip
    db.session.commit()
    return row


def evaluations():
    rows = db.session.scalars(sa.select(TeamEvaluation).order_by(TeamEvaluation.id))
    return [(row.number, row.outcome, row.decision.value) for row in rows]


@pytest.fixture
def team(cast):
    return a_team(cast, cast.sofia)


@pytest.fixture
def goal(cast, team):
    return a_goal(cast, team, cast.sofia, evaluate_on=date(2026, 11, 17))


@pytest.fixture
def url(team, goal):
    return here(team, f"/mal/{goal.id}/utvardera")


def test_what_was_seen_and_when_next(cast, as_, team, goal, url):
    sofia = as_(cast.sofia)
    waits = "Första utvärderingen var planerad till 17 november 2026. Inget är skrivet om den än."
    assert waits in sofia.page(here(team))
    assert waits in as_(cast.karin).page(YEAR)
    assert "Skriv vad ni såg när ni utvärderade det." in sofia.page("/")
    assert "passerat utan att något är skrivet" in as_(cast.karin).page(OVERVIEW)
    assert "försenad" not in as_(cast.karin).page(OVERVIEW).lower()

    assert sofia.submit(url, sent()).location == here(team)

    page = sofia.page(here(team))
    for text in ("I sju av tolv lektioner.", "Fortsätta", "Nästa utvärdering är 10 mars 2027."):
        assert text in page, text
    assert "Målet är utvärderat minst en gång." in as_(cast.karin).page(OVERVIEW)
    assert "passerat" not in as_(cast.karin).page(OVERVIEW)
    row = db.session.scalars(sa.select(TeamEvaluation)).one()
    assert (row.planned_on, row.held_on) == (date(2026, 11, 17), date(2026, 11, 18))
    assert sentences()[-1] == (
        "Sofia Lindgren utvärderade målet ”Fler väljer strategi själva.” för Arbetslag 4–6 2026/27: fortsätta."
    )


def test_adjusting_leads_to_the_goal(cast, as_, team, goal, url):
    sofia = as_(cast.sofia)
    assert errors(sofia.submit(url, sent(decision="adjust"), 422)) == ["Skriv vad ni ändrar."]
    answer = sofia.submit(url, sent(decision="adjust", next_step="Vi visar högt."))
    assert answer.location == here(team, f"/mal/{goal.id}")
    assert "Datum för nästa utvärdering" in sofia.page(answer.location)


def test_an_ended_goal_has_no_day(cast, as_, team, goal, url):
    sofia = as_(cast.sofia)
    sofia.submit(url, sent(decision="end"))
    db.session.refresh(goal)
    assert (goal.evaluate_on, goal.is_over) == (None, True)
    assert "Avslutat efter utvärderingen 18 november 2026." in sofia.page(here(team))
    assert "Ett mål, avslutat." in sofia.page("/")
    assert sofia.get(url).status_code == 302
    answer = sofia.submit(url, sent(seen=1), 409)
    assert "Målet är avslutat sedan du öppnade sidan." in answer.text
    page = sofia.page(here(team, f"/mal/{goal.id}"))
    assert "evaluate_on" not in page
    sofia.submit(here(team, f"/mal/{goal.id}"), {"goal": "Nya ord.", "version": goal.version})
    db.session.refresh(goal)
    assert (goal.goal, goal.evaluate_on) == ("Nya ord.", None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"outcome": " "}, "Skriv vad ni såg, med några ord."),
        ({"outcome": "å" * 100_000}, "Texten är för lång"),
        ({"held_on": "2026-11-21"}, "Dagen har inte varit än."),
        ({"held_on": ""}, "Ange vilken dag ni utvärderade."),
        ({"decision": "sluta"}, "Välj ett av alternativen."),
        ({"next_on": ""}, "Ange när ni utvärderar nästa gång, eller välj Avsluta."),
        ({"next_on": "2026-11-20"}, "Välj en dag som kommer"),
        ({"next_on": "2062-03-10"}, "Dagen ligger för långt fram."),
        ({"seen": "x"}, ""),
    ],
)
def test_bad_input_is_explained_and_kept(cast, as_, team, url, fields, message):
    answer = as_(cast.sofia).submit(url, sent(**fields), 422)
    assert not message or any(message in each for each in errors(answer)), errors(answer)
    assert (fields.get("outcome", "I sju av tolv lektioner.")).strip() in answer.text
    assert evaluations() == []


def test_pressed_twice_it_is_one(cast, as_, url):
    sofia = as_(cast.sofia)
    for _ in range(2):
        assert sofia.submit(url, sent()).status_code == 302
    assert evaluations() == [(1, "I sju av tolv lektioner.", "continue")]


def test_pressed_twice_at_the_same_instant_it_is_one(cast, as_, team, goal, url, monkeypatch):
    """As on PostgreSQL when neither of the two has seen the other's when it is asked first."""
    as_(cast.sofia).submit(url, sent())
    asked = iter([lambda *_: None])
    find = routes_evaluations._sent_before
    monkeypatch.setattr(routes_evaluations, "_sent_before", lambda *args: next(asked, find)(*args))
    assert as_(cast.sofia).submit(url, sent()).location == here(team)
    assert len(evaluations()) == 1


def test_two_who_evaluate_at_once(cast, as_, team, goal, url):
    """The second is told what the first wrote, keeps the own words, and makes one more knowingly."""
    lo = staff(cast)
    team.add_member(lo, date(2026, 8, 1), by=cast.karin)
    db.session.commit()
    as_(cast.sofia).submit(url, sent())
    answer = as_(lo).submit(url, sent(outcome="Jag såg annat."), 409)
    assert "Sofia Lindgren skrev: ”I sju av tolv lektioner.” (Fortsätta)." in answer.text
    assert "Jag såg annat." in answer.text
    assert 'name="seen" type="hidden" value="1"' in answer.text
    assert len(evaluations()) == 1
    as_(lo).submit(url, sent(outcome="Jag såg annat.", seen=1))
    assert [row[:2] for row in evaluations()] == [
        (1, "I sju av tolv lektioner."),
        (2, "Jag såg annat."),
    ]


def test_the_model_refuses_the_same(cast, goal):
    said(goal, cast.sofia)
    with pytest.raises(SomebodyEvaluated):
        goal.evaluate(
            by=cast.sofia, seen=0, held_on=today(), outcome="X", decision=GoalDecision.END,
            next_step="", next_on=None,
        )  # fmt: skip
    said(goal, cast.sofia, GoalDecision.END, None)
    with pytest.raises(GoalEnded):
        said(goal, cast.sofia)
    for wrong in (
        {"number": 2, "outcome": "X"},
        {"number": 3, "outcome": ""},
        {"number": 0, "outcome": "X"},
        {"number": 4, "outcome": "X", "decision": GoalDecision.ADJUST},
    ):
        values = {"decision": GoalDecision.END, "next_step": "", "by_name": "X"} | wrong
        row = TeamEvaluation(
            organizer_id=goal.organizer_id, goal_id=goal.id, held_on=today(), **values
        )
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(row)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            sa.update(TeamGoal).where(TeamGoal.id == goal.id).values(evaluate_on=today())
        )


def test_a_goal_that_is_removed_meanwhile_loses_no_text(cast, as_, goal, url, monkeypatch):
    """As on PostgreSQL when it goes between being found and being written in."""

    def gone(*_args, **_fields):
        raise GoalGone

    monkeypatch.setattr(TeamGoal, "evaluate", gone)
    answer = as_(cast.sofia).submit(url, sent(), 409)
    assert "Någon annan har tagit bort målet." in answer.text
    assert "I sju av tolv lektioner." in answer.text


def test_a_goal_that_was_removed_before_it_was_sent_loses_no_text(cast, as_, goal, url):
    db.session.delete(goal)
    db.session.commit()
    answer = as_(cast.sofia).submit(url, sent(), 404)
    assert "Det här hade du skrivit" in answer.text
    assert "I sju av tolv lektioner." in answer.text


def test_an_evaluation_that_is_not_the_latest_any_more_is_not_corrected(cast, as_, goal, url):
    """A colleague wrote the next one meanwhile: an end in the first would close the goal over it."""
    first = said(goal, cast.sofia)
    said(goal, cast.sofia)
    db.session.commit()
    with pytest.raises(SomebodyEvaluated):
        first.correct(
            by=cast.sofia, held_on=today(), outcome="X", decision=GoalDecision.END, next_step="",
            next_on=None,
        )  # fmt: skip
    db.session.rollback()
    old = url.replace("utvardera", "utvarderingar/1")
    answer = as_(cast.sofia).submit(old, sent() | {"version": "1"}, 409)
    assert "Laget har skrivit en utvärdering till." in answer.text
    assert "I sju av tolv lektioner." in answer.text
    as_(cast.sofia).page(old, 404)


def test_the_model_notices_that_the_goal_is_gone(cast, goal):
    db.session.execute(sa.delete(TeamGoal).where(TeamGoal.id == goal.id).execution_options(synchronize_session=False))  # fmt: skip
    with pytest.raises(GoalGone):
        said(goal, cast.sofia)


def test_the_latest_is_corrected_and_no_other(cast, as_, team, goal):
    said(goal, cast.sofia)
    said(goal, cast.sofia, GoalDecision.END, None)
    sofia = as_(cast.sofia)
    at = here(team, f"/mal/{goal.id}/utvarderingar")
    for number in (1, 3):
        assert sofia.get(f"{at}/{number}").status_code == 404
    assert "Hälften." in sofia.page(f"{at}/2")
    change = sent(outcome="Två tredjedelar.", version=1)
    sofia.submit(f"{at}/2", change)
    db.session.refresh(goal)
    assert (goal.is_over, goal.evaluate_on) == (False, date(2027, 3, 10))
    assert sentences()[-1] == (
        "Sofia Lindgren rättade utvärderingen av målet ”Fler väljer strategi själva.” för Arbetslag 4–6 "
        "2026/27. Före ändringen: ”Hälften.” Avsluta."
    )
    answer = as_(cast.karin).submit(f"{at}/2", sent(outcome="Alla.", version=1), 409)
    assert "Två tredjedelar." in answer.text
    assert "Alla." in answer.text


def test_another_day_alone_makes_an_old_form_old(cast, as_, team, goal):
    said(goal, cast.sofia)
    at = here(team, f"/mal/{goal.id}/utvarderingar/1")
    same = {
        "outcome": "Hälften.",
        "next_step": "Vi visar högt.",
        "held_on": "2026-11-20",
        "version": 1,
    }
    as_(cast.sofia).submit(at, sent(**same, next_on="2027-04-14"))
    as_(cast.karin).submit(at, sent(**same, next_on="2027-05-12"), 409)
    db.session.refresh(goal)
    assert goal.evaluate_on == date(2027, 4, 14)


def test_a_goal_that_is_taken_along_gets_its_last_evaluation(cast, as_, team):
    """It asks for no next day, since the goal goes on in the new läsår; nor when it is corrected."""
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    sofia = as_(cast.sofia)
    sofia.submit(here(team, f"/ta-med/{earlier.id}"), {})
    at = here(team, f"/mal/{earlier.id}").replace("2026-27", "2025-26")
    assert "next_on" not in sofia.page(f"{at}/utvardera")
    last = {key: value for key, value in sent().items() if key != "next_on"}
    sofia.submit(f"{at}/utvardera", last)
    db.session.refresh(earlier)
    assert (earlier.is_over, earlier.latest.outcome) == (True, "I sju av tolv lektioner.")
    assert "Utvärderat för läsåret 18 november 2026." in sofia.page(
        here(team).replace("2026-27", "2025-26")
    )
    assert "next_on" not in sofia.page(f"{at}/utvarderingar/1")
    sofia.submit(f"{at}/utvarderingar/1", last | {"outcome": "Åtta av tolv.", "version": 1})
    db.session.refresh(earlier)
    assert (earlier.is_over, earlier.latest.outcome) == (True, "Åtta av tolv.")


def test_removing_what_was_taken_along_reopens_the_earlier(cast, as_, team):
    """It was over since it went on elsewhere. Undone, it is over again: one day, and not two, is waited for."""
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    sofia = as_(cast.sofia)
    sofia.submit(here(team, f"/ta-med/{earlier.id}"), {})
    new = earlier.followed_by
    said(earlier, cast.sofia, next_on=None)
    assert earlier.is_over
    sofia.submit(here(team, f"/mal/{new.id}/ta-bort"), {})
    db.session.refresh(earlier)
    assert (earlier.is_over, earlier.evaluate_on) == (False, date(2027, 1, 27))
    sofia.submit(f"/angra/{db.session.scalars(sa.select(Removal.id)).one()}", {})
    db.session.refresh(earlier)
    assert (earlier.is_over, earlier.evaluate_on) == (True, None)
    assert db.session.get(TeamGoal, new.id).evaluate_on == date(2027, 1, 27)
