"""Signing in as a person does it."""

from typing import Any

from werkzeug.test import TestResponse

from tests.checked_client import CheckedClient, errors

PASSWORD = "fyra ord som ingen gissar"
WRONG = "E-postadressen och lösenordet hör inte ihop. Försök igen."


def send(
    browser: CheckedClient,
    url: str,
    data: dict[str, Any] | None = None,
    status: int = 302,
    **kwargs: Any,
) -> TestResponse:
    """Open the page, fill in its form, send it, and expect the status. A form whose address shows no
    page is sent from one's own account's."""
    shown = browser.get(url)
    if shown.status_code == 405:
        browser.page("/konto")
    response = browser.post(url, data=data or {}, **kwargs)
    assert response.status_code == status, f"{response.status_code}: {errors(response)}"
    return response


def sign_in(
    browser: CheckedClient, email: str, password: str = PASSWORD, status: int = 302, **kwargs: Any
) -> TestResponse:
    """Sign in on the page."""
    return send(browser, "/logga-in", {"email": email, "password": password}, status, **kwargs)
