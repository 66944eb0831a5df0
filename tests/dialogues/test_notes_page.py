"""After the dialogue: held, read, approved by both, lapsed by a change, locked, remarked."""

from datetime import date, timedelta

import pytest

from tests.cast import SINCE
from tests.checked_client import errors
from tests.dialogues.scenes import DAY, at, held, placed
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AgreementState, DialogueState, Role, RoleAssignment, Side


@pytest.fixture
def dialogue(cast):
    """Of both Karin's units, said to be held, with a note and an agreement."""
    row = held(cast.dialogue(cast.savkulla), cast)
    row.write_note("other", "Vi börjar i åk fyra.", seen=0, by=cast.karin)
    row.agree("Erik ordnar ett besök", "Erik Lund", cast.erik.id, date(2026, 11, 27), by=cast.erik)
    row.hold(by=cast.erik)
    db.session.commit()
    return row


def url(dialogue, page=""):
    return f"/dialoger/{dialogue.id}/minnesanteckningar{page}"


def approve(browser, dialogue, status=302, digest=None):
    form = {"digest": dialogue.digest() if digest is None else digest}
    return browser.submit(url(dialogue, "/godkann"), form, status)


def change(dialogue, text, by):
    dialogue.write_note("other", text, seen=dialogue.note_at("other").version, by=by)
    db.session.commit()


def test_others_read_only_when_it_is_held(cast, as_, dialogue):
    assert "Vi börjar i åk fyra." in as_(cast.lena).page(url(dialogue))
    dialogue.undo_hold(by=cast.erik)
    db.session.commit()
    for person in (cast.lena, cast.samira):
        page = as_(person).page(url(dialogue))
        assert "Vi börjar i åk fyra." not in page
        assert "Erik ordnar ett besök" not in page
        assert "när dialogen är genomförd" in page
    for person in (cast.karin, cast.erik, cast.jonas):
        assert "Vi börjar i åk fyra." in as_(person).page(url(dialogue))


def test_held_from_the_notes_when_it_has_been_and_nobody_has_said_so(cast, as_, dialogue):
    assert "Dialogen är genomförd</button>" not in as_(cast.karin).page(url(dialogue))
    dialogue.undo_hold(by=cast.erik)
    db.session.commit()
    browser = as_(cast.karin)
    assert "Dialogen är genomförd</button>" in browser.page(url(dialogue))
    answer = browser.submit(f"/dialoger/{dialogue.id}/samtal", {"do": "hold"})
    assert answer.location == url(dialogue)
    assert dialogue.state is DialogueState.HELD
    assert dialogue.note_at("other").text == "Vi börjar i åk fyra."
    ahead = placed(cast.dialogue(cast.savkulla, 2), cast, today(), hour=23)
    assert "Dialogen är genomförd</button>" not in browser.page(url(ahead))


def test_who_may_not(cast, as_, dialogue):
    for person, read, write in (
        ("lena", 200, 403),
        ("samira", 200, 403),
        ("ali", 404, 404),
        ("maria", 404, 404),
        ("sofia", 404, 404),
        ("perolov", 404, 404),
        ("tove", 404, 404),
        ("mats", 404, 404),
    ):
        browser = as_(getattr(cast, person))
        browser.page(url(dialogue), read)
        approve(browser, dialogue, write)
        browser.submit(url(dialogue, "/anmarkning"), {"text": "Hej"}, write)
        browser.submit(url(dialogue, "/angra"), {}, write)
    assert dialogue.state is DialogueState.HELD
    assert dialogue.approvals == []
    for page in ("/godkann", "/anmarkning", "/angra"):
        assert as_(cast.karin).get(url(dialogue, page)).status_code == 405


def test_both_approve_and_it_is_locked(cast, as_, dialogue):
    karin, erik = as_(cast.karin), as_(cast.erik)
    assert "Godkänn minnesanteckningarna" in karin.page(url(dialogue))
    approve(karin, dialogue)
    assert dialogue.state is DialogueState.HELD
    assert not dialogue.waits_for(Side.PRINCIPAL)
    assert dialogue.waits_for(Side.ORGANIZER)
    assert "Du har godkänt" in karin.page(url(dialogue))
    approve(erik, dialogue)
    assert dialogue.state is DialogueState.APPROVED
    first, second = dialogue.approvals
    assert first.digest == second.digest
    assert first.content["notes"] == [{"heading": "Övrigt", "text": "Vi börjar i åk fyra."}]
    assert first.content["agreements"] == [
        {"what": "Erik ordnar ett besök", "who": "Erik Lund", "when": "2026-11-27"}
    ]
    page = as_(cast.lena).page(url(dialogue))
    assert "Godkända av båda" in page
    assert "Karin Holm" in page
    assert "Erik Lund" in page
    assert "Godkänn minnesanteckningarna" not in erik.page(url(dialogue))


