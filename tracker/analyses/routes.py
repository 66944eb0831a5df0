"""The page of the analysis, how it is written, shared, adopted and opened again, and its versions."""

from collections.abc import Iterator
from typing import TypeVar

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.analyses.access import developers_of, find_analysis, load_analysis
from tracker.analyses.document import as_document
from tracker.analyses.forms import (
    AdoptForm,
    CauseForm,
    InviteForm,
    ParticipationForm,
    ProblemForm,
    ReopenForm,
    ResultsForm,
)
from tracker.analyses.guidance import LOCATIONS, guides
from tracker.analyses.models import AnalysisLocked, NotReadyToAdopt
from tracker.analyses.problems import ProblemInUse
from tracker.analyses.reading import Reading, last_years_reading, measures_by_cause, reading_of
from tracker.auth.access import current_access, load_cycle, may
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    Cause,
    Permission,
    Problem,
    QualityCycle,
    SituationAnalysis,
    User,
)
from tracker.organisation.roles import LEADERS, Role
from tracker.reports.documents import word_answer
from tracker.web.conflicts import saved
from tracker.web.errors import typed_texts
from tracker.web.forms import Form
from tracker.web.notices import notify

bp = Blueprint("analyses", __name__, url_prefix="/enheter/<slug>/<year>")

Page = Response | str | tuple[str, int]
_Row = TypeVar("_Row")


@bp.get("/nulagesanalys")
def show(slug: str, year: str) -> Page:
    cycle = load_cycle(slug, year, to=Permission.READ)
    leads = may(Permission.WRITE)
    return _analysis_page(cycle, find_analysis(cycle), leads=leads)


def _analysis_page(
    cycle: QualityCycle, analysis: SituationAnalysis | None, *, leads: bool, refused: str = ""
) -> str:
    """`leads`: whether the person leads the unit, and is not only invited to write here."""
    reading = reading_of(analysis) if analysis else None
    if analysis is None or reading is None:
        return render_template("analyses/nothing.html", cycle=cycle, leads=leads)
    causes = [cause["id"] for cause in reading.causes if cause["prioritised"]]
    measures = measures_by_cause(
        [cause["id"] for cause in reading.causes], analysis.cycle.unit, proposals=leads
    )
    sees_share = _sees_share(cycle)
    return render_template(
        "analyses/show.html",
        cycle=cycle,
        analysis=analysis,
        reading=reading,
        measures=measures,
        next_cause=next((cause for cause in causes if cause not in measures), None),
        missing=analysis.missing_for_adoption() if may(Permission.WRITE) else [],
        leads=leads,
        sees_share=sees_share,
        last_year=last_years_reading(cycle) if sees_share else None,
        refused=refused,
    )


def _sees_share(cycle: QualityCycle) -> bool:
    """How many causes lie in the own work is for the unit itself: shown to its huvudman unit by
    unit, it would soon be written to please."""
    own = current_access().unit_ids(*LEADERS, Role.STAFF)
    return may(Permission.WRITE) or cycle.unit_id in own


@bp.post("/nulagesanalys/borja")
def start(slug: str, year: str) -> Page:
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    SituationAnalysis.start(cycle, by=current_user)
    db.session.commit()
    return redirect(url_for(".write", slug=slug, year=year))


@bp.route("/nulagesanalys/skriv", methods=["GET", "POST"])
def write(slug: str, year: str) -> Page:
    """Vad bygger analysen på?, and Resultatbild."""
    analysis = _to_write(slug, year)
    return _write_texts(analysis, ResultsForm(obj=analysis), "analyses/write.html")


@bp.route("/nulagesanalys/delaktighet", methods=["GET", "POST"])
def participation(slug: str, year: str) -> Page:
    """Vilka har deltagit, och hur?"""
    analysis = _to_write(slug, year)
    form = ParticipationForm(obj=analysis)
    form.name_groups(analysis.participants)
    return _write_texts(analysis, form, "analyses/participation.html")


