from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import clock
from tracker.cycle import workdays
from tracker.cycle.workdays import (
    days_within,
    holiday_name,
    is_working_day,
    send_day_after,
    send_day_before,
)

ONE = timedelta(days=1)
days = st.dates(date(2025, 1, 1), date(2040, 12, 31))
offsets = st.integers(0, 60)


@st.composite
def closures(draw, longest=45):
    """Up to four closures of an organizer, near a target: long enough to swallow Christmas."""
    target = draw(days)
    ranges = draw(
        st.lists(
            st.tuples(st.integers(-70, 70), st.integers(0, longest)).map(
                lambda r: (target + r[0] * ONE, target + sum(r) * ONE)
            ),
            max_size=4,
        )
    )
    return target, days_within(ranges)


def test_the_eves_and_holidays_of_2026():
    fridays_off = [date(2026, 4, 3), date(2026, 5, 1), date(2026, 6, 19), date(2026, 12, 25)]
    others_off = [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 6),
        date(2026, 5, 14),
        date(2026, 12, 24),
        date(2026, 12, 31),
    ]
    assert not any(is_working_day(day) for day in fridays_off + others_off)
    # The day before Epiphany, Maundy Thursday and the Friday after Ascension are ordinary working days.
    assert all(
        is_working_day(day)
        for day in [date(2026, 1, 5), date(2026, 4, 2), date(2026, 5, 15), date(2026, 12, 23)]
    )


@pytest.mark.parametrize("year", range(2025, 2041))
def test_a_year_has_between_247_and_255_working_days(year):
    first = date(year, 1, 1)
    assert 247 <= sum(is_working_day(first + n * ONE) for n in range(365)) <= 255


@pytest.mark.parametrize("year", range(2025, 2041))
def test_midsummer_eve_is_the_day_before_midsummer_day(year):
    june = [day for day in workdays.public_holidays(year) if day.month == 6 and 19 <= day.day <= 26]
    assert [day.weekday() for day in sorted(june)] == [4, 5]


def test_an_ordinary_sunday_is_no_holiday():
    assert date(2026, 10, 4) not in workdays.public_holidays(2026)
    assert date(2026, 4, 5) in workdays.public_holidays(2026)


def test_pupils_lov_are_working_days_and_closed_days_are_not():
    autumn_break = date(2026, 10, 28)
    assert is_working_day(autumn_break)
    assert not is_working_day(autumn_break, {autumn_break})


def test_days_within_takes_both_ends():
    assert days_within(
        [(date(2026, 12, 30), date(2027, 1, 1)), (date(2026, 11, 2), date(2026, 11, 2))]
    ) == {
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2026, 11, 2),
    }


@pytest.mark.parametrize(
    ("day", "calm"),
    [
        (date(2026, 6, 14), False),
        (date(2026, 6, 15), True),
        (date(2026, 8, 2), True),
        (date(2026, 8, 3), False),
    ],
)
def test_the_calm_weeks_are_25_to_31(day, calm):
    assert workdays.is_calm(day) is calm


@pytest.mark.parametrize(
    ("target", "offset", "sent"),
    [
        (date(2026, 10, 6), 21, date(2026, 9, 15)),
        (date(2026, 10, 6), 7, date(2026, 9, 29)),
        (date(2026, 10, 6), 1, date(2026, 10, 5)),
        # The day before a Monday is the Friday before it.
        (date(2026, 10, 5), 1, date(2026, 10, 2)),
        # Easter: Good Friday to Easter Monday lie between.
        (date(2026, 4, 7), 1, date(2026, 4, 2)),
        # On a Sunday: offset 0 still comes before.
        (date(2026, 10, 4), 0, date(2026, 10, 2)),
        # Planned in week 30, the dialogue in week 33: waits for week 32.
        (date(2026, 8, 12), 21, date(2026, 8, 3)),
        # Planned in week 25 and over before week 32: dropped.
        (date(2026, 6, 17), 1, None),
        # The first morning after the calm weeks is the target's own.
        (date(2026, 8, 3), 7, date(2026, 8, 3)),
        # A Sunday in week 24 moves back and is not touched by the calm weeks that follow.
        (date(2026, 6, 15), 1, date(2026, 6, 12)),
    ],
)
def test_a_reminder_before_a_date(target, offset, sent):
    assert send_day_before(target, offset) == sent


@pytest.mark.parametrize(
    ("target", "offset", "sent"),
    [
        (date(2026, 10, 6), 0, date(2026, 10, 6)),
        (date(2026, 10, 3), 0, date(2026, 10, 5)),
        (date(2026, 12, 10), 14, date(2026, 12, 28)),
        (date(2026, 6, 1), 14, date(2026, 8, 3)),
        (date(2026, 4, 3), 0, date(2026, 4, 7)),
    ],
)
def test_a_reminder_after_a_date(target, offset, sent):
    assert send_day_after(target, offset) == sent


