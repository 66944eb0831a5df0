"""The engine around the nights when the clocks change, the turns of the year, a lov and the calm weeks,
hour by hour: each reminder once, at the first 07:00 that the oracle of the date rules allows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cast import Cast
from tests.cycle.test_every_hour import ONE, Oracle, summer_time
from tests.notifications.scenes import FakeServer, decided_measure
from tracker import clock
from tracker.config import SmtpServer
from tracker.cycle.calendar import PeriodKind
from tracker.cycle.workdays import days_within
from tracker.extensions import db
from tracker.models import CalendarPeriod, Reminder, ReminderKind, ReminderState
from tracker.notifications.passes import tick

CLOSED = (date(2026, 12, 28), date(2027, 1, 8))
"""A closure of the organizer over a turn of the year, with v. 53 and v. 1 in it."""
ORACLE = Oracle(days_within([CLOSED]))


def events(years: range) -> list[date]:
    """The days around which the engine is watched."""
    changes = [change.date() for year in years for change in summer_time(year)]
    turns = [date(year, 12, 31) for year in years]
    weeks = [date.fromisocalendar(year, week, 1) for year in years for week in (8, 25, 32, 44)]
    return sorted(changes + turns + weeks)


FEW = events(range(2026, 2028))


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    fake = FakeServer()
    smtp = SmtpServer.parse("smtp://127.0.0.1:2525")
    monkeypatch.setitem(app.config, "VARVET", replace(app.config["VARVET"], smtp=smtp))
    monkeypatch.setattr("tracker.notifications.sending.Postbox", lambda *_: fake)
    return fake


@pytest.mark.parametrize("event", FEW, ids=str)
def test_around(cast: Cast, server: FakeServer, event: date) -> None:
    _watch(cast, server, event)


@pytest.mark.soak
@pytest.mark.parametrize(
    "event", [day for day in events(range(2025, 2041)) if day not in FEW], ids=str
)
def test_around_every(cast: Cast, server: FakeServer, event: date) -> None:
    _watch(cast, server, event)


def _watch(cast: Cast, server: FakeServer, event: date) -> None:
    days = [event + n * ONE for n in range(-2, 4)]
    db.session.add(
        CalendarPeriod(
            organizer_id=cast.exempelby.id, school_year_id=cast.year.id, kind=PeriodKind.CLOSED,
            name="Stängt", starts_on=CLOSED[0], ends_on=CLOSED[1],
        )
    )  # fmt: skip
    expected = {}
    for day in days:
        measure = decided_measure(cast, day, f"Åtgärd {day}")
        expected[measure.id] = _seven(ORACLE.first_from(day))
    for hour in _hours(event, max(expected.values()).date() + ONE):
        with clock.stopped_at(hour):
            tick()
    rows = db.session.execute(
        sa.select(
            Reminder.subject_id, Reminder.offset_days, Reminder.state, Reminder.settled_at
        ).where(Reminder.kind == ReminderKind.EFFECT, Reminder.subject_id.in_(expected))
    ).all()
    first = [(row.subject_id, row.settled_at) for row in rows if row.offset_days == 0]
    assert sorted(first) == sorted(expected.items())
    # After the calm weeks the one for two weeks later is due on the same morning, and goes instead.
    sent = Counter(
        row.subject_id
        for row in rows
        if row.state is ReminderState.SENT and row.settled_at == expected[row.subject_id]
    )
    assert sent == dict.fromkeys(expected, 1)
    gone = Counter((day, str(message["To"])) for day, message in server.taken)
    assert max(gone.values()) == 1
    to_karin = {day for day, name in gone if cast.karin.email in name}
    assert to_karin >= {clock.local(moment).date() for moment in expected.values()}


def _seven(day: date) -> datetime:
    """07:00 in Stockholm, by the rule for summer time."""
    begins, ends = summer_time(day.year)
    summer = begins.date() <= day < ends.date()
    return datetime.combine(day, time(5 if summer else 6), tzinfo=UTC)


def _hours(event: date, last: date) -> Iterator[datetime]:
    """Every hour of the night and the morning around the event; of the other days those that count."""
    day = event - 2 * ONE
    while day <= last:
        near = abs(day - event) <= ONE
        quiet = day > event + 8 * ONE and day < last - 3 * ONE
        for hour in range(9) if near else () if quiet else (5, 6, 13):
            yield datetime.combine(day, time(hour), tzinfo=UTC)
        day += timedelta(days=1)
