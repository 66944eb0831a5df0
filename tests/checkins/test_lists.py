"""The pages that list: a unit's läsår, what waits, and the support of all areas."""

from datetime import date, timedelta

import pytest

from tests.checkins.scenes import asked, held
from tests.dialogues.scenes import a_measure
from tests.start.many import add_units
from tracker.clock import today

HASSEL = "/enheter/hasselbrinksskolan/2026-27/avstamningar"
OTHERS_AT_MOST = 15


class TestOfUnit:
    def test_newest_first_with_what_came_of_the_support(self, cast, as_):
        first = asked(cast, obstacles="Två scheman.", on=date(2026, 10, 16))
        first.support.respond("Vikarie från 1 december.", by=cast.erik)
        first.support.settle("Hon kom.", by=cast.ali)
        first.settle_obstacles(by=cast.ali)
        held(cast.hassel, by=cast.erik, situation="Bra", on=date(2026, 11, 13))
        page = as_(cast.ali).page(HASSEL)
        assert page.index("13 november 2026") < page.index("fredag 16 oktober 2026")
        for text in ("Vikarie från 1 december.", "Hon kom.", "Löst, enligt Ali Demir", "Bra"):
            assert text in page
        assert "Ni stämde av 13 november 2026. Nästa 27 november 2026, om 7 dagar." in page
        assert "Lov räknas inte." in page

    def test_it_is_time_and_says_so_calmly(self, cast, as_):
        page = as_(cast.karin).page("/enheter/savkullaskolan/2026-27/avstamningar")
        assert "Dags att stämma av" in page
        assert "Enheten är öppen under lov, så de dagarna räknas" in page
        assert "danger" not in page

    def test_together_with_another_unit(self, cast, as_):
        held(cast.savkulla, cast.lyktvret, by=cast.karin)
        page = as_(cast.jonas).page("/enheter/savkullaskolan/2026-27/avstamningar")
        assert "Tillsammans med Lyktvretens förskola" in page

    def test_another_läsår_has_its_own(self, cast, as_):
        held(cast.hassel, by=cast.ali, on=date(2026, 5, 4), situation="I våras.")
        ali = as_(cast.ali)
        assert "I våras." not in ali.page(HASSEL)
        assert "I våras." in ali.page(HASSEL.replace("2026-27", "2025-26"))

    def test_many_are_paged(self, cast, as_):
        for n in range(45):
            held(cast.hassel, by=cast.ali, on=today() - timedelta(days=n), situation=f"Läge {n}.")
        page = as_(cast.ali).page(f"{HASSEL}?sida=3")
        assert "Läge 44." in page
        assert "Läge 39." not in page

    def test_a_closed_unit_is_read_and_not_asked(self, cast, as_):
        asked(cast)
        cast.hassel.close(today() - timedelta(days=2), by=cast.tove)
        page = as_(cast.erik).page(HASSEL)
        assert "Besked från elevhälsochefen." in page
        assert "/avstamningar/ny" not in page

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("sofia", 404), ("karin", 404), ("maria", 404), ("mats", 404), ("perolov", 403),
            ("tove", 403), ("samira", 403), ("lena", 403),
        ],
    )  # fmt: skip
    def test_nobody_else_reads_them(self, cast, as_, who, status):
        asked(cast)
        browser = as_(getattr(cast, who))
        assert "Avstämningar</a>" not in browser.page("/") or who in ("karin", "maria", "mats")
        browser.page(HASSEL, status)

    def test_staff_of_the_unit_itself(self, cast, as_):
        sofia = as_(cast.sofia)
        sofia.page("/enheter/savkullaskolan/2026-27/avstamningar", 403)
        assert "avstamningar" not in sofia.page("/enheter/savkullaskolan/2026-27")

    def test_wrong_method(self, cast, as_):
        assert as_(cast.ali).post(HASSEL).status_code == 405


