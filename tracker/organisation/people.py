"""Who holds which role: what pages show about people."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import Area, Organizer, RoleAssignment, SchoolUnit, User


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as it is read: "Tf. rektor, Klockvretsskolan"."""

    title: str
    place: str
    starts_on: date
    ends_on: date | None


def roles_of(user: User, organizer_id: int) -> list[HeldRole]:
    """The roles the person holds today or will hold, in one organizer."""
    rows = db.session.execute(
        sa.select(RoleAssignment, SchoolUnit.name, Area.name, Organizer.name)
        .join(Organizer, Organizer.id == RoleAssignment.organizer_id)
        .outerjoin(SchoolUnit, SchoolUnit.id == RoleAssignment.unit_id)
        .outerjoin(Area, Area.id == RoleAssignment.area_id)
        .where(
            RoleAssignment.user_id == user.id,
            RoleAssignment.organizer_id == organizer_id,
            sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today()),
        )
        .order_by(RoleAssignment.starts_on, RoleAssignment.id)
    )
    return [
        HeldRole(role.title, unit or area or organizer, role.starts_on, role.ends_on)
        for role, unit, area, organizer in rows
    ]
