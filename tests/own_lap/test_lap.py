"""Huvudmannens varv: the same pages as a unit's, for other people."""

import lxml.html
import pytest
from flask import render_template_string
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.measures.scenes import FINAL
from tests.own_lap.scenes import LAP, own_analysis, own_cycle, own_measure
from tracker.extensions import db
from tracker.models import (
    AnalysisState,
    AuditEvent,
    Cause,
    CauseLocation,
    EffectAssessment,
    Organizer,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    UnitKind,
)
from tracker.own_lap.units_together import UnitsTogether

WRITE = f"{LAP}/nulagesanalys/skriv"


def test_from_an_empty_page_to_an_adopted_analysis(cast, as_):
    lena = as_(cast.lena)
    assert lena.get("/huvudmannen").location == LAP
    page = lena.page(LAP)
    assert "<h1" in page
    assert "Huvudmannens varv 2026/27" in page
    assert "Börja på analysen" in lena.page(f"{LAP}/nulagesanalys")
    assert lena.submit(f"{LAP}/nulagesanalys/borja").location == WRITE
    lena.submit(WRITE, {"version": 1, "basis": "Sju analyser.", "results": "9 % hög frånvaro."})
    at = lena.submit(
        f"{LAP}/nulagesanalys/problem/nytt",
        {"text": "Elever får olika hjälp.", "then_cause": "1"},
    ).location
    lena.submit(at, {"text": "Skriven utan rektorerna.", "location": "routines", "evidence": ""})
    (cause,) = db.session.query(Cause)
    assert (cause.location, cause.location.own_work) == (CauseLocation.ROUTINES, True)
    analysis = db.session.query(SituationAnalysis).one()
    lena.submit(f"{LAP}/nulagesanalys/faststall", {"seen": analysis.changed_at.isoformat()})
    assert db.session.get_one(SituationAnalysis, analysis.id).state is AnalysisState.ADOPTED
    for reader in (cast.sofia, cast.perolov, cast.tove, cast.karin):
        assert "Skriven utan rektorerna." in as_(reader).page(f"{LAP}/nulagesanalys")
    document = lena.get(f"{LAP}/nulagesanalys.docx")
    assert (
        "nulagesanalys-huvudmannen-2026-27-version-1.docx"
        in (document.headers["Content-Disposition"])
    )
    assert "Huvudmannen" in as_(cast.perolov).page("/dokument")


def test_a_unit_is_not_offered_the_huvudmans_places_nor_the_other_way(cast, as_):
    own_analysis(cast)
    problem = db.session.query(SituationAnalysis).one().problems[0]
    page = as_(cast.lena).page(f"{LAP}/nulagesanalys/problem/{problem.id}/orsaker/ny")
    assert "Resurser och hur de fördelas" in page
    assert "Undervisningen" not in page
    said = {"text": "Något.", "location": "teaching", "evidence": ""}
    refused = as_(cast.lena).submit(
        f"{LAP}/nulagesanalys/problem/{problem.id}/orsaker/ny", said, 422
    )
    assert errors(refused)
    karin, own = as_(cast.karin), "/enheter/savkullaskolan/2026-27/nulagesanalys"
    karin.submit(f"{own}/borja")
    at = karin.submit(f"{own}/problem/nytt", {"text": "Läsning.", "then_cause": "1"}).location
    assert "Resurser och hur de fördelas" not in karin.page(at)
    assert errors(karin.submit(at, said | {"location": "resources"}, 422))


def test_a_draft_is_for_those_who_write_in_it(cast, as_):
    analysis = own_analysis(cast)
    for person in (cast.karin, cast.erik, cast.sofia, cast.perolov, cast.tove, cast.samira):
        page = as_(person).page(f"{LAP}/nulagesanalys")
        assert "Rutinen skrevs" not in page
        assert "Börja på analysen" not in page
        as_(person).page(WRITE, 403)
    for person in (cast.lena, cast.tove, cast.karin, cast.erik):
        history = as_(person).page("/historik")
        assert ("Rutinen skrevs" in history) is (person == cast.lena)
    analysis.share(by=cast.lena)
    db.session.commit()
    for person, reads in ((cast.karin, True), (cast.erik, True), (cast.samira, True),
                          (cast.sofia, False), (cast.perolov, False)):  # fmt: skip
        assert ("Rutinen skrevs" in as_(person).page(f"{LAP}/nulagesanalys")) is reads


