"""Det som kommer on a dialogue's page: what the whole preview says of it, and no more questions asked."""

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
    approve,
    hold,
    moment,
    place,
    set_rules,
    tick_at,
)
from tests.notifications.test_upcoming import everything
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    Agreement,
    AgreementState,
    MailRhythm,
    PreparationQuestion,
    QualityDialogue,
    ReminderKind,
    SchoolForm,
    SchoolUnit,
    Side,
    UnitKind,
    UnitSuccession,
    User,
)
from tracker.notifications.ledger import reminders_of, title
from tracker.notifications.passes import plan_calendars
from tracker.notifications.upcoming import DAYS, coming_of, upcoming

AsPerson = Callable[[User], CheckedClient]
Row = tuple[object, ...]
FIRST = date(2026, 9, 10)


def told_of_all(cast: Cast, dialogue: QualityDialogue) -> list[Row]:
    """What the preview of the whole organizer says of the dialogue."""
    agreements = set(
        db.session.scalars(sa.select(Agreement.id).where(Agreement.dialogue_id == dialogue.id))
    )
    subjects = {(ReminderKind.AGREEMENT, key) for key in agreements}
    subjects |= {(kind, dialogue.id) for kind in (ReminderKind.DIALOGUE, ReminderKind.APPROVAL)}
    return sorted(
        (mail.at, mail.person.id, kind, subject_id, offset)
        for mail in upcoming(cast.exempelby.id)
        for kind, subject_id, offset, _ in mail.reminders
        if (kind, subject_id) in subjects
    )


def told_of_one(dialogue: QualityDialogue) -> list[Row]:
    last = clock.today() + timedelta(days=DAYS - 1)
    return sorted(
        (each.at, each.person.id, each.kind, each.subject_id, each.offset_days)
        for each in coming_of(dialogue, reminders_of(dialogue))
        if clock.local(each.at).date() <= last
    )


@pytest.mark.parametrize("weekly", [False, True])
@pytest.mark.parametrize("wall", ["06:00", "07:30", "21:00"])
def test_it_is_the_dialogues_part_of_the_whole(
    cast: Cast, server: FakeServer, weekly: bool, wall: str
) -> None:
    everything(cast)
    if weekly:
        cast.karin.choose_rhythm(MailRhythm.WEEKLY)
        db.session.commit()
    for day in range(14, 0, -1):
        tick_at(FIRST - timedelta(days=day))
    server.not_now = [cast.karin.email]  # something waits
    tick_at(FIRST - timedelta(days=1), "16:00")
    kinds = set()
    with clock.stopped_at(moment(FIRST, wall)):
        for dialogue in db.session.scalars(
            sa.select(QualityDialogue).where(QualityDialogue.starts_at.is_not(None))
        ).all():
            whole = told_of_all(cast, dialogue)
            assert told_of_one(dialogue) == whole
            kinds |= {kind for _, _, kind, *_ in whole}
    assert kinds == {ReminderKind.DIALOGUE, ReminderKind.APPROVAL, ReminderKind.AGREEMENT}


def test_it_reaches_to_the_dialogue(cast: Cast, as_: AsPerson) -> None:
    dialogue = place(cast, "2027-03-16")
    page = as_(cast.erik).page(f"/dialoger/{dialogue.id}/paminnelser")
    name = "Dialog 1 läsåret 2026/27: Lyktvretens förskola och Sävkullaskolan"
    for which, day in (
        ("21 dagar före", "tisdag 23 februari 2027 kl. 07.00"),
        ("7 dagar före", "tisdag 9 mars 2027 kl. 07.00"),
        ("dagen före", "måndag 15 mars 2027 kl. 07.00"),
    ):
        assert f"{name}, {which}" in page
        assert day in page
    assert page.count("måndag 15 mars 2027 kl. 07.00") == 2  # Erik hears of it the day before
    assert page.index("21 dagar före") < page.index("7 dagar före") < page.index("dagen före")
    assert page.index("Det som kommer") < page.index("Det som har varit")


def test_who_has_nothing_left_gets_nothing(cast: Cast, as_: AsPerson) -> None:
    dialogue = place(cast, "2026-12-08")
    all_prepared(cast, dialogue)
    page = as_(cast.erik).page(f"/dialoger/{dialogue.id}/paminnelser")
    assert "21 dagar före" not in page


