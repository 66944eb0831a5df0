"""Measures of the huvudman's own lap: who writes them, which units see them, what they led to."""

from datetime import timedelta

import pytest

from tests.checked_client import errors
from tests.measures.scenes import FINAL
from tests.own_lap.scenes import LAP, own_analysis, own_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.measures.living_basis import LostBasis, lost_bases
from tracker.models import (
    AuditEvent,
    EffectAssessment,
    Measure,
    MeasureBasis,
    MeasureState,
    QualityCycle,
    Reminder,
    ReminderKind,
    Role,
    RoleAssignment,
    SituationAnalysis,
    User,
)
from tracker.notifications.planning import plan
from tracker.organisation.succession import take_over

SAID = {
    "title": "Gemensam närvarorutin",
    "basis": "organizer",
    "basis_note": "Nämndens beslut 14 oktober.",
    "expected_effect": "Från 11 till 8 %.",
    "assessable_from": "2027-05-20",
    "form_token": "abc",
}


def test_decided_for_many_units_in_one_step(cast, as_):
    lena = as_(cast.lena)
    chosen = [cast.savkulla.id, cast.ringmura.id]
    lena.submit(f"{LAP}/atgarder/ny", SAID | {"unit_ids": chosen, "responsible_id": cast.erik.id})
    lena.submit(f"{LAP}/atgarder/ny", SAID | {"unit_ids": chosen, "responsible_id": cast.erik.id})
    (measure,) = db.session.query(Measure)
    assert measure.state is MeasureState.DECIDED
    assert measure.responsible == "Erik Lund"
    assert measure.unit_ids == sorted(chosen)
    page = lena.page(f"{LAP}/atgarder")
    assert "Gäller Sävkullaskolan och Ringmuraskolan" in page
    assert "Gäller Sävkullaskolan och Ringmuraskolan" in lena.page(f"/atgarder/{measure.id}")


def test_one_may_concern_no_unit(cast, as_):
    as_(cast.lena).submit(f"{LAP}/atgarder/ny", SAID)
    (measure,) = db.session.query(Measure)
    assert measure.units == []
    for person in (cast.lena, cast.perolov, cast.karin, cast.sofia, cast.tove):
        assert "huvudmannens eget arbete" in as_(person).page(f"/atgarder/{measure.id}")
    as_(cast.ingela).page(f"/atgarder/{measure.id}", 404)


def test_a_unit_of_another_organizer_cannot_be_chosen(cast, as_):
    refused = as_(cast.lena).submit(
        f"{LAP}/atgarder/ny", SAID | {"unit_ids": [cast.granbyskolan.id]}, 422
    )
    assert "Välj bland alternativen." in errors(refused)
    assert db.session.query(Measure).count() == 0


OWN = "/enheter/savkullaskolan/2026-27"


def test_the_units_it_concerns_see_it_as_the_huvudmans(cast, as_):
    measure = own_measure(cast, [cast.savkulla])
    for person in (cast.karin, cast.jonas, cast.sofia, cast.erik):
        for place in (f"{OWN}/atgarder", f"{OWN}/utvecklingsplan"):
            page = as_(person).page(place)
            assert "Huvudmannens åtgärder som gäller enheten" in page
            assert f"/atgarder/{measure.id}" in page
        page = as_(person).page(f"/atgarder/{measure.id}")
        assert "Huvudmannens åtgärd" in page
        assert "Nästa steg" not in page
    assert "Gemensam närvarorutin" not in as_(cast.ali).page(
        "/enheter/hasselbrinksskolan/2026-27/atgarder"
    )


@pytest.mark.parametrize("place", ["andra", "effekt"])
def test_the_units_do_not_write_in_it(cast, as_, place):
    """Also when the only unit it concerns has no rektor, or is the only one."""
    for units in ([cast.savkulla], [cast.savkulla, cast.hassel], [cast.klockvret]):
        measure = own_measure(cast, units)
        for person in (cast.karin, cast.jonas, cast.erik, cast.sofia, cast.samira, cast.perolov):
            as_(person).page(f"/atgarder/{measure.id}/{place}", 403)
        as_(cast.lena).page(f"/atgarder/{measure.id}/{place}")
    as_(cast.karin).submit(f"/atgarder/{measure.id}/logg", {"text": "Nej."}, 403)
    as_(cast.karin).submit(f"/atgarder/{measure.id}/avbryt", {"reason": "Nej."}, 403)


