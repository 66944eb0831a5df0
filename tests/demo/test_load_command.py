"""`flask --app wsgi demo load`."""

import pytest
import sqlalchemy as sa

from tests.conftest import make_settings
from tracker import create_app
from tracker.demo import story_granby
from tracker.extensions import db
from tracker.models import AuditEvent, Organizer, SchoolYear


def counts():
    db.session.rollback()
    return [
        db.session.scalar(sa.select(sa.func.count()).select_from(model))
        for model in (Organizer, SchoolYear, AuditEvent)
    ]


def test_says_what_is_there_now(run):
    result = run("load", "--at", "2026-11-20T09:00")

    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Demoinnehållet är på plats: 11 enheter och 24 personer, allt påhittat.\n"
    )
    assert counts()[0] == 2


@pytest.fixture
def only_granby(monkeypatch):
    """A shorter story, for what does not depend on its length."""
    monkeypatch.setattr("tracker.demo.load.STORIES", (story_granby,))


@pytest.mark.usefixtures("only_granby")
def test_refuses_a_database_that_has_content(run):
    assert run("load", "--at", "2026-11-20T09:00").exit_code == 0
    before = counts()

    result = run("load")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "varvet: Databasen har redan innehåll. Demoinnehållet läggs bara i en tom databas.\n"
    )
    assert counts() == before


def test_if_empty_is_quiet_when_there_is_content(run):
    db.session.add(Organizer(name="Riktiga kommunen"))
    db.session.commit()

    result = run("load", "--if-empty")

    assert (result.exit_code, result.output) == (0, "")
    assert counts() == [1, 0, 0]


@pytest.mark.usefixtures("only_granby")
def test_if_empty_loads_into_an_empty_database(run):
    assert run("load", "--if-empty").exit_code == 0
    assert counts()[0] == 1


def test_a_failure_in_the_middle_leaves_nothing(run, monkeypatch):
    def fail():
        assert db.session.query(Organizer).count() == 1
        raise RuntimeError("in the middle")

    class Failing:
        @staticmethod
        def tell(stage):
            stage.on(stage.working_day(0, "-05-10"), fail)

    monkeypatch.setattr("tracker.demo.load.STORIES", (story_granby, Failing))

    result = run("load", "--at", "2026-11-20T09:00")

    assert isinstance(result.exception, RuntimeError)
    assert counts() == [0, 0, 0]


@pytest.mark.parametrize("text", ["i morgon", "2026-13-01"])
def test_what_is_no_moment_is_refused(run, text):
    result = run("load", "--at", text)

    assert result.exit_code == 2
    assert "är ingen tidpunkt" in result.stderr
    assert counts() == [0, 0, 0]


def test_a_database_without_tables_is_told_what_to_do(tmp_path):
    app = create_app(make_settings(f"sqlite:///{tmp_path / 'none.sqlite3'}"))

    result = app.test_cli_runner().invoke(args=["demo", "load"])

    assert result.exit_code == 1
    assert "flask --app wsgi db upgrade" in result.stderr
    with app.app_context():
        db.engine.dispose()
