"""The check-ins of the story: always of the last weeks, and one that waits at the top with its reason."""

from datetime import timedelta

from tracker.checkins.reading import check_in_facts
from tracker.cycle.workdays import is_calm, is_ordinary_working_day
from tracker.extensions import db
from tracker.models import CheckIn, SupportState


def test_they_are_of_the_last_weeks_and_of_days_when_people_worked(demo):
    found = db.session.query(CheckIn).all()
    assert len(found) >= 8
    for row in found:
        assert demo.today - timedelta(days=90) <= row.held_on <= demo.today
        assert is_ordinary_working_day(row.held_on)
        assert not is_calm(row.held_on)


def test_almhammar_waits_and_the_others_have_their_answers(demo):
    asked = [row for row in db.session.query(CheckIn) if row.support]
    waiting = [row for row in asked if row.support.state is SupportState.ASKED]
    assert [row.unit_names for row in waiting] == ["Almhammars vuxenutbildning"]
    facts = check_in_facts(demo.organizers["exempelby"].id, demo.today)
    almhammar = facts[demo.units["almhammar"].id]
    assert almhammar.open_support_since == waiting[0].held_on
    assert {row.support.state for row in asked} == set(SupportState)
