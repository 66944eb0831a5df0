"""A measure that concerns several units belongs to the one that decided it; the others read along."""

from datetime import timedelta

import pytest

from tests.measures.scenes import a_cause
from tracker.clock import today
from tracker.extensions import db
from tracker.models import Measure, MeasureBasis, MeasureState, ReminderKind
from tracker.notifications.situation import Situation
from tracker.organisation.succession import take_over


@pytest.fixture
def shared(cast) -> Measure:
    """Decided at Sävkullaskolan, concerns Hasselbrinksskolan too."""
    measure = Measure.propose(
        cast.cycle(cast.savkulla),
        by=cast.karin,
        units=[cast.savkulla, cast.hassel],
        title="Gemensam närvarorutin",
        basis=MeasureBasis.ORGANIZER,
        basis_note="Nämndens beslut om läsning",
        expected_effect="Andelen med hög frånvaro sjunker från 11 till 8 procent.",
        assessable_from=cast.year.last_day,
    )
    measure.decide(by=cast.karin)
    db.session.commit()
    return measure


def test_the_other_unit_reads_along(cast, as_, shared):
    page = as_(cast.ali).page(f"/atgarder/{shared.id}")
    assert "Gemensam närvarorutin" in page
    assert f"/atgarder/{shared.id}/andra" not in page


@pytest.mark.parametrize("place", ["effekt", "andra"])
def test_the_other_unit_does_not_write(cast, as_, shared, place):
    as_(cast.ali).page(f"/atgarder/{shared.id}/{place}", 403)


def test_the_deciding_unit_writes(cast, as_, shared):
    as_(cast.karin).page(f"/atgarder/{shared.id}/andra")


def test_a_unit_that_took_it_over_writes(cast, as_, shared):
    (link,) = [link for link in shared.unit_links if link.unit_id == cast.hassel.id]
    link.origin_unit_id = cast.savkulla.id
    db.session.commit()
    as_(cast.ali).page(f"/atgarder/{shared.id}/andra")


def test_who_may_not_assess_it_is_not_asked_to(cast, as_, shared, the_day):
    """Start, the effects page and the checklist of the other unit say the same as the page itself."""
    shared.assess_on = today()
    db.session.commit()
    address = f"/atgarder/{shared.id}/effekt"
    ali, karin = as_(cast.ali), as_(cast.karin)
    for person, unit, slug, asked in (
        (karin, cast.savkulla, "savkullaskolan", True),
        (ali, cast.hassel, "hasselbrinksskolan", False),
    ):
        pages = [
            person.page("/"),
            person.page(f"/enheter/{slug}/2026-27/effekter"),
            person.page(f"/dialoger/{cast.dialogue(unit).id}"),
        ]
        assert [address in page for page in pages] == [asked] * 3
    assert "Väntar på att rektor på den enhet som har beslutat åtgärden bedömer." in pages[1]


def test_nobody_else_is_sent_a_reminder(cast, shared):
    shared.assess_on = today()
    db.session.commit()
    subject = (ReminderKind.EFFECT, shared.id)
    situation = Situation.load(cast.exempelby.id, [subject])
    asked = {
        person
        for person in (cast.karin.id, cast.ali.id)
        if situation.verdict(*subject, person, -1, shared.assess_revision) is None
    }
    assert asked == {cast.karin.id}


def test_a_shared_proposal_is_not_listed_where_it_cannot_be_opened(cast, as_, shared):
    shared.state, shared.assess_on = MeasureState.PROPOSED, None
    db.session.commit()
    address = f'href="/atgarder/{shared.id}"'
    ali, karin = as_(cast.ali), as_(cast.karin)
    for person, slug, listed in (
        (karin, "savkullaskolan", True),
        (ali, "hasselbrinksskolan", False),
    ):
        assert (address in person.page("/")) is listed
        assert (address in person.page(f"/enheter/{slug}/2026-27/atgarder")) is listed


def test_when_the_deciding_unit_has_closed_the_ones_left_own_it(cast, as_, shared):
    shared.assess_on = today()
    cast.savkulla.close(today() - timedelta(days=1), by=cast.tove)
    db.session.commit()
    ali = as_(cast.ali)
    ali.page(f"/atgarder/{shared.id}/effekt")
    assert f"/atgarder/{shared.id}/effekt" in ali.page("/")


def test_a_unit_with_a_successor_leaves_it_to_that_one(cast, as_, shared):
    take_over(cast.ringmura, cast.savkulla, today(), by=cast.tove, closes=True)
    db.session.commit()
    as_(cast.nadia).page(f"/atgarder/{shared.id}/effekt")
    as_(cast.ali).page(f"/atgarder/{shared.id}/effekt", 403)


def test_the_analysis_behind_it_is_of_the_unit_that_wrote_it(cast, as_, shared):
    shared.basis, shared.cause_id = MeasureBasis.CAUSE, a_cause(cast).id
    db.session.commit()
    own = "/enheter/savkullaskolan/2026-27/nulagesanalys"
    assert own in as_(cast.karin).page(f"/atgarder/{shared.id}")
    page = as_(cast.ali).page(f"/atgarder/{shared.id}")
    main = page[page.index("<main") :]
    assert own not in main
    assert "/enheter/hasselbrinksskolan/2026-27/nulagesanalys" not in main
