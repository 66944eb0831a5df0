"""The page of the analysis: who sees what, and what stands on it."""

from datetime import date

import pytest

from tests.analyses.conftest import URL
from tracker.extensions import db
from tracker.models import (
    CauseLocation,
    Measure,
    MeasureBasis,
    Role,
    RoleAssignment,
    SituationAnalysis,
)

TEXT = "69 % nådde kravnivån"


def test_an_empty_läsår_offers_its_leaders_to_begin(cast, as_):
    page = as_(cast.karin).page(URL)
    assert "Börja på analysen" in page
    response = as_(cast.karin).submit(URL + "/borja")
    assert response.location.endswith(URL + "/skriv")
    assert db.session.query(SituationAnalysis).one().cycle.unit == cast.savkulla


def test_beginning_twice_gives_the_same_analysis(cast, as_):
    karin = as_(cast.karin)
    karin.submit(URL + "/borja")
    karin.submit(URL + "/borja")
    assert db.session.query(SituationAnalysis).count() == 1


def test_only_leaders_begin(cast, as_):
    for person in (cast.erik, cast.sofia, cast.samira, cast.lena, cast.tove):
        as_(person).submit(URL + "/borja", status=403)
    as_(cast.mats).submit(URL + "/borja", status=404)


@pytest.mark.parametrize("name", ["erik", "lena", "samira"])
def test_a_draft_is_unseen_and_reads_as_if_nobody_had_begun(cast, as_, name):
    person = as_(getattr(cast, name))
    before = person.page(URL)
    assert "Analysen är inte delad än." in before
    analysis = SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)
    analysis.write({"results": TEXT}, by=cast.karin)
    db.session.commit()
    assert person.page(URL) == before
    person.page(URL + ".docx", 404)


@pytest.mark.parametrize("name", ["sofia", "tove", "perolov"])
def test_readers_see_nothing_before_it_is_adopted(cast, as_, analysis, name):
    person = as_(getattr(cast, name))
    for _ in range(2):
        page = person.page(URL)
        assert "Analysen är inte fastställd än." in page
        assert TEXT not in page
        person.page(URL + ".docx", 404)
        analysis.share(by=cast.karin)
        db.session.commit()


