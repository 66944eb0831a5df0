"""One mail that cannot be put together, or says what nobody foresaw, delays no other."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cast import Cast
from tests.notifications.mail_server import MailServer, mail_server
from tests.notifications.scenes import decided_measure, mails, tick_at
from tracker import clock
from tracker.config import SmtpServer
from tracker.extensions import db
from tracker.models import MailKind, MailState, Measure, OutgoingMail
from tracker.notifications import planning, sending

MONDAY = "2026-09-14"


@pytest.fixture
def due(cast: Cast) -> None:
    """A mail to Karin, and after it one to Ali and one to Erik."""
    for unit in (cast.savkulla, cast.hassel, cast.klockvret):
        decided_measure(cast, MONDAY, unit=unit)


def send(app: Flask, monkeypatch: pytest.MonkeyPatch, day: str = MONDAY) -> tuple[Any, MailServer]:
    with mail_server() as server:
        configured = replace(app.config["VARVET"], smtp=SmtpServer.parse(server.url))
        monkeypatch.setitem(app.config, "VARVET", configured)
        return tick_at(day), server


def to(server: MailServer) -> list[str]:
    return sorted(message["To"].addresses[0].addr_spec for message in server.received)


OTHERS = ["ali@exempelby.example", "erik@exempelby.example"]


def test_composing_raises(
    app: Flask, cast: Cast, due: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = sending.compose

    def stumble(mail: OutgoingMail, *rest: Any) -> EmailMessage:
        if mail.recipient_id == cast.karin.id:
            raise KeyError("något oväntat")
        return compose(mail, *rest)

    monkeypatch.setattr(sending, "compose", stumble)
    _, server = send(app, monkeypatch)
    assert to(server) == OTHERS
    [mail] = mails(to=cast.karin)
    assert (mail.state, mail.attempts, mail.lease) == (MailState.QUEUED, 1, None)
    assert mail.last_error == "Oväntat fel: KeyError"


@pytest.mark.parametrize("where", ["write_into", "of"])
def test_the_words_raise_when_they_are_written_anew(
    app: Flask, cast: Cast, due: None, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    tick_at(MONDAY)  # planned while there was no server
    real = getattr(sending.Digest, where)

    def stumble(*args: Any) -> Any:
        mail = next(arg for arg in args if isinstance(arg, OutgoingMail))
        if mail.recipient_id == cast.karin.id:
            raise ZeroDivisionError
        return real(*args)

    monkeypatch.setattr(
        sending.Digest, where, stumble if where == "write_into" else staticmethod(stumble)
    )
    _, server = send(app, monkeypatch)
    assert to(server) == OTHERS
    assert mails(to=cast.karin)[0].last_error == "Oväntat fel: ZeroDivisionError"


def test_what_is_asked_of_all_raises(
    app: Flask, cast: Cast, due: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How things stand is read for a batch at once; when that fails, each mail is looked at by itself."""
    load = sending.Situation.load
    poisoned = db.session.query(sa.func.min(Measure.id)).scalar()

    def stumble(organizer_id: int, subjects: Any) -> Any:
        subjects = set(subjects)
        if any(key == poisoned for _, key in subjects):
            raise RuntimeError("en rad med något oväntat")
        return load(organizer_id, subjects)

    tick_at(MONDAY)
    monkeypatch.setattr(sending.Situation, "load", stumble)
    monkeypatch.setattr("tracker.notifications.passes.plan", lambda _id: planning.Planned())
    _, server = send(app, monkeypatch)
    assert len(to(server)) == 2
    assert [mail.last_error for mail in mails() if mail.state is MailState.QUEUED] == [
        "Oväntat fel: RuntimeError"
    ]


def test_planning_stumbles_over_one_person(
    app: Flask, cast: Cast, due: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sending.Digest.write_into

    def stumble(self: Any, mail: OutgoingMail) -> None:
        if mail.recipient_id == cast.karin.id:
            raise ZeroDivisionError
        real(self, mail)

    with monkeypatch.context() as patch:
        patch.setattr(sending.Digest, "write_into", stumble)
        result, server = send(app, patch)
    assert to(server) == OTHERS
    assert result.planned == 2
    assert mails(to=cast.karin) == []
    _, server = send(app, monkeypatch, "2026-09-15")  # mended: planned after all
    assert to(server) == ["karin@exempelby.example"]


@pytest.mark.parametrize(
    "name",
    [
        "Karin\r\nBcc: alla@exempelby.example",
        "Karin\nSubject: Vinn en resa",
        "Karin\x00\x1b[31m Holm",
        'Karin" <alla@exempelby.example>, "Holm',
        "=?utf-8?q?Karin=0ABcc:_alla@exempelby.example?=",
        "Karin; group: a@b.example, c@d.example;",
        "Å" * 200,
        "Karin \u202enmloH \U0001f600",
    ],
)
def test_a_name_that_would_be_more_than_a_name(
    app: Flask, cast: Cast, due: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    cast.karin.name = name.replace("\x00", "")  # PostgreSQL keeps no NUL
    db.session.commit()
    result, server = send(app, monkeypatch)
    assert (result.sent, result.failed) == (3, 0)
    assert to(server) == sorted([*OTHERS, "karin@exempelby.example"])
    for message in server.received:
        assert message["Bcc"] is None
        assert len(message.get_all("Subject")) == 1
        assert "Vinn" not in str(message["Subject"])
        assert len(message["To"].addresses) == 1
        for line in message.as_bytes().split(b"\n"):
            assert len(line) < 999


@pytest.mark.parametrize(
    "address",
    ["karin", "karin@", "@exempelby.example", "karin holm@x.example", "karin@x.example\nBcc: b@x.se"],
)  # fmt: skip
def test_an_address_that_is_none(
    app: Flask, cast: Cast, due: None, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    cast.karin.email = address
    db.session.commit()
    result, server = send(app, monkeypatch)
    assert (result.sent, result.failed) == (2, 1)
    assert to(server) == OTHERS
    [mail] = mails(to=cast.karin)
    assert (mail.state, mail.last_error) == (MailState.FAILED, "Adressen går inte att använda")


@pytest.mark.parametrize(
    "subject",
    ["Ö" * 300, "\U0001f3eb" * 300, "ord " * 74, "x" * 300, "Ä " * 150, "Hej\r\nBcc: b@x.se", "", "Hej\n", "=?utf-8?q?=0ABcc:_b@x.se?="],
)  # fmt: skip
def test_a_subject_of_300_characters(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    with clock.stopped_at(clock.parse(f"{MONDAY}T10:00")):
        db.session.add(
            OutgoingMail(
                recipient_id=cast.karin.id, kind=MailKind.RESET, to_address="karin@exempelby.example",
                to_name="Karin Holm", subject=subject, text="Hej\n.\n..\nFrom Å\n" + "ö" * 2000,
                html="<p>Hej</p>",
            )
        )  # fmt: skip
        db.session.commit()
    with mail_server() as server:
        configured = replace(app.config["VARVET"], smtp=SmtpServer.parse(server.url))
        monkeypatch.setitem(app.config, "VARVET", configured)
        assert tick_at(MONDAY, "10:01").sent == 1
    [message] = server.received
    assert str(message["Subject"]) == " ".join(subject.split())
    assert message["Bcc"] is None
    [text] = message.get_body(("plain",)).get_content().splitlines()[4:]
    assert message.get_body(("plain",)).get_content().splitlines()[:4] == [
        "Hej",
        ".",
        "..",
        "From Å",
    ]
    assert text == "ö" * 2000
    for line in message.as_bytes().split(b"\n"):
        assert len(line) <= 998
