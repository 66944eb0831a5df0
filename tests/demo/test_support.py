"""The huvudman's support in the story, as of six days of the year."""

from tracker.extensions import db
from tracker.models import (
    FeedbackState,
    SupportDecision,
    SupportFeedback,
    SupportLevel,
    SupportOffer,
    SupportRequest,
    SupportState,
)


def test_klockvret_has_targeted_support_from_september_to_may(demo):
    latest = SupportDecision.latest(demo.units["klockvret"])
    if demo.today < demo.working_day(0, "09-01"):
        assert latest is None
    elif demo.today < demo.working_day(0, "05-25"):
        assert latest.level is SupportLevel.TARGETED
        assert latest.follow_up_on > demo.today
    else:
        assert latest.level is SupportLevel.ORDINARY


def test_ringmura_ost_went_from_targeted_to_coordinated(demo):
    last, first = SupportDecision.of(demo.units["ost"])
    assert (first.level, last.level) == (SupportLevel.TARGETED, SupportLevel.COORDINATED)
    assert last.since_on == demo.working_day(-1, "09-15")
    assert last.reason == "Utmaningarna kvarstår efter ett år."


def test_the_principals_were_answered(demo):
    health = db.session.query(SupportFeedback).filter_by(about="Centrala elevhälsan").one()
    assert health.state is FeedbackState.FOLLOWED_UP
    assert health.answered_at.date() == demo.working_day(-1, "01-12")
    offer = db.session.query(SupportOffer).filter_by(title="Centrala elevhälsan").one()
    assert "tre arbetsdagar" in offer.contact


def test_the_catalogue_has_something_retired(demo):
    rows = SupportOffer.catalogue(demo.organizers["exempelby"].id)
    assert [row.title for row in rows if row.is_retired] == ["Läxhjälp med volontärer"]
    assert len(rows) == 5


def test_nothing_asked_out_of_the_catalogue_is_left_waiting(demo):
    for row in db.session.query(SupportRequest).filter(SupportRequest.unit_id.is_not(None)):
        assert row.state is not SupportState.ASKED
