"""The first page of every role, the health checks and the accessibility statement."""

import logging
from functools import lru_cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, render_template
from sqlalchemy.exc import SQLAlchemyError

from tracker.extensions import db
from tracker.web.logs import log

bp = Blueprint("start", __name__)


@bp.get("/healthz")
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process lives."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
def readyz() -> tuple[str, int, dict[str, str]]:
    """The database answers and has every migration; 503 otherwise."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    try:
        have = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        log("not ready", logging.WARNING, exc_info=True)
        return "database unreachable\n", 503, plain
    if have != _newest_migration(current_app.extensions["migrate"].directory):
        return "database not migrated: run flask --app wsgi db upgrade\n", 503, plain
    return "ready\n", 200, plain


@lru_cache
def _newest_migration(directory: str) -> str | None:
    return ScriptDirectory(directory).get_current_head()


@bp.get("/tillganglighet")
def accessibility() -> str:
    return render_template("start/accessibility.html")


@bp.get("/")
def home() -> str:
    return render_template("start/home.html")


@bp.get("/enheter")
def units() -> str:
    return render_template("start/home.html")
