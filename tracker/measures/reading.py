"""What the pages about measures read: the lists of a unit and läsår, what a form offers, and the life
of one measure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.auth.access import current_access, current_year, may, writes_measure
from tracker.clock import at, local, today
from tracker.extensions import db
from tracker.measures.areas import area_ids
from tracker.measures.states import LIVING
from tracker.models import (
    Agreement,
    AnalysisState,
    Cause,
    DevelopmentArea,
    EffectAssessment,
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    Permission,
    Problem,
    ProblemDevelopment,
    QualityCycle,
    QualityDialogue,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    Term,
    User,
)
from tracker.organisation.owner import OwnLap
from tracker.organisation.roles import AT_THE_ORGANIZER


@dataclass(slots=True)
class AreaGroup:
    """A development area with its measures; `area` is None for those without one."""

    area: DevelopmentArea | None
    measures: list[Measure] = field(default_factory=list)
    finished: list[Measure] = field(default_factory=list)
    """Those of the area that are over."""
    origin: str = ""
    """Where the area comes from, when not out of this lap: an earlier läsår, or another unit with
    which the measure is shared."""


@dataclass(slots=True)
class MeasureList:
    """The measures of a unit in a läsår: those decided in it, those still going on from before, and
    those that ended in it."""

    groups: list[AreaGroup]
    """Decided and running ones by area: this läsår's areas first, also those without measures."""
    proposals: list[Measure]
    finished: list[Measure]
    organizers: list[Measure] = field(default_factory=list)
    """The huvudman's own decided measures that concern the unit and are not over."""

    @property
    def is_empty(self) -> bool:
        return not (
            self.proposals
            or self.finished
            or self.organizers
            or any(group.measures for group in self.groups)
        )


def measures_of(cycle: QualityCycle, *, with_proposals: bool) -> MeasureList:
    """The lists of the page Åtgärder and of Utvecklingsplan. Five statements, however many measures."""
    year = cycle.school_year
    opened = at(year.first_day, time())
    shown = sa.or_(
        SchoolYear.id == year.id,
        Measure.state.in_((MeasureState.PROPOSED, *LIVING)),
        Measure.completed_at >= opened,
        Measure.cancelled_at >= opened,
    )
    query = (
        sa.select(Measure)
        .join(Measure.cycle)
        .join(QualityCycle.school_year)
        .where(
            Measure.organizer_id == cycle.organizer_id,
            Measure.standing_in(cycle),
            SchoolYear.start_year <= year.start_year,
            shown,
        )
        .options(
            contains_eager(Measure.cycle).contains_eager(QualityCycle.school_year),
            joinedload(Measure.cause),
            selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
            selectinload(Measure.assessments),
        )
        .order_by(Measure.assess_on.is_(None), Measure.assess_on, Measure.id)
    )
    if not with_proposals:
        query = query.where(Measure.state != MeasureState.PROPOSED)
    else:
        query = query.where(sa.or_(Measure.state != MeasureState.PROPOSED, writes_measure()))
    found = db.session.scalars(query).all()
    is_organizers = cycle.unit_id is None
    measures = [row for row in found if row.is_organizers is is_organizers]
    living = [row for row in measures if row.is_living]
    finished = [row for row in measures if not row.is_draft and not row.is_living]
    return MeasureList(
        groups=_by_area(cycle, living, finished),
        proposals=[row for row in measures if row.is_draft],
        finished=finished,
        organizers=[
            row for row in found if row.is_living and not is_organizers and row.is_organizers
        ],
    )


def _by_area(
    cycle: QualityCycle, measures: Sequence[Measure], finished: Sequence[Measure]
) -> list[AreaGroup]:
    falls_under = area_ids([*measures, *finished])
    areas = db.session.scalars(
        sa.select(DevelopmentArea)
        .where(
            sa.or_(
                DevelopmentArea.cycle_id == cycle.id,
                DevelopmentArea.id.in_({falls_under.get(row.id) for row in measures} - {None}),
            )
        )
        .options(
            joinedload(DevelopmentArea.cycle).options(
                joinedload(QualityCycle.school_year), joinedload(QualityCycle.unit)
            )
        )
        .order_by(DevelopmentArea.cycle_id != cycle.id, DevelopmentArea.id)
    ).all()
    groups: dict[int | None, AreaGroup] = {}
    for area in areas:
        groups[area.id] = AreaGroup(area, origin=_origin(area, cycle))
    for measure in measures:
        groups.setdefault(falls_under.get(measure.id), AreaGroup(None)).measures.append(measure)
    for measure in finished:
        area_id = falls_under.get(measure.id)
        if area_id is not None and area_id in groups:
            groups[area_id].finished.append(measure)
    return list(groups.values())


