"""Several dialogues placed on one page: all of them or none, and nobody else's change is lost."""

import re
from datetime import date, timedelta
from typing import Any

import lxml.html
import pytest

from tests.checked_client import CheckedClient, errors
from tests.dialogues.scenes import DAY, at, held, placed
from tests.start.many import add_units
from tracker import clock
from tracker.cycle.calendar import PeriodKind
from tracker.cycle.workdays import is_working_day
from tracker.extensions import db
from tracker.models import AuditEvent, CalendarPeriod, QualityDialogue, Role, RoleAssignment
from tracker.web.fields import CONFLICT_MESSAGE

PLAN = "/dialoger/planera?lasar=2026-27&dialog=1"


def fields(page: str) -> dict[str, str]:
    """What the page's form would send as it stands."""
    (form,) = lxml.html.fromstring(page).xpath('//main//form[@class="form"]')
    return dict(form.form_values())


def typed(dialogue: QualityDialogue, **values: str) -> dict[str, str]:
    return {f"d{dialogue.id}-{name}": value for name, value in values.items()}


def at_one(dialogue: QualityDialogue, day: date = DAY, start: str = "13:00", **more: str) -> dict:
    return typed(dialogue, day=day.isoformat(), start_time=start, **more)


def row_of(page: str, dialogue: QualityDialogue) -> str:
    (row,) = lxml.html.fromstring(page).xpath(f'//*[@id="dialog-{dialogue.id}"]')
    return " ".join(row.text_content().split())


def value(page: str, dialogue: QualityDialogue, name: str) -> str:
    return fields(page)[f"d{dialogue.id}-{name}"]


def test_two_at_once(cast, as_):
    first, other = cast.dialogue(cast.savkulla), cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN))
    sent |= at_one(first, place="Aulan") | at_one(other, start="15.15", end_time="16:00")
    answer = browser.submit(PLAN, sent)
    assert answer.location == PLAN
    assert (first.starts_at, first.ends_at, first.place) == (at(DAY, 13), at(DAY, 14, 30), "Aulan")
    assert (other.starts_at, other.ends_at) == (at(DAY, 15, 15), at(DAY, 16))
    assert cast.dialogue(cast.klockvret).starts_at is None
    assert "Tiderna är sparade för två dialoger." in browser.page(PLAN)


def test_nothing_typed_changes_nothing(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    before = db.session.query(AuditEvent).count()
    browser = as_(cast.erik)
    browser.submit(PLAN, fields(browser.page(PLAN)))
    assert "Inget var ändrat." in browser.page(PLAN)
    assert dialogue.version == 2
    assert db.session.query(AuditEvent).count() == before


def test_one_wrong_row_saves_none_and_keeps_what_was_typed(cast, as_):
    first, other = cast.dialogue(cast.savkulla), cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN))
    sent |= at_one(first, place="Aulan") | typed(other, day="8/12", start_time="9:00")
    answer = browser.submit(PLAN, sent, 422)
    assert errors(answer) == ["Skriv datumet som år-månad-dag, till exempel 2027-01-15."]
    assert "Hasselbrinksskolan: Skriv datumet" in answer.text
    assert f'href="#d{other.id}-day"' in answer.text
    assert value(answer.text, first, "place") == "Aulan"
    assert value(answer.text, other, "day") == "8/12"
    assert first.starts_at is None
    sent = fields(answer.text) | typed(other, day="2026-12-08")
    browser.submit(PLAN, sent)
    assert (first.place, other.starts_at) == ("Aulan", at(DAY, 9))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"day": "2026-12-08"}, "Skriv när dialogen börjar."),
        ({"place": "Aulan"}, "Välj en dag."),
        ({"day": "2026-11-19", "start_time": "08:00"}, "Den dagen har redan passerat."),
        ({"day": "9999-12-31", "start_time": "08:00"}, "Ange ett år mellan 1990 och 2100."),
        ({"day": "2026-12-08", "start_time": "9", "end_time": ""}, "Skriv klockslaget"),
        ({"day": "2026-12-08", "start_time": "09:00", "end_time": "08:00"}, "Sluttiden måste vara"),
        ({"day": "2026-12-08", "start_time": "09:00", "place": "x" * 201}, "Texten är för lång"),
        ({"day": "2026-12-08", "start_time": "09:00", "place": "x" * 100_000}, "för lång"),
        ({"day": "2026-12-08", "start_time": "09:00", "place": "19121212-1212"}, "personnummer"),
    ],
)
def test_bad_input(cast, as_, values, message):
    dialogue = cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    answer = browser.submit(PLAN, fields(browser.page(PLAN)) | typed(dialogue, **values), 422)
    assert any(message in text for text in errors(answer)), errors(answer)
    assert dialogue.starts_at is None


