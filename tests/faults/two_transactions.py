"""Two people at once, each in a transaction on a connection of their own, in an order that is the same
each time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tests.faults.scenes import World
from tracker.extensions import db

Read = TypeVar("Read")


def meanwhile(
    world: World,
    read: Callable[[], Read],
    other: Callable[[], Any],
    write: Callable[[Read], Any],
) -> tuple[Exception | None, Exception | None]:
    """`write(read())` in one transaction, and `other()` in one that begins between the two. On PostgreSQL
    the other is through before the first writes, which has read what is no longer so; on SQLite it waits
    until the first is through. Gives what the first raised, and what the other did."""

    def apart() -> Exception | None:
        with world.app.app_context():
            try:
                return _through(other)
            finally:
                db.session.remove()

    waits = db.engine.dialect.name == "sqlite"
    db.session.remove()
    with ThreadPoolExecutor(1) as thread:
        seen = read()
        others = thread.submit(apart)
        if not waits:
            others.result()
        mine = _through(lambda: write(seen))
        db.session.remove()
        return mine, others.result()


def _through(act: Callable[[], Any]) -> Exception | None:
    try:
        act()
        db.session.commit()
    except Exception as refused:
        db.session.rollback()
        return refused
    return None
