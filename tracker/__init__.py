"""Varvet: systematiskt kvalitetsarbete for Swedish schools. `create_app` builds the application."""

import os
import sys
from pathlib import Path

from flask import Flask

from tracker.config import ConfigError, Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """The application with its settings checked; ends the process with one line when one is wrong."""
    instance = Path(os.environ.get("VARVET_INSTANCE") or ROOT / "instance")
    if settings is None:
        try:
            settings = Settings.from_environment(os.environ, instance)
        except ConfigError as wrong:
            sys.exit(f"varvet: {wrong}")
    app = Flask(
        __name__, instance_path=str(instance), static_folder=None, template_folder="templates"
    )
    _configure(app, settings)
    _register_extensions(app)
    _register_pages(app)
    _register_commands(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    from tracker.auth.sessions import DatabaseSessions

    app.config.update(
        VARVET=settings,
        TESTING=settings.environment == "test",
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.database_url.startswith("sqlite")},
        SESSION_COOKIE_NAME="varvet",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        TRUSTED_HOSTS=settings.trusted_hosts,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_I18N_ENABLED=False,
    )
    app.session_interface = DatabaseSessions()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def _register_extensions(app: Flask) -> None:
    from tracker.drafts import routes as drafts
    from tracker.extensions import csrf, db, login_manager, migrate
    from tracker.web import assets, errors, frame, logs, security

    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    login_manager.init_app(app, add_context_processor=False)
    logs.init_app(app)
    security.init_app(app)
    csrf.init_app(app)  # after security: who is signed out is told so, not that the form is old
    errors.init_app(app)
    frame.init_app(app)
    drafts.init_app(app)
    assets.init_app(app)


def _register_pages(app: Flask) -> None:
    from tracker.analyses.routes import bp as analyses
    from tracker.analyses.routes_total import bp as causes
    from tracker.audit.routes import bp as audit
    from tracker.auth.routes import bp as auth
    from tracker.board.routes import bp as board
    from tracker.calendars.routes import bp as calendars
    from tracker.checkins.routes import bp as checkins
    from tracker.cycle.routes import bp as cycle
    from tracker.dialogues.routes import bp as dialogues
    from tracker.evaluation.routes import bp as evaluation
    from tracker.examples.routes import bp as examples
    from tracker.handover.routes import bp as handover
    from tracker.measures.routes import bp as measures
    from tracker.national.routes import bp as national
    from tracker.notifications.routes import bp as notifications
    from tracker.organisation.routes import bp as organisation
    from tracker.own_lap import addresses
    from tracker.own_lap.routes import bp as own_lap
    from tracker.removals.routes import bp as removals
    from tracker.reports.routes import bp as reports
    from tracker.search.routes import bp as search
    from tracker.start.routes import bp as start
    from tracker.support.routes import bp as support
    from tracker.teams.routes import bp as teams
    from tracker.thread.routes import bp as thread

    for blueprint in (
        start,
        auth,
        organisation,
        cycle,
        analyses,
        causes,
        measures,
        evaluation,
        thread,
        handover,
        examples,
        search,
        dialogues,
        national,
        own_lap,
        board,
        calendars,
        checkins,
        removals,
        support,
        teams,
        reports,
        notifications,
        audit,
    ):
        app.register_blueprint(blueprint)
    addresses.init_app(app)


def _register_commands(app: Flask) -> None:
    from tracker import cli

    cli.init_app(app)
