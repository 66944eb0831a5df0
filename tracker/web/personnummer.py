"""Finding personnummer and samordningsnummer in free text, so that the writer can be stopped in time.

The text is about schools and may become a public document: nobody's identity number belongs in it. What is
found has a date that exists, a check digit that is right, and is nothing else that people write in such
texts. Where a form is also that of a phone number, a time or a year, `_is_something_else` chooses,
and a part of the numbers written in that one form is missed: measured over births 2008–2024, 2 % of
those with marks or a space after a full date, one in eight of ten digits in a row (all that begin with 0, as
phone numbers do, unless the words before say what it is). ``YYMMDD-NNNN`` is not among them.

Sources: folkbokföringslagen (1991:481) 18 § and lag (2022:1697) om samordningsnummer: six digits of the birth
date (with 60 added to the day in a samordningsnummer), three digits, a check digit (Luhn's); and ``+``
for ``-`` from the year when a person turns 100.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from tracker import clock

# What word processors, phones and web pages put where a person meant a hyphen, a space, or nothing.
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_PLAIN = str.maketrans(
    dict.fromkeys(_HYPHENS, "-") | dict.fromkeys(_SPACES, " ") | {"\uff0b": "+", "\uff0f": "/"}
)
_OTHER_DIGITS = re.compile(r"[^\D0-9]")

_COMPACT = r"(?P<yy>[0-9]{2})(?P<mm>[0-9]{2})(?P<dd>[0-9]{2})"
# Between the date and the number: a mark, with room for space or a line break around it; a bullet, which on a
# line of its own would begin an item; a full stop; or spaces; or nothing. The number may be in two parts.
_JOINT = r"\s{0,2}[-+/_:·]{1,3}\s{0,2}|[^\S\n]{0,2}[•*][^\S\n]{0,2}|\.|\s{0,3}"
_NUMBER = rf"(?P<joint>{_JOINT})(?P<number>[0-9]{{2}} ?[0-9]{{2}})(?![0-9])"

# Everything is in a lookahead, so that a form that fails does not hide one that begins inside it.
_FORMS = [
    # 19850101-1236, 198501011236, 19 850101-1236
    re.compile(rf"(?<![0-9])(?=(?P<all>(?P<century>18|19|20)[ -]?{_COMPACT}{_NUMBER}))"),
    # 850101-1236, 8501011236, 850101 1236
    re.compile(rf"(?<![0-9])(?=(?P<all>(?P<century>){_COMPACT}{_NUMBER}))"),
    # 1985-01-01-1236, 85.01.01-1236, 1985 01 01 1236: the same mark twice, and never nothing before the number
    re.compile(
        r"(?<![0-9])(?<![0-9][-./])(?=(?P<all>(?P<century>18|19|20|)(?P<yy>[0-9]{2})(?P<mark>[-./ ])"
        rf"(?P<mm>[0-9]{{2}})(?P=mark)(?P<dd>[0-9]{{2}})(?![0-9]){_NUMBER}))"
    ),
]

# The oldest whose number can stand in a register.
_FIRST_BIRTH_DATE = date(1890, 1, 1)

_SAYS_WHAT_IT_IS = re.compile(
    r"(?:person|samord|p\.? ?nr|född|födelse)[^0-9]{0,20}\Z", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_HASH_OR_UUID = re.compile(r"(?=[0-9-]*[a-f])[0-9a-f-]{20,}", re.IGNORECASE)


def find_personal_identity_number(text: str) -> str | None:
    """The first personnummer or samordningsnummer in a text, or None.

    With or without a century; joined by a hyphen, a dash, a minus, a plus, a slash, a full stop, spaces or
    nothing; with marks inside the date; with letters and punctuation close by. A comma between the two is that
    of a figure or a list: 850101,1236 is none. It is returned as it was
    written, but with ordinary digits, hyphens and spaces and without invisible characters. An organisation
    number is never found: its third digit is at least 2, which is no month.
    """
    if not text.isascii():
        text = _OTHER_DIGITS.sub(lambda digit: str(unicodedata.decimal(digit[0])), _plain(text))
    found = [
        match for form in _FORMS for match in form.finditer(text) if _is_identity_number(match)
    ]
    return min(found, key=re.Match.start)["all"] if found else None


def _plain(text: str) -> str:
    """With ordinary digits for circled and raised ones, ordinary marks, and nothing that is not seen."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text.translate(_PLAIN))
        if unicodedata.category(character) not in ("Cf", "Mn", "Co", "Cn")
    )


