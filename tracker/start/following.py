"""Start for who follows units, as their dialogansvarig or skolchef: every unit once, with what waits there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from tracker.clock import now, today
from tracker.models import Side, User
from tracker.organisation.staffing import Person, Staffing
from tracker.start.addresses import Addresses
from tracker.start.after_dialogues import AfterDialogues, Unapproved
from tracker.start.attention import Reason, after_dialogues, reasons
from tracker.start.facts import UnitFacts
from tracker.start.meetings import Meeting, of_lead
from tracker.start.open_measures import MeasureFacts
from tracker.start.progress import AreaCount, area_title, counts
from tracker.web import swedish
from tracker.web.paging import Page

VACANT = "Vakant"
NEAREST_DIALOGUES = 4
NEAREST_WITHIN = timedelta(days=42)


@dataclass(slots=True)
class FollowedUnit:
    """A unit as its dialogansvarig or skolchef sees it."""

    unit: UnitFacts
    cells: tuple[str, str, str, str, str, str | None, str | None]
    """Address, name, leader, phase, the next dialogue's name, its address and its day: words made
    here, since a template that asks row after row for them costs as much as the database."""
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A dialogue ahead, with the units it covers."""

    id: int
    title: str
    starts_at: datetime
    units: list[str]


@dataclass(frozen=True, slots=True)
class FollowedArea:
    """The units of an area on the page. `title` is None for those without an area."""

    title: str | None
    units: list[FollowedUnit]

    @property
    def heading(self) -> str:
        """Such as "Enheter i område Norr", be the area called "Norr" or "Område Norr"."""
        if self.title is None:
            return "Enheter utan område"
        if self.title.startswith("Område "):
            return f"Enheter i område {self.title.removeprefix('Område ')}"
        return f"Enheter i {self.title}"


@dataclass(frozen=True, slots=True)
class Following:
    """The dialogansvarig's and the skolchef's part: every unit once, area by area."""

    page: Page[FollowedUnit]
    attention: int
    """How many of all units have something that waits."""
    areas: list[FollowedArea]
    nearest: list[Appointment]
    """Of the units whose dialogansvarig she is."""
    meetings: list[Meeting]
    """Whom she is to check in with by now."""
    counts: list[AreaCount]
    """How far the dialogues of the läsår have come."""
    closed: list[tuple[str, str]]
    """Address and words of notes that wait for her, of units that have closed: they have no row."""
    vacant: list[tuple[str, str]]
    """Address and name of the units that nobody leads."""

    @property
    def summary(self) -> str:
        """How many of the units need something, as a sentence."""
        if not self.attention:
            return "Inget väntar på dig just nu." if self.page.total and not self.closed else ""
        counted = swedish.count(
            self.attention,
            "En enhet har något som väntar. Den står",
            "enheter har något som väntar. De står",
            words=True,
        )
        where = "först i sitt område" if len(self.areas) > 1 else "först"
        return f"{counted[:1].upper()}{counted[1:]} {where}, med skälet."


