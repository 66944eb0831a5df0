"""An effect that can be assessed: on its day, and a while after."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import (
    Measure,
    MeasureState,
    MeasureUnit,
    QualityCycle,
    ReminderKind,
    ReminderState,
)
from tracker.notifications.kinds.base import (
    NO_LONGER_THEIRS,
    Due,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    moved,
    open_units,
    set_since_the_mails_went,
    unit_of,
    vacancy,
)
from tracker.notifications.office import Office, PlacedUnit, Recipient
from tracker.web.security import external_url
from tracker.web.swedish import count

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    assess_on: date
    revision: int
    decided_at: datetime | None
    responsible_id: int | None
    is_organizers: bool
    units: list[PlacedUnit]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a mail needs to know of a measure whose effect is due."""

    measure_id: int
    title: str
    assess_on: date | None
    revision: int
    cancelled: bool
    responsible_id: int | None
    is_organizers: bool
    units: list[PlacedUnit]


def assessors(thing: Row | Effect, office: Office) -> dict[int, Recipient]:
    """Who is to assess it today, by user id: the leaders of its units, or for the organizer's own who writes in
    its lap."""
    if thing.is_organizers:
        return office.of_own_lap(thing.responsible_id)
    found = office.recipients(thing.units)
    return {key: recipient for key, recipient in found.items() if recipient.acts_for_rektor}


class DueEffects(Kind[Effect]):
    kind = ReminderKind.EFFECT
    absent = "Åtgärden finns inte längre"
    gone = "En åtgärd som inte finns längre"

    def candidates(self, office: Office, until: date) -> Sequence[Row]:
        if not office.rules[self.kind]:
            return []
        rows = db.session.execute(
            sa.select(
                Measure.id, Measure.assess_on, Measure.assess_revision, Measure.decided_at,
                Measure.responsible_id, QualityCycle.unit_id.is_(None),
            )
            .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
            .where(
                Measure.organizer_id == office.organizer_id,
                Measure.state != MeasureState.PROPOSED,
                Measure.assess_on <= until,
            )
        ).all()  # fmt: skip
        units = open_units(MeasureUnit, [row.id for row in rows])
        return [Row(*row, units.get(row.id, [])) for row in rows]

    def dues(self, rows: Sequence[Row], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            if row.assess_on > horizon or set_since_the_mails_went(row.decided_at):
                continue
            for offset in office.rules[self.kind]:
                due_on, _ = moved(row.assess_on, offset, office)
                if due_on > horizon:
                    continue
                for recipient in assessors(row, office).values():
                    yield Due(self.kind, row.id, recipient.person, offset, row.revision, due_on)

    def read(self, office: Office, ids: Collection[int]) -> dict[int, Effect]:
        units = open_units(MeasureUnit, ids)
        return {
            row.id: Effect(
                measure_id=row.id,
                title=row.title,
                assess_on=row.assess_on,
                revision=row.assess_revision,
                cancelled=row.state is MeasureState.CANCELLED,
                responsible_id=row.responsible_id,
                is_organizers=bool(row.is_organizers),
                units=units.get(row.id, []),
            )
            for row in db.session.execute(
                sa.select(
                    Measure.id, Measure.title, Measure.assess_on, Measure.assess_revision,
                    Measure.state, Measure.responsible_id,
                    QualityCycle.unit_id.is_(None).label("is_organizers"),
                )
                .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
                .where(Measure.id.in_(ids))
            )
        }  # fmt: skip

    def verdict(
        self, thing: Effect, office: Office, recipient_id: int, offset_days: int, date_revision: int
    ) -> Verdict | None:
        if thing.cancelled:
            return ReminderState.CANCELLED, "Åtgärden är avbruten"
        if thing.assess_on is None:
            return ReminderState.CANCELLED, "Effekten är bedömd"
        if thing.revision != date_revision:
            return ReminderState.CANCELLED, "Bedömningen har fått ett nytt datum"
        if recipient_id not in assessors(thing, office):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def tell(self, digest: "Digest", things: list[Effect], office: Office) -> None:
        told = {todo.url for lines in digest.dialogues for todo in lines.own}
        items, whom = [], []
        for thing in sorted(things, key=lambda row: (row.assess_on or date.max, row.measure_id)):
            recipient = assessors(thing, office).get(digest.recipient_id)
            url = external_url("evaluation.assess", measure_id=thing.measure_id)
            if url in told:  # the dialogue's list has it already
                continue
            ahead = thing.assess_on is not None and thing.assess_on > today()
            by = f"från {day_and_month(thing.assess_on)}" if ahead and thing.assess_on else ""
            items.append(Todo(thing.title, url, by, unit_of(recipient)))
            whom.append(recipient)
        if not items:
            return
        what = items[0].label if len(items) == 1 else (
            count(len(items), "en åtgärd", "åtgärder", words=True)
        )  # fmt: skip
        digest.sections.append(
            Section(
                "Effekter att bedöma" if any(item.by for item in items)
                else "Effekten kan bedömas nu",
                f"Dags att bedöma effekten av {what}",
                items,
                vacancy(whom),
                "Går det inte att bedöma än? Välj ”Kan inte bedömas ännu” och ett nytt datum, "
                "så hör vi av oss först då.",
            )
        )  # fmt: skip

    def names(self, ids: Collection[int]) -> dict[int, str]:
        return {key: self.name_of(title) for key, title in self.titles(ids).items()}

    def titles(self, ids: Collection[int]) -> dict[int, str]:
        return dict(
            db.session.execute(
                sa.select(Measure.id, Measure.title).where(Measure.id.in_(ids))
            ).all()
        )

    def name_of(self, title: str) -> str:
        return f"Effekten av {title}"
