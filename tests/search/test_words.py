"""Words, stems, and what is marked in a text."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tracker.search.words import MOST_WORDS, around, asked, has_hit, marked, stem, stems


@pytest.mark.parametrize(
    "forms",
    [
        ("läsning", "läsningens", "läsningar"),
        ("elev", "elever", "elevernas"),
        ("frivilligt", "frivilliga", "frivillig"),
        ("LÄSNING", "läsning"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stems(form)[0] for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("far", "får"), ("rast", "röst"), ("hår", "har")])
def test_other_words_have_another(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_a_letter_in_two_characters_is_the_same_letter() -> None:
    assert stems("fa\u030ar") == stems("får")


def test_small_words_are_asked_for_only_when_there_are_no_others() -> None:
    assert asked("hur leder vi arbetslag") == stems("leder arbetslag")
    assert asked("och") == ["och"]


def test_no_sign_is_a_word() -> None:
    assert asked('"läsning" OR NOT (film*) & t:u:1 \\ \'') == [
        stem(word) for word in ("läsning", "or", "not", "film", "t", "u", "1")
    ]


def test_a_question_has_an_end() -> None:
    assert len(asked(" ".join(f"ord{n}" for n in range(5_000)))) == MOST_WORDS
    assert len(asked("x" * 100_000)[0]) == 40


def test_marks_what_was_found_and_escapes_the_rest() -> None:
    found = marked("<b>Läsningens</b> rastvärdar & får", asked("läsning rast far"))
    assert str(found) == (
        "&lt;b&gt;<mark>Läsningens</mark>&lt;/b&gt; <mark>rastvärdar</mark> &amp; får"
    )


def test_a_short_stem_is_no_beginning() -> None:
    assert has_hit("rastvärdar", asked("raster"))
    assert not has_hit("farmor", asked("far"))


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    text = "Inledning som är lång. " * 40 + "Här kom frånvaron upp igen. " + "Avslutning. " * 40
    cut = around(text, asked("frånvaro"), 200)
    assert "frånvaron" in cut
    assert len(cut) <= 203
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert around("Kort.", asked("frånvaro")) == "Kort."
    assert around("x" * 1_000, [], 200) == "x" * 200 + "…"


def test_threads_do_not_disturb_each_other() -> None:
    """The stemmer keeps its word in itself: two threads in one would give each other's stems."""
    words = [f"{start}{end}" for start in ("läs", "skriv", "räkn") for end in ("ningens", "arna")]
    expected = [stem(word) for word in words]
    stem.cache_clear()
    unseen = [f"{word}{n}" for n in range(300) for word in words]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(stem, unseen))
    stem.cache_clear()
    assert found == [stem(word) for word in unseen]
    assert [stem(word) for word in words] == expected
