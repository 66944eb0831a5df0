"""A läsår: the dialogues' windows, terms, lov and closed days."""

from datetime import date

import pytest

from tests.checked_client import errors
from tracker.cycle.calendar import PeriodKind
from tracker.extensions import db
from tracker.models import AuditEvent, CalendarPeriod, SchoolYear

PAGE = "/organisation/lasar/2026-27"


def windows(year, **changes):
    return {
        "version": year.version,
        **{name: getattr(year, name).isoformat() for name in SchoolYear.WINDOWS},
    } | changes


def sentences():
    return [event.sentence for event in db.session.query(AuditEvent)]


def test_other_windows(cast, as_):
    browser = as_(cast.tove)
    assert 'value="2026-09-14"' in browser.page(PAGE)

    browser.submit(PAGE, windows(cast.year, dialogue1_from="2026-09-21"))

    assert cast.year.dialogue1_from == date(2026, 9, 21)
    assert "Tove Lindh ändrade dialogernas perioder för läsåret 2026/27." in sentences()


def test_an_old_form_never_overwrites_newer_days(cast, as_):
    browser = as_(cast.tove)
    old = windows(cast.year, dialogue1_from="2026-09-15")
    browser.submit(PAGE, windows(cast.year, dialogue1_from="2026-09-28"))

    response = browser.submit(PAGE, old, 409)

    text = response.get_data(as_text=True)
    assert 'value="2026-09-15"' in text
    assert "28 september 2026" in text
    assert cast.year.dialogue1_from == date(2026, 9, 28)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dialogue1_from": ""}, "Ange en dag."),
        ({"dialogue1_from": "i september"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"dialogue1_to": "2026-09-01"}, "Sista dagen kan inte vara före den första."),
        ({"dialogue2_from": "2026-10-01"}, "Dialog 2 börjar efter Dialog 1."),
        ({"dialogue2_to": "2026-12-01"}, "Sista dagen kan inte vara före den första."),
        ({"dialogue2_to": "2028-01-01"}, "Välj en dag i läsåret: 1 juli 2026 till 30 juni 2027."),
        ({"dialogue1_from": "2025-09-01"}, "Välj en dag i läsåret: 1 juli 2026 till 30 juni 2027."),
    ],
)  # fmt: skip
def test_bad_windows(cast, as_, change, message):
    response = as_(cast.tove).submit(PAGE, windows(cast.year, **change), 422)

    assert message in errors(response)
    assert cast.year.dialogue1_from == date(2026, 9, 14)


def period(**changes):
    return {
        "kind": "closed",
        "name": "Klämdag",
        "starts_on": "2027-05-07",
        "ends_on": "2027-05-07",
    } | changes


def test_closed_days_are_added_and_removed(cast, as_):
    browser = as_(cast.tove)
    browser.page(f"{PAGE}/perioder/ny")

    browser.submit(f"{PAGE}/perioder/ny", period())

    day = date(2027, 5, 7)
    assert CalendarPeriod.closed_days(cast.exempelby.id) == [(day, day)]
    assert "Tove Lindh lade till Klämdag (7 maj 2027) i läsåret 2026/27." in sentences()
    added = db.session.query(CalendarPeriod).filter_by(name="Klämdag").one().id

    browser.submit(f"{PAGE}/perioder/{added}/ta-bort")

    assert CalendarPeriod.closed_days(cast.exempelby.id) == []
    assert "Tove Lindh tog bort Klämdag (7 maj 2027) ur läsåret 2026/27." in sentences()


def sportlov(cast):
    return next(each for each in cast.year.periods if each.name == "Sportlov")


def changed(lov, **changes):
    return {
        "version": lov.stamp,
        "kind": "lov",
        "name": lov.name,
        "starts_on": lov.starts_on.isoformat(),
        "ends_on": lov.ends_on.isoformat(),
    } | changes


