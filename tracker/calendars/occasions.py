"""The dialogues as a calendar shows them: when, where, about which units, and who takes part today."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import DialogueState, DialogueUnit, QualityDialogue, SchoolUnit, SchoolYear
from tracker.organisation.staffing import Person, Staffing
from tracker.web.swedish import listing


@dataclass(frozen=True, slots=True)
class Occasion:
    """One dialogue with a time; outlives the transaction it was read in."""

    dialogue_id: int
    label: str
    """Which of the two: "Dialog 1"."""
    year: str
    starts_at: datetime
    ends_at: datetime
    place: str
    others: str
    """Who else takes part, as somebody wrote it."""
    units: dict[int, str]
    people: dict[int, Person]
    """Who takes part by role, by user id: the units' leaders, then the dialogansvariga. A vacant unit
    is there with its dialogansvarig alone."""
    lead_ids: frozenset[int]

    @property
    def title(self) -> str:
        return f"{self.label}: {listing(list(self.units.values()))}"

    @property
    def lead_names(self) -> str:
        return listing([person.name for key, person in self.people.items() if key in self.lead_ids])

    @property
    def participants(self) -> str:
        """Everybody, as running text."""
        names = listing([person.name for person in self.people.values()])
        others = " ".join(self.others.split())
        return f"{names}. Fler: {others}" if others else names

    @property
    def fingerprint(self) -> str:
        """Of everything that people see in their calendars. Addresses of pages and our own words are
        not among it: another BASE_URL or a new version of Varvet is no news about a dialogue."""
        facts = [
            self.title,
            self.year,
            self.starts_at.isoformat(),
            self.ends_at.isoformat(),
            self.place,
            self.others,
            sorted((person.email, person.name) for person in self.people.values()),
            self.lead_names,
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def occasions(
    organizer_id: int, staffing: Staffing, *which: sa.ColumnElement[bool]
) -> dict[int, Occasion]:
    """The organizer's placed dialogues, not the cancelled ones, by their ids and in the order of their
    time; about the units that have not been closed. One statement."""
    rows = db.session.execute(
        sa.select(
            QualityDialogue.id,
            QualityDialogue.kind,
            SchoolYear.start_year,
            QualityDialogue.starts_at,
            QualityDialogue.ends_at,
            QualityDialogue.place,
            QualityDialogue.participants,
            SchoolUnit.id.label("unit_id"),
            SchoolUnit.area_id,
            SchoolUnit.name,
        )
        .join(SchoolYear, SchoolYear.id == QualityDialogue.school_year_id)
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .join(SchoolUnit, SchoolUnit.id == DialogueUnit.unit_id)
        .where(
            QualityDialogue.organizer_id == organizer_id,
            QualityDialogue.state != DialogueState.CANCELLED,
            QualityDialogue.starts_at.is_not(None),
            sa.or_(SchoolUnit.closed_on.is_(None), SchoolUnit.closed_on >= today()),
            *which,
        )
        .order_by(QualityDialogue.starts_at, QualityDialogue.id, SchoolUnit.sort_key, SchoolUnit.id)
    )
    by_dialogue: dict[int, list[sa.Row]] = {}
    for row in rows:
        by_dialogue.setdefault(row.id, []).append(row)
    return {key: _occasion(units, staffing) for key, units in by_dialogue.items()}


def _occasion(rows: list[sa.Row], staffing: Staffing) -> Occasion:
    first = rows[0]
    leaders = _by_id(staffing.leader(row.unit_id) for row in rows)
    leads = _by_id(staffing.lead(row.unit_id, row.area_id) for row in rows)
    return Occasion(
        dialogue_id=first.id,
        label=first.kind.label,
        year=calendar.label(first.start_year),
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        place=first.place,
        others=first.participants,
        units={row.unit_id: row.name for row in rows},
        people=leaders | leads,
        lead_ids=frozenset(leads),
    )


def _by_id(people: Iterable[Person | None]) -> dict[int, Person]:
    return {person.id: person for person in people if person is not None}
