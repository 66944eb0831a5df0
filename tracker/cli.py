"""The commands of `flask --app wsgi`."""

from flask import Flask

from tracker import backup


def init_app(app: Flask) -> None:
    """Register every command."""
    backup.init_app(app)
