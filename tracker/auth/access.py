"""The access of the signed-in person, and the loaders that find and authorise in one step.

Invisible things answer 404, exactly as things that do not exist; visible ones that may not be
changed answer 403.
"""

from collections.abc import Container, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import abort, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from tracker.auth.grants import Access
from tracker.clock import today
from tracker.cycle import calendar
from tracker.database import SAFE_METHODS
from tracker.extensions import db, login_manager
from tracker.models import (
    Agreement,
    DialogueUnit,
    Measure,
    MeasureState,
    MeasureUnit,
    Organizer,
    Permission,
    QualityCycle,
    QualityDialogue,
    Role,
    SchoolUnit,
    SchoolYear,
    UnitAddress,
    User,
)
from tracker.organisation.owner import OWN
from tracker.organisation.succession import with_successors

READING = frozenset({Permission.READ, Permission.FOLLOW})
ORGANIZER_KEY = "organizer_id"
"""Where the session keeps which organizer a person with several works in."""


def current_access() -> Access:
    """The access of the signed-in person, read once per request. What was written for an organizer
    in which the person no longer has a role is not saved in another (409)."""
    if "access" not in g:
        wanted = session.get(ORGANIZER_KEY)
        g.access = Access.load(current_user, wanted)
        if wanted and wanted != g.access.organizer_id and request.method not in SAFE_METHODS:
            abort(409)
    return g.access


def demand(permission: Permission, given: frozenset[Permission], *, visible: Permission) -> None:
    """404 unless the person is given what makes the thing visible, 403 unless also what is asked for."""
    if visible not in given:
        abort(404)
    if permission not in given:
        abort(403)


def load_organizer(to: Permission) -> Organizer:
    """The organizer the person works in, if they may do `to` with it as a whole; else 403."""
    access = current_access()
    if access.organizer is None or to not in access.on_organizer():
        abort(403)
    return db.session.get_one(Organizer, access.organizer_id)


def load_unit(slug: str, to: Permission) -> SchoolUnit:
    """The unit at this address. An address it had before leads on to today's (GET only)."""
    unit, _ = _find_unit(slug, to)
    return unit


def _find_unit(slug: str, to: Permission) -> tuple[SchoolUnit, frozenset[Permission]]:
    access = current_access()
    row = db.session.execute(
        sa.select(SchoolUnit, SchoolUnit.has_leader())
        .join(UnitAddress, sa.and_(
            UnitAddress.unit_id == SchoolUnit.id,
            UnitAddress.organizer_id == SchoolUnit.organizer_id,
        ))
        .where(UnitAddress.organizer_id == access.organizer_id, UnitAddress.slug == slug)
    ).first()  # fmt: skip
    if row is None:
        abort(404)
    unit, has_leader = row
    given = access.on_unit(unit.id, unit.area_id, vacant=not has_leader)
    demand(to, given, visible=Permission.READ)
    if unit.slug != slug and request.method == "GET" and request.endpoint:
        _lead_on(request.view_args | {"slug": unit.slug})
    g.unit_permissions = given
    return unit, given


def _lead_on(view_args: dict[str, Any]) -> None:
    raise _Elsewhere(url_for(request.endpoint or "start.home", **view_args))


class _Elsewhere(HTTPException):
    """Ends the view with a permanent redirect."""

    code = 301

    def __init__(self, url: str) -> None:
        super().__init__(response=redirect(url, 301))


def may(permission: Permission | str) -> bool:
    """Whether the person may do this with the unit or dialogue that was loaded last; for pages
    that show a button only to those who can use it."""
    return Permission(permission) in g.get("unit_permissions", frozenset())


def load_cycle(slug: str, year: str, to: Permission) -> QualityCycle:
    """The unit's lap of the läsår, with unit and läsår loaded; the organizer's own for the slug `OWN`."""
    if slug == OWN:
        return _load_own_lap(year, to)
    unit, _ = _find_unit(slug, to)
    cycle = _find_cycle(QualityCycle.unit_id == unit.id, year)
    sa.orm.attributes.set_committed_value(cycle, "unit", unit)
    return cycle


def load_own_lap(to: Permission) -> int:
    """The organizer the person works in, by id, if they may do `to` with its own lap."""
    access = current_access()
    g.unit_permissions = access.on_own_lap()
    demand(to, g.unit_permissions, visible=Permission.READ)
    return access.organizer_id


def _load_own_lap(year: str, to: Permission) -> QualityCycle:
    access = current_access()
    cycle = _find_cycle(QualityCycle.id.in_(QualityCycle.own_laps(access.organizer_id)), year)
    g.unit_permissions = access.on_own_lap()
    demand(to, g.unit_permissions, visible=Permission.READ)
    return cycle


def _find_cycle(which: sa.ColumnElement[bool], year: str) -> QualityCycle:
    try:
        start_year = calendar.parse_slug(year)
    except ValueError:
        abort(404)
    cycle = db.session.scalar(
        sa.select(QualityCycle)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(which, SchoolYear.start_year == start_year)
        .options(
            sa.orm.contains_eager(QualityCycle.school_year),
            sa.orm.selectinload(QualityCycle.phase_settings),
        )
    )
    return cycle or abort(404)


