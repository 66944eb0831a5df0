import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tracker import clock


@time_machine.travel(datetime(2026, 10, 6, 11, 0, tzinfo=UTC), tick=False)
def test_now_is_aware_utc():
    assert clock.now() == datetime(2026, 10, 6, 11, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_turns_at_midnight_in_stockholm(moment, day):
    with time_machine.travel(moment, tick=False):
        assert clock.today() == day


def test_a_stop_inside_a_stop_comes_back_to_it():
    before = clock.now()
    with clock.stopped_at(datetime(2024, 8, 12, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2024, 8, 13)
        with clock.stopped_at(datetime(2025, 1, 8, 9, 0, tzinfo=clock.STOCKHOLM)):
            assert clock.now() == datetime(2025, 1, 8, 8, 0, tzinfo=UTC)
            assert clock.now().tzinfo is UTC
        assert clock.now() == datetime(2024, 8, 12, 22, 30, tzinfo=UTC)
    assert clock.now() >= before


def test_other_threads_keep_their_time():
    with (
        ThreadPoolExecutor(1) as other,
        clock.stopped_at(datetime(2024, 8, 12, tzinfo=UTC)),
    ):
        assert other.submit(clock.now).result() > clock.now()


def test_the_clock_goes_on_after_a_failure():
    with pytest.raises(KeyError), clock.stopped_at(datetime(2024, 8, 12, tzinfo=UTC)):
        raise KeyError
    assert clock.now() > datetime(2024, 8, 13, tzinfo=UTC)


def test_the_clock_does_not_stop_at_a_naive_moment():
    with (
        pytest.raises(ValueError, match="time zone"),
        clock.stopped_at(datetime(2026, 7, 1)),  # noqa: DTZ001 -- the mistake itself
    ):
        pass


def test_local_shows_summer_and_winter_time():
    assert clock.local(datetime(2026, 7, 1, 5, tzinfo=UTC)).time() == time(7, 0)
    assert clock.local(datetime(2026, 12, 1, 6, tzinfo=UTC)).time() == time(7, 0)


def test_local_refuses_a_naive_datetime():
    with pytest.raises(ValueError, match="without a time zone"):
        clock.local(datetime(2026, 7, 1, 5))  # noqa: DTZ001 -- the mistake itself


def test_at_moves_a_time_in_the_gap_forward():
    gap = clock.at(date(2026, 3, 29), time(2, 30))
    assert gap == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert clock.local(gap).time() == time(3, 30)


@pytest.mark.parametrize("fold", [0, 1])
def test_at_takes_the_first_of_a_time_that_comes_twice(fold):
    assert clock.at(date(2026, 10, 25), time(2, 30, fold=fold)) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_at_refuses_a_time_with_a_zone():
    with pytest.raises(ValueError, match="no time zone"):
        clock.at(date(2026, 10, 25), time(7, 0, tzinfo=UTC))


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.times())
def test_at_and_local_undo_each_other_but_in_the_gap(day, wall):
    shown = clock.local(clock.at(day, wall)).replace(tzinfo=None)
    meant = datetime.combine(day, wall)
    assert shown == meant or (
        shown == meant + timedelta(hours=1) and wall.hour == 2 and day.month == 3
    )


def test_the_zone_of_the_machine_is_never_read():
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "from datetime import UTC, datetime, date, time\n"
            "from tracker import clock\n"
            "print(clock.local(datetime(2026, 10, 6, 11, tzinfo=UTC)).isoformat())\n"
            "print(clock.at(date(2026, 10, 6), time(7)).isoformat(), clock.now().tzname())\n",
        ],
        env=os.environ | {"TZ": "Pacific/Kiritimati", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.split() == ["2026-10-06T13:00:00+02:00", "2026-10-06T05:00:00+00:00", "UTC"]


def test_a_command_can_be_run_as_of_another_time():
    outside = clock.now()
    with clock.stopped_at(clock.parse("2026-10-06T07:00")):
        assert clock.now() == datetime(2026, 10, 6, 5, 0, tzinfo=UTC)
        assert clock.today() == date(2026, 10, 6)
    assert clock.now() >= outside


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-06T07:00", datetime(2026, 10, 6, 5, 0, tzinfo=UTC)),
        ("2026-10-06T07:00+00:00", datetime(2026, 10, 6, 7, 0, tzinfo=UTC)),
        ("2026-12-24", datetime(2026, 12, 23, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_typed_moment_is_stockholms_unless_it_says_otherwise(text, moment):
    assert clock.parse(text) == moment


@pytest.mark.parametrize("text", ["", "i morgon", "2026-13-01", "0001-01-01T00:00"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        clock.parse(text)
