"""How Swedish is sorted, put in an address, and written out: dates, distances in time, counts, lists.

Words and patterns follow Svenska skrivregler (Språkrådet). A datetime is shown in Stockholm time; every
function that takes a date takes an aware datetime too, so that an evening in UTC never shows the
wrong day.
"""

import re
import unicodedata
from collections.abc import Container, Sequence
from datetime import date, datetime

from tracker import clock

WEEKDAYS = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
SHORT_MONTHS = [
    "jan",
    "feb",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "aug",
    "sept",
    "okt",
    "nov",
    "dec",
]
NUMBER_WORDS = [
    "inga",
    "en",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
]

SORT_KEY_LENGTH = 200
SLUG_LENGTH = 60

# Letters that Unicode does not decompose into one of a–z and an accent.
_OTHER_LETTERS = {"ð": "d", "đ": "d", "ł": "l", "þ": "th", "ı": "i"}
_FOR_SORTING = str.maketrans({"æ": "ä", "ø": "ö", "œ": "ö", "ü": "y", "ű": "y", **_OTHER_LETTERS})
_FOR_ADDRESSES = str.maketrans({"æ": "ae", "ø": "o", "œ": "oe", **_OTHER_LETTERS})


def sort_key(text: str) -> str:
    """A key to store beside a name: ordering by it gives Swedish order in every database.

    Only ``0-9`` and ``a-z`` are used, so that SQLite's bytes, PostgreSQL's C locale and any language's
    collation agree. Case and accents fold (é as e, ü as y); å ä ö follow z and w follows v;
    numbers count as numbers ("Skola 2" before "Skola 10"); everything else is one space between words,
    and a shorter name comes first. At most `SORT_KEY_LENGTH` characters. Names that differ only in
    what is folded share a key: order by the id as well where that matters.
    """
    letters = "".join(
        letter if letter in "åäö" else _without_accents(letter)
        for letter in _composed(text[:SORT_KEY_LENGTH]).translate(_FOR_SORTING)
    )
    words = re.sub(r"[\W_]+", " ", letters).strip()
    return re.sub(r"[0-9]{1,99}|.", _sortable, words)[:SORT_KEY_LENGTH]


def _sortable(match: re.Match[str]) -> str:
    token = match.group()
    if token == " ":
        return "0"
    if token.isdecimal() and token.isascii():
        # The 1 tells a number from a space; its length comes first, since the longer number is the larger.
        digits = token.lstrip("0") or "0"
        return f"1{len(digits):02d}{digits}"
    if token.isascii() and token != "z":
        return token
    # z is "za" so that there is room after it; other alphabets come last, by code point.
    return {"z": "za", "å": "zb", "ä": "zc", "ö": "zd"}.get(token) or f"zz{ord(token):05x}"


def slugify(name: str, reserved: Container[str] = frozenset()) -> str:
    """A name as a part of an address: 1–60 of ``a-z0-9-``, without å ä ö (contract: stable Swedish words).

    A name without any such letter becomes "enhet". A word in `reserved` (the application's own addresses,
    or those already taken) gets the first free number after it: "ny-2".
    """
    letters = _without_accents(_composed(name[:1000]).translate(_FOR_ADDRESSES))
    slug = _cut(re.sub(r"[^a-z0-9]+", "-", letters).strip("-"), SLUG_LENGTH) or "enhet"
    candidate, number = slug, 1
    while candidate in reserved:
        number += 1
        candidate = f"{_cut(slug, SLUG_LENGTH - len(str(number)) - 1)}-{number}"
    return candidate


def _composed(text: str) -> str:
    """Lower case, one character for each letter, and compatibility forms (ﬁ, ２) as what they stand for."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _cut(slug: str, length: int) -> str:
    """Whole words as far as they fill more than half of the room; a longer word is cut."""
    if len(slug) <= length:
        return slug
    whole, _, _ = slug[: length + 1].rpartition("-")
    return whole if len(whole) > length // 2 else slug[:length].rstrip("-")


def date_long(day: date) -> str:
    """``tisdag 6 oktober 2026``"""
    day = _stockholm_day(day)
    return f"{WEEKDAYS[day.weekday()]} {date_medium(day)}"


def date_medium(day: date) -> str:
    """``6 oktober 2026``"""
    day = _stockholm_day(day)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def date_short(day: date) -> str:
    """``6 okt 2026``, for tables"""
    day = _stockholm_day(day)
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year}"


def time_short(moment: datetime) -> str:
    """``13.00`` in Stockholm: Swedish writes a full stop. Raises ValueError for a naive datetime."""
    return f"{clock.local(moment):%H.%M}"


def moment_short(moment: datetime) -> str:
    """``6 okt 2026 13.00``, for tables"""
    return f"{date_short(moment)} {time_short(moment)}"


def datetime_full(moment: datetime) -> str:
    """``tisdag 6 oktober 2026 kl. 13.00``: where the year may be another than one thinks."""
    return f"{date_long(moment)} kl. {time_short(moment)}"


def datetime_long(moment: datetime) -> str:
    """``tisdag 6 oktober kl. 13.00``: a time that is near enough to need no year."""
    day = _stockholm_day(moment)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} kl. {time_short(moment)}"


def days_away(target: date, today: date) -> str:
    """How far off a day is: ``i dag``, ``i morgon``, ``om 3 dagar``, ``om 24 veckor``, ``för 2 dagar sedan``.

    Days up to four weeks, since "om 2 veckor" for 19 days misleads whoever plans; then the nearest number
    of weeks; from a year on, ``om mer än ett år``.
    """
    days = (_stockholm_day(target) - _stockholm_day(today)).days
    near = {0: "i dag", 1: "i morgon", -1: "i går"}
    if days in near:
        return near[days]
    distance = abs(days)
    if distance < 28:
        span = f"{distance} dagar"
    elif distance < 365:
        span = f"{(distance + 3) // 7} veckor"
    else:
        years = distance // 365
        span = "mer än ett år" if years == 1 else f"mer än {years} år"
    return f"om {span}" if days > 0 else f"för {span} sedan"


def count(n: int, singular: str, plural: str, *, words: bool = False) -> str:
    """``count(1, "en åtgärd", "åtgärder")`` is "en åtgärd", and with 3 "3 åtgärder".

    The caller knows the gender and passes the singular with its en or ett. With `words`, for running text,
    numbers up to twelve are written out and none is "inga": "tre åtgärder", "inga åtgärder". From a
    thousand on, digits are grouped with a space that does not break.
    """
    if n == 1:
        return singular
    if words and 0 <= n < len(NUMBER_WORDS):
        return f"{NUMBER_WORDS[n]} {plural}"
    grouped = f"{n:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{grouped} {plural}"


def listing(items: Sequence[str]) -> str:
    """``a, b och c``: no comma before "och". Empty for nothing."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} och {items[-1]}"


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already; what people write does as often
    as not. Empty for nothing."""
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def _stockholm_day(day: date) -> date:
    return clock.local(day).date() if isinstance(day, datetime) else day
