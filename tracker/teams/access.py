"""Who reads and writes the goals of a team.

Read: what is shared, by those who lead or follow the unit and by its staff. Written by the team's members, as
long as they are both members and staff there; by those who write in the unit once it is shared, or while nobody
has ever been in the team. That somebody has is enough: who sets up the teams may end memberships herself, and
would else come to read the draft of those she has let go.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from flask import abort
from flask_login import current_user

from tracker.auth.access import load_cycle, load_unit, may
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Permission,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    Team,
    TeamGoal,
    TeamMember,
    TeamPlan,
    User,
)

AFTER_THE_YEAR = timedelta(days=184)
"""How long after the läsår an evaluation may still be planned: in the autumn that follows."""


@dataclass(frozen=True, slots=True)
class Member:
    """A time in a team. `works`: whether the person is staff of the unit today."""

    id: int
    team_id: int
    user_id: int
    name: str
    starts_on: date
    ends_on: date | None
    works: bool

    @property
    def is_here(self) -> bool:
        """In the team today."""
        return self.starts_on <= today() and (self.ends_on is None or self.ends_on >= today())

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < today()

    @property
    def writes(self) -> bool:
        return self.is_here and self.works


@dataclass(slots=True)
class TeamYear:
    """A team in a läsår, as the person may see it. `plan` is None until somebody has written."""

    cycle: QualityCycle
    team: Team
    plan: TeamPlan | None
    members: list[Member] = field(default_factory=list)
    """All who are or have been in it, in Swedish order."""
    writes: bool = False
    """Whether the person may write."""

    @property
    def at(self) -> dict[str, str | int]:
        """The arguments of its address."""
        unit = self.cycle.unit
        return {
            "slug": unit.slug if unit else "",
            "year": self.cycle.school_year.slug,
            "team_id": self.team.id,
        }

    @property
    def latest_day(self) -> date:
        """The last day that an evaluation may be planned for."""
        return self.cycle.school_year.last_day + AFTER_THE_YEAR

    @property
    def here(self) -> list[Member]:
        """Those in the team today."""
        return [row for row in self.members if row.is_here]

    @property
    def is_shared(self) -> bool:
        return self.plan is not None and self.plan.is_shared

    @property
    def is_own(self) -> bool:
        """Whether the person is in the team today."""
        return any(row.user_id == current_user.id and row.writes for row in self.members)

    @property
    def reads(self) -> bool:
        """Whether the person may read what stands in the plan."""
        return self.is_shared or self.writes

    @property
    def reads_drafts(self) -> bool:
        """Whether the person writes before anything is shared: in the team, or where nobody has been."""
        return self.is_own or (self.writes and not self.team.has_had_members)

    @property
    def shown(self) -> TeamPlan | None:
        """The plan, where the person may read it."""
        return self.plan if self.reads else None

    def goes_on(self, goal: TeamGoal) -> bool:
        """Whether the goal goes on in a later läsår, as far as the person may know: that a draft of the
        team's has it is for the team alone."""
        later = goal.followed_by
        return later is not None and (self.reads_drafts or later.plan.is_shared)


def may_write(team: Team, plan: TeamPlan | None, members: list[Member]) -> bool:
    """Whether the person may write in the team's plan; call it after the loader of the unit."""
    if team.is_retired:
        return False
    if any(row.user_id == current_user.id and row.writes for row in members):
        return True
    return may(Permission.WRITE) and (
        not team.has_had_members or (plan is not None and plan.is_shared)
    )


def load_team(slug: str, team_id: int) -> Team:
    """A team of the unit, for who sets up its teams."""
    unit = load_unit(slug, to=Permission.WRITE)
    return _find(unit, team_id)


def load_member(slug: str, team_id: int, member_id: int) -> TeamMember:
    """Somebody's time in a team of the unit, for who sets up its teams."""
    team = load_team(slug, team_id)
    member = db.session.scalar(
        sa.select(TeamMember)
        .where(TeamMember.id == member_id, TeamMember.team_id == team.id)
        .options(sa.orm.joinedload(TeamMember.user))
    )
    return member or abort(404)


def load_team_year(slug: str, year: str, team_id: int, to: Permission) -> TeamYear:
    """The team in a läsår; with WRITE for who may write there, else 403."""
    cycle = load_cycle(slug, year, to=Permission.TEAMS)
    team = _find(cycle.unit, team_id)  # type: ignore[arg-type]
    members = members_of([team]).get(team.id, [])
    plan = TeamPlan.of(team, cycle)
    found = TeamYear(cycle, team, plan, members, may_write(team, plan, members))
    if to is Permission.WRITE and not found.writes:
        abort(403)
    return found


def load_goal(slug: str, year: str, team_id: int, goal_id: int) -> tuple[TeamYear, TeamGoal]:
    """A goal of the team in the läsår, for who may write in it."""
    here = load_team_year(slug, year, team_id, to=Permission.WRITE)
    if here.plan is None:
        abort(404)
    goal = db.session.scalar(
        sa.select(TeamGoal)
        .where(TeamGoal.id == goal_id, TeamGoal.plan_id == here.plan.id)
        .options(
            sa.orm.joinedload(TeamGoal.followed_by).joinedload(TeamGoal.plan),
            sa.orm.selectinload(TeamGoal.evaluations),
        )
    )
    return here, goal or abort(404)


def _find(unit: SchoolUnit, team_id: int) -> Team:
    team = db.session.scalar(sa.select(Team).where(Team.id == team_id, Team.unit_id == unit.id))
    if team is None:
        abort(404)
    sa.orm.attributes.set_committed_value(team, "unit", unit)
    return team


def members_of(teams: list[Team]) -> dict[int, list[Member]]:
    """Everybody who is or has been in the teams, by team, in Swedish order; one statement."""
    if not teams:
        return {}
    rows = db.session.execute(
        sa.select(
            TeamMember.id,
            TeamMember.team_id,
            TeamMember.user_id,
            User.name,
            TeamMember.starts_on,
            TeamMember.ends_on,
            works_at(TeamMember.user_id, Team.unit_id).label("works"),
        )
        .join(Team, Team.id == TeamMember.team_id)
        .join(User, User.id == TeamMember.user_id)
        .where(TeamMember.team_id.in_([team.id for team in teams]))
        .order_by(User.sort_key, User.id, TeamMember.starts_on)
    )
    found: dict[int, list[Member]] = {}
    for row in rows:
        found.setdefault(row.team_id, []).append(Member(*row))
    return found


def works_at(user_id: sa.ColumnElement[int], unit_id: sa.ColumnElement[int]) -> sa.Exists:
    """A criterion: the person is staff of the unit today, with an account that is open."""
    return sa.exists().where(
        RoleAssignment.user_id == user_id,
        RoleAssignment.unit_id == unit_id,
        RoleAssignment.role == Role.STAFF,
        RoleAssignment.held_on(today()),
        sa.exists()
        .where(User.id == RoleAssignment.user_id, User.closed_at.is_(None))
        .correlate(RoleAssignment),
    )


def staff_of(unit: SchoolUnit) -> list[tuple[int, str]]:
    """(user id, name) of the unit's staff, today or from a later day, in Swedish order."""
    rows = db.session.execute(
        sa.select(User.id, User.name)
        .where(
            User.closed_at.is_(None),
            sa.exists().where(
                RoleAssignment.user_id == User.id,
                RoleAssignment.unit_id == unit.id,
                RoleAssignment.role == Role.STAFF,
                sa.or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= today()),
            ),
        )
        .order_by(User.sort_key, User.id)
    )
    return [(row.id, row.name) for row in rows]
