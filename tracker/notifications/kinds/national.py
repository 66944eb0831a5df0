"""A meeting of the national quality dialogue that is near: to those who lead the huvudman."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.clock import at, local, now
from tracker.cycle import calendar
from tracker.cycle.workdays import SEND_TIME
from tracker.extensions import db
from tracker.models import (
    NationalDialogue,
    NationalMeeting,
    NationalStep,
    ReminderKind,
    ReminderState,
    SchoolYear,
)
from tracker.notifications.kinds.base import (
    FURTHEST_BACK,
    MISSED_WITHIN,
    NO_LONGER_THEIRS,
    Due,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    moved,
    set_since_the_mails_went,
)
from tracker.notifications.office import Office
from tracker.web.security import external_url
from tracker.web.swedish import datetime_long

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

MINUTE = 60

WAY_OUT = "Passar inte tiden? Kom överens om en ny med Skolverket och SPSM, och ändra den på dialogens sida."


@dataclass(frozen=True, slots=True)
class Meeting:
    id: int
    step: NationalStep
    starts_at: datetime | None
    set_at: datetime | None
    place: str
    year: str
    """The läsår as in addresses."""
    is_prepared: bool
    """What the huvudman brings is written."""

    @property
    def revision(self) -> int:
        """The minute it begins, so that another time is another thing to be reminded of."""
        return int(self.starts_at.timestamp()) // MINUTE if self.starts_at is not None else 0


class BeforeNationalMeetings(Kind[Meeting]):
    kind = ReminderKind.NATIONAL_MEETING
    absent = "Mötet finns inte längre"
    gone = "Ett möte som inte finns längre"
    rows_are_things = True

    def candidates(self, office: Office, until: date) -> Sequence[Meeting]:
        days = office.rules[self.kind]
        if not days:
            return []
        last = at(until, SEND_TIME) + timedelta(days=max(days)) + FURTHEST_BACK
        return self._select(
            NationalMeeting.organizer_id == office.organizer_id,
            NationalMeeting.starts_at.between(now() - MISSED_WITHIN, last),
        )

    @staticmethod
    def _select(*which: sa.ColumnElement[bool]) -> list[Meeting]:
        rows = db.session.execute(
            sa.select(
                NationalMeeting.id,
                NationalMeeting.step,
                NationalMeeting.starts_at,
                NationalMeeting.time_set_at,
                NationalMeeting.place,
                SchoolYear.start_year,
                (NationalDialogue.focus != "").label("is_prepared"),
            )
            .join(NationalDialogue, NationalDialogue.id == NationalMeeting.dialogue_id)
            .join(SchoolYear, SchoolYear.id == NationalDialogue.school_year_id)
            .where(*which)
        )
        return [
            Meeting(*row[:5], calendar.slug(row.start_year), bool(row.is_prepared)) for row in rows
        ]

    def dues(self, rows: Sequence[Meeting], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            if row.starts_at is None or set_since_the_mails_went(row.set_at):
                continue
            for offset in office.rules[self.kind]:
                due_on, closure = moved(local(row.starts_at).date(), offset, office)
                for person in office.organizer_leads() if due_on <= horizon else ():
                    yield Due(self.kind, row.id, person, offset, row.revision, due_on, closure)

    def read(self, office: Office, ids: Collection[int]) -> dict[int, Meeting]:
        return {row.id: row for row in self._select(NationalMeeting.id.in_(ids))}

    def verdict(
        self,
        thing: Meeting,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.starts_at is None:
            return ReminderState.CANCELLED, "Mötet är inställt"
        if thing.revision != date_revision:
            return ReminderState.CANCELLED, "Mötet är flyttat"
        if thing.starts_at <= now():
            return ReminderState.SKIPPED, "Mötet hade redan börjat"
        if all(person.id != recipient_id for person in office.organizer_leads()):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def tell(self, digest: "Digest", things: list[Meeting], office: Office) -> None:
        items, done = [], []
        things = sorted(things, key=lambda row: (str(row.starts_at), row.id))
        for thing in things:
            if thing.starts_at is None:
                continue
            show = external_url("national.show", year=thing.year)
            where = f"plats: {thing.place}" if thing.place else ""
            items.append(Todo(f"{thing.step.label} {datetime_long(thing.starts_at)}", show, where))
            if thing.step is NationalStep.FEEDBACK:
                continue
            if thing.is_prepared:
                done.append("Klart: det ni vill ta upp är skrivet.")
            else:
                texts = external_url("national.texts", year=thing.year)
                items.append(Todo("Skriv vad ni vill ta upp", texts, "före dialogen"))
        if not items:
            return
        first = things[0]
        assert first.starts_at is not None
        day = day_and_month(local(first.starts_at).date())
        digest.sections.append(
            Section(
                "Nationella kvalitetsdialogen",
                f"Nationella kvalitetsdialogen {day}: {first.step.label.lower()}",
                list(dict.fromkeys(items)),
                way_out=" ".join([*dict.fromkeys(done), WAY_OUT]),
            )
        )

    def names(self, ids: Collection[int]) -> dict[int, str]:
        return {
            key: f"Nationella kvalitetsdialogen {calendar.label(start_year)}: {step.label.lower()}"
            for key, step, start_year in db.session.execute(
                sa.select(NationalMeeting.id, NationalMeeting.step, SchoolYear.start_year)
                .join(NationalDialogue, NationalDialogue.id == NationalMeeting.dialogue_id)
                .join(SchoolYear, SchoolYear.id == NationalDialogue.school_year_id)
                .where(NationalMeeting.id.in_(ids))
            )
        }
