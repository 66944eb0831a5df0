"""What a mail server can do wrong, and how each mail ends: sent, or visibly failed with the reason; and
the mail to somebody else goes in the same pass, where there is a server at all."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests.cast import Cast
from tests.faults.scripted_server import (
    Behaviour,
    Misdeed,
    ScriptedServer,
    scripted_server,
    well_behaved,
)
from tests.notifications.mail_server import certificate, mail_server
from tests.notifications.scenes import decided_measure, ledger, mails, moment, place, tick_at
from tracker import clock
from tracker.config import SmtpServer
from tracker.cycle.workdays import send_moment
from tracker.models import MailState, OutgoingMail
from tracker.notifications import smtp
from tracker.notifications.leasing import LEASE, PAUSES
from tracker.notifications.passes import Pass, tick
from tracker.notifications.sending import FRESH, STRIKES
from tracker.notifications.smtp import Patience

KARIN, ALI = "karin@exempelby.example", "ali@exempelby.example"
MONDAY = "2026-09-14"
Use = Callable[[str], None]


@pytest.fixture
def use(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Use:
    """`use(url)` is the setting SMTP_URL; the server has less than a second for everything."""
    monkeypatch.setattr(smtp, "PATIENCE", Patience(answer=1.0, mail=2.0))

    def set_url(url: str) -> None:
        configured = replace(app.config["VARVET"], smtp=SmtpServer.parse(url))
        monkeypatch.setitem(app.config, "VARVET", configured)

    return set_url


@pytest.fixture
def due(cast: Cast) -> None:
    """A mail to Karin and, after it, one to Ali."""
    decided_measure(cast, MONDAY)
    decided_measure(cast, MONDAY, unit=cast.hassel)


def at(stage: str, behaviour: Behaviour, whom: str = KARIN) -> Callable[[str, str], Behaviour]:
    return lambda reached, recipient: behaviour if (reached, recipient) == (stage, whom) else None


def mail_to(cast: Cast) -> OutgoingMail:
    [mail] = mails(to=cast.karin)
    return mail


def until_the_end(server: ScriptedServer) -> datetime:
    """Pass after pass, as often as there is something to do, until nothing waits; gives when."""
    now = moment(MONDAY, "07:01")
    for _ in range(200):
        waiting = [mail for mail in mails() if mail.state is MailState.QUEUED]
        if not waiting:
            return now
        now = max(now, min(mail.next_try_at for mail in waiting))
        with clock.stopped_at(now):
            tick()
    raise AssertionError("some mail comes to no end")


FOR_A_WHILE = {
    "421 in the middle": ("RCPT", b"421 4.3.2 closing\r\n", "421 4.3.2 closing"),
    "421 after the body": ("body", b"421 4.3.2 closing\r\n", "421 4.3.2 closing"),
    "450 greylisted": ("RCPT", b"450 4.2.0 greylisted\r\n", "450 4.2.0 greylisted"),
    "451 at DATA": ("DATA", b"451 4.3.0 local error\r\n", "451 4.3.0 local error"),
    "451 after the body": ("body", b"451 4.3.0 local error\r\n", "451 4.3.0 local error"),
    "452 too many recipients": ("RCPT", b"452 4.5.3 too many\r\n", "452 4.5.3 too many"),
    "452 full": ("body", b"452 4.2.2 mailbox full\r\n", "452 4.2.2 mailbox full"),
    "550 by policy": ("RCPT", b"550 5.7.1 relay denied\r\n", "550 5.7.1 relay denied"),
    "hangs at RCPT": ("RCPT", Misdeed.HANG, "den svarade inte i tid"),
    "hangs after the body": ("body", Misdeed.HANG, "den svarade inte i tid"),
    "drips": ("body", Misdeed.DRIP, "den svarade inte i tid"),
    "drops at RCPT": ("RCPT", Misdeed.DROP, "förbindelsen bröts"),
    "drops at DATA": ("DATA", Misdeed.DROP, "förbindelsen bröts"),
    "drops after the body": ("body", Misdeed.DROP, "förbindelsen bröts"),
    "malformed": ("RCPT", b"hello there\r\n", "-1 o there"),
    "half a code": ("DATA", b"35\r\n", "35"),
    "a line without end": ("RCPT", b"250 " + b"x" * 9000, "500 Line too long."),
    "a code that is none": ("body", b"999 what\r\n", "999 what"),
    "bytes that are no text": ("RCPT", b"450 \x00\xff\x1b[2J no\r\n", "450 \N{REPLACEMENT CHARACTER} [2J no"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FOR_A_WHILE)
def test_what_passes(cast: Cast, due: None, use: Use, fault: str) -> None:
    """It costs the mail an attempt and a pause, is told, and delays nobody else; then it is sent."""
    stage, behaviour, said = FOR_A_WHILE[fault]
    with scripted_server(at(stage, behaviour)) as server:
        use(server.url)
        assert tick_at(MONDAY).sent == 1
        assert [recipient for recipient, _ in server.taken] == [ALI]
        mail = mail_to(cast)
        assert (mail.state, mail.attempts, mail.lease) == (MailState.QUEUED, 1, None)
        assert mail.next_try_at == moment(MONDAY, "07:01")
        assert mail.last_error.startswith("Mejlservern ")
        assert said in mail.last_error
        assert mail.last_error.isprintable()
        server.script = well_behaved
        assert tick_at(MONDAY).sent == 0
        assert tick_at(MONDAY, "07:01").sent == 1
        assert copies(server.taken) == {KARIN: 1, ALI: 1}
    assert (mail_to(cast).state, mail_to(cast).last_error) == (MailState.SENT, "")


@pytest.mark.parametrize(
    "fault", ["421 in the middle", "450 greylisted", "drops at DATA", "550 by policy", "drips"]
)
def test_what_does_not_pass(
    cast: Cast, due: None, use: Use, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Tried with growing pauses for more than four days, and then visibly failed."""
    monkeypatch.setattr(smtp, "PATIENCE", Patience(answer=0.1, mail=0.1))
    stage, behaviour, said = FOR_A_WHILE[fault]
    with scripted_server(at(stage, behaviour)) as server:
        use(server.url)
        tick_at(MONDAY)
        ended = until_the_end(server)
        assert copies(server.taken) == {ALI: 1}
    assert ended - moment(MONDAY) > timedelta(days=4)
    mail = mail_to(cast)
    assert (mail.state, mail.attempts) == (MailState.FAILED, len(PAUSES))
    assert said in mail.last_error
    assert mail.next_try_at == ended
    assert [row[4] for row in ledger(of=cast.karin)] == ["Mejlet kunde inte skickas"]


