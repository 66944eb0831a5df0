"""Röda tråden: what hangs together, who may read what of it, and what it costs."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from tests.measures.scenes import a_measure
from tests.thread.scenes import THIS, analysed, assessed, decided, five_years, many
from tracker.extensions import db
from tracker.models import CauseLocation, Decision, DevelopmentArea, Measure, UnitSuccession
from tracker.organisation.succession import take_over

PAGE = "/enheter/savkullaskolan/roda-traden"


def names(page):
    """What each box of the picture is called, in the order of the keyboard."""
    found = re.findall(r'<a class="thread-box"[^>]*><title>([^<]*)</title>', page)
    return [unescape(name) for name in found]


def table(page):
    return unescape(re.sub(r"<[^>]+>", " ", page.partition('id="tabell"')[2]))


def lines(page):
    return re.findall(r"<path d=\"[^\"]+\"( class=\"thread-across\")?/>", page)


def test_five_years_hang_together(cast, as_):
    five_years(cast)

    page = as_(cast.karin).page(PAGE)

    found = names(page)
    for start_year in range(THIS - 4, THIS + 1):
        for text in (f"Läsningen {start_year}", f"Orsak {start_year}", f"Åtgärd {start_year}"):
            assert sum(text in name for name in found) >= 1, text
    assert f"Åtgärd. Åtgärd {THIS}. Läsåret 2026/27" in found
    assert any("Bedöms från 10 juni 2027" in name for name in found)
    across = [line for line in lines(page) if line]
    assert len(across) == 8  # problem to problem and cause to cause, four times
    assert page.count('class="thread-band"') == 1


def test_every_box_is_in_the_table_too(cast, as_):
    five_years(cast)
    decided(cast, THIS - 1, "Utan orsak", None)

    page = as_(cast.karin).page(PAGE)

    told = " ".join(table(page).split())
    assert "Åtgärder som inte bygger på en orsak i analysen" in told
    for name in names(page):
        text = name.split(". ")[-2]
        assert text in told, name


def test_a_new_version_goes_on_from_the_effect_of_the_one_before(cast, as_):
    first = decided(cast, THIS - 1, "Läsa", analysed(cast, THIS - 1, "Läsningen", "Orsaken"))
    assessed(cast, first, THIS - 1, Decision.ADJUST)
    again = first.continued_by
    again.write(
        by=cast.karin, title="Läsa mer", assessable_from=first.assessable_from.replace(year=2027)
    )
    again.decide(by=cast.karin)
    db.session.commit()

    page = as_(cast.karin).page(PAGE)

    assert "Åtgärd · Ny version. Läsa mer. Läsåret 2026/27" in names(page)
    assert page.count('class="thread-band"') == 1, "the two versions are one thread"
    assert [line for line in lines(page) if line], "a line leads into the next läsår"


def test_without_a_chain_the_threads_stand_beside_each_other(cast, as_):
    analysed(cast, THIS - 1, "Läsningen", "Orsaken")
    analysed(cast, THIS, "Rasterna", "Inget att göra")

    page = as_(cast.karin).page(PAGE)

    assert page.count('class="thread-band"') == 1  # no läsår in common
    assert not [line for line in lines(page) if line]


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("karin", {"adopted", "shared"}),
        ("erik", {"adopted", "shared"}),
        ("lena", {"adopted", "shared"}),
        ("sofia", {"adopted"}),
        ("perolov", {"adopted"}),
    ],
)
def test_drafts_and_proposals_are_no_part_of_it(cast, as_, person, sees):
    for number, until in enumerate(("adopted", "shared", "draft")):
        analysed(cast, THIS - number, f"Problem {until}", f"Orsak {until}", until=until)
    a_measure(cast, "Bara ett förslag", decide=False)

    page = as_(getattr(cast, person)).page(PAGE)

    found = " ".join(names(page)) + table(page)
    for until in ("adopted", "shared", "draft"):
        assert (f"Problem {until}" in found) == (until in sees)
        assert (f"Orsak {until}" in found) == (until in sees)
    assert "Bara ett förslag" not in found


def test_what_is_written_after_reopening_is_not_for_who_only_reads(cast, as_):
    cause = analysed(cast, THIS, "Problemet", "Orsaken")
    analysis = cause.problem.analysis
    analysis.reopen("Nya resultat", by=cast.karin)
    analysis.write({"results": "Nya resultat som inte är fastställda"}, by=cast.karin)
    analysis.add_problem("Ett nytt problem", None, by=cast.karin)
    db.session.commit()

    reads, follows = as_(cast.perolov).page(PAGE), as_(cast.erik).page(PAGE)

    assert "Ett nytt problem" in follows
    assert "inte är fastställda" in follows
    assert "Ett nytt problem" not in reads
    assert "inte är fastställda" not in reads
    assert "Problem. Problemet. Läsåret 2026/27" in names(reads)


def test_a_cause_that_was_put_aside_stays_with_its_measure(cast, as_):
    cause = analysed(cast, THIS, "Problemet", "Orsaken", until="shared")
    decided(cast, THIS, "Läsa", cause)
    cause.retire(by=cast.karin)
    db.session.commit()

    assert "Orsak. Orsaken. Läsåret 2026/27" in names(as_(cast.karin).page(PAGE))


def test_a_thread_is_called_by_what_it_comes_out_of_and_never_by_its_effect(cast, as_):
    """Measures shared by another unit, whose analysis and areas are no part of this one's story."""
    lap, both = cast.cycle(cast.hassel), [cast.savkulla, cast.hassel]
    area = DevelopmentArea.create(lap, "Övergången", "", "Målet", by=cast.karin)
    cause = analysed(cast, THIS, "Problemet", "Orsaken", unit=cast.hassel, until="draft")
    decided(cast, THIS, "Läsa", cause, unit=cast.hassel, units=both, area_id=area.id)

    page = as_(cast.karin).page(PAGE)

    assert '<p class="thread-name" aria-hidden="true">Övergången</p>' in page
    db.session.execute(sa.update(Measure).values(area_id=None))
    db.session.commit()
    page = as_(cast.karin).page(PAGE)
    assert '<p class="thread-name" aria-hidden="true">Orsaken</p>' in page


