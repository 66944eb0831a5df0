"""When units have last checked in, when they are to do so next, and which support waits for an answer.

`check_in_facts` is for whoever needs all units of an organizer (the reminders); Start puts the same columns
into the statement it asks anyway.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.checkins.interval import OPEN_DURING_LOV, Reckoning
from tracker.clock import local
from tracker.cycle import calendar
from tracker.cycle.calendar import PeriodKind
from tracker.cycle.workdays import days_within
from tracker.database import UtcDateTime
from tracker.extensions import db
from tracker.models import (
    CalendarPeriod,
    CheckIn,
    CheckInUnit,
    SchoolUnit,
    SchoolYear,
    SupportRequest,
    SupportState,
    UnitForm,
)
from tracker.support.carriers import carriers

ANSWER_IS_NEWS = 21
"""Days. Later the next check-in asks what came of it."""


@dataclass(slots=True)
class CheckInFacts:
    """Where one unit stands with its check-ins. All days are Stockholm's."""

    unit_id: int
    days: int
    """The unit's interval; 0: it holds none, and nothing is ever due."""
    last_on: date | None
    """The latest check-in of the läsår, whoever wrote it."""
    next_on: date | None
    """The day that was agreed on in it, if any."""
    due_on: date | None
    """The day to check in: `next_on`, else as the interval says; before the first of a läsår `days`
    counted days after the autumn term began. None: never."""
    open_support_since: date | None
    """When the oldest support was asked for that has no answer yet, from any läsår."""
    support_answered_on: date | None
    """When the latest answer came, of `ANSWER_IS_NEWS` days at most, to what nobody has said the outcome of."""
    support_answers: int
    """How many such answers there are."""

    def is_due(self, day: date) -> bool:
        """Whether it is time to check in (Dags att stämma av)."""
        return self.due_on is not None and self.due_on <= day


def check_in_facts(organizer_id: int, day: date) -> dict[int, CheckInFacts]:
    """By unit id, for every unit of the organizer that is open on `day`; one statement."""
    statement = _all_units()
    values = {"organizer_id": organizer_id, "day": day, **parameters(organizer_id, day)}
    rows = db.session.connection().execute(statement, values)
    return {row.id: facts_of(row, row.id, day) for row in rows}


@lru_cache
def _all_units() -> sa.Select[Any]:
    day = sa.bindparam("day", type_=sa.Date)
    columns, source = with_check_ins(SchoolUnit.__table__)
    return (
        sa.select(SchoolUnit.id, *columns)
        .select_from(source)
        .where(
            SchoolUnit.organizer_id == sa.bindparam("organizer_id"),
            SchoolUnit.opened_on <= day,
            sa.or_(SchoolUnit.closed_on.is_(None), SchoolUnit.closed_on >= day),
        )
    )


# For a statement over SchoolUnit: give it the columns and joins of `with_check_ins`, send `parameters`.


def with_check_ins(source: Any) -> tuple[list[sa.ColumnElement[Any]], sa.Join]:
    """What `facts_of` reads off a row, and `source` (that holds SchoolUnit) with what it is read from."""
    open_then = sa.exists().where(
        UnitForm.unit_id == SchoolUnit.id,
        _one_of(UnitForm.form, OPEN_DURING_LOV),
    )
    support = _open_support()
    columns: list[Any] = [
        SchoolUnit.check_in_days,
        SchoolUnit.opened_on,
        CheckIn.held_on.label("checked_in_on"),
        CheckIn.next_on.label("check_in_next_on"),
        open_then.label("open_during_lov"),
        support.c.since.label("unanswered_since"),
        support.c.answered_at.label("support_answered_at"),
        support.c.answers.label("support_answers"),
        _calendar().label("school_calendar"),
    ]
    joined = sa.join(source, CheckIn, CheckIn.id == latest_id(), isouter=True).outerjoin(
        support, support.c.unit_id == SchoolUnit.id
    )
    return columns, joined


def latest_id() -> sa.ScalarSelect[int]:
    """The id of the unit's latest check-in in the läsår, correlated to SchoolUnit."""
    link = sa.orm.aliased(CheckInUnit)
    return (
        sa.select(link.check_in_id)
        .where(
            link.unit_id == SchoolUnit.id,
            link.held_on >= sa.bindparam("check_ins_since", type_=sa.Date),
        )
        .order_by(link.held_on.desc(), link.check_in_id.desc())
        .limit(1)
        .correlate(SchoolUnit)
        .scalar_subquery()
    )


