"""Dags att stämma av, on Start: the units of one leader together, since the people meet once."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.organisation.staffing import Staffing
from tracker.start.addresses import Addresses
from tracker.start.facts import UnitFacts
from tracker.web.swedish import listing


@dataclass(frozen=True, slots=True)
class Meeting:
    """The next check-in about some units of the same leader and dialogansvarig."""

    units: list[UnitFacts]
    url: str
    """The form, with these units chosen."""
    with_whom: str
    """The one on the other side: without one there is no meeting."""
    due_on: date
    is_due: bool
    last_on: date | None
    """When all of them were last checked in about; None: one of them has not been this läsår."""

    @property
    def names(self) -> str:
        return listing([unit.name for unit in self.units])


def of_leader(
    units: Sequence[UnitFacts], staffing: Staffing, person_id: int, day: date, addresses: Addresses
) -> list[Meeting]:
    """A leader's next check-ins, with her dialogansvarig; who has waited longest first."""
    return _meetings(units, staffing, person_id, day, addresses, with_leader=False)


def of_lead(
    units: Sequence[UnitFacts], staffing: Staffing, person_id: int, day: date, addresses: Addresses
) -> list[Meeting]:
    """Whom a dialogansvarig is to check in with by now."""
    due = [unit for unit in units if unit.check_in and unit.check_in.is_due(day)]
    return _meetings(due, staffing, person_id, day, addresses, with_leader=True)


def _meetings(
    units: Sequence[UnitFacts],
    staffing: Staffing,
    person_id: int,
    day: date,
    addresses: Addresses,
    *,
    with_leader: bool,
) -> list[Meeting]:
    """Of the units of a meeting those that are due, when any is; else those that are next."""
    together: dict[Hashable, list[UnitFacts]] = {}
    for unit in units:
        if unit.check_in is not None and unit.check_in.due_on is not None:
            together.setdefault(staffing.dialogue_key(unit), []).append(unit)
    found = []
    for group in together.values():
        first = group[0]
        other = staffing.leader(first.id) if with_leader else staffing.lead(first.id, first.area_id)
        if other is not None and other.id != person_id:
            found.append(_meeting(group, other.name, day, addresses))
    return sorted(found, key=lambda row: row.due_on)


def _meeting(units: list[UnitFacts], with_whom: str, day: date, addresses: Addresses) -> Meeting:
    due = [unit for unit in units if unit.check_in and unit.check_in.is_due(day)]
    if not due:
        first = min(
            unit.check_in.due_on for unit in units if unit.check_in and unit.check_in.due_on
        )
        units = [unit for unit in units if unit.check_in and unit.check_in.due_on == first]
    units = due or units
    facts = [unit.check_in for unit in units if unit.check_in]
    last = [row.last_on for row in facts]
    return Meeting(
        units,
        addresses.check_in(*[unit.slug for unit in units]),
        with_whom,
        min(row.due_on for row in facts if row.due_on),
        bool(due),
        min((on for on in last if on), default=None) if all(last) else None,
    )
