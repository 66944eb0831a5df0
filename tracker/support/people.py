"""Who at the huvudman may be given something to answer."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import RoleAssignment, User
from tracker.organisation.roles import AT_THE_ORGANIZER as ROLES


def at_the_organizer(organizer_id: int, also: int | None = None) -> list[tuple[int, str]]:
    """(user id, name) of those who work with the units of an area or the whole organizer today, in Swedish
    order; and of `also`, who has been given it before. The systemförvaltare reads no unit's requests."""
    rows = db.session.execute(
        sa.select(User.id, User.name)
        .where(sa.or_(User.id.in_(working(organizer_id)), User.id == also))
        .order_by(User.sort_key, User.id)
    )
    return [(row.id, row.name) for row in rows]


def working(organizer_id: Any, day: Any = None) -> sa.Select[tuple[int]]:
    """The ids of those who work there on the day (today), some of them more than once. Values, columns or
    parameters alike."""
    return (
        sa.select(RoleAssignment.user_id)
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.organizer_id == organizer_id,
            RoleAssignment.unit_id.is_(None),
            RoleAssignment.role.in_(ROLES),
            RoleAssignment.held_on(today() if day is None else day),
            User.closed_at.is_(None),
        )
    )


def still_there(organizer_id: int, given: Iterable[Any]) -> frozenset[int]:
    """Of those to whom offers, requests or feedback were given, the ids of who works there today: the others
    neither answer nor read. One statement, none where nobody was."""
    owners = {row.owner_id for row in given} - {None}
    if not owners:
        return frozenset()
    there = working(organizer_id).where(RoleAssignment.user_id.in_(owners))
    return frozenset(db.session.scalars(there))