FOR_GOOD = {
    "550 unknown": ("RCPT", b"550 5.1.1 no such user\r\n"),
    "550 without a status": ("RCPT", b"550 nobody\r\n"),
    "553 bad address": ("RCPT", b"553 5.1.3 bad syntax\r\n"),
    "several lines": ("RCPT", b"550-5.1.1 no such\r\n550 5.1.1 user\r\n"),
    "552 too large": ("body", b"552 5.3.4 too big\r\n"),
    "554 content": ("body", b"554 5.6.0 bad content\r\n"),
    "554 at DATA": ("DATA", b"554 5.5.1 no valid recipients\r\n"),
}


@pytest.mark.parametrize("fault", FOR_GOOD)
def test_what_is_final(cast: Cast, due: None, use: Use, fault: str) -> None:
    stage, answer = FOR_GOOD[fault]
    with scripted_server(at(stage, answer)) as server:
        use(server.url)
        result = tick_at(MONDAY)
        assert (result.sent, result.failed) == (1, 1)
        assert copies(server.taken) == {ALI: 1}
        assert server.connections == 1
    mail = mail_to(cast)
    assert mail.state is MailState.FAILED
    assert mail.last_error.startswith(f"Mejlservern tar inte emot mejlet: {answer[:3].decode()} ")
    assert mail.next_try_at == moment(MONDAY)


