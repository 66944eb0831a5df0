"""Approved minnesanteckningar as Word and PDF: what both approved, for those who read the page."""

import io
from datetime import date

import docx
import pypdf
import pytest

from tests.dialogues.scenes import held
from tests.reports.test_pdf import text
from tracker.extensions import db
from tracker.models import AgreementState, Side


@pytest.fixture
def dialogue(cast):
    row = held(cast.dialogue(cast.savkulla), cast)
    row.write_note("other", "Vi börjar i åk fyra.\n\n- först\n- sedan", seen=0, by=cast.karin)
    row.agree("Erik ordnar ett besök", "Erik Lund", cast.erik.id, date(2026, 11, 27), by=cast.erik)
    row.hold(by=cast.erik)
    db.session.commit()
    return row


def approve(dialogue, cast):
    for side, by in ((Side.PRINCIPAL, cast.karin), (Side.ORGANIZER, cast.erik)):
        dialogue.approve({side}, seen=dialogue.digest(), by=by)
    [row] = dialogue.agreements
    row.settle(AgreementState.OPEN, "", by=cast.erik)
    row.postpone(date(2026, 12, 18), by=cast.erik)
    dialogue.remark("Besöket är i maj.", by=cast.karin)
    db.session.commit()


def url(dialogue, ending):
    return f"/dialoger/{dialogue.id}/minnesanteckningar.{ending}"


def read(browser, dialogue, ending):
    answer = browser.get(url(dialogue, ending))
    assert answer.status_code == 200
    name = f"minnesanteckningar-dialog-1-lyktvretens-forskola-med-flera-2026-27.{ending}"
    assert name in answer.headers["Content-Disposition"]
    if ending == "pdf":
        return text(pypdf.PdfReader(io.BytesIO(answer.data)))
    word = docx.Document(io.BytesIO(answer.data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(part.text for part in word.paragraphs), *cells]).split())


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_what_both_approved_with_the_day_that_was_agreed(cast, as_, dialogue, ending):
    approve(dialogue, cast)
    assert url(dialogue, ending) in as_(cast.lena).page(
        f"/dialoger/{dialogue.id}/minnesanteckningar"
    )
    said = read(as_(cast.lena), dialogue, ending)
    for words in (
        "Minnesanteckningar: Dialog 1", "Lyktvretens förskola och Sävkullaskolan",
        "tisdag 6 oktober 2026 kl. 13.00–14.30",
        "Leder enheterna: Karin Holm", "Dialogansvarig: Erik Lund",
        "Godkända av rektor: Karin Holm, fredag 20 november 2026 kl. 09.00",
        "Godkända av dialogansvarig: Erik Lund", "Övrigt", "Vi börjar i åk fyra.", "sedan",
        "Det här kom vi överens om", "Erik ordnar ett besök", "Erik Lund", "27 november 2026",
        "Anmärkningar", "Besöket är i maj.",
    ):  # fmt: skip
        assert words in said, words
    assert "18 december" not in said
    assert "Skriv inget om enskilda" not in said


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_only_when_approved_and_for_those_who_read_the_page(cast, as_, dialogue, ending):
    page = f"/dialoger/{dialogue.id}/minnesanteckningar"
    for person in (cast.karin, cast.erik, cast.lena):
        as_(person).page(url(dialogue, ending), 404)
        assert "Hämta som" not in as_(person).page(page)
    approve(dialogue, cast)
    for person in ("ali", "maria", "sofia", "perolov", "tove", "mats"):
        as_(getattr(cast, person)).page(url(dialogue, ending), 404)
