"""Units that take over: the support and the agreements that were open are carried on by those who came after."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.checkins.scenes import asked, form
from tests.dialogues.scenes import placed
from tracker.checkins.models import CheckIn
from tracker.checkins.reading import check_in_facts
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AgreementState, SupportState, UnitSuccession
from tracker.notifications.kinds.base import units_that_carry_on
from tracker.organisation.succession import take_over, taken_over

ON = date(2026, 11, 16)
"""A Monday before the day of the tests."""


def before(unit):
    """Ids of the units that it has taken over from, by today."""
    chain = taken_over()
    return set(
        db.session.scalars(sa.select(chain.c.predecessor_id).where(chain.c.successor_id == unit.id))
    )


def merged(cast, *, closes=True):
    """Ringmuraskolan (Nadia, Maria) has taken over from Hasselbrinksskolan (Ali, Erik)."""
    take_over(cast.ringmura, cast.hassel, ON, by=cast.tove, closes=closes)
    db.session.commit()


def test_open_support_is_listed_answered_and_settled_by_those_who_came_after(cast, as_):
    check_in = asked(cast)
    merged(cast)
    url = f"/stod/{check_in.support.id}"

    for person in (cast.nadia, cast.maria):
        listed = as_(person).page("/stod")
        assert "Besked från elevhälsochefen." in listed
        assert "Hasselbrinksskolan" in listed
        page = as_(person).page(url)
        assert f"/avstamningar/{check_in.id}" not in page, "what was said there is not theirs"
        as_(person).page(f"/avstamningar/{check_in.id}", 404)
    as_(cast.maria).submit(
        f"{url}/svar", {"answer": "Hon ringer i morgon.", "version": check_in.support.version}
    )
    as_(cast.nadia).submit(
        f"{url}/vad-blev-det", {"outcome": "Hon kom.", "version": check_in.support.version}
    )

    assert db.session.get_one(CheckIn, check_in.id).support.state is SupportState.SETTLED
    as_(cast.nadia).page(url)  # what they have carried on stays theirs to read


def test_it_is_ticked_off_in_the_successors_own_check_in(cast, as_):
    check_in = asked(cast)
    merged(cast)
    browser = as_(cast.nadia)
    assert "Besked från elevhälsochefen." in browser.page("/avstamningar/ny?enhet=ringmuraskolan")

    browser.submit("/avstamningar/ny", form(cast.ringmura, solved_support=[check_in.support.id]))

    assert db.session.get_one(CheckIn, check_in.id).support.is_settled


def test_it_is_counted_as_the_successors(cast):
    check_in = asked(cast)
    assert check_in_facts(cast.exempelby.id, today())[cast.ringmura.id].open_support_since is None
    merged(cast)

    facts = check_in_facts(cast.exempelby.id, today())

    assert facts[cast.ringmura.id].open_support_since == check_in.support.asked_on
    assert facts[cast.savkulla.id].open_support_since is None


def test_nothing_more_than_what_was_open(cast, as_):
    settled = asked(cast, "En skrivare.")
    settled.support.settle("Den kom.", by=cast.ali)
    settled.support.settled_at -= timedelta(days=8)
    without = CheckIn.hold(
        [cast.hassel], by=cast.ali, situation="Läget är bra.", held_on=ON - timedelta(days=9)
    )
    db.session.commit()
    merged(cast, closes=False)
    later = asked(cast, "Något annat.", on=today())

    browser = as_(cast.nadia)
    for row in (settled, without, later):
        browser.page(f"/avstamningar/{row.id}", 404)
    for row in (settled, later):
        browser.page(f"/stod/{row.support.id}", 404)
    listed = browser.page("/avstamningar") + browser.page("/stod")
    for text in ("En skrivare.", "Läget är bra.", "Något annat."):
        assert text not in listed


@pytest.mark.parametrize("person", ["karin", "samira", "sofia", "mats"])
def test_still_for_nobody_else(cast, as_, person):
    check_in = asked(cast)
    merged(cast)

    as_(getattr(cast, person)).page(f"/avstamningar/{check_in.id}", 404)
    as_(getattr(cast, person)).page(f"/stod/{check_in.support.id}", 404)


def test_before_the_day_it_is_not_theirs(cast, as_):
    check_in = asked(cast)
    take_over(cast.ringmura, cast.hassel, today() + timedelta(days=1), by=cast.tove, closes=False)
    db.session.commit()

    as_(cast.nadia).page(f"/stod/{check_in.support.id}", 404)


def test_over_several_steps(cast, as_):
    check_in = asked(cast)
    for successor, predecessor in (("savkulla", "hassel"), ("ringmura", "savkulla")):
        db.session.add(
            UnitSuccession(
                organizer_id=cast.exempelby.id, on=ON,
                predecessor_id=getattr(cast, predecessor).id,
                successor_id=getattr(cast, successor).id,
            )
        )  # fmt: skip
    db.session.commit()

    assert before(cast.ringmura) == {
        cast.hassel.id, cast.savkulla.id,
    }  # fmt: skip
    as_(cast.nadia).page(f"/stod/{check_in.support.id}")


def test_a_ring_of_successions_ends(cast):
    for successor, predecessor in (("savkulla", "hassel"), ("hassel", "savkulla")):
        db.session.add(
            UnitSuccession(
                organizer_id=cast.exempelby.id, on=ON,
                predecessor_id=getattr(cast, predecessor).id,
                successor_id=getattr(cast, successor).id,
            )
        )  # fmt: skip
    db.session.commit()

    assert cast.savkulla.id in before(cast.savkulla)


def test_open_agreements_stand_with_their_origin(cast, as_):
    dialogue = placed(cast.dialogue(cast.hassel), cast, date(2026, 10, 6))
    dialogue.agree("Någon räknar ledigheterna", "Erik Lund", due_on=date(2026, 12, 1), by=cast.erik)
    done = dialogue.agree("Ett besök", "Erik Lund", by=cast.erik)
    done.settle(AgreementState.DONE, "Blev av", by=cast.erik)
    db.session.commit()
    url = "/enheter/ringmuraskolan/2026-27/dialoger"
    assert "Någon räknar" not in as_(cast.nadia).page(url)
    merged(cast)

    page = as_(cast.nadia).page(url)

    assert "Överenskommelser som följde med" in page
    assert "Någon räknar ledigheterna" in page
    assert "Hasselbrinksskolan, Dialog 1 läsåret 2026/27" in page
    assert "Ett besök" not in page
    assert "Någon räknar" not in as_(cast.lena).page(url), "she follows, and does not carry it on"
    assert "Någon räknar" not in as_(cast.nadia).page("/enheter/ringmuraskolan/2025-26/dialoger")


def test_reminders_of_agreements_reach_those_who_came_after(cast):
    dialogue = placed(cast.dialogue(cast.hassel), cast, date(2026, 10, 6))
    before = units_that_carry_on([dialogue.id])
    assert [unit.name for unit in before[dialogue.id]] == ["Hasselbrinksskolan"]
    merged(cast)

    after = units_that_carry_on([dialogue.id])

    assert [unit.name for unit in after[dialogue.id]] == ["Ringmuraskolan"]
