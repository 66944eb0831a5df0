"""check_in_facts: where every unit of an organizer stands, for reminders and Start."""

from datetime import date, timedelta

from tests.start.many import add_units
from tracker.checkins.reading import check_in_facts
from tracker.clock import today
from tracker.extensions import db
from tracker.models import CalendarPeriod, CheckIn


def held(*units, by, on, **fields):
    return CheckIn.hold(units, by=by, held_on=on, **({"situation": "Bra"} | fields))


def test_a_unit_that_has_not_checked_in(cast):
    facts = check_in_facts(cast.exempelby.id, today())
    assert set(facts) == {
        unit.id
        for unit in (cast.savkulla, cast.lyktvret, cast.hassel, cast.klockvret, cast.ringmura)
    }
    hassel = facts[cast.hassel.id]
    assert (hassel.days, hassel.last_on, hassel.next_on) == (14, None, None)
    assert hassel.due_on == date(2026, 8, 31)
    assert hassel.is_due(today())
    assert hassel.open_support_since is None


def test_lov_counts_where_fritidshem_or_förskola_is_open(cast):
    friday = date(2026, 10, 23)
    for unit in (cast.savkulla, cast.lyktvret, cast.hassel):
        held(unit, by=cast.erik, on=friday)
    facts = check_in_facts(cast.exempelby.id, today())
    assert facts[cast.savkulla.id].due_on == date(2026, 11, 6)
    assert facts[cast.lyktvret.id].due_on == date(2026, 11, 6)
    assert facts[cast.hassel.id].due_on == date(2026, 11, 13)


def test_the_latest_is_by_its_day_and_not_by_when_it_was_written(cast):
    held(cast.hassel, by=cast.ali, on=date(2026, 11, 13), next_on=date(2026, 11, 20))
    held(cast.hassel, by=cast.ali, on=date(2026, 11, 2), next_on=date(2026, 12, 20))
    facts = check_in_facts(cast.exempelby.id, today())[cast.hassel.id]
    assert (facts.last_on, facts.next_on) == (date(2026, 11, 13), date(2026, 11, 20))
    assert facts.due_on == date(2026, 11, 20)
    assert facts.is_due(today())
    assert not facts.is_due(today() - timedelta(days=1))


def test_support_is_open_until_it_is_answered_also_from_last_läsår(cast):
    first = held(cast.hassel, by=cast.ali, on=date(2026, 5, 4), support="En vikarie")
    held(cast.hassel, cast.savkulla, by=cast.erik, on=date(2026, 10, 16), support="Besked")

    def since(unit):
        return check_in_facts(cast.exempelby.id, today())[unit.id].open_support_since

    assert (since(cast.hassel), since(cast.savkulla)) == (date(2026, 5, 4), date(2026, 10, 16))
    first.support.respond("Från 1 december", by=cast.erik)
    db.session.flush()
    assert since(cast.hassel) == date(2026, 10, 16)
    assert since(cast.ringmura) is None


def test_the_other_municipality_is_another(cast):
    held(cast.granbyskolan, by=cast.mats, on=today(), support="Något")
    assert cast.granbyskolan.id not in check_in_facts(cast.exempelby.id, today())
    assert set(check_in_facts(cast.granby.id, today())) == {cast.granbyskolan.id}


def test_a_closed_unit_and_one_without_check_ins(cast):
    cast.hassel.close(today() - timedelta(days=1), by=cast.tove)
    cast.savkulla.set_check_in_days(0, by=cast.tove)
    db.session.flush()
    facts = check_in_facts(cast.exempelby.id, today())
    assert cast.hassel.id not in facts
    assert facts[cast.savkulla.id].due_on is None


def test_a_läsår_that_is_not_opened_asks_for_nothing(cast):
    held(cast.hassel, by=cast.ali, on=date(2026, 11, 13))
    facts = check_in_facts(cast.exempelby.id, date(2027, 7, 5))
    assert {row.due_on for row in facts.values()} == {None}


def test_one_statement_however_many_units(cast, statements):
    add_units(cast, 40)
    db.session.query(CalendarPeriod).first()
    organizer_id = cast.exempelby.id
    with statements() as sent:
        check_in_facts(organizer_id, today())
    assert len(sent) == 1
