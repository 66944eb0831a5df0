"""Stödnivå: decided with its reason and its day of follow-up, never overwritten, and no ranking."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.checkins.scenes import value
from tests.start.test_start_of_others import rows
from tests.support.scenes import asked, decided
from tracker import clock
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AuditEvent, SupportDecision, SupportLevel
from tracker.organisation.succession import follow_late_decisions, take_over
from tracker.support import routes_levels

UNIT = "/enheter/hasselbrinksskolan/stod"
DECIDE = f"{UNIT}/niva"


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(**fields):
    return {
        "seen": 0,
        "level": "targeted",
        "reason": "Tre lärarbyten på ett år.",
        "content": "Samira en dag i veckan.",
        "since_on": "2026-09-01",
        "follow_up_on": "2027-01-15",
    } | fields


def decisions(unit):
    return [(row.number, row.level.value, row.reason) for row in SupportDecision.of(unit)]


@pytest.mark.parametrize("who", ["erik", "lena"])
def test_it_is_decided_by_dialogansvarig_and_skolchef(cast, as_, who):
    browser = as_(getattr(cast, who))
    assert "Ordinarie stöd" in browser.page(UNIT)
    assert browser.submit(DECIDE, sent()).location == UNIT
    page = browser.page(UNIT)
    for text in (
        "Beslutet är sparat. Det gäller från 1 september 2026.",
        "Riktat stöd</h2>",
        "Sedan 1 september 2026. Följs upp 15 januari 2027.",
        "Tre lärarbyten på ett år.",
        "Samira en dag i veckan.",
    ):
        assert text in page
    name = getattr(cast, who).name
    assert sentences()[-1] == (
        f"{name} beslutade om riktat stöd för Hasselbrinksskolan: Tre lärarbyten på ett år."
    )


def test_up_and_back_with_what_was_before(cast, as_):
    decided(cast.hassel, cast.erik)
    erik = as_(cast.erik)
    page = erik.page(DECIDE)
    assert "Det som gäller nu" in page
    assert value(page, "seen") == "1"
    erik.submit(
        DECIDE, sent(seen=1, level="coordinated", reason="Det räckte inte.", since_on="2026-11-02")
    )
    erik.submit(
        DECIDE,
        sent(seen=2, level="ordinary", reason="Klart.", since_on="2026-11-20", follow_up_on=""),
    )
    assert decisions(cast.hassel) == [
        (3, "ordinary", "Klart."),
        (2, "coordinated", "Det räckte inte."),
        (1, "targeted", "Ny rektor och tre lärarbyten."),
    ]
    page = erik.page(UNIT)
    order = [page.index(text) for text in ("Klart.", "Tidigare beslut", "Det räckte inte.")]
    assert order == sorted(order)


def test_followed_up_and_kept(cast, as_):
    decided(cast.hassel, cast.erik)
    as_(cast.erik).submit(
        DECIDE, sent(seen=1, reason="Vi ser framsteg.", since_on="2026-11-20", follow_up_on="2027-05-20")
    )  # fmt: skip
    assert sentences()[-1] == (
        "Erik Lund följde upp och beslutade om fortsatt riktat stöd för Hasselbrinksskolan: Vi ser "
        "framsteg."
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"level": ""}, "Välj stödnivå."),
        ({"level": "mest"}, "Välj ett av alternativen."),
        ({"level": "ordinary"}, "Enheten har redan ordinarie stöd."),
        ({"reason": " "}, "Skriv varför enheten ska ha den här stödnivån."),
        ({"reason": "x" * 5001}, "Texten är för lång"),
        ({"reason": "19121212-1212"}, "Texten ser ut att innehålla ett personnummer"),
        ({"since_on": ""}, "Ange dagen från vilken beslutet gäller."),
        ({"since_on": "2026-11-21"}, "Skriv in beslutet när det gäller."),
        ({"since_on": "2026-02-30"}, "Skriv datumet som år-månad-dag"),
        ({"follow_up_on": ""}, "Ange dagen då stödet följs upp."),
        ({"follow_up_on": "2026-09-01"}, "Stödet följs upp efter att det har börjat."),
    ],
)
def test_bad_input(cast, as_, fields, message):
    answer = as_(cast.erik).submit(DECIDE, sent(**fields), 422)
    [said] = errors(answer)
    assert said.startswith(message)
    assert "Samira en dag i veckan." in answer.text
    assert decisions(cast.hassel) == []


def test_not_from_a_day_before_the_one_before(cast, as_):
    decided(cast.hassel, cast.erik)
    answer = as_(cast.erik).submit(DECIDE, sent(seen=1, since_on="2026-08-31"), 422)
    assert errors(answer)[0].startswith("Det förra beslutet gäller från 1 september 2026.")


def test_pressed_twice_it_is_one(cast, as_):
    erik = as_(cast.erik)
    for _ in range(2):
        assert erik.submit(DECIDE, sent()).location == UNIT
    assert len(decisions(cast.hassel)) == 1


def test_pressed_twice_at_the_same_instant_it_is_one(cast, as_, monkeypatch):
    """As on PostgreSQL when neither of the two has seen the other's when it is asked first."""
    as_(cast.erik).submit(DECIDE, sent())
    asked = iter([lambda *_: None])
    find = routes_levels._sent_before
    monkeypatch.setattr(routes_levels, "_sent_before", lambda *args: next(asked, find)(*args))
    assert as_(cast.erik).submit(DECIDE, sent()).location == UNIT
    assert len(decisions(cast.hassel)) == 1