def _write_texts(
    analysis: SituationAnalysis, form: ResultsForm | ParticipationForm, template: str
) -> Page:
    if form.validate_on_submit() and saved(
        form, analysis, lambda: analysis.write(form.texts, by=current_user), form.texts
    ):
        notify("Texten är sparad.")
        return redirect(_address(analysis))
    return _form_page(template, form, analysis)


@bp.route("/nulagesanalys/problem/nytt", methods=["GET", "POST"])
def add_problem(slug: str, year: str) -> Page:
    analysis = _to_write(slug, year)
    form = ProblemForm(new=True)
    form.ask_about(analysis.cycle.unit, None)
    if form.validate_on_submit():
        problem = analysis.add_problem(form.text.data, form.about, by=current_user)
        db.session.commit()
        notify("Problemet är sparat.")
        return redirect(_after_problem(analysis, problem))
    return _form_page("analyses/problem.html", form, analysis, problem=None)


@bp.route("/nulagesanalys/problem/<int:problem_id>", methods=["GET", "POST"])
def problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = _to_write(slug, year)
    problem = _problem(analysis, problem_id)
    form = ProblemForm(obj=problem)
    form.ask_about(analysis.cycle.unit, problem)
    if form.validate_on_submit() and saved(
        form,
        problem,
        lambda: problem.write(
            form.text.data, form.about if "form" in form else problem.form, by=current_user
        ),
        form.names,
    ):
        notify("Problemet är sparat.")
        return redirect(_after_problem(analysis, problem))
    return _form_page(
        "analyses/problem.html",
        form,
        analysis,
        problem=problem,
        in_use=bool(analysis.versions) or problem.carries_measures(),
    )


def _after_problem(analysis: SituationAnalysis, problem: Problem) -> str:
    """The next thing to write is the cause, for those who said so."""
    if "then_cause" in request.form:
        return url_for(".add_cause", **_place(analysis), problem_id=problem.id)
    return _address(analysis, f"problem-{problem.id}")


@bp.post("/nulagesanalys/problem/<int:problem_id>/ta-bort")
def remove_problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = _to_write(slug, year)
    try:
        _problem(analysis, problem_id).remove(by=current_user)
    except ProblemInUse:
        db.session.rollback()
        notify("En åtgärd bygger på problemet. Ta undan det i stället.", "warning")
        return redirect(url_for(".problem", slug=slug, year=year, problem_id=problem_id))
    db.session.commit()
    notify("Problemet är borttaget.")
    return redirect(_address(analysis))


@bp.post("/nulagesanalys/problem/<int:problem_id>/ta-undan")
def retire_problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = _to_write(slug, year)
    _problem(analysis, problem_id).retire(by=current_user)
    db.session.commit()
    notify("Problemet är undantaget ur analysen.")
    return redirect(_address(analysis))


@bp.post("/nulagesanalys/problem/<int:problem_id>/ta-tillbaka")
def restore_problem(slug: str, year: str, problem_id: int) -> Page:
    analysis = _to_write(slug, year)
    _problem(analysis, problem_id).restore(by=current_user)
    db.session.commit()
    notify("Problemet är tillbaka i analysen.")
    return redirect(_address(analysis, f"problem-{problem_id}"))


@bp.route("/nulagesanalys/problem/<int:problem_id>/orsaker/ny", methods=["GET", "POST"])
def add_cause(slug: str, year: str, problem_id: int) -> Page:
    analysis = _to_write(slug, year)
    problem = _problem(analysis, problem_id)
    form = CauseForm(new=True)
    if form.validate_on_submit():
        text, location, evidence, prioritised = form.values
        problem.add_cause(text, location, evidence, prioritised=prioritised, by=current_user)
        db.session.commit()
        notify("Orsaken är sparad.")
        return redirect(_address(analysis, f"problem-{problem.id}"))
    return _form_page("analyses/cause.html", form, analysis, problem=problem, cause=None)


