"""Ta över efter: units that merge or split, and the measures that follow."""

from datetime import date

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent, Measure, MeasureBasis, MeasureUnit, UnitSuccession
from tracker.organisation.succession import follow_late_decisions

PAGE = "/organisation/enheter/hasselbrinksskolan/ta-over"


def decided(cast, title, unit=None):
    measure = Measure.propose(
        cast.cycle(unit or cast.savkulla),
        by=cast.karin,
        title=title,
        basis=MeasureBasis.ORGANIZER,
        basis_note="Nämndens beslut om läsning",
        expected_effect="Fler läser.",
        assessable_from=date(2027, 4, 1),
    )
    measure.decide(by=cast.karin)
    return measure


def form(cast, **changes):
    return {"predecessor": cast.savkulla.id, "on": "2026-11-20", "closes": "y"} | changes


def test_open_measures_follow_with_their_origin(cast, as_):
    running, over, unsettled = (decided(cast, title) for title in ("Läsa", "Skriva", "Räkna"))
    over.cancel("Blev inte av.", by=cast.karin)
    unsettled.complete(by=cast.karin)
    draft = Measure.propose(cast.cycle(cast.savkulla), by=cast.karin, title="Ett förslag")
    db.session.commit()
    browser = as_(cast.tove)
    assert "Förslag som inte är beslutade följer inte med" in browser.page(PAGE)

    response = browser.submit(PAGE, form(cast))

    assert "två öppna åtgärder följde med" in browser.page(response.location)
    for measure in (running, unsettled):
        assert {(link.unit_id, link.origin_unit_id) for link in measure.unit_links} == {
            (cast.savkulla.id, None),
            (cast.hassel.id, cast.savkulla.id),
        }
    for measure in (over, draft):
        assert [link.unit_id for link in measure.unit_links] == [cast.savkulla.id]
    assert cast.savkulla.closed_on == date(2026, 11, 19)


def test_every_step_is_in_the_history(cast, as_):
    decided(cast, "Läsa")
    db.session.commit()

    as_(cast.tove).submit(PAGE, form(cast))

    told = [event.sentence for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]
    for sentence in (
        "Tove Lindh angav att Hasselbrinksskolan tar över efter Sävkullaskolan från 20 november 2026.",
        "Tove Lindh förde över åtgärden ”Läsa” från Sävkullaskolan till Hasselbrinksskolan.",
        "Tove Lindh avslutade enheten Sävkullaskolan den 19 november 2026.",
    ):
        assert told.count(sentence) == 1


def test_a_unit_of_which_only_a_part_moves_stays_open(cast, as_):
    data = form(cast)
    del data["closes"]

    as_(cast.tove).submit(PAGE, data)

    assert cast.savkulla.closed_on is None


def test_a_measure_that_moves_twice_remembers_where_it_began(cast, as_):
    measure = decided(cast, "Läsa")
    db.session.commit()
    browser = as_(cast.tove)
    browser.submit(PAGE, form(cast))

    browser.submit(
        "/organisation/enheter/ringmuraskolan/ta-over",
        form(cast, predecessor=cast.hassel.id),
    )

    last = db.session.get(MeasureUnit, (measure.id, cast.ringmura.id))
    assert last.origin_unit_id == cast.savkulla.id


def test_what_is_decided_late_follows_too_and_only_once(cast, as_):
    as_(cast.tove).submit(PAGE, form(cast))
    late = decided(cast, "Sent")
    db.session.commit()

    assert follow_late_decisions(date(2026, 11, 21)) == 1
    assert follow_late_decisions(date(2026, 12, 1)) == 0
    assert db.session.get(MeasureUnit, (late.id, cast.hassel.id)) is not None
    assert follow_late_decisions(date(2027, 3, 1)) == 0


def test_said_once_and_not_the_other_way_round(cast, as_):
    browser = as_(cast.tove)
    browser.submit(PAGE, form(cast))

    again = browser.submit(PAGE, form(cast), 422)
    back = browser.submit(
        "/organisation/enheter/savkullaskolan/ta-over", form(cast, predecessor=cast.hassel.id), 422
    )

    said = "Det är redan angivet vilken av enheterna som tar över efter den andra."
    assert errors(again) == errors(back) == [said]
    assert db.session.query(UnitSuccession).count() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"predecessor": ""}, "Välj vilken enhet den tar över efter."),
        ({"on": ""}, "Ange från vilken dag."),
        ({"on": "snart"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"on": "2020-01-01"}, "Sävkullaskolan finns sedan 1 augusti 2023. Ange en senare dag."),
    ],
)
def test_bad_input(cast, as_, change, message):
    assert message in errors(as_(cast.tove).submit(PAGE, form(cast, **change), 422))
    assert db.session.query(UnitSuccession).count() == 0


def test_neither_itself_nor_anothers_unit_can_be_chosen(cast, as_):
    browser = as_(cast.tove)

    for unit in (cast.hassel, cast.granbyskolan):
        response = browser.submit(PAGE, form(cast, predecessor=unit.id), 422)
        assert errors(response) == ["Välj ett av alternativen."]


def test_measures_wait_for_the_day(cast, as_):
    measure = decided(cast, "Läsa")
    db.session.commit()
    browser = as_(cast.tove)

    response = browser.submit(PAGE, form(cast, on="2026-12-01"))

    assert "öppna åtgärder följer med 1 december 2026" in browser.page(response.location)
    assert [link.unit_id for link in measure.unit_links] == [cast.savkulla.id]
    assert follow_late_decisions(date(2026, 11, 30)) == 0
    assert follow_late_decisions(date(2026, 12, 1)) == 1
    assert {link.unit_id for link in measure.unit_links} == {cast.savkulla.id, cast.hassel.id}
