"""The page of a dialogue's mails explains every one of them, and sends a calendar's once more."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.calendars.client import calendar_part, parsed
from tests.calendars.scenes import LATER, Office, calendar_mails
from tests.cast import THE_DAY, Cast
from tests.checked_client import CheckedClient
from tests.notifications.scenes import moment
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    CalendarEntry,
    CalendarNotice,
    MailState,
    QualityDialogue,
    Role,
    RoleAssignment,
    User,
)

AsPerson = Callable[[User], CheckedClient]
BUTTON = re.compile(
    r'action="([^"]+/kalender/[^"]+/skicka-igen)".*?name="form_token" value="([^"]+)"', re.DOTALL
)


NOW = THE_DAY + timedelta(hours=1)


def rows(page: str) -> list[list[str]]:
    """The cells of every row of the past, as text: what, to whom, day, state, more."""
    past = page[page.index("Det som har varit") :]
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", past[past.index("<tbody") :], re.DOTALL)
    ]


def url(dialogue: QualityDialogue) -> str:
    return f"/dialoger/{dialogue.id}/paminnelser"


def place(cast: Cast, dialogue: QualityDialogue, start: datetime, when: datetime) -> None:
    with clock.stopped_at(when):
        dialogue.place_at(start, start + timedelta(hours=1), by=cast.erik, reason="Krock")
        db.session.commit()


def refuse(mail: Office, *people: User) -> None:
    addresses = {person.email for person in people}
    mail.server.answer_recipient = lambda address: (
        "550 No such user" if address in addresses else None
    )


def test_moved_three_times_then_cancelled(
    cast: Cast, mail: Office, as_: AsPerson, the_day: Any
) -> None:
    """A pass every morning and after whatever is done; one mail is refused, one has to wait and is
    overtaken. The server's mails and the page's rows are the same."""
    dialogue = cast.dialogue(cast.savkulla)
    done: dict[date, tuple[str, Callable[[datetime], None]]] = {}

    def at(day: str, wall: str, act: Callable[[datetime], None]) -> None:
        done[date.fromisoformat(day)] = (wall, act)

    def to(day: str, wall: str) -> Callable[[datetime], None]:
        return lambda now: place(cast, dialogue, moment(day, wall), now)

    def to_while_erik_is_refused(now: datetime) -> None:
        refuse(mail, cast.erik)
        place(cast, dialogue, moment("2026-12-11", "08:30"), now)

    def cancel(now: datetime) -> None:
        with clock.stopped_at(now):
            dialogue.cancel("Förhinder", by=cast.erik)
            db.session.commit()

    at("2026-11-20", "10:00", to("2026-12-14", "13:00"))
    at("2026-11-24", "10:00", to("2026-12-16", "08:00"))
    at("2026-11-26", "10:00", to_while_erik_is_refused)
    at("2026-12-04", "10:00", to("2026-12-18", "10:00"))
    at("2026-12-11", "10:00", cancel)
    day = date(2026, 11, 20)
    while day <= date(2026, 12, 18):
        busy = day == date(2026, 12, 11)
        mail.server.answer_mail = lambda _, busy=busy: "451 Try later" if busy else None
        mail.pass_at(moment(day, "07:00"))
        mail.server.answer_mail = lambda _: None
        if day in done:
            wall, act = done[day]
            act(moment(day, wall))
            mail.pass_at(moment(day, wall) + LATER)
            refuse(mail)
        day += timedelta(days=1)
    mail.show_the_truth(moment(day))

    the_day.move_to(moment("2026-12-18", "12:00"))
    told = rows(as_(cast.erik).page(url(dialogue)))
    explained = {
        (address, identity): row
        for row in told
        for address, identity in re.findall(r"(\S+@\S+) (<varvet-\d+@127\.0\.0\.1>)", row[4])
    }
    took = {
        (str(message["To"].addresses[0].addr_spec), str(message["Message-ID"])): message
        for message in mail.server.received
    }
    assert len(took) == len(mail.server.received) > 10
    assert explained.keys() == took.keys()
    for key, message in took.items():
        what, person, _, state, more = explained[key][:5]
        assert person == message["To"].addresses[0].display_name
        assert state.startswith("Skicka")
        calendar = calendar_part(message)
        if calendar is None:
            assert re.search(r", (dagen|\d+ dagar) före$", what)
            continue
        (event,) = parsed(calendar).walk("VEVENT")
        assert f"(SEQUENCE): {event['SEQUENCE']}" in more
        start = clock.local(event["DTSTART"].dt)
        assert what.endswith(f"{start.day} december 2026 kl. {start:%H.%M}")
        first = "Inställd" if event["STATUS"] == "CANCELLED" else "Inbjudan"
        assert what.startswith(first if event["SEQUENCE"] in (0, 4) else "Flyttad i kalendern till")
    others = [row for row in told if "varvet-" not in row[4]]
    assert sorted((row[1], row[3].split(" ", 2)[0], row[4].split(".")[0]) for row in others) == [
        ("Erik Lund", "Kunde", "Mejlservern tar inte emot mejlet: 550 No such user Löpnummer i kalendern (SEQUENCE): 2"),
        *others_of_karin(others),
    ]  # fmt: skip
    moments = [row[2] for row in told]
    assert moments[0] == "11 dec 2026"
    assert moments[-1] == "20 nov 2026"


def others_of_karin(others: list[list[str]]) -> list[tuple[str, str, str]]:
    """What never went to her: each with a reason."""
    found = sorted((row[1], row[3].split(" ", 2)[0], row[4].split(".")[0]) for row in others)
    hers = [row for row in found if row[0] == "Karin Holm"]
    assert ("Karin Holm", "Struken", "Dialogen är inställd") in hers
    assert all(reason for *_, reason in hers)
    return hers


@pytest.fixture
def refused(cast: Cast, mail: Office, the_day: Any) -> QualityDialogue:
    """Karin's invitation could not be sent; Erik has his."""
    the_day.move_to(NOW)
    dialogue = cast.dialogue(cast.savkulla)
    refuse(mail, cast.karin)
    place(cast, dialogue, moment("2026-12-08", "13:00"), THE_DAY)
    mail.pass_at(NOW)
    refuse(mail)
    return dialogue