def load_measure(measure_id: int, to: Permission) -> Measure:
    """A measure that concerns a unit of the person's, or is the organizer's own. A proposal is visible to
    its writers only.

    It is written by those of the units that own it (MeasureUnit.owns), or by those who write in the
    organizer's own lap; other units that it concerns read along.
    """
    measure = db.session.scalar(
        sa.select(Measure)
        .where(Measure.id == measure_id, Measure.organizer_id == current_access().organizer_id)
        .options(
            sa.orm.selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
            sa.orm.joinedload(Measure.cycle).joinedload(QualityCycle.school_year),
        )
    )
    if measure is None:
        abort(404)
    given = given_on_measure(measure)
    visible = Permission.WRITE if measure.state is MeasureState.PROPOSED else Permission.READ
    demand(to, given, visible=visible)
    return measure


def given_on_measure(measure: Measure) -> frozenset[Permission]:
    """What the person may do with a measure that has been found; `may` then answers about it."""
    if measure.is_organizers:
        g.unit_permissions = current_access().on_own_lap()
        return g.unit_permissions
    return on_units(measure.units, owners=_owners(measure))


def _owners(measure: Measure) -> set[int] | None:
    if len(measure.unit_links) == 1:
        return None
    return set(
        db.session.scalars(
            sa.select(MeasureUnit.unit_id).where(
                MeasureUnit.measure_id == measure.id, MeasureUnit.owns(today())
            )
        )
    )


def writes_measure() -> sa.ColumnElement[bool]:
    """A criterion on Measure: those in which `load_measure` lets the person write."""
    access = current_access()
    owned = (
        sa.select(MeasureUnit.measure_id)
        .join(SchoolUnit, SchoolUnit.id == MeasureUnit.unit_id)
        .where(MeasureUnit.owns(today()), access.units_written())
    )
    if Permission.WRITE in access.on_own_lap():
        return sa.or_(Measure.id.in_(owned), Measure.of_organizer(access.organizer_id))
    return Measure.id.in_(owned)


def load_dialogue(
    dialogue_id: int, to: Permission, *more: sa.orm.interfaces.ORMOption
) -> QualityDialogue:
    """A dialogue about a unit that the person follows; `more`: what is to be loaded with it."""
    found = db.session.scalars(
        sa.select(QualityDialogue)
        .where(
            QualityDialogue.id == dialogue_id,
            QualityDialogue.organizer_id == current_access().organizer_id,
        )
        .options(
            # In one statement: units and topics are few, and the brief has none to spare.
            sa.orm.joinedload(QualityDialogue.school_year),
            sa.orm.joinedload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
            sa.orm.joinedload(QualityDialogue.topics),
            *more,
        )
    )
    dialogue = found.unique().one_or_none()
    if dialogue is None:
        abort(404)
    demand(to, on_units(dialogue.units), visible=Permission.FOLLOW)
    return dialogue


def load_agreement(dialogue_id: int, agreement_id: int, to: Permission) -> Agreement:
    """An agreement of a dialogue about a unit that the person follows, or about one that such a unit
    took over from: what is open there is carried on by those who came after."""
    agreement = db.session.scalar(
        sa.select(Agreement)
        .where(
            Agreement.id == agreement_id,
            Agreement.dialogue_id == dialogue_id,
            Agreement.organizer_id == current_access().organizer_id,
        )
        .options(
            sa.orm.joinedload(Agreement.measure),
            sa.orm.joinedload(Agreement.dialogue).options(
                sa.orm.joinedload(QualityDialogue.school_year),
                sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
            ),
        )
    )
    if agreement is None:
        abort(404)
    units = with_successors(agreement.dialogue.units)
    demand(to, on_units(units), visible=Permission.FOLLOW)
    return agreement


def on_units(
    units: Iterable[SchoolUnit], owners: Container[int] | None = None
) -> frozenset[Permission]:
    """What the person may do with something that concerns several units: what they may with any
    of them; with those that are not among the `owners` (ids; None: all are) only read."""
    access = current_access()
    units = list(units)
    vacant_ids: set[int] = set()
    if access.has_role(Role.DIALOGUE_LEAD):
        vacant_ids = set(
            db.session.scalars(
                sa.select(SchoolUnit.id).where(
                    SchoolUnit.id.in_([unit.id for unit in units]), ~SchoolUnit.has_leader()
                )
            )
        )
    given: frozenset[Permission] = frozenset()
    for unit in units:
        here = access.on_unit(unit.id, unit.area_id, vacant=unit.id in vacant_ids)
        given |= here if owners is None or unit.id in owners else here & READING
    g.unit_permissions = given
    return given


def current_year(organizer_id: int, day: date | None = None) -> SchoolYear | None:
    """The läsår that holds today, if it has been opened."""
    return SchoolYear.of(organizer_id, calendar.school_year_start(day or today()))


@login_manager.user_loader
def _load_user(user_id: str) -> User | None:
    user = db.session.get(User, int(user_id))
    return user if user is not None and user.is_active else None


__all__ = [
    "current_access", "current_year", "demand", "given_on_measure", "load_agreement", "load_cycle",
    "load_dialogue", "load_measure", "load_organizer", "load_own_lap", "load_unit", "may", "on_units", "writes_measure",
]  # fmt: skip
