"""Stäm av: the short page a check-in is written on."""

import re
from datetime import date, timedelta

import pytest

from tests.checked_client import errors
from tests.checkins.scenes import HELD, asked, checked, form, held, value
from tests.dialogues.scenes import a_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.models import CheckIn, SupportState

URL = "/avstamningar/ny"
HASSEL = f"{URL}?enhet=hasselbrinksskolan"


def the_one() -> CheckIn:
    return db.session.query(CheckIn).one()


def test_rektor_saves_one_and_the_other_side_sees_it_at_once(cast, as_):
    ali = as_(cast.ali)
    page = ali.page(URL)
    assert "Stäm av med Erik Lund" in page
    assert value(page, "next_on") == "2026-12-04"
    assert "Dagen är föreslagen efter enhetens vanliga mellanrum." in page
    answer = ali.submit(
        URL,
        form(
            cast.hassel,
            obstacles="Skolskötersketjänsten är vakant.",
            support="Besked från elevhälsochefen.",
        ),
    )
    made = the_one()
    assert answer.location == f"/avstamningar/{made.id}"
    assert "Avstämningen är sparad. Nästa är 4 december 2026." in ali.page(answer.location)
    assert (made.held_on, made.by_name) == (today(), "Ali Demir")
    assert made.support.state is SupportState.ASKED
    page = as_(cast.erik).page(answer.location)
    for text in ("Det går framåt.", "Skolskötersketjänsten är vakant.", "Väntar på svar"):
        assert text in page


def test_the_dialogansvarig_writes_just_as_well(cast, as_):
    erik = as_(cast.erik)
    assert "Stäm av med Ali Demir" in erik.page(HASSEL)
    erik.submit(HASSEL, form(cast.hassel))
    assert the_one().by_name == "Erik Lund"
    assert "Det går framåt." in as_(cast.ali).page(f"/avstamningar/{the_one().id}")


def test_a_deputy_writes_too(cast, as_):
    as_(cast.jonas).submit(URL, form(cast.savkulla))
    assert the_one().by_name == "Jonas Ek"


def test_several_units_of_the_same_leader_at_once(cast, as_):
    karin = as_(cast.karin)
    page = karin.page(URL)
    own = sorted(str(unit.id) for unit in (cast.savkulla, cast.lyktvret))
    assert sorted(checked(page, "units")) == own
    assert "läser den som leder någon av dem hela texten" in page
    karin.submit(URL, form(cast.savkulla, cast.lyktvret))
    assert the_one().unit_names == "Lyktvretens förskola och Sävkullaskolan"


def test_one_of_them_is_asked_for_and_the_other_is_at_hand(cast, as_):
    page = as_(cast.erik).page(f"{URL}?enhet=lyktvretens-forskola")
    assert checked(page, "units") == [str(cast.lyktvret.id)]
    assert "Sävkullaskolan" in page
    assert "Hasselbrinksskolan" not in page.split("<form")[-1]


def test_a_vacant_unit_the_dialogansvarig_writes_alone(cast, as_):
    erik = as_(cast.erik)
    page = erik.page(f"{URL}?enhet=klockvretsskolan")
    assert "<title>Stäm av – Varvet</title>" in page
    assert "Ingen leder enheten just nu" in page
    erik.submit(f"{URL}?enhet=klockvretsskolan", form(cast.klockvret))
    assert the_one().unit_names == "Klockvretsskolan"


def test_a_dialogansvarig_who_asks_for_no_unit_chooses_in_the_list(cast, as_):
    assert as_(cast.erik).get(URL).location == "/avstamningar"


def test_what_was_said_last_time_stands_beside_the_empty_field(cast, as_):
    held(cast.hassel, by=cast.ali, situation="Tre av sex lag följer rutinen.")
    page = as_(cast.ali).page(URL)
    assert "Förra gången, 6 november 2026: Tre av sex lag följer rutinen." in page
    assert re.search(r'<textarea[^>]*id="situation"[^>]*>\s*</textarea>', page)