class TestWhatWaits:
    def test_who_is_due_then_the_latest(self, cast, as_):
        asked(cast, on=date(2026, 10, 16), next_on=date(2026, 12, 20))
        page = as_(cast.erik).page("/avstamningar")
        order = [
            page.index(f"<h2>{title}</h2>")
            for title in ("Dags att stämma av", "Längre fram", "Senaste avstämningarna")
        ]
        assert order == sorted(order)
        assert "Karin Holm, Lyktvretens förskola och Sävkullaskolan" in page
        ahead = page[order[1] : order[2]]
        assert "Ali Demir, Hasselbrinksskolan" in ahead
        assert "Nästa 20 december 2026. Förra gången 16 oktober 2026" in ahead
        assert 'href="/avstamningar/ny?enhet=hasselbrinksskolan"' in ahead
        assert "Karin Holm" not in ahead
        assert "ny?enhet=lyktvretens-forskola&amp;enhet=savkullaskolan" in page

    def test_support_that_waits_is_counted_and_followed_elsewhere(self, cast, as_):
        asked(cast)
        ali = as_(cast.ali)
        page = ali.page("/avstamningar")
        assert '<a href="/stod">En fråga om stöd väntar på svar</a>' in page
        assert "Besked från elevhälsochefen." not in page
        held(cast.hassel, by=cast.ali, support="En vikarie.")
        assert "2 frågor om stöd väntar på svar" in ali.page("/avstamningar")
        assert "väntar på svar" not in as_(cast.karin).page("/avstamningar")

    def test_rektor_sees_her_own(self, cast, as_):
        asked(cast)
        held(cast.savkulla, by=cast.karin, situation="Bara för oss.")
        page = as_(cast.ali).page("/avstamningar")
        assert "Hasselbrinksskolan" in page
        assert "Bara för oss." not in page

    def test_nothing_yet(self, cast, as_):
        cast.hassel.set_check_in_days(0, by=cast.tove)
        page = as_(cast.ali).page("/avstamningar")
        assert "Senaste avstämningarna" not in page
        assert "Dags att stämma av" not in page
        assert "Läsårets första" in page, "one may meet all the same"

    def test_it_is_paged(self, cast, as_):
        for n in range(60):
            held(cast.hassel, by=cast.ali, on=today() - timedelta(days=n), situation=f"Sak {n}.")
        erik = as_(cast.erik)
        assert "Sak 0." in erik.page("/avstamningar")
        assert "Sak 59." not in erik.page("/avstamningar")
        assert "Sak 59." in erik.page("/avstamningar?sida=2")

    @pytest.mark.parametrize("who", ["sofia", "perolov", "tove", "samira", "lena"])
    def test_not_for_others(self, cast, as_, who):
        as_(getattr(cast, who)).page("/avstamningar", 403)


class TestTheOldAddressOfTheSupport:
    URL = "/avstamningar/stod"

    def test_leads_on(self, cast, as_):
        assert as_(cast.lena).get(self.URL).location == "/stod"

    def test_the_check_in_itself_is_not_the_skolchefs(self, cast, as_):
        check_in = asked(cast)
        lena = as_(cast.lena)
        for page in ("", "/andra", "/svar", "/vad-blev-det"):
            lena.page(f"/avstamningar/{check_in.id}{page}", 404)

    @pytest.mark.parametrize("who", ["karin", "erik", "sofia", "perolov", "tove", "samira", "mats"])
    def test_not_for_others(self, cast, as_, who):
        as_(getattr(cast, who)).page(self.URL, 403)


def test_as_many_statements_for_five_units_as_for_two_hundred(cast, as_, statements):
    a_measure(cast, units=[cast.savkulla, cast.lyktvret])
    asked(cast)
    held(cast.savkulla, cast.lyktvret, by=cast.karin, support="En vikarie.")
    pages = [
        ("erik", "/avstamningar"),
        ("erik", HASSEL),
        ("lena", "/stod"),
        ("erik", "/stod"),
        ("ali", "/enheter/hasselbrinksskolan/stod"),
        ("karin", "/avstamningar"),
        ("karin", "/avstamningar/ny"),
        ("erik", "/avstamningar/ny?enhet=savkullaskolan"),
    ]

    def counts():
        found = {}
        for who, url in pages:
            browser = as_(getattr(cast, who))
            with statements() as sent:
                browser.page(url)
            found[who, url] = len(sent)
        return found

    few = counts()
    for unit in add_units(cast, 195)[:40]:
        held(unit, by=cast.erik, support="Något.")
    # Fewer where the first page is full before it has come to what is loaded whole.
    assert [key for key, number in counts().items() if number > few[key]] == []
    assert max(few.values()) <= OTHERS_AT_MOST, few
