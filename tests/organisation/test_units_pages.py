"""Units: listed, typed in, changed, renamed, moved, closed."""

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    DialogueUnit,
    QualityCycle,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    UnitKind,
)

NEW = {
    "name": "Ödeskolan",
    "kind": "school",
    "forms": ["FKLASS", "GR"],
    "code": "1234 5678",
    "area": "",
    "opened_on": "",
}


def unit_named(name):
    return db.session.query(SchoolUnit).filter_by(name=name).one_or_none()


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def test_the_list_is_in_swedish_order_and_says_who_is_missing(cast, as_):
    for name in ("Ödeskolan", "Ålskolan", "Zetaskolan", "Äppelskolan"):
        SchoolUnit.create(cast.exempelby, name, UnitKind.SCHOOL, forms=[], by=None)

    text = as_(cast.tove).page("/organisation/enheter")

    names = ("Sävkullaskolan", "Zetaskolan", "Ålskolan", "Äppelskolan", "Ödeskolan")
    places = [text.index(f">{name}<") for name in names]
    assert places == sorted(places)
    klockvret = text[text.index(">Klockvretsskolan<") :]
    assert "Vakant" in klockvret[: klockvret.index("</tr>")]
    assert "Karin Holm" in text


def test_a_long_list_has_pages_and_a_search(cast, as_):
    for number in range(60):
        SchoolUnit.create(cast.exempelby, f"Skola {number}", UnitKind.SCHOOL, forms=[], by=None)
    browser = as_(cast.tove)

    first, second = (
        browser.page("/organisation/enheter"),
        browser.page("/organisation/enheter?sida=2"),
    )
    assert ">Skola 9<" in first
    assert ">Skola 59<" not in first
    assert ">Skola 59<" in second
    assert browser.page("/organisation/enheter?sida=99").count("<tr>") == second.count("<tr>")
    browser.page("/organisation/enheter?sida=abc")
    found = browser.page("/organisation/enheter?sok=SÄVKULLA")
    assert "Sävkullaskolan" in found
    assert "Skola 9" not in found
    assert "Ingen enhet passar" in browser.page("/organisation/enheter?sok=😀")


def test_a_unit_is_typed_in_and_gets_its_laps_and_dialogues(cast, as_):
    browser = as_(cast.tove)

    response = browser.submit("/organisation/enheter/ny", NEW | {"area": cast.norr.id})

    assert response.location == "/organisation/enheter/odeskolan"
    unit = unit_named("Ödeskolan")
    assert unit.code == "12345678"
    assert unit.area_id == cast.norr.id
    assert [row.form for row in unit.forms] == [SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY]
    laps = db.session.query(QualityCycle).filter_by(unit_id=unit.id).all()
    assert {lap.school_year_id for lap in laps} == {cast.year.id, cast.last_year.id}
    assert db.session.query(DialogueUnit).filter_by(unit_id=unit.id).count() == 2
    assert "Tove Lindh lade till enheten Ödeskolan." in sentences()
    assert "Ödeskolan är tillagd." in browser.page(response.location)


def test_several_are_moved_into_an_area_at_once(cast, as_):
    browser = as_(cast.tove)
    address = "/organisation/enheter?sok=skolan"
    assert "Välj Hasselbrinksskolan</label>" in browser.page(address)
    moved = [cast.hassel.id, cast.ringmura.id, cast.savkulla.id]

    response = browser.submit(address, {"unit_ids": moved, "area": cast.soder.id})

    assert response.location == address
    assert {cast.hassel.area_id, cast.ringmura.area_id, cast.savkulla.area_id} == {cast.soder.id}
    assert "Tre enheter hör nu till Söder." in browser.page(address)
    told = [line for line in sentences() if "flyttade" in line]
    assert told == [  # Ringmuraskolan was there already
        "Tove Lindh flyttade Sävkullaskolan till Söder.",
        "Tove Lindh flyttade Hasselbrinksskolan till Söder.",
    ]


@pytest.mark.parametrize(
    ("unit", "area", "message"),
    [
        (None, "norr", "Kryssa för minst en enhet i listan."),
        ("hassel", None, "Välj vilket område enheterna ska höra till."),
        ("granbyskolan", "norr", "Välj bland alternativen."),
    ],
)
def test_units_are_not_moved_by_halves(cast, as_, unit, area, message):
    sent = {
        "unit_ids": [getattr(cast, unit).id] if unit else [],
        "area": getattr(cast, area).id if area else "",
    }
    response = as_(cast.tove).submit("/organisation/enheter", sent, 422)

    assert errors(response) == [message]
    assert cast.hassel.area_id == cast.norr.id


