"""The picture: where boxes stand, how words are cut, and that nothing lies on top of anything."""

import itertools
import random

import pytest

from tracker.thread.boxes import Box, Kind, YearColumn, in_threads
from tracker.thread.picture import column_x, draw, width_of, wrapped

COLUMNS = [YearColumn(year) for year in range(2022, 2027)]


def a_story(seed):
    """Boxes that come out of any earlier ones, as a database may hold them."""
    chance = random.Random(seed)
    boxes = []
    for number in range(60):
        kind = chance.choice(list(Kind))
        year = chance.randint(2022, 2026)
        earlier = [box.key for box in boxes if box.year <= year and box.kind <= kind]
        out_of = chance.sample(earlier, min(len(earlier), chance.randint(0, 2)))
        text = " ".join(chance.choices(["Läsning", "i", "årskurs", "W" * 40, "åtgärd"], k=12))
        boxes.append(Box(str(number), kind, year, text, "/", "Not", "Delvis", out_of=out_of))
    return boxes


@pytest.mark.parametrize("seed", range(20))
def test_every_box_stands_once_in_its_year_and_none_on_another(seed):
    boxes = a_story(seed)
    threads = in_threads(boxes)

    assert sorted(box.key for thread in threads for box in thread.boxes) == sorted(
        box.key for box in boxes
    )
    for thread in threads:
        thread.title = "Läsning i alla ämnen " * 5
    pictures = draw(threads, COLUMNS)
    placed = [one for picture in pictures for one in picture.boxes]
    assert len(placed) == len(boxes)
    for one in placed:
        left = column_x(one.box.year - 2022)
        assert left <= one.x
        assert one.x + one.width <= left + 203
    for picture in pictures:
        assert picture.width == width_of(COLUMNS)
        for one, other in itertools.combinations(picture.boxes, 2):
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            below = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or below
        assert all(one.y + one.height <= picture.height for one in picture.boxes)
        drawn = sum(len(box.out_of) for thread in picture.threads for box in thread.boxes)
        assert len(picture.lines) == drawn


@pytest.mark.parametrize("seed", range(20))
def test_what_comes_out_of_a_box_is_read_after_it(seed):
    for thread in in_threads(a_story(seed)):
        if thread.is_loose:
            continue
        order = {box.key: number for number, box in enumerate(thread.boxes)}
        by_key = {box.key: box for box in thread.boxes}
        for box in thread.boxes:
            if box.out_of and by_key[box.out_of[0]].year == box.year:
                assert order[box.out_of[0]] < order[box.key]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("Kort", ["Kort"]),
        ("Ett två tre", ["Ett två", "tre"]),
        ("Ett två tre fyra fem sex", ["Ett två", "tre fyra…"]),
        ("Ett två (tre fyra fem) sex", ["Ett två…"]),
        ("iiii " * 3, ["iiii iiii iiii"]),
    ],
)
def test_words_on_lines(text, lines):
    assert wrapped(text, 4.6, 2) == lines


def test_a_word_longer_than_a_line_is_broken():
    found = wrapped("W" * 30, 5, 3)
    assert len(found) == 3
    assert found[-1].endswith("…")
