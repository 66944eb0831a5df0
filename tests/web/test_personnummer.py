"""All numbers are made here, out of a date and Luhn's check digit: none is taken from a register."""

import random
import re
import string
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tests.live_server import ROOT
from tracker.web.personnummer import find_personal_identity_number

DATA = ROOT / "tests/data"
TODAY = datetime(2026, 10, 6, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_known_day():
    with time_machine.travel(TODAY, tick=False):
        yield


def check_digit(nine: str) -> str:
    total = 0
    for place, digit in enumerate(nine):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return str(-total % 10)


def numbered(six: str, three: str) -> str:
    """The four last digits for a date and a birth number."""
    return three + check_digit(six + three)


BORN = "120315"  # a child of 14
LAST = numbered(BORN, "987")
CO_DAY = "120375"  # the same day in a samordningsnummer
CO_LAST = numbered(CO_DAY, "987")
OLD = "190704"  # 1919: more than a hundred years
OLD_LAST = numbered(OLD, "987")
GLUED = "070315"  # without any mark it could be a phone number
GLUED_LAST = numbered(GLUED, "987")

FORMS = [
    f"{BORN}\t{LAST}",
    f"{BORN}\n{LAST}",
    f"{BORN}: {LAST}",
    f"{BORN}--{LAST}",
    f"{BORN}---{LAST}",
    f"{BORN}.{LAST}",
    f"20{BORN}.{LAST}",
    f"{BORN}-{LAST[:2]} {LAST[2:]}",
    f"20{BORN} - {LAST[:2]} {LAST[2:]}",
    f"{BORN}\u2022{LAST}",
    f"{BORN}*{LAST}",
    f"{BORN}-\ufffe{LAST}",
    f"{BORN}\ue000{LAST}",
    f"{BORN}_{LAST}",
    f"{BORN}\u00b7{LAST}",
    f"{BORN[:3]}\u034f{BORN[3:]}-{LAST}",
    f"{BORN[:3]}\ufe0f{BORN[3:]}\u2066-{LAST}",
    f"{BORN}-{LAST}",
    f"{BORN}{LAST}",
    f"{BORN} {LAST}",
    f"{BORN}  {LAST}",
    f"20{BORN}-{LAST}",
    f"20{BORN}{LAST}",
    f"20{BORN} {LAST}",
    f"20 {BORN}-{LAST}",
    f"20-{BORN}-{LAST}",
    f"{OLD}+{OLD_LAST}",
    f"19{OLD}-{OLD_LAST}",
    f"19{OLD}+{OLD_LAST}",
    f"{CO_DAY}-{CO_LAST}",
    f"{CO_DAY}{CO_LAST}",
    f"20{CO_DAY}-{CO_LAST}",
    f"20{CO_DAY}{CO_LAST}",
    f"{BORN}\u2013{LAST}",  # en dash
    f"{BORN}\u2014{LAST}",  # em dash
    f"{BORN}\u2212{LAST}",  # minus
    f"{BORN}\u2010{LAST}",  # hyphen
    f"{BORN}\u2011{LAST}",  # non-breaking hyphen
    f"{BORN} - {LAST}",
    f"{BORN}- {LAST}",
    f"{BORN} -{LAST}",
    f"{BORN} \u2013 {LAST}",
    f"{BORN}-\n{LAST}",
    f"{BORN}-\r\n{LAST}",
    f"{BORN}\u00a0{LAST}",  # no-break space
    f"{BORN}\u00a0-\u00a0{LAST}",
    f"{BORN}\u202f{LAST}",  # narrow no-break space
    f"{BORN}\u2009{LAST}",  # thin space
    f"{BORN}\u200b-{LAST}",  # zero-width space
    f"{BORN}\u00ad{LAST}",  # soft hyphen
    f"\u202d{BORN}-{LAST}\u202c",  # copied from an address book
    f"{BORN}/{LAST}",
    f"2012-03-15-{LAST}",
    f"2012-03-15 {LAST}",
    f"2012-03-15 - {LAST}",
    f"12-03-15-{LAST}",
    f"2012 03 15 {LAST}",
    f"12 03 15-{LAST}",
    f"2012.03.15-{LAST}",
    f"2012/03/15-{LAST}",
    f"{BORN}-{LAST}".translate({ord(d): chr(ord(d) + 0xFEE0) for d in string.digits}),  # full-width
    f"personnummer {GLUED}{GLUED_LAST}",
    f"{GLUED}-{GLUED_LAST}",
    f"20{GLUED}{GLUED_LAST}",
]

AROUND = [
    "{}",
    "Eleven ({}) har beviljats stöd.",
    "pnr:{}",
    "pnr{}.",
    "Elev med personnummer {}, årskurs 9, har 235 meritpoäng.",
    "född {}; se bilaga 3",
    '"{}"',
    "12. {}",
    "a) {}!",
    "Två elever: {} och en till.\nDe går i 7b.",
    "<td>{}</td>",
    "Mötet 2026-10-06 kl. 13.00 gällde {}/se anteckning",
    "Åtgärd för {}…",
    "tel 0701234567, {}",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", AROUND)
def test_every_written_form_is_found_wherever_it_stands(form, around):
    assert find_personal_identity_number(around.format(form))


def test_what_is_found_is_returned_as_written_but_plain():
    assert find_personal_identity_number(f"Hon ({BORN}\u2013{LAST}) går i 9b.") == f"{BORN}-{LAST}"
    assert find_personal_identity_number(f"20{BORN}{LAST}, {CO_DAY}-{CO_LAST}") == f"20{BORN}{LAST}"
    assert find_personal_identity_number(f"20 {BORN}-{LAST}") == f"20 {BORN}-{LAST}"
    assert find_personal_identity_number(f"30 {BORN}-{LAST}") == f"{BORN}-{LAST}"


@given(
    st.dates(date(1926, 10, 7), date(2026, 10, 6)),
    st.integers(1, 999),
    st.booleans(),
    st.sampled_from(["{yy}{md}-{last}", "Eleven {yy}{md}–{last} gick"]),
)
def test_the_usual_form_is_never_missed(born, birth_number, coordination, form):
    with time_machine.travel(TODAY, tick=False):
        day = born.day + 60 * coordination
        yy, md = f"{born:%y}", f"{born.month:02d}{day:02d}"
        last = numbered(yy + md, f"{birth_number:03d}")
        assert find_personal_identity_number(form.format(yy=yy, md=md, last=last))


@pytest.mark.parametrize("wrong", range(1, 10))
def test_a_wrong_check_digit_is_no_identity_number(wrong):
    last = LAST[:3] + str((int(LAST[3]) + wrong) % 10)
    assert find_personal_identity_number(f"{BORN}-{last}") is None


@pytest.mark.parametrize(
    "six", ["120230", "121301", "120300", "120332", "120360", "120392", "110229", "120090"]
)
def test_a_date_that_does_not_exist_is_no_identity_number(six):
    assert find_personal_identity_number(f"{six}-{numbered(six, '987')}") is None


def test_nobody_is_born_tomorrow_or_in_the_wrong_century():
    last = numbered("261007", "987")
    assert find_personal_identity_number(f"20261007-{last}") is None
    assert find_personal_identity_number(f"17{BORN}-{LAST}") is None
    assert find_personal_identity_number(f"18{BORN}-{LAST}") is None
    assert find_personal_identity_number(f"20120315-{LAST}") is not None


def test_longer_rows_of_digits_hide_nothing_and_are_nothing():
    assert find_personal_identity_number(f"1{BORN}{LAST}") is None
    assert find_personal_identity_number(f"{BORN}{LAST}7") is None
    assert find_personal_identity_number(f"{BORN}-{LAST}7") is None
    assert find_personal_identity_number("1" * 100_000) is None
    assert find_personal_identity_number("1" * 50_000 + f" {BORN}-{LAST}") == f"{BORN}-{LAST}"


@pytest.mark.parametrize(
    "text", ["", " ", "inget här", "😀" * 1000, "-" * 1000, "<script>", "\x00"]
)
def test_text_without_digits(text):
    assert find_personal_identity_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-06T13:00:05.101112+{}",
        "20261006T130005.101112+{}",
        "20261006T101112-{}",
    ],
)
def test_a_fraction_of_a_second_with_its_zone_is_a_time(text):
    assert find_personal_identity_number(text.format(numbered("101112", "020"))) is None


