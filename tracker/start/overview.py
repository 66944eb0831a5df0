"""What Start reads: the person's units with where each is in its lap, and what is open in them.

Five statements at most, however many units and roles: units, people, measures (`open_measures`), the
dialogues of the units she leads, and the organizer's totals. The two that are large are built once with parameters,
since putting them together costs more than running them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tracker.auth.grants import Access, Grant
from tracker.checkins import reading as check_ins_of
from tracker.clock import now, today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    AnalysisWriter,
    Area,
    BoardQuestion,
    DialogueKind,
    DialogueState,
    DialogueTopic,
    DialogueUnit,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureUnit,
    Permission,
    PhaseSetting,
    PreparationQuestion,
    QualityCycle,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
    Side,
    SituationAnalysis,
    TimeProposal,
)
from tracker.start.columns import (
    deepened_on,
    feedback_waiting,
    next_opened,
    support_follow_up_on,
)
from tracker.start.facts import DialogueFacts, UnitFacts
from tracker.support.access import works_at_the_organizer
from tracker.support.levels import FOLLOW_UP_AHEAD

PLACING_AHEAD = timedelta(days=42)
"""A dialogue without a time is worth a word from this long before its window."""


def reach(name: str) -> sa.ColumnElement[bool]:
    """A criterion on SchoolUnit with parameters; `reach_of` gives their values for some roles."""
    return sa.or_(
        sa.bindparam(f"{name}_all", type_=sa.Boolean),
        SchoolUnit.id.in_(sa.bindparam(f"{name}_units", expanding=True)),
        SchoolUnit.area_id.in_(sa.bindparam(f"{name}_areas", expanding=True)),
    )


def reach_of(name: str, grants: Iterable[Grant]) -> dict[str, Any]:
    grants = list(grants)
    return {
        f"{name}_all": any(g.unit_id is None and g.area_id is None for g in grants),
        f"{name}_units": sorted({g.unit_id for g in grants if g.unit_id is not None}),
        f"{name}_areas": sorted({g.area_id for g in grants if g.area_id is not None}),
    }


@lru_cache
def _units_statement(whole: bool, check_ins: bool) -> sa.Select[Any]:
    """`whole` adds what only those who work in a unit, or read its adopted texts, are shown;
    `check_ins` where the units stand with theirs."""
    unit, year, cycle, analysis = SchoolUnit, SchoolYear, QualityCycle, SituationAnalysis
    any_setting = aliased(PhaseSetting)
    newest_setting = (
        sa.select(sa.func.max(any_setting.id))
        .where(any_setting.cycle_id == cycle.id)
        .correlate(cycle)
        .scalar_subquery()
    )
    columns: list[Any] = [
        unit.id,
        unit.name,
        unit.slug,
        unit.area_id,
        Area.name.label("area_name"),
        Area.sort_key.label("area_sort_key"),
        cycle.id.label("cycle_id"),
        PhaseSetting.phase.label("set_phase"),
        PhaseSetting.calendar_phase.label("set_during"),
        analysis.state.label("analysis"),
    ]
    if whole:
        columns += [
            sa.select(sa.func.max(AdoptedAnalysis.number))
            .where(AdoptedAnalysis.analysis_id == analysis.id)
            .scalar_subquery()
            .label("adopted_number"),
            sa.exists()
            .where(
                AnalysisWriter.analysis_id == analysis.id,
                AnalysisWriter.user_id == sa.bindparam("user_id"),
            )
            .label("invited"),
            sa.exists().where(MeasureUnit.unit_id == unit.id).label("has_measures"),
            deepened_on(cycle, analysis),
            next_opened(),
        ]
    source = (
        sa.join(unit, Area, Area.id == unit.area_id, isouter=True)
        .outerjoin(
            year,
            sa.and_(
                year.organizer_id == unit.organizer_id,
                year.start_year == sa.bindparam("start_year"),
            ),
        )
        .outerjoin(cycle, sa.and_(cycle.unit_id == unit.id, cycle.school_year_id == year.id))
        .outerjoin(PhaseSetting, PhaseSetting.id == newest_setting)
        .outerjoin(analysis, analysis.cycle_id == cycle.id)
    )
    for kind in DialogueKind:
        link, dialogue = aliased(DialogueUnit), aliased(QualityDialogue)
        opens = year.dialogue1_from if kind.number == 1 else year.dialogue2_from
        source = source.outerjoin(
            link,
            sa.and_(
                link.unit_id == unit.id, link.school_year_id == year.id, link.kind == kind.value
            ),
        ).outerjoin(dialogue, dialogue.id == link.dialogue_id)
        columns += [
            dialogue.id.label(f"id{kind.number}"),
            dialogue.starts_at.label(f"starts_at{kind.number}"),
            dialogue.state.label(f"state{kind.number}"),
            (opens <= sa.bindparam("placing_before")).label(f"near{kind.number}"),
            sa.exists()
            .where(
                DialogueTopic.dialogue_id == dialogue.id, DialogueTopic.side == Side.PRINCIPAL.value
            )
            .label(f"topic{kind.number}"),
            sa.select(sa.func.max(TimeProposal.starts_at))
            .where(TimeProposal.dialogue_id == dialogue.id, TimeProposal.answered_at.is_(None))
            .scalar_subquery()
            .label(f"proposed_at{kind.number}"),
            sa.exists()
            .where(
                PreparationQuestion.dialogue_id == dialogue.id,
                PreparationQuestion.side == Side.PRINCIPAL.value,
                PreparationQuestion.answered_at.is_(None),
            )
            .label(f"asked{kind.number}"),
            sa.or_(
                dialogue.no_topics_at.is_not(None),
                sa.exists().where(
                    DialogueTopic.dialogue_id == dialogue.id,
                    DialogueTopic.side == Side.ORGANIZER.value,
                ),
            ).label(f"own_topics{kind.number}"),
        ]
    if check_ins:
        more, source = check_ins_of.with_check_ins(source)
        columns += [*more, support_follow_up_on()]
    columns.append(feedback_waiting())
    return (
        sa.select(*columns)
        .select_from(source)
        .where(
            unit.organizer_id == sa.bindparam("organizer_id"),
            reach("seen"),
            unit.opened_on <= sa.bindparam("day"),
            sa.or_(unit.closed_on.is_(None), unit.closed_on >= sa.bindparam("day")),
        )
        .order_by(unit.sort_key, unit.id)
    )


def read(statement: sa.Select[Any], values: dict[str, Any]) -> Sequence[sa.Row[Any]]:
    """Columns straight from the session's connection: the rows are no entities, and the layer that would
    make such of them costs as much as the database."""
    return db.session.connection().execute(statement, values).all()


def units(
    access: Access, user_id: int, grants: Iterable[Grant], *, whole: bool, check_ins: bool
) -> list[UnitFacts]:
    """The open units that the roles cover, in Swedish order. Without `whole` nothing is known of
    adopted versions, invitations, earlier measures and what is lifted, without `check_ins` nothing of those."""
    moment, day = now(), today()
    start_year = calendar.school_year_start(day)
    by_calendar = calendar.phase_on(day)
    values = {
        "organizer_id": access.organizer_id,
        "start_year": start_year,
        "placing_before": day + PLACING_AHEAD,
        "day": day,
        "user_id": user_id,
        "works_there": works_at_the_organizer(access),
        "oversees": Permission.OVERSEE in access.on_organizer(),
        "feedback_until": day + FOLLOW_UP_AHEAD,
        **reach_of("seen", grants),
    }
    if check_ins:
        values |= check_ins_of.parameters(access.organizer_id, day)
    rows = read(_units_statement(whole, check_ins), values)
    return [
        UnitFacts(
            id=row.id,
            name=row.name,
            slug=row.slug,
            area_id=row.area_id,
            area_name=row.area_name,
            area_sort_key=row.area_sort_key or "zzz",
            cycle_id=row.cycle_id,
            # As QualityCycle.phase: what somebody set holds during the phase it was set in.
            phase=row.set_phase if row.set_during == by_calendar else by_calendar,
            analysis=row.analysis,
            adopted_number=row.adopted_number if whole else None,
            invited=whole and row.invited,
            has_measures=whole and row.has_measures,
            dialogues=_dialogues(row, moment),
            check_in=check_ins_of.facts_of(row, row.id, day) if check_ins else None,
            support_follow_up_on=row.support_follow_up_on if check_ins else None,
            deepened_on=row.deepened_on if whole else None,
            next_opened=whole and row.next_opened,
            feedback_waiting=row.feedback_waiting,
        )
        for row in rows
    ]


def _dialogues(row: Any, moment: datetime) -> list[DialogueFacts]:
    found = []
    for kind, (key, starts_at, state, near, topic, proposed_at, asked, own_topics) in (
        (
            DialogueKind.DIALOGUE_1,
            (
                row.id1, row.starts_at1, row.state1, row.near1, row.topic1, row.proposed_at1,
                row.asked1, row.own_topics1,
            ),
        ),
        (
            DialogueKind.DIALOGUE_2,
            (
                row.id2, row.starts_at2, row.state2, row.near2, row.topic2, row.proposed_at2,
                row.asked2, row.own_topics2,
            ),
        ),
    ):  # fmt: skip
        if key is not None:
            cancelled = state is DialogueState.CANCELLED
            placed = starts_at is not None and not cancelled
            found.append(
                DialogueFacts(
                    key,
                    kind,
                    starts_at,
                    cancelled,
                    starts_at is None and not cancelled and bool(near),
                    topic,
                    proposed_at,
                    is_ahead=placed and starts_at > moment,
                    has_been=placed and starts_at <= moment,
                    state=state,
                    asked=asked,
                    has_own_topics=own_topics,
                )
            )
    return found


def dialogues_of(units: Iterable[UnitFacts]) -> list[QualityDialogue]:
    """The units' dialogues of the läsår that have not been, whole, the nearest first."""
    ids = {row.id for unit in units for row in unit.dialogues if not row.has_been}
    if not ids:
        return []
    found = db.session.scalars(
        sa.select(QualityDialogue)
        .where(QualityDialogue.id.in_(ids))
        .options(
            joinedload(QualityDialogue.school_year),
            joinedload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
            joinedload(QualityDialogue.topics),
            joinedload(QualityDialogue.questions),
        )
    ).unique()
    far = now() + timedelta(days=3650)
    return sorted(found, key=lambda row: (row.starts_at or far, row.kind.number))


