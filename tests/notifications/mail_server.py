"""A real SMTP server on 127.0.0.1 that remembers what it took, and can be told how to answer."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Signed by itself for 127.0.0.1, with its key; good for nothing but these tests."""

DEADLINE = 20
"""Seconds to wait for what must come."""

Answer = Callable[[Envelope], str | None]


class MailServer:
    """`answer` is asked about each mail before it is taken: None takes it, a text such as
    "550 No such user" is the reply instead."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.used_tls: list[bool] = []
        self.signed_in: list[str] = []
        self.sessions: set[int] = set()
        self.answer_recipient: Callable[[str], str | None] = lambda _address: None
        self.answer_mail: Answer = lambda _envelope: None
        self._arrived = threading.Condition()
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        refusal = self.answer_recipient(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        refusal = self.answer_mail(envelope)
        if refusal is not None:
            return refusal
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        with self._arrived:
            self.received.append(message)
            self.used_tls.append(server.transport.get_extra_info("ssl_object") is not None)
            self.sessions.add(id(session))
            self._arrived.notify_all()
        return "250 OK"

    def check_password(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        self.signed_in.append(data.login.decode())
        right = data.password == b"hemligt & svart"
        return AuthResult(success=right, handled=right)  # what is not handled gets the reply 535

    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.received]


class _OnAnyPort(Controller):
    """Port 0 is any that is free; the controller looks for itself there before it says it is ready."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(*, asks_for_password: bool = False, **options: Any) -> Iterator[MailServer]:
    """Runs until the block ends. Options go to aiosmtpd, such as `tls_context`."""
    server = MailServer()
    if asks_for_password:
        options |= {"authenticator": server.check_password, "auth_require_tls": False}
    controller = _OnAnyPort(server, hostname="127.0.0.1", port=0, **options)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop(no_assert=True)


def certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context