class TestWhatIsOpenSinceBefore:
    @pytest.fixture
    def before(self, cast):
        return asked(cast, obstacles="Skolskötersketjänsten är vakant.")

    def test_stands_first(self, cast, as_, before):
        page = as_(cast.ali).page(URL)
        first = page.index("Stöd ni har frågat om: är något löst?")
        assert first < page.index("Hinder sedan tidigare") < page.index(">Läget<")
        assert "Från 6 november 2026. Väntar på svar." in page
        assert checked(page, "solved_obstacles") == checked(page, "solved_support") == []

    def test_ticked_it_is_settled_and_dated(self, cast, as_, before):
        ali = as_(cast.ali)
        ali.submit(
            URL,
            form(cast.hassel, solved_obstacles=[before.id], solved_support=[before.support.id]),
        )
        before = db.session.get_one(CheckIn, before.id)
        assert before.obstacles_settled_by_name == "Ali Demir"
        assert before.support.state is SupportState.SETTLED
        assert before.support.answered_at is None
        assert "Löst, enligt Ali Demir 20 november 2026" in ali.page(f"/avstamningar/{before.id}")
        assert "är något löst?" not in ali.page(URL)

    def test_not_ticked_it_stays_open(self, cast, as_, before):
        ali = as_(cast.ali)
        ali.submit(URL, form(cast.hassel))
        assert "Skolskötersketjänsten är vakant." in ali.page(URL)
        assert db.session.get_one(CheckIn, before.id).has_open_obstacles

    def test_ticked_by_both_sides_the_first_one_stands(self, cast, as_, before):
        sent = {"solved_obstacles": [before.id], "solved_support": [before.support.id]}
        as_(cast.erik).submit(HASSEL, form(cast.hassel, **sent))
        as_(cast.ali).submit(URL, form(cast.hassel, situation="Bra", **sent))
        before = db.session.get_one(CheckIn, before.id)
        assert before.obstacles_settled_by_name == before.support.settled_by_name == "Erik Lund"

    def test_of_another_unit_it_cannot_be_ticked(self, cast, as_, before):
        sent = {"solved_obstacles": [before.id], "solved_support": [before.support.id]}
        as_(cast.karin).submit(URL, form(cast.savkulla, **sent))
        before = db.session.get_one(CheckIn, before.id)
        assert before.has_open_obstacles
        assert before.support.state is SupportState.ASKED


def test_the_living_measures_may_be_ticked(cast, as_):
    measure = a_measure(cast, "Lässtrategier")
    proposal = a_measure(cast, "Rastvärdar")
    proposal.cancel("Det blev inget.", by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    page = karin.page(URL)
    assert "Lässtrategier" in page
    assert "Rastvärdar" not in page
    karin.submit(URL, form(cast.savkulla, measures=[measure.id, proposal.id, 999_999]))
    assert [row.title for row in the_one().measures] == ["Lässtrategier"]


class TestTheNextDay:
    def test_follows_the_unit_and_jumps_over_days_off(self, cast, as_, the_day):
        the_day.move_to("2026-12-10T09:00:00+01:00")
        # 14 days on is Christmas Eve; höst- and jullov count for nothing where school is closed.
        assert value(as_(cast.erik).page(f"{URL}?enhet=lyktvretens-forskola"), "next_on") == (
            "2026-12-28"
        )
        assert value(as_(cast.ali).page(URL), "next_on") == "2027-01-13"

    def test_over_the_summer(self, cast, as_, the_day):
        the_day.move_to("2027-06-10T09:00:00+02:00")
        assert value(as_(cast.ali).page(URL), "next_on") > "2027-08-01"

    def test_may_be_left_out(self, cast, as_):
        as_(cast.ali).submit(URL, form(cast.hassel, next_on=""))
        assert the_one().next_on is None

    def test_is_not_proposed_where_none_are_held(self, cast, as_):
        cast.hassel.set_check_in_days(0, by=cast.tove)
        assert value(as_(cast.ali).page(URL), "next_on") == ""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"situation": "", "obstacles": ""},
            "Skriv något om läget, ett hinder eller stöd som behövs.",
        ),
        (
            {"situation": " \n ", "obstacles": "\0"},
            "Skriv något om läget, ett hinder eller stöd som behövs.",
        ),
        ({"units": []}, "Välj minst en enhet."),
        ({"units": ["x"]}, "Välj bland alternativen."),
        ({"next_on": "2026-11-20"}, "Nästa avstämning ska vara efter den här."),
        ({"next_on": "snart"}, "Skriv datumet som år-månad-dag"),
        ({"held_on": "2026-11-21"}, "Avstämningen skrivs när den har hållits."),
        ({"held_on": ""}, "Ange dagen för avstämningen."),
        ({"obstacles": "x" * 100_000}, "Texten är för lång"),
        ({"support": "Stöd till 19121212-1212"}, "Texten ser ut att innehålla ett personnummer"),
    ],
)
def test_bad_input_is_kept_and_told(cast, as_, fields, message):
    sent = form(cast.hassel, obstacles="Två scheman.") | fields
    answer = as_(cast.ali).submit(URL, sent, 422)
    assert any(message in text for text in errors(answer)), errors(answer)
    assert "Två scheman." in answer.text or "obstacles" in fields
    assert db.session.query(CheckIn).count() == 0


