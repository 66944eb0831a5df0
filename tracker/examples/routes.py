"""Goda exempel: the list, one of them, and how the unit tells of its measure and takes it back."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.auth.access import current_access, load_measure
from tracker.examples.access import load_example
from tracker.examples.forms import ExampleForm, NewExampleForm
from tracker.examples.models import AlreadyPublished, NoEffectToShow
from tracker.examples.reading import laps_to_begin_in, published, to_look_over
from tracker.extensions import db
from tracker.measures.reading import seen_from
from tracker.models import GoodExample, Measure, Permission
from tracker.web.conflicts import saved
from tracker.web.notices import notify

bp = Blueprint("examples", __name__)

Page = str | tuple[str, int] | Response

NO_EFFECT = "Ett gott exempel visar en effekt. Åtgärden behöver vara bedömd som uppnådd eller delvis uppnådd."
READ_BY_ALL = "Exemplet är publicerat. Alla med en roll hos huvudmannen kan läsa det."


@bp.get("/goda-exempel")
def index() -> str:
    if not current_access().grants:
        abort(403)
    return render_template("examples/index.html", page=published(), own=to_look_over())


@bp.get("/goda-exempel/<int(max=2147483647):example_id>")
def show(example_id: int) -> str:
    example = load_example(example_id, to=Permission.READ)
    return render_template(
        "examples/show.html",
        example=example,
        measure=example.measure,
        assessed=example.assessed,
        laps=laps_to_begin_in() if example.is_published else [],
    )


@bp.route("/atgarder/<int(max=2147483647):measure_id>/gott-exempel", methods=["GET", "POST"])
def publish(measure_id: int) -> Page:
    """Tell of a measure that has been assessed. What was typed while the assessment was changed is shown,
    and not saved."""
    measure = load_measure(measure_id, to=Permission.ADOPT)
    assessed = measure.final_assessment
    if request.method == "GET":
        if measure.example is not None:
            return redirect(url_for("examples.show", example_id=measure.example.id))
        if assessed is None or not assessed.judgement.has_effect:
            notify(NO_EFFECT, "info")
            return redirect(url_for("measures.show", measure_id=measure.id))
    lesson = assessed.lesson if assessed else ""
    form = NewExampleForm(data={"how": measure.description, "why": lesson})
    if not form.validate_on_submit():
        return _publish_page(measure, form), 422 if form.is_submitted() else 200
    try:
        example = GoodExample.publish(measure, by=current_user, **form.texts())
        db.session.commit()
    except AlreadyPublished as there:
        return _told_already(there.example, form)
    except IntegrityError:
        db.session.rollback()
        db.session.refresh(measure)
        if measure.example is None:
            raise
        return _told_already(measure.example, form)
    except NoEffectToShow:
        db.session.rollback()
        form.form_errors.append(NO_EFFECT)
        return _publish_page(measure, form), 409
    notify(READ_BY_ALL)
    return redirect(url_for("examples.show", example_id=example.id))


def _told_already(example: GoodExample, form: NewExampleForm) -> Page:
    """The same form sent twice has done its work; another's words are shown beside what was typed."""
    stored = {name: getattr(example, name) for name in GoodExample.TEXTS}
    if form.texts() == stored:
        return redirect(url_for("examples.show", example_id=example.id))
    edit = ExampleForm(data={"version": example.version, **form.texts()}, formdata=None)
    edit.show_newer(stored, example.version)
    return _edit_page(example, edit), 409


def _publish_page(measure: Measure, form: NewExampleForm) -> str:
    unit, year = seen_from(measure)
    return render_template(
        "examples/publish.html", measure=measure, unit=unit, year=year, form=form,
        assessed=measure.final_assessment,
    )  # fmt: skip


@bp.route("/goda-exempel/<int(max=2147483647):example_id>/andra", methods=["GET", "POST"])
def edit(example_id: int) -> Page:
    """Change what it tells; one that is withdrawn is published again by it."""
    example = load_example(example_id, to=Permission.ADOPT)
    form = ExampleForm(obj=example)
    if not form.validate_on_submit():
        return _edit_page(example, form), 422 if form.is_submitted() else 200

    again = not example.is_published
    knows_it = form.version.data == example.version

    def change() -> None:
        if not example.is_published and not (again and knows_it):
            raise StaleDataError("it was withdrawn meanwhile")
        example.write(by=current_user, **form.texts())
        example.publish_again(by=current_user)

    try:
        if not saved(form, example, change, GoodExample.TEXTS):
            return _edit_page(example, form), 409
    except NoEffectToShow:
        form.form_errors.append(NO_EFFECT)
        return _edit_page(example, form), 409
    notify(READ_BY_ALL if again else "Ändringarna är sparade.")
    return redirect(url_for("examples.show", example_id=example.id))


def _edit_page(example: GoodExample, form: ExampleForm) -> str:
    return render_template(
        "examples/edit.html", example=example, measure=example.measure, form=form
    )


@bp.post("/goda-exempel/<int(max=2147483647):example_id>/dra-tillbaka")
def withdraw(example_id: int) -> Response:
    example = load_example(example_id, to=Permission.ADOPT)
    example.withdraw(by=current_user)
    db.session.commit()
    notify("Exemplet är tillbakadraget. Det finns kvar hos er, och kan publiceras igen.")
    return redirect(url_for("examples.show", example_id=example.id))
