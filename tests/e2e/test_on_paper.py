"""Printed: every page has its number, and no heading stands alone at the end of one.

What a browser makes of it can be read in its style sheets, without a reader of PDF."""

from collections.abc import Callable

from playwright.sync_api import Page

MARGIN_BOXES = """
() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
  .filter(rule => rule instanceof CSSPageRule)
  .flatMap(rule => [...rule.cssRules].map(box => box.cssText))
"""
MAY_END_A_PAGE = """
() => [...document.querySelectorAll("main :is(h1, h2, h3, h4, caption)")].filter(heading => {
  const row = heading.closest(".cluster") ?? heading
  return row.checkVisibility() && getComputedStyle(row).breakAfter !== "avoid"
}).map(heading => heading.textContent.trim())
"""
DOCUMENTS = (
    "/enheter/savkullaskolan/2026-27/nulagesanalys",
    "/enheter/savkullaskolan/2026-27/utvecklingsplan",
    "/enheter/savkullaskolan/2025-26/effekter",
)


def test_documents_on_paper(sign_in: Callable[..., Page]) -> None:
    page = sign_in("karin")
    page.goto("/dialoger")
    page.get_by_role("link", name="Dialog 1: Lyktvretens förskola och Sävkullaskolan").click()
    brief = page.get_by_role("link", name="Dialogunderlag").first.get_attribute("href")
    page.emulate_media(media="print")
    for document in (brief, *DOCUMENTS):
        page.goto(document or "")
        assert (
            'content: "Sida " counter(page) " av " counter(pages)'
            in page.evaluate(MARGIN_BOXES).pop()
        )
        assert page.locator("main h1").count() == 1
        assert page.evaluate(MAY_END_A_PAGE) == []