def button(browser: CheckedClient, dialogue: QualityDialogue, person: str) -> tuple[str, str]:
    """(address, token) of the button at the person's newest calendar mail."""
    page = browser.page(url(dialogue))
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        if f">{person}<" in row and (found := BUTTON.search(row)):
            return found.group(1), found.group(2)
    raise AssertionError(f"no button for {person}")


def press(browser: CheckedClient, where: tuple[str, str]) -> None:
    browser.submit(where[0], {"form_token": where[1]})


def test_what_is_sent_again_is_what_is_true_now(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue
) -> None:
    browser = as_(cast.erik)
    where = button(browser, refused, "Karin Holm")
    place(cast, refused, moment("2026-12-09", "09:00"), NOW)  # within the minutes of rest
    press(browser, where)
    press(browser, where)  # twice
    assert "redan på väg" in browser.page(url(refused))
    assert mail.pass_at(NOW + timedelta(minutes=1)) == [
        "karin: Dialog 1: Lyktvretens förskola och Sävkullaskolan, "
        "onsdag 9 december 2026 kl. 09.00–10.00"
    ]
    assert [row.starts_at for row in mail.of(cast.karin).ahead(NOW)] == [
        moment("2026-12-09", "09:00")
    ]
    # What she was told is not told again; Erik hears of the move.
    assert [each[:15] for each in mail.pass_at(NOW + LATER)] == ["erik: Flyttad: "]
    mail.show_the_truth(NOW + LATER)
    newest = rows(browser.page(url(refused)))[1]
    assert newest[1] == "Karin Holm"
    assert "Skickad igen: Erik Lund bad om det" in newest[4]
    assert any(
        event.subject_id == refused.id
        and event.sentence.startswith("Erik Lund lät skicka kalenderinbjudan till Dialog 1: ")
        for event in db.session.query(AuditEvent)
    )


def test_the_same_once_more_is_called_no_change(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue
) -> None:
    browser = as_(cast.erik)
    press(browser, button(browser, refused, "Erik Lund"))
    (subject,) = mail.pass_at(NOW + timedelta(minutes=1))
    assert subject.startswith("erik: Dialog 1: ")
    assert "Du är inbjuden till" in calendar_mails(to=cast.erik)[-1].text
    assert db.session.query(CalendarEntry).filter_by(recipient_id=cast.erik.id).one().sequence == 1


def test_a_move_that_did_not_arrive_tells_from_which_time(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue
) -> None:
    refuse(mail, cast.erik)
    place(cast, refused, moment("2026-12-09", "09:00"), NOW)
    mail.pass_at(NOW + LATER)
    refuse(mail)
    browser = as_(cast.erik)
    press(browser, button(browser, refused, "Erik Lund"))
    (subject,) = mail.pass_at(NOW + LATER)
    assert subject.startswith("erik: Flyttad: ")
    assert "Tidigare: tisdag 8 december kl. 13.00" in calendar_mails(to=cast.erik)[-1].text