def test_who_takes_a_unit_over_does_not_get_it(cast, as_):
    measure = own_measure(cast, [cast.klockvret])
    take_over(cast.savkulla, cast.klockvret, today(), closes=True, by=cast.tove)
    db.session.commit()
    assert cast.savkulla.id in db.session.get_one(Measure, measure.id).unit_ids
    as_(cast.karin).page(f"/atgarder/{measure.id}")
    as_(cast.karin).page(f"/atgarder/{measure.id}/andra", 403)


def test_a_proposal_is_not_known_to_the_units(cast, as_):
    measure = own_measure(cast, [cast.savkulla], decide=False)
    for person in (cast.karin, cast.erik, cast.sofia, cast.perolov, cast.samira):
        as_(person).page(f"/atgarder/{measure.id}", 404)
        assert "Gemensam närvarorutin" not in as_(person).page(f"{OWN}/atgarder")
        assert "Gemensam närvarorutin" not in as_(person).page(f"{LAP}/atgarder")
    for person in (cast.karin, cast.jonas, cast.erik):
        for place in ("/", "/historik", "/enheter/savkullaskolan/historik"):
            assert "Gemensam närvarorutin" not in as_(person).page(place)
    assert "Gemensam närvarorutin" in as_(cast.lena).page(f"{LAP}/atgarder")
    assert "Gemensam närvarorutin" in as_(cast.lena).page("/historik")


def test_it_is_nothing_for_the_rektor_to_do(cast, as_):
    measure = own_measure(cast, [cast.savkulla])
    measure.assess_on = today()
    db.session.commit()
    assert "Huvudmannens åtgärd" in as_(cast.karin).page("/")
    assert "Bedöm effekten" not in as_(cast.karin).page("/")
    assert "Huvudmannens åtgärd" in as_(cast.sofia).page("/")
    for place in (f"{OWN}/effekter", f"{OWN}/nytt-lasar", "/enheter/savkullaskolan/roda-traden"):
        page = as_(cast.karin).page(place)
        assert "Gemensam närvarorutin" not in page
        assert "1 åtgärd" not in page
    assert "Gemensam närvarorutin" not in as_(cast.erik).page("/")
    assert "Inga åtgärder är beslutade" in as_(cast.karin).page(OWN)
    assert "Dags att bedöma" in as_(cast.lena).page(f"{LAP}/effekter")


def test_what_it_led_to_is_read_by_all(cast, as_):
    measure = own_measure(cast, [cast.savkulla], year=cast.last_year)
    as_(cast.lena).submit(
        f"/atgarder/{measure.id}/effekt",
        {"version": 0, "carried_out": "yes", "outcome": "9 %.", "judgement": "partly",
         "evidence": "Frånvaro i maj.", "decision": "end", "lesson": "Rektorerna var inte med."},
    )  # fmt: skip
    page = as_(cast.karin).page(f"{OWN}/effekter")
    assert "Huvudmannens åtgärd" in page
    assert f"/atgarder/{measure.id}/effekt" not in page
    for person in (cast.perolov, cast.sofia, cast.lena):
        page = as_(person).page(LAP)
        assert "Vad åtgärderna från tidigare läsår ledde till" in page
        assert "Rektorerna var inte med." in page
    for person in (cast.karin, cast.ali, cast.perolov):
        assert "Gemensam närvarorutin" in as_(person).page("/vad-har-gett-effekt")
    assert "Gemensam närvarorutin" not in as_(cast.mats).page("/vad-har-gett-effekt")


def test_it_does_not_count_among_the_units(cast, as_):
    measure = own_measure(cast, [cast.savkulla], year=cast.last_year)
    EffectAssessment.make(measure, cast.year, by=cast.lena, **FINAL)
    db.session.commit()
    assert "Inga effekter har bedömts än" in as_(cast.lena).page("/")


