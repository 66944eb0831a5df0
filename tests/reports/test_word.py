"""Word files: written by a child process, opened again by python-docx."""

import io
import os
import subprocess
import sys

import docx
import pytest
from docx.oxml.ns import qn

from tracker.reports import documents
from tracker.reports.documents import Document, DocumentFailed, word_file


@pytest.fixture
def document(the_day) -> Document:
    return Document("Utvecklingsplan 2026/27", subtitle="Sävkullaskolan", owner="Exempelby kommun")


def opened(document: Document) -> docx.document.Document:
    return docx.Document(io.BytesIO(word_file(document)))


def styled(word: docx.document.Document) -> list[tuple[str, str]]:
    return [(paragraph.style.name, paragraph.text) for paragraph in word.paragraphs]


def test_every_kind_of_block(document):
    document.notice("Utkast. Inte fastställd.")
    document.facts([("Fastställd", "3 oktober 2026"), ("Av", "")])
    document.heading("Åtgärder")
    document.paragraph("Två åtgärder är beslutade.", "Läget")
    document.bullets(["lässtrategier", "rasterna"])
    document.heading("Effekter", 2)
    document.table(["Åtgärd", "Effekt"], [["Läsning", "80 %"]], caption="Beslutade åtgärder")
    word = opened(document)
    assert styled(word) == [
        ("Title", "Utvecklingsplan 2026/27"),
        ("Subtitle", "Sävkullaskolan"),
        ("Normal", "Utkast. Inte fastställd."),
        ("Normal", "Fastställd: 3 oktober 2026"),
        ("Heading 1", "Åtgärder"),
        ("Normal", "Läget Två åtgärder är beslutade."),
        ("List Bullet", "lässtrategier"),
        ("List Bullet", "rasterna"),
        ("Heading 2", "Effekter"),
        ("Caption", "Beslutade åtgärder"),
        ("Normal", ""),
    ]
    table = word.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Åtgärd", "Effekt"],
        ["Läsning", "80 %"],
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_what_was_typed_keeps_its_paragraphs_and_lists(document):
    document.text("Rad ett\nrad två\n- en\n* två\n\nSist", label="Orsak:")
    document.text("- bara\r\n- lista", label="Belägg:")
    document.text("", empty="Inget skrivet.")
    document.text("   \n\n ")
    assert styled(opened(document))[2:] == [
        ("Normal", "Orsak: Rad ett\nrad två"),
        ("List Bullet", "en"),
        ("List Bullet", "två"),
        ("Normal", "Sist"),
        ("Normal", "Belägg:"),
        ("List Bullet", "bara"),
        ("List Bullet", "lista"),
        ("Normal", "Inget skrivet."),
    ]


def test_text_that_is_markup_or_unfit_for_xml_is_plain_text(document):
    document.text("<script>alert('å')</script> & 😀 \ufffe\x0b\udc00 = 1+1")
    assert styled(opened(document))[2][1] == "<script>alert('å')</script> & 😀  = 1+1"


def test_about_the_file(document):
    document.paragraph("text")
    word = opened(document)
    about = word.core_properties
    assert (about.title, about.author, about.language) == (
        "Utvecklingsplan 2026/27",
        "Exempelby kommun",
        "sv-SE",
    )
    assert about.created.isoformat() == "2026-11-20T08:00:00+00:00"
    assert "Sävkullaskolan – sida" in word.sections[0].footer.paragraphs[0].text
    default = word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert default.get(qn("w:val")) == "sv-SE"


def test_a_long_text(document):
    document.text("ord " * 25_000)
    assert len(styled(opened(document))[2][1]) == 99_999


def test_a_heading_skips_no_level(document):
    with pytest.raises(ValueError, match="level 2"):
        document.heading("Djupt", 2)
    document.heading("Först")
    document.heading("Sedan", 2)
    with pytest.raises(ValueError, match="level 4"):
        document.heading("För djupt", 4)
    document.heading("Ny del")
    with pytest.raises(ValueError, match="level 3"):
        document.heading("Djupt", 3)


def test_a_child_that_fails_says_why(document):
    document.content["blocks"].append({"kind": "picture"})
    with pytest.raises(DocumentFailed, match="KeyError: 'picture'"):
        word_file(document)


def test_a_child_that_takes_too_long_is_stopped(document, monkeypatch, tmp_path):
    stuck = tmp_path / "word.py"
    stuck.write_text("import sys, threading\nthreading.Event().wait()")
    monkeypatch.setattr(documents, "WORD", stuck)
    with pytest.raises(DocumentFailed, match=r"not ready in 0\.2 s"):
        word_file(document, time_limit=0.2)


def test_the_child_gets_none_of_our_settings(document, monkeypatch, tmp_path):
    nosy = tmp_path / "word.py"
    nosy.write_text("import os\nprint(sorted(os.environ))")
    monkeypatch.setattr(documents, "WORD", nosy)
    monkeypatch.setitem(os.environ, "SECRET_KEY", "hemlig")
    assert b"SECRET_KEY" not in word_file(document)


def test_the_web_worker_never_loads_python_docx():
    program = "import sys, wsgi; sys.exit('docx' in sys.modules)"
    environment = {"VARVET_ENV": "development", "SECRET_KEY": "x" * 40, "DATABASE_URL": "sqlite://"}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