def test_who_is_out_of_it_is_told_that(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue
) -> None:
    """Karin never heard of it; Erik has it in his calendar, and the mail that takes it out is refused."""
    browser = as_(cast.erik)
    hers, his = button(browser, refused, "Karin Holm"), button(browser, refused, "Erik Lund")
    with clock.stopped_at(NOW):
        refused.cancel("Förhinder", by=cast.erik)
        db.session.commit()
    press(browser, hers)
    assert "Mejlet behövs inte längre" in browser.page(url(refused))
    refuse(mail, cast.erik)
    mail.pass_at(NOW + LATER)
    refuse(mail)
    assert len(mail.of(cast.erik).ahead(NOW)) == 1
    press(browser, his)
    (subject,) = mail.pass_at(NOW + LATER)
    assert subject.startswith("erik: Inställd: ")
    assert mail.of(cast.erik).ahead(NOW) == set()


def test_one_at_a_time_and_three_a_day(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue
) -> None:
    browser = as_(cast.erik)
    address, _ = button(browser, refused, "Karin Holm")
    asked = db.session.query(CalendarNotice).filter(CalendarNotice.asked_by_name.is_not(None))
    for number in range(5):
        browser.submit(address, {"form_token": f"egen-{number}"})
    assert asked.count() == 1
    assert "Ett mejl om dialogen är redan på väg." in browser.page(url(refused))
    for number in range(5, 10):
        mail.pass_at(NOW + timedelta(minutes=1))
        browser.submit(address, {"form_token": f"egen-{number}"})
    assert asked.count() == 3
    assert "tre gånger i dag" in browser.page(url(refused))
    assert sum(row.state is MailState.SENT for row in calendar_mails(to=cast.karin)) == 3


@pytest.mark.parametrize("token", [None, "", "9" * 100_000])
def test_a_form_that_is_none(
    cast: Cast, as_: AsPerson, refused: QualityDialogue, token: str | None
) -> None:
    browser = as_(cast.erik)
    address, _ = button(browser, refused, "Karin Holm")
    browser.submit(address, {} if token is None else {"form_token": token})
    assert len(calendar_mails(to=cast.karin)) == (2 if token else 1)


def test_not_in_the_night(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue, the_day: Any
) -> None:
    the_day.move_to(moment("2026-11-20", "22:00"))
    browser = as_(cast.erik)
    press(browser, button(browser, refused, "Karin Holm"))
    assert mail.pass_at(moment("2026-11-20", "22:05")) == []
    assert len(mail.pass_at(moment("2026-11-21", "07:00"))) == 1


def test_what_is_over_or_waits_has_no_button(
    cast: Cast, as_: AsPerson, refused: QualityDialogue, the_day: Any
) -> None:
    address, token = button(as_(cast.erik), refused, "Karin Holm")
    the_day.move_to(moment("2026-12-08", "13:00"))
    browser = as_(cast.erik)
    assert not BUTTON.search(browser.page(url(refused)))
    press(browser, (address, token))
    assert "Dialogen hade redan börjat." in browser.page(url(refused))
    assert len(calendar_mails()) == 2


def test_who_may(cast: Cast, as_: AsPerson, refused: QualityDialogue) -> None:
    (hers,) = calendar_mails(to=cast.karin)
    there = f"{url(refused)}/kalender/{hers.id}/skicka-igen"
    whole = f"/utskick/{hers.id}/skicka-igen"
    for person, of_one, of_all in (
        ("karin", 403, 403), ("lena", 403, 403), ("maria", 404, 403), ("tove", 404, 302),
        ("greta", 404, 404), ("mats", 404, 403), ("erik", 302, 403),
    ):  # fmt: skip
        browser = as_(getattr(cast, person))
        token = {"form_token": f"från {person}"}
        for address, status in ((there, of_one), (whole, of_all)):
            assert browser.submit(address, token, status).status_code == status
    assert db.session.query(CalendarNotice).filter_by(asked_by_name="Tove Lindh").count() == 1
    other = cast.dialogue(cast.hassel)
    as_(cast.erik).submit(f"{url(other)}/kalender/{hers.id}/skicka-igen", {"form_token": "x"}, 404)


def test_the_administrators_button(
    cast: Cast, mail: Office, as_: AsPerson, refused: QualityDialogue
) -> None:
    browser = as_(cast.tove)
    (hers,) = calendar_mails(to=cast.karin)
    page = browser.page(f"/utskick/{hers.id}")
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token
    browser.submit(f"/utskick/{hers.id}/skicka-igen", {"form_token": token.group(1)})
    assert len(mail.pass_at(NOW + timedelta(minutes=1))) == 1
    assert 'name="form_token"' not in browser.page(f"/utskick/{hers.id}")


def test_whose_account_is_closed(cast: Cast, as_: AsPerson, refused: QualityDialogue) -> None:
    browser = as_(cast.erik)
    where = button(browser, refused, "Karin Holm")
    cast.karin.closed_at = NOW
    db.session.commit()
    press(browser, where)
    assert "Karin Holm har inget konto längre." in browser.page(url(refused))
    assert len(calendar_mails(to=cast.karin)) == 1