def test_an_invited_developer_writes(cast, as_):
    own_analysis(cast)
    as_(cast.samira).page(WRITE, 403)
    as_(cast.lena).submit(f"{LAP}/nulagesanalys/skribenter", {"person": cast.samira.id})
    as_(cast.samira).page(WRITE)
    as_(cast.samira).submit(f"{LAP}/nulagesanalys/faststall", {"seen": ""}, 403)
    as_(cast.samira).page(f"{LAP}/atgarder/ny", 403)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.samira.id).one()
    role.end(cast.year.first_day, by=cast.tove)
    db.session.commit()
    as_(cast.samira).page(WRITE, 404)


def test_a_dialogansvarig_for_the_whole_organizer_writes_and_does_not_adopt(cast, as_):
    own_analysis(cast)
    RoleAssignment.give(
        cast.maria, Role.DIALOGUE_LEAD, cast.exempelby, by=cast.tove, starts_on=cast.year.first_day
    )
    db.session.commit()
    as_(cast.maria).page(WRITE)
    as_(cast.maria).submit(f"{LAP}/nulagesanalys/faststall", {"seen": ""}, 403)
    assert "Spara som förslag" in as_(cast.maria).page(f"{LAP}/atgarder/ny")


def test_a_role_that_has_ended_gives_nothing(cast, as_):
    own_analysis(cast, adopt=True)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.lena.id).one()
    role.end(cast.year.first_day, by=cast.tove)
    db.session.commit()
    lena = as_(cast.lena)
    for place in (
        "/huvudmannen",
        LAP,
        f"{LAP}/nulagesanalys",
        f"{LAP}/atgarder",
        f"{LAP}/mal/nytt",
    ):
        lena.page(place, 404)


def test_each_organizer_has_its_own(cast, as_):
    """Both laps have no unit: nothing may be found by that alone."""
    own_analysis(cast, cast.last_year, adopt=True)
    own_analysis(cast, adopt=True)
    ingela = as_(cast.ingela)
    assert "Elever får olika" not in ingela.page(LAP)
    assert "Elever får olika" not in ingela.page(f"{LAP}/nulagesanalys")
    ingela.submit(f"{LAP}/nulagesanalys/borja")
    page = ingela.page(f"{LAP}/nulagesanalys")
    assert "Elever får olika" not in page
    assert "kvar att ta ställning till" not in page
    assert "Exempelby" not in page
    other = db.session.query(Cause).first()
    ingela.page(f"{LAP}/nulagesanalys/orsaker/{other.id}", 404)
    ingela.page(f"{LAP}/nulagesanalys/problem/{other.problem_id}", 404)
    ingela.page(f"{LAP}/nulagesanalys/fran-tidigare/{other.problem_id}", 404)
    assert str(other.id) not in _offered(ingela.page(f"{LAP}/atgarder/ny"))


def _offered(page: str) -> list[str]:
    return lxml.html.fromstring(page).xpath("//select[@name='cause_id']/option/@value")


def test_last_years_problems_wait_in_the_next(cast, as_):
    own_analysis(cast, cast.last_year, adopt=True)
    earlier = db.session.query(SituationAnalysis).one().problems[0]
    lena = as_(cast.lena)
    lena.submit(f"{LAP}/nulagesanalys/borja")
    page = lena.page(f"{LAP}/nulagesanalys")
    assert "1 kvar att ta ställning till" in page
    at = f"{LAP}/nulagesanalys/fran-tidigare/{earlier.id}"
    assert at in page
    lena.submit(at, {"development": "remains", "state_now": "Sju av åtta."})
    page = lena.page(f"{LAP}/nulagesanalys")
    assert "kvar att ta ställning till" not in page
    assert "Kvarstår sedan 2025/26" in page
    (cause,) = db.session.query(Cause).filter(Cause.follows_id.is_not(None))
    assert cause.location is CauseLocation.ROUTINES


