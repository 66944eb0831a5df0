"""Calendar invitations: who gets them, when, and what they say."""

from datetime import date, datetime, timedelta

import pytest

from tests.calendars.client import calendar_part, parsed
from tests.calendars.scenes import LATER, Office, calendar_mails
from tests.cast import THE_DAY, Cast
from tests.dialogues.scenes import DAY, at
from tests.notifications.scenes import moment, tick_at
from tracker import clock
from tracker.extensions import db
from tracker.models import MailState, QualityDialogue, Role, RoleAssignment, User
from tracker.notifications.passes import plan_calendars

TUESDAY = "tisdag 8 december 2026 kl. 13.00–14.30"
BOTH = "Dialog 1: Lyktvretens förskola och Sävkullaskolan"


def place(
    cast: Cast,
    dialogue: QualityDialogue,
    start: datetime | None = None,
    *,
    when: datetime = THE_DAY,
    reason: str = "Studiedag",
) -> QualityDialogue:
    """Tuesday at one, unless said."""
    start = start or at(DAY, 13)
    with clock.stopped_at(when):
        dialogue.place_at(start, start + timedelta(minutes=90), by=cast.erik, reason=reason)
        db.session.commit()
    return dialogue


def replace_rektor(cast: Cast, unit: object, old: User, new: User | None, when: datetime) -> None:
    with clock.stopped_at(when):
        for role in db.session.query(RoleAssignment).filter_by(
            user_id=old.id, unit_id=unit.id, role=Role.PRINCIPAL
        ):
            role.end_now(by=cast.tove)
        if new:
            RoleAssignment.give(new, Role.PRINCIPAL, cast.exempelby, by=cast.tove, unit=unit)
        db.session.commit()


def test_the_leader_and_the_dialogansvarig_are_invited(cast: Cast, mail: Office) -> None:
    place(cast, cast.dialogue(cast.savkulla))
    assert mail.pass_at(THE_DAY + LATER) == [
        f"karin: {BOTH}, {TUESDAY}",
        f"erik: {BOTH}, {TUESDAY}",
    ]
    mail.show_the_truth(THE_DAY + LATER)
    assert mail.pass_at(THE_DAY + 2 * LATER) == []


def test_what_the_mail_says(cast: Cast, mail: Office) -> None:
    dialogue = cast.dialogue(cast.savkulla)
    dialogue.describe('Rum "Björken"; plan 2', "Elevhälsochefen", by=cast.erik)
    place(cast, dialogue)
    mail.pass_at(THE_DAY + LATER)
    message = mail.server.received[0]
    (event,) = parsed(calendar_part(message) or b"").walk("VEVENT")
    assert str(event["LOCATION"]) == 'Rum "Björken"; plan 2'
    assert event["DTSTART"].dt == at(DAY, 13)
    assert event["ORGANIZER"] == "mailto:varvet@varvet.example"
    assert event["ORGANIZER"].params["CN"] == "Erik Lund"
    karin, erik = event["ATTENDEE"]
    assert (karin, karin.params["CN"]) == ("mailto:karin@exempelby.example", "Karin Holm")
    assert erik.params["RSVP"] == "FALSE"
    link = f"http://127.0.0.1:8000/dialoger/{dialogue.id}"
    assert link in event["DESCRIPTION"]
    assert "Fler: Elevhälsochefen" in event["DESCRIPTION"]
    assert str(message["From"]) == "Varvet <varvet@varvet.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    assert f"Du är inbjuden till {BOTH}." in text
    assert f"{link}/foresla-tid" in text
    assert f'href="{link}"' in message.get_body(("html",)).get_content()
    to_erik = mail.server.received[1].get_body(("plain",)).get_content()
    assert "foresla-tid" not in to_erik


def test_a_biträdande_rektor_who_leads_is_invited(cast: Cast, mail: Office) -> None:
    unit = cast.savkulla
    own = cast.dialogue(unit).split_off(unit, by=cast.erik)
    replace_rektor(cast, unit, cast.karin, None, THE_DAY)
    place(cast, own)
    mail.pass_at(THE_DAY + LATER)
    assert set(mail.clients) == {cast.jonas.email, cast.erik.email}


