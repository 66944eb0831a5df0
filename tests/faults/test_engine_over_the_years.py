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
from tests.notifications.scenes import FakeServer, check_in, decided_measure, place
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


DIALOGUES = [
    date(2026, 11, 9),  # the day before it is a Sunday
    date(2027, 1, 11),  # a week before it all are off
    date(2027, 8, 10),  # three weeks before it lie in the calm ones
    date(2027, 7, 6),  # in the calm weeks itself: what they swallow is dropped
]


@pytest.mark.parametrize("day", DIALOGUES, ids=str)
def test_before_a_dialogue(cast: Cast, server: FakeServer, day: date) -> None:
    _close(cast)
    dialogue = place(cast, day, unit=cast.hassel)
    moved = {offset: ORACLE.before(day, offset) for offset in (21, 7, 1)}
    for hour in _every_day(day - 28 * ONE, day):
        with clock.stopped_at(hour):
            tick()
    rows = db.session.execute(
        sa.select(Reminder.offset_days, Reminder.state, Reminder.settled_at).where(
            Reminder.kind == ReminderKind.DIALOGUE,
            Reminder.subject_id == dialogue.id,
            Reminder.recipient_id == cast.ali.id,
        )
    ).all()
    went = {row.offset_days: row.settled_at for row in rows if row.state is ReminderState.SENT}
    days = {on for on in moved.values() if on is not None}
    nearest = {on: min(offset for offset, at in moved.items() if at == on) for on in days}
    assert went == {offset: _seven(on) for on, offset in nearest.items()}
    left = {row.offset_days: row.state for row in rows if row.offset_days not in went}
    # What found no day has no row while the calm weeks last; what fell on the day of a later one has.
    assert set(left) >= {offset for offset, on in moved.items() if on} - set(went)
    assert set(left.values()) <= {ReminderState.SKIPPED}


def test_a_check_in_after_a_lov(cast: Cast, server: FakeServer) -> None:
    """A fortnight after 20 October, and the seven days of höstlov that do not count."""
    _close(cast)
    check_in(cast, "2026-10-20", cast.hassel)
    due_on = date(2026, 10, 20) + (14 + 7) * ONE
    for hour in _every_day(date(2026, 10, 21), due_on + 7 * ONE):
        with clock.stopped_at(hour):
            tick()
    [row] = db.session.query(Reminder).filter_by(kind=ReminderKind.CHECK_IN)
    assert (row.state, row.settled_at) == (ReminderState.SENT, _seven(ORACLE.first_from(due_on)))


def _close(cast: Cast) -> None:
    db.session.add(
        CalendarPeriod(
            organizer_id=cast.exempelby.id, school_year_id=cast.year.id, kind=PeriodKind.CLOSED,
            name="Stängt", starts_on=CLOSED[0], ends_on=CLOSED[1],
        )
    )  # fmt: skip
    db.session.commit()


def _every_day(first: date, last: date) -> Iterator[datetime]:
    """The hours on both sides of 07:00, summer and winter, and one in the afternoon."""
    for number in range((last - first).days + 1):
        for hour in (4, 5, 6, 13):
            yield datetime.combine(first + number * ONE, time(hour), tzinfo=UTC)


def _watch(cast: Cast, server: FakeServer, event: date) -> None:
    days = [event + n * ONE for n in range(-2, 4)]
    _close(cast)
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
