"""From texts to what is looked for: Swedish words, their stems, and where in a text they stand.

The stemming is that of Snowball for Swedish, done here and not by a database, so that SQLite and
PostgreSQL find the same.
"""

import re
import threading
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from snowballstemmer import SwedishStemmer

LONGEST_WORD = 40
MOST_WORDS = 10
"""More words than these in a question are left out: each must be found, so they only take away."""
SHORTEST_BEGINNING = 4
"""Stems of this length also find the words that begin with them: "rast" finds "rastvärdar". Swedish
puts words together, and a definite form may have a stem of its own ("frånvaro", "frånvaron")."""

_WORD = re.compile(r"[^\W_]+")
_SMALL_WORDS = frozenset({
    "att", "av", "de", "den", "det", "dem", "du", "där", "då", "en", "ett", "för", "från", "ha",
    "har", "hos", "hur", "i", "inte", "jag", "kan", "med", "men", "mot", "ni", "när", "och",
    "om", "på", "sig", "sin", "som", "så", "till", "under", "ut", "vad", "var", "vi", "vid",
    "än", "är", "år", "åt", "över",
})  # fmt: skip
"""Words that nearly every text has: not asked for when there are others."""

_local = threading.local()


def _stemmer() -> "SwedishStemmer":
    """One for each thread: it keeps the word it works on in itself. Loaded when it is needed: it comes with
    thirty other languages, and the scheduler looks for nothing."""
    if not hasattr(_local, "stemmer"):
        from snowballstemmer import SwedishStemmer

        _local.stemmer = SwedishStemmer()
    return _local.stemmer


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word in lower case; of its first characters only when it is longer than any word."""
    return _stemmer().stemWord(word[:LONGEST_WORD])


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def stems(text: str) -> list[str]:
    """The stems of a text, each once, in the order in which they come."""
    return list(dict.fromkeys(map(stem, _words(text))))


def asked(text: str) -> list[str]:
    """The stems that a question asks for: at most MOST_WORDS, small words left out when there are
    others. Signs and operators are no words: nothing in a question is a command."""
    words = _words(text)
    weighty = [word for word in words if word not in _SMALL_WORDS] or words
    return list(dict.fromkeys(map(stem, weighty)))[:MOST_WORDS]


def begins(wanted: str) -> bool:
    """Whether the stem also finds words that begin with it."""
    return len(wanted) >= SHORTEST_BEGINNING


def _hits(word: str, wanted: Iterable[str]) -> bool:
    found = stem(word)
    return any(found == each or (begins(each) and found.startswith(each)) for each in wanted)


def has_hit(text: str, wanted: Collection[str]) -> bool:
    """Whether any of the stems is found in the text."""
    return any(_hits(word, wanted) for word in _words(text)) if wanted else False


def marked(text: str, wanted: Collection[str]) -> Markup:
    """The text, escaped, with the words that were found in <mark>."""
    parts, end = [], 0
    for match in _WORD.finditer(text) if wanted else ():
        word = unicodedata.normalize("NFKC", match.group()).casefold()
        if _hits(word, wanted):
            parts += [escape(text[end : match.start()]), Markup("<mark>"), escape(match.group())]
            parts.append(Markup("</mark>"))
            end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def around(text: str, wanted: Collection[str], length: int = 260) -> str:
    """At most about `length` characters of the text in one line, from shortly before the first word
    that was found; whole words, with … where something is left out."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    first = next(
        (
            match.start()
            for match in (_WORD.finditer(flat) if wanted else ())
            if _hits(unicodedata.normalize("NFKC", match.group()).casefold(), wanted)
        ),
        0,
    )
    start = max(0, min(first - length // 3, len(flat) - length))
    if start:
        start = flat.find(" ", start, start + LONGEST_WORD) + 1 or start
    cut = flat[start : start + length]
    if start + length < len(flat):
        cut = cut.rpartition(" ")[0] or cut
        cut = f"{cut}…"
    return f"…{cut}" if start else cut
