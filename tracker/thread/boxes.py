"""What röda tråden is made of: boxes, each in a läsår, and what each of them came out of."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tracker.cycle import calendar


class Kind(enum.IntEnum):
    """The steps of the chain, in order."""

    PROBLEM = 0
    CAUSE = 1
    MEASURE = 2
    EFFECT = 3

    @property
    def label(self) -> str:
        return ["Problem", "Orsak", "Åtgärd", "Effekt"][self]


@dataclass(slots=True)
class Box:
    """One step of the chain. `key` tells it apart in the thread, `year` is the läsår's first year.

    `note` says more about its kind ("Kvarstår", "Undervisningen"), `verdict` is how it went in a word or
    two; `out_of` names what it came out of: in its own läsår, or an earlier one that it goes on from.
    """

    key: str
    kind: Kind
    year: int
    text: str
    url: str
    note: str = ""
    verdict: str = ""
    tone: str = ""
    """How an effect went, for the picture: the value of a Judgement, "awaited" or "cancelled"."""
    unit: str = ""
    """The unit whose it was, when that is not the one that is told about."""
    out_of: list[str] = field(default_factory=list)
    area_ids: set[int] = field(default_factory=set)
    waits_until: date | None = None
    is_own: bool = True
    """Whether an effect is for the unit that is told about to assess, and not for one that it shares the
    measure with."""

    @property
    def caption(self) -> str:
        """What stands above the text: "Orsak · Undervisningen"."""
        return " · ".join(filter(None, [self.kind.label, self.note, self.unit]))

    @property
    def name(self) -> str:
        """All of it in one line, as it is read out: first what the picture shows, in its order."""
        words = [self.caption, self.verdict, self.text, f"Läsåret {calendar.label(self.year)}"]
        return ". ".join(word.strip(" .") for word in words if word)


@dataclass(slots=True)
class Thread:
    """What hangs together, across the läsår: boxes in the order in which they are read."""

    boxes: list[Box]
    title: str = ""

    @property
    def years(self) -> list[int]:
        return sorted({box.year for box in self.boxes})

    def of(self, year: int) -> list[Box]:
        return [box for box in self.boxes if box.year == year]

    @property
    def problems(self) -> list[Box]:
        return [box for box in self.boxes if box.kind is Kind.PROBLEM]

    @property
    def latest_effect(self) -> Box | None:
        """How it went last: an effect that has been assessed, or a measure that was broken off."""
        known = [box for box in self.boxes if box.kind is Kind.EFFECT and box.tone != "awaited"]
        return known[-1] if known else None

    @property
    def is_loose(self) -> bool:
        """Measures that build on no problem in the analysis."""
        return not any(box.kind in (Kind.PROBLEM, Kind.CAUSE) for box in self.boxes)


@dataclass(frozen=True, slots=True)
class YearColumn:
    """A läsår of the picture. `results` is its Resultatbild, empty when it has none to read."""

    start_year: int
    results: str = ""
    results_url: str = ""

    @property
    def label(self) -> str:
        return calendar.label(self.start_year)

    @property
    def slug(self) -> str:
        return calendar.slug(self.start_year)


@dataclass(frozen=True, slots=True)
class Story:
    """A unit's röda tråd over the läsår `columns`."""

    columns: Sequence[YearColumn]
    threads: Sequence[Thread]
    areas: Mapping[int, str] = field(default_factory=dict)
    """Titles of the development areas that some thread is about, the latest first."""
    own_years: Sequence[int] = ()
    """The läsår in which the unit itself has a lap, the latest first."""

    @property
    def is_empty(self) -> bool:
        return not self.threads and not any(column.results for column in self.columns)

    @property
    def boxes(self) -> list[Box]:
        return [box for thread in self.threads for box in thread.boxes]


def in_threads(boxes: Iterable[Box]) -> list[Thread]:
    """Gather what hangs together. The thread that began first comes first; what builds on no problem is
    one thread at the end."""
    boxes = list(boxes)
    by_key = {box.key: box for box in boxes}
    for box in boxes:
        box.out_of = [key for key in box.out_of if key in by_key]
    roots: dict[str, str] = {box.key: box.key for box in boxes}

    def root(key: str) -> str:
        while roots[key] != key:
            roots[key] = key = roots[roots[key]]
        return key

    for box in boxes:
        for earlier in box.out_of:
            roots[root(box.key)] = root(earlier)
    found: dict[str, list[Box]] = defaultdict(list)
    for box in boxes:
        found[root(box.key)].append(box)
    threads = [Thread(_in_reading_order(group)) for group in found.values()]
    threads.sort(key=lambda thread: (thread.boxes[0].year, boxes.index(thread.boxes[0])))
    loose = [box for thread in threads if thread.is_loose for box in thread.boxes]
    bound = [thread for thread in threads if not thread.is_loose]
    if loose:
        bound.append(Thread(sorted(loose, key=lambda box: box.year)))
    return bound


def _in_reading_order(boxes: list[Box]) -> list[Box]:
    """Läsår by läsår; in each from the problem downwards, what came out of a box right below it."""
    ordered: list[Box] = []
    for year in sorted({box.year for box in boxes}):
        here = [box for box in boxes if box.year == year]
        keys = {box.key for box in here}
        below: dict[str, list[Box]] = defaultdict(list)
        tops = []
        for box in here:
            parent = parent_of(box, keys)
            (below[parent] if parent else tops).append(box)
        stack = [box for kind in reversed(Kind) for box in reversed(tops) if box.kind is kind]
        while stack:
            box = stack.pop()
            ordered.append(box)
            stack += reversed(below[box.key])
    return ordered


def parent_of(box: Box, here: Iterable[str]) -> str | None:
    """What the box stands below in its own läsår."""
    return next((key for key in box.out_of if key in here), None)
