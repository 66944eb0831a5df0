"""A whole läsår, day by day: dialogues for everybody, effects all the year round, dates that move."""

from collections import Counter
from datetime import date, timedelta

from tests.cast import Cast
from tests.notifications.scenes import FakeServer, decided_measure, moment, place, tick_at
from tracker import clock
from tracker.cycle.workdays import is_calm, is_ordinary_working_day
from tracker.extensions import db
from tracker.models import Reminder, ReminderKind, ReminderState

FIRST, LAST = date(2026, 8, 17), date(2027, 8, 31)


def test_no_more_than_one_mail_a_person_and_day(cast: Cast, server: FakeServer) -> None:
    for number, days in ((1, ("2026-09-15", "2026-09-15", "2026-10-07", "2026-09-29")),
                         (2, ("2027-05-04", "2027-04-28", "2027-05-05", "2027-05-25"))):  # fmt: skip
        units = (cast.savkulla, cast.hassel, cast.klockvret, cast.ringmura)
        for unit, day in zip(units, days, strict=True):
            place(cast, day, unit=unit, number=number, set_at=moment(FIRST))
    for number in range(24):
        unit = (cast.savkulla, cast.hassel, cast.klockvret)[number % 3]
        decided_measure(cast, FIRST + timedelta(days=15 * number), f"Åtgärd {number}", unit)
    day = FIRST
    while day <= LAST:
        tick_at(day)
        if day.weekday() == 2:
            tick_at(day, "15:00")
        if day == date(2026, 9, 16):
            _move(cast, "2026-10-13", day)
        if day == date(2026, 9, 30):
            _move(cast, "2026-10-07", day)
        day += timedelta(days=1)

    sent = Counter((when, str(message["To"])) for when, message in server.taken)
    assert max(sent.values()) == 1
    assert len(sent) > 40
    for when, _ in sent:
        assert is_ordinary_working_day(when), when
        assert not is_calm(when), when
    left = db.session.query(Reminder).filter(Reminder.state == ReminderState.PLANNED).count()
    assert left == 0
    asked_for = db.session.query(Reminder.subject_id).filter(
        Reminder.kind == ReminderKind.EFFECT, Reminder.state == ReminderState.SENT
    )
    assert asked_for.distinct().count() == 24  # each effect by one mail at the least


def _move(cast: Cast, day: str, on: date) -> None:
    place(cast, day, unit=cast.klockvret, reason="Krock", set_at=clock.at(on, clock.time(10)))