@dataclass(frozen=True, slots=True)
class OverTheOrganizer:
    """What the skolchef sees of the organizer as a whole."""

    judgements: dict[Judgement, int]
    questions: int
    """How many of the board's questions wait for an answer."""


def over_the_organizer(access: Access) -> OverTheOrganizer:
    """What the effects assessed in the current läsår led to, over all units. What was only given a new date
    is not assessed, and the organizer's own measures stand in its own lap. And what the board has asked: both in
    one statement, since Start has none to spare."""
    assessed = (
        sa.select(EffectAssessment.judgement, sa.func.count())
        .join(SchoolYear, SchoolYear.id == EffectAssessment.school_year_id)
        .join(Measure, Measure.id == EffectAssessment.measure_id)
        .where(
            EffectAssessment.organizer_id == access.organizer_id,
            ~Measure.of_organizer(access.organizer_id),
            EffectAssessment.superseded_at.is_(None),
            EffectAssessment.judgement != Judgement.NOT_YET,
            SchoolYear.start_year == calendar.school_year_start(today()),
        )
        .group_by(EffectAssessment.judgement)
    )
    asked = sa.select(
        sa.cast(sa.null(), EffectAssessment.judgement.type),
        BoardQuestion.waiting(access.organizer_id).scalar_subquery(),
    )
    found = dict(db.session.execute(sa.union_all(assessed, asked)).all())
    return OverTheOrganizer(questions=found.pop(None), judgements=found)
