"""`reminders tick` and `scheduler`."""

import json
from contextlib import nullcontext
from datetime import date, datetime

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.cycle.workdays import SEND_TIME
from tracker.terminal import Command, Group, Stop

reminders = Group("reminders", help="The reminder engine.")


def init_app(app: Flask) -> None:
    app.cli.add_command(reminders)
    app.cli.add_command(scheduler)


@reminders.command("tick")
@click.option(
    "--at",
    "moment",
    metavar="ISO",
    help="As of this moment, such as 2026-10-05T07:00 (Stockholm time unless it says otherwise; "
    "a date alone is 07:00 that day). Without it: now.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def tick_once(moment: str | None, as_json: bool) -> None:
    """One pass: plan what is due, send what can be sent. Calendar mails go along; the figures are
    those of the reminders."""
    from tracker.notifications import passes

    with clock.stopped_at(_moment(moment)) if moment is not None else nullcontext():
        try:
            done = passes.run().as_dict()
        except SQLAlchemyError as problem:
            raise Stop(
                f"the database cannot be used ({type(problem).__name__}): "
                "is DATABASE_URL right, and has `flask --app wsgi db upgrade` been run?"
            ) from problem
    if as_json:
        click.echo(json.dumps(done))
    else:
        click.echo(
            f"planned {done['planned']}, sent {done['sent']}, "
            f"failed {done['failed']}, skipped {done['skipped']}"
        )


@click.command("scheduler", cls=Command)
@with_appcontext
def scheduler() -> None:
    """Send reminders and mails, and do the daily chores, until told to end (SIGTERM)."""
    from tracker import jobs

    jobs.run(current_app._get_current_object())  # type: ignore[attr-defined]


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2026-10-05"):
            return clock.at(date.fromisoformat(text), SEND_TIME)
        return clock.parse(text)
    except ValueError as wrong:
        raise Stop(f"--at: {text!r} is no moment; write for example 2026-10-05T07:00") from wrong
