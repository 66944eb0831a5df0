"""The organizers' own days survive the way from two columns to a table, and back."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.conftest import make_settings, new_database
from tracker import create_app
from tracker.extensions import db

NOW = "2026-11-20 08:00:00+00:00"


@pytest.fixture
def before(database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    """A database as it was before the table, with two organizers and a reminder that failed."""
    with new_database(database_kind, tmp_path) as url:
        app = create_app(make_settings(url))
        with app.app_context():
            upgrade(revision="0003")
            for key, dialogue, effect in ((1, [28, 14], [0, 14]), (2, [], [3])):
                run(
                    "INSERT INTO organizer (id, name, created_at, dialogue_reminder_days,"
                    " effect_reminder_days, version)"
                    f" VALUES ({key}, 'Nummer {key}', '{NOW}', '{json.dumps(dialogue)}',"
                    f" '{json.dumps(effect)}', 1)"
                )
            run(
                "INSERT INTO user_account (id, email, name, sort_key, created_at)"
                f" VALUES (1, 'a@b.example', 'Ann', 'ann', '{NOW}')"
            )
            run(
                "INSERT INTO reminder (kind, subject_id, recipient_id, offset_days, date_revision,"
                " due_on, state, reason, created_at, organizer_id) VALUES ('dialogue', 1, 1, 7, 1,"
                f" '2026-11-20', 'skipped', 'Mejlet kunde inte skickas', '{NOW}', 1)"
            )
            yield app
            db.session.remove()
            db.engine.dispose()


def run(statement: str) -> Sequence[sa.Row[Any]]:
    result = db.session.execute(sa.text(statement))
    rows = result.all() if result.returns_rows else []
    db.session.commit()
    return rows


def rules(organizer_id: int, kind: str) -> list[int]:
    return [
        days
        for (days,) in run(
            "SELECT offset_days FROM reminder_rule"
            f" WHERE organizer_id = {organizer_id} AND kind = '{kind}' ORDER BY offset_days DESC"
        )
    ]


def columns() -> list[tuple[list[int], list[int]]]:
    return [
        tuple(json.loads(days) if isinstance(days, str) else days for days in row)
        for row in run(
            "SELECT dialogue_reminder_days, effect_reminder_days FROM organizer ORDER BY id"
        )
    ]


def test_there_and_back(before: Flask) -> None:
    db.session.remove()
    upgrade(revision="0004")
    assert rules(1, "dialogue") == [28, 14]
    assert rules(1, "effect") == [0, -14]
    assert (rules(2, "dialogue"), rules(2, "effect")) == ([], [-3])
    for organizer_id in (1, 2):
        assert rules(organizer_id, "agreement") == [3, -7]
        assert rules(organizer_id, "week") == [0]
    assert [tuple(row) for row in run("SELECT state, again FROM reminder")] == [("failed", 0)]
    assert [tuple(row) for row in run("SELECT mail_rhythm FROM user_account")] == [("daily",)]
    run("DELETE FROM reminder_rule WHERE organizer_id = 1 AND offset_days = 28")
    run(
        "INSERT INTO reminder (kind, subject_id, recipient_id, offset_days, date_revision, due_on,"
        " state, reason, created_at, organizer_id, again)"
        f" VALUES ('week', 1, 1, 0, 0, '2026-11-20', 'planned', '', '{NOW}', 1, 0)"
    )
    db.session.remove()
    downgrade(revision="0003")
    assert columns() == [([14], [0, 14]), ([], [3])]
    assert [tuple(row) for row in run("SELECT kind, state FROM reminder")] == [
        ("dialogue", "skipped")
    ]
