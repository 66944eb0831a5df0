"""Lagets mål: the team writes and shares, the unit reads; drafts are the team's alone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.cast import SINCE
from tests.checked_client import errors
from tests.teams.scenes import UNIT, YEAR, a_goal, a_team, here, staff, text_of
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    DevelopmentArea,
    Draft,
    GoalDecision,
    Removal,
    RoleAssignment,
    TeamGoal,
    TeamMember,
    TeamPlan,
)

SECRET = "Hemligt än så länge."
DAY = timedelta(days=1)


def sentences():
    return [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def sent(**fields):
    return {
        "goal": "I mars väljer hälften strategi själva.",
        "follow_up": "Tolv lektionsbesök.",
        "evaluate_on": "2027-01-27",
    } | fields


def goals():
    return list(db.session.scalars(sa.select(TeamGoal).order_by(TeamGoal.id)))


@pytest.fixture
def team(cast):
    return a_team(cast, cast.sofia)


@pytest.fixture
def area(cast):
    made = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning i alla ämnen", "", "80 procent.", by=cast.karin
    )
    db.session.commit()
    return made


# The team writes


def test_from_start_to_what_is_shared(cast, as_, team, area):
    sofia = as_(cast.sofia)
    start = sofia.page("/")
    assert "Ni har inte skrivit några mål för läsåret än." in start
    assert here(team) in start
    sofia.submit(here(team, "/analys"), {"analysis": "Vi visar sällan hur.", "version": 1})
    page = sofia.page(here(team, "/mal/nytt"))
    assert 'value="2027-01-27"' in page, "in the middle of the läsår"
    sofia.submit(here(team, "/mal/nytt"), sent(area_id=area.id, responsible_id=cast.sofia.id))
    assert "Ett utkast med ett mål, som bara ni i laget ser." in sofia.page("/")
    sofia.submit(here(team, "/dela"), {})
    page = sofia.page(here(team))
    for text in (
        "Vi visar sällan hur.",
        "I mars väljer hälften strategi själva.",
        "Läsning i alla ämnen",
        "Första utvärderingen är 27 januari 2027.",
        "Målen är delade.",
        "Sofia Lindgren delade lagets mål för Arbetslag 4–6 2026/27.",
    ):
        assert text in page, text
    assert "Ett mål. Nästa utvärdering är 27 januari 2027." in sofia.page("/")
    assert sentences()[-1] == "Sofia Lindgren delade lagets mål för Arbetslag 4–6 2026/27."


def test_a_draft_is_the_teams_alone(cast, as_, team):
    """Not that of whoever leads the unit, in no page, in no history, under no address."""
    goal = a_goal(cast, team, cast.sofia, SECRET, shared=False)
    lo = staff(cast)
    goal.plan.write("Analysen " + SECRET, by=cast.sofia)
    db.session.commit()
    for person in (cast.karin, cast.jonas, cast.erik, cast.samira, cast.lena, lo):
        browser = as_(person)
        for url in (
            here(team), YEAR, "/enheter/savkullaskolan/2026-27", "/enheter/savkullaskolan/historik",
            "/historik", "/enheter/savkullaskolan/2026-27/atgarder",
        ):  # fmt: skip
            page = browser.get(url).get_data(as_text=True)
            assert SECRET not in page, (person.name, url)
            assert "skrev i utkastet" not in page, (person.name, url)
        for url in (
            f"/mal/{goal.id}", f"/mal/{goal.id}/utvardera", "/analys", "/mal/nytt"
        ):  # fmt: skip
            assert browser.get(here(team, url)).status_code == 403, (person.name, url)
    assert "Inget är delat för 2026/27 än" in as_(cast.karin).page(here(team))
    assert "skrev i utkastet till lagets mål" in as_(cast.sofia).page(here(team))


def test_that_it_was_a_draft_stays_the_teams(cast, as_, team):
    a_goal(cast, team, cast.sofia)
    assert "skrev i utkastet" in as_(cast.sofia).page(here(team))
    page = as_(cast.karin).page(here(team))
    assert "delade lagets mål" in page
    assert "skrev i utkastet" not in page


def test_shared_is_read_by_unit_and_who_follows_it(cast, as_, team):
    a_goal(cast, team, cast.sofia)
    for person in (cast.karin, cast.jonas, cast.erik, cast.samira, cast.lena, staff(cast)):
        browser = as_(person)
        assert "Fler väljer strategi själva." in browser.page(here(team))
        assert "Fler väljer strategi själva." in browser.page(YEAR)
    for person in (cast.perolov, cast.tove):
        for url in (here(team), YEAR):
            assert as_(person).get(url).status_code == 403, person.name
        assert "Lagens mål" not in as_(person).page("/enheter/savkullaskolan/2026-27")
    for person in (cast.ali, cast.maria, cast.mats, cast.greta, staff(cast, "Siv Ö", cast.hassel)):
        assert as_(person).get(here(team)).status_code == 404, person.name
    for person in (cast.erik, cast.samira, cast.lena):
        assert as_(person).get(here(team, "/mal/nytt")).status_code == 403, person.name


def test_colleagues_read_and_do_not_write(cast, as_, team):
    goal = a_goal(cast, team, cast.sofia)
    lo = as_(staff(cast))
    for rest in ("/mal/nytt", f"/mal/{goal.id}", "/analys", f"/mal/{goal.id}/utvardera"):
        assert lo.get(here(team, rest)).status_code == 403
    for rest in ("/dela", f"/mal/{goal.id}/ta-bort", f"/ta-med/{goal.id}"):
        assert lo.post(here(team, rest)).status_code == 403


def test_leaders_write_in_what_is_shared_and_for_a_team_without_staff(cast, as_, team):
    a_goal(cast, team, cast.sofia)
    karin = as_(cast.karin)
    assert karin.get(here(team, "/mal/nytt")).status_code == 200
    empty = a_team(cast, name="Avdelning Lönnen")
    karin.submit(here(empty, "/mal/nytt"), sent(goal=SECRET))
    assert SECRET in karin.page(here(empty))
    assert SECRET not in as_(cast.erik).page(here(empty))
    empty.add_member(cast.sofia, today(), by=cast.karin)
    db.session.commit()
    assert SECRET not in karin.page(here(empty)), "it is the team's now"
    assert SECRET in as_(cast.sofia).page(here(empty))


@pytest.mark.parametrize("how", ["ended", "removed"])
def test_a_draft_stays_the_teams_when_nobody_is_left(cast, as_, team, how):
    """The leader ends memberships herself: that opens no draft, nor tells that there is one."""
    goal = a_goal(cast, team, cast.sofia, SECRET, shared=False)
    silent = a_team(cast, cast.sofia, name="Lag utan mål")
    for member in db.session.scalars(sa.select(TeamMember)).all():
        if how == "ended":
            member.change(SINCE, today() - DAY, by=cast.karin)
        else:
            member.remove(by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    for url in (YEAR, UNIT, "/enheter/savkullaskolan/2026-27", "/enheter/savkullaskolan/historik"):
        assert SECRET not in karin.page(url), url
    with_draft, without = (text_of(karin.page(here(each))) for each in (team, silent))
    assert with_draft == without.replace("Lag utan mål", "Arbetslag 4–6")
    assert "Inget är delat för 2026/27 än" in with_draft
    for rest in ("/mal/nytt", "/analys", f"/mal/{goal.id}", f"/mal/{goal.id}/utvardera"):
        assert karin.get(here(team, rest)).status_code == 403, rest
    assert karin.post(here(team, "/dela")).status_code == 403
    lo = staff(cast)
    team.add_member(lo, today(), by=cast.karin)
    db.session.commit()
    assert SECRET in as_(lo).page(here(team)), "who comes after goes on with it"


def test_nothing_to_share(cast, as_, team):
    sofia = as_(cast.sofia)
    sofia.submit(here(team, "/dela"), {})
    assert "Skriv minst ett mål först." in sofia.page(here(team))
    assert db.session.scalar(sa.select(TeamPlan)) is None


def test_pressed_twice_it_is_one_goal_and_one_sharing(cast, as_, team):
    sofia = as_(cast.sofia)
    for _ in range(2):
        sofia.submit(here(team, "/mal/nytt"), sent(form_token="samma"))
        sofia.submit(here(team, "/dela"), {})
    assert len(goals()) == 1
    assert sum("delade lagets mål" in text for text in sentences()) == 1


def test_two_who_begin_at_once(cast, as_):
    """Both have opened the form of a plan that is not there; the second is shown what the first wrote."""
    lo = staff(cast)
    team = a_team(cast, cast.sofia, lo)
    one, other = as_(cast.sofia), as_(lo)
    assert 'name="version" type="hidden" value="1"' in other.page(here(team, "/analys"))
    one.submit(here(team, "/analys"), {"analysis": "Sofias ord.", "version": 1})
    answer = other.submit(here(team, "/analys"), {"analysis": "Los ord.", "version": 1}, 409)
    assert "Sofias ord." in answer.text
    assert "Los ord." in answer.text
    other.submit(here(team, "/analys"), {"analysis": "Los ord.", "version": 2})
    assert db.session.scalars(sa.select(TeamPlan.analysis)).all() == ["Los ord."]


def test_an_old_form_never_overwrites_a_newer_goal(cast, as_, team):
    goal = a_goal(cast, team, cast.sofia)
    url, sofia = here(team, f"/mal/{goal.id}"), as_(cast.sofia)
    as_(cast.karin).submit(url, sent(goal="Karins ord.", version=1))
    answer = sofia.submit(url, sent(goal="Sofias ord.", evaluate_on="2027-02-03", version=1), 409)
    assert "Karins ord." in answer.text
    assert "Sofias ord." in answer.text
    assert [row.goal for row in goals()] == ["Karins ord."]
    assert sentences()[-1] == (
        "Karin Holm ändrade målet ”Karins ord.” för Arbetslag 4–6 2026/27. "
        "Före ändringen: ”Fler väljer strategi själva.”."
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"goal": " "}, "Skriv vad som ska vara annorlunda."),
        ({"goal": "å" * 100_000}, "Texten är för lång: 100 000 tecken, högst 5 000 får plats."),
        ({"goal": "Hjälp 20120101-2380."}, "Texten ser ut att innehålla ett personnummer"),
        ({"evaluate_on": ""}, "Ange en dag, så att utvärderingen blir av."),
        ({"evaluate_on": "2026-06-30"}, "Dagen ligger före läsåret."),
        ({"evaluate_on": "2072-01-27"}, "Dagen ligger för långt fram."),
        ({"evaluate_on": "i vår"}, "Skriv datumet som år-månad-dag"),
        ({"area_id": "999999"}, "Välj ett av alternativen."),
        ({"responsible_id": "1"}, "Välj ett av alternativen."),
    ],
)
def test_bad_input_is_explained_and_kept(cast, as_, team, fields, message):
    answer = as_(cast.sofia).submit(here(team, "/mal/nytt"), sent(**fields), 422)
    assert len(errors(answer)) == 1
    assert message in errors(answer)[0].replace("\N{NO-BREAK SPACE}", " ")
    kept = (fields | {"goal": fields.get("goal", sent()["goal"])})["goal"].strip()
    assert kept in answer.text
    assert goals() == []
    assert db.session.scalar(sa.select(TeamPlan)) is None


def test_another_units_area_is_no_choice(cast, as_, team):
    other = DevelopmentArea.create(cast.cycle(cast.hassel), "Närvaro", "", "Färre.", by=cast.ali)
    db.session.commit()
    as_(cast.sofia).submit(here(team, "/mal/nytt"), sent(area_id=other.id), 422)
    plan = TeamPlan.begin(team, cast.cycle(cast.savkulla))
    foreign = DevelopmentArea.create(
        cast.cycle(cast.granbyskolan, cast.granby_year), "X", "", "", by=cast.mats
    )
    with pytest.raises(IntegrityError), db.session.begin_nested():
        TeamGoal.add(plan, by=cast.sofia, goal="X", follow_up="", evaluate_on=today(), area_id=foreign.id)  # fmt: skip


def test_what_is_typed_is_kept_as_a_draft_and_forgotten_when_saved(cast, as_, team):
    sofia = as_(cast.sofia)
    url = here(team, "/mal/nytt")
    token = "utkastutkast1234"
    Draft.keep(
        cast.sofia.id, cast.exempelby.id, token, 1, [("goal", "Halvskrivet mål")],
        form="NewGoalForm", place=f"slug=savkullaskolan,team_id={team.id},year=2026-27",
        address=url, title="Nytt mål",
    )  # fmt: skip
    db.session.commit()
    assert "Halvskrivet mål" in sofia.page(f"{url}?utkast={token}")
    sofia.submit(url, sent(utkast="nyttnyttnytt1234", utkast_fran=token))
    assert db.session.scalar(sa.select(sa.func.count(Draft.id))) == 0


# Removed and brought back


def test_a_goal_is_removed_and_brought_back(cast, as_, team, area):
    goal = a_goal(cast, team, cast.sofia, area_id=area.id, responsible=cast.sofia)
    sofia = as_(cast.sofia)
    sofia.submit(here(team, f"/mal/{goal.id}/ta-bort"), {})
    assert goals() == []
    removal = db.session.scalars(sa.select(Removal)).one()
    for person in (cast.mats, cast.ali, cast.erik, cast.tove, cast.karin):
        assert as_(person).post(f"/angra/{removal.id}").status_code == 404, person.name
    assert sofia.submit(f"/angra/{removal.id}", {}).location == here(team)
    (back,) = goals()
    assert (back.id, back.area_id, back.responsible) == (goal.id, area.id, "Sofia Lindgren")
    assert sentences()[-1] == (
        "Sofia Lindgren ångrade att målet ”Fler väljer strategi själva.” för Arbetslag 4–6 2026/27 togs bort."
    )


def test_an_evaluated_goal_stays(cast, as_, team):
    goal = a_goal(cast, team, cast.sofia)
    goal.evaluate(
        by=cast.sofia, seen=0, held_on=today(), outcome="Hälften.", decision=GoalDecision.END,
        next_step="", next_on=None,
    )  # fmt: skip
    db.session.commit()
    as_(cast.sofia).submit(here(team, f"/mal/{goal.id}/ta-bort"), {})
    assert len(goals()) == 1


# The development area


def test_the_area_says_which_teams_work_on_it(cast, as_, team, area):
    a_goal(cast, team, cast.sofia, area_id=area.id)
    silent = a_team(cast, name="Lag som skriver")
    a_goal(cast, silent, cast.karin, area_id=area.id, shared=False)
    at = "/enheter/savkullaskolan/2026-27"
    for url in (f"{at}/atgarder", f"{at}/utvecklingsplan", f"{at}/utvecklingsomraden/{area.id}"):
        page = as_(cast.karin).page(url)
        assert "Arbetslag 4–6" in page, url
        assert "Lag som skriver" not in page, url
    assert "Arbetslag 4–6" in as_(cast.sofia).page(f"{at}/atgarder")
    for person in (cast.perolov, cast.tove):
        assert "Arbetslag" not in as_(person).page(f"{at}/utvecklingsplan"), "not theirs to read"
    as_(cast.karin).submit(f"{at}/utvecklingsomraden/{area.id}/ta-bort", {})
    assert db.session.get(DevelopmentArea, area.id) is not None


def test_an_area_that_only_a_draft_uses_is_removed_as_if_nothing_did(cast, as_, team, area):
    goal = a_goal(cast, team, cast.sofia, area_id=area.id, shared=False)
    area_id = area.id
    url = f"/enheter/savkullaskolan/2026-27/utvecklingsomraden/{area_id}"
    karin = as_(cast.karin)
    assert "Ta bort" in karin.page(url)
    karin.submit(f"{url}/ta-bort", {})
    db.session.refresh(goal)
    assert (db.session.get(DevelopmentArea, area_id), goal.area_id) == (None, None)
    karin.submit(f"/angra/{db.session.scalars(sa.select(Removal.id)).one()}", {})
    db.session.refresh(goal)
    assert goal.area_id == area_id


def test_a_retired_team_is_listed_for_what_it_has_shared(cast, as_, team):
    goal = a_goal(cast, team, cast.sofia, SECRET, shared=False)
    a_team(cast, name="Lag som är kvar")
    team.retire(by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    assert "Arbetslag 4–6" not in karin.page(YEAR)
    db.session.refresh(goal.plan, ["goals"])
    goal.plan.share(by=cast.sofia)
    db.session.commit()
    assert "Arbetslag 4–6" in karin.page(YEAR)


def test_who_is_responsible_keeps_the_name_after_leaving(cast, as_, team):
    goal = a_goal(cast, team, cast.sofia, responsible=cast.sofia)
    role = db.session.scalars(sa.select(RoleAssignment).filter_by(user_id=cast.sofia.id)).one()
    role.end_now(by=cast.tove)
    db.session.commit()
    karin = as_(cast.karin)
    page = karin.page(here(team, f"/mal/{goal.id}"))
    assert "Sofia Lindgren (inte i laget längre)" in page
    karin.submit(
        here(team, f"/mal/{goal.id}"), sent(responsible_id=cast.sofia.id, version=goal.version)
    )
    assert goals()[0].responsible == "Sofia Lindgren"


def test_statements(cast, as_, team, area, statements):
    """As many for many teams as for few, on every page that reads goals."""
    lo = staff(cast)
    earlier = a_goal(cast, team, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    goal = a_goal(cast, team, cast.sofia, area_id=area.id)
    at = "/enheter/savkullaskolan/2026-27"
    pages = [
        (cast.sofia, "/"), (cast.karin, "/"), (cast.sofia, here(team)), (cast.karin, here(team)),
        (cast.karin, YEAR), (cast.sofia, YEAR), (cast.karin, UNIT), (cast.karin, at),
        (cast.lena, at), (cast.karin, f"{at}/atgarder"), (cast.karin, f"{at}/utvecklingsplan"),
        (cast.sofia, here(team, "/mal/nytt")), (cast.sofia, here(team, f"/mal/{goal.id}")),
        (cast.sofia, here(team, f"/mal/{goal.id}/utvardera")), (cast.karin, f"{UNIT}/{team.id}"),
    ]  # fmt: skip

    def counts():
        found = {}
        for person, url in pages:
            browser = as_(person)
            with statements() as sent_:
                browser.page(url)
            found[person.name, url] = len(sent_)
        return found

    few = counts()
    for number in range(8):
        more = a_team(cast, cast.sofia, lo, name=f"Lag {number}")
        for text in ("A", "B"):
            a_goal(cast, more, cast.sofia, text, area_id=area.id)
        a_goal(cast, more, cast.sofia, year=cast.last_year, evaluate_on=date(2026, 1, 28))
    a_goal(cast, team, cast.sofia, "C", area_id=area.id)
    assert counts() == few
    assert max(number for (_, url), number in few.items() if url == "/") <= 8
    assert max(few.values()) <= 15, few
    assert earlier.followed_by is None
