"""Dags att stämma av: on the day that the people agreed on, or that the unit's interval gives."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.checkins.reading import check_in_facts
from tracker.clock import today
from tracker.extensions import db
from tracker.models import ReminderKind, ReminderState, SchoolUnit
from tracker.notifications.kinds.base import (
    NO_LONGER_THEIRS,
    Due,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    moved,
)
from tracker.notifications.office import Office, PlacedUnit
from tracker.organisation.staffing import Person
from tracker.web.security import external_url
from tracker.web.swedish import count

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest


@dataclass(frozen=True, slots=True)
class NextCheckIn:
    """When a unit that is checked in with is next to be. Its revision is that day itself."""

    unit: PlacedUnit
    slug: str
    due_on: date

    @property
    def revision(self) -> int:
        return self.due_on.toordinal()


class DueCheckIns(Kind[NextCheckIn]):
    kind = ReminderKind.CHECK_IN
    absent = "Enheten stäms inte av längre"
    gone = "En avstämning som inte är aktuell längre"
    rows_are_things = True

    def candidates(self, office: Office, until: date) -> Sequence[NextCheckIn]:
        return self._select(office) if office.rules[self.kind] else []

    def _select(self, office: Office) -> list[NextCheckIn]:
        """The day is the one that Start shows, reckoned in one place. Where nobody has checked in yet
        this läsår, Start says so and no mail does. Two statements."""
        due = {
            unit_id: facts.due_on
            for unit_id, facts in check_in_facts(office.organizer_id, today()).items()
            if facts.due_on is not None and facts.last_on is not None
        }
        if not due:
            return []
        return [
            NextCheckIn(PlacedUnit(unit_id, area_id, name), slug, due[unit_id])
            for unit_id, area_id, name, slug in db.session.execute(
                sa.select(SchoolUnit.id, SchoolUnit.area_id, SchoolUnit.name, SchoolUnit.slug)
                .where(SchoolUnit.id.in_(due))
                .order_by(SchoolUnit.sort_key, SchoolUnit.id)
            )
        ]

    def subject_id(self, row: NextCheckIn) -> int:
        return row.unit.id

    def dues(self, rows: Sequence[NextCheckIn], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            lead = self._lead(row, office)
            for offset in office.rules[self.kind] if lead else ():
                due_on, _ = moved(row.due_on, offset, office)
                if lead is not None and due_on <= horizon:
                    yield Due(self.kind, row.unit.id, lead, offset, row.revision, due_on)

    @staticmethod
    def _lead(row: NextCheckIn, office: Office) -> Person | None:
        """The dialogansvarig, where there is somebody else to meet."""
        lead, leader = (
            office.staffing.lead(row.unit.id, row.unit.area_id),
            office.staffing.leader(row.unit.id),
        )
        return lead if lead and leader and leader.id != lead.id else None

    def read(self, office: Office, ids: Collection[int]) -> dict[int, NextCheckIn]:
        return {row.unit.id: row for row in self._select(office) if row.unit.id in ids}

    def verdict(
        self,
        thing: NextCheckIn,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.revision != date_revision:
            return ReminderState.SKIPPED, "Ni har stämt av sedan dess"
        lead = self._lead(thing, office)
        if lead is None or lead.id != recipient_id:
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def tell(self, digest: "Digest", things: list[NextCheckIn], office: Office) -> None:
        items = []
        in_touch = {unit.name for unit in digest.week.units} if digest.week else set()
        for thing in sorted(things, key=lambda row: row.due_on):
            if (
                thing.due_on <= today() and thing.unit.name in in_touch
            ):  # Din vecka says so already, among the reasons
                continue
            leader = office.staffing.leader(thing.unit.id)
            met = f" med {leader.first_name}" if leader and leader.id != digest.recipient_id else ""
            items.append(
                Todo(
                    f"{thing.unit.name}{met}",
                    external_url("checkins.new", enhet=thing.slug),
                    f"{day_and_month(thing.due_on)}" if thing.due_on >= today() else "",
                )
            )
        if items:
            number = count(len(items), "en enhet", "enheter", words=True)
            digest.sections.append(
                Section("Dags att stämma av", f"Dags att stämma av med {number}", items)
            )

    def names(self, ids: Collection[int]) -> dict[int, str]:
        return {
            unit_id: f"Avstämning med {name}"
            for unit_id, name in db.session.execute(
                sa.select(SchoolUnit.id, SchoolUnit.name).where(SchoolUnit.id.in_(ids))
            )
        }
