"""How things stand for an organizer's reminders right now: who they go to, what is left to do, and
whether a reminder still has a point. Asked when a reminder is planned, and again before it is sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

import sqlalchemy as sa

from tracker.clock import local, now, today
from tracker.dialogues.preparation import PreparationFacts, Step, steps
from tracker.extensions import db
from tracker.models import (
    DialogueUnit,
    Measure,
    MeasureState,
    MeasureUnit,
    Organizer,
    QualityDialogue,
    ReminderKind,
    ReminderState,
    SchoolUnit,
    Side,
)
from tracker.organisation.staffing import Person, Staffing

DAY_BEFORE = 1
"""When the dialogansvarig is reminded of a dialogue, whatever the organizer has set for rektor."""

BEGUN = "Dialogen hade redan börjat"
NO_LONGER_THEIRS = "Mottagaren har inte längre uppdraget"

Verdict = tuple[ReminderState, str]
"""How a reminder that has lost its point ends, and why."""


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    id: int
    area_id: int | None
    name: str


@dataclass(slots=True)
class Recipient:
    """Somebody a dialogue or an effect concerns, and in which part."""

    person: Person
    rektor_of: list[str] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)
    """Units that nobody leads, for which the dialogansvarig does what a rektor would."""
    leads: bool = False
    """Is the dialogansvarig of one of the units."""
    leads_several: bool = False
    """Is rektor of more units than one, counting those that this is not about."""

    @property
    def acts_for_rektor(self) -> bool:
        return bool(self.rektor_of or self.vacant)


def recipients(units: Iterable[PlacedUnit], staffing: Staffing) -> dict[int, Recipient]:
    """The units' leaders and dialogansvariga, by user id."""
    found: dict[int, Recipient] = {}

    def part_of(person: Person) -> Recipient:
        return found.setdefault(
            person.id, Recipient(person, leads_several=staffing.leads_several(person.id))
        )

    for unit in units:
        leader, lead = staffing.leader(unit.id), staffing.lead(unit.id, unit.area_id)
        if leader is not None:
            part_of(leader).rektor_of.append(unit.name)
        elif lead is not None:
            part_of(lead).vacant.append(unit.name)
        if lead is not None:
            part_of(lead).leads = True
    return found


def open_units(
    link: type[DialogueUnit] | type[MeasureUnit], ids: Collection[int]
) -> dict[int, list[PlacedUnit]]:
    """The units of dialogues or measures that are open today, by the id of the dialogue or measure;
    of a measure's units those that own it."""
    found: dict[int, list[PlacedUnit]] = defaultdict(list)
    if ids:
        subject = link.dialogue_id if link is DialogueUnit else link.measure_id
        for subject_id, unit_id, area_id, name in db.session.execute(
            sa.select(subject, SchoolUnit.id, SchoolUnit.area_id, SchoolUnit.name)
            .join(SchoolUnit, SchoolUnit.id == link.unit_id)
            .where(
                subject.in_(ids),
                SchoolUnit.open_on(today()),
                sa.true() if link is DialogueUnit else MeasureUnit.owns(today()),
            )
            .order_by(SchoolUnit.sort_key, SchoolUnit.id)
        ):
            found[subject_id].append(PlacedUnit(unit_id, area_id, name))
    return found


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What a mail needs to know of a dialogue; outlives the transaction it was read in."""

    id: int
    date_revision: int
    cancelled: bool
    starts_at: datetime | None
    place: str
    label: str
    about: str
    recipients: dict[int, Recipient]
    steps: list[Step]

    @property
    def day(self) -> date | None:
        return local(self.starts_at).date() if self.starts_at else None

    def left_for(self, recipient: Recipient) -> list[Step]:
        """What the recipient has left to do: rektor's side, the dialogansvarig's, or both."""
        return [step for step in self._left if self._is_own(step, recipient)]

    def left_for_others(self, recipient: Recipient) -> list[Step]:
        """What a dialogansvarig waits for."""
        if not recipient.leads:
            return []
        return [step for step in self._left if not self._is_own(step, recipient)]

    @property
    def done(self) -> list[Step]:
        """What rektor's side has done."""
        return [step for step in self.steps if step.done and step.side is Side.PRINCIPAL]

    @property
    def _left(self) -> list[Step]:
        return [step for step in self.steps if not step.done]

    @staticmethod
    def _is_own(step: Step, recipient: Recipient) -> bool:
        return recipient.acts_for_rektor if step.side is Side.PRINCIPAL else recipient.leads


@dataclass(frozen=True, slots=True)
class Effect:
    """What a mail needs to know of a measure whose effect is due."""

    measure_id: int
    title: str
    assess_on: date | None
    revision: int
    cancelled: bool
    recipients: dict[int, Recipient]


