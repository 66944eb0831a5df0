"""Last läsår's goals: beside the new ones, taken along by a press, and what others may know of that."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.teams.scenes import a_goal, a_team, here, text_of
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AuditEvent, GoalDecision, Removal, TeamGoal, TeamPlan
from tracker.teams.states import AlreadyTaken


def sentences():
    return [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def goals():
    return list(db.session.scalars(sa.select(TeamGoal).order_by(TeamGoal.id)))


@pytest.fixture
def team(cast):
    return a_team(cast, cast.sofia)


def test_last_years_goals_stand_beside_and_are_taken_along_by_a_press(cast, as_, team):
    earlier = a_goal(
        cast, team, cast.sofia, "Alla läser varje dag.", year=cast.last_year,
        evaluate_on=date(2026, 1, 28), responsible=cast.sofia,
    )  # fmt: skip
    sofia = as_(cast.sofia)
    page = sofia.page(here(team, "/mal/nytt"))
    assert "Lagets mål 2025/26" in page
    assert "Alla läser varje dag." in page
    assert [row.goal for row in goals()] == ["Alla läser varje dag."], "nothing is carried over"
    for _ in range(2):
        sofia.submit(here(team, f"/ta-med/{earlier.id}"), {})
    first, new = goals()
    assert (new.goal, new.follows_id, new.responsible_id) == (earlier.goal, first.id, cast.sofia.id)
    assert (new.evaluate_on, new.area_id) == (date(2027, 1, 27), None)
    assert first.evaluate_on == date(2026, 1, 28), "its own last evaluation is still to be written"
    assert not new.plan.is_shared
    assert "Är med i 2026/27." in sofia.page(here(team))
    assert "Ta med till" not in sofia.page(here(team))


def test_that_a_draft_goes_on_with_a_goal_is_the_teams_alone(cast, as_, team):
    """Nor can others tell by what the earlier goal lets them do."""
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    at = here(team).replace("2026-27", "2025-26")
    urls = (here(team), at, f"{at}/mal/{earlier.id}", f"{at}/mal/{earlier.id}/utvardera")
    karin = as_(cast.karin)
    before = [text_of(karin.page(url)) for url in urls]
    as_(cast.sofia).submit(here(team, f"/ta-med/{earlier.id}"), {})
    for url, said in zip(urls, before, strict=True):
        assert text_of(karin.page(url)).split("\n") == said.split("\n"), url
    assert not any("tog med" in text for text in sentences())
    new = goals()[1]
    db.session.refresh(new.plan, ["goals"])
    new.plan.share(by=cast.sofia)
    db.session.commit()
    assert "Är med i 2026/27." in karin.page(here(team))


def test_an_earlier_goal_is_removed_though_a_draft_goes_on_with_it(cast, as_, team):
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    as_(cast.sofia).submit(here(team, f"/ta-med/{earlier.id}"), {})
    karin = as_(cast.karin)
    karin.submit(here(team, f"/mal/{earlier.id}/ta-bort").replace("2026-27", "2025-26"), {})
    (left,) = goals()
    assert left.follows_id is None
    karin.submit(f"/angra/{db.session.scalars(sa.select(Removal.id)).one()}", {})
    db.session.refresh(left)
    assert left.follows_id == earlier.id


def test_what_a_shared_year_takes_along_is_told_in_the_earlier_one(cast, as_, team):
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    a_goal(cast, team, cast.sofia, "Nytt.")
    as_(cast.sofia).submit(here(team, f"/ta-med/{earlier.id}"), {})
    assert (
        "Sofia Lindgren tog med målet ”Fler väljer strategi själva.” för Arbetslag 4–6 2025/26 till 2026/27."
        in sentences()
    )


def test_two_who_take_along_the_same(cast, team):
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    plan = TeamPlan.begin(team, cast.cycle(cast.savkulla))
    TeamGoal.take_over(plan, earlier, None, by=cast.sofia)
    with pytest.raises(AlreadyTaken):
        TeamGoal.take_over(plan, earlier, None, by=cast.sofia)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        TeamGoal.add(plan, by=cast.sofia, goal="X", follow_up="", evaluate_on=today(), follows=earlier)  # fmt: skip


def test_what_was_ended_is_not_taken_along(cast, as_, team):
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    earlier.evaluate(
        by=cast.sofia, seen=0, held_on=today(), outcome="Nått.", decision=GoalDecision.END,
        next_step="", next_on=None,
    )  # fmt: skip
    db.session.commit()
    sofia = as_(cast.sofia)
    assert "Ta med till" not in sofia.page(here(team))
    sofia.submit(here(team, f"/ta-med/{earlier.id}"), {})
    assert len(goals()) == 1


def test_no_other_teams_goal_is_taken_along(cast, as_, team):
    other = a_team(cast, name="Lag 2")
    theirs = a_goal(cast, other, cast.karin, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    assert as_(cast.sofia).post(here(team, f"/ta-med/{theirs.id}")).status_code == 404
