"""Which units a request for support is carried by: those it was asked about, and those that have taken over
from them since, as long as nobody had said what came of it."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import CheckInUnit, SchoolUnit, SupportRequest
from tracker.organisation.succession import taken_over


def carriers(
    *criteria: sa.ColumnElement[bool], day: date | sa.ColumnElement[date] | None = None
) -> sa.Subquery:
    """A table with the columns `request_id`, `unit_id` and `asked_on`: a row for each request of the
    criteria and each unit that carries it on that day (today). A unit that goes on after a part of it left keeps
    what it asks for afterwards to itself."""
    chain = taken_over(day)
    about = sa.func.coalesce(CheckInUnit.unit_id, SupportRequest.unit_id)
    in_check_in = CheckInUnit.check_in_id == SupportRequest.check_in_id
    asked = (
        sa.select(
            SupportRequest.id.label("request_id"),
            about.label("unit_id"),
            SupportRequest.asked_on,
        )
        .outerjoin(CheckInUnit, in_check_in)
        .where(*criteria)
    )
    later = (
        sa.select(SupportRequest.id, chain.c.successor_id, SupportRequest.asked_on)
        .outerjoin(CheckInUnit, in_check_in)
        .join(chain, chain.c.predecessor_id == about)
        .where(
            *criteria,
            SupportRequest.asked_on < chain.c.on,
            sa.or_(SupportRequest.settled_at.is_(None), SupportRequest.settled_at >= chain.c.on),
        )
    )
    return sa.union(asked, later).subquery("carriers")


def carried_by(units: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A criterion on SupportRequest: carried by a unit of a criterion on SchoolUnit."""
    rows = carriers()
    return SupportRequest.id.in_(
        sa.select(rows.c.request_id).join(SchoolUnit, SchoolUnit.id == rows.c.unit_id).where(units)
    )


def carriers_of(ids: Collection[int]) -> dict[int, list[SchoolUnit]]:
    """The units that carry each of the requests today, by the request's id; one statement."""
    found: dict[int, list[SchoolUnit]] = {key: [] for key in ids}
    if not found:
        return found
    rows = carriers(SupportRequest.id.in_(found))
    for key, unit in db.session.execute(
        sa.select(rows.c.request_id, SchoolUnit).join(SchoolUnit, SchoolUnit.id == rows.c.unit_id)
    ):
        found[key].append(unit)
    return found
