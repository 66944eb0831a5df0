"""Din vecka: on the week's first day with mail, what the dialogansvarig needs to know of it.

It also carries everything else there is for her that week, and for whoever has chosen one mail a
week. Its row in the ledger says that the week's mail has been planned."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tracker.auth.grants import Access, Grant, OrganizerChoice
from tracker.clock import local, today
from tracker.cycle import calendar
from tracker.dialogues.agreements import shortened
from tracker.extensions import db
from tracker.models import ReminderKind, ReminderState, Role, Side, SupportRequest
from tracker.models import SupportState as Support
from tracker.notifications.kinds.approvals import HeldDialogue, WaitingApprovals
from tracker.notifications.kinds.base import Due, Kind, Todo, Verdict, day_and_month, plain
from tracker.notifications.office import Office, monday_of, sunday_of
from tracker.organisation.staffing import Person
from tracker.start import open_measures, overview
from tracker.start.addresses import Addresses
from tracker.start.attention import Reason, reasons
from tracker.start.facts import UnitFacts
from tracker.support.carriers import carriers
from tracker.web.security import external_url
from tracker.web.swedish import datetime_long, listing

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

UNITS_NAMED = 3
EXCERPT = 120
NOTHING_TO_TELL = "Inget att berätta den veckan"
WEEK_OVER = "Veckan är över"


@dataclass(frozen=True, slots=True)
class UnitInNeed:
    """A unit to get in touch with, and why: what Start says too."""

    name: str
    leader: str
    url: str
    reasons: list[str]


@dataclass(slots=True)
class WeekLines:
    """What one dialogansvarig is told of the week."""

    number: int
    units: list[UnitInNeed] = field(default_factory=list)
    more_units: int = 0
    dialogues: list[Todo] = field(default_factory=list)
    dialogue_ids: list[int] = field(default_factory=list)
    notes: list[Todo] = field(default_factory=list)
    support: list[Todo] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        return bool(self.units or self.dialogues or self.notes or self.support)

    @property
    def for_others(self) -> "WeekLines":
        """Without the words of a question about support."""
        return replace(self, support=plain(self.support))


@dataclass(frozen=True, slots=True)
class Week:
    """A week as it stands today. `of`: each dialogansvarig's part, by user id."""

    monday: date
    of: dict[int, WeekLines]


class TheWeek(Kind[Week]):
    kind = ReminderKind.WEEK
    absent = WEEK_OVER
    gone = "Din vecka"

    def candidates(self, office: Office, until: date) -> Sequence[Any]:
        return []

    def dues(self, rows: Sequence[Any], office: Office, horizon: date) -> Iterator[Due]:
        for person in office.leads() if office.rules[self.kind] else ():
            yield self.due(person, office)

    def due(self, person: Person, office: Office) -> Due:
        """This week's, for somebody who gets one mail a week."""
        monday, first = monday_of(today()), office.first_of_week(today())
        return Due(self.kind, monday.toordinal(), person, 0, 0, first)

    def read(self, office: Office, ids: Collection[int]) -> dict[int, Week]:
        monday = monday_of(today())
        return {
            ordinal: Week(
                date.fromordinal(ordinal),
                _lines_of_all(office) if ordinal == monday.toordinal() else {},
            )
            for ordinal in ids
        }

    def verdict(
        self, thing: Week, office: Office, recipient_id: int, offset_days: int, date_revision: int
    ) -> Verdict | None:
        lines = thing.of.get(recipient_id)
        if thing.monday != monday_of(today()):
            return ReminderState.SKIPPED, WEEK_OVER
        if lines is None or not lines.says_something:
            return ReminderState.SKIPPED, NOTHING_TO_TELL
        return None

    def tell(self, digest: "Digest", things: list[Week], office: Office) -> None:
        for thing in things:
            if lines := thing.of.get(digest.recipient_id):
                in_detail = {each.id for each in digest.dialogues}
                digest.week = WeekLines(
                    lines.number,
                    lines.units,
                    lines.more_units,
                    [
                        todo
                        for key, todo in zip(lines.dialogue_ids, lines.dialogues, strict=True)
                        if key not in in_detail
                    ],
                    lines.dialogue_ids,
                    lines.notes,
                    lines.support,
                )
            else:
                digest.week = WeekLines(thing.monday.isocalendar().week)

    def names(self, ids: Collection[int]) -> dict[int, str]:
        found = {}
        for ordinal in ids:
            week = date.fromordinal(ordinal).isocalendar()
            found[ordinal] = f"Din vecka {week.week}, {week.year}"
        return found


