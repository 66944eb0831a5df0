"""Writes a Word file: a document as JSON on stdin (its form: tracker/reports/documents.py), .docx on
stdout. Runs as a program of its own and imports nothing of Varvet, so that it starts in a tenth of a
second and takes its memory with it when it ends.
"""

import io
import json
import resource
import sys
from datetime import datetime
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

MEMORY_LIMIT = 512 * 1024 * 1024
SECONDS_OF_CPU = 30
FONT = "Calibri"
LANGUAGE = "sv-SE"
WIDTH = 16
"""Centimetres between the margins."""


def write(content: dict[str, Any]) -> bytes:
    """The document as the bytes of a .docx file."""
    word = docx.Document()
    _set_up(word, content)
    word.add_paragraph(content["title"], style="Title")
    if content["subtitle"]:
        word.add_paragraph(content["subtitle"], style="Subtitle")
    for block in content["blocks"]:
        _WRITERS[block["kind"]](word, block)
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _set_up(word: WordDocument, content: dict[str, Any]) -> None:
    about = word.core_properties
    about.title, about.subject = content["title"], content["subtitle"]
    about.author = about.last_modified_by = content["owner"]
    about.language, about.comments = LANGUAGE, ""
    about.created = about.modified = datetime.fromisoformat(content["created"])
    word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}").set(qn("w:val"), LANGUAGE)
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    page.top_margin = page.bottom_margin = Cm(2.2)
    for name, size in (
        ("Normal", 11), ("Title", 22), ("Subtitle", 14),
        ("Heading 1", 15), ("Heading 2", 12.5), ("Heading 3", 11), ("Caption", 10),
    ):  # fmt: skip
        _plain(word.styles[name], size)
    word.styles["Normal"].paragraph_format.space_after = Pt(6)
    word.styles["Heading 1"].paragraph_format.space_before = Pt(18)
    word.styles["Heading 2"].paragraph_format.space_before = Pt(12)
    for style in word.styles:
        if style.type is WD_STYLE_TYPE.PARAGRAPH and style.name.startswith("Heading"):
            style.paragraph_format.keep_with_next = True
    foot = page.footer.paragraphs[0]
    foot.add_run(" – ".join(filter(None, [content["title"], content["subtitle"]])) + " – sida ")
    _page_number(foot)
    foot.style.font.size = Pt(9)


def _plain(style: Any, size: float) -> None:
    """One typeface in black: the template's blue headings in the theme's fonts look like an office
    of 2007."""
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _notice(word: WordDocument, block: dict[str, Any]) -> None:
    paragraph = word.add_paragraph()
    paragraph.add_run(block["text"]).bold = True
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", "7F7F7F")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    paragraph._p.get_or_add_pPr().append(borders)


def _facts(word: WordDocument, block: dict[str, Any]) -> None:
    for label, value in block["pairs"]:
        paragraph = word.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(value)
    paragraph.paragraph_format.space_after = Pt(6)


def _heading(word: WordDocument, block: dict[str, Any]) -> None:
    word.add_heading(_one_line(block["text"]), block["level"])


def _paragraph(word: WordDocument, block: dict[str, Any]) -> None:
    paragraph = word.add_paragraph()
    if block["label"]:
        paragraph.add_run(block["label"] + (" " if block["text"] else "")).bold = True
    paragraph.add_run(block["text"])
    if not block["text"]:
        paragraph.paragraph_format.keep_with_next = True


def _list(word: WordDocument, block: dict[str, Any]) -> None:
    style = word.styles["List Bullet"]  # looked up once: it is a search through all styles
    for item in block["items"]:
        word.add_paragraph(item, style=style)


def _table(word: WordDocument, block: dict[str, Any]) -> None:
    if block["caption"]:
        caption = word.add_paragraph(block["caption"], style="Caption")
        caption.paragraph_format.keep_with_next = True
    rows = block["rows"]
    table = word.add_table(rows=1 + len(rows), cols=len(block["columns"]), style="Table Grid")
    for column, part in zip(table.columns, block.get("widths", ()), strict=False):
        width = int(Cm(WIDTH) * part / sum(block["widths"]))
        for cell in column.cells:  # Word goes by the cells, others by the column
            cell.width = width
        column.width = width
    for cell, text in zip(table.rows[0].cells, block["columns"], strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    # Word repeats a header row on every sheet, and reads it out for each cell, when it is told so.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row, texts in zip(table.rows[1:], rows, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    word.add_paragraph()


def _one_line(text: str) -> str:
    return " ".join(text.split())


_WRITERS = {
    "notice": _notice,
    "facts": _facts,
    "heading": _heading,
    "paragraph": _paragraph,
    "list": _list,
    "table": _table,
}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, SECONDS_OF_CPU))
    sys.stdout.buffer.write(write(json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
