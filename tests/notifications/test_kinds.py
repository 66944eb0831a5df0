"""What is reminded of beside dialogues and effects: measures that end, agreements, notes that wait,
check-ins; and who is told when somebody else stands in."""

from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from tests.notifications.scenes import (
    FakeServer,
    agree,
    approve,
    check_in,
    decided_measure,
    hold,
    ledger,
    mails,
    moment,
    place,
    set_rules,
    tick_at,
)
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    AgreementState,
    DialogueState,
    QualityDialogue,
    Reminder,
    Role,
    RoleAssignment,
    Side,
    User,
)
from tracker.notifications.kinds.dialogues import BEGUN
from tracker.organisation.succession import take_over


def rows(*, of: User | None = None) -> list[tuple[Any, ...]]:
    """The ledger without what it notes of dialogues that had begun before the first pass."""
    return [row for row in ledger(of=of) if row[4] != BEGUN]


def states(of: User | None = None) -> list[tuple[str, int, str]]:
    return [(name, offset, state) for name, offset, _, state, _ in rows(of=of)]


# Measures that end


def test_a_week_before_a_measure_ends(cast: Cast, server: FakeServer) -> None:
    """It is in no hurry: the week's first day will do."""
    decided_measure(cast, "2027-06-01", "Språkgrupper", ends_on=date(2026, 12, 4))
    tick_at("2026-11-20")
    assert server.taken == []
    tick_at("2026-11-23")
    tick_at("2026-12-05")
    assert server.subjects(cast.karin) == [
        ("2026-11-23", "Åtgärden Språkgrupper slutar 4 december")
    ]
    text = mails()[0].text
    assert "Slutar snart:\n- Språkgrupper (Sävkullaskolan), slutar 4 december\n" in text
    assert "Ska den fortsätta? Ändra slutdatumet." in text


def test_the_responsible_person_is_told_of_the_end(cast: Cast, server: FakeServer) -> None:
    decided_measure(
        cast, "2027-06-01", ends_on=date(2026, 12, 4),
        responsible_id=cast.sofia.id, responsible="Sofia Lindgren",
    )  # fmt: skip
    tick_at("2026-11-23")
    assert states() == [("Sofia", 7, "sent")]


@pytest.mark.parametrize("until", [date(2026, 11, 20), None])
def test_not_one_who_has_left(cast: Cast, server: FakeServer, until: date | None) -> None:
    decided_measure(cast, "2027-06-01", ends_on=date(2026, 12, 4), responsible_id=cast.sofia.id)
    if until is None:
        cast.sofia.closed_at = moment("2026-11-20")
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.sofia.id):
        role.ends_on = until
    db.session.commit()
    tick_at("2026-11-23")
    assert states() == [("Karin", 7, "sent")]


@pytest.mark.parametrize("what", ["completed", "cancelled", "longer"])
def test_a_measure_that_does_not_end_any_longer(cast: Cast, what: str) -> None:
    measure = decided_measure(cast, "2027-06-01", ends_on=date(2026, 12, 4))
    tick_at("2026-11-23")
    with clock.stopped_at(moment("2026-11-23", "08:00")):
        if what == "completed":
            measure.complete(by=cast.karin)
        elif what == "cancelled":
            measure.cancel("Pengarna räckte inte", by=cast.karin)
        else:
            measure.write(by=cast.karin, ends_on=date(2026, 12, 18))
    db.session.commit()
    tick_at("2026-11-23", "08:01")
    state, why = {
        "completed": ("skipped", "Åtgärden är genomförd"),
        "cancelled": ("cancelled", "Åtgärden är avbruten"),
        "longer": ("cancelled", "Åtgärden har fått en annan sista dag"),
    }[what]
    assert [row[3:] for row in rows()] == [(state, why)]
    tick_at("2026-12-07")
    assert len(rows()) == (2 if what == "longer" else 1)


@pytest.mark.parametrize("what", ["measure", "agreement"])
def test_a_date_that_is_changed_waits_for_the_next_morning(
    cast: Cast, server: FakeServer, held: QualityDialogue, what: str
) -> None:
    set_rules(cast, approval=[], measure_end=[7], agreement=[7])
    measure = decided_measure(cast, "2027-06-01", ends_on=date(2027, 3, 1), unit=cast.hassel)
    agreement = agree(cast, held, "Besök", "2027-03-01", responsible=cast.ali)
    with clock.stopped_at(moment("2026-11-16", "10:00")):  # the week's first day with mail
        if what == "measure":
            measure.write(by=cast.ali, ends_on=date(2026, 11, 20))
        else:
            agreement.postpone(date(2026, 11, 20), by=cast.ali)
        db.session.commit()
    tick_at("2026-11-16", "10:01")
    assert server.subjects(cast.ali) == []
    tick_at("2026-11-17")
    assert len(server.subjects(cast.ali)) == 1


