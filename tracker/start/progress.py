"""How far the dialogues of the läsår have come, area by area. Never by rektor: it says how the work goes,
and ranks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tracker.models import DialogueKind, DialogueState
from tracker.start.facts import DialogueFacts, UnitFacts
from tracker.web import swedish

COUNTED = (DialogueKind.DIALOGUE_1, DialogueKind.DIALOGUE_2)
ALL = "Alla enheter"


@dataclass(frozen=True, slots=True)
class AreaCount:
    """A line of the table: an area, and how far its dialogues have come, a sentence for each kind."""

    title: str
    said: list[str]


def counts(units: Sequence[UnitFacts]) -> list[AreaCount]:
    """Of units that stand area by area; last, when there are several areas, of all together."""
    found = []
    for name, group in groupby(units, key=lambda unit: unit.area_name):
        found.append(AreaCount(area_title(name), _count(list(group))))
    if len(found) == 1 and units[0].area_name is None:
        return [AreaCount(ALL, found[0].said)]
    return found if len(found) < 2 else [*found, AreaCount(ALL, _count(units))]


def _count(units: Sequence[UnitFacts]) -> list[str]:
    """A dialogue about several units is one."""
    by_kind: dict[DialogueKind, dict[int, DialogueFacts]] = {kind: {} for kind in COUNTED}
    for unit in units:
        for row in unit.dialogues:
            by_kind[row.kind][row.id] = row
    return [_how_far(list(by_kind[kind].values())) for kind in COUNTED]


def _how_far(dialogues: Sequence[DialogueFacts]) -> str:
    """Such as "6 av 8 dialoger har en tid, 5 genomförda, 3 godkända"; what is none is not said."""
    standing = [row for row in dialogues if not row.cancelled]
    placed = sum(row.starts_at is not None for row in standing)
    approved = sum(row.state is DialogueState.APPROVED for row in standing)
    held = approved + sum(row.state is DialogueState.HELD for row in standing)
    said = [f"{placed} av {len(standing)} dialoger har en tid"] if standing else []
    for number, one, several in (
        (held, "1 genomförd", "genomförda"),
        (approved, "1 godkänd", "godkända"),
        (len(dialogues) - len(standing), "1 inställd", "inställda"),
    ):
        if number:
            said.append(swedish.count(number, one, several))
    return ", ".join(said) or "–"


def area_title(name: str | None) -> str:
    """An area's name as a heading: some are called "Område Norr" already, some just "Norr"."""
    if not name:
        return "Utan område"
    return name if "område" in name.lower() else f"Område {name}"