@bp.route("/nulagesanalys/orsaker/<int:cause_id>", methods=["GET", "POST"])
def cause(slug: str, year: str, cause_id: int) -> Page:
    analysis = _to_write(slug, year)
    cause = _cause(analysis, cause_id)
    form = CauseForm(obj=cause)
    if form.validate_on_submit() and saved(
        form, cause, lambda: cause.write(*form.values, by=current_user), form.NAMES
    ):
        notify("Orsaken är sparad.")
        return redirect(_address(analysis, f"orsak-{cause_id}"))
    return _form_page("analyses/cause.html", form, analysis, problem=cause.problem, cause=cause)


@bp.post("/nulagesanalys/orsaker/<int:cause_id>/ta-undan")
def retire_cause(slug: str, year: str, cause_id: int) -> Page:
    analysis = _to_write(slug, year)
    _cause(analysis, cause_id).retire(by=current_user)
    db.session.commit()
    notify("Orsaken är undantagen ur analysen.")
    return redirect(_address(analysis))


@bp.post("/nulagesanalys/orsaker/<int:cause_id>/ta-tillbaka")
def restore_cause(slug: str, year: str, cause_id: int) -> Page:
    analysis = _to_write(slug, year)
    _cause(analysis, cause_id).restore(by=current_user)
    db.session.commit()
    notify("Orsaken är tillbaka i analysen.")
    return redirect(_address(analysis, f"orsak-{cause_id}"))


@bp.post("/nulagesanalys/dela")
def share(slug: str, year: str) -> Page:
    analysis = load_analysis(slug, year, to=Permission.WRITE, invited=False)
    analysis.share(by=current_user)
    db.session.commit()
    notify("Analysen är delad med dialogansvarig.")
    return redirect(_address(analysis))


@bp.post("/nulagesanalys/faststall")
def adopt(slug: str, year: str) -> Page:
    analysis = load_analysis(slug, year, to=Permission.ADOPT, invited=False)
    analysis.must_be_open()
    if AdoptForm().seen.data != analysis.changed_at.isoformat():
        refused = "Analysen har ändrats sedan du öppnade sidan. Läs igenom den och fastställ sedan."
        return _analysis_page(analysis.cycle, analysis, leads=True, refused=refused), 409
    try:
        version = analysis.adopt(by=current_user)
    except NotReadyToAdopt:
        refused = "Analysen kan inte fastställas än. Det som saknas står nedan."
        return _analysis_page(analysis.cycle, analysis, leads=True, refused=refused), 422
    db.session.commit()
    notify(f"Nulägesanalysen är fastställd som version {version.number}.")
    return redirect(_address(analysis))


@bp.route("/nulagesanalys/oppna-igen", methods=["GET", "POST"])
def reopen(slug: str, year: str) -> Page:
    analysis = load_analysis(slug, year, to=Permission.ADOPT, invited=False)
    if not analysis.is_locked:
        return redirect(_address(analysis))
    form = ReopenForm()
    if form.validate_on_submit():
        analysis.reopen(form.reason.data, by=current_user)
        db.session.commit()
        notify(
            "Analysen är öppen igen. Den fastställda versionen gäller tills en ny är fastställd."
        )
        return redirect(_address(analysis))
    return _form_page("analyses/reopen.html", form, analysis)


@bp.route("/nulagesanalys/skribenter", methods=["GET", "POST"])
def writers(slug: str, year: str) -> Page:
    """Invite a quality developer to write."""
    analysis = load_analysis(slug, year, to=Permission.WRITE, invited=False)
    invited = {writer.user_id for writer in analysis.writers}
    people = {user.id: user for user in developers_of(analysis.cycle.unit)}
    free = [user for user in people.values() if user.id not in invited]
    form = InviteForm()
    form.offer(free)
    if form.validate_on_submit():
        person = people[form.person.data]
        analysis.invite(person, by=current_user)
        db.session.commit()
        notify(f"{person.name} kan nu skriva i analysen.")
        return redirect(url_for(".writers", slug=slug, year=year))
    return _form_page("analyses/writers.html", form, analysis, free=free)


