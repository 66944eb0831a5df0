"""What is left of dialogues that have been: notes that wait for approval, agreements that fall due.

One statement for everything, however many units, läsår and dialogues.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tracker.auth.grants import Access, Grant
from tracker.clock import local, today
from tracker.dialogues.agreements import shortened
from tracker.extensions import db
from tracker.models import (
    Agreement,
    DialogueKind,
    DialogueState,
    DialogueUnit,
    QualityDialogue,
    RoleAssignment,
    SchoolUnit,
    Side,
    UnitSuccession,
)
from tracker.start.overview import reach, reach_of

SHOWN = 90
"""Of what was agreed; the rest is read where the line leads."""


@dataclass(frozen=True, slots=True)
class Unapproved:
    """Notes of a held dialogue, at one of its units."""

    dialogue_id: int
    kind: DialogueKind
    unit_id: int
    area_id: int | None
    unit: str
    day: date
    """Of the dialogue."""
    sides: frozenset[Side]
    """Those that have not approved."""
    is_led: bool
    """She leads the unit; it may have closed."""
    is_open: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """An open agreement, at one of the units that it concerns."""

    id: int
    dialogue_id: int
    kind: DialogueKind
    unit_id: int
    what: str
    due_on: date | None
    is_own: bool
    """The person is the one responsible. Else nobody is, who has a role there today."""


@dataclass(frozen=True, slots=True)
class AfterDialogues:
    unapproved: Sequence[Unapproved]
    agreed: Sequence[Agreed]

    @classmethod
    def load(
        cls,
        access: Access,
        person_id: int,
        horizon: timedelta,
        *,
        led: Sequence[Grant],
        leads: Sequence[Grant],
    ) -> "AfterDialogues":
        """For the units she leads (`led`) and those she is dialogansvarig for (`leads`): the notes,
        and of what was agreed her own, or nobody's, due within the horizon or without a day."""
        day = today()
        values = {
            "organizer_id": access.organizer_id,
            "person_id": person_id,
            "day": day,
            "until": day + horizon,
            **reach_of("led", led),
            **reach_of("leads", leads),
        }
        rows = db.session.connection().execute(_statement(), values).all()
        return cls(
            [_unapproved(row) for row in rows if row.agreement_id is None],
            [
                Agreed(
                    row.agreement_id,
                    row.dialogue_id,
                    row.kind,
                    row.unit_id,
                    shortened(row.what, SHOWN),
                    row.due_on,
                    row.is_own,
                )
                for row in rows
                if row.agreement_id is not None
            ],
        )


def _unapproved(row: Any) -> Unapproved:
    starts_at: datetime = row.starts_at
    waiting = {Side.PRINCIPAL: row.waits_principal, Side.ORGANIZER: row.waits_organizer}
    sides = frozenset(side for side, waits in waiting.items() if waits)
    return Unapproved(
        row.dialogue_id, row.kind, row.unit_id, row.area_id, row.unit, local(starts_at).date(),
        sides, row.is_led, row.is_open,
    )  # fmt: skip


@lru_cache
def _statement() -> sa.CompoundSelect[Any]:
    """Built once with parameters: putting it together costs more than running it."""
    dialogue, agreement, link = QualityDialogue, Agreement, DialogueUnit
    covered = sa.or_(reach("led"), reach("leads"))
    day = sa.bindparam("day", type_=sa.Date)
    nothing = sa.null()
    notes = (
        sa.select(
            dialogue.id.label("dialogue_id"),
            dialogue.kind.label("kind"),
            SchoolUnit.id.label("unit_id"),
            SchoolUnit.area_id.label("area_id"),
            SchoolUnit.name.label("unit"),
            dialogue.starts_at.label("starts_at"),
            sa.and_(reach("led"), sa.true()).label("is_led"),
            SchoolUnit.open_on(day).label("is_open"),
            dialogue.waiting_for(Side.PRINCIPAL).label("waits_principal"),
            dialogue.waiting_for(Side.ORGANIZER).label("waits_organizer"),
            sa.cast(nothing, sa.Integer).label("agreement_id"),
            sa.cast(nothing, sa.Text).label("what"),
            sa.cast(nothing, sa.Date).label("due_on"),
            sa.false().label("is_own"),
        )
        .join(link, link.dialogue_id == dialogue.id)
        .join(SchoolUnit, SchoolUnit.id == link.unit_id)
        .where(
            dialogue.organizer_id == sa.bindparam("organizer_id"),
            dialogue.state == DialogueState.HELD.value,
            covered,
        )
    )
    person = sa.bindparam("person_id", type_=sa.Integer)
    is_own = sa.func.coalesce(agreement.responsible_id == person, sa.false())
    theirs = (
        RoleAssignment.user_id == agreement.responsible_id,
        RoleAssignment.organizer_id == agreement.organizer_id,
    )
    there = sa.or_(
        RoleAssignment.unit_id.in_([link.unit_id, SchoolUnit.id]),
        RoleAssignment.area_id == SchoolUnit.area_id,
        sa.and_(RoleAssignment.unit_id.is_(None), RoleAssignment.area_id.is_(None)),
    )
    # As Office.responsible: who has left the units no longer is, who never had a role there still is.
    is_somebodys = sa.or_(
        sa.exists().where(*theirs, there, RoleAssignment.held_on(day)),
        sa.and_(
            sa.exists().where(*theirs, RoleAssignment.held_on(day)),
            ~sa.exists().where(*theirs, there),
        ),
    )
    took_over = (
        sa.select(UnitSuccession.successor_id)
        .where(UnitSuccession.predecessor_id == link.unit_id, UnitSuccession.on <= day)
        .correlate(link)
    )
    agreed = (
        sa.select(
            dialogue.id,
            dialogue.kind,
            SchoolUnit.id,
            SchoolUnit.area_id,
            SchoolUnit.name,
            dialogue.starts_at,
            sa.false(),
            sa.true(),
            sa.false(),
            sa.false(),
            agreement.id,
            agreement.what,
            agreement.due_on,
            is_own,
        )
        .join(dialogue, dialogue.id == agreement.dialogue_id)
        .join(link, link.dialogue_id == dialogue.id)
        .join(SchoolUnit, sa.or_(SchoolUnit.id == link.unit_id, SchoolUnit.id.in_(took_over)))
        .where(
            agreement.organizer_id == sa.bindparam("organizer_id"),
            agreement.awaited(),
            dialogue.state != DialogueState.CANCELLED.value,
            sa.or_(
                agreement.due_on.is_(None),
                agreement.due_on <= sa.bindparam("until", type_=sa.Date),
            ),
            sa.or_(is_own, ~is_somebodys),
            SchoolUnit.open_on(day),
            covered,
        )
    )
    return sa.union_all(notes, agreed)
