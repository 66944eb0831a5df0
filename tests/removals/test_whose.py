"""What one has removed is listed as long as one may bring it back, and no longer: its words are then no more
one's own to read than the rest of what it was part of."""

import re
from datetime import timedelta

import sqlalchemy as sa

from tests.dialogues.scenes import held
from tests.own_lap.scenes import own_analysis, own_cycle
from tests.removals.test_undo import (
    a_greeting,
    a_log_entry,
    a_period,
    a_problem,
    a_question,
    a_request,
    a_topic,
    an_area,
    remove,
)
from tests.support.scenes import asked
from tests.teams.scenes import a_goal, a_team, staff
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    BoardQuestion,
    OrganizerGoal,
    Removal,
    RoleAssignment,
    SituationAnalysis,
    SupportRequest,
    TeamMember,
)
from tracker.organisation.succession import take_over

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


def test_a_request_for_who_would_have_carried_it(cast, as_):
    """The fault: the unit that took over cannot bring back what it would have had to follow; or brings back
    what the other asked for afterwards, for itself."""
    before, after = (asked(cast.hassel, cast.ali, text) for text in ("En mentor.", "En vikarie."))
    before.asked_on -= timedelta(days=9)
    removals = [row.withdraw(by=cast.ali) for row in (before, after)]
    take_over(cast.ringmura, cast.hassel, today() - timedelta(days=4), by=cast.tove, closes=False)
    for removal in removals:
        removal.by_id = cast.nadia.id
    db.session.commit()
    carried, other = (f"/angra/{removal.id}" for removal in removals)
    nadia = as_(cast.nadia)
    page = nadia.page("/utkast")
    assert f'action="{carried}"' in page
    assert f'action="{other}"' not in page
    nadia.submit(other, status=404)
    nadia.submit(carried)
    assert db.session.scalars(sa.select(SupportRequest.text)).all() == ["En mentor."]


def everything_removed(cast, as_) -> None:
    for thing in (
        a_problem, an_area, a_log_entry, a_topic, a_question, a_period, a_request, a_greeting
    ):  # fmt: skip
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


def test_what_a_team_threw_out_of_its_draft_is_as_if_it_had_never_been(cast, as_):
    """The fault: 403 tells who leads the team that it writes on something."""
    team = a_team(cast, cast.sofia)
    a_goal(cast, team, cast.sofia, shared=False).remove(by=cast.sofia)
    db.session.commit()
    removal_id = db.session.scalars(sa.select(Removal.id)).one()
    for person in (cast.karin, cast.lena, cast.perolov):
        assert as_(person).post(f"/angra/{removal_id}").status_code == 404


def test_a_goal_of_a_team_whose_only_membership_was_a_mistake(cast, as_):
    """The fault: the list offers rektor what the button refuses, since no membership is left."""
    team = a_team(cast)
    a_goal(cast, team, cast.karin, shared=False).remove(by=cast.karin)
    team.add_member(cast.sofia, today(), by=cast.karin)
    db.session.flush()
    db.session.query(TeamMember).one().remove(by=cast.karin)
    db.session.commit()
    (removal_id,) = db.session.scalars(sa.select(Removal.id).where(Removal.kind == "team_goal"))
    karin = as_(cast.karin)
    assert f"/angra/{removal_id}" not in karin.page("/utkast")
    karin.submit(f"/angra/{removal_id}", status=404)
