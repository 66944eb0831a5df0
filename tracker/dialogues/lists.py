"""Many dialogues at once: which the person may see, in what order, and who takes part."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa
from flask import abort, request

from tracker.auth.access import current_access
from tracker.clock import now, today
from tracker.cycle import calendar
from tracker.dialogues.preparation import PreparationFacts, Step, steps
from tracker.extensions import db
from tracker.models import (
    Area,
    DialogueKind,
    DialogueState,
    DialogueUnit,
    MoveKind,
    Permission,
    QualityCycle,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
    Side,
)
from tracker.organisation.staffing import Person, Staffing
from tracker.web.swedish import listing


class When(enum.IntEnum):
    """Where a dialogue stands in a list: what is to come first."""

    COMING = 0
    WITHOUT_TIME = 1
    BEEN = 2
    CANCELLED = 3

    @property
    def label(self) -> str:
        return ["Kommer", "Utan tid", "Har varit", "Inställda"][self]

    @classmethod
    def of(cls, dialogue: QualityDialogue) -> Self:
        if dialogue.is_cancelled:
            return cls.CANCELLED
        if dialogue.starts_at is None:
            return cls.WITHOUT_TIME
        return cls.COMING if dialogue.is_ahead else cls.BEEN


@dataclass(frozen=True, slots=True)
class People:
    """Who takes part in a dialogue by their roles."""

    leaders: list[Person]
    leads: list[Person]
    vacant: list[str]
    """Names of the units that nobody leads."""

    @classmethod
    def of(cls, dialogue: QualityDialogue, staffing: Staffing) -> Self:
        leaders: dict[int, Person] = {}
        leads: dict[int, Person] = {}
        vacant = []
        for unit in dialogue.units:
            leader, lead = staffing.leader(unit.id), staffing.lead(unit.id, unit.area_id)
            if leader:
                leaders[leader.id] = leader
            else:
                vacant.append(unit.name)
            if lead:
                leads[lead.id] = lead
        return cls(list(leaders.values()), list(leads.values()), vacant)

    @property
    def leader_names(self) -> str:
        """As a cell of a table reads it: "Karin Holm", or "Vakant"."""
        names = listing([person.name for person in self.leaders])
        return names or "Vakant"

    @property
    def lead_names(self) -> str:
        return listing([person.name for person in self.leads])


@dataclass(frozen=True, slots=True)
class Line:
    """A dialogue as a line of a list."""

    dialogue: QualityDialogue
    people: People
    left: dict[Side, list[Step]]
    """What each side has left to do; nothing for a dialogue that has been or is cancelled."""

    @property
    def when(self) -> When:
        return When.of(self.dialogue)

    @property
    def why_cancelled(self) -> str:
        """As it was said when the dialogue was cancelled the last time."""
        moves = [row for row in self.dialogue.moves if row.kind is MoveKind.CANCELLED]
        return moves[-1].reason if moves else ""


def demand_somewhere(permission: Permission) -> None:
    """The person may do this with some unit, whichever; else 403."""
    if not current_access().anywhere(permission):
        abort(403)


def involving(permission: Permission, area_id: int | None = None) -> sa.ColumnElement[bool]:
    """A criterion on QualityDialogue: about a unit with which the person may do this."""
    return (
        sa.exists()
        .where(
            DialogueUnit.dialogue_id == QualityDialogue.id,
            DialogueUnit.unit_id == SchoolUnit.id,
            current_access().units_where(permission),
            SchoolUnit.area_id == area_id if area_id else sa.true(),
        )
        .correlate(QualityDialogue)
    )


def years(criterion: sa.ColumnElement[bool]) -> list[SchoolYear]:
    """The läsår in which there are such dialogues, the latest first."""
    has_some = sa.exists().where(QualityDialogue.school_year_id == SchoolYear.id, criterion)
    return list(
        db.session.scalars(
            sa.select(SchoolYear)
            .where(SchoolYear.organizer_id == current_access().organizer_id, has_some)
            .order_by(SchoolYear.start_year.desc())
        )
    )


def chosen_year(among: Sequence[SchoolYear]) -> SchoolYear | None:
    """The läsår that the address asks for (`lasar`), else the present one, else the latest. 404 for
    one that is not there."""
    wanted = request.args.get("lasar")
    if wanted:
        return next((year for year in among if year.slug == wanted), None) or abort(404)
    present = calendar.school_year_start(today())
    return next((year for year in among if year.start_year <= present), among[0] if among else None)


def areas() -> list[Area]:
    """The areas to choose between, for those who follow more than single units."""
    access = current_access()
    if all(grant.unit_id is not None for grant in access.grants):
        return []
    followed = sa.exists().where(
        SchoolUnit.area_id == Area.id, access.units_where(Permission.FOLLOW)
    )
    return list(
        db.session.scalars(
            sa.select(Area)
            .where(Area.organizer_id == access.organizer_id, followed)
            .order_by(Area.sort_key)
        )
    )


def ids_by_time(year: SchoolYear, criterion: sa.ColumnElement[bool]) -> list[int]:
    """Coming first, by date; then without a time; then those that have been, the latest first."""
    is_coming = QualityDialogue.starts_at > now()
    when = sa.case(
        (QualityDialogue.state == DialogueState.CANCELLED, When.CANCELLED.value),
        (QualityDialogue.starts_at.is_(None), When.WITHOUT_TIME.value),
        (is_coming, When.COMING.value),
        else_=When.BEEN.value,
    )
    return list(
        db.session.scalars(
            sa.select(QualityDialogue.id)
            .where(QualityDialogue.school_year_id == year.id, criterion)
            .order_by(
                when,
                sa.case((is_coming, QualityDialogue.starts_at)),
                QualityDialogue.starts_at.desc(),
                QualityDialogue.kind,
                _first_unit(),
                QualityDialogue.id,
            )
        )
    )


def ids_to_plan(year: SchoolYear, criterion: sa.ColumnElement[bool]) -> list[int]:
    """Dialog 1, then Dialog 2; in each what lacks a time first, then what is ahead by date,
    then what has been; cancelled ones last."""
    return list(db.session.scalars(_planned(year, criterion)))


def _planned(year: SchoolYear, criterion: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return (
        sa.select(QualityDialogue.id)
        .where(QualityDialogue.school_year_id == year.id, criterion)
        .order_by(
            QualityDialogue.kind,
            sa.case(
                (QualityDialogue.state == DialogueState.CANCELLED, 3),
                (QualityDialogue.starts_at.is_(None), 0),
                (QualityDialogue.starts_at > now(), 1),
                else_=2,
            ),
            QualityDialogue.starts_at,
            _first_unit(),
            QualityDialogue.id,
        )
    )


def to_plan(
    year: SchoolYear, criterion: sa.ColumnElement[bool]
) -> dict[DialogueKind, list[tuple[int, bool]]]:
    """Of each kind the ids in the order of `ids_to_plan`, and whether a time is lacking; one statement."""
    lacks_time = sa.and_(
        QualityDialogue.starts_at.is_(None), QualityDialogue.state != DialogueState.CANCELLED
    )
    found: dict[DialogueKind, list[tuple[int, bool]]] = {kind: [] for kind in DialogueKind}
    for key, kind, lacks in db.session.execute(
        _planned(year, criterion).with_only_columns(
            QualityDialogue.id, QualityDialogue.kind, lacks_time
        )
    ):
        found[kind].append((key, bool(lacks)))
    return found


def _first_unit() -> sa.ScalarSelect[str]:
    return (
        sa.select(sa.func.min(SchoolUnit.sort_key))
        .join(DialogueUnit, DialogueUnit.unit_id == SchoolUnit.id)
        .where(DialogueUnit.dialogue_id == QualityDialogue.id)
        .correlate(QualityDialogue)
        .scalar_subquery()
    )


def load(ids: Sequence[int], *, with_proposals: bool = False) -> list[QualityDialogue]:
    """The dialogues with their läsår, units, topics, questions and moves, or for the plan their proposals in
    place of these; in the order of `ids`."""
    rows = db.session.scalars(_whole(with_proposals).where(QualityDialogue.id.in_(ids)))
    found = {row.id: row for row in rows}
    return [found[key] for key in ids if key in found]


def of_cycle(cycle: QualityCycle) -> list[QualityDialogue]:
    """The same of a unit's dialogues in a läsår, Dialog 1 first."""
    its = sa.select(DialogueUnit.dialogue_id).where(
        DialogueUnit.unit_id == cycle.unit_id, DialogueUnit.school_year_id == cycle.school_year_id
    )
    rows = db.session.scalars(
        _whole().where(QualityDialogue.id.in_(its)).order_by(QualityDialogue.kind)
    )
    return list(rows)


