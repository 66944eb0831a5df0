"""Taking a stand on what stood in an earlier analysis, one problem at a time."""

from flask import abort, redirect, request, url_for
from flask_login import current_user

from tracker.analyses.access import writes_by_invitation
from tracker.analyses.blueprint import bp
from tracker.analyses.earlier import EarlierProblem
from tracker.analyses.forms import TakeOverForm
from tracker.analyses.pages import Page, address, form_page, place, to_write
from tracker.analyses.reading import what_was_done
from tracker.analyses.rollover import waiting_for
from tracker.analyses.snapshot import origin_of
from tracker.extensions import db
from tracker.models import Problem, SituationAnalysis
from tracker.web.notices import notify
from tracker.web.swedish import count


@bp.route("/nulagesanalys/fran-tidigare/<int:earlier_id>", methods=["GET", "POST"])
def take_over(slug: str, year: str, earlier_id: int) -> Page:
    """Kvarstår, förändrat or löst, and how it looks now."""
    analysis = to_write(slug, year)
    waiting = waiting_for(analysis, drafts=not writes_by_invitation(analysis))
    earlier = next((problem for problem in waiting if problem.id == earlier_id), None)
    if earlier is None:
        return _stands_already(analysis, earlier_id)
    form = TakeOverForm()
    if not form.validate_on_submit():
        return form_page(
            "analyses/take_over.html",
            form,
            analysis,
            earlier=EarlierProblem.read(earlier, analysis),
            measures=what_was_done(earlier, analysis.cycle),
            origin=origin_of(earlier, analysis),
            left=len(waiting),
        )
    problem = analysis.take_over(
        earlier, form.development.data, form.state_now.data, by=current_user
    )
    db.session.commit()
    notify(_receipt(problem))
    rest = [row for row in waiting if row is not earlier]
    if "then_next" in request.form and rest:
        return redirect(url_for(".take_over", **place(analysis), earlier_id=rest[0].id))
    return redirect(address(analysis))


def _receipt(problem: Problem) -> str:
    if problem.is_solved:
        return "Problemet står i årets analys som löst."
    causes = count(len(problem.causes), "en orsak", "orsaker", words=True)
    brought = f" med {causes}" if problem.causes else ""
    return f"Problemet är med i årets analys{brought}. Skriv om det som har ändrats."


def _stands_already(analysis: SituationAnalysis, earlier_id: int) -> Page:
    """Pressed twice, or somebody else was first: shown as it stands. Anything else is not there."""
    if all(problem.follows_id != earlier_id for problem in analysis.problems):
        abort(404)
    notify("Det är redan bestämt. Så här står det nu; du kan ändra det.", "info")
    return redirect(address(analysis))