AWAY = {
    "421 at the greeting": (at("greeting", b"421 4.3.2 not now\r\n", ""), "421 4.3.2 not now"),
    "554 at the greeting": (at("greeting", b"554 no service\r\n", ""), "554 no service"),
    "hangs at the greeting": (at("greeting", Misdeed.HANG, ""), "den svarade inte i tid"),
    "drips at the greeting": (at("greeting", Misdeed.DRIP, ""), "den svarade inte i tid"),
    "drops at the greeting": (at("greeting", Misdeed.DROP, ""), "förbindelsen bröts"),
    "a greeting that is none": (at("greeting", b"hej\r\n", ""), "-1"),
    "drops at EHLO": (at("EHLO", Misdeed.DROP, ""), "förbindelsen bröts"),
    "drips at EHLO": (at("EHLO", Misdeed.DRIP, ""), "den svarade inte i tid"),
    "550 to the sender": (
        at("MAIL", b"550 5.1.8 bad sender\r\n", ""),
        "varvet@varvet.example: 550",
    ),
    "530 sign in first": (at("MAIL", b"530 5.7.0 sign in\r\n", ""), "530 5.7.0 sign in"),
    "451 to the sender": (at("MAIL", b"451 4.3.0 not now\r\n", ""), "451 4.3.0 not now"),
    "hangs at MAIL": (at("MAIL", Misdeed.HANG, ""), "den svarade inte i tid"),
    "drops at MAIL": (at("MAIL", Misdeed.DROP, ""), "förbindelsen bröts"),
    "530 at RCPT": (at("RCPT", b"530 5.7.0 sign in\r\n"), "530 5.7.0 sign in"),
}


@pytest.mark.parametrize("fault", AWAY)
def test_a_server_that_takes_nobodys_mail(cast: Cast, due: None, use: Use, fault: str) -> None:
    """No mail pays for it with an attempt; the reason stands there; all are sent when it is over."""
    script, said = AWAY[fault]
    with scripted_server(script) as server:
        use(server.url)
        result = tick_at(MONDAY)
        assert (result.sent, result.failed, server.taken) == (0, 0, [])
        assert server.connections == 1
        assert [(mail.state, mail.attempts, mail.lease) for mail in mails()] == [
            (MailState.QUEUED, 0, None)
        ] * 2
        assert all(mail.last_error.startswith("Mejlservern ") for mail in mails())
        assert all(said in mail.last_error for mail in mails())
        server.script = well_behaved
        assert tick_at(MONDAY, "07:01").sent == 2
    assert {mail.last_error for mail in mails()} == {""}


def test_no_encryption_although_it_is_offered(cast: Cast, due: None, use: Use) -> None:
    """Not sent in clear text instead: who can break STARTTLS could then read everything."""
    for answer, said in (
        (b"454 4.7.0 TLS not available\r\n", "454 4.7.0 TLS not available"),
        (b"220 go on\r\nthis is no handshake\r\n", "den krypterade förbindelsen kom inte till stånd"),
        (Misdeed.HANG, "den svarade inte i tid"),
        (Misdeed.DROP, "förbindelsen bröts"),
    ):  # fmt: skip
        with scripted_server(at("STARTTLS", answer, ""), b"STARTTLS") as server:
            use(server.url)
            assert tick_at(MONDAY).sent == 0
            assert server.senders == []
        assert said in mail_to(cast).last_error
        assert mail_to(cast).attempts == 0
        for mail in mails():
            mail.next_try_at = moment(MONDAY)
    with scripted_server(well_behaved, b"STARTTLS") as server:
        use(server.url)
        assert tick_at(MONDAY).sent == 2