def test_a_move_asks_for_a_reason_and_another_room_does_not(cast, as_):
    first = placed(cast.dialogue(cast.savkulla), cast)
    other = placed(cast.dialogue(cast.hassel), cast, DAY + timedelta(days=1))
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN)) | typed(first, start_time="15:00", end_time="16:00")
    sent |= typed(other, place="Aulan", end_time="15:00")
    answer = browser.submit(PLAN, sent, 422)
    assert errors(answer) == ["Skriv varför tiden ändras."]
    assert (first.starts_at, other.place) == (at(DAY, 13), "")
    browser.submit(PLAN, fields(answer.text) | typed(first, reason="Rekrytering"))
    assert (first.starts_at, first.date_revision) == (at(DAY, 15), 2)
    assert first.moves[-1].reason == "Rekrytering"
    assert (other.place, other.date_revision, other.ends_at) == (
        "Aulan", 1, at(DAY + timedelta(days=1), 15),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"day": DAY, "start": "14:00"}, "Erik Lund har också Dialog 1 för Lyktvretens förskola"),
        ({"day": date(2026, 12, 12)}, "Det är en lördag."),
        ({"day": date(2027, 2, 9)}, "Dagen ligger utanför perioden för Dialog 1, 14 september"),
        ({"day": DAY, "start": "06:30"}, "Klockan 06.30 ligger utanför vanlig arbetstid."),
    ],
)
def test_a_time_that_is_likely_a_slip_is_asked_about_once(cast, as_, values, said):
    placed(cast.dialogue(cast.savkulla), cast)
    dialogue = cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    answer = browser.submit(PLAN, fields(browser.page(PLAN)) | at_one(dialogue, **values), 422)
    assert "Inget är sparat än. Stämmer tiderna?" in answer.text
    assert f"Tänk på: {said}" in row_of(answer.text, dialogue)
    assert "Spara ändå" in answer.text
    assert dialogue.starts_at is None
    # Another time with a doubt of its own is asked about anew, the same is not.
    moved = at_one(dialogue, date(2026, 12, 13))
    again = browser.submit(PLAN, fields(answer.text) | moved, 422)
    assert "Det är en söndag." in row_of(again.text, dialogue)
    browser.submit(PLAN, fields(answer.text))
    assert dialogue.day == values["day"]
    # What stands is not asked about when something else is saved.
    browser.submit(PLAN, fields(browser.page(PLAN)) | typed(dialogue, place="Aulan"))
    assert dialogue.place == "Aulan"


def test_a_day_outside_the_window_is_saved_and_one_outside_the_year_is_not(cast, as_):
    dialogue = cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN))
    answer = browser.submit(PLAN, sent | at_one(dialogue, date(2027, 9, 1)), 422)
    assert errors(answer) == [
        "Dagen hör inte till läsåret 2026/27. Välj en dag från 1 juli 2026 till 31 augusti 2027."
    ]
    assert "Spara ändå" not in answer.text
    answer = browser.submit(PLAN, sent | at_one(dialogue, date(2027, 8, 31)), 422)
    browser.submit(PLAN, fields(answer.text))
    assert dialogue.day == date(2027, 8, 31)
    said = "Sparat. Dialog 1 med Hasselbrinksskolan är nu tisdag 31 augusti 2027 kl. 13.00."
    assert said in browser.page(PLAN)


