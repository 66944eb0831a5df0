"""The teams of the demo: what Sofia meets, what Karin sees, on every day of loading."""

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import GoalDecision, TeamEvaluation, TeamGoal, TeamPlan


def of_year(demo, year):
    lap = demo.lap("savkulla", year)
    return db.session.scalars(
        sa.select(TeamGoal).join(TeamPlan).where(TeamPlan.cycle_id == lap.id).order_by(TeamGoal.id)
    ).all()


def test_last_years_goals_have_their_outcomes(demo):
    """The one that was ended is not taken along; the weak one may be."""
    ended, weak = of_year(demo, -1)
    assert ended.latest.decision is GoalDecision.END
    assert ended.is_over
    assert weak.goal == "Bättre arbetsro."
    assert weak.follow_up == ""
    assert not weak.is_over


def test_nothing_is_later_than_the_day_of_loading(demo):
    rows = db.session.scalars(sa.select(TeamEvaluation)).all()
    assert rows
    assert all(row.held_on <= demo.today for row in rows)


def test_in_november_one_is_evaluated_one_waits_and_one_team_is_still_writing(demo):
    if demo.today < demo.day(0, "11-20"):
        assert not [row for row in of_year(demo, 0) if row.evaluations]
        return
    first, second, leisure = of_year(demo, 0)
    assert first.latest.decision is GoalDecision.ADJUST
    assert first.area.title == second.area.title == "Matematik i åk 4–6"
    assert not second.evaluations
    assert leisure.is_waited_for
    drafts = db.session.scalars(sa.select(TeamPlan).where(TeamPlan.shared_at.is_(None))).all()
    assert [plan.team.name for plan in drafts] == ["Arbetslag Björken och Eken"]
