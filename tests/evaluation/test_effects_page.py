"""Effekter: what is due first, then what waits, then what was assessed in the läsår."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.measures.scenes import FINAL, NOT_YET, a_measure
from tracker.extensions import db
from tracker.models import Decision, EffectAssessment, Measure, User

URL = "/enheter/savkullaskolan/2026-27/effekter"
LAST_YEAR = URL.replace("2026-27", "2025-26")
As = Callable[[User], CheckedClient]
DUE, LATER, ASSESSED = "Dags att bedöma</h2>", "Bedöms senare</h2>", "Bedömda 2026/27</h2>"


def assess(cast: Cast, measure: Measure, year: Any = None, **fields: Any) -> None:
    EffectAssessment.make(measure, year or cast.year, by=cast.karin, **(FINAL | fields))
    db.session.commit()


def part(page: str, heading: str) -> str:
    """What stands under the heading, until the next of the same level; empty without it."""
    return page.partition(heading)[2].partition("<h2>")[0]


def test_says_what_happens_here_when_there_is_nothing(cast: Cast, as_: As) -> None:
    page = as_(cast.karin).page(URL)
    assert "Ingen effekt att bedöma än" in page
    assert "/enheter/savkullaskolan/borja-mitt-i-lasaret" in page
    assert "Ingen effekt är bedömd än" in as_(cast.sofia).page(URL)


def test_a_measure_stands_here_by_itself_when_its_day_comes(
    cast: Cast, as_: As, the_day: Any
) -> None:
    measure = a_measure(cast, due=date(2026, 12, 1))
    page = as_(cast.karin).page(URL)
    assert DUE not in page
    assert "1 dec 2026" in part(page, LATER)
    the_day.move_to("2026-12-01 00:30+01:00")
    due = part(as_(cast.karin).page(URL), DUE)
    assert "Lässtrategier" in due
    assert "I maj når minst 80 %" in due
    assert "Vad blev det?" in due
    assert f"/atgarder/{measure.id}/effekt" in due


def test_and_at_the_latest_when_the_next_year_opens(cast: Cast, as_: As) -> None:
    a_measure(cast, year=cast.last_year, due=date(2027, 6, 1))
    waiting = part(as_(cast.karin).page(URL), LATER)
    assert "Lässtrategier" in waiting
    assert "1 juni 2027" in waiting


def test_readers_see_what_is_due_without_a_button(cast: Cast, as_: As) -> None:
    a_measure(cast, due=date(2026, 11, 1))
    page = as_(cast.sofia).page(URL)
    assert "Lässtrategier" in part(page, DUE)
    assert "/effekt" not in part(page, DUE)


def test_not_yet_is_quiet_until_its_day(cast: Cast, as_: As, the_day: Any) -> None:
    measure = a_measure(cast, due=date(2026, 11, 1))
    assess(cast, measure, **NOT_YET)
    page = as_(cast.karin).page(URL)
    assert DUE not in page
    assert "15 dec 2026" in part(page, LATER)
    assert ASSESSED not in page
    the_day.move_to("2026-12-15 09:00+01:00")
    assert "Lässtrategier" in part(as_(cast.karin).page(URL), DUE)


def test_assessed_ones_stand_with_outcome_decision_and_lesson(cast: Cast, as_: As) -> None:
    measure = a_measure(cast, year=cast.last_year, due=date(2026, 6, 1))
    assess(
        cast,
        measure,
        decision=Decision.CONTINUE,
        next_date=date(2027, 9, 1),
        lesson="Tid i schemat",
    )
    page = as_(cast.sofia).page(URL)
    for text in (
        "I maj når minst 80 %",
        "74 % (31 av 42)",
        "Delvis uppnådd",
        "Fortsätta",
        "Tid i schemat",
    ):
        assert text in part(page, ASSESSED)
    assert DUE not in page
    assert "1 sept 2027" in part(page, LATER)  # it goes on, and is assessed again
    assert "Ändra bedömningen" not in page
    assert "Ändra bedömningen" in as_(cast.karin).page(URL)


def test_a_year_that_is_over_keeps_what_was_assessed_and_what_is_unsettled(
    cast: Cast, as_: As, the_day: Any
) -> None:
    the_day.move_to("2026-05-20 09:00+02:00")
    a_measure(cast, "Aldrig bedömd", year=cast.last_year, due=date(2026, 5, 1))
    a_measure(cast, "Bedöms i höst", year=cast.last_year, due=date(2026, 9, 1))
    settled = a_measure(cast, "Bedömd i maj", year=cast.last_year, due=date(2026, 5, 1))
    assess(cast, settled, year=cast.last_year)
    the_day.move_to("2026-11-20 09:00+01:00")
    karin = as_(cast.karin)
    before = karin.page(LAST_YEAR)
    assert "Aldrig bedömd" in part(before, DUE)
    assert "Bedöms i höst" not in before
    assert "Bedömd i maj" in part(before, "Bedömda 2025/26</h2>")
    assert "Ändra bedömningen" not in before
    now = karin.page(URL)
    assert "Aldrig bedömd" in part(now, DUE)
    assert "Bedöms i höst" in part(now, DUE)
    assert "Bedömd i maj" not in now


def test_proposals_and_cancelled_ones_are_not_here(cast: Cast, as_: As) -> None:
    a_measure(cast, "Förslaget", due=date(2026, 11, 1), decide=False)
    a_measure(cast, "Den avbrutna", due=date(2026, 11, 1)).cancel("Skäl", by=cast.karin)
    db.session.commit()
    page = as_(cast.karin).page(URL)
    assert "Förslaget" not in page
    assert "Den avbrutna" not in page


def test_a_shared_measure_stands_with_each_of_its_units(cast: Cast, as_: As) -> None:
    a_measure(cast, units=[cast.savkulla, cast.lyktvret], due=date(2026, 11, 1))
    page = as_(cast.karin).page(URL.replace("savkullaskolan", "lyktvretens-forskola"))
    assert "Lässtrategier" in part(page, DUE)


@pytest.mark.parametrize("person", ["nadia", "maria", "mats"])
def test_is_not_there_for_others(cast: Cast, as_: As, person: str) -> None:
    as_(getattr(cast, person)).page(URL, 404)


def test_asks_the_database_as_often_for_60_measures_as_for_5(
    cast: Cast, as_: As, statements: Callable[[], Any]
) -> None:
    def add(number: int) -> None:
        for n in range(number):
            units = [cast.savkulla, cast.lyktvret] if n % 2 else None
            due = date(2027, 6, 1) if n % 5 == 3 else date(2026, 6, 1)
            measure = a_measure(cast, f"Åtgärd {n}", year=cast.last_year, due=due, units=units)
            if n % 5 == 4:
                assess(cast, measure)

    karin = as_(cast.karin)
    counts = []
    for number in (5, 55):
        add(number)
        with statements() as sent:
            karin.page(URL)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[0] <= 15
