"""Who may read and write about the huvudman's support.

What is asked for: those who check in about the unit, the skolchef, and the one who was asked. What principals
say of a support: all who lead or follow some unit; whoever leads one writes, the skolchef or the owner answers.
"""

import sqlalchemy as sa
from flask import abort, g
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from tracker.auth.access import current_access, load_organizer, on_units
from tracker.auth.grants import Access
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    CheckIn,
    CheckInUnit,
    Permission,
    SchoolUnit,
    SupportFeedback,
    SupportOffer,
    SupportRequest,
)
from tracker.support.carriers import carried_by, carriers_of
from tracker.support.people import ROLES

OWNER = frozenset({Permission.FOLLOW, Permission.CONVERSE, Permission.LEAD})
"""What the one who was asked may do with the request: what the dialogansvarig may."""


def works_there(access: Access) -> sa.ColumnElement[bool]:
    """A criterion: whether the person works at the organizer today, as who is given something to answer
    must. What was given to somebody waits for the others once they do not."""
    return sa.true() if works_at_the_organizer(access) else sa.false()


def works_at_the_organizer(access: Access) -> bool:
    return any(grant.unit_id is None and grant.role in ROLES for grant in access.grants)


def _is_hers(owner_id: int | None) -> bool:
    """Whether it was given to the person to answer, and still is."""
    return owner_id == current_user.id and works_at_the_organizer(current_access())


def load_request(request_id: int, to: Permission) -> SupportRequest:
    """What was asked for about a unit with which the person holds CONVERSE, by anybody for whom she
    oversees the support, or from herself; else 404."""
    row = db.session.scalar(
        _whole().where(
            SupportRequest.id == request_id,
            SupportRequest.organizer_id == current_access().organizer_id,
        )
    )
    if row is None:
        abort(404)
    g.support_carriers = carriers_of([row.id])
    given = on_units(_carriers(row))
    given |= current_access().on_organizer() & {Permission.OVERSEE, Permission.FOLLOW}
    if _is_hers(row.owner_id):
        given |= OWNER
    g.unit_permissions = given
    if not given & {Permission.CONVERSE, Permission.OVERSEE}:
        abort(404)
    if to not in given:
        abort(403)
    return row


def load_all(ids: list[int]) -> dict[int, SupportRequest]:
    """Requests that the caller has found for the person, by id."""
    if not ids:
        return {}
    g.support_carriers = carriers_of(ids)
    return {row.id: row for row in db.session.scalars(_whole().where(SupportRequest.id.in_(ids)))}


def _whole() -> sa.Select[tuple[SupportRequest]]:
    return sa.select(SupportRequest).options(
        joinedload(SupportRequest.check_in)
        .selectinload(CheckIn.unit_links)
        .joinedload(CheckInUnit.unit),
        joinedload(SupportRequest.unit),
        joinedload(SupportRequest.offer),
        joinedload(SupportRequest.owner),
    )


def readable() -> sa.ColumnElement[bool]:
    """A criterion on SupportRequest: those that `load_request` lets the person read."""
    access = current_access()
    seen = (
        sa.true()
        if Permission.OVERSEE in access.on_organizer()
        else sa.or_(
            carried_by(access.units_where(Permission.CONVERSE)),
            sa.and_(works_there(access), SupportRequest.owner_id == current_user.id),
        )
    )
    return sa.and_(SupportRequest.organizer_id == access.organizer_id, seen)


def _carriers(row: SupportRequest) -> list[SchoolUnit]:
    """The units that carry it today, read when it was loaded."""
    return g.support_carriers[row.id]


def carriers_followed(row: SupportRequest) -> list[SchoolUnit]:
    """Of the units that carry it today, those that the person follows, in Swedish order."""
    access = current_access()
    return sorted(
        (
            unit
            for unit in _carriers(row)
            if Permission.FOLLOW in access.on_unit(unit.id, unit.area_id)
        ),
        key=lambda unit: (unit.sort_key, unit.id),
    )


def may_answer(row: SupportRequest) -> bool:
    """Whether the person is to answer, or may."""
    access = current_access()
    return _is_hers(row.owner_id) or any(
        Permission.LEAD in access.on_unit(unit.id, unit.area_id) for unit in _carriers(row)
    )


def may_settle(row: SupportRequest) -> bool:
    """Whether the person may say what came of it."""
    access = current_access()
    return _is_hers(row.owner_id) or any(
        Permission.CONVERSE in access.on_unit(unit.id, unit.area_id) for unit in _carriers(row)
    )


def units_to_ask_for() -> list[SchoolUnit]:
    """The open units the person writes in, in Swedish order; 403 when there are none."""
    found = list(
        db.session.scalars(
            sa.select(SchoolUnit)
            .where(current_access().units_written(), SchoolUnit.open_on(today()))
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        )
    )
    return found or abort(403)


def writes_somewhere() -> bool:
    """Whether the person writes in some open unit."""
    access = current_access()
    if access.anywhere(Permission.WRITE):
        return True
    if not access.anywhere(Permission.LEAD):
        return False
    units = sa.select(SchoolUnit.id).where(access.units_written(), SchoolUnit.open_on(today()))
    return db.session.scalar(units.limit(1)) is not None


def load_offer(offer_id: int) -> SupportOffer:
    """One support of the catalogue, for who keeps it."""
    organizer = load_organizer(to=Permission.CATALOGUE)
    row = db.session.scalar(
        sa.select(SupportOffer)
        .where(SupportOffer.id == offer_id, SupportOffer.organizer_id == organizer.id)
        .options(selectinload(SupportOffer.form_links))
    )
    return row or abort(404)


def load_feedback(feedback_id: int, to: Permission) -> SupportFeedback:
    """What the organizer's principals say of a support, for who follows some unit of it, or is to
    answer; else 404."""
    access = current_access()
    row = db.session.scalar(
        sa.select(SupportFeedback)
        .where(
            SupportFeedback.id == feedback_id,
            SupportFeedback.organizer_id == access.organizer_id,
        )
        .options(joinedload(SupportFeedback.area), joinedload(SupportFeedback.owner))
    )
    if row is None:
        abort(404)
    given = access.on_organizer() & {Permission.OVERSEE}
    if access.anywhere(Permission.FOLLOW):
        given |= {Permission.FOLLOW}
        if writes_somewhere():
            given |= {Permission.WRITE}
    if _is_hers(row.owner_id):
        given |= {Permission.FOLLOW, Permission.OVERSEE}
    g.unit_permissions = given
    if Permission.FOLLOW not in given:
        abort(404)
    if to not in given:
        abort(403)
    return row
