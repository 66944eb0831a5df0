"""A measure that concerns several units belongs to the one that decided it; the others read along."""

import pytest

from tracker.extensions import db
from tracker.models import Measure, MeasureBasis


@pytest.fixture
def shared(cast) -> Measure:
    """Decided at Sävkullaskolan, concerns Hasselbrinksskolan too."""
    measure = Measure.propose(
        cast.cycle(cast.savkulla),
        by=cast.karin,
        units=[cast.savkulla, cast.hassel],
        title="Gemensam närvarorutin",
        basis=MeasureBasis.ORGANIZER,
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
