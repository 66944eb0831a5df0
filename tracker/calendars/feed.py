"""What a person's own calendar address answers with."""

import sqlalchemy as sa

from tracker.calendars.ics import Told, feed, uid_of
from tracker.calendars.occasions import Occasion, occasions
from tracker.clock import now, today
from tracker.cycle.calendar import school_year_start
from tracker.extensions import db
from tracker.models import CalendarEntry, Organizer, RoleAssignment, SchoolYear, User
from tracker.organisation.staffing import Staffing

NAME = "Kvalitetsdialoger"


def feed_of(user: User) -> str:
    """The dialogues in which the person takes part by her roles today, from the start of the läsår on,
    wherever she holds a role. Cancelled ones are not in it: a calendar program takes out what it no
    longer finds. Two statements, and two for each organizer."""
    found: list[tuple[Occasion, str]] = []
    for organizer_id, name in db.session.execute(
        sa.select(Organizer.id, Organizer.name)
        .where(
            sa.exists().where(
                RoleAssignment.organizer_id == Organizer.id,
                RoleAssignment.user_id == user.id,
                RoleAssignment.held_on(today()),
            )
        )
        .order_by(Organizer.id)
    ).all():
        mine = occasions(
            organizer_id,
            Staffing.load(organizer_id),
            SchoolYear.start_year >= school_year_start(today()),
        )
        found += [(row, name) for row in mine.values() if user.id in row.people]
    entries = {
        row.dialogue_id: row
        for row in db.session.scalars(
            sa.select(CalendarEntry).where(
                CalendarEntry.recipient_id == user.id, ~CalendarEntry.cancelled
            )
        )
    }
    return feed(NAME, [(row, _told(row, entries), name) for row, name in found])


def _told(occasion: Occasion, entries: dict[int, CalendarEntry]) -> Told:
    """The same UID as in the invitation, whether it has gone or not."""
    entry = entries.get(occasion.dialogue_id)
    if entry is None:
        return Told(uid_of(occasion.dialogue_id), 0, now())
    return Told(entry.uid, entry.sequence, entry.told_at)