def test_a_vat_number_that_looks_like_a_year_is_an_organisation_number():
    vat = next(
        last for n in range(1, 1000) if (last := numbered("410422", f"{n:03d}")).endswith("01")
    )
    assert find_personal_identity_number(f"SE19410422{vat}") is None
    assert find_personal_identity_number(f"19410422{vat}") is not None


def dates_with_check_digit(rnd: random.Random) -> str:
    """A row of digits that would be an identity number, were it not for what stands around it."""
    day = date(2010, 1, 1) + timedelta(days=rnd.randrange(6000))
    return (six := f"{day:%y%m%d}") + numbered(six, f"{rnd.randrange(1, 1000):03d}")


def organisation_number(rnd: random.Random) -> str:
    nine = f"{rnd.choice('1235789')}{rnd.randrange(10)}{rnd.randrange(2, 10)}{rnd.randrange(10**6):06d}"
    ten = nine + check_digit(nine)
    forms = ["{}-{}", "{}{}", "16{}-{}", "16{}{}", "{} {}", "{} – {}", "SE{}{}01", "{}\u2011{}"]
    return "org.nr " + rnd.choice(forms).format(ten[:6], ten[6:])


def school_unit_code(rnd: random.Random) -> str:
    code = rnd.randrange(10_000_000, 100_000_000)
    other = rnd.randrange(10_000_000, 100_000_000)
    forms = [
        "{}",
        "skolenhetskod {}.",
        "({})",
        "{} {o}",
        "{}, {o}",
        "{};{o}",
        "{}\t{o}",
        "{}-{o}",
        "{}\n{o}",
        "{} ({y})",
    ]
    return rnd.choice(forms).format(code, o=other, y=rnd.randrange(2015, 2030))


