"""The same form twice at the same moment, and two who tick off the same thing."""

from tests.checkins.scenes import asked, form
from tests.faults.scenes import World
from tests.measures.test_pressed_twice import apart, twice
from tracker.extensions import db
from tracker.models import AuditEvent, CheckIn

__all__ = ["apart"]

URL = "/avstamningar/ny"


def test_made_twice_at_once_is_one_check_in(apart: World) -> None:
    answers = twice(apart, URL, form(apart.cast.savkulla, form_token="one-and-the-same"))
    (made,) = db.session.query(CheckIn).all()
    assert answers == [(302, f"/avstamningar/{made.id}")] * 2


def test_ticked_off_twice_at_once_is_settled_once(apart: World) -> None:
    cast = apart.cast
    before = asked(cast, obstacles="Två scheman.")
    before.unit_links[0].unit = cast.savkulla
    db.session.commit()
    ticks = {"solved_obstacles": [before.id], "solved_support": [before.support.id]}
    answers = twice(apart, URL, form(cast.savkulla, **ticks))
    assert [status for status, _ in answers] == [302, 302]
    for action in ("obstacles_settled", "support_settled"):
        assert db.session.query(AuditEvent).filter_by(action=action).count() == 1
