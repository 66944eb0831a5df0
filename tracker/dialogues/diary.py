"""Who is booked when: what there is to think of before a dialogue gets a certain time.

Nothing here stops anybody. Two dialogues at once, or one on a Saturday, may be just what people have
agreed on. What is likely a slip (`doubts_at`) is asked about once before a new time is saved; the rest is said.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

import sqlalchemy as sa

from tracker import clock
from tracker.cycle.workdays import days_within, holiday_name, is_ordinary_working_day
from tracker.extensions import db
from tracker.models import (
    CalendarPeriod,
    DialogueKind,
    DialogueState,
    DialogueUnit,
    NationalMeeting,
    QualityDialogue,
    SchoolUnit,
)
from tracker.organisation.staffing import Person, Staffing
from tracker.web.swedish import WEEKDAYS, date_medium, listing, time_short

SATURDAY = 5
FIRST_HOUR, LAST_HOUR = 7, 18
"""When people begin, at the earliest, without a word about it."""
WHEN_OVER = timedelta(weeks=4)
"""How far ahead times are sought once the window is over."""


def digest_of(starts_at: datetime, ends_at: datetime, doubts: Sequence[str]) -> str:
    """Of a time and the doubts about it. What a form carries of this says which doubts it has told of, so
    that another time, or another doubt, is asked about anew."""
    said = "|".join([str(starts_at), str(ends_at), *doubts])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(slots=True)
class Booking:
    """A dialogue with a time, and who is busy with it."""

    dialogue_id: int
    kind: DialogueKind
    starts_at: datetime
    ends_at: datetime
    units: list[str]
    people: dict[int, str]
    """Leaders and dialogansvariga: id and name."""

    @property
    def about(self) -> str:
        return f"{self.kind.label} för {listing(self.units)}"

    @property
    def hours(self) -> str:
        return f"{time_short(self.starts_at)}–{time_short(self.ends_at)}"


class Diary:
    """The dialogues of an organizer between two days, both included, its leaders' closed days, and when
    the organizer itself meets the national authorities."""

    def __init__(
        self,
        bookings: list[Booking],
        closed: frozenset[date],
        national: dict[date, list[str]],
        staffing: Staffing,
    ) -> None:
        self.bookings = bookings
        self.closed = closed
        self.national = national
        self._staffing = staffing

    @classmethod
    def load(cls, organizer_id: int, staffing: Staffing, first: date, last: date) -> Self:
        """Three statements."""
        from_, until = clock.at(first, time.min), clock.at(last + timedelta(days=1), time.min)
        rows = db.session.execute(
            sa.select(
                QualityDialogue.id,
                QualityDialogue.kind,
                QualityDialogue.starts_at,
                QualityDialogue.ends_at,
                SchoolUnit.id,
                SchoolUnit.area_id,
                SchoolUnit.name,
            )
            .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
            .join(SchoolUnit, SchoolUnit.id == DialogueUnit.unit_id)
            .where(
                QualityDialogue.organizer_id == organizer_id,
                QualityDialogue.state != DialogueState.CANCELLED,
                QualityDialogue.starts_at >= from_,
                QualityDialogue.starts_at < until,
            )
            .order_by(QualityDialogue.starts_at, QualityDialogue.id, SchoolUnit.sort_key)
        )
        bookings: dict[int, Booking] = {}
        for dialogue_id, kind, starts_at, ends_at, unit_id, area_id, name in rows:
            booking = bookings.setdefault(
                dialogue_id, Booking(dialogue_id, kind, starts_at, ends_at, [], {})
            )
            booking.units.append(name)
            booking.people |= _busy(staffing, unit_id, area_id)
        closed = days_within(CalendarPeriod.closed_days(organizer_id))
        national: dict[date, list[str]] = {}
        for meeting in db.session.scalars(
            sa.select(NationalMeeting)
            .where(
                NationalMeeting.organizer_id == organizer_id,
                NationalMeeting.starts_at >= from_,
                NationalMeeting.starts_at < until,
            )
            .order_by(NationalMeeting.starts_at)
        ):
            hours = f"{time_short(meeting.starts_at)}–{time_short(meeting.ends_at)}"
            national.setdefault(meeting.day, []).append(
                f"Huvudmannen har nationell kvalitetsdialog ({meeting.step.label.lower()}) "
                f"kl. {hours} den dagen."
            )
        return cls(list(bookings.values()), closed, national, staffing)

    def about(self, dialogue: QualityDialogue) -> list[Booking]:
        """The other bookings of those who take part in the dialogue, in order of time."""
        people = self._people(dialogue)
        return [
            row
            for row in self.bookings
            if row.dialogue_id != dialogue.id and not people.keys().isdisjoint(row.people)
        ]

    def suppose(self, dialogue: QualityDialogue, starts_at: datetime, ends_at: datetime) -> None:
        """Go on as if the dialogue had this time: somebody is typing it."""
        self.bookings = [row for row in self.bookings if row.dialogue_id != dialogue.id]
        self.bookings.append(
            Booking(
                dialogue.id,
                dialogue.kind,
                starts_at,
                ends_at,
                [unit.name for unit in dialogue.units],
                self._people(dialogue),
            )
        )
        self.bookings.sort(key=lambda row: (row.starts_at, row.dialogue_id))

    def is_free(self, dialogue: QualityDialogue, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether nobody who takes part is booked then."""
        return not self._clashing(dialogue, starts_at, ends_at)

    def concerns(self, dialogue: QualityDialogue) -> list[str]:
        """What there is to think of about the dialogue's present time, as Swedish sentences."""
        if dialogue.starts_at is None or dialogue.ends_at is None or dialogue.is_cancelled:
            return []
        return self.concerns_at(dialogue, dialogue.starts_at, dialogue.ends_at)

    def concerns_at(
        self, dialogue: QualityDialogue, starts_at: datetime, ends_at: datetime
    ) -> list[str]:
        """The same about a time that it may get."""
        return self.about_time(dialogue, starts_at) + self._clashes(dialogue, starts_at, ends_at)

    def doubts_at(
        self, dialogue: QualityDialogue, starts_at: datetime, ends_at: datetime
    ) -> list[str]:
        """What is likely a slip: the hour has passed, the day is none of the window's, nobody works then,
        or somebody is busy."""
        return (
            self._passed(dialogue, starts_at)
            + (self._outside(dialogue, starts_at) if self._is_far_off(dialogue, starts_at) else [])
            + self._odd_hour(starts_at)
            + self._clashes(dialogue, starts_at, ends_at)
        )

    def _clashes(
        self, dialogue: QualityDialogue, starts_at: datetime, ends_at: datetime
    ) -> list[str]:
        people = self._people(dialogue)
        return [
            f"{listing([people[key] for key in people if key in row.people])} har också "
            f"{row.about} kl. {row.hours} den dagen."
            for row in self._clashing(dialogue, starts_at, ends_at)
        ]

    def about_time(self, dialogue: QualityDialogue, starts_at: datetime) -> list[str]:
        """What there is to think of about a time that the dialogue might get, clashes apart."""
        day = clock.local(starts_at).date()
        said = self._outside(dialogue, starts_at) + self._odd_hour(starts_at)
        return said + self.national.get(day, [])

    def _passed(self, dialogue: QualityDialogue, starts_at: datetime) -> list[str]:
        if starts_at > clock.now() or starts_at == dialogue.starts_at:
            return []
        return [f"Klockan {time_short(starts_at)} har redan varit i dag."]

    def _outside(self, dialogue: QualityDialogue, starts_at: datetime) -> list[str]:
        first, last = dialogue.school_year.window(dialogue.kind.number)
        if first <= clock.local(starts_at).date() <= last:
            return []
        return [
            f"Dagen ligger utanför perioden för {dialogue.kind.label}, "
            f"{date_medium(first)} till {date_medium(last)}."
        ]

    def _is_far_off(self, dialogue: QualityDialogue, starts_at: datetime) -> bool:
        """Once the window is over every day lies outside: then the coming weeks, in which times are
        suggested, are no slip."""
        today, (_, last) = clock.today(), dialogue.school_year.window(dialogue.kind.number)
        return not last < today <= clock.local(starts_at).date() <= today + WHEN_OVER

    def _odd_hour(self, starts_at: datetime) -> list[str]:
        day, hour = clock.local(starts_at).date(), clock.local(starts_at).hour
        said = []
        if day.weekday() >= SATURDAY:
            said.append(f"Det är en {WEEKDAYS[day.weekday()]}.")
        elif not is_ordinary_working_day(day):
            said.append(f"Det är {holiday_name(day)}.")
        elif day in self.closed:
            said.append("Skolledarna är lediga den dagen, enligt er kalender.")
        if not FIRST_HOUR <= hour < LAST_HOUR:
            said.append(f"Klockan {time_short(starts_at)} ligger utanför vanlig arbetstid.")
        return said

    def _clashing(
        self, dialogue: QualityDialogue, starts_at: datetime, ends_at: datetime
    ) -> list[Booking]:
        return [
            row
            for row in self.about(dialogue)
            if row.starts_at < ends_at and starts_at < row.ends_at
        ]

    def _people(self, dialogue: QualityDialogue) -> dict[int, str]:
        found: dict[int, str] = {}
        for unit in dialogue.units:
            found |= _busy(self._staffing, unit.id, unit.area_id)
        return found


def _busy(staffing: Staffing, unit_id: int, area_id: int | None) -> dict[int, str]:
    people: list[Person | None] = [staffing.leader(unit_id), staffing.lead(unit_id, area_id)]
    return {person.id: person.name for person in people if person}
