"""A measure that ends soon: whoever is responsible says that it is carried out, or that it goes on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.clock import today
from tracker.extensions import db
from tracker.models import Measure, MeasureState, MeasureUnit, ReminderKind, ReminderState
from tracker.notifications.kinds.base import (
    DAY_PASSED,
    MISSED_WITHIN,
    NO_LONGER_THEIRS,
    Due,
    Entrusted,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    last_candidate,
    open_units,
    set_since_the_mails_went,
    unit_of,
    vacancy,
)
from tracker.notifications.kinds.effects import DueEffects
from tracker.notifications.office import Office, PlacedUnit
from tracker.web.security import external_url
from tracker.web.swedish import count

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

LIVING = (MeasureState.DECIDED, MeasureState.RUNNING)


@dataclass(frozen=True, slots=True)
class EndingMeasure(Entrusted):
    """A measure with a last day. Its revision is that day itself: a day that comes back after another
    is the one that was told of before."""

    for_rektor = True
    id: int
    title: str
    state: MeasureState
    ends_on: date | None
    decided_at: datetime | None
    end_set_at: datetime | None
    responsible_id: int | None
    units: list[PlacedUnit]

    @property
    def revision(self) -> int:
        return self.ends_on.toordinal() if self.ends_on else 0


class EndingMeasures(Kind[EndingMeasure]):
    kind = ReminderKind.MEASURE_END
    absent = "Åtgärden finns inte längre"
    gone = "En åtgärd som inte finns längre"
    rows_are_things = True

    def candidates(self, office: Office, until: date) -> Sequence[EndingMeasure]:
        days = office.rules[self.kind]
        if not days:
            return []
        return self._select(
            office,
            Measure.organizer_id == office.organizer_id,
            Measure.state.in_(LIVING),
            Measure.ends_on.between(today() - MISSED_WITHIN, last_candidate(days, until)),
        )

    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[EndingMeasure]:
        rows = db.session.execute(
            sa.select(
                Measure.id,
                Measure.title,
                Measure.state,
                Measure.ends_on,
                Measure.decided_at,
                Measure.end_set_at,
                Measure.responsible_id,
            ).where(*which)
        ).all()
        units = open_units(MeasureUnit, [row.id for row in rows])
        office.know([row.responsible_id for row in rows])
        return [EndingMeasure(*row, units.get(row.id, [])) for row in rows]

    def dues(self, rows: Sequence[EndingMeasure], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            if row.ends_on is None or set_since_the_mails_went(row.decided_at, row.end_set_at):
                continue
            yield from row.dues(
                self, row.id, row.ends_on, row.revision, office, horizon, lambda _offset: True
            )

    def read(self, office: Office, ids: Collection[int]) -> dict[int, EndingMeasure]:
        return {row.id: row for row in self._select(office, Measure.id.in_(ids))}

    def verdict(
        self,
        thing: EndingMeasure,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.state is MeasureState.CANCELLED:
            return ReminderState.CANCELLED, "Åtgärden är avbruten"
        if thing.state not in LIVING:
            return ReminderState.SKIPPED, "Åtgärden är genomförd"
        if thing.ends_on is None or thing.revision != date_revision:
            return ReminderState.CANCELLED, "Åtgärden har fått en annan sista dag"
        if thing.ends_on < today():
            return ReminderState.SKIPPED, DAY_PASSED
        if recipient_id not in thing.recipients(office):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def tell(self, digest: "Digest", things: list[EndingMeasure], office: Office) -> None:
        items, whom = [], []
        for thing in sorted(things, key=lambda row: (row.ends_on or date.max, row.id)):
            recipient = thing.recipients(office).get(digest.recipient_id)
            by = f"slutar {day_and_month(thing.ends_on)}" if thing.ends_on else ""
            url = external_url("measures.show", measure_id=thing.id)
            may_open = recipient is not None and recipient.reads
            items.append(Todo(thing.title, url if may_open else "", by, unit_of(recipient)))
            whom.append(recipient)
        if not items:
            return
        if len(items) == 1:
            subject = f"Åtgärden {items[0].label} {items[0].by}"
        else:
            number = count(len(items), "en åtgärd", "åtgärder", words=True).capitalize()
            subject = f"{number} slutar snart"
        digest.sections.append(
            Section(
                "Slutar snart",
                subject,
                items,
                vacancy(whom),
                "Är den genomförd? Säg det på åtgärdens sida. Ska den fortsätta? Ändra slutdatumet."
                if any(item.url for item in items)
                else "Är den genomförd, eller ska den fortsätta? Säg det till den som leder enheten.",
            )
        )

    titled_as = ReminderKind.EFFECT

    def names(self, ids: Collection[int]) -> dict[int, str]:
        titles = DueEffects().titles(ids)
        return {key: self.name_of(title) for key, title in titles.items()}

    def name_of(self, title: str) -> str:
        return f"Slutet av {title}"
