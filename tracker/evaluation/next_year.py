"""What a läsår opens with: what has been decided of the measures from before, and what is still to be.

The decision is made once, in the assessment of the effect, and carried out there. Nothing is decided here,
nothing goes on without being told, and nothing is left out: every measure from before stands in one place, in
its latest version that has been decided.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from tracker.auth.access import may, writes_measure
from tracker.clock import at
from tracker.dialogues.last_time import AgreedBefore, still_open
from tracker.extensions import db
from tracker.measures.states import LIVING
from tracker.models import (
    Decision,
    EffectAssessment,
    Measure,
    MeasureState,
    MeasureUnit,
    Permission,
    QualityCycle,
    SchoolYear,
)


class Fate(enum.IntEnum):
    """Where a measure from before stands when the läsår opens."""

    DUE = 0
    RUNS_OUT = 1
    PROPOSED = 2
    ADJUSTED = 3
    CONTINUES = 4
    GOES_ON = 5
    WAITS = 6
    ORDINARY = 7
    ENDED = 8
    CANCELLED = 9

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self <= Fate.PROPOSED

    @property
    def label(self) -> str:
        return [
            "Effekten ska bedömas",
            "Slutdatumet passerar",
            "Förslag som inte är beslutade",
            "Justeras: en ny version",
            "Fortsätter",
            "Löper vidare som planerat",
            "Genomförda: effekten bedöms senare",
            "Blir ordinarie arbetssätt",
            "Avslutas",
            "Avbrutna",
        ][self]


@dataclass(frozen=True, slots=True)
class Carried:
    """A measure from before, and what has been decided of it."""

    measure: Measure
    fate: Fate
    assessment: EffectAssessment | None
    """The one that carries the decision."""
    is_own: bool
    """Whether the person may decide."""


@dataclass(frozen=True, slots=True)
class NextYear:
    year: SchoolYear
    carried: Sequence[Carried]
    agreements: Sequence[AgreedBefore] = field(default_factory=list)

    @classmethod
    def load(cls, cycle: QualityCycle) -> Self:
        """Of the lap's unit; five statements, or six for those who follow its dialogues."""
        year = cycle.school_year
        measures = _from_before(cycle)
        own = _own([row.id for row in measures])
        found = [Carried(row, *_fate(row, year.first_day), row.id in own) for row in measures]
        told = {row.measure.continues_id for row in found if not row.measure.is_draft}
        shown = [
            row
            for row in found
            if (row.fate is not Fate.PROPOSED or row.is_own) and row.measure.id not in told
        ]
        return cls(
            year,
            sorted(shown, key=lambda row: (row.fate, row.measure.assess_on or date.max)),
            still_open(cycle.unit_id) if may(Permission.CONVERSE) and cycle.unit_id else [],
        )

    @property
    def undecided(self) -> list[Carried]:
        return [row for row in self.carried if row.fate.is_open]

    def groups(self) -> list[tuple[Fate, list[Carried]]]:
        """What is decided, by what it is."""
        return [
            (fate, rows)
            for fate in Fate
            if not fate.is_open and (rows := [row for row in self.carried if row.fate is fate])
        ]


def _from_before(cycle: QualityCycle) -> Sequence[Measure]:
    """What was decided or proposed before the läsår and is open, or ended in the one before it or in this."""
    before = cycle.school_year.first_day.replace(year=cycle.school_year.start_year - 1)
    since = at(before, time())
    return db.session.scalars(
        sa.select(Measure)
        .join(Measure.cycle)
        .join(QualityCycle.school_year)
        .where(
            Measure.organizer_id == cycle.organizer_id,
            Measure.standing_in(cycle),
            sa.true() if cycle.owner.is_organizer else ~Measure.of_organizer(cycle.organizer_id),
            SchoolYear.start_year < cycle.school_year.start_year,
            sa.or_(
                Measure.state.in_((MeasureState.PROPOSED, *LIVING)),
                Measure.assess_on.is_not(None),
                Measure.completed_at >= since,
                Measure.cancelled_at >= since,
                Measure.assessments.any(
                    sa.and_(EffectAssessment.at >= since, EffectAssessment.superseded_at.is_(None))
                ),
            ),
        )
        .options(
            contains_eager(Measure.cycle).contains_eager(QualityCycle.school_year),
            selectinload(Measure.assessments),
            selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
            selectinload(Measure.continued_by),
        )
        .order_by(Measure.id)
    ).all()


def _own(ids: Sequence[int]) -> frozenset[int]:
    if not ids or not may(Permission.WRITE):
        return frozenset()
    return frozenset(
        db.session.scalars(sa.select(Measure.id).where(Measure.id.in_(ids), writes_measure()))
    )


def _fate(measure: Measure, opens: date) -> tuple[Fate, EffectAssessment | None]:
    """Where it stands when the läsår opens on the day `opens`."""
    current = [row for row in measure.assessments if row.superseded_at is None]
    final = next((row for row in reversed(current) if row.judgement.is_final), None)
    if measure.is_draft:
        return Fate.PROPOSED, None
    if measure.state is MeasureState.CANCELLED:
        return Fate.CANCELLED, final
    if measure.assess_on is not None and measure.assess_on < opens:
        return Fate.DUE, final
    if measure.is_living:
        if final is not None and final.decision is Decision.CONTINUE:
            return Fate.CONTINUES, final
        runs_out = measure.ends_on is not None and measure.ends_on < opens
        return (Fate.RUNS_OUT if runs_out else Fate.GOES_ON), final
    if measure.assess_on is not None:
        return Fate.WAITS, final
    decision = final.decision if final is not None else None
    if decision is Decision.ADJUST:
        return Fate.ADJUSTED, final
    return (Fate.ORDINARY if decision is Decision.ORDINARY else Fate.ENDED), final
