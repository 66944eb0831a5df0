"""What reads otherwise in one text than in another, word by word.

The work is bounded: texts that have next to nothing in common are shown as one taken away and one put in
its place, which is what they are, and takes no time to find out.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
SENTENCES = re.compile(r"\s+|[^\s.!?][^.!?\n]*[.!?]*|[.!?]+")

MOST_DIFFERENT = 1_000
"""Sentences or words that two texts may have apart from each other and still be laid side by side."""
MOST_STEPS = 2_000_000
"""Of comparing, about half a second: for texts that repeat themselves so that everything fits everywhere."""

RELATED = 5
"""A changed text is read word by word when at least one part in so many of it has stayed."""

Token = TypeVar("Token", bound=Hashable)
Run = tuple[int, int, int]
"""What is the same: where it begins in the one, where in the other, and how long it is."""


@dataclass
class Patience:
    """What is left of the steps that comparing may take, in one text or in all those of a page."""

    steps: int = MOST_STEPS


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: "same", "gone" or "new"."""

    kind: str
    text: str


def pieces(before: str, after: str, patience: Patience | None = None) -> list[Piece]:
    """The two texts as one: sentences first, and words within those that have changed."""
    patience = patience or Patience()
    found: list[Piece] = []
    for old, new in changes(SENTENCES.findall(before), SENTENCES.findall(after), patience):
        if old == new:
            found.append(Piece("same", "".join(old)))
        else:
            found.extend(_words("".join(old), "".join(new), patience))
    return _joined(found)


def _words(before: str, after: str, patience: Patience) -> Iterator[Piece]:
    """Of texts that share a word here and there by chance only, the one is gone and the other new."""
    found = list(changes(WORDS.findall(before), WORDS.findall(after), patience))
    shared = sum(len(word) for old, new in found if old == new for word in old if word[0].isalnum())
    if shared * RELATED < max(len(before), len(after)):
        found = [([before] if before else [], [after] if after else [])]
    for old, new in found:
        if old == new:
            yield Piece("same", "".join(old))
            continue
        if old:
            yield Piece("gone", "".join(old))
        if new:
            yield Piece("new", "".join(new))


def _joined(found: list[Piece]) -> list[Piece]:
    """Runs of one kind in one piece, what is gone before what is new; a space alone between two changes
    belongs to both."""
    result: list[Piece] = []
    gone = new = ""
    for number, piece in enumerate(found):
        between = piece.kind == "same" and not piece.text.strip(" ") and (gone or new)
        follows = found[number + 1].kind if number + 1 < len(found) else "same"
        if between and follows != "same":
            gone, new = gone + piece.text, new + piece.text
        elif piece.kind == "gone":
            gone += piece.text
        elif piece.kind == "new":
            new += piece.text
        else:
            result += _pair(gone, new)
            gone = new = ""
            if result and result[-1].kind == "same":
                piece = Piece("same", result.pop().text + piece.text)
            result.append(piece)
    return result + _pair(gone, new)


def _pair(gone: str, new: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in (("gone", gone), ("new", new)) if text]


def changes(
    old: Sequence[Token], new: Sequence[Token], patience: Patience | None = None
) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """The two in pairs of stretches, in order: the same in both, or what is in the one only and in the
    other only."""
    i = j = 0
    for at, there, length in [*_same(old, new, patience or Patience()), (len(old), len(new), 0)]:
        if at > i or there > j:
            yield old[i:at], new[j:there]
        i, j = at + length, there + length
        if length:
            yield old[at:i], new[there:j]


def _same(old: Sequence[Token], new: Sequence[Token], patience: Patience) -> list[Run]:
    """What the two have in common, with as little as possible left over."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    shorter -= start
    end = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    middle = _shortest_way(old[start : len(old) - end], new[start : len(new) - end], patience)
    runs = [(0, 0, start), *((a + start, b + start, n) for a, b, n in middle)]
    return [run for run in [*runs, (len(old) - end, len(new) - end, end)] if run[2]]


def _shortest_way(old: Sequence[Token], new: Sequence[Token], patience: Patience) -> list[Run]:
    """Myers (1986): the fewest tokens that have to go and to come. Nothing, when they are more than
    MOST_DIFFERENT or patience runs out while they are looked for."""
    if not old or not new:
        return []
    furthest = {1: 0}
    ways: list[dict[int, int]] = []
    for apart in range(min(len(old) + len(new), MOST_DIFFERENT) + 1):
        ways.append({k: furthest[k] for k in range(-apart - 1, apart + 2) if k in furthest})
        for k in range(-apart, apart + 1, 2):
            down = k == -apart or (k != apart and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            y = x - k
            begun = x
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            patience.steps -= x - begun + 1
            furthest[k] = x
            if x >= len(old) and y >= len(new):
                return _walked(ways, len(old), len(new))
        if patience.steps < 0:
            return []
    return []


def _walked(ways: list[dict[int, int]], x: int, y: int) -> list[Run]:
    """The stretches in common, along the way that led here."""
    runs: list[Run] = []
    for apart in range(len(ways) - 1, -1, -1):
        furthest, k = ways[apart], x - y
        down = k == -apart or (k != apart and furthest[k - 1] < furthest[k + 1])
        from_k = k + 1 if down else k - 1
        from_x = furthest[from_k]
        begins = from_x if down else from_x + 1
        if apart == 0:
            begins = 0
        if x > begins:
            runs.append((begins, begins - k, x - begins))
        x, y = from_x, from_x - from_k
    return runs[::-1]
