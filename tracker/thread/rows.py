"""The rows that röda tråden is told out of, and of the analyses' texts what the reader may read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from tracker.auth.access import current_access
from tracker.clock import at, local, today
from tracker.cycle import calendar
from tracker.cycle.calendar import school_year_start
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    AnalysisState,
    Cause,
    CauseLocation,
    DevelopmentArea,
    EffectAssessment,
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    Permission,
    Problem,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)
from tracker.organisation.succession import taken_over


@dataclass(frozen=True, slots=True)
class Lap:
    cycle_id: int
    start_year: int
    unit_id: int
    unit_name: str
    slug: str
    analysis_id: int | None
    state: AnalysisState | None
    results: str
    follows: bool
    """Whether the person may read what is shared there."""
    until: date | None = None
    """The day since when the unit told about goes on with what this one had; None: its own lap."""

    @property
    def is_readable(self) -> bool:
        """Whether the analysis as it stands may be read: adopted by all, shared by who follows."""
        if self.state is AnalysisState.ADOPTED:
            return True
        return self.follows and self.state in (AnalysisState.SHARED, AnalysisState.REOPENED)


def laps_of(unit: SchoolUnit) -> list[Lap]:
    """The laps of the unit and of those before it that the person may read, the earliest first. A unit
    that goes on after a part of it was taken over keeps the läsår that have begun since to itself."""
    before = _before(unit)
    rows = db.session.execute(
        sa.select(
            QualityCycle.id,
            SchoolYear.start_year,
            SchoolUnit.id,
            SchoolUnit.name,
            SchoolUnit.slug,
            SchoolUnit.area_id,
            SituationAnalysis.id,
            SituationAnalysis.state,
            SituationAnalysis.results,
            before.c.until,
        )
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .join(SchoolUnit, SchoolUnit.id == QualityCycle.unit_id)
        .outerjoin(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
        .outerjoin(before, before.c.unit_id == QualityCycle.unit_id)
        .where(sa.or_(QualityCycle.unit_id == unit.id, before.c.until.is_not(None)))
        .order_by(SchoolYear.start_year, SchoolUnit.id != unit.id, SchoolUnit.sort_key)
    )
    access, found = current_access(), []
    for cycle_id, year, unit_id, name, slug, area_id, analysis_id, state, results, until in rows:
        is_own = unit_id == unit.id
        if not is_own and calendar.first_day(year) >= until:
            continue
        given = access.on_unit(unit_id, area_id)
        if is_own or Permission.READ in given:
            follows = Permission.FOLLOW in given
            found.append(
                Lap(
                    cycle_id, year, unit_id, name, slug, analysis_id, state, results or "", follows,
                    None if is_own else until,
                )
            )  # fmt: skip
    return found


def _before(unit: SchoolUnit) -> sa.Subquery:
    """The units that this one goes on from, each with the last day that it has been taken over (`until`)."""
    chain = taken_over()
    return (
        sa.select(chain.c.predecessor_id.label("unit_id"), sa.func.max(chain.c.on).label("until"))
        .where(chain.c.successor_id == unit.id)
        .group_by(chain.c.predecessor_id)
        .subquery("before")
    )


class Texts:
    """What the analyses say to this reader: as they stand, or as they were adopted last."""

    def __init__(self, laps: Iterable[Lap]) -> None:
        self._living = {lap.analysis_id: lap for lap in laps if lap.is_readable}
        opened = [
            lap.analysis_id
            for lap in laps
            if lap.state is AnalysisState.REOPENED and not lap.is_readable
        ]
        self._adopted = _adopted(opened)

    def results(self, lap: Lap) -> str:
        if lap.analysis_id in self._living:
            return lap.results
        return str(self._adopted.get(lap.analysis_id or 0, {}).get("results", ""))

    def problem(self, row: Any) -> tuple[str, str] | None:
        """The problem as it may be read, with how it stands now where it goes on from an earlier, and what
        became of that ("Kvarstår"), or ""; None: it may not."""
        if row.analysis_id in self._living:
            if row.problem_retired:
                return None
            return _with_now(
                row.problem, row.state_now
            ), row.development.label if row.development else ""
        for problem in self._all_in_adopted(row.analysis_id):
            if problem["id"] == row.problem_id:
                follows = problem.get("follows") or {}
                said = _with_now(problem["text"], follows.get("state_now", ""))
                return said, follows.get("development", "")
        return None

    def cause(self, row: Any) -> tuple[str, str] | None:
        """The cause as it may be read, and where it lies, or that it is not prioritised."""
        if row.cause_id is None:
            return None
        if row.analysis_id in self._living:
            if row.cause_retired:
                return None
            return row.cause, _where(row.location.label, row.prioritised)
        causes = (
            cause
            for problem in self._all_in_adopted(row.analysis_id)
            for cause in problem.get("causes", ())
        )
        return next(
            (
                (cause["text"], _where(cause["location"], cause["prioritised"]))
                for cause in causes
                if cause["id"] == row.cause_id
            ),
            None,
        )

    def _all_in_adopted(self, analysis_id: int) -> list[dict[str, Any]]:
        content = self._adopted.get(analysis_id, {})
        return [*content.get("problems", ()), *content.get("solved", ())]


def _where(location: str, prioritised: bool) -> str:
    return location if prioritised else "Inte prioriterad i år"


def _with_now(text: str, state_now: str) -> str:
    return f"{text.rstrip()} Nu: {state_now}" if state_now else text


def _adopted(analysis_ids: list[int | None]) -> dict[int, dict[str, Any]]:
    if not analysis_ids:
        return {}
    rows = db.session.execute(
        sa.select(AdoptedAnalysis.analysis_id, AdoptedAnalysis.content)
        .where(AdoptedAnalysis.analysis_id.in_(analysis_ids))
        .order_by(AdoptedAnalysis.number)
    )
    return {row.analysis_id: row.content for row in rows}


@dataclass(slots=True)
class StoryMeasure:
    """A decided measure as the thread tells it."""

    id: int
    title: str
    state: MeasureState
    basis: MeasureBasis
    cause_id: int | None
    decided_cause: str
    area_id: int | None
    area: str | None
    """Title of the development area, which may be another unit's that shares the measure."""
    expected_effect: str
    assess_on: date | None
    continues_id: int | None
    cancelled_at: datetime | None
    cancel_reason: str
    decided_at: datetime
    lap_year: int
    home: str
    """The unit in whose lap it was decided."""
    location: CauseLocation | None
    problem_id: int | None
    is_own: bool
    """Whether the unit told about assesses it; see MeasureUnit.owns."""

    @property
    def key(self) -> str:
        return f"m{self.id}"

    @property
    def start_year(self) -> int:
        """The läsår in which it was decided. A new version is proposed in the lap in which the one before
        was assessed, and most often decided in the next; one that was brought along belongs to its lap."""
        if self.basis is MeasureBasis.EARLIER:
            return self.lap_year
        return max(self.lap_year, school_year_start(local(self.decided_at).date()))