def phone_number(rnd: random.Random) -> str:
    area = rnd.choice(
        [
            "070",
            "072",
            "073",
            "076",
            "079",
            "08",
            "010",
            "011",
            "013",
            "018",
            "019",
            "021",
            "031",
            "033",
            "040",
            "042",
            "046",
            "054",
            "060",
            "063",
            "090",
            "0300",
            "0320",
        ]
    )
    rest = f"{rnd.randrange(10**9):09d}"[: 10 - len(area)]
    split = [rest[:3], rest[3:5], rest[5:7], rest[7:]]
    spaced = " ".join(part for part in split if part)
    pairs = " ".join(rest[n : n + 2] for n in range(0, len(rest), 2))
    forms = [
        area + rest,
        f"{area}-{rest}",
        f"{area} {rest}",
        f"{area}-{spaced}",
        f"{area} {spaced}",
        f"{area}-{pairs}",
        f"{area} {pairs}",
        f"{area}/{rest}",
        f"({area}) {spaced}",
        f"+46{area[1:]}{rest}",
        f"+46 {area[1:]} {spaced}",
        f"+46 (0){area[1:]}-{spaced}",
        f"0046{area[1:]}{rest}",
        f"{(area + rest)[:4]} {(area + rest)[4:6]} {(area + rest)[6:8]} {(area + rest)[8:]}",
        f"{(area + rest)[:3]} {(area + rest)[3:6]} {(area + rest)[6:]}",
        f"{(area + rest)[:3]}-{(area + rest)[3:6]} {(area + rest)[6:]}",
    ]
    return rnd.choice(["tel ", "Ring ", "", "mobil: ", "nr "]) + rnd.choice(forms)


