"""Drafts in a real browser: two tabs, two people, sign-out, an ended session, no network."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from tests.cast import SINCE, THE_DAY
from tests.conftest import make_settings
from tests.drafts.typing import KEPT, TROUBLE, WRITE, Desk, make_desk, results, saved, word
from tests.e2e.steps import agree, follow, heading, press, told
from tests.live_server import live_server
from tracker import create_app
from tracker.extensions import db
from tracker.models import Organizer, Role, RoleAssignment, User


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "desk.sqlite3")


@pytest.fixture
def address(desk: Desk, tmp_path: Path) -> Iterator[str]:
    with live_server(tmp_path / "desk.sqlite3", at=THE_DAY) as address:
        yield address


@pytest.fixture
def sit_down(browser: Browser, desk: Desk, address: str) -> Iterator[Callable[[str], Page]]:
    with ExitStack() as stack:
        yield lambda person: stack.enter_context(desk.browser_of(person, browser, address))


def test_typed_left_gone_on_with_and_saved(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    results(karin).press_sequentially("Var tredje elev i åk 3", delay=10)
    saved(karin)
    karin.goto("/")
    karin.goto(WRITE)
    expect(results(karin)).to_have_value("")
    expect(karin.get_by_text("Du har ett utkast från kl. 09.00")).to_be_visible()
    follow(karin, "Fortsätt med utkastet")
    expect(results(karin)).to_have_value("Var tredje elev i åk 3")
    results(karin).press("End")
    results(karin).press_sequentially(" förstår inte", delay=10)
    press(karin, "Spara")
    told(karin, "Texten är sparad")
    karin.goto(WRITE)
    expect(results(karin)).to_have_value("Var tredje elev i åk 3 förstår inte")
    expect(karin.get_by_text("utkast från")).to_have_count(0)
    assert karin.evaluate(KEPT) == "[]"


def test_known_in_the_list_by_what_was_changed_and_by_its_place(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    results(karin).fill("Var tredje elev i åk 3 förstår inte vad de läser")
    press(karin, "Spara")
    told(karin, "Texten är sparad")
    karin.goto(WRITE)
    basis = karin.get_by_label("Vad bygger analysen på?")
    basis.press_sequentially("Prov", delay=10)
    saved(karin)
    karin.goto("/utkast")
    expect(karin.get_by_text("”Prov”")).to_be_visible()
    card = karin.locator("main h3").first
    expect(card).to_have_text(re.compile("^Underlag och resultat – .*Sävkullaskolan.*2026/27"))


def test_thrown_away(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    results(karin).fill("Fel skola")
    saved(karin)
    karin.goto(WRITE)
    agree(karin, "Kasta utkastet")
    told(karin, "Utkastet är kastat")
    heading(karin, "Underlag och resultat")
    expect(karin.get_by_text("utkast från")).to_have_count(0)


def test_what_is_taken_back_leaves_no_draft(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    results(karin).fill("Hoppsan")
    saved(karin)
    results(karin).fill("")
    expect(word(karin)).to_have_text("")
    karin.goto("/utkast")
    expect(karin.get_by_text("Du har inga utkast")).to_be_visible()


def test_both_texts_when_somebody_else_was_first(sit_down):
    karin, jonas = sit_down("karin"), sit_down("jonas")
    karin.goto(WRITE)
    results(karin).fill("Karins text")
    saved(karin)
    jonas.goto(WRITE)
    expect(jonas.get_by_text("utkast från")).to_have_count(0)
    results(jonas).fill("Jonas text")
    press(jonas, "Spara")
    told(jonas, "Texten är sparad")
    karin.goto(WRITE)
    expect(results(karin)).to_have_value("Jonas text")
    follow(karin, "Fortsätt med utkastet")
    expect(results(karin)).to_have_value("Karins text")
    expect(karin.get_by_text("Jonas text")).to_be_visible()


def test_a_session_that_ends_while_somebody_types(sit_down, desk, address):
    karin = sit_down("karin")
    karin.goto(WRITE)
    karin.context.clear_cookies()
    results(karin).press_sequentially("Skrivet utloggad", delay=10)
    link = karin.get_by_role("link", name="Logga in igen i en ny flik")
    expect(link).to_be_visible()
    with karin.context.expect_page() as opened:
        link.click()
    expect(opened.value).to_have_title("Logga in – Varvet")
    # In again: the page they left goes on by itself, and can be saved.
    desk.sign_in(karin.context, "karin", address)
    opened.value.close()
    saved(karin)
    press(karin, "Spara")
    told(karin, "Texten är sparad")


def test_somebody_else_signs_in_meanwhile(sit_down, desk, address):
    """What Karin typed stays hers, in a browser that Jonas uses next."""
    karin = sit_down("karin")
    karin.goto(WRITE)
    karin.context.clear_cookies()
    results(karin).press_sequentially("Karins hemlighet", delay=10)
    expect(karin.get_by_role("link", name="Logga in igen i en ny flik")).to_be_visible()
    desk.sign_in(karin.context, "jonas", address)
    with karin.expect_response("**/utkast/nyckel?*") as asked:
        pass
    assert asked.value.status == 409
    jonas = karin.context.new_page()
    jonas.goto(WRITE)
    expect(results(jonas)).to_have_value("")
    expect(jonas.get_by_text("utkast från")).to_have_count(0)
    jonas.goto("/utkast")
    expect(jonas.get_by_text("Du har inga utkast")).to_be_visible()
    desk.sign_in(karin.context, "karin", address)
    saved(karin)


def test_nothing_is_left_at_sign_out(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    karin.route("**/utkast/*", lambda route: route.abort())
    results(karin).press_sequentially("Kan inte sparas", delay=10)
    expect(word(karin)).to_have_text(TROUBLE)
    assert "Kan" in karin.evaluate(KEPT)
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


def test_without_network_nothing_is_sent_and_nothing_lost(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    karin.context.set_offline(True)
    results(karin).press_sequentially("Skrivet i tunneln", delay=10)
    expect(word(karin)).to_have_text(TROUBLE)
    press(karin, "Spara")
    expect(word(karin)).to_contain_text("Det går inte att spara utan nät")
    karin.context.set_offline(False)
    saved(karin)
    press(karin, "Spara")
    told(karin, "Texten är sparad")


def test_a_personnummer_is_told_while_one_types(sit_down):
    from tests.web.test_personnummer import BORN, LAST

    karin = sit_down("karin")
    karin.goto(WRITE)
    results(karin).fill(f"Eleven {BORN}-{LAST}")
    expect(word(karin)).to_contain_text("personnummer")
    assert LAST not in karin.evaluate(KEPT)
    results(karin).fill("Eleven")
    saved(karin)


def test_a_refused_form_goes_on_with_its_draft(sit_down):
    karin = sit_down("karin")
    karin.goto(WRITE)
    results(karin).fill("x" * 20_001)
    press(karin, "Spara")
    expect(karin.get_by_text("Texten är för lång").first).to_be_visible()
    saved(karin)
    results(karin).fill("Kortare")
    karin.goto("/")
    karin.goto(WRITE)
    karin.goto("/utkast")
    expect(karin.locator(".draft-list > li")).to_have_count(1)
    expect(karin.get_by_text("”Kortare”")).to_be_visible()


def test_another_organizer_is_chosen_in_another_tab(sit_down, tmp_path):
    """What is typed then waits, and says for what, until the person is back."""
    app = create_app(make_settings(f"sqlite:///{tmp_path / 'desk.sqlite3'}"))
    with app.app_context():
        karin, granby = (
            db.session.scalars(sa.select(User).filter_by(email="karin@exempelby.example")).one(),
            db.session.scalars(sa.select(Organizer).filter_by(name="Granby kommun")).one(),
        )
        RoleAssignment.give(karin, Role.ORGANIZER_LEAD, granby, by=None, starts_on=SINCE)
        db.session.commit()
        db.engine.dispose()
    page = sit_down("karin")
    page.goto(WRITE)
    other = page.context.new_page()
    switch(other, "Granby kommun")
    results(page).press_sequentially("Skrivet för Exempelby", delay=10)
    expect(word(page)).to_contain_text("bytt till en annan huvudman", timeout=30_000)
    other.goto("/utkast")
    expect(other.get_by_text("Du har inga utkast")).to_be_visible()
    switch(other, "Exempelby kommun")
    other.close()
    saved(page)


def switch(page: Page, organizer: str) -> None:
    page.goto("/")
    page.locator("summary", has_text="Karin Holm").click()
    press(page, f"Byt till {organizer}")
    expect(page.locator("footer")).to_contain_text(organizer)
