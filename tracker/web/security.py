"""Response headers, the client's address behind proxies, and sign-in as the rule for every page."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

from tracker.config import Settings
from tracker.database import SAFE_METHODS

PUBLIC_ENDPOINTS = frozenset(
    {
        "start.healthz",
        "start.readyz",
        "start.accessibility",
        "auth.sign_in",
        "auth.forgot_password",
        "auth.choose_password",
        "auth.link_sent",
        "calendars.feed",
    }
)
"""What a visitor who is not signed in may open. Everything else asks for sign-in."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)

WITH_OWN_SCRIPT = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
"""For the few pages that save while people write: files of ours, and nothing in the page itself."""


def allow_own_script() -> None:
    """Let the page that this request answers load scripts from our own address."""
    g.own_script = True


def settings() -> Settings:
    return current_app.config["VARVET"]


def init_app(app: Flask) -> None:
    configured: Settings = app.config["VARVET"]
    if configured.proxy_hops:
        hops = configured.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.before_request(_ask_for_sign_in)
    app.after_request(_add_headers)


def _ask_for_sign_in() -> WerkzeugResponse | None:
    if request.method not in SAFE_METHODS:
        _ = request.form  # the whole body, before the database is asked for anything
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        return None
    if current_user.is_authenticated:
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
    abort(401)  # the page shows what was typed, so that an expired session eats no text


def _add_headers(response: Response) -> Response:
    headers = response.headers
    policy = WITH_OWN_SCRIPT if g.get("own_script") else CONTENT_SECURITY_POLICY
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if settings().secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers.setdefault("Cache-Control", "no-store")
    return response


def safe_next(target: str | None) -> str | None:
    """An address on this site to lead on to, or None. Only a plain path counts: `//host`, `/\\host`
    and addresses with a scheme would lead away."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 32 for character in target) or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def client_address() -> str:
    """Where the request came from, behind as many proxies as PROXY_HOPS says."""
    return request.remote_addr or "unknown"


def external_url(endpoint: str, **values: object) -> str:
    """An absolute address for mails: always out of BASE_URL, never out of a request's Host."""
    adapter = current_app.url_map.bind("", "/")
    return settings().base_url + adapter.build(endpoint, values)