def _is_identity_number(match: re.Match[str]) -> bool:
    number = _four(match)
    return (
        _luhn_holds(match["yy"] + match["mm"] + match["dd"] + number)
        and number[:3] != "000"
        and any(_FIRST_BIRTH_DATE <= day <= clock.today() for day in _dates(match))
        and not _is_something_else(match)
    )


def _four(match: re.Match[str]) -> str:
    """The four last digits, also where they were written in two parts."""
    return match["number"].replace(" ", "")


def _luhn_holds(digits: str) -> bool:
    weighted = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(n - 9 if n > 9 else n for n in weighted) % 10 == 0


def _dates(match: re.Match[str]) -> Iterator[date]:
    """The dates that the six or eight digits can mean: without a century this one's and the last one's."""
    day = int(match["dd"])
    for century in [match["century"]] if match["century"] else ["20", "19"]:
        try:
            yield date(int(century + match["yy"]), int(match["mm"]), day - 60 if day > 60 else day)
        except ValueError:
            continue


def _is_something_else(match: re.Match[str]) -> bool:
    """Whether digits that could be an identity number are more likely a figure, a phone number, a time or a year."""
    text, start, end = match.string, match.start(), match.end("number")
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    century, number, mark = match["century"], _four(match), match.groupdict().get("mark")
    joint = match["joint"].strip()

    # 101112 13 14, 101112-13 14 15: figures in a row, two dates.
    if " " in match["number"] and (not joint or joint == "." or re.match(r" ?[0-9]", after)):
        return True
    # 2024-08-15.1300: a name of a file.
    if joint == "." and mark not in (None, "."):
        return True
    # 0.8501011236 and 8501011236,5: decimal figures.
    if not joint and (
        re.search(r"[0-9][.,]\Z", before) or re.match(r"[.,][0-9]{1,9}(?![0-9])", after)
    ):
        return True
    # 13:00:05.101112+0200 and 20261006T101112+0200: a time with its zone.
    if re.search(r"(?:(?::[0-9]{2}|T[0-9]{6})[.,]|[0-9]T)\Z", before):
        return True
    # SE194104228301: a VAT number, which is an organisation number between SE and 01.
    if before.endswith("SE") and century and not joint and number.endswith("01"):
        return True
    # 0701234567 and +46…: written without any mark, a phone number has the same ten digits as someone born
    # 2000–2009. Which it is, only the words before can tell.
    if not match["joint"] and (before.endswith("+") or (not century and match["yy"][0] == "0")):
        return not _SAYS_WHAT_IT_IS.search(before)
    # 12 10 11 1034: figures in a row.
    if mark == " " and not century and not joint:
        return True
    # 2024-08-15 2025, 2024-08-15-2024-10-01: a date and a year, or two dates.
    if _YEAR.fullmatch(number) and (
        mark
        or (century and not joint and match["joint"])
        or re.match(r"[-./][0-9]{2}(?![0-9])", after)
    ):
        return True
    # 2026-10-06 1300, 202610061300: a date and a time, when it is so near that no child is in school yet.
    if _TIME_OF_DAY.fullmatch(number) and (century or not joint):
        near = timedelta(days=365)
        if any(abs(day - clock.today()) < near for day in _dates(match)):
            return True
    return _stands_in_a_hash(text, start, end)


def _stands_in_a_hash(text: str, start: int, end: int) -> bool:
    """Whether the digits are a part of a UUID or a checksum, as addresses of documents have them."""
    return any(
        token.start() <= start - max(0, start - 80) and token.end() >= end - max(0, start - 80)
        for token in _HASH_OR_UUID.finditer(text[max(0, start - 80) : end + 80])
    )
