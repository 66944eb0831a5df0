"""Documents to take out of Varvet, in a neutral form, and the way from there to a Word or PDF file.

A page builds a `Document` from top to bottom and answers with `word_answer(document, "fil.docx")` or
`pdf_answer(document, "fil.pdf")`:

    document = Document("Nulägesanalys 2026/27", subtitle="Sävkullaskolan", owner="Exempelby kommun")
    document.notice("Utkast. Inte fastställd.")        # a framed line under the title
    document.facts([("Fastställd", "3 oktober 2026")])
    document.heading("Resultatbild")                    # level 1; 2 and 3 below it, no level skipped
    document.text(analysis.results)                     # what a person typed: paragraphs and "- " lists
    document.table(["Åtgärd", "Förväntad effekt"], [["…", "…"]], caption="Beslutade åtgärder")

What it builds is plain JSON (`Document.content`), which every writer reads:

    {"title": str, "subtitle": str, "owner": str, "created": ISO moment, "date": as people write it,
     "blocks": [block, …]}

    block: {"kind": "notice",    "text": str}
           {"kind": "facts",     "pairs": [[label, value], …]}
           {"kind": "heading",   "level": 1 | 2 | 3, "text": str}
           {"kind": "paragraph", "text": str, "label": str}      text may hold line breaks; label, when
                                                                  there is one, leads it in bold
           {"kind": "list",      "items": [str, …]}
           {"kind": "table",     "columns": [str, …], "rows": [[str, …], …], "caption": str,
            "widths": [int, …]}                                   parts of the whole; empty: all alike

The file is made in a child process (tracker/reports/word.py, pdf.py): what makes it would stay in the memory
of the web worker otherwise.
"""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from flask import Response

from tracker.clock import now, today
from tracker.web.swedish import date_medium

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"
TIME_LIMIT = 30
"""Seconds. A long analysis takes half a second; what takes longer than this is stuck."""

WORD = Path(__file__).with_name("word.py")
PDF = Path(__file__).with_name("pdf.py")

_one_at_a_time = threading.Lock()
"""Of each web process, so that many who ask at once do not fill the memory."""

# What XML 1.0 cannot hold: one of them, pasted out of some other program, would stop the whole file.
_UNFIT = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BULLETS = ("- ", "* ", "• ")


class DocumentFailed(Exception):
    """The file could not be made; the message says why, for the log."""


class Document:
    """A document under construction; see the module for its form."""

    def __init__(self, title: str, *, subtitle: str = "", owner: str = "") -> None:
        self._blocks: list[dict[str, Any]] = []
        self._depth = 0
        self.content: dict[str, Any] = {
            "title": title,
            "subtitle": subtitle,
            "owner": owner,
            "created": now().isoformat(),
            "date": date_medium(today()),
            "blocks": self._blocks,
        }

    def notice(self, text: str) -> None:
        self._add("notice", text=text)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Short facts, label and value; those without a value are left out."""
        if kept := [[label, value] for label, value in pairs if value]:
            self._add("facts", pairs=kept)

    def heading(self, text: str, level: int = 1) -> None:
        """Raises ValueError when a level is skipped: whoever listens to the document gets lost."""
        if not 1 <= level <= min(self._depth + 1, 3):
            raise ValueError(f"a heading of level {level} cannot follow one of level {self._depth}")
        self._depth = level
        self._add("heading", level=level, text=text)

    def paragraph(self, text: str, label: str = "") -> None:
        self._add("paragraph", text=text, label=label)

    def bullets(self, items: Sequence[str]) -> None:
        self._add("list", items=list(items))

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        caption: str = "",
        widths: Sequence[int] = (),
    ) -> None:
        """`widths`: how much of the whole each column gets, where some hold names or dates alone."""
        self._add(
            "table",
            columns=list(columns),
            rows=[list(row) for row in rows],
            caption=caption,
            widths=list(widths),
        )

    def text(self, typed: str, label: str = "", empty: str = "") -> None:
        """What a person typed, read as on the page: an empty line parts paragraphs, lines that
        begin with a dash are a list. `label` leads the first paragraph; `empty` is what to say
        when nothing was typed (nothing at all when that is empty too)."""
        parts = list(_parts(typed)) or ([empty] if empty else [])
        for part in parts:
            if isinstance(part, str):
                self.paragraph(part, label)
            else:
                if label:
                    self.paragraph("", label)
                self.bullets(part)
            label = ""

    def _add(self, kind: str, **block: Any) -> None:
        self._blocks.append({"kind": kind, **block})


def _parts(typed: str) -> Iterable[str | list[str]]:
    """Paragraphs (str, with their line breaks) and lists, in order."""
    for block in typed.replace("\r\n", "\n").split("\n\n"):
        lines: list[str] = []
        items: list[str] = []
        for line in filter(None, map(str.strip, block.split("\n"))):
            if line.startswith(_BULLETS):
                if lines:
                    yield "\n".join(lines)
                    lines = []
                items.append(line[2:].strip())
            else:
                if items:
                    yield items
                    items = []
                lines.append(line)
        if lines:
            yield "\n".join(lines)
        if items:
            yield items


def word_file(document: Document, *, time_limit: float = TIME_LIMIT) -> bytes:
    """The document as .docx. Raises DocumentFailed when the child fails or takes too long."""
    return _made_by(WORD, document, time_limit)


def pdf_file(document: Document, *, time_limit: float = TIME_LIMIT) -> bytes:
    """The document as PDF/UA-1. Raises DocumentFailed when the child fails or takes too long."""
    return _made_by(PDF, document, time_limit)


def _made_by(child: Path, document: Document, time_limit: float) -> bytes:
    what = f"the file that {child.name} makes"
    if not _one_at_a_time.acquire(timeout=time_limit):
        raise DocumentFailed(f"{what} had to wait too long for its turn")
    try:
        # -I and an empty environment: the child needs neither our settings nor our secrets.
        done = subprocess.run(
            [sys.executable, "-I", str(child)],
            input=json.dumps(_fit(document.content)).encode(),
            capture_output=True,
            timeout=time_limit,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise DocumentFailed(f"{what} was not ready in {time_limit} s") from late
    finally:
        _one_at_a_time.release()
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason"]
        raise DocumentFailed(f"{what} could not be made: {reason[0]}")
    return done.stdout


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return _UNFIT.sub("", value)
    if isinstance(value, list):
        return [_fit(item) for item in value]
    if isinstance(value, dict):
        return {key: _fit(item) for key, item in value.items()}
    return value


def word_answer(document: Document, filename: str) -> Response:
    """The document as a Word file to save, under a name of plain letters."""
    return _attached(word_file(document), WORD_TYPE, filename)


def pdf_answer(document: Document, filename: str) -> Response:
    """The document as a PDF file to save, under a name of plain letters."""
    return _attached(pdf_file(document), PDF_TYPE, filename)


def _attached(file: bytes, mimetype: str, filename: str) -> Response:
    answer = Response(file, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer
