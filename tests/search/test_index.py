"""The index follows every change in the same transaction, and can be made anew."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.cast import THE_DAY, Cast, build
from tests.conftest import make_settings, new_migrated_database
from tests.measures.scenes import a_cause
from tests.search.scenes import TOLD, assessed, revise, told
from tracker import create_app
from tracker.extensions import db
from tracker.models import (
    CauseLocation,
    Decision,
    GoodExample,
    Judgement,
    Measure,
    MeasureBasis,
    SchoolForm,
    SchoolUnit,
    SearchEntry,
    SuccessFactor,
)
from tracker.organisation.succession import take_over
from tracker.search.indexing import MOST_TOKENS, measure_at, position, rebuild, reindex
from tracker.search.matching import AnyOf, find


def tokens(measure: Measure) -> set[str]:
    """What the index holds of the measure; nothing when it is not in it."""
    text = db.session.scalar(
        sa.select(sa.cast(SearchEntry.tokens, sa.Text)).where(SearchEntry.measure_id == measure.id)
    )
    return {token.strip("'") for token in (text or "").split()}


def entries() -> dict[int, set[str]]:
    return {
        row.measure_id: {token.strip("'") for token in row.text.split()}
        for row in db.session.execute(
            sa.select(
                SearchEntry.measure_id, sa.cast(SearchEntry.tokens, sa.Text).label("text")
            ).order_by(SearchEntry.measure_id)
        )
    }


def put_in(measure: Measure, *wrong: str) -> None:
    """Write past the indexing, as a careless script would."""
    db.session.execute(sa.delete(SearchEntry).where(SearchEntry.measure_id == measure.id))
    db.session.execute(
        sa.insert(SearchEntry),
        [{"position": position(THE_DAY, measure.id), "organizer_id": measure.organizer_id,
          "measure_id": measure.id, "tokens": wrong}],
    )  # fmt: skip
    db.session.commit()


def found(*asked: str) -> list[int]:
    return [measure_at(place) for place in find([AnyOf((token,)) for token in asked])]


def test_a_place_tells_which_measure_it_is() -> None:
    assert measure_at(position(THE_DAY, 2**31 - 1)) == 2**31 - 1
    assert position(THE_DAY, 7) < position(THE_DAY, 8)
    assert position(THE_DAY, 2**31 - 1) < 2**63


def test_follows_the_assessment(cast: Cast) -> None:
    measure = assessed(cast, "Film", lesson="Tid i kalendern.")
    assert {"t:film", "film", "kalend", "j:partly", "y:2026", f"u:{cast.savkulla.id}"} <= tokens(
        measure
    )
    revise(cast, measure, Judgement.ACHIEVED, lesson="Ledningen deltog.")
    assert "j:achieved" in tokens(measure)
    assert "kalend" not in tokens(measure)
    revise(cast, measure, Judgement.NOT_YET, next_date=date(2026, 12, 15))
    assert tokens(measure) == set()
    assert found("film") == []


def test_follows_the_measure_that_goes_on(cast: Cast) -> None:
    measure = assessed(cast, "Film", decision=Decision.CONTINUE, next_date=date(2027, 5, 1))
    measure.write(by=cast.karin, title="Ljud")
    db.session.commit()
    assert found("t:ljud") == [measure.id]
    assert found("t:film") == []


def test_follows_the_good_example(cast: Cast) -> None:
    measure = assessed(cast, "Film")
    example = told(measure, cast.karin, how="Kvantfysik.")
    everywhere = f"e:{cast.exempelby.id}"
    assert {everywhere, "kvantfysik"} <= tokens(measure)
    example.write(by=cast.karin, **(TOLD | {"how": "Astronomi."}))
    assert "astronomi" in tokens(measure)
    assert "kvantfysik" not in tokens(measure)
    example.withdraw(by=cast.karin)
    assert not {everywhere, "astronomi"} & tokens(measure)
    example.publish_again(by=cast.karin)
    assert {everywhere, "astronomi"} <= tokens(measure)


def test_follows_the_unit(cast: Cast) -> None:
    measure = assessed(cast, "Film")
    other = assessed(cast, "Film", unit=cast.hassel, by=cast.ali)
    cast.savkulla.rename("Kvantfysikskolan", by=cast.tove)
    assert "kvantfysikskolan" in tokens(measure)
    cast.savkulla.change(
        by=cast.tove, kind=cast.savkulla.kind, forms=[SchoolForm.SFI], code=cast.savkulla.code
    )
    assert "s:SFI" in tokens(measure)
    assert "s:GR" not in tokens(measure)
    assert not {"kvantfysikskolan", "s:SFI"} & tokens(other)


def test_follows_the_factor_of_the_cause_and_keeps_its_text_as_decided(cast: Cast) -> None:
    cause = a_cause(cast, "Vi visar sällan strategier.")
    measure = assessed(
        cast, "Film", fields={"basis": MeasureBasis.CAUSE, "cause_id": cause.id, "basis_note": ""}
    )
    cause.write("Kvantfysik.", CauseLocation.TEACHING, "", True, SuccessFactor.TRUST, by=cast.karin)
    assert {"f:trust", "strategi"} <= tokens(measure)
    assert "kvantfysik" not in tokens(measure)


def test_follows_to_the_unit_that_takes_over(cast: Cast) -> None:
    measure = assessed(cast, "Film", decision=Decision.CONTINUE, next_date=date(2027, 5, 1))
    take_over(cast.hassel, cast.savkulla, date(2026, 11, 1), by=cast.tove, closes=False)
    assert {f"u:{cast.savkulla.id}", f"u:{cast.hassel.id}"} <= tokens(measure)


def test_what_is_rolled_back_is_not_found(cast: Cast) -> None:
    measure = assessed(cast, "Film")
    db.session.begin_nested()
    measure.title = "Ljud"
    reindex(measure.id)
    assert found("t:ljud") == [measure.id]
    db.session.rollback()
    assert found("t:ljud") == []
    assert found("t:film") == [measure.id]


def test_the_longest_texts_fit(cast: Cast) -> None:
    """PostgreSQL takes at most a megabyte in one row; what is left out is words, never who may read."""
    long_word = "\U00020000" * 30
    text = " ".join(f"{n}{long_word}" for n in range(9_000))
    measure = assessed(cast, "Film", lesson=text, evidence="x" * 20_000)
    assert len(tokens(measure)) == MOST_TOKENS
    assert found("t:film", f"u:{cast.savkulla.id}") == [measure.id]


def test_costs_few_statements(cast: Cast, statements: Any) -> None:
    measures = [assessed(cast, f"Film {n}") for n in range(6)]
    told(measures[0], cast.karin)
    ids = [measure.id for measure in measures]
    counts = []
    for some in (ids[:1], ids):
        with statements() as sent:
            reindex(*some)
        counts.append(len(sent))
    assert counts == [4, 4]


def test_rebuilding_gives_the_same(cast: Cast) -> None:
    for number in range(3):
        assessed(cast, f"Film {number}")
    told(assessed(cast, "Ljud"), cast.karin)
    gone = assessed(cast, "Gammal")
    before = entries()
    db.session.execute(sa.delete(SearchEntry).where(SearchEntry.measure_id != gone.id))
    put_in(gone, "skräp")
    assert sum(rebuild()) >= len(before)
    assert entries() == before
    assert found("skräp") == []


def test_the_command_says_what_it_did(app: Flask, cast: Cast) -> None:
    assessed(cast, "Film")
    result = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Sökningen är uppdaterad: ")


@pytest.fixture
def apart(database_kind: str, tmp_path: Path) -> Iterator[tuple[Flask, Cast]]:
    """The cast in a database of its own, where commits are commits."""
    with new_migrated_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            with time_machine.travel(THE_DAY, tick=False):
                cast = build()
                db.session.commit()
            yield app, cast
            db.session.remove()
            db.engine.dispose()


def test_what_was_assessed_before_the_migration_is_found_after_it(
    apart: tuple[Flask, Cast],
) -> None:
    app, cast = apart
    with time_machine.travel(THE_DAY, tick=False):
        cause = a_cause(cast)
        cause.factor = SuccessFactor.TRUST
        basis = {"basis": MeasureBasis.CAUSE, "cause_id": cause.id, "basis_note": ""}
        assessed(cast, "Film", units=[cast.savkulla, cast.hassel], fields=basis)
        revise(cast, assessed(cast, "Ljud"), Judgement.ACHIEVED)
        revise(cast, assessed(cast, "Bild"), Judgement.NOT_YET, next_date=date(2026, 12, 15))
    before = entries()
    assert len(before) == 2
    db.session.remove()
    script = ScriptDirectory(app.extensions["migrate"].directory)
    downgrade(revision=script.get_revision("0009").down_revision)
    upgrade()
    assert entries() == before
    assert found("t:film", f"u:{cast.hassel.id}", "f:trust")


def test_two_who_change_the_same_measure_at_once_leave_one_entry(
    apart: tuple[Flask, Cast],
) -> None:
    all_at_once(*apart, turns=15)


@pytest.mark.soak
def test_many_changes_at_once_leave_the_index_as_it_should_be(apart: tuple[Flask, Cast]) -> None:
    all_at_once(*apart, turns=400)


def all_at_once(app: Flask, cast: Cast, turns: int) -> None:
    """One changes the measure, one its good example, one its unit's name; then the index says what the
    tables say."""
    with time_machine.travel(THE_DAY, tick=False):
        measure = assessed(cast, "Film", decision=Decision.CONTINUE, next_date=date(2027, 5, 1))
        told(measure, cast.karin)
    key, unit_id = measure.id, cast.savkulla.id
    db.session.remove()
    wrong: list[BaseException] = []
    together = threading.Barrier(3)

    def change_measure(turn: int) -> None:
        db.session.get_one(Measure, key).write(by=cast.karin, title=f"Film {turn}")

    def change_example(turn: int) -> None:
        example = db.session.query(GoodExample).filter_by(measure_id=key).one()
        example.write(by=cast.karin, **(TOLD | {"how": f"Sätt {turn}"}))

    def change_unit(turn: int) -> None:
        db.session.get_one(SchoolUnit, unit_id).rename(f"Skola {turn}", by=cast.tove)

    def work(change: Callable[[int], None]) -> None:
        with app.app_context():
            try:
                together.wait(20)
                for turn in range(turns):
                    change(turn)
                    db.session.commit()
            except BaseException as error:
                wrong.append(error)
            finally:
                db.session.remove()

    changes = (change_measure, change_example, change_unit)
    threads = [threading.Thread(target=work, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    before = entries()
    assert list(before) == [key]
    reindex(key)
    assert entries() == before, "what was indexed is not what stands"
    assert found(f"t:{turns - 1}", "sätt", "skol") == [key]