def test_twice_by_the_same_side_is_once(cast, as_, dialogue):
    for person in (cast.karin, cast.jonas):
        approve(as_(person), dialogue)
    assert [row.by_name for row in dialogue.approvals] == ["Karin Holm"]
    assert dialogue.state is DialogueState.HELD


def test_a_text_that_was_not_seen_is_not_approved(cast, as_, dialogue):
    seen = dialogue.digest()
    change(dialogue, "Vi börjar i åk fem.", cast.erik)
    browser = as_(cast.karin)
    answer = approve(browser, dialogue, 409, seen)
    assert "Texten har ändrats sedan du öppnade sidan" in answer.text
    assert "Vi börjar i åk fem." in answer.text
    assert dialogue.approvals == []
    approve(browser, dialogue, 409, "")
    approve(browser, dialogue)
    assert dialogue.standing_approval(Side.PRINCIPAL)


@pytest.mark.parametrize("what", ["note", "agreement", "new", "removed"])
def test_a_change_lets_the_first_approval_lapse_and_shows_it(cast, as_, dialogue, what):
    approve(as_(cast.karin), dialogue)
    [row] = dialogue.agreements
    if what == "note":
        change(dialogue, "Vi börjar i åk fem.", cast.erik)
    elif what == "agreement":
        dialogue.change_agreement(
            row, "Erik ordnar två besök", "Erik Lund", cast.erik.id, date(2026, 11, 27),
            seen=row.version, by=cast.erik,
        )  # fmt: skip
    elif what == "new":
        dialogue.agree("En till", by=cast.erik)
    else:
        dialogue.drop_agreement(row, by=cast.erik)
    db.session.commit()
    assert dialogue.waits_for(Side.PRINCIPAL)
    assert dialogue.approvals[0].lapsed_at is not None
    page = as_(cast.karin).page(url(dialogue))
    assert "Karin Holm godkände" in page
    assert "Godkännandet gäller inte längre" in page
    if what == "note":
        assert '<del class="change">fyra</del><ins class="change">fem</ins>' in page
    approve(as_(cast.erik), dialogue)
    assert dialogue.state is DialogueState.HELD
    approve(as_(cast.karin), dialogue)
    assert dialogue.state is DialogueState.APPROVED
    assert "Godkännandet gäller inte längre" not in as_(cast.karin).page(url(dialogue))


def test_what_became_of_an_agreement_is_followed_without_a_new_approval(cast, as_, dialogue):
    approve(as_(cast.karin), dialogue)
    [row] = dialogue.agreements
    row.settle(AgreementState.DONE, "Besöket blev av", by=cast.erik)
    db.session.commit()
    assert not dialogue.waits_for(Side.PRINCIPAL)
    approve(as_(cast.erik), dialogue)
    assert dialogue.state is DialogueState.APPROVED


def test_before_it_is_held_nothing_is_approved(cast, as_, dialogue):
    dialogue.undo_hold(by=cast.erik)
    db.session.commit()
    browser = as_(cast.karin)
    approve(browser, dialogue)
    assert "godkänns när dialogen är genomförd" in browser.page(url(dialogue))
    assert dialogue.approvals == []


def test_undone_until_the_first_approval(cast, as_, dialogue):
    browser = as_(cast.erik)
    assert "Ångra genomförd" in browser.page(url(dialogue))
    browser.submit(url(dialogue, "/angra"))
    assert dialogue.state is DialogueState.PLANNED
    browser.submit(f"/dialoger/{dialogue.id}/samtal", {"do": "hold"})
    approve(as_(cast.karin), dialogue)
    assert "Ångra genomförd" not in browser.page(url(dialogue))
    browser.submit(url(dialogue, "/angra"))
    assert dialogue.state is DialogueState.HELD


def test_remarks_only_when_approved_and_never_changed(cast, as_, dialogue):
    browser = as_(cast.karin)
    answer = browser.submit(url(dialogue, "/anmarkning"), {"text": "Rätt år är 2025"}, 422)
    assert any("inte godkända av båda än" in text for text in errors(answer)) or (
        "inte godkända av båda än" in answer.text
    )
    approve(browser, dialogue)
    approve(as_(cast.erik), dialogue)
    assert (
        "Skriv det du vill lägga till."
        in browser.submit(url(dialogue, "/anmarkning"), {"text": " "}, 422).text
    )
    browser.submit(url(dialogue, "/anmarkning"), {"text": "Rätt år är 2025"})
    assert "Rätt år är 2025" in as_(cast.lena).page(url(dialogue))
    assert len(dialogue.approvals) == 2


# Who approves


def test_a_vacant_unit_is_approved_by_the_dialogansvarig_alone(cast, as_):
    row = held(cast.dialogue(cast.klockvret), cast)
    row.hold(by=cast.erik)
    db.session.commit()
    browser = as_(cast.erik)
    page = browser.page(url(row))
    assert "Dialogansvarig godkänner ensam" in page
    assert "också för rektors räkning" in page
    approve(browser, row)
    assert row.state is DialogueState.APPROVED