def dates(rnd: random.Random) -> str:
    one = date(2015, 1, 1) + timedelta(days=rnd.randrange(5500))
    other = one + timedelta(days=rnd.randrange(400))
    forms = [
        f"{one:%Y-%m-%d}",
        f"{one:%Y%m%d}",
        f"{one:%y%m%d}",
        f"{one:%d.%m.%Y}",
        f"{one.day}/{one.month} {one.year}",
        f"{one:%Y-%m-%d}–{other:%Y-%m-%d}",
        f"{one:%Y-%m-%d} – {other:%Y-%m-%d}",
        f"{one:%Y-%m-%d}-{other:%Y-%m-%d}",
        f"{one:%Y-%m-%d} {other:%Y-%m-%d}",
        f"{one:%Y-%m-%d}/{other:%Y-%m-%d}",
        f"{one:%Y-%m-%d}/{other:%m-%d}",
        f"{one:%Y-%m-%d}, {other:%Y-%m-%d}",
        f"{one:%Y-%m-%d} {other.year}",
        f"{one:%Y-%m-%d} – {other.year}",
        f"{one:%y%m%d}–{other:%y%m%d}",
        f"{one:%y%m%d}-{other:%y%m%d}",
        f"{one:%Y%m%d}-{other:%Y%m%d}",
        f"{one:%y%m%d} {other:%Y-%m-%d}",
        f"{one:%d-%m-%Y}-{other:%d-%m-%Y}",
        f"läsåret {one.year}/{one.year + 1 - 2000}, v. {rnd.randrange(1, 53)}",
        f"{one:%Y}-W{rnd.randrange(1, 53):02d}",
        f"Dnr BUN {one.year}/{rnd.randrange(10_000):05d}",
        f"SFS {one.year}:{rnd.randrange(100, 2000)}",
    ]
    return rnd.choice(forms)


def iso_datetime(rnd: random.Random) -> str:
    at = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(
        seconds=rnd.randrange(500_000_000), microseconds=rnd.randrange(10**6)
    )
    zone = rnd.choice(["", "Z", "+00:00", "+0100", "+0200", "-0500", "+02:00"])
    forms = [
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y%m%dT%H%M%S",
        "%Y%m%dT%H%M",
        "%Y%m%d%H%M%S",
        "%Y%m%dT%H%M%S.%f",
        "%Y-%m-%d kl. %H.%M",
        "%Y-%m-%d %H.%M",
    ]
    return at.strftime(rnd.choice(forms)) + zone


def time_of_these_days(rnd: random.Random) -> str:
    at = TODAY + timedelta(minutes=rnd.randrange(-500_000, 500_000))
    return at.strftime(
        rnd.choice(["%Y-%m-%d %H%M", "%Y%m%d %H%M", "%Y%m%d%H%M", "%Y%m%d-%H%M", "%y%m%d %H%M"])
    )


def decimal_figure(rnd: random.Random) -> str:
    row = dates_with_check_digit(rnd)
    mark = rnd.choice(".,")
    whole = rnd.randrange(1000)
    forms = [
        f"{whole}{mark}{row}",
        f"{row}{mark}{rnd.randrange(1000)}",
        f"{row[:6]},{row[6:]}",
        f"{whole}{mark}{row[:6]}{row[6:]} %",
        f"{rnd.uniform(0, 300):.10f}",
        f"{rnd.uniform(0, 1e9):.2f}".replace(".", mark),
        f"{rnd.randrange(10**9):,}".replace(",", rnd.choice([" ", "\u00a0", ","])),
        f"{whole}{mark}{rnd.randrange(10)} %",
        f"{row[:2]} {row[2:4]} {row[4:6]} {row[6:]}",
        f"{row[:6]} {row[6:8]} {row[8:]}",
        f"{row[:6]}-{row[6:8]} {row[8:]} {rnd.randrange(10, 99)}",
    ]
    return rnd.choice(forms)


