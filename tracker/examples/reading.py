"""What the pages about good examples read."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.auth.access import current_access, current_year
from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    GoodExample,
    Measure,
    MeasureUnit,
    Permission,
    QualityCycle,
    SchoolUnit,
)
from tracker.web.paging import Page

PAGE_SIZE = 20
HIGHEST_ID = 2**31 - 1


def _with_what_it_shows() -> sa.Select[tuple[GoodExample]]:
    return (
        sa.select(GoodExample)
        .join(GoodExample.measure)
        .options(
            contains_eager(GoodExample.measure).options(
                joinedload(Measure.cycle),
                selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
                selectinload(Measure.assessments).joinedload(EffectAssessment.school_year),
            )
        )
    )


def published() -> Page[GoodExample]:
    """A page of the organizer's published examples, the latest first."""
    organizer_id = current_access().organizer_id
    return Page.select(
        _with_what_it_shows()
        .where(GoodExample.organizer_id == organizer_id, GoodExample.withdrawn_at.is_(None))
        .order_by(GoodExample.published_at.desc(), GoodExample.id.desc()),
        PAGE_SIZE,
    )


def to_look_over() -> Sequence[GoodExample]:
    """The examples of the person's own units, or of the organizer's own lap, that are withdrawn, or whose
    assessment has been changed so that there is no effect to show."""
    access, own = current_access(), []
    if any(Permission.ADOPT in grant.permissions(vacant=True) for grant in access.grants):
        units = (
            sa.select(MeasureUnit.measure_id)
            .join(SchoolUnit, SchoolUnit.id == MeasureUnit.unit_id)
            .where(access.units_decided(), MeasureUnit.owns(today()))
        )
        own.append(Measure.id.in_(units))
    if Permission.ADOPT in access.on_own_lap():
        own.append(Measure.of_organizer(access.organizer_id))
    if not own:
        return []
    rows = db.session.scalars(
        _with_what_it_shows()
        .where(GoodExample.organizer_id == access.organizer_id, sa.or_(*own))
        .order_by(GoodExample.id)
    )
    return [row for row in rows if row.is_outdated or not row.is_published]


def to_begin_from(example_id: int | None) -> GoodExample | None:
    """The published example of the person's organizer that a new measure is begun from."""
    if example_id is None or not 0 < example_id <= HIGHEST_ID:
        return None
    return db.session.scalar(
        _with_what_it_shows().where(
            GoodExample.id == example_id,
            GoodExample.organizer_id == current_access().organizer_id,
            GoodExample.withdrawn_at.is_(None),
        )
    )


def laps_to_begin_in() -> list[QualityCycle]:
    """Today's laps of the units in which the person writes, for a measure begun from an example."""
    access = current_access()
    year = current_year(access.organizer_id)
    if year is None or not any(
        Permission.WRITE in grant.permissions(vacant=True) for grant in access.grants
    ):
        return []
    return list(
        db.session.scalars(
            sa.select(QualityCycle)
            .join(QualityCycle.unit)
            .where(
                QualityCycle.school_year_id == year.id,
                SchoolUnit.open_on(today()),
                access.units_written(),
            )
            .options(contains_eager(QualityCycle.unit), joinedload(QualityCycle.school_year))
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        )
    )
