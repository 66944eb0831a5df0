"""Stäm av: from Start to saved in three touches beside the typing, on a phone, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import heading, told

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TOUCHES_AT_MOST = 3


class Finger:
    """Taps, and counts them."""

    def __init__(self) -> None:
        self.touches = 0

    def tap(self, what: Locator) -> None:
        self.touches += 1
        what.tap()

    def write(self, page: Page, label: str, text: str) -> None:
        """Tap into the field and type."""
        self.tap(page.get_by_label(label, exact=True))
        page.keyboard.type(text)


def fits(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_start_to_saved(sign_in: Callable[..., Page], site, script: bool) -> None:
    erik, finger = sign_in("erik", java_script_enabled=script, **PHONE), Finger()
    heading(erik, "Område Norr, läsåret 2026/27")
    finger.tap(erik.get_by_role("link", name="Stäm av Hasselbrinksskolan"))
    heading(erik, "Stäm av med Ali Demir")
    finger.write(erik, "Läget", "Tre av sex lag följer rutinen.")
    finger.tap(erik.get_by_role("button", name="Spara avstämningen"))
    told(erik, "Avstämningen är sparad.")
    assert finger.touches <= TOUCHES_AT_MOST
    assert site.rows("SELECT situation FROM check_in") == [("Tre av sex lag följer rutinen.",)]
    if script:
        fits(erik)


def test_rektor_and_the_other_side(sign_in: Callable[..., Page]) -> None:
    """Karin checks in about both her units and asks for support; Erik answers; Karin says what came."""
    karin, finger = sign_in("karin", **PHONE), Finger()
    finger.tap(karin.get_by_role("link", name="Stäm av", exact=True))
    heading(karin, "Stäm av med Erik Lund")
    fits(karin)
    finger.write(karin, "Stöd som behövs", "En vikarie på torsdagar.")
    finger.tap(karin.get_by_role("button", name="Spara avstämningen"))
    told(karin, "Avstämningen är sparad.")
    assert finger.touches <= TOUCHES_AT_MOST
    fits(karin)

    erik = sign_in("erik", **PHONE)
    erik.get_by_role("link", name="Fråga om stöd obesvarad sedan 20 nov").first.tap()
    heading(erik, "Stöd")
    fits(erik)
    asked = "Svara på frågan om stöd för Lyktvretens förskola och Sävkullaskolan"
    erik.get_by_role("link", name=asked).tap()
    erik.get_by_label("Svar", exact=True).fill("Ja, från nästa vecka.")
    erik.get_by_role("button", name="Spara svaret").tap()
    told(erik, "Svaret är sparat.")

    karin.goto("/stod")
    expect(karin.get_by_text("Ja, från nästa vecka.")).to_be_visible()
    karin.get_by_role("link", name="Skriv vad det blev").first.tap()
    karin.get_by_label("Vad blev det?", exact=True).fill("Hon kom.")
    karin.get_by_role("button", name="Spara", exact=True).tap()
    told(karin, "Frågan om stöd är klar.")


def test_out_of_the_catalogue(sign_in: Callable[..., Page]) -> None:
    """Lena puts a support in the catalogue that Samira answers for; Karin finds it and asks, and Samira
    answers."""
    lena = sign_in("lena")
    lena.goto("/stod/katalog")
    lena.get_by_role("link", name="Lägg till stöd").click()
    lena.get_by_label("Vad heter stödet?").fill("Stöd i analysen")
    lena.get_by_label("Vad ger det?").fill("En kvalitetsutvecklare arbetar med er.")
    lena.get_by_label("Vem svarar?").select_option(label="Samira Nilsson")
    lena.get_by_role("button", name="Spara").click()
    told(lena, "Stöd i analysen står i katalogen.")

    karin = sign_in("karin", **PHONE)
    karin.get_by_role("button", name="Meny", exact=True).tap()
    karin.get_by_role("link", name="Stöd", exact=True).tap()
    karin.get_by_role("link", name="Vilket stöd finns?").tap()
    karin.get_by_role("link", name="Be om stöd ur katalogen, Stöd i analysen").tap()
    heading(karin, "Be om stöd")
    fits(karin)
    karin.get_by_label("Enhet", exact=True).select_option(label="Lyktvretens förskola")
    karin.get_by_label("Vad behöver ni?").fill("Hjälp att tolka filmerna.")
    karin.get_by_role("button", name="Skicka frågan").tap()
    told(karin, "Frågan är skickad.")
    fits(karin)

    samira = sign_in("samira")
    samira.get_by_role("link", name="Stöd", exact=True).click()
    samira.get_by_role("link", name="Svara på frågan om stöd för Lyktvretens förskola").click()
    samira.get_by_label("Svar", exact=True).fill("Jag kommer på onsdag.")
    samira.get_by_role("button", name="Spara svaret").click()
    told(samira, "Svaret är sparat.")
