"""Opening a läsår: the laps of its units and their two dialogues, whenever a unit, a leader or the day
calls for it. Everything here can be repeated."""

from collections import defaultdict
from collections.abc import Hashable
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.clock import today
from tracker.cycle.calendar import school_year_start
from tracker.extensions import db
from tracker.models import (
    DialogueKind,
    DialogueState,
    DialogueUnit,
    Organizer,
    QualityDialogue,
    SchoolUnit,
    SchoolYear,
)
from tracker.organisation.staffing import Staffing

if TYPE_CHECKING:
    from tracker.models import User

PREPARED_FROM = (5, 1)
"""From 1 May the coming läsår is there: Dialog 2 and the bokslut point forward to it."""


def open_year(organizer: Organizer, start_year: int, *, by: "User | None") -> SchoolYear:
    """The läsår with a lap and two dialogues for every open unit."""
    year = SchoolYear.open(organizer, start_year, by=by)
    QualityDialogue.prepare(year, Staffing.load(organizer.id), by=by)
    return year


def catch_up(organizer: Organizer, *, by: "User | None") -> None:
    """After units, areas or leaders have changed: laps for units that lack them, dialogues in the
    läsår that are not over, and those that nobody has touched grouped by who leads now. Units that
    have an end leave the dialogues and laps that come after it."""
    staffing = Staffing.load(organizer.id)
    for year in SchoolYear.opened(organizer.id):
        SchoolYear.open(organizer, year.start_year, by=by)
        if year.last_day >= today():
            _hold(year)
            _leave_after_the_end(year, by)
            QualityDialogue.prepare(year, staffing, by=by)
            _regroup(year, staffing, by)


def _hold(year: SchoolYear) -> None:
    """Keep the läsår's dialogues to this transaction: nobody writes in one that looks untouched here."""
    held = sa.select(QualityDialogue.id).where(QualityDialogue.school_year_id == year.id)
    db.session.execute(held.order_by(QualityDialogue.id).with_for_update()).all()


def open_coming_years(day: date) -> int:
    """Open this läsår, and from 1 May the next, for every organizer that has opened the one before;
    returns how many were new. Commits for each. This läsår is most often there since May, but a
    scheduler that stood still then must not leave everybody without one."""
    this = school_year_start(day)
    opened = _open_after(this - 1)
    if PREPARED_FROM <= (day.month, day.day) < (7, 1):
        opened += _open_after(this)
    return opened


def _open_after(before: int) -> int:
    following = sa.select(SchoolYear.organizer_id).where(SchoolYear.start_year == before + 1)
    waiting = db.session.scalars(
        sa.select(SchoolYear.organizer_id)
        .where(SchoolYear.start_year == before, SchoolYear.organizer_id.not_in(following))
        .order_by(SchoolYear.organizer_id)
    ).all()
    for organizer_id in waiting:
        open_year(db.session.get_one(Organizer, organizer_id), before + 1, by=None)
        db.session.commit()
    return len(waiting)


def _leave_after_the_end(year: SchoolYear, by: "User | None") -> None:
    """Units with an end: out of the dialogues that come after it, and out of a läsår that begins
    after it unless something is written in their lap there."""
    rows = db.session.execute(
        sa.select(QualityDialogue, SchoolUnit, QualityDialogue.untouched())
        .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
        .join(SchoolUnit, SchoolUnit.id == DialogueUnit.unit_id)
        .where(
            QualityDialogue.school_year_id == year.id,
            QualityDialogue.state != DialogueState.CANCELLED,
            SchoolUnit.closed_on < year.last_day,
        )
        .order_by(QualityDialogue.id, SchoolUnit.id)
        .execution_options(populate_existing=True)
    ).all()
    for dialogue, unit, untouched in rows:
        begins = dialogue.day or year.window(dialogue.kind.number)[0]
        if unit.closed_on < begins and not dialogue.has_been:
            dialogue.let_go(unit, by=by, untouched=untouched)
    year.drop_empty_laps()


def _regroup(year: SchoolYear, staffing: Staffing, by: "User | None") -> None:
    """Dialogues are made before the people are known, and leaders change: as long as nobody has
    given a dialogue a date or a word, it follows whoever leads."""
    rows = db.session.scalars(
        sa.select(QualityDialogue)
        .where(QualityDialogue.school_year_id == year.id, QualityDialogue.untouched())
        .options(sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit))
        .order_by(QualityDialogue.id)
        .execution_options(populate_existing=True)
    ).all()

    key = staffing.dialogue_key
    for kind in DialogueKind:
        by_key: dict[Hashable, list[QualityDialogue]] = defaultdict(list)
        for dialogue in [row for row in rows if row.kind is kind]:
            first, *others = dialogue.units
            for unit in others:
                if key(unit) != key(first):
                    by_key[key(unit)].append(dialogue.split_off(unit, by=by, on_purpose=False))
            by_key[key(first)].append(dialogue)
        for kept, *others in by_key.values():
            for other in others:
                kept.join(other, by=by)
