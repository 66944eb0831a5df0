"""Who carries on what was agreed in one dialogue, on any of the days to come: read once, where the preview
of the dialogue's mails would else ask anew on each day that a unit opens, closes or takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import Agreement, QualityDialogue, SchoolUnit, UnitSuccession
from tracker.notifications.kinds.base import placed_units
from tracker.notifications.office import ONE_DAY, Office, PlacedUnit


@dataclass(frozen=True, slots=True)
class CarryingOn:
    """The dialogue's units and those that take over from them, now or later."""

    dialogue: QualityDialogue
    steps: list[tuple[int, date, SchoolUnit]]
    """(predecessor's id, the day, successor) of all in the organizer: few, whatever its size."""

    @classmethod
    def load(cls, dialogue: QualityDialogue) -> Self:
        """One statement."""
        rows = db.session.execute(
            sa.select(UnitSuccession.predecessor_id, UnitSuccession.on, SchoolUnit)
            .join(SchoolUnit, SchoolUnit.id == UnitSuccession.successor_id)
            .where(UnitSuccession.organizer_id == dialogue.organizer_id)
        )
        return cls(dialogue, [(key, on, unit) for key, on, unit in rows])

    def units(self) -> list[PlacedUnit]:
        """Those that carry it on today, as `kinds.base.units_that_carry_on` gives them."""
        carry = {unit.id: unit for unit in self.dialogue.units}
        ahead = set(carry)
        while ahead:
            found = {
                unit.id: unit
                for key, on, unit in self.steps
                if key in ahead and on <= today() and unit.id not in carry
            }
            carry |= found
            ahead = set(found)
        units = placed_units(carry.values(), closed_too=True)
        return [unit for unit in units if unit.is_open] or units

    def turns(self) -> set[date]:
        """The days on which the answer may be another one."""
        return {on for _, on, _ in self.steps} | turns_of([unit for *_, unit in self.steps])


def carrying_on(dialogue: QualityDialogue, office: Office) -> CarryingOn | None:
    """None where nothing is awaited that anybody could carry on."""
    if not any(map(is_awaited, dialogue.agreements)):
        return None
    found: CarryingOn = office.once("who carries on", lambda: CarryingOn.load(dialogue))
    return found


def is_awaited(agreement: Agreement) -> bool:
    """Whether anybody is to be reminded of it."""
    return agreement.is_awaited and agreement.due_on is not None


def turns_of(units: Sequence[SchoolUnit]) -> set[date]:
    """The days on which one of the units is opened, or is there no longer."""
    days = {unit.opened_on for unit in units}
    return days | {unit.closed_on + ONE_DAY for unit in units if unit.closed_on is not None}
