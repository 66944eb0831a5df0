"""The catalogue: read by everybody in the organizer, kept by the skolchef and the systemförvaltare."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.auth.access import current_access, load_organizer
from tracker.dialogues.lists import demand_somewhere
from tracker.extensions import db
from tracker.models import Permission, SupportOffer
from tracker.support.access import load_offer, writes_somewhere
from tracker.support.forms import NewOfferForm, OfferForm
from tracker.support.people import at_the_organizer, still_there
from tracker.web.conflicts import saved
from tracker.web.notices import notify
from tracker.web.once import make_once

Answer = Response | tuple[str, int]


def catalogue() -> str:
    demand_somewhere(Permission.READ)
    access = current_access()
    rows = SupportOffer.catalogue(access.organizer_id)
    return render_template(
        "support/catalogue.html",
        offered=[row for row in rows if not row.is_retired],
        there=still_there(access.organizer_id, rows),
        retired=[row for row in rows if row.is_retired],
        keeps=Permission.CATALOGUE in access.on_organizer(),
        asks=writes_somewhere(),
        follows=access.anywhere(Permission.FOLLOW),
    )


def new_offer() -> Answer:
    organizer = load_organizer(to=Permission.CATALOGUE)
    form = NewOfferForm(data={"forms": []})
    form.owner_id.offer(at_the_organizer(organizer.id))

    def make() -> SupportOffer:
        return SupportOffer.add(organizer, by=current_user, form_token=form.token, **form.values())

    if form.validate_on_submit():
        made = make_once(form, SupportOffer, make, ("title", "gives"))
        if made is not None:
            notify(f"{made.title} står i katalogen.")
            return _listed()
    return render_template("support/offer.html", form=form, row=None), (
        422 if form.is_submitted() else 200
    )


def offer(offer_id: int) -> Answer:
    row = load_offer(offer_id)
    form = OfferForm(data=_stored(row) | {"version": row.version})
    form.owner_id.offer(at_the_organizer(row.organizer_id, also=row.owner_id))
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        if saved(
            form, row, lambda: row.change(by=current_user, **form.values()), lambda: _stored(row)
        ):
            notify("Ändringarna är sparade.")
            return _listed()
        status = 409
    return render_template("support/offer.html", form=form, row=row), status


def _stored(row: SupportOffer) -> dict[str, Any]:
    """As the form has it."""
    return {name: getattr(row, name) for name in row.FIELDS} | {"forms": row.forms}


def retire_offer(offer_id: int) -> Response:
    row = load_offer(offer_id)
    row.retire(by=current_user)
    db.session.commit()
    notify(f"{row.title} är undanlagt. Det som någon redan har bett om följs som förut.")
    return _listed()


def restore_offer(offer_id: int) -> Response:
    row = load_offer(offer_id)
    row.restore(by=current_user)
    db.session.commit()
    notify(f"{row.title} står i katalogen igen.")
    return _listed()


def _listed() -> Response:
    return redirect(url_for("support.catalogue"))
