"""Effekter of a unit and läsår, and the assessment of one measure's effect."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import current_year, load_cycle, load_measure, may
from tracker.clock import today
from tracker.evaluation.forms import EffectForm
from tracker.evaluation.models import AlreadyContinued
from tracker.evaluation.next_year import NextYear
from tracker.evaluation.reading import effects_of
from tracker.extensions import db
from tracker.measures.reading import seen_from, versions_of
from tracker.measures.states import IllegalTransition
from tracker.models import EffectAssessment, Measure, Permission, SchoolYear, Term
from tracker.web.conflicts import too_late
from tracker.web.notices import notify
from tracker.web.swedish import date_medium

bp = Blueprint("evaluation", __name__)

Page = str | tuple[str, int] | Response

ALREADY_CONTINUED = (
    "En ny version av åtgärden är redan beslutad, så den här är justerad. Vill ni något annat "
    "avbryter ni först den nya versionen."
)


@bp.get("/enheter/<slug>/<year>/effekter")
def index(slug: str, year: str) -> str:
    cycle = load_cycle(slug, year, to=Permission.READ)
    return render_template(
        "evaluation/index.html", cycle=cycle, unit=cycle.owner, effects=effects_of(cycle)
    )


@bp.get("/enheter/<slug>/<year>/nytt-lasar")
def next_year(slug: str, year: str) -> str:
    """What the läsår opens with, and what is still to be decided of what was before."""
    cycle = load_cycle(slug, year, to=Permission.READ)
    return render_template(
        "evaluation/next_year.html", cycle=cycle, unit=cycle.owner, opens=NextYear.load(cycle)
    )


@bp.route("/atgarder/<int:measure_id>/effekt", methods=["GET", "POST"])
def assess(measure_id: int) -> Page:
    """Assess in the läsår that holds today, or revise what was assessed in it."""
    measure = load_measure(measure_id, to=Permission.WRITE)
    year = current_year(measure.organizer_id)
    if year is None:
        return render_template("evaluation/no_year.html", measure=measure)
    term = _term(measure)
    current = EffectAssessment.current(measure, year, term)
    if measure.is_draft or (current is None and not measure.is_assessable):
        return _nothing_to_assess(measure)
    form = EffectForm(obj=current, data={"version": current.number if current else 0})
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return _page(measure, year, term, current, form), status
    try:
        made = EffectAssessment.make(
            measure, year, by=current_user, revises=form.version.data, term=term, **form.values()
        )
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        current = EffectAssessment.current(measure, year, term)
        stored = {name: getattr(current, name) for name in form.NAMES} if current else {}
        form.show_newer(stored, current.number if current else 0)
        return _page(measure, year, term, current, form), 409
    except AlreadyContinued:
        db.session.rollback()
        form.refuse("decision", ALREADY_CONTINUED)
        return _page(measure, year, term, current, form), 422
    except IllegalTransition:
        db.session.rollback()
        return _nothing_to_assess(measure)
    return _onward(measure, made)


def _onward(measure: Measure, made: EffectAssessment) -> Response:
    """To the good example that has no effect to show any longer, to the new version when there is one
    to write, to what others may learn when that was ticked, else back to Effekter."""
    unit, year = seen_from(measure)
    again = measure.continued_by
    example = measure.example
    if example is not None and example.is_published and example.is_outdated:
        notify("Bedömningen är sparad. Åtgärden är publicerad som gott exempel: se över det.")
        return redirect(url_for("examples.show", example_id=example.id))
    if again is not None and again.is_draft and made.number == 1:
        notify("Bedömningen är sparad. Den nya versionen ligger som förslag: skriv vad som ändras.")
        return redirect(url_for("measures.edit", measure_id=again.id))
    if made.tip and made.judgement.has_effect and example is None and may(Permission.ADOPT):
        notify("Bedömningen är sparad. Berätta nu för andra hur ni gjorde, när ni har tid.")
        return redirect(url_for("examples.publish", measure_id=measure.id))
    if made.judgement.is_final:
        again_on = f" Den bedöms igen från {date_medium(made.next_date)}." if made.next_date else ""
        notify(f"Bedömningen av ”{measure.title}” är sparad.{again_on}")
    else:
        day = date_medium(made.next_date)
        notify(f"Bedömningen är sparad. Du får ingen påminnelse om åtgärden före {day}.")
    return redirect(url_for("evaluation.index", slug=unit.slug, year=year.slug))


def _term(measure: Measure) -> Term:
    """The läsår, or where the unit assesses per term today's, unless the address asks for the autumn
    that has been."""
    if measure.is_organizers or not any(unit.assessed_per_term for unit in measure.units):
        return Term.YEAR
    return Term.AUTUMN if request.args.get("termin") == "host" else Term.on(today())


def _nothing_to_assess(measure: Measure) -> Response | tuple[str, int]:
    why = (
        "Åtgärden behöver beslutas innan effekten kan bedömas."
        if measure.is_draft
        else "Åtgärden är avbruten eller ersatt av en ny version. Det finns ingen effekt att bedöma."
    )
    if request.method == "POST":  # it was cancelled while they wrote
        return too_late(why)
    notify(why, "info")
    return redirect(url_for("measures.show", measure_id=measure.id))


def _page(
    measure: Measure,
    year: SchoolYear,
    term: Term,
    current: EffectAssessment | None,
    form: EffectForm,
) -> str:
    unit, _ = seen_from(measure)
    versions = versions_of(measure)
    return render_template(
        "evaluation/assess.html",
        measure=measure,
        unit=unit,
        year=year,
        term=term,
        current=current,
        earlier=[
            (version, row)
            for version in versions
            for row in version.assessments
            if row.superseded_at is None and row is not current and row.judgement.is_final
        ],
        form=form,
    )
