"""The list of units, the way into one, and a unit's läsår."""

from datetime import timedelta

import pytest

from tests.start.many import add_units
from tests.start.story import decide, due, place, propose, write_analysis
from tests.start.test_rektors_start import words
from tracker.clock import today
from tracker.models import (
    CarriedOut,
    Decision,
    EffectAssessment,
    Judgement,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    UnitKind,
)

YEAR = "/enheter/hasselbrinksskolan/2026-27"


class TestList:
    def test_shows_the_units_of_the_organizer_area_by_area(self, cast, as_):
        page = words(as_(cast.lena).page("/enheter"))
        names = ["Område Norr", "Hasselbrinksskolan", "Klockvretsskolan", "Lyktvretens förskola"]
        names += ["Sävkullaskolan", "Område Söder", "Ringmuraskolan"]
        places = [page.index(name) for name in names]
        assert places == sorted(places)
        assert "Granbyskolan" not in page

    def test_shows_only_the_persons_own(self, cast, as_):
        page = as_(cast.ali).page("/enheter")
        assert "Hasselbrinksskolan" in page
        assert "Sävkullaskolan" not in page

    @pytest.mark.parametrize("search", ["SÄVKULLA", "ävk", "kullaskolan"])
    def test_search_by_any_part_of_the_name(self, cast, as_, search):
        page = as_(cast.lena).page(f"/enheter?sok={search}")
        assert "Sävkullaskolan</a>" in page
        assert "Hasselbrinksskolan</a>" not in page
        assert f'value="{search}"' in page

    def test_search_without_a_hit_says_so(self, cast, as_):
        page = as_(cast.lena).page("/enheter?sok=<script>%00")
        assert "0 enheter har" in words(page)
        assert "Visa alla" in page

    def test_many_units_come_in_pages(self, cast, as_):
        add_units(cast, 120)
        browser = as_(cast.lena)
        assert browser.page("/enheter").count('<li><a href="/enheter/') == 100
        assert browser.page("/enheter?sida=2").count('<li><a href="/enheter/') == 25
        assert "/enheter?sok=extra&amp;sida=2" in browser.page("/enheter?sok=extra")

    def test_a_unit_that_has_ended_stands_last(self, cast, as_):
        cast.hassel.close(today() - timedelta(days=30), by=cast.tove)
        page = words(as_(cast.lena).page("/enheter"))
        assert page.index("Ringmuraskolan") < page.index("Avslutade enheter")
        assert "Hasselbrinksskolan avslutad 21 okt 2026" in page

    def test_without_any_unit(self, cast, as_):
        cast.granbyskolan.close(today(), by=cast.greta)
        assert "Granbyskolan" in as_(cast.mats).page("/enheter")


class TestUnit:
    def test_leads_to_the_present_läsår(self, cast, as_):
        response = as_(cast.ali).get("/enheter/hasselbrinksskolan")
        assert (response.status_code, response.location) == (302, YEAR)

    def test_leads_to_the_latest_when_the_present_is_not_opened(self, cast, as_, the_day):
        the_day.move_to("2028-09-01T09:00:00+02:00")
        assert as_(cast.ali).get("/enheter/hasselbrinksskolan").location == YEAR

    def test_without_any_läsår_says_who_opens_it(self, cast, as_):
        SchoolUnit.create(
            cast.exempelby, "Nyskolan", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY], by=cast.tove
        )
        assert "Enheten har inget läsår än" in as_(cast.lena).page("/enheter/nyskolan")

    def test_an_old_address_leads_on(self, cast, as_):
        cast.hassel.rename("Nya Hasselbrinksskolan", by=cast.tove)
        response = as_(cast.ali).get("/enheter/hasselbrinksskolan/2026-27")
        assert response.status_code == 301
        assert response.location == "/enheter/nya-hasselbrinksskolan/2026-27"

    @pytest.mark.parametrize(
        "url", ["/enheter/hasselbrinksskolan", YEAR, f"{YEAR}x", "/enheter/finns-inte"]
    )
    def test_the_invisible_is_not_found(self, cast, as_, url):
        for person in (cast.karin, cast.mats, cast.sofia, cast.nadia):
            as_(person).page(url, 404)


