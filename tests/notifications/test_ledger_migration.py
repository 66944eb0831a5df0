"""What the ledger always holds, from the day the database demands it; and what old calendar mails told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.cast import Cast
from tests.conftest import make_settings, new_database
from tests.notifications.scenes import moment
from tests.notifications.test_rules_migration import run
from tracker import create_app
from tracker.calendars.ics import Told, cancellation
from tracker.extensions import db
from tracker.models import MailKind, MailState, OutgoingMail, Reminder, ReminderKind, ReminderState

NOW = "2026-11-20 08:00:00+00:00"
LATER = "2026-11-20 09:00:00+00:00"


@pytest.fixture
def before(database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    """A database as it was before, with rows that say two things."""
    with new_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            upgrade(revision="0017")
            run(
                "INSERT INTO organizer (id, name, created_at, version, support_follow_up_days)"
                f" VALUES (1, 'Exempelby', '{NOW}', 1, 90)"
                if "support_follow_up_days" in columns("organizer")
                else "INSERT INTO organizer (id, name, created_at, version)"
                f" VALUES (1, 'Exempelby', '{NOW}', 1)"
            )
            run(
                "INSERT INTO user_account (id, email, name, sort_key, created_at, mail_rhythm)"
                f" VALUES (1, 'a@b.example', 'Ann', 'ann', '{NOW}', 'daily')"
            )
            yield app
            db.session.remove()
            db.engine.dispose()


def columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(db.engine).get_columns(table)}


def add_mail(key: int, state: str, **more: str | None) -> None:
    values = {
        "id": key, "organizer_id": 1, "recipient_id": 1, "kind": "again", "to_address": "a@b.example",
        "to_name": "Ann", "subject": "Ämne", "text": "", "html": "", "state": state,
        "created_at": NOW, "next_try_at": LATER, "attempts": 0, "last_error": "", **more,
    }  # fmt: skip
    db.session.execute(
        sa.text(
            f"INSERT INTO outgoing_mail ({', '.join(values)})"
            f" VALUES ({', '.join(f':{name}' for name in values)})"
        ),
        values,
    )
    db.session.commit()


def test_rows_that_say_two_things_are_mended(before: Flask) -> None:
    add_mail(1, "sent")
    add_mail(2, "queued", sent_at=NOW)
    add_mail(3, "queued", lease="x")
    add_mail(4, "queued", leased_until=NOW)
    add_mail(5, "queued", lease="x", leased_until=NOW)
    for key, state, settled in (
        (1, "planned", f"'{NOW}'"),
        (2, "sent", "NULL"),
        (3, "skipped", f"'{LATER}'"),
    ):
        run(
            "INSERT INTO reminder (id, kind, subject_id, recipient_id, offset_days, date_revision,"
            " due_on, state, reason, created_at, settled_at, organizer_id, again) VALUES"
            f" ({key}, 'dialogue', 1, 1, {key}, 1, '2026-11-20', '{state}', '', '{NOW}', {settled},"
            " 1, 0)"
        )
    db.session.remove()
    upgrade()
    mails = {
        row.id: (row.state.value, row.sent_at and row.sent_at.hour, row.lease, bool(row.leased_until))
        for row in db.session.scalars(sa.select(OutgoingMail))
    }  # fmt: skip
    assert mails == {
        1: ("sent", 9, None, False),
        2: ("queued", None, None, False),
        3: ("queued", None, None, False),
        4: ("queued", None, None, False),
        5: ("queued", None, "x", True),
    }
    settled = {
        row.id: (row.state.value, row.settled_at and row.settled_at.hour)
        for row in db.session.scalars(sa.select(Reminder))
    }
    assert settled == {1: ("planned", None), 2: ("sent", 8), 3: ("skipped", 9)}
    db.session.remove()
    downgrade(revision="0017")
    assert len(run("SELECT id FROM reminder")) == 3
    assert len(run("SELECT id FROM outgoing_mail")) == 5


def test_what_old_calendar_mails_told(before: Flask) -> None:
    """Out of their objects; which dialogue it was, out of the calendars' entries."""
    start = moment("2026-12-08", "13:00")
    with before.test_request_context():
        for key, sequence, subject in (
            (1, 0, "Dialog 1: Ekskolan, tisdag"),
            (2, 1, "Flyttad: Dialog 1: Ekskolan, onsdag"),
            (3, 2, "Inställd: Dialog 1: Ekskolan, onsdag"),
            (4, 0, "Dialog 2: ingen vet vilken"),
        ):
            told = Told("okänd" if key == 4 else "dialog-7@varvet.example", sequence, start)
            when = start + timedelta(days=min(sequence, 1))
            calendar = cancellation(
                told, "Ä" * 90, when, when + timedelta(hours=1), "a@b.example", "Ann"
            )
            add_mail(key, "sent", kind="calendar", calendar=calendar, subject=subject, sent_at=NOW)
    run(
        "INSERT INTO calendar_entry (id, organizer_id, dialogue_id, recipient_id, uid, sequence,"
        " fingerprint, title, starts_at, ends_at, cancelled, reached, mail_id, told_at) VALUES"
        f" (1, 1, 7, 1, 'dialog-7@varvet.example', 2, '{'0' * 64}', 'Dialog 1', '{NOW}', '{LATER}',"
        f" true, true, 3, '{NOW}')"
    )
    db.session.remove()
    upgrade()
    found = run(
        "SELECT mail_id, dialogue_id, news, sequence, starts_at FROM calendar_notice ORDER BY mail_id"
    )
    assert [tuple(row)[:4] for row in found] == [
        (1, 7, "invited", 0),
        (2, 7, "moved", 1),
        (3, 7, "cancelled", 2),
    ]
    assert [str(row.starts_at)[:16] for row in found] == [
        "2026-12-08 12:00",
        "2026-12-09 12:00",
        "2026-12-09 12:00",
    ]
    db.session.remove()
    downgrade(revision="0017")
    assert len(run("SELECT id FROM outgoing_mail")) == 4


