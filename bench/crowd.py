"""Many people with a reminder each on the same morning: what the sending is measured and tried with."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from tracker import clock
from tracker.extensions import db
from tracker.models import (
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    Organizer,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    UnitKind,
    User,
)
from tracker.web.swedish import sort_key

DAY = date(2026, 9, 15)
"""A Tuesday; the effect of everybody's measure can be assessed from it."""

UNITS = 400
"""What each organizer has at most: as many as the largest municipalities."""


def at(wall: str = "07:00") -> datetime:
    return clock.at(DAY, time.fromisoformat(wall))


def gather(people: int) -> None:
    """So many rektorer in an empty database, each with a unit and one effect that is due on DAY.
    Committed. Written as rows, since the verbs and their history would take minutes."""
    with clock.stopped_at(at() - timedelta(days=30)):
        for first in range(0, people, UNITS):
            _organizer(first, range(first, min(first + UNITS, people)))
            db.session.commit()


def _organizer(number: int, people: range) -> None:
    organizer = Organizer(name=f"Mängdköpings kommun {number}")
    db.session.add(organizer)
    db.session.flush()
    since = date(2020, 8, 1)
    year = SchoolYear.open(organizer, DAY.year, by=None)
    db.session.flush()
    names = [f"Åsa {number} Ström" for number in people]
    users = _insert(
        User,
        [
            {"email": f"p{number}@many.example", "name": name, "sort_key": sort_key(name)}
            for number, name in zip(people, names, strict=True)
        ],
    )
    units = _insert(
        SchoolUnit,
        [
            {
                "organizer_id": organizer.id, "name": f"Skola {number}",
                "sort_key": f"skola {number}", "slug": f"skola-{number}",
                "kind": UnitKind.SCHOOL, "opened_on": since,
            }
            for number in people
        ],
    )  # fmt: skip
    _insert(
        RoleAssignment,
        [
            {
                "organizer_id": organizer.id, "user_id": user, "role": Role.PRINCIPAL,
                "unit_id": unit, "starts_on": since,
            }
            for user, unit in zip(users, units, strict=True)
        ],
    )  # fmt: skip
    cycles = _insert(
        QualityCycle,
        [
            {"organizer_id": organizer.id, "school_year_id": year.id, "unit_id": unit}
            for unit in units
        ],
    )
    measures = _insert(
        Measure,
        [
            {
                "organizer_id": organizer.id, "cycle_id": cycle, "state": MeasureState.RUNNING,
                "title": f"Lässtrategier i alla ämnen {number}", "basis": MeasureBasis.ORGANIZER,
                "expected_effect": "Fler elever läser med flyt.", "assessable_from": DAY,
                "assess_on": DAY, "assess_revision": 1, "decided_at": clock.now(),
                "decided_by_name": name,
            }
            for number, name, cycle in zip(people, names, cycles, strict=True)
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(MeasureUnit),
        [
            {"organizer_id": organizer.id, "measure_id": measure, "unit_id": unit}
            for measure, unit in zip(measures, units, strict=True)
        ],
    )


def _insert(model: type, rows: list[dict]) -> list[int]:
    """The rows' new ids, in their order."""
    return list(
        db.session.scalars(sa.insert(model).returning(model.id, sort_by_parameter_order=True), rows)
    )
