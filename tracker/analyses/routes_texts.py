"""Tidigare lydelser: every text that was saved in the analysis, for those who write in it; and where its
causes lie, year by year."""

from flask import abort, render_template

from tracker.analyses.access import load_analysis
from tracker.analyses.blueprint import bp
from tracker.analyses.own_work import years_of
from tracker.analyses.reading import sees_share
from tracker.analyses.texts import AnalysisText, Passages
from tracker.auth.access import load_cycle, may
from tracker.models import CauseLocation, Permission
from tracker.web.paging import Page

PAGE_SIZE = 20


@bp.get("/nulagesanalys/tidigare-lydelser")
def texts(slug: str, year: str) -> str:
    """Every text of the analysis, with who wrote it last."""
    analysis = load_analysis(slug, year, to=Permission.WRITE)
    return render_template(
        "analyses/texts.html",
        cycle=analysis.cycle,
        analysis=analysis,
        passages=Passages.load(analysis.id),
    )


@bp.get("/nulagesanalys/tidigare-lydelser/<slot>")
def text(slug: str, year: str, slot: str) -> str:
    """One text in all its versions, the newest first."""
    analysis = load_analysis(slug, year, to=Permission.WRITE)
    passage = Passages.load(analysis.id).at(slot) or abort(404)
    return render_template(
        "analyses/text.html",
        cycle=analysis.cycle,
        analysis=analysis,
        passage=passage,
        page=Page.select(AnalysisText.of(passage.key, analysis.id), PAGE_SIZE),
    )


@bp.get("/nulagesanalys/orsaker-ar-for-ar")
def own_work(slug: str, year: str) -> str:
    """Where the unit's causes lie; the numbers are the unit's own."""
    cycle = load_cycle(slug, year, to=Permission.READ)
    seen = sees_share(cycle)
    return render_template(
        "analyses/own_work.html",
        cycle=cycle,
        seen=seen,
        years=years_of(cycle, living=may(Permission.WRITE)) if seen else [],
        locations=CauseLocation.of(is_organizer=False),
    )
