"""The one clock of the application.

The database keeps UTC, people read Stockholm time, and nothing else asks the machine for either: so
that a test, or a command with ``--at``, moves the whole application by moving this module. The zone
is fixed. The environment's ``TZ`` is never read, because a server set to another zone must not move
a reminder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """This moment, as an aware UTC datetime."""
    return _stopped_at.get() or datetime.now(UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Let it be `moment` (aware) inside, for a command that is run as of another time. Other threads
    keep their time. Raises ValueError for a naive moment: the machine's zone would decide it."""
    if moment.utcoffset() is None:
        raise ValueError("the clock cannot stop at a datetime without a time zone")
    token = _stopped_at.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)


def parse(text: str) -> datetime:
    """An ISO 8601 moment as aware UTC: Stockholm time unless it names its zone, midnight when it
    names no hour. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=STOCKHOLM)
    try:
        return moment.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError(f"not a moment the calendar knows: {text!r}") from beyond


def today() -> date:
    """The date in Stockholm, which is not UTC's for the first hour or two after midnight."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """An aware datetime as Stockholm wall time. A naive one is a ValueError: it has no zone to leave."""
    if moment.utcoffset() is None:
        raise ValueError("a datetime without a time zone cannot be shown in Stockholm time")
    return moment.astimezone(STOCKHOLM)


def at(day: date, wall: time) -> datetime:
    """The UTC moment when Stockholm's clocks show `wall` on `day`.

    Clocks go forward in March: 02.00–02.59 does not exist that night, and is moved forward by the
    missing hour (02.30 becomes 03.30). Clocks go back in October: 02.00–02.59 comes twice, and the
    first one is meant. Raises ValueError when `wall` carries a zone of its own.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time is Stockholm's already and carries no time zone")
    # fold=0 is what gives both rules (PEP 495): the offset from before the change applies.
    return datetime.combine(day, wall.replace(fold=0), tzinfo=STOCKHOLM).astimezone(UTC)