def test_a_cancelled_one_is_silent(cast: Cast, as_: AsPerson) -> None:
    dialogue = place(cast, "2026-12-08")
    dialogue.cancel("Förhinder", by=cast.erik)
    db.session.commit()
    page = as_(cast.erik).page(f"/dialoger/{dialogue.id}/paminnelser")
    assert "Ingen påminnelse går ut de kommande 30 dagarna." in page


def ask(dialogue: QualityDialogue, number: int) -> None:
    for side in Side:
        for each in range(number):
            db.session.add(
                PreparationQuestion(
                    organizer_id=dialogue.organizer_id, dialogue_id=dialogue.id, side=side,
                    text=f"Fråga {each}?", by_name="Någon",
                )
            )  # fmt: skip


@pytest.mark.parametrize("held", [False, True])
def test_statements(
    cast: Cast, as_: AsPerson, server: FakeServer, held: bool, statements: Callable[[], list[str]]
) -> None:
    set_rules(cast, week=[0])
    dialogue = place(cast, "2026-11-19" if held else "2027-01-19")
    ask(dialogue, 3)
    with clock.stopped_at(moment("2026-11-18")):
        plan_calendars()  # the calendars' mails are among the rows
    for each in ("2026-11-12", "2026-11-18"):
        tick_at(each)
    if held:
        hold(cast, dialogue, "2026-11-19")
        for number in range(3):
            agree(cast, dialogue, f"Besök {number}", "2026-11-27", responsible=cast.ali)
        tick_at("2026-11-20")
    browser, address = as_(cast.erik), f"/dialoger/{dialogue.id}/paminnelser"
    db.session.expunge_all()
    with statements() as asked:
        page = browser.page(address)
    assert "kl. 07.00" in page
    assert "Inbjudan till kalendern" in page
    assert len(asked) <= 15


def take_over_in_turns(cast: Cast) -> None:
    """Lyktvret ends in four days, and six units take over from it on a day each."""
    cast.lyktvret.closed_on = date(2026, 11, 24)
    for number in range(6):
        day = date(2026, 11, 21) + timedelta(days=3 * number)
        unit = SchoolUnit.create(
            cast.exempelby, f"Ny {number}", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY], by=None,
            area=cast.soder, opened_on=day,
        )  # fmt: skip
        db.session.add(
            UnitSuccession(
                organizer_id=cast.exempelby.id, predecessor=cast.lyktvret, successor=unit, on=day
            )
        )
    db.session.commit()


@pytest.mark.parametrize("held", [False, True])
def test_statements_while_units_end_and_much_is_agreed(
    cast: Cast, as_: AsPerson, server: FakeServer, held: bool, statements: Callable[[], list[str]]
) -> None:
    set_rules(cast, week=[0])
    dialogue = place(cast, "2026-11-19" if held else "2026-12-10")
    dialogue.times_held = 1
    approve(dialogue, Side.PRINCIPAL, moment("2026-11-18"), lapsed_at=moment("2026-11-19"))
    people = [cast.ali, cast.karin, cast.jonas, cast.nadia, cast.samira, None, None]
    if held:
        hold(cast, dialogue, "2026-11-19")
    for number in range(30):
        day = date(2026, 11, 22) + timedelta(days=number)
        agree(cast, dialogue, f"Besök {number}", day, responsible=people[number % 7])
    take_over_in_turns(cast)
    server.not_now = [cast.karin.email]  # something waits, and is settled
    tick_at("2026-11-20")
    dialogue.agreements[0].state = AgreementState.DONE
    dialogue.agreements[0].settled_at = clock.now()
    db.session.commit()
    assert told_of_one(dialogue) == told_of_all(cast, dialogue) != []
    browser, address = as_(cast.erik), f"/dialoger/{dialogue.id}/paminnelser"
    db.session.expunge_all()
    with statements() as asked:
        browser.page(address)
    assert len(asked) <= 15


@pytest.mark.parametrize(
    ("kind", "offset", "words"),
    [
        (ReminderKind.DIALOGUE, 21, "Om, 21 dagar före"),
        (ReminderKind.DIALOGUE, 1, "Om, dagen före"),
        (ReminderKind.EFFECT, 0, "Om, samma dag"),
        (ReminderKind.EFFECT, -14, "Om, 14 dagar efter"),
        (ReminderKind.APPROVAL, -1, "Om, dagen efter"),
        (ReminderKind.WEEK, 0, "Om"),
    ],
)
def test_which_reminder_it_is(kind: ReminderKind, offset: int, words: str) -> None:
    assert title("Om", kind, offset) == words
