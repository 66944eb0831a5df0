"""Two adopted versions of an analysis beside each other: what reads otherwise, under each heading."""

from dataclasses import dataclass
from typing import Any

from tracker.analyses.document import as_document
from tracker.analyses.reading import Reading
from tracker.models import AdoptedAnalysis, SituationAnalysis
from tracker.web.differences import Patience, Piece, changes, pieces


@dataclass(frozen=True, slots=True)
class Line:
    """A heading below the section's own ("2", "3"), a paragraph ("p") or an item of a list ("li"), with the
    words that lead it in bold."""

    kind: str
    label: str
    pieces: list[Piece]

    @property
    def is_changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)

    @property
    def label_pieces(self) -> list[Piece]:
        """The label comes and goes with all of its line."""
        kinds = {piece.kind for piece in self.pieces}
        return [Piece(kinds.pop() if len(kinds) == 1 else "same", self.label)]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: list[Line]

    @property
    def is_changed(self) -> bool:
        return any(line.is_changed for line in self.lines)


Plain = tuple[str, str, str]
"""Kind, label, text."""


def compare(
    analysis: SituationAnalysis, before: AdoptedAnalysis, after: AdoptedAnalysis
) -> list[Section]:
    """The sections of the two, as their documents have them, in the order of the later one."""
    old, new = _sections(analysis, before), _sections(analysis, after)
    patience = Patience()
    headings = [*new, *(heading for heading in old if heading not in new)]
    return [
        Section(heading, _lines(old.get(heading, []), new.get(heading, []), patience))
        for heading in headings
    ]


def _sections(analysis: SituationAnalysis, version: AdoptedAnalysis) -> dict[str, list[Plain]]:
    """What stands under each heading of the first level."""
    found: dict[str, list[Plain]] = {}
    lines: list[Plain] = []  # who adopted it and when: not of the text
    for block in as_document(analysis, Reading(version.content, version), "").content["blocks"]:
        if block["kind"] == "heading" and block["level"] == 1:
            lines = found.setdefault(block["text"], [])
        else:
            lines += _plain(block)
    return found


def _plain(block: dict[str, Any]) -> list[Plain]:
    match block["kind"]:
        case "heading":
            return [(str(block["level"]), "", block["text"])]
        case "paragraph":
            return [("p", block.get("label", ""), block["text"])]
        case "list":
            return [("li", "", item) for item in block["items"]]
    return []


def _lines(old: list[Plain], new: list[Plain], patience: Patience) -> list[Line]:
    found: list[Line] = []
    for gone, come in changes(old, new, patience):
        if gone == come:
            found += [_line(plain, "same") for plain in come]
            continue
        for before, after in _paired(list(gone), list(come)):
            if before and after:
                kind, label, text = after
                found.append(Line(kind, label, pieces(before[2], text, patience)))
            elif before:
                found.append(_line(before, "gone"))
            elif after:
                found.append(_line(after, "new"))
    return found


def _paired(old: list[Plain], new: list[Plain]) -> list[tuple[Plain | None, Plain | None]]:
    """Lines that took each other's place: those of the same kind and label, in their order."""
    found: list[tuple[Plain | None, Plain | None]] = []
    for kind, label, text in new:
        place = next((n for n, row in enumerate(old) if row[:2] == (kind, label)), None)
        if place is None:
            found.append((None, (kind, label, text)))
            continue
        found += [(row, None) for row in old[:place]]
        found.append((old[place], (kind, label, text)))
        old = old[place + 1 :]
    return found + [(row, None) for row in old]


def _line(plain: Plain, kind: str) -> Line:
    return Line(plain[0], plain[1], [Piece(kind, plain[2])])
