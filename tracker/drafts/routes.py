"""Drafts: kept while people type, listed for whoever typed them, thrown away."""

from datetime import datetime

from flask import Blueprint, Flask, abort, jsonify, redirect, render_template, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from tracker.auth.access import current_access
from tracker.clock import local, now, today
from tracker.drafts.forms import (
    OWN_FIELDS,
    TOKEN_FORM,
    continuing,
    drafting,
    forget_what_was_saved,
    has_drafts,
    lead_to_the_text,
    who,
)
from tracker.drafts.models import Draft, DraftRefused
from tracker.extensions import db
from tracker.removals.access import may_come_back
from tracker.removals.models import Removal
from tracker.web.forms import Written, written
from tracker.web.notices import notify
from tracker.web.paging import Page
from tracker.web.personnummer import find_personal_identity_number
from tracker.web.security import safe_next
from tracker.web.swedish import date_medium, time_short

bp = Blueprint("drafts", __name__, url_prefix="/utkast")

ABOUT = ("form", "place", "address", "title")
"""What the page says of the form, in fields of the request that begin with `draft-`."""
ELSEWHERE = (
    "Utkastet är inte sparat än: i en annan flik har du bytt till en annan huvudman. Byt tillbaka, så "
    "sparas det. Texten ligger kvar här så länge."
)
WHY = {
    "403": "Din roll ger dig inte längre rätt att skriva där.",
    "404": "Det du skrev i finns inte kvar, eller så har du inte längre tillgång till det.",
    "409": "Det du skrev i är fastställt eller avslutat.",
}
"""Why a page does not take a draft, by what it answers to whoever goes on with that."""
CHANGED = "Det du skrev i har ändrats sedan dess, eller så är det för sent att skriva där."
REMOVALS_ON_A_PAGE = 50
NOT_KEPT = OWN_FIELDS | {"csrf_token"}


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.after_request(forget_what_was_saved)
    app.after_request(lead_to_the_text)
    app.add_template_global(drafting)
    app.add_template_global(continuing, "continuing_draft")
    app.add_template_global(has_drafts)
    app.add_template_filter(_time, "draft_time")
    app.add_template_filter(_texts, "draft_texts")
    app.add_template_filter(_excerpt, "draft_excerpt")


def _time(moment: datetime) -> str:
    """kl. 18.42, kl. 18.42 i går, den 3 november 2026 kl. 18.42"""
    clock, days = f"kl. {time_short(moment)}", (today() - local(moment).date()).days
    if days > 1:
        return f"den {date_medium(local(moment).date())} {clock}"
    return f"{clock} i går" if days == 1 else clock


def _texts(draft: Draft) -> list[Written]:
    """What the person wrote in it, without choices and what the page carries along."""
    return written(draft.content["fields"], draft.form)


def _excerpt(draft: Draft) -> str:
    """A text for the person to know it by: the longest of those that are not as the page had them."""
    texts = _texts(draft)
    changed = [each for each in texts if each.name in draft.changed]
    return max((each.text for each in changed or texts), key=len, default="")


@bp.get("")
def index() -> str:
    """One's own drafts, wherever they were typed, and what one has removed. `visa` in the address is the
    token of the draft whose texts are shown whole; `borta`, what the page where it was typed has answered,
    which does not take it any more."""
    answered = request.args.get("borta")
    here = (current_user.id, current_access().organizer_id)
    return render_template(
        "drafts/index.html",
        drafts=Draft.all_of(*here),
        removals=Page.select(Removal.latest_by(*here, may_come_back()), REMOVALS_ON_A_PAGE),
        whole=request.args.get("visa", ""),
        why=WHY.get(answered, CHANGED) if answered else None,
    )


@bp.post("/<token>")
def keep(token: str) -> Response | tuple[Response, int]:
    """What stands in a form at the moment. Answers with a sentence for the page, and with the highest
    number that has come: a page that has sent a lower one was not heard. 409 for a page that was made for
    another person, or for the same one in another organizer: that would see the draft, and its own not."""
    if (made_for := request.form.get("draft-who", "")) != who():
        return _elsewhere(made_for)
    number = request.form.get("draft-number", 0, type=int)
    about = {name: _without_nul(request.form.get(f"draft-{name}", "")) for name in ABOUT}
    address = safe_next(about["address"])
    organizer_id = current_access().organizer_id or abort(409)
    named = find_personal_identity_number(f"{about['title']} {address}")
    if not TOKEN_FORM.fullmatch(token) or not 0 < number < 2**31 or not address or named:
        return jsonify(said="Det gick inte att spara utkastet. Ladda om sidan."), 422
    if "draft-nothing" in request.form:  # typed, and taken back
        Draft.forget(current_user.id, [token])
        db.session.commit()
        return jsonify(said="")
    try:
        draft = Draft.keep(
            current_user.id,
            organizer_id,
            token,
            number,
            _fields(),
            form=about["form"][:80],
            place=about["place"][:200],
            address=address[:500],
            title=" ".join(about["title"].split())[:200],
            continues=_without_nul(request.form.get("draft-continues", "")),
            changed=[_without_nul(name)[:100] for name in request.form.getlist("draft-changed")],
        )
    except DraftRefused as refused:
        db.session.commit()  # what could be kept
        return jsonify(said=str(refused)), 422
    db.session.commit()
    return jsonify(said=f"Sparat som utkast kl. {time_short(now())}", newest=draft.number)


def _without_nul(text: str) -> str:
    """PostgreSQL keeps none."""
    return text.replace("\x00", "")


def _fields() -> list[tuple[str, str]]:
    return [
        (_without_nul(name)[:100], _without_nul(value))
        for name, value in request.form.items(multi=True)
        if name not in NOT_KEPT and not name.startswith("draft-")
    ]


@bp.post("/<token>/kasta")
def discard(token: str) -> Response:
    """And what was typed on the page since, when the draft is what the page goes on with."""
    if Draft.forget(current_user.id, [token, request.form.get("too", "")]):
        db.session.commit()
        notify("Utkastet är kastat.")
    else:
        notify("Utkastet finns inte längre.", "info")
    return redirect(safe_next(request.form.get("next")) or "/utkast")


@bp.get("/nyckel")
def key() -> Response | tuple[Response, int]:
    """For a page whose session ended while somebody typed in it: what it needs to send its forms in
    the session of today. Only for the same person in the same organizer; else 409."""
    made_for = request.args.get("who", "")
    return jsonify(csrf_token=generate_csrf()) if made_for == who() else _elsewhere(made_for)


def _elsewhere(made_for: str) -> tuple[Response, int]:
    """The page was made for another organizer, which the person is told; or for somebody else."""
    if made_for.partition("-")[0] != str(current_user.id):
        abort(409)
    return jsonify(said=ELSEWHERE), 409
