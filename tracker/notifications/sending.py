"""Sending what waits in the outbox: lease, commit, send, mark. Killed at any moment nothing is lost;
killed between the server's answer and the mark, one more copy goes out with the same Message-ID."""

import contextvars
import logging
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from threading import Lock
from typing import TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from tracker.calendars.invitations import why_pointless
from tracker.calendars.mails import attach
from tracker.clock import local, now, today
from tracker.config import Settings, SmtpServer
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import MailKind, OutgoingMail, ReminderKind
from tracker.notifications.digest import Digest
from tracker.notifications.leasing import Taken
from tracker.notifications.mime import MAIL, address, one_line, put_bodies
from tracker.notifications.planning import settle_pointless
from tracker.notifications.sending_days import next_send_moment, sends_now
from tracker.notifications.situation import Situation
from tracker.notifications.smtp import BrokenOff, NotNow, Postbox, Refused, ServerAway
from tracker.web.logs import log
from tracker.web.security import settings

Written = TypeVar("Written")

BATCH = 50
"""Mails that a sender takes at a time, so that what they have in common is read once."""

FRESH = timedelta(seconds=30)
"""How old a mail's words may be when it goes: what a slow server leaves of a batch is written anew."""

CONNECTIONS = 4
WORTH_A_CONNECTION = 100
"""Mails that wait for each further connection to the server, up to CONNECTIONS."""

STRIKES = 3
"""Conversations that break off one after the other before the server, not the mails, is at fault."""


@dataclass
class Sent:
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    """Reminders that turned out to be of no use any longer."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail with its final words, and the reminders it carries."""

    mail_id: int
    message: EmailMessage
    kind: MailKind
    reminder_ids: list[int]

    def taken(self, lease: str) -> Taken:
        return Taken(self.mail_id, lease, self.kind, self.reminder_ids)


@dataclass
class Round:
    """What the senders of one pass share."""

    server: SmtpServer
    stopping: Callable[[], bool]
    done: list[Sent] = field(default_factory=list)
    strikes: int = 0
    away: bool = False
    _taken: deque[Taken] = field(default_factory=deque)
    _marking: Lock = field(default_factory=Lock)
    _unmarked: Exception | None = None
    """Why mails that the server has are not marked. The round is over then: nothing more is sent, and
    nothing is given back, until the leases run out."""

    @property
    def is_over(self) -> bool:
        return self.away or self._unmarked is not None or self.stopping()

    @property
    def may_give_back(self) -> bool:
        return self._unmarked is None

    def mark(self, taken: Taken) -> list[Taken]:
        """Note that the server has it, and return when the database does. Whoever's turn it is marks
        for all who wait, so that several connections share a wait for the disk; returns those that
        were marked in one's turn.

        Not among what may go wrong with a mail: given back, it would be sent again."""
        self._taken.append(taken)
        with self._marking:
            if self._unmarked is not None:  # whose mail is marked and whose not, nobody can tell
                raise self._unmarked
            waiting = []
            while self._taken:
                waiting.append(self._taken.popleft())
            if not waiting:  # it was among those of the turn before
                return []
            try:
                return _persistently(lambda: OutgoingMail.mark_sent(waiting))
            except sa.exc.DBAPIError as failed:
                self._unmarked = failed
                raise