def test_of_a_vacant_unit_the_dialogansvarig_hears_alone(cast: Cast, mail: Office) -> None:
    place(cast, cast.dialogue(cast.klockvret))
    mail.pass_at(THE_DAY + LATER)
    assert set(mail.clients) == {cast.erik.email}


def test_nothing_is_sent_while_people_correct_themselves(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    minutes = [THE_DAY + timedelta(minutes=n) for n in range(30)]
    place(cast, dialogue, at(DAY, 8), when=minutes[5])
    assert mail.pass_at(minutes[11]) == []
    place(cast, dialogue, at(DAY, 9), when=minutes[14])
    assert mail.pass_at(minutes[23]) == []
    assert len(mail.pass_at(minutes[25])) == 2
    assert [row.calendar.count("SEQUENCE:0") for row in calendar_mails()] == [1, 1]
    mail.show_the_truth(minutes[25])


def test_another_room_is_at_rest_too(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    mail.pass_at(THE_DAY + LATER)
    with clock.stopped_at(THE_DAY + LATER):
        dialogue.describe("Aulan", "", by=cast.erik)
        db.session.commit()
    assert mail.pass_at(THE_DAY + LATER + timedelta(minutes=9)) == []
    assert [each.partition(",")[0] for each in mail.pass_at(THE_DAY + 2 * LATER)] == [
        f"karin: Ändrad: {BOTH}",
        f"erik: Ändrad: {BOTH}",
    ]


def test_placed_and_cancelled_before_anything_was_sent_is_no_mail(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    dialogue.cancel("Fel dag", by=cast.erik)
    db.session.commit()
    assert mail.pass_at(THE_DAY + LATER) == []
    assert calendar_mails() == []


def test_without_a_server_the_newest_alone_waits(cast: Cast, mail: Office, use) -> None:
    """Two days without a mail server: what was outdated meanwhile says so, and why."""
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    for hours in (1, 2, 3):
        with clock.stopped_at(THE_DAY + timedelta(hours=hours)):
            plan_calendars()
        place(cast, dialogue, at(DAY, 7 + hours), when=THE_DAY + timedelta(hours=hours))
    with clock.stopped_at(THE_DAY + timedelta(hours=5)):
        plan_calendars()
    rows = calendar_mails(to=cast.karin)
    assert [(row.state, row.last_error) for row in rows] == [
        (MailState.DROPPED, "Ersattes av ett nyare mejl om samma dialog")
    ] * 3 + [(MailState.QUEUED, "")]
    subjects = mail.pass_at(THE_DAY + timedelta(hours=6))
    assert [each for each in subjects if each.startswith("karin")] == [
        f"karin: {BOTH}, tisdag 8 december 2026 kl. 10.00–11.30"  # an invitation, nothing moved
    ]
    mail.show_the_truth(THE_DAY + timedelta(hours=6))


def test_cancelled_while_the_invitation_waits_is_no_mail(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    with clock.stopped_at(THE_DAY + LATER):
        plan_calendars()
        dialogue.cancel("Fel dag", by=cast.erik)
        db.session.commit()
    assert mail.pass_at(THE_DAY + 2 * LATER) == []
    assert [(row.state, row.last_error) for row in calendar_mails(to=cast.karin)] == [
        (MailState.DROPPED, "Dialogen ställdes in innan inbjudan hade skickats")
    ]
    place(cast, dialogue, at(DAY, 15), when=THE_DAY + 2 * LATER)
    assert len(mail.pass_at(THE_DAY + 3 * LATER)) == 2
    mail.show_the_truth(THE_DAY + 3 * LATER)


def test_a_new_rektor_takes_over(cast: Cast, mail: Office) -> None:
    place(cast, cast.dialogue(cast.hassel))
    mail.pass_at(THE_DAY + LATER)
    replace_rektor(cast, cast.hassel, cast.ali, cast.nadia, THE_DAY + LATER)
    assert mail.pass_at(THE_DAY + LATER + timedelta(minutes=5)) == []
    mail.pass_at(THE_DAY + 2 * LATER)
    mail.show_the_truth(THE_DAY + 2 * LATER)
    assert mail.of(cast.ali).ahead(THE_DAY) == set()
    assert len(mail.of(cast.nadia).ahead(THE_DAY)) == 1
    why = [row.text for row in calendar_mails(to=cast.ali)][-1]
    assert "Du är inte längre med i Dialog 1: Hasselbrinksskolan." in why


def test_what_is_split_off_leaves_the_calendars(cast: Cast, mail: Office) -> None:
    """The one that stays is told of with its new name; the one without a time is not in it."""
    whole = place(cast, cast.dialogue(cast.savkulla))
    mail.pass_at(THE_DAY + LATER)
    with clock.stopped_at(THE_DAY + LATER):
        whole.split_off(cast.lyktvret, by=cast.erik, reason="Två möten")
        db.session.commit()
    told = mail.pass_at(THE_DAY + 2 * LATER)
    assert sorted(each.partition(",")[0] for each in told) == [
        "erik: Ändrad: Dialog 1: Sävkullaskolan",
        "karin: Ändrad: Dialog 1: Sävkullaskolan",
    ]
    mail.show_the_truth(THE_DAY + 2 * LATER)
    assert len(mail.of(cast.karin).ahead(THE_DAY)) == 1


def test_joined_dialogues_leave_one_entry(cast: Cast, mail: Office) -> None:
    first = cast.dialogue(cast.savkulla)
    other = first.split_off(cast.savkulla, by=cast.erik)
    place(cast, first)
    place(cast, other, at(DAY, 9))
    mail.pass_at(THE_DAY + LATER)
    assert len(mail.of(cast.karin).ahead(THE_DAY)) == 2
    with clock.stopped_at(THE_DAY + LATER):
        first.join(other, by=cast.erik, reason="Ett möte räcker")
        db.session.commit()
    assert mail.pass_at(THE_DAY + LATER + timedelta(minutes=9)) == []
    told = mail.pass_at(THE_DAY + 2 * LATER)
    assert sorted(each.partition(",")[0] for each in told) == [
        "erik: Utgår: Dialog 1: Sävkullaskolan",
        f"erik: Ändrad: {BOTH}",
        "karin: Utgår: Dialog 1: Sävkullaskolan",
        f"karin: Ändrad: {BOTH}",
    ]
    mail.show_the_truth(THE_DAY + 2 * LATER)


def test_what_has_been_is_left_alone(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    mail.pass_at(THE_DAY + LATER)
    over = at(DAY, 15)
    with clock.stopped_at(over):
        dialogue.cancel("Blev inte av", by=cast.erik)
        db.session.commit()
    assert mail.pass_at(over + LATER) == []
    place(cast, cast.dialogue(cast.hassel), at(date(2026, 10, 6), 13))
    assert mail.pass_at(over + 2 * LATER) == []


def test_moved_to_within_the_hour_is_told_at_once(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    mail.pass_at(THE_DAY + LATER)
    morning = at(DAY, 8)
    place(cast, dialogue, morning + timedelta(minutes=55), when=morning)
    told = mail.pass_at(morning + timedelta(minutes=1))
    assert [each.split(":")[1].strip() for each in told] == ["Flyttad", "Flyttad"]
    text = mail.server.received[-1].get_body(("plain",)).get_content()
    assert "Tidigare: tisdag 8 december kl. 13.00" in text
    assert "Skäl: Studiedag" in text
    mail.show_the_truth(morning + timedelta(minutes=1))


def test_an_invitation_that_comes_too_late_is_not_sent(cast: Cast, mail: Office) -> None:
    place(cast, cast.dialogue(cast.savkulla))
    with clock.stopped_at(THE_DAY + LATER):
        plan_calendars()
    with clock.stopped_at(at(DAY, 14, 29)):
        plan_calendars()
        assert {row.state for row in calendar_mails()} == {MailState.QUEUED}
    with clock.stopped_at(at(DAY, 14, 30)):
        plan_calendars()  # without a mail server it would wait for good
    assert {row.last_error for row in calendar_mails()} == {"Dialogen var redan slut"}


def test_who_knows_another_time_is_told_the_true_one_although_it_has_begun(
    cast: Cast, mail: Office
) -> None:
    """Invited to April, moved to a start within minutes, and the mail server does not answer before that."""
    dialogue = place(cast, cast.dialogue(cast.savkulla, 2), at(date(2027, 4, 27), 13))
    mail.pass_at(THE_DAY + LATER)
    morning = at(DAY, 8)
    place(cast, dialogue, morning + timedelta(minutes=3), when=morning)
    with clock.stopped_at(morning + timedelta(minutes=1)):
        plan_calendars()
    told = mail.pass_at(morning + timedelta(hours=3))
    assert [each.split(":")[1].strip() for each in told] == ["Flyttad", "Flyttad"]
    mail.show_the_truth(morning + timedelta(hours=3))


@pytest.mark.parametrize("when", ["2026-11-21", "2027-01-06", "2026-07-08"])
def test_any_day_and_hour(cast: Cast, mail: Office, when: str) -> None:
    """A Saturday, a holiday and the calm weeks, at half past ten in the evening: somebody is planning."""
    evening = moment(when, "22:30")
    place(cast, cast.dialogue(cast.savkulla, 2), at(date(2027, 5, 18), 13), when=evening)
    assert len(mail.pass_at(evening + LATER)) == 2


def test_it_is_no_reminder(cast: Cast, mail: Office) -> None:
    """A person may get both on one day: the one is for the calendar."""
    place(cast, cast.dialogue(cast.savkulla), at(date(2026, 12, 11), 13), when=THE_DAY)
    day = moment("2026-11-20", "09:30")
    assert len(mail.pass_at(day)) == 2
    assert tick_at("2026-11-23").sent == 1


def test_the_same_uid_for_everybody_and_for_good(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.savkulla))
    mail.pass_at(THE_DAY + LATER)
    (uid,) = mail.of(cast.karin).entries
    mail.use(mail.server.url, base_url="https://varvet.kommunen.se")
    place(cast, dialogue, at(DAY, 9), when=THE_DAY + LATER)
    mail.pass_at(THE_DAY + 2 * LATER)
    assert set(mail.of(cast.karin).entries) == set(mail.of(cast.erik).entries) == {uid}


def test_nobody_elsewhere_hears_of_it(cast: Cast, mail: Office) -> None:
    place(cast, cast.dialogue(cast.savkulla))
    mail.pass_at(THE_DAY + LATER)
    assert {row.organizer_id for row in calendar_mails()} == {cast.exempelby.id}
    assert not [address for address in mail.clients if "granby" in address]


def test_why_it_was_called_off_is_for_those_who_take_part(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.hassel))
    mail.pass_at(THE_DAY + LATER)
    with clock.stopped_at(THE_DAY + LATER):
        role = db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id).one()
        role.ends_on = clock.today() - timedelta(days=1)
        dialogue.cancel("Rektor har slutat i vrede", by=cast.erik)
        db.session.commit()
    mail.pass_at(THE_DAY + 2 * LATER)
    told = {row.recipient.name: row.text for row in calendar_mails()}
    assert "Rektor har slutat i vrede" in told["Erik Lund"]
    assert "Rektor har slutat i vrede" not in told["Ali Demir"]


def test_a_closed_account_gets_no_mail(cast: Cast, mail: Office) -> None:
    dialogue = place(cast, cast.dialogue(cast.hassel))
    mail.pass_at(THE_DAY + LATER)
    sent = len(calendar_mails(to=cast.ali))
    cast.ali.closed_at = THE_DAY + LATER
    with clock.stopped_at(THE_DAY + LATER):
        dialogue.cancel("Förhinder", by=cast.erik)
        db.session.commit()
    mail.pass_at(THE_DAY + 2 * LATER)
    assert len(calendar_mails(to=cast.ali)) == sent
