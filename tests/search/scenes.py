"""Assessed measures that the tests of the search and of good examples start from."""

from datetime import date
from typing import Any

from tests.cast import Cast
from tests.measures.scenes import FINAL
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    GoodExample,
    Judgement,
    Measure,
    MeasureBasis,
    SchoolUnit,
    SchoolYear,
    User,
)

TOLD = {
    "how": "En text i veckan planeras ihop.",
    "why": "Tiden låg i schemat.",
    "transferable": "minst två lärare undervisar i samma årskurs.",
}


def assessed(
    cast: Cast,
    title: str,
    *,
    unit: SchoolUnit | None = None,
    units: list[SchoolUnit] | None = None,
    year: SchoolYear | None = None,
    by: User | None = None,
    judgement: Judgement = Judgement.PARTLY,
    expected: str = "Fler når kravnivån.",
    fields: dict[str, Any] | None = None,
    **assessment: Any,
) -> Measure:
    """A measure of last läsår, of Sävkullaskolan unless said, assessed in the current one."""
    by = by or cast.karin
    unit = unit or cast.savkulla
    granby = unit.organizer_id == cast.granby.id
    year = year or (cast.granby_last_year if granby else cast.last_year)
    measure = Measure.propose(
        cast.cycle(unit, year),
        by=by,
        units=units,
        **(
            {
                "title": title,
                "basis": MeasureBasis.ORGANIZER,
                "basis_note": "Nämndens beslut",
                "expected_effect": expected,
                "assessable_from": date(2026, 9, 1),
            }
            | (fields or {})
        ),
    )
    measure.decide(by=by)
    now = cast.granby_year if granby else cast.year
    EffectAssessment.make(
        measure, now, by=by, **(FINAL | {"judgement": judgement, "outcome": ""} | _full(assessment))
    )
    db.session.commit()
    return measure


def _full(assessment: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": "74 procent.", **assessment}


def revise(cast: Cast, measure: Measure, judgement: Judgement, **changes: Any) -> None:
    """The assessment of the current läsår, made anew."""
    current = EffectAssessment.current(measure, cast.year)
    EffectAssessment.make(
        measure,
        cast.year,
        by=cast.karin,
        revises=current.number if current else 0,
        **(FINAL | {"judgement": judgement} | changes),
    )
    db.session.commit()


def told(measure: Measure, by: User, **changes: str) -> GoodExample:
    """The measure as a published good example."""
    example = GoodExample.publish(measure, by=by, **(TOLD | changes))
    db.session.commit()
    return example
