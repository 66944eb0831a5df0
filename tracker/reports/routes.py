"""Reports out of the unit's own rows: Utvecklingsplan as a page that prints well, as Word and as
PDF; and the page of what is adopted."""

import logging

from flask import Blueprint, Response, render_template, request

from tracker.auth.access import current_access, load_cycle, may
from tracker.cycle import calendar
from tracker.dialogues.lists import demand_somewhere
from tracker.extensions import db
from tracker.measures.reading import measures_of
from tracker.measures.taken_up import problems_by_area
from tracker.models import OrganizerGoal, Permission, QualityCycle
from tracker.organisation.staffing import Staffing
from tracker.reports.adopted import adopted_documents, by_year
from tracker.reports.documents import Document, DocumentFailed, pdf_answer, word_answer
from tracker.reports.plan import as_document, basis_of, decided, period_of
from tracker.teams.reading import teams_by_area
from tracker.web.errors import error_page
from tracker.web.logs import log

bp = Blueprint("reports", __name__)


@bp.get("/enheter/<slug>/<year>/utvecklingsplan")
def plan(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.READ)
    listed = measures_of(cycle, with_proposals=False)
    return render_template(
        "reports/plan.html",
        cycle=cycle,
        unit=cycle.owner,
        listed=listed,
        leader=Staffing.load(cycle.organizer_id).leader(cycle.unit_id) if cycle.unit_id else None,
        basis_of=basis_of,
        decided=decided,
        period_of=period_of,
        problems=problems_by_area(cycle, living=False),
        teams=_teams(cycle),
        goals=_goals(cycle),
    )


@bp.get("/enheter/<slug>/<year>/utvecklingsplan.docx")
def plan_word(slug: str, year: str) -> Response:
    cycle = load_cycle(slug, year, to=Permission.READ)
    return word_answer(_plan_document(cycle), f"{_plan_name(cycle)}.docx")


@bp.get("/enheter/<slug>/<year>/utvecklingsplan.pdf")
def plan_pdf(slug: str, year: str) -> Response:
    cycle = load_cycle(slug, year, to=Permission.READ)
    return pdf_answer(_plan_document(cycle), f"{_plan_name(cycle)}.pdf")


def _plan_document(cycle: QualityCycle) -> Document:
    owner = current_access().organizer
    return as_document(
        cycle,
        measures_of(cycle, with_proposals=False),
        problems_by_area(cycle, living=False),
        _teams(cycle),
        owner.name if owner else "",
        _goals(cycle),
    )


def _teams(cycle: QualityCycle) -> dict[int, list[tuple[int, str]]]:
    """Which teams work on which area, for those who read the teams' goals."""
    return teams_by_area(cycle) if may(Permission.TEAMS) else {}


def _goals(cycle: QualityCycle) -> list[OrganizerGoal]:
    """The huvudman's, in its own plan; those of a unit stand in its areas."""
    return OrganizerGoal.of(cycle) if cycle.owner.is_organizer else []


def _plan_name(cycle: QualityCycle) -> str:
    return f"utvecklingsplan-{cycle.owner.slug or 'huvudmannen'}-{cycle.school_year.slug}"


@bp.get("/dokument")
def adopted() -> str:
    """What is adopted, for the nämnd and for everybody who may read it."""
    demand_somewhere(Permission.READ)
    page = adopted_documents(current_access())
    return render_template(
        "reports/adopted.html",
        page=page,
        years=list(by_year(page)),
        slug_of=calendar.slug,
        label_of=calendar.label,
    )


@bp.app_errorhandler(DocumentFailed)
def document_failed(_error: DocumentFailed) -> tuple[str, int]:
    """The file could not be made. What it would have held is on the page that led here."""
    log("document failed", logging.ERROR, exc_info=True, endpoint=request.endpoint)
    db.session.rollback()
    return error_page(503, template="document")