def test_days_are_changed_in_their_place(cast, as_):
    browser, lov = as_(cast.tove), sportlov(cast)
    address = f"{PAGE}/perioder/{lov.id}"
    assert address in browser.page(PAGE)
    assert 'value="2027-02-22"' in browser.page(address)

    browser.submit(address, changed(lov, starts_on="2027-03-01", ends_on="2027-03-07"))

    assert (lov.starts_on, lov.ends_on) == (date(2027, 3, 1), date(2027, 3, 7))
    assert sentences()[-1] == (
        "Tove Lindh ändrade Sportlov (22 februari 2027 – 28 februari 2027) till Sportlov "
        "(1 mars 2027 – 7 mars 2027) i läsåret 2026/27."
    )
    before = len(sentences())
    browser.submit(address, changed(lov))
    assert len(sentences()) == before  # the same as before is no change


def test_an_old_form_never_overwrites_a_newer_lov(cast, as_):
    browser, lov = as_(cast.tove), sportlov(cast)
    address, old = f"{PAGE}/perioder/{lov.id}", changed(lov, name="Vinterlov")
    browser.submit(address, changed(lov, starts_on="2027-02-23"))

    text = browser.submit(address, old, 409).get_data(as_text=True)

    assert "Vinterlov" in text
    assert "23 februari 2027" in text
    assert lov.name == "Sportlov"


def test_changed_days_are_checked_as_new_ones_are(cast, as_):
    lov = sportlov(cast)
    address = f"{PAGE}/perioder/{lov.id}"
    response = as_(cast.tove).submit(address, changed(lov, ends_on="2027-02-01"), 422)
    assert errors(response) == ["Sista dagen kan inte vara före den första."]
    as_(cast.erik).page(address, 403)
    as_(cast.tove).page(f"{PAGE}/perioder/{cast.granby_year.periods[0].id}", 404)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": ""}, "Välj vad det är."),
        ({"name": ""}, "Skriv ett namn, till exempel Sportlov."),
        ({"name": "x" * 100_000}, "Texten är för lång: 100\u00a0000 tecken, högst 200 får plats."),
        ({"starts_on": ""}, "Ange en dag."),
        ({"starts_on": "2026-02-30"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"starts_on": "2025-05-07"}, "Dagen ligger inte i läsåret 2026/27."),
        ({"ends_on": "2027-05-06"}, "Sista dagen kan inte vara före den första."),
        ({"ends_on": "2027-07-07"}, "Läsåret slutar 30 juni 2027. Lägg resten i nästa läsår."),
        (
            {"starts_on": "2026-12-01", "ends_on": "2027-05-07"},
            "Det blir 158 dagar. Kontrollera datumen: högst 60 dagar får plats.",
        ),
        (
            {"kind": "lov", "starts_on": "2027-02-25", "ends_on": "2027-02-26"},
            "Dagarna överlappar Sportlov (22 februari 2027 till 28 februari 2027).",
        ),
    ],
)
def test_bad_days_are_explained_and_kept(cast, as_, change, message):
    response = as_(cast.tove).submit(f"{PAGE}/perioder/ny", period(**change), 422)

    assert message in errors(response)
    assert not db.session.query(CalendarPeriod).filter_by(kind=PeriodKind.CLOSED).count()


def test_odd_names_are_only_text(cast, as_):
    browser = as_(cast.tove)

    browser.submit(f"{PAGE}/perioder/ny", period(name="<script>😀"))

    assert "&lt;script&gt;😀" in browser.page(PAGE)


@pytest.mark.parametrize("rest", ["", "/perioder/ny"])
def test_years_that_are_not_there(cast, as_, rest):
    browser = as_(cast.tove)

    browser.page(f"/organisation/lasar/2040-41{rest}", 404)
    browser.page(f"/organisation/lasar/nu{rest}", 404)
    as_(cast.erik).page(f"{PAGE}{rest}", 403)


def test_another_municipalitys_days_cannot_be_removed(cast, as_):
    theirs = cast.granby_year.periods[0].id

    as_(cast.tove).submit(f"{PAGE}/perioder/{theirs}/ta-bort", status=404)

    assert db.session.get(CalendarPeriod, theirs) is not None
