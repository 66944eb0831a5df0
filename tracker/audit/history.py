"""Historik: the events a person may read, newest first, as lines for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.auth.access import may
from tracker.auth.grants import Access
from tracker.extensions import db
from tracker.models import AuditEvent, AuditEventUnit, Permission, SchoolUnit

PAGE_SIZE = 50

ADMINISTRATIVE = (
    "organizer",
    "area",
    "school_unit",
    "unit_succession",
    "role_assignment",
    "school_year",
    "calendar_period",
    "support_offer",
)
"""What the system administrator's own work is about: its events, and no unit's analyses or measures."""

CHECK_IN = "check_in"
"""Events about check-ins are for those who check in, not for all who follow the unit."""
ASKED_FOR = "support_request"
"""What is asked for by itself is theirs too, and the skolchef's, who oversees the support."""
TEAMS_DRAFT = sa.and_(AuditEvent.private, AuditEvent.subject_kind == "team_plan")
"""That a team writes in its draft is for the team alone: its leaders do not watch it write."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event as the page shows it."""

    id: int
    at: datetime
    text: str


def history_of(subject: Any, limit: int = 20) -> list[HistoryLine]:
    """The latest events about one row that the caller has loaded for the person; one statement.

    Call it after the `load_...` that found the row: who does not follow its unit gets nothing, and what was
    done in a draft is for those who write in the unit.
    """
    if not may(Permission.FOLLOW):
        return []
    wanted = [
        AuditEvent.subject_kind == subject.__tablename__,
        AuditEvent.subject_id == subject.id,
        AuditEvent.organizer_id == subject.organizer_id,
        ~TEAMS_DRAFT,
    ]
    if not may(Permission.WRITE):
        wanted.append(~AuditEvent.private)
    return _lines(sa.and_(*wanted), limit=limit)


def history_of_own(subject: Any, limit: int = 20) -> list[HistoryLine]:
    """The same for who writes in it, drafts included, whether she follows the unit or not. Call it after
    the loader that has said that she writes."""
    wanted = sa.and_(
        AuditEvent.subject_kind == subject.__tablename__,
        AuditEvent.subject_id == subject.id,
        AuditEvent.organizer_id == subject.organizer_id,
    )
    return _lines(wanted, limit=limit)


def history_of_unit(unit: SchoolUnit, before: int | None = None) -> list[HistoryLine]:
    """A page of the unit's events, from the event before `before` on; one line more than
    PAGE_SIZE when there are older ones. Call it after `load_unit`."""
    wanted = [
        AuditEvent.organizer_id == unit.organizer_id,
        sa.exists().where(
            AuditEventUnit.event_id == AuditEvent.id, AuditEventUnit.unit_id == unit.id
        ),
        ~TEAMS_DRAFT,
    ]
    if not may(Permission.WRITE):
        wanted.append(~AuditEvent.private)
    if not may(Permission.CONVERSE):
        hidden = [CHECK_IN] if may(Permission.OVERSEE) else [CHECK_IN, ASKED_FOR]
        wanted.append(AuditEvent.subject_kind.not_in(hidden))
    return _lines(sa.and_(*wanted), before=before, limit=PAGE_SIZE + 1)


def history_for(access: Access, before: int | None = None) -> list[HistoryLine]:
    """A page of everything the person may read the history of; see `visible_to`."""
    return _lines(visible_to(access), before=before, limit=PAGE_SIZE + 1)


def may_read_history(access: Access) -> bool:
    """Whether there is any history for the person's roles: who only reads adopted texts has none."""
    given = access.on_organizer()
    return (
        Permission.MANAGE in given
        or Permission.OVERSEE in given
        or any(Permission.FOLLOW in grant.role.grants for grant in access.grants)
    )


def visible_to(access: Access) -> sa.ColumnElement[bool]:
    """The events a person may read.

    - About units: those she follows; what was done in a draft only for units she writes in, and
      about check-ins and what is asked for only for units with which she checks in.
    - About the organizer as a whole: with MANAGE or OVERSEE; with OVERSEE also what any unit asks for.
      What was done in a draft of the organizer's own lap: for those who write in it.
    - MANAGE adds what is administrative about every unit, and nothing of the units' own work.
    """
    given = access.on_organizer()
    about_check_ins = AuditEvent.subject_kind.in_([CHECK_IN, ASKED_FOR])
    scopes = [
        sa.and_(
            ~AuditEvent.private, ~about_check_ins, _about(access.units_where(Permission.FOLLOW))
        ),
        sa.and_(about_check_ins, _about(access.units_where(Permission.CONVERSE))),
        sa.and_(AuditEvent.private, _about(access.units_written())),
    ]
    administrative = AuditEvent.subject_kind.in_(ADMINISTRATIVE)
    if Permission.MANAGE in given:
        scopes.append(administrative)
    concerns_units = sa.exists().where(AuditEventUnit.event_id == AuditEvent.id)
    if Permission.WRITE in access.on_own_lap():
        scopes.append(sa.and_(AuditEvent.private, ~concerns_units))
    if Permission.OVERSEE in given:
        scopes.append(sa.and_(~AuditEvent.private, ~concerns_units))
        scopes.append(AuditEvent.subject_kind == ASKED_FOR)
    return sa.and_(AuditEvent.organizer_id == access.organizer_id, ~TEAMS_DRAFT, sa.or_(*scopes))


def _about(units: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return AuditEvent.id.in_(
        sa.select(AuditEventUnit.event_id)
        .join(SchoolUnit, SchoolUnit.id == AuditEventUnit.unit_id)
        .where(units)
    )


def _lines(
    wanted: sa.ColumnElement[bool], *, limit: int, before: int | None = None
) -> list[HistoryLine]:
    query = (
        sa.select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.action,
            AuditEvent.actor_name,
            AuditEvent.data,
        )
        .where(wanted)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AuditEvent.id < before)
    return [
        HistoryLine(row.id, row.at, row.action.sentence(row.actor_name, row.data))
        for row in db.session.execute(query)
    ]


def split_page(lines: Sequence[HistoryLine]) -> tuple[Sequence[HistoryLine], int | None]:
    """The lines to show, and the id before which the older ones lie (None: there are none)."""
    shown = lines[:PAGE_SIZE]
    return shown, shown[-1].id if len(lines) > PAGE_SIZE else None
