"""What somebody has asked reaches whoever is to answer: support, what is said of it, the board's questions;
and the national quality dialogue before its day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.notifications.scenes import FakeServer, ledger, mails, moment, set_rules, tick_at
from tests.support.scenes import asked, offer, said
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    BoardQuestion,
    MailRhythm,
    NationalDialogue,
    ReminderState,
    Role,
    RoleAssignment,
    User,
)
from tracker.notifications.upcoming import upcoming

AsPerson = Callable[[User], CheckedClient]

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def usual(cast: Cast, server: FakeServer) -> FakeServer:
    set_rules(
        cast, week=[0], support_request=[-1, -8], support_feedback=[-1, -8],
        board_question=[-1, -8], national_meeting=[14, 1],
    )  # fmt: skip
    return server


def every_day(first: str, days: int) -> None:
    for number in range(days):
        day = date.fromisoformat(first) + timedelta(days=number)
        for wall in ("07:00", "12:00"):
            tick_at(day, wall)


@pytest.mark.parametrize("rhythm", list(MailRhythm))
def test_who_is_named_hears_of_a_question_the_next_working_day(
    cast: Cast, usual: FakeServer, rhythm: MailRhythm
) -> None:
    """However seldom she gets mail; and once more, with the week's other mail, while it waits."""
    cast.samira.choose_rhythm(rhythm)
    mentor = offer(cast, owner_id=cast.samira.id)
    with clock.stopped_at(moment("2026-11-20", "10:00")):  # a Friday
        asked(cast.hassel, cast.ali, "Något känsligt.", offer=mentor)
    every_day("2026-11-20", 21)
    days = [day for day, _ in usual.subjects(cast.samira)]
    assert days == ["2026-11-23", "2026-11-30"]
    mail = mails(to=cast.samira)[0]
    assert "stöd väntar på dig" in mail.subject or "Din vecka" in mail.subject
    assert "Hasselbrinksskolan ber om Rektorsmentor, sedan 20 november" in mail.text
    assert "/stod/" in mail.text
    assert "svaret går att ändra" in mail.text
    assert "känsligt" not in mail.text  # the systemförvaltare reads the outbox


def test_an_answer_is_the_end_of_it(cast: Cast, usual: FakeServer) -> None:
    mentor = offer(cast, owner_id=cast.samira.id)
    first = asked(cast.hassel, cast.ali, offer=mentor)
    asked(cast.savkulla, cast.karin, offer=mentor)
    with clock.stopped_at(moment("2026-11-23", "06:00")):
        first.respond("Ja.", by=cast.samira)
        db.session.commit()
    tick_at("2026-11-23")
    (mail,) = mails(to=cast.samira)
    assert "Sävkullaskolan ber om" in mail.text
    assert "Hasselbrinksskolan" not in mail.text
    assert "Besvarat de senaste 30 dagarna: en." in mail.text
    asked(cast.klockvret, cast.erik)  # from nobody in particular: Din vecka tells Erik
    tick_at("2026-11-24")
    assert len(mails(to=cast.samira)) == 1


def test_who_has_left_the_organizer_is_not_asked(cast: Cast, usual: FakeServer) -> None:
    asked(cast.hassel, cast.ali, offer=offer(cast, owner_id=cast.samira.id))
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.samira.id):
        role.end(date(2026, 11, 20), by=None)
    db.session.commit()
    tick_at("2026-11-23")
    assert mails(to=cast.samira) == []


def test_what_is_said_of_a_support_and_its_follow_up(
    cast: Cast, usual: FakeServer, as_: AsPerson
) -> None:
    """To the skolchef until it is handed on; then to the owner, and to her when the follow-up is due."""
    row = said(cast)
    tick_at("2026-11-23")
    (mail,) = mails(to=cast.lena)
    assert "Rektorsgruppen om Centrala elevhälsan" in mail.text
    assert "Lämna över" in mail.text
    with clock.stopped_at(moment("2026-11-23", "10:00")):
        row.hand_to(cast.samira, by=cast.lena)
        db.session.commit()
    tick_at("2026-11-24")
    assert len(mails(to=cast.samira)) == 1
    with clock.stopped_at(moment("2026-11-24", "10:00")):
        row.clarify("En ingång.", date(2026, 12, 10), by=cast.samira)
        db.session.commit()
    every_day("2026-11-25", 30)
    told = mails(to=cast.samira)[1:]
    assert [mail.digest_on.isoformat() for mail in told] == ["2026-12-11", "2026-12-21"]
    assert "skulle följas upp 10 december" in told[0].text
    assert len(mails(to=cast.lena)) == 1
    page = as_(cast.tove).page("/utskick/paminnelser")
    assert "Synpunkten på Centrala elevhälsan" in page


