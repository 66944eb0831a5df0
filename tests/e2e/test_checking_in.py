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
    heading(erik, "Avstämningar")
    fits(erik)
    erik.get_by_role("link", name="Svara Lyktvretens förskola och Sävkullaskolan").tap()
    erik.get_by_label("Svar", exact=True).fill("Ja, från nästa vecka.")
    erik.get_by_role("button", name="Spara svaret").tap()
    told(erik, "Svaret är sparat.")

    karin.goto("/avstamningar")
    expect(karin.get_by_text("Ja, från nästa vecka.")).to_be_visible()
    karin.get_by_role("link", name="Skriv vad det blev").first.tap()
    karin.get_by_label("Vad blev det?", exact=True).fill("Hon kom.")
    karin.get_by_role("button", name="Spara", exact=True).tap()
    told(karin, "Frågan om stöd är klar.")
