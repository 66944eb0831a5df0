"""Rows that the tests of measures and effects start from."""

from datetime import date
from typing import Any

from tests.cast import Cast
from tracker.extensions import db
from tracker.models import (
    CarriedOut,
    Cause,
    CauseLocation,
    Decision,
    Judgement,
    Measure,
    MeasureBasis,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    User,
)

FINAL: dict[str, Any] = {
    "carried_out": CarriedOut.YES,
    "outcome": "74 % (31 av 42)",
    "judgement": Judgement.PARTLY,
    "evidence": "Nationella prov",
    "decision": Decision.END,
}
"""What settles an effect."""
NOT_YET: dict[str, Any] = {"judgement": Judgement.NOT_YET, "next_date": date(2026, 12, 15)}
"""What puts it off to 15 December."""


def a_cause(
    cast: Cast,
    text: str = "Vi visar sällan hur man tar sig an en svår text",
    *,
    unit: SchoolUnit | None = None,
    year: SchoolYear | None = None,
    by: User | None = None,
) -> Cause:
    """A living cause in the unit's analysis of the läsår, Sävkullaskolan's of this one unless said."""
    by = by or cast.karin
    lap = cast.cycle(unit or cast.savkulla, year)
    analysis = db.session.query(SituationAnalysis).filter_by(cycle_id=lap.id).one_or_none()
    analysis = analysis or SituationAnalysis.start(lap, by=by)
    problem = analysis.add_problem("Var tredje elev förstår inte faktatexter", None, by=by)
    cause = problem.add_cause(text, CauseLocation.TEACHING, "12 lektionsbesök", by=by)
    db.session.flush()
    return cause


def a_measure(
    cast: Cast,
    title: str = "Lässtrategier i alla ämnen",
    *,
    unit: SchoolUnit | None = None,
    units: list[SchoolUnit] | None = None,
    year: SchoolYear | None = None,
    due: date = date(2027, 5, 20),
    decide: bool = True,
    **fields: Any,
) -> Measure:
    """A measure decided by Karin (or, with decide=False, proposed)."""
    measure = Measure.propose(
        cast.cycle(unit or cast.savkulla, year),
        by=cast.karin,
        units=units,
        **(
            {
                "title": title,
                "basis": MeasureBasis.ORGANIZER,
                "basis_note": "Nämndens beslut om läsning",
                "expected_effect": "I maj når minst 80 % kravnivån (start 69 %).",
                "assessable_from": due,
            }
            | fields
        ),
    )
    if decide:
        measure.decide(by=cast.karin)
    db.session.commit()
    return measure
