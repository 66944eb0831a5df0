"""The page of the analysis, how it is written, shared, adopted and opened again, and its versions."""

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.analyses import (  # noqa: F401 - they add their own
    routes_compare,
    routes_deepening,
    routes_problems,
    routes_rollover,
    routes_texts,
)
from tracker.analyses.access import developers_of, find_analysis, load_analysis
from tracker.analyses.blueprint import bp
from tracker.analyses.document import as_document
from tracker.analyses.earlier import EarlierProblem
from tracker.analyses.forms import AdoptForm, InviteForm, ParticipationForm, ReopenForm, ResultsForm
from tracker.analyses.models import AnalysisLocked, NotReadyToAdopt
from tracker.analyses.pages import Page, address, form_page, one, place, to_write
from tracker.analyses.reading import (
    Reading,
    areas_by_problem,
    last_years_reading,
    measures_by_cause,
    reading_of,
    sees_share,
    unfounded_measures,
)
from tracker.analyses.rollover import waiting_for
from tracker.analyses.snapshot import origin_of
from tracker.analyses.texts import Passages
from tracker.auth.access import current_access, load_cycle, may
from tracker.extensions import db
from tracker.models import AdoptedAnalysis, Permission, QualityCycle, SituationAnalysis, User
from tracker.own_lap.units_together import units_together
from tracker.reports.documents import Document, pdf_answer, word_answer
from tracker.web.conflicts import saved, too_late
from tracker.web.errors import typed_texts
from tracker.web.notices import notify

__all__ = ["bp"]


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
    writes, is_open = may(Permission.WRITE), not analysis.is_locked
    causes = [cause["id"] for cause in reading.causes if cause["prioritised"]]
    measures = measures_by_cause(
        [cause["id"] for cause in reading.causes], analysis.organizer_id, proposals=leads
    )
    shared = sees_share(cycle)
    return render_template(
        "analyses/show.html",
        cycle=cycle,
        analysis=analysis,
        reading=reading,
        measures=measures,
        areas=areas_by_problem([problem["id"] for problem in reading.content["problems"]]),
        next_cause=next((cause for cause in causes if cause not in measures), None),
        missing=analysis.missing_for_adoption() if writes and is_open else [],
        waiting=waiting_for(analysis, drafts=leads) if writes and is_open else [],
        authors=Passages.load(analysis.id) if writes and is_open else None,
        unfounded=unfounded_measures(cycle) if leads and not is_open else [],
        origin_of=origin_of,
        earlier_words=EarlierProblem.read,
        leads=leads,
        sees_share=shared,
        last_year=last_years_reading(cycle) if shared else None,
        units_say=units_together(cycle) if writes and cycle.owner.is_organizer else None,
        refused=refused,
    )


@bp.post("/nulagesanalys/borja")
def start(slug: str, year: str) -> Page:
    cycle = load_cycle(slug, year, to=Permission.WRITE)
    SituationAnalysis.start(cycle, by=current_user)
    db.session.commit()
    return redirect(url_for(".write", slug=slug, year=year))


@bp.route("/nulagesanalys/skriv", methods=["GET", "POST"])
def write(slug: str, year: str) -> Page:
    """Vad bygger analysen på?, and Resultatbild."""
    analysis = to_write(slug, year)
    return _write_texts(analysis, ResultsForm(obj=analysis), "analyses/write.html")


@bp.route("/nulagesanalys/delaktighet", methods=["GET", "POST"])
def participation(slug: str, year: str) -> Page:
    """Vilka har deltagit, och hur?"""
    analysis = to_write(slug, year)
    form = ParticipationForm(obj=analysis)
    form.name_groups(analysis.participants)
    return _write_texts(analysis, form, "analyses/participation.html")


def _write_texts(
    analysis: SituationAnalysis, form: ResultsForm | ParticipationForm, template: str
) -> Page:
    changed: list[bool] = []
    if form.validate_on_submit() and saved(
        form,
        analysis,
        lambda: changed.append(analysis.write(form.texts, by=current_user)),
        form.texts,
    ):
        if any(changed):
            notify("Texten är sparad.")
        else:
            notify("Inget var ändrat, så det fanns inget att spara.", "info")
        return redirect(address(analysis))
    return form_page(template, form, analysis)


