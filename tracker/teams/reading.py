"""What pages say of the teams' goals: those of a unit and läsår, one's own, and what was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    DevelopmentArea,
    GoalDecision,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    Team,
    TeamEvaluation,
    TeamGoal,
    TeamMember,
    TeamPlan,
)
from tracker.teams.access import TeamYear, may_write, members_of, works_at
from tracker.web.swedish import count, date_medium


def teams_of(unit: SchoolUnit) -> list[Team]:
    """The unit's teams in Swedish order, those that are retired last."""
    return list(
        db.session.scalars(
            sa.select(Team)
            .where(Team.unit_id == unit.id)
            .order_by(Team.retired_at.is_not(None), Team.sort_key, Team.id)
        )
    )


def team_years(cycle: QualityCycle) -> list[TeamYear]:
    """The unit's teams in the läsår, one's own first, then in Swedish order; of those that are retired
    the ones that had shared goals then. Five statements."""
    plans = {
        plan.team_id: plan
        for plan in db.session.scalars(
            sa.select(TeamPlan).where(TeamPlan.cycle_id == cycle.id).options(*_goals())
        )
    }
    teams = [
        team
        for team in teams_of(cycle.unit)  # type: ignore[arg-type]
        if not team.is_retired or (team.id in plans and plans[team.id].is_shared)
    ]
    members = members_of(teams)
    found = []
    for team in teams:
        plan, people = plans.get(team.id), members.get(team.id, [])
        found.append(TeamYear(cycle, team, plan, people, may_write(team, plan, people)))
    return sorted(found, key=lambda row: not row.is_own)


def goals_of(here: TeamYear) -> Sequence[TeamGoal]:
    """The goals that the person may read, with what their evaluations said; two statements."""
    if here.shown is None:
        return []
    return db.session.scalars(
        sa.select(TeamGoal)
        .where(TeamGoal.plan_id == here.shown.id)
        .options(
            joinedload(TeamGoal.area),
            joinedload(TeamGoal.followed_by),
            selectinload(TeamGoal.evaluations),
        )
        .order_by(TeamGoal.id)
    ).all()


def _goals() -> Any:
    goals = selectinload(TeamPlan.goals)
    return goals.joinedload(TeamGoal.area), goals.selectinload(TeamGoal.evaluations)


@dataclass(frozen=True, slots=True)
class Before:
    """What the team had as goals the läsår before."""

    year: SchoolYear
    analysis: str
    goals: list[TeamGoal]
    later: dict[int, str]
    """The läsår that a goal goes on in, by the goal's id, as far as the person may know."""


def may_be_taken(goal: TeamGoal) -> bool:
    """Whether it may go on in another läsår: an evaluation has not ended it, and it does not already."""
    if goal.followed_by is not None:
        return False
    return goal.latest is None or goal.latest.decision is not GoalDecision.END


def before(here: TeamYear) -> Before | None:
    """The team's latest earlier läsår with any goal, as far as the person may read it; two statements."""
    year = here.cycle.school_year
    plan = db.session.scalar(
        sa.select(TeamPlan)
        .join(QualityCycle, QualityCycle.id == TeamPlan.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            TeamPlan.team_id == here.team.id,
            SchoolYear.start_year < year.start_year,
            sa.exists().where(TeamGoal.plan_id == TeamPlan.id),
            sa.true() if here.reads_drafts else TeamPlan.shared_at.is_not(None),
        )
        .options(
            joinedload(TeamPlan.cycle).joinedload(QualityCycle.school_year),
            selectinload(TeamPlan.goals).options(
                joinedload(TeamGoal.followed_by)
                .joinedload(TeamGoal.plan)
                .joinedload(TeamPlan.cycle)
                .joinedload(QualityCycle.school_year),
                selectinload(TeamGoal.evaluations),
            ),
        )
        .order_by(SchoolYear.start_year.desc())
        .limit(1)
    )
    if plan is None:
        return None
    later = {
        goal.id: goal.followed_by.plan.cycle.school_year.label
        for goal in plan.goals
        if goal.followed_by is not None and here.goes_on(goal)
    }
    return Before(plan.cycle.school_year, plan.analysis, list(plan.goals), later)


def areas_to_choose(cycle: QualityCycle) -> list[tuple[int, str]]:
    """(id, title) of the lap's development areas, which everybody at the unit reads."""
    rows = db.session.execute(
        sa.select(DevelopmentArea.id, DevelopmentArea.title)
        .where(DevelopmentArea.cycle_id == cycle.id)
        .order_by(DevelopmentArea.id)
    )
    return [(row.id, row.title) for row in rows]