def test_the_units_can_be_changed_while_it_goes_on(cast, as_):
    measure = own_measure(cast, [cast.savkulla])
    at, lena = f"/atgarder/{measure.id}/andra", as_(cast.lena)
    version = measure.version
    form = {name: value for name, value in SAID.items() if name != "form_token"}
    form["expected_effect"] = measure.expected_effect
    changed = form | {"version": version, "unit_ids": [cast.hassel.id, cast.ringmura.id]}
    lena.submit(at, changed)
    assert db.session.get_one(Measure, measure.id).unit_ids == [cast.hassel.id, cast.ringmura.id]
    said = [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]
    assert "Hasselbrinksskolan och Ringmuraskolan" in said[-1]
    refused = lena.submit(at, form | {"version": version, "unit_ids": [cast.savkulla.id]}, 409)
    assert "Ringmuraskolan" in refused.text
    lena.submit(at, form | {"version": db.session.get_one(Measure, measure.id).version})
    assert db.session.get_one(Measure, measure.id).unit_ids == []


def test_its_cause_may_come_to_be_set_aside(cast, as_):
    analysis = own_analysis(cast, cast.last_year, adopt=True)
    cause = analysis.problems[0].causes[0]
    built = {"basis": MeasureBasis.CAUSE, "cause_id": cause.id, "basis_note": ""}
    measure = own_measure(cast, [cast.savkulla], **built)
    assert lost_bases([measure]) == {}
    assert "Rutinen skrevs utan rektorerna." in as_(cast.sofia).page(f"/atgarder/{measure.id}")
    own_analysis(cast, adopt=True)
    assert lost_bases([measure]) == {measure.id: LostBasis.NOT_TAKEN_OVER}
    assert "Åtgärder att tänka på" in as_(cast.lena).page(f"{LAP}/nulagesanalys")


def test_another_organizers_analysis_says_nothing_of_it(cast):
    analysis = own_analysis(cast, cast.last_year, adopt=True)
    cause = analysis.problems[0].causes[0]
    built = {"basis": MeasureBasis.CAUSE, "cause_id": cause.id, "basis_note": ""}
    measure = own_measure(cast, [], **built)
    lap = db.session.query(QualityCycle).filter_by(school_year_id=cast.granby_year.id, unit_id=None)
    theirs = SituationAnalysis.start(lap.one(), by=cast.ingela)
    theirs.write({"basis": "Prov.", "results": "9 %."}, by=cast.ingela)
    theirs.add_problem("Annat.", None, by=cast.ingela).add_cause(
        "Annat.", cause.location, "", by=cast.ingela
    )
    theirs.adopt(by=cast.ingela)
    db.session.commit()
    assert lost_bases([measure]) == {}


def reminded(cast) -> set[str]:
    plan(cast.exempelby.id)
    db.session.commit()
    rows = db.session.query(User.name).join(Reminder, Reminder.recipient_id == User.id)
    return {name for (name,) in rows.filter(Reminder.kind == ReminderKind.EFFECT)}


@pytest.mark.parametrize("responsible", [None, "erik", "maria"])
def test_who_is_reminded_of_its_effect(cast, the_day, responsible):
    """The one responsible, when she may assess it; else the skolchef, and no rektor."""
    RoleAssignment.give(
        cast.maria, Role.DIALOGUE_LEAD, cast.exempelby, by=cast.tove, starts_on=cast.year.first_day
    )
    person = getattr(cast, responsible) if responsible else None
    measure = own_measure(
        cast, [cast.savkulla, cast.klockvret], assessable_from=today() + timedelta(days=3),
        responsible_id=person.id if person else None,
    )  # fmt: skip
    the_day.move_to("2026-11-24T08:00:00+01:00")
    assert measure.assess_on > today() - timedelta(days=3)
    assert reminded(cast) == {"Maria Öberg" if responsible == "maria" else "Lena Forsgren"}
