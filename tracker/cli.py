"""The commands of `flask --app wsgi`."""

from flask import Flask

from tracker import backup
from tracker.demo import commands as demo_commands
from tracker.notifications import commands as notification_commands
from tracker.organisation import commands as organisation_commands
from tracker.search import commands as search_commands


def init_app(app: Flask) -> None:
    """Register every command."""
    backup.init_app(app)
    demo_commands.init_app(app)
    organisation_commands.init_app(app)
    notification_commands.init_app(app)
    search_commands.init_app(app)
