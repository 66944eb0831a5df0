"""A team's goal whose evaluation is near, or was planned and is not written: to whoever in the team is
responsible for it, else to rektor."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.clock import today
from tracker.cycle import calendar
from tracker.dialogues.agreements import shortened
from tracker.extensions import db
from tracker.models import (
    QualityCycle,
    ReminderKind,
    ReminderState,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    Team,
    TeamEvaluation,
    TeamGoal,
    TeamMember,
    TeamPlan,
    User,
)
from tracker.notifications.kinds.base import (
    DAY_PASSED,
    FURTHEST_BACK,
    MISSED_WITHIN,
    NO_LONGER_THEIRS,
    Due,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    moved,
    set_since_the_mails_went,
    unit_of,
    vacancy,
)
from tracker.notifications.office import Office, PlacedUnit, Recipient
from tracker.teams.goals import EXCERPT
from tracker.web.security import external_url
from tracker.web.swedish import count

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

Span = tuple[date, date | None, date, date | None]
"""A time in the team, and one on the unit's staff: first and last days."""


@dataclass(frozen=True, slots=True)
class PlannedEvaluation:
    """A goal with the day of its next evaluation."""

    id: int
    goal: str
    evaluate_on: date | None
    revision: int
    set_at: datetime
    responsible_id: int | None
    plan_id: int
    team: str
    team_id: int
    retired: bool
    has_had_members: bool
    """Whether anybody has been in the team, and what it has not shared is its own."""
    shared: bool
    year: str
    """The läsår as in addresses."""
    slug: str
    evaluated: int
    """How many evaluations of it are written."""
    done: int
    """How many of the team's goals in the läsår have been evaluated."""
    units: list[PlacedUnit]
    spans: dict[int, list[Span]] = field(default_factory=dict)
    """When people are in the team, and on the staff, by user id."""

    @property
    def title(self) -> str:
        """Of a draft not what it says: the systemförvaltare reads the outbox."""
        return f"”{shortened(self.goal, EXCERPT)}”" if self.shared else "Ett mål i lagets utkast"

    @property
    def url(self) -> str:
        return external_url(
            "teams.evaluate", slug=self.slug, year=self.year, team_id=self.team_id, goal_id=self.id
        )

    def is_in_team(self, user_id: int) -> bool:
        """Whether the person is in the team today, and on the unit's staff: who writes there."""
        day = today()
        return any(
            max(joined, began) <= day and all(last is None or last >= day for last in (left, ended))
            for joined, left, began, ended in self.spans.get(user_id, ())
        )

    def recipients(self, office: Office) -> dict[int, Recipient]:
        """Whoever is responsible, while in the team and on the staff. Else those who do as rektor: where
        the goal is shared, or nobody has been in the team; a draft of the team's is not theirs to open."""
        if not self.units:  # the unit has ended, and its teams with it
            return {}
        if self.responsible_id is not None and self.is_in_team(self.responsible_id):
            responsible = office.responsible(self.responsible_id, self.units)
            if responsible is not None:
                return {responsible.person.id: responsible}
        if not self.shared and self.has_had_members:
            return {}
        everybody = office.recipients(self.units)
        return {key: each for key, each in everybody.items() if each.acts_for_rektor}


