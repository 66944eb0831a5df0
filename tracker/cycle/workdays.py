"""When a reminder may reach a school leader: working days, the calm summer weeks, and the moves between.

The rules and their reasons, all defaults of the product:

- **Working days are the leaders' own.** Weekends, public holidays and the organizer's closed days are
  excepted. Pupils' lov are working days: that is when leaders plan and hold dialogues.
- **A reminder before a date moves back**, never past the date it reminds of: there must be time to do what
  it asks. It moves over at most five ordinary working days; when a longer closure lies in the way it
  waits for the first day after it instead, since a word that comes weeks early is forgotten again.
- **A reminder after a date moves forward:** what it asks about has happened, and nothing is lost by waiting.
- **Calm in v. 25–31.** Nobody is at work to act. What falls there waits for v. 32, or is dropped when its
  date has passed by then: a reminder of what is over only nags.

`closed` is any container of dates, most often `days_within(...)` of the organizer's periods of the kind
``closed``. Days are Stockholm dates. Every move keeps the order: of two reminders, the one planned first is
never sent after the other.
"""

from collections.abc import Container, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from tracker import clock

#: Early enough to be read before the day's first meeting, and never in the night.
SEND_TIME = time(7, 0)

#: From then on everything waits for the next morning: also what a mail server that was away all day left.
LAST_TIME = time(20, 0)

#: ISO weeks without reminders: the end of June and July.
CALM_WEEKS = range(25, 32)

#: How many ordinary working days a reminder may move back over: one working week.
MOST_MOVED_BACK = 5

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Swedish public holidays, with Christmas Eve, New Year's Eve and Midsummer Eve.

    The eves are no public holidays in law (lag 1989:253), but they are counted as such in holiday law
    and collective agreements, and nobody works. Ordinary Sundays are left to the weekend rule.
    """
    days = set(holidays.country_holidays("SE", years=year, include_sundays=False))
    midsummer_eve = next(day for n in range(19, 26) if (day := date(year, 6, n)).weekday() == 4)
    return frozenset(days | {midsummer_eve, date(year, 12, 24), date(year, 12, 31)})


def days_within(ranges: Iterable[tuple[date, date]]) -> frozenset[date]:
    """Every day of some periods (first, last), both ends included."""
    return frozenset(
        first + n * _ONE_DAY for first, last in ranges for n in range((last - first).days + 1)
    )


def is_ordinary_working_day(day: date) -> bool:
    """Whether Sweden works that day: Monday to Friday, and no holiday."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def is_working_day(day: date, closed: Container[date] = frozenset()) -> bool:
    """Whether this organizer's school leaders work that day. Pupils' lov do not count as closed."""
    return is_ordinary_working_day(day) and day not in closed


def is_calm(day: date) -> bool:
    """Whether the day lies in v. 25–31, when no reminder is sent."""
    return day.isocalendar().week in CALM_WEEKS


def may_send_on(day: date, closed: Container[date] = frozenset()) -> bool:
    return is_working_day(day, closed) and not is_calm(day)


def send_day_before(
    target: date, offset_days: int, closed: Container[date] = frozenset()
) -> date | None:
    """The day to send a reminder that is planned `offset_days` days before `target`, or None when it is dropped.

    A planned day that is not a working day moves back to the nearest that is, over at most five ordinary
    working days. When that is not enough, or the calm weeks are reached, it waits for the first day
    afterwards, the target's own morning included. None: that first day comes after the target.
    Raises ValueError for a negative offset.
    """
    planned = target - _offset(offset_days)
    earlier = _moved_back(planned, closed)
    if earlier is not None:
        return earlier
    later = _moved_forward(planned, closed)
    return later if later <= target else None


def send_day_after(target: date, offset_days: int, closed: Container[date] = frozenset()) -> date:
    """The day to send a reminder planned `offset_days` days after `target` (0: on the day itself).

    A day that is not a working day, or lies in the calm weeks, moves forward to the first that will do.
    Raises ValueError for a negative offset.
    """
    return _moved_forward(target + _offset(offset_days), closed)


def send_moment(day: date) -> datetime:
    """07.00 in Stockholm on that day, as aware UTC."""
    return clock.at(day, SEND_TIME)


def last_moment(day: date) -> datetime:
    """When the day's mail must have gone."""
    return clock.at(day, LAST_TIME)


def _offset(days: int) -> timedelta:
    if days < 0:
        raise ValueError("the offset counts days away from the date and is never negative")
    return timedelta(days=days)


def _moved_back(day: date, closed: Container[date]) -> date | None:
    moved_over = 0
    while not is_calm(day):
        if is_working_day(day, closed):
            return day
        moved_over += is_ordinary_working_day(day)
        if moved_over > MOST_MOVED_BACK:
            break
        day -= _ONE_DAY
    return None


def _moved_forward(day: date, closed: Container[date]) -> date:
    while not may_send_on(day, closed):
        day += _ONE_DAY
    return day
