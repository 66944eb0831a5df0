"""What a command says when it is called with words it does not understand: one line."""

import pytest
from flask import Flask

from tests.conftest import make_settings
from tracker import create_app


@pytest.fixture(scope="module")
def bare_app(tmp_path_factory) -> Flask:
    folder = tmp_path_factory.mktemp("bare")
    return create_app(make_settings(f"sqlite:///{folder / 'none.sqlite3'}"))


ADD = "users add ny@exempelby.example"
ROLES = (
    "principal, deputy, dialogue_lead, quality_developer, organizer_lead, staff, board "
    "eller system_admin"
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (f"{ADD} --role principal", "--name saknas (hjälp: flask --app wsgi users add --help)"),
        (f"{ADD} --name Nils", f"--role saknas; välj {ROLES} (hjälp"),
        (f"{ADD} --name Nils --role boss", f"--role ska vara {ROLES} (hjälp"),
        ("users add --name Nils --role staff", "EMAIL saknas (hjälp"),
        (f"{ADD} --nam Nils --role staff", "det finns inget --nam; menar du --name? (hjälp"),
        (f"{ADD} --role staff --name", "--name"),
        ("users ad", "det finns inget kommando ad; det som finns är add (hjälp: flask --app wsgi users --help)"),
        ("users --all", "det finns inget --all (hjälp: flask --app wsgi users --help)"),
        ("units import", "FILE saknas"),
        ("units import file.csv --organizer X --dry", "det finns inget --dry; menar du --dry-run?"),
        ("reminders tock", "det finns inget kommando tock; det som finns är tick"),
        ("reminders tick --when 2026-10-05", "det finns inget --when"),
        ("reminders tick now", "now"),
        ("demo load --at igår", "--at: 'igår' är ingen tidpunkt; skriv till exempel 2026-11-20T09:00"),
        ("backup", "FILE saknas (hjälp: flask --app wsgi backup --help)"),
        ("backup a b", "b"),
        ("restore --force a", "det finns inget --force"),
        ("restore /nowhere/at/all", "FILE: "),
        ("scheduler --once", "det finns inget --once"),
    ],
)  # fmt: skip
def test_says_in_one_line_what_is_wrong(bare_app, words, said):
    result = bare_app.test_cli_runner().invoke(args=words.split())

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("varvet: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("words", ["users", "users --help", "users add --help", "restore --help"])
def test_help_is_still_help(bare_app, words):
    result = bare_app.test_cli_runner().invoke(args=words.split())

    assert "Usage: " in result.output
    assert "varvet: " not in result.output
