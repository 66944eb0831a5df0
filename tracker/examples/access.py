"""Who reads a good example: everybody with a role in the organizer, while it is published."""

import sqlalchemy as sa
from flask import abort
from sqlalchemy.orm import joinedload, selectinload

from tracker.auth.access import current_access, demand, given_on_measure
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    GoodExample,
    Measure,
    MeasureUnit,
    Permission,
    QualityCycle,
)


def load_example(example_id: int, to: Permission) -> GoodExample:
    """A good example of the organizer the person works in, with its measure; 404 for one that is
    withdrawn, unless the person writes in the unit whose measure it is. What `may` then answers is about
    the measure."""
    example = db.session.scalar(
        sa.select(GoodExample)
        .where(
            GoodExample.id == example_id,
            GoodExample.organizer_id == current_access().organizer_id,
        )
        .options(
            joinedload(GoodExample.measure).options(
                joinedload(Measure.cycle).joinedload(QualityCycle.school_year),
                selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
                selectinload(Measure.assessments).joinedload(EffectAssessment.school_year),
            )
        )
    )
    if example is None:
        abort(404)
    given = given_on_measure(example.measure)
    if example.is_published:
        demand(to, given | {Permission.READ}, visible=Permission.READ)
    else:
        demand(to, given, visible=Permission.WRITE)
    return example
