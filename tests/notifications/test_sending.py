"""The outbox: leases, pauses, mails that wait for days, and what is written anew before it goes."""

from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.notifications.scenes import (
    FakeServer,
    all_prepared,
    decided_measure,
    ledger,
    mails,
    moment,
    place,
    tick_at,
)
from tracker import clock
from tracker.extensions import db
from tracker.models import MailState, OutgoingMail
from tracker.notifications.leasing import LEASE, PAUSES
from tracker.notifications.passes import tick


def test_without_a_server_the_mail_waits(cast: Cast) -> None:
    place(cast, "2026-10-06")
    result = tick_at("2026-09-15")
    assert (result.planned, result.sent, result.failed) == (1, 0, 0)
    assert [mail.state for mail in mails()] == [MailState.QUEUED]


def test_days_without_a_server_end_in_one_mail(cast: Cast, request: pytest.FixtureRequest) -> None:
    place(cast, "2026-10-06")
    decided_measure(cast, "2026-09-21", unit=cast.hassel)
    for day in ("2026-09-15", "2026-09-21", "2026-09-29"):
        tick_at(day)
    assert [mail.digest_on.isoformat() for mail in mails(to=cast.karin)] == ["2026-09-29"]
    server = request.getfixturevalue("server")
    assert tick_at("2026-10-01").sent == 2
    assert server.subjects(cast.karin) == [
        ("2026-10-01", "Kvalitetsdialog 6 oktober: tre saker kvar för dig")
    ]
    assert ledger(of=cast.karin) == [
        ("Karin", 21, 1, "skipped", "En senare påminnelse gick i stället"),
        ("Karin", 7, 1, "sent", ""),
    ]


def test_a_mail_of_yesterday_counts_for_the_day_it_is_sent(cast: Cast, server: FakeServer) -> None:
    """Monday's mail could not be sent before Tuesday: Tuesday has no second one."""
    decided_measure(cast, "2026-09-14", "Måndagens")
    server.not_now = [cast.karin.email]
    tick_at("2026-09-14")
    server.not_now = []
    assert tick_at("2026-09-15").sent == 1
    decided_measure(cast, "2026-09-15", "Tisdagens")
    assert tick_at("2026-09-15", "07:30").sent == 0
    tick_at("2026-09-16")
    assert server.subjects(cast.karin) == [
        ("2026-09-15", "Dags att bedöma effekten av Måndagens"),
        ("2026-09-16", "Dags att bedöma effekten av Tisdagens"),
    ]


