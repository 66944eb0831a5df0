"""What stands on the form of a check-in before anybody has typed: its units, their measures, what is
open since before, what was said last time, and the day to meet next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import abort, request
from flask_login import current_user

from tracker.auth.access import current_access
from tracker.checkins.access import own_units
from tracker.checkins.interval import OPEN_DURING_LOV, next_due
from tracker.checkins.reading import lov_from
from tracker.clock import today
from tracker.cycle import calendar
from tracker.cycle.workdays import days_within, is_working_day
from tracker.extensions import db
from tracker.models import (
    CalendarPeriod,
    CheckIn,
    CheckInUnit,
    Measure,
    MeasureState,
    MeasureUnit,
    SchoolUnit,
    SupportRequest,
    SupportState,
)
from tracker.organisation.roles import LEADERS
from tracker.organisation.staffing import Person, Staffing
from tracker.support.carriers import carried_by
from tracker.web.swedish import date_medium, listing

OPEN_SHOWN = 6
"""More that is open than this is followed on the pages that list it."""
UNITS_ASKED_FOR = 50


@dataclass(frozen=True, slots=True)
class Gathering:
    """Who checks in about what: the units one may choose among, those chosen, and the people."""

    offered: list[SchoolUnit]
    chosen: list[SchoolUnit]
    leader: Person | None
    other: Person | None
    """The one on the other side; None when nobody is, or when it is the same person."""


def gathering() -> Gathering | None:
    """The units that the address asks for (`enhet`, any number), with the others of the same leader
    and dialogansvarig: who meets about one of them may well speak of all. A rektor who asks for
    none means her own. None: nobody can tell which; 404 for a unit that is not the person's."""
    staffing = Staffing.load(current_access().organizer_id)
    own = own_units()
    asked = set(request.args.getlist("enhet")[:UNITS_ASKED_FOR])
    if asked:
        chosen = [unit for unit in own if unit.slug in asked]
        if len(chosen) < len(asked):
            abort(404)
    else:
        led = current_access().unit_ids(*LEADERS)
        chosen = [unit for unit in own if unit.id in led]
        if not chosen:
            return None
    return _around(chosen, own, staffing)


def _around(
    chosen: Sequence[SchoolUnit], own: Sequence[SchoolUnit], staffing: Staffing
) -> Gathering:
    first = chosen[0]
    key = staffing.dialogue_key(first)
    together = [unit for unit in own if staffing.dialogue_key(unit) == key]
    leader = staffing.leader(first.id)
    leads_it = first.id in current_access().unit_ids(*LEADERS)
    other = staffing.lead(first.id, first.area_id) if leads_it else leader
    if other is not None and other.id == current_user.id:
        other = None
    return Gathering(together, [unit for unit in chosen if unit in together], leader, other)


def of(check_in: CheckIn) -> Gathering:
    """The same for one that is there: its own units, those of others included, and what might have
    been meant instead."""
    staffing = Staffing.load(check_in.organizer_id)
    units, own = check_in.units, own_units()
    mine = next((unit for unit in own if unit in units), units[0])
    found = _around([mine], own, staffing)
    offered = sorted({*found.offered, *units}, key=lambda unit: unit.sort_key)
    return Gathering(offered, units, found.leader, found.other)


def unit_choices(gathering: Gathering) -> list[tuple[int, str]]:
    return [(unit.id, unit.name) for unit in gathering.offered]


