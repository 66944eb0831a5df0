"""Röda tråden as a table: the same boxes as in the picture, a row for each way from problem to effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.cycle import calendar
from tracker.thread.boxes import Box, Kind, Thread, parent_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A box of the row; `again` when a row above has told it in full. `goes_on` names what it goes on from
    in an earlier läsår."""

    box: Box
    again: bool
    goes_on: str


@dataclass(frozen=True, slots=True)
class Row:
    start_year: int
    cells: Sequence[Cell | None]
    """One for each Kind, in order."""

    @property
    def year(self) -> str:
        return calendar.label(self.start_year)


def rows_of(thread: Thread) -> list[Row]:
    """Läsår by läsår; every box of the thread is in some row, and told in full once."""
    by_key = {box.key: box for box in thread.boxes}
    told: set[str] = set()
    rows = []
    for year in thread.years:
        here = {box.key: box for box in thread.of(year)}
        parents = {key: parent_of(box, here) for key, box in here.items()}
        for key, box in here.items():
            if any(_leads_down(here[other], box) for other in here if parents[other] == key):
                continue
            path = _path(box, here, parents)
            rows.append(Row(year, [_cell(path.get(kind), by_key, told, parents) for kind in Kind]))
    return rows


def _leads_down(child: Box, box: Box) -> bool:
    """Whether the child stands in a later column of the row than the box it came out of."""
    return child.kind > box.kind


def _path(box: Box, here: dict[str, Box], parents: dict[str, str | None]) -> dict[Kind, Box]:
    path = {box.kind: box}
    above = parents[box.key]
    while above is not None:
        if here[above].kind < min(path):
            path[here[above].kind] = here[above]
        above = parents[above]
    return path


def _cell(
    box: Box | None, by_key: dict[str, Box], told: set[str], parents: dict[str, str | None]
) -> Cell | None:
    if box is None:
        return None
    again = box.key in told
    told.add(box.key)
    earlier = [by_key[key] for key in box.out_of if key != parents[box.key]]
    earlier = [one for one in earlier if one.year < box.year or one.kind >= box.kind]
    goes_on = earlier[0] if earlier else None
    words = f"{goes_on.kind.label.lower()} {calendar.label(goes_on.year)}" if goes_on else ""
    return Cell(box, again, words)