def test_an_old_form_does_not_overwrite(cast, as_):
    own_analysis(cast)
    lena = as_(cast.lena)
    version = db.session.query(SituationAnalysis).one().version
    lena.submit(WRITE, {"version": version, "basis": "Åtta analyser.", "results": ""})
    refused = lena.submit(WRITE, {"version": version, "basis": "Nio.", "results": ""}, 409)
    assert "Åtta analyser." in refused.text
    assert "Nio." in refused.text


def test_a_unit_cannot_take_the_address(cast, as_):
    unit = SchoolUnit.create(
        cast.exempelby, "Huvudmannen", UnitKind.SCHOOL, forms=[], by=cast.tove,
        opened_on=cast.year.first_day,
    )  # fmt: skip
    SchoolYear.open(db.session.get_one(Organizer, cast.exempelby.id), 2026, by=None)
    db.session.commit()
    lena = as_(cast.lena)
    assert "Huvudmannens varv 2026/27</h1>" not in lena.page(f"/enheter/{unit.slug}/2026-27")
    assert "Huvudmannens varv 2026/27</h1>" in lena.page(LAP)


@pytest.mark.parametrize("year", ["2031-32", "2026", "x"])
def test_a_lasar_that_is_none(cast, as_, year):
    for place in (f"/huvudmannen/{year}", f"/huvudmannen/{year}/mal/nytt"):
        as_(cast.lena).page(place, 404)


def test_what_is_about_units_is_not_there(cast, as_):
    own_analysis(cast)
    for place in ("nulagesanalys/fordjupa", "dialoger", "avstamningar", "orsaker-i-eget-arbete"):
        as_(cast.lena).page(f"{LAP}/{place}", 404)


def test_its_events_are_about_no_unit(cast, as_):
    analysis = own_analysis(cast, adopt=True)
    told = db.session.query(AuditEvent).filter_by(
        subject_kind="situation_analysis", subject_id=analysis.id
    )
    assert [event.units for event in told] == [[] for _ in told]
    assert "fastställde nulägesanalysen" in as_(cast.lena).page("/historik")
    assert "huvudmannen 2026/27" in as_(cast.lena).page("/historik")
    assert "huvudmannen 2026/27" not in as_(cast.karin).page("/historik")


PLACES = (LAP, f"{LAP}/nulagesanalys", f"{LAP}/atgarder", f"{LAP}/effekter", f"{LAP}/nytt-lasar",
          f"{LAP}/utvecklingsplan")  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_statements(cast, as_, statements, place):
    own_analysis(cast, cast.last_year, adopt=True)
    own_analysis(cast)
    for number in range(4):
        measure = own_measure(cast, [cast.savkulla, cast.hassel], year=cast.last_year)
        if number:
            EffectAssessment.make(measure, cast.year, by=cast.lena, **FINAL)
        own_measure(cast, [cast.savkulla, cast.hassel])
    db.session.commit()
    for person in (cast.lena, cast.karin, cast.perolov):
        browser = as_(person)
        with statements() as sent:
            browser.page(place)
        assert len(sent) <= 15


def test_one_lap_a_lasar(cast):
    lap = own_cycle(cast)
    assert lap.owner.slug == ""
    assert lap.units == []
    db.session.add(QualityCycle(organizer_id=lap.organizer_id, school_year_id=cast.year.id))
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize(
    ("solved", "said"), [(1, "och ett som är löst sedan"), (2, "och 2 som är lösta sedan")]
)
def test_how_many_problems_are_solved(app, solved, said):
    row = UnitsTogether(2026, units=7, adopted=3, problems=4, solved=solved, causes=None)
    page = '{% import "components/ui.html" as ui %}{% include "own_lap/_units_say.html" %}'
    with app.test_request_context():
        assert f"4 problem att arbeta med, {said}" in render_template_string(page, units_say=[row])
