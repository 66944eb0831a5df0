"""Röda tråden as a picture: where the boxes of a thread stand and how lines run between them.

The läsår are columns. In a column the chain runs downwards, each step a little further in; across the columns
lines tell what goes on from what. All measures are in CSS pixels, which are the picture's own units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.thread.boxes import Box, Kind, Thread, YearColumn, parent_of
from tracker.web.swedish import listing

COLUMN, GAP = 203, 30  # parts.css knows them too
INDENT, PADDING = 7, 10
LINE, CAPTION_LINE = 17, 15
BETWEEN, AROUND = 12, 8
RADIUS = 9
TEXT_SIZE, CAPTION_SIZE, TITLE_SIZE, TITLE_LINE = 13.0, 11.5, 15.0, 20
LINES_OF = {Kind.PROBLEM: 4, Kind.CAUSE: 4, Kind.MEASURE: 4, Kind.EFFECT: 3}

_WIDTHS = {
    **dict.fromkeys("iljI.,:;'!|’ ", 0.29),
    **dict.fromkeys('frt()[]-”"/·', 0.38),
    **dict.fromkeys("mwMW%–—@", 0.92),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZÅÄÖ", 0.72),
    **dict.fromkeys("0123456789", 0.63),
}
"""Widths of Inter's letters in em, a little on the safe side; the others are 0.6."""


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box where it stands, with its words on lines: first the caption, then the verdict, then the text."""

    box: Box
    x: int
    y: int
    width: int
    height: int
    caption: list[tuple[str, int]]
    verdict: list[tuple[str, int]]
    text: list[tuple[str, int]]

    @property
    def text_x(self) -> int:
        return self.x + PADDING


@dataclass(frozen=True, slots=True)
class Line:
    """`across`: it leads into another läsår."""

    path: str
    across: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A thread's title above its first läsår, on lines."""

    x: int
    lines: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A band: threads that stand beside each other because none has a läsår of another's."""

    threads: list[Thread]
    width: int
    height: int
    headings: list[Heading]
    boxes: list[PlacedBox]
    lines: list[Line]
    years: list[tuple[str, int]]
    """The läsår from the first to the last of the threads, and where their columns begin: on a phone, where
    every band is scrolled by itself, they stand above it, at `years_y`, instead of the headings."""
    years_y: int
    first: int
    """The number of the first of those columns."""

    @property
    def title(self) -> str:
        return listing([thread.title for thread in self.threads])


def width_of(columns: Sequence[YearColumn]) -> int:
    return len(columns) * (COLUMN + GAP) - GAP


def column_x(number: int) -> int:
    return number * (COLUMN + GAP)


def draw(threads: Sequence[Thread], columns: Sequence[YearColumn]) -> list[Picture]:
    """The threads in bands, the one that began first at the top; a band holds those that have no läsår
    in common, so that a story of five läsår does not become a long one downwards too."""
    bands: list[list[Thread]] = []
    for thread in threads:
        band = next((band for band in bands if band[-1].years[-1] < thread.years[0]), None)
        if band is None:
            bands.append([thread])
        else:
            band.append(thread)
    return [_band(band, columns) for band in bands]


def _band(threads: list[Thread], columns: Sequence[YearColumn]) -> Picture:
    number_of = {column.start_year: number for number, column in enumerate(columns)}
    headings = [_heading(thread, number_of) for thread in threads]
    top = max(heading.lines[-1][1] for heading in headings) + AROUND
    placed: dict[str, PlacedBox] = {}
    bottom = top
    for thread in threads:
        for year in thread.years:
            y = top
            for box in thread.of(year):
                y = max(y, _beside(box, placed))
                placed[box.key] = one = _place(box, column_x(number_of[year]), y)
                y += one.height + BETWEEN
            bottom = max(bottom, y - BETWEEN)
    lines = [
        _line(placed[earlier], placed[box.key], below=earlier == _above(box, thread))
        for thread in threads
        for box in thread.boxes
        for earlier in box.out_of
    ]
    first = min(number_of[thread.years[0]] for thread in threads)
    last = max(number_of[thread.years[-1]] for thread in threads)
    return Picture(
        threads,
        width_of(columns),
        bottom + AROUND,
        headings,
        list(placed.values()),
        lines,
        [(columns[number].label, column_x(number)) for number in range(first, last + 1)],
        top - AROUND,
        first,
    )


def _beside(box: Box, placed: dict[str, PlacedBox]) -> int:
    """How far down a box stands that goes on from an earlier läsår, and nothing else: beside that."""
    earlier = [placed[key] for key in box.out_of if key in placed]
    if not earlier or any(one.box.year == box.year for one in earlier):
        return 0
    return min(one.y for one in earlier)


def _heading(thread: Thread, number_of: dict[int, int]) -> Heading:
    first, last = number_of[thread.years[0]], number_of[thread.years[-1]]
    room = (last - first + 1) * (COLUMN + GAP) - GAP
    x = column_x(first)
    return Heading(x, _on_lines(thread.title, room, TITLE_SIZE * 1.05, 3, TITLE_LINE, TITLE_LINE))


