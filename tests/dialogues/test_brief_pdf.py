"""Dialogunderlag as PDF: what the page says, in its order and words, and readable by everybody."""

import io
import re
from datetime import date

import lxml.html
import pypdf
import pytest

from tests.dialogues.scenes import a_measure, an_analysis, held, placed
from tests.dialogues.test_brief import assess
from tests.reports.test_pdf import MARKUP, text
from tracker.clock import now
from tracker.dialogues.brief import Brief
from tracker.dialogues.brief_analysis import in_short
from tracker.dialogues.brief_document import as_document
from tracker.dialogues.lists import People
from tracker.extensions import db
from tracker.models import (
    Agreement,
    AgreementState,
    DevelopmentArea,
    DialogueUnit,
    Judgement,
    QualityDialogue,
    Side,
)
from tracker.organisation.staffing import Staffing
from tracker.reports import documents
from tracker.reports.documents import PDF_TYPE


def url(dialogue):
    return f"/dialoger/{dialogue.id}/underlag"


def opened(browser, dialogue):
    answer = browser.get(f"{url(dialogue)}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, PDF_TYPE)
    return pypdf.PdfReader(io.BytesIO(answer.data))


def agreed_before(cast, unit, what="Erik ordnar ett besök", **fields):
    """Something that came out of Dialog 2 a year ago, when that was held."""
    dialogue = db.session.query(QualityDialogue).join(DialogueUnit).filter(
        DialogueUnit.unit_id == unit.id,
        QualityDialogue.school_year_id == cast.last_year.id,
        QualityDialogue.kind == "dialogue_2",
    ).one()  # fmt: skip
    placed(dialogue, cast, date(2026, 5, 12))
    values = {"responsible": "Erik Lund", "due_on": date(2026, 9, 1), "by_name": "Erik Lund"}
    row = Agreement(
        organizer_id=dialogue.organizer_id, dialogue=dialogue, what=what, **(values | fields)
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture(params=[1, 2])
def full(cast, request):
    """A dialogue with something of everything."""
    dialogue = placed(cast.dialogue(cast.savkulla, request.param), cast)
    dialogue.describe("Stadshuset", "Samira Nilsson\nElevhälsochefen", by=cast.erik)
    dialogue.choose_topic("Läsning", f"Hur håller vi i?\n\n- åk 3\n- {MARKUP}", None, by=cast.karin)
    dialogue.add_topic("Fritidshemmet", "Vi ser det i tre åtgärder", by=cast.erik)
    question = dialogue.ask(Side.ORGANIZER, "Hur tänker ni?\nOch när?", by=cast.erik)
    dialogue.answer_question(question, "Så här:\n\n- först\n- sedan", by=cast.karin)
    dialogue.ask(Side.PRINCIPAL, "Får vi besluta på plats?", by=cast.karin)
    an_analysis(cast, cast.savkulla).share(by=cast.karin)
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning i alla ämnen", "", "80 procent", by=cast.karin
    )
    assess(cast, a_measure(cast, "Lässtrategier", year=cast.last_year, baseline="69 %"), cast.year)
    assess(cast, a_measure(cast, "Läsvecka", year=cast.last_year), cast.last_year)
    a_measure(cast, "Två lärare", area_id=area.id, target="12 %", responsible="Lag 4–6")
    a_measure(cast, "Språkgrupper", year=cast.last_year, due=date(2026, 9, 1))
    a_measure(cast, "Överlämningen", units=[cast.savkulla, cast.lyktvret])
    agreed_before(
        cast, cast.savkulla, state=AgreementState.DONE, outcome="Det blev två besök.",
        settled_at=now(),
        settled_by_name="Erik Lund",
    )  # fmt: skip
    agreed_before(cast, cast.lyktvret, "Karin lägger målet i analysen", due_on=None)
    return dialogue


def as_words(value: str) -> str:
    return " ".join(value.split())


def leaves(content):
    """Every text of a document, in order: labels and texts apart."""
    for block in content["blocks"]:
        match block["kind"]:
            case "facts":
                for pair in block["pairs"]:
                    yield from pair
            case "list":
                yield from block["items"]
            case "table":
                yield from block["columns"]
                for row in block["rows"]:
                    for cell in row:
                        yield from cell.split("\n\n")
            case _:
                yield block.get("label", "").removesuffix(":")
                yield block["text"]


def test_the_file_says_what_the_page_says_and_in_the_same_order(cast, as_, full):
    page = as_(cast.erik).page(url(full))
    main = lxml.html.fromstring(page.replace("<", " <")).find(".//main")
    dialogue = db.session.get_one(QualityDialogue, full.id)
    people = People.of(dialogue, Staffing.load(dialogue.organizer_id))
    document = as_document(Brief.load(dialogue, people), "Exempelby kommun")
    on_page = "".join(main.text_content().split())
    for leaf in leaves(document.content):
        assert "".join(leaf.split()) in on_page, leaf
    headings = [as_words(row.text_content()) for row in main.iter("h2", "h3", "h4")]
    levels = [int(row.tag[1]) - 1 for row in main.iter("h2", "h3", "h4")]
    blocks = [block for block in document.content["blocks"] if block["kind"] == "heading"]
    assert [block["text"] for block in blocks] == headings
    assert [block["level"] for block in blocks] == levels
    # And the other way round: no word of the page is missing from the file, but what leads elsewhere.
    for row in [*main.iter("nav", "a"), *main.find_class("no-print"), *main.find_class("actions")]:
        row.drop_tree()
    in_file = " ".join([document.content["title"], full.unit_names, *leaves(document.content)])
    known = set(re.findall(r"\w+", in_file))
    assert set(re.findall(r"\w+", as_words(main.text_content()))) <= known | {"med"}


def test_everything_is_readable_in_order(cast, as_, full):
    found = text(opened(as_(cast.karin), full))
    places = [
        found.find(words)
        for words in (
            f"Dialogunderlag: Dialog {full.kind.number}",
            "Lyktvretens förskola och Sävkullaskolan",
            "tisdag 8 december 2026 kl. 13.00–14.30",
            "Sagt förra gången – vad blev det",
            "Erik ordnar ett besök",
            "Det blev två besök.",
            "Karin lägger målet i analysen",
            "Effekter att bedöma först",
            "Språkgrupper",
            "Områden i dialogen",
            "Hur håller vi i?",
            "#let x = 1 och #sys.inputs; $x^2$",
            "Frågor inför dialogen",
            "Erik Lund frågar rektor, 20 november 2026: Hur tänker ni?",
            "Svar från Karin Holm, 20 november 2026: Så här:",
            "Karin Holm frågar dialogansvarig",
            "Kvar att göra före dialogen",
            "Överlämningen",
            "Utkast är inte med. Så såg det ut 20 november 2026.",
        )
    ]
    assert -1 not in places
    assert places == sorted(places)


def test_title_language_and_tags(cast, as_, full):
    pdf = opened(as_(cast.karin), full)
    root = pdf.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("sv-SE", True)
    assert pdf.metadata.title == (
        f"Dialogunderlag: Dialog {full.kind.number}, Lyktvretens förskola och Sävkullaskolan"
    )


def test_the_name_of_the_file(cast, as_):
    one = as_(cast.erik).get(f"{url(cast.dialogue(cast.hassel))}.pdf")
    assert one.headers["Content-Disposition"] == (
        "attachment; filename=dialogunderlag-dialog-1-hasselbrinksskolan-2026-27.pdf"
    )
    several = as_(cast.erik).get(f"{url(cast.dialogue(cast.savkulla))}.pdf")
    assert "lyktvretens-forskola-med-flera" in several.headers["Content-Disposition"]


def test_an_empty_brief_is_a_file_too(cast, as_):
    found = text(opened(as_(cast.erik), cast.dialogue(cast.klockvret, 2)))
    assert "Ingen tid än" in found
    assert "Inget är antecknat från tidigare dialoger." in found
    assert "Det finns inga utvecklingsområden eller beslutade åtgärder än." in found


def test_a_draft_is_in_neither(cast, as_):
    an_analysis(cast, cast.savkulla)
    found = text(opened(as_(cast.karin), cast.dialogue(cast.savkulla)))
    assert "69 procent når kravnivån" not in found
    assert "Inte delad än." in found


def test_after_the_dialogue_nothing_is_left_to_do(cast, as_):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    assert "Kvar att göra" not in text(opened(as_(cast.karin), dialogue))


def test_a_very_long_text_and_signs_of_every_kind(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.choose_topic("Läsning 😀 你好", "ord " * 25_000, None, by=cast.karin)
    measure = a_measure(cast, "Två lärare", year=cast.last_year)
    assess(cast, measure, cast.year, outcome="x" * 5_000, judgement=Judgement.PARTLY)
    found = text(opened(as_(cast.karin), dialogue))
    assert "Läsning 😀 □□" in found
    assert found.count("ord") >= 25_000


def test_who_gets_it(cast, as_, monkeypatch):
    monkeypatch.setattr(documents, "pdf_file", lambda _document: b"")
    dialogue = cast.dialogue(cast.savkulla)
    for person in ("karin", "jonas", "erik", "lena", "samira"):
        assert as_(getattr(cast, person)).get(f"{url(dialogue)}.pdf").status_code == 200
    for person in ("ali", "maria", "sofia", "perolov", "tove", "mats"):
        as_(getattr(cast, person)).page(f"{url(dialogue)}.pdf", 404)
    assert as_(cast.karin).post(f"{url(dialogue)}.pdf").status_code == 405


def test_a_compiler_that_fails_is_said_in_swedish(cast, as_, monkeypatch, tmp_path):
    broken = tmp_path / "pdf.py"
    broken.write_text("raise RuntimeError('unknown font family: inter')")
    monkeypatch.setattr(documents, "PDF", broken)
    answer = as_(cast.karin).get(f"{url(cast.dialogue(cast.savkulla))}.pdf")
    assert answer.status_code == 503
    assert "Filen kunde inte göras" in answer.text


def test_statements(cast, as_, statements, full, monkeypatch):
    monkeypatch.setattr(documents, "pdf_file", lambda _document: b"")
    browser = as_(cast.erik)
    for page in (url(full), f"{url(full)}.pdf"):
        with statements() as sent:
            browser.get(page)
        assert len(sent) <= 15


@pytest.mark.parametrize(
    ("typed", "short"),
    [
        ("kort", "kort"),
        ("ett två tre", "ett två…"),
        ("ett två, tre", "ett två…"),
        ("x" * 20, "x" * 10 + "…"),
    ],
)
def test_in_short(typed, short):
    assert in_short(typed, 10) == short
