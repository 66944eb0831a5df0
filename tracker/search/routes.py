"""Vad har gett effekt? Everything that has been assessed and that the person may read."""

from flask import Blueprint, abort, render_template, request

from tracker.auth.access import current_access
from tracker.models import Permission
from tracker.search.forms import SearchForm
from tracker.search.reading import answer, years_to_choose

bp = Blueprint("search", __name__)


@bp.get("/vad-har-gett-effekt")
def index() -> str:
    access = current_access()
    if not access.grants:
        abort(403)
    form = SearchForm.received(request.args, years_to_choose(access))
    found = answer(form, access) if form.validate() else None
    return render_template(
        "search/index.html",
        form=form,
        found=found,
        may_read_all=Permission.READ in access.on_organizer(),
    )
