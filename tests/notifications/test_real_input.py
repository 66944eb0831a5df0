"""From the national statistics file to a mail in the inbox, by the commands a school owner would give."""

import json

import sqlalchemy as sa
from flask import Flask

from tests.notifications.mail_server import mail_server
from tests.notifications.scenes import moment
from tests.notifications.test_smtp import Use, use
from tests.organisation.test_units_command import EXPORT
from tracker.extensions import db
from tracker.models import (
    DialogueKind,
    DialogueUnit,
    Organizer,
    QualityDialogue,
    SchoolUnit,
    User,
)

__all__ = ["use"]  # the fixture

KUNGSBACKA = ("--organizer", "Kungsbacka kommun")


def run(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    return result.output


def test_an_imported_units_rektor_is_reminded(app: Flask, use: Use) -> None:
    run(app, "units", "import", str(EXPORT), *KUNGSBACKA)
    unit = db.session.scalars(
        sa.select(SchoolUnit)
        .join(Organizer)
        .where(Organizer.name == "Kungsbacka kommun")
        .order_by(SchoolUnit.sort_key)
    ).first()
    assert unit is not None
    slug = unit.slug
    for email, name, role in (
        ("rektor@kungsbacka.example", "Åsa Rektorsson", ("principal", "--unit", slug)),
        ("skolchef@kungsbacka.example", "Bo Chef", ("dialogue_lead",)),
    ):
        run(app, "users", "add", email, "--name", name, "--role", *role, *KUNGSBACKA)

    dialogue = db.session.scalars(
        sa.select(QualityDialogue)
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .where(DialogueUnit.unit_id == unit.id, QualityDialogue.kind == DialogueKind.DIALOGUE_1)
    ).one()
    by = User.with_email("skolchef@kungsbacka.example")
    assert by is not None
    dialogue.place_at(moment("2026-12-15", "13:00"), moment("2026-12-15", "14:30"), by=by)
    db.session.commit()

    with mail_server() as server:
        use(server.url)
        said = run(app, "reminders", "tick", "--at", "2026-11-24T07:00", "--json")
        assert json.loads(said.splitlines()[-1])["sent"] == 2
    # Beside them goes what puts the dialogue into both calendars.
    mails = [
        mail for mail in server.received if "kvar" in mail["Subject"] or "vecka" in mail["Subject"]
    ]
    message, week = sorted(mails, key=lambda each: "Bo Chef" in str(each["To"]))
    assert str(week["Subject"]).startswith("Din vecka 48: ")
    assert str(message["To"]) == "Åsa Rektorsson <rektor@kungsbacka.example>"
    assert "Kvalitetsdialog 15 december" in message["Subject"]
    text = message.get_body(("plain",)).get_content()
    assert f"Tisdag 15 december kl. 13.00 träffar du Bo om {unit.name}." in text
