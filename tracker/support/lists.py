"""The one list of the huvudman's support: what waits for an answer, what is to be followed up, and how much
support each unit gets."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_login import current_user

from tracker.auth.grants import Access
from tracker.checkins.reading import check_in_facts
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Permission,
    SchoolUnit,
    SupportDecision,
    SupportFeedback,
    SupportRequest,
    SupportState,
)
from tracker.support.access import load_all, readable, works_there
from tracker.support.levels import FOLLOW_UP_AHEAD

PAGE_SIZE = 50


class Group(enum.IntEnum):
    """In the order of the page."""

    WAITING = 0
    FOLLOW_UP = 1
    FEEDBACK = 2
    ANSWERED = 3
    UNITS = 4

    @property
    def has_requests(self) -> bool:
        return self in (Group.WAITING, Group.ANSWERED)

    @property
    def label(self) -> str:
        return [
            "Väntar på svar",
            "Stöd att följa upp",
            "Synpunkter på stödet",
            "Besvarat: vad blev det?",
            "Enheterna",
        ][self]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with the support it gets. `decision`: None, when nothing has been decided."""

    id: int
    name: str
    slug: str
    decision: SupportDecision | None
    last_on: date | None
    """When it last checked in this läsår; not told to who does not check in or oversee."""


@dataclass(frozen=True, slots=True)
class Line:
    """`what` is the id of a request, or the row itself."""

    group: Group
    what: Any


def lines(access: Access) -> list[Line]:
    """Everything for the person's roles, requests as ids; five statements."""
    asked: dict[SupportState, list[int]] = {state: [] for state in SupportState}
    for state, key in db.session.execute(
        sa.select(SupportRequest.state, SupportRequest.id)
        .where(readable(), SupportRequest.state != SupportState.SETTLED)
        .order_by(SupportRequest.asked_on, SupportRequest.id)
    ):
        asked[state].append(key)
    units = _units(access) if access.anywhere(Permission.FOLLOW) else []
    return [
        *(Line(Group.WAITING, key) for key in asked[SupportState.ASKED]),
        *(Line(Group.FOLLOW_UP, unit) for unit in _to_follow_up(access, units)),
        *(Line(Group.FEEDBACK, row) for row in _feedback(access)),
        *(Line(Group.ANSWERED, key) for key in asked[SupportState.ANSWERED]),
        *(Line(Group.UNITS, unit) for unit, _ in units),
    ]


def grouped(items: Sequence[Line]) -> list[tuple[Group, list[Any]]]:
    """The lines of a page by group, with the requests themselves in place of their ids."""
    found = load_all([line.what for line in items if isinstance(line.what, int)])
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


def _units(access: Access) -> list[tuple[UnitLine, int | None]]:
    """The open units that the person follows, each with its area, in Swedish order."""
    seen = access.units_where(Permission.FOLLOW)
    rows = db.session.execute(
        sa.select(SchoolUnit.id, SchoolUnit.name, SchoolUnit.slug, SchoolUnit.area_id)
        .where(seen, SchoolUnit.open_on(today()))
        .order_by(SchoolUnit.sort_key, SchoolUnit.id)
    ).all()
    decisions = SupportDecision.in_force(
        SupportDecision.unit_id.in_(sa.select(SchoolUnit.id).where(seen))
    )
    facts = check_in_facts(access.organizer_id, today()) if knows_check_ins(access) else {}
    return [
        (
            UnitLine(
                row.id,
                row.name,
                row.slug,
                decisions.get(row.id),
                facts[row.id].last_on if row.id in facts else None,
            ),
            row.area_id,
        )
        for row in rows
    ]


def knows_check_ins(access: Access) -> bool:
    """Whether the person may know when units last checked in."""
    return access.anywhere(Permission.CONVERSE) or Permission.OVERSEE in access.on_organizer()


def _to_follow_up(access: Access, units: Sequence[tuple[UnitLine, int | None]]) -> list[UnitLine]:
    """Those whose support is hers to follow up soon, the earliest day first."""
    until = today() + FOLLOW_UP_AHEAD
    found = [
        (unit.decision.follow_up_on, unit)
        for unit, area_id in units
        if unit.decision is not None
        and unit.decision.follow_up_on is not None
        and unit.decision.is_due(until)
        and Permission.SUPPORT in access.on_unit(unit.id, area_id)
    ]
    return [unit for _, unit in sorted(found, key=lambda pair: pair[0])]


def _feedback(access: Access) -> list[SupportFeedback]:
    """What principals have said that waits for the person: an answer, then a follow-up."""
    oversees = Permission.OVERSEE in access.on_organizer()
    return list(
        db.session.scalars(
            sa.select(SupportFeedback)
            .where(
                SupportFeedback.organizer_id == access.organizer_id,
                SupportFeedback.waiting_for(
                    current_user.id,
                    works=works_there(access),
                    oversees=sa.true() if oversees else sa.false(),
                    day=today(),
                    until=today() + FOLLOW_UP_AHEAD,
                ),
            )
            .options(sa.orm.joinedload(SupportFeedback.area))
            .order_by(SupportFeedback.state.desc(), SupportFeedback.given_on, SupportFeedback.id)
        )
    )
