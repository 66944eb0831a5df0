"""Röda tråden of a unit: results, problems, causes, measures and effects over the läsår, as far as the
person may read them. What is a draft or only proposed is no part of it, for anybody.

A unit that took over from others has their läsår until then too, where the person may read those units.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import url_for

from tracker.analyses.problems import excerpt
from tracker.clock import local, today
from tracker.cycle import calendar
from tracker.cycle.calendar import school_year_start
from tracker.extensions import db
from tracker.models import (
    Cause,
    Decision,
    Judgement,
    MeasureBasis,
    Problem,
    SchoolUnit,
    Term,
)
from tracker.thread.boxes import Box, Kind, Story, Thread, YearColumn, in_threads
from tracker.thread.rows import (
    Lap,
    StoryMeasure,
    Texts,
    areas_of,
    effects_of,
    laps_of,
    measures_of,
)
from tracker.web.swedish import date_medium

LONGEST, SHORTEST = 5, 3
"""How many läsår are told."""
NO_BASIS = "Åtgärder som inte bygger på en orsak i analysen"


def read_story(unit: SchoolUnit, years: int = LONGEST, area_id: int | None = None) -> Story:
    """The latest `years` läsår of a unit that was loaded for the person; of an area, the threads that
    it is part of. Five statements, or six where an analysis has been opened again."""
    laps = laps_of(unit)
    last = max((lap.start_year for lap in laps), default=school_year_start(today()))
    first = min(last, school_year_start(today())) - years + 1
    texts = Texts(laps)
    boxes = [*_out_of_analyses(unit, laps, texts)]
    measures = measures_of(unit, laps, first)
    effects = effects_of([row.id for row in measures.values()])
    seen = {box.key for box in boxes}
    for measure in measures.values():
        boxes += _out_of_measure(unit, measure, measures, effects[measure.id], seen)
    areas = areas_of([lap.cycle_id for lap in laps])
    _fall_under(boxes, areas)
    columns = _columns(unit, laps, texts, boxes, range(first, last + 1))
    shown = {column.start_year for column in columns}
    _keep_within(boxes, shown)
    threads = in_threads(box for box in boxes if box.year in shown)
    others = {row.area_id: row.area for row in measures.values() if row.area_id and row.area}
    _name(threads, others | {key: title for key, (title, _) in areas.items()})
    told = {key for thread in threads for box in thread.boxes for key in box.area_ids}
    if area_id is not None:
        threads = [row for row in threads if any(area_id in box.area_ids for box in row.boxes)]
    return Story(
        columns,
        threads,
        {key: areas[key][0] for key in sorted(areas, reverse=True) if key in told},
        sorted({lap.start_year for lap in laps if lap.unit_id == unit.id}, reverse=True),
    )


def _out_of_analyses(unit: SchoolUnit, laps: Iterable[Lap], texts: Texts) -> Iterable[Box]:
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
        text, development = problem
        page = url_for(
            "analyses.show", slug=lap.slug, year=calendar.slug(lap.start_year),
            _anchor=f"problem-{row.problem_id}",
        )  # fmt: skip
        origin = lap.unit_name if lap.unit_id != unit.id else ""
        key = f"p{row.problem_id}"
        if key not in told:
            told.add(key)
            yield Box(
                key, Kind.PROBLEM, lap.start_year, text, page, unit=origin,
                note=development, out_of=[f"p{row.problem_follows}"],
            )  # fmt: skip
        if (cause := texts.cause(row)) is not None:
            text, where = cause
            yield Box(
                f"c{row.cause_id}", Kind.CAUSE, lap.start_year, text, page, where, unit=origin,
                out_of=[key, f"c{row.cause_follows}"],
            )  # fmt: skip


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
    origin = measure.home if measure.home != unit.name else ""
    earlier = measures.get(measure.continues_id or 0)
    out_of = [f"c{measure.cause_id}"] if measure.cause_id else []
    if earlier is not None:
        # What it goes on from says more than the cause that both were decided out of.
        same = earlier.cause_id == measure.cause_id
        out_of = [f"last{earlier.id}", *([] if same else out_of)]
    elif measure.cause_id and f"c{measure.cause_id}" not in seen and measure.decided_cause:
        seen.add(f"c{measure.cause_id}")
        yield Box(
            f"c{measure.cause_id}", Kind.CAUSE, measure.start_year, measure.decided_cause, url,
            unit=origin, out_of=[f"p{measure.problem_id}"],
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
        verdict=when, tone="awaited", waits_until=measure.assess_on, is_own=measure.is_own,
    )  # fmt: skip


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
    unit: SchoolUnit, laps: list[Lap], texts: Texts, boxes: list[Box], years: range
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


def _name(threads: list[Thread], areas: dict[int, str]) -> None:
    """What each thread is about: its latest development area; where it has none, or another thread has the
    same, its latest problem, or else the latest cause, or measure. An effect is what comes of it."""
    titles = []
    for thread in threads:
        named = {key for box in thread.boxes for key in box.area_ids} & areas.keys()
        titles.append(areas[max(named)] if named else "")
    for thread, title in zip(threads, titles, strict=True):
        first = min(box.kind for box in thread.boxes)
        about = [box for box in thread.boxes if box.kind is first]
        own = title if titles.count(title) == 1 else ""
        thread.title = NO_BASIS if thread.is_loose else own or excerpt(about[-1].text, 70)
