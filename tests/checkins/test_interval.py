"""When a unit is next to check in, over every day of 2025–2040: turns of the year, lov and summers."""

from datetime import date, timedelta

import pytest

from tracker.checkins.interval import MOST_DAYS, Reckoning, counts, next_due
from tracker.cycle.calendar import PeriodKind, proposed_periods, school_year_start
from tracker.cycle.workdays import days_within, is_calm

DAY = timedelta(days=1)
YEARS = range(2024, 2041)
LOV = days_within(
    (period.starts_on, period.ends_on)
    for year in YEARS
    for period in proposed_periods(year)
    if period.kind is PeriodKind.LOV
)
EVERY_DAY = [date(2025, 1, 1) + n * DAY for n in range((date(2041, 1, 1) - date(2025, 1, 1)).days)]
INTERVALS = (1, 7, 14, 21, MOST_DAYS)


def between(first: date, last: date) -> list[date]:
    """The days after the first, the last included."""
    return [first + n * DAY for n in range(1, (last - first).days + 1)]


@pytest.mark.parametrize("lov", [frozenset(), LOV], ids=["open during lov", "closed during lov"])
@pytest.mark.parametrize("days", INTERVALS)
def test_so_many_counted_days_whenever_it_was_held(days, lov):
    """The rule said another way: the days in between that count are `days`, and the last is one."""
    for day in EVERY_DAY:
        due = next_due(day, days, lov)
        assert due is not None
        assert counts(due, lov), f"{day}: due {due}, on a day that is not counted"
        counted = sum(each not in lov and not is_calm(each) for each in between(day, due))
        assert counted == days, f"{day}: {counted} days counted till {due}"


@pytest.mark.parametrize("days", INTERVALS)
def test_the_later_it_was_held_the_later_it_is_due(days):
    dues = [next_due(day, days, LOV) for day in EVERY_DAY]
    assert dues == sorted(dues)


def test_a_week_of_lov_keeps_the_weekday():
    friday_before = date(2026, 10, 23)
    assert next_due(friday_before, 14, LOV) == date(2026, 11, 13)
    assert next_due(friday_before, 14) == date(2026, 11, 6)


def test_lov_that_begins_on_the_day_it_was_held_or_the_day_it_would_be_due():
    lov = days_within([(date(2026, 10, 26), date(2026, 11, 1))])
    assert next_due(date(2026, 10, 26), 14, lov) == date(2026, 11, 15)
    assert next_due(date(2026, 10, 12), 14, lov) == date(2026, 11, 2)


def test_over_the_turn_of_the_year_and_a_leap_day():
    assert next_due(date(2025, 12, 22), 14) == date(2026, 1, 5)
    assert next_due(date(2028, 2, 20), 14) == date(2028, 3, 5)
    jullov = days_within([(date(2026, 12, 19), date(2027, 1, 10))])
    assert next_due(date(2026, 12, 18), 14, jullov) == date(2027, 1, 24)


def test_nobody_is_asked_in_the_calm_weeks():
    for year in YEARS:
        held = date(year, 6, 10)
        assert next_due(held, 14).isocalendar().week in (32, 33)


def test_none_are_held():
    assert next_due(date(2026, 10, 23), 0, LOV) is None


@pytest.mark.parametrize("days", [-1, MOST_DAYS + 1])
def test_an_interval_that_is_none(days):
    with pytest.raises(ValueError, match="interval"):
        next_due(date(2026, 10, 23), days)


class TestReckoning:
    @pytest.fixture
    def year(self):
        periods = proposed_periods(2026)
        return Reckoning(
            date(2026, 7, 1),
            min(row.starts_on for row in periods if row.kind is PeriodKind.TERM),
            days_within(
                (row.starts_on, row.ends_on) for row in periods if row.kind is PeriodKind.LOV
            ),
        )

    @staticmethod
    def due(year, days=14, last_on=None, next_on=None, opened=date(2020, 8, 1), open_then=False):
        return year.due_on(
            days, last_on=last_on, next_on=next_on, opened_on=opened, open_during_lov=open_then
        )

    def test_the_first_of_a_läsår_hangs_on_the_autumn_term(self, year):
        assert year.term_begins == date(2026, 8, 17)
        assert self.due(year) == self.due(year, open_then=True) == date(2026, 8, 31)

    def test_what_was_held_in_june_counts_for_nothing(self, year):
        agreed = date(2026, 8, 5)
        assert self.due(year, last_on=date(2026, 6, 9), next_on=agreed) == date(2026, 8, 31)

    def test_a_unit_that_opens_later(self, year):
        assert self.due(year, opened=date(2026, 10, 1)) == date(2026, 10, 15)

    def test_after_one_that_was_held(self, year):
        held = date(2026, 10, 23)
        assert self.due(year, last_on=held) == date(2026, 11, 13)
        assert self.due(year, last_on=held, open_then=True) == date(2026, 11, 6)
        assert self.due(year, last_on=held, next_on=date(2026, 10, 30)) == date(2026, 10, 30)

    def test_none_are_held_whatever_was_agreed(self, year):
        held = date(2026, 10, 23)
        assert self.due(year, 0, last_on=held, next_on=date(2026, 10, 30)) is None

    def test_a_läsår_without_terms_asks_for_nothing_by_itself(self):
        bare = Reckoning(date(2026, 7, 1), None, frozenset())
        assert self.due(bare) is None
        assert self.due(bare, last_on=date(2026, 9, 1)) == date(2026, 9, 15)

    def test_every_day_of_a_läsår_is_of_that_läsår(self, year):
        for day in EVERY_DAY:
            if school_year_start(day) == 2026:
                due = self.due(year, last_on=day)
                assert due is not None
                assert due > day
