"""Organisation: what is set up and what is missing."""

from datetime import date

import pytest
import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import (
    Organizer,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    UnitKind,
)
from tracker.organisation.staffing import Staffing

SCHOOL = {"kind": UnitKind.SCHOOL, "forms": [SchoolForm.COMPULSORY], "by": None}


def test_names_what_is_missing(cast, as_):
    text = as_(cast.tove).page("/organisation")

    assert "Nästa steg: rektorer saknas" in text  # Klockvretsskolan is vacant
    assert "Klockvretsskolan saknar rektor i dag" in text
    assert "2 områden" in text
    assert "5 enheter" in text
    assert "2026/27 pågår" in text


def test_a_new_organizer_begins_with_its_units(cast, as_):
    empty = Organizer.create("Tomby kommun", by=None)
    RoleAssignment.give(cast.tove, Role.SYSTEM_ADMIN, empty, by=None)
    for role in db.session.scalars(
        sa.select(RoleAssignment).where(RoleAssignment.organizer_id == cast.exempelby.id)
    ):
        if role.user_id == cast.tove.id:
            db.session.delete(role)
    browser = as_(cast.tove)

    assert "Börja med enheterna" in browser.page("/organisation")

    SchoolUnit.create(empty, "Tomskolan", **SCHOOL)
    db.session.commit()
    assert "Nästa steg: bjud in rektorerna" in browser.page("/organisation")


def test_says_when_all_is_in_place(cast, as_):
    RoleAssignment.give(cast.ali, Role.PRINCIPAL, cast.exempelby, by=None, unit=cast.klockvret)

    assert "Allt som behövs är på plats" in as_(cast.tove).page("/organisation")


def test_asks_for_the_year_when_it_is_not_opened(cast, as_, the_day):
    the_day.move_to("2028-09-01")

    assert "Nästa steg: lägg upp läsåret" in as_(cast.tove).page("/organisation")


@pytest.mark.parametrize("person", ["karin", "erik", "lena", "samira", "sofia", "perolov"])
def test_is_the_administrators_alone(cast, as_, person):
    as_(getattr(cast, person)).page("/organisation", 403)


@pytest.mark.parametrize("address", ["", "/enheter", "/personer", "/lasar", "/omraden"])
def test_asks_little_of_the_database_however_many_units(cast, as_, statements, address):
    browser = as_(cast.tove)
    with statements() as few:
        browser.page(f"/organisation{address}")
    for number in range(60):
        SchoolUnit.create(cast.exempelby, f"Skola {number}", **SCHOOL)
    SchoolYear.open(cast.exempelby, 2026, by=None)
    db.session.commit()

    with statements() as many:
        browser.page(f"/organisation{address}")

    assert len(few) == len(many), many
    assert len(many) <= 15


def test_says_which_units_nobody_holds_the_dialogues_with(cast, as_):
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.erik.id):
        db.session.delete(role)
    db.session.commit()
    browser = as_(cast.tove)

    text = browser.page("/organisation")

    assert (
        "Hasselbrinksskolan, Klockvretsskolan, Lyktvretens förskola och Sävkullaskolan "
        "har ingen dialogansvarig"
    ) in text
    assert "Skolchefen kan ha den för hela huvudmannen" in text
    RoleAssignment.give(cast.lena, Role.DIALOGUE_LEAD, cast.exempelby, by=None)
    db.session.commit()
    assert "har ingen dialogansvarig" not in browser.page("/organisation")


def test_the_skolchef_does_not_stand_in_where_the_role_is_missing(cast, as_):
    for role in db.session.query(RoleAssignment).filter_by(role=Role.DIALOGUE_LEAD):
        db.session.delete(role)
    db.session.commit()

    staffing = Staffing.load(cast.exempelby.id)

    assert staffing.lead(cast.savkulla.id, cast.savkulla.area_id) is None
    vacant = as_(cast.tove).page("/organisation/enheter/klockvretsskolan")
    assert "dialogansvarig saknas också" in vacant
    for person, page in [
        ("karin", "/"), ("karin", "/dialoger"), ("lena", "/"), ("lena", "/dialoger"),
        ("karin", f"/dialoger/{cast.dialogue(cast.savkulla).id}"),
        ("karin", f"/dialoger/{cast.dialogue(cast.savkulla).id}/underlag"),
        ("lena", f"/dialoger/{cast.dialogue(cast.klockvret).id}"),
    ]:  # fmt: skip
        as_(getattr(cast, person)).page(page)


def test_the_number_of_units_is_the_same_wherever_they_are_counted(cast, as_, the_day):
    cast.ringmura.close(date(2026, 11, 19), by=cast.tove)
    SchoolUnit.create(cast.exempelby, "Nya skolan", opened_on=date(2027, 8, 1), **SCHOOL)
    db.session.commit()
    counted = "4 enheter, 1 som inte har öppnat än och 1 avslutad"
    browser = as_(cast.tove)

    assert counted in browser.page("/organisation")
    assert counted in browser.page("/organisation/enheter")
    areas = " ".join(browser.page("/organisation/omraden").split())
    assert 'class="number">0 <span class="muted">(1 avslutad)</span>' in areas
