"""Mails about the teams' evaluations: to whoever is responsible, while that is theirs; else to rektor."""

from datetime import date, timedelta

import pytest

from tests.cast import SINCE
from tests.notifications.scenes import ledger, mails, moment, set_rules, tick_at
from tests.teams.scenes import a_goal, a_team, staff
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    GoalDecision,
    MailRhythm,
    Reminder,
    RoleAssignment,
    TeamMember,
)
from tracker.notifications.again import send_again
from tracker.notifications.upcoming import upcoming

BEFORE = moment("2026-09-01")
"""When the goals of this module were written."""
DAY = timedelta(days=1)


@pytest.fixture
def team(cast):
    return a_team(cast, cast.sofia)


def planned(cast, team, day="2026-12-09", **fields):
    """Wednesday 9 December: its mails go on the Monday of the week before, and on the first one a week after it."""
    return a_goal(
        cast, team, cast.sofia, evaluate_on=date.fromisoformat(day), set_at=BEFORE,
        **({"responsible": cast.sofia} | fields),
    )  # fmt: skip


def through(first, last):
    """A pass every morning from the one day to the other."""
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        tick_at(day)
        day += DAY


def texts():
    return "\n".join(mail.text for mail in mails())


def test_before_and_after_the_day(cast, server, team):
    goal = planned(cast, team)
    through("2026-11-23", "2026-12-31")
    assert server.subjects(cast.sofia) == [
        ("2026-11-30", "Arbetslag 4–6: ett mål att utvärdera snart"),
        ("2026-12-21", "Arbetslag 4–6: ett mål att utvärdera"),
    ]
    first = texts()
    assert (
        "”Fler väljer strategi själva.” (Arbetslag 4–6), första utvärderingen 9 december" in first
    )
    assert "planerad till 9 december" in first
    assert f"/lag/{team.id}/mal/{goal.id}/utvardera" in first
    assert "Passar inte dagen? Ändra den på målet" in first
    assert "försen" not in first
    assert [row[:2] for row in ledger()] == [("Sofia", 7), ("Sofia", -7)]


def test_one_mail_for_the_goals_of_a_team_and_what_is_done(cast, server, team):
    planned(cast, team, goal="Ett.")
    planned(cast, team, "2026-12-10", goal="Två.")
    done = planned(cast, team, "2026-11-11", goal="Tre.")
    with clock.stopped_at(moment("2026-11-11", "15:00")):
        done.evaluate(
            by=cast.sofia, seen=0, held_on=date(2026, 11, 11), outcome="Nått.",
            decision=GoalDecision.END, next_step="", next_on=None,
        )  # fmt: skip
    db.session.commit()
    through("2026-11-12", "2026-11-30")
    assert server.subjects(cast.sofia) == [
        ("2026-11-30", "Arbetslag 4–6: två mål att utvärdera snart")
    ]
    assert "Redan utvärderat: Arbetslag 4–6, ett mål." in texts()


def test_nothing_left_to_do_no_mail(cast, server, team):
    goal = planned(cast, team)
    through("2026-11-23", "2026-12-08")
    with clock.stopped_at(moment("2026-12-09", "15:00")):
        goal.evaluate(
            by=cast.sofia, seen=0, held_on=date(2026, 12, 9), outcome="Hälften.",
            decision=GoalDecision.CONTINUE, next_step="", next_on=date(2027, 3, 10),
        )  # fmt: skip
    db.session.commit()
    through("2026-12-10", "2027-03-08")
    assert [day for day, _ in server.subjects(cast.sofia)] == ["2026-11-30", "2027-03-01"]
    assert "nästa utvärdering 10 mars" in texts()


def test_nobody_responsible_goes_to_rektor(cast, server, team):
    planned(cast, team, responsible=None)
    tick_at("2026-11-30")
    assert server.subjects(cast.karin) == [
        ("2026-11-30", "Arbetslag 4–6: ett mål att utvärdera snart")
    ]
    assert "Ingen i laget är ansvarig för utvärderingen. Därför går det här till dig." in texts()
    assert server.subjects(cast.sofia) == []
    assert server.subjects(cast.jonas) == []


@pytest.mark.parametrize("how", ["left the team", "left the work"])
def test_who_has_left_is_not_reminded(cast, server, team, how):
    planned(cast, team)
    with clock.stopped_at(moment("2026-11-23")):
        if how == "left the team":
            db.session.query(TeamMember).one().change(SINCE, date(2026, 11, 22), by=cast.karin)
        else:
            db.session.query(RoleAssignment).filter_by(user_id=cast.sofia.id).one().end_now(
                by=cast.tove
            )
    db.session.commit()
    tick_at("2026-11-30")
    assert server.subjects(cast.sofia) == []
    assert len(server.subjects(cast.karin)) == 1


def test_a_draft_is_not_for_rektor(cast, server, team):
    planned(cast, team, shared=False, responsible=None)
    tick_at("2026-11-30")
    assert ledger() == []
    other = a_team(cast, name="Avdelning Lönnen")
    planned(cast, other, shared=False, responsible=None)
    tick_at("2026-12-01")
    assert len(server.subjects(cast.karin)) == 1, "nobody has been in that one"
    db.session.query(TeamMember).one().change(SINCE, date(2026, 12, 1), by=cast.karin)
    db.session.commit()
    tick_at("2026-12-02")
    assert len(server.subjects(cast.karin)) == 1, "nor for her when they have left"


