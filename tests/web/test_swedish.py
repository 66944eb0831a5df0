import itertools
import random
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.web import swedish
from tracker.web.swedish import slugify, sort_key


@pytest.mark.parametrize(
    ("written", "said"),
    [("Lov", "Lov."), ("Lov.", "Lov."), ("Lov?", "Lov?"), ("Lov …", "Lov …"), ("", "")],
)
def test_a_sentence_ends_once(written, said):
    assert swedish.sentence(written) == said


IN_ORDER = [
    "2 kap skolan",
    "10 kap skolan",
    "Alma skola",
    "Almaskolan",
    "Björkskolan",
    "Café Ek",
    "Cafeterian",
    "Edsskolan",
    "Édsskolans annex",
    "Müllers skola",
    "Myrskolan",
    "Skola 2",
    "Skola 10",
    "Skola 10 B",
    "Vallaskolan",
    "Vävaren",
    "Wallaskolan",
    "Zeta",
    "Zornskolan",
    "Zäta",
    "Zöta",
    "Ågatan",
    "Åsskolan",
    "Ängsskolan",
    "Ärlan",
    "Öbo",
    "Österskolan",
    "Öö",
]


def test_swedish_order():
    shuffled = IN_ORDER.copy()
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == IN_ORDER


def test_a_z_å_ä_ö_in_that_order():
    alphabet = "abcdefghijklmnopqrstuvwxyzåäö"
    assert sorted(alphabet, key=sort_key) == list(alphabet)
    assert len({sort_key(letter) for letter in alphabet}) == 29


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÅSSKOLAN", "åsskolan"),
        ("A\u030asskolan", "Åsskolan"),
        ("Idé", "ide"),
        ("Müller", "Myller"),
        ("Sävkulla-skolan", "Sävkulla  skolan"),
        ("  S:t Olofs skola ", "S t Olofs skola"),
        ("Skola 007", "skola 7"),
        ("Skola ２", "Skola 2"),
        ("Strauß", "strauss"),
        ("Ærøskolan", "Äröskolan"),
        ("", " – "),
    ],
)
def test_what_sorts_alike(one, other):
    assert sort_key(one) == sort_key(other)


def test_numbers_sort_by_size_whatever_their_length():
    numbers = [0, 1, 9, 10, 99, 100, 999, 1000, 10**12, 10**40]
    keys = [sort_key(f"Paviljong {n}") for n in numbers]
    assert all(smaller < larger for smaller, larger in itertools.pairwise(keys))


def test_other_alphabets_come_last_and_apart():
    assert sort_key("Öö") < sort_key("Школа") != sort_key("Школы")


@given(st.text(max_size=300))
def test_a_sort_key_sorts_alike_in_every_collation(text):
    assert re.fullmatch(r"[0-9a-z]{0,200}", sort_key(text))


@given(st.text("abcåäöÅÄÖ z2019-", max_size=12), st.text("abcåäöÅÄÖ z2019-", max_size=12))
def test_order_of_keys_is_order_letter_by_letter(one, other):
    assert (sort_key(one) < sort_key(other)) == (spelled_out(one) < spelled_out(other))


def spelled_out(text: str) -> list[tuple[int, int]]:
    """An independent, slow telling of the same order: spaces, then numbers, then letters."""
    tokens = re.findall(r"[0-9]+|[a-zåäö]|[ -]+", text.lower().strip(" -"))
    alphabet = "abcdefghijklmnopqrstuvwxyzåäö"
    return [
        (0, 0) if t[0] in " -" else (1, int(t)) if t.isdecimal() else (2, alphabet.index(t))
        for t in tokens
    ]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sävkullaskolan", "savkullaskolan"),
        ("Lyktvretens förskola", "lyktvretens-forskola"),
        ("  Åsa & Östra-skolan (7–9) ", "asa-ostra-skolan-7-9"),
        ("Idéskolan", "ideskolan"),
        ("O\u0308stra", "ostra"),
        ("Strauß Æther Øst", "strauss-aether-ost"),
        ("", "enhet"),
        ("–!?", "enhet"),
        ("Школа", "enhet"),
        ("😀", "enhet"),
    ],
)
def test_slugs(name, slug):
    assert slugify(name) == slug


