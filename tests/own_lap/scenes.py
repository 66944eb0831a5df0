"""Rows that the tests of the huvudman's own lap start from."""

from datetime import date
from typing import Any

from tests.cast import Cast
from tracker.extensions import db
from tracker.models import (
    CauseLocation,
    Measure,
    MeasureBasis,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)

LAP = "/huvudmannen/2026-27"


def own_cycle(cast: Cast, year: SchoolYear | None = None) -> QualityCycle:
    return (
        db.session.query(QualityCycle)
        .filter_by(school_year_id=(year or cast.year).id, unit_id=None)
        .one()
    )


def own_analysis(
    cast: Cast, year: SchoolYear | None = None, *, adopt: bool = False
) -> SituationAnalysis:
    """With one problem and one cause in the huvudman's routines."""
    analysis = SituationAnalysis.start(own_cycle(cast, year), by=cast.lena)
    texts = {"basis": "Sju fastställda analyser.", "results": "9 % hög frånvaro."}
    analysis.write(texts, by=cast.lena)
    problem = analysis.add_problem("Elever får olika hjälp att komma tillbaka.", None, by=cast.lena)
    problem.add_cause(
        "Rutinen skrevs utan rektorerna.", CauseLocation.ROUTINES, "Sex dialoger.", by=cast.lena
    )
    if adopt:
        analysis.adopt(by=cast.lena)
    db.session.commit()
    return analysis


def own_measure(
    cast: Cast,
    units: list[SchoolUnit],
    *,
    decide: bool = True,
    year: SchoolYear | None = None,
    **fields: Any,
) -> Measure:
    measure = Measure.propose(
        own_cycle(cast, year),
        by=cast.lena,
        units=units,
        **(
            {
                "title": "Gemensam närvarorutin",
                "basis": MeasureBasis.ORGANIZER,
                "basis_note": "Nämndens beslut 14 oktober.",
                "expected_effect": "Andelen med hög frånvaro sjunker från 11 till 8 %.",
                "assessable_from": date(2027, 5, 20),
            }
            | fields
        ),
    )
    if decide:
        measure.decide(by=cast.lena)
    db.session.commit()
    return measure