def measures_of(units: Sequence[SchoolUnit], also: Iterable[Measure] = ()) -> dict[int, Measure]:
    """The living measures of the units, and those given; by id, the first decided first."""
    names = {unit.id for unit in units}
    of_units = sa.select(MeasureUnit.measure_id).where(MeasureUnit.unit_id.in_(names))
    living = Measure.state.in_([MeasureState.DECIDED, MeasureState.RUNNING])
    rows = db.session.scalars(
        sa.select(Measure)
        .where(
            Measure.organizer_id == current_access().organizer_id,
            sa.or_(
                sa.and_(
                    Measure.id.in_(of_units),
                    living,
                    ~Measure.of_organizer(current_access().organizer_id),
                ),
                Measure.id.in_([measure.id for measure in also]),
            ),
        )
        .order_by(Measure.id)
    )
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is open since an earlier check-in; `key` of the check-in or the request."""

    key: int
    text: str
    note: str
    """When, and the answer it has got."""


def open_obstacles(units: Sequence[SchoolUnit]) -> list[Open]:
    """Obstacles of the läsår that nobody has ticked off, the latest first."""
    rows = db.session.execute(
        sa.select(CheckIn.id.label("check_in_id"), CheckIn.obstacles, CheckIn.held_on)
        .where(
            CheckIn.id.in_(_about(units)),
            CheckIn.obstacles != "",
            CheckIn.obstacles_settled_at.is_(None),
            CheckIn.held_on >= calendar.first_day(calendar.school_year_start(today())),
        )
        .order_by(CheckIn.held_on.desc(), CheckIn.id.desc())
        .limit(OPEN_SHOWN)
    ).all()
    about = _names(rows, units)
    return [
        Open(
            row.check_in_id,
            row.obstacles,
            f"Från {date_medium(row.held_on)}{about.get(row.check_in_id, '')}.",
        )
        for row in rows
    ]


def open_support(units: Sequence[SchoolUnit]) -> list[Open]:
    """Support that waits for an answer, or of which nobody has said what came, the oldest first."""
    rows = db.session.execute(
        sa.select(
            SupportRequest.id,
            SupportRequest.check_in_id,
            SupportRequest.unit_id,
            SupportRequest.text,
            SupportRequest.asked_on,
            SupportRequest.state,
            SupportRequest.answer,
        )
        .where(
            carried_by(SchoolUnit.id.in_([unit.id for unit in units])),
            SupportRequest.state != SupportState.SETTLED,
        )
        .order_by(SupportRequest.asked_on, SupportRequest.id)
        .limit(OPEN_SHOWN)
    ).all()
    about = _names([row for row in rows if row.check_in_id is not None], units)
    if len(units) > 1:
        about |= {("unit", unit.id): f", {unit.name}" for unit in units}
    return [
        Open(
            row.id,
            row.text,
            f"Från {date_medium(row.asked_on)}"
            f"{about.get(row.check_in_id or ('unit', row.unit_id), '')}. "
            + (f"Svar: {row.answer}" if row.answer else f"{row.state.label}."),
        )
        for row in rows
    ]


def _names(rows: Sequence[Any], units: Sequence[SchoolUnit]) -> dict[Any, str]:
    """Which units a check-in was about, where that is not plain: ", Sävkullaskolan"."""
    if len(units) < 2:
        return {}
    found: dict[int, list[str]] = {}
    for key, name in db.session.execute(
        sa.select(CheckInUnit.check_in_id, SchoolUnit.name)
        .join(SchoolUnit, SchoolUnit.id == CheckInUnit.unit_id)
        .where(CheckInUnit.check_in_id.in_([row.check_in_id for row in rows]))
        .order_by(SchoolUnit.sort_key)
    ):
        found.setdefault(key, []).append(name)
    return {key: f", {listing(names)}" for key, names in found.items()}


def last_time(units: Sequence[SchoolUnit]) -> Any:
    """`held_on` and `situation` of the latest check-in about any of the units; None: there is none."""
    return db.session.execute(
        sa.select(CheckIn.held_on, CheckIn.situation)
        .where(CheckIn.id.in_(_about(units)))
        .order_by(CheckIn.held_on.desc(), CheckIn.id.desc())
        .limit(1)
    ).first()


def _about(units: Sequence[SchoolUnit]) -> sa.Select[tuple[int]]:
    return sa.select(CheckInUnit.check_in_id).where(
        CheckInUnit.unit_id.in_([unit.id for unit in units])
    )


def next_day(units: Sequence[SchoolUnit]) -> date | None:
    """When to meet again as the units' intervals say, on a day when leaders work."""
    organizer_id, day = current_access().organizer_id, today()
    lov = lov_from(organizer_id, day)
    found = [
        due
        for unit in units
        if (due := next_due(day, unit.check_in_days, frozenset() if _is_open(unit) else lov))
    ]
    if not found:
        return None
    closed = days_within(CalendarPeriod.closed_days(organizer_id))
    proposed = min(found)
    while not is_working_day(proposed, closed):
        proposed += timedelta(days=1)
    return proposed


def _is_open(unit: SchoolUnit) -> bool:
    return not set(OPEN_DURING_LOV).isdisjoint(unit.form_values)


def settle(obstacles: Iterable[int], support: Iterable[int], *, by: Any) -> None:
    """Tick off what is solved. The rows are held until the commit: two may tick the same thing at once.
    The ids are those of `open_obstacles` and `open_support`."""
    for row in db.session.scalars(
        sa.select(CheckIn).where(CheckIn.id.in_(list(obstacles))).with_for_update()
    ):
        row.settle_obstacles(by=by)
    for request_row in db.session.scalars(
        sa.select(SupportRequest).where(SupportRequest.id.in_(list(support))).with_for_update()
    ):
        if not request_row.is_settled:
            request_row.settle(by=by)
