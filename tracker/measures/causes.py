"""The causes that a measure can build on."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.analyses.problems import excerpt
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import (
    Cause,
    Problem,
    ProblemDevelopment,
    QualityCycle,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
)
from tracker.organisation.owner import OwnLap


def causes_of(
    owner: SchoolUnit | OwnLap, year: SchoolYear, keep: Cause | None = None
) -> list[tuple[int, str]]:
    """The living causes of the owner's analyses to choose among, this läsår's first; one that was taken
    over into a later analysis only there, and none whose problem is solved. And `keep`, the one a measure already builds on, whatever has
    become of it."""
    again = aliased(Cause)
    rows = db.session.execute(
        sa.select(Cause.id, Cause.text, Cause.location, SchoolYear.start_year)
        .join(Problem, Problem.id == Cause.problem_id)
        .join(SituationAnalysis, SituationAnalysis.id == Problem.analysis_id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            QualityCycle.organizer_id == owner.organizer_id,
            QualityCycle.unit_id == owner.id,
            SchoolYear.start_year <= year.start_year,
            Cause.retired_at.is_(None),
            Problem.retired_at.is_(None),
            Problem.development.is_distinct_from(ProblemDevelopment.SOLVED),
            ~sa.exists().where(again.follows_id == Cause.id),
            ~_is_solved_later(owner),
        )
        .order_by(SchoolYear.start_year.desc(), Problem.position, Problem.id, Cause.id)
    ).all()
    offered = []
    for row in rows:
        earlier = "" if row.start_year == year.start_year else f", {calendar.label(row.start_year)}"
        offered.append((row.id, f"{excerpt(row.text, 110)} ({row.location.label}{earlier})"))
    if keep is not None and keep.id not in dict(offered):
        was = (
            "undanlagd" if keep.retired_at or keep.problem.retired_at else "från en tidigare analys"
        )
        offered.append((keep.id, f"{excerpt(keep.text, 110)} ({was})"))
    return offered


def _is_solved_later(owner: SchoolUnit | OwnLap) -> sa.ColumnElement[bool]:
    """A criterion on Problem: a later analysis of the owner's says that it is solved."""
    later, its_analysis = aliased(Problem), aliased(SituationAnalysis)
    its_cycle = aliased(QualityCycle)
    return (
        sa.exists()
        .where(
            later.follows_id == Problem.id,
            later.retired_at.is_(None),
            later.development == ProblemDevelopment.SOLVED,
            its_analysis.id == later.analysis_id,
            its_cycle.id == its_analysis.cycle_id,
            its_cycle.unit_id == owner.id,
        )
        .correlate(Problem)
    )


def form_of_cause(cause_id: int) -> SchoolForm | None:
    """The verksamhet that the problem behind the cause is about; None: the whole unit."""
    return db.session.scalar(
        sa.select(Problem.form)
        .join(Cause, Cause.problem_id == Problem.id)
        .where(Cause.id == cause_id)
    )