def test_the_responsible_is_reminded_of_a_draft(cast, server, team):
    planned(cast, team, shared=False)
    tick_at("2026-11-30")
    assert len(server.subjects(cast.sofia)) == 1
    assert server.subjects(cast.karin) == []
    assert "Ett mål i lagets utkast (Arbetslag 4–6)" in texts()
    assert "Fler väljer" not in texts(), "others may read the outbox"


def test_a_vacant_unit_goes_to_the_dialogansvarig(cast, server):
    team = a_team(cast, unit=cast.klockvret)
    planned(cast, team, responsible=None)
    tick_at("2026-11-30")
    assert len(server.subjects(cast.erik)) == 1
    assert "Klockvretsskolan saknar rektor just nu." in texts()


def test_another_day_is_told_of_anew(cast, server, team):
    goal = planned(cast, team)
    tick_at("2026-11-30")
    with clock.stopped_at(moment("2026-12-01", "15:00")):
        goal.write(
            by=cast.sofia, goal=goal.goal, follow_up="", area_id=None,
            evaluate_on=date(2026, 12, 16), responsible=cast.sofia,
        )  # fmt: skip
    db.session.commit()
    through("2026-12-01", "2026-12-31")
    assert [day for day, _ in server.subjects(cast.sofia)] == [
        "2026-11-30", "2026-12-07", "2026-12-28",
    ]  # fmt: skip


def test_a_retired_team_a_removed_goal_and_a_closed_unit(cast, server, team):
    planned(cast, team, "2026-12-16")
    gone = planned(cast, team, goal="Borta.")
    with clock.stopped_at(moment("2026-11-24")):
        gone.remove(by=cast.sofia)
    db.session.commit()
    with clock.stopped_at(moment("2026-11-25")):
        team.retire(by=cast.karin)
    db.session.commit()
    through("2026-11-25", "2026-12-31")
    assert ledger() == []
    team.restore(by=cast.karin)
    cast.savkulla.closed_on = date(2026, 11, 24)
    db.session.commit()
    through("2026-12-07", "2026-12-31")
    assert ledger() == []


def test_one_mail_a_week_for_who_has_chosen_that(cast, server, team):
    cast.sofia.mail_rhythm = MailRhythm.WEEKLY
    set_rules(cast, team_evaluation=[7, 1, 0])
    planned(cast, team)
    through("2026-11-23", "2026-12-13")
    assert [day for day, _ in server.subjects(cast.sofia)] == ["2026-11-30", "2026-12-07"]


def test_off_is_off(cast, server, team):
    set_rules(cast, team_evaluation=[])
    planned(cast, team)
    through("2026-11-30", "2026-12-20")
    assert ledger() == []


def test_the_preview_and_the_ledger_know_it(cast, as_, team):
    planned(cast, team)
    with clock.stopped_at(moment("2026-11-27", "12:00")):
        expected = upcoming(cast.exempelby.id)[0]
        assert (expected.person.name, expected.at) == ("Sofia Lindgren", moment("2026-11-30"))
        assert expected.subject == "Arbetslag 4–6: ett mål att utvärdera snart"
    tick_at("2026-11-30")
    mail_id = db.session.query(Reminder.mail_id).scalar()
    page = as_(cast.tove).page(f"/utskick/{mail_id}")
    assert "Ett mål för Arbetslag 4–6 2026/27" in page
    assert "Ett mål (Arbetslag 4–6), första utvärderingen 9 december" in page
    assert "Fler väljer" not in page, "who manages the mails reads no goals"
    assert "Fler väljer" in texts()


def test_a_colleague_who_is_made_responsible(cast, server, team):
    lo = staff(cast)
    team.add_member(lo, SINCE, by=cast.karin)
    planned(cast, team, responsible=lo)
    tick_at("2026-11-30")
    assert len(server.subjects(lo)) == 1
    assert server.subjects(cast.sofia) == []


def test_sent_again_before_it_is_shared_names_no_team(cast, server, team):
    """The fault: the skolchef reads in Historik that a team has begun on goals."""
    goal = planned(cast, team, shared=False)
    tick_at("2026-11-30")
    reminder = db.session.query(Reminder).one()
    with clock.stopped_at(moment("2026-11-30", "10:00")):
        assert send_again(reminder, by=cast.tove, form_token="en gång")
        goal.plan.share(by=cast.sofia)
        db.session.commit()
    with clock.stopped_at(moment("2026-11-30", "11:00")):
        tick_at("2026-11-30", "10:01")
        assert send_again(reminder, by=cast.tove, form_token="en gång till")
    told = db.session.query(AuditEvent).filter_by(action="reminder_sent_again")
    assert [row.data["about"] for row in told.order_by(AuditEvent.id)] == [
        "Ett mål för ett lag",
        "Ett mål för Arbetslag 4–6 2026/27",
    ]