def merged(cast):
    db.session.add(
        UnitSuccession(
            organizer_id=cast.exempelby.id,
            predecessor_id=cast.hassel.id,
            successor_id=cast.savkulla.id,
            on=cast.year.first_day,
        )
    )
    db.session.commit()


def test_a_successor_tells_of_those_before_to_who_may_read_them(cast, as_):
    analysed(cast, THIS - 1, "Frånvaron", "Rutinen", unit=cast.hassel, by=cast.ali)
    merged(cast)

    assert "Problem · Hasselbrinksskolan. Frånvaron. Läsåret 2025/26" in names(
        as_(cast.erik).page(PAGE)
    )
    assert "Frånvaron" not in as_(cast.karin).page(PAGE)


def test_what_a_unit_that_goes_on_does_afterwards_stays_its_own(cast, as_):
    """The fault: who took over a part of a unit is shown, as its own, what that one has done since."""
    before = analysed(cast, THIS - 1, "Frånvaron", "Rutinen", unit=cast.hassel, by=cast.ali)
    decided(cast, THIS - 1, "Ring hem", before, unit=cast.hassel)
    settled = decided(cast, THIS - 1, "Frukost", before, unit=cast.hassel)
    assessed(cast, settled, THIS - 1, Decision.END)
    take_over(cast.savkulla, cast.hassel, cast.year.first_day, by=cast.tove, closes=False)
    since = analysed(cast, THIS, "Hemmasittarna", "Ingen ringer", unit=cast.hassel, by=cast.ali)
    decided(cast, THIS, "Ring i dag", since, unit=cast.hassel)
    browser = as_(cast.erik)

    found = " ".join(names(browser.page(PAGE)))
    handed_over = browser.page("/enheter/savkullaskolan/overlamning")

    for text in ("Frånvaron", "Ring hem", "Frukost"):
        assert text in found, text
    assert "Ring hem" in handed_over
    for text in ("Hemmasittarna", "Ingen ringer", "Ring i dag"):
        assert text not in found + handed_over, text


