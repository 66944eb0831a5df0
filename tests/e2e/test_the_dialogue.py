"""Områdeschef's dialogue, on a phone: placed, prepared from both sides, moved to a better day."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.steps import follow, heading, press, sentences, told

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DIALOGUE = "Dialog 1 med Lyktvretens förskola och Sävkullaskolan"


def test_the_dialogue(sign_in: Callable[..., Page]) -> None:
    erik = sign_in("erik", **PHONE)
    heading(erik, "Område Norr, läsåret 2026/27")
    place_it(erik)
    add_what_the_organizer_sees(erik)

    karin = sign_in("karin", **PHONE)
    choose_rektors_area(karin)
    propose_another_time(karin)

    take_the_proposed_time(erik)
    read_the_brief(erik)
    fits(erik)
    history = " ".join(sentences(erik))
    for done in ("8 december", "9 december", "Fritidshemmets plats", "Läsning i alla ämnen"):
        assert done in history, done


def open_dialogue(page: Page) -> None:
    page.goto("/dialoger")
    page.get_by_role("link", name="Dialog 1: Lyktvretens förskola och Sävkullaskolan").click()
    heading(page, DIALOGUE)


def fits(page: Page) -> None:
    """Nobody scrolls sideways on a phone."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def place_it(page: Page) -> None:
    page.goto("/dialoger")
    follow(page, "Planera dialogerna")
    heading(page, "Planera dialogerna 2026/27")
    fits(page)
    row = page.get_by_role("group", name="Lyktvretens förskola och Sävkullaskolan")
    row.get_by_label("Dag", exact=True).fill("2026-12-08")
    row.get_by_label("Börjar").fill("13:00")
    row.get_by_label("Plats").fill("Sävkullaskolan")
    press(page, "Spara")
    told(page, "Sparat. Dialog 1 med")
    expect(row.get_by_label("Dag", exact=True)).to_have_value("2026-12-08")


def add_what_the_organizer_sees(page: Page) -> None:
    open_dialogue(page)
    follow(page, "Lägg till ett område")
    page.get_by_label("Område", exact=True).fill("Fritidshemmets plats")
    page.get_by_label("Vad vi ser").fill("Vi ser det i tre åtgärder men inte i analysen.")
    press(page, "Spara området")
    expect(page.get_by_text("Fritidshemmets plats").first).to_be_visible()


def choose_rektors_area(page: Page) -> None:
    open_dialogue(page)
    expect(page.get_by_text("Fritidshemmets plats").first).to_be_visible()
    follow(page, "Välj område")
    page.get_by_label("Eget område").fill("Läsning i alla ämnen")
    press(page, "Spara området")
    expect(page.get_by_text("Läsning i alla ämnen").first).to_be_visible()


def propose_another_time(page: Page) -> None:
    open_dialogue(page)
    follow(page, "Föreslå en ny")
    page.get_by_label("Dag", exact=True).fill("2026-12-09")
    page.get_by_label("Börjar").fill("09:00")
    page.get_by_label("Några ord om varför").fill("Vi har studiedag den åttonde.")
    press(page, "Lämna förslaget")
    heading(page, DIALOGUE)
    fits(page)


def take_the_proposed_time(page: Page) -> None:
    open_dialogue(page)
    expect(page.get_by_text("Vi har studiedag den åttonde.").first).to_be_visible()
    press(page, "Ta den tiden")
    told(page, "flyttad")
    expect(page.get_by_text("onsdag 9 december").first).to_be_visible()


def read_the_brief(page: Page) -> None:
    follow(page, "Dialogunderlag")
    heading(page, f"Dialogunderlag: {DIALOGUE}")
    for text in (
        "Språkgrupper på fritidshemmet",
        "Läsning i alla ämnen",
        "Vi ser det i tre åtgärder men inte i analysen.",
    ):
        expect(page.get_by_text(text).first).to_be_visible()
