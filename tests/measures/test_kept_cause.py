"""What a measure was decided out of is kept: a draft written afterwards is not read through it."""

import pytest

from tracker.extensions import db
from tracker.models import CauseLocation, Measure, MeasureBasis, SituationAnalysis


@pytest.fixture
def cause(cast):
    analysis = SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)
    problem = analysis.add_problem("Var tredje elev läser för långsamt.", None, by=cast.karin)
    return problem.add_cause(
        "Vi visar sällan hur man läser.", CauseLocation.TEACHING, "Tolv besök.", by=cast.karin
    )


@pytest.fixture
def measure(cast, cause):
    measure = Measure.propose(
        cast.cycle(cast.savkulla),
        by=cast.karin,
        title="Lässtrategier i alla ämnen",
        basis=MeasureBasis.CAUSE,
        cause_id=cause.id,
        expected_effect="Modellering i 9 av 12 lektioner.",
        assessable_from=cast.year.last_day,
    )
    measure.decide(by=cast.karin)
    db.session.commit()
    return measure


@pytest.mark.parametrize("where", ["/atgarder/{id}", "/enheter/savkullaskolan/2026-27/atgarder",
                                   "/enheter/savkullaskolan/2026-27/utvecklingsplan"])  # fmt: skip
def test_readers_see_the_cause_as_it_was_decided_on(cast, as_, cause, measure, where):
    cause.write("Ett utkast.", cause.location, cause.evidence, True, by=cast.karin)
    db.session.commit()

    page = as_(cast.sofia).page(where.format(id=measure.id))

    assert "Ett utkast." not in page
    assert "Vi visar sällan hur man läser." in page


def test_another_cause_is_kept_when_it_is_decided_anew(cast, cause, measure):
    other = cause.problem.add_cause(
        "Ämneslagen planerar var för sig.", CauseLocation.LEADERSHIP, "Schemat.", by=cast.karin
    )
    measure.write(by=cast.karin, cause_id=other.id)
    db.session.commit()
    assert measure.cause_text == "Ämneslagen planerar var för sig."
