"""Two people change a dialogue at once, on both databases: what each did stands whole, or is refused, and
nothing is half of both."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.cast import THE_DAY, Cast
from tests.dialogues.scenes import DAY, at
from tests.faults.scenes import World, world
from tests.faults.two_transactions import meanwhile
from tests.measures.scenes import FINAL, a_measure
from tracker.cycle.opening import catch_up
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.measures.states import IllegalTransition
from tracker.models import (
    DialogueTopic,
    EffectAssessment,
    Measure,
    MeasureState,
    QualityDialogue,
    Removal,
    SchoolUnit,
    TimeProposal,
)
from tracker.organisation.staffing import Staffing

START, END = at(DAY, 13), at(DAY, 14)


@pytest.fixture
def apart(database_kind: str, tmp_path: Path) -> Iterator[World]:
    with world(database_kind, tmp_path) as made, time_machine.travel(THE_DAY, tick=False):
        yield made


@pytest.fixture
def cast(apart: World) -> Cast:
    return apart.cast


@pytest.fixture
def both(cast: Cast) -> int:
    """The number of the one dialogue of Karin's two units."""
    return cast.dialogue(cast.savkulla).id


@pytest.fixture
def one(cast: Cast, both: int) -> int:
    """And of the one that Lyktvretens förskola got of its own."""
    made = talk(both).split_off(cast.lyktvret, by=cast.erik).id
    db.session.commit()
    return made


def talk(key: int) -> QualityDialogue:
    return db.session.get_one(QualityDialogue, key)


def read(key: int) -> QualityDialogue:
    """As a page has it, with everything that hangs on it."""
    found = talk(key)
    assert (found.topics, found.proposals, found.moves, found.notes, found.questions) is not None
    assert found.units
    return found


def of_unit(cast: Cast, name: str) -> QualityDialogue:
    return cast.dialogue(getattr(cast, name))


def test_split_while_another_places_it_asks_why(apart, cast, both):
    mine, theirs = meanwhile(
        apart,
        lambda: read(both),
        lambda: talk(both).place_at(START, END, by=cast.lena),
        lambda found: found.split_off(cast.lyktvret, by=cast.erik),
    )
    assert theirs is None
    assert talk(both).starts_at == START
    if db.engine.dialect.name == "sqlite":
        assert mine is None, "it was split before it had a time"
    else:
        assert isinstance(mine, DialogueError)
        assert "varför" in str(mine)
        assert len(talk(both).units) == 2


def test_joined_while_another_places_the_one_that_goes(apart, cast, both, one):
    mine, theirs = meanwhile(
        apart,
        lambda: (read(both), read(one)),
        lambda: talk(one).place_at(START, END, by=cast.lena),
        lambda found: found[0].join(found[1], by=cast.erik),
    )
    assert mine is None
    joined = of_unit(cast, "lyktvret")
    assert len(joined.units) == 2
    if theirs is None:
        assert joined.starts_at == START
    else:
        assert isinstance(theirs, Exception)
        assert db.session.get(QualityDialogue, one) is None


def test_joined_while_another_writes_in_the_one_that_goes(apart, cast, both, one):
    """What is written follows, or is refused: it does not go with the dialogue."""
    mine, theirs = meanwhile(
        apart,
        lambda: (read(both), read(one)),
        lambda: talk(one).add_topic("Övergången", "Vi ser den", by=cast.lena),
        lambda found: found[0].join(found[1], by=cast.erik),
    )
    assert mine is None
    titles = [row.title for row in of_unit(cast, "lyktvret").topics]
    assert titles == (["Övergången"] if theirs is None else [])


def test_moved_while_another_joins_it_away(apart, cast, both, one):
    mine, theirs = meanwhile(
        apart,
        lambda: read(one),
        lambda: talk(both).join(talk(one), by=cast.lena),
        lambda found: found.place_at(START, END, by=cast.erik),
    )
    joined = of_unit(cast, "lyktvret")
    assert len(joined.units) == 2
    assert theirs is None
    if mine is None:
        assert joined.starts_at == START
    else:
        assert isinstance(mine, StaleDataError)
        assert joined.starts_at is None


def test_an_area_for_a_dialogue_that_is_joined_away(apart, cast, both, one):
    mine, theirs = meanwhile(
        apart,
        lambda: read(one),
        lambda: talk(both).join(talk(one), by=cast.lena),
        lambda found: found.add_topic("Övergången", "Vi ser den", by=cast.erik),
    )
    assert theirs is None
    titles = [row.title for row in of_unit(cast, "lyktvret").topics]
    assert titles == (["Övergången"] if mine is None else [])
    assert mine is None or isinstance(mine, StaleDataError)


def test_two_who_split_the_same_unit_off(apart, cast, both):
    mine, theirs = meanwhile(
        apart,
        lambda: read(both),
        lambda: talk(both).split_off(cast.lyktvret, by=cast.lena),
        lambda found: found.split_off(cast.lyktvret, by=cast.erik),
    )
    assert sorted([mine is None, theirs is None]) == [False, True]
    assert isinstance(mine or theirs, DialogueError)
    assert len(talk(both).units) == 1


def test_two_who_choose_rektors_area(apart, cast, both):
    mine, theirs = meanwhile(
        apart,
        lambda: read(both),
        lambda: talk(both).choose_topic("Frånvaron", "Jonas", None, by=cast.jonas, seen=0),
        lambda found: found.choose_topic("Matematik", "Karin", None, by=cast.karin, seen=0),
    )
    assert sorted([mine is None, theirs is None]) == [False, True]
    assert isinstance(mine or theirs, StaleDataError), "and both texts are shown"
    (topic,) = talk(both).topics
    assert topic.title == ("Matematik" if mine is None else "Frånvaron")


