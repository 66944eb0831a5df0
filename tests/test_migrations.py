"""Migrations: up, down and up again on both databases, and never a lost row on the way."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

from tests.cast import THE_DAY, build
from tests.conftest import make_settings, new_database
from tests.removals.test_undo import a_greeting
from tracker import create_app
from tracker.extensions import db
from tracker.models import HandoverNote, QualityDialogue, Team, TeamKind
from tracker.search.models import FULL_TEXT, is_of_the_model

THROW_AWAY = """
import sqlalchemy as sa
from alembic import op

revision = "throw_away"
down_revision = "{after}"

def upgrade():
    for table in {tables}:
        with op.batch_alter_table(table, recreate="{recreate}") as batch:
            batch.add_column(sa.Column("thrown_away", sa.Integer(), nullable=True))

def downgrade():
    for table in {tables}:
        with op.batch_alter_table(table, recreate="{recreate}") as batch:
            batch.drop_column("thrown_away")
"""


@pytest.fixture
def empty(database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database has no table yet."""
    with new_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def tables() -> set[str]:
    """Without SQLite's full-text table and what it keeps for itself; see `full_text_tables`."""
    return set(sa.inspect(db.engine).get_table_names()) - full_text_tables()


def full_text_tables() -> set[str]:
    names = sa.inspect(db.engine).get_table_names()
    return {name for name in names if name.startswith(FULL_TEXT)}


def checks() -> dict[str, set[str | None]]:
    """The names of the CHECK constraints, by table."""
    inspector = sa.inspect(db.engine)
    return {
        table: {found["name"] for found in inspector.get_check_constraints(table)}
        for table in inspector.get_table_names()
        if table != "alembic_version" and not table.startswith(FULL_TEXT)
    }


def test_up_from_nothing_down_to_nothing_and_up_again(empty):
    upgrade()
    made = tables()
    assert made == {"alembic_version", *db.metadata.tables}
    downgrade(revision="base")
    assert tables() | full_text_tables() == {"alembic_version"}
    upgrade()
    assert tables() == made


def test_down_to_nothing_with_everything_in_it(empty):
    upgrade()
    with time_machine.travel(THE_DAY, tick=False):
        cast = build()
        a_greeting(cast)
        HandoverNote.of(cast.savkulla, cast.karin).take_back(by=cast.karin)
    db.session.commit()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}


def test_of_proposals_that_wait_the_newest_stands_and_every_move_says_why(empty):
    upgrade()
    with time_machine.travel(THE_DAY, tick=False):
        cast = build()
        dialogue = cast.dialogue(cast.savkulla)
        start = THE_DAY + timedelta(days=9)
        dialogue.place_at(start, start + timedelta(hours=1), by=cast.erik)
        for days in (1, 2, 3):
            dialogue.propose_time(start + timedelta(days=days), "", by=cast.karin)
        dialogue.cancel("Förhinder", by=cast.erik)
    db.session.commit()
    key = dialogue.id
    db.session.remove()
    before = ScriptDirectory(empty.extensions["migrate"].directory).get_revision("0019")
    downgrade(revision=before.down_revision)
    for statement in (
        "UPDATE time_proposal SET accepted = NULL, answered_at = NULL",
        # The clock was set back after the first one.
        "UPDATE time_proposal SET at = '2026-11-21 09:00:00+00:00' WHERE id = (SELECT min(id) FROM time_proposal)",
        "UPDATE dialogue_move SET reason = ''",
    ):
        db.session.execute(sa.text(statement))
    db.session.commit()
    db.session.remove()
    upgrade()
    first, second, last = db.session.get_one(QualityDialogue, key).proposals
    assert (first.was_replaced, second.was_replaced) == (True, True)
    assert last.answered_at is None
    placed, cancelled = db.session.get_one(QualityDialogue, key).moves
    assert (placed.reason, cancelled.reason) == ("", "Inget skäl är antecknat.")
    for refused in (
        f"UPDATE time_proposal SET accepted = NULL, answered_at = NULL WHERE id = {first.id}",
        f"UPDATE dialogue_move SET reason = '' WHERE id = {cancelled.id}",
    ):
        with pytest.raises(IntegrityError):
            db.session.execute(sa.text(refused))
        db.session.rollback()


def test_a_draft_stays_the_teams_that_somebody_has_been_in(empty):
    """Of a team whose only member was taken away as a mistake the history alone knows that somebody was in it."""
    upgrade()
    with time_machine.travel(THE_DAY, tick=False):
        cast = build()
        for name in ("Någon var här", "Ingen har varit här"):
            Team.create(cast.savkulla, TeamKind.WORK, name, by=cast.karin)
        db.session.flush()
        first = db.session.scalars(sa.select(Team).order_by(Team.id)).first()
        first.add_member(cast.sofia, THE_DAY.date(), by=cast.karin).remove(by=cast.karin)
    db.session.commit()
    db.session.remove()
    before = ScriptDirectory(empty.extensions["migrate"].directory).get_revision("0020")
    downgrade(revision=before.down_revision)
    upgrade()
    teams = db.session.scalars(sa.select(Team).order_by(Team.id))
    assert [team.has_had_members for team in teams] == [True, False]


def test_models_and_migrations_agree(empty):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": is_of_the_model,
            },
        )
        assert compare_metadata(context, db.metadata) == []


def test_models_and_migrations_agree_on_checks(empty):
    """Alembic does not compare CHECK constraints."""
    upgrade()
    migrated = checks()
    downgrade(revision="base")
    db.create_all()
    assert migrated == checks()
    assert "ck_measure_decided_is_complete" in migrated["measure"]


def counts() -> dict[str, int]:
    return {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for name, table in db.metadata.tables.items()
    }


def test_rebuilding_a_table_keeps_the_rows_that_hang_on_it(empty, tmp_path):
    """On SQLite a batch migration drops the old table, and with it, were foreign keys on, every
    row under it by ON DELETE CASCADE."""
    upgrade()
    with time_machine.travel(THE_DAY, tick=False):
        build()
    db.session.commit()
    before = counts()
    hanging = {
        key.parent.table.name: key.column.table.name
        for table in db.metadata.tables.values()
        for key in (element for constraint in table.foreign_key_constraints for element in constraint.elements)
        if key.ondelete == "CASCADE"
    }  # fmt: skip
    rebuilt = sorted(set(hanging.values()))
    assert sum(before[child] > 0 for child in hanging) >= 4, "the cast fills too few tables"
    sqlite = db.engine.dialect.name == "sqlite"
    db.session.remove()

    copy = tmp_path / "migrations"
    shutil.copytree(Path(empty.extensions["migrate"].directory), copy)
    (copy / "versions/throw_away.py").write_text(
        THROW_AWAY.format(after=newest(), tables=rebuilt, recreate="always" if sqlite else "auto")
    )
    upgrade(directory=str(copy))
    for table in rebuilt:
        assert "thrown_away" in {
            column["name"] for column in sa.inspect(db.engine).get_columns(table)
        }
    assert counts() == before
    db.session.remove()
    downgrade(directory=str(copy))
    assert counts() == before
    if sqlite:
        assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1


def newest() -> str | None:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