def test_one_person_on_both_sides_approves_once(cast, as_):
    RoleAssignment.give(
        cast.karin, Role.DIALOGUE_LEAD, cast.exempelby, by=cast.tove, unit=cast.savkulla,
        starts_on=SINCE,
    )  # fmt: skip
    both = cast.dialogue(cast.savkulla)
    row = both.split_off(cast.savkulla, by=cast.erik)
    held(row, cast).hold(by=cast.karin)
    db.session.commit()
    browser = as_(cast.karin)
    assert "Ett godkännande räcker" in browser.page(url(row))
    approve(browser, row)
    assert row.state is DialogueState.APPROVED


def test_a_rektor_who_leads_elsewhere_does_not_approve_for_both(cast, as_, dialogue):
    """Karin is dialogansvarig for the organizer as a whole; of her own units Erik is."""
    RoleAssignment.give(
        cast.karin, Role.DIALOGUE_LEAD, cast.exempelby, by=cast.tove, starts_on=SINCE
    )
    db.session.commit()
    approve(as_(cast.karin), dialogue)
    assert [row.side for row in dialogue.approvals] == [Side.PRINCIPAL]


def test_one_of_two_units_vacant_takes_nothing_from_rektor(cast, as_, dialogue):
    role = db.session.query(RoleAssignment).filter_by(unit_id=cast.lyktvret.id).one()
    role.end(today() - timedelta(days=1), by=cast.tove)
    db.session.commit()
    approve(as_(cast.erik), dialogue)
    assert dialogue.waits_for(Side.PRINCIPAL)


# What may no longer happen to it


@pytest.mark.parametrize("approved", [False, True])
def test_it_is_neither_moved_cancelled_joined_nor_split(cast, as_, dialogue, approved):
    if approved:
        approve(as_(cast.karin), dialogue)
        approve(as_(cast.erik), dialogue)
    state, starts_at = dialogue.state, dialogue.starts_at
    one = f"/dialoger/{dialogue.id}"
    erik = as_(cast.erik)
    place = {"version": dialogue.version, "day": "2026-12-08", "start_time": "13:00", "reason": "X"}
    answer = erik.submit(f"{one}/tid", place, 422)
    assert "Dialogen är genomförd" in answer.text
    same = {"version": dialogue.version, "day": "2026-10-06", "start_time": "13:00", "place": "Ny"}
    erik.submit(f"{one}/tid", same, 422)
    erik.submit(f"{one}/stall-in", {"reason": "Förhinder"}, 422)
    erik.submit(f"{one}/dela", {"unit": cast.lyktvret.id})
    other = cast.dialogue(cast.hassel)
    erik.submit(f"/dialoger/{other.id}/sla-ihop", {"other": dialogue.id})
    erik.submit(f"{one}/sla-ihop", {"other": other.id})
    as_(cast.karin).submit(f"{one}/foresla-tid", {"day": DAY, "start_time": "09:00"}, 422)
    assert (dialogue.state, dialogue.starts_at) == (state, starts_at)
    assert len(dialogue.units) == 2
    assert dialogue.place == ""


def test_what_was_written_on_the_morning_does_not_follow_to_another(cast, as_):
    row = placed(cast.dialogue(cast.savkulla), cast, today(), hour=15)
    topic = row.add_topic("Frånvaron", "Text", by=cast.erik)
    row.write_note(f"topic-{topic.id}", "Skrivet", seen=0, by=cast.erik)
    db.session.commit()
    erik = as_(cast.erik)
    sent = {"unit": cast.lyktvret.id, "reason": "Två möten"}
    answer = erik.submit(f"/dialoger/{row.id}/dela", sent, 409)
    assert "redan minnesanteckningar" in answer.text
    erik.submit(f"/dialoger/{row.id}/vi-ser/{topic.id}/ta-bort")
    assert "minnesanteckningar om området" in erik.page(f"/dialoger/{row.id}")
    assert len(row.units) == 2
    row.write_note(f"topic-{topic.id}", "", seen=1, by=cast.erik)
    db.session.commit()
    erik.submit(f"/dialoger/{row.id}/vi-ser/{topic.id}/ta-bort")
    assert row.organizers_topics == []
    assert row.notes == []


def test_a_proposal_that_waited_falls_when_it_is_held(cast):
    row = cast.dialogue(cast.savkulla)
    row.propose_time(at(DAY, 9), "", by=cast.karin)
    held_row = cast.dialogue(cast.savkulla)
    held_row.place_at(at(date(2026, 10, 6), 13), at(date(2026, 10, 6), 14), by=cast.erik)
    row.hold(by=cast.erik)
    db.session.commit()
    assert row.open_proposal is None


def test_statements(cast, as_, statements, dialogue):
    approve(as_(cast.karin), dialogue)
    change(dialogue, "Ändrat", cast.erik)
    browser = as_(cast.erik)
    with statements() as sent:
        browser.page(url(dialogue))
    assert len(sent) <= 15