def a_mail(cast: Cast, **fields: object) -> OutgoingMail:
    return OutgoingMail(
        organizer_id=cast.exempelby.id, recipient_id=cast.karin.id, kind=MailKind.AGAIN,
        to_address="a@b.example", to_name="Ann", subject="", text="", html="", **fields,
    )  # fmt: skip


def a_reminder(cast: Cast, **fields: object) -> Reminder:
    return Reminder(
        organizer_id=cast.exempelby.id, kind=ReminderKind.DIALOGUE, subject_id=1,
        recipient_id=cast.karin.id, offset_days=7, date_revision=1,
        due_on=moment("2026-11-20").date(), **fields,
    )  # fmt: skip


AT = moment("2026-11-20")


@pytest.mark.parametrize(
    ("make", "fields", "refused_by"),
    [
        (a_mail, {"state": MailState.SENT}, "sent_at_a_moment"),
        (a_mail, {"state": MailState.FAILED, "sent_at": AT}, "sent_at_a_moment"),
        (a_mail, {"lease": "x"}, "lease_has_an_end"),
        (a_mail, {"leased_until": AT}, "lease_has_an_end"),
        (a_mail, {"lease": "x", "leased_until": AT}, None),
        (a_reminder, {"state": ReminderState.PLANNED, "settled_at": AT}, "planned_or_settled"),
        (a_reminder, {"state": ReminderState.SKIPPED}, "planned_or_settled"),
        (a_reminder, {"state": ReminderState.SENT, "settled_at": AT}, None),
    ],
)
def test_the_database_refuses_two_answers(
    cast: Cast, make: object, fields: dict[str, object], refused_by: str | None
) -> None:
    db.session.add(make(cast, **fields))  # type: ignore[operator]
    if refused_by is None:
        db.session.flush()
        return
    with pytest.raises(sa.exc.IntegrityError, match=refused_by):
        db.session.flush()
    db.session.rollback()