def test_the_boards_question_reaches_the_skolchef(cast: Cast, usual: FakeServer) -> None:
    question = BoardQuestion.ask(cast.exempelby, "Hur går det?", None, by=cast.perolov)
    db.session.commit()
    tick_at("2026-11-20", "12:00")
    assert mails(to=cast.lena) == []
    tick_at("2026-11-23")
    (mail,) = mails(to=cast.lena)
    assert mail.subject == "En fråga från nämnden väntar på dig"
    assert "Frågan från Per-Olov Wikström" in mail.text
    with clock.stopped_at(moment("2026-11-24")):
        question.give_answer("Bra.", by=cast.lena)
        db.session.commit()
    every_day("2026-11-25", 14)
    assert len(mails(to=cast.lena)) == 1


def national(cast: Cast, day: str) -> NationalDialogue:
    row = NationalDialogue.begin(cast.year, by=cast.lena)
    start = moment(day, "10:00")
    row.meetings[1].arrange(start, start + timedelta(hours=2), "Teams", "", by=cast.lena)
    db.session.commit()
    return row


def test_the_national_dialogue_is_near(cast: Cast, usual: FakeServer) -> None:
    with clock.stopped_at(moment("2026-11-02", "10:00")):
        row = national(cast, "2026-12-10")
    every_day("2026-11-20", 18)
    (mail,) = mails(to=cast.lena)
    assert mail.digest_on == date(2026, 11, 26)
    assert mail.subject == "Nationella kvalitetsdialogen 10 december: dialog"
    assert "Skriv vad ni vill ta upp" in mail.text
    assert mails(to=cast.erik) == [] or "ationella" not in mails(to=cast.erik)[-1].text
    with clock.stopped_at(moment("2026-12-08", "10:00")):
        row.write(by=cast.lena, focus="Närvaron", takeaway="")
        start = moment("2026-12-17", "10:00")
        row.meetings[1].arrange(
            start, start + timedelta(hours=2), "Teams", "", by=cast.lena, reason="Krock"
        )
        db.session.commit()
    tick_at("2026-12-08", "12:00")  # who sets times corrects them
    every_day("2026-12-09", 10)
    days = [mail.digest_on.isoformat() for mail in mails(to=cast.lena)]
    assert days == ["2026-11-26", "2026-12-09", "2026-12-16"]
    last = mails(to=cast.lena)[-1].text
    assert "det ni vill ta upp är skrivet" in last
    assert "Passar inte tiden?" in last


def test_the_preview_says_what_is_sent(cast: Cast, usual: FakeServer) -> None:
    asked(cast.hassel, cast.ali, offer=offer(cast, owner_id=cast.samira.id))
    said(cast).clarify("En ingång.", date(2026, 12, 3), by=cast.lena)
    BoardQuestion.ask(cast.exempelby, "Hur går det?", None, by=cast.perolov)
    national(cast, "2026-12-08")
    db.session.commit()
    told = [
        (clock.local(mail.at).date(), mail.person.id, mail.subject)
        for mail in upcoming(cast.exempelby.id)
        if mail.person.id in (cast.lena.id, cast.samira.id)
    ]
    every_day("2026-11-20", 29)
    sent = [
        (mail.digest_on, mail.recipient_id, mail.subject)
        for person in (cast.lena, cast.samira)
        for mail in mails(to=person)
    ]
    assert sorted(told) == sorted(sent) != []
    assert all(state in set(ReminderState) for *_, state, _ in ledger())


def test_two_roles_one_mail_a_day(cast: Cast, usual: FakeServer) -> None:
    RoleAssignment.give(cast.erik, Role.ORGANIZER_LEAD, cast.exempelby, by=None,
                        starts_on=date(2026, 8, 1))  # fmt: skip
    asked(cast.hassel, cast.ali, offer=offer(cast, owner_id=cast.erik.id))
    said(cast)
    tick_at("2026-11-23")
    (mail,) = mails(to=cast.erik)
    assert mail.text.count("Hasselbrinksskolan") >= 1
    assert mail.text.count("ber om Rektorsmentor") == 0  # Din vecka tells of it already
    assert "Rektorsgruppen om Centrala elevhälsan" in mail.text