class TestYear:
    def test_shows_where_the_unit_is(self, cast, as_):
        page = as_(cast.ali).page(YEAR)
        assert "<title>Hasselbrinksskolan, läsåret 2026/27 – Varvet</title>" in page
        assert page.count('data-state="done"') == 1
        assert page.count('data-state="ahead"') == 3
        text = words(page)
        assert "Leds av Ali Demir" in text
        assert "Verksamheter Grundskola" in text
        assert "Dialog 1 har inte fått någon tid än." in text
        assert "2025/26" in text

    def test_a_läsår_that_is_over_has_every_phase_behind_it(self, cast, as_):
        page = as_(cast.ali).page("/enheter/hasselbrinksskolan/2025-26")
        assert page.count('data-state="done"') == 5

    def test_a_läsår_to_come_has_every_phase_ahead(self, cast, as_):
        SchoolYear.open(cast.exempelby, 2027, by=cast.tove)
        page = as_(cast.ali).page("/enheter/hasselbrinksskolan/2027-28")
        assert page.count('data-state="ahead"') == 5

    def test_the_states_in_words(self, cast, as_):
        cycle = cast.cycle(cast.hassel)
        write_analysis(cycle, cast.ali, adopt=True)
        decide(cycle, cast.ali, "Ett")
        due(cycle, cast.ali, "Två")
        propose(cycle, cast.ali, "Tre")
        place(cast.dialogue(cast.hassel), cast.erik, days=20)
        text = words(as_(cast.ali).page(YEAR))
        assert "Fastställd 20 november 2026, version 1." in text
        assert "Två åtgärder är beslutade under läsåret. Alla ska börja." in text
        assert "Ett förslag väntar på beslut." in text
        assert "En effekt att bedöma." in text
        assert "Dialog 1 är torsdag 10 december kl. 13.00." in text

    def test_how_far_the_measures_have_come(self, cast, as_):
        cycle = cast.cycle(cast.hassel)
        first = decide(cycle, cast.ali, "Ett")
        assert "En åtgärd är beslutad under läsåret. Den ska börja." in as_(cast.ali).page(YEAR)
        first.start(by=cast.ali)
        decide(cycle, cast.ali, "Två")
        text = as_(cast.ali).page(YEAR)
        assert "Två åtgärder är beslutade under läsåret. En ska börja och en pågår." in text

    def test_an_effect_with_a_new_date_is_not_assessed(self, cast, as_):
        measure = due(cast.cycle(cast.hassel), cast.ali)
        EffectAssessment.make(
            measure,
            cast.year,
            by=cast.ali,
            judgement=Judgement.NOT_YET,
            next_date=today() + timedelta(days=90),
        )
        text = words(as_(cast.ali).page(YEAR))
        assert "Inga effekter att bedöma just nu." in text
        EffectAssessment.make(
            measure,
            cast.year,
            by=cast.ali,
            revises=1,
            judgement=Judgement.NO_EVIDENCE,
            carried_out=CarriedOut.YES,
            decision=Decision.END,
        )
        assert "En effekt är bedömd under läsåret." in words(as_(cast.ali).page(YEAR))

    def test_the_drafts_existence_is_its_writers_affair(self, cast, as_):
        nothing = words(as_(cast.erik).page(YEAR))
        assert "Inte delad än." in nothing
        analysis = write_analysis(cast.cycle(cast.hassel), cast.ali)
        propose(cast.cycle(cast.hassel), cast.ali)
        assert words(as_(cast.erik).page(YEAR)) == nothing
        assert "Ett utkast, som bara ni som skriver ser." in as_(cast.ali).page(YEAR)
        assert "Inte delad än." in as_(cast.samira).page(YEAR)
        analysis.invite(cast.samira, by=cast.ali)
        assert "Ett utkast" in as_(cast.samira).page(YEAR)

    def test_who_only_reads_sees_what_is_adopted_and_no_dialogues(self, cast, as_):
        write_analysis(cast.cycle(cast.savkulla), cast.karin, share=True)
        page = as_(cast.sofia).page("/enheter/savkullaskolan/2026-27")
        assert "Inte fastställd än." in page
        assert "Dialoger" not in page
        assert "/historik" not in page

    def test_a_vacant_unit_is_said_to_be(self, cast, as_):
        assert "Leds av Vakant" in words(as_(cast.erik).page("/enheter/klockvretsskolan/2026-27"))

    def test_a_läsår_without_a_lap_is_not_found(self, cast, as_):
        as_(cast.ali).page("/enheter/hasselbrinksskolan/2019-20", 404)
        as_(cast.ali).page("/enheter/hasselbrinksskolan/2026-28", 404)
