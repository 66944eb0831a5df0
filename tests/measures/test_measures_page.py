"""Åtgärder of a unit and läsår: living ones by area, proposals for their writers, finished ones."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.measures.scenes import a_cause, a_measure
from tracker.extensions import db
from tracker.models import DevelopmentArea, MeasureBasis, User

URL = "/enheter/savkullaskolan/2026-27/atgarder"
As = Callable[[User], CheckedClient]


def test_says_what_to_do_first_when_there_is_nothing(cast: Cast, as_: As) -> None:
    page = as_(cast.karin).page(URL)
    assert "Inga åtgärder än" in page
    assert f'href="{URL}/ny"' in page
    assert "/enheter/savkullaskolan/borja-mitt-i-lasaret" in page
    assert "Inga beslutade åtgärder" in as_(cast.sofia).page(URL)


def test_shows_what_is_decided_with_what_it_rests_on(cast: Cast, as_: As) -> None:
    cause = a_cause(cast)
    a_measure(cast, basis=MeasureBasis.CAUSE, cause_id=cause.id, responsible="Lag 1–3")
    page = as_(cast.karin).page(URL)
    for text in ("Lässtrategier i alla ämnen", "I maj når minst 80 %", cause.text, "Lag 1–3",
                 "20 maj 2027", "Beslutad"):  # fmt: skip
        assert text in page


def test_goes_by_development_area(cast: Cast, as_: As) -> None:
    lap = cast.cycle(cast.savkulla)
    area = DevelopmentArea.create(lap, "Läsförståelse", "", "80 % i maj", by=cast.karin)
    a_measure(cast, "Utan område")
    a_measure(cast, "I området", area_id=area.id)
    page = as_(cast.karin).page(URL)
    order = [
        "Läsförståelse</h2>",
        "80 % i maj",
        "I området",
        "Utan utvecklingsområde",
        "Utan område",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


@pytest.mark.parametrize("url", [URL, URL.replace("atgarder", "utvecklingsplan")])
def test_an_area_says_what_has_been_done_in_it(cast: Cast, as_: As, url: str) -> None:
    lap = cast.cycle(cast.savkulla)
    area = DevelopmentArea.create(lap, "Läsförståelse", "", "80 % i maj", by=cast.karin)
    db.session.commit()
    nothing, over = "Ingen beslutad åtgärd än.", "Inga pågående åtgärder. Genomförd: "
    karin = as_(cast.karin)
    assert nothing in karin.page(url)
    a_measure(cast, "I området", area_id=area.id).complete(by=cast.karin)
    db.session.commit()
    page = karin.page(url)
    assert nothing not in page
    assert page.index(over) < page.index("I området</a>.")


def test_proposals_are_their_writers_own(cast: Cast, as_: As) -> None:
    a_measure(cast, "Bara ett förslag", decide=False)
    for person in (cast.karin, cast.jonas):
        assert "Bara ett förslag" in as_(person).page(URL)
    for person in (cast.sofia, cast.erik, cast.lena, cast.samira, cast.perolov, cast.tove):
        assert "Bara ett förslag" not in as_(person).page(URL)


def test_last_years_that_still_go_on_stand_here_and_finished_ones_do_not(
    cast: Cast, as_: As, the_day: Any
) -> None:
    the_day.move_to("2026-05-20 09:00+02:00")
    a_measure(cast, "Pågår sedan i fjol", year=cast.last_year, due=date(2027, 5, 1))
    done = a_measure(cast, "Klar i fjol", year=cast.last_year)
    done.complete(by=cast.karin)
    a_measure(cast, "Förslag från i fjol", year=cast.last_year, decide=False)
    the_day.move_to("2026-11-20 09:00+01:00")
    ended = a_measure(cast, "Avbruten i år", year=cast.last_year)
    ended.cancel("Läraren slutade", by=cast.karin)
    db.session.commit()
    page = as_(cast.karin).page(URL)
    assert "Pågår sedan i fjol" in page
    assert "Förslag från i fjol" in page
    assert "Klar i fjol" not in page
    assert page.index("Avslutade</h2>") < page.index("Avbruten i år")
    assert '<td data-label="Effekten bedöms">–</td>' in page
    before = as_(cast.karin).page(URL.replace("2026-27", "2025-26"))
    assert all(text in before for text in ("Klar i fjol", "Pågår sedan i fjol"))


def test_a_shared_measure_stands_with_each_of_its_units(cast: Cast, as_: As) -> None:
    a_measure(cast, "Övergången", units=[cast.savkulla, cast.lyktvret])
    page = as_(cast.karin).page(URL.replace("savkullaskolan", "lyktvretens-forskola"))
    assert "Övergången" in page
    assert "Gemensam med Sävkullaskolan" in page


@pytest.mark.parametrize(("person", "status"), [("nadia", 404), ("maria", 404), ("mats", 404)])
def test_is_not_there_for_others(cast: Cast, as_: As, person: str, status: int) -> None:
    as_(getattr(cast, person)).page(URL, status)


@pytest.mark.parametrize("url", [URL, "/enheter/savkullaskolan/2026-27/utvecklingsplan"])
def test_asks_the_database_as_often_for_60_measures_as_for_5(
    cast: Cast, as_: As, statements: Callable[[], Any], url: str
) -> None:
    cause = a_cause(cast)
    area = DevelopmentArea.create(cast.cycle(cast.savkulla), "Läsning", "", "Mål", by=cast.karin)

    def add(number: int) -> None:
        for n in range(number):
            fields = {"basis": MeasureBasis.CAUSE, "cause_id": cause.id, "area_id": area.id}
            units = [cast.savkulla, cast.lyktvret] if n % 2 else None
            measure = a_measure(cast, f"Åtgärd {n}", decide=n % 5 != 0, units=units, **fields)
            if n % 5 == 1:
                measure.complete(by=cast.karin)
        db.session.commit()

    karin = as_(cast.karin)
    counts = []
    for number in (5, 55):
        add(number)
        db.session.expire_all()
        with statements() as sent:
            karin.page(url)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[0] <= 15