class Situation:
    """The dialogues and measures that some reminders are about, as they stand now."""

    def __init__(
        self,
        organizer_id: int,
        organizer_name: str,
        dialogues: dict[int, Dialogue],
        effects: dict[int, Effect],
        asked: frozenset[tuple[ReminderKind, int]],
    ) -> None:
        self.organizer_id = organizer_id
        self.organizer_name = organizer_name
        self.dialogues = dialogues
        self.effects = effects
        self._asked = asked

    @classmethod
    def load(cls, organizer_id: int, subjects: Iterable[tuple[ReminderKind, int]]) -> Self:
        """Read what the subjects (kind, id) are about; at most eleven statements, however many."""
        asked = frozenset(subjects)
        ids = {kind: [key for of, key in asked if of is kind] for kind in ReminderKind}
        staffing = Staffing.load(organizer_id)
        return cls(
            organizer_id,
            db.session.execute(
                sa.select(Organizer.name).where(Organizer.id == organizer_id)
            ).scalar_one(),
            cls._dialogues(ids[ReminderKind.DIALOGUE], staffing),
            cls._effects(ids[ReminderKind.EFFECT], staffing),
            asked,
        )

    @staticmethod
    def _dialogues(ids: list[int], staffing: Staffing) -> dict[int, Dialogue]:
        if not ids:
            return {}
        rows = db.session.scalars(
            sa.select(QualityDialogue)
            .where(QualityDialogue.id.in_(ids))
            .options(
                sa.orm.joinedload(QualityDialogue.school_year),
                sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
                sa.orm.selectinload(QualityDialogue.topics),
                sa.orm.selectinload(QualityDialogue.questions),
            )
            .execution_options(populate_existing=True)
        ).all()
        facts = PreparationFacts.load(rows)
        units = open_units(DialogueUnit, ids)
        return {
            row.id: Dialogue(
                id=row.id,
                date_revision=row.date_revision,
                cancelled=row.is_cancelled,
                starts_at=row.starts_at,
                place=row.place,
                label=row.kind.label,
                about=row.unit_names,
                recipients=recipients(units.get(row.id, ()), staffing),
                steps=steps(row, facts),
            )
            for row in rows
        }

    @staticmethod
    def _effects(ids: list[int], staffing: Staffing) -> dict[int, Effect]:
        if not ids:
            return {}
        units = open_units(MeasureUnit, ids)
        return {
            row.id: Effect(
                measure_id=row.id,
                title=row.title,
                assess_on=row.assess_on,
                revision=row.assess_revision,
                cancelled=row.state is MeasureState.CANCELLED,
                recipients=recipients(units.get(row.id, ()), staffing),
            )
            for row in db.session.execute(
                sa.select(
                    Measure.id, Measure.title, Measure.assess_on, Measure.assess_revision,
                    Measure.state,
                ).where(Measure.id.in_(ids))
            )
        }  # fmt: skip

    def knows(self, kind: ReminderKind, subject_id: int) -> bool:
        """Whether the subject was asked for when this was read."""
        return (kind, subject_id) in self._asked

    def verdict(
        self,
        kind: ReminderKind,
        subject_id: int,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        """None while the reminder is of use to the person; else how it ends, and why in Swedish."""
        if kind is ReminderKind.DIALOGUE:
            return self._about_dialogue(subject_id, recipient_id, offset_days, date_revision)
        return self._about_effect(subject_id, recipient_id, date_revision)

    def _about_dialogue(
        self, dialogue_id: int, recipient_id: int, offset_days: int, date_revision: int
    ) -> Verdict | None:
        dialogue = self.dialogues.get(dialogue_id)
        if dialogue is None:
            return ReminderState.CANCELLED, "Dialogen har gått upp i en annan"
        if dialogue.cancelled or dialogue.starts_at is None:
            return ReminderState.CANCELLED, "Dialogen är inställd"
        if dialogue.date_revision != date_revision:
            return ReminderState.CANCELLED, "Dialogen är flyttad"
        if dialogue.starts_at <= now():
            return ReminderState.SKIPPED, BEGUN
        recipient = dialogue.recipients.get(recipient_id)
        if recipient is None or not (recipient.acts_for_rektor or offset_days == DAY_BEFORE):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        if not dialogue.left_for(recipient) and not dialogue.left_for_others(recipient):
            return ReminderState.SKIPPED, "Inget kvar att göra"
        return None

    def _about_effect(
        self, measure_id: int, recipient_id: int, date_revision: int
    ) -> Verdict | None:
        effect = self.effects.get(measure_id)
        if effect is None:
            return ReminderState.CANCELLED, "Åtgärden finns inte längre"
        if effect.cancelled:
            return ReminderState.CANCELLED, "Åtgärden är avbruten"
        if effect.assess_on is None:
            return ReminderState.CANCELLED, "Effekten är bedömd"
        if effect.revision != date_revision:
            return ReminderState.CANCELLED, "Bedömningen har fått ett nytt datum"
        recipient = effect.recipients.get(recipient_id)
        if recipient is None or not recipient.acts_for_rektor:
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None
