"""Who may read and write check-ins: those who lead one of its units, and their dialogansvarig."""

import sqlalchemy as sa
from flask import abort, g
from sqlalchemy.orm import joinedload, selectinload

from tracker.auth.access import current_access
from tracker.clock import today
from tracker.extensions import db
from tracker.models import CheckIn, CheckInMeasure, CheckInUnit, Permission, SchoolUnit


def load_check_in(check_in_id: int, to: Permission) -> CheckIn:
    """A check-in about a unit with which the person holds CONVERSE, with its units, measures and
    support; else 404. Over several units, one of them is enough: the text is one."""
    check_in = db.session.scalar(
        _whole().where(
            CheckIn.id == check_in_id, CheckIn.organizer_id == current_access().organizer_id
        )
    )
    if check_in is None:
        abort(404)
    given: frozenset[Permission] = frozenset()
    for unit in check_in.units:
        given |= current_access().on_unit(unit.id, unit.area_id)
    if Permission.CONVERSE not in given:
        abort(404)
    if to not in given:
        abort(403)
    g.unit_permissions = given
    return check_in


def load_all(ids: list[int]) -> dict[int, CheckIn]:
    """Check-ins that the caller has found for the person, by id."""
    return {row.id: row for row in db.session.scalars(_whole().where(CheckIn.id.in_(ids)))}


def _whole() -> sa.Select[tuple[CheckIn]]:
    return sa.select(CheckIn).options(
        selectinload(CheckIn.unit_links).joinedload(CheckInUnit.unit),
        selectinload(CheckIn.measure_links).joinedload(CheckInMeasure.measure),
        joinedload(CheckIn.support),
    )


def demand_somewhere() -> None:
    """The person checks in about some unit, whichever; else 403."""
    if not any(Permission.CONVERSE in grant.role.grants for grant in current_access().grants):
        abort(403)


def own_units() -> list[SchoolUnit]:
    """The open units with which the person holds CONVERSE, in Swedish order."""
    return list(
        db.session.scalars(
            sa.select(SchoolUnit)
            .where(current_access().units_where(Permission.CONVERSE), SchoolUnit.open_on(today()))
            .options(selectinload(SchoolUnit.forms))
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        )
    )


def about_own_units() -> sa.ColumnElement[bool]:
    """A criterion on CheckIn: those that `load_check_in` lets the person read."""
    return CheckIn.id.in_(
        sa.select(CheckInUnit.check_in_id)
        .join(SchoolUnit, SchoolUnit.id == CheckInUnit.unit_id)
        .where(current_access().units_where(Permission.CONVERSE))
    )
