"""Huvudmannens mål."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.checked_client import errors
from tests.own_lap.scenes import LAP, own_cycle
from tracker.extensions import db
from tracker.models import AuditEvent, OrganizerGoal

NEW = f"{LAP}/mal/nytt"
GOAL = "Frånvaro upptäcks tidigt och leder till att skolan ändrar något."


def goals() -> list[str]:
    rows = db.session.query(OrganizerGoal).order_by(OrganizerGoal.position, OrganizerGoal.id)
    return [goal.text for goal in rows]


def a_goal(cast, year=None) -> OrganizerGoal:
    goal = OrganizerGoal.add(own_cycle(cast, year), GOAL, "Mått i maj.", by=cast.lena)
    db.session.commit()
    return goal


def test_written_and_read_by_everybody(cast, as_):
    as_(cast.lena).submit(NEW, {"text": GOAL, "signs": "Andelen i maj.", "form_token": "abc"})
    for person in (cast.lena, cast.karin, cast.sofia, cast.perolov, cast.tove, cast.samira):
        page = as_(person).page(LAP)
        assert GOAL in page
        assert "Andelen i maj." in page
        assert ("Lägg till ett mål" in page) is (person == cast.lena)
    assert GOAL in as_(cast.perolov).page(f"{LAP}/utvecklingsplan")
    assert "Exempelby" not in as_(cast.ingela).page(LAP)
    assert GOAL not in as_(cast.ingela).page(LAP)


def test_pressed_twice_it_is_one(cast, as_):
    lena = as_(cast.lena)
    said = {"text": GOAL, "signs": "", "form_token": "abc"}
    assert lena.submit(NEW, said).location == lena.submit(NEW, said).location
    assert goals() == [GOAL]


def test_changed_with_its_history_and_not_by_an_old_form(cast, as_):
    goal = a_goal(cast)
    lena, at = as_(cast.lena), f"{LAP}/mal/{goal.id}"
    lena.submit(at, {"version": 1, "text": "Alla läser.", "signs": "Mått i maj."})
    refused = lena.submit(at, {"version": 1, "text": "Alla skriver.", "signs": ""}, 409)
    assert "Alla läser." in refused.text
    assert "Alla skriver." in refused.text
    assert goals() == ["Alla läser."]
    events = db.session.query(AuditEvent).filter_by(subject_kind="organizer_goal")
    assert GOAL in events.order_by(AuditEvent.id.desc()).first().sentence
    lena.submit(at, {"version": 2, "text": "Alla läser.", "signs": "Mått i maj."})
    assert events.count() == 2


def test_history_keeps_the_signs_that_were_changed(cast):
    goal = a_goal(cast)
    before = db.session.query(AuditEvent).count()
    goal.write(GOAL, "", by=cast.lena)
    goal.write(GOAL, "Mått i juni.", by=cast.lena)
    db.session.commit()
    events = db.session.query(AuditEvent).order_by(AuditEvent.id).all()[before:]
    assert [event.sentence.partition("Före ändringen: ")[2] for event in events] == [
        "”Mått i maj.”.",
        "inget skrivet.",
    ]


def test_removed_and_brought_back(cast, as_):
    away = f"{LAP}/mal/{a_goal(cast).id}/ta-bort"
    lena = as_(cast.lena)
    lena.submit(away)
    assert goals() == []
    page = lena.page(LAP)
    lena.submit(away, status=404)
    at = page.split('action="/angra/')[1].split('"')[0]
    as_(cast.karin).submit(f"/angra/{at}", status=403)
    as_(cast.ingela).submit(f"/angra/{at}", status=404)
    assert lena.submit(f"/angra/{at}").location == LAP
    assert goals() == [GOAL]


def test_last_years_goals_follow_when_somebody_says_so(cast, as_):
    a_goal(cast, cast.last_year)
    lena = as_(cast.lena)
    assert "Ta med förra läsårets mål" in lena.page(LAP)
    assert GOAL not in lena.page(LAP)
    lena.submit(f"{LAP}/mal/ta-med")
    lena.submit(f"{LAP}/mal/ta-med")
    assert goals() == [GOAL, GOAL]  # one of each läsår
    assert GOAL in lena.page(LAP)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "Skriv målet"),
        ("Eleven 19121212-1212 läser.", "personnummer"),
        ("x" * 100_000, "för lång"),
    ],
)
def test_what_is_refused_is_shown_back(cast, as_, text, word):
    refused = as_(cast.lena).submit(NEW, {"text": text, "signs": "I maj."}, 422)
    assert word in " ".join(errors(refused))
    assert "I maj." in refused.text
    assert goals() == []


def test_only_those_who_write_in_the_lap(cast, as_):
    goal = a_goal(cast)
    for person in (cast.karin, cast.erik, cast.samira, cast.perolov, cast.sofia, cast.tove):
        for place in (NEW, f"{LAP}/mal/{goal.id}"):
            as_(person).page(place, 403)
        as_(person).submit(f"{LAP}/mal/{goal.id}/ta-bort", status=403)
        as_(person).submit(f"{LAP}/mal/ta-med", status=403)
    as_(cast.ingela).page(f"{LAP}/mal/{goal.id}", 404)
    as_(cast.lena).page(f"/huvudmannen/2025-26/mal/{goal.id}", 404)


def test_a_unit_has_no_such_goals(cast):
    with pytest.raises(ValueError, match="organizer"):
        OrganizerGoal.add(cast.cycle(cast.savkulla), GOAL, "", by=cast.lena)


def test_the_database_refuses_an_empty_one(cast):
    with pytest.raises(IntegrityError):
        OrganizerGoal.add(own_cycle(cast), "", "", by=cast.lena)
