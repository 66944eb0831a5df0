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
from tracker.models import DialogueKind, DialogueUnit, Organizer, QualityDialogue, SchoolYear
from tracker.organisation.staffing import Staffing

if TYPE_CHECKING:
    from tracker.models import SchoolUnit, User

PREPARED_FROM = (5, 1)
"""From 1 May the coming läsår is there: Dialog 2 and the bokslut point forward to it."""


def open_year(organizer: Organizer, start_year: int, *, by: "User | None") -> SchoolYear:
    """The läsår with a lap and two dialogues for every open unit."""
    year = SchoolYear.open(organizer, start_year, by=by)
    QualityDialogue.prepare(year, Staffing.load(organizer.id), by=by)
    return year


def catch_up(organizer: Organizer, *, by: "User | None") -> None:
    """After units, areas or leaders have changed: laps for units that lack them, dialogues in the
    läsår that are not over, and those that nobody has touched grouped by who leads now."""
    staffing = Staffing.load(organizer.id)
    for year in SchoolYear.opened(organizer.id):
        SchoolYear.open(organizer, year.start_year, by=by)
        if year.last_day >= today():
            QualityDialogue.prepare(year, staffing, by=by)
            _regroup(year, staffing, by)


def open_coming_years(day: date) -> int:
    """From 1 May on, open the next läsår for every organizer that has opened this one; returns how
    many were new. Commits for each organizer."""
    if not PREPARED_FROM <= (day.month, day.day) < (7, 1):
        return 0
    this = school_year_start(day)
    following = sa.select(SchoolYear.organizer_id).where(SchoolYear.start_year == this + 1)
    waiting = db.session.scalars(
        sa.select(Organizer.id)
        .join(SchoolYear, SchoolYear.organizer_id == Organizer.id)
        .where(SchoolYear.start_year == this, Organizer.id.not_in(following))
        .order_by(Organizer.id)
    ).all()
    for organizer_id in waiting:
        open_year(db.session.get_one(Organizer, organizer_id), this + 1, by=None)
        db.session.commit()
    return len(waiting)


def _regroup(year: SchoolYear, staffing: Staffing, by: "User | None") -> None:
    """Dialogues are made before the people are known, and leaders change: as long as nobody has
    given a dialogue a date or a word, it follows whoever leads."""
    rows = db.session.scalars(
        sa.select(QualityDialogue)
        .where(
            QualityDialogue.school_year_id == year.id,
            QualityDialogue.date_revision == 0,
            ~QualityDialogue.kept_apart,
            QualityDialogue.place == "",
            QualityDialogue.participants == "",
            ~QualityDialogue.topics.any(),
            ~QualityDialogue.proposals.any(),
        )
        .options(sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit))
        .order_by(QualityDialogue.id)
    ).all()

    def key(unit: "SchoolUnit") -> Hashable:
        leader, lead = staffing.principal(unit.id), staffing.lead(unit.id, unit.area_id)
        return (leader.id, lead.id if lead else None) if leader else ("vacant", unit.id)

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
