"""Start for those who lead units."""

import html
import re
from datetime import date, timedelta

import sqlalchemy as sa

from tests.start.story import decide, due, place, propose, write_analysis
from tracker.clock import today
from tracker.cycle.calendar import Phase
from tracker.extensions import db
from tracker.models import AnalysisDeepening, Role, RoleAssignment, SituationAnalysis


def words(page: str) -> str:
    """The page's text without tags, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def todo(page: str) -> list[str]:
    """The lines of Att göra, in order."""
    card = page.split("Att göra</h2>")[1].split("</section>")[0]
    return [
        words(line) for line in re.findall(r'<span class="todo-list__what">(.*?)</li>', card, re.S)
    ]


def test_a_new_rektor_is_shown_the_first_step(cast, as_):
    page = as_(cast.ali).page("/")
    assert "<title>Hasselbrinksskolan, läsåret 2026/27 – Varvet</title>" in page
    assert "/enheter/hasselbrinksskolan/borja-mitt-i-lasaret" in page
    assert "Börja mitt i läsåret" in page
    assert "Skriv nulägesanalysen" in page
    assert "Inga åtgärder är beslutade eller pågår." in page


def test_the_first_step_is_gone_once_something_is_written(cast, as_):
    decide(cast.cycle(cast.hassel), cast.ali)
    page = as_(cast.ali).page("/")
    assert "borja-mitt-i-lasaret" not in page
    assert any(line.startswith("Skriv och dela nulägesanalysen") for line in todo(page))


def test_the_stepper_stands_in_the_units_phase(cast, as_):
    cast.cycle(cast.hassel).set_phase(Phase.ANALYSE, "Vi ligger före", by=cast.ali)
    page = as_(cast.ali).page("/")
    current = re.search(r'<li class="step" data-state="current".*?step__label">(.*?)<', page, re.S)
    assert current[1] == "Analysera" == cast.cycle(cast.hassel).phase().label


def test_a_phase_set_in_an_earlier_phase_has_lapsed(cast, as_, the_day):
    cast.cycle(cast.hassel).set_phase(Phase.ANALYSE, "Vi ligger före", by=cast.ali)
    browser = as_(cast.ali)
    the_day.shift(timedelta(days=60))
    browser.become(cast.ali)
    current = re.search(r'data-state="current".*?step__label">(.*?)<', browser.page("/"), re.S)
    assert current[1] == "Följa upp" == cast.cycle(cast.hassel).phase().label


def test_due_effects_stand_first_with_the_day(cast, as_):
    write_analysis(cast.cycle(cast.hassel), cast.ali)
    due(cast.cycle(cast.hassel), cast.ali, "Mattestuga", days=6)
    lines = todo(as_(cast.ali).page("/"))
    assert (
        lines[0]
        == "Bedöm effekten av Mattestuga Effekten har kunnat bedömas sedan 14 november 2026"
    )
    assert "Dela nulägesanalysen" in " ".join(lines)


def test_preparation_of_the_coming_dialogue(cast, as_):
    place(cast.dialogue(cast.hassel), cast.erik, days=20)
    page = as_(cast.ali).page("/")
    lines = todo(page)
    assert "Välj område till dialogen Senast 26 november 2026, inför Dialog 1" in lines
    assert "Skriv och dela nulägesanalysen Senast 26 november 2026, inför Dialog 1" in lines
    assert "Om 20 dagar" in page
    assert "Torsdag 10 december kl. 13.00" in page
    assert "med Erik Lund" in page
    assert f'/dialoger/{cast.dialogue(cast.hassel).id}"' in page
    assert f"/dialoger/{cast.dialogue(cast.hassel).id}/underlag" in page


def test_a_passed_day_is_no_reproach(cast, as_):
    place(cast.dialogue(cast.hassel), cast.erik, days=5)
    lines = todo(as_(cast.ali).page("/"))
    assert "Välj område till dialogen Inför Dialog 1 onsdag 25 november 2026" in lines


def test_what_is_far_off_is_not_said_yet(cast, as_):
    write_analysis(cast.cycle(cast.hassel), cast.ali, adopt=True)
    place(cast.dialogue(cast.hassel, 2), cast.erik, days=170)
    decide(
        cast.cycle(cast.hassel),
        cast.ali,
        "Vårens åtgärd",
        assessable_from=today() + timedelta(days=150),
    )
    page = as_(cast.ali).page("/")
    assert "Bedöm effekten av Vårens åtgärd" not in page
    assert "Om 24 veckor" in page


def test_an_effect_that_is_due_is_named_once(cast, as_):
    due(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
    place(cast.dialogue(cast.hassel), cast.erik, days=10)
    lines = todo(as_(cast.ali).page("/"))
    assert len([line for line in lines if "Mattestuga" in line]) == 1


def test_an_effect_before_the_dialogue_is_said_as_in_the_table(cast, as_):
    day = today() + timedelta(days=9)
    decide(cast.cycle(cast.hassel), cast.ali, "Mattestuga", assessable_from=day)
    place(cast.dialogue(cast.hassel), cast.erik, days=10)
    page = as_(cast.ali).page("/")
    assert "Från 29 nov" in page
    said = "Kan bedömas från 29 november 2026, inför Dialog 1"
    assert f"Bedöm effekten av Mattestuga {said}" in " ".join(todo(page))


def test_measures_in_progress_with_their_expected_effect(cast, as_):
    measure = decide(cast.cycle(cast.hassel), cast.ali, "Två lärare i matematik")
    page = as_(cast.ali).page("/")
    assert f'<a href="/atgarder/{measure.id}">Två lärare i matematik</a>' in page
    assert f'<a href="/atgarder/{measure.id}#logg">Skriv i loggen' in page
    assert "Minst 80 % av åk 3 når kravnivån (start 69 %)" in page
    assert "Från 8 juni 2027" in page


def test_a_proposal_waits_for_the_one_who_may_decide(cast, as_):
    propose(cast.cycle(cast.savkulla), cast.jonas, "Rastvärdar")
    assert "Besluta om åtgärden ”Rastvärdar”" in as_(cast.karin).page("/")
    assert "Besluta om åtgärden ”Rastvärdar”" not in as_(cast.jonas).page("/")


def test_many_proposals_are_one_line(cast, as_):
    for number in range(5):
        propose(cast.cycle(cast.hassel), cast.ali, f"Förslag {number}")
    page = as_(cast.ali).page("/")
    assert "Besluta om fem föreslagna åtgärder" in page
    assert "Förslag 1" not in page


def test_a_deputy_with_delegation_may_adopt(cast, as_):
    write_analysis(cast.cycle(cast.savkulla), cast.karin, share=True)
    assert "Fastställ nulägesanalysen" not in as_(cast.jonas).page("/")
    RoleAssignment.give(
        cast.jonas, Role.DEPUTY, cast.exempelby, by=None, unit=cast.savkulla, may_adopt=True
    )
    assert "Fastställ nulägesanalysen" in as_(cast.jonas).page("/")


def test_two_units_share_one_list_and_have_a_part_each(cast, as_):
    due(cast.cycle(cast.savkulla), cast.karin, "Språkgrupper", days=6)
    due(cast.cycle(cast.lyktvret), cast.karin, "Halva samlingar", days=9)
    page = as_(cast.karin).page("/")
    assert "<title>Läsåret 2026/27 – Varvet</title>" in page
    assert page.count("Att göra</h2>") == 1
    lines = todo(page)
    assert lines[0].startswith("Bedöm effekten av Halva samlingar Lyktvretens förskola.")
    assert lines[1].startswith("Bedöm effekten av Språkgrupper Sävkullaskolan.")
    assert page.count('class="stepper"') == 1
    assert '<a href="/enheter/savkullaskolan/2026-27">Sävkullaskolan</a></h2>' in page
    assert "/enheter/lyktvretens-forskola/2026-27/atgarder/ny" in page


def test_units_in_different_phases_have_a_stepper_each(cast, as_):
    cast.cycle(cast.lyktvret).set_phase(Phase.PLAN, "Ny personal", by=cast.karin)
    assert as_(cast.karin).page("/").count('class="stepper"') == 2


def test_a_deputy_is_not_asked_about_the_other_unit_of_the_dialogue(cast, as_):
    place(cast.dialogue(cast.savkulla), cast.erik, days=10)
    lines = " ".join(todo(as_(cast.jonas).page("/")))
    assert "nulägesanalysen för Sävkullaskolan" in lines
    assert "Lyktvretens förskola" not in lines


def test_a_dialogue_without_a_time_is_said_to_have_none(cast, as_):
    page = words(as_(cast.ali).page("/"))
    assert "Dialog 1 har inte fått någon tid än." in page


def test_a_measure_is_decided_one_click_away(cast, as_):
    assert 'href="/enheter/hasselbrinksskolan/2026-27/atgarder/ny"' in as_(cast.ali).page("/")


def test_a_läsår_that_is_not_opened(cast, as_, the_day):
    decide(cast.cycle(cast.hassel), cast.ali)
    the_day.move_to("2027-07-02T09:00:00+02:00")
    browser = as_(cast.ali)
    assert "Läsåret 2027/28 är inte upplagt än" in browser.page("/")


def test_nothing_shouts(cast, as_):
    due(cast.cycle(cast.hassel), cast.ali, days=90)
    place(cast.dialogue(cast.hassel), cast.erik, days=3)
    page = as_(cast.ali).page("/")
    assert 'data-color="danger"' not in page
    assert "försen" not in page.lower()


def test_a_shared_analysis_is_to_be_adopted_and_then_left_alone(cast, as_):
    analysis = write_analysis(cast.cycle(cast.hassel), cast.ali, share=True)
    page = as_(cast.ali).page("/")
    assert any(line.startswith("Fastställ nulägesanalysen") for line in todo(page))
    analysis.adopt(by=cast.ali)
    page = as_(cast.ali).page("/")
    assert not any("nulägesanalysen" in line for line in todo(page))


def test_who_is_new_is_led_to_the_handover(cast, as_):
    """For two months, and only of the unit that is new to her."""
    line = 'Ny på Hasselbrinksskolan? <a href="/enheter/hasselbrinksskolan/overlamning">'
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    role.starts_on = today() - timedelta(days=60)
    db.session.commit()
    assert line in as_(cast.ali).page("/")
    assert "Läs överlämningen" not in as_(cast.karin).page("/")
    role.starts_on = today() - timedelta(days=61)
    db.session.commit()
    assert "Läs överlämningen" not in as_(cast.ali).page("/")


def test_a_lifted_analysis_is_to_be_deepened_until_it_is_adopted(cast, as_, the_day):
    karin = as_(cast.karin)
    lap = cast.cycle(cast.savkulla)
    write_analysis(lap, cast.karin, adopt=True)
    the_day.shift(timedelta(minutes=5))
    AnalysisDeepening.decide(lap, date(2026, 9, 1), "Tredje året i rad.", by=cast.erik)
    db.session.commit()

    page = karin.page("/")

    assert "Fördjupa nulägesanalysen" in page
    assert "Huvudmannens uppföljning har lyft enheten från 1 september 2026" in page
    assert "nulagesanalys#fordjupad" in page
    analysis = db.session.scalars(sa.select(SituationAnalysis).filter_by(cycle_id=lap.id)).one()
    analysis.reopen("Den ska fördjupas.", by=cast.karin)
    db.session.commit()
    url = "/enheter/savkullaskolan/2026-27/nulagesanalys"
    assert "Allt som behövs är skrivet" not in karin.page(url)
    analysis.adopt(by=cast.karin)
    db.session.commit()
    assert "Fördjupa" not in karin.page("/")
