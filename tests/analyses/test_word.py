"""The analysis as a Word file."""

import io

import docx

from tests.analyses.conftest import URL
from tracker.extensions import db
from tracker.reports.documents import WORD_TYPE


def opened(response):
    assert response.status_code == 200
    assert response.mimetype == WORD_TYPE
    return docx.Document(io.BytesIO(response.data))


def headings(word):
    return [
        (paragraph.style.name, paragraph.text)
        for paragraph in word.paragraphs
        if paragraph.style.name.startswith(("Heading", "Title", "Subtitle"))
    ]


def texts(word):
    return [paragraph.text for paragraph in word.paragraphs]


def test_the_adopted_version(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    response = as_(cast.sofia).get(URL + ".docx")
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=nulagesanalys-savkullaskolan-2026-27-version-1.docx"
    )
    word = opened(response)
    assert headings(word) == [
        ("Title", "Nulägesanalys 2026/27"),
        ("Subtitle", "Sävkullaskolan"),
        ("Heading 1", "Vad bygger analysen på?"),
        ("Heading 1", "Resultatbild"),
        ("Heading 1", "Problem eller utvecklingsbehov"),
        ("Heading 2", "Problem 1 (Grundskola)"),
        ("Heading 3", "Orsak"),
        ("Heading 3", "Orsak (inte prioriterad i år)"),
        ("Heading 2", "Problem 2"),
        ("Heading 3", "Orsak"),
        ("Heading 1", "Vilka har deltagit, och hur?"),
    ]
    text = texts(word)
    for line in (
        "Fastställd: 20 november 2026",
        "Av: Karin Holm",
        "12 lektionsbesök i oktober.",
        "prov i maj",
        "Var ligger orsaken? Undervisningen",
        "Hur vet ni det? Läraren visade en strategi vid 2 av 12 besök.",
        "Personal: Arbetslagen skrev var sin orsak.",
        "Elever: Inget skrivet.",
    ):
        assert line in text
    assert "Utkast. Texten är inte fastställd." not in text
    assert word.core_properties.author == "Exempelby kommun"


def test_the_living_text_is_marked_as_a_draft(cast, as_, analysis):
    response = as_(cast.karin).get(URL + ".docx")
    assert "2026-27-utkast.docx" in response.headers["Content-Disposition"]
    assert "Utkast. Texten är inte fastställd." in texts(opened(response))


def test_a_reopened_analysis_gives_each_reader_what_the_page_gives(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    analysis.reopen("Nya betyg", by=cast.karin)
    analysis.write({"results": "74 % i maj."}, by=cast.karin)
    db.session.commit()
    assert "74 % i maj." in texts(opened(as_(cast.erik).get(URL + ".docx")))
    staff = texts(opened(as_(cast.sofia).get(URL + ".docx")))
    assert "69 % nådde kravnivån (29 av 42)." in staff
    old = texts(opened(as_(cast.karin).get(URL + "/versioner/1.docx")))
    assert "69 % nådde kravnivån (29 av 42)." in old
    assert "Senare öppnad igen: Nya betyg" in old


def test_markup_and_emoji_are_text(cast, as_, analysis):
    analysis.write({"results": "<script>alert(1)</script> 😀 \ufffe"}, by=cast.karin)
    word = opened(as_(cast.karin).get(URL + ".docx"))
    assert "<script>alert(1)</script> 😀" in [text.strip() for text in texts(word)]


def test_nothing_to_take_out(cast, as_, analysis):
    for person in (cast.erik, cast.sofia, cast.mats):
        as_(person).page(URL + ".docx", 404)
        as_(person).page(URL + "/versioner/1.docx", 404)
