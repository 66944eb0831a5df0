"""A measure's life: everything that has happened with it and its other versions, in order of time, as far
as the person may read each part of it."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for

from tracker.audit.actions import Action
from tracker.auth.access import current_access, may
from tracker.checkins.access import about_own_units
from tracker.clock import at, local, now, today
from tracker.cycle import calendar
from tracker.dialogues.lists import involving
from tracker.extensions import db
from tracker.measures.reading import readable, term_of, versions_of
from tracker.models import (
    Agreement,
    AuditEvent,
    Cause,
    CheckIn,
    CheckInMeasure,
    DevelopmentArea,
    DialogueState,
    DialogueTopic,
    DialogueUnit,
    Measure,
    MeasureBasis,
    MeasureLogEntry,
    Permission,
    Problem,
    QualityCycle,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    Term,
)
from tracker.organisation.owner import OWN
from tracker.web.swedish import date_medium

NOON = timedelta(hours=12)


class Order(enum.IntEnum):
    """In which order things happen to a version on one day: much of it has a day, and no hour."""

    AGREED = 0
    BEGAN = 1
    MOVED = 2
    REDECIDED = 3
    GOING_ON = 4
    CAN_BE_ASSESSED = 5
    COMPLETED = 6
    ASSESSED = 7
    CANCELLED = 8


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, what, and more about it. `number` is the
    version's, `ahead` whether it is still to come."""

    moment: datetime
    number: int
    what: str
    text: str = ""
    note: str = ""
    links: Sequence[tuple[str, str]] = ()
    """Where to read on: a label and an address."""
    ahead: bool = False
    is_turn: bool = False
    """One of the turns of the life: a decision or an assessment."""
    order: Order = Order.GOING_ON

    @property
    def day(self) -> date:
        return local(self.moment).date()

    @property
    def term(self) -> str:
        """HT25, VT26."""
        return term_of(self.day)


@dataclass(frozen=True, slots=True)
class Life:
    versions: Sequence[Measure]
    events: Sequence[Event]

    @property
    def in_short(self) -> str:
        """The turns in a line: "HT25 beslutad, VT26 bedömd: delvis uppnådd"."""
        told = [
            f"{row.term} {row.what[:1].lower()}{row.what[1:]}" for row in self.events if row.is_turn
        ]
        return ", ".join(told)


def life_of(measure: Measure) -> Life:
    """The whole life, whichever of its versions was loaded for the person."""
    versions = readable(versions_of(measure))
    number = {row.id: n for n, row in enumerate(versions, 1)}
    causes = _causes(versions)
    events: list[Event] = []
    for row in versions:
        events += _beginning(row, number[row.id], causes.get(row.cause_id or 0))
        events += _effects(row, number[row.id])
        events += _endings(row, number[row.id])
    events += _log(number)
    events += _noted(number)
    if may(Permission.FOLLOW) and not measure.is_organizers:
        events += _dialogues(versions, number, causes)
    if may(Permission.CONVERSE):
        events += _check_ins(number)
    events.sort(key=lambda event: (event.day, event.number, event.order, event.moment))
    return Life(versions, events)


def _noon(day: date) -> datetime:
    """Of what has a day and no hour."""
    return at(day, time()) + NOON


