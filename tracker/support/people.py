"""Who at the huvudman may be given something to answer."""

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import RoleAssignment, User
from tracker.organisation.roles import AT_THE_ORGANIZER as ROLES


def at_the_organizer(organizer_id: int, also: int | None = None) -> list[tuple[int, str]]:
    """(user id, name) of those who work with the units of an area or the whole organizer today, in Swedish
    order; and of `also`, who has been given it before. The systemförvaltare reads no unit's requests."""
    works = sa.select(RoleAssignment.user_id).where(
        RoleAssignment.organizer_id == organizer_id,
        RoleAssignment.unit_id.is_(None),
        RoleAssignment.role.in_(ROLES),
        RoleAssignment.held_on(today()),
    )
    rows = db.session.execute(
        sa.select(User.id, User.name)
        .where(sa.or_(sa.and_(User.id.in_(works), User.closed_at.is_(None)), User.id == also))
        .order_by(User.sort_key, User.id)
    )
    return [(row.id, row.name) for row in rows]