def test_two_who_decide(cast, as_):
    """The skolchef decides while the dialogansvarig has the form open."""
    erik, lena = as_(cast.erik), as_(cast.lena)
    lena.submit(DECIDE, sent(reason="Skolchefens skäl."))
    answer = erik.submit(DECIDE, sent(level="coordinated", reason="Områdeschefens skäl."), 409)
    assert "Lena Forsgren har beslutat: Riktat stöd sedan 1 september 2026." in answer.text
    assert "Områdeschefens skäl." in answer.text
    assert len(decisions(cast.hassel)) == 1
    seen = value(answer.text, "seen")
    erik.submit(DECIDE, sent(level="coordinated", reason="Områdeschefens skäl.", seen=seen))
    assert decisions(cast.hassel)[0] == (2, "coordinated", "Områdeschefens skäl.")


def test_at_the_very_same_moment(cast, as_, monkeypatch):
    """Neither has seen the other's: the database knows that both cannot be the next."""
    lena, erik = as_(cast.lena), as_(cast.erik)
    lena.submit(DECIDE, sent())
    latest, calls = SupportDecision.latest.__func__, []

    def late(cls, unit):
        calls.append(unit)
        return None if len(calls) < 3 else latest(cls, unit)

    monkeypatch.setattr(SupportDecision, "latest", classmethod(late))
    answer = erik.submit(DECIDE, sent(reason="Områdeschefens skäl."), 409)
    assert "Lena Forsgren har beslutat" in answer.text
    assert len(decisions(cast.hassel)) == 1


class TestCorrecting:
    def test_the_one_that_holds_and_historik_keeps_it(self, cast, as_):
        row = decided(cast.hassel, cast.erik)
        erik = as_(cast.erik)
        assert "Ny rektor och tre lärarbyten." in erik.page(f"{DECIDE}/1")
        erik.submit(f"{DECIDE}/1", sent(version=1, follow_up_on="2027-02-15"))
        assert (row.number, row.follow_up_on) == (1, date(2027, 2, 15))
        assert sentences()[-1] == (
            "Erik Lund rättade beslutet om stöd för Hasselbrinksskolan. Före ändringen: Riktat stöd "
            "sedan 1 september 2026. Följs upp 15 januari 2027. Skäl: Ny rektor och tre lärarbyten."
        )

    def test_two_who_correct(self, cast, as_):
        decided(cast.hassel, cast.erik)
        erik = as_(cast.erik)
        erik.submit(f"{DECIDE}/1", sent(version=1, reason="Det nya."))
        answer = erik.submit(f"{DECIDE}/1", sent(version=1, reason="Det gamla."), 409)
        assert "Det nya." in answer.text
        assert "Det gamla." in answer.text

    def test_an_older_one_stays_as_it_was(self, cast, as_):
        decided(cast.hassel, cast.erik)
        decided(cast.hassel, cast.erik, level=SupportLevel.COORDINATED, since_on=today())
        for number in (0, 1, 3, 9**20):
            as_(cast.erik).page(f"{DECIDE}/{number}", 404)

    def test_bad_input(self, cast, as_):
        row = decided(cast.hassel, cast.erik)
        answer = as_(cast.erik).submit(f"{DECIDE}/1", sent(version=1, follow_up_on=""), 422)
        assert errors(answer) == ["Ange dagen då stödet följs upp."]
        db.session.refresh(row)
        assert row.version == 1


