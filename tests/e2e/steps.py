"""What people see and do on every page."""

from playwright.sync_api import Page, expect


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def told(page: Page, text: str) -> None:
    """What the page says after something was done."""
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).first.click()


def agree(page: Page, button: str) -> None:
    """Press a button that asks once more: it opens, and is agreed to."""
    page.locator("summary", has_text=button).click()
    press(page, f"Ja, {button[0].lower()}{button[1:]}")


def sentences(page: Page) -> list[str]:
    """What Historik tells, the newest first."""
    page.goto("/historik")
    heading(page, "Historik")
    return page.locator("main ol.history li").all_inner_texts()
