"""Handing a mail to the SMTP server of SMTP_URL, and what its answers mean."""

import ipaddress
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from tracker.config import SmtpServer

TIMEOUT = 30
"""Seconds that one exchange with the server may take."""


class Refused(Exception):
    """The server will never take this mail; the message says why, in Swedish."""


class NotNow(Exception):
    """The server did not take this mail; it may another time."""


class ServerAway(Exception):
    """No mail gets through: the server cannot be reached, or does not let us in."""


class Postbox:
    """One connection for all mails of a pass, opened with the first of them."""

    def __init__(self, server: SmtpServer, own_name: str) -> None:
        self._server = server
        self._own_name = own_name
        self._connection: smtplib.SMTP | None = None

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
        connection = self._connection = self._connection or self._connect()
        try:
            connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            raise self._refusal(*next(iter(refusal.recipients.values()))) from refusal
        except smtplib.SMTPDataError as refusal:
            raise self._refusal(refusal.smtp_code, refusal.smtp_error) from refusal
        except smtplib.SMTPNotSupportedError as refusal:
            raise Refused("Mejlservern kan inte ta emot en sådan adress") from refusal
        except (smtplib.SMTPException, OSError) as problem:
            # Also when it will not take our MAIL_FROM: that is a setting, not the fault of the mail.
            self._hang_up()
            raise NotNow(f"Mejlservern svarade inte som väntat: {_told(problem)}") from problem

    def _refusal(self, code: int, answer: bytes | str) -> Refused | NotNow:
        said = f"{code} {_text(answer)}"
        if 500 <= code < 600:
            return Refused(f"Mejlservern tar inte emot mejlet: {said}")
        if code == 421:  # it has closed the connection with that answer
            self._hang_up()
        return NotNow(f"Mejlservern tar inte emot mejlet just nu: {said}")

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.implicit_tls:
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, self._own_name, timeout=TIMEOUT, context=self._tls()
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, self._own_name, TIMEOUT)
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
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _told(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {_text(problem.smtp_error)}"
    return _text(str(problem) or type(problem).__name__)


def _text(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