def test_one_area(cast, as_):
    reading, breaks = analysed(cast, THIS - 1, "Läsningen", "Orsaken"), None
    breaks = analysed(cast, THIS, "Rasterna", "Inget att göra")
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Trygga raster", "", "", by=cast.karin, problems=[breaks.problem]
    )
    elsewhere = DevelopmentArea.create(cast.cycle(cast.hassel), "Frånvaro", "", "", by=cast.ali)
    decided(cast, THIS - 1, "Läsa", reading)
    browser = as_(cast.karin)

    page = browser.page(f"{PAGE}/{area.id}")

    assert "Trygga raster" in page
    assert any("Rasterna" in name for name in names(page))
    assert not any("Läsningen" in name for name in names(page) if not name.startswith("Resultat"))
    browser.page(f"{PAGE}/{elsewhere.id}", 404)
    browser.page(f"{PAGE}/999999", 404)


@pytest.mark.parametrize("asked", ["3", "4", "5", "9", "-1", "x", "99999999999999999999"])
def test_how_many_years(cast, as_, asked):
    five_years(cast)

    page = as_(cast.karin).page(f"{PAGE}?lasar={asked}")

    shown = re.findall(r'class="thread-year"[^>]*>([^<]*)<', page)
    assert len(shown) == {"3": 3, "4": 4}.get(asked, 5)
    assert shown[-1] == "2026/27"


def test_a_measure_from_before_the_years_told_stands_in_the_first(cast, as_):
    measure = decided(cast, THIS - 4, "Lång åtgärd", None)
    assessed(cast, measure, THIS - 4, Decision.CONTINUE, next_date=cast.year.last_day)

    page = as_(cast.karin).page(f"{PAGE}?lasar=3")

    assert "Åtgärd · sedan 2022/23. Lång åtgärd. Läsåret 2024/25" in names(page)


def test_nothing_to_tell(cast, as_):
    assert "Här finns ingen tråd än" in as_(cast.karin).page(PAGE)


def test_others_may_not(cast, as_):
    for person in (cast.ali, cast.mats):
        as_(person).page(PAGE, 404)


def test_long_and_odd_texts_stay_in_their_box(cast, as_):
    analysed(cast, THIS, "å" * 5_000, "<script>alert(1)</script> & mera")

    page = as_(cast.karin).page(PAGE)

    assert "<script>alert" not in page
    assert max(len(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", page)) < 90


def test_as_many_statements_for_much_as_for_little(cast, as_, statements):
    def count():
        browser = as_(cast.karin)
        with statements() as sent:
            browser.page(PAGE)
        return len(sent)

    analysed(cast, THIS, "Problemet", "Orsaken")
    decided(cast, THIS, "En åtgärd", None)
    few = count()
    many(cast, range(THIS - 4, THIS), problems=10, measures=30)
    assert count() == few <= 15


def test_where_a_cause_lies_is_read_as_it_was_adopted(cast, as_):
    cause = analysed(cast, 2026, "Läsningen brister", "Vi visar inte hur")
    analysis = cause.problem.analysis
    analysis.reopen("Rätta", by=cast.karin)
    db.session.commit()
    url = "/enheter/savkullaskolan/roda-traden"
    before = as_(cast.sofia).page(url)
    cause.write(
        "Vi visar inte hur", CauseLocation.ENVIRONMENT, cause.evidence, False, by=cast.karin
    )
    db.session.commit()
    after = as_(cast.sofia).page(url)
    assert CauseLocation.ENVIRONMENT.label not in after
    assert "Inte prioriterad" not in after
    assert after.count("Vi visar inte hur") == before.count("Vi visar inte hur")
    assert "Inte prioriterad i år" in as_(cast.karin).page(url)
