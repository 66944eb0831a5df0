"""What one has removed is listed as long as one may bring it back, and no longer: its words are then no more
one's own to read than the rest of what it was part of."""

import re
from datetime import timedelta

import sqlalchemy as sa

from tests.dialogues.scenes import held
from tests.own_lap.scenes import own_analysis, own_cycle
from tests.removals.test_undo import (
    a_log_entry,
    a_period,
    a_problem,
    a_question,
    a_topic,
    an_area,
    remove,
)
from tests.teams.scenes import a_goal, a_team, staff
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    BoardQuestion,
    OrganizerGoal,
    Removal,
    RoleAssignment,
    SituationAnalysis,
    TeamMember,
)

PEOPLE = ("karin", "jonas", "erik", "lena", "samira", "sofia", "tove", "perolov", "ali")


def test_the_list_has_what_may_be_brought_back(cast, as_):
    """Whoever had removed it: in turn everybody has removed everything."""
    everything_removed(cast, as_)
    compare(cast, as_)
    # Both teams are left, the developer's role is over, the unit has no leader.
    for member in db.session.scalars(
        sa.select(TeamMember).where(TeamMember.user_id == cast.sofia.id)
    ):
        member.change(member.starts_on, today() - timedelta(days=1), by=cast.karin)
    people = [cast.samira.id, cast.karin.id, cast.jonas.id]
    over = sa.update(RoleAssignment).where(RoleAssignment.user_id.in_(people))
    db.session.execute(over.values(ends_on=today() - timedelta(days=1)))
    db.session.commit()
    found = compare(cast, as_)
    assert found["erik"], "the unit is vacant"
    assert not found["karin"]
    assert not found["sofia"]


def everything_removed(cast, as_) -> None:
    for thing in (a_problem, an_area, a_log_entry, a_topic, a_question, a_period):
        scene = thing(cast)
        remove(scene, as_(getattr(cast, scene.person)))
    elsewhere = held(cast.dialogue(cast.hassel), cast)
    elsewhere.drop_agreement(elsewhere.agree("Ali ordnar ett besök", by=cast.ali), by=cast.ali)
    own = own_analysis(cast)
    for analysis in db.session.scalars(sa.select(SituationAnalysis)).all():
        analysis.invite(cast.samira, by=cast.lena)
    own.problems[0].remove(by=cast.lena)
    team = a_team(cast, cast.sofia)
    a_goal(cast, team, cast.sofia, "Delat").remove(by=cast.sofia)
    silent = a_team(cast, cast.sofia, staff(cast), name="Lag som skriver")
    a_goal(cast, silent, cast.sofia, "Inte delat", shared=False).remove(by=cast.sofia)
    OrganizerGoal.add(own_cycle(cast), "Alla läser", "", by=cast.lena).remove(by=cast.lena)
    BoardQuestion.ask(cast.exempelby, "Varför?", None, by=cast.perolov).withdraw(by=cast.perolov)
    db.session.commit()


def compare(cast, as_) -> dict[str, set[str]]:
    """What each finds in the list, which must be what the button then does not refuse them."""
    found = {}
    ids = db.session.scalars(sa.select(Removal.id)).all()
    assert len(ids) > 10
    for name in PEOPLE:
        person = getattr(cast, name)
        db.session.execute(sa.update(Removal).values(by_id=person.id))
        browser = as_(person)
        page = browser.page("/utkast")
        found[name] = set(re.findall(r'action="/angra/(\d+)"', page))
        wanted = {str(each) for each in ids if not is_refused(browser, each)}
        assert found[name] == wanted, name
    return found


def is_refused(browser, removal_id: int) -> bool:
    """Pressed, and what that did taken back."""
    undo = db.engines[None].begin_nested()  # type: ignore[attr-defined]
    status = browser.post(f"/angra/{removal_id}").status_code
    db.session.remove()
    undo.rollback()
    return status in (403, 404)
