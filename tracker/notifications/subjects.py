"""What a reminder was about, as a person says it."""

from collections.abc import Iterable

import sqlalchemy as sa

from tracker.extensions import db
from tracker.models import DialogueUnit, Measure, QualityDialogue, Reminder, ReminderKind


def subject_names(reminders: Iterable[Reminder]) -> dict[int, str]:
    """For each reminder, by its id, the dialogue or the measure in words; four statements at most."""
    reminders = list(reminders)
    ids = {kind: {row.subject_id for row in reminders if row.kind is kind} for kind in ReminderKind}
    names: dict[tuple[ReminderKind, int], str] = {}
    if ids[ReminderKind.DIALOGUE]:
        for dialogue in db.session.scalars(
            sa.select(QualityDialogue)
            .where(QualityDialogue.id.in_(ids[ReminderKind.DIALOGUE]))
            .options(
                sa.orm.joinedload(QualityDialogue.school_year),
                sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
            )
        ):
            names[ReminderKind.DIALOGUE, dialogue.id] = f"{dialogue.title}: {dialogue.unit_names}"
    if ids[ReminderKind.EFFECT]:
        for measure_id, title in db.session.execute(
            sa.select(Measure.id, Measure.title).where(Measure.id.in_(ids[ReminderKind.EFFECT]))
        ):
            names[ReminderKind.EFFECT, measure_id] = f"Effekten av {title}"
    gone = {
        ReminderKind.DIALOGUE: "En dialog som inte finns längre",
        ReminderKind.EFFECT: "En åtgärd som inte finns längre",
    }
    return {row.id: names.get((row.kind, row.subject_id), gone[row.kind]) for row in reminders}
