"""When an organizer's reminders may go: 07:00–20:00 on its leaders' working days, outside the calm weeks."""

from datetime import date, datetime, timedelta

from tracker.clock import now, today
from tracker.cycle.workdays import days_within, last_moment, may_send_on, send_moment
from tracker.models import CalendarPeriod


def closed_days(organizer_id: int) -> frozenset[date]:
    return days_within(CalendarPeriod.closed_days(organizer_id))


def sends_now(organizer_id: int) -> bool:
    """Whether it is between 07:00 and 20:00 in Stockholm on a day with mail; asks the database only
    then."""
    in_the_day = send_moment(today()) <= now() < last_moment(today())
    return in_the_day and may_send_on(today(), closed_days(organizer_id))


def next_send_moment(organizer_id: int, *, after_today: bool = False) -> datetime:
    """07:00 on the first day with mail from now on."""
    closed = closed_days(organizer_id)
    day = today()
    if after_today or now() >= send_moment(day):
        day += timedelta(days=1)
    while not may_send_on(day, closed):
        day += timedelta(days=1)
    return send_moment(day)