def teams_by_area(cycle: QualityCycle) -> dict[int, list[tuple[int, str]]]:
    """(id, name) of the teams with a goal that they have shared in each development area of the lap, in
    Swedish order; one statement."""
    rows = db.session.execute(
        sa.select(TeamGoal.area_id, Team.id, Team.name)
        .join(TeamPlan, TeamPlan.id == TeamGoal.plan_id)
        .join(Team, Team.id == TeamPlan.team_id)
        .where(
            TeamPlan.cycle_id == cycle.id,
            TeamPlan.shared_at.is_not(None),
            TeamGoal.area_id.is_not(None),
        )
        .group_by(TeamGoal.area_id, Team.id, Team.name, Team.sort_key)
        .order_by(Team.sort_key, Team.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for area_id, team_id, name in rows:
        found.setdefault(area_id, []).append((team_id, name))
    return found


def when(goal: TeamGoal) -> str:
    """Where the goal stands with its evaluations, in a sentence that never reproaches, nor tells whether it
    goes on in a draft."""
    latest = goal.latest
    if goal.is_over:
        if latest is None:
            return "Avslutat för läsåret."
        if latest.decision is GoalDecision.END:
            return f"Avslutat efter utvärderingen {date_medium(latest.held_on)}."
        return f"Utvärderat för läsåret {date_medium(latest.held_on)}."
    assert goal.evaluate_on is not None
    day = date_medium(goal.evaluate_on)
    which = "Nästa utvärdering" if latest else "Första utvärderingen"
    if goal.is_waited_for:
        return f"{which} var planerad till {day}. Inget är skrivet om den än."
    return f"{which} är {day}."


def first_evaluations(cycle: QualityCycle) -> list[str]:
    """How far the teams of a unit have come in a läsår, in sentences; empty where it has no team. One
    statement."""
    evaluated = sa.exists().where(TeamEvaluation.goal_id == TeamGoal.id)
    shared = TeamPlan.shared_at.is_not(None)
    row = db.session.execute(
        sa.select(
            sa.func.count(sa.distinct(Team.id)).label("teams"),
            sa.func.count(sa.distinct(sa.case((shared, Team.id)))).label("shared"),
            sa.func.count(sa.case((shared, TeamGoal.id))).label("goals"),
            sa.func.count(sa.case((sa.and_(shared, evaluated), TeamGoal.id))).label("evaluated"),
            sa.func.count(
                sa.case((sa.and_(shared, ~evaluated, TeamGoal.evaluate_on < today()), TeamGoal.id))
            ).label("passed"),
        )
        .select_from(Team)
        .outerjoin(TeamPlan, sa.and_(TeamPlan.team_id == Team.id, TeamPlan.cycle_id == cycle.id))
        .outerjoin(TeamGoal, TeamGoal.plan_id == TeamPlan.id)
        .where(
            Team.unit_id == cycle.unit_id,
            sa.or_(Team.retired_at.is_(None), shared),
        )
    ).one()
    if not row.teams:
        return []
    if not row.shared:
        return ["Inget lag har delat sina mål för läsåret än."]
    said = [_shared(row.shared, row.teams)]
    if row.evaluated:
        said.append(_evaluated(row.evaluated, row.goals))
    if row.passed:
        said.append(
            f"För {count(row.passed, 'ett mål', 'mål', words=True)} har dagen för den första "
            "utvärderingen passerat utan att något är skrivet."
        )
    return said


def _shared(shared: int, teams: int) -> str:
    if shared == teams:
        return "Laget har delat sina mål." if teams == 1 else "Alla lag har delat sina mål."
    number = _capital(count(shared, "Ett", "", words=True).strip())
    return f"{number} av {count(teams, '', 'lag', words=True)} har delat sina mål."


def _evaluated(evaluated: int, goals: int) -> str:
    if evaluated == goals:
        which = "Målet är utvärderat" if goals == 1 else "Alla mål är utvärderade"
        return f"{which} minst en gång."
    number = _capital(count(evaluated, "ett", "", words=True).strip())
    how = "är utvärderat" if evaluated == 1 else "är utvärderade"
    return f"{number} av {count(goals, '', 'mål', words=True)} {how} minst en gång."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class OwnTeam:
    """A team of the person's, for Start."""

    id: int
    name: str
    unit_id: int
    said: str
    wants: bool
    """Whether something waits for the team."""


def own_teams(organizer_id: int, start_year: int) -> dict[int, list[OwnTeam]]:
    """The person's teams today with where their goals of a läsår stand, by unit; one statement."""
    day = today()
    evaluated = sa.exists().where(TeamEvaluation.goal_id == TeamGoal.id)
    living = TeamGoal.evaluate_on
    rows = db.session.execute(
        sa.select(
            Team.id,
            Team.name,
            Team.unit_id,
            TeamPlan.shared_at,
            sa.func.count(TeamGoal.id).label("goals"),
            sa.func.count(sa.case((evaluated, TeamGoal.id))).label("evaluated"),
            sa.func.min(sa.case((living >= day, living))).label("next_on"),
            sa.func.count(sa.case((living < day, TeamGoal.id))).label("passed"),
        )
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(QualityCycle, QualityCycle.unit_id == Team.unit_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .outerjoin(
            TeamPlan, sa.and_(TeamPlan.team_id == Team.id, TeamPlan.cycle_id == QualityCycle.id)
        )
        .outerjoin(TeamGoal, TeamGoal.plan_id == TeamPlan.id)
        .where(
            Team.organizer_id == organizer_id,
            Team.retired_at.is_(None),
            SchoolYear.start_year == start_year,
            TeamMember.user_id == current_user.id,
            TeamMember.held_on(day),
            works_at(TeamMember.user_id, Team.unit_id),
        )
        .group_by(Team.id, Team.name, Team.unit_id, Team.sort_key, TeamPlan.shared_at)
        .order_by(Team.sort_key, Team.id)
    )
    found: dict[int, list[OwnTeam]] = {}
    for row in rows:
        said, wants = _own_words(row)
        found.setdefault(row.unit_id, []).append(
            OwnTeam(row.id, row.name, row.unit_id, said, wants)
        )
    return found


def _own_words(row: Any) -> tuple[str, bool]:
    if not row.goals:
        return "Ni har inte skrivit några mål för läsåret än.", True
    if row.shared_at is None:
        number = count(row.goals, "ett mål", "mål", words=True)
        return f"Ett utkast med {number}, som bara ni i laget ser.", True
    number = _capital(count(row.goals, "ett mål", "mål", words=True))
    if row.passed:
        which = "det" if row.goals == 1 else "ett av dem" if row.passed == 1 else "några av dem"
        return f"{number}. Skriv vad ni såg när ni utvärderade {which}.", True
    if row.next_on:
        return f"{number}. Nästa utvärdering är {date_medium(row.next_on)}.", False
    return f"{number}, alla avslutade." if row.goals > 1 else f"{number}, avslutat.", False