def _lines_of_all(office: Office) -> dict[int, WeekLines]:
    """Every dialogansvarig's part; five statements, however many they and their units are."""
    staffing, number = office.staffing, today().isocalendar().week
    leads = office.leads() if office.rules[ReminderKind.WEEK] else []
    found = {person.id: WeekLines(number) for person in leads}
    if not found:
        return {}
    whole = Grant(Role.DIALOGUE_LEAD, None, None, False, False, None, None, False)
    access = Access(OrganizerChoice(office.organizer_id, office.name), [], [whole])
    units = overview.units(access, 0, [whole], whole=False, check_ins=True)
    measures = open_measures.measures(access, led=[], worked=[], followed=[whole])
    addresses = Addresses(calendar.slug(calendar.school_year_start(today())), external_url)
    in_need: dict[int, list[tuple[tuple[int, date], int, UnitInNeed]]] = {}
    meetings: dict[int, dict[int, _Meeting]] = {}
    lead_of: dict[int, int] = {}
    for place, unit in enumerate(units):
        lead, leader = staffing.lead(unit.id, unit.area_id), staffing.leader(unit.id)
        if lead is None or lead.id not in found:
            continue
        lead_of[unit.id] = lead.id
        why = reasons(
            unit,
            vacant=leader is None,
            due=[row for row in measures.get(unit.id, ()) if row.is_due],
            day=today(),
            addresses=addresses,
            leads=True,
            alone=leader is not None and leader.id == lead.id,
        )
        if why:
            named = _in_need(unit, leader, why, lead, addresses)
            in_need.setdefault(lead.id, []).append((why[0].order, place, named))
        for row in unit.dialogues:
            if (
                row.starts_at is not None
                and row.is_ahead
                and _is_this_week(local(row.starts_at).date())
            ):
                meeting = meetings.setdefault(lead.id, {}).setdefault(
                    row.id, _Meeting(row.id, row.kind.label, row.starts_at)
                )
                meeting.units.append(unit.name)
    for lead_id, rows in in_need.items():
        rows.sort(key=lambda row: row[:2])
        found[lead_id].units = [named for *_, named in rows[:UNITS_NAMED]]
        found[lead_id].more_units = max(0, len(rows) - UNITS_NAMED)
    for lead_id, mine in meetings.items():
        for meeting in sorted(mine.values(), key=lambda each: (each.starts_at, each.id)):
            found[lead_id].dialogue_ids.append(meeting.id)
            found[lead_id].dialogues.append(meeting.todo)
    _add_notes(office, found)
    _add_support(office, found, lead_of, {unit.id: unit for unit in units})
    return found


@dataclass(slots=True)
class _Meeting:
    id: int
    label: str
    starts_at: Any
    units: list[str] = field(default_factory=list)

    @property
    def todo(self) -> Todo:
        when = datetime_long(self.starts_at)
        return Todo(
            f"{when[0].upper()}{when[1:]}: {self.label} med {listing(self.units)}",
            external_url("dialogues.brief", dialogue_id=self.id),
        )


def _is_this_week(day: date) -> bool:
    return today() <= day <= sunday_of(today())


def _in_need(
    unit: UnitFacts,
    leader: Person | None,
    why: list[Reason],
    lead: Person,
    addresses: Addresses,
) -> UnitInNeed:
    named = leader.name if leader is not None and leader.id != lead.id else ""
    url = addresses.unit(unit.slug) if unit.cycle_id is None else addresses.year(unit.slug)
    return UnitInNeed(unit.name, named, url, [reason.text for reason in why])


def _add_notes(office: Office, found: dict[int, WeekLines]) -> None:
    """The notes that wait for the dialogansvarig herself."""
    waiting = office.once("notes that wait", lambda: WaitingApprovals().waiting(office))
    for thing in sorted(waiting, key=lambda row: (row.day, row.id)):
        for person_id, recipient in office.recipients(thing.units).items():
            if person_id in found and recipient.leads and _waits_for_lead(thing):
                found[person_id].notes.append(WaitingApprovals.todo(thing))


def _waits_for_lead(thing: HeldDialogue) -> bool:
    return Side.ORGANIZER in thing.sides


def _add_support(
    office: Office,
    found: dict[int, WeekLines],
    lead_of: dict[int, int],
    units: dict[int, UnitFacts],
) -> None:
    """The questions about support that nobody has answered."""
    asked = office.once("support asked for", lambda: _asked(office.organizer_id))
    for key, (text, asked_on, unit_ids) in asked.items():
        words = shortened(text, EXCERPT)
        for lead_id in {lead_of[unit_id] for unit_id in unit_ids if unit_id in lead_of}:
            names = [units[unit_id].name for unit_id in unit_ids if lead_of.get(unit_id) == lead_id]
            found[lead_id].support.append(
                Todo(
                    f"{listing(names)} frågar om stöd: {words}",
                    external_url("support.show", request_id=key),
                    f"sedan {day_and_month(asked_on)}",
                    plain=f"{listing(names)} frågar om stöd",
                )
            )


def _asked(organizer_id: int) -> dict[int, tuple[str, date, list[int]]]:
    """(text, since, unit ids) of each question without an answer, by its id. Those who took over from
    the unit that asked carry it on."""
    waits = (
        SupportRequest.organizer_id == organizer_id,
        SupportRequest.state == Support.ASKED,
    )
    about = carriers(*waits)
    asked: dict[int, tuple[str, date, list[int]]] = {}
    for key, text, asked_on, unit_id in db.session.execute(
        sa.select(SupportRequest.id, SupportRequest.text, SupportRequest.asked_on, about.c.unit_id)
        .join(about, about.c.request_id == SupportRequest.id)
        .where(*waits)
        .order_by(SupportRequest.asked_on, SupportRequest.id, about.c.unit_id)
    ):
        asked.setdefault(key, (text, asked_on, []))[2].append(unit_id)
    return asked
