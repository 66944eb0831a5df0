"""Handing a mail to the SMTP server of SMTP_URL, and what its answers mean: whose fault it is when
it does not take one, the mail's, the moment's or the server's own."""

import io
import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.utils import parseaddr
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self

from tracker.config import SmtpServer


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `answer`: for the next bytes of an answer; `mail`: for a connection to be ready, and
    for a mail to be handed over, however the server drips."""

    answer: float
    mail: float


PATIENCE = Patience(answer=30, mail=120)


class Refused(Exception):
    """The server will never take this mail; the message says why, in Swedish."""


class NotNow(Exception):
    """The server did not take this mail; it may another time."""


class BrokenOff(NotNow):
    """The conversation ended in the middle of this mail: it may lie in the mail, or in the server."""


class ServerAway(Exception):
    """No mail gets through: the server cannot be reached, or does not let us in."""


class Postbox:
    """One connection for all mails of a pass, opened with the first of them. `sender` is the
    envelope's: where the servers on the way send what cannot be delivered."""

    def __init__(self, server: SmtpServer, own_name: str, sender: str) -> None:
        self._server = server
        self._own_name = own_name
        self._sender = sender
        self._patience = PATIENCE
        self._connection: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Returns when the server has taken the mail; raises Refused, NotNow or ServerAway."""
        # As it is written: the header's own reading of it takes longer than all that is said here.
        [to] = (value for name, value in message.raw_items() if name == "To")
        recipient = parseaddr(str(to))[1]
        connection = self._begin(recipient)
        try:
            self._ask(connection, connection.rcpt(recipient), 250, 251)
            self._ask(connection, connection.docmd("DATA"), 354)
            self._ask(connection, connection.hand_over(_flat(message, connection)), 250)
        except (smtplib.SMTPException, OSError) as problem:
            self._hang_up()
            raise BrokenOff(f"Mejlservern svarade inte som väntat: {_told(problem)}") from problem

    def _begin(self, recipient: str) -> "_Connection":
        """A connection on which the sender has been taken. Nothing of the mail has been said yet, so
        that one that the server has closed since the last mail is no misfortune: it gets a new one."""
        used = self._connection is not None
        connection = self._connection = self._connection or self._connect()
        connection.give(self._patience.mail)
        connection.command_encoding = "ascii"  # smtplib keeps what the mail before this one needed
        options = []
        if not recipient.isascii():
            if not connection.has_extn("smtputf8"):
                raise Refused("Mejlservern kan inte ta emot en sådan adress")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            code, answer = connection.mail(self._sender, options)
        except (smtplib.SMTPException, OSError) as problem:
            self._hang_up()
            if used:
                return self._begin(recipient)
            raise ServerAway(f"Mejlservern svarade inte som väntat: {_told(problem)}") from problem
        if code == 250:
            return connection
        self._hang_up()
        if used:  # such as 421 after so many mails on one connection
            return self._begin(recipient)
        raise ServerAway(
            f"Mejlservern tar inte emot mejl från {self._sender}: {code} {_text(answer)}"
        )

    def _ask(self, connection: "_Connection", reply: tuple[int, bytes], *wanted: int) -> None:
        code, answer = reply
        if code in wanted:
            return
        said = f"{code} {_text(answer)}"
        if code == 421 or not 400 <= code < 600:  # it has closed the connection, or lost the thread
            self._hang_up()
            raise BrokenOff(f"Mejlservern svarade inte som väntat: {said}")
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
        if code in _OURS:
            raise ServerAway(f"Mejlservern släpper inte in Varvet: {said}")
        if code >= 500 and not _POLICY.match(answer):
            raise Refused(f"Mejlservern tar inte emot mejlet: {said}")
        raise NotNow(f"Mejlservern tar inte emot mejlet just nu: {said}")

    def _connect(self) -> "_Connection":
        server = self._server
        kind = _TlsConnection if server.implicit_tls else _Connection
        tls: dict[str, Any] = {"context": self._tls()} if server.implicit_tls else {}
        try:
            connection = kind(server.host, server.port, self._own_name, self._patience, **tls)
        except (smtplib.SMTPException, OSError) as problem:
            raise ServerAway(f"Mejlservern går inte att nå: {_told(problem)}") from problem
        try:
            self._introduce(connection)
        except (smtplib.SMTPException, OSError) as problem:
            connection.close()
            raise ServerAway(f"Mejlservern släpper inte in Varvet: {_told(problem)}") from problem
        return connection

    def _introduce(self, connection: smtplib.SMTP) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        if not server.implicit_tls and connection.has_extn("starttls"):
            connection.starttls(context=self._tls())
            connection.ehlo()
        elif not server.implicit_tls and server.user and not _is_this_machine(server.host):
            raise smtplib.SMTPNotSupportedError(
                "den erbjuder ingen kryptering, och lösenordet skickas inte i klartext"
            )
        if server.user:
            if not connection.has_extn("auth"):
                raise smtplib.SMTPNotSupportedError("den tar inte emot någon inloggning")
            connection.login(server.user, server.password or "")

    def _tls(self) -> ssl.SSLContext:
        """Certificates are checked where a password or the setting (smtps) depends on it. STARTTLS
        without a password is better than no encryption, whoever signed the certificate."""
        context = ssl.create_default_context()
        opportunistic = not self._server.implicit_tls and not self._server.user
        if opportunistic or _is_this_machine(self._server.host):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.leave()


_OURS = (530, 535)
"""Sign in first: nothing that the mail could help."""

_POLICY = re.compile(rb"5\.7\.\d")
"""Enhanced status "security or policy" (RFC 3463): often about us, a relay that does not know this
machine or a sender that is not ours, so that it must not be the end of a morning's mails."""