def send_waiting(server: SmtpServer, stopping: Callable[[], bool] = lambda: False) -> Sent:
    """Send every mail that is due until there is none or `stopping` says so: the mail in hand is
    finished, the rest given back. Over one connection, or over several when many wait."""
    round_ = Round(server, stopping)
    with reading_only():
        waiting = OutgoingMail.number_due(CONNECTIONS * WORTH_A_CONNECTION)
        db.session.commit()
    helpers = min(CONNECTIONS - 1, waiting // WORTH_A_CONNECTION)
    if not helpers:
        _Sender(round_).work()
    else:
        app = current_app._get_current_object()  # type: ignore[attr-defined]

        def help_out() -> None:
            with app.app_context():  # with a database session of its own
                _Sender(round_).work()

        with ThreadPoolExecutor(helpers) as pool:
            # In a copy of the context, in which the clock may stand still.
            at_work = [
                pool.submit(contextvars.copy_context().run, help_out) for _ in range(helpers)
            ]
            _Sender(round_).work()
        for helper in at_work:
            helper.result()
    total = Sent()
    for sent in round_.done:
        total.sent += sent.sent
        total.failed += sent.failed
        total.skipped += sent.skipped
    return total


class _Sender:
    """One connection, and the mails that are leased for it."""

    def __init__(self, round_: Round) -> None:
        self._round = round_
        self._lease = secrets.token_hex(16)
        self._batch: list[int] = []
        self._result = Sent()
        round_.done.append(self._result)

    def work(self) -> None:
        with Postbox(self._round.server, _host(settings()), _sender(settings())) as postbox:
            while not self._round.is_over:
                self._batch = OutgoingMail.claim(self._lease, BATCH)
                if not self._batch:
                    break
                taken_at = now()
                for ready in self._prepared():
                    if self._round.is_over or now() - taken_at > FRESH:
                        break
                    self._send(ready, postbox)
                if self._round.may_give_back:
                    self._let_go()

    def _prepared(self) -> Iterator[Ready]:
        """Those of the batch that are to go now, as things stand."""
        as_planned, situations = self._as_planned()
        for mail_id in self._batch:
            ready = as_planned.get(mail_id)
            if ready is None and not self._round.is_over:
                with self._trouble_is_its_own(mail_id):
                    ready = self._prepare(mail_id, situations)
            if ready is not None:
                yield ready

    def _as_planned(self) -> tuple[dict[int, Ready], dict[int, Situation]]:
        """The mails that go with the very words they were planned with, which on most mornings is
        all of them, and how things stand for the organizers of the batch. Nothing is written."""
        ready: dict[int, Ready] = {}
        situations: dict[int, Situation] = {}
        with reading_only(), db.session.no_autoflush:
            mails = OutgoingMail.all_held(self._batch, self._lease)
            try:
                situations = _situations(mails)
                for mail in mails:
                    with suppress(Exception):  # it is looked at by itself then, and told
                        if _stands(mail, situations):
                            ready[mail.id] = _ready(mail)
            except Exception:  # something of one of them: each is looked at by itself
                log("batch broken", logging.WARNING, exc_info=True)
            for mail in mails:
                mail.forget_what_was_read()
            db.session.rollback()
        return ready, situations

    def _prepare(self, mail_id: int, situations: dict[int, Situation]) -> Ready | None:
        """The mail written anew; None when it is not to be sent, or not now."""
        mail = OutgoingMail.held(mail_id, self._lease)
        ready = None
        if mail is not None and (mail.kind.is_secret or self._is_of_use(mail, situations)):
            ready = _ready(mail)
        db.session.commit()
        return ready

    def _is_of_use(self, mail: OutgoingMail, situations: dict[int, Situation]) -> bool:
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
        situation = situations.get(mail.organizer_id)
        if situation is None or not all(situation.knows(*subject) for subject in subjects):
            situation = Situation.load(mail.organizer_id, subjects)
        self._result.skipped += settle_pointless(mail, situation)
        if not mail.planned_reminders():
            mail.drop()
            return False
        mail.digest_on = today() if is_digest else None
        mail.to_address, mail.to_name = mail.recipient.email, mail.recipient.name
        Digest.of(mail, situation).write_into(mail)
        return True

    def _send(self, ready: Ready, postbox: Postbox) -> None:
        sent = False
        with self._trouble_is_its_own(ready.mail_id):
            postbox.send(ready.message)
            self._round.strikes = 0
            sent = True
        if sent:
            marked = self._round.mark(ready.taken(self._lease))
            # The figures are those of the reminders and of mails about accounts.
            self._result.sent += sum(row.kind is not MailKind.CALENDAR for row in marked)
            log("mail sent", mail=ready.mail_id)

    @contextmanager
    def _trouble_is_its_own(self, mail_id: int) -> Iterator[None]:
        """What goes wrong with a mail inside is told there, and delays no other."""
        try:
            yield
        except ServerAway as problem:
            self._stop_asking(str(problem))
        except BrokenOff as problem:
            self._give_back(mail_id, str(problem))
            self._round.strikes += 1
            if self._round.strikes >= STRIKES:
                self._stop_asking(str(problem))
        except NotNow as problem:
            self._round.strikes = 0
            self._give_back(mail_id, str(problem))
        except Refused as problem:
            self._round.strikes = 0
            self._fail(mail_id, str(problem))
        except Exception as problem:
            log("mail broken", logging.ERROR, exc_info=True, mail=mail_id)
            self._give_back(mail_id, f"Oväntat fel: {type(problem).__name__}")

    def _stop_asking(self, error: str) -> None:
        self._round.away = True
        log("mail server away", logging.WARNING)
        self._let_go(error)

    def _let_go(self, error: str = "") -> None:
        """Give back what was not come to."""
        _persistently(lambda: OutgoingMail.let_go(self._batch, self._lease, error))

    def _give_back(self, mail_id: int, error: str) -> None:
        db.session.rollback()
        mail = OutgoingMail.held(mail_id, self._lease)
        if mail is not None and not mail.try_again(error):
            self._result.failed += 1
        db.session.commit()

    def _fail(self, mail_id: int, error: str) -> None:
        db.session.rollback()
        mail = OutgoingMail.held(mail_id, self._lease)
        if mail is not None:
            mail.fail(error)
            self._result.failed += 1
            log("mail refused", logging.WARNING, mail=mail_id)
        db.session.commit()


def _persistently(write: Callable[[], Written]) -> Written:
    """Write it, and once more when the connection was lost or SQLite was busy for too long: what is not
    given back waits for its lease to run out, what is not marked stops the round."""
    try:
        return write()
    except sa.exc.DBAPIError:
        db.session.rollback()
    return write()


def _situations(mails: list[OutgoingMail]) -> dict[int, Situation]:
    """How things stand for each organizer whose reminders may go now, by its id."""
    subjects: dict[int, set[tuple[ReminderKind, int]]] = defaultdict(set)
    for mail in mails:
        for row in mail.planned_reminders():
            subjects[row.organizer_id].add((row.kind, row.subject_id))
    return {
        organizer_id: Situation.load(organizer_id, asked)
        for organizer_id, asked in subjects.items()
        if sends_now(organizer_id)
    }


def _stands(mail: OutgoingMail, situations: dict[int, Situation]) -> bool:
    """Whether the mail may go just as it was planned. The mail may be changed by the asking; it is
    not to be saved."""
    if mail.kind.is_secret:
        return True
    situation, reminders = situations.get(mail.organizer_id or 0), mail.planned_reminders()
    if situation is None or not reminders or mail.digest_on != today():
        return False
    if (mail.to_address, mail.to_name) != (mail.recipient.email, mail.recipient.name):
        return False
    if any(
        situation.verdict(
            row.kind, row.subject_id, row.recipient_id, row.offset_days, row.date_revision
        )
        for row in reminders
    ):
        return False
    Digest.of(mail, situation).write_into(mail)
    return not db.session.is_modified(mail)


def _ready(mail: OutgoingMail) -> Ready:
    """Raises Refused for an address that is none."""
    return Ready(
        mail.id,
        compose(mail, settings()),
        mail.kind,
        [row.id for row in mail.planned_reminders()],
    )


def compose(mail: OutgoingMail, configured: Settings) -> EmailMessage:
    """The message as it goes over the wire. Raises Refused for an address that is none."""
    message = EmailMessage(policy=MAIL)
    try:
        message["From"] = _from(configured.mail_from)
        message["To"] = address(mail.to_name, mail.to_address)
    except Exception as wrong:  # the parser of addresses raises whatever it stumbles over
        raise Refused("Adressen går inte att använda") from wrong
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(local(now()))
    message["Message-ID"] = mail.message_id(_host(configured))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange asks for instead
    message["Content-Language"] = "sv"
    put_bodies(message, mail.text, mail.html)
    if mail.calendar is not None:
        attach(message, mail.calendar)
    return message


@cache
def _from(mail_from: str) -> str | Address:
    return address(*parseaddr(mail_from))


def _host(configured: Settings) -> str:
    return urlsplit(configured.base_url).hostname or "localhost"


def _sender(configured: Settings) -> str:
    """Where servers send word of mails that did not arrive."""
    return configured.mail_envelope_from or parseaddr(configured.mail_from)[1]
