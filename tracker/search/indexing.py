"""Keeping the index: a measure is put in anew, in the same transaction, by every verb that changes what
is said of it here.

Found is what has been decided and has an assessment that is final and stands; the latest of them is
what is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tracker.database import UtcDateTime
from tracker.extensions import db
from tracker.models import (
    Cause,
    EffectAssessment,
    GoodExample,
    Judgement,
    Measure,
    MeasureState,
    MeasureUnit,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    SearchEntry,
    Term,
    UnitForm,
)
from tracker.search.words import stems

MOST_TOKENS = 5_000
"""More than any text that people write here has; PostgreSQL takes at most a megabyte."""
BATCH = 500
_IDS = 31
"""Bits that hold any measure's id."""


def position(at: datetime, measure_id: int) -> int:
    """A place among all entries: those assessed later have a higher one."""
    return int(at.astimezone(UTC).timestamp()) << _IDS | measure_id


def measure_at(place: int) -> int:
    """The id of the measure that has this position."""
    return place & ((1 << _IDS) - 1)


def reindex(*measure_ids: int) -> None:
    """Write the entries of these measures anew out of what the session holds; the caller commits. Four to
    six statements, however many measures.

    The entries are held first, so that of two who change what is said of a measure the second sees what
    the first wrote. It is never the measure that is held: who changes it may wait for the unit, and who
    renames the unit comes here.
    """
    if not measure_ids:
        return
    db.session.flush()
    there = set(
        db.session.scalars(
            sa.select(SearchEntry.measure_id)
            .where(SearchEntry.measure_id.in_(measure_ids))
            .order_by(SearchEntry.measure_id)
            .with_for_update()
        )
    )
    found = _assessed(measure_ids)
    units = _units(found)
    rows = {
        key: {
            "position": position(row.at, key),
            "organizer_id": row.organizer_id,
            "measure_id": key,
            "tokens": _tokens(row, units.get(key, ())),
        }
        for key, row in found.items()
    }
    entry = SearchEntry.__table__
    if gone := there - rows.keys():
        db.session.execute(sa.delete(entry).where(entry.c.measure_id.in_(gone)))
    if changed := [
        {f"new_{name}": value for name, value in rows[key].items()}
        for key in sorted(there & rows.keys())
    ]:
        new = {name: sa.bindparam(f"new_{name}") for name in ("position", "tokens")}
        same = entry.c.measure_id == sa.bindparam("new_measure_id")
        db.session.execute(sa.update(entry).where(same).values(new), changed)
    if added := [rows[key] for key in sorted(rows.keys() - there)]:
        db.session.execute(_insert(), added)


def _insert() -> Any:
    """When somebody else has put the measure in meanwhile, what they put in is as new."""
    postgres = db.session.connection().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    return insert(SearchEntry.__table__).on_conflict_do_nothing()


def reindex_unit(unit: SchoolUnit) -> None:
    """After its name or its verksamheter have changed."""
    _reindex_where(Measure.concerning(unit.id))


def reindex_cause(cause: Cause) -> None:
    """After its framgångsfaktor has changed. The cause's text is kept by the measure, as decided."""
    _reindex_where(Measure.cause_id == cause.id)


def _reindex_where(wanted: sa.ColumnElement[bool]) -> None:
    indexed = sa.select(SearchEntry.measure_id).join(Measure, Measure.id == SearchEntry.measure_id)
    ids = db.session.scalars(indexed.where(wanted).order_by(SearchEntry.measure_id)).all()
    for batch in _batches(ids):
        reindex(*batch)


def rebuild() -> Iterator[int]:
    """Write every entry anew, a batch at a time, each committed: the search works meanwhile. Gives how
    many measures each batch had."""
    ids = db.session.scalars(sa.select(Measure.id).order_by(Measure.id)).all()
    for batch in _batches(ids):
        reindex(*batch)
        db.session.commit()
        yield len(batch)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _assessed(measure_ids: Iterable[int]) -> dict[int, sa.Row[Any]]:
    """What is said of each measure that is found, by id: the latest läsår's assessment, the spring's
    before the autumn's."""
    rows = db.session.execute(
        sa.select(
            Measure.id,
            Measure.organizer_id,
            Measure.title,
            Measure.form,
            QualityCycle.unit_id.is_(None).label("is_organizers"),
            Measure.decided_cause,
            Cause.factor,
            EffectAssessment.expected_effect,
            EffectAssessment.outcome,
            EffectAssessment.evidence,
            EffectAssessment.lesson,
            EffectAssessment.judgement,
            sa.type_coerce(EffectAssessment.at, UtcDateTime()).label("at"),
            SchoolYear.start_year,
            GoodExample.id.label("example_id"),
            GoodExample.how,
            GoodExample.why,
            GoodExample.transferable,
        )
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .join(EffectAssessment, EffectAssessment.measure_id == Measure.id)
        .join(SchoolYear, SchoolYear.id == EffectAssessment.school_year_id)
        .outerjoin(Cause, Cause.id == Measure.cause_id)
        .outerjoin(
            GoodExample,
            sa.and_(GoodExample.measure_id == Measure.id, GoodExample.withdrawn_at.is_(None)),
        )
        .where(
            Measure.id.in_(list(measure_ids)),
            Measure.state != MeasureState.PROPOSED,
            EffectAssessment.superseded_at.is_(None),
            EffectAssessment.judgement != Judgement.NOT_YET,
        )
        .order_by(SchoolYear.start_year, EffectAssessment.term != Term.AUTUMN, EffectAssessment.id)
    )
    return {row.id: row for row in rows}


def _units(measure_ids: Iterable[int]) -> dict[int, list[sa.Row[Any]]]:
    """The units of each measure; a unit with several verksamheter has a row for each."""
    rows = db.session.execute(
        sa.select(MeasureUnit.measure_id, SchoolUnit.id, SchoolUnit.name, UnitForm.form)
        .join(SchoolUnit, SchoolUnit.id == MeasureUnit.unit_id)
        .outerjoin(UnitForm, UnitForm.unit_id == SchoolUnit.id)
        .where(MeasureUnit.measure_id.in_(list(measure_ids)))
        .order_by(SchoolUnit.id, UnitForm.form)
    )
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.measure_id, []).append(row)
    return found


def _tokens(row: sa.Row[Any], units: Sequence[sa.Row[Any]]) -> list[str]:
    """Facts first: they are never left out."""
    forms = [row.form] if row.form else [each.form for each in units if each.form]
    facts = [f"o:{row.organizer_id}", f"j:{row.judgement.value}", f"y:{row.start_year}"]
    facts += [f"u:{each.id}" for each in units]
    facts += [f"s:{form.value}" for form in forms]
    if row.is_organizers:
        facts.append(f"h:{row.organizer_id}")
    if row.factor:
        facts.append(f"f:{row.factor.value}")
    if row.example_id:
        facts.append(f"e:{row.organizer_id}")
    title = stems(row.title)
    texts = (
        row.decided_cause, row.expected_effect, row.outcome, row.lesson, row.evidence,
        row.how, row.why, row.transferable, *(each.name for each in units),
    )  # fmt: skip
    words = stems(" ".join(filter(None, texts)))
    return list(dict.fromkeys([*facts, *(f"t:{each}" for each in title), *title, *words]))[
        :MOST_TOKENS
    ]
