"""What our commands have in common: what is wrong is said in one line on stderr, never more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from flask.cli import AppGroup

from tracker.web.swedish import listing


class Stop(click.ClickException):
    """Ends the command with exit code 1 and one line."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"varvet: {' '.join(self.message.split())}", err=True)


class Misused(Stop):
    """The command was called with words it does not understand."""

    exit_code = 2


@contextmanager
def _in_one_line() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:  # the help is what was asked for
        raise
    except click.UsageError as wrong:
        text = _in_words(wrong).rstrip(".")
        if wrong.ctx is not None:
            command = wrong.ctx.command_path.partition(" ")[2]
            text += f" (hjälp: flask --app wsgi {command} --help)"
        raise Misused(text) from None


def _in_words(wrong: click.UsageError) -> str:
    """In Swedish what people do wrong most; what is left in click's own words."""
    match wrong:
        case click.MissingParameter(param=click.Parameter() as param):
            return f"{_name(param, wrong.ctx)} saknas{_choices(param, '; välj ')}"
        case click.BadParameter(param=click.Parameter(type=click.Choice()) as param):
            return f"{_name(param, wrong.ctx)} ska vara {_choices(param)}"
        case click.BadParameter(param=click.Parameter() as param):
            return f"{_name(param, wrong.ctx)}: {wrong.message}"
        case click.NoSuchOption():
            meant = f"; menar du {listing(wrong.possibilities)}?" if wrong.possibilities else ""
            return f"det finns inget {wrong.option_name}{meant}"
        case click.exceptions.NoSuchCommand():
            assert isinstance(wrong.ctx, click.Context)
            assert isinstance(wrong.ctx.command, click.Group)
            offered = ", ".join(wrong.ctx.command.list_commands(wrong.ctx))
            return f"det finns inget kommando {wrong.command_name}; det som finns är {offered}"
    return wrong.format_message()


def _name(param: click.Parameter, ctx: click.Context | None) -> str:
    """``--role`` or ``EMAIL``"""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.make_metavar(ctx or click.Context(click.Command(None)))


def _choices(param: click.Parameter, before: str = "") -> str:
    if not isinstance(param.type, click.Choice):
        return ""
    return f"{before}{' eller '.join(', '.join(param.type.choices).rsplit(', ', 1))}"


class Command(click.Command):
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _in_one_line():
            return super().make_context(*args, **kwargs)


class Group(AppGroup):
    command_class = Command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _in_one_line():
            return super().make_context(*args, **kwargs)

    def resolve_command(self, *args: Any, **kwargs: Any) -> Any:
        with _in_one_line():
            return super().resolve_command(*args, **kwargs)
