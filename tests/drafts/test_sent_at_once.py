"""The first two sendings of a page at once, over connections of their own: both are one draft."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from tests.cast import THE_DAY
from tests.faults.scenes import World, world
from tracker.drafts.models import Draft
from tracker.extensions import db


@pytest.fixture
def apart(database_kind: str, tmp_path: Path) -> Iterator[World]:
    with world(database_kind, tmp_path) as made, time_machine.travel(THE_DAY, tick=False):
        yield made


def keep(world: World, number: int) -> Draft:
    cast = world.cast
    return Draft.keep(
        cast.karin.id, cast.exempelby.id, "en-och-samma", number, [("results", str(number))],
        form="ResultsForm", place="", address="/", title="",
    )  # fmt: skip


@pytest.mark.parametrize("first", [1, 2])
def test_the_first_two_sendings_are_one_draft(apart: World, first: int) -> None:
    """The second looks for a draft before the first is through; which of them is newer does not matter."""
    looked = Event()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if current_thread() is not main_thread() and "FROM draft" in statement:
            looked.set()

    def second() -> int:
        with apart.app.app_context():
            found = keep(apart, 3 - first).number
            db.session.commit()
            db.session.remove()
            return found

    sa.event.listen(sa.Engine, "after_cursor_execute", note)
    try:
        with ThreadPoolExecutor(1) as thread:
            keep(apart, first)
            newest = thread.submit(second)
            if db.engine.dialect.name == "postgresql":
                assert looked.wait(30)
            db.session.commit()
            assert newest.result() == 2
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", note)
    (draft,) = db.session.query(Draft).all()
    assert (draft.number, draft.fields["results"]) == (2, "2")
