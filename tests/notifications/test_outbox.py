"""Utskick: the administrator sees what went, what waits, and why something did not go."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.notifications.scenes import (
    FakeServer,
    mails,
    place,
    tick_at,
)
from tracker.clock import now
from tracker.extensions import db
from tracker.models import LinkPurpose, MailKind, MailState, OneTimeLink, OutgoingMail, User
from tracker.notifications.account_mails import send_invitation, send_reset

AsPerson = Callable[[User], CheckedClient]


@pytest.fixture
def waiting(cast: Cast) -> OutgoingMail:
    """A mail to Karin that waits: there is no mail server."""
    place(cast, "2026-10-06")
    tick_at("2026-09-15")
    return mails()[0]


def test_what_waits_and_why(cast: Cast, as_: AsPerson, waiting: OutgoingMail) -> None:
    page = as_(cast.tove).page("/utskick")
    assert "Kvalitetsdialog 6 oktober: tre saker kvar för dig" in page
    assert "Karin Holm" in page
    assert "Väntar" in page
    assert "Ingen mejlserver är inställd" in page


def test_read_one(cast: Cast, as_: AsPerson, waiting: OutgoingMail) -> None:
    page = as_(cast.tove).page(f"/utskick/{waiting.id}")
    assert "Hej Karin!" in page
    assert "Välj område till dialogen" in page
    assert "Dialog 1 läsåret 2026/27: Lyktvretens förskola och Sävkullaskolan" in page


def test_sent_and_failed(cast: Cast, as_: AsPerson, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    server.refuses = [cast.erik.email]
    tick_at("2026-10-05")
    page = as_(cast.tove).page("/utskick")
    assert "Ingen mejlserver är inställd" not in page
    assert "Skickat" in page
    assert "5 okt 2026 07.00" in page
    assert "Kunde inte skickas" in page
    assert "550 No such user" in page
    failed = next(mail for mail in mails() if mail.state is MailState.FAILED)
    page = as_(cast.tove).page(f"/utskick/{failed.id}")
    assert "Det gick inte att skicka" in page
    assert "Mejlet kunde inte skickas" in page


def test_mails_with_a_link_are_never_shown(cast: Cast, as_: AsPerson) -> None:
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION, cast.exempelby.id)
    invitation = send_invitation(cast.ali, secret, cast.exempelby)
    reset = send_reset(cast.karin, OneTimeLink.issue(cast.karin, LinkPurpose.RESET))
    db.session.commit()
    browser = as_(cast.tove)
    page = browser.page("/utskick")
    assert "Inbjudan" in page
    assert "Ali Demir" in page
    assert secret not in page
    assert invitation.subject not in page
    assert "Nytt lösenord" not in page
    assert "Karin Holm" not in page
    browser.page(f"/utskick/{invitation.id}", 404)
    browser.page(f"/utskick/{reset.id}", 404)


def test_empty(cast: Cast, as_: AsPerson) -> None:
    assert "Inget har skickats än" in as_(cast.tove).page("/utskick")
    assert "Inga påminnelser än" in as_(cast.tove).page("/utskick/paminnelser")


@pytest.mark.parametrize("person", ["karin", "erik", "lena", "samira", "sofia", "perolov"])
def test_only_for_who_manages(
    cast: Cast, as_: AsPerson, waiting: OutgoingMail, person: str
) -> None:
    browser = as_(getattr(cast, person))
    for address in ("/utskick", f"/utskick/{waiting.id}", "/utskick/paminnelser"):
        browser.page(address, 403)


def test_another_municipality_sees_nothing(
    cast: Cast, as_: AsPerson, waiting: OutgoingMail
) -> None:
    browser = as_(cast.greta)
    assert "Karin" not in browser.page("/utskick")
    browser.page(f"/utskick/{waiting.id}", 404)
    browser.page("/utskick/99999999999999999999", 404)


def test_pages_and_statements(cast: Cast, as_: AsPerson, statements: Callable[[], object]) -> None:
    for number in range(120):
        db.session.add(
            OutgoingMail(
                organizer_id=cast.exempelby.id,
                recipient_id=cast.karin.id,
                kind=MailKind.REMINDERS,
                digest_on=now().date() - timedelta(days=number),
                to_address="karin@exempelby.example",
                to_name="Karin Holm",
                subject=f"Mejl nummer {number:03}",
                text="",
                html="",
            )
        )
    browser = as_(cast.tove)
    with statements() as sent:
        page = browser.page("/utskick")
    assert len(sent) <= 15
    assert "Mejl nummer 119" in page
    assert "Mejl nummer 010" not in page
    assert "Mejl nummer 010" in browser.page("/utskick?sida=2")
