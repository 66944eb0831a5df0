"""Which reminders are due, for whom and when: each rule of the year by itself."""

from datetime import date, timedelta

import pytest

from tests.cast import Cast
from tests.notifications.scenes import (
    PLACED,
    FakeServer,
    all_prepared,
    decided_measure,
    ledger,
    mails,
    moment,
    place,
    set_rules,
    tick_at,
)
from tracker import clock
from tracker.cycle.calendar import PeriodKind
from tracker.extensions import db
from tracker.models import (
    CalendarPeriod,
    Decision,
    EffectAssessment,
    Judgement,
    MailState,
    Measure,
    Reminder,
    RoleAssignment,
    SchoolYear,
    Side,
)


def nothing(result: object) -> bool:
    return not any(vars(result).values())


def test_three_weeks_a_week_and_a_day_before(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    for day in ("2026-09-14", "2026-09-16", "2026-09-28", "2026-09-30", "2026-10-02", "2026-10-06"):
        assert nothing(tick_at(day)), day
        due = {"2026-09-14": "2026-09-15", "2026-09-28": "2026-09-29", "2026-10-02": "2026-10-05"}
        if day in due:
            tick_at(due[day])
    assert server.subjects(cast.karin) == [
        ("2026-09-15", "Kvalitetsdialog 6 oktober: tre saker kvar för dig"),
        ("2026-09-29", "Kvalitetsdialog 6 oktober: tre saker kvar för dig"),
        ("2026-10-05", "Kvalitetsdialog 6 oktober: tre saker kvar för dig"),
    ]
    assert server.subjects(cast.erik) == [
        ("2026-10-05", "Kvalitetsdialog 6 oktober: en sak kvar för dig")
    ]
    assert len(server.taken) == 4


def test_not_before_seven_in_the_morning(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    assert nothing(tick_at("2026-09-15", "06:59"))
    assert tick_at("2026-09-15", "07:00").sent == 1


def test_a_weekend_moves_it_back_to_friday(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-05")  # a Monday: the day before is a Sunday
    tick_at("2026-09-14")
    tick_at("2026-09-28")
    assert tick_at("2026-10-02").sent == 2
    assert [day for day, _ in server.subjects(cast.karin)][-1] == "2026-10-02"
    assert nothing(tick_at("2026-10-04"))


def test_a_closed_day_moves_it_back(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    year: SchoolYear = cast.year
    db.session.add(
        CalendarPeriod(
            organizer_id=year.organizer_id,
            school_year_id=year.id,
            kind=PeriodKind.CLOSED,
            name="Planeringsdagar",
            starts_on=date(2026, 9, 14),
            ends_on=date(2026, 9, 15),
        )
    )
    db.session.commit()
    assert tick_at("2026-09-11").sent == 1


def test_lov_are_working_days_for_leaders(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-11-05")  # a week after the middle of v. 44
    tick_at("2026-10-15")
    assert tick_at("2026-10-29").sent == 1


def test_an_effect_is_asked_for_on_its_day_and_a_fortnight_later(
    cast: Cast, server: FakeServer
) -> None:
    decided_measure(cast, "2026-11-02")
    assert nothing(tick_at("2026-10-30"))
    for day in ("2026-11-02", "2026-11-03", "2026-11-16", "2026-11-17", "2026-12-01"):
        tick_at(day)
    assert server.subjects(cast.karin) == [
        ("2026-11-02", "Dags att bedöma effekten av Språkgrupper"),
        ("2026-11-16", "Dags att bedöma effekten av Språkgrupper"),
    ]
    assert server.subjects(cast.erik) == []
    assert [(row[1], row[3]) for row in ledger()] == [(0, "sent"), (-14, "sent")]


def test_a_proposal_has_no_effect_to_ask_for(cast: Cast, server: FakeServer) -> None:
    Measure.propose(
        cast.cycle(cast.savkulla),
        by=cast.karin,
        title="Förslag",
        assessable_from=date(2026, 11, 2),
    )
    db.session.commit()
    assert nothing(tick_at("2026-11-02"))


def test_summer_waits_for_week_32(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2027-06-30")
    for day in ("2027-06-30", "2027-07-14", "2027-08-06"):
        assert nothing(tick_at(day)), day
    tick_at("2027-08-09")
    # Both days fell in the calm weeks; one mail says it.
    assert server.subjects(cast.karin) == [
        ("2027-08-09", "Dags att bedöma effekten av Språkgrupper")
    ]
    assert [(row[1], row[3]) for row in ledger()] == [(-14, "sent"), (0, "skipped")]


def test_the_organizer_chooses_the_days(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    set_rules(cast, dialogue=[28, 14])
    for day in ("2026-09-08", "2026-09-15", "2026-09-22", "2026-09-29", "2026-10-05"):
        tick_at(day)
    assert [day for day, _ in server.subjects(cast.karin)] == ["2026-09-08", "2026-09-22"]
    # The dialogansvarig hears the day before, whatever is set for rektor.
    assert [day for day, _ in server.subjects(cast.erik)] == ["2026-10-05"]


def test_the_dialogansvarig_gets_rektors_reminders_of_a_vacant_unit(
    cast: Cast, server: FakeServer
) -> None:
    place(cast, "2026-10-06", unit=cast.klockvret)
    decided_measure(cast, "2026-09-14", "Lugn start", cast.klockvret)
    tick_at("2026-09-15")
    [mail] = mails()
    assert mail.recipient_id == cast.erik.id
    assert "Klockvretsskolan saknar rektor just nu. Därför går det här till dig." in mail.text
    assert "Kvar för dig:" in mail.text
    assert "Lugn start" in mail.text


def test_the_deputy_where_there_is_no_rektor(cast: Cast, server: FakeServer) -> None:
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.karin.id):
        role.ends_on = date(2026, 9, 1)
    db.session.commit()
    decided_measure(cast, "2026-11-02")
    tick_at("2026-11-02")
    assert [name for name, *_ in ledger()] == ["Jonas"]


def test_a_new_rektor_is_told_once_of_what_lies_ahead(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06", unit=cast.hassel)
    tick_at("2026-09-15")
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id):
        role.ends_on = date(2026, 9, 20)
    RoleAssignment.give(
        cast.samira,
        role.role,
        cast.exempelby,
        by=None,
        unit=cast.hassel,
        starts_on=date(2026, 9, 21),
    )
    db.session.commit()
    tick_at("2026-09-21")
    tick_at("2026-09-22")
    assert [day for day, _ in server.subjects(cast.ali)] == ["2026-09-15"]
    assert [day for day, _ in server.subjects(cast.samira)] == ["2026-09-21"]


def test_nothing_left_no_mail(cast: Cast, server: FakeServer) -> None:
    dialogue = place(cast, "2026-10-06")
    all_prepared(cast, dialogue)
    tick_at("2026-09-15")
    tick_at("2026-09-29")
    result = tick_at("2026-10-05")
    assert (result.planned, result.skipped) == (0, 2)
    assert server.taken == []
    assert ledger() == [
        ("Karin", 21, 1, "skipped", "Inget kvar att göra"),
        ("Karin", 7, 1, "skipped", "Inget kvar att göra"),
        ("Karin", 1, 1, "skipped", "Inget kvar att göra"),
        ("Erik", 1, 1, "skipped", "Inget kvar att göra"),
    ]


def test_a_question_that_waits_is_a_thing_left(cast: Cast, server: FakeServer) -> None:
    dialogue = place(cast, "2026-10-06")
    all_prepared(cast, dialogue)
    with clock.stopped_at(moment(PLACED)):
        question = dialogue.ask(Side.ORGANIZER, "Vad märker eleverna?", by=cast.erik)
        db.session.commit()
    assert tick_at("2026-09-15").sent == 1
    [mail] = mails()
    assert mail.subject == "Kvalitetsdialog 6 oktober: en sak kvar för dig"
    assert "Svara på frågan från Erik Lund: ”Vad märker eleverna?”" in mail.text
    assert "senast 1 oktober" in mail.text
    assert f"/dialoger/{dialogue.id}/dialogansvarigs-fragor/{question.id}" in mail.text
    assert "- Svara på frågan från Erik Lund, senast 1 oktober" in mail.shown
    assert "Vad märker eleverna?" not in mail.shown


def test_one_mail_a_day_with_everything_in_it(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    for title in ("Språkgrupper", "Läsning i alla ämnen"):
        decided_measure(cast, "2026-09-15", title)
    result = tick_at("2026-09-15")
    assert (result.planned, result.sent) == (3, 1)
    [mail] = mails()
    # The dialogue's list has the two effects, since they are to be settled before it.
    assert mail.subject == "Kvalitetsdialog 6 oktober: fem saker kvar för dig"
    assert mail.text.count("Bedöm effekten av") == 2
    assert "Effekten kan bedömas nu" not in mail.text


def test_a_late_reminder_waits_for_the_next_sending_day(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    assert tick_at("2026-09-15").sent == 1  # a Tuesday
    decided_measure(cast, "2026-09-15")
    assert nothing(tick_at("2026-09-15", "10:00"))
    assert tick_at("2026-09-16").sent == 1
    assert [day for day, _ in server.subjects(cast.karin)] == ["2026-09-15", "2026-09-16"]


def test_a_late_reminder_that_is_done_by_then_is_skipped(cast: Cast, server: FakeServer) -> None:
    dialogue = place(cast, "2026-09-17")
    assert tick_at("2026-09-15").sent == 1
    set_rules(cast, dialogue=[21, 7, 2])
    assert nothing(tick_at("2026-09-15", "10:00"))
    all_prepared(cast, dialogue)
    assert tick_at("2026-09-16").sent == 0
    assert ledger(of=cast.karin)[-1] == ("Karin", 2, 1, "skipped", "Inget kvar att göra")


def test_three_missed_days(cast: Cast, server: FakeServer) -> None:
    """The scheduler stood still from Monday to Wednesday: what is still useful goes once."""
    place(cast, "2026-09-22", set_at=moment("2026-08-20"))  # −7 fell on Tuesday the 15th
    decided_measure(cast, "2026-09-14")
    tick_at("2026-09-11")
    before = len(server.taken)
    assert tick_at("2026-09-17").sent == 1
    assert len(server.taken) == before + 1
    assert nothing(tick_at("2026-09-18"))


def test_two_missed_reminders_of_one_dialogue_make_one_mail(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    tick_at("2026-10-05")
    assert [day for day, _ in server.subjects(cast.karin)] == ["2026-10-05"]
    assert sorted(ledger(of=cast.karin)) == [
        ("Karin", 1, 1, "sent", ""),
        ("Karin", 7, 1, "skipped", "En senare påminnelse gick i stället"),
        ("Karin", 21, 1, "skipped", "En senare påminnelse gick i stället"),
    ]


def test_missed_until_after_the_dialogue(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    result = tick_at("2026-10-07")
    assert (result.planned, result.sent, result.skipped) == (0, 0, 4)
    assert {row[3:] for row in ledger()} == {("skipped", "Dialogen hade redan börjat")}


def test_an_older_reminder_never_follows_a_newer(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    tick_at("2026-09-29")
    set_rules(cast, dialogue=[28, 21, 14, 7, 1])
    assert tick_at("2026-09-30").sent == 0
    assert ("Karin", 14, 1, "skipped", "En senare påminnelse gick i stället") in ledger()


def test_a_moved_dialogue_is_reminded_of_anew(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    tick_at("2026-09-15")
    place(cast, "2026-10-20", reason="Krock", set_at=moment("2026-09-16", "10:00"))
    for day in ("2026-09-17", "2026-09-29", "2026-10-13"):
        tick_at(day)
    assert server.subjects(cast.karin) == [
        ("2026-09-15", "Kvalitetsdialog 6 oktober: tre saker kvar för dig"),
        ("2026-09-29", "Kvalitetsdialog 20 oktober: tre saker kvar för dig"),
        ("2026-10-13", "Kvalitetsdialog 20 oktober: tre saker kvar för dig"),
    ]


def test_moved_back_does_not_collide(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    tick_at("2026-09-15")
    place(cast, "2026-10-20", reason="Krock", set_at=moment("2026-09-16", "10:00"))
    place(cast, "2026-10-06", reason="Ändå inte", set_at=moment("2026-09-16", "11:00"))
    tick_at("2026-09-29")
    assert [(row[1], row[2], row[3]) for row in ledger()] == [
        (21, 1, "sent"),
        (7, 3, "sent"),
        (21, 3, "skipped"),
    ]


def test_what_is_set_today_waits_for_the_next_morning(cast: Cast, server: FakeServer) -> None:
    """Who places a dialogue is still at it, and nobody wants half of it in a mail."""
    place(cast, "2026-10-06", set_at=moment("2026-09-28", "09:30"))
    assert nothing(tick_at("2026-09-28", "09:31"))
    assert nothing(tick_at("2026-09-28", "17:00"))
    assert tick_at("2026-09-29").sent == 1


def test_a_queued_reminder_of_a_moved_dialogue_is_cancelled(cast: Cast) -> None:
    place(cast, "2026-10-06")
    tick_at("2026-09-15")
    place(cast, "2026-11-10", reason="Krock", set_at=moment("2026-09-15", "09:00"))
    tick_at("2026-09-15", "09:01")
    assert ledger() == [("Karin", 21, 1, "cancelled", "Dialogen är flyttad")]
    assert [mail.state for mail in mails()] == [MailState.DROPPED]


def test_a_cancelled_dialogue_falls_silent(cast: Cast, server: FakeServer) -> None:
    dialogue = place(cast, "2026-10-06")
    with clock.stopped_at(moment("2026-09-01")):
        dialogue.cancel("Sjukdom", by=cast.erik)
    db.session.commit()
    for day in ("2026-09-15", "2026-09-29", "2026-10-05", "2026-10-07"):
        assert nothing(tick_at(day))


def test_a_queued_reminder_of_a_cancelled_dialogue_is_cancelled(cast: Cast) -> None:
    dialogue = place(cast, "2026-10-06")
    tick_at("2026-09-15")
    with clock.stopped_at(moment("2026-09-15", "08:00")):
        dialogue.cancel("Sjukdom", by=cast.erik)
    db.session.commit()
    tick_at("2026-09-15", "08:01")
    assert ledger() == [("Karin", 21, 1, "cancelled", "Dialogen är inställd")]


def test_joined_it_is_reminded_of_at_the_time_that_stands(cast: Cast, server: FakeServer) -> None:
    whole = cast.dialogue(cast.savkulla)
    own = whole.split_off(cast.lyktvret, by=cast.erik)
    place(cast, "2026-10-06")
    with clock.stopped_at(moment("2026-08-20")):
        start = moment("2026-10-20", "13:00")
        own.place_at(start, start + timedelta(hours=1), by=cast.erik)
    db.session.commit()
    tick_at("2026-09-15")
    with clock.stopped_at(moment("2026-09-28", "09:00")):
        whole.join(own, by=cast.erik, reason="Ett möte räcker")
    db.session.commit()
    for day in ("2026-09-29", "2026-10-05", "2026-10-06"):
        tick_at(day)
    assert server.subjects(cast.karin) == [
        ("2026-09-15", "Kvalitetsdialog 6 oktober: två saker kvar för dig"),
        ("2026-09-29", "Kvalitetsdialog 6 oktober: tre saker kvar för dig"),
        ("2026-10-05", "Kvalitetsdialog 6 oktober: tre saker kvar för dig"),
    ]


def test_a_queued_reminder_of_what_was_joined_away_is_cancelled(cast: Cast) -> None:
    whole = cast.dialogue(cast.savkulla)
    own = whole.split_off(cast.lyktvret, by=cast.erik)
    place(cast, "2026-10-06")
    tick_at("2026-09-15")
    with clock.stopped_at(moment("2026-09-15", "08:00")):
        start = moment("2026-10-20", "13:00")
        own.place_at(start, start + timedelta(hours=1), by=cast.erik)
        own.join(whole, by=cast.erik, reason="Den tiden passar bättre")
    db.session.commit()
    tick_at("2026-09-15", "08:01")
    (row,) = ledger()
    assert row[3:] == ("cancelled", "Dialogen har gått upp i en annan")


def test_split_off_it_is_silent_until_it_has_a_time(cast: Cast, server: FakeServer) -> None:
    dialogue = place(cast, "2026-10-06")
    with clock.stopped_at(moment("2026-09-01")):
        own = dialogue.split_off(cast.lyktvret, by=cast.erik, reason="Två möten")
    db.session.commit()
    tick_at("2026-09-15")
    assert {row.subject_id for row in db.session.query(Reminder)} == {dialogue.id}
    with clock.stopped_at(moment("2026-09-16")):
        start = moment("2026-10-20", "13:00")
        own.place_at(start, start + timedelta(hours=1), by=cast.erik)
    db.session.commit()
    tick_at("2026-09-29")
    told = {(row.subject_id, row.state.value) for row in db.session.query(Reminder)}
    assert (own.id, "sent") in told


def test_a_settled_effect_falls_silent(cast: Cast, server: FakeServer) -> None:
    measure = decided_measure(cast, "2026-11-02")
    tick_at("2026-11-02")
    with clock.stopped_at(moment("2026-11-03")):
        EffectAssessment.make(
            measure,
            cast.year,
            by=cast.karin,
            judgement=Judgement.NO_EVIDENCE,
            carried_out="yes",
            decision=Decision.END,
        )
    db.session.commit()
    assert nothing(tick_at("2026-11-16"))
    assert len(server.taken) == 1


def test_not_yet_is_quiet_until_its_new_date(cast: Cast, server: FakeServer) -> None:
    measure = decided_measure(cast, "2026-11-02")
    tick_at("2026-11-02")
    with clock.stopped_at(moment("2026-11-03")):
        EffectAssessment.make(
            measure,
            cast.year,
            by=cast.karin,
            judgement=Judgement.NOT_YET,
            next_date=date(2027, 1, 18),
        )
    db.session.commit()
    assert nothing(tick_at("2026-11-16"))
    tick_at("2027-01-18")
    assert [day for day, _ in server.subjects(cast.karin)] == ["2026-11-02", "2027-01-18"]


def test_a_queued_reminder_of_a_settled_effect_is_cancelled(cast: Cast) -> None:
    measure = decided_measure(cast, "2026-11-02")
    tick_at("2026-11-02")
    with clock.stopped_at(moment("2026-11-02", "08:00")):
        measure.cancel("Pengarna räckte inte", by=cast.karin)
    db.session.commit()
    tick_at("2026-11-02", "08:01")
    assert ledger() == [("Karin", 0, 1, "cancelled", "Åtgärden är avbruten")]


def test_a_second_pass_adds_nothing(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06")
    tick_at("2026-09-15")
    assert nothing(tick_at("2026-09-15", "07:01"))
    assert db.session.query(Reminder).count() == 1


def test_the_other_municipality_is_untouched(cast: Cast, server: FakeServer) -> None:
    place(cast, "2026-10-06", unit=cast.savkulla)
    tick_at("2026-10-05")
    people = {row.recipient_id for row in db.session.query(Reminder)}
    assert people == {cast.karin.id, cast.erik.id}


@pytest.mark.parametrize("day", ["2026-10-26", "2027-03-30"])
def test_the_clock_change_costs_nothing(cast: Cast, server: FakeServer, day: str) -> None:
    """07:00 in Stockholm on the first working day after the clocks went back, or forward."""
    decided_measure(cast, day)
    assert nothing(tick_at(day, "06:59"))
    assert tick_at(day, "07:00").sent == 1
    assert nothing(tick_at(day, "07:01"))
