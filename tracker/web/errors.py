"""Error pages: in Swedish, with a way on, and never at the price of what a person typed."""

import logging
import time

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from tracker.database import SAFE_METHODS
from tracker.extensions import db
from tracker.web.forms import written
from tracker.web.logs import log

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 500, 503})

MOST_THROWN_AWAY = 64 * 1024 * 1024
"""Bytes of a body that is refused unread: eight times what is received."""
SECONDS_THROWING_AWAY = 20


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _other_host)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(StaleDataError, _newer_text)
    app.register_error_handler(IntegrityError, _newer_text)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _impossible_value)
    app.register_error_handler(OverflowError, _impossible_value)
    app.register_error_handler(500, _broken)


def error_page(code: int, *, template: str = "", **context: object) -> tuple[str, int]:
    """The page for an error, or one of its own. Those that mean that we failed ask neither the
    database nor the session for anything."""
    if code >= 500:
        g.bare = True
    return render_template(f"errors/{template or code}.html", **context), code


def typed_texts() -> list[tuple[str, str]]:
    """What was typed in the form that could not be received, to be shown and copied, with the label
    of its field: every text, also a short one. Passwords, choices and hidden fields are not among it; of
    a body that is too large to be read there is nothing."""
    try:
        fields = request.form
    except HTTPException:
        return []
    hidden = {
        *("csrf_token", "version", "form_token", "utkast", "utkast_fran", "utkast_sida"),
        *("password", "current_password", "new_password", "repeat"),
    }
    texts = written(fields.items(multi=True))
    return [(each.label, each.text) for each in texts if each.name not in hidden]


def _http_error(error: HTTPException):
    if error.response is not None or error.code is None or error.code < 400:
        return error
    code = error.code if error.code in PAGES else (400 if error.code < 500 else 500)
    db.session.rollback()
    if code in (401, 409):
        return error_page(code, typed=typed_texts())
    if code == 413:
        _throw_the_body_away()
    # What one wrote in may have been removed meanwhile, or one's role have ended.
    body, _ = error_page(code, typed=typed_texts() if code in (403, 404) else [])
    headers = {
        name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")
    }
    return body, error.code, headers


def _throw_the_body_away() -> None:
    """Take in the body that was refused by its length before any of it was read: a connection that is
    closed on somebody who still sends is reset, and the page that says why is never seen. What is far
    too much, or comes too slowly, is left to be."""
    most = current_app.config["MAX_CONTENT_LENGTH"]
    left = request.content_length or 0
    if not most < left <= MOST_THROWN_AWAY:
        return
    deadline = time.monotonic() + SECONDS_THROWING_AWAY
    body = request.environ["wsgi.input"]
    while left > 0 and time.monotonic() < deadline:
        taken = body.read(min(left, 64 * 1024))
        if not taken:
            break
        left -= len(taken)


def _other_host(error: SecurityError):
    """No page: none of our links can be made for a host that is not ours."""
    said = f"Varvet svarar på {current_app.config['VARVET'].base_url}, inte på den här adressen.\n"
    return said, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _form_too_old(error: CSRFError):
    db.session.rollback()
    return error_page(400, typed=typed_texts())


def _newer_text(error: StaleDataError | IntegrityError):
    """Somebody else was first: changed the row, or took the name, the address or the place that
    this form would have taken."""
    if isinstance(error, IntegrityError):
        log("refused by a constraint", logging.WARNING, exc_info=True, endpoint=request.endpoint)
    db.session.rollback()
    return error_page(409, typed=typed_texts())


def _database_away(error: OperationalError):
    log("database unavailable", logging.ERROR, exc_info=True)
    db.session.rollback()
    return error_page(503)


def _impossible_value(error: DataError | OverflowError):
    """An address or a form holds what no row can have: a number of thirty digits, a text with NUL.
    PostgreSQL says so by DataError, SQLite's driver by OverflowError."""
    log("impossible value", logging.WARNING, exc_info=True, endpoint=request.endpoint)
    db.session.rollback()
    if request.method in SAFE_METHODS:
        return error_page(404)
    return error_page(400, typed=typed_texts())


def _broken(error: InternalServerError):
    if isinstance(error.original_exception, OperationalError):
        return _database_away(error.original_exception)  # while the session was read
    log("unexpected error", logging.ERROR, exc_info=True, endpoint=request.endpoint)
    db.session.rollback()
    return error_page(500)
