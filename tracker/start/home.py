"""What stands on Start for the person's roles; the most urgent part first, each part only for whom it serves."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.auth.grants import Access, Grant
from tracker.board.access import latest_questions
from tracker.clock import today
from tracker.cycle import calendar
from tracker.handover.reading import newly_led
from tracker.models import (
    AnalysisState,
    BoardQuestion,
    Judgement,
    Permission,
    Role,
    User,
)
from tracker.organisation.checklist import units_to_staff
from tracker.organisation.roles import LEADERS
from tracker.organisation.staffing import Staffing
from tracker.start import open_measures, overview
from tracker.start.after_dialogues import AfterDialogues
from tracker.start.facts import UnitFacts
from tracker.start.following import Following, following
from tracker.start.leading import Leading, leading
from tracker.start.open_measures import MeasureFacts
from tracker.start.progress import COUNTED
from tracker.start.todo import HORIZON, LedUnit
from tracker.teams.reading import OwnTeam, own_teams
from tracker.web import swedish
from tracker.web.paging import Page

FOLLOWERS = (Role.DIALOGUE_LEAD, Role.ORGANIZER_LEAD)
READERS = (*LEADERS, *FOLLOWERS, Role.QUALITY_DEVELOPER, Role.STAFF, Role.BOARD)
LED_TO = {
    Judgement.ACHIEVED: "den väntade effekten kom",
    Judgement.PARTLY: "en del av den väntade effekten kom",
    Judgement.NOT_ACHIEVED: "den väntade effekten uteblev",
    Judgement.NO_EVIDENCE: "det går inte att säga om effekten kom",
}


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
        page.leading = leading(led, page.year, staffing, person, after, newly_led(access))
    if follows:
        page.following = following(
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