def _causes(versions: Sequence[Measure]) -> dict[int, Any]:
    ids = {row.cause_id for row in versions} - {None}
    if not ids:
        return {}
    about = (
        sa.select(sa.func.min(DevelopmentArea.id))
        .where(DevelopmentArea.problems.any(Problem.id == Cause.problem_id))
        .correlate(Cause)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Cause.id,
            Cause.location,
            SchoolYear.start_year,
            SchoolUnit.id.label("unit_id"),
            SchoolUnit.area_id,
            SchoolUnit.slug,
            about.label("falls_under"),
        )
        .join(Problem, Problem.id == Cause.problem_id)
        .join(SituationAnalysis, SituationAnalysis.id == Problem.analysis_id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .outerjoin(SchoolUnit, SchoolUnit.id == QualityCycle.unit_id)
        .where(Cause.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _beginning(measure: Measure, number: int, cause: Any) -> Iterator[Event]:
    """Proposed or decided, and out of what. Only who writes in the unit sees a proposal at all."""
    new = number > 1
    lap = measure.cycle.school_year
    basis = measure.basis.label if measure.basis else ""
    note, text = basis, measure.basis_note
    if measure.basis is MeasureBasis.CAUSE:
        note, text = "Orsaken den ska påverka", measure.cause_text
    what, moment = "Beslutad", measure.decided_at
    if measure.is_draft:
        what, moment = "Föreslagen", measure.created_at
    elif measure.basis is MeasureBasis.EARLIER:
        what, moment, note = f"Beslutad före Varvet, läsåret {lap.label}", _noon(lap.first_day), ""
    if moment is None:
        return
    if new:
        new_version = "Ny version föreslagen" if measure.is_draft else "Fortsatte som ny version"
        what = f"{new_version}: {measure.title}"
    links = [("Läs åtgärden", url_for("measures.show", measure_id=measure.id))]
    if cause is not None and not measure.is_draft:
        links += _to_analysis(cause)
    yield Event(moment, number, what, text, note, links, is_turn=True, order=Order.BEGAN)


def _to_analysis(cause: Any) -> Iterator[tuple[str, str]]:
    """The way to the analysis, for who follows or writes in its unit."""
    access = current_access()
    given = access.on_unit(cause.unit_id, cause.area_id) if cause.unit_id else access.on_own_lap()
    if given & {Permission.FOLLOW, Permission.WRITE}:
        yield (
            f"Nulägesanalysen {calendar.label(cause.start_year)}",
            url_for(
                "analyses.show", slug=cause.slug or OWN, year=calendar.slug(cause.start_year),
                _anchor=f"orsak-{cause.id}",
            ),
        )  # fmt: skip


def _effects(measure: Measure, number: int) -> Iterator[Event]:
    standing = [row for row in measure.assessments if row.superseded_at is None]
    for row in standing:
        period = f"Läsåret {row.school_year.label}" if row.term is Term.YEAR else row.term.label
        if not row.judgement.is_final:
            day = date_medium(row.next_date) if row.next_date else ""
            yield Event(
                row.at, number, f"Effekten kunde inte bedömas ännu, ny tid {day}", row.evidence,
                order=Order.ASSESSED,
            )  # fmt: skip
            continue
        changed = "bedömd på nytt" if row.number > 1 else ""
        decision = f"beslut: {row.decision.label.lower()}" if row.decision else ""
        note = ", ".join(filter(None, [period, decision, changed]))
        yield Event(
            row.at, number, f"Bedömd: {row.judgement.label.lower()}", row.outcome, note,
            [("Läs bedömningen", url_for("measures.show", measure_id=measure.id, _anchor="effekt"))],
            is_turn=True, order=Order.ASSESSED,
        )  # fmt: skip
    if measure.assess_on is not None and not measure.is_draft:
        due = measure.assess_on <= today()
        what = "Effekten kan bedömas" if due else "Effekten ska bedömas"
        yield Event(
            _noon(measure.assess_on), number, what, measure.expected_effect, "Förväntad effekt",
            ahead=not due, order=Order.CAN_BE_ASSESSED,
        )  # fmt: skip


def _endings(measure: Measure, number: int) -> Iterator[Event]:
    if measure.completed_at is not None:
        yield Event(
            measure.completed_at, number, f"Genomförd, enligt {measure.completed_by_name}",
            order=Order.COMPLETED,
        )  # fmt: skip
    if measure.cancelled_at is not None:
        yield Event(
            measure.cancelled_at, number, "Avbruten", measure.cancel_reason,
            is_turn=True, order=Order.CANCELLED,
        )  # fmt: skip


def _log(number: dict[int, int]) -> Iterator[Event]:
    for row in db.session.execute(
        sa.select(
            MeasureLogEntry.measure_id,
            MeasureLogEntry.on,
            MeasureLogEntry.text,
            MeasureLogEntry.by_name,
        )
        .where(MeasureLogEntry.measure_id.in_(number))
        .order_by(MeasureLogEntry.on, MeasureLogEntry.id)
    ):
        yield Event(_noon(row.on), number[row.measure_id], f"Ur loggen, {row.by_name}", row.text)


def _noted(number: dict[int, int]) -> Iterator[Event]:
    """What Historik alone remembers: that it was taken over, and that the decision was changed."""
    actions = [Action.MEASURE_MOVED]
    if may(Permission.FOLLOW):
        actions.append(Action.MEASURE_REDECIDED)
    for row in db.session.execute(
        sa.select(AuditEvent.subject_id, AuditEvent.at, AuditEvent.action, AuditEvent.data)
        .where(
            AuditEvent.organizer_id == current_access().organizer_id,
            AuditEvent.subject_kind == Measure.__tablename__,
            AuditEvent.subject_id.in_(number),
            AuditEvent.action.in_(actions),
        )
        .order_by(AuditEvent.id)
    ):
        if row.action is Action.MEASURE_MOVED:
            what = f"Följde med från {row.data['origin']} till {row.data['successor']}"
            yield Event(row.at, number[row.subject_id], what, is_turn=True, order=Order.MOVED)
        else:
            yield Event(
                row.at, number[row.subject_id], "Beslutet ändrades", row.data["before"],
                "Så löd det före ändringen", order=Order.REDECIDED,
            )  # fmt: skip


def _dialogues(
    versions: Sequence[Measure], number: dict[int, int], causes: dict[int, Any]
) -> Iterator[Event]:
    """The dialogues of its units that were held while it was going on; those that it came out of."""
    made = _agreements(number)
    for row in made:
        on = row.starts_at or row.at
        yield Event(
            on, number[row.measure_id], f"Överenskommen i {row.kind.label}", row.what,
            links=[("Läs minnesanteckningarna", url_for(
                "dialogues.notes", dialogue_id=row.dialogue_id, _anchor="overenskommelser"
            ))], order=Order.AGREED,
        )  # fmt: skip
    told = {row.dialogue_id for row in made}
    decided = [row for row in versions if row.decided_at is not None]
    if not decided:
        return
    units = {link.unit_id for row in decided for link in row.unit_links}
    for row in _held(units, min(row.decided_at for row in decided if row.decided_at)):
        version = _going_on(decided, row.starts_at)
        if row.id in told or version is None:
            continue
        told.add(row.id)
        cause = causes.get(version.cause_id or 0)
        about = version.area_id or (cause.falls_under if cause is not None else None)
        title = row.topics.get(about) if about else None
        what = f"{row.kind.label} hölls medan åtgärden pågick"
        yield Event(
            row.starts_at, number[version.id],
            f"Togs upp i {row.kind.label}: {title}" if title else what,
            links=[("Öppna dialogen", url_for("dialogues.show", dialogue_id=row.id))],
        )  # fmt: skip


@dataclass(slots=True)
class _Held:
    id: int
    kind: Any
    starts_at: datetime
    topics: dict[int, str]


def _held(units: set[int], since: datetime) -> list[_Held]:
    rows = db.session.execute(
        sa.select(
            QualityDialogue.id,
            QualityDialogue.kind,
            QualityDialogue.starts_at,
            DialogueTopic.area_id,
            DialogueTopic.title,
        )
        .outerjoin(DialogueTopic, DialogueTopic.dialogue_id == QualityDialogue.id)
        .where(
            QualityDialogue.id.in_(
                sa.select(DialogueUnit.dialogue_id).where(DialogueUnit.unit_id.in_(units))
            ),
            QualityDialogue.state != DialogueState.CANCELLED,
            QualityDialogue.starts_at.between(since, now()),
            involving(Permission.FOLLOW),
        )
        .order_by(QualityDialogue.starts_at, DialogueTopic.id)
    )
    found: dict[int, _Held] = {}
    for row in rows:
        one = found.setdefault(row.id, _Held(row.id, row.kind, row.starts_at, {}))
        if row.area_id is not None:
            one.topics[row.area_id] = row.title
    return list(found.values())


def _going_on(decided: Sequence[Measure], moment: datetime) -> Measure | None:
    """The version that was decided and not over at the moment."""
    for row in reversed(decided):
        if row.decided_at is not None and row.decided_at <= moment:
            return None if (over := _over_at(row)) is not None and over < moment else row
    return None


def _over_at(measure: Measure) -> datetime | None:
    """When nothing more was to be said of it: broken off, or its effect settled."""
    if measure.cancelled_at is not None:
        return measure.cancelled_at
    if measure.assess_on is not None:
        return None
    return max((row.at for row in measure.assessments if row.superseded_at is None), default=None)


def _agreements(number: dict[int, int]) -> Sequence[Any]:
    """Those that the measures were made out of. Until the dialogue is said to be held what was agreed is
    between those who meet, as on the page of its notes."""
    return db.session.execute(
        sa.select(
            Agreement.measure_id,
            Agreement.what,
            Agreement.at,
            Agreement.dialogue_id,
            QualityDialogue.kind,
            QualityDialogue.starts_at,
        )
        .join(QualityDialogue, QualityDialogue.id == Agreement.dialogue_id)
        .where(
            Agreement.measure_id.in_(number),
            sa.or_(
                involving(Permission.CONVERSE),
                sa.and_(
                    involving(Permission.FOLLOW),
                    QualityDialogue.state.in_([DialogueState.HELD, DialogueState.APPROVED]),
                ),
            ),
        )
        .order_by(Agreement.id)
    ).all()


def _check_ins(number: dict[int, int]) -> Iterator[Event]:
    for row in db.session.execute(
        sa.select(CheckInMeasure.measure_id, CheckIn.id, CheckIn.held_on)
        .join(CheckIn, CheckIn.id == CheckInMeasure.check_in_id)
        .where(CheckInMeasure.measure_id.in_(number), about_own_units())
        .order_by(CheckIn.held_on, CheckIn.id)
    ):
        yield Event(
            _noon(row.held_on), number[row.measure_id], "Togs upp i en avstämning",
            links=[("Läs avstämningen", url_for("checkins.show", check_in_id=row.id))],
        )  # fmt: skip
