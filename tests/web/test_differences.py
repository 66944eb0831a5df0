"""The word diff against its definition, and against the clock of the worst texts."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.web import differences
from tracker.web.differences import Piece, changes, pieces

short = st.lists(st.sampled_from("abc"), max_size=12)


def before(found: list[Piece]) -> str:
    return "".join(piece.text for piece in found if piece.kind != "new")


def after(found: list[Piece]) -> str:
    return "".join(piece.text for piece in found if piece.kind != "gone")


@given(st.text(alphabet="ab .\n", max_size=60), st.text(alphabet="ab .\n", max_size=60))
def test_both_texts_are_in_it(old, new):
    found = pieces(old, new)
    assert (before(found), after(found)) == (old, new)
    kinds = [piece.kind for piece in found]
    assert all(a != b for a, b in pairwise(kinds))


@given(short, short)
def test_as_little_as_possible_is_changed(old, new):
    """Against the longest common part, worked out the slow way."""
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            longest[i + 1][j + 1] = (
                longest[i][j] + 1 if a == b else max(longest[i][j + 1], longest[i + 1][j])
            )
    kept = sum(len(a) for a, b in changes(old, new) if a == b)
    assert kept == longest[-1][-1]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Vi börjar i åk fyra.", "Vi börjar i åk fem.", "Vi börjar i åk [-fyra][+fem]."),
        ("", "Nytt.", "[+Nytt.]"),
        ("Gammalt.", "", "[-Gammalt.]"),
        ("Lika.", "Lika.", "Lika."),
        ("Ett. Två. Tre.", "Ett. Tre.", "Ett. [-Två. ]Tre."),
        ("69 procent av åk 3", "74 procent av åk 4", "[-69][+74] procent av åk [-3][+4]"),
        ("gå hem nu", "åka dit nu", "[-gå hem][+åka dit] nu"),
    ],
)
def test_as_it_reads(old, new, expected):
    marks = {"same": "{}", "gone": "[-{}]", "new": "[+{}]"}
    assert "".join(marks[p.kind].format(p.text) for p in pieces(old, new)) == expected


def worst_texts() -> dict[str, tuple[str, str]]:
    """100,000 characters each."""
    rnd = random.Random(4)
    words = [f"ord{n}" for n in range(400)]

    def prose() -> str:
        text = ""
        while len(text) < 100_000:
            text += " ".join(rnd.choices(words, k=rnd.randint(5, 15))) + ". "
        return text[:100_000]

    one = prose()
    some = one.split(". ")
    for _ in range(200):
        some[rnd.randrange(len(some))] = "En helt ny mening"
    return {
        "another text": (one, prose()),
        "two hundred sentences new": (one, ". ".join(some)),
        "no sentences": (one.replace(".", ""), prose().replace(".", "")),
        "the same word": ("a " * 50_000, "a " * 49_000 + "b " * 1_000),
        "two words at random": (
            "".join(rnd.choices(["a ", "b "], k=50_000)),
            "".join(rnd.choices(["a ", "b "], k=50_000)),
        ),
        "the same line": ("a.\n" * 33_000, "b.\n" + "a.\n" * 20_000 + "c.\n" * 13_000),
        "letters only": ("x" * 100_000, "y" * 100_000),
        "marks only": ("." * 100_000, "!" * 100_000),
    }


@pytest.mark.parametrize("name", worst_texts())
def test_a_hundred_thousand_characters_do_not_hang(name):
    """Counted in steps, which no busy machine changes."""
    old, new = worst_texts()[name]
    found = pieces(old, new)
    assert (before(found), after(found)) == (old, new)
    assert differences.MOST_STEPS <= 2_000_000
    if name == "two hundred sentences new":
        assert sum(len(piece.text) for piece in found if piece.kind == "same") > 75_000
