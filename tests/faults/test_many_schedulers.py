"""Four schedulers at once, killed over and over: every reminder exactly once in the ledger, and
nothing that is marked as sent has not arrived."""

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cast import Cast
from tests.faults.scenes import World, world
from tests.faults.schedulers import DAYS_OF_PEACE, days_of
from tests.notifications.mail_server import MailServer, mail_server
from tests.notifications.scenes import decided_measure, place
from tracker.cycle.workdays import send_day_after, send_day_before
from tracker.extensions import db
from tracker.models import MailState, OutgoingMail, Reminder, ReminderKind, ReminderState
from tracker.notifications.kinds.dialogues import BEGUN
from tracker.notifications.planning import LATER_ONE

FIRST_DAY = date(2026, 9, 7)

Key = tuple[ReminderKind, int, int, int, int]


def test_ten_restarts(database_kind: str, tmp_path: Path) -> None:
    _restart(database_kind, tmp_path, restarts=10, seconds=120)


@pytest.mark.soak
def test_a_hundred_restarts(database_kind: str, tmp_path: Path) -> None:
    _restart(database_kind, tmp_path, restarts=100, seconds=1200)


def _restart(kind: str, folder: Path, *, restarts: int, seconds: int) -> None:
    with world(kind, folder) as here, mail_server() as server:
        days = days_of(restarts, FIRST_DAY)
        expected = _prepare(here.cast, days)
        killed = _run(here, server, restarts, seconds)
        assert killed >= restarts  # a quarter of all lives at the least ended in the middle of work
        _check_ledger(expected)
        _check_mails(server, killed, in_peace=days[-2])


def _run(here: World, server: MailServer, restarts: int, seconds: int) -> int:
    program = [sys.executable, "-m", "tests.faults.schedulers", str(restarts), "1", str(FIRST_DAY)]
    done = subprocess.run(
        program,
        **here.process(server.url),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return int(done.stdout)


def _prepare(cast: Cast, days: list[date]) -> set[Key]:
    """Something for everybody every day; gives the keys that the ledger is to have in the end."""
    expected: set[Key] = set()
    leaders = (
        (cast.savkulla, cast.karin),
        (cast.hassel, cast.ali),
        (cast.ringmura, cast.nadia),
        (cast.klockvret, cast.erik),  # vacant: the dialogansvarig
    )
    for number, day in enumerate([*days[:-DAYS_OF_PEACE], days[-2]]):
        for unit, leader in leaders:
            measure = decided_measure(cast, day, f"Åtgärd {number}", unit)
            for days_after in (0, 14):
                if send_day_after(day, days_after) <= days[-1]:
                    expected.add((ReminderKind.EFFECT, measure.id, leader.id, -days_after, 1))
    leads = {cast.ringmura.id: cast.maria}
    for unit, leader in leaders:
        dialogue_day = days[2] + timedelta(days=8)
        dialogue = place(cast, dialogue_day, unit=unit)
        reminders = {(leader.id, offset) for offset in (21, 7, 1)}
        reminders.add((leads.get(unit.id, cast.erik).id, 1))
        for person_id, offset in reminders:
            send_on = send_day_before(dialogue_day, offset)
            if send_on is not None and send_on <= days[-1]:
                expected.add((ReminderKind.DIALOGUE, dialogue.id, person_id, offset, 1))
    db.session.commit()  # what was read above holds SQLite's lock
    return expected


def _check_ledger(expected: set[Key]) -> None:
    rows = db.session.execute(
        sa.select(
            Reminder.kind,
            Reminder.subject_id,
            Reminder.recipient_id,
            Reminder.offset_days,
            Reminder.date_revision,
            Reminder.state,
            Reminder.reason,
        )
    ).all()
    # Whether the dialogues took place is asked in the weeks after them, if any life lasts until that is
    # planned: once, or not at all.
    asked = Counter(row[:5] for row in rows if row.kind is ReminderKind.APPROVAL)
    assert set(asked.values()) <= {1}
    rows = [row for row in rows if row.kind is not ReminderKind.APPROVAL]
    keys = Counter(tuple(row[:5]) for row in rows)
    assert keys == Counter(expected)
    # Sent; or, where every morning until the dialogue was one of killing, noted to be too late.
    ended = {
        tuple(row[:5])
        for row in rows
        if row.state is ReminderState.SENT
        or (row.kind is ReminderKind.DIALOGUE and row.reason == BEGUN)
    }
    for row in rows:
        if tuple(row[:5]) in ended:
            continue
        # Whatever else was not sent gave its place to a later one.
        assert (row.state, row.reason) == (ReminderState.SKIPPED, LATER_ONE), row
        assert any(key[:3] == tuple(row[:3]) and key[3] < row.offset_days for key in ended), (
            f"{row} was lost"
        )
    assert sum(row.state is ReminderState.SENT for row in rows) > len(rows) / 4


def _check_mails(server: MailServer, killed: int, in_peace: date) -> None:
    mails = {
        mail.message_id("127.0.0.1"): mail for mail in db.session.scalars(sa.select(OutgoingMail))
    }
    assert {mail.state for mail in mails.values()} <= {MailState.SENT, MailState.DROPPED}
    arrived = Counter(server.message_ids())
    sent = {name for name, mail in mails.items() if mail.state is MailState.SENT}
    assert set(arrived) == sent
    # A mail goes twice only when a scheduler was killed with it on the way: one copy for each.
    assert arrived.total() - len(arrived) <= killed
    undisturbed = [name for name in sent if mails[name].digest_on == in_peace]
    assert len(undisturbed) >= len({mail.recipient_id for mail in mails.values()}) - 1
    assert [arrived[name] for name in undisturbed] == [1] * len(undisturbed)
    days = {(mail.recipient_id, mail.organizer_id, mail.digest_on) for mail in mails.values()}
    assert len(days) == len(mails)
