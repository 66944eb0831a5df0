"""Many check-ins at once: who is due, and the latest, in one paged list."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.auth.grants import Access
from tracker.checkins.access import (
    about_own_units,
    load_all,
    own_units,
)
from tracker.checkins.reading import CheckInFacts, check_in_facts
from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import CheckIn, SchoolUnit, SupportRequest, SupportState
from tracker.organisation.staffing import Staffing
from tracker.support.access import readable
from tracker.web.swedish import listing

PAGE_SIZE = 50


class Group(enum.IntEnum):
    """In the order of the page."""

    DUE = 0
    AHEAD = 1
    LATEST = 2

    @property
    def label(self) -> str:
        return ["Dags att stämma av", "Längre fram", "Senaste avstämningarna"][self]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Units of the same leader, to be checked in about at once."""

    units: list[SchoolUnit]
    leader: str
    last_on: date | None
    due_on: date | None
    """The first of the units' days; None: they have no interval."""

    @property
    def names(self) -> str:
        return listing([unit.name for unit in self.units])


@dataclass(frozen=True, slots=True)
class Line:
    """`what` is the id of a check-in, or a Meeting."""

    group: Group
    what: Any


def lines(access: Access) -> list[Line]:
    """Everything of the person's units, whole läsår of check-ins as ids; five statements."""
    return [
        *_meetings(access),
        *(Line(Group.LATEST, key) for key in _latest_ids()),
    ]


def unanswered() -> int:
    """How much that the person may read about support waits for an answer."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(SupportRequest)
            .where(readable(), SupportRequest.state == SupportState.ASKED)
        )
        or 0
    )


def grouped(items: Sequence[Line]) -> list[tuple[Group, list[Any]]]:
    """The lines of a page by group, with the check-ins themselves in place of their ids."""
    keys = [line.what for line in items if isinstance(line.what, int)]
    found = load_all(keys) if keys else {}
    return [
        (
            group,
            [
                found[line.what] if isinstance(line.what, int) else line.what
                for line in items
                if line.group is group
            ],
        )
        for group in Group
    ]


def _meetings(access: Access) -> list[Line]:
    """Whom to check in with, she who has waited longest first; then those who may meet before their day.
    Where some of a leader's units are due, it is about these."""
    day = today()
    facts = check_in_facts(access.organizer_id, day)
    staffing = Staffing.load(access.organizer_id)
    together: dict[Any, list[SchoolUnit]] = {}
    for unit in own_units():
        if unit.id in facts:
            together.setdefault(staffing.dialogue_key(unit), []).append(unit)
    found = []
    for units in together.values():
        due = [unit for unit in units if facts[unit.id].is_due(day)]
        leader = staffing.leader(units[0].id)
        meeting = _meeting(due or units, leader.name if leader else "Vakant", facts)
        found.append(Line(Group.DUE if due else Group.AHEAD, meeting))
    return sorted(
        found,
        key=lambda line: (line.group, line.what.due_on or date.max, line.what.units[0].sort_key),
    )


def _meeting(units: list[SchoolUnit], leader: str, facts: dict[int, CheckInFacts]) -> Meeting:
    last = [facts[unit.id].last_on for unit in units]
    due = [facts[unit.id].due_on for unit in units]
    return Meeting(
        units,
        leader,
        last_on=min((day for day in last if day), default=None) if all(last) else None,
        due_on=min((day for day in due if day), default=None),
    )


def _latest_ids() -> list[int]:
    """The läsår's, the latest first."""
    begins = calendar.first_day(calendar.school_year_start(today()))
    return list(
        db.session.scalars(
            sa.select(CheckIn.id)
            .where(about_own_units(), CheckIn.held_on >= begins)
            .order_by(CheckIn.held_on.desc(), CheckIn.id.desc())
        )
    )
