"""Two browsers in the same dialogue: in different texts, in the same one, in the agreements; and one
without JavaScript."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import THE_DAY
from tests.drafts.typing import KEPT
from tests.e2e.steps import agree, heading, told
from tests.faults.rooms import Room, make_room, saved, text_at, word_at
from tests.live_server import live_server

OTHER, EFFECTS = "Övrigt", "Effekter av åtgärderna"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "room.sqlite3"


@pytest.fixture
def room(database: Path) -> Room:
    return make_room(database)


@pytest.fixture
def sit_down(browser: Browser, room: Room, database: Path) -> Iterator[Callable[..., Page]]:
    """`sit_down("karin")` is a browser of hers, in the room."""
    with live_server(database, at=THE_DAY) as address, ExitStack() as stack:

        def open_browser(person: str, **options: Any) -> Page:
            return stack.enter_context(room.browser_of(person, browser, address, **options))

        yield open_browser


def stored(database: Path, slot: str) -> str:
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute(
            "SELECT text FROM dialogue_note WHERE slot = ?", (slot,)
        ).fetchone()
    return row[0] if row else ""


def test_two_in_different_texts(sit_down, database):
    karin, erik = sit_down("karin"), sit_down("erik")
    text_at(karin, EFFECTS).press_sequentially("Språkgrupperna gav effekt.", delay=20)
    text_at(erik, OTHER).press_sequentially("Nästa möte i januari.", delay=20)
    saved(karin, EFFECTS)
    saved(erik, OTHER)
    assert stored(database, "effects") == "Språkgrupperna gav effekt."
    assert stored(database, "other") == "Nästa möte i januari."
    # Each sees what the other has written, without doing anything.
    expect(text_at(karin, OTHER)).to_have_value("Nästa möte i januari.")
    expect(text_at(erik, EFFECTS)).to_have_value("Språkgrupperna gav effekt.")
    expect(word_at(erik, EFFECTS)).to_contain_text("av Karin Holm")


@pytest.mark.parametrize("choice", ["Ha kvar båda", "Spara min i stället", "Ta den sparade"])
def test_two_in_the_same_text(sit_down, database, choice):
    karin, erik = sit_down("karin"), sit_down("erik")
    # Both type before either has heard of the other.
    text_at(karin, OTHER).fill("Karins ord.")
    text_at(erik, OTHER).fill("Eriks ord.")
    region = {page: page.get_by_role("region", name=OTHER) for page in (karin, erik)}
    conflict = "har skrivit här samtidigt"
    late, late_text, early_text = who_was_late(karin, erik, region, conflict)
    expect(region[late].locator("[data-stored]")).to_have_text(early_text)
    expect(text_at(late, OTHER)).to_have_value(late_text)
    assert stored(database, "other") == early_text
    # Typing on is possible, and overwrites nothing.
    text_at(late, OTHER).press("End")
    text_at(late, OTHER).press_sequentially(" Mer.", delay=20)
    late_text += " Mer."
    assert stored(database, "other") == early_text
    late.get_by_role("button", name=choice, exact=True).click()
    expected = {
        "Ha kvar båda": f"{early_text}\n\n{late_text}",
        "Spara min i stället": late_text,
        "Ta den sparade": early_text,
    }[choice]
    expect(text_at(late, OTHER)).to_have_value(expected)
    early = erik if late is karin else karin
    expect(text_at(early, OTHER)).to_have_value(expected)
    assert stored(database, "other") == expected
    expect(region[late].locator("[data-conflict]")).to_have_count(0)


def who_was_late(
    karin: Page, erik: Page, region: dict[Page, Any], conflict: str
) -> tuple[Page, str, str]:
    """Whose text came second: that page, its own text, and the other's."""
    either = region[karin].get_by_text(conflict)
    other = region[erik].get_by_text(conflict)
    for _ in range(100):
        if either.count():
            return karin, "Karins ord.", "Eriks ord."
        if other.count():
            return erik, "Eriks ord.", "Karins ord."
        karin.wait_for_timeout(100)
    raise AssertionError("nobody was shown both texts")


