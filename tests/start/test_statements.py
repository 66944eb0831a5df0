"""How much Start and the unit pages ask of the database: little, and the same however many units there are."""

from tests.start.many import add_units
from tests.start.story import due, place, write_analysis
from tracker.models import Role, RoleAssignment

START_AT_MOST = 8
OTHERS_AT_MOST = 15


def count(statements, browser, url):
    with statements() as sent:
        browser.page(url)
    return len(sent)


PEOPLE = ("karin", "jonas", "erik", "lena", "samira", "sofia", "perolov", "tove")
UNIT_PAGES = (
    "/enheter",
    "/enheter?sok=skolan",
    "/enheter/savkullaskolan/2026-27",
    "/historik",
    "/enheter/savkullaskolan/historik",
)


def test_the_same_for_five_units_as_for_two_hundred(cast, as_, statements):
    place(cast.dialogue(cast.savkulla), cast.erik, days=9)
    due(cast.cycle(cast.savkulla), cast.karin)
    write_analysis(cast.cycle(cast.savkulla), cast.karin, adopt=True)

    def counts():
        pages = [(who, "/") for who in PEOPLE] + [("lena", url) for url in UNIT_PAGES]
        return {(who, url): count(statements, as_(getattr(cast, who)), url) for who, url in pages}

    few = counts()
    add_units(cast, 195, busy=20)
    assert counts() == few
    assert max(number for (_, url), number in few.items() if url == "/") <= START_AT_MOST
    assert max(number for (_, url), number in few.items() if url != "/") <= OTHERS_AT_MOST


def test_start_of_somebody_with_every_role(cast, as_, statements):
    give = RoleAssignment.give
    for role in (
        Role.DIALOGUE_LEAD,
        Role.ORGANIZER_LEAD,
        Role.SYSTEM_ADMIN,
        Role.QUALITY_DEVELOPER,
    ):
        give(cast.karin, role, cast.exempelby, by=None)
    give(cast.karin, Role.STAFF, cast.exempelby, by=None, unit=cast.hassel)
    place(cast.dialogue(cast.savkulla), cast.erik, days=9)
    due(cast.cycle(cast.savkulla), cast.karin)
    assert count(statements, as_(cast.karin), "/") <= START_AT_MOST
