"""PDF files: made by a child process, whose compiler refuses what PDF/UA-1 forbids, and read back by pypdf."""

import io
import os
import subprocess
import sys

import pypdf
import pytest

from tracker.dialogues.brief_document import AGREED_WIDTHS
from tracker.reports import documents
from tracker.reports.documents import PDF_TYPE, Document, DocumentFailed, pdf_file
from tracker.reports.pdf import FONTS, MARK, NOTE

PLAN = "/enheter/savkullaskolan/2026-27/utvecklingsplan"
MARKUP = (
    "#let x = 1 och #sys.inputs; $x^2$ *fet* _kursiv_ <etikett> @referens \\n \\# `kod` ~ -- --- "
    '"citat" [länk](adress) // inte en kommentar /* inte heller */ = ingen rubrik + ingen lista'
)


@pytest.fixture
def document(the_day) -> Document:
    return Document("Utvecklingsplan 2026/27", subtitle="Sävkullaskolan", owner="Exempelby kommun")


def opened(document: Document) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf_file(document)))


def text(pdf: pypdf.PdfReader) -> str:
    """Everything in reading order, each white space as one."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def roles(pdf: pypdf.PdfReader) -> list[str]:
    """The tags of the document, in reading order, with what they hold after what they are."""
    found: list[str] = []

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_what_pdf_ua_asks_of_the_file(document):
    document.paragraph("text")
    pdf = opened(document)
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "sv-SE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == "Utvecklingsplan 2026/27, Sävkullaskolan"
    assert pdf.metadata.author == "Exempelby kommun"
    assert pdf.metadata.creation_date.date().isoformat() == "2026-11-20"
    assert "pdfuaid:part>1<" in root["/Metadata"].get_data().decode()


def test_every_kind_of_block_in_reading_order(document):
    document.notice("Utkast. Inte fastställd.")
    document.facts([("Fastställd", "3 oktober 2026"), ("Av", "")])
    document.heading("Åtgärder")
    document.paragraph("Två åtgärder är beslutade.", "Läget")
    document.text("- lässtrategier\n- rasterna", label="Vilka:")
    document.heading("Effekter", 2)
    document.table(["Åtgärd", "Effekt"], [["Läsning", "80 %"]], caption="Beslutade åtgärder")
    document.heading("Lärdomar", 3)
    pdf = opened(document)
    assert text(pdf).startswith(
        "Utvecklingsplan 2026/27 Sävkullaskolan Utkast. Inte fastställd. Fastställd: 3 oktober 2026 "
        "Åtgärder Läget Två åtgärder är beslutade. Vilka: • lässtrategier • rasterna Effekter "
        "Beslutade åtgärder Åtgärd Effekt Läsning 80 % Lärdomar"
    )
    tags = roles(pdf)
    headings = [tag for tag in tags if tag in ("/H1", "/H2", "/H3")]
    assert headings == ["/H1", "/H2", "/H3"]
    assert (tags.count("/TH"), tags.count("/TD")) == (2, 2)
    assert tags.count("/LI") == 3


def test_every_page_has_its_number_and_the_date(document):
    document.text("\n\n".join(["Ett stycke. " * 20] * 30))
    pdf = opened(document)
    number = len(pdf.pages)
    assert number > 1
    for place, page in enumerate(pdf.pages, 1):
        foot = " ".join(page.extract_text().split())
        assert f"Sida {place} av {number}" in foot
        assert "Utvecklingsplan 2026/27, Sävkullaskolan, 20 november 2026" in foot


def test_a_table_over_several_pages_repeats_its_head(document):
    document.table(["Åtgärd", "Effekt"], [["Läsning", "Några ord till. " * 10]] * 60)
    pdf = opened(document)
    assert len(pdf.pages) > 1
    assert all("Åtgärd" in page.extract_text() for page in pdf.pages)


def test_markup_is_text_wherever_it_stands(document):
    document.facts([(MARKUP, MARKUP)])
    document.heading(MARKUP)
    document.paragraph(MARKUP, MARKUP)
    document.bullets([MARKUP])
    document.notice(MARKUP)
    document.table([MARKUP], [[MARKUP]], caption=MARKUP)
    assert text(opened(document)).count("#let x = 1 och #sys.inputs; $x^2$ *fet* _kursiv_") == 10


def test_markup_comes_out_unchanged(document):
    document.paragraph(MARKUP)
    assert MARKUP.replace(" ", "") in text(opened(document)).replace(" ", "")


@pytest.mark.parametrize(
    "typed",
    [
        "😀 👍 ❤️ 🎉",
        "från 66 → 80 %, ≥ 9 av 12, ½, €",
        "Šimić Łódź Müller Ñandú",
        "Αθήνα Київ",
        "مرحبا",
    ],
)
def test_signs_of_all_kinds(document, typed):
    document.paragraph(typed)
    found = text(opened(document))
    assert MARK not in found
    assert set(typed.replace(" ", "")) - set("مرحبا\ufe0f") <= set(found)


def test_what_no_font_has_is_marked_and_stops_nothing(document):
    document.heading("Läsning på kinesiska 你好")
    document.paragraph("你好 ไทย 日本語 한국어 och svenska 😀")
    found = text(opened(document))
    assert f"Läsning på kinesiska {MARK * 2}" in found
    assert "och svenska 😀" in found
    assert NOTE in found


def test_what_is_unfit_for_a_text_is_left_out(document):
    document.text("a\x00b\x0b\udc00c \ufffe")
    assert "abc" in text(opened(document))


@pytest.mark.parametrize("typed", ["ord " * 25_000, "x" * 100_000])
def test_a_long_text(document, typed):
    document.table(["Kort", "Lång"], [["kort", typed]])
    found = text(opened(document))
    assert found.count(typed[0]) >= typed.count(typed[0])


def test_a_text_of_very_many_lines(document):
    document.text("rad\n" * 25_000)
    assert len(opened(document).pages) > 300


def test_the_typefaces_are_in_the_file(document):
    document.paragraph("Text 😀", "Etikett")
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for font in opened(document).pages[0]["/Resources"]["/Font"].values()
    }
    assert fonts == {"Inter-Regular", "Inter-SemiBold", "Inter-Bold", "NotoEmoji-Regular"}


def test_a_typeface_that_is_not_there_is_a_fault_and_no_other_typeface(document, tmp_path):
    program = (
        "from pathlib import Path; from tracker.reports import pdf; import json, sys\n"
        f"pdf.FONTS = Path({str(tmp_path)!r}); pdf.write(json.load(sys.stdin))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=documents.json.dumps(document.content).encode(),
        capture_output=True,
    )
    assert done.returncode != 0
    assert b"unknown font family: inter" in done.stderr
    assert FONTS.is_dir()


def test_the_plan_as_pdf(cast, as_):
    answer = as_(cast.sofia).get(f"{PLAN}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, PDF_TYPE)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=utvecklingsplan-savkullaskolan-2026-27.pdf"
    )
    assert "Ingen beslutad åtgärd än." in text(pypdf.PdfReader(io.BytesIO(answer.data)))


@pytest.mark.parametrize(
    "child",
    [
        "raise SystemExit('trasig')",
        "import threading; threading.Event().wait()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
@pytest.mark.parametrize(("kind", "ending"), [("PDF", "pdf"), ("WORD", "docx")])
def test_a_child_that_fails_or_hangs_is_said_in_swedish(
    cast, as_, monkeypatch, tmp_path, child, kind, ending
):
    program = tmp_path / "child.py"
    program.write_text(child)
    monkeypatch.setattr(documents, kind, program)
    make = getattr(documents, f"{kind.lower()}_file")
    monkeypatch.setattr(
        documents, f"{kind.lower()}_file", lambda document: make(document, time_limit=0.3)
    )
    browser = as_(cast.sofia)
    answer = browser.get(f"{PLAN}.{ending}")
    assert answer.status_code == 503
    assert "Filen kunde inte göras" in answer.text
    assert "Traceback" not in answer.text
    browser.page(PLAN)


def test_who_waits_too_long_for_the_turn_is_told(document):
    with documents._one_at_a_time, pytest.raises(DocumentFailed, match="wait too long"):
        pdf_file(document, time_limit=0.01)


def test_the_web_worker_never_loads_the_compiler():
    program = "import sys, wsgi; sys.exit('typst' in sys.modules)"
    environment = {"VARVET_ENV": "development", "SECRET_KEY": "x" * 40, "DATABASE_URL": "sqlite://"}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("person", ["nadia", "maria", "mats"])
def test_is_not_there_for_others(cast, as_, person):
    as_(getattr(cast, person)).page(f"{PLAN}.pdf", 404)


def test_a_column_is_as_wide_as_what_it_holds_and_a_figure_keeps_its_sign(document):
    """A name and a date stay on their line beside long texts, and 14 never stands apart from its %."""
    long = "Alla arbetslag planerar läsningen tillsammans varje vecka. " * 3
    document.table(
        ["Vad", "Vem", "Senast", "Vad blev det?"],
        [[long, "Karin Holm", "27 september 2026", long]],
        widths=AGREED_WIDTHS,
    )
    document.paragraph("Det blev 14 % av eleverna.")
    pages = [page.extract_text() for page in opened(document).pages]
    assert "27 september 2026" in pages[0]
    assert "arbets\N{SOFT HYPHEN}" not in pages[0]
    assert "14\N{NO-BREAK SPACE}%" in pages[0]
