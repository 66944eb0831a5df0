"""Forgotten passwords, one-time links, and changing one's own."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.auth.signing import PASSWORD, send, sign_in
from tests.checked_client import CheckedClient, errors
from tracker.auth.passwords import DEMO_PASSWORD
from tracker.clock import now
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    FailedSignIn,
    LinkPurpose,
    MailKind,
    OneTimeLink,
    OutgoingMail,
)

NEW = "en helt annan mening"


def mails():
    return db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)).all()


def link_in(mail):
    return re.search(r"http://127.0.0.1:8000(/valj-losenord/\S+)", mail.text)[1]


def ask(browser, email, status=302):
    return send(browser, "/glomt-losenord", {"email": email}, status)


def test_a_forgotten_password_is_chosen_anew(client, karin):
    client.page("/glomt-losenord")

    response = ask(client, karin.email)

    assert "Titta i din inkorg" in client.page(response.location)
    [mail] = mails()
    assert (mail.kind, mail.to_address, mail.organizer_id) == (MailKind.RESET, karin.email, None)
    assert "Karin" in mail.text
    assert link_in(mail) in mail.html
    client.page(link_in(mail))
    send(client, link_in(mail), {"password": NEW, "repeat": NEW})
    send(client, "/logga-ut")
    sign_in(client, karin.email, PASSWORD, 422)
    sign_in(client, karin.email, NEW)
    assert "Karin Holm valde ett nytt lösenord." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]


def test_a_new_password_ends_every_session(client, karin, as_):
    browser = as_(karin)
    ask(client, karin.email)

    send(client, link_in(mails()[0]), {"password": NEW, "repeat": NEW})

    assert browser.get("/konto").status_code == 302
    client.page("/konto")


@pytest.mark.parametrize("closed", [True, False])
def test_an_address_without_an_account_gets_the_same_answer_and_no_mail(client, karin, closed):
    if closed:
        karin.closed_at = now()
        db.session.commit()

    known = ask(client, karin.email if closed else "finns.inte@exempelby.example")

    assert known.location == "/glomt-losenord/skickat"
    assert mails() == []


@pytest.mark.parametrize("email", ["", "karin", "x" * 100_000, "<script>@x"])
def test_bad_addresses(client, email):
    assert errors(ask(client, email, 422))


def test_asking_without_end_is_limited(client, karin):
    for _ in range(FailedSignIn.PER_EMAIL_AND_CLIENT):
        ask(client, karin.email)

    ask(client, karin.email, 429)
    assert len(mails()) == FailedSignIn.PER_EMAIL_AND_CLIENT


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_link_works_once_and_for_its_time(app, client, cast, the_day, purpose):
    secret = OneTimeLink.issue(cast.ali, purpose)
    db.session.commit()
    the_day.shift(purpose.lifetime - timedelta(seconds=1))
    client.page(f"/valj-losenord/{secret}")

    send(client, f"/valj-losenord/{secret}", {"password": NEW, "repeat": NEW})

    client.page(f"/valj-losenord/{secret}", 410)
    send(client, f"/valj-losenord/{secret}", {"password": NEW, "repeat": NEW}, 410)
    late = OneTimeLink.issue(cast.ali, purpose)
    db.session.commit()
    the_day.shift(purpose.lifetime)
    CheckedClient(app).page(f"/valj-losenord/{late}", 410)


def test_a_link_that_never_was(client):
    assert "Länken gäller inte längre" in client.page("/valj-losenord/påhittad", 410)


def test_looking_at_a_link_does_not_use_it(client, cast):
    """Mail programs and scanners open links."""
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION)
    db.session.commit()

    for _ in range(3):
        assert "Hej Ali Demir!" in client.page(f"/valj-losenord/{secret}")


def test_a_link_of_a_closed_account_is_worth_nothing(client, cast):
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION)
    cast.ali.closed_at = now()
    db.session.commit()

    send(client, f"/valj-losenord/{secret}", {"password": NEW, "repeat": NEW}, 410)

    assert cast.ali.password_hash is None


CHOICES = [
    ("", "", "Skriv ett lösenord."),
    ("kort", "kort", "Lösenordet är för kort: minst 12 tecken."),
    (DEMO_PASSWORD, DEMO_PASSWORD, "Lösenordet är för kort: minst 12 tecken."),
    ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "Välj ett lösenord med fler olika tecken."),
    (NEW, NEW + "x", "Lösenorden är inte lika."),
    (NEW, "", "Skriv lösenordet en gång till."),
    ("ab12" * 500, "ab12" * 500, "Lösenordet är för långt: högst 1 000 tecken."),
]


@pytest.mark.parametrize(("password", "repeat", "message"), CHOICES)
def test_what_cannot_be_chosen(client, cast, password, repeat, message):
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION)
    db.session.commit()

    response = send(
        client, f"/valj-losenord/{secret}", {"password": password, "repeat": repeat}, 422
    )

    assert message in errors(response)
    assert cast.ali.password_hash is None
    client.page(f"/valj-losenord/{secret}")


def test_a_password_of_emoji_and_umlauts_works(client, cast):
    secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION)
    db.session.commit()
    password = "åäö 😀🎉🌲 räksmörgås"

    send(client, f"/valj-losenord/{secret}", {"password": password, "repeat": password})
    send(client, "/logga-ut")

    sign_in(client, cast.ali.email, password)


def change(browser, status=302, **fields):
    data = {"current_password": PASSWORD, "password": NEW, "repeat": NEW} | fields
    return send(browser, "/konto", data, status)


def test_ones_own_password_is_changed(client, karin, as_):
    sign_in(client, karin.email)
    elsewhere = as_(karin)

    change(client)

    assert "Lösenordet är bytt" in client.page("/konto")
    assert elsewhere.get("/konto").status_code == 302
    send(client, "/logga-ut")
    sign_in(client, karin.email, NEW)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"current_password": ""}, "Skriv ditt nuvarande lösenord."),
        ({"current_password": "fel lösenord"}, "Det nuvarande lösenordet stämmer inte."),
        ({"password": "kort", "repeat": "kort"}, "Lösenordet är för kort: minst 12 tecken."),
    ],
)
def test_a_change_that_is_refused(karin, as_, fields, message):
    before = karin.password_hash

    assert message in errors(change(as_(karin), 422, **fields))
    assert karin.password_hash == before


def test_the_account_page_shows_roles(cast, as_):
    text = as_(cast.karin).page("/konto")

    assert "karin@exempelby.example" in text
    assert "Rektor, Sävkullaskolan, från 1 augusti 2023" in text


def test_a_chosen_password_ends_the_links_that_lie_waiting(client, karin):
    invitation = OneTimeLink.issue(karin, LinkPurpose.INVITATION)
    db.session.commit()
    ask(client, karin.email)

    send(client, link_in(mails()[0]), {"password": NEW, "repeat": NEW})

    client.page(f"/valj-losenord/{invitation}", 410)


def test_ones_own_account_tells_when_the_password_was_chosen(client, karin, as_):
    ask(client, karin.email)
    send(client, link_in(mails()[0]), {"password": NEW, "repeat": NEW})

    assert "Karin Holm valde ett nytt lösenord." in client.page("/konto")


def test_guessing_the_present_password_is_limited(karin, as_):
    browser = as_(karin)
    new = "fyra glada hundar"
    guess = {"current_password": "fel lösenord", "password": new, "repeat": new}
    for _ in range(FailedSignIn.PER_EMAIL_AND_CLIENT):
        send(browser, "/konto", guess, 422)
    send(browser, "/konto", guess, 429)
