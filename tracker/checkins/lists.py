"""Many check-ins at once: who is due, and the latest, in one paged list."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.auth.access import Access
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
    LATEST = 1

    @property
    def label(self) -> str:
        return ["Dags att stämma av", "Senaste avstämningarna"][self]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Units of the same leader that are due, to be checked in about at once."""

    units: list[SchoolUnit]
    leader: str
    last_on: date | None

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
        *(Line(Group.DUE, meeting) for meeting in _due(access)),
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


def _due(access: Access) -> list[Meeting]:
    """Who to check in with, she who has waited longest first."""
    facts = check_in_facts(access.organizer_id, today())
    staffing = Staffing.load(access.organizer_id)
    together: dict[Any, list[SchoolUnit]] = {}
    for unit in own_units():
        if unit.id in facts and facts[unit.id].is_due(today()):
            together.setdefault(staffing.dialogue_key(unit), []).append(unit)
    waiting = [(_waited(units, facts), units) for units in together.values()]
    found = []
    for _, units in sorted(waiting, key=lambda pair: pair[0]):
        leader = staffing.leader(units[0].id)
        last = [facts[unit.id].last_on for unit in units]
        shared = min((day for day in last if day), default=None) if all(last) else None
        found.append(Meeting(units, leader.name if leader else "Vakant", shared))
    return found


def _waited(units: Sequence[SchoolUnit], facts: dict[int, CheckInFacts]) -> tuple[date, str]:
    days = [facts[unit.id].due_on for unit in units]
    return min(day for day in days if day), units[0].sort_key


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