def test_two_on_the_page_at_the_same_hour_are_asked_about_with_what_is_wrong(cast, as_):
    """In the page that is refused for another reason; and said gently in the one after saving."""
    first, other = cast.dialogue(cast.savkulla), cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    wrong = typed(cast.dialogue(cast.klockvret), day="imorgon")
    sent = fields(browser.page(PLAN)) | at_one(first) | at_one(other, start="14:00") | wrong
    answer = browser.submit(PLAN, sent, 422)
    said = "Erik Lund har också Dialog 1 för Hasselbrinksskolan kl. 14.00–15.30 den dagen."
    assert said in row_of(answer.text, first)
    assert f'href="#dialog-{first.id}">Lyktvretens förskola och Sävkullaskolan: Erik' in answer.text
    assert "Spara ändå" not in answer.text
    browser.submit(PLAN, fields(answer.text) | typed(cast.dialogue(cast.klockvret), day=""))
    assert first.starts_at == at(DAY, 13)
    assert said in row_of(browser.page(PLAN), first)


def test_a_clash_that_is_typed_away_is_none(cast, as_):
    first = placed(cast.dialogue(cast.savkulla), cast)
    other = placed(cast.dialogue(cast.hassel), cast)
    browser = as_(cast.erik)
    page = browser.page(PLAN)
    assert "har också" in row_of(page, first)
    moved = typed(other, start_time="15:00", end_time="16:30")
    answer = browser.submit(PLAN, fields(page) | moved, 422)
    assert "har också" not in answer.text


def test_somebody_else_was_first_with_one_row(cast, as_):
    first, other = placed(cast.dialogue(cast.savkulla), cast), cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN))
    first.place_at(at(DAY, 8), at(DAY, 9), by=cast.lena, reason="Krock")
    db.session.commit()
    sent |= typed(first, start_time="15:00", end_time="16:30", reason="Buss") | at_one(other)
    answer = browser.submit(PLAN, sent, 409)
    row = row_of(answer.text, first)
    assert CONFLICT_MESSAGE in row
    assert "Så står det sparat nu 08.00" in row
    assert value(answer.text, first, "start_time") == "15:00"
    assert CONFLICT_MESSAGE not in row_of(answer.text, other)
    assert other.starts_at is None
    assert first.starts_at == at(DAY, 8)
    browser.submit(PLAN, fields(answer.text))
    assert (first.starts_at, other.starts_at) == (at(DAY, 15), at(DAY, 13))


def test_somebody_elses_change_of_a_row_that_is_not_mine_stands(cast, as_):
    first, other = placed(cast.dialogue(cast.savkulla), cast), cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN))
    first.describe("Rum 7", "", by=cast.lena)
    db.session.commit()
    browser.submit(PLAN, sent | at_one(other, start="08:30"))
    assert (first.place, other.starts_at) == ("Rum 7", at(DAY, 8, 30))


@pytest.mark.parametrize("end", ["cancelled", "begun", "joined"])
def test_a_dialogue_that_has_ended_meanwhile(cast, as_, the_day, end):
    whole = cast.dialogue(cast.savkulla)
    dialogue = placed(whole.split_off(cast.savkulla, by=cast.erik), cast, date(2026, 11, 20), 10)
    other = cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN)) | typed(dialogue, start_time="15:00") | at_one(other)
    if end == "cancelled":
        dialogue.cancel("Förhinder", by=cast.erik)
    elif end == "joined":
        placed(whole, cast)
        whole.join(dialogue, by=cast.erik, reason="Ett möte räcker")
    db.session.commit()
    if end == "begun":
        the_day.move_to(at(date(2026, 11, 20), 10, 1))
    answer = browser.submit(PLAN, sent, 409)
    assert "15:00" in answer.text
    word = {"cancelled": "ställts in", "begun": "börjat", "joined": "slagits ihop"}[end]
    assert word in answer.text
    assert other.starts_at is None
    browser.submit(PLAN, fields(answer.text))
    assert other.starts_at is not None


def test_another_areas_dialogue_is_out_of_reach(cast, as_):
    other = cast.dialogue(cast.ringmura)
    browser = as_(cast.erik)
    sent = fields(browser.page(PLAN)) | typed(other, version="1", was="|||") | at_one(other)
    answer = browser.submit(PLAN, sent, 409)
    assert "finns inte längre här" in answer.text
    assert "Ringmuraskolan" not in answer.text
    assert other.starts_at is None


