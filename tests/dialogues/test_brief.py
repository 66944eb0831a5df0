"""Dialogunderlag: one page that needs no other, the same for both sides of the table."""

import re
from datetime import date

from tests.dialogues.scenes import a_measure, an_analysis, placed
from tracker.extensions import db
from tracker.models import (
    CarriedOut,
    Decision,
    DevelopmentArea,
    DialogueUnit,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    QualityDialogue,
)
from tracker.organisation.staffing import Staffing


def brief(cast, browser, number=1, unit=None):
    page = browser.page(f"/dialoger/{cast.dialogue(unit or cast.savkulla, number).id}/underlag")
    main = page[page.index("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def order(page: str, *texts: str) -> bool:
    places = [page.find(text) for text in texts]
    return -1 not in places and places == sorted(places)


def assess(cast, measure, year, **fields):
    return EffectAssessment.make(
        measure,
        year,
        by=cast.karin,
        **(
            {
                "carried_out": CarriedOut.PARTLY,
                "judgement": Judgement.PARTLY,
                "outcome": "74 procent (31 av 42)",
                "evidence": "Nationella prov",
                "decision": Decision.END,
                "lesson": "Undervisningen ändrades före resultaten.",
            }
            | fields
        ),
    )


def test_a_draft_is_not_shown_to_anybody_nor_that_there_is_one(cast, as_):
    before = {person: brief(cast, as_(person)) for person in (cast.karin, cast.erik)}
    an_analysis(cast, cast.savkulla)
    for person, page in before.items():
        assert page.count("Inte delad än. Nulägesanalysen visas här när rektor har delat den.") == 2
        assert brief(cast, as_(person)) == page


def test_a_shared_analysis_is_there_in_short(cast, as_):
    analysis = an_analysis(cast, cast.savkulla)
    analysis.share(by=cast.karin)
    page = brief(cast, as_(cast.erik))
    assert "69 procent når kravnivån" in page
    assert "Var tredje elev förstår inte faktatexter" in page
    assert "Vi visar sällan hur man gör (undervisningen)" in page
    assert "Delad, inte fastställd än." in page


def test_an_adopted_analysis_is_shown_as_it_was_adopted_also_when_reopened(cast, as_):
    analysis = an_analysis(cast, cast.savkulla)
    analysis.adopt(by=cast.karin)
    db.session.commit()
    assert "Fastställd." in brief(cast, as_(cast.erik))
    analysis.reopen("Nya resultat", by=cast.karin)
    analysis.write({"results": "Inte färdigt"}, by=cast.karin)
    page = brief(cast, as_(cast.erik))
    assert "69 procent når kravnivån" in page
    assert "Inte färdigt" not in page
    assert "öppnad igen" in page


def test_what_is_due_stands_before_everything_else(cast, as_):
    a_measure(cast, "Två lärare", due=date(2027, 5, 20))
    a_measure(cast, "Språkgrupper", year=cast.last_year, due=date(2026, 6, 1))
    page = brief(cast, as_(cast.erik))
    assert order(
        page,
        "Effekter att bedöma först",
        "Språkgrupper",
        "Inte bedömd än. Har kunnat bedömas sedan 1 juni 2026.",
        "Områden i dialogen",
        "Kvar att göra före dialogen",
        "Två lärare",
        "Kan bedömas från 20 maj 2027.",
    )


def test_what_falls_due_before_the_dialogue_is_due(cast, as_):
    a_measure(cast, "Snart", due=date(2026, 12, 1))
    assert "Effekter att bedöma först" not in brief(cast, as_(cast.erik))
    placed(cast.dialogue(cast.savkulla), cast)
    assert order(brief(cast, as_(cast.erik)), "Effekter att bedöma först", "Snart", "Områden")


def test_the_expected_effect_beside_the_assessed(cast, as_):
    measure = a_measure(cast, year=cast.last_year, due=date(2026, 6, 1))
    assess(cast, measure, cast.year)
    page = brief(cast, as_(cast.erik))
    assert order(
        page,
        "Lässtrategier i alla ämnen",
        "Förväntad effekt",
        "I maj når minst 80 procent kravnivån.",
        "Vad blev det?",
        "Delvis uppnådd",
        "74 procent (31 av 42)",
        "Lärdom: Undervisningen ändrades före resultaten.",
    )
    assert "Effekter att bedöma först" not in page


def test_a_proposal_is_not_in_it(cast, as_):
    Measure.propose(cast.cycle(cast.savkulla), by=cast.karin, title="Bara en tanke")
    assert "Bara en tanke" not in brief(cast, as_(cast.karin))


def test_a_measure_of_both_units_stands_once(cast, as_):
    a_measure(cast, "Överlämningen", units=[cast.savkulla, cast.lyktvret])
    page = brief(cast, as_(cast.erik))
    assert page.count("Överlämningen") == 1
    assert "Gäller även Sävkullaskolan" in page
    cast.savkulla.closed_on = date(2026, 11, 1)
    db.session.commit()
    assert "Gäller även" not in brief(cast, as_(cast.erik)), "it is closed"


def test_the_organizers_own_measure_for_the_unit_is_in_it(cast, as_):
    lap = cast.cycle(cast.savkulla)
    own = db.session.query(type(lap)).filter_by(school_year_id=cast.year.id, unit_id=None).one()
    measure = Measure.propose(
        own, by=cast.lena, units=[cast.savkulla, cast.ringmura], title="Gemensam närvarorutin",
        basis=MeasureBasis.ORGANIZER, basis_note="Nämndens beslut om närvaro",
        expected_effect="Från 11 till 8 procent",
        assessable_from=date(2027, 6, 1),
    )  # fmt: skip
    measure.decide(by=cast.lena)
    page = brief(cast, as_(cast.erik))
    assert "Gemensam närvarorutin" in page
    assert "Huvudmannens åtgärd" in page
    assert "Gäller även Ringmuraskolan" in page


def test_older_measures_only_while_they_are_unsettled(cast, as_):
    older = cast.last_year
    settled = a_measure(cast, "Läsvecka", year=older, due=date(2026, 5, 1))
    assess(cast, settled, older)
    open_one = a_measure(cast, "Språkgrupper", year=older, due=date(2026, 5, 1))
    year = type(older).open(cast.exempelby, 2027, by=None)
    QualityDialogue.prepare(year, Staffing.load(cast.exempelby.id), by=None)
    db.session.commit()
    later = db.session.query(QualityDialogue).filter_by(school_year_id=year.id, kind="dialogue_1")
    dialogue = next(row for row in later if cast.savkulla.id in {u.unit_id for u in row.unit_links})
    page = as_(cast.erik).page(f"/dialoger/{dialogue.id}/underlag")
    assert open_one.title in page
    assert page.count("Läsvecka") == 1
    assert "Lärdomar från tidigare läsår" in page
    assert "Undervisningen ändrades före resultaten." in page


def test_an_earlier_years_brief_knows_nothing_of_later_measures(cast, as_):
    a_measure(cast, "Två lärare")
    dialogue = next(
        link.dialogue
        for link in db.session.query(DialogueUnit).filter_by(
            unit_id=cast.savkulla.id, school_year_id=cast.last_year.id
        )
    )
    assert "Två lärare" not in as_(cast.erik).page(f"/dialoger/{dialogue.id}/underlag")


def test_dialogue_2_goes_by_development_area(cast, as_):
    area = DevelopmentArea.create(
        cast.cycle(cast.hassel), "Matematik i åk 7", "", "Högst 12 procent F", by=cast.ali
    )
    a_measure(cast, "Två lärare", unit=cast.hassel, area_id=area.id)
    a_measure(cast, "Mattestuga", unit=cast.hassel)
    browser = as_(cast.erik)
    assert order(
        brief(cast, browser, 2, cast.hassel),
        "Matematik i åk 7",
        "Mål: Högst 12 procent F",
        "Två lärare",
        "Åtgärder utanför årets utvecklingsområden",
        "Mattestuga",
        "Nulägesanalysen i korthet",
    )
    assert order(
        brief(cast, browser, 1, cast.hassel),
        "Nulägesanalysen i korthet",
        "Prioriterade utvecklingsområden",
        "Matematik i åk 7",
        "Åtgärder och effekter",
        "Två lärare",
    )


def test_a_measure_falls_under_the_area_of_the_problem_behind_its_cause(cast, as_):
    cause = an_analysis(cast, cast.hassel).causes[0]
    area = DevelopmentArea.create(
        cast.cycle(cast.hassel), "Läsning", "", "", by=cast.karin, problems=[cause.problem]
    )
    other = DevelopmentArea.create(cast.cycle(cast.hassel), "Matematik", "", "", by=cast.karin)
    basis = {"basis": MeasureBasis.CAUSE, "cause_id": cause.id, "unit": cast.hassel}
    a_measure(cast, "Lässtrategier", **basis)
    a_measure(cast, "Räknestuga", area_id=other.id, **basis)
    page = brief(cast, as_(cast.erik), 2, cast.hassel)
    assert order(page, "Läsning", "Lässtrategier", "Matematik", "Räknestuga")
    assert "utanför årets utvecklingsområden" not in page
    db.session.delete(area)
    db.session.commit()
    page = brief(cast, as_(cast.erik), 2, cast.hassel)
    assert order(page, "Räknestuga", "utanför årets utvecklingsområden", "Lässtrategier")


def test_an_area_whose_measures_are_all_due_says_where_they_stand(cast, as_):
    cause = an_analysis(cast, cast.hassel).causes[0]
    DevelopmentArea.create(
        cast.cycle(cast.hassel), "Läsning", "", "", by=cast.karin, problems=[cause.problem]
    )
    a_measure(
        cast, unit=cast.hassel, basis=MeasureBasis.CAUSE, cause_id=cause.id, due=date(2026, 11, 1)
    )
    page = brief(cast, as_(cast.erik), 2, cast.hassel)
    assert "Åtgärderna i området står bland dem som ska bedömas, överst." in page


def test_both_sides_areas_and_what_each_has_left(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.choose_topic("Läsning", "Hur håller vi i?", None, by=cast.karin)
    dialogue.add_topic("Fritidshemmet", "Vi ser det i tre åtgärder", by=cast.erik)
    page = brief(cast, as_(cast.karin))
    assert order(page, "Område som rektor har valt", "Läsning", "Hur håller vi i?")
    assert order(
        page, "Områden som huvudmannen lagt till", "Fritidshemmet", "Vi ser det i tre åtgärder"
    )
    assert order(
        page, "Kvar att göra före dialogen", "Dela nulägesanalysen", "Bestäm tid för Dialog 1"
    )


def test_both_readers_see_the_same(cast, as_):
    an_analysis(cast, cast.savkulla).share(by=cast.karin)
    a_measure(cast, "Två lärare")
    assert (
        brief(cast, as_(cast.karin)) == brief(cast, as_(cast.erik)) == brief(cast, as_(cast.lena))
    )


def test_statements_are_few_and_the_same_for_one_unit_as_for_many(cast, as_, statements):
    for unit in (cast.savkulla, cast.hassel):
        an_analysis(cast, unit).share(by=cast.karin)
        area = DevelopmentArea.create(cast.cycle(unit), "Läsning", "", "", by=cast.karin)
        assess(cast, a_measure(cast, "Förra", unit=unit, year=cast.last_year), cast.year)
        a_measure(cast, "Årets", unit=unit, area_id=area.id, due=date(2026, 11, 1))
    one, many = placed(cast.dialogue(cast.hassel), cast), placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    urls = [f"/dialoger/{dialogue.id}/underlag" for dialogue in (one, many)]
    with statements() as few:
        browser.page(urls[0])
    an_analysis(cast, cast.lyktvret).adopt(by=cast.karin)
    assess(cast, a_measure(cast, "Förra", unit=cast.lyktvret, year=cast.last_year), cast.year)
    db.session.commit()
    with statements() as more:
        browser.page(urls[1])
    assert len(more) == len(few) <= 15


def test_what_could_not_be_assessed_before_waits_for_a_new_assessment(cast, as_):
    """It has an assessment below: that it is not assessed yet would not be true."""
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    measure = a_measure(cast, "Språkgrupper", year=cast.last_year, due=date(2026, 9, 1))
    page = f"/dialoger/{dialogue.id}/underlag"
    assert "Effekten av den här åtgärden är inte bedömd än." in as_(cast.karin).page(page)
    EffectAssessment.make(
        measure, cast.year, by=cast.karin, judgement=Judgement.NOT_YET, next_date=date(2026, 12, 1)
    )
    db.session.commit()
    said = as_(cast.karin).page(page)
    assert "Ny bedömning väntar." in said
    assert "inte bedömd än" not in said
    a_measure(cast, "Läsvecka", year=cast.last_year, due=date(2026, 9, 1))
    assert "väntar på en bedömning, eller på en ny." in as_(cast.karin).page(page)
