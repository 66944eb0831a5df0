"""Sending what waits in the outbox: lease, commit, send, mark. Killed at any moment nothing is lost;
killed between the server's answer and the mark, one more copy goes out with the same Message-ID."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from tracker.calendars.invitations import why_pointless
from tracker.calendars.mails import attach
from tracker.clock import local, now, today
from tracker.config import Settings, SmtpServer
from tracker.extensions import db
from tracker.models import MailKind, OutgoingMail
from tracker.notifications.digest import Digest
from tracker.notifications.planning import settle_pointless
from tracker.notifications.sending_days import next_send_moment, sends_now
from tracker.notifications.situation import Situation
from tracker.notifications.smtp import NotNow, Postbox, Refused, ServerAway
from tracker.web.logs import log
from tracker.web.security import settings


@dataclass
class Sent:
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    """Reminders that turned out to be of no use any longer."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail with its final words, and the reminders it carries."""

    message: EmailMessage
    reminder_ids: list[int]


def send_waiting(server: SmtpServer, stopping: Callable[[], bool] = lambda: False) -> Sent:
    """Send every mail that is due, one after the other, until there is none or `stopping` says so."""
    result, lease = Sent(), secrets.token_hex(16)
    with Postbox(server, _host(settings())) as postbox:
        while not stopping():
            mail_id = OutgoingMail.claim(lease)
            if mail_id is None:
                break
            try:
                _send(mail_id, lease, postbox, result)
            except ServerAway as problem:
                _give_back(mail_id, lease, str(problem), result)
                log("mail server away", logging.WARNING)
                break
            except NotNow as problem:
                _give_back(mail_id, lease, str(problem), result)
            except Refused as problem:
                _fail(mail_id, lease, str(problem), result)
            except Exception as problem:  # one row with something unforeseen delays no other
                log("mail broken", logging.ERROR, exc_info=True, mail=mail_id)
                _give_back(mail_id, lease, f"Oväntat fel: {type(problem).__name__}", result)
    return result


def _send(mail_id: int, lease: str, postbox: Postbox, result: Sent) -> None:
    ready = _prepare(mail_id, lease, result)
    if ready is None:
        return
    postbox.send(ready.message)
    mail = OutgoingMail.held(mail_id, lease)
    if mail is not None:
        mail.mark_sent(ready.reminder_ids)
        result.sent += mail.kind is not MailKind.CALENDAR  # the figures are those of the reminders
        log("mail sent", mail=mail_id)
    db.session.commit()


def _prepare(mail_id: int, lease: str, result: Sent) -> Ready | None:
    """The mail as things stand now; None when it is not to be sent, or not now."""
    mail = OutgoingMail.held(mail_id, lease)
    ready = None
    if mail is not None and (mail.kind.is_secret or _is_of_use(mail, result)):
        ready = Ready(compose(mail, settings()), [row.id for row in mail.planned_reminders()])
    db.session.commit()
    return ready


def _is_of_use(mail: OutgoingMail, result: Sent) -> bool:
    """Write the mail anew, unless it has to wait for another day or has lost its point."""
    assert mail.organizer_id is not None
    if mail.kind is MailKind.CALENDAR:
        if reason := why_pointless(mail):
            mail.drop(reason)
        return not reason
    is_digest = mail.kind is MailKind.REMINDERS  # what somebody asked for again goes beside it
    if is_digest and not sends_now(mail.organizer_id):
        mail.wait_until(next_send_moment(mail.organizer_id))
        return False
    if is_digest and mail.has_gone_today():
        mail.wait_until(next_send_moment(mail.organizer_id, after_today=True))
        return False
    subjects = {(row.kind, row.subject_id) for row in mail.planned_reminders()}
    situation = Situation.load(mail.organizer_id, subjects)
    result.skipped += settle_pointless(mail, situation)
    if not mail.planned_reminders():
        mail.drop()
        return False
    mail.digest_on = today() if is_digest else None
    mail.to_address, mail.to_name = mail.recipient.email, mail.recipient.name
    Digest.of(mail, situation).write_into(mail)
    return True


def compose(mail: OutgoingMail, configured: Settings) -> EmailMessage:
    """The message as it goes over the wire. Raises Refused for an address that is none."""
    message = EmailMessage()
    name, address = parseaddr(configured.mail_from)
    try:
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(mail.to_name, addr_spec=mail.to_address)
    except Exception as wrong:  # the parser of addresses raises whatever it stumbles over
        raise Refused("Adressen går inte att använda") from wrong
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(local(now()))
    message["Message-ID"] = mail.message_id(_host(configured))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange asks for instead
    message["Content-Language"] = "sv"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.calendar is not None:
        attach(message, mail.calendar)
    return message


def _host(configured: Settings) -> str:
    return urlsplit(configured.base_url).hostname or "localhost"


def _give_back(mail_id: int, lease: str, error: str, result: Sent) -> None:
    db.session.rollback()
    mail = OutgoingMail.held(mail_id, lease)
    if mail is not None and not mail.try_again(error):
        result.failed += 1
    db.session.commit()


def _fail(mail_id: int, lease: str, error: str, result: Sent) -> None:
    db.session.rollback()
    mail = OutgoingMail.held(mail_id, lease)
    if mail is not None:
        mail.fail(error)
        result.failed += 1
        log("mail refused", logging.WARNING, mail=mail_id)
    db.session.commit()
