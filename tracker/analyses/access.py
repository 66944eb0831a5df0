"""Who may read and write a nulägesanalys: the roles held for the unit, and the developers invited."""

import sqlalchemy as sa
from flask import abort, g, request
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.auth.access import current_access, load_cycle, may
from tracker.clock import today
from tracker.database import SAFE_METHODS
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    AnalysisWriter,
    Permission,
    Problem,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    SituationAnalysis,
    User,
)
from tracker.organisation.owner import OwnLap


def load_analysis(
    slug: str, year: str, to: Permission, *, invited: bool = True
) -> SituationAnalysis:
    """The unit's analysis of the läsår, with its problems, causes, versions and writers.

    A quality developer who is invited may write; `invited=False` asks for the unit's own leaders.
    What the person may do is asked before whether there is anything, and a draft that is not
    theirs answers as if it were not there, so that nobody learns that somebody has begun.
    """
    cycle = load_cycle(slug, year, to=Permission.READ)
    analysis = find_analysis(cycle, invited=invited)
    if not may(to):
        abort(403)
    if analysis is None or (analysis.is_draft and not may(Permission.WRITE)):
        abort(404)
    return analysis


def find_analysis(cycle: QualityCycle, *, invited: bool = True) -> SituationAnalysis | None:
    """The analysis of a lap that was just loaded, if it has been started; seen or not. An invited
    developer may write from here on.

    A request that writes holds the row until it ends: whoever adopts must not miss a cause that
    is being saved at the same moment.
    """
    query = (
        sa.select(SituationAnalysis)
        .where(SituationAnalysis.cycle_id == cycle.id)
        .options(
            selectinload(SituationAnalysis.problems).options(
                joinedload(Problem.causes),
                joinedload(Problem.follows)
                .joinedload(Problem.analysis)
                .joinedload(SituationAnalysis.cycle)
                .options(joinedload(QualityCycle.unit), joinedload(QualityCycle.school_year)),
            ),
            selectinload(SituationAnalysis.versions).options(
                sa.orm.defer(AdoptedAnalysis.content), joinedload(AdoptedAnalysis.reopening)
            ),
            joinedload(SituationAnalysis.writers).joinedload(AnalysisWriter.user),
            joinedload(SituationAnalysis.cycle).joinedload(QualityCycle.deepening),
        )
    )
    if request.method not in SAFE_METHODS:
        # As it stands once the lock is held: it may have been read, in this request, before that.
        query = query.with_for_update(of=SituationAnalysis).execution_options(
            populate_existing=True
        )
    analysis = db.session.scalars(query).unique().one_or_none()
    if analysis is None:
        return None
    set_committed_value(analysis, "cycle", cycle)
    if invited and _is_invited(analysis):
        g.unit_permissions = g.unit_permissions | {Permission.WRITE}
    return analysis


def _is_invited(analysis: SituationAnalysis) -> bool:
    """An invitation counts as long as the person is a quality developer of the unit, or for the
    organizer's own analysis of any."""
    unit = analysis.cycle.unit
    return any(writer.user_id == current_user.id for writer in analysis.writers) and any(
        grant.role is Role.QUALITY_DEVELOPER
        and (unit is None or grant.covers(unit.id, unit.area_id))
        for grant in current_access().grants
    )


def writes_by_invitation(analysis: SituationAnalysis) -> bool:
    """Whether the person writes in it as an invited developer, and does not lead the unit: other
    drafts of the unit are then not theirs."""
    unit, access = analysis.cycle.unit, current_access()
    own = access.on_unit(unit.id, unit.area_id) if unit else access.on_own_lap()
    return Permission.WRITE not in own and _is_invited(analysis)


def developers_of(unit: SchoolUnit | OwnLap) -> list[User]:
    """The quality developers who can be invited: those of the unit, its area or the organizer; to the
    organizer's own analysis all of them."""
    covers = sa.true()
    if isinstance(unit, SchoolUnit):
        covers = sa.or_(
            RoleAssignment.unit_id == unit.id,
            sa.and_(RoleAssignment.unit_id.is_(None), RoleAssignment.area_id.is_(None)),
            sa.false() if unit.area_id is None else RoleAssignment.area_id == unit.area_id,
        )
    held = sa.select(RoleAssignment.user_id).where(
        RoleAssignment.organizer_id == unit.organizer_id,
        RoleAssignment.role == Role.QUALITY_DEVELOPER,
        RoleAssignment.held_on(today()),
        covers,
    )
    return list(
        db.session.scalars(
            sa.select(User)
            .where(User.id.in_(held), User.closed_at.is_(None))
            .order_by(User.sort_key, User.id)
        )
    )
