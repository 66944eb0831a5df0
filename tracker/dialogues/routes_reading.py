"""The pages that show dialogues: mine, one of them, a unit's two, and the brief."""

import sqlalchemy as sa
from flask import Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirect

from tracker.audit.history import history_of
from tracker.auth.access import current_access, load_cycle, load_dialogue, may
from tracker.clock import today
from tracker.dialogues import lists
from tracker.dialogues.access import load_joined
from tracker.dialogues.answering import AboutProposal
from tracker.dialogues.brief import LESSON_LENGTH, Brief
from tracker.dialogues.brief_analysis import in_short
from tracker.dialogues.brief_document import (
    AGREED_COLUMNS,
    NOTHING_AGREED,
    as_document,
    file_name,
)
from tracker.dialogues.diary import Diary
from tracker.dialogues.forms import last_day_to_meet
from tracker.dialogues.last_time import AgreedBefore, still_open
from tracker.dialogues.lists import People, When
from tracker.dialogues.models import ORGANIZERS_TOPICS_DAYS
from tracker.dialogues.preparation import PreparationFacts, steps
from tracker.dialogues.prepared import prepared
from tracker.dialogues.sides import Table
from tracker.models import (
    NationalMeeting,
    Permission,
    QualityCycle,
    QualityDialogue,
    Side,
)
from tracker.organisation.staffing import Staffing
from tracker.reports.documents import pdf_answer
from tracker.web.paging import Page

PAGE_SIZE = 50


def index() -> str:
    lists.demand_somewhere(Permission.FOLLOW)
    area_id = request.args.get("omrade", type=int)
    criterion = lists.involving(Permission.FOLLOW, area_id)
    years = lists.years(lists.involving(Permission.FOLLOW))
    year = lists.chosen_year(years)
    page = Page.of(lists.ids_by_time(year, criterion) if year else [], PAGE_SIZE)
    rows = lists.lines(lists.load(page.items))
    access = current_access()
    oversees = Permission.FOLLOW in access.on_organizer()
    return render_template(
        "dialogues/index.html",
        years=years,
        year=year,
        areas=lists.areas(),
        area_id=area_id,
        page=page,
        groups=[(when, [row for row in rows if row.when is when]) for when in When],
        oversees=oversees,
        national=NationalMeeting.next_of(access.organizer_id) if oversees else None,
        plans=any(Permission.LEAD in row.role.grants for row in access.grants),
        Side=Side,
    )


def show(dialogue_id: int) -> str | Redirect:
    """One that was joined into another leads on to that one."""
    try:
        dialogue = load_dialogue(
            dialogue_id, Permission.FOLLOW, sa.orm.joinedload(QualityDialogue.joined)
        )
    except NotFound:
        into = load_joined(dialogue_id, to=Permission.FOLLOW)
        return redirect(url_for("dialogues.show", dialogue_id=into.id))
    staffing = _staffing_on(dialogue)
    begun = dialogue.has_been
    checklist = [] if begun else steps(dialogue, PreparationFacts.load([dialogue]))
    sides = [
        side
        for side, permission in (
            (Side.ORGANIZER, Permission.LEAD),
            (Side.PRINCIPAL, Permission.WRITE),
        )
        if may(permission)
    ]
    people = People.of(dialogue, staffing)
    concerns, about_proposal = _about_time(dialogue, staffing)
    return render_template(
        "dialogues/show.html",
        dialogue=dialogue,
        people=people,
        checklist=checklist,
        prepared=prepared(dialogue) if begun else [],
        own_sides=sides,
        asks_as=_asks_as(sides, people),
        sides=sides + [side for side in Side if side not in sides],
        next_step=next(
            (row for side in sides for row in checklist if row.side is side and not row.done), None
        ),
        concerns=concerns,
        about_proposal=about_proposal,
        table=_table(dialogue, staffing),
        events=history_of(dialogue),
        last_day_to_meet=last_day_to_meet,
        organizers_due=dialogue.due(ORGANIZERS_TOPICS_DAYS),
        Side=Side,
    )


def _asks_as(sides: list[Side], people: People) -> Side | None:
    """The side for which the person may ask the other something, if there is somebody to answer."""
    if len(sides) == len(Side) and not people.leaders:
        return None
    return next(iter(sides), None)


def _staffing_on(dialogue: QualityDialogue) -> Staffing:
    """Who takes part: those who held the roles on the day, once it has been."""
    return Staffing.load(dialogue.organizer_id, lists.day_of_people(dialogue))


def _table(dialogue: QualityDialogue, on_the_day: Staffing) -> Table:
    """Who approves the notes: those who have the roles today, whoever had them on the day."""
    waits = dialogue.is_held and not dialogue.is_approved
    return Table.of(dialogue, Staffing.load(dialogue.organizer_id) if waits else on_the_day)


def _about_time(
    dialogue: QualityDialogue, staffing: Staffing
) -> tuple[list[str], AboutProposal | None]:
    """What the one who plans should think of about the time, and about the one that is proposed; nobody
    else is bothered with it."""
    proposal = dialogue.open_proposal
    days = [dialogue.day] if dialogue.is_ahead and dialogue.day else []
    days += [proposal.day] if proposal else []
    if not may(Permission.LEAD) or not days:
        return [], None
    diary = Diary.load(dialogue.organizer_id, staffing, min(days), max(days))
    concerns = diary.concerns(dialogue) if dialogue.is_ahead else []
    return concerns, AboutProposal.of(proposal, diary) if proposal else None


def of_unit(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.FOLLOW)
    return render_template(
        "dialogues/of_unit.html",
        cycle=cycle,
        unit=cycle.unit,
        year=cycle.school_year,
        lines=lists.lines(lists.of_cycle(cycle)),
        followed=_followed(cycle),
        Side=Side,
    )


def _followed(cycle: QualityCycle) -> list[AgreedBefore]:
    """What is open since dialogues of units that this one has taken over from; in the läsår that are
    not over, for those who carry it on."""
    if not may(Permission.CONVERSE) or cycle.school_year.last_day < today():
        return []
    return [row for row in still_open(cycle.unit_id) if row.origin(cycle.unit_id)]


def brief(dialogue_id: int) -> str:
    brief = _brief(dialogue_id)
    return render_template(
        "dialogues/brief.html",
        dialogue=brief.dialogue,
        brief=brief,
        agreed_columns=AGREED_COLUMNS,
        nothing_agreed=NOTHING_AGREED,
        in_short=in_short,
        LESSON_LENGTH=LESSON_LENGTH,
        Side=Side,
    )


def brief_pdf(dialogue_id: int) -> Response:
    """The same, as a PDF file."""
    brief = _brief(dialogue_id)
    organizer = current_access().organizer
    document = as_document(brief, organizer.name if organizer else "")
    return pdf_answer(document, f"{file_name(brief.dialogue)}.pdf")


def _brief(dialogue_id: int) -> Brief:
    dialogue = load_dialogue(dialogue_id, to=Permission.FOLLOW)
    return Brief.load(dialogue, People.of(dialogue, _staffing_on(dialogue)))
