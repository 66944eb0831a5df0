"""When a unit is next to check in: pure functions of dates.

Days of lov are not counted, for units that are closed then; the calm summer weeks (v. 25–31) are counted
for nobody. So an interval of 14 days keeps its weekday over a lov of a week, and nobody is asked in July.
Each läsår begins anew: until the first check-in of it is held, the days are counted from the first day of
the autumn term, whatever was agreed in June.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tracker.cycle.workdays import is_calm
from tracker.models import SchoolForm

OPEN_DURING_LOV = (SchoolForm.PRESCHOOL, SchoolForm.AFTER_SCHOOL)
"""A unit with any of these has its people at work during lov, and counts those days too."""

MOST_DAYS = 90
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def next_due(last_on: date, days: int, lov: frozenset[date] = frozenset()) -> date | None:
    """The day on which `days` counted days have passed since `last_on`; always a counted day itself.

    `lov` are the days that are not counted, beside those of v. 25–31. None when `days` is 0: no
    check-ins are held. Raises ValueError for a negative number of days, or more than `MOST_DAYS`.
    """
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(f"an interval is 0 to {MOST_DAYS} days, not {days}")
    if days == 0:
        return None
    day, counted = last_on, 0
    while counted < days:
        day += _ONE_DAY
        counted += counts(day, lov)
    return day


def counts(day: date, lov: Container[date] = frozenset()) -> bool:
    """Whether the day is counted in an interval."""
    return day not in lov and not is_calm(day)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What decides when check-ins are due in one läsår of an organizer."""

    year_begins: date
    term_begins: date | None
    """First day of the autumn term; None: the läsår has no terms, and nothing is due by itself."""
    lov: frozenset[date]

    def due_on(
        self,
        days: int,
        *,
        last_on: date | None,
        next_on: date | None,
        opened_on: date,
        open_during_lov: bool,
    ) -> date | None:
        """The day a unit is to check in, or None when it holds no check-ins.

        `last_on`: when it last did, `next_on`: what people agreed on then. A check-in of an earlier
        läsår counts for nothing. `opened_on`: a unit that begins later counts from then.
        """
        if days == 0:
            return None
        lov: frozenset[date] = frozenset() if open_during_lov else self.lov
        if last_on is not None and last_on >= self.year_begins:
            return next_on or next_due(last_on, days, lov)
        if self.term_begins is None:
            return None
        return next_due(max(self.term_begins, opened_on), days, lov)
