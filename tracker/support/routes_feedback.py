"""Synpunkter på en stödfunktion: the group's words, whose they are to answer, the answer, what came of it."""

from typing import Any

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.audit.history import history_of
from tracker.auth.access import current_access
from tracker.dialogues.lists import demand_somewhere
from tracker.extensions import db
from tracker.models import Area, FeedbackState, Organizer, Permission, SupportFeedback, User
from tracker.start.progress import area_title
from tracker.support.access import (
    load_feedback,
    units_to_ask_for,
    writes_somewhere,
)
from tracker.support.forms import (
    ClarifyForm,
    FeedbackForm,
    FollowUpForm,
    NewFeedbackForm,
    OwnerForm,
)
from tracker.support.people import at_the_organizer, still_there
from tracker.support.states import SupportError
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once
from tracker.web.paging import Page

Answer = Response | tuple[str, int]
PAGE_SIZE = 30


def all_feedback() -> str:
    """The organizer's, what waits for an answer first, then the latest; three statements."""
    demand_somewhere(Permission.FOLLOW)
    page = Page.select(
        sa.select(SupportFeedback)
        .where(SupportFeedback.organizer_id == current_access().organizer_id)
        .options(sa.orm.joinedload(SupportFeedback.area), sa.orm.joinedload(SupportFeedback.owner))
        .order_by(
            SupportFeedback.state != FeedbackState.OPEN,
            SupportFeedback.given_on.desc(),
            SupportFeedback.id.desc(),
        ),
        PAGE_SIZE,
    )
    return render_template("support/all_feedback.html", page=page, writes=writes_somewhere())


def _areas(organizer_id: int) -> dict[int, Area]:
    rows = db.session.scalars(
        sa.select(Area).where(Area.organizer_id == organizer_id).order_by(Area.sort_key, Area.id)
    )
    return {row.id: row for row in rows}


def give() -> Answer:
    """What the principals say; `om` in the address names the support."""
    units_to_ask_for()
    organizer = db.session.get_one(Organizer, current_access().organizer_id)
    areas = _areas(organizer.id)
    form = NewFeedbackForm(data={"about": request.args.get("om", "")[:200]})
    form.area_id.offer((row.id, area_title(row.name)) for row in areas.values())

    def make() -> SupportFeedback:
        return SupportFeedback.give(
            organizer,
            form.about.data,
            form.text.data,
            by=current_user,
            area=areas.get(form.area_id.data or 0),
            form_token=form.token,
        )

    if form.validate_on_submit():
        made = make_once(form, SupportFeedback, make, ("about", "area_id", "text"))
        if made is not None:
            notify("Synpunkten är lämnad. Alla skolledare ser den, och svaret när det kommer.")
            return _shown(made)
    return render_template("support/feedback_form.html", form=form, row=None), (
        422 if form.is_submitted() else 200
    )


def feedback(feedback_id: int) -> str:
    row = load_feedback(feedback_id, to=Permission.FOLLOW)
    there = still_there(row.organizer_id, [row])
    return render_template("support/feedback.html", row=row, there=there, events=history_of(row))


def rewrite(feedback_id: int) -> Answer:
    row = load_feedback(feedback_id, to=Permission.WRITE)
    areas = _areas(row.organizer_id)
    form = FeedbackForm(obj=row)
    form.area_id.offer((area.id, area_title(area.name)) for area in areas.values())
    return _save(
        row, form, "feedback_form", ("about", "area_id", "text"),
        lambda: row.rewrite(
            form.about.data, form.text.data, areas.get(form.area_id.data or 0), by=current_user
        ),
        "Synpunkten är ändrad.",
    )  # fmt: skip


def hand_on(feedback_id: int) -> Answer:
    row = load_feedback(feedback_id, to=Permission.OVERSEE)
    form = OwnerForm(obj=row)
    form.owner_id.offer(at_the_organizer(row.organizer_id, also=row.owner_id))

    def change() -> None:
        key = form.owner_id.data
        row.hand_to(db.session.get_one(User, key) if key else None, by=current_user)

    return _save(
        row, form, "feedback_owner", ("owner_id",), change, "Det är sparat vem som svarar."
    )


def clarify(feedback_id: int) -> Answer:
    row = load_feedback(feedback_id, to=Permission.OVERSEE)
    form = ClarifyForm(obj=row)
    return _save(
        row, form, "feedback_answer", ("answer", "follow_up_on"),
        lambda: row.clarify(form.answer.data, form.follow_up_on.data, by=current_user),
        "Svaret är sparat. Rektorerna ser det nu.",
    )  # fmt: skip


def follow_up(feedback_id: int) -> Answer:
    row = load_feedback(feedback_id, to=Permission.OVERSEE)
    form = FollowUpForm(obj=row)
    return _save(
        row, form, "feedback_outcome", ("outcome",),
        lambda: row.follow_up(form.outcome.data, by=current_user),
        "Uppföljningen är sparad.",
    )  # fmt: skip


def _save(
    row: SupportFeedback, form: Any, template: str, fields: Any, change: Any, told: str
) -> Answer:
    def page(status: int) -> tuple[str, int]:
        return render_template(f"support/{template}.html", form=form, row=row), status

    if not form.validate_on_submit():
        return page(422 if form.is_submitted() else 200)
    try:
        if not saved(form, row, change, fields):
            return page(409)
    except SupportError as wrong:
        form.refuse(wrong.field, str(wrong))
        return page(422)
    notify(told)
    return _shown(row)


def _shown(row: SupportFeedback) -> Response:
    return redirect(url_for("support.feedback", feedback_id=row.id))
