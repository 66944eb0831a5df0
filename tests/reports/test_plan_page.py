"""Utvecklingsplan: areas, goals and decided measures, as a page and as Word."""

import io
from collections.abc import Callable
from datetime import date

import docx
import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.measures.scenes import a_cause, a_measure
from tracker.extensions import db
from tracker.models import DevelopmentArea, MeasureBasis, User

URL = "/enheter/savkullaskolan/2026-27/utvecklingsplan"
As = Callable[[User], CheckedClient]

EVERYTHING = (
    "Läsförståelse i alla ämnen", "I maj når 80 % kravnivån", "Svaga resultat i åk 3",
    "Lässtrategier i alla ämnen", "I maj når minst 80 % kravnivån (start 69 %).",
    "Vi visar sällan hur man tar sig an en svår text", "Lektionsbesök i april", "69 %", "Lag 1–3",
    "20 maj 2027", "1 november 2026 – 1 juni 2027", "Åtgärder utan utvecklingsområde", "Rasterna",
)  # fmt: skip


@pytest.fixture
def full(cast: Cast) -> None:
    """An area with a measure, a measure outside it, a finished one and a proposal."""
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsförståelse i alla ämnen", "Svaga resultat i åk 3",
        "I maj når 80 % kravnivån", by=cast.karin,
    )  # fmt: skip
    a_measure(
        cast, basis=MeasureBasis.CAUSE, cause_id=a_cause(cast).id, area_id=area.id,
        follow_up="Lektionsbesök i april", baseline="69 %", responsible="Lag 1–3",
        starts_on=date(2026, 11, 1), ends_on=date(2027, 6, 1),
    )  # fmt: skip
    a_measure(cast, "Rasterna")
    a_measure(cast, "Bara ett förslag", decide=False)
    a_measure(cast, "Den genomförda").complete(by=cast.karin)
    db.session.commit()


def test_says_what_to_do_first_when_there_is_nothing(cast: Cast, as_: As) -> None:
    page = as_(cast.karin).page(URL)
    assert "Planen är tom än" in page
    assert "/enheter/savkullaskolan/2026-27/atgarder/ny" in page


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("person", ["karin", "sofia", "erik", "lena", "perolov", "tove"])
def test_holds_the_decided_plan_and_no_proposals(cast: Cast, as_: As, person: str) -> None:
    page = as_(getattr(cast, person)).page(URL)
    for text in EVERYTHING:
        assert text in page
    assert page.index("Avslutade under läsåret</h2>") < page.index("Den genomförda")
    assert "Bara ett förslag" not in page


@pytest.mark.usefixtures("full")
def test_is_taken_out_as_word_with_the_same_content(cast: Cast, as_: As) -> None:
    answer = as_(cast.sofia).get(f"{URL}.docx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=utvecklingsplan-savkullaskolan-2026-27.docx"
    )
    word = docx.Document(io.BytesIO(answer.data))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for expected in EVERYTHING:
        assert expected in text
    assert "Den genomförda" in [
        cell.text for table in word.tables for cell in table.column_cells(0)
    ]
    assert "Bara ett förslag" not in text
    assert word.paragraphs[0].text == "Utvecklingsplan 2026/27"


def test_on_paper_it_says_who_leads_and_when_each_was_decided(cast: Cast, as_: As) -> None:
    a_measure(cast, "Rasterna")
    page = as_(cast.sofia).page(URL)
    assert "Rektor: Karin Holm. Utskriven 20 november 2026." in page
    assert "20 november 2026 av Karin Holm" in page
    assert "Huvudmannens beslut. Nämndens beslut om läsning" in page
    assert "–</dd>" not in page  # what is not written takes no room


def test_an_empty_plan_is_a_document_too(cast: Cast, as_: As) -> None:
    word = docx.Document(io.BytesIO(as_(cast.karin).get(f"{URL}.docx").data))
    assert "Ingen beslutad åtgärd än." in [paragraph.text for paragraph in word.paragraphs]


@pytest.mark.parametrize("person", ["nadia", "maria", "mats"])
def test_is_not_there_for_others(cast: Cast, as_: As, person: str) -> None:
    browser = as_(getattr(cast, person))
    browser.page(URL, 404)
    browser.page(f"{URL}.docx", 404)


def test_a_measure_falls_under_the_area_of_the_problem_behind_its_cause(
    cast: Cast, as_: As
) -> None:
    cause = a_cause(cast)
    DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsförståelse", "", "80 % i maj", by=cast.karin,
        problems=[cause.problem],
    )  # fmt: skip
    a_measure(cast, "Lässtrategier", basis=MeasureBasis.CAUSE, cause_id=cause.id)
    karin = as_(cast.karin)
    page = karin.page(URL)
    assert page.index("Läsförståelse</h2>") < page.index("Lässtrategier")
    assert "Åtgärder utan utvecklingsområde" not in page
    assert "Beslutade och pågående åtgärder: Läsförståelse" in karin.page(
        "/enheter/savkullaskolan/2026-27/atgarder"
    )