def test_a_long_name_is_cut_between_words_and_a_long_word_where_it_must():
    assert slugify("Kvarnbackens anpassade grundskola och fritidshem med inriktning") == (
        "kvarnbackens-anpassade-grundskola-och-fritidshem-med"
    )
    assert slugify("x" * 100) == "x" * 60


def test_a_reserved_word_is_numbered_and_stays_within_the_length():
    assert slugify("Ny", {"ny"}) == "ny-2"
    assert slugify("Ny", {"ny", "ny-2", "ny-3"}) == "ny-4"
    assert slugify("", reserved={"enhet"}) == "enhet-2"
    assert slugify("x" * 80, {"x" * 60}) == "x" * 58 + "-2"


@given(st.text(max_size=200))
def test_a_slug_is_always_an_address(name):
    slug = slugify(name, {"enhet", "a"})
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 60
    assert slug not in {"enhet", "a"}
    assert slugify(slug) == slug


def test_dates():
    day = date(2026, 10, 6)
    assert swedish.date_long(day) == "tisdag 6 oktober 2026"
    assert swedish.date_medium(day) == "6 oktober 2026"
    assert swedish.date_short(day) == "6 okt 2026"
    assert [swedish.date_short(date(2026, m, 1)).split()[1] for m in range(1, 13)] == (
        ["jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec"]
    )
    assert [swedish.date_long(date(2026, 10, d)).split()[0] for d in range(5, 12)] == (
        ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
    )


def test_times_are_stockholm_times():
    assert swedish.time_short(datetime(2026, 10, 6, 11, tzinfo=UTC)) == "13.00"
    assert swedish.time_short(datetime(2026, 12, 6, 7, 5, tzinfo=UTC)) == "08.05"
    assert (
        swedish.datetime_long(datetime(2026, 10, 6, 11, tzinfo=UTC)) == "tisdag 6 oktober kl. 13.00"
    )


def test_a_datetime_late_in_the_evening_shows_stockholms_day():
    evening = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert swedish.date_long(evening) == "fredag 1 januari 2027"
    assert swedish.date_short(evening) == "1 jan 2027"
    assert swedish.datetime_long(evening) == "fredag 1 januari kl. 00.30"
    assert swedish.datetime_full(evening) == "fredag 1 januari 2027 kl. 00.30"
    assert swedish.days_away(evening, date(2027, 1, 2)) == "i går"


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="without a time zone"):
        swedish.datetime_long(datetime(2026, 10, 6, 11))  # noqa: DTZ001 -- the mistake itself


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (date(2026, 10, 6), "i dag"),
        (date(2026, 10, 7), "i morgon"),
        (date(2026, 10, 5), "i går"),
        (date(2026, 10, 9), "om 3 dagar"),
        (date(2026, 10, 19), "om 13 dagar"),
        (date(2026, 10, 20), "om 14 dagar"),
        (date(2026, 10, 25), "om 19 dagar"),
        (date(2026, 11, 2), "om 27 dagar"),
        (date(2026, 11, 3), "om 4 veckor"),
        (date(2026, 11, 7), "om 5 veckor"),
        (date(2027, 3, 23), "om 24 veckor"),
        (date(2027, 10, 5), "om 52 veckor"),
        (date(2027, 10, 6), "om mer än ett år"),
        (date(2028, 10, 6), "om mer än 2 år"),
        (date(2026, 10, 4), "för 2 dagar sedan"),
        (date(2026, 9, 15), "för 21 dagar sedan"),
        (date(2025, 9, 15), "för mer än ett år sedan"),
    ],
)
def test_days_away(target, text):
    assert swedish.days_away(target, date(2026, 10, 6)) == text


def test_counts():
    assert [swedish.count(n, "en åtgärd", "åtgärder") for n in (0, 1, 3, 12)] == [
        "0 åtgärder",
        "en åtgärd",
        "3 åtgärder",
        "12 åtgärder",
    ]
    assert swedish.count(1714, "en rad", "rader") == "1\u00a0714 rader"
    in_words = [swedish.count(n, "ett mål", "mål", words=True) for n in (0, 1, 2, 12, 13)]
    assert in_words == ["inga mål", "ett mål", "två mål", "tolv mål", "13 mål"]


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")],
)
def test_listing(items, text):
    assert swedish.listing(items) == text


def test_every_pair_of_the_list_is_in_order():
    assert all(sort_key(a) < sort_key(b) for a, b in itertools.combinations(IN_ORDER, 2))