def test_five_working_days_back_and_no_more():
    week_closed = days_within([(date(2026, 9, 21), date(2026, 9, 25))])
    assert send_day_before(date(2026, 10, 2), 7, week_closed) == date(2026, 9, 18)
    longer = days_within([(date(2026, 9, 18), date(2026, 9, 25))])
    assert send_day_before(date(2026, 10, 2), 7, longer) == date(2026, 9, 28)


def test_a_long_christmas_closure_puts_the_reminder_on_the_first_morning_or_drops_it():
    christmas = days_within([(date(2026, 12, 21), date(2027, 1, 8))])
    assert send_day_before(date(2027, 1, 12), 7, christmas) == date(2027, 1, 11)
    assert send_day_before(date(2027, 1, 11), 1, christmas) == date(2027, 1, 11)
    assert send_day_before(date(2027, 1, 8), 1, christmas) is None
    # Public holidays are not counted among the five: the 29th moves over 21–23 and 28–29 December.
    assert send_day_before(date(2026, 12, 30), 1, christmas) == date(2026, 12, 18)


def test_moving_back_stops_at_the_calm_weeks():
    first_week = days_within([(date(2026, 8, 3), date(2026, 8, 4))])
    assert send_day_before(date(2026, 8, 11), 7, first_week) == date(2026, 8, 5)


@pytest.mark.parametrize("rule", [send_day_before, send_day_after])
def test_a_negative_offset_is_refused(rule):
    with pytest.raises(ValueError, match="never negative"):
        rule(date(2026, 10, 6), -1)


@settings(max_examples=400)
@given(closures(), offsets)
def test_nothing_is_sent_on_a_weekend_a_holiday_a_closed_day_or_in_the_calm_weeks(case, offset):
    target, closed = case
    for sent in (
        send_day_before(target, offset, closed),
        send_day_after(target, offset, closed),
    ):
        if sent is not None:
            assert sent.weekday() < 5
            assert sent not in workdays.public_holidays(sent.year)
            assert sent not in closed
            assert sent.isocalendar().week not in range(25, 32)


@settings(max_examples=400)
@given(closures(), offsets)
def test_before_is_never_after_the_target_and_after_is_never_early(case, offset):
    target, closed = case
    before = send_day_before(target, offset, closed)
    assert before is None or before <= target
    assert send_day_after(target, offset, closed) >= target + offset * ONE


@settings(max_examples=400)
@given(closures(), offsets)
def test_a_move_back_passes_at_most_five_ordinary_working_days(case, offset):
    target, closed = case
    sent, planned = send_day_before(target, offset, closed), target - offset * ONE
    if sent is not None and sent < planned:
        passed = [sent + n * ONE for n in range(1, (planned - sent).days + 1)]
        assert sum(workdays.is_ordinary_working_day(day) for day in passed) <= 5
        assert not any(is_working_day(day, closed) for day in passed)


@settings(max_examples=400)
@given(days, offsets)
def test_without_closed_days_a_reminder_is_dropped_only_by_the_calm_weeks(target, offset):
    if send_day_before(target, offset) is None:
        assert workdays.is_calm(target - offset * ONE)
        assert target < date.fromisocalendar(target.year, 32, 1)


@settings(max_examples=400)
@given(closures(), offsets, offsets)
def test_the_order_of_two_reminders_is_kept(case, one, other):
    target, closed = case
    near, far = sorted((one, other))
    later, earlier = send_day_before(target, near, closed), send_day_before(target, far, closed)
    if later is not None and earlier is not None:
        assert earlier <= later
    assert send_day_after(target, near, closed) <= send_day_after(target, far, closed)


@settings(max_examples=400)
@given(closures(), st.integers(0, 40), offsets)
def test_a_date_that_moves_later_never_makes_its_reminder_earlier(case, moved, offset):
    target, closed = case
    first, second = (
        send_day_before(target, offset, closed),
        send_day_before(target + moved * ONE, offset, closed),
    )
    if first is not None and second is not None:
        assert first <= second
    assert send_day_after(target, offset, closed) <= send_day_after(
        target + moved * ONE, offset, closed
    )


@given(days)
def test_the_moment_is_seven_in_stockholm_all_year(day):
    moment = workdays.send_moment(day)
    assert moment.utcoffset() == timedelta(0)
    assert clock.local(moment).date() == day
    assert clock.local(moment).time() == workdays.SEND_TIME


def test_the_moment_around_the_change_of_clocks():
    assert workdays.send_moment(date(2026, 3, 30)) == datetime(2026, 3, 30, 5, tzinfo=UTC)
    assert workdays.send_moment(date(2026, 10, 26)) == datetime(2026, 10, 26, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 5, 6), "Kristi himmelsfärdsdag"),
        (date(2027, 3, 29), "annandag påsk"),
        (date(2008, 5, 1), "första maj och Kristi himmelsfärdsdag"),
        (date(2027, 6, 25), "midsommarafton"),
        (date(2026, 12, 24), "julafton"),
        (date(2027, 5, 7), ""),
    ],
)
def test_what_a_holiday_is_called(day, name):
    assert holiday_name(day) == name
