"""Start for who leads units: what is to be done, the next dialogue and the next check-ins."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.clock import today
from tracker.cycle.calendar import Phase
from tracker.models import QualityDialogue, User
from tracker.organisation.staffing import Staffing
from tracker.start import overview
from tracker.start.addresses import Addresses
from tracker.start.after_dialogues import AfterDialogues
from tracker.start.meetings import Meeting, of_leader
from tracker.start.todo import LedUnit, Todo, todo

TODO_SHOWN = 8


@dataclass(frozen=True, slots=True)
class NextDialogue:
    """The nearest dialogue of a rektor, and with whom."""

    dialogue: QualityDialogue
    with_whom: str | None


@dataclass(frozen=True, slots=True)
class Leading:
    """Rektor's part."""

    units: Sequence[LedUnit]
    todo: Sequence[Todo]
    next_dialogue: NextDialogue | None
    unplaced: Sequence[QualityDialogue]
    meetings: Sequence[Meeting]
    """Her next check-ins."""
    newly_led: Sequence[tuple[str, str]]
    """Slug and name of the units she has begun to lead lately: their handover tells what there is."""

    @property
    def shared_phase(self) -> Phase | None:
        """The phase, when all her units are in the same one."""
        phases = {row.unit.phase for row in self.units}
        return phases.pop() if len(phases) == 1 else None

    @property
    def first_todo(self) -> Sequence[Todo]:
        return self.todo[:TODO_SHOWN]

    @property
    def more_todo(self) -> Sequence[Todo]:
        return self.todo[TODO_SHOWN:]


def leading(
    led: Sequence[LedUnit],
    year: str,
    staffing: Staffing,
    person: User,
    after: AfterDialogues,
    new_ones: Sequence[tuple[str, str]],
) -> Leading:
    """`led`: her units with their measures. `new_ones`: see `Leading.newly_led`."""
    dialogues = overview.dialogues_of(row.unit for row in led)
    ahead = next((row for row in dialogues if row.is_ahead), None)
    following = None
    if ahead is not None:
        unit = ahead.units[0]
        lead = staffing.lead(unit.id, unit.area_id)
        following = NextDialogue(ahead, lead.name if lead and lead.id != person.id else None)
    unplaced = [row for row in dialogues if row.starts_at is None and not row.is_cancelled]
    meetings = of_leader(
        [row.unit for row in led], staffing, person.id, today(), Addresses.of(year)
    )
    return Leading(led, todo(led, dialogues, year, after), following, unplaced, meetings, new_ones)