def test_without_areas_there_is_nowhere_to_move(cast, as_):
    assert "Flytta till området" not in as_(cast.greta).page("/organisation/enheter")


def test_several_in_a_row(cast, as_):
    response = as_(cast.tove).submit("/organisation/enheter/ny", NEW | {"again": "1"})

    assert response.location == "/organisation/enheter/ny"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "Skriv vad enheten heter."),
        ({"name": "sävkullaskolan"}, "Det finns redan en enhet som heter så."),
        ({"name": "x" * 100_000}, "Texten är för lång: 100\u00a0000 tecken, högst 200 får plats."),
        ({"kind": ""}, "Välj vilken typ av enhet det är."),
        ({"kind": "castle"}, "Välj ett av alternativen."),
        ({"forms": []}, "Välj minst en verksamhet."),
        ({"forms": ["XX"]}, "Välj bland alternativen."),
        ({"code": "1234"}, "Skolenhetskoden ska vara åtta siffror."),
        ({"code": "１２３４５６７８"}, "Skolenhetskoden ska vara åtta siffror."),
        ({"area": "999999"}, "Välj ett av alternativen."),
        ({"area": "norr"}, "Välj ett av alternativen."),
        ({"opened_on": "i höstas"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"opened_on": "0001-01-01"}, "Ange ett år mellan 1990 och 2100."),
    ],
)
def test_bad_input_is_explained_at_its_field_and_kept(cast, as_, change, message):
    response = as_(cast.tove).submit("/organisation/enheter/ny", NEW | change, 422)

    assert message in errors(response)
    assert "1234" in response.get_data(as_text=True) or "１２" in response.get_data(as_text=True)
    assert unit_named("Ödeskolan") is None


def test_another_municipalitys_area_cannot_be_chosen(cast, as_):
    response = as_(cast.greta).submit("/organisation/enheter/ny", NEW | {"area": cast.norr.id}, 422)

    assert errors(response) == ["Välj ett av alternativen."]


@pytest.mark.parametrize("name", ["😀😀", "<script>alert(1)</script>"])
def test_odd_names_are_only_text(cast, as_, name):
    browser = as_(cast.tove)

    response = browser.submit("/organisation/enheter/ny", NEW | {"name": name})

    assert "<script>" not in browser.page(response.location)
    assert unit_named(name) is not None


def facts(unit, **changes):
    return {
        "name": unit.name,
        "kind": unit.kind.value,
        "forms": [row.form.value for row in unit.forms],
        "area": unit.area_id or "",
        "code": unit.code or "",
        "version": unit.version,
    } | changes


def test_a_renamed_units_old_address_leads_on(cast, as_):
    browser = as_(cast.tove)

    browser.submit(
        "/organisation/enheter/savkullaskolan", facts(cast.savkulla, name="Sävtorpsskolan")
    )

    assert cast.savkulla.slug == "savtorpsskolan"
    old = browser.get("/organisation/enheter/savkullaskolan")
    assert (old.status_code, old.location) == (301, "/organisation/enheter/savtorpsskolan")
    assert sentences()[-1] == (
        "Tove Lindh bytte namn på enheten Sävkullaskolan till Sävtorpsskolan."
    )


def test_a_change_is_told_once_and_saving_without_one_is_not(cast, as_):
    browser = as_(cast.tove)
    before = len(sentences())

    browser.submit("/organisation/enheter/savkullaskolan", facts(cast.savkulla))
    assert len(sentences()) == before

    browser.submit(
        "/organisation/enheter/savkullaskolan",
        facts(cast.savkulla, forms=["GR", "GRAN"], code="87654321", area=cast.soder.id),
    )
    assert sentences()[before:][:2] == [
        "Tove Lindh ändrade uppgifterna om Sävkullaskolan.",
        "Tove Lindh flyttade Sävkullaskolan till Söder.",
    ]
    assert [row.form for row in cast.savkulla.forms] == [
        SchoolForm.COMPULSORY,
        SchoolForm.ADAPTED_COMPULSORY,
    ]


def test_a_unit_moved_out_of_its_leaders_other_area_gets_dialogues_of_its_own(cast, as_):
    assert set(cast.dialogue(cast.savkulla).units) == {cast.savkulla, cast.lyktvret}

    as_(cast.tove).submit(
        "/organisation/enheter/savkullaskolan", facts(cast.savkulla, area=cast.soder.id)
    )

    assert cast.dialogue(cast.savkulla).units == [cast.savkulla]
    assert cast.dialogue(cast.lyktvret).units == [cast.lyktvret]


