"""`flask --app wsgi search rebuild`."""

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from tracker.extensions import db
from tracker.search.indexing import rebuild
from tracker.terminal import Group, Stop
from tracker.web.swedish import count

search_cli = Group("search", help="The search in what has been assessed.")


def init_app(app: Flask) -> None:
    app.cli.add_command(search_cli)


@search_cli.command("rebuild")
def rebuild_index() -> None:
    """Write the index anew; it works meanwhile, and again from the beginning when it was stopped."""
    try:
        done = sum(rebuild())
    except (OperationalError, ProgrammingError):
        db.session.rollback()
        raise Stop(
            "databasen svarar inte eller är inte förberedd: kör flask --app wsgi db upgrade"
        ) from None
    click.echo(f"Sökningen är uppdaterad: {count(done, 'en åtgärd', 'åtgärder')} genomgångna.")