def _open_support() -> sa.Subquery:
    """By unit, since when support waits for an answer, when the latest came and how many: few rows in any organizer,
    read once. What a unit asked for before another took over from it is that one's too."""
    asked = SupportRequest.state == SupportState.ASKED.value
    news = sa.and_(
        SupportRequest.state == SupportState.ANSWERED.value,
        SupportRequest.answered_at >= sa.bindparam("answers_since", type_=UtcDateTime),
    )
    rows = carriers(
        SupportRequest.organizer_id == sa.bindparam("check_ins_of"),
        sa.or_(asked, news),
        day=sa.bindparam("check_ins_by", type_=sa.Date),
    )
    return (
        sa.select(
            rows.c.unit_id,
            sa.func.min(sa.case((asked, rows.c.asked_on))).label("since"),
            sa.func.max(sa.case((news, SupportRequest.answered_at))).label("answered_at"),
            sa.func.count(sa.case((news, SupportRequest.id))).label("answers"),
        )
        .join(SupportRequest, SupportRequest.id == rows.c.request_id)
        .group_by(rows.c.unit_id)
        .subquery("open_support")
    )


def _one_of(column: Any, values: Iterable[enum.StrEnum]) -> sa.ColumnElement[bool]:
    """As `in_`, which SQLAlchemy writes anew at every run of a statement that is built once."""
    return sa.or_(*(column == value for value in values))


def _calendar() -> sa.ScalarSelect[str]:
    """Terms and lov of the läsår as one text, so that Start needs no statement more for them. It
    hangs on nothing in the row, and the database reads it once."""
    kind, first, last = (
        sa.cast(column, sa.String)
        for column in (CalendarPeriod.kind, CalendarPeriod.starts_on, CalendarPeriod.ends_on)
    )
    one = kind + " " + first + " " + last
    return (
        sa.select(sa.func.aggregate_strings(one, ","))
        .join(SchoolYear, SchoolYear.id == CalendarPeriod.school_year_id)
        .where(
            SchoolYear.organizer_id == sa.bindparam("check_ins_of"),
            SchoolYear.start_year == sa.bindparam("check_ins_year"),
            _one_of(CalendarPeriod.kind, (PeriodKind.TERM, PeriodKind.LOV)),
        )
        .correlate(None)
        .scalar_subquery()
    )


def parameters(organizer_id: int, day: date) -> dict[str, Any]:
    start_year = calendar.school_year_start(day)
    return {
        "check_ins_of": organizer_id,
        "check_ins_year": start_year,
        "check_ins_by": day,
        "check_ins_since": calendar.first_day(start_year),
        "answers_since": clock.at(day - timedelta(days=ANSWER_IS_NEWS), time()),
    }


def facts_of(row: Any, unit_id: int, day: date) -> CheckInFacts:
    """`row` has the columns of `with_check_ins`."""
    due_on = reckoning(row.school_calendar, calendar.school_year_start(day)).due_on(
        row.check_in_days,
        last_on=row.checked_in_on,
        next_on=row.check_in_next_on,
        opened_on=row.opened_on,
        open_during_lov=row.open_during_lov,
    )
    answered_at = row.support_answered_at
    return CheckInFacts(
        unit_id, row.check_in_days, row.checked_in_on, row.check_in_next_on, due_on,
        row.unanswered_since, answered_at and local(answered_at).date(),
        row.support_answers or 0,
    )  # fmt: skip


@lru_cache(maxsize=256)
def reckoning(periods: str | None, start_year: int) -> Reckoning:
    """Out of the text of `_calendar`: kind, first and last day of each period."""
    found = [
        (kind, date.fromisoformat(first), date.fromisoformat(last))
        for kind, first, last in (one.split(" ") for one in (periods or "").split(",") if one)
    ]
    terms = [first for kind, first, _ in found if kind == PeriodKind.TERM]
    return Reckoning(
        calendar.first_day(start_year),
        min(terms, default=None),
        days_within((first, last) for kind, first, last in found if kind == PeriodKind.LOV),
    )


def lov_from(organizer_id: int, day: date) -> frozenset[date]:
    """Every day of lov in the läsår of `day` and those after it; for the form, which looks ahead over
    the summer."""
    begins = calendar.first_day(calendar.school_year_start(day))
    rows: Iterable[Any] = db.session.execute(
        sa.select(CalendarPeriod.starts_on, CalendarPeriod.ends_on).where(
            CalendarPeriod.organizer_id == organizer_id,
            CalendarPeriod.kind == PeriodKind.LOV,
            CalendarPeriod.ends_on >= begins,
        )
    )
    return days_within((first, last) for first, last in rows)
