"""Two adopted versions of an analysis beside each other."""

from flask import abort, render_template, request

from tracker.analyses.access import load_analysis
from tracker.analyses.blueprint import bp
from tracker.analyses.comparing import compare
from tracker.models import Permission


@bp.get("/nulagesanalys/jamfor")
def compare_versions(slug: str, year: str) -> str:
    """?fran=1&till=2; what is not said is the latest, and the one before it."""
    analysis = load_analysis(slug, year, to=Permission.READ)
    versions = {version.number: version for version in analysis.versions}
    if len(versions) < 2:
        abort(404)
    after = versions.get(request.args.get("till", max(versions), type=int)) or abort(404)
    wanted = request.args.get("fran", max(1, after.number - 1), type=int)
    before = versions.get(wanted) or abort(404)
    return render_template(
        "analyses/compare.html",
        analysis=analysis,
        cycle=analysis.cycle,
        before=before,
        after=after,
        sections=compare(analysis, before, after),
    )
