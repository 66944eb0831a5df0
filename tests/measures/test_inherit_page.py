"""Börja mitt i läsåret: last year's measures stand in Effekter at once."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tracker.extensions import db
from tracker.measures.forms import pasted_rows
from tracker.models import (
    AuditEvent,
    DialogueUnit,
    Measure,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    UnitKind,
    User,
)

URL = "/enheter/savkullaskolan/borja-mitt-i-lasaret"
THREE = {
    "title_1": "Språkgrupper på fritidshemmet",
    "expected_effect_1": "Alla nya i svenska leker i språkgrupp (start 3 av 11)",
    "responsible_1": "Fritidshemmets lag",
    "title_2": "Två lärare i matematik åk 6",
    "expected_effect_2": "F sjunker från 22 till 12 %",
    "title_3": "Rastvärdar",
    "expected_effect_3": "Färre kränkningar",
}
As = Callable[[User], CheckedClient]


def titles() -> list[str]:
    return [row.title for row in db.session.query(Measure).order_by(Measure.id)]


def test_three_measures_stand_in_effekter_at_once(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    answer = karin.submit(URL, THREE)
    assert answer.location == "/enheter/savkullaskolan/2026-27/effekter"
    page = karin.page(answer.location)
    assert "3 åtgärder är inlagda" in page
    for text in THREE.values():
        assert text in page
    first = db.session.query(Measure).order_by(Measure.id).first()
    assert first.cycle_id == cast.cycle(cast.savkulla, cast.last_year).id
    assert first.is_due
    assert "Karin Holm lade in åtgärden ”Rastvärdar” från 2025/26." in [
        event.sentence for event in db.session.query(AuditEvent)
    ]


def test_pasted_rows_are_taken_as_they_come_from_a_table(cast: Cast, as_: As) -> None:
    pasted = (
        "Åtgärd\tFörväntad effekt\tAnsvarig\r\n"
        "Läsgrupper\tFler läser\tLag 1\r\n"
        '"Matte-\nstuga"\t"Färre F,\nfler C"\t\r\n\r\n'
    )
    as_(cast.karin).submit(URL, {"pasted": pasted})
    rows = db.session.query(Measure).order_by(Measure.id).all()
    assert [(row.title, row.expected_effect, row.responsible) for row in rows] == [
        ("Läsgrupper", "Fler läser", "Lag 1"),
        ("Matte- stuga", "Färre F,\nfler C", ""),
    ]


def test_pasted_rows_fill_the_free_ones_and_are_mended_there(cast: Cast, as_: As) -> None:
    sent = {"title_1": "Redan skriven", "expected_effect_1": "Effekt", "pasted": "Läsgrupper"}
    answer = as_(cast.karin).submit(URL, sent, 422)
    assert errors(answer) == [
        "Skriv vilken effekt ni väntade er. Skrev ni aldrig ner någon effekt? Skriv då: "
        "Ingen effekt skrevs ner."
    ]
    page = answer.get_data(as_text=True)
    assert 'value="Redan skriven"' in page
    assert 'value="Läsgrupper"' in page
    assert titles() == []


def test_too_many_pasted_rows_are_kept_and_said(cast: Cast, as_: As) -> None:
    pasted = "\n".join(f"Åtgärd nummer {n}\tEffekt" for n in range(6))
    answer = as_(cast.karin).submit(URL, {"pasted": pasted}, 422)
    assert errors(answer)[0].startswith("Det får plats högst 5 åtgärder åt gången.")
    assert "Åtgärd nummer 5" in answer.get_data(as_text=True)


def test_a_second_try_does_not_double_them(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    karin.submit(URL, THREE)
    answer = karin.submit(URL, THREE | {"title_3": "En fjärde"}, 422)
    assert errors(answer) == ["Den här åtgärden är redan inlagd. Töm raden."] * 2
    assert len(titles()) == 3


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Skriv minst en åtgärd från förra läsåret."),
        ({"responsible_2": "Lag 1"}, "Skriv vad åtgärden var."),
        ({"title_4": "x" * 201, "expected_effect_4": "y"}, "Texten är för lång"),
    ],
)
def test_bad_rows_are_said_at_their_fields(
    cast: Cast, as_: As, sent: dict[str, str], message: str
) -> None:
    answer = as_(cast.karin).submit(URL, sent, 422)
    assert errors(answer)[0].startswith(message)
    assert titles() == []


def test_last_year_is_opened_when_nobody_has(cast: Cast, as_: As) -> None:
    """A new organizer has the present läsår only, and units entered today."""
    unit = SchoolUnit.create(
        cast.granby, "Nyskolan", UnitKind.SCHOOL, forms=[], by=None, opened_on=date(2026, 11, 20)
    )
    RoleAssignment.give(cast.mats, Role.PRINCIPAL, cast.granby, by=None, unit=unit)
    for year in db.session.query(SchoolYear).filter_by(
        organizer_id=cast.granby.id, start_year=2025
    ):
        for lap in db.session.query(QualityCycle).filter_by(school_year_id=year.id):
            db.session.delete(lap)
    db.session.commit()
    mats = as_(cast.mats)
    answer = mats.submit("/enheter/nyskolan/borja-mitt-i-lasaret", THREE)
    page = mats.page(answer.location)
    assert "Rastvärdar" in page
    lap = db.session.query(Measure).first().cycle
    assert (lap.unit_id, lap.school_year.label) == (unit.id, "2025/26")
    kinds = db.session.scalars(
        sa.select(DialogueUnit.kind).where(
            DialogueUnit.unit_id == unit.id,
            DialogueUnit.school_year_id == cast.granby_year.id,
        )
    )
    assert {kind.number for kind in kinds} == {1, 2}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("a\tb\tc\td", [["a", "b", "c"]]),
        ('5" skärmar\tfler', [['5" skärmar', "fler"]]),
        ("\n\n a \t b \n", [["a", "b"]]),
    ],
)
def test_reads_what_the_clipboard_holds(text: str, rows: list[list[str]]) -> None:
    assert pasted_rows(text) == rows


@pytest.mark.parametrize(
    ("person", "status"),
    [("sofia", 403), ("jonas", 403), ("erik", 403), ("nadia", 404), ("mats", 404)],
)
def test_others_may_not(cast: Cast, as_: As, person: str, status: int) -> None:
    browser = as_(getattr(cast, person))
    browser.page(URL, status)
    browser.submit(URL, THREE, status)
