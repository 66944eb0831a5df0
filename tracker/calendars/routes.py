"""A person's own calendar: the secret address, and what calendar programs fetch there."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from tracker.extensions import db
from tracker.models import CalendarFeed
from tracker.web.notices import notify
from tracker.web.security import external_url

bp = Blueprint("calendars", __name__)


@bp.route("/konto/kalender", methods=["GET", "POST"])
def address() -> str:
    """Whether one has an address, and how to subscribe. The button makes one, and shows it this once."""
    url = None
    if request.method == "POST":
        url = external_url("calendars.feed", secret=CalendarFeed.make(current_user))
        db.session.commit()
    return render_template("calendars/address.html", feed=CalendarFeed.of(current_user), url=url)


@bp.post("/konto/kalender/ta-bort")
def remove_address() -> WerkzeugResponse:
    CalendarFeed.remove(current_user)
    db.session.commit()
    notify("Kalenderadressen är borttagen. Program som hämtade den får inget mer.")
    return redirect(url_for("calendars.address"))


@bp.get("/kalender/<secret>.ics")
def feed(secret: str) -> Response:
    """Without sign-in: who knows the address may read it. One that is nobody's, that was taken away and
    that of a closed account are all not there."""
    user = CalendarFeed.owner(secret)
    if user is None:
        abort(404)
    from tracker.calendars.feed import feed_of  # the library is for the few who ask

    return Response(
        feed_of(user),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="kvalitetsdialoger.ics"',
            "X-Robots-Tag": "noindex",
        },
    )
