"""A word after something was done ("Åtgärden är beslutad."), carried over the redirect in a signed
cookie of its own. Flask's flash would keep it in the session, and showing it would then write."""

import contextlib

from flask import Flask, Response, after_this_request, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

COOKIE = "varvet-besked"
MAX_AGE = 60


Notice = tuple[str, str, int | None]
"""Kind, message, and what can be undone, if anything."""


def notify(message: str, kind: str = "success", *, undo: int | None = None) -> None:
    """Show the message on the next page. `kind`: success, info, warning or danger. `undo`: the id of a
    Removal, which gets a button."""
    if "notices" not in g:
        g.notices = []

        @after_this_request
        def _send(response: Response) -> Response:
            response.set_cookie(
                COOKIE,
                _serializer().dumps(g.notices),
                max_age=MAX_AGE,
                httponly=True,
                samesite="Lax",
                secure=current_app.config["SESSION_COOKIE_SECURE"],
            )
            return response

    g.notices.append((kind, message, undo))


def notices() -> list[Notice]:
    """The messages that wait, taken so that they are shown once."""
    waiting = list(g.get("notices", []))
    raw = request.cookies.get(COOKIE)
    if raw:
        with contextlib.suppress(BadData, ValueError, TypeError):
            sent = [(kind, message, undo) for kind, message, undo in _serializer().loads(raw)]
            waiting = sent + waiting

        @after_this_request
        def _clear(response: Response) -> Response:
            if "notices" not in g:
                response.delete_cookie(COOKIE)
            return response

    return waiting


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="notices")


def init_app(app: Flask) -> None:
    app.add_template_global(notices)