def test_what_waits_over_the_weekend(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2026-09-11")
    server.not_now = [cast.karin.email]
    tick_at("2026-09-11", "16:00")
    server.not_now = []
    assert tick_at("2026-09-12").sent == 0
    [mail] = mails()
    assert mail.next_try_at == moment("2026-09-14")
    assert tick_at("2026-09-13", "23:00").sent == 0
    assert tick_at("2026-09-14").sent == 1


def test_done_meanwhile_is_not_sent(cast: Cast, request: pytest.FixtureRequest) -> None:
    dialogue = place(cast, "2026-10-06")
    tick_at("2026-09-15")
    all_prepared(cast, dialogue)
    request.getfixturevalue("server")
    assert tick_at("2026-09-15", "09:00").sent == 0
    assert ledger() == [("Karin", 21, 1, "skipped", "Inget kvar att göra")]
    assert [mail.state for mail in mails()] == [MailState.DROPPED]


def test_half_done_meanwhile_is_written_anew(cast: Cast, request: pytest.FixtureRequest) -> None:
    dialogue = place(cast, "2026-10-06")
    tick_at("2026-09-15")
    assert mails()[0].subject == "Kvalitetsdialog 6 oktober: tre saker kvar för dig"
    with clock.stopped_at(moment("2026-09-15", "08:00")):
        dialogue.choose_topic("Läsning", "", None, by=cast.karin)
    cast.karin.email = "karin.holm@exempelby.example"
    db.session.commit()
    server = request.getfixturevalue("server")
    assert tick_at("2026-09-15", "09:00").sent == 1
    assert server.subjects(cast.karin) == [
        ("2026-09-15", "Kvalitetsdialog 6 oktober: två saker kvar för dig")
    ]
    assert "Området är valt: Läsning" in mails()[0].text


def test_a_dropped_mail_leaves_room_for_another_the_same_day(
    cast: Cast, request: pytest.FixtureRequest
) -> None:
    dialogue = place(cast, "2026-10-06")
    tick_at("2026-09-15")
    with clock.stopped_at(moment("2026-09-15", "08:00")):
        dialogue.cancel("Sjukdom", by=cast.erik)
    db.session.commit()
    tick_at("2026-09-15", "08:01")
    assert [mail.state for mail in mails()] == [MailState.DROPPED]
    decided_measure(cast, "2026-09-15")
    request.getfixturevalue("server")
    assert tick_at("2026-09-15", "08:02").sent == 1
    assert [mail.state for mail in mails()] == [MailState.SENT]


def test_the_pauses_grow_until_it_has_failed(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06", set_at=moment("2026-08-01"))
    decided_measure(cast, "2026-09-15")
    server.not_now = [cast.karin.email]
    at = moment("2026-09-15")
    waits = []
    for _ in range(2 * len(PAUSES) + 1):
        with clock.stopped_at(at):
            result = tick()
        [mail] = mails(to=cast.karin)
        if mail.state is not MailState.QUEUED:
            break
        if mail.attempts > len(waits):
            waits.append(mail.next_try_at - at)
        at = mail.next_try_at.astimezone(clock.STOCKHOLM)
    assert waits == sorted(waits)
    assert waits[:4] == list(PAUSES[:4])
    assert (mail.state, result.failed) == (MailState.FAILED, 1)
    assert mail.last_error == "Mejlservern tar inte emot mejlet just nu: 451 Try later"
    assert {row[3:] for row in ledger(of=cast.karin)} >= {("failed", "Mejlet kunde inte skickas")}


def test_one_broken_row_delays_no_other(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    cast.karin.email = "karin holm\nBcc: alla@exempelby.example"
    db.session.commit()
    result = tick_at("2026-10-05")
    assert (result.sent, result.failed) == (1, 1)
    assert mails(to=cast.karin)[0].last_error == "Adressen går inte att använda"


def test_what_nobody_foresaw_is_tried_again(
    cast: Cast, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(cast, "2026-10-06")
    send = FakeServer.send

    def stumble(self: FakeServer, message: object) -> None:
        if "karin" in str(message["To"]):  # type: ignore[index]
            raise RuntimeError("något oväntat om Karin")
        send(self, message)

    monkeypatch.setattr(FakeServer, "send", stumble)
    assert tick_at("2026-10-05").sent == 1
    [mail] = mails(to=cast.karin)
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 1)
    assert mail.last_error == "Oväntat fel: RuntimeError"  # what it said may hold what people wrote


def test_a_leased_mail_is_nobody_elses(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    server.not_now = [cast.karin.email]
    tick_at("2026-09-15")
    server.not_now = []
    at = moment("2026-09-15", "07:30")
    with clock.stopped_at(at):
        [mail_id] = OutgoingMail.claim("another sender")
        assert tick().sent == 0
    with clock.stopped_at(at + LEASE):
        assert tick().sent == 0
    with clock.stopped_at(at + LEASE + timedelta(seconds=1)):
        assert tick().sent == 1
        # The first sender comes to itself: its mark no longer counts.
        assert OutgoingMail.held(mail_id, "another sender") is None


def test_nothing_joins_a_mail_that_is_on_its_way(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    server.not_now = [cast.karin.email]
    tick_at("2026-09-15")
    with clock.stopped_at(moment("2026-09-15", "07:30")):
        OutgoingMail.claim("another sender")
    decided_measure(cast, "2026-09-15")
    assert tick_at("2026-09-15", "07:31").planned == 0
    server.not_now = []
    assert tick_at("2026-09-15", "07:45").sent == 1
    tick_at("2026-09-16")
    assert len(server.subjects(cast.karin)) == 2


def test_asked_to_end_it_begins_no_other_mail(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    with clock.stopped_at(moment("2026-10-05")):
        result = tick(stopping=lambda: bool(server.taken))
    assert result.sent == 1
    assert tick_at("2026-10-05", "07:01").sent == 1


def test_what_waits_in_the_evening_goes_in_the_morning(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2026-09-15")
    assert tick_at("2026-09-15", "20:00").sent == 0
    decided_measure(cast, "2026-09-14", "Måndagens", unit=cast.hassel)
    server.not_now = [cast.ali.email]
    tick_at("2026-09-15", "19:59")
    server.not_now = []
    assert tick_at("2026-09-15", "23:50").sent == 0
    assert tick_at("2026-09-16", "06:59").sent == 0
    assert tick_at("2026-09-16").sent == 1
