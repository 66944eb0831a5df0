"""Teams and goals that the tests start from. Sofia is staff of Sävkullaskolan; so is Lo."""

import re
from datetime import date
from typing import Any

from tests.cast import SINCE, Cast
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    Role,
    RoleAssignment,
    SchoolUnit,
    Team,
    TeamGoal,
    TeamKind,
    TeamPlan,
    User,
)

UNIT = "/enheter/savkullaskolan/lag"
YEAR = "/enheter/savkullaskolan/2026-27/lag"


def staff(cast: Cast, name: str = "Lo Berg", unit: SchoolUnit | None = None) -> User:
    """One more on the staff of a unit."""
    unit = unit or cast.savkulla
    email = f"{name.split()[0].lower()}@exempelby.example"
    person = User(email=email, name=name, sort_key=name.lower())
    db.session.add(person)
    RoleAssignment.give(person, Role.STAFF, unit_organizer(cast, unit), by=None, unit=unit,
                        starts_on=SINCE)  # fmt: skip
    db.session.commit()
    return person


def unit_organizer(cast: Cast, unit: SchoolUnit) -> Any:
    return cast.exempelby if unit.organizer_id == cast.exempelby.id else cast.granby


def a_team(
    cast: Cast, *members: User, name: str = "Arbetslag 4–6", unit: SchoolUnit | None = None
) -> Team:
    team = Team.create(unit or cast.savkulla, TeamKind.WORK, name, by=cast.karin)
    for member in members:
        team.add_member(member, SINCE, by=cast.karin)
    db.session.commit()
    return team


def a_goal(
    cast: Cast,
    team: Team,
    by: User,
    goal: str = "Fler väljer strategi själva.",
    *,
    evaluate_on: date = date(2027, 1, 27),
    shared: bool = True,
    year: Any = None,
    set_at: Any = None,
    **fields: Any,
) -> TeamGoal:
    """A goal of the current läsår, unless another is given; shared."""
    with clock.stopped_at(set_at) if set_at else _now():
        plan = TeamPlan.begin(team, cast.cycle(team.unit, year))
        row = TeamGoal.add(
            plan, by=by, goal=goal, evaluate_on=evaluate_on, **({"follow_up": ""} | fields)
        )
        db.session.refresh(plan, ["goals"])
        if shared:
            plan.share(by=by)
    db.session.commit()
    return row


def _now() -> Any:
    return clock.stopped_at(clock.now())


def here(team: Team, rest: str = "") -> str:
    return f"{YEAR}/{team.id}{rest}"


def text_of(page: str) -> str:
    """What a page says and lets one do, without what differs between two showings of it."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r'<input[^>]*type="hidden"[^>]*>|/utkast/[\w-]+|/lag/\d+', "", main)