def _origin(area: DevelopmentArea, cycle: QualityCycle) -> str:
    home = area.cycle
    unit = home.unit.name if home.unit and home.unit_id != cycle.unit_id else ""
    year = home.school_year.label if home.school_year_id != cycle.school_year_id else ""
    return " ".join(filter(None, [unit, year]))


def people_of(owner: SchoolUnit | OwnLap, keep: Measure | None = None) -> list[tuple[int, str]]:
    """Who can be ansvarig: those with a role at the unit today, or who work at the organizer, and whoever
    the measure has."""
    held_there = (
        sa.and_(
            RoleAssignment.organizer_id == owner.organizer_id,
            RoleAssignment.unit_id.is_(None),
            RoleAssignment.role.in_(AT_THE_ORGANIZER),
        )
        if owner.is_organizer
        else RoleAssignment.unit_id == owner.id
    )
    people = {
        row.id: row.name
        for row in db.session.execute(
            sa.select(User.id, User.name)
            .join(RoleAssignment, RoleAssignment.user_id == User.id)
            .where(held_there, RoleAssignment.held_on(today()), User.closed_at.is_(None))
            .order_by(User.sort_key, User.id)
        )
    }
    if keep is not None and keep.responsible_id is not None:
        people.setdefault(keep.responsible_id, keep.responsible)
    return list(people.items())


def areas_of(cycle: QualityCycle, keep: Measure | None = None) -> list[tuple[int, str]]:
    """The lap's development areas, and the one the measure has when that is of another lap."""
    kept = keep.area_id if keep is not None else None
    return [
        (row.id, row.title)
        for row in db.session.execute(
            sa.select(DevelopmentArea.id, DevelopmentArea.title)
            .where(sa.or_(DevelopmentArea.cycle_id == cycle.id, DevelopmentArea.id == kept))
            .order_by(DevelopmentArea.id)
        )
    ]


def lap_of(owner: SchoolUnit | OwnLap, year: SchoolYear) -> QualityCycle | None:
    return db.session.scalar(
        sa.select(QualityCycle).where(
            QualityCycle.unit_id == owner.id, QualityCycle.school_year_id == year.id
        )
    )


def problems_of(cycle: QualityCycle) -> list[Problem]:
    """The problems of the lap's analysis that are to be worked with."""
    return list(
        db.session.scalars(
            sa.select(Problem)
            .join(SituationAnalysis, SituationAnalysis.id == Problem.analysis_id)
            .where(
                SituationAnalysis.cycle_id == cycle.id,
                Problem.retired_at.is_(None),
                Problem.development.is_distinct_from(ProblemDevelopment.SOLVED),
            )
            .order_by(Problem.position, Problem.id)
        )
    )


def other_units(owner: SchoolUnit | OwnLap, to: Permission) -> list[SchoolUnit]:
    """The person's other open units, for a measure that they have in common; all of the organizer's for
    one of its own."""
    which = (
        SchoolUnit.organizer_id == owner.organizer_id
        if owner.is_organizer
        else sa.and_(current_access().units_where(to), SchoolUnit.id != owner.id)
    )
    return list(
        db.session.scalars(
            sa.select(SchoolUnit)
            .where(which, SchoolUnit.open_on(today()))
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        )
    )


def versions_of(measure: Measure) -> list[Measure]:
    """All versions of the measure, itself included, the earliest first, with what was assessed."""
    start = sa.select(Measure.id, Measure.continues_id).where(Measure.id == measure.id)
    earlier, later = start.cte("earlier", recursive=True), start.cte("later", recursive=True)
    earlier = earlier.union_all(
        sa.select(Measure.id, Measure.continues_id).where(Measure.id == earlier.c.continues_id)
    )
    later = later.union_all(
        sa.select(Measure.id, Measure.continues_id).where(Measure.continues_id == later.c.id)
    )
    versions = db.session.scalars(
        sa.select(Measure)
        .where(
            sa.or_(Measure.id.in_(sa.select(earlier.c.id)), Measure.id.in_(sa.select(later.c.id)))
        )
        .options(
            joinedload(Measure.cycle).joinedload(QualityCycle.school_year),
            selectinload(Measure.assessments).joinedload(EffectAssessment.school_year),
            selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
        )
        .order_by(Measure.id)
    ).all()
    next_of = {version.continues_id: version for version in versions}
    for version in versions:
        set_committed_value(version, "continued_by", next_of.get(version.id))
    return list(versions)


