"""Fördjupad analys: the huvudman lifts the unit, and both sides write what support there is."""

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user

from tracker.analyses.blueprint import bp
from tracker.analyses.forms import DeepenForm, SupportForm
from tracker.analyses.guidance import guides
from tracker.analyses.pages import Page
from tracker.auth.access import load_cycle
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AnalysisDeepening, Permission, QualityCycle
from tracker.web.conflicts import saved
from tracker.web.forms import Form
from tracker.web.notices import notify


@bp.route("/nulagesanalys/fordjupa", methods=["GET", "POST"])
def deepen(slug: str, year: str) -> Page:
    """That the analysis is to be deepened, since when and why."""
    cycle = load_cycle(slug, year, to=Permission.LEAD)
    row = cycle.deepening
    if row is not None and request.method == "POST" and "version" not in request.form:
        notify("Det är redan bestämt. Så här står det nu.", "info")  # pressed twice, or two at once
        return redirect(url_for(".support", slug=slug, year=year))
    form = DeepenForm(obj=row, new=row is None) if row else DeepenForm(new=True, data={"on": today()})  # fmt: skip
    if not form.validate_on_submit():
        return _page("analyses/deepen.html", cycle, form)
    if row is None:
        AnalysisDeepening.decide(cycle, form.on.data, form.reason.data, by=current_user)
        db.session.commit()
    elif not saved(
        form,
        row,
        lambda: row.change(form.on.data, form.reason.data, by=current_user),
        form.NAMES,
    ):
        return _page("analyses/deepen.html", cycle, form)
    notify("Nulägesanalysen ska fördjupas. Skriv nu vilket stöd ni erbjuder.")
    return redirect(url_for(".support", slug=slug, year=year))


@bp.post("/nulagesanalys/fordjupa/ta-tillbaka")
def end_deepening(slug: str, year: str) -> Page:
    """It was not to be after all."""
    cycle = load_cycle(slug, year, to=Permission.LEAD)
    if cycle.deepening is not None:
        cycle.deepening.take_back(by=current_user)
        db.session.commit()
        notify("Det är ångrat. Nulägesanalysen är en vanlig analys igen.")
    return redirect(url_for(".show", slug=slug, year=year))


@bp.route("/nulagesanalys/stod", methods=["GET", "POST"])
def support(slug: str, year: str) -> Page:
    """Stöd i analysen: erbjudet, önskat, givet av; for both sides."""
    cycle = load_cycle(slug, year, to=Permission.CONVERSE)
    row = cycle.deepening or abort(404)
    form = SupportForm(obj=row)
    if form.validate_on_submit() and saved(
        form,
        row,
        lambda: row.describe_support(
            {name: form[name].data for name in row.SUPPORT}, by=current_user
        ),
        AnalysisDeepening.SUPPORT,
    ):
        notify("Stödet i analysen är sparat.")
        return redirect(url_for(".show", slug=slug, year=year))
    return _page("analyses/support.html", cycle, form)


def _page(template: str, cycle: QualityCycle, form: Form) -> Page:
    status = 409 if form.form_errors else 422 if form.is_submitted() else 200
    return render_template(
        template, form=form, cycle=cycle, row=cycle.deepening, guides=guides(cycle.owner.kind)
    ), status
