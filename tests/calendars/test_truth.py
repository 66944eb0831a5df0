"""Whatever people do with dialogues and roles, and in whatever order: each calendar shows the truth, and
each mail can be told why it went, or why it did not."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.calendars.scenes import LATER, Office, calendar_mails
from tests.cast import THE_DAY, Cast
from tests.checked_client import CheckedClient
from tests.dialogues.scenes import DAY, at
from tracker import clock
from tracker.calendars.invitations import NEVER_TOLD, NEWER, OVER
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import (
    DialogueUnit,
    MailState,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolUnit,
    User,
)


def test_moved_three_times_then_cancelled(
    cast: Cast, mail: Office, as_: Callable[[User], CheckedClient]
) -> None:
    """With a pass between any two of them, so that everything is told."""
    dialogue = cast.dialogue(cast.savkulla)
    moment, subjects = THE_DAY, []
    for hour in (13, 8, 10, 15):
        with clock.stopped_at(moment):
            start = at(DAY, hour)
            dialogue.place_at(start, start + timedelta(hours=1), by=cast.erik, reason="Krock")
            db.session.commit()
        moment += LATER
        subjects += mail.pass_at(moment)
        mail.show_the_truth(moment)
        assert [row.starts_at for row in mail.of(cast.karin).ahead(moment)] == [start]
    with clock.stopped_at(moment):
        dialogue.cancel("Förhinder", by=cast.erik)
        db.session.commit()
    moment += LATER
    subjects += mail.pass_at(moment)
    assert mail.of(cast.karin).ahead(moment) == set()
    assert mail.of(cast.erik).ahead(moment) == set()
    told = [each.split(":")[1].strip() for each in subjects if each.startswith("karin")]
    assert told == ["Dialog 1", "Flyttad", "Flyttad", "Flyttad", "Inställd"]
    assert {row.state for row in calendar_mails()} == {MailState.SENT}
    (*_, last) = calendar_mails(to=cast.karin)
    assert "Skäl: Förhinder" in last.text
    # Who manages the mails reads which dialogue and when, and nothing that somebody wrote in it.
    page = as_(cast.tove).page(f"/utskick/{last.id}")
    assert "Sävkullaskolan är inställd." in page
    assert "Förhinder" not in page
    last.shown = None  # stored before that was kept apart
    db.session.commit()
    assert "Sävkullaskolan är inställd." not in as_(cast.tove).page(f"/utskick/{last.id}")


@pytest.mark.parametrize("seed", range(2))
def test_whatever_people_do(cast: Cast, mail: Office, seed: int) -> None:
    """Things done at random, with a pass now and then, sometimes with a mail server that takes nothing.
    When all is at rest the calendars are compared with the database."""
    walk(cast, mail, random.Random(seed), steps=60)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4, 60))
def test_whatever_people_do_for_long(cast: Cast, mail: Office, seed: int) -> None:
    walk(cast, mail, random.Random(seed), steps=500)


def walk(cast: Cast, mail: Office, lots: random.Random, *, steps: int) -> None:
    moment, quiet, refused = THE_DAY, 0, Counter[str]()
    for _ in range(steps):
        moment += timedelta(minutes=lots.choice((1, 1, 3, 6, 30, 600)))
        with clock.stopped_at(moment):
            act = lots.choice(ACTS)
            try:
                act(cast, lots)
                db.session.commit()
            except DialogueError:
                db.session.rollback()
                refused[act.__name__] += 1
        if lots.random() < 0.1:
            mail.server.answer_mail = lambda _: "451 Try later"
            mail.pass_at(moment)
            mail.server.answer_mail = lambda _: None
        if lots.random() < 0.5:
            mail.pass_at(moment)
        if lots.random() < 0.1:
            moment += timedelta(hours=14)  # longer than a mail that was put off waits
            mail.pass_at(moment)
            mail.show_the_truth(moment)
            quiet += 1
    assert quiet
    assert sum(refused.values()) < steps / 2
    explained(moment)


def explained(moment: datetime) -> None:
    """Sent, or dropped for a reason that a person understands."""
    rows = calendar_mails()
    assert rows
    for row in rows:
        assert row.state in (MailState.SENT, MailState.DROPPED, MailState.QUEUED)
        if row.state is MailState.DROPPED:
            assert row.last_error in (NEWER, NEVER_TOLD, OVER)
        if row.state is MailState.QUEUED:
            assert row.created_at > moment - timedelta(hours=14)


def some_dialogue(cast: Cast, lots: random.Random) -> QualityDialogue:
    ids = db.session.scalars(
        sa.select(QualityDialogue.id)
        .where(QualityDialogue.school_year_id == cast.year.id)
        .order_by(QualityDialogue.id)
    ).all()
    return db.session.get_one(QualityDialogue, lots.choice(ids))


def place(cast: Cast, lots: random.Random) -> None:
    """Place, move or take up again, near enough that some begin while the walk goes on."""
    start = clock.now() + timedelta(minutes=lots.choice((40, 90, 3_000, 30_000, 60_000)))
    start = start.replace(second=0)
    some_dialogue(cast, lots).place_at(
        start, start + timedelta(minutes=90), by=cast.erik, reason="Krock"
    )


def describe(cast: Cast, lots: random.Random) -> None:
    place, others = lots.choice(("", "Aulan", "Rum 3")), lots.choice(("", "Elevhälsan"))
    some_dialogue(cast, lots).describe(place, others, by=cast.erik)


def cancel(cast: Cast, lots: random.Random) -> None:
    some_dialogue(cast, lots).cancel("Förhinder", by=cast.erik)


def join(cast: Cast, lots: random.Random) -> None:
    some_dialogue(cast, lots).join(
        some_dialogue(cast, lots), by=cast.erik, reason="Ett möte räcker"
    )


def split(cast: Cast, lots: random.Random) -> None:
    dialogue = some_dialogue(cast, lots)
    dialogue.split_off(lots.choice(dialogue.units), by=cast.erik, reason="Två möten")


def replace(cast: Cast, lots: random.Random) -> None:
    """Somebody leads no longer, or somebody else does."""
    role = lots.choice((Role.PRINCIPAL, Role.PRINCIPAL, Role.DIALOGUE_LEAD))
    held = (
        db.session.query(RoleAssignment)
        .filter_by(organizer_id=cast.exempelby.id, role=role, ends_on=None)
        .order_by(RoleAssignment.id)
        .all()
    )
    if held and lots.random() < 0.6:
        lots.choice(held).end_now(by=cast.tove)
        return
    person = lots.choice((cast.karin, cast.ali, cast.nadia, cast.jonas, cast.samira))
    where = {"area": cast.norr} if role is Role.DIALOGUE_LEAD else {"unit": some_unit(cast, lots)}
    RoleAssignment.give(person, role, cast.exempelby, by=cast.tove, **where)


def some_unit(cast: Cast, lots: random.Random) -> SchoolUnit:
    return lots.choice((cast.savkulla, cast.lyktvret, cast.hassel, cast.klockvret, cast.ringmura))


def close_and_open(cast: Cast, lots: random.Random) -> None:
    """A unit ends and leaves its dialogues; or is there again, without them."""
    unit = some_unit(cast, lots)
    if unit.closed_on is not None:
        unit.closed_on = None
        return
    if lots.random() < 0.7:
        return
    unit.closed_on = clock.today()
    for dialogue in db.session.scalars(
        sa.select(QualityDialogue)
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .where(DialogueUnit.unit_id == unit.id, QualityDialogue.starts_at > clock.now())
    ).all():
        dialogue.let_go(unit, by=cast.tove, untouched=False)


def rename(cast: Cast, lots: random.Random) -> None:
    some_unit(cast, lots).rename(f"Skola {lots.randint(1, 9)}", by=cast.tove)


ACTS: list[Callable[[Cast, random.Random], None]] = [
    *(place,) * 6, describe, *(cancel,) * 2, join, split, *(replace,) * 2, close_and_open, rename,
]  # fmt: skip
