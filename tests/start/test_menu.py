"""The main menu: what each role finds in it, and which entry says where one is."""

import html
import re

import pytest

from tests.start.story import decide
from tracker.models import Role, RoleAssignment

EFFECT = "Vad har gett effekt?"


def menu(page: str) -> list[str]:
    """The entries in order; the current one has an asterisk."""
    nav = page.split('aria-label="Huvudmeny"')[1].split("</nav>")[0]
    return [
        html.unescape(label) + ("*" if "aria-current" in attributes else "")
        for attributes, label in re.findall(r"<a ([^>]*)>(.*?)</a>", nav)
    ]


@pytest.mark.parametrize(
    ("who", "entries"),
    [
        (
            "ali",
            ["Nulägesanalys", "Åtgärder", "Effekter", "Dialoger", "Avstämningar", "Stöd", EFFECT],
        ),
        (
            "karin",
            [
                "Sävkullaskolan",
                "Lyktvretens förskola",
                "Dialoger",
                "Avstämningar",
                "Stöd",
                EFFECT,
            ],
        ),
        (
            "jonas",
            ["Nulägesanalys", "Åtgärder", "Effekter", "Dialoger", "Avstämningar", "Stöd", EFFECT],
        ),
        ("erik", ["Enheter", "Dialoger", "Avstämningar", "Stöd", EFFECT, "Historik"]),
        ("lena", ["Enheter", "Huvudmannen", "Dialoger", "Stöd", EFFECT, "Historik"]),
        ("samira", ["Enheter", "Dialoger", "Stöd", EFFECT, "Historik"]),
        ("sofia", ["Sävkullaskolan", "Stöd", EFFECT]),
        ("perolov", ["Enheter", "Huvudmannen", EFFECT, "Dokument"]),
        ("tove", ["Organisation", "Utskick", "Stöd", "Historik"]),
    ],
)
def test_each_role_finds_what_is_hers(cast, as_, who, entries):
    assert menu(as_(getattr(cast, who)).page("/")) == ["Start*", *entries]


def test_the_current_entry_is_marked(cast, as_):
    karin, lena = as_(cast.karin), as_(cast.lena)
    url = "/enheter/savkullaskolan/2026-27"
    assert menu(karin.page(url))[1] == "Sävkullaskolan*"
    assert menu(lena.page(url))[1] == "Enheter*"
    assert menu(lena.page("/enheter"))[1] == "Enheter*"
    assert menu(lena.page("/historik"))[-1] == "Historik*"
    assert "/enheter/savkullaskolan/historik" in karin.page(url), "hers is among the unit's tabs"


def test_a_rektor_who_oversees_more_has_the_list_too(cast, as_):
    RoleAssignment.give(cast.ali, Role.DIALOGUE_LEAD, cast.exempelby, by=None, area=cast.soder)
    browser = as_(cast.ali)
    assert menu(browser.page("/"))[1:3] == ["Hasselbrinksskolan", "Enheter"]
    assert menu(browser.page("/enheter/hasselbrinksskolan/2026-27"))[1:3] == [
        "Hasselbrinksskolan*",
        "Enheter",
    ]
    assert menu(browser.page("/enheter/ringmuraskolan/2026-27"))[1:3] == [
        "Hasselbrinksskolan",
        "Enheter*",
    ]


def test_links_lead_to_no_läsår_that_is_not_opened(cast, as_, the_day):
    the_day.move_to("2027-07-02T09:00:00+02:00")
    assert menu(as_(cast.ali).page("/"))[1] == "Hasselbrinksskolan"


def test_the_menu_asks_nothing_of_the_database(cast, as_, statements):
    decide(cast.cycle(cast.hassel), cast.ali)
    browser = as_(cast.ali)
    with statements() as sent:
        browser.page("/tillganglighet")
    assert len(sent) == 2  # the session with the person, her roles