def test_another_municipality_finds_nothing(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    mats = as_(cast.mats)
    for path in ("", ".docx", "/versioner/1", "/skriv"):
        mats.page(URL + path, 404)


def test_the_leaders_of_the_unit_see_the_draft(cast, as_, analysis):
    for person in (cast.karin, cast.jonas):
        page = as_(person).page(URL)
        assert TEXT in page
        assert "Dialogansvarig ser den när ni delar den, aldrig medan ni skriver." in page
    as_(cast.ali).page(URL, 404)


def test_what_is_shared_is_seen_by_those_who_follow(cast, as_, analysis):
    analysis.share(by=cast.karin)
    for person in (cast.erik, cast.lena, cast.samira):
        page = as_(person).page(URL)
        assert TEXT in page
        assert "Delad</span> 20 november 2026 av Karin Holm" in page
        assert "Ändra" not in page
        assert "Nästa steg" not in page


def test_what_is_adopted_is_seen_by_all_readers(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    for person in (cast.sofia, cast.tove, cast.perolov, cast.erik, cast.karin):
        page = as_(person).page(URL)
        assert TEXT in page
        assert "Fastställd</span> 20 november 2026 av Karin Holm, version 1." in page
        assert "Ändra" not in page


def test_the_next_step_after_adoption_is_a_measure_for_the_first_cause(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    first, _, third = [cause.id for cause in analysis.causes]
    karin = as_(cast.karin)
    page = karin.page(URL)
    assert f'/atgarder/ny?orsak={first}">Besluta åtgärder' in page
    assert page.count("Besluta en åtgärd för den här orsaken") == 2  # one is not prioritised
    _measure(cast, first)
    page = karin.page(URL)
    assert f'/atgarder/ny?orsak={third}">Besluta åtgärder' in page


def test_measures_stand_under_their_cause_proposals_only_for_writers(cast, as_, analysis):
    cause = analysis.causes[0]
    _measure(cast, cause.id, title="Lässtrategier").decide(by=cast.karin)
    _measure(cast, cause.id, title="Läsa mer hemma")
    analysis.invite(cast.samira, by=cast.karin)
    analysis.adopt(by=cast.karin)
    writer = as_(cast.karin).page(URL)
    assert "Lässtrategier</a>" in writer
    assert "(beslutad)" in writer
    assert "Läsa mer hemma</a>" in writer
    for person in (cast.sofia, cast.erik, cast.samira):
        page = as_(person).page(URL)
        assert "Lässtrategier</a>" in page
        assert "Läsa mer hemma" not in page
        assert "Besluta en åtgärd" not in page


def _measure(cast, cause_id, title="Åtgärd"):
    measure = Measure.propose(
        cast.cycle(cast.savkulla),
        by=cast.karin,
        title=title,
        basis=MeasureBasis.CAUSE,
        cause_id=cause_id,
        expected_effect="80 % i maj",
        assessable_from=date(2027, 5, 1),
    )
    db.session.commit()
    return measure


def test_the_unit_sees_how_many_causes_lie_in_its_own_work(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    for person in (cast.karin, cast.jonas, cast.sofia):
        assert "2 av 3 orsaker ligger i ert eget arbete." in as_(person).page(URL)
    for person in (cast.erik, cast.lena, cast.samira, cast.tove):
        assert "eget arbete" not in as_(person).page(URL)


def test_last_years_share_stands_beside_this_years(cast, as_, analysis):
    before = SituationAnalysis.start(cast.cycle(cast.savkulla, cast.last_year), by=cast.karin)
    before.write({"basis": "Prov", "results": "66 %"}, by=cast.karin)
    problem = before.add_problem("Läsningen", None, by=cast.karin)
    problem.add_cause("Läser inte hemma", CauseLocation.OUTSIDE, "", by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    assert "2025/26: 0 av 1." not in karin.page(URL)
    before.adopt(by=cast.karin)
    db.session.commit()
    assert "2025/26: 0 av 1." in karin.page(URL)


def test_when_all_causes_lie_outside_the_page_only_asks(cast, as_, analysis):
    for cause in analysis.causes:
        if cause.location.own_work:
            cause.retire(by=cast.karin)
    assert "Alla orsaker ligger utanför skolan." in as_(cast.karin).page(URL)


def test_what_was_typed_is_shown_as_text(cast, as_, analysis):
    analysis.write({"results": "<script>alert(1)</script> 😀 & så"}, by=cast.karin)
    page = as_(cast.karin).page(URL)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 😀 &amp; så" in page


def test_an_empty_analysis_is_not_offered_to_be_shared(cast, as_):
    analysis = SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)
    karin = as_(cast.karin)
    assert "Dela med dialogansvarig" not in karin.page(URL)
    karin.submit(URL + "/dela")
    assert analysis.is_draft
    assert "Analysen är tom än." in karin.page(URL)
    analysis.add_problem("Läsningen", None, by=cast.karin)
    db.session.commit()
    assert "Dela med dialogansvarig" in karin.page(URL)


def test_the_page_says_at_the_place_what_is_missing(cast, as_):
    SituationAnalysis.start(cast.cycle(cast.savkulla), by=cast.karin)
    page = as_(cast.karin).page(URL)
    for sentence in (
        "Det här saknas innan analysen kan fastställas",
        "Skriv vad analysen bygger på. Det behövs för att fastställa den.",
        "Skriv vad resultaten visar. Det behövs för att fastställa analysen.",
        "Lägg till minst ett problem eller utvecklingsbehov. Det behövs",
    ):
        assert sentence in page
    assert "Fastställ analysen</button>" not in page


def test_a_vacant_units_dialogansvarig_writes_and_nobody_else(cast, as_):
    url = URL.replace("savkullaskolan", "klockvretsskolan")
    as_(cast.erik).submit(url + "/borja")
    as_(cast.maria).page(url, 404)
    assert "Analysen är inte delad än." in as_(cast.lena).page(url)
    as_(cast.lena).page(url + "/skriv", 403)


def test_the_page_asks_as_little_of_the_database_for_much_as_for_little(
    cast, as_, analysis, statements
):
    karin = as_(cast.karin)
    karin.page(URL)
    with statements() as few:
        karin.page(URL)
    for number in range(10):
        problem = analysis.add_problem(f"Problem {number}", None, by=cast.karin)
        for cause in range(5):
            made = problem.add_cause(
                f"Orsak {cause}", analysis.causes[0].location, "Sett", by=cast.karin
            )
        _measure(cast, made.id)
    for _ in range(3):
        analysis.adopt(by=cast.karin)
        analysis.reopen("Nya resultat", by=cast.karin)
    analysis.invite(cast.samira, by=cast.karin)
    db.session.commit()
    with statements() as many:
        karin.page(URL)
    assert len(many) == len(few) <= 15
    analysis.adopt(by=cast.karin)
    db.session.commit()
    with statements() as adopted:
        karin.page(URL)
    assert len(adopted) <= 15


def test_a_developer_who_lost_the_role_lost_the_invitation(cast, as_, analysis):
    analysis.invite(cast.samira, by=cast.karin)
    assert TEXT in as_(cast.samira).page(URL)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.samira.id).one()
    role.end(date(2026, 11, 19), by=cast.tove)
    RoleAssignment.give(
        cast.samira, Role.STAFF, cast.exempelby, by=cast.tove, unit=cast.savkulla,
        starts_on=date(2026, 11, 20),
    )  # fmt: skip
    page = as_(cast.samira).page(URL)
    assert "Analysen är inte fastställd än." in page
    as_(cast.samira).page(URL + "/skriv", 403)
