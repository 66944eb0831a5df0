"""A unit's story over several läsår, for the tests of röda tråden and of a measure's life."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tests.cast import Cast
from tests.measures.scenes import FINAL
from tracker.clock import STOCKHOLM, stopped_at
from tracker.extensions import db
from tracker.models import (
    Cause,
    CauseLocation,
    Decision,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    ProblemDevelopment,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    User,
)

THIS = 2026


def year_of(cast: Cast, start_year: int) -> SchoolYear:
    return SchoolYear.open(cast.exempelby, start_year, by=None)


def analysed(
    cast: Cast,
    start_year: int,
    problem: str,
    cause: str,
    *,
    follows: Cause | None = None,
    until: str = "adopted",
    unit: SchoolUnit | None = None,
    by: User | None = None,
) -> Cause:
    """One problem with one cause in the unit's analysis of the läsår; `follows` is last läsår's cause."""
    by, unit = by or cast.karin, unit or cast.savkulla
    lap = year_of(cast, start_year).lap_for(unit)
    analysis = SituationAnalysis.start(lap, by=by)
    analysis.write({"basis": "Prov", "results": f"Resultat {start_year}: {problem}"}, by=by)
    told = analysis.add_problem(problem, None, by=by)
    found = told.add_cause(cause, CauseLocation.TEACHING, "Besök", by=by)
    if follows is not None:
        told.follows_id, told.development = follows.problem_id, ProblemDevelopment.REMAINS
        found.follows_id = follows.id
    db.session.flush()
    if until != "draft":
        analysis.share(by=by)
    if until == "adopted":
        analysis.adopt(by=by)
    db.session.commit()
    return found


def decided(cast: Cast, start_year: int, title: str, cause: Cause | None, **fields: Any) -> Measure:
    """Decided in October of the läsår, to be assessed in the June after."""
    with stopped_at(datetime(start_year, 10, 15, 9, tzinfo=STOCKHOLM)):
        unit = fields.pop("unit", cast.savkulla)
        measure = Measure.propose(
            year_of(cast, start_year).lap_for(unit),
            by=cast.karin,
            title=title,
            **{
                "basis": MeasureBasis.CAUSE if cause else MeasureBasis.ORGANIZER,
                "cause_id": cause.id if cause else None,
                "basis_note": "" if cause else "Nämndens beslut",
                "expected_effect": f"Väntat av {title}",
                "assessable_from": date(start_year + 1, 6, 10),
            }
            | fields,
        )
        measure.decide(by=cast.karin)
        db.session.flush()
    db.session.commit()
    return measure


def assessed(
    cast: Cast, measure: Measure, start_year: int, decision: Decision, **fields: Any
) -> EffectAssessment:
    """In June of the läsår."""
    with stopped_at(datetime(start_year + 1, 6, 12, 9, tzinfo=STOCKHOLM)):
        made = EffectAssessment.make(
            measure,
            year_of(cast, start_year),
            by=cast.karin,
            **(FINAL | {"judgement": Judgement.PARTLY, "decision": decision} | fields),
        )
        db.session.flush()
    db.session.commit()
    return made


def five_years(cast: Cast) -> list[Measure]:
    """The same problem in five läsår; its measure is adjusted twice."""
    measures: list[Measure] = []
    cause: Cause | None = None
    for start_year in range(THIS - 4, THIS + 1):
        cause = analysed(
            cast, start_year, f"Läsningen {start_year}", f"Orsak {start_year}", follows=cause
        )
        if start_year < THIS:
            measure = decided(cast, start_year, f"Åtgärd {start_year}", cause)
            assessed(cast, measure, start_year, Decision.END, outcome=f"Utfall {start_year}")
        else:
            measure = decided(cast, start_year, f"Åtgärd {start_year}", cause)
        measures.append(measure)
    return measures


def many(cast: Cast, years: Sequence[int], problems: int, measures: int) -> None:
    """A unit with a lot behind it: written straight into the tables, since it is about reading."""
    for start_year in years:
        lap = year_of(cast, start_year).lap_for(cast.savkulla)
        analysis = SituationAnalysis.start(lap, by=cast.karin)
        causes = []
        for number in range(problems):
            problem = analysis.add_problem(f"Problem {number} {start_year}", None, by=cast.karin)
            causes.append(
                problem.add_cause(f"Orsak {number}", CauseLocation.TEACHING, "", by=cast.karin)
            )
        analysis.write({"basis": "Prov", "results": "Resultat"}, by=cast.karin)
        analysis.adopt(by=cast.karin)
        for number in range(measures):
            decided(cast, start_year, f"Åtgärd {number} {start_year}", causes[number % problems])
    db.session.commit()
