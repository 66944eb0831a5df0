"""A database of its own with the cast in it, committed, for tests in which processes are killed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask

from tests.cast import THE_DAY, Cast, build
from tests.conftest import BASE_URL, make_settings, new_migrated_database
from tracker import ROOT, create_app
from tracker.extensions import db

DEADLINE = 60
"""Seconds that a process may take before the test gives up."""

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


@dataclass
class World:
    """An application, its cast, and what a process of its own needs to work on the same database."""

    app: Flask
    cast: Cast
    url: str
    instance: Path

    def process(self, smtp_url: str) -> dict[str, Any]:
        """Arguments of subprocess.Popen."""
        environment = {
            **os.environ,
            "VARVET_ENV": "test",
            "VARVET_INSTANCE": str(self.instance),
            "SECRET_KEY": "a key for tests only, long enough to be one",
            "DATABASE_URL": self.url,
            "BASE_URL": BASE_URL,
            "SMTP_URL": smtp_url,
            "PYTHONPATH": str(ROOT),
        }
        return {"env": environment, "cwd": ROOT}


@contextmanager
def world(kind: str, folder: Path) -> Iterator[World]:
    with new_migrated_database(kind, folder) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            with time_machine.travel(THE_DAY, tick=False):
                cast = build()
                db.session.commit()
            try:
                yield World(app, cast, url, folder)
            finally:
                db.session.remove()
                db.engine.dispose()
