"""The date rules at every hour of 2025–2040, against an oracle that is put together in another way: by
the arithmetic of the calendar and lists of days, without `holidays`, `zoneinfo` or `isocalendar`."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from tracker import clock
from tracker.cycle import workdays
from tracker.notifications import sending_days

FIRST, LAST = date(2025, 1, 1), date(2040, 12, 31)
ONE, HOUR = timedelta(days=1), timedelta(hours=1)
SLACK = timedelta(days=120)
"""The oracle knows the days around the years too, so that what moves out of them is known."""


def easter(year: int) -> date:
    """Gauss' rule as Meeus and Butcher wrote it."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * ell) // 433
    month = (h + ell - 7 * m + 90) // 25
    return date(year, month, (h + ell - 7 * m + 33 * month + 19) % 32)


@cache
def days_off(year: int) -> frozenset[date]:
    """The red days of lag (1989:253), and the three eves."""
    sunday = easter(year)
    fixed = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
    midsummer = next(day for n in range(20, 27) if (day := date(year, 6, n)).weekday() == 5)
    moving = (sunday - 2 * ONE, sunday + ONE, sunday + 39 * ONE, midsummer - ONE, midsummer)
    return frozenset(moving) | {date(year, *day) for day in fixed}


def week_of(day: date) -> int:
    """A week belongs to the year of its Thursday."""
    thursday = day + (3 - day.weekday()) * ONE
    return (thursday - date(thursday.year, 1, 1)).days // 7 + 1


def every_day(first: date = FIRST - SLACK, last: date = LAST + SLACK) -> Iterator[date]:
    return (first + n * ONE for n in range((last - first).days + 1))


class Oracle:
    def __init__(self, closed: frozenset[date]) -> None:
        self.ordinary = [
            day for day in every_day() if day.weekday() < 5 and day not in days_off(day.year)
        ]
        self.working = [day for day in self.ordinary if day not in closed]
        self.calm = {day for day in every_day() if 25 <= week_of(day) <= 31}
        self.sendable = [day for day in self.working if day not in self.calm]

    def first_from(self, day: date) -> date:
        return self.sendable[bisect_left(self.sendable, day)]

    def after(self, target: date, offset: int) -> date:
        return self.first_from(target + offset * ONE)

    def before(self, target: date, offset: int) -> date | None:
        planned = target - offset * ONE
        back = self.working[bisect_right(self.working, planned) - 1]
        passed = bisect_right(self.ordinary, planned) - bisect_right(self.ordinary, back)
        # The calm weeks are seven in a row: a way across them has one of its ends in them or is long.
        if passed <= 5 and planned not in self.calm and back not in self.calm:
            return back
        forward = self.first_from(planned)
        return forward if forward <= target else None


def summer_time(year: int) -> tuple[datetime, datetime]:
    """It begins and ends at 01:00 UTC on the last Sunday of March and of October."""
    changes = []
    for month in (3, 10):
        last = date(year, month, 31)
        sunday = last - (last.weekday() + 1) % 7 * ONE
        changes.append(datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=UTC))
    return changes[0], changes[1]


def hours() -> Iterator[tuple[datetime, datetime]]:
    """Every hour of the years in UTC, with what Stockholm's clocks show."""
    moment = datetime(FIRST.year, 1, 1, tzinfo=UTC)
    changes = {year: summer_time(year) for year in range(FIRST.year, LAST.year + 2)}
    while moment.year <= LAST.year:
        begins, ends = changes[moment.year]
        yield moment, (moment + HOUR * (2 if begins <= moment < ends else 1)).replace(tzinfo=None)
        moment += HOUR


CHRISTMAS = [(date(year, 12, 21), date(year + 1, 1, 8)) for year in range(2024, 2041)]
"""A closure over every turn of the year, v. 53 and v. 1 among them."""
PLANNING = [(date(year, month, 8), date(year, month, 12)) for year in range(2025, 2041)
            for month in (3, 6, 8, 11)]  # fmt: skip
"""A closed week in every season: beside the calm weeks, and beside the lov."""

EVERY_CLOSURE = pytest.mark.parametrize(
    "closed",
    [frozenset(), workdays.days_within(CHRISTMAS), workdays.days_within(PLANNING)],
    ids=["none", "christmas", "weeks"],
)


@EVERY_CLOSURE
def test_every_day_and_every_offset(closed: frozenset[date]) -> None:
    oracle = Oracle(closed)
    for target in every_day(FIRST, LAST):
        for offset in (0, 1, 2, 5, 7, 14, 21, 28):
            assert workdays.send_day_before(target, offset, closed) == oracle.before(
                target, offset
            ), (target, offset)
            assert workdays.send_day_after(target, offset, closed) == oracle.after(
                target, offset
            ), (target, offset)


@pytest.mark.parametrize(
    "closed", [frozenset(), workdays.days_within(CHRISTMAS)], ids=["none", "christmas"]
)
def test_every_hour(closed: frozenset[date], monkeypatch: pytest.MonkeyPatch) -> None:
    """At each hour: what day it is, whether mail may go, and when it may next; and over all of
    them, that the next moment is never skipped and never comes twice."""
    oracle = Oracle(closed)
    sendable = set(oracle.sendable)
    monkeypatch.setattr(sending_days, "closed_days", lambda _organizer_id: closed)
    at = [datetime.min.replace(tzinfo=UTC)]
    monkeypatch.setattr(sending_days, "now", lambda: at[0])
    monkeypatch.setattr(sending_days, "today", lambda: clock.local(at[0]).date())
    opened: list[datetime] = []
    promised: datetime | None = None
    number = 0
    for moment, wall in hours():
        number += 1
        at[0] = moment
        day = wall.date()
        assert clock.local(moment).replace(tzinfo=None) == wall
        assert workdays.may_send_on(day, closed) is (day in sendable), day
        may = day in sendable and 7 <= wall.hour < 20
        assert sending_days.sends_now(1) is may, moment
        if wall.hour == 7 and day in sendable:
            assert workdays.send_moment(day) == moment
            assert promised in (moment, None)  # every hour since the last one has promised this
            opened.append(moment)
            promised = None
        following = sending_days.next_send_moment(1)
        assert following > moment
        assert promised in (following, None), moment
        promised = following
    assert number == 140_256
    assert [clock.local(moment).date() for moment in opened] == [
        day for day in oracle.sendable if FIRST <= day <= LAST
    ]


def test_the_years_with_53_weeks_are_among_them() -> None:
    weeks = {day.year for day in every_day(FIRST, LAST) if week_of(day) == 53 and day.month == 12}
    assert weeks == {2026, 2032, 2037}
