"""What stands on Start for the person's roles; the most urgent part first, each part only for whom it serves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from tracker.auth.grants import Access, Grant
from tracker.board.access import latest_questions
from tracker.clock import now, today
from tracker.cycle import calendar
from tracker.cycle.calendar import Phase
from tracker.handover.reading import newly_led
from tracker.models import (
    AnalysisState,
    BoardQuestion,
    Judgement,
    Permission,
    QualityDialogue,
    Role,
    Side,
    User,
)
from tracker.organisation.checklist import units_to_staff
from tracker.organisation.roles import LEADERS
from tracker.organisation.staffing import Person, Staffing
from tracker.start import open_measures, overview
from tracker.start.addresses import Addresses
from tracker.start.after_dialogues import AfterDialogues, Unapproved
from tracker.start.attention import Reason, after_dialogues, reasons
from tracker.start.facts import UnitFacts
from tracker.start.meetings import Meeting, of_lead, of_leader
from tracker.start.open_measures import MeasureFacts
from tracker.start.progress import COUNTED, AreaCount, area_title, counts
from tracker.start.todo import HORIZON, LedUnit, Todo, todo
from tracker.teams.reading import OwnTeam, own_teams
from tracker.web import swedish
from tracker.web.paging import Page

FOLLOWERS = (Role.DIALOGUE_LEAD, Role.ORGANIZER_LEAD)
READERS = (*LEADERS, *FOLLOWERS, Role.QUALITY_DEVELOPER, Role.STAFF, Role.BOARD)
VACANT = "Vakant"
LED_TO = {
    Judgement.ACHIEVED: "den väntade effekten kom",
    Judgement.PARTLY: "en del av den väntade effekten kom",
    Judgement.NOT_ACHIEVED: "den väntade effekten uteblev",
    Judgement.NO_EVIDENCE: "det går inte att säga om effekten kom",
}
TODO_SHOWN = 8
NEAREST_DIALOGUES = 4
NEAREST_WITHIN = timedelta(days=42)


@dataclass(frozen=True, slots=True)
class Step:
    """A phase of the läsår, as `ui.stepper` shows it."""

    label: str
    when: str
    state: str
    note: str = ""


def stepper(now_in: Phase | None, *, over: bool = False) -> list[Step]:
    """The five phases with the present one marked; None: the läsår has not begun."""
    phases = list(Phase)
    here = len(phases) if over else phases.index(now_in) if now_in is not None else -1
    states = [
        "done" if n < here else "current" if n == here else "ahead" for n in range(len(phases))
    ]
    return [
        Step(phase.label, phase.when, state) for phase, state in zip(phases, states, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class NextDialogue:
    """The nearest dialogue of a rektor, and with whom."""

    dialogue: QualityDialogue
    with_whom: str | None


@dataclass(frozen=True, slots=True)
class Leading:
    """Rektor's part."""

    units: Sequence[LedUnit]
    todo: Sequence[Todo]
    next_dialogue: NextDialogue | None
    unplaced: Sequence[QualityDialogue]
    meetings: Sequence[Meeting]
    """Her next check-ins."""
    newly_led: Sequence[tuple[str, str]]
    """Slug and name of the units she has begun to lead lately: their handover tells what there is."""

    @property
    def shared_phase(self) -> Phase | None:
        """The phase, when all her units are in the same one."""
        phases = {row.unit.phase for row in self.units}
        return phases.pop() if len(phases) == 1 else None

    @property
    def first_todo(self) -> Sequence[Todo]:
        return self.todo[:TODO_SHOWN]

    @property
    def more_todo(self) -> Sequence[Todo]:
        return self.todo[TODO_SHOWN:]


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


@dataclass(slots=True)
class HomePage:
    """Everything the page shows. A part that is None is not for this person."""

    title: str
    year: str
    """The läsår as in addresses, and `year_label` as people write it."""
    year_label: str
    next_year: str
    """The coming läsår as in addresses, and as people write it."""
    next_label: str
    year_opened: bool
    leading: Leading | None = None
    following: Following | None = None
    totals: dict[Judgement, int] | None = None
    questions_waiting: int = 0
    """Of the board's, for who answers them."""
    feedback_waiting: int = 0
    """Of what principals say of the support, for who answers it."""
    developing: Page[UnitFacts] | None = None
    invited: list[UnitFacts] = field(default_factory=list)
    working: list[tuple[UnitFacts, list[MeasureFacts]]] | None = None
    own_teams: dict[int, list[OwnTeam]] = field(default_factory=dict)
    """By unit. Not for who leads or follows units too: their Start has no statement to spare."""
    board: Page[UnitFacts] | None = None
    questions: Sequence[BoardQuestion] = ()
    """The board's latest."""
    manages: bool = False
    without_leader: list[str] = field(default_factory=list)
    """For who only manages: the units that nobody leads, and those without a dialogansvarig."""
    without_lead: list[str] = field(default_factory=list)

    @property
    def judged(self) -> list[tuple[str, str]]:
        """The totals in words, in the order of the judgements: "Uppnådd", "4 åtgärder: den …". What
        has come of none is said too: that no effect was achieved is worth knowing."""
        totals = self.totals or {}
        return [
            (
                kind.label,
                f"{swedish.count(totals[kind], '1 åtgärd', 'åtgärder')}: {said}"
                if kind in totals
                else "Ingen åtgärd",
            )
            for kind, said in LED_TO.items()
        ]

    @property
    def summary(self) -> str:
        """How many of the units followed need something; that nothing waits only when nothing does."""
        if self.following is None:
            return ""
        waits = self.questions_waiting or self.feedback_waiting
        return self.following.summary if self.following.attention or not waits else ""

    @property
    def counted_kinds(self) -> list[str]:
        return [kind.label for kind in COUNTED]

    @property
    def is_empty(self) -> bool:
        parts = (self.leading, self.following, self.developing, self.working, self.board)
        return not self.manages and all(part is None for part in parts)


