"""What is open of measures in a person's units, for Start and for the week's mail. One statement, built
once with parameters: putting it together costs more than running it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tracker.auth.grants import Access, Grant
from tracker.clock import now, today
from tracker.database import UtcDateTime
from tracker.models import (
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    QualityCycle,
    SchoolUnit,
)
from tracker.start.overview import reach, reach_of, read

EXCERPT = 160
TIME_FOR_WHAT_WAS_BROUGHT_IN = timedelta(days=14)
"""Before a dialogansvarig sees the effects of measures that were decided elsewhere and typed in as due."""


@dataclass(slots=True)
class MeasureFacts:
    """A measure of a unit. `effect` is the beginning of the expected effect."""

    unit_id: int
    id: int
    title: str
    state: MeasureState
    assess_on: date | None
    effect: str
    responsible: str
    owned: bool
    """Whether it is this unit that assesses it, and not one that it shares the measure with."""
    is_due: bool
    """Whether the unit is to assess its effect now."""
    is_organizers: bool
    """Whether it is the huvudman's own, and only concerns the unit."""

    @property
    def is_living(self) -> bool:
        return self.state in (MeasureState.DECIDED, MeasureState.RUNNING)


def _has_had_time() -> sa.ColumnElement[bool]:
    """Whether those who brought the measure in have had their time: what was decided before the system
    came into use is due the moment it is typed in, and that is no reason to get in touch."""
    return sa.or_(
        Measure.basis != MeasureBasis.EARLIER.value,
        Measure.decided_at <= sa.bindparam("brought_in_before", type_=UtcDateTime),
    )


@lru_cache
def _measures_statement(groups: frozenset[str]) -> sa.Select[Any]:
    """All that is open in the units she works in; of the others only what is due. `groups` are those
    of "led", "worked" and "followed" that there are any units in."""
    state = Measure.state
    day = sa.bindparam("day", type_=sa.Date)
    owned = MeasureUnit.owns(day)
    proposed = state == MeasureState.PROPOSED.value
    living = state.in_([MeasureState.DECIDED.value, MeasureState.RUNNING.value])
    wanted = {
        "led": sa.or_(sa.and_(proposed, owned), Measure.assess_on.is_not(None)),
        "worked": living,
        "followed": sa.and_(~proposed, Measure.assess_on <= day, owned, _has_had_time()),
    }
    return (
        sa.select(
            MeasureUnit.unit_id,
            Measure.id,
            Measure.title,
            Measure.state,
            Measure.assess_on,
            sa.func.substr(Measure.expected_effect, 1, EXCERPT + 1).label("effect"),
            Measure.responsible,
            owned.label("owned"),
            QualityCycle.unit_id.is_(None).label("is_organizers"),
        )
        .join(Measure, Measure.id == MeasureUnit.measure_id)
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .join(SchoolUnit, SchoolUnit.id == MeasureUnit.unit_id)
        .where(
            SchoolUnit.organizer_id == sa.bindparam("organizer_id"),
            sa.or_(*(sa.and_(reach(name), wanted[name]) for name in sorted(groups))),
        )
        .order_by(Measure.assess_on, Measure.id)
    )


def measures(
    access: Access, *, led: Sequence[Grant], worked: Sequence[Grant], followed: Sequence[Grant]
) -> dict[int, list[MeasureFacts]]:
    """By unit: of `led` units proposals, what is decided and every effect ahead; of `worked` ones
    what is decided and not over; of `followed` ones the effects that are due."""
    day = today()
    values: dict[str, Any] = {
        "organizer_id": access.organizer_id,
        "day": day,
        "brought_in_before": now() - TIME_FOR_WHAT_WAS_BROUGHT_IN,
    }
    groups = {"led": led, "worked": worked, "followed": followed}
    for name, grants in groups.items():
        if grants:
            values |= reach_of(name, grants)
    rows = read(_measures_statement(frozenset(name for name in groups if groups[name])), values)
    found: dict[int, list[MeasureFacts]] = {}
    for unit_id, key, title, state, assess_on, effect, responsible, owned, own_lap in rows:
        if own_lap and state is MeasureState.PROPOSED:
            continue  # its writers' alone
        decided = state is not MeasureState.PROPOSED
        due = owned and decided and assess_on is not None and assess_on <= day
        found.setdefault(unit_id, []).append(
            MeasureFacts(
                unit_id, key, title, state, assess_on, effect, responsible, owned, due, own_lap
            )
        )
    return found