@bp.post("/nulagesanalys/skribenter/<int:user_id>/ta-bort")
def remove_writer(slug: str, year: str, user_id: int) -> Page:
    analysis = load_analysis(slug, year, to=Permission.WRITE, invited=False)
    person: User | None = next(
        (writer.user for writer in analysis.writers if writer.user_id == user_id), None
    )
    if person is not None:
        analysis.uninvite(person, by=current_user)
        db.session.commit()
        notify(f"{person.name} skriver inte längre i analysen.")
    return redirect(url_for(".writers", slug=slug, year=year))


@bp.get("/nulagesanalys.docx")
def word(slug: str, year: str) -> Response:
    """What the person reads on the page, as a Word file."""
    analysis = load_analysis(slug, year, to=Permission.READ)
    reading = reading_of(analysis)
    if reading is None:
        abort(404)
    return _word_file(analysis, reading)


@bp.get("/nulagesanalys/versioner/<int:number>")
def version(slug: str, year: str, number: int) -> Page:
    analysis = load_analysis(slug, year, to=Permission.READ)
    version = _version(analysis, number)
    return render_template(
        "analyses/version.html",
        cycle=analysis.cycle,
        analysis=analysis,
        reading=Reading(version.content, version),
    )


@bp.get("/nulagesanalys/versioner/<int:number>.docx")
def version_word(slug: str, year: str, number: int) -> Response:
    analysis = load_analysis(slug, year, to=Permission.READ)
    version = _version(analysis, number)
    return _word_file(analysis, Reading(version.content, version))


@bp.errorhandler(AnalysisLocked)
def locked(_error: AnalysisLocked) -> tuple[str, int]:
    """Somebody adopted the analysis meanwhile: nothing is saved, and what was typed is shown."""
    db.session.rollback()
    values = request.view_args or {}
    return render_template(
        "analyses/locked.html",
        url=url_for(".show", slug=values["slug"], year=values["year"]),
        typed=typed_texts(),
    ), 409


def _to_write(slug: str, year: str) -> SituationAnalysis:
    """The analysis for somebody who writes in it; raises AnalysisLocked when it is adopted."""
    analysis = load_analysis(slug, year, to=Permission.WRITE)
    analysis.must_be_open()
    return analysis


def _problem(analysis: SituationAnalysis, problem_id: int) -> Problem:
    return _one(problem for problem in analysis.problems if problem.id == problem_id)


def _cause(analysis: SituationAnalysis, cause_id: int) -> Cause:
    return _one(
        cause for problem in analysis.problems for cause in problem.causes if cause.id == cause_id
    )


def _version(analysis: SituationAnalysis, number: int) -> AdoptedAnalysis:
    return _one(version for version in analysis.versions if version.number == number)


def _one(found: Iterator[_Row]) -> _Row:
    """The row, which is there; else 404."""
    row = next(found, None)
    if row is None:
        abort(404)
    return row


def _form_page(template: str, form: Form, analysis: SituationAnalysis, **context: object) -> Page:
    """The page of a form: fresh, refused, or beside what somebody else saved meanwhile."""
    status = 409 if form.form_errors else 422 if form.is_submitted() else 200
    cycle = analysis.cycle
    return render_template(
        template,
        form=form,
        analysis=analysis,
        cycle=cycle,
        guides=guides(cycle.unit.kind),
        locations=LOCATIONS,
        **context,
    ), status


def _place(analysis: SituationAnalysis) -> dict[str, str]:
    cycle = analysis.cycle
    return {"slug": cycle.unit.slug, "year": cycle.school_year.slug}


def _address(analysis: SituationAnalysis, anchor: str | None = None) -> str:
    return url_for(".show", **_place(analysis), _anchor=anchor)


def _word_file(analysis: SituationAnalysis, reading: Reading) -> Response:
    place = _place(analysis)
    ending = f"version-{reading.version.number}" if reading.version else "utkast"
    organizer = current_access().organizer
    return word_answer(
        as_document(analysis, reading, organizer.name if organizer else ""),
        f"nulagesanalys-{place['slug']}-{place['year']}-{ending}.docx",
    )
