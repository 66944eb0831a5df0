"""Start, after a dialogue: notes that wait for one's approval, and what one has promised."""

from datetime import date, timedelta

import pytest

from tests.dialogues.scenes import held
from tests.dialogues.test_last_time import of_last_year
from tests.start.many import add_units
from tests.start.test_statements import START_AT_MOST, count
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AgreementState, Role, RoleAssignment, Side
from tracker.organisation.succession import take_over
from tracker.web.swedish import date_medium

WAITS = "Minnesanteckningarna från Dialog 1 väntar på ditt godkännande"
APPROVE = "Godkänn minnesanteckningarna från Dialog 1"


@pytest.fixture
def dialogue(cast):
    row = held(cast.dialogue(cast.savkulla), cast)
    row.hold(by=cast.erik)
    db.session.commit()
    return row


def approve(dialogue, side, by):
    dialogue.approve({side}, seen=dialogue.digest(), by=by)
    db.session.commit()


def test_notes_wait_for_both_until_they_have_approved(cast, as_, dialogue):
    assert as_(cast.karin).page("/").count(APPROVE) == 1
    assert WAITS in as_(cast.erik).page("/")
    approve(dialogue, Side.PRINCIPAL, cast.karin)
    assert APPROVE not in as_(cast.karin).page("/")
    assert WAITS in as_(cast.erik).page("/")
    approve(dialogue, Side.ORGANIZER, cast.erik)
    assert WAITS not in as_(cast.erik).page("/")


def test_nobody_else_is_told(cast, as_, dialogue):
    for person in ("lena", "samira", "maria", "ali", "nadia", "sofia", "perolov", "mats"):
        page = as_(getattr(cast, person)).page("/")
        assert "väntar på ditt godkännande" not in page, person
        assert APPROVE not in page, person


def test_they_wait_across_the_turn_of_the_year(cast, as_):
    last = held(of_last_year(cast, cast.savkulla, 2), cast)
    last.hold(by=cast.erik)
    db.session.commit()
    assert "Godkänn minnesanteckningarna från Dialog 2" in as_(cast.karin).page("/")
    assert "Minnesanteckningarna från Dialog 2 väntar" in as_(cast.erik).page("/")


def test_what_one_has_promised(cast, as_, dialogue):
    soon, late = today() + timedelta(days=5), today() + timedelta(days=90)
    dialogue.agree("Erik ordnar ett besök", "Erik Lund", cast.erik.id, soon, by=cast.karin)
    dialogue.agree("Karin skriver målet", "Karin Holm", cast.karin.id, soon, by=cast.erik)
    dialogue.agree("Karin tänker vidare", "Karin Holm", cast.karin.id, by=cast.erik)
    dialogue.agree("Karin till våren", "Karin Holm", cast.karin.id, late, by=cast.erik)
    dialogue.agree("Elevhälsan räknar", "Elevhälsan", None, soon, by=cast.erik)
    db.session.commit()
    karin, erik = as_(cast.karin).page("/"), as_(cast.erik).page("/")
    for own in ("Karin skriver målet", "Karin tänker vidare", "Elevhälsan räknar"):
        assert karin.count(own) == 1, own
    assert "Karin till våren" not in karin
    assert "Erik ordnar ett besök" not in karin
    assert "Överenskommet, 25 nov 2026: Erik ordnar ett besök" in erik
    assert "Karin skriver" not in erik
    dialogue.agreements[1].settle(AgreementState.DONE, "Klart", by=cast.karin)
    dialogue.agreements[2].become(cast.cycle(cast.savkulla), by=cast.karin)
    db.session.commit()
    page = as_(cast.karin).page("/")
    assert "Karin skriver målet" not in page
    assert "Överenskommet i Dialog 1" in page
    assert page.count("Karin tänker vidare") == 1, "followed as the proposal it became"


def test_what_somebody_who_has_left_promised_is_the_units(cast, as_, dialogue):
    dialogue.agree("Jonas ringer", "Jonas Ek", cast.jonas.id, today(), by=cast.erik)
    db.session.commit()
    assert "Jonas ringer" not in as_(cast.karin).page("/")
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.jonas.id).one()
    role.end(today() - timedelta(days=1), by=cast.tove)
    db.session.commit()
    assert "Jonas ringer" in as_(cast.karin).page("/")