def test_a_code_belongs_to_one_unit(cast, as_):
    cast.hassel.code = "12345678"

    response = as_(cast.tove).submit(
        "/organisation/enheter/savkullaskolan", facts(cast.savkulla, code="12345678"), 422
    )

    assert errors(response) == ["Koden används redan av Hasselbrinksskolan."]


def test_a_closed_unit_ends_its_roles_and_can_be_opened_again(cast, as_):
    browser = as_(cast.tove)
    browser.page("/organisation/enheter/savkullaskolan/avsluta")

    browser.submit("/organisation/enheter/savkullaskolan/avsluta", {"on": "2026-11-19"})

    held = db.session.query(RoleAssignment).filter_by(unit_id=cast.savkulla.id)
    assert {role.ends_on.isoformat() for role in held} == {"2026-11-19"}
    as_(cast.jonas).page("/enheter/savkullaskolan", 404)
    assert "Avslutad 19 nov 2026" in browser.page("/organisation/enheter")

    browser.submit("/organisation/enheter/savkullaskolan/oppna")
    assert cast.savkulla.closed_on is None


@pytest.mark.parametrize("day", ["", "2026-02-30", "1999-01-01", "9999-01-01"])
def test_an_impossible_last_day(cast, as_, day):
    response = as_(cast.tove).submit(
        "/organisation/enheter/savkullaskolan/avsluta", {"on": day}, 422
    )

    assert errors(response)
    assert cast.savkulla.closed_on is None


@pytest.mark.parametrize("rest", ["", "/avsluta", "/ta-over"])
def test_other_peoples_units(cast, as_, rest):
    as_(cast.greta).page(f"/organisation/enheter/savkullaskolan{rest}", 404)
    as_(cast.tove).page(f"/organisation/enheter/finns-inte{rest}", 404)
    as_(cast.karin).page(f"/organisation/enheter/savkullaskolan{rest}", 403)


def test_a_unit_that_takes_its_old_name_gets_its_old_address(cast, as_):
    browser = as_(cast.tove)
    for name in ("Sävtorpsskolan", "Sävkullaskolan"):
        browser.submit(
            f"/organisation/enheter/{cast.savkulla.slug}", facts(cast.savkulla, name=name)
        )

    assert cast.savkulla.slug == "savkullaskolan"
    old = browser.get("/organisation/enheter/savtorpsskolan")
    assert old.location == "/organisation/enheter/savkullaskolan"


@pytest.mark.parametrize("change", [{"name": "Sävtorpsskolan"}, {"forms": ["GR", "GRAN"]}])
def test_the_second_of_two_administrators_sees_what_the_first_saved(cast, as_, change):
    browser, page = as_(cast.tove), "/organisation/enheter/savkullaskolan"
    seen = facts(cast.savkulla, code="87654321")
    browser.submit(page, facts(cast.savkulla, **change))

    refused = browser.submit(f"/organisation/enheter/{cast.savkulla.slug}", seen, 409)

    text = refused.get_data(as_text=True)
    assert "87654321" in text
    assert "Så står det sparat nu" in text
    assert ("Sävtorpsskolan" if "name" in change else "Anpassad grundskola") in text
    assert cast.savkulla.code is None


def test_komvux_may_assess_per_term_and_others_are_not_asked(cast, as_):
    browser, page = as_(cast.tove), "/organisation/enheter/savkullaskolan"
    question = "Effekter bedöms per termin"
    assert question not in browser.page(page)

    browser.submit(page, facts(cast.savkulla, forms=["GR", "VUX"], assessed_per_term="y"))
    assert not cast.savkulla.assessed_per_term  # it was not asked yet
    assert question in browser.page(page)
    browser.submit(page, facts(cast.savkulla, assessed_per_term="y"))
    assert cast.savkulla.assessed_per_term
    browser.submit(page, facts(cast.savkulla))
    assert not cast.savkulla.assessed_per_term


def test_a_unit_that_closes_leaves_what_comes_after(cast, as_):
    page = "/organisation/enheter/hasselbrinksskolan/avsluta"

    as_(cast.tove).submit(page, {"on": "2026-12-18"})

    kinds = db.session.query(DialogueUnit.kind).filter_by(
        unit_id=cast.hassel.id, school_year_id=cast.year.id
    )
    assert [kind.number for (kind,) in kinds] == [1]
    assert (
        "Tove Lindh tog bort Hasselbrinksskolan ur Dialog 2 läsåret 2026/27: enheten avslutas."
        in sentences()
    )