def test_what_is_over_or_cancelled_has_no_fields(cast, as_):
    over, cancelled = held(cast.dialogue(cast.savkulla), cast), cast.dialogue(cast.hassel)
    cancelled.cancel("Förhinder", by=cast.erik)
    page = as_(cast.erik).page(PLAN)
    assert f"d{over.id}-day" not in page
    assert f"d{cancelled.id}-day" not in page
    assert "Ta upp igen" in row_of(page, cancelled)


def suggested(browser: CheckedClient, url: str = PLAN, **more: Any) -> str:
    sent = fields(browser.page(url)) | {"suggest": "1"} | more
    answer = browser.post(url, data=sent)
    assert answer.status_code == 200
    return answer.text


def test_suggested_times_are_free_and_not_saved(cast, as_, the_day):
    the_day.move_to(clock.at(date(2026, 8, 20), at(DAY, 9).time()))
    busy = placed(cast.dialogue(cast.ringmura), cast, date(2026, 9, 14), 8)
    RoleAssignment.give(cast.nadia, Role.PRINCIPAL, cast.exempelby, by=None, unit=cast.klockvret)
    mine = cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    page = suggested(browser, **typed(mine, day="2026-09-15", start_time="08:30"))
    assert value(page, mine, "day") == "2026-09-15"  # what was typed stays
    found = {}
    for dialogue in (cast.dialogue(cast.savkulla), cast.dialogue(cast.klockvret)):
        day = date.fromisoformat(value(page, dialogue, "day"))
        assert date(2026, 9, 14) <= day <= date(2026, 10, 16)
        assert is_working_day(day)
        found[day, value(page, dialogue, "start_time")] = dialogue
        assert "Förslag" in row_of(page, dialogue)
        assert dialogue.starts_at is None
    assert len(found) == 2
    assert (busy.day, "08:30") not in found
    assert "Tänk på" not in page
    browser.submit(PLAN, fields(page))
    assert all(row.starts_at is not None for row in (*found.values(), mine))


def test_suggestions_for_many_keep_off_each_other(cast, as_, the_day):
    """Forty dialogues with the same dialogansvarig, five weeks, and two closed days."""
    add_units(cast, 37)
    closed = date(2026, 9, 21), date(2026, 9, 22)
    db.session.add(
        CalendarPeriod(
            organizer_id=cast.exempelby.id, school_year_id=cast.year.id, kind=PeriodKind.CLOSED,
            name="Konferens", starts_on=closed[0], ends_on=closed[1],
        )
    )  # fmt: skip
    the_day.move_to(clock.at(date(2026, 8, 20), at(DAY, 9).time()))
    page = suggested(as_(cast.erik))
    sent = fields(page)
    times = [
        (sent[name], sent[name.replace("day", "start_time")]) for name in sent if "-day" in name
    ]
    assert len(times) == len(set(times)) == 40
    assert {start for _, start in times} <= {"08:30", "10:30", "13:00"}
    days = [day for day, _ in times]
    assert not {day.isoformat() for day in closed} & set(days)
    assert max(map(days.count, days)) <= 2
    assert "Tänk på" not in page


def test_when_the_window_is_over_the_coming_weeks_are_suggested(cast, as_):
    page = suggested(as_(cast.erik))
    day = date.fromisoformat(value(page, cast.dialogue(cast.hassel), "day"))
    assert date(2026, 11, 21) <= day <= date(2026, 12, 18)
    assert "Dagen ligger utanför perioden" in page


@pytest.mark.parametrize("person", ["karin", "lena", "samira", "sofia", "tove"])
def test_only_a_dialogansvarig_saves(cast, as_, person):
    dialogue = cast.dialogue(cast.savkulla)
    sent = typed(dialogue, version="1", was="|||") | at_one(dialogue)
    as_(getattr(cast, person)).submit(PLAN, sent, 403)
    assert dialogue.starts_at is None


def test_statements_of_the_page_with_what_was_typed(cast, as_, statements):
    browser = as_(cast.erik)

    def count() -> int:
        sent = fields(browser.page(PLAN)) | {"suggest": "1"}
        with statements() as asked:
            browser.post(PLAN, data=sent)
        return len(asked)

    few = count()
    add_units(cast, 200)
    assert count() == few <= 15
    page = browser.page(PLAN)
    assert len(re.findall(r'class="plan__row"', page)) == 60
