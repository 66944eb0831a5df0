"""Opening a läsår for many units: killed in the middle, run again, and run once more."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.cast import THE_DAY, build
from tests.conftest import make_settings, new_migrated_database
from tests.start.many import add_units
from tracker import create_app
from tracker.audit.actions import Action
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    DialogueKind,
    DialogueUnit,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
)


@pytest.fixture(params=[40, pytest.param(200, marks=pytest.mark.soak)])
def units(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def crowded(database_kind: str, tmp_path: Path, units: int) -> Iterator[tuple[Flask, str]]:
    """A database with a municipality of many units, and its address."""
    with new_migrated_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context(), time_machine.travel(THE_DAY, tick=False):
            cast = build()
            add_units(cast, units)
            db.session.commit()
            db.session.remove()
        yield app, url
        with app.app_context():
            db.engine.dispose()


def opened(url: str, dies_at: int = 0, *, commits: int = 0) -> list[int] | None:
    """How many läsår were new, and INSERTs before the first commit; None when it was killed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cycle.opening_child", url, str(commits), str(dies_at)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode < 0:
        return None
    assert done.returncode == 0, done.stderr
    return [int(number) for number in done.stdout.split()]


def whole_or_absent(app: Flask) -> set[int]:
    """The ids of the organizers for which the läsår is there: then with everything in it, once."""
    found = set()
    with app.app_context():
        for year in db.session.scalars(sa.select(SchoolYear).filter_by(start_year=2027)):
            found.add(year.organizer_id)
            units = set(
                db.session.scalars(
                    sa.select(SchoolUnit.id).filter_by(organizer_id=year.organizer_id)
                )
            )
            laps = db.session.scalars(
                sa.select(QualityCycle.unit_id).filter_by(school_year_id=year.id)
            ).all()
            assert len(laps) == len(units) + 1
            assert set(laps) == {*units, None}
            for kind in DialogueKind:
                placed = db.session.scalars(
                    sa.select(DialogueUnit.unit_id).filter_by(school_year_id=year.id, kind=kind)
                ).all()
                assert sorted(placed) == sorted(units)
            told = sa.select(sa.func.count()).where(
                AuditEvent.action == Action.YEAR_OPENED,
                AuditEvent.subject_kind == "school_year",
                AuditEvent.subject_id == year.id,
            )
            assert db.session.scalar(told) == 1
        db.session.remove()
    return found


def test_killed_in_the_middle_run_again_and_once_more(crowded, units):
    app, url = crowded
    for dies_at in (2, units // 2, units):  # in the laps, and among the dialogues
        assert opened(url, dies_at) is None
        assert whole_or_absent(app) == set()

    new, inserts = opened(url)

    assert new == 2
    assert inserts > units, "it was killed in the middle, not after the end"
    both = whole_or_absent(app)
    assert len(both) == 2
    assert opened(url) == [0, 0]
    assert whole_or_absent(app) == both


def test_killed_with_one_organizer_done_the_other_is_left_to_do(crowded):
    app, url = crowded

    assert opened(url, 2, commits=1) is None
    assert len(whole_or_absent(app)) == 1
    assert opened(url)[0] == 1
    assert len(whole_or_absent(app)) == 2
