"""Mail that does not arrive is shown at the person, until one does or the address is another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.notifications.scenes import FakeServer, decided_measure, tick_at
from tracker.clock import now
from tracker.config import SmtpServer
from tracker.extensions import db
from tracker.models import (
    LinkPurpose,
    MailKind,
    MailState,
    OneTimeLink,
    Organizer,
    OutgoingMail,
    Role,
    RoleAssignment,
    User,
)
from tracker.notifications.account_mails import send_invitation
from tracker.web.swedish import sort_key

AsPerson = Callable[[User], CheckedClient]
ANSWER = "Mejlservern tar inte emot mejlet: 550 5.1.1 <ali> No such user"
LINE = (
    "Mejl till den här adressen kom inte fram: Mejlservern tar inte emot mejlet: "
    "550 5.1.1 &lt;ali&gt; No such user, "
)
TAG = "Mejl kommer inte fram"


def page_of(person: User) -> str:
    return f"/organisation/personer/{person.id}"


def mail(
    organizer: Organizer | None, person: User, state: MailState, **values: Any
) -> OutgoingMail:
    """A mail that was refused, or arrived, some days ago."""
    ago = timedelta(days=values.pop("days_ago", 1))
    row = OutgoingMail(
        organizer_id=organizer.id if organizer else None, recipient_id=person.id, state=state,
        kind=MailKind.REMINDERS if organizer else MailKind.RESET,
        digest_on=(now() - ago).date() if organizer else None,
        to_address=person.email, to_name=person.name, subject="Påminnelse", text="", html="",
        next_try_at=now() - ago,
        last_error=ANSWER if state is MailState.FAILED else "",
        sent_at=now() - ago if state is MailState.SENT else None,
    )  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.commit()
    return row


def test_refused_at_the_mail_server(
    app: Flask, cast: Cast, as_: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeServer()
    smtp = SmtpServer.parse("smtp://127.0.0.1:2525")
    monkeypatch.setitem(app.config, "VARVET", replace(app.config["VARVET"], smtp=smtp))
    monkeypatch.setattr("tracker.notifications.sending.Postbox", lambda *_: fake)
    fake.refuses = [cast.ali.email]
    decided_measure(cast, "2026-11-16", unit=cast.hassel)
    assert tick_at("2026-11-16").failed == 1
    page = as_(cast.tove).page(page_of(cast.ali))
    assert "Mejl till den här adressen kom inte fram: " in page
    assert "550 No such user, 16 nov 2026 07.00." in page
    fake.refuses = []
    decided_measure(cast, "2026-11-17", "En till", unit=cast.hassel)
    assert tick_at("2026-11-17").sent == 1
    assert "kom inte fram" not in as_(cast.tove).page(page_of(cast.ali))


def test_told_at_the_person_and_in_the_list(cast: Cast, as_: AsPerson) -> None:
    mail(cast.exempelby, cast.ali, MailState.FAILED)
    browser = as_(cast.tove)
    page = browser.page(page_of(cast.ali))
    assert LINE in page
    assert "Rätta den under Uppgifter" in page
    assert browser.page("/organisation/personer").count(TAG) == 1
    assert "kom inte fram" not in browser.page(page_of(cast.karin))


def test_an_account_that_is_in_use_gets_another_way_out(cast: Cast, as_: AsPerson) -> None:
    mail(cast.exempelby, cast.ali, MailState.FAILED)
    cast.ali.password_hash = "x"
    db.session.commit()
    assert "Har hen fått en annan adress, bjud in den" in as_(cast.tove).page(page_of(cast.ali))


def test_until_a_mail_arrives(cast: Cast, as_: AsPerson) -> None:
    mail(cast.exempelby, cast.ali, MailState.FAILED, days_ago=3)
    mail(cast.exempelby, cast.ali, MailState.SENT, days_ago=4)
    assert LINE in as_(cast.tove).page(page_of(cast.ali))
    mail(cast.exempelby, cast.ali, MailState.SENT, days_ago=2)
    assert "kom inte fram" not in as_(cast.tove).page(page_of(cast.ali))
    assert TAG not in as_(cast.tove).page("/organisation/personer")
    mail(cast.exempelby, cast.ali, MailState.FAILED, days_ago=1)
    assert LINE in as_(cast.tove).page(page_of(cast.ali))


def test_until_the_address_is_changed(cast: Cast, as_: AsPerson) -> None:
    mail(cast.exempelby, cast.ali, MailState.FAILED)
    cast.ali.correct(cast.exempelby, cast.ali.name, "ali.demir@exempelby.example", by=cast.tove)
    db.session.commit()
    assert "kom inte fram" not in as_(cast.tove).page(page_of(cast.ali))


def test_an_invitation_too(cast: Cast, as_: AsPerson) -> None:
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION, cast.exempelby.id)
    invitation = send_invitation(cast.ali, secret, cast.exempelby)
    db.session.flush()
    invitation.fail(ANSWER)
    db.session.commit()
    page = as_(cast.tove).page(page_of(cast.ali))
    assert LINE in page
    assert secret not in page


def test_nothing_of_another_municipalitys_mails(cast: Cast, as_: AsPerson) -> None:
    RoleAssignment.give(cast.ali, Role.BOARD, cast.granby, by=None)
    mail(cast.granby, cast.ali, MailState.FAILED)
    mail(None, cast.ali, MailState.FAILED)  # a new password: nobody's to see
    assert "kom inte fram" not in as_(cast.tove).page(page_of(cast.ali))
    assert LINE in as_(cast.greta).page(page_of(cast.ali))


def test_not_for_who_does_not_manage(cast: Cast, as_: AsPerson) -> None:
    mail(cast.exempelby, cast.ali, MailState.FAILED)
    as_(cast.karin).page(page_of(cast.ali), 403)
    as_(cast.greta).page(page_of(cast.ali), 404)


def test_a_closed_account_is_left_alone(cast: Cast, as_: AsPerson) -> None:
    mail(cast.exempelby, cast.ali, MailState.FAILED)
    cast.ali.close(cast.exempelby, by=cast.tove)
    db.session.commit()
    browser = as_(cast.tove)
    assert "kom inte fram" not in browser.page(page_of(cast.ali))
    assert TAG not in browser.page("/organisation/personer")


def test_statements(cast: Cast, as_: AsPerson, statements: Callable[[], Any]) -> None:
    """As many for fifty people whose mail does not arrive as for one."""
    for number in range(50):
        person = User(
            email=f"p{number}@x.example", name=f"Aa {number}", sort_key=sort_key(f"Aa {number}")
        )
        db.session.add(person)
        db.session.flush()
        RoleAssignment.give(person, Role.BOARD, cast.exempelby, by=None)
        for days_ago in (1, 2, 3):
            mail(cast.exempelby, person, MailState.FAILED, days_ago=days_ago)
    browser = as_(cast.tove)
    with statements() as sent:
        page = browser.page("/organisation/personer")
    assert page.count(TAG) == 50
    assert len(sent) <= 15
    with statements() as sent:
        browser.page(page_of(person))
    assert len(sent) <= 15