# Notes that wait for approval


@pytest.fixture
def held(cast: Cast) -> QualityDialogue:
    dialogue = place(cast, "2026-10-06", unit=cast.hassel)
    hold(cast, dialogue, "2026-10-06")
    return dialogue


def test_both_sides_are_told_a_week_after(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    tick_at("2026-10-12")
    assert server.taken == []
    tick_at("2026-10-13")
    tick_at("2026-10-27")
    for person in (cast.ali, cast.erik):
        assert server.subjects(person) == [
            ("2026-10-13", "Anteckningarna från dialogen 6 oktober väntar på dig")
        ]
    assert "- Dialog 1 med Hasselbrinksskolan, 6 oktober\n" in mails()[0].text


def test_only_the_side_that_has_not_approved(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    approve(held, Side.PRINCIPAL, moment("2026-10-07"))
    tick_at("2026-10-13")
    assert states() == [("Erik", -7, "sent")]


def test_approved_meanwhile(cast: Cast, held: QualityDialogue) -> None:
    approve(held, Side.PRINCIPAL, moment("2026-10-07"))
    tick_at("2026-10-13")
    held.state, held.approved_at = DialogueState.APPROVED, moment("2026-10-13", "08:00")
    db.session.commit()
    tick_at("2026-10-13", "08:01")
    assert [row[3:] for row in rows()] == [("skipped", "Anteckningarna är godkända")]


def test_an_approval_that_lapses_is_asked_for_anew(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    tick_at("2026-10-13")
    approve(held, Side.PRINCIPAL, moment("2026-10-14"), lapsed_at=moment("2026-10-15"))
    tick_at("2026-10-21")
    assert [row[:4] for row in rows(of=cast.ali)] == [("Ali", -7, 1000, "sent")]
    tick_at("2026-10-22")
    assert [row[:4] for row in rows(of=cast.ali)][1:] == [("Ali", -7, 1001, "sent")]
    assert len(rows(of=cast.erik)) == 1


def test_held_undone_moved_and_held_again_is_asked_for_anew(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    tick_at("2026-10-13")
    with clock.stopped_at(moment("2026-10-14", "10:00")):
        held.undo_hold(by=cast.erik)
        held.place_at(
            moment("2026-10-20", "13:00"), moment("2026-10-20", "14:00"), by=cast.erik, reason="Fel"
        )
        db.session.commit()
    hold(cast, held, "2026-10-20")
    tick_at("2026-10-27")
    asked = "Anteckningarna från dialogen {} oktober väntar på dig"
    assert [subject for _, subject in server.subjects(cast.ali)][-2:] == [
        asked.format(6), asked.format(20),
    ]  # fmt: skip


def test_held_undone_and_held_again_is_asked_for_anew(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    """At the same time as before: it is the second hold that asks for the approval."""
    tick_at("2026-10-13")
    assert "väntar på dig" in server.subjects(cast.ali)[-1][1]
    with clock.stopped_at(moment("2026-10-14", "10:00")):
        held.undo_hold(by=cast.erik)
        held.hold(by=cast.erik)
        db.session.commit()
    server.taken.clear()
    tick_at("2026-10-15")
    asked = ("2026-10-15", "Anteckningarna från dialogen 6 oktober väntar på dig")
    assert server.subjects(cast.ali) == server.subjects(cast.erik) == [asked]


@pytest.mark.parametrize("again", [False, True])
def test_what_waits_when_a_hold_is_undone_ends_with_the_reason(
    cast: Cast, held: QualityDialogue, again: bool
) -> None:
    tick_at("2026-10-13")
    with clock.stopped_at(moment("2026-10-13", "08:00")):
        held.undo_hold(by=cast.erik)
        if again:
            held.hold(by=cast.erik)
        db.session.commit()
    tick_at("2026-10-13", "08:01")
    first, second = rows(of=cast.ali)
    why = "Det är sagt" if again else "Det är inte längre sagt"
    assert first[3:] == ("cancelled", f"{why} att dialogen är genomförd")
    assert second[3:] == ("planned", "")


def test_a_dialogue_that_nobody_says_took_place(cast: Cast, server: FakeServer) -> None:
    dialogue = place(cast, "2026-10-06", unit=cast.hassel)
    tick_at("2026-10-05")
    server.taken.clear()
    tick_at("2026-10-13")
    for person in (cast.ali, cast.erik):
        [mail] = [mail for mail in mails(to=person) if "Blev dialogen av?" in mail.text]
        assert f"/dialoger/{dialogue.id}" in mail.text
    hold(cast, dialogue, "2026-10-14")
    tick_at("2026-10-14", "10:00")
    assert "väntar på dig" in server.subjects(cast.ali)[-1][1]


def test_notes_of_a_unit_that_has_closed_wait_for_those_who_came_after(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    cast.hassel.closed_on = date(2026, 10, 10)
    db.session.commit()
    tick_at("2026-10-13")
    assert {("Ali", -7, "sent"), ("Erik", -7, "sent")} <= set(states())


def test_a_cancelled_dialogue_asks_for_nothing_that_was_agreed(
    cast: Cast, server: FakeServer
) -> None:
    dialogue = place(cast, "2026-10-06", unit=cast.hassel)
    agree(cast, dialogue, "Besök", "2026-11-12", responsible=cast.ali)
    dialogue.state = DialogueState.CANCELLED
    db.session.commit()
    tick_at("2026-11-09")
    assert "Besök" not in "".join(mail.text for mail in mails())


def test_who_stands_on_both_sides_is_told_once(cast: Cast, server: FakeServer) -> None:
    hold(cast, place(cast, "2026-10-06", unit=cast.klockvret), "2026-10-06")
    tick_at("2026-10-13")
    assert states() == [("Erik", -7, "sent")]
    assert "Klockvretsskolan saknar rektor just nu" in mails()[0].text


# Agreements


def test_three_days_before_an_agreement_and_a_week_after(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    agree(cast, held, "Besök på Kvistforsgymnasiet.\nBoka dag.", "2026-11-12", responsible=cast.ali)
    approve(held, Side.PRINCIPAL, moment("2026-10-07"))
    approve(held, Side.ORGANIZER, moment("2026-10-07"))
    for day in ("2026-11-06", "2026-11-09", "2026-11-12", "2026-11-13", "2026-11-16", "2026-11-23"):
        tick_at(day)
    assert server.subjects(cast.ali) == [
        ("2026-11-09", "Från dialogen: en överenskommelse att göra klar"),
        ("2026-11-23", "Från dialogen: en överenskommelse att göra klar"),
    ]
    before, after = mails(to=cast.ali)
    assert "- Besök på Kvistforsgymnasiet. Boka dag., senast 12 november\n" in before.text
    assert "Boka dag., det gällde 12 november\n" in after.text
    assert "försenad" not in before.text + after.text
    assert server.subjects(cast.erik) == []


def test_both_sides_when_nobody_is_responsible(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    agree(cast, held, "Fritidshemmets mål", "2026-11-12")
    tick_at("2026-11-09")
    assert {("Ali", 3, "sent"), ("Erik", 3, "sent")} <= set(states())


def test_a_link_only_for_who_may_open_it(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    agree(cast, held, "Rastschemat", "2026-11-12", responsible=cast.sofia)
    tick_at("2026-11-09")
    [mail] = mails(to=cast.sofia)
    assert "- Rastschemat, senast 12 november\n" in mail.text
    assert "/dialoger/" not in mail.text


def test_who_has_left_the_unit_is_not_asked_any_longer(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    """The agreement stays with the unit: the link would lead Ali to nothing."""
    agree(cast, held, "Rastschemat", "2026-11-12", responsible=cast.ali)
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    role.ends_on = date(2026, 10, 31)
    for person, unit in ((cast.ali, cast.ringmura), (cast.jonas, cast.hassel)):
        RoleAssignment.give(
            person, Role.PRINCIPAL, cast.exempelby, unit=unit,
            starts_on=date(2026, 11, 1), by=None,
        )  # fmt: skip
    db.session.commit()
    tick_at("2026-11-09")
    assert mails(to=cast.ali) == []
    for person in (cast.jonas, cast.erik):
        assert "Rastschemat" in mails(to=person)[0].text


@pytest.mark.parametrize("responsible", ["ali", None])
def test_who_takes_over_from_a_unit_carries_on_what_was_agreed(
    cast: Cast, server: FakeServer, held: QualityDialogue, responsible: str | None
) -> None:
    person = cast.ali if responsible else None
    agree(cast, held, "Rastschemat", "2026-11-12", responsible=person)
    with clock.stopped_at(moment("2026-10-20", "10:00")):
        take_over(cast.ringmura, cast.hassel, date(2026, 11, 1), by=cast.tove, closes=True)
        db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one().ends_on = date(
            2026, 10, 31
        )
        db.session.commit()
    tick_at("2026-11-09")
    told = {person.name for person in (cast.nadia, cast.maria, cast.ali, cast.erik)
            if any("Rastschemat" in mail.text for mail in mails(to=person))}  # fmt: skip
    assert told == {"Nadia Karlsson", "Maria Öberg"}
    assert f"/dialoger/{held.id}/" in mails(to=cast.nadia)[0].text


def test_who_is_responsible_and_follows_to_the_new_unit_is_asked_there(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    agree(cast, held, "Rastschemat", "2026-11-12", responsible=cast.ali)
    with clock.stopped_at(moment("2026-10-20", "10:00")):
        take_over(cast.klockvret, cast.hassel, date(2026, 11, 1), by=cast.tove, closes=True)
        db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one().ends_on = date(
            2026, 10, 31
        )
        RoleAssignment.give(
            cast.ali, Role.PRINCIPAL, cast.exempelby, unit=cast.klockvret, by=None,
            starts_on=date(2026, 11, 1),
        )  # fmt: skip
        db.session.commit()
    tick_at("2026-11-09")
    assert "Rastschemat" in mails(to=cast.ali)[0].text
    assert all("Rastschemat" not in mail.text for mail in mails(to=cast.erik))


def test_what_was_agreed_at_a_unit_that_closes_is_not_forgotten(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    agree(cast, held, "Rastschemat", "2026-11-12")
    cast.hassel.closed_on = date(2026, 10, 31)
    db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one().ends_on = date(
        2026, 10, 31
    )
    db.session.commit()
    tick_at("2026-11-09")
    assert "Hasselbrinksskolan har avslutats. Därför går det här till dig." in (
        mails(to=cast.erik)[-1].text
    )
    assert "Rastschemat" in mails(to=cast.erik)[-1].text


def test_who_may_not_open_a_measure_is_given_no_link(cast: Cast, server: FakeServer) -> None:
    """Named from another school: the page would not be there for him."""
    decided_measure(
        cast, "2027-06-01", "Språkgrupper", ends_on=date(2026, 12, 4), responsible_id=cast.ali.id
    )
    tick_at("2026-11-23")
    [mail] = mails(to=cast.ali)
    assert "- Språkgrupper, slutar 4 december\n" in mail.text
    assert "Säg det till den som leder enheten." in mail.text
    assert "/atgarder/" not in mail.text


def test_the_substitute_of_the_dialogansvarig_has_her_agreements(
    cast: Cast, server: FakeServer, held: QualityDialogue
) -> None:
    agree(cast, held, "Rastschemat", "2026-11-12", responsible=cast.erik)
    RoleAssignment.give(
        cast.samira, Role.DIALOGUE_LEAD, cast.exempelby, area=cast.norr,
        starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30), by=None,
    )  # fmt: skip
    db.session.commit()
    tick_at("2026-11-09")
    assert [mail for mail in mails(to=cast.erik) if "Rastschemat" in mail.text] == []
    [mail] = [mail for mail in mails(to=cast.samira) if "Rastschemat" in mail.text]
    assert "/dialoger/" in mail.text


@pytest.mark.parametrize("what", ["done", "moved"])
def test_an_agreement_that_is_settled(cast: Cast, held: QualityDialogue, what: str) -> None:
    agreement = agree(cast, held, "Besök", "2026-11-12", responsible=cast.ali)
    approve(held, Side.PRINCIPAL, moment("2026-10-07"))
    tick_at("2026-11-09")
    if what == "done":
        agreement.state, agreement.settled_at = AgreementState.DONE, moment("2026-11-09", "08:00")
    else:
        agreement.due_on, agreement.due_revision = date(2026, 12, 10), 1
    db.session.commit()
    tick_at("2026-11-09", "08:01")
    state, why = {
        "done": ("skipped", "Överenskommelsen är klar, inte längre aktuell eller en åtgärd"),
        "moved": ("cancelled", "Överenskommelsen har fått ett nytt datum"),
    }[what]
    assert [row[3:] for row in rows(of=cast.ali)] == [(state, why)]
    tick_at("2026-12-07")
    assert len(rows(of=cast.ali)) == (2 if what == "moved" else 1)


# Check-ins


def test_lov_is_not_counted_between_two_check_ins(cast: Cast, server: FakeServer) -> None:
    check_in(cast, "2026-10-20", cast.hassel)  # höstlov is week 44
    tick_at("2026-11-09")
    assert server.taken == []
    tick_at("2026-11-10")
    assert server.subjects(cast.erik) == [("2026-11-10", "Dags att stämma av med en enhet")]
    assert "- Hasselbrinksskolan med Ali, 10 november\n" in mails()[0].text


def test_nobody_to_meet_where_nobody_leads(cast: Cast, server: FakeServer) -> None:
    check_in(cast, "2026-10-20", cast.klockvret)
    tick_at("2026-11-10")
    assert server.subjects(cast.erik) == []


def test_nobody_to_meet_for_who_stands_on_both_sides(cast: Cast, server: FakeServer) -> None:
    check_in(cast, "2026-10-20", cast.hassel)
    tick_at("2026-11-10")
    [planned] = rows()
    assert planned[3] == "sent"
    check_in(cast, "2026-11-11", cast.hassel)
    for row in db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id):
        row.ends_on = date(2026, 11, 20)
    RoleAssignment.give(
        cast.erik, Role.PRINCIPAL, cast.exempelby, unit=cast.hassel, by=None,
        starts_on=date(2026, 11, 21),
    )  # fmt: skip
    db.session.commit()
    tick_at("2026-11-26")
    assert len(rows()) == 1


def test_a_preschool_is_open_during_lov(cast: Cast, server: FakeServer) -> None:
    check_in(cast, "2026-10-20", cast.lyktvret)
    tick_at("2026-11-03")
    assert states() == [("Erik", 0, "sent")]


def test_the_day_that_was_agreed_on(cast: Cast, server: FakeServer) -> None:
    check_in(cast, "2026-10-06", cast.savkulla, next_on=date(2026, 10, 12))
    tick_at("2026-10-12")
    assert states() == [("Erik", 0, "sent")]
    check_in(cast, "2026-10-13", cast.savkulla)
    tick_at("2026-10-20")
    assert len(rows()) == 1


def test_checked_in_meanwhile(cast: Cast) -> None:
    check_in(cast, "2026-10-06", cast.savkulla, next_on=date(2026, 10, 12))
    tick_at("2026-10-12")
    check_in(cast, "2026-10-12", cast.savkulla)
    tick_at("2026-10-12", "08:00")
    assert [row[3:] for row in rows()] == [("skipped", "Ni har stämt av sedan dess")]


def test_a_unit_without_check_ins_is_left_alone(cast: Cast, server: FakeServer) -> None:
    check_in(cast, "2026-10-06", cast.savkulla)
    cast.savkulla.check_in_days = 0
    db.session.commit()
    tick_at("2026-10-20")
    assert rows() == []


# Rules and weeks without mail


@pytest.mark.parametrize("kind", ["measure_end", "approval", "agreement", "check_in", "effect"])
def test_a_kind_that_is_off_is_silent(
    cast: Cast, server: FakeServer, held: QualityDialogue, kind: str
) -> None:
    everything = ("measure_end", "approval", "agreement", "check_in", "effect", "dialogue")
    set_rules(cast, **{each: [] for each in everything if each != kind})
    decided_measure(cast, "2026-11-06", "Mattestuga", cast.hassel, ends_on=date(2026, 11, 12))
    agree(cast, held, "Besök", "2026-11-12", responsible=cast.ali)
    check_in(cast, "2026-11-02", cast.hassel)
    for day in ("2026-10-13", "2026-11-05", "2026-11-06", "2026-11-09", "2026-11-16"):
        tick_at(day)
    kinds = {row.kind.value for row in db.session.query(Reminder) if row.reason != BEGUN}
    assert kinds == {kind}


def test_calm_weeks_for_every_kind(cast: Cast, server: FakeServer) -> None:
    held = place(cast, "2027-06-10", unit=cast.hassel, number=2)
    hold(cast, held, "2027-06-14")
    agree(cast, held, "Besök", "2027-07-01", responsible=cast.ali)
    decided_measure(cast, "2027-12-01", "Mattestuga", cast.hassel, ends_on=date(2027, 7, 9))
    decided_measure(cast, "2027-12-01", "Läsning", cast.hassel, ends_on=date(2027, 8, 13))
    day = date(2027, 6, 21)
    while day <= date(2027, 8, 8):
        tick_at(day)
        day = date.fromordinal(day.toordinal() + 1)
    assert server.taken == []
    tick_at("2027-08-09")
    text = mails(to=cast.ali)[0].text
    assert "Läsning" in text
    assert "Mattestuga" not in text  # its day has passed: a reminder of what is over only nags
    assert "Besök" in text
    assert "Minnesanteckningar att läsa" in text


# Substitutes: the role with its dates is what makes one


def test_an_acting_rektor_gets_the_mails_of_their_days(cast: Cast, server: FakeServer) -> None:
    RoleAssignment.give(
        cast.samira, Role.PRINCIPAL, cast.exempelby, by=cast.tove, unit=cast.hassel,
        starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 13), acting=True,
    )  # fmt: skip
    for number, day in enumerate((date(2026, 10, 30), date(2026, 11, 2), date(2026, 11, 13))):
        decided_measure(cast, day, f"Åtgärd {number}", cast.hassel)
    decided_measure(cast, "2026-11-16", "Åtgärd 3", cast.hassel)
    decided_measure(
        cast, "2027-06-01", "Hans egen", cast.hassel, ends_on=date(2026, 11, 11),
        responsible_id=cast.ali.id,
    )  # fmt: skip
    set_rules(cast, effect=[0])
    for day in ("2026-10-30", "2026-11-02", "2026-11-13", "2026-11-16"):
        tick_at(day)
    assert [day for day, _ in server.subjects(cast.ali)] == ["2026-10-30", "2026-11-16"]
    assert [day for day, _ in server.subjects(cast.samira)] == [
        "2026-11-02", "2026-11-13",
    ]  # fmt: skip


def test_a_reminder_that_was_withdrawn_goes_when_it_is_theirs_again(
    cast: Cast, server: FakeServer
) -> None:
    """A rektor's role is ended by mistake while the mail waits, and given back."""
    decided_measure(cast, "2026-11-03", "Mattestuga", cast.hassel)
    server.not_now = [cast.ali.email]
    tick_at("2026-11-03")
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    role.ends_on = date(2026, 11, 2)
    db.session.commit()
    tick_at("2026-11-03", "08:00")
    [row] = rows(of=cast.ali)
    assert row[3:] == ("cancelled", "Mottagaren har inte längre uppdraget")
    role.ends_on = None
    db.session.commit()
    server.not_now = []
    tick_at("2026-11-04")
    [row] = rows(of=cast.ali)
    assert row[3:] == ("sent", "")
    assert len(server.subjects(cast.ali)) == 1
    tick_at("2026-11-05")
    assert len(server.subjects(cast.ali)) == 1


def test_what_has_gone_does_not_go_again_because_the_role_came_back(
    cast: Cast, server: FakeServer
) -> None:
    decided_measure(cast, "2026-11-03", "Mattestuga", cast.hassel)
    tick_at("2026-11-03")
    role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
    for ends_on, day in ((date(2026, 11, 3), "2026-11-04"), (None, "2026-11-05")):
        role.ends_on = ends_on
        db.session.commit()
        tick_at(day)
    assert len(server.subjects(cast.ali)) == 1


def test_a_substitute_for_the_dialogansvarig(cast: Cast, server: FakeServer) -> None:
    RoleAssignment.give(
        cast.samira, Role.DIALOGUE_LEAD, cast.exempelby, by=cast.tove, area=cast.norr,
        starts_on=date(2026, 10, 5), ends_on=date(2026, 10, 6),
    )  # fmt: skip
    place(cast, "2026-10-06", unit=cast.hassel)
    place(cast, "2026-10-08", unit=cast.savkulla)
    for day in ("2026-10-05", "2026-10-07"):
        tick_at(day)
    assert [day for day, _ in server.subjects(cast.samira)] == ["2026-10-05"]
    assert [day for day, _ in server.subjects(cast.erik)] == ["2026-10-07"]