def test_who_comes_and_goes(cast: Cast, mail: Office, as_: AsPerson) -> None:
    """Who leads no longer is told so on the page; a mail that never went says why."""
    dialogue = cast.dialogue(cast.hassel)
    place(cast, dialogue, moment("2026-12-08", "13:00"), THE_DAY)
    mail.pass_at(THE_DAY + LATER)
    with clock.stopped_at(THE_DAY + LATER):
        for role in db.session.query(RoleAssignment).filter_by(
            user_id=cast.ali.id, role=Role.PRINCIPAL
        ):
            role.end_now(by=cast.tove)
        db.session.commit()
    mail.pass_at(THE_DAY + 2 * LATER)
    told = [row[:2] for row in rows(as_(cast.erik).page(url(dialogue)))]
    when = "tisdag 8 december 2026 kl. 13.00"
    assert [f"Bort ur kalendern: {when}", "Ali Demir"] in told
    assert [f"Ändrad i kalendern: {when}", "Erik Lund"] in told


def test_what_was_joined_is_explained_where_it_went(
    cast: Cast, mail: Office, as_: AsPerson, the_day: Any
) -> None:
    kept = cast.dialogue(cast.lyktvret)
    former = kept.split_off(cast.savkulla, by=cast.erik)
    db.session.commit()
    place(cast, kept, moment("2026-12-10", "13:00"), moment("2026-11-19"))
    place(cast, former, moment("2026-12-11", "09:00"), moment("2026-11-19"))
    mail.pass_at(THE_DAY + LATER)  # invited, and reminded
    old, number = url(former), former.id
    with clock.stopped_at(THE_DAY + LATER):
        kept.join(former, by=cast.erik, reason="Ett möte räcker")
        db.session.commit()
    the_day.move_to(THE_DAY + 3 * LATER)
    mail.pass_at(THE_DAY + 3 * LATER)
    left = [row for row in calendar_mails(to=cast.karin) if row.subject.startswith("Utgår")]
    assert "har gått upp i Dialog 1: Lyktvretens förskola och Sävkullaskolan." in left[0].text
    assert "Skäl: Ett möte räcker" in left[0].text

    erik = as_(cast.erik)
    assert erik.get(f"/dialoger/{number}").location == f"/dialoger/{kept.id}"
    assert erik.get(old).location == url(kept)
    for person, status in (("karin", 403), ("maria", 404), ("mats", 404)):
        as_(getattr(cast, person)).page(old, status)
    page = erik.page(url(kept))
    assert (
        "Ingick från 20 november 2026 i den här dialogen: Dialog 1 för Sävkullaskolan. "
        "Skäl: Ett möte räcker." in page
    )
    told = [(row[0].partition(":")[0], row[1]) for row in rows(page)]
    name = "Dialog 1 för Sävkullaskolan"
    for person in ("Karin Holm", "Erik Lund"):
        assert (f"{name}. Inbjudan till kalendern", person) in told
        assert (f"{name}. Bort ur kalendern", person) in told
    assert (f"{name}, som har gått upp i en annan dialog, 21 dagar före", "Karin Holm") in told
    shown = erik.page(f"/dialoger/{kept.id}")
    assert f"{name} ingår här från 20 november 2026. Skäl: Ett möte räcker." in shown
    assert "Vad som gick ut om den" in shown
    action, token = next(row for row in BUTTON.findall(page) if f"/dialoger/{kept.id}/" in row[0])
    erik.submit(action, {"form_token": token})
    assert "som har gått upp i en annan dialog" in as_(cast.tove).page("/utskick/paminnelser")


def test_why_it_was_joined_is_for_those_who_are_in_it(cast: Cast, mail: Office) -> None:
    kept = cast.dialogue(cast.lyktvret)
    former = kept.split_off(cast.savkulla, by=cast.erik)
    db.session.commit()
    place(cast, kept, moment("2026-12-10", "13:00"), THE_DAY)
    place(cast, former, moment("2026-12-11", "09:00"), THE_DAY)
    mail.pass_at(THE_DAY + LATER)
    with clock.stopped_at(THE_DAY + LATER):
        kept.join(former, by=cast.erik, reason="Ett möte räcker")
        for role in db.session.query(RoleAssignment).filter_by(user_id=cast.karin.id):
            role.end(date(2026, 11, 19), by=None)
        db.session.commit()
    mail.pass_at(THE_DAY + 3 * LATER)
    left = [row for row in calendar_mails(to=cast.karin) if row.subject.startswith("Utgår")]
    assert len(left) == 2
    assert not any("Ett möte räcker" in row.text for row in left)
    assert "har gått upp i en annan dialog, som du inte är med i." in left[1].text + left[0].text
