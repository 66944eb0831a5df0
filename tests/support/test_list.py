"""The one list of what was asked for, wherever that was, and where else it is remembered."""

from datetime import date, timedelta

import pytest

from tests.checkins.scenes import asked as asked_in_a_check_in
from tests.checkins.scenes import held
from tests.start.test_start_of_others import rows
from tests.support.scenes import asked
from tracker.checkins.reading import check_in_facts
from tracker.clock import today
from tracker.extensions import db
from tracker.models import SupportRequest

LIST = "/stod"


class TestTheList:
    def test_waiting_then_answered_wherever_it_was_asked(self, cast, as_):
        asked_in_a_check_in(cast, on=date(2026, 10, 16))
        asked(cast.hassel, cast.ali)
        row = held(cast.klockvret, by=cast.erik, support="En vikarie.")
        row.support.respond("Ja.", by=cast.erik)
        page = as_(cast.erik).page(LIST)
        order = [
            page.index(text)
            for text in (
                "<h2>Väntar på svar</h2>",
                "Besked från elevhälsochefen.",
                "En mentor.",
                "<h2>Besvarat: vad blev det?</h2>",
                "En vikarie.",
                "<h2>Enheterna</h2>",
            )
        ]
        assert order == sorted(order)
        assert page.count("Svara<") == 2

    def test_rektor_sees_her_own_and_does_not_answer_herself(self, cast, as_):
        asked(cast.hassel, cast.ali)
        asked(cast.savkulla, cast.karin, "Bara för oss.")
        page = as_(cast.ali).page(LIST)
        assert "En mentor." in page
        assert "Svara<" not in page
        assert "Skriv vad det blev" in page
        assert "Bara för oss." not in page

    def test_what_is_settled_is_found_at_the_unit(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        row.settle("Det löste sig.", by=cast.ali)
        erik = as_(cast.erik)
        assert "En mentor." not in erik.page(LIST)
        page = erik.page("/enheter/hasselbrinksskolan/stod")
        assert "Det löste sig." in page

    def test_of_a_closed_unit_it_is_followed_still(self, cast, as_):
        asked(cast.hassel, cast.ali)
        cast.hassel.close(today() - timedelta(days=2), by=cast.tove)
        assert "En mentor." in as_(cast.erik).page(LIST)

    def test_the_skolchef_reads_what_was_asked_and_nothing_else(self, cast, as_):
        check_in = asked_in_a_check_in(cast, situation="Bara för oss.", obstacles="Hemligt hinder.")
        asked(cast.ringmura, cast.nadia, "Schemaläggare två veckor.")
        lena = as_(cast.lena)
        page = lena.page(LIST)
        for text in ("Besked från elevhälsochefen.", "Schemaläggare två veckor.", "6 nov 2026"):
            assert text in page
        assert page.count("Ingen under läsåret än") == 4
        page += lena.page(f"/stod/{check_in.support.id}")
        for text in ("Bara för oss.", "Hemligt hinder.", f"/avstamningar/{check_in.id}", "Svara<"):
            assert text not in page
        lena.page(f"/stod/{check_in.support.id}/svar", 403)

    def test_it_is_paged(self, cast, as_):
        for n in range(60):
            SupportRequest.ask(cast.hassel, f"Sak {n}.", by=cast.ali)
        erik = as_(cast.erik)
        assert "Sak 59." not in erik.page(LIST)
        assert "Sak 59." in erik.page(f"{LIST}?sida=2")

    def test_staff_are_shown_the_catalogue(self, cast, as_):
        for who in ("sofia", "perolov", "tove"):
            assert as_(getattr(cast, who)).get(LIST).location == "/stod/katalog"

    def test_another_municipality(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        ingela = as_(cast.ingela)
        assert "En mentor." not in ingela.page(LIST)
        for step in ("", "/svar", "/vad-blev-det", "/andra"):
            ingela.page(f"/stod/{row.id}{step}", 404)

    @pytest.mark.parametrize("who", ["karin", "maria", "nadia", "sofia", "perolov", "tove", "mats"])
    def test_nobody_else_finds_it(self, cast, as_, who):
        row = asked(cast.hassel, cast.ali)
        for step in ("", "/svar", "/vad-blev-det", "/andra"):
            as_(getattr(cast, who)).page(f"/stod/{row.id}{step}", 404)


class TestHistorik:
    def test_it_is_for_those_who_check_in_and_the_skolchef(self, cast, as_):
        asked(cast.hassel, cast.ali)
        told = "frågade om stöd för Hasselbrinksskolan"
        for who in ("ali", "erik", "lena"):
            browser = as_(getattr(cast, who))
            assert told in browser.page("/historik")
            assert told in browser.page("/enheter/hasselbrinksskolan/historik")
        samira = as_(cast.samira)
        assert told not in samira.page("/historik")
        assert told not in samira.page("/enheter/hasselbrinksskolan/historik")
        for who in ("karin", "maria", "tove"):
            assert told not in as_(getattr(cast, who)).page("/historik")


class TestWhereTheyAreRemembered:
    def test_on_start_as_what_was_asked_in_a_check_in(self, cast, as_):
        row = asked(cast.hassel, cast.ali)
        row.asked_on = date(2026, 10, 16)
        erik = as_(cast.erik)
        found = rows(erik.page("/"))
        assert next(iter(found)) == "Hasselbrinksskolan"
        assert "Fråga om stöd obesvarad sedan 16 okt" in found["Hasselbrinksskolan"]
        erik.submit(f"/stod/{row.id}/svar", {"version": row.version, "answer": "Ja."})
        assert "obesvarad" not in erik.page("/")

    def test_the_oldest_of_both_kinds(self, cast):
        def since(unit):
            return check_in_facts(cast.exempelby.id, today())[unit.id].open_support_since

        first = asked(cast.hassel, cast.ali)
        first.asked_on = date(2026, 10, 16)
        held(cast.hassel, cast.savkulla, by=cast.erik, support="Besked")
        assert since(cast.hassel) == date(2026, 10, 16)
        assert since(cast.savkulla) == date(2026, 11, 6)
        assert since(cast.lyktvret) is None
        first.settle(by=cast.ali)
        db.session.flush()
        assert since(cast.hassel) == date(2026, 11, 6)