@bp.post("/nulagesanalys/dela")
def share(slug: str, year: str) -> Page:
    analysis = load_analysis(slug, year, to=Permission.WRITE, invited=False)
    if analysis.is_empty:
        notify("Analysen är tom än. Skriv något först, så finns det något att dela.", "warning")
        return redirect(address(analysis))
    analysis.share(by=current_user)
    db.session.commit()
    if analysis.cycle.owner.is_organizer:
        notify("Analysen är delad med rektorer, dialogansvariga och kvalitetsutvecklare.")
    else:
        notify("Analysen är delad med dialogansvarig.")
    return redirect(address(analysis))


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
    return redirect(address(analysis))


@bp.route("/nulagesanalys/oppna-igen", methods=["GET", "POST"])
def reopen(slug: str, year: str) -> Page:
    analysis = load_analysis(slug, year, to=Permission.ADOPT, invited=False)
    form = ReopenForm()
    if not analysis.is_locked:
        if form.validate_on_submit() and not _reopened_for(analysis, form.reason.data):
            return too_late("Analysen är redan öppen.", ("Till analysen", address(analysis)))
        return redirect(address(analysis))
    if form.validate_on_submit():
        analysis.reopen(form.reason.data, by=current_user)
        db.session.commit()
        notify(
            "Analysen är öppen igen. Den fastställda versionen gäller tills en ny är fastställd."
        )
        return redirect(address(analysis))
    return form_page("analyses/reopen.html", form, analysis)


def _reopened_for(analysis: SituationAnalysis, reason: str) -> bool:
    """Whether it is open for this very reason: the button was pressed twice."""
    adopted = analysis.latest_version
    reopening = adopted.reopening if adopted else None
    return reopening is not None and reopening.reason == reason


@bp.route("/nulagesanalys/skribenter", methods=["GET", "POST"])
def writers(slug: str, year: str) -> Page:
    """Invite a quality developer to write."""
    analysis = load_analysis(slug, year, to=Permission.WRITE, invited=False)
    invited = {writer.user_id for writer in analysis.writers}
    people = {user.id: user for user in developers_of(analysis.cycle.owner)}
    free = [user for user in people.values() if user.id not in invited]
    form = InviteForm()
    form.offer(free)
    if form.validate_on_submit():
        person = people[form.person.data]
        analysis.invite(person, by=current_user)
        db.session.commit()
        notify(f"{person.name} kan nu skriva i analysen.")
        return redirect(url_for(".writers", slug=slug, year=year))
    return form_page("analyses/writers.html", form, analysis, free=free)


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
    document, name = _document(*_as_read(slug, year))
    return word_answer(document, f"{name}.docx")


@bp.get("/nulagesanalys.pdf")
def pdf(slug: str, year: str) -> Response:
    """What the person reads on the page, as a PDF file."""
    document, name = _document(*_as_read(slug, year))
    return pdf_answer(document, f"{name}.pdf")


def _as_read(slug: str, year: str) -> tuple[SituationAnalysis, Reading]:
    analysis = load_analysis(slug, year, to=Permission.READ)
    return analysis, reading_of(analysis) or abort(404)


@bp.get("/nulagesanalys/versioner/<int:number>")
def version(slug: str, year: str, number: int) -> Page:
    analysis, reading = _adopted(slug, year, number)
    return render_template(
        "analyses/version.html", cycle=analysis.cycle, analysis=analysis, reading=reading
    )


@bp.get("/nulagesanalys/versioner/<int:number>.docx")
def version_word(slug: str, year: str, number: int) -> Response:
    document, name = _document(*_adopted(slug, year, number))
    return word_answer(document, f"{name}.docx")


@bp.get("/nulagesanalys/versioner/<int:number>.pdf")
def version_pdf(slug: str, year: str, number: int) -> Response:
    document, name = _document(*_adopted(slug, year, number))
    return pdf_answer(document, f"{name}.pdf")


def _adopted(slug: str, year: str, number: int) -> tuple[SituationAnalysis, Reading]:
    analysis = load_analysis(slug, year, to=Permission.READ)
    version = _version(analysis, number)
    return analysis, Reading(version.content, version)


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


def _version(analysis: SituationAnalysis, number: int) -> AdoptedAnalysis:
    return one(version for version in analysis.versions if version.number == number)


def _document(analysis: SituationAnalysis, reading: Reading) -> tuple[Document, str]:
    """The text as a document, and the name of its file."""
    at = place(analysis)
    ending = f"version-{reading.version.number}" if reading.version else "utkast"
    organizer = current_access().organizer
    return (
        as_document(analysis, reading, organizer.name if organizer else ""),
        f"nulagesanalys-{at['slug'] or 'huvudmannen'}-{at['year']}-{ending}",
    )