class _Connection(smtplib.SMTP):
    """One that keeps to its time. smtplib's timeout is for the next byte only, so that a server that
    drips would hold a mail for as long as it likes, past its lease."""

    def __init__(
        self, host: str, port: int, own_name: str, patience: Patience, **options: Any
    ) -> None:
        self._patience = patience
        self.give(patience.mail)
        super().__init__(host, port, own_name, patience.answer, **options)

    def give(self, seconds: float) -> None:
        """So long for what comes now, all in all."""
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds for the next exchange; raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(left, self._patience.answer)

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.left())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = io.BufferedReader(_Incoming(self))
        return super().getreply()

    def hand_over(self, message: bytes) -> tuple[int, bytes]:
        """The body after 354, and the answer to it."""
        body = re.sub(rb"(?m)^\.", b"..", message)
        self.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self.getreply()

    def leave(self) -> None:
        """With a word of goodbye, if the server still listens; it has no say in how long."""
        self.give(min(self._patience.answer, 5))
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    def __init__(
        self,
        host: str,
        port: int,
        own_name: str,
        patience: Patience,
        *,
        context: ssl.SSLContext,
    ) -> None:
        self._patience = patience
        self.give(patience.mail)
        smtplib.SMTP_SSL.__init__(
            self, host, port, own_name, timeout=patience.answer, context=context
        )


class _Incoming(io.RawIOBase):
    """What the server says, read with the time that is left."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._sock: socket.socket | None = connection.sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._sock is None:
            raise OSError("not connected")
        self._sock.settimeout(self._connection.left())
        return self._sock.recv_into(buffer)


def _flat(message: EmailMessage, connection: smtplib.SMTP) -> bytes:
    policy = message.policy
    if connection.command_encoding == "utf-8":
        policy = policy.clone(utf8=True)
    with io.BytesIO() as file:
        BytesGenerator(file, policy=policy).flatten(message, linesep="\r\n")
        return file.getvalue()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _told(problem: BaseException) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {_text(problem.smtp_error)}"
    if isinstance(problem, smtplib.SMTPServerDisconnected):  # smtplib hides what came before it
        cause = problem.__context__
        return _told(cause) if isinstance(cause, OSError) else _IN_SWEDISH[ConnectionError]
    if type(problem) is smtplib.SMTPException:
        return "den vill ha ett sätt att logga in på som Varvet inte kan"
    for kind, words in _IN_SWEDISH.items():
        if isinstance(problem, kind):
            return words
    return _text(str(problem) or type(problem).__name__)


_IN_SWEDISH: dict[type[Exception], str] = {
    TimeoutError: "den svarade inte i tid",
    ConnectionRefusedError: "den tar inte emot några anslutningar",
    ConnectionError: "förbindelsen bröts",
    socket.gaierror: "det finns ingen server med det namnet",
    ssl.SSLCertVerificationError: "dess certifikat går inte att lita på",
    ssl.SSLError: "den krypterade förbindelsen kom inte till stånd",
}


def _text(answer: bytes | str) -> str:
    """An answer as it can be kept and shown: whatever bytes a server sends."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:300]