def _whole(with_proposals: bool = False) -> sa.Select[tuple[QualityDialogue]]:
    options = [
        sa.orm.joinedload(QualityDialogue.school_year),
        sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
    ]
    options += (
        [sa.orm.selectinload(QualityDialogue.proposals)]
        if with_proposals
        else [
            sa.orm.selectinload(QualityDialogue.topics),
            sa.orm.selectinload(QualityDialogue.questions),
            sa.orm.selectinload(QualityDialogue.moves),
        ]
    )
    return sa.select(QualityDialogue).options(*options)


def day_of_people(dialogue: QualityDialogue) -> date:
    """The day whose roles say who takes part: the dialogue's own once it has come; today's while it lies
    ahead; without a time, the last one of a läsår that is over."""
    if dialogue.day is not None:
        return min(dialogue.day, today())
    return min(today(), dialogue.school_year.last_day)


def staffing_of(
    dialogues: Sequence[QualityDialogue], at_present: Staffing | None = None
) -> dict[int, Staffing]:
    """For each dialogue (its id) who held which role on its day. One statement, and none when
    `at_present` holds all that is asked for."""
    days = {row.id: day_of_people(row) for row in dialogues}
    asked = set(days.values())
    known = {today(): at_present} if at_present else {}
    if asked - known.keys():
        known |= Staffing.on_days(dialogues[0].organizer_id, asked)
    return {key: known[day] for key, day in days.items()}


