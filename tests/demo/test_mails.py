"""The mails of the demo's past: there when none could have been made today, sent to nobody."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.notifications.scenes import FakeServer
from tracker import clock
from tracker.config import SmtpServer
from tracker.demo.load import load
from tracker.extensions import db
from tracker.models import MailState, OutgoingMail, Reminder, ReminderState
from tracker.notifications.passes import tick


def loaded(at):
    moment = clock.parse(at)
    with clock.stopped_at(moment):
        load(moment)
        db.session.commit()
    return db.session.scalars(sa.select(OutgoingMail)).all()


@pytest.mark.parametrize(
    ("at", "last"),
    [
        ("2026-11-21T12:00", "2026-11-20"),  # a Saturday
        ("2026-11-20T06:59", "2026-11-19"),
        ("2026-12-25T10:00", "2026-12-23"),
        ("2026-07-04T10:00", "2026-06-12"),  # the calm weeks
    ],
)
def test_those_of_the_last_day_with_mails(empty_database, at, last):
    mails = loaded(at)

    assert len(mails) >= 3
    assert {mail.state for mail in mails} == {MailState.SENT}
    sent_at = clock.parse(f"{last}T07:00")
    assert {(mail.created_at, mail.sent_at) for mail in mails} == {(sent_at, sent_at)}
    assert {"rektor@exempelby.example", "rektor@granby.example"} <= {m.to_address for m in mails}
    sent = db.session.scalars(sa.select(Reminder).where(Reminder.state == ReminderState.SENT)).all()
    assert {row.mail_id for row in sent} == {mail.id for mail in mails}
    assert not db.session.scalar(
        sa.select(sa.func.count()).where(Reminder.state == ReminderState.PLANNED)
    )


def test_where_mails_may_go_they_are_left_to_the_scheduler(empty_database):
    assert loaded("2026-11-20T07:00") == []
    with clock.stopped_at(clock.parse("2026-11-20T07:01")):
        assert tick().planned >= 3


def test_none_of_them_is_ever_sent(empty_database, monkeypatch):
    server = FakeServer()
    monkeypatch.setattr("tracker.notifications.sending.Postbox", lambda *_: server)
    smtp = SmtpServer.parse("smtp://127.0.0.1:2525")
    configured = replace(empty_database.config["VARVET"], smtp=smtp)
    monkeypatch.setitem(empty_database.config, "VARVET", configured)

    past = {mail.id for mail in loaded("2026-11-21T12:00")}
    for moment in ("2026-11-21T12:01", "2026-11-23T07:00", "2026-11-24T07:00", "2026-12-01T07:00"):
        with clock.stopped_at(clock.parse(moment)):
            tick()

    assert past
    told = {str(message["Message-ID"]) for _, message in server.taken}
    assert told
    assert not told & {f"<varvet-{number}@127.0.0.1>" for number in past}
