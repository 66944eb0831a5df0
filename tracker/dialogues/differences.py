"""What has changed in the notes since somebody approved them, word by word."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.web.differences import Patience, Piece, pieces
from tracker.web.swedish import date_medium


@dataclass(frozen=True, slots=True)
class Difference:
    """What reads otherwise under a heading."""

    heading: str
    pieces: list[Piece]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Between two contents as `IsHeld.content` gives them; what reads the same is left out."""
    old, new, patience = _texts(before), _texts(after), Patience()
    headings = dict.fromkeys([*new, *old])
    return [
        Difference(heading, pieces(old.get(heading, ""), new.get(heading, ""), patience))
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