def test_none_of_ones_own_while_another_adds_an_area(apart, cast, both):
    mine, theirs = meanwhile(
        apart,
        lambda: read(both),
        lambda: talk(both).add_topic("Övergången", "Vi ser den", by=cast.lena),
        lambda found: found.bring_no_topics(by=cast.erik),
    )
    assert theirs is None
    assert mine is None or isinstance(mine, DialogueError)
    assert talk(both).no_topics_at is None
    assert len(talk(both).topics) == 1


@pytest.fixture
def topic(cast: Cast, both: int) -> int:
    made = talk(both).add_topic("Övergången", "Vi ser den", by=cast.erik)
    db.session.commit()
    return made.id


def the_topic(key: int) -> DialogueTopic:
    return db.session.get_one(DialogueTopic, key)


def test_an_area_is_changed_while_another_removes_it(apart, cast, both, topic):
    mine, theirs = meanwhile(
        apart,
        lambda: (read(both), the_topic(topic)),
        lambda: talk(both).remove_topic(the_topic(topic), by=cast.lena),
        lambda found: found[0].change_topic(found[1], "Övergången", "Eriks text", by=cast.erik),
    )
    assert theirs is None
    assert talk(both).topics == []
    (kept,) = db.session.query(Removal).all()
    stood = "Eriks text" if mine is None else "Vi ser den"
    assert kept.value(DialogueTopic.text) == stood
    assert mine is None or isinstance(mine, StaleDataError)


def test_an_area_is_removed_while_another_changes_it(apart, cast, both, topic):
    """What can be brought back is what stood when it was removed."""
    mine, theirs = meanwhile(
        apart,
        lambda: (read(both), the_topic(topic)),
        lambda: talk(both).change_topic(the_topic(topic), "Övergången", "Lenas", by=cast.lena),
        lambda found: found[0].remove_topic(found[1], by=cast.erik),
    )
    assert mine is None
    (kept,) = db.session.query(Removal).all()
    assert kept.value(DialogueTopic.text) == ("Lenas" if theirs is None else "Vi ser den")
    assert talk(both).topics == []


def test_two_who_remove_the_same_area(apart, cast, both, topic):
    mine, theirs = meanwhile(
        apart,
        lambda: (read(both), the_topic(topic)),
        lambda: talk(both).remove_topic(the_topic(topic), by=cast.lena),
        lambda found: found[0].remove_topic(found[1], by=cast.erik),
    )
    assert sorted([mine is None, theirs is None]) == [False, True]
    assert db.session.query(Removal).count() == 1


def test_two_who_propose_a_time(apart, cast, both):
    later = START + timedelta(days=1)
    mine, theirs = meanwhile(
        apart,
        lambda: read(both),
        lambda: talk(both).propose_time(START, "Jonas", by=cast.jonas),
        lambda found: found.propose_time(later, "Karin", by=cast.karin),
    )
    assert (mine, theirs) == (None, None)
    first, last = talk(both).proposals
    assert first.was_replaced
    assert last is talk(both).open_proposal
    assert db.session.query(TimeProposal).filter_by(answered_at=None).count() == 1


def test_an_answer_while_another_answers(apart, cast, both):
    key = talk(both).propose_time(START, "", by=cast.karin).id
    db.session.commit()

    def proposal() -> TimeProposal:
        return db.session.get_one(TimeProposal, key)

    mine, theirs = meanwhile(
        apart,
        lambda: (read(both), proposal()),
        lambda: talk(both).decline(proposal(), "Krock", by=cast.lena),
        lambda found: found[0].accept(found[1], by=cast.erik),
    )
    assert sorted([mine is None, theirs is None]) == [False, True]
    assert talk(both).starts_at == (START if mine is None else None)
    assert proposal().accepted is (mine is None)


def test_regrouping_lets_nobody_place_what_it_takes_for_untouched(
    apart, cast, both, one, monkeypatch
):
    """What follows from who leads joins what nobody has touched: between the look and the joining, nobody
    gives one of them a time."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("one transaction writes at a time")
    talk(one).kept_apart = False
    db.session.commit()
    refused: list[Exception | None] = []

    def place() -> None:
        with apart.app.app_context():
            try:
                db.session.execute(sa.text("SET LOCAL lock_timeout = '1ms'"))
                talk(one).place_at(START, END, by=cast.lena)
                db.session.commit()
                refused.append(None)
            except OperationalError as held:
                db.session.rollback()
                refused.append(held)
            finally:
                db.session.remove()

    known = Staffing.dialogue_key

    def key(staffing: Staffing, unit: SchoolUnit) -> object:
        if not refused:
            with ThreadPoolExecutor(1) as thread:
                thread.submit(place).result()
        return known(staffing, unit)

    monkeypatch.setattr(Staffing, "dialogue_key", key)
    catch_up(cast.exempelby, by=None)
    db.session.commit()
    assert refused[0] is not None
    assert len(of_unit(cast, "lyktvret").units) == 2


def test_assessed_while_another_cancels_the_measure(apart, cast):
    """`Measure.lock` reads anew: what was cancelled meanwhile has no effect to assess."""
    key = a_measure(cast, due=date(2026, 11, 10)).id

    def measure() -> Measure:
        return db.session.get_one(Measure, key)

    mine, theirs = meanwhile(
        apart,
        measure,
        lambda: measure().cancel("Det blev inte av.", by=cast.jonas),
        lambda found: EffectAssessment.make(found, cast.year, by=cast.karin, revises=0, **FINAL),
    )
    assert sorted([mine is None, theirs is None]) == [False, True]
    assessed = db.session.query(EffectAssessment).count() == 1
    assert assessed is (mine is None)
    assert (measure().state is MeasureState.CANCELLED) is not assessed
    if mine is not None:
        assert isinstance(mine, IllegalTransition)
