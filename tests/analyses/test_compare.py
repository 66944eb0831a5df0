"""Two adopted versions beside each other."""

import re

import pytest

from tests.analyses.conftest import URL
from tracker.extensions import db
from tracker.models import CauseLocation

COMPARE = f"{URL}/jamfor"


@pytest.fixture
def versions(cast, analysis):
    """Three: in the second a figure is new and a problem is gone and another come; the third is as the second."""
    analysis.adopt(by=cast.karin)
    analysis.reopen("Nya resultat", by=cast.karin)
    analysis.write({"results": "74 % nådde kravnivån (31 av 42)."}, by=cast.karin)
    reading, breaks = analysis.problems
    breaks.retire(by=cast.karin)
    [outside] = [cause for cause in reading.causes if cause.location is CauseLocation.OUTSIDE]
    outside.write(outside.text, CauseLocation.SUPPORT, "Enkät i maj", True, by=cast.karin)
    new = analysis.add_problem("Elever i åk 5 räknar <fel>.", None, by=cast.karin)
    new.add_cause("Vi övar för lite.", CauseLocation.TEACHING, "", by=cast.karin)
    analysis.adopt(by=cast.karin)
    analysis.reopen("Stavfel", by=cast.karin)
    analysis.adopt(by=cast.karin)
    db.session.commit()


def plain(page):
    """With [-gone-] and [+new+], and without other tags."""
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r'<del class="change">(.*?)</del>', r"[-\1-]", main, flags=re.DOTALL)
    main = re.sub(r'<ins class="change">(.*?)</ins>', r"[+\1+]", main, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", main).split())


def test_what_is_new_and_what_is_gone(versions, as_, cast):
    text = plain(as_(cast.karin).page(f"{COMPARE}?fran=1&till=2"))
    assert "[-69-][+74+] % nådde kravnivån ([-29-][+31+] av 42)." in text
    assert "Var ligger orsaken? [-Utanför skolan-][+Stöd och elevhälsa+]" in text
    assert "[-Inget skrivet.-][+Enkät i maj+]" in text
    assert "[-Åk 4–6 är otrygga på rasten.-][+Elever i åk 5 räknar &lt;fel&gt;.+]" in text
    assert "Oförändrat: Vad bygger analysen på? och Vilka har deltagit, och hur?" in text
    assert "Version 1 öppnades igen: Nya resultat" in text


def test_the_other_way_round(versions, as_, cast):
    assert "[-74-][+69+]" in plain(as_(cast.karin).page(f"{COMPARE}?fran=2&till=1"))


def test_the_latest_two_when_nothing_is_said(versions, as_, cast):
    text = plain(as_(cast.karin).page(COMPARE))
    assert "Jämför version 2 och 3" in text
    assert "Texten är densamma i båda versionerna." in text


def test_first_and_last(versions, as_, cast):
    assert "[-69-][+74+]" in plain(as_(cast.karin).page(f"{COMPARE}?fran=1&till=3"))


@pytest.mark.parametrize("query", ["fran=1&till=4", "fran=0&till=2", "fran=99&till=1", "till=-1"])
def test_versions_that_are_not_there(versions, as_, cast, query):
    as_(cast.karin).page(f"{COMPARE}?{query}", status=404)


def test_what_is_no_number_is_not_said(versions, as_, cast):
    as_(cast.karin).page(f"{COMPARE}?fran=ett&till=tv%C3%A5")


def test_who_may(versions, as_, cast):
    for reader in (cast.sofia, cast.erik, cast.perolov):
        as_(reader).page(COMPARE)
    for outsider in (cast.ali, cast.mats):
        as_(outsider).page(COMPARE, status=404)


def test_one_version_is_nothing_to_compare(analysis, as_, cast):
    analysis.adopt(by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    karin.page(COMPARE, status=404)
    assert "jamfor" not in karin.page(URL)


def test_there_are_ways_to_it(versions, as_, cast):
    karin = as_(cast.karin)
    assert f'href="{COMPARE}"' in karin.page(URL)
    assert f'href="{COMPARE}?fran=1&amp;till=2"' in karin.page(f"{URL}/versioner/2")
    assert "jamfor" not in karin.page(f"{URL}/versioner/1")


def test_no_more_statements_than_to_read_one(versions, as_, cast, statements):
    karin = as_(cast.karin)
    karin.page(COMPARE)
    with statements() as sent:
        karin.page(COMPARE)
    assert len(sent) <= 15, sent
