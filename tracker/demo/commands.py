"""`flask --app wsgi demo`."""

from datetime import datetime

import click
import sqlalchemy as sa
from flask import Flask

from tracker import clock
from tracker.demo import load as demo
from tracker.extensions import db
from tracker.models import SchoolUnit, User
from tracker.terminal import Group, Stop

group = Group("demo", help="Invented content to try the application with.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)


class Moment(click.ParamType):
    """A moment as people write it to a command; see tracker.clock.parse."""

    name = "ISO"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return clock.parse(value)
        except ValueError:
            self.fail(
                f"{value!r} är ingen tidpunkt; skriv till exempel 2026-11-20T09:00", param, ctx
            )


@group.command()
@click.option("--at", type=Moment(), help="Content as of this moment instead of now.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database has content.")
def load(at: datetime | None, if_empty: bool) -> None:
    """Put invented content in an empty database: two municipalities and three to five läsår."""
    try:
        if demo.has_content():
            if if_empty:
                return
            raise Stop("Databasen har redan innehåll. Demoinnehållet läggs bara i en tom databas.")
        demo.load(at or clock.now())
        units, people = (
            db.session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (SchoolUnit, User)
        )
        db.session.commit()
    except sa.exc.DBAPIError as wrong:
        if "organizer" not in str(wrong.orig):
            raise
        raise Stop("Databasen är inte förberedd. Kör först: flask --app wsgi db upgrade") from wrong
    click.echo(f"Demoinnehållet är på plats: {units} enheter och {people} personer, allt påhittat.")