def _above(box: Box, thread: Thread) -> str | None:
    return parent_of(box, {other.key for other in thread.of(box.year)})


def _place(box: Box, left: int, top: int) -> PlacedBox:
    inset = int(box.kind) * INDENT
    width = COLUMN - inset
    room = width - 2 * PADDING
    y = top + PADDING + 9
    caption = _on_lines(box.caption, room, CAPTION_SIZE, 4, y, CAPTION_LINE)
    y += CAPTION_LINE * len(caption) + 2
    verdict = _on_lines(box.verdict, room, TEXT_SIZE * 1.05, 3, y, LINE)
    y += LINE * len(verdict)
    text = _on_lines(box.text, room, TEXT_SIZE, LINES_OF[box.kind], y, LINE)
    y += LINE * len(text)
    height = y - top - LINE + PADDING + 6
    return PlacedBox(box, left + inset, top, width, height, caption, verdict, text)


def _on_lines(
    text: str, room: float, size: float, most: int, y: int, step: int
) -> list[tuple[str, int]]:
    return [(line, y + n * step) for n, line in enumerate(wrapped(text, room / size, most))]


def wrapped(text: str, room: float, most: int) -> list[str]:
    """The text on at most so many lines of `room` em, cut with an ellipsis where there is more; not
    within brackets, which say nothing by half."""
    lines = _cut(text, room, most)
    kept = " ".join(lines)
    if kept.endswith("…") and kept.count("(") > kept.count(")"):
        before = kept[: kept.rindex("(")].rstrip(" .,;:–")
        return _cut(f"{before}…", room, most) if before else lines
    return lines


def _cut(text: str, room: float, most: int) -> list[str]:
    lines, words = [""], text.split()
    while words:
        word = words.pop(0)
        longer = f"{lines[-1]} {word}".strip()
        if _em(longer) <= room:
            lines[-1] = longer
        elif lines[-1]:
            if len(lines) == most:
                return [*lines[:-1], _with_ellipsis(lines[-1], room)]
            lines.append("")
            words.insert(0, word)
        else:
            fits = _longest_start(word, room)
            lines[-1] = fits
            words.insert(0, word[len(fits) :])
    return [line for line in lines if line]


def _em(text: str) -> float:
    return sum(_WIDTHS.get(letter, 0.6) for letter in text)


def _longest_start(word: str, room: float) -> str:
    length = len(word)
    while length > 1 and _em(word[:length]) > room:
        length -= 1
    return word[:length]


def _with_ellipsis(line: str, room: float) -> str:
    """Cut between two words: what is shown of a name is to be found in it, word for word."""
    while " " in line and _em(line) + 0.9 > room:
        line = line.rpartition(" ")[0]
    while _em(line) + 0.9 > room:
        line = line[:-1]
    return f"{line.rstrip(' .,;:–')}…"


def _line(start: PlacedBox, end: PlacedBox, *, below: bool) -> Line:
    """Down along the left of its own läsår, or from the right side to the left one of a later."""
    y = end.y + end.height // 2
    right, from_y = start.x + start.width, start.y + start.height // 2
    if below and end.x <= start.x:  # a new version, below what its earlier one led to
        x = start.x + PADDING
        return Line(f"M{x} {start.y + start.height}V{end.y}", across=False)
    if below:
        x = start.x + INDENT // 2
        return Line(_path([(x, start.y + start.height), (x, y), (end.x, y)]), across=False)
    if right >= end.x:  # in the same läsår, without standing right below
        x, edge = max(right, end.x + end.width) + GAP // 3, end.x + end.width
        return Line(_path([(right, from_y), (x, from_y), (x, y), (edge, y)]), across=False)
    turn, first_turn = end.x - GAP // 2, right + GAP // 2
    points = [(right, from_y), (turn, from_y), (turn, y), (end.x, y)]
    if turn - first_turn > COLUMN // 2:  # past a läsår between: below the box that it comes from
        lane = start.y + start.height + BETWEEN // 2
        points[1:2] = [(first_turn, from_y), (first_turn, lane), (turn, lane)]
    return Line(_path(points), across=True)


def _path(points: list[tuple[int, int]]) -> str:
    """Straight from point to point, with round corners."""
    path = "M{} {}".format(*points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into = _towards(corner, before)
        out = _towards(corner, after)
        path += f"L{into[0]} {into[1]}Q{corner[0]} {corner[1]} {out[0]} {out[1]}"
    return path + "L{} {}".format(*points[-1])


def _towards(corner: tuple[int, int], point: tuple[int, int]) -> tuple[int, int]:
    """A little way from the corner; half of it where there is less."""

    def step(start: int, end: int) -> int:
        way = end - start
        return start + max(-RADIUS, min(RADIUS, way // 2 if abs(way) < 2 * RADIUS else way))

    return step(corner[0], point[0]), step(corner[1], point[1])


def results_lines(text: str) -> list[str]:
    """The Resultatbild as it stands above a läsår's column."""
    return wrapped(text, (COLUMN - 2 * PADDING) / TEXT_SIZE, 3)
