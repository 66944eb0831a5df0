"""A level of support that follows when another unit takes over: the highest of those that come together."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import local
from tracker.extensions import db
from tracker.models import SupportDecision, SupportLevel

if TYPE_CHECKING:
    from tracker.models import UnitSuccession, User

ONE_DAY = timedelta(days=1)
RANK = {level: rank for rank, level in enumerate(SupportLevel)}


def follow_level(succession: "UnitSuccession", by: "User | None") -> SupportDecision | None:
    """Give the successor the predecessor's level with its reason, when that is more than it has and nobody
    has decided about the successor since the day. Repeatable; None when nothing follows. The day of the
    follow-up stands; one that has passed is the day after."""
    successor, predecessor = succession.successor, succession.predecessor
    theirs, own = SupportDecision.latest(predecessor), SupportDecision.of(successor)
    if theirs is None or any(
        row.origin_unit_id == predecessor.id
        or (row.origin_unit_id is None and local(row.at).date() >= succession.on)
        for row in own
    ):
        return None
    if RANK[theirs.level] <= (RANK[own[0].level] if own else 0):
        return None
    since_on = max([succession.on, *(row.since_on for row in own[:1])])
    first = since_on + ONE_DAY
    row = SupportDecision(
        organizer_id=succession.organizer_id,
        unit=successor,
        origin=predecessor,
        number=own[0].number + 1 if own else 1,
        level=theirs.level,
        reason=theirs.reason,
        content=theirs.content,
        since_on=since_on,
        follow_up_on=max(theirs.follow_up_on or first, first),
        by_id=theirs.by_id,
        by_name=theirs.by_name,
    )
    db.session.add(row)
    db.session.flush()
    record(
        Action.SUPPORT_LEVEL_FOLLOWED,
        row,
        by=by,
        units=[successor],
        unit=successor.name,
        origin=predecessor.name,
        level=theirs.level.label.lower(),
        reason=theirs.reason,
    )
    return row
