"""The personal calendar: a secret address, what it answers, and who gets nothing."""

import logging
from datetime import date, timedelta

import pytest

from tests.calendars.client import parsed
from tests.calendars.scenes import LATER, Office
from tests.cast import THE_DAY, Cast
from tests.dialogues.scenes import DAY, at, placed
from tests.start.many import add_units
from tracker.extensions import db
from tracker.models import (
    CalendarFeed,
    DialogueKind,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    User,
)


def address_of(person: User) -> str:
    secret = CalendarFeed.make(person)
    db.session.commit()
    return f"/kalender/{secret}.ics"


def dialogue_of(year: SchoolYear, unit: SchoolUnit) -> QualityDialogue:
    return next(
        row
        for row in db.session.query(QualityDialogue).filter_by(school_year_id=year.id)
        if row.kind is DialogueKind.DIALOGUE_1 and unit in row.units
    )


def titles(client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    calendar = parsed(response.data)
    assert calendar["METHOD"] == "PUBLISH"
    return [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]


def test_ones_own_dialogues_without_signing_in(cast, client):
    placed(cast.dialogue(cast.savkulla), cast)
    placed(cast.dialogue(cast.hassel), cast, date(2026, 10, 6))
    assert titles(client, address_of(cast.karin)) == [
        "Dialog 1: Lyktvretens förskola och Sävkullaskolan"
    ]
    assert titles(client, address_of(cast.erik)) == [
        "Dialog 1: Hasselbrinksskolan",
        "Dialog 1: Lyktvretens förskola och Sävkullaskolan",
    ]
    assert titles(client, address_of(cast.sofia)) == []
    assert titles(client, address_of(cast.lena)) == []


def test_nobody_keeps_what_is_fetched(cast, client):
    response = client.get(address_of(cast.karin))
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response.headers


def test_what_is_cancelled_or_of_an_earlier_year_is_not_there(cast, client):
    placed(cast.dialogue(cast.savkulla), cast).cancel("Förhinder", by=cast.erik)
    placed(dialogue_of(cast.last_year, cast.savkulla), cast, date(2026, 5, 12))
    assert titles(client, address_of(cast.karin)) == []


def test_the_same_uid_and_sequence_as_the_invitation(
    cast: Cast, client: object, mail: Office
) -> None:
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    url = address_of(cast.karin)
    before = parsed(client.get(url).data).walk("VEVENT")[0]["UID"]
    mail.pass_at(THE_DAY + LATER)
    dialogue.place_at(at(DAY, 9), at(DAY, 10), by=cast.erik, reason="Krock")
    db.session.commit()
    mail.pass_at(THE_DAY + 2 * LATER)
    (event,) = parsed(client.get(url).data).walk("VEVENT")
    assert event["UID"] == before
    assert mail.of(cast.karin).newest == {str(event["UID"]): int(event["SEQUENCE"])}
    assert event["DTSTART"].dt == at(DAY, 9)


def test_two_organizers_in_one_calendar(cast, client):
    RoleAssignment.give(cast.karin, Role.DIALOGUE_LEAD, cast.granby, by=None)
    placed(cast.dialogue(cast.savkulla), cast)
    placed(dialogue_of(cast.granby_year, cast.granbyskolan), cast, DAY, 9)
    assert titles(client, address_of(cast.karin)) == [
        "Dialog 1: Lyktvretens förskola och Sävkullaskolan",
        "Dialog 1: Granbyskolan",
    ]


def test_a_role_that_has_ended_shows_nothing_more(cast, client):
    placed(cast.dialogue(cast.hassel), cast)
    url = address_of(cast.ali)
    assert len(titles(client, url)) == 1
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    role.ends_on = THE_DAY.date() - timedelta(days=1)
    db.session.commit()
    assert titles(client, url) == []


@pytest.mark.parametrize("how", ["removed", "replaced", "closed", "closed and opened again"])
def test_an_address_that_holds_no_longer(cast, client, how):
    url = address_of(cast.karin)
    if how == "removed":
        CalendarFeed.remove(cast.karin)
    elif how == "replaced":
        address_of(cast.karin)
    else:
        cast.karin.close(cast.exempelby, by=cast.tove)
        if "again" in how:
            cast.karin.closed_at = None
    db.session.commit()
    gone, never = client.get(url), client.get("/kalender/finns-inte.ics")
    assert gone.status_code == never.status_code == 404
    assert gone.data == never.data


@pytest.mark.parametrize("odd", ["%00", "å" * 300, "..", "a" * 5000])
def test_odd_addresses(client, odd):
    assert client.get(f"/kalender/{odd}.ics").status_code in (404, 308)


def test_only_the_fingerprint_is_kept(cast):
    secret = CalendarFeed.make(cast.karin)
    assert len(secret) >= 43  # 256 bits
    row = CalendarFeed.of(cast.karin)
    assert secret not in (row.token_hash, str(row.__dict__))


def test_the_secret_is_in_no_log(cast, client, caplog):
    url = address_of(cast.karin)
    with caplog.at_level(logging.DEBUG):
        client.get(url)
    assert [row for row in caplog.records if getattr(row, "facts", {}).get("status") == 200]
    assert url.split("/")[-1][:20] not in str([row.__dict__ for row in caplog.records])


def test_statements(cast, client, statements):
    url = address_of(cast.erik)
    for n, unit in enumerate(add_units(cast, 40)):
        placed(cast.dialogue(unit), cast, DAY + timedelta(days=n))
    with statements() as sent:
        assert len(titles(client, url)) == 40
    assert len(sent) <= 8


PAGE = "/konto/kalender"


def test_made_once_shown_once(cast, as_, client):
    placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.karin)
    assert "Du har ingen kalenderadress än." in browser.page(PAGE)
    page = browser.post(PAGE).text
    url = page.split("<code")[1].split(">")[1].split("<")[0]
    assert url.startswith("http://127.0.0.1:8000/kalender/")
    assert len(titles(client, url.removeprefix("http://127.0.0.1:8000"))) == 1
    page = browser.page(PAGE)
    assert url not in page
    assert "Du har en kalenderadress sedan 20 nov 2026 09.00." in page
    assert "skapade en hemlig kalenderadress" in browser.page("/konto")


def test_made_anew_and_taken_away(cast, as_, client):
    browser = as_(cast.karin)
    old = address_of(cast.karin)
    browser.post(PAGE)
    assert client.get(old).status_code == 404
    browser.submit(f"{PAGE}/ta-bort")
    assert CalendarFeed.of(cast.karin) is None
    assert "Kalenderadressen är borttagen." in browser.page(PAGE)
    assert "tog bort sin hemliga kalenderadress" in browser.page("/konto")
    browser.submit(f"{PAGE}/ta-bort")  # pressed twice


def test_only_for_who_is_signed_in(client):
    assert client.get(PAGE).location.startswith("/logga-in")
    assert client.post(PAGE).status_code == 401
    assert client.post(f"{PAGE}/ta-bort").status_code == 401
    assert client.get(f"{PAGE}/ta-bort").status_code in (302, 405)
    assert client.post("/kalender/x.ics").status_code in (401, 405)
