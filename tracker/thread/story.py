"""Röda tråden of a unit: results, problems, causes, measures and effects over the läsår, as far as the
person may read them. What is a draft or only proposed is no part of it, for anybody.

A unit that took over from others has their läsår too, where the person may read those units.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from flask import url_for

from tracker.analyses.problems import excerpt
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
    Decision,
    DevelopmentArea,
    EffectAssessment,
    Judgement,
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
    Term,
)
from tracker.organisation.succession import predecessors_of
from tracker.thread.boxes import Box, Kind, Story, Thread, YearColumn, in_threads
from tracker.web.swedish import date_medium

LONGEST, SHORTEST = 5, 3
"""How many läsår are told."""
NO_BASIS = "Åtgärder som inte bygger på en orsak i analysen"


@dataclass(frozen=True, slots=True)
class _Lap:
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

    @property
    def is_readable(self) -> bool:
        """Whether the analysis as it stands may be read: adopted by all, shared by who follows."""
        if self.state is AnalysisState.ADOPTED:
            return True
        return self.follows and self.state in (AnalysisState.SHARED, AnalysisState.REOPENED)


def read_story(unit: SchoolUnit, years: int = LONGEST, area_id: int | None = None) -> Story:
    """The latest `years` läsår of a unit that was loaded for the person; of an area, the threads that
    it is part of. Five statements, or six where an analysis has been opened again."""
    laps = _laps(unit)
    last = max((lap.start_year for lap in laps), default=school_year_start(today()))
    first = min(last, school_year_start(today())) - years + 1
    texts = _Texts(laps)
    boxes = [*_out_of_analyses(unit, laps, texts)]
    measures = _measures({lap.unit_id for lap in laps} | {unit.id}, first)
    effects = _effects([row.id for row in measures.values()])
    seen = {box.key for box in boxes}
    for measure in measures.values():
        boxes += _out_of_measure(unit, measure, measures, effects[measure.id], seen)
    areas = _areas([lap.cycle_id for lap in laps])
    _fall_under(boxes, areas)
    columns = _columns(unit, laps, texts, boxes, range(first, last + 1))
    shown = {column.start_year for column in columns}
    _keep_within(boxes, shown)
    threads = in_threads(box for box in boxes if box.year in shown)
    _name(threads, areas)
    told = {key for thread in threads for box in thread.boxes for key in box.area_ids}
    if area_id is not None:
        threads = [row for row in threads if any(area_id in box.area_ids for box in row.boxes)]
    return Story(
        columns,
        threads,
        {key: areas[key][0] for key in sorted(areas, reverse=True) if key in told},
        sorted({lap.start_year for lap in laps if lap.unit_id == unit.id}, reverse=True),
    )


def _laps(unit: SchoolUnit) -> list[_Lap]:
    """The laps of the unit and of those before it that the person may read, the earliest first."""
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
        )
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .join(SchoolUnit, SchoolUnit.id == QualityCycle.unit_id)
        .outerjoin(SituationAnalysis, SituationAnalysis.cycle_id == QualityCycle.id)
        .where(
            sa.or_(
                QualityCycle.unit_id == unit.id,
                QualityCycle.unit_id.in_(predecessors_of(unit.id)),
            )
        )
        .order_by(SchoolYear.start_year, SchoolUnit.id != unit.id, SchoolUnit.sort_key)
    )
    access, found = current_access(), []
    for cycle_id, year, unit_id, name, slug, area_id, analysis_id, state, results in rows:
        given = access.on_unit(unit_id, area_id)
        if unit_id == unit.id or Permission.READ in given:
            follows = Permission.FOLLOW in given
            found.append(
                _Lap(
                    cycle_id, year, unit_id, name, slug, analysis_id, state, results or "", follows
                )
            )
    return found


class _Texts:
    """What the analyses say to this reader: as they stand, or as they were adopted last."""

    def __init__(self, laps: Iterable[_Lap]) -> None:
        self._living = {lap.analysis_id: lap for lap in laps if lap.is_readable}
        opened = [
            lap.analysis_id
            for lap in laps
            if lap.state is AnalysisState.REOPENED and not lap.is_readable
        ]
        self._adopted = _adopted(opened)

    def results(self, lap: _Lap) -> str:
        if lap.analysis_id in self._living:
            return lap.results
        return str(self._adopted.get(lap.analysis_id or 0, {}).get("results", ""))

    def problem(self, row: Any) -> str | None:
        """The problem as it may be read; None: it may not."""
        if row.analysis_id in self._living:
            return None if row.problem_retired else row.problem
        return self._in_adopted(row.analysis_id).get(("problem", row.problem_id))

    def cause(self, row: Any) -> str | None:
        if row.cause_id is None:
            return None
        if row.analysis_id in self._living:
            return None if row.cause_retired else row.cause
        return self._in_adopted(row.analysis_id).get(("cause", row.cause_id))

    def _in_adopted(self, analysis_id: int) -> dict[tuple[str, int], str]:
        found = {}
        for problem in self._adopted.get(analysis_id, {}).get("problems", ()):
            found["problem", problem["id"]] = problem["text"]
            found |= {("cause", cause["id"]): cause["text"] for cause in problem["causes"]}
        return found


def _adopted(analysis_ids: list[int | None]) -> dict[int, dict[str, Any]]:
    if not analysis_ids:
        return {}
    rows = db.session.execute(
        sa.select(AdoptedAnalysis.analysis_id, AdoptedAnalysis.content)
        .where(AdoptedAnalysis.analysis_id.in_(analysis_ids))
        .order_by(AdoptedAnalysis.number)
    )
    return {row.analysis_id: row.content for row in rows}


def _out_of_analyses(unit: SchoolUnit, laps: Iterable[_Lap], texts: _Texts) -> Iterable[Box]:
    by_analysis = {lap.analysis_id: lap for lap in laps if lap.analysis_id is not None}
    if not by_analysis:
        return
    rows = db.session.execute(
        sa.select(
            Problem.analysis_id,
            Problem.id.label("problem_id"),
            Problem.text.label("problem"),
            Problem.follows_id.label("problem_follows"),
            Problem.development,
            Problem.state_now,
            Problem.retired_at.label("problem_retired"),
            Cause.id.label("cause_id"),
            Cause.text.label("cause"),
            Cause.location,
            Cause.prioritised,
            Cause.follows_id.label("cause_follows"),
            Cause.retired_at.label("cause_retired"),
        )
        .outerjoin(Cause, Cause.problem_id == Problem.id)
        .where(Problem.analysis_id.in_(by_analysis))
        .order_by(Problem.position, Problem.id, Cause.id)
    )
    told = set()
    for row in rows:
        lap, problem = by_analysis[row.analysis_id], texts.problem(row)
        if problem is None:
            continue
        page = url_for(
            "analyses.show", slug=lap.slug, year=calendar.slug(lap.start_year),
            _anchor=f"problem-{row.problem_id}",
        )  # fmt: skip
        origin = lap.unit_name if lap.unit_id != unit.id else ""
        key = f"p{row.problem_id}"
        if key not in told:
            told.add(key)
            yield Box(
                key, Kind.PROBLEM, lap.start_year, problem, page, unit=origin,
                note=row.development.label if row.development else "",
                verdict=row.state_now, out_of=[f"p{row.problem_follows}"],
            )  # fmt: skip
        if (cause := texts.cause(row)) is not None:
            note = row.location.label if row.prioritised else "Inte prioriterad i år"
            yield Box(
                f"c{row.cause_id}", Kind.CAUSE, lap.start_year, cause, page, note, unit=origin,
                out_of=[key, f"c{row.cause_follows}"],
            )  # fmt: skip


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
    expected_effect: str
    assess_on: date | None
    continues_id: int | None
    cancelled_at: datetime | None
    cancel_reason: str
    decided_at: datetime
    lap_year: int
    home: str | None
    """The unit in whose lap it was decided; None: the organizer's own."""
    location: CauseLocation | None
    problem_id: int | None

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


