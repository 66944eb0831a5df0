"""Bestäm tid: day and hours as the clocks show them, moves with a reason, warnings that stop nobody."""

import re
from datetime import date, timedelta

import pytest

from tests.checked_client import errors
from tests.dialogues.scenes import DAY, at, held, placed
from tracker.extensions import db
from tracker.models import QualityDialogue
from tracker.web.fields import CONFLICT_MESSAGE


def url(dialogue, page="tid"):
    return f"/dialoger/{dialogue.id}/{page}".rstrip("/")


def form(dialogue, day=DAY, start="13:00", end="14:30", **more):
    return {
        "version": dialogue.version,
        "day": day.isoformat() if isinstance(day, date) else day,
        "start_time": start,
        "end_time": end,
        "place": "Rum 3",
        "participants": "",
        "reason": "",
    } | more


def test_a_time_is_saved_as_the_clocks_in_sweden_show_it(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    answer = browser.submit(url(dialogue), form(dialogue))
    assert answer.location == "/dialoger/planera?lasar=2026-27&dialog=1"  # to the top: the receipt
    assert (dialogue.starts_at, dialogue.ends_at) == (at(DAY, 13), at(DAY, 14, 30))
    page = browser.page("/dialoger/planera")
    assert (
        "Sparat. Dialog 1 med Lyktvretens förskola och Sävkullaskolan är nu "
        "tisdag 8 december 2026 kl. 13.00." in page
    )
    assert "Tänk på: Dagen ligger utanför perioden" in page


def test_without_an_end_it_lasts_an_hour_and_a_half(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    as_(cast.erik).submit(url(dialogue), form(dialogue, end=""))
    assert dialogue.ends_at == at(DAY, 14, 30)


def test_back_to_the_dialogues_own_page_when_it_led_here(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    here = url(dialogue, "tid?fran=dialogen")
    assert f'href="{here}"' in browser.page(url(dialogue, ""))
    assert f'href="{url(dialogue, "")}"' in browser.page(here)
    answer = browser.submit(here, form(dialogue, start="15:15", end="16:00", reason="Krock"))
    assert answer.location == url(dialogue, "")
    assert "är nu tisdag 8 december 2026 kl. 15.15." in browser.page(answer.location)


def test_save_and_take_the_next_without_a_time(cast, as_):
    dialogue = cast.dialogue(cast.hassel)
    answer = as_(cast.erik).submit(url(dialogue), form(dialogue, next="1"))
    assert answer.location == url(cast.dialogue(cast.klockvret))


def test_the_last_without_a_time_leads_back_to_the_plan(cast, as_):
    for unit in (cast.savkulla, cast.klockvret):
        placed(cast.dialogue(unit), cast)
    dialogue = cast.dialogue(cast.hassel)
    sent = form(dialogue, start="15:15", end="16:00", next="1")
    answer = as_(cast.erik).submit(url(dialogue), sent)
    assert answer.location.startswith("/dialoger/planera")


def test_moving_without_a_reason_is_refused_and_keeps_what_was_typed(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    answer = as_(cast.erik).submit(url(dialogue), form(dialogue, start="15:15", end="16:00"), 422)
    assert errors(answer) == ["Skriv varför tiden ändras."]
    assert 'value="15:15"' in answer.text
    assert dialogue.starts_at == at(DAY, 13)


def test_moving_with_a_reason(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    browser.submit(url(dialogue), form(dialogue, start="15:15", end="16:00", reason="Rekrytering"))
    assert (dialogue.starts_at, dialogue.date_revision) == (at(DAY, 15, 15), 2)
    page = browser.page(url(dialogue, ""))
    assert "från tisdag 8 december kl. 13.00 till tisdag 8 december kl. 15.15" in page
    assert "Skäl: Rekrytering." in page


def test_another_place_needs_no_reason_and_gives_no_new_reminders(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    as_(cast.erik).submit(url(dialogue), form(dialogue, place="Aulan"))
    assert (dialogue.place, dialogue.date_revision) == ("Aulan", 1)


def test_a_day_that_has_passed_is_stopped_and_an_hour_of_today_asked_about(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    answer = browser.submit(url(dialogue), form(dialogue, date(2026, 11, 19)), 422)
    assert errors(answer) == ["Den dagen har redan passerat. Välj i dag eller en dag som kommer."]
    sent = form(dialogue, date(2026, 11, 20), "08:45", "10:00")
    answer = browser.submit(url(dialogue), sent, 422)
    assert "Klockan 08.45 har redan varit i dag." in answer.text
    browser.submit(url(dialogue), sent | {"seen": seen(answer)})
    assert dialogue.starts_at == at(date(2026, 11, 20), 8, 45)


def seen(answer):
    """What "Spara ändå" would send along."""
    assert "Spara ändå" in answer.text
    return re.search(r'name="seen" type="hidden" value="(\w+)"', answer.text)[1]


def test_what_is_likely_a_slip_is_asked_about_once_with_what_is_wrong(cast, as_):
    """The person is busy, and the day lies far outside the period; first the reason is missing too."""
    placed(cast.dialogue(cast.savkulla), cast, date(2027, 3, 9))
    dialogue = placed(cast.dialogue(cast.hassel), cast)
    browser = as_(cast.erik)
    sent = form(dialogue, date(2027, 3, 9), "14:00", "15:00")
    answer = browser.submit(url(dialogue), sent, 422)
    assert errors(answer) == ["Skriv varför tiden ändras."]
    for said in ("Dagen ligger utanför perioden för Dialog 1", "Erik Lund har också Dialog 1"):
        assert said in answer.text
    shown = re.search(r'name="seen" type="hidden" value="(\w+)"', answer.text)[1]
    sent |= {"reason": "Krock", "seen": shown}
    assert dialogue.day == DAY
    # Another hour is asked about anew, what was shown is not.
    other = browser.submit(url(dialogue), sent | {"start_time": "13:30"}, 422)
    assert seen(other) != shown
    browser.submit(url(dialogue), sent)
    assert dialogue.starts_at == at(date(2027, 3, 9), 14)
    assert "Tänk på" not in browser.page("/dialoger/planera").partition("<h2>")[0]


def test_the_place_of_one_that_has_been_can_still_be_put_right(cast, as_):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    as_(cast.erik).submit(url(dialogue), form(dialogue, date(2026, 10, 6), place="Aulan"))
    assert dialogue.place == "Aulan"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"day": ""}, "Välj en dag."),
        ({"day": "8/12"}, "Skriv datumet som år-månad-dag, till exempel 2027-01-15."),
        ({"day": "0001-01-01"}, "Ange ett år mellan 1990 och 2100."),
        (
            {"day": "2027-09-01"},
            "Dagen hör inte till läsåret 2026/27. Välj en dag från 1 juli 2026",
        ),
        ({"start_time": ""}, "Skriv när dialogen börjar."),
        ({"start_time": "25:99"}, "Skriv klockslaget som timme och minut, till exempel 13.00."),
        ({"end_time": "13:00"}, "Sluttiden måste vara senare än starttiden samma dag."),
        ({"end_time": "08:00"}, "Sluttiden måste vara senare än starttiden samma dag."),
        ({"place": "x" * 201}, "Texten är för lång: 201 tecken, högst 200 får plats."),
        ({"participants": "19121212-1212"}, "personnummer"),
    ],
)
def test_bad_input_says_what_to_do_and_saves_nothing(cast, as_, changes, message):
    dialogue = cast.dialogue(cast.savkulla)
    answer = as_(cast.erik).submit(url(dialogue), form(dialogue, **changes), 422)
    assert any(message in text for text in errors(answer)), errors(answer)
    assert dialogue.starts_at is None


def test_markup_and_emoji_are_only_text(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    browser.submit(url(dialogue), form(dialogue, place="<script>alert(1)</script> 🎉"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🎉" in browser.page(url(dialogue, ""))


@pytest.mark.parametrize(
    ("day", "start", "end", "status"),
    [
        (date(2027, 3, 28), "01:30", "03:30", 302),
        (date(2027, 3, 28), "02:30", "03:15", 422),
        (date(2026, 10, 25), "02:30", "03:30", 302),
    ],
)
def test_the_nights_when_the_clocks_change(cast, as_, the_day, day, start, end, status):
    """In March 02.30 does not exist and becomes 03.30, which 03.15 does not come after."""
    the_day.move_to(at(date(2026, 10, 1), 9))
    dialogue = cast.dialogue(cast.hassel, 2)
    browser, sent = as_(cast.erik), form(dialogue, day, start, end)
    answer = browser.submit(url(dialogue), sent, 422)
    if status == 302:
        browser.submit(url(dialogue), sent | {"seen": seen(answer)})
    assert (dialogue.starts_at is None) == (status == 422)
    if status == 302:
        assert dialogue.ends_at - dialogue.starts_at == timedelta(hours=1 if day.month == 3 else 2)


def test_an_old_form_overwrites_nothing(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    old = form(dialogue, place="Aulan")
    browser = as_(cast.erik)
    browser.submit(
        url(dialogue), form(dialogue, start="15:15", end="16:00", place="Rum 9", reason="Krock")
    )
    answer = browser.submit(url(dialogue), old, 409)
    assert CONFLICT_MESSAGE in answer.text
    assert "Rum 9" in answer.text
    assert "15.15" in answer.text
    assert 'value="Aulan"' in answer.text
    assert (dialogue.place, dialogue.starts_at) == ("Rum 9", at(DAY, 15, 15))


def test_cancelling_asks_for_a_reason_and_can_be_undone(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    answer = browser.submit(url(dialogue, "stall-in"), {"reason": "  "}, 422)
    assert errors(answer) == ["Skriv varför dialogen ställs in."]
    browser.submit(url(dialogue, "stall-in"), {"reason": "Förhinder"})
    assert (dialogue.is_cancelled, dialogue.date_revision) == (True, 2)
    page = as_(cast.karin).page(url(dialogue, ""))
    assert "Dialogen är inställd" in page
    assert "Förhinder" in page
    assert "Ta upp dialogen igen" in browser.page(url(dialogue))
    browser.submit(url(dialogue), form(dialogue, DAY + timedelta(days=1)))
    assert (dialogue.is_cancelled, dialogue.date_revision) == (False, 3)


def test_a_cancelled_one_is_not_taken_up_at_a_time_that_has_passed(cast, as_):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    dialogue.cancel("Blev inte av", by=cast.erik)
    browser = as_(cast.erik)
    browser.submit(url(dialogue), form(dialogue, date(2026, 10, 6)), 422)
    assert dialogue.is_cancelled


def test_what_the_people_are_booked_for_already(cast, as_):
    placed(cast.dialogue(cast.savkulla), cast)
    page = as_(cast.erik).page(url(cast.dialogue(cast.hassel)))
    assert "tisdag 8 december 2026 kl." in page
    assert "Dialog 1 för Lyktvretens förskola och Sävkullaskolan" in page


def test_split_and_join(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    assert "Ge Lyktvretens förskola en egen dialog" in browser.page(url(dialogue))
    page = browser.page(f"{url(dialogue, 'dela')}?unit={cast.lyktvret.id}")
    assert "Sävkullaskolan behåller den här, tisdag 8 december 2026 kl." in page
    sent = {"unit": cast.lyktvret.id, "reason": " "}
    assert "Skriv varför enheten får en" in browser.submit(url(dialogue, "dela"), sent, 422).text
    assert len(dialogue.units) == 2
    sent["reason"] = "Förskolan vill träffas där"
    answer = browser.submit(url(dialogue, "dela"), sent)
    alone = url(cast.dialogue(cast.lyktvret))
    assert answer.location == alone
    assert "Slå ihop med Sävkullaskolan" in browser.page(alone)
    answer = browser.submit(alone.replace("tid", "sla-ihop"), {"other": dialogue.id})
    assert answer.location == url(dialogue)
    assert cast.dialogue(cast.lyktvret).id == dialogue.id
    assert dialogue.starts_at == at(DAY, 13)
    browser.page(alone, 404)
    page = browser.page(url(dialogue, ""))
    assert "En dialog utan egen tid slogs ihop med den här: tisdag 8 december" in page
    assert "Skäl: Lyktvretens förskola ska vara med i samma dialog igen." in page
    assert "Lyktvretens förskola fick en egen, Sävkullaskolan behöll den" in page
    assert "slog ihop Dialog 1" in page


def test_two_with_a_time_each_are_joined_with_a_reason(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    own = placed(dialogue.split_off(cast.lyktvret, by=cast.erik), cast, hour=9)
    placed(dialogue, cast)
    browser, joining = as_(cast.erik), url(dialogue, "sla-ihop")
    (link,) = re.findall(r'href="([^"]*sla-ihop[^"]*)"', browser.page(url(dialogue)))
    page = browser.page(link)
    assert "kl. 09.00 för Lyktvretens förskola utgår" in re.sub(r"<.*?>|&nbsp;|\xa0", "", page)
    assert "Skriv varför dialogerna slås" in browser.submit(joining, {"other": own.id}, 422).text
    assert db.session.get(QualityDialogue, own.id)
    browser.submit(joining, {"other": own.id, "reason": "Ett möte räcker"})
    page = browser.page(f"/dialoger/{dialogue.id}")
    assert "Slogs ihop med en dialog som hade en annan tid" in page
    assert "Skäl: Ett möte räcker." in page


@pytest.mark.parametrize(
    ("page", "gone"), [("sla-ihop", {"other": 999_999}), ("dela", {"unit": 0})]
)
def test_a_reason_is_shown_when_what_it_is_for_is_gone(cast, as_, page, gone):
    """The other dialogue was joined with a third, the unit got its own."""
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    sent = {**gone, "reason": "Ett möte räcker"}
    answer = as_(cast.erik).submit(url(dialogue, page), sent, 409)
    assert re.search(r">Ett möte räcker</div>", answer.text)
    assert "kan inte slås ihop" in answer.text or "är inte med i dialogen" in answer.text


def test_what_lost_its_time_says_why(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    own = dialogue.split_off(cast.lyktvret, by=cast.erik, reason="Förskolan vill träffas där")
    page = as_(cast.karin).page(f"/dialoger/{own.id}")
    assert "Blev en egen dialog utan tid, var tisdag 8 december 2026" in page
    assert "Skäl: Förskolan vill träffas där." in page


def test_only_the_same_leaders_dialogues_are_joined(cast, as_):
    dialogue, other = cast.dialogue(cast.hassel), cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    assert "Slå ihop" not in browser.page(url(dialogue))
    for wrong in (other.id, dialogue.id, cast.dialogue(cast.ringmura).id, 999_999, "skräp", ""):
        browser.submit(url(dialogue, "sla-ihop"), {"other": wrong})
        assert "kan inte slås ihop" in browser.page(url(dialogue))
    assert dialogue.unit_names == "Hasselbrinksskolan"
    assert db.session.get(QualityDialogue, other.id)


def test_a_unit_that_is_not_in_it_is_not_split_off(cast, as_):
    dialogue = cast.dialogue(cast.hassel)
    browser = as_(cast.erik)
    for wrong in (cast.savkulla.id, cast.hassel.id, "skräp"):
        browser.submit(url(dialogue, "dela"), {"unit": wrong})
    assert dialogue.unit_names == "Hasselbrinksskolan"


@pytest.mark.parametrize("page", ["tid", "stall-in", "sla-ihop", "dela", "vi-ser"])
def test_who_may_not(cast, as_, page):
    dialogue = cast.dialogue(cast.savkulla)
    for person, status in (
        ("karin", 403), ("lena", 403), ("samira", 403),
        ("maria", 404), ("ali", 404), ("sofia", 404), ("perolov", 404), ("tove", 404), ("ingela", 404),
    ):  # fmt: skip
        as_(getattr(cast, person)).submit(url(dialogue, page), form(dialogue), status)
    assert dialogue.starts_at is None


def test_statements(cast, as_, statements):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    browser, where = as_(cast.erik), url(dialogue)
    with statements() as sent:
        browser.page(where)
    assert len(sent) <= 15
