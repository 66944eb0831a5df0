"""Nytt läsår: what has been decided stands there, and only the rest is asked for."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from tests.dialogues.scenes import placed
from tests.measures.scenes import a_measure
from tests.thread.scenes import THIS, assessed, decided
from tracker.clock import today
from tracker.extensions import db
from tracker.models import Decision, Judgement, SchoolYear
from tracker.organisation.succession import take_over

PAGE = "/enheter/savkullaskolan/2026-27/nytt-lasar"


def groups(page):
    """The titles of measures under each heading."""
    found = {}
    for part in page.split("<h2")[1:]:
        heading = unescape(re.match(r"[^>]*>([^<]*)<", part)[1])
        found[heading] = [
            unescape(text) for text in re.findall(r'<a href="/atgarder/\d+">([^<]*)<', part)
        ]
    return found


@pytest.mark.parametrize(
    ("decision", "heading"),
    [
        (Decision.CONTINUE, "Fortsätter"),
        (Decision.ADJUST, "Justeras: en ny version"),
        (Decision.END, "Avslutas"),
        (Decision.ORDINARY, "Blir ordinarie arbetssätt"),
        (Decision.CANCEL, "Avbrutna"),
    ],
)
def test_what_has_been_decided_is_not_asked_again(cast, as_, decision, heading):
    measure = decided(cast, THIS - 1, "Läsa", None)
    fields = {"next_date": date(2027, 5, 1)} if decision is Decision.CONTINUE else {}
    if decision is Decision.CANCEL:
        fields = {"carried_out_why": "Ingen hann."}
    assessed(cast, measure, THIS - 1, decision, **fields)

    page = as_(cast.karin).page(PAGE)

    told = groups(page)
    assert "Läsa" in told[heading]
    undecided = ["Läsa"] if decision is Decision.ADJUST else []  # the new version waits
    assert told["Kvar att bestämma"] == undecided
    if decision is Decision.CANCEL:
        assert "Ingen hann." in page


def test_only_what_is_undecided_is_asked_for(cast, as_):
    decided(cast, THIS - 1, "Ska bedömas", None)
    decided(
        cast,
        THIS - 1,
        "Tar slut",
        None,
        assessable_from=date(2026, 9, 15),
        ends_on=date(2026, 6, 5),
    )
    decided(cast, THIS - 1, "Löper på", None, assessable_from=date(2027, 5, 1))
    done = decided(cast, THIS - 1, "Väntar på betygen", None, assessable_from=date(2026, 9, 15))
    done.complete(by=cast.karin)
    later = decided(cast, THIS - 1, "Fick ny tid", None)
    assessed(cast, later, THIS - 1, None, judgement=Judgement.NOT_YET, next_date=date(2026, 12, 1))
    a_measure(cast, "Bara ett förslag", decide=False, year=cast.last_year)
    decided(cast, THIS, "Årets egen", None)

    page = as_(cast.karin).page(PAGE)

    told = groups(page)
    assert told["Kvar att bestämma"] == ["Ska bedömas", "Tar slut", "Bara ett förslag"]
    assert sorted(told["Löper vidare som planerat"]) == ["Fick ny tid", "Löper på"]
    assert told["Genomförda: effekten bedöms senare"] == ["Väntar på betygen"]
    assert "Årets egen" not in page


def test_proposals_and_buttons_are_for_those_who_write(cast, as_):
    decided(cast, THIS - 1, "Ska bedömas", None)
    a_measure(cast, "Bara ett förslag", decide=False, year=cast.last_year)

    for person in (cast.erik, cast.lena, cast.sofia, cast.perolov):
        page = as_(person).page(PAGE)
        assert "Ska bedömas" in page
        assert "Bara ett förslag" not in page
        assert "Bedöm och bestäm" not in page
    for person in (cast.ali, cast.mats):
        as_(person).page(PAGE, 404)


def test_a_decided_version_stands_for_the_one_before_it(cast, as_):
    first = decided(cast, THIS - 2, "Läsa", None)
    assessed(cast, first, THIS - 2, Decision.ADJUST)
    again = first.continued_by
    again.write(by=cast.karin, title="Läsa mer", assessable_from=date(2027, 6, 1))
    again.decide(by=cast.karin)
    db.session.commit()

    told = groups(as_(cast.karin).page(PAGE))

    assert [title for titles in told.values() for title in titles] == ["Läsa mer"]


def test_nothing_is_lost(cast, as_):
    """Every measure from before that is open stands there, once."""
    titles = [f"Åtgärd {number}" for number in range(8)]
    for number, title in enumerate(titles):
        decided(
            cast, THIS - 1 - number % 2, title, None,
            assessable_from=date(2026, 3, 1) + timedelta(days=90 * number),
            ends_on=date(2026, 6, 5) if number % 3 == 0 else None,
        )  # fmt: skip

    told = groups(as_(cast.karin).page(PAGE))

    assert sorted(title for shown in told.values() for title in shown) == titles


def test_what_followed_from_another_unit(cast, as_):
    decided(cast, THIS - 1, "Hasselbrinks åtgärd", None, unit=cast.hassel)
    dialogue = placed(cast.dialogue(cast.hassel), cast, date(2026, 10, 6))
    dialogue.agree("Någon räknar ledigheterna", "Erik Lund", by=cast.erik)
    take_over(cast.savkulla, cast.hassel, today(), by=cast.tove, closes=True)
    db.session.commit()

    page = as_(cast.karin).page(PAGE)

    assert groups(page)["Kvar att bestämma"] == ["Hasselbrinks åtgärd"]
    assert "Följde med från en tidigare enhet." in page
    assert "Någon räknar ledigheterna" in page


def test_the_coming_year_has_its_page_when_it_is_opened(cast, as_):
    as_(cast.karin).page("/enheter/savkullaskolan/2027-28/nytt-lasar", 404)
    page = as_(cast.karin).page("/enheter/savkullaskolan/2026-27")
    assert "Vad läsåret 2026/27 öppnar med" in page
    link = "/enheter/savkullaskolan/2027-28/nytt-lasar"
    assert link not in page + as_(cast.karin).page("/")

    SchoolYear.open(cast.exempelby, 2027, by=cast.tove).lap_for(cast.savkulla)
    db.session.commit()

    assert link in as_(cast.karin).page("/enheter/savkullaskolan/2026-27")
    assert link in as_(cast.karin).page("/")


def test_statements(cast, as_, statements):
    def count():
        browser = as_(cast.karin)
        with statements() as sent:
            browser.page(PAGE)
        return len(sent)

    decided(cast, THIS - 1, "En", None)
    few = count()
    for number in range(20):
        assessed(cast, decided(cast, THIS - 1, f"Åtgärd {number}", None), THIS - 1, Decision.ADJUST)
    assert count() == few <= 15
