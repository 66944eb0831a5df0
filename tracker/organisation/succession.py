"""Units that take over after others, and the open measures that follow with them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import today
from tracker.extensions import db
from tracker.models import Measure, MeasureState, MeasureUnit, SchoolUnit, UnitSuccession
from tracker.search.indexing import reindex
from tracker.support.following import follow_level
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.models import User

LATE_DECISIONS = timedelta(days=30)
"""How long after its day a succession still takes along what was decided late."""


class AlreadySucceeded(Exception):
    """It has been said before, or the other way round."""


def take_over(
    successor: SchoolUnit,
    predecessor: SchoolUnit,
    on: date,
    *,
    by: "User",
    closes: bool,
) -> int:
    """From the day `on`, `successor` carries on what `predecessor` has open; returns how many
    measures followed now. Those of a day to come follow then, by the daily job. `closes`: the
    predecessor ends the day before. The caller commits."""
    pair = {successor.id, predecessor.id}
    said = db.session.execute(
        sa.select(UnitSuccession.id).where(
            UnitSuccession.successor_id.in_(pair), UnitSuccession.predecessor_id.in_(pair)
        )
    ).first()
    if said:
        raise AlreadySucceeded
    succession = UnitSuccession(
        organizer_id=successor.organizer_id, predecessor=predecessor, successor=successor, on=on
    )
    db.session.add(succession)
    db.session.flush()
    record(
        Action.UNIT_SUCCEEDED,
        successor,
        by=by,
        units=[successor, predecessor],
        successor=successor.name,
        predecessor=predecessor.name,
        on=date_medium(on),
    )
    followed = carry_over(succession, by) if on <= today() else 0
    if closes and predecessor.closed_on is None:
        predecessor.close(on - timedelta(days=1), by=by)
    return followed


def follow_late_decisions(day: date) -> int:
    """Take along what a predecessor has open on the day of the succession, and what it decides in
    the weeks after. Repeatable, for a daily job; commits for each succession and returns how many
    measures followed."""
    recent = db.session.scalars(
        sa.select(UnitSuccession.id).where(UnitSuccession.on.between(day - LATE_DECISIONS, day))
    ).all()
    followed = 0
    for succession_id in recent:
        followed += carry_over(db.session.get_one(UnitSuccession, succession_id), None)
        db.session.commit()
    return followed


def carry_over(succession: UnitSuccession, by: "User | None") -> int:
    """Link every decided measure that is not over, or whose effect is not settled, to the successor, and give
    it the level of support; returns how many measures.
    The predecessor's own link stays: that is where it was decided. Proposals are drafts of those
    who wrote them and do not follow."""
    predecessor, successor = succession.predecessor, succession.successor
    there = sa.select(MeasureUnit.measure_id).where(MeasureUnit.unit_id == successor.id)
    rows = db.session.execute(
        sa.select(Measure, MeasureUnit.origin_unit_id)
        .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
        .where(
            MeasureUnit.unit_id == predecessor.id,
            Measure.id.not_in(there),
            sa.or_(
                Measure.state.in_([MeasureState.DECIDED, MeasureState.RUNNING]),
                sa.and_(Measure.state != MeasureState.PROPOSED, Measure.assess_on.is_not(None)),
            ),
        )
        .order_by(Measure.id)
    ).all()
    for measure, first_origin in rows:
        db.session.add(
            MeasureUnit(
                organizer_id=succession.organizer_id,
                measure_id=measure.id,
                unit_id=successor.id,
                origin_unit_id=first_origin or predecessor.id,
            )
        )
        record(
            Action.MEASURE_MOVED,
            measure,
            by=by,
            units=[predecessor, successor],
            measure=measure.title,
            origin=predecessor.name,
            successor=successor.name,
        )
    reindex(*(measure.id for measure, _ in rows))
    follow_level(succession, by)
    return len(rows)


def taken_over(day: date | sa.ColumnElement[date] | None = None) -> sa.CTE:
    """Who has taken over from whom by the day (today), over several steps too: `successor_id`,
    `predecessor_id`, and `on`, since when the latter's own successor has. A table of few rows, whatever
    the organizer: join it."""
    day = today() if day is None else day
    step = sa.select(
        UnitSuccession.successor_id, UnitSuccession.predecessor_id, UnitSuccession.on
    ).where(UnitSuccession.on <= day)
    chain = step.cte("taken_over", recursive=True)
    earlier = sa.orm.aliased(UnitSuccession)
    return chain.union(
        sa.select(chain.c.successor_id, earlier.predecessor_id, earlier.on).where(
            earlier.successor_id == chain.c.predecessor_id, earlier.on <= day
        )
    )


def predecessors_of(unit_id: int) -> sa.Select[tuple[int]]:
    """Ids of the units that the unit has taken over from, and that those have, by today."""
    chain = taken_over()
    return sa.select(chain.c.predecessor_id).where(chain.c.successor_id == unit_id)


def with_successors(units: Iterable[SchoolUnit]) -> list[SchoolUnit]:
    """The units, and those that have taken over from them or from their successors, by today."""
    found = {unit.id: unit for unit in units}
    ahead = set(found)
    while ahead:
        rows = db.session.scalars(
            sa.select(SchoolUnit)
            .join(UnitSuccession, UnitSuccession.successor_id == SchoolUnit.id)
            .where(UnitSuccession.predecessor_id.in_(ahead), UnitSuccession.on <= today())
        )
        new = {row.id: row for row in rows if row.id not in found}
        found |= new
        ahead = set(new)
    return list(found.values())
