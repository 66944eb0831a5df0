"""What has changed in the notes since somebody approved them, word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.web.swedish import date_medium

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What reads otherwise under a heading."""

    heading: str
    pieces: list[Piece]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Between two contents as `IsHeld.content` gives them; what reads the same is left out."""
    old, new = _texts(before), _texts(after)
    headings = dict.fromkeys([*new, *old])
    return [
        Difference(heading, list(_pieces(old.get(heading, ""), new.get(heading, ""))))
        for heading in headings
        if old.get(heading, "") != new.get(heading, "")
    ]


def _texts(content: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in content["notes"]:
        same = found.get(row["heading"])
        found[row["heading"]] = "\n".join(filter(None, [same, row["text"]]))
    agreed = [
        ", ".join(filter(None, [row["what"], row["who"], _day(row["when"])]))
        for row in content["agreements"]
    ]
    if agreed:
        found["Det här kom vi överens om"] = "\n".join(agreed)
    return found


def _day(iso: str) -> str:
    return date_medium(date.fromisoformat(iso)) if iso else ""


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = WORDS.findall(before), WORDS.findall(after)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("gone", "".join(old[a:b]))
        if d > c:
            yield Piece("new", "".join(new[c:d]))
