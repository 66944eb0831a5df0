"""What happens in a unit, in one call each, for the tests of Start and Historik."""

from datetime import timedelta
from typing import Any

from tracker.clock import STOCKHOLM, now, today
from tracker.extensions import db
from tracker.models import (
    CauseLocation,
    Measure,
    MeasureBasis,
    QualityCycle,
    QualityDialogue,
    SituationAnalysis,
    User,
)


def propose(cycle: QualityCycle, by: User, title: str = "Lässtrategier", **fields: Any) -> Measure:
    """A proposal that lacks nothing."""
    values = {
        "basis": MeasureBasis.ORGANIZER,
        "basis_note": "Nämndens beslut om läsning",
        "expected_effect": "Minst 80 % av åk 3 når kravnivån (start 69 %)",
        "assessable_from": today() + timedelta(days=200),
        "responsible": "Karin Holm",
    }
    return Measure.propose(cycle, by=by, title=title, **(values | fields))


def decide(cycle: QualityCycle, by: User, title: str = "Lässtrategier", **fields: Any) -> Measure:
    measure = propose(cycle, by, title, **fields)
    measure.decide(by=by)
    return measure


def due(cycle: QualityCycle, by: User, title: str = "Språkgrupper", days: int = 6) -> Measure:
    """A decided measure whose effect has been ready to assess for some days."""
    return decide(cycle, by, title, assessable_from=today() - timedelta(days=days))


def write_analysis(
    cycle: QualityCycle, by: User, *, share: bool = False, adopt: bool = False
) -> SituationAnalysis:
    analysis = SituationAnalysis.start(cycle, by=by)
    analysis.write({"basis": "Lektionsbesök", "results": "69 % når kravnivån"}, by=by)
    problem = analysis.add_problem("Var tredje elev förstår inte faktatexter", None, by=by)
    problem.add_cause("Vi visar sällan hur man gör", CauseLocation.TEACHING, "Besök", by=by)
    db.session.flush()
    if share:
        analysis.share(by=by)
    if adopt:
        analysis.adopt(by=by)
    return analysis


def place(dialogue: QualityDialogue, by: User, days: int) -> QualityDialogue:
    """Give the dialogue a time at 13.00, so many days from now."""
    starts = (now() + timedelta(days=days)).astimezone(STOCKHOLM).replace(hour=13, minute=0)
    dialogue.place_at(starts, starts + timedelta(minutes=90), by=by)
    return dialogue
