"""Two of a team who share its goals at the same moment, on both databases."""

from tests.faults.scenes import World
from tests.faults.two_transactions import meanwhile
from tests.measures.test_pressed_twice import apart
from tests.teams.scenes import a_goal, a_team
from tracker.extensions import db
from tracker.models import AuditEvent, TeamPlan

__all__ = ["apart"]


def test_shared_twice_at_once_it_is_shared_once_and_nobody_is_refused(apart: World) -> None:
    cast = apart.cast
    key = a_goal(cast, a_team(cast, cast.sofia), cast.sofia, shared=False).plan_id

    def read() -> TeamPlan:
        return db.session.get_one(TeamPlan, key)

    def share(plan: TeamPlan) -> None:
        plan.share(by=cast.sofia)

    assert meanwhile(apart, read, lambda: share(read()), share) == (None, None)
    assert db.session.query(AuditEvent).filter_by(action="team_goals_shared").count() == 1