class TestWhoReads:
    @pytest.mark.parametrize("who", ["ali", "erik", "lena", "samira"])
    def test_those_who_lead_or_follow(self, cast, as_, who):
        decided(cast.hassel, cast.erik)
        browser = as_(getattr(cast, who))
        page = browser.page(UNIT)
        assert "Ny rektor och tre lärarbyten." in page
        assert ("Följ upp eller ändra" in page) == (who in ("erik", "lena"))
        assert "Riktat stöd sedan" in browser.page("/enheter/hasselbrinksskolan/2026-27")
        assert "Riktat stöd" in browser.page("/stod")
        assert "Ny rektor" in browser.page("/enheter/hasselbrinksskolan/historik")

    def test_not_staff_or_the_board(self, cast, as_):
        decided(cast.savkulla, cast.erik)
        for who in ("sofia", "perolov", "tove"):
            browser = as_(getattr(cast, who))
            browser.page("/enheter/savkullaskolan/stod", 403)
            for url in ("/", "/enheter/savkullaskolan/2026-27", "/stod/katalog", "/historik"):
                page = browser.page(url)
                assert "Riktat stöd" not in page
                assert "riktat stöd" not in page

    @pytest.mark.parametrize("who", ["karin", "maria", "sofia", "mats", "ingela"])
    def test_elsewhere_it_is_not_there(self, cast, as_, who):
        decided(cast.hassel, cast.erik)
        browser = as_(getattr(cast, who))
        for url in (UNIT, DECIDE, f"{DECIDE}/1"):
            browser.page(url, 404)
        browser.submit(DECIDE, sent(), 404)

    def test_rektor_reads_and_does_not_decide(self, cast, as_):
        decided(cast.hassel, cast.erik)
        ali = as_(cast.ali)
        for url in (DECIDE, f"{DECIDE}/1"):
            ali.page(url, 403)
            ali.submit(url, sent(), 403)

    def test_what_was_asked_for_is_not_for_all_who_follow(self, cast, as_):
        asked(cast.hassel, cast.ali)
        assert "En mentor." in as_(cast.lena).page(UNIT)
        assert "En mentor." not in as_(cast.samira).page(UNIT)

    def test_units_stand_in_the_order_of_their_names(self, cast, as_):
        decided(cast.savkulla, cast.erik, level=SupportLevel.COORDINATED)
        page = as_(cast.lena).page("/stod")
        names = ["Hasselbrinksskolan", "Klockvretsskolan", "Lyktvretens", "Ringmura", "Sävkulla"]
        order = [page.index(name) for name in names]
        assert order == sorted(order)


class TestFollowUp:
    def test_it_is_named_two_weeks_before(self, cast, as_, the_day):
        decided(cast.hassel, cast.erik, follow_up_on=date(2026, 12, 5))
        told = "Stödet till Hasselbrinksskolan följs upp 5 december 2026"
        assert told not in as_(cast.erik).page("/stod")
        assert "Stödet följs upp" not in as_(cast.erik).page("/")
        the_day.move_to("2026-11-21T09:00:00+01:00")
        assert told in as_(cast.erik).page("/stod")
        assert told in as_(cast.lena).page("/stod")
        assert told not in as_(cast.ali).page("/stod")
        assert "Stödet följs upp 5 dec" in rows(as_(cast.erik).page("/"))["Hasselbrinksskolan"]
        assert "Stödet följs upp" not in as_(cast.lena).page("/")

    def test_until_it_is_decided_anew(self, cast, as_):
        decided(cast.hassel, cast.erik, follow_up_on=date(2026, 11, 16))
        erik = as_(cast.erik)
        assert "Stödet ska följas upp" in erik.page(UNIT)
        assert "Stödet följs upp 16 nov" in rows(erik.page("/"))["Hasselbrinksskolan"]
        erik.submit(DECIDE, sent(seen=1, since_on="2026-11-20"))
        assert "Stödet ska följas upp" not in erik.page(UNIT)
        assert "Stödet följs upp" not in erik.page("/")
        assert "<h2>Stöd att följa upp</h2>" not in erik.page("/stod")