def following(
    units: Sequence[UnitFacts],
    in_scope: Sequence[UnitFacts],
    measures: dict[int, list[MeasureFacts]],
    year: str,
    staffing: Staffing,
    person: User,
    after: AfterDialogues,
) -> Following:
    """`in_scope`: the units that her role as dialogansvarig covers. She is it for those where nobody is
    nearer; of the others she sees what Start shows a skolchef."""
    addresses, day, me = Addresses.of(year), today(), person.id  # asked once: it may be a proxy
    leads = [unit for unit in in_scope if _is_lead(me, staffing, unit)]
    own = {unit.id for unit in leads}
    rows = []
    for unit in units:
        leader = staffing.leader(unit.id)
        due = [row for row in measures.get(unit.id, ()) if row.is_due]
        vacant = leader is None
        found = reasons(
            unit,
            vacant=vacant,
            due=due,
            day=day,
            addresses=addresses,
            leads=unit.id in own,
            alone=leader is not None and leader.id == me,
        )
        if unit.id in own:
            left = after_dialogues(after, unit.id, vacant=vacant, day=day, addresses=addresses)
            found = sorted([*left, *found], key=lambda reason: reason.order)
        rows.append(
            FollowedUnit(
                unit,
                (
                    addresses.unit(unit.slug)
                    if unit.cycle_id is None
                    else addresses.year(unit.slug),
                    unit.name,
                    _leader_words(leader),
                    unit.phase.label,
                    *_next_dialogue(unit, addresses),
                ),
                found,
            )
        )
    rows.sort(key=_by_area_and_need)
    page = Page.of(rows)
    areas = [
        FollowedArea(area_title(name) if name else None, list(group))
        for name, group in groupby(page.items, key=lambda row: row.unit.area_name)
    ]
    return Following(
        page,
        sum(bool(row.reasons) for row in rows),
        areas,
        _nearest(leads),
        of_lead(leads, staffing, me, day, addresses),
        counts([row.unit for row in rows]),
        _of_closed_units(after, staffing, me, addresses),
        [row.cells[:2] for row in rows if row.cells[2] == VACANT],
    )


def _is_lead(person_id: int, staffing: Staffing, unit: UnitFacts) -> bool:
    lead = staffing.lead(unit.id, unit.area_id)
    return lead is not None and lead.id == person_id


def _of_closed_units(
    after: AfterDialogues, staffing: Staffing, person_id: int, addresses: Addresses
) -> list[tuple[str, str]]:
    found: dict[int, list[Unapproved]] = {}
    for row in after.unapproved:
        lead = staffing.lead(row.unit_id, row.area_id)
        if not row.is_open and lead is not None and lead.id == person_id:
            found.setdefault(row.dialogue_id, []).append(row)
    return [
        (
            addresses.notes(key),
            f"Minnesanteckningarna från {notes[0].kind.label} väntar på ditt godkännande: "
            f"{swedish.listing([row.unit for row in notes])}",
        )
        for key, notes in found.items()
        if Side.ORGANIZER in notes[0].sides
    ]


def _leader_words(leader: Person | None) -> str:
    if leader is None:
        return VACANT
    return f"Tf. rektor {leader.name}" if leader.acting else leader.name


def _next_dialogue(unit: UnitFacts, addresses: Addresses) -> tuple[str, str | None, str | None]:
    """Its name, address and day; the last two are None when none has a time. That one is cancelled is
    said until its day has been, when no other is to come."""
    upcoming = unit.next_dialogue
    if upcoming is None or upcoming.starts_at is None:
        if unit.waits_for_time:
            return "Ingen tid än", None, None
        off = any(row.cancelled and (not row.day or row.day >= today()) for row in unit.dialogues)
        return ("Inställd" if off else "–"), None, None
    address = addresses.dialogue(upcoming.id)
    return upcoming.kind.label, address, swedish.date_short(upcoming.starts_at)


def _by_area_and_need(row: FollowedUnit) -> tuple[Any, ...]:
    """Area by area; in each those that need something first, the most pressing of them on top. The
    rest stay in the Swedish order they came in."""
    need = (0, *row.reasons[0].order) if row.reasons else (1,)
    return row.unit.area_sort_key, row.unit.area_id or 0, need


def _nearest(units: Sequence[UnitFacts]) -> list[Appointment]:
    """The dialogues of the next weeks; when there are none, the one that comes first."""
    found: dict[int, Appointment] = {}
    for unit in units:
        for row in unit.dialogues:
            if row.is_ahead and row.starts_at is not None:
                if row.id not in found:
                    found[row.id] = Appointment(row.id, row.kind.label, row.starts_at, [])
                found[row.id].units.append(unit.name)
    ahead = sorted(found.values(), key=lambda row: row.starts_at)
    soon = [row for row in ahead if row.starts_at <= now() + NEAREST_WITHIN]
    return (soon or ahead[:1])[:NEAREST_DIALOGUES]
