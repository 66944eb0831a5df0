"""Utskick de kommande 30 dagarna: the preview says exactly what the engine then does."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.notifications.scenes import (
    FakeServer,
    agree,
    all_prepared,
    ask_for_support,
    check_in,
    decided_measure,
    hold,
    moment,
    place,
    set_rules,
    tick_at,
)
from tests.start.many import add_units
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    MailRhythm,
    OutgoingMail,
    Reminder,
    ReminderState,
    Role,
    RoleAssignment,
    SchoolUnit,
    User,
)
from tracker.notifications.upcoming import DAYS, upcoming

AsPerson = Callable[[User], CheckedClient]
PAGE = "/utskick/kommande"


def everything(cast: Cast) -> None:
    """Something of every kind, before, within and after thirty days from 10 September."""
    set_rules(cast, week=[0])
    place(cast, "2026-09-15")
    place(cast, "2026-10-06", unit=cast.hassel)
    all_prepared(cast, place(cast, "2026-09-24", unit=cast.ringmura))
    place(cast, "2026-10-08", unit=cast.klockvret)
    for number, unit in enumerate((cast.savkulla, cast.hassel, cast.klockvret, cast.ringmura) * 3):
        ends = date(2026, 9, 14) + timedelta(days=3 * number)
        decided_measure(cast, ends + timedelta(days=2), f"Åtgärd {number}", unit, ends_on=ends)
    held = place(cast, "2026-09-08", unit=cast.lyktvret, number=2)
    hold(cast, held, "2026-09-08")
    agree(cast, held, "Besök på Kvistfors", "2026-09-25", responsible=cast.erik)
    agree(cast, held, "Fritidshemmets mål", "2026-09-18")
    check_in(cast, "2026-09-03", cast.savkulla, cast.lyktvret)
    ask_for_support(cast, check_in(cast, "2026-08-27", cast.ringmura), "Schemaläggare två veckor")
    cast.ali.choose_rhythm(MailRhythm.WEEKLY)
    RoleAssignment.give(
        cast.samira, Role.PRINCIPAL, cast.exempelby, by=None, unit=cast.savkulla, acting=True,
        starts_on=date(2026, 9, 21), ends_on=date(2026, 9, 30),
    )  # fmt: skip
    cast.ringmura.closed_on = date(2026, 9, 27)
    db.session.commit()


def sent_between(first: date, last: date) -> list[tuple[object, ...]]:
    """(moment, person, subject, reminders) of every mail that went."""
    found = []
    for mail in db.session.scalars(
        sa.select(OutgoingMail)
        .where(OutgoingMail.sent_at.between(moment(first, "00:00"), moment(last, "23:59")))
        .order_by(OutgoingMail.sent_at, OutgoingMail.recipient_id)
    ):
        reminders = [
            (row.kind, row.subject_id, row.offset_days, row.date_revision)
            for row in mail.reminders
            if row.state is ReminderState.SENT
        ]
        found.append((mail.sent_at, mail.recipient_id, mail.subject, sorted(reminders)))
    return found


@pytest.mark.parametrize("start", ["06:00", "07:30"])
def test_what_it_says_is_what_is_sent(cast: Cast, server: FakeServer, start: str) -> None:
    everything(cast)
    first = date(2026, 9, 10)
    for day in range(14, 0, -1):  # the engine has been at it: the ledger is not empty
        tick_at(first - timedelta(days=day))
    server.not_now = [cast.karin.email]
    tick_at(first - timedelta(days=1), "16:00")
    server.not_now = []
    with clock.stopped_at(moment(first, start)):
        said = upcoming(cast.exempelby.id)
    before = db.session.query(Reminder).count()
    for number in range(DAYS):
        day = first + timedelta(days=number)
        tick_at(day, start if number == 0 else "07:00")
        tick_at(day, "12:00")
    went = sent_between(first, first + timedelta(days=DAYS))
    told = [
        (mail.at, mail.person.id, mail.subject, sorted(mail.reminders))
        for mail in sorted(said, key=lambda mail: (mail.at, mail.person.id))
    ]
    assert told == went
    assert len(went) > 20
    assert len({kind for *_, reminders in went for kind, *_ in reminders}) == 7
    assert db.session.query(Reminder).count() > before


def test_the_page(cast: Cast, as_: AsPerson) -> None:
    place(cast, "2026-12-08")
    page = as_(cast.tove).page(PAGE)
    assert "Måndag 7 december 2026" in page
    assert "Kvalitetsdialog 8 december: tre saker kvar för dig" in page
    assert "Kvalitetsdialog 8 december: en sak kvar för dig" in page
    assert "Karin Holm" in page
    assert "07.00" in page
    assert "Ingen mejlserver är inställd" in page


def test_nothing_to_come(cast: Cast, as_: AsPerson) -> None:
    assert "Inga mejl de kommande 30 dagarna" in as_(cast.tove).page(PAGE)


@pytest.mark.parametrize("person", ["karin", "erik", "lena", "samira", "sofia", "perolov"])
def test_is_the_administrators(cast: Cast, as_: AsPerson, person: str) -> None:
    as_(getattr(cast, person)).page(PAGE, 403)


def test_another_municipalitys_are_not_in_it(cast: Cast, as_: AsPerson) -> None:
    place(cast, "2026-12-08")
    assert "Karin" not in as_(cast.greta).page(PAGE)
    assert as_(cast.tove).post(PAGE).status_code == 405


MOST_STATEMENTS = 47
"""More than the fifteen of other pages: it asks what the engine asks for thirty mornings. What counts
is that it does not grow."""


def test_as_many_statements_for_five_units_as_for_two_hundred(
    cast: Cast, as_: AsPerson, statements: Callable[[], object]
) -> None:
    set_rules(cast, week=[0])
    place(cast, "2026-12-08")
    decided_measure(cast, "2026-11-30", ends_on=date(2026, 12, 4))
    browser = as_(cast.tove)
    with statements() as few:
        browser.page(PAGE)
    add_units(cast, 195, busy=40)
    for unit in db.session.scalars(sa.select(SchoolUnit).limit(60)):
        if unit.organizer_id == cast.exempelby.id:
            place(cast, "2026-12-09", unit=unit, reason="Krock", set_at=moment("2026-11-19"))
    with statements() as many:
        page = browser.page(PAGE)
    assert "Rektor 3" in page
    assert len(many) == len(few) <= MOST_STATEMENTS