def test_agreements_and_held_without_leaving_what_is_typed(sit_down, database):
    karin = sit_down("karin")
    text_at(karin, OTHER).fill("Halvskrivet")
    new = karin.locator("#overenskommelser fieldset").last
    new.get_by_label("Vad", exact=True).fill("Erik ordnar ett besök")
    new.get_by_label("Vem", exact=True).select_option(label="Erik Lund")
    new.get_by_label("När", exact=True).fill("2026-12-01")
    karin.get_by_role("button", name="Lägg till", exact=True).click()
    agreed = karin.locator("#overenskommelser ol > li")
    expect(agreed).to_have_count(1)
    expect(agreed.first).to_contain_text("Erik Lund, senast 1 december")
    expect(text_at(karin, OTHER)).to_have_value("Halvskrivet")
    karin.get_by_role("button", name="Gör överenskommelse 1 till åtgärd för Sävkullaskolan").click()
    expect(agreed.first).to_contain_text("Har blivit förslag till åtgärd")

    erik = sit_down("erik")
    expect(erik.locator("#overenskommelser ol > li")).to_have_count(1)
    text_at(erik, EFFECTS).press_sequentially("Sista ordet, inte sparat än", delay=5)
    erik.get_by_role("button", name="Dialogen är genomförd").click()
    heading(erik, "Minnesanteckningar: Dialog 1 med Lyktvretens förskola och Sävkullaskolan")
    expect(erik.get_by_text("Sista ordet, inte sparat än")).to_be_visible()
    erik.get_by_role("button", name="Godkänn minnesanteckningarna").click()
    told(erik, "väntar de på den andra sidan")

    text_at(karin, OTHER).fill("Ändrat efteråt")
    saved(karin, OTHER)
    karin.get_by_role("link", name="Läs anteckningarna").click()
    expect(karin.get_by_text("Godkännandet gäller inte längre")).to_be_visible()
    karin.get_by_role("button", name="Godkänn minnesanteckningarna").click()
    erik.reload()
    expect(erik.locator("ins").first).to_have_text("Ändrat efteråt")
    erik.get_by_role("button", name="Godkänn minnesanteckningarna").click()
    told(erik, "godkända och låsta")


def test_without_javascript_everything_works(sit_down, database):
    karin = sit_down("karin", java_script_enabled=False)
    expect(karin.get_by_role("button", name="Ha kvar båda")).to_have_count(0)
    text_at(karin, OTHER).fill("Skrivet för hand")
    new = karin.locator("#overenskommelser fieldset").last
    new.get_by_label("Vad", exact=True).fill("Karin skriver målet")
    karin.get_by_role("button", name="Spara", exact=True).click()
    told(karin, "Allt är sparat")
    expect(text_at(karin, OTHER)).to_have_value("Skrivet för hand")
    expect(karin.locator("#overenskommelser ol > li")).to_have_count(1)
    karin.get_by_role("button", name="Dialogen är genomförd").click()
    agree(karin, "Ångra genomförd")
    told(karin, "inte längre markerad")
    assert stored(database, "other") == "Skrivet för hand"


def test_what_is_kept_is_cleared_at_sign_out(sit_down):
    karin = sit_down("karin")
    karin.route("**/samtal/other", lambda route: route.abort())
    text_at(karin, OTHER).fill("Kan inte sparas")
    expect(word_at(karin, OTHER)).to_have_text("Inte sparat än – försöker igen")
    assert "Kan inte sparas" in karin.evaluate(KEPT)
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept()

    karin.on("dialog", answer)
    karin.locator(".user-menu summary").click()
    karin.get_by_role("button", name="Logga ut").click()
    heading(karin, "Logga in")
    assert asked == ["Allt du skrev är inte sparat än. Vill du logga ut ändå?"]
    assert karin.evaluate(KEPT) == "[]"


def test_what_is_kept_and_stands_in_the_stored_text_is_no_conflict(sit_down, database):
    """The fault: the last words are stored and the answer is lost; come back, she is asked to choose
    between them and her own beginning of them."""
    karin = sit_down("karin")

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    karin.route("**/samtal/other", lose_the_answer)
    text_at(karin, OTHER).fill("Vi läste")
    expect(word_at(karin, OTHER)).to_have_text("Inte sparat än – försöker igen")
    assert stored(database, "other") == "Vi läste"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "UPDATE dialogue_note SET text = 'Vi läste högt.', version = version + 1"
            " WHERE slot = 'other'"
        )
        connection.commit()
    karin.unroute("**/samtal/other")
    karin.reload()
    expect(text_at(karin, OTHER)).to_have_value("Vi läste högt.")
    saved(karin, OTHER)
    assert karin.locator("[data-conflict]").count() == 0
    assert karin.evaluate(KEPT) == "[]"


