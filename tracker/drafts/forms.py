"""What a form has to do with drafts: which ones there are of it, and how it is filled out of one.

`Form` of tracker.web.forms asks here when it is made, and the macro `forms.form` when it is shown. Every
form with a text area takes part, without a line of its own.
"""

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, g, has_request_context, request, url_for
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict

from tracker.auth.access import current_access
from tracker.database import SAFE_METHODS
from tracker.drafts.models import Draft
from tracker.extensions import db
from tracker.web.fields import FreeText, clean
from tracker.web.security import allow_own_script, safe_next

if TYPE_CHECKING:
    from tracker.web.forms import Form

TOKEN, CONTINUES, ADDRESS = "utkast", "utkast_fran", "utkast_sida"
"""Hidden fields of a form: its page's token, that of the draft it was filled out of, and where it stands."""
OWN_FIELDS = frozenset({TOKEN, CONTINUES, ADDRESS})
TOKEN_FORM = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass(frozen=True, slots=True)
class Drafting:
    """What the macro needs to show a form whose text is kept while it is typed."""

    token: str
    number: int
    """What the page's last sending must exceed: a form that came back goes on where it was."""
    continues: Draft | None
    """The draft that the form is filled out of."""
    is_old: bool
    """Whether what the draft builds on has been saved anew since."""
    others: list[Draft]
    """Drafts of this form that wait to be gone on with or thrown away."""
    form: str
    place: str
    address: str
    came_from: str
    """The token of the draft that this text was filled out of, on this page or before it was sent."""
    unsent: bool
    """The form was sent and has come back: what stands in it is saved nowhere."""
    who: str
    """The person and the organizer that the page is made for."""
    is_first: bool
    """Whether it is the first such form of the page, which loads the script."""


def may_draft(form: Any) -> bool:
    return (
        has_request_context()
        and "bare" not in g
        and current_user.is_authenticated
        and any(isinstance(field, FreeText) for field in form)
    )


def continued(form: "Form") -> Draft | None:
    """The draft of this form that the address asks for, while a page is shown."""
    if not has_request_context() or request.method not in SAFE_METHODS:
        return None
    token = request.args.get(TOKEN, "")
    if not TOKEN_FORM.fullmatch(token) or not may_draft(form):
        return None
    return next((row for row in _here() if row.token == token and row.form == _name(form)), None)


def drafting(form: "Form | None") -> Drafting | None:
    """How the macro shows the form; None for one without longer texts. A form filled out of a draft
    shows what is stored now beside what differs, when that is newer."""
    if not form or not may_draft(form):
        return None
    allow_own_script()
    is_first, g.has_drafting = "has_drafting" not in g, True
    sent = request.method not in SAFE_METHODS and any(field.raw_data for field in form)
    used, draft = request.form if sent else ImmutableMultiDict[str, str](), form.draft
    if draft is not None:
        g.has_gone_on = True
    waiting = _here() if request.method in SAFE_METHODS else []
    token, before = used.get(TOKEN, ""), used.get(CONTINUES, "")
    own = None
    if TOKEN_FORM.fullmatch(token):
        own = Draft.find(current_user.id, current_access().organizer_id, token)
    else:
        token = secrets.token_urlsafe(12)
    return Drafting(
        token=token,
        number=own.number if own else 0,
        continues=draft,
        is_old=draft is not None and form.show_what_is_newer(),
        others=[row for row in waiting if row.form == _name(form) and row is not draft],
        form=_name(form),
        place=_place(),
        address=(safe_next(used.get(ADDRESS)) if sent else None) or _address(),
        came_from=draft.token if draft else before if TOKEN_FORM.fullmatch(before) else "",
        unsent=sent,
        who=who(),
        is_first=is_first,
    )


def has_drafts(form: "Form") -> bool:
    """Whether the form has something to go on with: a panel that hides it is then shown open."""
    return may_draft(form) and any(row.form == _name(form) for row in _here())


def forget_what_was_saved(response: Response) -> Response:
    """A form that was sent has led on with good news: its draft has done its work. Other news may mean
    that the text was saved nowhere else, such as a log that is closed meanwhile. Another draft of the page, such
    as one of a form that was refused and left, goes too when it says nothing that was not in this one."""
    if response.status_code not in (302, 303) or request.method in SAFE_METHODS:
        return response
    tokens = [request.form.get(name, "") for name in (TOKEN, CONTINUES)]
    tokens = [token for token in tokens if TOKEN_FORM.fullmatch(token)]
    told = [kind for kind, *_ in g.get("notices", [])]
    if tokens and told and current_user.is_authenticated and told[0] == "success":
        db.session.rollback()  # what the view did not commit is not ours to save
        here, address = current_access().organizer_id, request.form.get(ADDRESS)
        sent = {(name, clean(value, lines=True)) for name, value in request.form.items(multi=True)}
        tokens += [
            row.token
            for row in Draft.about(current_user.id, here, _place())
            if row.address == address and (texts := row.texts) and texts <= sent
        ]
        if Draft.forget(current_user.id, tokens):
            db.session.commit()
    return response


def lead_to_the_text(response: Response) -> Response:
    """Somebody goes on with a draft, and no form of the answer takes it: what it was written in was removed,
    closed or decided meanwhile, or their role ended. They are led to the list of drafts, which shows the
    whole text and says why, as far as the page itself does."""
    token = request.args.get(TOKEN, "")
    if (
        request.method != "GET"
        or response.status_code >= 500
        or "has_gone_on" in g
        or "bare" in g
        or not TOKEN_FORM.fullmatch(token)
        or not current_user.is_authenticated
        or Draft.find(current_user.id, current_access().organizer_id, token) is None
    ):
        return response
    response.location = url_for(
        "drafts.index", visa=token, borta=response.status_code, _anchor=f"utkast-{token}"
    )
    response.direct_passthrough = False
    response.status_code = 303  # the same response: what the view has to say comes with it
    response.set_data("")
    return response


def who() -> str:
    """The person and the organizer that a page is made for."""
    return f"{current_user.id}-{current_access().organizer_id}"


def _here() -> list[Draft]:
    """The person's drafts of the forms of this page; asked for once."""
    if "drafts" not in g:
        g.drafts = Draft.about(current_user.id, current_access().organizer_id, _place())
    return g.drafts


def _name(form: "Form") -> str:
    return type(form).__name__[:80]


def _place() -> str:
    arguments = (request.view_args or {}).items()
    return ",".join(f"{name}={value}" for name, value in sorted(arguments))[:200]


def _address() -> str:
    """This page, without the draft that it may be filled out of."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != TOKEN]
    return request.path + ("?" + urlencode(kept) if kept else "")


def continuing(draft: Draft) -> str:
    """The address where the person goes on with the draft."""
    joint = "&" if "?" in draft.address else "?"
    return f"{draft.address}{joint}{urlencode([(TOKEN, draft.token)])}"
