"""Planning the area's dialogues on one page: all of a läsår and kind, saved together."""

import re
from collections.abc import Iterable
from datetime import date

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_access
from tracker.clock import local, today
from tracker.dialogues import lists
from tracker.dialogues.diary import Diary
from tracker.dialogues.forms import last_day_to_meet
from tracker.dialogues.lists import People
from tracker.dialogues.plan_form import PlanForm, Row
from tracker.dialogues.routes_planning import placed
from tracker.dialogues.suggesting import days_to_choose, suggest
from tracker.extensions import db
from tracker.models import DialogueKind, Permission, QualityDialogue, SchoolYear
from tracker.organisation.staffing import Staffing
from tracker.web.notices import notify
from tracker.web.paging import Page
from tracker.web.swedish import count

PAGE_SIZE = 60
SENT = re.compile(r"d([0-9]{1,18})-was")


def plan() -> Response | str | tuple[str, int]:
    lists.demand_somewhere(Permission.LEAD)
    criterion = lists.involving(Permission.LEAD)
    years = lists.years(criterion)
    year = lists.chosen_year(years)
    if year is None:
        return render_template("dialogues/plan.html", year=None)
    listed = lists.to_plan(year, criterion)
    kind = _chosen_kind(year, listed)
    ids = [key for key, _ in listed[kind]]
    page = Page.of(ids, PAGE_SIZE)
    sent = _sent_ids() if request.method == "POST" else []
    shown = [key for key in sent if key in set(ids)] or page.items
    dialogues = lists.load(shown, with_proposals=True)
    form = PlanForm([Row.of(row, request.form if sent else None) for row in dialogues])
    status = 200
    staffing = Staffing.load(year.organizer_id)
    window = year.window(kind.number)
    _look_in_the_diary(form, staffing, window if "suggest" in request.form else None)
    if sent and "suggest" not in request.form:
        _miss(form, set(sent) - set(ids))
        status = _save(form)
        if status == 302:
            here = {"sida": page.number} if page.number > 1 else {}
            return redirect(url_for("dialogues.plan", lasar=year.slug, dialog=kind.number, **here))
        if status == 409:
            _look_in_the_diary(
                form, staffing
            )  # what is stored is another time than the one looked at
        form.tell_doubts()
    then = lists.staffing_of(dialogues, staffing)
    people = {row.id: People.of(row.dialogue, then[row.id]) for row in form.rows}
    return render_template(
        "dialogues/plan.html",
        years=years,
        year=year,
        kind=kind,
        kinds=[(each, sum(lacks for _, lacks in listed[each])) for each in DialogueKind],
        window=window,
        may_meet=today() <= last_day_to_meet(year),
        page=page,
        form=form,
        people=people,
        several=_leading_several(form.rows, people),
        lacking=lists.units_without(year),
    ), status


def _chosen_kind(
    year: SchoolYear, listed: dict[DialogueKind, list[tuple[int, bool]]]
) -> DialogueKind:
    """The one that the form or the address names with `dialog`; else Dialog 1, until its window is over and
    all of them have a time."""
    wanted = request.form.get("dialog") or request.args.get("dialog")
    for kind in DialogueKind:
        if wanted == str(kind.number):
            return kind
    first, second = DialogueKind
    is_over = year.dialogue1_to < today() <= year.last_day
    return second if is_over and not any(lacks for _, lacks in listed[first]) else first


def _sent_ids() -> list[int]:
    """The dialogues whose rows were sent, in the order in which the page showed them."""
    found = (SENT.fullmatch(name) for name in request.form)
    return [int(match[1]) for match in found if match]


def _miss(form: PlanForm, ids: Iterable[int]) -> None:
    """Say of rows whose dialogue is no longer there, when something was typed in them."""
    for key in sorted(ids):
        typed = [request.form.get(f"d{key}-{name}", "").strip() for name in ("day", "start_time")]
        if request.form.get(f"d{key}-was", "").split("|")[:2] != typed:
            form.form_errors.append(
                "En dialog finns inte längre här. Den kan ha slagits ihop med en annan. Du skrev: "
                f"{' '.join(filter(None, typed)) or 'ingenting'}."
            )


def _save(form: PlanForm) -> int:
    changed = form.changed
    number = len(changed)
    moved = [row.dialogue for row in changed if row.time and row.time[0] != row.dialogue.starts_at]
    status = form.save(by=current_user)
    if status == 302 and number == 1 and moved:
        notify(placed(*moved))
    elif status == 302:
        said = count(number, "en dialog", "dialoger", words=True)
        notify(f"Tiderna är sparade för {said}." if number else "Inget var ändrat.")
    return status


def _look_in_the_diary(
    form: PlanForm, staffing: Staffing, window: tuple[date, date] | None = None
) -> None:
    """Note at each row what there is to think of, the other times on the page counted in; and fill the
    empty ones with free times, when they are asked for (with a `window`)."""
    rows = [row for row in form.rows if row.is_open]
    days = [local(row.time[0]).date() for row in rows if row.time]
    days += [row.dialogue.day for row in rows if row.dialogue.day]
    first, last = days_to_choose(*window) if window else (today(), today())
    diary = Diary.load(
        current_access().organizer_id, staffing, min([*days, first]), max([*days, last])
    )
    for row in rows:
        if row.time:
            diary.suppose(row.dialogue, *row.time)
    if window:
        _fill(rows, diary, first, last)
    for row in rows:
        row.look_at(diary)


def _fill(rows: list[Row], diary: Diary, first: date, last: date) -> None:
    empty = [row for row in rows if row.is_empty]
    found = suggest([row.dialogue for row in empty], diary, first, last)
    for row in empty:
        if row.id in found:
            start, end = map(local, found[row.id])
            row.form.show(day=start.date(), start_time=start.time(), end_time=end.time())
            row.suggested = True


def _leading_several(rows: list[Row], people: dict[int, People]) -> set[int]:
    """The dialogues whose leader has another one on the page, which may become one with it."""
    led: dict[int, list[int]] = {}
    for row in rows:
        if row.is_open:
            for leader in people[row.id].leaders:
                led.setdefault(leader.id, []).append(row.id)
    return {key for ids in led.values() if len(ids) > 1 for key in ids}


def prepare() -> Response:
    """Make the dialogues of units that came into the läsår later than the others."""
    lists.demand_somewhere(Permission.LEAD)
    year = SchoolYear.of(current_access().organizer_id, request.form.get("year", 0, type=int))
    if year is None:
        notify("Läsåret finns inte. Välj ett av dem som visas här.", "warning")
        return redirect(url_for("dialogues.plan"))
    QualityDialogue.prepare(year, Staffing.load(year.organizer_id), by=current_user)
    db.session.commit()
    notify("Dialogerna är upplagda. Nu går det att bestämma tid för dem.")
    return redirect(url_for("dialogues.plan", lasar=year.slug))
