"""Of what somebody has removed, what they may still bring back: the words of the rest are no longer theirs
to read. The same as the loaders of `HOMES` demand, for a whole list at once."""

from typing import Any

import sqlalchemy as sa
from flask_login import current_user

from tracker.auth.access import current_access, writes_measure
from tracker.auth.grants import Access
from tracker.clock import today
from tracker.models import (
    AnalysisWriter,
    DialogueUnit,
    Measure,
    Permission,
    QualityCycle,
    Role,
    SchoolUnit,
    Side,
    SituationAnalysis,
    Team,
    TeamMember,
    TeamPlan,
)
from tracker.organisation.succession import taken_over
from tracker.removals.models import Removal, RemovalKind
from tracker.teams.access import works_at

ACTS_FOR = {Side.PRINCIPAL: Permission.WRITE, Side.ORGANIZER: Permission.LEAD}
"""What one may who removes a topic or a question, by the side that it is from."""


def may_come_back() -> sa.ColumnElement[bool]:
    """A criterion on Removal."""
    access = current_access()
    homes: dict[RemovalKind, sa.ColumnElement[bool]] = {
        RemovalKind.PROBLEM: _at(_analyses(access)),
        RemovalKind.DEVELOPMENT_AREA: _at(_laps(access)),
        RemovalKind.MEASURE: _at(_laps(access)),
        RemovalKind.LOG_ENTRY: _at(sa.select(Measure.id).where(writes_measure())),
        RemovalKind.TOPIC: _on_ones_side(access),
        RemovalKind.QUESTION: _on_ones_side(access),
        RemovalKind.AGREEMENT: _at(_dialogues(access.units_where(Permission.CONVERSE))),
        RemovalKind.PERIOD: _if(Permission.MANAGE in access.on_organizer()),
        RemovalKind.TEAM_GOAL: from_a_plan_one_writes(access),
        RemovalKind.GOAL: _at(_laps(access)),
        RemovalKind.BOARD_QUESTION: _if(Permission.ASK in access.on_organizer()),
        RemovalKind.SUPPORT_REQUEST: asked_where_one_writes(access),
        RemovalKind.HANDOVER_NOTE: _at(_units(access.units_written())),
    }
    return sa.or_(*(sa.and_(Removal.kind == kind, home) for kind, home in homes.items()))


def _at(homes: sa.Select[tuple[int]]) -> sa.ColumnElement[bool]:
    return Removal.home_id.in_(homes)


def _if(allowed: bool) -> sa.ColumnElement[bool]:
    return sa.true() if allowed else sa.false()


def _units(which: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return sa.select(SchoolUnit.id).where(which)


def _laps(access: Access) -> sa.Select[tuple[int]]:
    """The laps that the person writes in, the organizer's own among them."""
    written = QualityCycle.unit_id.in_(_units(access.units_written()))
    if Permission.WRITE in access.on_own_lap():
        written |= QualityCycle.id.in_(QualityCycle.own_laps(access.organizer_id))
    return sa.select(QualityCycle.id).where(written)


def _analyses(access: Access) -> sa.Select[tuple[int]]:
    """Those of the laps that the person writes in, or is invited to write in as a quality developer."""
    develops = [grant for grant in access.grants if grant.role is Role.QUALITY_DEVELOPER]
    covered = Access(access.organizer, [], develops).units_where(Permission.READ)
    invited = sa.and_(
        _if(bool(develops)),
        SituationAnalysis.id.in_(
            sa.select(AnalysisWriter.analysis_id).where(AnalysisWriter.user_id == current_user.id)
        ),
        sa.or_(QualityCycle.unit_id.is_(None), QualityCycle.unit_id.in_(_units(covered))),
    )
    return (
        sa.select(SituationAnalysis.id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .where(sa.or_(QualityCycle.id.in_(_laps(access)), invited))
    )


def _dialogues(which: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    """Those about some such unit."""
    return sa.select(DialogueUnit.dialogue_id).where(DialogueUnit.unit_id.in_(_units(which)))


def _on_ones_side(access: Access) -> sa.ColumnElement[bool]:
    side: Any = Removal.content[("rows", 0, 1, "side")].as_string()
    return sa.or_(
        sa.and_(side == Side.PRINCIPAL.value, _at(_dialogues(access.units_written()))),
        sa.and_(side == Side.ORGANIZER.value, _at(_dialogues(access.units_where(Permission.LEAD)))),
    )


def from_a_plan_one_writes(access: Access) -> sa.ColumnElement[bool]:
    """A criterion on the Removal of a team's goal: of the teams that the person is in and works at; and what
    she has removed herself in the units that she writes in, where it is shared, or nobody has been in the team
    (`tracker.teams.access.may_write`). What a team threw out of its draft was never its leaders' to read."""
    own = sa.select(TeamMember.team_id).where(
        TeamMember.user_id == current_user.id,
        TeamMember.starts_on <= today(),
        sa.or_(TeamMember.ends_on.is_(None), TeamMember.ends_on >= today()),
    )
    leading = sa.and_(
        Team.unit_id.in_(_units(access.units_written())),
        sa.or_(TeamPlan.shared_at.is_not(None), ~Team.has_had_members),
    )
    member = sa.and_(Team.id.in_(own), works_at(sa.literal(current_user.id), Team.unit_id))
    plans = (
        sa.select(TeamPlan.id)
        .join(Team, Team.id == TeamPlan.team_id)
        .where(TeamPlan.organizer_id == access.organizer_id, Team.retired_at.is_(None))
    )
    return sa.or_(
        _at(plans.where(member)),
        sa.and_(Removal.by_id == current_user.id, _at(plans.where(leading))),
    )


def asked_where_one_writes(access: Access) -> sa.ColumnElement[bool]:
    """A criterion on the Removal of a request for support: the person writes in the unit, or in one that
    has taken over from it since it was asked, which would carry it if it had stood
    (`tracker.support.carriers`)."""
    asked_on: Any = Removal.content[("rows", 0, 1, "asked_on")].as_string()
    chain = taken_over()
    carried = (
        sa.select(chain.c.predecessor_id)
        .join(SchoolUnit, SchoolUnit.id == chain.c.successor_id)
        .where(access.units_written(), asked_on < sa.cast(chain.c.on, sa.String))  # both are ISO
    )
    return sa.or_(_at(_units(access.units_written())), _at(carried))