def readable(versions: Sequence[Measure]) -> list[Measure]:
    """Those of a measure's versions that the person may read: an earlier one may be another unit's, and
    a later one no more than a proposal. Call it after `load_measure`."""
    access = current_access()
    return [
        row
        for row in versions
        if (not row.is_draft or may(Permission.WRITE))
        and (
            row.is_organizers
            or any(Permission.READ in access.on_unit(unit.id, unit.area_id) for unit in row.units)
        )
    ]


def load_basis(measure: Measure) -> None:
    """Bring the cause with its problem, analysis and läsår, in one statement."""
    if measure.cause_id is None:
        return
    cause = db.session.scalar(
        sa.select(Cause)
        .where(Cause.id == measure.cause_id)
        .options(
            joinedload(Cause.problem)
            .joinedload(Problem.analysis)
            .joinedload(SituationAnalysis.cycle)
            .options(joinedload(QualityCycle.school_year), joinedload(QualityCycle.unit))
        )
    )
    set_committed_value(measure, "cause", cause)


def agreement_behind(measure: Measure) -> Agreement | None:
    """The agreement of a dialogue that it was made of, for those who follow the dialogues."""
    if not may(Permission.FOLLOW):
        return None
    return db.session.scalar(
        sa.select(Agreement)
        .where(Agreement.measure_id == measure.id)
        .options(joinedload(Agreement.dialogue).joinedload(QualityDialogue.school_year))
        .limit(1)
    )


def model_of(measure: Measure) -> Measure | None:
    """Förebild: the measure whose good example this one was begun from, with the example and its units."""
    if measure.modelled_on_id is None:
        return None
    return db.session.scalar(
        sa.select(Measure)
        .where(Measure.id == measure.modelled_on_id)
        .options(
            joinedload(Measure.example),
            selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
        )
    )


def analysis_behind(measure: Measure) -> QualityCycle | None:
    """The lap whose analysis the measure builds on, when the person follows or writes in its unit, or
    when it is adopted."""
    if measure.cause is None:
        return None
    lap, access = measure.cause.problem.analysis.cycle, current_access()
    given = access.on_unit(lap.unit.id, lap.unit.area_id) if lap.unit else access.on_own_lap()
    if given & {Permission.FOLLOW, Permission.WRITE}:
        return lap
    is_adopted = measure.cause.problem.analysis.state is AnalysisState.ADOPTED
    return lap if is_adopted and Permission.READ in given else None


def seen_from(measure: Measure) -> tuple[SchoolUnit | OwnLap, SchoolYear]:
    """The unit through which the person sees the measure, and the läsår in whose lists it stands. The
    organizer's own is everybody's to see."""
    if measure.is_organizers:
        year = current_year(measure.organizer_id)
        return measure.cycle.owner, year or measure.cycle.school_year
    access, home = current_access(), measure.cycle.unit_id
    seen = [u for u in measure.units if Permission.READ in access.on_unit(u.id, u.area_id)]
    unit = min(seen, key=lambda unit: unit.id != home)
    year = current_year(measure.organizer_id)
    if year is None or (unit.closed_on and unit.closed_on < year.first_day):
        year = measure.cycle.school_year
    return unit, year


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One thing that happened in a measure's life, and when: "HT25", "Beslutad"."""

    term: str
    what: str
    measure: Measure


def life_of(versions: list[Measure]) -> list[LifeStep]:
    """Decisions, assessments and endings of all versions, in order of time."""
    steps: list[tuple[datetime, LifeStep]] = []
    for number, measure in enumerate(versions, 1):

        def step(moment: datetime, what: str, measure: Measure = measure) -> None:
            steps.append((moment, LifeStep(term_of(local(moment).date()), what, measure)))

        if measure.basis is MeasureBasis.EARLIER and measure.decided_at:
            year = measure.cycle.school_year
            first = LifeStep(year.label, "Beslutad före Varvet", measure)
            steps.append((at(year.first_day, time()), first))
        elif measure.decided_at:
            step(measure.decided_at, "Beslutad" if number == 1 else "Ny version beslutad")
        elif measure.is_draft:
            step(measure.created_at, "Föreslagen" if number == 1 else "Ny version föreslagen")
        for row in measure.assessments:
            if row.superseded_at is None and row.judgement.is_final:
                decision = f" – {row.decision.label.lower()}" if row.decision else ""
                step(row.at, f"Bedömd: {row.judgement.label.lower()}{decision}")
        if measure.cancelled_at:
            step(measure.cancelled_at, "Avbruten")
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def term_of(day: date) -> str:
    """HT25, VT26."""
    return f"{'HT' if Term.on(day) is Term.AUTUMN else 'VT'}{day:%y}"