def test_a_certificate_that_is_not_to_be_trusted(
    cast: Cast, due: None, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a password is to be sent, or the setting asks for encryption from the start."""
    monkeypatch.setattr(smtp, "_is_this_machine", lambda _host: False)
    monkeypatch.setattr(smtp, "PATIENCE", Patience(answer=10, mail=20))  # nothing hangs here
    with scripted_server(well_behaved, b"STARTTLS", b"AUTH PLAIN") as server:
        use(server.url.replace("//", "//varvet:hemligt@"))
        assert tick_at(MONDAY).sent == 0
        assert "certifikat går inte att lita på" in mail_to(cast).last_error
        assert server.senders == []
        # Without a password, encryption is better than none, whoever signed.
        use(server.url)
        assert tick_at(MONDAY, "07:01").sent == 2


def test_smtps_with_a_certificate_that_is_not_to_be_trusted(
    cast: Cast, due: None, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_is_this_machine", lambda _host: False)
    monkeypatch.setattr(smtp, "PATIENCE", Patience(answer=10, mail=20))  # nothing hangs here
    with mail_server(ssl_context=certificate()) as server:
        use(server.url.replace("smtp://", "smtps://"))
        assert tick_at(MONDAY).sent == 0
        assert server.received == []
    assert "certifikat går inte att lita på" in mail_to(cast).last_error
    assert mail_to(cast).attempts == 0


def test_a_password_that_is_refused(cast: Cast, due: None, use: Use) -> None:
    with scripted_server(at("AUTH", b"535 5.7.8 wrong\r\n", ""), b"AUTH PLAIN") as server:
        use(server.url.replace("//", "//varvet:hemligt@"))
        assert tick_at(MONDAY).sent == 0
        assert mail_to(cast).last_error == "Mejlservern släpper inte in Varvet: 535 5.7.8 wrong"
        assert "hemligt" not in mail_to(cast).last_error
        server.script = well_behaved
        assert tick_at(MONDAY, "07:01").sent == 2


@pytest.mark.parametrize(
    ("extensions", "said"),
    [((), "inte emot någon inloggning"), ((b"AUTH GSSAPI",), "sätt att logga in på")],
)
def test_a_password_that_is_not_asked_for(
    cast: Cast, due: None, use: Use, extensions: tuple[bytes, ...], said: str
) -> None:
    with scripted_server(well_behaved, *extensions) as server:
        use(server.url.replace("//", "//varvet:hemligt@"))
        assert tick_at(MONDAY).sent == 0
    assert said in mail_to(cast).last_error


@pytest.mark.parametrize(
    ("stage", "behaviour"),
    [("MAIL", b"421 4.7.0 enough on this connection\r\n"), ("MAIL", Misdeed.DROP)],
)
def test_a_connection_that_takes_one_mail_only(
    cast: Cast, due: None, use: Use, stage: str, behaviour: Behaviour
) -> None:
    """The next mail goes over a new one, and pays nothing."""
    with scripted_server(at(stage, behaviour)) as server:  # Karin's was the mail before
        use(server.url)
        assert tick_at(MONDAY).sent == 2
        assert server.connections == 2
        assert copies(server.taken) == {KARIN: 1, ALI: 1}


def test_dropped_after_250(cast: Cast, due: None, use: Use) -> None:
    with scripted_server(at("kept", Misdeed.DROP_AFTER)) as server:
        use(server.url)
        assert tick_at(MONDAY).sent == 2
        assert copies(server.taken) == {KARIN: 1, ALI: 1}
    assert [mail.attempts for mail in mails()] == [0, 0]


@pytest.mark.parametrize("behaviour", [Misdeed.DROP, Misdeed.HANG, Misdeed.DRIP])
def test_kept_without_a_word(cast: Cast, due: None, use: Use, behaviour: Misdeed) -> None:
    """Nobody can know that it was kept: it is sent again, and is recognised as the same."""
    with scripted_server(at("kept", behaviour)) as server:
        use(server.url)
        assert tick_at(MONDAY).sent == 1
        server.script = well_behaved
        assert tick_at(MONDAY, "07:01").sent == 1
        names = [name for recipient, name in server.taken if recipient == KARIN]
        assert names == [f"<varvet-{mail_to(cast).id}@127.0.0.1>"] * 2


def test_a_server_in_trouble_is_not_asked_for_every_mail(cast: Cast, due: None, use: Use) -> None:
    """Conversation after conversation breaks off: three are enough to know, and with thirty seconds
    for each answer a whole outbox would take the morning."""
    for unit in (cast.klockvret, cast.ringmura):
        decided_measure(cast, MONDAY, unit=unit)
    with scripted_server(lambda stage, _whom: Misdeed.HANG if stage == "RCPT" else None) as server:
        use(server.url)
        assert tick_at(MONDAY).sent == 0
        assert server.connections == STRIKES
        assert sorted(mail.attempts for mail in mails()) == [0, 1, 1, 1]
        assert all(mail.last_error for mail in mails())
        server.script = well_behaved
        assert tick_at(MONDAY, "07:01").sent == 4


def test_away_for_48_hours(cast: Cast, due: None, use: Use) -> None:
    with scripted_server(well_behaved) as server:
        url = server.url
    use(url)  # nobody listens there
    passes = _every_quarter_of_an_hour(moment(MONDAY), 48)
    assert {(done.sent, done.failed) for done in passes} == {(0, 0)}
    assert [(mail.state, mail.attempts) for mail in mails()] == [(MailState.QUEUED, 0)] * 2
    assert {mail.last_error for mail in mails()} == {
        "Mejlservern går inte att nå: den tar inte emot några anslutningar"
    }
    with scripted_server(well_behaved) as server:
        use(server.url)
        assert tick_at("2026-09-16", "07:01").sent == 2
        assert copies(server.taken) == {KARIN: 1, ALI: 1}


def test_half_away_for_48_hours(
    cast: Cast, due: None, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that lets in and breaks off costs attempts, but not so many."""
    with scripted_server(lambda stage, _whom: Misdeed.DROP if stage == "DATA" else None) as server:
        use(server.url)
        passes = _every_quarter_of_an_hour(moment(MONDAY), 48)
        assert {(done.sent, done.failed) for done in passes} == {(0, 0)}
        assert {mail.state for mail in mails()} == {MailState.QUEUED}
        server.script = well_behaved
        _every_quarter_of_an_hour(moment("2026-09-16", "07:01"), 12)
        assert copies(server.taken) == {KARIN: 1, ALI: 1}


def test_its_time_had_passed_when_the_server_was_back(cast: Cast, use: Use) -> None:
    """What nobody could use any longer is not sent, and the ledger says why."""
    place(cast, "2026-09-15")
    with scripted_server(well_behaved) as server:
        url = server.url
    use(url)
    tick_at(MONDAY)
    with scripted_server(well_behaved) as server:
        use(server.url)
        assert tick_at("2026-09-16").sent == 0
        assert server.taken == []
    assert {row[3:] for row in ledger() if row[1] == 1} == {
        ("skipped", "Dialogen hade redan börjat")
    }
    assert {mail.state for mail in mails()} == {MailState.DROPPED}


def test_a_slow_server_leaves_old_words_to_the_next_batch(cast: Cast, due: None, use: Use) -> None:
    """What was read too long ago is given back, and read anew before it goes."""
    start = moment(MONDAY)
    begun: list[str] = []

    def slow(stage: str, recipient: str) -> Behaviour:
        if stage == "body":
            begun.append(recipient)
        return None

    with scripted_server(slow) as server:
        use(server.url)
        late = iter([start] * 6)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "tracker.notifications.sending.now",
                lambda: start + FRESH * 1.1 if begun else next(late, start),
            )
            with clock.stopped_at(start):
                assert tick().sent == 2
        assert server.connections == 1
    assert begun == [KARIN, ALI]


def test_no_exchange_outlasts_the_lease() -> None:
    real = Patience(answer=30, mail=120)
    assert real == smtp.Patience(30, 120)
    # A connection that has gone stale, a new one, and the mail; after the others of the batch.
    assert timedelta(seconds=3 * real.mail) + FRESH < LEASE


def test_where_undeliverable_mail_comes_back(
    app: Flask, cast: Cast, due: None, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted_server(well_behaved) as server:
        use(server.url)
        monkeypatch.setitem(
            app.config,
            "VARVET",
            replace(app.config["VARVET"], mail_envelope_from="studs@varvet.example"),
        )
        assert tick_at(MONDAY).sent == 2
        assert set(server.senders) == {"studs@varvet.example"}


def _every_quarter_of_an_hour(start: datetime, hours: int) -> list[Pass]:
    done = []
    for number in range(hours * 4):
        with clock.stopped_at(start + timedelta(minutes=15 * number)):
            if clock.now() >= send_moment(clock.today()):  # nothing is tried at night
                done.append(tick())
    return done


def copies(taken: list[tuple[str, str]]) -> Counter[str]:
    """How many mails each has got."""
    return Counter(recipient for recipient, _ in taken)