def home_page(access: Access, person: User) -> HomePage:
    """Read what the person's roles show."""
    start_year = calendar.school_year_start(today())
    grants = {role: [g for g in access.grants if g.role is role] for role in Role}
    reading = [grant for role in READERS for grant in grants[role]]
    leads = [grant for role in LEADERS for grant in grants[role]]
    follows = [grant for role in FOLLOWERS for grant in grants[role]]
    units = (
        overview.units(
            access,
            person.id,
            reading,
            whole=len(reading) > len(follows),
            check_ins=bool(leads or follows),
        )
        if reading
        else []
    )
    page = HomePage(
        title="Start",
        year=calendar.slug(start_year),
        year_label=calendar.label(start_year),
        next_year=calendar.slug(start_year + 1),
        next_label=calendar.label(start_year + 1),
        year_opened=not units or any(unit.cycle_id is not None for unit in units),
        feedback_waiting=units[0].feedback_waiting if units else 0,
        manages=Permission.MANAGE in access.on_organizer(),
    )
    if leads or follows:
        staffing = Staffing.load(access.organizer_id)
    staff = grants[Role.STAFF]
    if leads or follows or staff:
        measures = open_measures.measures(
            access, led=leads, worked=[*leads, *staff], followed=follows
        )
    responsible = grants[Role.DIALOGUE_LEAD]
    after = (
        AfterDialogues.load(access, person.id, HORIZON, led=leads, leads=responsible)
        if leads or responsible
        else AfterDialogues([], [])
    )
    if leads:
        led = [
            LedUnit(unit, measures.get(unit.id, []), _may_adopt(access, unit))
            for unit in _covered(units, leads)
        ]
        page.leading = _leading(led, page.year, staffing, person, after, newly_led(access))
    if follows:
        page.following = _following(
            _covered(units, follows),
            _covered(units, responsible),
            measures,
            page.year,
            staffing,
            person,
            after,
        )
    if Permission.OVERSEE in access.on_organizer():
        whole = overview.over_the_organizer(access)
        page.totals, page.questions_waiting = whole.judgements, whole.questions
    if developing := grants[Role.QUALITY_DEVELOPER]:
        seen = _covered(units, developing)
        page.invited = [unit for unit in seen if unit.invited and unit.analysis is not None]
        page.developing = Page.of([unit for unit in seen if _is_shared(unit)])
    if staff:
        page.working = [
            (unit, [row for row in measures.get(unit.id, []) if row.is_living])
            for unit in _covered(units, staff)
        ]
        if not leads and not follows:
            page.own_teams = own_teams(access.organizer_id, start_year)
    if board := grants[Role.BOARD]:
        page.board = Page.of([unit for unit in _covered(units, board) if unit.adopted_number])
        page.questions = latest_questions(access)
    if page.manages and not reading:
        page.without_leader, page.without_lead = units_to_staff(access.organizer_id)
    page.title = _title(page, access)
    return page


def _covered(units: Sequence[UnitFacts], grants: Sequence[Grant]) -> list[UnitFacts]:
    return [unit for unit in units if any(grant.covers(unit.id, unit.area_id) for grant in grants)]


def _may_adopt(access: Access, unit: UnitFacts) -> bool:
    return Permission.ADOPT in access.on_unit(unit.id, unit.area_id)


def _is_shared(unit: UnitFacts) -> bool:
    return unit.analysis not in (None, AnalysisState.DRAFT)


def _leading(
    led: Sequence[LedUnit],
    year: str,
    staffing: Staffing,
    person: User,
    after: AfterDialogues,
    new_ones: Sequence[tuple[str, str]],
) -> Leading:
    dialogues = overview.dialogues_of(row.unit for row in led)
    ahead = next((row for row in dialogues if row.is_ahead), None)
    following = None
    if ahead is not None:
        unit = ahead.units[0]
        lead = staffing.lead(unit.id, unit.area_id)
        following = NextDialogue(ahead, lead.name if lead and lead.id != person.id else None)
    unplaced = [row for row in dialogues if row.starts_at is None and not row.is_cancelled]
    meetings = of_leader(
        [row.unit for row in led], staffing, person.id, today(), Addresses.of(year)
    )
    return Leading(led, todo(led, dialogues, year, after), following, unplaced, meetings, new_ones)


def _following(
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
    """Its name, address and day; the last two are None when none has a time."""
    upcoming = unit.next_dialogue
    if upcoming is None or upcoming.starts_at is None:
        return ("Ingen tid än" if unit.waits_for_time else "–"), None, None
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


def _title(page: HomePage, access: Access) -> str:
    """What the page is about: one unit, one area or the whole organizer, and the läsår."""
    subject = None
    parts = [part for part in (page.leading, page.following, page.working) if part is not None]
    if len(parts) == 1:
        if page.leading and len(page.leading.units) == 1:
            subject = page.leading.units[0].unit.name
        elif page.working and len(page.working) == 1:
            subject = page.working[0][0].name
        elif page.following and page.totals is None and len(page.following.areas) == 1:
            subject = page.following.areas[0].title
        elif page.totals is not None and access.organizer:
            subject = access.organizer.name
    elif not parts and not page.is_empty and access.organizer:
        subject = access.organizer.name
    if subject:
        return f"{subject}, läsåret {page.year_label}"
    return f"Läsåret {page.year_label}" if not page.is_empty else "Välkommen till Varvet"
