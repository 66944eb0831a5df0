"""The huvudman's own lap in the story, as of six days of the year."""

import sqlalchemy as sa

from tracker.clock import local
from tracker.extensions import db
from tracker.models import (
    BoardQuestion,
    Decision,
    Judgement,
    Measure,
    OrganizerGoal,
    QualityCycle,
    SchoolYear,
)


def test_the_routine_was_written_again_with_the_principals(demo):
    first = db.session.query(Measure).filter_by(title="Gemensam närvarorutin i grundskolan").one()
    assert first.is_organizers
    assert first.final_assessment.judgement is Judgement.NOT_ACHIEVED
    again = first.continued_by
    assert again.is_organizers
    assert len(again.units) >= 5
    if demo.today >= demo.working_day(-1, "06-11"):
        assert again.final_assessment.decision is Decision.CONTINUE
        assert again.assess_on == demo.day(0, "06-01")


def test_the_goals_follow_from_year_to_year(demo):
    goals = db.session.execute(
        sa.select(SchoolYear.start_year, sa.func.count())
        .join(QualityCycle, QualityCycle.school_year_id == SchoolYear.id)
        .join(OrganizerGoal, OrganizerGoal.cycle_id == QualityCycle.id)
        .group_by(SchoolYear.start_year)
    )
    has = dict(goals.all())
    assert has[demo.start_year - 2] == has[demo.start_year - 1] == 2
    if demo.today >= demo.working_day(0, "08-27"):
        assert has[demo.start_year] == 2


def test_the_board_asks_and_goes_on_asking(demo):
    questions = db.session.query(BoardQuestion).order_by(BoardQuestion.id).all()
    for question in questions:
        assert local(question.asked_at).date() <= demo.today
        if question.builds_on is not None:
            assert question.builds_on.is_answered
    if demo.today >= demo.working_day(0, "11-16"):
        assert [question.is_answered for question in questions] == [True, True, False]
