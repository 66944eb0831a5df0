"""Opening a läsår: laps and dialogues, by hand, by the calendar, and as people come and go."""

from datetime import date, datetime, timedelta

import pytest

from tracker.clock import STOCKHOLM
from tracker.cycle.opening import catch_up, open_coming_years
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    DevelopmentArea,
    DialogueUnit,
    QualityCycle,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    UnitKind,
)


def opened(organizer):
    return [year.start_year for year in SchoolYear.opened(organizer.id)]


@pytest.mark.parametrize(
    ("day", "new"),
    [
        ("2027-04-30", 0),
        ("2027-05-01", 2),
        ("2027-06-30", 2),
        ("2027-07-01", 2),
        ("2027-10-01", 2),
        ("2026-12-31", 0),
    ],
)
def test_the_coming_year_opens_from_may_on(cast, the_day, day, new):
    assert open_coming_years(date.fromisoformat(day)) == new

    expected = [2027, 2026, 2025] if new else [2026, 2025]
    assert opened(cast.exempelby) == opened(cast.granby) == expected


def test_it_opens_once_with_laps_and_dialogues(cast):
    for _ in range(2):
        open_coming_years(date(2027, 5, 3))

    year = SchoolYear.of(cast.exempelby.id, 2027)
    assert db.session.query(QualityCycle).filter_by(school_year_id=year.id).count() == 6
    assert db.session.query(DialogueUnit).filter_by(school_year_id=year.id).count() == 10
    told = [event.sentence for event in db.session.query(AuditEvent)]
    assert told.count("Varvet lade upp läsåret 2027/28.") == 2  # one for each municipality


def test_an_organizer_that_has_not_begun_is_left_alone(cast):
    db.session.query(DialogueUnit).filter_by(organizer_id=cast.granby.id).delete()
    db.session.query(QualityDialogue).filter_by(organizer_id=cast.granby.id).delete()
    db.session.query(QualityCycle).filter_by(organizer_id=cast.granby.id).delete()
    for year in SchoolYear.opened(cast.granby.id):
        db.session.delete(year)
    db.session.flush()

    assert open_coming_years(date(2027, 5, 3)) == 1


def test_units_that_come_later_are_caught_up(cast):
    unit = SchoolUnit.create(
        cast.exempelby,
        "Nyskolan",
        UnitKind.SCHOOL,
        forms=[SchoolForm.COMPULSORY],
        by=None,
        opened_on=date(2025, 8, 1),
    )

    for _ in range(2):
        catch_up(cast.exempelby, by=cast.tove)

    laps = db.session.query(QualityCycle).filter_by(unit_id=unit.id)
    assert {lap.school_year_id for lap in laps} == {cast.last_year.id, cast.year.id}
    links = db.session.query(DialogueUnit).filter_by(unit_id=unit.id)
    assert [link.school_year_id for link in links] == [cast.year.id] * 2  # what is over is over


def test_untouched_dialogues_follow_whoever_leads(cast):
    karins = db.session.query(RoleAssignment).filter_by(unit_id=cast.lyktvret.id).one()
    karins.end_now(by=cast.tove)
    RoleAssignment.give(cast.ali, Role.PRINCIPAL, cast.exempelby, by=cast.tove, unit=cast.lyktvret)

    catch_up(cast.exempelby, by=cast.tove)

    assert cast.dialogue(cast.savkulla).units == [cast.savkulla]
    assert set(cast.dialogue(cast.hassel).units) == {cast.lyktvret, cast.hassel}
    assert set(cast.dialogue(cast.hassel, 2).units) == {cast.lyktvret, cast.hassel}


def test_a_dialogue_with_a_time_or_an_area_stays_as_people_made_it(cast):
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.describe("Rektors rum", "", by=cast.erik)
    cast.dialogue(cast.savkulla, 2).add_topic("Frånvaron", "Vi ser…", by=cast.erik)
    role = db.session.query(RoleAssignment).filter_by(unit_id=cast.lyktvret.id).one()
    role.end_now(by=cast.tove)

    catch_up(cast.exempelby, by=cast.tove)

    for number in (1, 2):
        assert len(cast.dialogue(cast.savkulla, number).units) == 2


def test_catching_up_when_nothing_changed_says_nothing(cast):
    before = db.session.query(AuditEvent).count()

    catch_up(cast.exempelby, by=cast.tove)

    assert db.session.query(AuditEvent).count() == before


def test_a_unit_that_ends_with_the_year_leaves_the_coming_one(cast):
    open_coming_years(date(2027, 5, 3))
    coming = SchoolYear.of(cast.exempelby.id, 2027)
    cast.hassel.close(date(2027, 6, 30), by=cast.tove)

    for _ in range(2):
        catch_up(cast.exempelby, by=cast.tove)

    for kind in (QualityCycle, DialogueUnit):
        left = db.session.query(kind.unit_id).filter_by(school_year_id=coming.id)
        assert cast.hassel.id not in {unit_id for (unit_id,) in left}
    assert len({link.dialogue_id for link in db.session.query(DialogueUnit)}) == (
        db.session.query(QualityDialogue).count()
    )
    assert db.session.query(DialogueUnit).filter_by(unit_id=cast.hassel.id).count() == 4


def test_a_lap_in_which_something_stands_is_kept(cast):
    open_coming_years(date(2027, 5, 3))
    coming = SchoolYear.of(cast.exempelby.id, 2027)
    lap = cast.cycle(cast.hassel, coming)
    DevelopmentArea.create(lap, "Läsning", "", "Alla läser.", by=cast.ali)
    cast.hassel.close(date(2027, 6, 30), by=cast.tove)

    catch_up(cast.exempelby, by=cast.tove)

    assert cast.cycle(cast.hassel, coming) is lap


def test_a_dialogue_with_a_time_is_cancelled_when_its_only_unit_ends_before(cast):
    dialogue = cast.dialogue(cast.hassel, 2)
    begins = datetime(2027, 4, 20, 13, tzinfo=STOCKHOLM)
    dialogue.place_at(begins, begins + timedelta(hours=1), by=cast.erik)
    cast.hassel.close(date(2026, 12, 18), by=cast.tove)

    for _ in range(2):
        catch_up(cast.exempelby, by=cast.tove)

    assert dialogue.is_cancelled
    assert [move.reason for move in dialogue.moves] == ["", "Enheten avslutas."]


def test_a_dialogue_with_a_time_goes_on_with_the_units_that_are_left(cast):
    dialogue = cast.dialogue(cast.savkulla, 2)
    begins = datetime(2027, 4, 20, 13, tzinfo=STOCKHOLM)
    dialogue.place_at(begins, begins + timedelta(hours=1), by=cast.erik)
    cast.lyktvret.close(date(2026, 12, 18), by=cast.tove)

    catch_up(cast.exempelby, by=cast.tove)

    assert dialogue.units == [cast.savkulla]
    assert not dialogue.is_cancelled


def test_a_unit_that_has_ended_before_the_window_gets_no_dialogue(cast):
    unit = SchoolUnit.create(
        cast.exempelby, "Kortskolan", UnitKind.SCHOOL, forms=[], by=None,
        opened_on=date(2025, 8, 1),
    )  # fmt: skip
    unit.close(date(2026, 12, 18), by=cast.tove)

    catch_up(cast.exempelby, by=cast.tove)

    assert [
        link.kind.number for link in db.session.query(DialogueUnit).filter_by(unit_id=unit.id)
    ] == [1]
