"""What Klockvretsskolan's two who left wanted the next one to know."""

import sqlalchemy as sa

from tracker.clock import local
from tracker.extensions import db
from tracker.models import HandoverNote, RoleAssignment


def test_they_wrote_while_they_led_the_unit(demo):
    notes = db.session.scalars(sa.select(HandoverNote).order_by(HandoverNote.changed_at)).all()

    assert [note.by_name for note in notes] == ["Birgitta Sand", "Sara Lindqvist"]
    for note in notes:
        day = local(note.changed_at).date()
        held = sa.select(RoleAssignment.id).where(
            RoleAssignment.user_id == note.by_id,
            RoleAssignment.unit_id == note.unit_id,
            RoleAssignment.held_on(day),
        )
        assert db.session.scalar(held) is not None
