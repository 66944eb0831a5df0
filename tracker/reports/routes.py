"""Reports out of the unit's own rows: Utvecklingsplan as a page that prints well, and as Word."""

from flask import Blueprint, Response, render_template

from tracker.auth.access import current_access, load_cycle
from tracker.measures.reading import measures_of
from tracker.models import Permission
from tracker.organisation.staffing import Staffing
from tracker.reports.documents import word_answer
from tracker.reports.plan import as_document, basis_of, decided, period_of

bp = Blueprint("reports", __name__)


@bp.get("/enheter/<slug>/<year>/utvecklingsplan")
def plan(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.READ)
    listed = measures_of(cycle, with_proposals=False)
    return render_template(
        "reports/plan.html",
        cycle=cycle,
        unit=cycle.unit,
        listed=listed,
        leader=Staffing.load(cycle.organizer_id).leader(cycle.unit_id),
        basis_of=basis_of,
        decided=decided,
        period_of=period_of,
    )


@bp.get("/enheter/<slug>/<year>/utvecklingsplan.docx")
def plan_word(slug: str, year: str) -> Response:
    cycle = load_cycle(slug, year, to=Permission.READ)
    listed = measures_of(cycle, with_proposals=False)
    owner = current_access().organizer
    document = as_document(cycle, listed, owner.name if owner else "")
    return word_answer(document, f"utvecklingsplan-{cycle.unit.slug}-{cycle.school_year.slug}.docx")
