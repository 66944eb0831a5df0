"""Fastställda dokument: adopted analyses and plans of every unit one may read, the latest läsår first."""

import re

import pytest

from tests.start.many import add_units
from tests.start.story import decide, propose, write_analysis
from tests.start.test_rektors_start import words
from tracker.reports import documents

URL = "/dokument"


def lines(page: str) -> list[str]:
    """Captions and unit names, in order."""
    found = re.findall(r"<caption>(.*?)</caption>|<th scope=\"row\">(.*?)</th>", page, re.S)
    return [words(caption or unit) for caption, unit in found]


def test_the_latest_läsår_first_and_units_in_order(cast, as_):
    for unit, year, by in (
        (cast.savkulla, cast.year, cast.karin),
        (cast.hassel, cast.year, cast.ali),
        (cast.savkulla, cast.last_year, cast.karin),
    ):
        write_analysis(cast.cycle(unit, year), by, adopt=True)
    decide(cast.cycle(cast.ringmura), cast.nadia)
    page = as_(cast.perolov).page(URL)
    assert lines(page) == [
        "Läsåret 2026/27", "Hasselbrinksskolan", "Ringmuraskolan", "Sävkullaskolan",
        "Läsåret 2025/26", "Sävkullaskolan",
    ]  # fmt: skip
    text = words(page)
    assert "Fastställd 20 nov 2026 av Karin Holm" in text
    assert "Inte fastställd" in text
    assert "Inga beslutade åtgärder" in text


def test_each_document_can_be_read_and_taken_out(cast, as_, monkeypatch):
    for kind in ("word_file", "pdf_file"):
        monkeypatch.setattr(documents, kind, lambda _document: b"")
    analysis = write_analysis(cast.cycle(cast.hassel), cast.ali, adopt=True)
    analysis.reopen("Nya resultat", by=cast.ali)
    analysis.adopt(by=cast.ali)
    decide(cast.cycle(cast.hassel), cast.ali)
    browser = as_(cast.perolov)
    page = browser.page(URL)
    assert "av Ali Demir, version 2" in page
    at = "/enheter/hasselbrinksskolan/2026-27"
    links = [
        f"{at}/{name}{ending}"
        for name in ("nulagesanalys/versioner/2", "utvecklingsplan")
        for ending in ("", ".docx", ".pdf")
    ]
    assert re.findall(rf'href="({at}/[^"]+)"', page) == links
    for link in links:
        assert browser.get(link).status_code == 200


def test_no_drafts_and_no_proposals(cast, as_):
    write_analysis(cast.cycle(cast.hassel), cast.ali, share=True)
    propose(cast.cycle(cast.ringmura), cast.nadia)
    page = as_(cast.perolov).page(URL)
    assert lines(page) == []
    assert "Inget är fastställt än" in page


def test_each_sees_what_she_may_read(cast, as_):
    for unit, by in (
        (cast.hassel, cast.ali),
        (cast.savkulla, cast.karin),
        (cast.ringmura, cast.nadia),
    ):
        write_analysis(cast.cycle(unit), by, adopt=True)
    write_analysis(cast.cycle(cast.granbyskolan, cast.granby_year), cast.mats, adopt=True)
    for person, units in (
        ("perolov", ["Hasselbrinksskolan", "Ringmuraskolan", "Sävkullaskolan"]),
        ("erik", ["Hasselbrinksskolan", "Sävkullaskolan"]),
        ("sofia", ["Sävkullaskolan"]),
        ("mats", ["Granbyskolan"]),
    ):
        assert lines(as_(getattr(cast, person)).page(URL))[1:] == units


def test_start_and_menu_lead_there(cast, as_):
    write_analysis(cast.cycle(cast.hassel), cast.ali, adopt=True)
    for person in (cast.perolov, cast.lena):
        assert f'href="{URL}"' in as_(person).page("/")
    assert 'href="/dokument" aria-current="page"' in as_(cast.perolov).page(URL)


@pytest.mark.usefixtures("the_day")
def test_statements_and_pages(cast, as_, statements):
    write_analysis(cast.cycle(cast.hassel), cast.ali, adopt=True)
    browser = as_(cast.perolov)
    with statements() as few:
        browser.page(URL)
    for unit in add_units(cast, 120):
        decide(cast.cycle(unit), cast.tove)
    browser = as_(cast.perolov)
    with statements() as many:
        page = browser.page(URL)
    assert len(many) == len(few) <= 15
    assert len(lines(page)) == 101
    assert len(lines(browser.page(f"{URL}?sida=2"))) == 22


def test_it_is_only_read(cast, as_):
    assert as_(cast.perolov).post(URL).status_code == 405