def measures_of(unit: SchoolUnit, laps: Iterable[Lap], first: int) -> dict[int, StoryMeasure]:
    """The decided measures that concern the unit, and of those before it what they had decided when it took
    over: of the läsår told, or not settled yet. The organizer's own come out of no problem of a unit, and are
    no part of it."""
    concerns = [_concerning(unit.id)]
    for unit_id, day in {lap.unit_id: lap.until for lap in laps if lap.until is not None}.items():
        concerns.append(sa.and_(_concerning(unit_id), Measure.decided_at < at(day, time())))
    own = (
        sa.exists()
        .where(
            MeasureUnit.measure_id == Measure.id,
            MeasureUnit.unit_id == unit.id,
            MeasureUnit.owns(today()),
        )
        .correlate(Measure)
    )
    rows = db.session.execute(
        sa.select(
            Measure.id,
            Measure.title,
            Measure.state,
            Measure.basis,
            Measure.cause_id,
            Measure.decided_cause,
            Measure.area_id,
            DevelopmentArea.title,
            Measure.expected_effect,
            Measure.assess_on,
            Measure.continues_id,
            Measure.cancelled_at,
            Measure.cancel_reason,
            Measure.decided_at,
            SchoolYear.start_year,
            SchoolUnit.name,
            Cause.location,
            Cause.problem_id,
            own,
        )
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .join(SchoolUnit, SchoolUnit.id == QualityCycle.unit_id)
        .outerjoin(Cause, Cause.id == Measure.cause_id)
        .outerjoin(DevelopmentArea, DevelopmentArea.id == Measure.area_id)
        .where(
            sa.or_(*concerns),
            Measure.state != MeasureState.PROPOSED,
            sa.or_(
                SchoolYear.start_year >= first,
                Measure.decided_at >= at(calendar.first_day(first), time()),
                Measure.assess_on.is_not(None),
            ),
        )
        .order_by(Measure.decided_at, Measure.id)
    )
    return {row.id: StoryMeasure(*row) for row in rows}


def _concerning(unit_id: int) -> sa.ColumnElement[bool]:
    return Measure.id.in_(sa.select(MeasureUnit.measure_id).where(MeasureUnit.unit_id == unit_id))


def effects_of(measure_ids: list[int]) -> dict[int, list[Any]]:
    """By measure the assessments that stand, the earliest first."""
    found: dict[int, list[Any]] = defaultdict(list)
    if measure_ids:
        for row in db.session.execute(
            sa.select(
                EffectAssessment.id,
                EffectAssessment.measure_id,
                EffectAssessment.term,
                EffectAssessment.judgement,
                EffectAssessment.decision,
                EffectAssessment.outcome,
                EffectAssessment.next_date,
                EffectAssessment.at,
                SchoolYear.start_year,
            )
            .join(SchoolYear, SchoolYear.id == EffectAssessment.school_year_id)
            .where(
                EffectAssessment.measure_id.in_(measure_ids),
                EffectAssessment.superseded_at.is_(None),
            )
            .order_by(SchoolYear.start_year, EffectAssessment.at, EffectAssessment.id)
        ):
            found[row.measure_id].append(row)
    return found


def areas_of(cycle_ids: list[int]) -> dict[int, tuple[str, set[int]]]:
    """Title and problems of the laps' development areas, by id, the latest läsår last."""
    found: dict[int, tuple[str, set[int]]] = {}
    for area_id, title, problem_id in db.session.execute(
        sa.select(DevelopmentArea.id, DevelopmentArea.title, Problem.id)
        .outerjoin(DevelopmentArea.problems)
        .where(DevelopmentArea.cycle_id.in_(cycle_ids))
        .order_by(DevelopmentArea.id, Problem.id)
    ):
        problems = found.setdefault(area_id, (title, set()))[1]
        if problem_id is not None:
            problems.add(problem_id)
    return found