def document_address(rnd: random.Random) -> str:
    row = dates_with_check_digit(rnd)
    token = str(uuid.UUID(int=rnd.getrandbits(128)))
    return rnd.choice(
        [token, token[:24] + row + "ab", token.replace("-", "")[:12] + "c" + row + "d" * 8]
    )


KINDS = [
    organisation_number,
    school_unit_code,
    phone_number,
    dates,
    iso_datetime,
    time_of_these_days,
    decimal_figure,
    document_address,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "around", ["{}", "Se {}, bilaga 2.", "({})", "Skolan har {} och 14 lärare."]
)
def test_no_false_alarm_in_250_of_each_kind(kind, around):
    rnd = random.Random(f"{kind.__name__}{around}")
    texts = [around.format(kind(rnd)) for _ in range(250)]
    assert [text for text in texts if find_personal_identity_number(text)] == []


# What is promised: 40 written forms of every number, and 1,000 of each kind that is none.

WRITTEN = [
    date + joint + "{last}"
    for date in ("{yy}{mm}{dd}", "{cc}{yy}{mm}{dd}", "{cc}{yy}-{mm}-{dd}", "{cc} {yy}{mm}{dd}")
    for joint in ("-", "+", " - ", " ", "\u2013", "\u2014", "\u2212", "\u00a0", "/", "-\n")
] + [
    "{yy}{mm}{dd}{last}",
    "{cc}{yy}{mm}{dd}{last}",
    "{yy}-{mm}-{dd}-{last}",
    "{cc}{yy} {mm} {dd} {last}",
]


def people(number: int) -> list[dict[str, str]]:
    """Born 1930\u20132019, every other with a samordningsnummer. Without those whose four last digits could be
    a year or a time of day, and those who without any mark could be a phone number: see the module."""
    rnd = random.Random("people")
    found: list[dict[str, str]] = []
    while len(found) < number:
        born = date(1930, 1, 1) + timedelta(days=rnd.randrange(90 * 365))
        six = f"{born:%y%m}{born.day + 60 * (len(found) % 2):02d}"
        last = numbered(six, f"{rnd.randrange(240, 1000):03d}")
        if not six.startswith("0"):
            century = {"cc": f"{born.year // 100}"}
            found.append(century | {"yy": six[:2], "mm": six[2:4], "dd": six[4:], "last": last})
    return found


def test_forty_written_forms_of_a_hundred_numbers_are_all_stopped():
    assert len(set(WRITTEN)) >= 40
    texts = [form.format(**person) for form in WRITTEN for person in people(100)]
    assert len(set(texts)) == len(WRITTEN) * 100
    assert [
        text for text in texts if not find_personal_identity_number(f"Eleven {text} går här.")
    ] == []


@pytest.mark.parametrize("kind", [organisation_number, school_unit_code, phone_number, dates])
def test_no_false_alarm_in_a_thousand(kind):
    rnd = random.Random(f"a thousand of {kind.__name__}")
    texts: set[str] = set()
    while len(texts) < 1000:
        texts.add(kind(rnd))
    assert [text for text in texts if find_personal_identity_number(text)] == []


def test_no_false_alarm_in_the_statistics_of_skolverket():
    """Names, school unit codes, organisation numbers and figures of real schools, line by line and whole."""
    codes: set[str] = set()
    for file in DATA.glob("*.csv"):
        text = file.read_text("utf-8-sig")
        codes |= set(re.findall(r"(?m)^[^;]*;([0-9]{8});", text))
        assert [line for line in text.splitlines() if find_personal_identity_number(line)] == []
        assert find_personal_identity_number(text) is None
    assert len(codes) > 1000
    for joint in (" ", ", ", "\n", "-", ""):
        assert find_personal_identity_number(joint.join(sorted(codes))) is None
