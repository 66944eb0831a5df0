"""Writing: a new check-in, and its correction."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_access
from tracker.checkins import composing
from tracker.checkins.access import demand_somewhere, load_check_in
from tracker.checkins.forms import CheckInForm, CorrectionForm
from tracker.checkins.states import CheckInError
from tracker.clock import today
from tracker.models import CheckIn, Permission
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import is_the_same, once
from tracker.web.swedish import date_medium

Answer = Response | str | tuple[str, int]


def new() -> Answer:
    """Stäm av: one short page."""
    demand_somewhere()
    gathering = composing.gathering()
    if gathering is None:
        return redirect(url_for("checkins.index"))
    measures = composing.measures_of(gathering.offered)
    obstacles = composing.open_obstacles(gathering.chosen)
    support = composing.open_support(gathering.chosen)
    form = CheckInForm(
        data={
            "units": [unit.id for unit in gathering.chosen],
            "held_on": today(),
            "next_on": composing.next_day(gathering.chosen),
            **{name: [] for name in ("measures", "solved_obstacles", "solved_support")},
        }
    )
    form.units.choices = composing.unit_choices(gathering)
    form.measures.choices = [(row.id, row.title) for row in measures.values()]
    form.solved_obstacles.choices = [(row.key, row.text) for row in obstacles]
    form.solved_support.choices = [(row.key, row.text) for row in support]

    def page(status: int = 422) -> tuple[str, int]:
        return render_template(
            "checkins/new.html",
            form=form,
            gathering=gathering,
            last=composing.last_time(gathering.chosen),
            notes={row.key: row.note for row in obstacles},
            support_notes={row.key: row.note for row in support},
        ), status

    if not form.is_submitted():
        return page(200)
    if not form.validate():
        return page()

    def find() -> CheckIn | None:
        return CheckIn.made_by_form(current_access().organizer_id, form.token)

    def hold() -> CheckIn:
        held = CheckIn.hold(
            [unit for unit in gathering.offered if unit.id in form.units.data],
            measures=[measures[key] for key in form.measures.data],
            by=current_user,
            form_token=form.token,
            **form.values(),
        )
        composing.settle(form.solved_obstacles.data, form.solved_support.data, by=current_user)
        return held

    try:
        made, is_new = once(find, hold)
    except CheckInError as wrong:
        form.refuse(wrong.field, str(wrong))
        return page()
    if not is_new:
        if not is_the_same(form, made, ("situation", "obstacles"), _changed(made)):
            return page()
        notify("Avstämningen är redan sparad. Vill ni ändra något gör ni det här.", "info")
        return redirect(_url(made))
    following = f" Nästa är {date_medium(made.next_on)}." if made.next_on else ""
    notify(f"Avstämningen är sparad.{following}")
    return redirect(_url(made))


def _changed(made: CheckIn) -> str:
    """What people want who have gone back is most often to correct the one they have just saved."""
    return (
        f"Avstämningen den {date_medium(made.held_on)} är redan sparad, med en annan text. Ändra hellre "
        "i den. Sparar du här blir det en avstämning till."
    )


def correct(check_in_id: int) -> Answer:
    check_in = load_check_in(check_in_id, to=Permission.CONVERSE)
    gathering = composing.of(check_in)
    measures = composing.measures_of(gathering.offered, also=check_in.measures)
    form = CorrectionForm(data=_stored(check_in) | {"version": check_in.version})
    form.units.choices = composing.unit_choices(gathering)
    form.measures.choices = [(row.id, row.title) for row in measures.values()]
    asked = check_in.support
    if asked is not None and not asked.waits_for_answer and "support" not in request.form:
        del form.support  # it stays as it was asked for

    def page(status: int) -> tuple[str, int]:
        return render_template(
            "checkins/correct.html", form=form, check_in=check_in, gathering=gathering
        ), status

    if not form.validate_on_submit():
        return page(422 if form.is_submitted() else 200)

    def change() -> None:
        chosen = [unit for unit in gathering.offered if unit.id in form.units.data]
        _keeps_one_of_ones_own(chosen)
        values = {"support": check_in.support_text} | form.values()
        check_in.correct(
            by=current_user,
            units=chosen,
            measures=[measures[key] for key in form.measures.data],
            **values,
        )

    def stored() -> dict[str, Any]:
        return {name: value for name, value in _stored(check_in).items() if name in form}

    try:
        if not saved(form, check_in, change, stored):
            return page(409)
    except CheckInError as wrong:
        form.refuse(wrong.field, str(wrong))
        return page(422)
    notify("Ändringarna är sparade.")
    return redirect(_url(check_in))


def _keeps_one_of_ones_own(chosen: list[Any]) -> None:
    """Else who corrects could no longer read what was corrected."""
    access = current_access()
    if chosen and not any(
        Permission.CONVERSE in access.on_unit(unit.id, unit.area_id) for unit in chosen
    ):
        raise CheckInError("Minst en av enheterna ska vara din.", field="units")


def _stored(check_in: CheckIn) -> dict[str, Any]:
    """As the form has it."""
    return {
        "units": [unit.id for unit in check_in.units],
        "measures": [measure.id for measure in check_in.measures],
        "situation": check_in.situation,
        "obstacles": check_in.obstacles,
        "support": check_in.support_text,
        "held_on": check_in.held_on,
        "next_on": check_in.next_on,
    }


def answer(check_in_id: int) -> Response:
    """Leads on to where all support is answered."""
    return _lead_on("answer", check_in_id, Permission.LEAD)


def outcome(check_in_id: int) -> Response:
    """Leads on to where it is written what came of any support."""
    return _lead_on("outcome", check_in_id, Permission.CONVERSE)


def _lead_on(page: str, check_in_id: int, to: Permission) -> Response:
    asked = load_check_in(check_in_id, to=to).support or abort(404)
    # 307: a form that was open when the address moved is sent on as it is.
    code = 302 if request.method == "GET" else 307
    return redirect(url_for(f"support.{page}", request_id=asked.id), code)


def _url(check_in: CheckIn) -> str:
    return url_for("checkins.show", check_in_id=check_in.id)
