"""Din vecka: one mail on the week's first working day, and the day before a dialogue; and one mail a
week for whoever chooses so."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.notifications.scenes import (
    FakeServer,
    all_prepared,
    approve,
    ask_for_support,
    check_in,
    decided_measure,
    hold,
    ledger,
    mails,
    moment,
    place,
    set_rules,
    tick_at,
)
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    MailRhythm,
    MailState,
    Role,
    RoleAssignment,
    Side,
    SupportDecision,
    SupportLevel,
    SupportRequest,
    User,
)

AsPerson = Callable[[User], CheckedClient]


@pytest.fixture
def weeks(cast: Cast, server: FakeServer) -> FakeServer:
    set_rules(cast, week=[0])
    return server


def week_days(server: FakeServer, person: User) -> list[str]:
    return [day for day, _ in server.subjects(person)]


def every_day(first: str, last: str, wall: str = "07:00") -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        tick_at(day, wall)
        day = date.fromordinal(day.toordinal() + 1)


def prepare_everything(cast: Cast) -> None:
    """Nothing in Norr needs its dialogansvarig: no vacancy, every dialogue has been placed, and all have
    checked in."""
    check_in(cast, "2026-09-04", cast.savkulla, cast.lyktvret, cast.hassel, cast.klockvret)
    with clock.stopped_at(moment("2026-08-17")):
        RoleAssignment.give(cast.samira, Role.PRINCIPAL, cast.exempelby, by=None,
                            unit=cast.klockvret)  # fmt: skip
    days = {"savkulla": 5, "lyktvret": 5, "hassel": 6, "klockvret": 7}
    for unit, day in days.items():
        dialogue = cast.dialogue(getattr(cast, unit))
        if dialogue.starts_at is None:
            all_prepared(cast, place(cast, f"2026-10-0{day}", unit=getattr(cast, unit)))


def test_what_the_week_holds(cast: Cast, weeks: FakeServer) -> None:
    place(cast, "2026-09-24", unit=cast.hassel)
    hold(cast, place(cast, "2026-09-10", unit=cast.savkulla), "2026-09-10")
    approve(cast.dialogue(cast.savkulla), Side.PRINCIPAL, moment("2026-09-11"))
    ask_for_support(
        cast, check_in(cast, "2026-09-15", cast.savkulla), "Besked från elevhälsochefen"
    )
    check_in(cast, "2026-09-09", cast.hassel)
    tick_at("2026-09-21")
    [mail] = mails(to=cast.erik)
    assert mail.subject.startswith("Din vecka 39: en dialog, ")
    for body in (mail.text, mail.html):
        assert "Dialoger den här veckan" in body
        assert "Torsdag 24 september kl. 13.00: Dialog 1 med Hasselbrinksskolan" in body
        assert "Att höra av dig till" in body
        assert "Ingen leder enheten" in body
        assert "Minnesanteckningar som väntar på dig" in body
        assert "Frågor om stöd utan svar" in body
        assert "Sävkullaskolan frågar om stöd: Besked från elevhälsochefen" in body
        assert "Dags att stämma av" in body
        assert "högst ett sådant här mejl i veckan" in body
        assert "http://127.0.0.1:8000/dialoger/" in body
    assert "- Hasselbrinksskolan med Ali, 23 september\n" in mail.text


def test_support_asked_for_by_itself_and_support_to_follow_up(
    cast: Cast, weeks: FakeServer
) -> None:
    check_in(cast, "2026-09-18", cast.hassel)
    with clock.stopped_at(moment("2026-09-15", "10:00")):
        SupportDecision.make(
            cast.hassel, SupportLevel.TARGETED, by=cast.erik, reason="Tre lärarbyten.",
            since_on=date(2026, 9, 1), follow_up_on=date(2026, 10, 1),
        )  # fmt: skip
        asked = SupportRequest.ask(cast.hassel, "En mentor under hösten", by=cast.ali)
        db.session.commit()
    tick_at("2026-09-21")
    [mail] = mails(to=cast.erik)
    for body in (mail.text, mail.html):
        assert "Hasselbrinksskolan frågar om stöd: En mentor under hösten" in body
        assert f"http://127.0.0.1:8000/stod/{asked.id}" in body
        assert "Stödet följs upp 1 okt" in body
    assert "- Hasselbrinksskolan frågar om stöd, sedan" in mail.shown
    assert "En mentor" not in mail.shown, "who manages the mails reads no requests"
    assert all("mentor" not in mail.text for mail in mails(to=cast.maria))


def test_it_tells_the_same_story_as_start(
    cast: Cast, weeks: FakeServer, as_: AsPerson, the_day: object
) -> None:
    decided_measure(cast, "2026-09-14", "Mattestuga", cast.hassel)
    decided_measure(cast, "2026-09-15", "Läsning", cast.savkulla)
    tick_at("2026-11-16")
    text = mails(to=cast.erik)[0].text
    the_day.move_to(moment("2026-11-16", "09:00"))  # type: ignore[attr-defined]
    start = as_(cast.erik).page("/")
    for reason in (
        "En effekt väntar på bedömning sedan 14 sept",
        "Dialog 1 har inte fått någon tid än",
        "Ingen leder enheten",
    ):
        assert reason in start
        assert reason in text
    # Four units need her; three are named, in the order of Start.
    assert text.count("Dialog 1 har inte fått någon tid än") == 3
    assert "På Start står en enhet till, med skälet." in text


def test_on_the_first_working_day(cast: Cast, weeks: FakeServer) -> None:
    every_day("2027-03-22", "2027-04-09")  # Good Friday is 26 March, Easter Monday the 29th
    assert week_days(weeks, cast.erik) == ["2027-03-22", "2027-03-30", "2027-04-05"]


def test_silent_in_the_calm_weeks(cast: Cast, weeks: FakeServer) -> None:
    every_day("2027-06-14", "2027-08-16")
    assert week_days(weeks, cast.erik) == ["2027-06-14", "2027-08-09", "2027-08-16"]


def test_only_monday_and_the_day_before(cast: Cast, weeks: FakeServer) -> None:
    place(cast, "2026-09-24", unit=cast.hassel)
    place(cast, "2026-10-06", unit=cast.klockvret)  # vacant: rektor's reminders are hers
    for day in (15, 16, 17, 18, 24, 30):
        decided_measure(cast, f"2026-09-{day}", f"Åtgärd {day}", cast.klockvret)
    every_day("2026-09-14", "2026-10-06")
    assert week_days(weeks, cast.erik) == [
        "2026-09-14", "2026-09-21", "2026-09-23", "2026-09-28", "2026-10-05",
    ]  # fmt: skip
    first = mails(to=cast.erik)[0].text
    assert "Tisdag 6 oktober kl. 13.00 är det Dialog 1 om Klockvretsskolan." in first  # −21
    assert "- Bedöm effekten av Åtgärd 15, " in first
    # Monday the 5th is the day before, too: one mail, told once.
    assert mails(to=cast.erik)[-1].text.count("Tisdag 6 oktober kl. 13.00") == 1


def test_what_comes_up_after_mondays_mail_waits_for_the_next(cast: Cast, weeks: FakeServer) -> None:
    tick_at("2026-09-14")
    decided_measure(cast, "2026-09-15", "Lugn start", cast.klockvret)
    every_day("2026-09-15", "2026-09-21")
    assert week_days(weeks, cast.erik) == ["2026-09-14", "2026-09-21"]
    assert "Lugn start" in mails(to=cast.erik)[1].text


def test_a_monday_that_was_missed_is_caught_up(cast: Cast, weeks: FakeServer) -> None:
    decided_measure(cast, "2026-09-17", "Lugn start", cast.klockvret)
    tick_at("2026-09-15", "10:00")
    tick_at("2026-09-16")
    assert week_days(weeks, cast.erik) == ["2026-09-15"]
    assert "- Lugn start (Klockvretsskolan), från 17 september\n" in mails(to=cast.erik)[0].text


def test_a_week_that_waited_too_long_is_not_sent(
    cast: Cast, request: pytest.FixtureRequest
) -> None:
    set_rules(cast, week=[0])
    for day in ("2026-09-14", "2026-09-15", "2026-09-21"):
        tick_at(day)
    server = request.getfixturevalue("server")
    tick_at("2026-09-22")
    assert [subject[:12] for _, subject in server.subjects(cast.erik)] == ["Din vecka 39"]
    assert [row[3:] for row in ledger(of=cast.erik)] == [
        ("skipped", "Veckan är över"), ("sent", ""),
    ]  # fmt: skip


def test_nothing_to_tell_no_mail(cast: Cast, weeks: FakeServer) -> None:
    prepare_everything(cast)
    every_day("2026-09-07", "2026-09-11")
    assert weeks.subjects(cast.erik) == []
    assert ledger(of=cast.erik) == [("Erik", 0, 0, "skipped", "Inget att berätta den veckan")]


def test_done_meanwhile_it_is_dropped(cast: Cast) -> None:
    set_rules(cast, week=[0])
    tick_at("2026-09-07")
    assert [mail.state for mail in mails(to=cast.erik)] == [MailState.QUEUED]
    prepare_everything(cast)
    tick_at("2026-09-07", "09:00")
    assert [mail.state for mail in mails(to=cast.erik)] == [MailState.DROPPED]


def test_one_row_a_week_in_each_municipality(cast: Cast, weeks: FakeServer) -> None:
    """Who is dialogansvarig in two gets one from each: the weeks have the same number."""

    RoleAssignment.give(cast.erik, Role.DIALOGUE_LEAD, cast.granby, by=None,
                        starts_on=date(2026, 8, 1))  # fmt: skip
    cast.granby.set_reminders(cast.exempelby.offsets(), by=cast.greta)
    db.session.commit()
    tick_at("2026-09-14")
    tick_at("2026-09-14", "07:01")
    assert len(weeks.subjects(cast.erik)) == 2
    text = {mail.organizer_id: mail.text for mail in mails(to=cast.erik)}
    assert "Granbyskolan" not in text[cast.exempelby.id]
    assert "Klockvretsskolan" not in text[cast.granby.id]


def test_off_a_dialogansvarig_is_told_day_by_day(cast: Cast, server: FakeServer) -> None:
    for day in (15, 16):
        decided_measure(cast, f"2026-09-{day}", f"Åtgärd {day}", cast.klockvret)
    every_day("2026-09-14", "2026-09-18")
    assert week_days(server, cast.erik) == ["2026-09-15", "2026-09-16"]


# One mail a week for whoever chooses so


@pytest.fixture
def weekly(cast: Cast) -> None:
    cast.karin.choose_rhythm(MailRhythm.WEEKLY)
    db.session.commit()


@pytest.mark.usefixtures("weekly")
def test_everything_of_the_week_on_its_first_day(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-09-24")
    for day in (15, 17, 22):
        decided_measure(cast, f"2026-09-{day}", f"Åtgärd {day}")
    every_day("2026-09-14", "2026-09-25")
    assert week_days(server, cast.karin) == ["2026-09-14", "2026-09-21", "2026-09-23"]
    first, second, third = mails(to=cast.karin)
    assert "Åtgärd 15" in first.text
    assert "Åtgärd 17" in first.text
    assert "Torsdag 24 september" in first.text  # −7 falls on Thursday the 17th
    assert "Åtgärd 22" in second.text
    assert third.subject == "Kvalitetsdialog 24 september: sex saker kvar för dig"
    assert len(server.subjects(cast.erik)) == 1


@pytest.mark.usefixtures("weekly")
def test_a_week_without_anything_leaves_no_trace(cast: Cast, server: FakeServer) -> None:
    every_day("2026-09-14", "2026-09-18")
    assert ledger() == []
    decided_measure(cast, "2026-09-25")
    every_day("2026-09-21", "2026-10-30")
    assert week_days(server, cast.karin) == ["2026-09-21", "2026-10-12"]


@pytest.mark.usefixtures("weekly")
def test_a_colleague_is_untouched(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2026-09-17", "Mattestuga", cast.hassel)
    tick_at("2026-09-14")
    assert server.taken == []
    tick_at("2026-09-17")
    assert week_days(server, cast.ali) == ["2026-09-17"]


def test_choosing_on_ones_account(cast: Cast, as_: AsPerson) -> None:
    browser = as_(cast.karin)
    page = browser.page("/konto")
    assert "Hur ofta vill du ha mejl?" in page
    assert "Du är dialogansvarig" not in page
    browser.submit("/konto/mejl", {"rhythm": "weekly"})
    assert cast.karin.mail_rhythm is MailRhythm.WEEKLY
    assert "Karin Holm valde att få påminnelser en gång i veckan." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]
    browser.submit("/konto/mejl", {"rhythm": "weekly"})
    assert "Du är dialogansvarig" in as_(cast.erik).page("/konto")


@pytest.mark.parametrize("rhythm", ["", "hourly", "9" * 100_000])
def test_no_choice_is_refused(cast: Cast, as_: AsPerson, rhythm: str) -> None:
    response = as_(cast.karin).submit("/konto/mejl", {"rhythm": rhythm}, 422)
    assert errors(response)
    assert cast.karin.mail_rhythm is MailRhythm.DAILY


def test_the_account_is_ones_own(cast: Cast, client: CheckedClient, as_: AsPerson) -> None:
    assert client.post("/konto/mejl", data={"rhythm": "weekly"}).status_code == 401
    assert as_(cast.karin).get("/konto/mejl").status_code == 405
    assert cast.karin.mail_rhythm is MailRhythm.DAILY


def test_a_dialogue_that_the_week_named_says_so_on_its_page(
    cast: Cast, weeks: FakeServer, as_: AsPerson, the_day: object
) -> None:
    dialogue = place(cast, "2026-11-26")
    other = place(cast, "2026-12-10", unit=cast.hassel)
    tick_at("2026-11-16")  # a week without it
    tick_at("2026-11-23")
    the_day.move_to(moment("2026-11-24"))  # type: ignore[attr-defined]
    browser = as_(cast.erik)
    page = browser.page(f"/dialoger/{dialogue.id}/paminnelser")
    assert page.count('<th scope="row">Din vecka') == 1
    assert '<th scope="row">Din vecka 48, 2026</th>' in page
    assert "Din vecka 4" not in browser.page(f"/dialoger/{other.id}/paminnelser")
