"""The administrator sets up a unit with its rektor, who comes in by the link of the invitation."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Site, fill_sign_in
from tests.e2e.steps import agree, follow, heading, press, sentences, told


def test_setting_up(
    sign_in: Callable[..., Page], open_browser: Callable[..., Page], site: Site
) -> None:
    tove = sign_in("tove")
    heading(tove, "Exempelby kommun, läsåret 2026/27")
    add_an_area(tove)
    add_a_unit(tove)
    invite_its_rektor(tove)
    set_the_windows(tove)

    hanna = open_browser()
    come_in_by_the_link(hanna, site)
    expect(hanna.get_by_text("Nyängsskolan").first).to_be_visible()

    end_the_role(tove)
    hanna.reload()
    expect(hanna).to_have_title("Logga in – Varvet")
    fill_sign_in(hanna, "hanna@exempelby.example")
    expect(hanna.get_by_text("Hanna Widell").first).to_be_attached()
    expect(hanna.get_by_text("Nyängsskolan")).to_have_count(0)

    history = " ".join(sentences(tove))
    for done in ("Väster", "Nyängsskolan", "Hanna Widell"):
        assert done in history, done


def add_an_area(page: Page) -> None:
    page.goto("/organisation")
    follow(page, "Områden (valfritt)")
    page.get_by_label("Områdets namn").fill("Väster")
    press(page, "Lägg till området")
    expect(page.get_by_role("link", name="Väster")).to_be_visible()


def add_a_unit(page: Page) -> None:
    page.goto("/organisation/enheter")
    follow(page, "Lägg till en enhet")
    page.get_by_label("Enhetens namn").fill("Nyängsskolan")
    page.get_by_label("Skolenhet", exact=True).check()
    page.get_by_label("Grundskola", exact=True).check()
    page.get_by_label("Fritidshem").check()
    page.get_by_label("Område").select_option("Väster")
    press(page, "Lägg till enheten")
    told(page, "Nyängsskolan")


def invite_its_rektor(page: Page) -> None:
    page.goto("/organisation/personer/bjud-in")
    page.get_by_label("Namn", exact=True).fill("Hanna Widell")
    page.get_by_label("E-post").fill("Hanna@Exempelby.example")
    press(page, "Bjud in")
    expect(page.get_by_role("heading", name="Rätta till det här", exact=False)).to_be_visible()
    expect(page.get_by_label("Namn", exact=True)).to_have_value("Hanna Widell")
    page.get_by_label("Rektor", exact=True).check()
    page.get_by_label("Enhet", exact=True).select_option("Nyängsskolan")
    press(page, "Bjud in")
    told(page, "Hanna Widell")


def set_the_windows(page: Page) -> None:
    page.goto("/organisation/lasar")
    press(page, "Lägg upp läsåret 2027/28")
    heading(page, "Läsåret 2027/28")
    page.get_by_label("Dialog 1, från").fill("2027-09-20")
    page.get_by_label("Dialog 1, till").fill("2027-10-15")
    press(page, "Spara perioderna")
    told(page, "perioder är sparade")


def come_in_by_the_link(page: Page, site: Site) -> None:
    """The link stands in the mail alone; the administrator has never seen it."""
    ((text,),) = site.rows(
        "SELECT text FROM outgoing_mail WHERE to_address = 'hanna@exempelby.example'"
    )
    link = re.search(r"http://\S+/valj-losenord/\S+", text)
    assert link, text
    assert link[0].startswith(site.address)
    page.goto(link[0])
    page.get_by_label("Nytt lösenord").fill(PASSWORD)
    page.get_by_label("Samma lösenord igen").fill(PASSWORD)
    page.locator("main form.form button[type=submit]").click()
    told(page, "Lösenordet är valt")
    page.goto(link[0])
    expect(page.get_by_label("Nytt lösenord")).to_have_count(0)
    page.goto("/")


def end_the_role(page: Page) -> None:
    page.goto("/organisation/personer")
    follow(page, "Hanna Widell")
    agree(page, "Avsluta nu")
    told(page, "avslutad")
