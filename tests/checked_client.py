"""A test client that checks every HTML answer and adds the CSRF token to what it posts."""

import json
import re
import secrets
from collections import Counter
from typing import Any

import html5lib
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tracker.auth.models import SignInSession, User, fingerprint
from tracker.auth.sessions import LIFETIME, USER_KEY, DatabaseSessions
from tracker.clock import now
from tracker.extensions import db

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)


class CheckedClient(FlaskClient):
    """Every answer is checked: valid HTML, title as h1, unique ids, labelled fields, nothing inline;
    and a GET must not write."""

    def __init__(self, app: Flask, *, strict_html: bool = True, checks_pages: bool = True) -> None:
        super().__init__(app, app.response_class, use_cookies=True)
        self.strict_html = strict_html
        self.checks_pages = checks_pages
        self._csrf = secrets.token_hex(20)
        self._token_seen: str | None = None

    def become(self, person: User) -> None:
        """Sign the person in, without the sign-in page."""
        secret = secrets.token_urlsafe(32)
        db.session.add(
            SignInSession(
                id=fingerprint(secret),
                user_id=person.id,
                data=json.dumps({USER_KEY: str(person.id), "csrf_token": self._csrf}),
                expires_at=now() + LIFETIME,
            )
        )
        db.session.commit()
        self.set_cookie(
            "varvet", DatabaseSessions.PREFIX + secret, domain="127.0.0.1", httponly=True
        )
        self._token_seen = None

    def csrf_token(self) -> str:
        """The token that the last page with a form showed, or that the first one will show."""
        if self._token_seen:
            return self._token_seen
        key = self.application.secret_key
        return URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(self._csrf)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", "http://127.0.0.1:8000")
        method = kwargs.get("method", "GET")
        if method == "POST" and not isinstance(kwargs.get("data"), (str, bytes)):
            kwargs["data"] = {"csrf_token": self.csrf_token(), **(kwargs.get("data") or {})}
        written: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if WRITES.match(statement):
                written.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            # A context of its own: Flask would reuse the test's, and with it who is signed in.
            with self.application.app_context():
                response = super().open(*args, **kwargs)
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        if method in ("GET", "HEAD"):
            assert not written, f"a GET wrote: {written}"
        if response.mimetype == "text/html" and response.status_code not in (
            301,
            302,
            303,
            307,
            308,
        ):
            text = response.get_data(as_text=True)
            if self.checks_pages:
                check_html(text, strict=self.strict_html)
            if shown := re.search(r'name="csrf_token" value="([^"]+)"', text):
                self._token_seen = shown[1]
        db.session.expire_all()
        return response

    def page(self, url: str, status: int = 200) -> str:
        """GET the page, expect the status, give its text."""
        response = self.get(url)
        assert response.status_code == status, f"{url}: {response.status_code}"
        return response.get_data(as_text=True)

    def submit(
        self, url: str, data: dict[str, Any] | None = None, status: int = 302
    ) -> TestResponse:
        """POST the form and expect the status (302: it worked and led on; 422: refused)."""
        response = self.post(url, data=data or {})
        assert response.status_code == status, (
            f"{url}: {response.status_code}, not {status}: {errors(response)}"
        )
        return response


def errors(response: TestResponse) -> list[str]:
    """The messages at the fields of a refused form."""
    text = response.get_data(as_text=True)
    found = re.findall(r'data-field="validation"[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)<', text)
    return [message.strip() for message in found]


def check_html(text: str, *, strict: bool = True) -> None:
    """Raise AssertionError unless the page is whole and honest HTML."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=False
    )
    document = parser.parse(text)
    if strict:
        # html5lib knows HTML as it was before `inputmode` and friends, but its parse errors stand.
        assert not parser.errors, [f"{place}: {code} {data}" for place, code, data in parser.errors]
    elements = list(document.iter())
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    doubled = [name for name, number in ids.items() if number > 1]
    assert not doubled, f"ids used twice: {doubled}"
    headings = [element for element in elements if element.tag == "h1"]
    assert len(headings) == 1, f"{len(headings)} h1"
    heading = _words(headings[0])
    title = _words(next(element for element in elements if element.tag == "title"))
    assert heading, "empty h1"
    assert title == f"{heading} – Varvet", f"title {title!r} beside h1 {heading!r}"
    _check_inline(elements)
    _check_labels(elements, ids)


def _check_inline(elements: list[Any]) -> None:
    for element in elements:
        own_file = element.tag == "script" and (element.get("src") or "").startswith("/static/")
        assert own_file or element.tag not in ("script", "style"), f"inline <{element.tag}>"
        assert not (own_file and (element.text or "").strip()), "inline <script>"
        assert "style" not in element.attrib, f"style attribute on <{element.tag}>"
        handlers = [name for name in element.attrib if name.startswith("on")]
        assert not handlers, f"{handlers} on <{element.tag}>"


def _check_labels(elements: list[Any], ids: Counter[str | None]) -> None:
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    for element in elements:
        for reference in ("aria-describedby", "aria-labelledby", "aria-controls"):
            for name in (element.get(reference) or "").split():
                assert name in ids, f"{reference} points at {name!r}, which is not there"
        if element.tag not in ("input", "select", "textarea"):
            continue
        if element.get("type") in ("hidden", "submit", "button"):
            continue
        has_label = element.get("id") in labelled or element.get("aria-label")
        assert has_label or element.get("aria-labelledby"), f"no label: {element.attrib}"


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
