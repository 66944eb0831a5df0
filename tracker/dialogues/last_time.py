"""Sagt förra gången – vad blev det: what was agreed before a dialogue, and how it went.

Dialog 2 looks back at Dialog 1 of the same läsår, Dialog 1 at Dialog 2 of the läsår before. Where
that one was cancelled, or never came about, it is the latest before it that did. A unit that took
over from others looks back at theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa

from tracker.clock import local, now, today
from tracker.extensions import db
from tracker.models import (
    Agreement,
    AgreementState,
    DialogueState,
    DialogueUnit,
    QualityDialogue,
    SchoolYear,
    UnitSuccession,
)
from tracker.organisation.succession import taken_over


@dataclass(frozen=True, slots=True)
class AgreedBefore:
    """An agreement of an earlier dialogue, with the dialogue it was made in."""

    agreement: Agreement
    dialogue: QualityDialogue

    @property
    def is_open(self) -> bool:
        return self.agreement.is_open

    def origin(self, unit_id: int) -> str:
        """The names of the units that it was agreed about, when the unit is none of them."""
        units = self.dialogue.units
        return "" if unit_id in {unit.id for unit in units} else self.dialogue.unit_names


@dataclass(frozen=True, slots=True)
class LastTime:
    """The dialogues before one, with what was agreed in them."""

    dialogues: list[QualityDialogue]
    agreements: list[AgreedBefore]

    @classmethod
    def load(cls, dialogue: QualityDialogue) -> Self:
        """Three statements, however many units."""
        earlier = _earlier(dialogue)
        last = _last_of_each(dialogue, earlier)
        return cls(last, _agreed(dialogue.organizer_id, earlier, last))


def agreements_last_time(dialogue: QualityDialogue) -> list[AgreedBefore]:
    """What was agreed in the previous dialogue of these units, settled or not, and what is still
    open from any earlier one: nothing disappears without an answer. Oldest first; the agreement's
    measure (if it became one) is loaded. Three statements, however many units.

    The dialogue is one that the caller has loaded for the person (`load_dialogue`); its units are
    those of the earlier dialogues, so that who follows this one may read what was agreed.
    """
    return LastTime.load(dialogue).agreements


def _agreed(
    organizer_id: int, earlier: "_Earlier", last: Sequence[QualityDialogue]
) -> list[AgreedBefore]:
    by_id = {row.id: row for row in earlier.dialogues}
    if not by_id:
        return []
    found = db.session.scalars(
        sa.select(Agreement)
        .where(
            Agreement.organizer_id == organizer_id,
            Agreement.dialogue_id.in_(by_id),
            sa.or_(
                Agreement.dialogue_id.in_([row.id for row in last]),
                Agreement.state == AgreementState.OPEN,
            ),
        )
        .options(sa.orm.joinedload(Agreement.measure))
        .order_by(Agreement.id)
    )
    rows = [AgreedBefore(row, by_id[row.dialogue_id]) for row in found]
    order = {row.id: number for number, row in enumerate(earlier.dialogues)}
    return sorted(rows, key=lambda row: (-order[row.dialogue.id], row.agreement.id))


def still_open(unit_id: int) -> list[AgreedBefore]:
    """What is open of what was agreed about the unit, whenever, and about those it has taken over from
    until it did; what has become a measure is followed as one. The first due first, then the oldest.
    Läsår and units of the dialogues are loaded; one statement."""
    before = taken_over()
    rows = db.session.scalars(
        sa.select(Agreement)
        .join(Agreement.dialogue)
        .where(
            Agreement.awaited(),
            QualityDialogue.state != DialogueState.CANCELLED,
            QualityDialogue.unit_links.any(
                sa.or_(
                    DialogueUnit.unit_id == unit_id,
                    sa.exists()
                    .where(
                        before.c.successor_id == unit_id,
                        before.c.predecessor_id == DialogueUnit.unit_id,
                        QualityDialogue.starts_at < before.c.on,
                    )
                    .correlate(DialogueUnit, QualityDialogue),
                )
            ),
        )
        .options(
            sa.orm.contains_eager(Agreement.dialogue).options(
                sa.orm.joinedload(QualityDialogue.school_year),
                sa.orm.joinedload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
            )
        )
        .order_by(Agreement.due_on.is_(None), Agreement.due_on, Agreement.id)
    ).unique()
    return [AgreedBefore(row, row.dialogue) for row in rows]


@dataclass(frozen=True, slots=True)
class _Earlier:
    """Dialogues before one, the latest first; the units of each; and which unit took over from which,
    since when."""

    dialogues: Sequence[QualityDialogue]
    units: dict[int, set[int]]
    predecessors: dict[int, dict[int, date]]


def _earlier(dialogue: QualityDialogue) -> _Earlier:
    predecessors = _predecessors(dialogue.organizer_id)
    until = _until([link.unit_id for link in dialogue.unit_links], predecessors)
    year = dialogue.school_year
    came_before = sa.or_(
        SchoolYear.start_year < year.start_year,
        sa.and_(
            SchoolYear.start_year == year.start_year, QualityDialogue.kind < dialogue.kind.value
        ),
    )
    rows = db.session.execute(
        sa.select(QualityDialogue, DialogueUnit.unit_id)
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .join(SchoolYear, SchoolYear.id == QualityDialogue.school_year_id)
        .where(
            QualityDialogue.organizer_id == dialogue.organizer_id,
            DialogueUnit.unit_id.in_(until),
            QualityDialogue.state != DialogueState.CANCELLED,
            QualityDialogue.starts_at <= now(),
            came_before,
        )
        .options(
            sa.orm.contains_eager(QualityDialogue.school_year),
            sa.orm.joinedload(QualityDialogue.topics),
        )
        .order_by(
            SchoolYear.start_year.desc(), QualityDialogue.kind.desc(), QualityDialogue.id.desc()
        )
    ).unique()
    dialogues: dict[int, QualityDialogue] = {}
    units: dict[int, set[int]] = {}
    for row, unit_id in rows:
        day = until[unit_id]
        if day is not None and local(row.starts_at).date() >= day:
            continue
        dialogues[row.id] = row
        units.setdefault(row.id, set()).add(unit_id)
    return _Earlier(list(dialogues.values()), units, predecessors)


def _last_of_each(dialogue: QualityDialogue, earlier: _Earlier) -> list[QualityDialogue]:
    """The latest of every unit. A unit without any of its own has that of each it took over from."""
    found: dict[int, QualityDialogue] = {}
    asked = {link.unit_id for link in dialogue.unit_links}
    ahead = list(asked)
    while ahead:
        unit_id = ahead.pop()
        last = next((row for row in earlier.dialogues if unit_id in earlier.units[row.id]), None)
        if last is not None:
            found[last.id] = last
            continue
        before = earlier.predecessors.get(unit_id, {}).keys() - asked
        asked |= before
        ahead += before
    return [row for row in earlier.dialogues if row.id in found]


def _predecessors(organizer_id: int) -> dict[int, dict[int, date]]:
    found: dict[int, dict[int, date]] = {}
    for successor, predecessor, on in db.session.execute(
        sa.select(
            UnitSuccession.successor_id, UnitSuccession.predecessor_id, UnitSuccession.on
        ).where(UnitSuccession.organizer_id == organizer_id, UnitSuccession.on <= today())
    ):
        found.setdefault(successor, {})[predecessor] = on
    return found


def _until(
    units: Sequence[int], predecessors: dict[int, dict[int, date]]
) -> dict[int, date | None]:
    """The units, always (None), and those before them, each until the day on which it was taken over
    from: what a unit that lives on agrees later is its own."""
    reached: dict[int, date | None] = dict.fromkeys(units)
    ahead = list(units)
    while ahead:
        unit = ahead.pop()
        left = reached[unit]
        for before, on in predecessors.get(unit, {}).items():
            if before not in reached and (left is None or on <= left):
                reached[before] = on
                ahead.append(before)
    return reached