def lines(dialogues: Sequence[QualityDialogue]) -> list[Line]:
    """The dialogues with who takes part and what remains; three statements for all of them."""
    staffing = staffing_of(dialogues)
    open_ones = [row for row in dialogues if not row.has_been and not row.is_cancelled]
    facts = PreparationFacts.load(open_ones)
    return [
        Line(
            row,
            People.of(row, staffing[row.id]),
            what_is_left(row, facts) if row in open_ones else {side: [] for side in Side},
        )
        for row in dialogues
    ]


def what_is_left(dialogue: QualityDialogue, facts: PreparationFacts) -> dict[Side, list[Step]]:
    undone = [step for step in steps(dialogue, facts) if not step.done]
    return {side: [step for step in undone if step.side is side] for side in Side}


def units_without(year: SchoolYear) -> list[str]:
    """Names of the units the person leads dialogues for that lack one of the läsår's two: they
    came into the läsår after the dialogues were made."""
    has_both = (
        sa.select(sa.func.count())
        .select_from(DialogueUnit)
        .where(DialogueUnit.unit_id == SchoolUnit.id, DialogueUnit.school_year_id == year.id)
        .correlate(SchoolUnit)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            sa.select(SchoolUnit.name)
            .join(QualityCycle, QualityCycle.unit_id == SchoolUnit.id)
            .where(
                QualityCycle.school_year_id == year.id,
                current_access().units_where(Permission.LEAD),
                has_both < len(DialogueKind),
            )
            .order_by(SchoolUnit.sort_key)
        )
    )
