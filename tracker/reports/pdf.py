"""Writes a PDF file: a document as JSON on stdin (its form: tracker/reports/documents.py), PDF/UA-1 on stdout.

Runs as a program of its own and imports nothing of Varvet: a first compile takes 200 MB, which a web
worker would keep. The compiler itself refuses what PDF/UA-1 forbids, such as a skipped heading or
a sign that no font can show; the second is replaced here, so that one odd sign stops nobody's file.
"""

import json
import os
import re
import resource
import sys
import unicodedata
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

os.environ["RAYON_NUM_THREADS"] = "1"  # read by the compiler when it is imported

import typst

MEMORY_LIMIT = 1024 * 1024 * 1024
SECONDS_OF_CPU = 30
FORM = Path(__file__).with_name("document.typ")
FONTS = Path(__file__).resolve().parents[1] / "static" / "vendor" / "documents"

MARK = "□"
"""Stands for a sign that no font here has."""
NOTE = f"{MARK} står för tecken som inte går att visa i en PDF. De finns kvar i Varvet."
WRITTEN_WITH_FEW = ("LATIN", "GREEK", "CYRILLIC")
"""Writing systems that the fonts know but for single letters."""
TRIES = 12

_PER_CENT = re.compile(r"(?<=\d) (?=%)")
_LONG_WORD = re.compile(r"\S{40,}")
_PART_OF_WORD = re.compile(r"\S{1,20}")
_LACKING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_BEYOND_LATIN = re.compile("[^\n -~\u00a0-\u017f\u2010-\u2044]")


def write(content: dict[str, Any]) -> bytes:
    """The document as the bytes of a PDF file."""
    at = datetime.fromisoformat(content["created"])
    content["at"] = {"year": at.year, "month": at.month, "day": at.day}
    content = _each_text(content, lambda text: _breakable(_PER_CENT.sub("\u00a0", text)))
    lacking: set[str] = set()
    for attempt in range(TRIES):
        try:
            return _compiled(content)
        except typst.TypstError as refusal:
            found = "".join(_LACKING.findall(str(refusal)))
            if not found:
                raise
            lacking |= {_kin(sign) for sign in _ESCAPED.sub(_unescaped, found)}
            if not attempt:
                content["blocks"].append({"kind": "paragraph", "text": NOTE, "label": ""})
            content = _each_text(content, partial(_without, lacking=lacking))
    return _compiled(_each_text(content, lambda text: _BEYOND_LATIN.sub(MARK, text)))


def _compiled(content: dict[str, Any]) -> bytes:
    file, warnings = typst.compile_with_warnings(
        FORM,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(content)},
        pdf_standards=["ua-1"],
    )
    if warnings:  # such as a font that is not there: the file would be another than the one tested
        raise RuntimeError("; ".join(warning.message for warning in warnings))
    return bytes(file)


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value


def _breakable(text: str) -> str:
    """Words longer than a column, such as addresses, may be broken after every twentieth sign."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(_PART_OF_WORD.findall(word[0])), text)


def _kin(sign: str) -> str:
    """What goes with a sign that cannot be shown: its whole writing system, or itself alone."""
    system = unicodedata.name(sign, "").partition(" ")[0]
    is_letter = unicodedata.category(sign)[0] in "LM"
    return system if is_letter and system not in WRITTEN_WITH_FEW else sign


def _without(text: str, lacking: set[str]) -> str:
    if text.isascii():
        return text
    return "".join(MARK if ord(sign) > 127 and _kin(sign) in lacking else sign for sign in text)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, SECONDS_OF_CPU))
    sys.stdout.buffer.write(write(json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
