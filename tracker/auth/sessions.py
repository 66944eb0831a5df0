"""Sessions as rows on the server.

The cookie of a signed-in browser holds a random secret; the row holds its fingerprint. A plain GET
only reads. A changed session is an UPDATE, so that a slow request cannot bring back a session that
was signed out meanwhile. Visitors who are not signed in keep Flask's own signed cookie, which holds
no more than what the sign-in form needs.
"""

import json
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Request, Response, g
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from tracker.auth.models import SignInSession, User, fingerprint
from tracker.clock import now
from tracker.database import SAFE_METHODS, reading_only
from tracker.extensions import db

LIFETIME = timedelta(days=14)
TOUCH_EVERY = timedelta(minutes=15)
USER_KEY = "_user_id"
"""Where Flask-Login keeps the signed-in user."""

_ROW = (
    sa.select(SignInSession.data, SignInSession.expires_at, User)
    .join(User, User.id == SignInSession.user_id)
    .where(SignInSession.id == sa.bindparam("key"))
)
"""Built once: every page asks it. With the person, who is then not asked for in a statement more."""


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A signed-in session. `secret` is None until it has a row."""

    def __init__(self, data: dict[str, Any] | None = None, secret: str | None = None) -> None:
        def changed(session: "ServerSession") -> None:
            session.modified = True

        super().__init__(data or {}, changed)
        self.secret = secret
        self.new = secret is None
        self.modified = False
        self.stale = False
        """Whether the row's time is to be renewed although nothing changed."""
        self.person: User | None = None
        """Held here, so that the database session remembers whom it has read."""


class DatabaseSessions(SessionInterface):
    """Chooses by the cookie's form: a row's secret, or Flask's own signed cookie."""

    PREFIX = "s."

    def __init__(self) -> None:
        self._anonymous = SecureCookieSessionInterface()

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        value = request.cookies.get(self.get_cookie_name(app), "")
        if not value.startswith(self.PREFIX):
            session = self._anonymous.open_session(app, request)
            if session is not None and USER_KEY in session:
                del session[
                    USER_KEY
                ]  # who is signed in is what a row says, never a visitor's cookie
            return session
        secret = value.removeprefix(self.PREFIX)
        with reading_only():
            row = db.session.execute(_ROW, {"key": fingerprint(secret)}).first()
            if request.method not in SAFE_METHODS:
                # The body is still on its way, perhaps slowly: no lock, no transaction meanwhile.
                db.session.rollback()
        if row is None or row.expires_at <= now():
            return self._anonymous.session_class()
        session = ServerSession(json.loads(row.data), secret)
        session.person = row.User
        session.stale = row.expires_at - now() < LIFETIME - TOUCH_EVERY
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        response.vary.add("Cookie")
        user_id = session.get(USER_KEY)
        if isinstance(session, ServerSession) and user_id is None:
            self._forget(session)
            session = self._anonymous.session_class(dict(session))
            session.modified = True
        elif user_id is not None:
            if not isinstance(session, ServerSession):
                session = ServerSession(dict(session))
            self._keep(app, session, int(user_id), response)
            return
        self._anonymous.save_session(app, session, response)

    def _keep(self, app: Flask, session: ServerSession, user_id: int, response: Response) -> None:
        if not (session.new or session.modified or session.stale):
            return
        values = {"data": json.dumps(dict(session)), "expires_at": now() + LIFETIME}
        if session.new:
            session.secret = secrets.token_urlsafe(32)
            statement: sa.Executable = sa.insert(SignInSession).values(
                id=fingerprint(session.secret), user_id=user_id, created_at=now(), **values
            )
        else:
            statement = (
                sa.update(SignInSession)
                .where(SignInSession.id == fingerprint(session.secret or ""))
                .values(**values)
            )
        self._write(statement)
        response.set_cookie(
            self.get_cookie_name(app),
            self.PREFIX + (session.secret or ""),
            max_age=int(LIFETIME.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self.get_cookie_secure(app),
        )

    def _forget(self, session: ServerSession) -> None:
        self._write(
            sa.delete(SignInSession).where(SignInSession.id == fingerprint(session.secret or ""))
        )

    @staticmethod
    def _write(statement: sa.Executable) -> None:
        db.session.rollback()  # what the view did not commit is not ours to save
        g.writes_on_get = True
        db.session.execute(statement)
        db.session.commit()
        g.writes_on_get = False


def renew(session: SessionMixin) -> None:
    """Give a session that becomes signed-in a new secret, so that a cookie planted before the
    sign-in is worth nothing after it."""
    if isinstance(session, ServerSession) and not session.new:
        db.session.execute(
            sa.delete(SignInSession).where(SignInSession.id == fingerprint(session.secret or ""))
        )
        session.secret, session.new = None, True
    session.modified = True


def clear_expired() -> int:
    """Delete sessions whose time is out; returns how many."""
    result = db.session.execute(sa.delete(SignInSession).where(SignInSession.expires_at <= now()))
    db.session.commit()
    return result.rowcount