@pytest.mark.parametrize("way", ["typed", "pressed"])
def test_what_is_in_conflict_is_kept_until_it_is_chosen(sit_down, database, way):
    """Both texts come back after leaving, the other's is not overwritten, and leaving is asked about."""
    karin = sit_down("karin")
    karin.route("**/samtal/other", lambda route: route.abort())
    text_at(karin, OTHER).fill("Karins ord.")
    erik = sit_down("erik")
    text_at(erik, OTHER).fill("Eriks ord.")
    saved(erik, OTHER)
    region = karin.get_by_role("region", name=OTHER)
    karin.unroute("**/samtal/other")
    expect(region.locator("[data-conflict]")).to_be_visible()
    if way == "pressed":
        karin.get_by_role("button", name="Spara", exact=True).click()
        expect(
            karin.get_by_role("heading", name="Läs det här innan du sparar igen")
        ).to_be_visible()
        text_at(karin, OTHER).press("End")
        text_at(karin, OTHER).press_sequentially(" Mer.", delay=20)
    typed = "Karins ord. Mer." if way == "pressed" else "Karins ord."
    asked: list[str] = []

    def leave(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    karin.on("dialog", leave)
    karin.get_by_role("link", name="Läs anteckningarna").click()
    heading(karin, "Minnesanteckningar: Dialog 1 med Lyktvretens förskola och Sävkullaskolan")
    assert asked == ["beforeunload"]
    karin.get_by_role("link", name="Skriv", exact=True).click()
    expect(text_at(karin, OTHER)).to_have_value(typed)
    expect(region.locator("[data-stored]")).to_have_text("Eriks ord.")
    assert stored(database, "other") == "Eriks ord."
    karin.get_by_role("button", name="Ta den sparade", exact=True).click()
    karin.get_by_role("link", name="Läs anteckningarna").click()
    heading(karin, "Minnesanteckningar: Dialog 1 med Lyktvretens förskola och Sävkullaskolan")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    ("before", "first", "second", "expected"),
    [
        ("Vi läste. ", "Vi läste. Erik ser det.", "Vi läste. Karin med.", "Vi läste. Erik ser det.\nKarin med."),
        ("- Ett\n- Sist", "- Ett\n- Två\n- Sist", "- Ett\n- Tre\n- Sist", "- Ett\n- Två\n- Tre\n- Sist"),
        ("Ett", "Ett\nTvå", "Ett\nTvå\nTre", "Ett\nTvå\nTre"),
        ("Vi kan t.ex. läsa", "Vi kan t.ex. läsa mer", "Vi kan t.ex. skriva", "Vi kan t.ex. läsa mer\n\nVi kan t.ex. skriva"),
    ],
)  # fmt: skip
def test_what_both_texts_share_stands_once(sit_down, database, before, first, second, expected):
    karin = sit_down("karin")
    text_at(karin, OTHER).fill(before)
    saved(karin, OTHER)
    erik = sit_down("erik")
    karin.route("**/samtal/other", lambda route: route.abort())
    text_at(karin, OTHER).fill(second)
    text_at(erik, OTHER).fill(first)
    saved(erik, OTHER)
    karin.unroute("**/samtal/other")
    karin.get_by_role("button", name="Ha kvar båda", exact=True).click()
    expect(text_at(karin, OTHER)).to_have_value(expected)
    saved(karin, OTHER)
    assert stored(database, "other") == expected


def test_nothing_to_add_leads_to_the_field_and_no_style_is_refused(sit_down):
    karin = sit_down("karin")
    said: list[str] = []
    karin.on("console", lambda message: said.append(message.text))
    new = karin.locator("#overenskommelser fieldset").last
    new.get_by_label("Vad", exact=True).evaluate("field => field.style.height = '200px'")
    karin.get_by_role("button", name="Lägg till", exact=True).click()
    expect(new.get_by_label("Vad", exact=True)).to_be_focused()
    expect(new.get_by_text("Skriv vad ni kom överens om.")).to_be_visible()
    new.get_by_label("Vad", exact=True).fill("Erik ordnar ett besök")
    karin.get_by_role("button", name="Lägg till", exact=True).click()
    expect(karin.locator("#overenskommelser ol > li")).to_have_count(1)
    assert [text for text in said if "Content Security Policy" in text] == []
