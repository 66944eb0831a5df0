"""The dialogue's page: two readers see the same, each their own next step first."""

import re
from datetime import date

import pytest

from tests.dialogues.scenes import DAY, a_measure, an_analysis, at, held, placed
from tests.start.many import add_units
from tracker.clock import stopped_at, today
from tracker.extensions import db
from tracker.models import CarriedOut, Decision, EffectAssessment, Judgement, RoleAssignment


def url(dialogue):
    return f"/dialoger/{dialogue.id}"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_when_where_who_and_why(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.describe("Rum 3", "Samira Nilsson", by=cast.erik)
    page = words(as_(cast.karin).page(url(dialogue)))
    for text in (
        "Dialog 1 med Lyktvretens förskola och Sävkullaskolan",
        "tisdag 8 december 2026 kl. 13.00–14.30",
        "Rum 3",
        "Samira Nilsson",
        "Karin Holm",
        "Erik Lund",
        "Hur ska insatserna följas upp och justeras under läsåret?",
        "kan bli allmän handling. Skriv inget om enskilda.",
    ):
        assert text in page


def test_dialogue_2_has_a_purpose_of_its_own(cast, as_):
    page = words(as_(cast.karin).page(url(cast.dialogue(cast.savkulla, 2))))
    assert "Vad ledde insatserna till, utvecklingsområde för utvecklingsområde?" in page
    assert "Välj område till dialogen" not in page


def test_each_side_has_its_own_next_step_first(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    rektor, lead = (
        words(as_(cast.karin).page(url(dialogue))),
        words(as_(cast.erik).page(url(dialogue))),
    )
    assert "Nästa steg för dig Dela nulägesanalysen för Lyktvretens förskola" in rektor
    assert rektor.index("Rektor (du)") < rektor.index("Dialogansvarig", rektor.index("Rektor (du)"))
    assert (
        "Nästa steg för dig Det var tänkt till 14 september 2026. Gör det gärna så snart du kan, "
        "så att båda hinner förbereda sig. Bestäm tid" in lead
    )
    assert "Dialogansvarig (du)" in lead


def settle(cast, measure):
    EffectAssessment.make(
        measure, cast.year, by=cast.karin, carried_out=CarriedOut.YES,
        judgement=Judgement.NO_EVIDENCE, decision=Decision.END,
    )  # fmt: skip


def test_both_see_the_same_checklist(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    measure = a_measure(cast, "Språkgrupper", year=cast.last_year, due=date(2026, 6, 1))
    done = a_measure(cast, "Rastvärdar", year=cast.last_year, due=date(2026, 5, 1))
    settle(cast, done)
    an_analysis(cast, cast.savkulla).share(by=cast.karin)
    for person in (cast.karin, cast.erik, cast.lena, cast.samira):
        page = words(as_(person).page(url(dialogue)))
        assert "Nulägesanalysen för Sävkullaskolan är delad Klart" in page
        assert "Dela nulägesanalysen för Lyktvretens förskola Senast 24 november 2026 Kvar" in page
        assert "Bedöm effekten av Språkgrupper Senast 3 december 2026 Kvar" in page
        assert "Effekten av Rastvärdar är bedömd Klart" in page
        assert "Tiden är bestämd Klart" in page
    assert f"/atgarder/{measure.id}/effekt" in as_(cast.karin).page(url(dialogue))
    assert f"/atgarder/{measure.id}/effekt" not in as_(cast.erik).page(url(dialogue))


def test_nobody_learns_from_the_checklist_that_a_draft_is_begun(cast, as_):
    dialogue = placed(cast.dialogue(cast.hassel), cast)
    before = words(as_(cast.erik).page(url(dialogue)))
    assert "Dela nulägesanalysen Senast 24 november 2026 Kvar" in before
    an_analysis(cast, cast.hassel)
    assert words(as_(cast.erik).page(url(dialogue))) == before


def test_an_effect_with_a_new_date_is_not_said_to_be_assessed(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    measure = a_measure(cast, "Rastvärdar", year=cast.last_year, due=date(2026, 5, 1))
    EffectAssessment.make(
        measure, cast.year, by=cast.karin, judgement=Judgement.NOT_YET, next_date=date(2027, 3, 1)
    )
    page = words(as_(cast.erik).page(url(dialogue)))
    assert "Bedömningen av Rastvärdar har fått ett nytt datum Klart" in page
    assert "Effekten av Rastvärdar är bedömd" not in page


def test_an_effect_is_never_asked_for_before_its_own_day(cast, as_):
    """The dialogue is 8 December, the brief complete 3 December."""
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    a_measure(cast, "Rastvärdar", year=cast.last_year, due=date(2026, 5, 1))
    a_measure(cast, "Läsgrupper", year=cast.last_year, due=date(2026, 12, 7))
    page = words(as_(cast.karin).page(url(dialogue)))
    assert "Bedöm effekten av Rastvärdar Senast 3 december 2026" in page
    assert "Bedöm effekten av Läsgrupper Senast 7 december 2026" in page


def test_a_step_whose_day_has_passed_is_not_asked_for_by_that_day(cast, as_, the_day):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    the_day.move_to("2026-12-04T09:00:00+01:00")
    page = words(as_(cast.karin).page(url(dialogue)))
    assert "Det var tänkt till 24 november 2026. Gör det gärna så snart du kan" in page


def test_those_who_only_follow_get_no_buttons(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    for person in (cast.lena, cast.samira):
        page = as_(person).page(url(dialogue))
        for link in ("/omrade", "/tid", "/vi-ser", "/foresla-tid"):
            assert f"{url(dialogue)}{link}" not in page


def test_the_dialogansvarig_prepares_for_a_vacant_unit(cast, as_):
    page = words(as_(cast.erik).page(url(cast.dialogue(cast.klockvret))))
    assert "Klockvretsskolan har ingen rektor just nu." in page
    assert "Rektor (du)" in page


def test_nothing_is_left_to_do_once_it_has_been(cast, as_):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    page = as_(cast.karin).page(url(dialogue))
    assert "Nästa steg" not in page
    assert f"{url(dialogue)}/omrade" not in page
    assert f"{url(dialogue)}/foresla-tid" not in page


def test_what_was_prepared_does_not_change_with_what_is_done_afterwards(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    with stopped_at(at(date(2026, 9, 20), 9)):
        dialogue.choose_topic("Läsningen", "Hur håller vi i?", None, by=cast.karin)
        an_analysis(cast, cast.savkulla).share(by=cast.karin)
        settle(cast, a_measure(cast, "Rastvärdar", due=date(2026, 9, 20)))
    held(dialogue, cast)
    an_analysis(cast, cast.lyktvret).share(by=cast.karin)
    a_measure(cast, "Språkgrupper", due=today())
    settle(cast, a_measure(cast, "Fadderläsning"))
    dialogue.hold(by=cast.erik)
    db.session.commit()

    page = words(as_(cast.karin).page(url(dialogue)))

    told = page.partition("Förberedelser ")[2].partition(" Tid och plats ")[0]
    assert told == (
        "Dialogen är genomförd. Det här var gjort när den började. Rektor (du) "
        "Nulägesanalysen för Sävkullaskolan delades 20 september 2026 "
        "Området valdes: Läsningen 20 september 2026 "
        "Effekten av Rastvärdar bedömdes 20 september 2026 "
        "Dialogansvarig Ingen förberedelse finns antecknad."
    )


def test_who_took_part_is_who_led_then(cast, as_):
    dialogue = held(cast.dialogue(cast.hassel), cast)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    role.ends_on = date(2026, 11, 1)
    page = as_(cast.erik).page(url(dialogue))
    assert "Ali Demir" in page
    assert "har ingen rektor just nu" not in page
    assert "Hasselbrinksskolan har ingen rektor just nu." in as_(cast.erik).page(
        url(cast.dialogue(cast.hassel, 2))
    )


def test_history_is_there_for_both(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    for person in (cast.karin, cast.erik):
        page = as_(person).page(url(dialogue))
        assert "Karin Holm valde området ”Matematik” till Dialog 1 läsåret 2026/27." in page
        assert "Erik Lund bestämde tid" in page


def test_the_one_who_plans_is_told_what_to_think_of_and_nobody_else(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    assert "Dagen ligger utanför perioden" in as_(cast.erik).page(url(dialogue))
    assert "Dagen ligger utanför perioden" not in as_(cast.karin).page(url(dialogue))


@pytest.mark.parametrize("page", ["", "/underlag"])
def test_who_sees_it(cast, as_, page):
    dialogue = cast.dialogue(cast.savkulla)
    for person in ("karin", "jonas", "erik", "lena", "samira"):
        as_(getattr(cast, person)).page(url(dialogue) + page)
    for person in ("ali", "maria", "sofia", "perolov", "tove", "ingela", "mats"):
        as_(getattr(cast, person)).page(url(dialogue) + page, 404)
    as_(cast.karin).page(f"/dialoger/999999{page}", 404)


def test_statements(cast, as_, statements):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.propose_time(at(DAY, 8), "", by=cast.karin)
    dialogue.add_topic("Frånvaron", "Vi ser den", by=cast.erik)
    a_measure(cast, "Språkgrupper", year=cast.last_year, due=date(2026, 6, 1))
    an_analysis(cast, cast.savkulla)
    browser, where = as_(cast.erik), url(dialogue)
    with statements() as few:
        browser.page(where)
    for unit in add_units(cast, 20, busy=3):
        placed(cast.dialogue(unit), cast)
    with statements() as many:
        browser.page(where)
    assert len(many) == len(few) <= 15
