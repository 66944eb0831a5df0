"""The unit's teams: set up by its leaders, with members from day to day; membership and role both count."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.cast import SINCE
from tests.checked_client import errors
from tests.teams.scenes import UNIT, a_goal, a_team, here, staff
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    Role,
    RoleAssignment,
    Team,
    TeamKind,
    TeamMember,
    TeamPlan,
)
from tracker.teams.models import AlreadyMember
from tracker.teams.routes_teams import EXISTS

DAY = timedelta(days=1)


def sentences():
    return [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(**fields):
    return {"name": "Ämneslag matematik", "kind": "subject", "starts_on": "2026-11-20"} | fields


def names():
    return [row.name for row in db.session.scalars(sa.select(Team).order_by(Team.sort_key))]


@pytest.mark.parametrize("who", ["karin", "jonas"])
def test_a_leader_sets_up_a_team_with_its_people(cast, as_, who):
    browser = as_(getattr(cast, who))
    assert "Inga lag än" in browser.page(UNIT)
    page = browser.page(f"{UNIT}/nytt")
    assert "Sofia Lindgren" in page
    assert "Nadia" not in page, "a rektor is no staff"
    assert browser.submit(f"{UNIT}/nytt", sent(people=[cast.sofia.id])).location == UNIT
    page = browser.page(UNIT)
    assert "Laget Ämneslag matematik är upplagt. De som hör till laget kan skriva" in page
    assert "Sofia Lindgren" in page
    name = getattr(cast, who).name
    assert sentences()[-2:] == [
        f"{name} lade upp laget Ämneslag matematik.",
        f"{name} lade till Sofia Lindgren i laget Ämneslag matematik från 20 november 2026.",
    ]


def test_pressed_twice_it_is_one_team(cast, as_):
    browser = as_(cast.karin)
    form = sent(form_token="samma", people=[cast.sofia.id])
    for _ in range(2):
        assert browser.submit(f"{UNIT}/nytt", form).location == UNIT
    assert names() == ["Ämneslag matematik"]
    assert db.session.scalar(sa.select(sa.func.count(TeamMember.id))) == 1


def test_a_name_is_taken_once_in_a_unit(cast, as_):
    a_team(cast, name="Ämneslag matematik").retire(by=cast.karin)
    browser = as_(cast.karin)
    answer = browser.submit(f"{UNIT}/nytt", sent(), 422)
    assert errors(answer) == [EXISTS]
    other = a_team(cast, name="Lag 2")
    answer = browser.submit(f"{UNIT}/{other.id}", sent(version=1), 422)
    assert errors(answer) == [EXISTS]
    assert names() == ["Lag 2", "Ämneslag matematik"]
    assert browser.submit("/enheter/lyktvretens-forskola/lag/nytt", sent()).status_code == 302


def test_the_database_refuses_what_must_not_be(cast):
    team = a_team(cast, cast.sofia)
    for wrong in (
        TeamMember(organizer_id=team.organizer_id, team_id=team.id, user_id=cast.sofia.id, starts_on=today()),
        TeamMember(organizer_id=cast.granby.id, team_id=team.id, user_id=cast.mats.id, starts_on=today()),
        Team(organizer_id=cast.granby.id, unit_id=cast.savkulla.id, name="X", sort_key="x", kind=TeamKind.WORK),
        TeamPlan(organizer_id=cast.granby.id, team_id=team.id, cycle_id=cast.cycle(cast.savkulla).id),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(wrong)


def test_bad_input_is_kept_and_explained(cast, as_):
    browser = as_(cast.karin)
    answer = browser.submit(
        f"{UNIT}/nytt", sent(name="å" * 101, kind="fel", starts_on="i höstas"), 422
    )
    assert errors(answer) == [
        "Texten är för lång: 101 tecken, högst 100 får plats.",
        "Välj ett av alternativen.",
        "Skriv datumet som år-månad-dag, till exempel 2027-01-15.",
    ]
    assert "å" * 101 in answer.text
    answer = browser.submit(f"{UNIT}/nytt", sent(people=[cast.ali.id]), 422)
    assert errors(answer) == ["Välj bland alternativen."]
    assert names() == []


def test_two_who_change_a_team(cast, as_):
    team = a_team(cast)
    browser = as_(cast.karin)
    browser.submit(f"{UNIT}/{team.id}", sent(name="Lag blå", version=1))
    answer = browser.submit(f"{UNIT}/{team.id}", sent(name="Lag röd", version=1), 409)
    assert "Lag blå" in answer.text
    assert "Lag röd" in answer.text
    assert names() == ["Lag blå"]


def test_it_is_retired_and_taken_back(cast, as_):
    team = a_team(cast, cast.sofia)
    a_goal(cast, team, cast.sofia)
    browser = as_(cast.karin)
    browser.submit(f"{UNIT}/{team.id}/lagg-undan", {})
    browser.submit(f"{UNIT}/{team.id}/lagg-undan", {})
    assert "Undanlagda (1)" in browser.page(UNIT)
    assert "Fler väljer strategi själva." in browser.page(here(team)), "what it wrote stays"
    assert as_(cast.sofia).get(here(team, "/mal/nytt")).status_code == 403
    browser.submit(f"{UNIT}/{team.id}/ta-tillbaka", {})
    assert as_(cast.sofia).get(here(team, "/mal/nytt")).status_code == 200
    assert sentences()[-2:] == [
        "Karin Holm lade undan laget Arbetslag 4–6.",
        "Karin Holm tog tillbaka laget Arbetslag 4–6.",
    ]


# Who belongs to it


def test_several_at_once_and_those_who_are_there_stay(cast, as_):
    lo, team = staff(cast), a_team(cast, cast.sofia)
    browser = as_(cast.karin)
    form = {"people": [cast.sofia.id, lo.id], "starts_on": "2026-11-01"}
    browser.submit(f"{UNIT}/{team.id}/medlemmar", form)
    page = browser.page(f"{UNIT}/{team.id}")
    assert "Lo Berg hör nu till Arbetslag 4–6." in page
    assert "Sofia Lindgren hör redan till Arbetslag 4–6." in page
    browser.submit(f"{UNIT}/{team.id}/medlemmar", form)
    assert db.session.scalar(sa.select(sa.func.count(TeamMember.id))) == 2


def test_the_same_days_twice_are_refused(cast, as_):
    team = a_team(cast)
    first = team.add_member(cast.sofia, date(2025, 8, 1), date(2026, 6, 30), by=cast.karin)
    team.add_member(cast.sofia, date(2026, 8, 1), by=cast.karin)
    with pytest.raises(AlreadyMember):
        team.add_member(cast.sofia, date(2026, 6, 30), date(2026, 7, 1), by=cast.karin)
    url = f"{UNIT}/{team.id}/medlemmar/{first.id}"
    browser = as_(cast.karin)
    dates = {"starts_on": "2025-08-01", "ends_on": "2026-08-01", "version": 1}
    assert errors(browser.submit(url, dates, 422)) == [
        "Sofia Lindgren hör redan till laget några av de dagarna."
    ]
    answer = browser.submit(url, dates | {"ends_on": "2025-07-31"}, 422)
    assert errors(answer) == ["Sista dagen ligger före den första."]
    browser.submit(url, dates | {"ends_on": "2026-07-31"})
    assert sentences()[-1] == (
        "Karin Holm ändrade när Sofia Lindgren hör till laget Arbetslag 4–6: "
        "från 1 augusti 2025 till 31 juli 2026."
    )


def test_a_mistake_is_taken_away(cast, as_):
    team = a_team(cast, cast.sofia)
    member = db.session.scalars(sa.select(TeamMember)).one()
    url = f"{UNIT}/{team.id}/medlemmar/{member.id}/ta-bort"
    assert as_(cast.karin).submit(url, {}).status_code == 302
    assert as_(cast.karin).submit(url, {}, 404).status_code == 404
    assert sentences()[-1] == "Karin Holm tog bort Sofia Lindgren ur laget Arbetslag 4–6."


def test_who_leaves_team_or_work_loses_writing_at_once(cast, as_):
    team = a_team(cast, cast.sofia)
    sofia = as_(cast.sofia)
    url = here(team, "/mal/nytt")
    assert sofia.get(url).status_code == 200
    member = db.session.scalars(sa.select(TeamMember)).one()
    member.change(SINCE, today() - DAY, by=cast.karin)
    db.session.commit()
    assert sofia.get(url).status_code == 403
    member.change(SINCE, None, by=cast.karin)
    db.session.commit()
    assert sofia.get(url).status_code == 200
    role = db.session.scalars(sa.select(RoleAssignment).filter_by(user_id=cast.sofia.id)).one()
    # As when the administrator is somebody who may not end her session: she stays signed in.
    role.ends_on = today() - DAY
    RoleAssignment.give(cast.sofia, Role.STAFF, cast.exempelby, by=cast.sofia, unit=cast.hassel)
    db.session.commit()
    assert sofia.get(url).status_code == 404, "she no longer works there"


def test_a_membership_that_has_not_begun_gives_nothing_yet(cast, as_):
    team = a_team(cast)
    team.add_member(cast.sofia, today() + DAY, by=cast.karin)
    assert as_(cast.sofia).get(here(team, "/mal/nytt")).status_code == 403


def test_a_member_of_another_units_team_is_no_member_here(cast, as_):
    """The team's number below another unit's address."""
    lo = staff(cast, unit=cast.hassel)
    team = a_team(cast, cast.sofia)
    for url in (here(team), here(team, "/mal/nytt")):
        assert as_(lo).get(url).status_code == 404
        assert as_(lo).get(url.replace("savkullaskolan", "hasselbrinksskolan")).status_code == 404
