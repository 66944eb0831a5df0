"""What goes over the wire, to a real SMTP server on 127.0.0.1."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast
from tests.notifications.mail_server import certificate, mail_server
from tests.notifications.scenes import ledger, mails, moment, place, tick_at
from tracker import clock
from tracker.config import SmtpServer
from tracker.extensions import db
from tracker.models import LinkPurpose, MailState, OneTimeLink
from tracker.notifications.account_mails import send_reset
from tracker.notifications.smtp import Postbox, ServerAway

Use = Callable[[str], None]


@pytest.fixture
def use(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Use:
    """`use(url)` is the setting SMTP_URL."""

    def set_url(url: str, **changes: Any) -> None:
        configured = replace(app.config["VARVET"], smtp=SmtpServer.parse(url), **changes)
        monkeypatch.setitem(app.config, "VARVET", configured)

    return set_url


def test_a_reminder_arrives(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-06")
    with mail_server() as server:
        use(server.url)
        assert tick_at("2026-09-15").sent == 1
    [message] = server.received
    [row] = mails()
    assert str(message["To"]) == "Karin Holm <karin@exempelby.example>"
    assert str(message["From"]) == "Varvet <varvet@varvet.example>"
    assert message["Subject"] == "Kvalitetsdialog 6 oktober: tre saker kvar för dig"
    assert message["Message-ID"] == f"<varvet-{row.id}@127.0.0.1>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == moment("2026-09-15")
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Hej Karin!" in text.get_content()
    assert "Tisdag 6 oktober kl. 13.00 träffar du Erik" in text.get_content()
    link = f"http://127.0.0.1:8000/dialoger/{cast.dialogue(cast.savkulla).id}/foresla-tid"
    assert link in text.get_content()
    assert f'href="{link}"' in html.get_content()
    assert row.state is MailState.SENT
    assert row.sent_at == moment("2026-09-15")


def test_links_come_from_base_url_alone(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-06")
    with mail_server() as server:
        use(server.url, base_url="https://varvet.exempelby.example")
        tick_at("2026-09-15")
    [message] = server.received
    assert str(message["Message-ID"]).endswith("@varvet.exempelby.example>")
    for part in ("plain", "html"):
        content = message.get_body((part,)).get_content()
        assert "https://varvet.exempelby.example/dialoger/" in content
        assert "127.0.0.1" not in content


def test_names_and_texts_with_any_letters(cast: Cast, use: Use) -> None:
    cast.karin.name = "Åsa-Märta Öberg, f.d. “Holm” <rektor>"
    dialogue = place(cast, "2026-10-06")
    dialogue.place = "Rum 3 <b>& trappan upp</b> 🏫"
    db.session.commit()
    with mail_server() as server:
        use(server.url)
        tick_at("2026-09-15")
    [message] = server.received
    [address] = message["To"].addresses
    assert address.display_name == "Åsa-Märta Öberg, f.d. “Holm” <rektor>"
    assert address.addr_spec == "karin@exempelby.example"
    assert "Rum 3 <b>& trappan upp</b> 🏫" in message.get_body(("plain",)).get_content()
    assert "&lt;b&gt;&amp; trappan upp" in message.get_body(("html",)).get_content()


def test_starttls_when_it_is_offered(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-05")
    with mail_server(tls_context=certificate()) as server:
        use(server.url)
        assert tick_at("2026-09-14").sent == 1
    assert server.used_tls == [True]


def test_no_encryption_when_it_is_not_offered(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-05")
    with mail_server() as server:
        use(server.url)
        assert tick_at("2026-09-14").sent == 1
    assert server.used_tls == [False]


def test_smtps(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-05")
    with mail_server(ssl_context=certificate()) as server:
        use(server.url.replace("smtp://", "smtps://"))
        assert tick_at("2026-09-14").sent == 1
    assert server.used_tls == [True]


def test_with_a_password(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-05")
    with mail_server(asks_for_password=True) as server:
        use(server.url.replace("//", "//varvet:hemligt%20%26%20svart@"))
        assert tick_at("2026-09-14").sent == 1
    assert server.signed_in == ["varvet"]


def test_with_a_wrong_password_the_mail_waits(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-05")
    with mail_server(asks_for_password=True) as server:
        use(server.url.replace("//", "//varvet:fel@"))
        assert tick_at("2026-09-14").sent == 0
    [mail] = mails()
    assert mail.state is MailState.QUEUED
    assert mail.last_error.startswith("Mejlservern släpper inte in Varvet: 535")


def test_no_password_in_clear_text_to_another_machine() -> None:
    postbox = Postbox(
        SmtpServer("mejl.exempelby.example", 25, "varvet", "hemligt", False),
        "x",
        "varvet@x.example",
    )

    class WithoutTls:
        def ehlo_or_helo_if_needed(self) -> None: ...

        def has_extn(self, _name: str) -> bool:
            return False

    with pytest.raises(OSError, match="ingen kryptering"):
        postbox._introduce(WithoutTls())  # type: ignore[arg-type]


def test_a_server_that_is_away_costs_no_attempt(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-06")
    with mail_server() as server:
        url = server.url
    use(url)  # nobody listens there any longer
    result = tick_at("2026-10-05")
    assert (result.sent, result.failed) == (0, 0)
    assert [mail.attempts for mail in mails()] == [0, 0]
    assert {mail.state for mail in mails()} == {MailState.QUEUED}
    assert any(mail.last_error.startswith("Mejlservern går inte att nå") for mail in mails())
    message = EmailMessage()
    message["To"] = "karin@exempelby.example"
    with pytest.raises(ServerAway), Postbox(SmtpServer.parse(url), "x", "x@x.example") as postbox:
        postbox.send(message)


def test_unknown_address_is_final_and_delays_no_other(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-06")
    with mail_server() as server:
        server.answer_recipient = lambda address: (
            "550 5.1.1 No such user" if address.startswith("karin") else None
        )
        use(server.url)
        result = tick_at("2026-10-05")
        assert (result.sent, result.failed) == (1, 1)
        assert tick_at("2026-10-05", "08:00").sent == 0
    by_state = {mail.state: mail for mail in mails()}
    assert by_state[MailState.FAILED].recipient_id == cast.karin.id
    assert by_state[MailState.FAILED].last_error == (
        "Mejlservern tar inte emot mejlet: 550 5.1.1 No such user"
    )
    assert ("Karin", 1, 1, "failed", "Mejlet kunde inte skickas") in ledger()


def test_a_full_mailbox_is_tried_again(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-06")
    with mail_server() as server:
        use(server.url)
        server.answer_mail = lambda _envelope: "452 4.2.2 Mailbox full"
        assert tick_at("2026-09-15").sent == 0
        [mail] = mails()
        assert (mail.state, mail.attempts) == (MailState.QUEUED, 1)
        assert mail.next_try_at == moment("2026-09-15", "07:01")
        assert mail.last_error.endswith("452 4.2.2 Mailbox full")
        server.answer_mail = lambda _envelope: None
        assert tick_at("2026-09-15", "07:00").sent == 0
        assert tick_at("2026-09-15", "07:01").sent == 1
    [mail] = mails()
    assert mail.last_error == ""


def test_a_server_that_hangs_up_in_the_middle(cast: Cast, use: Use) -> None:
    """The first mail breaks the connection; the second goes over a new one."""
    place(cast, "2026-10-06")
    with mail_server() as server:
        use(server.url)
        server.answer_mail = lambda envelope: (
            "421 4.7.0 Too busy" if envelope.rcpt_tos[0].startswith("karin") else None
        )
        result = tick_at("2026-10-05")
    assert result.sent == 1
    assert [mail.state for mail in mails(to=cast.karin)] == [MailState.QUEUED]


def test_one_connection_for_all_mails_of_a_pass(cast: Cast, use: Use) -> None:
    place(cast, "2026-10-06")
    place(cast, "2026-10-06", unit=cast.hassel, wall="15:00")
    with mail_server() as server:
        use(server.url)
        assert tick_at("2026-10-05").sent == 3
    assert len(set(server.message_ids())) == 3
    assert len(server.sessions) == 1


def test_a_mail_with_a_link_waits_for_no_morning_and_is_forgotten(cast: Cast, use: Use) -> None:
    with clock.stopped_at(moment("2026-11-21", "02:30")):  # the night to a Sunday
        secret = OneTimeLink.issue(cast.karin, LinkPurpose.RESET)
        send_reset(cast.karin, secret)
        db.session.commit()
    with mail_server() as server:
        use(server.url)
        assert tick_at("2026-11-21", "02:31").sent == 1
    [message] = server.received
    assert f"/valj-losenord/{secret}" in message.get_body(("plain",)).get_content()
    [mail] = mails()
    assert (mail.text, mail.html) == ("", "")


def test_a_link_that_has_run_out_is_not_sent(cast: Cast, use: Use) -> None:
    with clock.stopped_at(moment("2026-11-20")):
        send_reset(cast.karin, OneTimeLink.issue(cast.karin, LinkPurpose.RESET))
        db.session.commit()
    with mail_server() as server:
        use(server.url)
        assert tick_at("2026-11-20", "09:01").sent == 0
    [mail] = mails()
    assert (mail.state, mail.text, mail.html) == (MailState.DROPPED, "", "")