def test_of_a_vacant_unit_the_dialogansvarig_is_told(cast, as_):
    row = held(cast.dialogue(cast.klockvret), cast)
    row.agree("Någon frågar skolskötaren", due_on=today(), by=cast.erik)
    db.session.commit()
    assert "Någon frågar skolskötaren" in as_(cast.erik).page("/")


def test_a_successor_takes_over_what_was_agreed(cast, as_):
    ended = held(of_last_year(cast, cast.hassel, 2), cast)
    ended.agree("Rektor frågar elevhälsan", due_on=today(), by=cast.ali)
    take_over(cast.ringmura, cast.hassel, date(2026, 7, 1), by=cast.tove, closes=False)
    db.session.commit()
    assert "Rektor frågar elevhälsan" in as_(cast.nadia).page("/")


def test_the_units_page_says_so_too(cast, as_, dialogue):
    dialogue.agree("Karin skriver målet", by=cast.erik)
    db.session.commit()
    url = "/enheter/savkullaskolan/2026-27"
    page = as_(cast.lena).page(url)
    assert "Minnesanteckningarna väntar på godkännande." in page
    assert "En överenskommelse därifrån att följa upp." in page
    approve(dialogue, Side.PRINCIPAL, cast.karin)
    approve(dialogue, Side.ORGANIZER, cast.erik)
    assert "godkända av båda" in as_(cast.karin).page(url)
    assert "överenskommelse" not in as_(cast.sofia).page(url)


def test_statements_stay_the_same(cast, as_, statements, dialogue):
    dialogue.agree("Karin skriver målet", "Karin Holm", cast.karin.id, today(), by=cast.erik)
    db.session.commit()
    few = {who: count(statements, as_(getattr(cast, who)), "/") for who in ("karin", "erik")}
    add_units(cast, 60, busy=20)
    for number in range(30):
        dialogue.agree(f"Nummer {number}", due_on=today(), by=cast.erik)
    db.session.commit()
    many = {who: count(statements, as_(getattr(cast, who)), "/") for who in ("karin", "erik")}
    assert many == few
    assert max(many.values()) <= START_AT_MOST


def test_what_was_promised_by_somebody_who_has_left_the_unit_is_everybodys(cast, as_):
    """She leads another unit now, so she is not nobody; but not the one to ask."""
    row = held(cast.dialogue(cast.hassel), cast)
    soon = today() + timedelta(days=5)
    row.agree("Ali visar sitt schema", "Ali Demir", cast.ali.id, soon, by=cast.erik)
    row.hold(by=cast.erik)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    for person, unit in ((cast.ali, cast.ringmura), (cast.jonas, cast.hassel)):
        RoleAssignment.give(
            person, Role.PRINCIPAL, cast.exempelby, unit=unit, by=None, starts_on=today()
        )
    db.session.flush()
    assert role.unit_id == cast.hassel.id
    db.session.commit()
    assert "Ali visar sitt schema" not in as_(cast.jonas).page("/")
    role.ends_on = today() - timedelta(days=1)
    db.session.commit()
    assert "Ali visar sitt schema" in as_(cast.jonas).page("/")


def test_what_was_agreed_in_a_dialogue_that_was_cancelled_is_not_asked_for(cast, as_, dialogue):
    dialogue.agree("Besök", "Karin Holm", cast.karin.id, today(), by=cast.karin)
    db.session.commit()
    assert "Besök" in as_(cast.karin).page("/")
    dialogue.undo_hold(by=cast.erik)
    dialogue.cancel("Det blev ingen.", by=cast.erik)
    db.session.commit()
    assert "Besök" not in as_(cast.karin).page("/")


def test_the_day_is_that_of_the_dialogue(cast, as_, the_day):
    """Not that of the button, which was pressed three days later."""
    row = held(cast.dialogue(cast.hassel), cast)
    db.session.commit()
    was = row.day
    the_day.move_to("2026-11-23T09:00:00+01:00")
    row.hold(by=cast.erik)
    db.session.commit()
    page = as_(cast.ali).page("/")
    assert f"Dialogen var {date_medium(was)}" in page
    assert "23 november 2026" not in page


def test_notes_of_a_unit_that_has_closed_wait_still(cast, as_):
    row = held(cast.dialogue(cast.hassel), cast)
    row.hold(by=cast.erik)
    cast.hassel.closed_on = today() - timedelta(days=1)
    db.session.commit()
    assert APPROVE in as_(cast.ali).page("/")
    assert f"{WAITS}: Hasselbrinksskolan" in as_(cast.erik).page("/")
    assert WAITS not in as_(cast.maria).page("/")
