"""Rows that the tests of dialogues start from."""

from datetime import date, datetime, time, timedelta

from tests.cast import Cast
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    CauseLocation,
    Measure,
    MeasureBasis,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)

DAY = date(2026, 12, 8)
"""A Tuesday after the day of the tests."""


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.at(day, time(hour, minute))


def placed(
    dialogue: QualityDialogue, cast: Cast, day: date = DAY, hour: int = 13
) -> QualityDialogue:
    """An hour and a half in Stockholm."""
    start = at(day, hour)
    dialogue.place_at(start, start + timedelta(minutes=90), by=cast.erik)
    db.session.commit()
    return dialogue


def held(dialogue: QualityDialogue, cast: Cast) -> QualityDialogue:
    return placed(dialogue, cast, date(2026, 10, 6))


def an_analysis(cast: Cast, unit: SchoolUnit) -> SituationAnalysis:
    """A draft with a problem and a cause."""
    analysis = SituationAnalysis.start(cast.cycle(unit), by=cast.karin)
    analysis.write(
        {"basis": "Tolv lektionsbesök", "results": "69 procent når kravnivån"}, by=cast.karin
    )
    problem = analysis.add_problem("Var tredje elev förstår inte faktatexter", None, by=cast.karin)
    problem.add_cause("Vi visar sällan hur man gör", CauseLocation.TEACHING, "", by=cast.karin)
    db.session.commit()
    return analysis


def a_measure(
    cast: Cast,
    title: str = "Lässtrategier i alla ämnen",
    *,
    unit: SchoolUnit | None = None,
    units: list[SchoolUnit] | None = None,
    year: SchoolYear | None = None,
    due: date = date(2027, 5, 20),
    basis: MeasureBasis = MeasureBasis.ORGANIZER,
    **fields: object,
) -> Measure:
    """A decided measure of Karin's, Sävkullaskolan's unless said."""
    measure = Measure.propose(
        cast.cycle(unit or cast.savkulla, year),
        by=cast.karin,
        units=units,
        title=title,
        basis=basis,
        basis_note="Nämndens beslut om läsning" if basis is MeasureBasis.ORGANIZER else "",
        expected_effect="I maj når minst 80 procent kravnivån.",
        assessable_from=due,
        **fields,
    )
    measure.decide(by=cast.karin)
    db.session.commit()
    return measure