def test_obstacles_or_support_alone_are_enough(cast, as_):
    ali = as_(cast.ali)
    ali.submit(URL, form(cast.hassel, situation="", obstacles="Två scheman."))
    ali.submit(URL, form(cast.hassel, situation="", support="Schemaläggare två veckor."))
    assert db.session.query(CheckIn).count() == 2


def test_held_the_day_before(cast, as_):
    as_(cast.ali).submit(URL, form(cast.hassel, held_on="2026-11-19"))
    assert the_one().held_on == date(2026, 11, 19)


class TestSentTwice:
    def test_it_is_one(self, cast, as_):
        ali = as_(cast.ali)
        sent = form(cast.hassel, form_token=value(ali.page(URL), "form_token"))
        first = ali.submit(URL, sent)
        again = ali.submit(URL, sent)
        assert again.location == first.location
        assert "Avstämningen är redan sparad." in ali.page(again.location)
        assert db.session.query(CheckIn).count() == 1

    def test_gone_back_to_and_changed_it_asks_first(self, cast, as_):
        ali = as_(cast.ali)
        sent = form(cast.hassel, form_token=value(ali.page(URL), "form_token"))
        ali.submit(URL, sent)
        answer = ali.submit(URL, sent | {"situation": "Det går bakåt."}, 422)
        assert "är redan sparad, med en annan text" in answer.text
        assert "Det går bakåt." in answer.text
        assert db.session.query(CheckIn).count() == 1
        token = value(answer.text, "form_token")
        ali.submit(URL, sent | {"situation": "Det går bakåt.", "form_token": token})
        assert db.session.query(CheckIn).count() == 2

    def test_somebody_elses_token_opens_nothing(self, cast, as_):
        ali = as_(cast.ali)
        sent = form(cast.hassel, form_token="one-and-the-same")
        where = ali.submit(URL, sent).location
        karin = as_(cast.karin)
        karin.submit(URL, sent | {"units": [cast.savkulla.id]})
        karin.page(where, 404)
        as_(cast.mats).submit(URL, sent | {"units": [cast.granbyskolan.id]})
        assert db.session.query(CheckIn).count() == 2


def test_units_that_are_not_ones_own(cast, as_):
    ali = as_(cast.ali)
    for slug in ("savkullaskolan", "granbyskolan", "finns-inte", "a%00b"):
        ali.page(f"{URL}?enhet={slug}", 404)
        ali.page(f"{HASSEL}&enhet={slug}", 404)
    ali.submit(URL, form(cast.savkulla), 422)
    ali.submit(URL, form(cast.hassel, cast.granbyskolan), 422)
    as_(cast.maria).page(HASSEL, 404)
    as_(cast.mats).page(HASSEL, 404)
    assert db.session.query(CheckIn).count() == 0


def test_not_for_those_who_only_read_or_follow(cast, as_):
    for person in ("sofia", "perolov", "tove", "samira", "lena"):
        browser = as_(getattr(cast, person))
        browser.page(HASSEL, 403)
        browser.submit(HASSEL, form(cast.hassel), 403)


def test_a_unit_that_is_closed(cast, as_):
    cast.hassel.close(today() - timedelta(days=3), by=cast.tove)
    db.session.commit()
    as_(cast.erik).page(HASSEL, 404)


def test_the_new_leader_finds_what_the_one_before_wrote(cast, as_):
    from tracker.models import Role, RoleAssignment

    before = asked(cast)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    role.end(today() - timedelta(days=1), by=cast.tove)
    RoleAssignment.give(cast.sofia, Role.PRINCIPAL, cast.exempelby, by=cast.tove, unit=cast.hassel)
    sofia = as_(cast.sofia)
    assert "Besked från elevhälsochefen." in sofia.page(URL)
    sofia.page(f"/avstamningar/{before.id}")
    as_(cast.ali).page(f"/avstamningar/{before.id}", 404)


def test_historik_says_that_it_was_held_and_nothing_of_what_was_said(cast, as_):
    asked(cast, obstacles="Hemligt", on=HELD)
    told = "Ali Demir stämde av läget för Hasselbrinksskolan den 6 november 2026."
    for person, sees in (("erik", True), ("ali", True), ("lena", False), ("samira", False)):
        for url in ("/historik", "/enheter/hasselbrinksskolan/historik"):
            page = as_(getattr(cast, person)).page(url)
            assert (told in page) is sees, (person, url)
            assert "Hemligt" not in page
            assert "Besked från elevhälsochefen" not in page
    assert told not in as_(cast.tove).page("/historik")