class TestTheBrief:
    def test_says_it_with_its_reason(self, cast, as_):
        decided(cast.hassel, cast.erik, content="Samira en dag i veckan.")
        url = f"/dialoger/{cast.dialogue(cast.hassel).id}/underlag"
        told = (
            "Riktat stöd sedan 1 september 2026. Följs upp 15 januari 2027. Samira en dag i veckan. "
            "Skäl: Ny rektor och tre lärarbyten."
        )
        assert told in as_(cast.ali).page(url)
        decided(cast.hassel, cast.erik, level=SupportLevel.ORDINARY, since_on=today(),
                follow_up_on=None, reason="Klart.")  # fmt: skip
        assert "<strong>Stöd:</strong>" not in as_(cast.ali).page(url)


class TestWhatTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"number": 1},
            {"number": 0},
            {"reason": ""},
            {"follow_up_on": None},
            {"follow_up_on": date(2026, 9, 1)},
        ],
    )
    def test_half_a_decision(self, cast, wrong):
        decided(cast.hassel, cast.erik)
        fields = {
            "organizer_id": cast.exempelby.id, "unit_id": cast.hassel.id, "number": 2,
            "level": SupportLevel.TARGETED, "reason": "Skäl", "since_on": date(2026, 9, 1),
            "follow_up_on": date(2027, 1, 15), "by_name": "Erik",
        }  # fmt: skip
        with db.session.begin_nested():
            db.session.add(SupportDecision(**fields))
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(SupportDecision(**(fields | {"number": 3} | wrong)))

    def test_a_unit_of_another_municipality(self, cast):
        row = decided(cast.hassel, cast.erik)
        row.unit_id = cast.granbyskolan.id
        with pytest.raises(IntegrityError):
            db.session.flush()


def test_the_highest_level_follows_when_units_merge(cast, as_):
    """Said by the systemförvaltare; kept by the daily job until somebody decides."""
    day = today()
    decided(cast.savkulla, cast.erik)
    decided(cast.hassel, cast.erik, level=SupportLevel.COORDINATED, reason="Ny ledning.",
            follow_up_on=date(2026, 11, 10))  # fmt: skip
    new = cast.lyktvret
    take_over(new, cast.savkulla, day, by=cast.tove, closes=False)
    take_over(new, cast.hassel, day, by=cast.tove, closes=True)
    db.session.commit()
    assert decisions(new) == [
        (2, "coordinated", "Ny ledning."),
        (1, "targeted", "Ny rektor och tre lärarbyten."),
    ]
    now, before = SupportDecision.of(new)
    assert (now.since_on, now.follow_up_on, now.origin) == (
        day, day + timedelta(days=1), cast.hassel,
    )  # fmt: skip
    assert before.follow_up_on == date(2027, 1, 15)
    follow_late_decisions(day)
    assert len(decisions(new)) == 2
    page = as_(cast.erik).page("/enheter/lyktvretens-forskola/stod")
    assert "Följde med från Hasselbrinksskolan." in page
    assert "följde med från Sävkullaskolan" in page
    assert (
        "Tove Lindh lät samordnade insatser följa med från Hasselbrinksskolan till "
        "Lyktvretens förskola: Ny ledning."
    ) in sentences()


def test_what_was_decided_since_the_units_merged_stands(cast):
    decided(cast.hassel, cast.erik)
    take_over(cast.lyktvret, cast.hassel, today() + timedelta(days=3), by=cast.tove, closes=True)
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        decided(cast.lyktvret, cast.erik, reason="Eget.", follow_up_on=date(2027, 2, 1))
        SupportDecision.make(
            cast.lyktvret, SupportLevel.ORDINARY, by=cast.erik, reason="Räcker.", since_on=today()
        )
        db.session.commit()
        follow_late_decisions(today())
    assert [level for _, level, _ in decisions(cast.lyktvret)] == ["ordinary", "targeted"]