def _measures(unit_ids: set[int], first: int) -> dict[int, StoryMeasure]:
    """The decided measures that concern the units: of the läsår told, or not settled yet."""
    rows = db.session.execute(
        sa.select(
            Measure.id,
            Measure.title,
            Measure.state,
            Measure.basis,
            Measure.cause_id,
            Measure.decided_cause,
            Measure.area_id,
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
        )
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .outerjoin(SchoolUnit, SchoolUnit.id == QualityCycle.unit_id)
        .outerjoin(Cause, Cause.id == Measure.cause_id)
        .where(
            Measure.id.in_(
                sa.select(MeasureUnit.measure_id).where(MeasureUnit.unit_id.in_(unit_ids))
            ),
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


def _effects(measure_ids: list[int]) -> dict[int, list[Any]]:
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


def _out_of_measure(
    unit: SchoolUnit,
    measure: StoryMeasure,
    measures: dict[int, StoryMeasure],
    effects: list[Any],
    seen: set[str],
) -> Iterable[Box]:
    """The measure and what it led to; before it the cause it was decided out of, where the analysis
    no longer shows that."""
    url = url_for("measures.show", measure_id=measure.id)
    home = measure.home or "Huvudmannen"
    origin = home if home != unit.name else ""
    earlier = measures.get(measure.continues_id or 0)
    out_of = [f"c{measure.cause_id}"] if measure.cause_id else []
    if earlier is not None:
        # What it goes on from says more than the cause that both were decided out of.
        same = earlier.cause_id == measure.cause_id
        out_of = [f"last{earlier.id}", *([] if same else out_of)]
    elif measure.cause_id and f"c{measure.cause_id}" not in seen and measure.decided_cause:
        seen.add(f"c{measure.cause_id}")
        where = measure.location.label if measure.location else ""
        yield Box(
            f"c{measure.cause_id}", Kind.CAUSE, measure.start_year, measure.decided_cause, url,
            where, unit=origin, out_of=[f"p{measure.problem_id}"],
        )  # fmt: skip
    about = (
        "" if measure.basis in (MeasureBasis.CAUSE, MeasureBasis.EARLIER) else measure.basis.label
    )
    area = {measure.area_id} if measure.area_id else set()
    yield Box(
        measure.key, Kind.MEASURE, measure.start_year, measure.title, url,
        "Ny version" if earlier else about, unit=origin, out_of=out_of, area_ids=area,
    )  # fmt: skip
    before = measure.key
    for row in effects:
        yield _assessed(row, url, before)
        before = f"e{row.id}"
    if (ending := _ending(measure, effects, url)) is not None:
        ending.out_of = [before]
        yield ending


def _assessed(row: Any, url: str, before: str) -> Box:
    term = f"{row.term.label.lower()} " if row.term is not Term.YEAR else ""
    if row.judgement is Judgement.NOT_YET:
        note, text = term.strip(), f"Ny tid {date_medium(row.next_date)}"
    else:
        decision = {Decision.ORDINARY: "blir ordinarie"}.get(
            row.decision, row.decision.label.lower() if row.decision else ""
        )
        note, text = ", ".join(filter(None, [term.strip(), decision])), row.outcome
    return Box(
        f"e{row.id}", Kind.EFFECT, row.start_year, text, f"{url}#effekt", note,
        verdict=row.judgement.label, tone=row.judgement.value, out_of=[before],
    )  # fmt: skip


def _ending(measure: StoryMeasure, effects: list[Any], url: str) -> Box | None:
    """What is known of the effect when nobody has assessed it for good: when it will be, or that the
    measure was broken off."""
    if measure.cancelled_at is not None:
        if effects and effects[-1].decision is Decision.CANCEL:
            return None
        return Box(
            f"x{measure.id}", Kind.EFFECT, school_year_start(local(measure.cancelled_at).date()),
            measure.cancel_reason, url, verdict="Avbruten", tone="cancelled",
        )  # fmt: skip
    if measure.assess_on is None:
        return None
    due = measure.assess_on <= today()
    when = "Dags att bedöma" if due else f"Bedöms från {date_medium(measure.assess_on)}"
    year = max(school_year_start(today()), school_year_start(measure.assess_on))
    return Box(
        f"w{measure.id}", Kind.EFFECT, year, measure.expected_effect, f"{url}#effekt", "väntad",
        verdict=when, tone="awaited", waits_until=measure.assess_on,
    )  # fmt: skip


def _areas(cycle_ids: list[int]) -> dict[int, tuple[str, set[int]]]:
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


def _fall_under(boxes: list[Box], areas: dict[int, tuple[str, set[int]]]) -> None:
    by_key = {box.key: box for box in boxes}
    for area_id, (_, problems) in areas.items():
        for problem_id in problems:
            if (box := by_key.get(f"p{problem_id}")) is not None:
                box.area_ids.add(area_id)


def _keep_within(boxes: list[Box], years: set[int]) -> None:
    """What began before the läsår told, and goes on in them, stands in the first; what lies ahead of
    them in the last. A measure goes on from the last that is known of its earlier version."""
    if not years:
        return
    by_key = {box.key: box for box in boxes}
    last_of: dict[str, str] = {}
    for box in boxes:
        if box.kind is Kind.EFFECT:
            measure = box.out_of[0]
            while by_key[measure].kind is Kind.EFFECT:
                measure = by_key[measure].out_of[0]
            last_of[f"last{measure[1:]}"] = box.key
    for box in boxes:
        box.out_of = [
            last_of.get(key, f"m{key[4:]}") if key.startswith("last") else key for key in box.out_of
        ]
        if box.kind is Kind.MEASURE and box.year < min(years):
            box.note = f"sedan {calendar.label(box.year)}"
            box.year = min(years)
        if box.kind is Kind.EFFECT:
            box.year = max(box.year, min(years))
        box.year = min(box.year, max(years))


def _columns(
    unit: SchoolUnit, laps: list[_Lap], texts: _Texts, boxes: list[Box], years: range
) -> list[YearColumn]:
    """The läsår told: none of those before the first in which there is something to tell, nor of
    those to come before there is."""
    shown = {
        max(box.year, years[0]) if box.kind is Kind.MEASURE else box.year
        for box in boxes
        if box.tone != "awaited"
    }
    present, found = school_year_start(today()), []
    for start_year in years:
        here = [lap for lap in laps if lap.start_year == start_year and texts.results(lap)]
        if not (start_year == present or here or start_year in shown):
            if start_year < present and not found:
                continue
            if start_year > present:
                continue
        results = " ".join(
            texts.results(lap)
            if lap.unit_id == unit.id
            else f"{lap.unit_name}: {texts.results(lap)}"
            for lap in here
        )
        page = (
            url_for("analyses.show", slug=here[0].slug, year=calendar.slug(start_year))
            if here
            else ""
        )
        found.append(YearColumn(start_year, results, page))
    return found


def _name(threads: list[Thread], areas: dict[int, tuple[str, set[int]]]) -> None:
    """What each thread is about: its latest development area; its latest problem or cause where it has
    none, or another thread has the same."""
    titles = []
    for thread in threads:
        named = {key for box in thread.boxes for key in box.area_ids} & areas.keys()
        titles.append(areas[max(named)][0] if named else "")
    for thread, title in zip(threads, titles, strict=True):
        about = [box for box in thread.boxes if box.kind is Kind.PROBLEM] or thread.boxes
        own = title if titles.count(title) == 1 else ""
        thread.title = NO_BASIS if thread.is_loose else own or excerpt(about[-1].text, 70)
