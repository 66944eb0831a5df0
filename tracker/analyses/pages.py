"""What the pages of the analysis have in common: whose it is, how a form is shown, and where one goes
afterwards."""

from collections.abc import Iterator
from typing import TypeVar

from flask import abort, render_template, url_for
from werkzeug.wrappers import Response

from tracker.analyses.access import load_analysis
from tracker.analyses.guidance import DEVELOPMENTS, LOCATIONS, guides
from tracker.models import Permission, SituationAnalysis
from tracker.web.forms import Form

Page = Response | str | tuple[str, int]
_Row = TypeVar("_Row")


def to_write(slug: str, year: str) -> SituationAnalysis:
    """The analysis for somebody who writes in it; raises AnalysisLocked when it is adopted."""
    analysis = load_analysis(slug, year, to=Permission.WRITE)
    analysis.must_be_open()
    return analysis


def one(found: Iterator[_Row]) -> _Row:
    """The row, which is there; else 404."""
    row = next(found, None)
    if row is None:
        abort(404)
    return row


def form_page(template: str, form: Form, analysis: SituationAnalysis, **context: object) -> Page:
    """The page of a form: fresh, refused, or beside what somebody else saved meanwhile."""
    status = 409 if form.form_errors else 422 if form.is_submitted() else 200
    cycle = analysis.cycle
    return render_template(
        template,
        form=form,
        analysis=analysis,
        cycle=cycle,
        guides=guides(cycle.owner.kind),
        locations=LOCATIONS,
        developments=DEVELOPMENTS,
        **context,
    ), status


def place(analysis: SituationAnalysis) -> dict[str, str]:
    cycle = analysis.cycle
    return {"slug": cycle.owner.slug, "year": cycle.school_year.slug}


def address(analysis: SituationAnalysis) -> str:
    """The top of its page, where what was done is told."""
    return url_for(".show", **place(analysis))