class TeamEvaluations(Kind[PlannedEvaluation]):
    kind = ReminderKind.TEAM_EVALUATION
    absent = "Målet finns inte längre"
    gone = "Ett mål som inte finns längre"
    rows_are_things = True

    def candidates(self, office: Office, until: date) -> Sequence[PlannedEvaluation]:
        days = office.rules[self.kind]
        if not days:
            return []
        first = today() - MISSED_WITHIN - timedelta(days=max([0, *(-each for each in days)]))
        last = until + timedelta(days=max([0, *days])) + FURTHEST_BACK
        return self._select(
            office,
            TeamGoal.organizer_id == office.organizer_id,
            TeamGoal.evaluate_on.between(first, last),
            Team.retired_at.is_(None),
        )

    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[PlannedEvaluation]:
        evaluated = (
            sa.select(sa.func.count())
            .where(TeamEvaluation.goal_id == TeamGoal.id)
            .correlate(TeamGoal)
            .scalar_subquery()
        )
        sibling = aliased(TeamGoal)
        done = (
            sa.select(sa.func.count(sa.distinct(sibling.id)))
            .join(TeamEvaluation, TeamEvaluation.goal_id == sibling.id)
            .where(sibling.plan_id == TeamGoal.plan_id)
            .correlate(TeamGoal)
            .scalar_subquery()
        )
        rows = db.session.execute(
            sa.select(
                TeamGoal.id,
                TeamGoal.goal,
                TeamGoal.evaluate_on,
                TeamGoal.evaluate_revision,
                TeamGoal.evaluate_set_at,
                TeamGoal.responsible_id,
                TeamGoal.plan_id,
                Team.name.label("team"),
                Team.id.label("team_id"),
                Team.retired_at,
                Team.has_had_members,
                TeamPlan.shared_at,
                SchoolYear.start_year,
                SchoolUnit.slug,
                evaluated.label("evaluated"),
                done.label("done"),
                SchoolUnit.id.label("unit_id"),
                SchoolUnit.area_id,
                SchoolUnit.name.label("unit_name"),
                SchoolUnit.open_on(today()).label("is_open"),
            )
            .join(TeamPlan, TeamPlan.id == TeamGoal.plan_id)
            .join(Team, Team.id == TeamPlan.team_id)
            .join(SchoolUnit, SchoolUnit.id == Team.unit_id)
            .join(QualityCycle, QualityCycle.id == TeamPlan.cycle_id)
            .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
            .where(*which)
        ).all()
        spans = _spans({row.team_id for row in rows})
        office.know([row.responsible_id for row in rows])
        return [
            PlannedEvaluation(
                id=row.id,
                goal=row.goal,
                evaluate_on=row.evaluate_on,
                revision=row.evaluate_revision,
                set_at=row.evaluate_set_at,
                responsible_id=row.responsible_id,
                plan_id=row.plan_id,
                team=row.team,
                team_id=row.team_id,
                retired=row.retired_at is not None,
                has_had_members=row.has_had_members,
                shared=row.shared_at is not None,
                year=calendar.slug(row.start_year),
                slug=row.slug,
                evaluated=row.evaluated,
                done=row.done,
                units=[PlacedUnit(row.unit_id, row.area_id, row.unit_name)] if row.is_open else [],
                spans=spans.get(row.team_id, {}),
            )
            for row in rows
        ]

    def dues(
        self, rows: Sequence[PlannedEvaluation], office: Office, horizon: date
    ) -> Iterator[Due]:
        for row in rows:
            if row.evaluate_on is None or set_since_the_mails_went(row.set_at):
                continue
            for offset in office.rules[self.kind]:
                due_on, closure = moved(row.evaluate_on, offset, office)
                if due_on > horizon:
                    continue
                for recipient in row.recipients(office).values():
                    yield Due(
                        self.kind, row.id, recipient.person, offset, row.revision, due_on, closure,
                        in_no_hurry=True,
                    )  # fmt: skip

    def read(self, office: Office, ids: Collection[int]) -> dict[int, PlannedEvaluation]:
        return {row.id: row for row in self._select(office, TeamGoal.id.in_(ids))}

    def verdict(
        self,
        thing: PlannedEvaluation,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.retired:
            return ReminderState.CANCELLED, "Laget är undanlagt"
        if thing.evaluate_on is None:
            return ReminderState.SKIPPED, "Målet är avslutat"
        if thing.revision != date_revision:
            return ReminderState.CANCELLED, "Målet är utvärderat, eller har fått en ny dag för det"
        if offset_days > 0 and thing.evaluate_on < today():
            return ReminderState.SKIPPED, DAY_PASSED
        if recipient_id not in thing.recipients(office):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def tell(self, digest: "Digest", things: list[PlannedEvaluation], office: Office) -> None:
        """The goals that the reader answers for, then those that are hers since nobody does."""
        things = sorted(things, key=lambda row: (row.evaluate_on or date.max, row.team, row.id))
        for own in (True, False):
            told = [
                thing for thing in things if (thing.responsible_id == digest.recipient_id) is own
            ]
            if told:
                digest.sections.append(self._section(digest.recipient_id, told, office, own=own))

    def _section(
        self, reader: int, things: list[PlannedEvaluation], office: Office, *, own: bool
    ) -> Section:
        items, whom = [], []
        for thing in things:
            recipient = thing.recipients(office).get(reader)
            unit = unit_of(recipient)
            where = f"{thing.team}, {unit}" if unit else thing.team
            items.append(Todo(thing.title, thing.url, _by(thing), where, plain="Ett mål"))
            whom.append(recipient)
        teams = list(dict.fromkeys(thing.team for thing in things))
        number = count(len(things), "ett mål", "mål", words=True)
        ahead = all(thing.evaluate_on and thing.evaluate_on >= today() for thing in things)
        subject = (
            f"{teams[0] if len(teams) == 1 else 'Lagens mål'}: {number} att utvärdera"
            f"{' snart' if ahead else ''}"
        )
        why = vacancy(whom)
        if not own and not why:
            why = "Ingen i laget är ansvarig för utvärderingen. Därför går det här till dig."
        return Section(
            "Lagets mål att utvärdera",
            subject,
            items,
            why,
            " ".join(filter(None, [_done(things), WAY_OUT])),
        )

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """By the team and the läsår, since what a draft says is for the team alone."""
        return {
            goal_id: f"Ett mål för {team} {calendar.label(start_year)}"
            for goal_id, team, start_year in db.session.execute(
                sa.select(TeamGoal.id, Team.name, SchoolYear.start_year)
                .join(TeamPlan, TeamPlan.id == TeamGoal.plan_id)
                .join(Team, Team.id == TeamPlan.team_id)
                .join(QualityCycle, QualityCycle.id == TeamPlan.cycle_id)
                .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
                .where(TeamGoal.id.in_(ids))
            )
        }

    def in_history(self, subject_id: int) -> str:
        """That a team has begun on goals which it has not shared is told to nobody."""
        is_shared = db.session.scalar(
            sa.select(TeamPlan.shared_at.is_not(None))
            .join(TeamGoal, TeamGoal.plan_id == TeamPlan.id)
            .where(TeamGoal.id == subject_id)
        )
        return super().in_history(subject_id) if is_shared else "Ett mål för ett lag"


WAY_OUT = (
    "Skriv vad ni såg och hur ni går vidare. Passar inte dagen? Ändra den på målet, så hör vi av oss "
    "inför den i stället."
)


def _by(thing: PlannedEvaluation) -> str:
    if thing.evaluate_on is None:
        return ""
    which = "första utvärderingen" if not thing.evaluated else "nästa utvärdering"
    if thing.evaluate_on >= today():
        return f"{which} {day_and_month(thing.evaluate_on)}"
    return f"planerad till {day_and_month(thing.evaluate_on)}"


def _done(things: Sequence[PlannedEvaluation]) -> str:
    """What of the same teams' goals has been evaluated already."""
    done = {thing.team: thing.done for thing in things if thing.done}
    parts = [
        f"{team}, {count(number, 'ett mål', 'mål', words=True)}" for team, number in done.items()
    ]
    return f"Redan utvärderat: {'; '.join(parts)}." if parts else ""


def _spans(team_ids: Collection[int]) -> dict[int, dict[int, list[Span]]]:
    found: dict[int, dict[int, list[Span]]] = {}
    if team_ids:
        for team_id, user_id, *span in db.session.execute(
            sa.select(
                TeamMember.team_id,
                TeamMember.user_id,
                TeamMember.starts_on,
                TeamMember.ends_on,
                RoleAssignment.starts_on,
                RoleAssignment.ends_on,
            )
            .join(Team, Team.id == TeamMember.team_id)
            .join(
                RoleAssignment,
                sa.and_(
                    RoleAssignment.user_id == TeamMember.user_id,
                    RoleAssignment.unit_id == Team.unit_id,
                    RoleAssignment.role == Role.STAFF,
                ),
            )
            .join(User, User.id == TeamMember.user_id)
            .where(TeamMember.team_id.in_(team_ids), User.closed_at.is_(None))
        ):
            found.setdefault(team_id, {}).setdefault(user_id, []).append(tuple(span))
    return found
