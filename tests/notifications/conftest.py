from dataclasses import replace

import pytest
from flask import Flask

from tests.notifications.scenes import FakeServer
from tracker.config import SmtpServer


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    """A mail server is configured, and takes whatever it is not told to refuse."""
    fake = FakeServer()
    configured = app.config["VARVET"]
    monkeypatch.setitem(
        app.config,
        "VARVET",
        replace(configured, smtp=SmtpServer.parse("smtp://127.0.0.1:2525")),
    )
    monkeypatch.setattr("tracker.notifications.sending.Postbox", lambda *_: fake)
    return fake
