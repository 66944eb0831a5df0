"""A measure whose basis is gone says so, quietly; links lead both ways along the chain."""

from datetime import date

import pytest

from tests.analyses.conftest import URL
from tests.analyses.test_rollover import an_earlier, this_years
from tests.measures.scenes import a_measure
from tracker.extensions import db
from tracker.measures.living_basis import LostBasis, lost_bases
from tracker.models import CauseLocation, DevelopmentArea, MeasureBasis, ProblemDevelopment
from tracker.organisation.succession import take_over

LIST = "/enheter/savkullaskolan/2026-27/atgarder"


@pytest.fixture
def earlier(cast):
    return an_earlier(cast, texts=("Läsningen.",))


@pytest.fixture
def measure(cast, earlier):
    return a_measure(
        cast, year=cast.last_year, basis=MeasureBasis.CAUSE, cause_id=earlier.causes[0].id
    )


def adopt(cast, analysis):
    analysis.write({"basis": "Prov", "results": "69 %"}, by=cast.karin)
    analysis.add_problem("Matematiken.", None, by=cast.karin).add_cause(
        "Var för sig.", CauseLocation.TEACHING, "", by=cast.karin
    )
    analysis.adopt(by=cast.karin)
    db.session.commit()


def lost(measure):
    return lost_bases([measure]).get(measure.id)


def test_nothing_is_lost_while_the_new_analysis_is_written(cast, measure):
    this_years(cast)
    assert lost(measure) is None


def test_not_taken_over_when_the_next_is_adopted(cast, as_, measure):
    adopt(cast, this_years(cast))
    assert lost(measure) is LostBasis.NOT_TAKEN_OVER
    for person in (cast.karin, cast.sofia, cast.erik):
        page = as_(person).page(f"/atgarder/{measure.id}")
        assert "är inte med i den senaste fastställda nulägesanalysen" in page
    assert "Orsaken är inte med i årets analys" in as_(cast.karin).page(LIST)
    assert "Åtgärder att tänka på" in as_(cast.karin).page(URL)
    assert "Åtgärder att tänka på" not in as_(cast.erik).page(URL)


def test_adjusted_it_builds_on_the_cause_as_taken_over(cast, earlier, measure):
    analysis = this_years(cast)
    this = cast.cycle(cast.savkulla)
    before = measure.continue_in(this, by=cast.karin)
    assert before.cause_id == measure.cause_id
    before.withdraw(by=cast.karin)
    db.session.flush()
    problem = analysis.take_over(earlier.problems[0], ProblemDevelopment.REMAINS, "", by=cast.karin)
    first = problem.causes[0]

    again = measure.continue_in(this, by=cast.karin)

    assert (again.cause_id, again.cause_text) == (first.id, "Läsningen. Vi planerar var för sig.")
    again.withdraw(by=cast.karin)
    first.retire(by=cast.karin)
    db.session.flush()
    assert measure.continue_in(this, by=cast.karin).cause_id == measure.cause_id


def test_taken_over_it_lives(cast, as_, earlier, measure):
    analysis = this_years(cast)
    problem = analysis.take_over(earlier.problems[0], ProblemDevelopment.REMAINS, "", by=cast.karin)
    adopt(cast, analysis)
    assert lost(measure) is None
    page = as_(cast.karin).page(URL)
    assert "Lässtrategier i alla ämnen</a>" in page  # below the cause that goes on from its own
    assert page.index(f'id="orsak-{problem.causes[0].id}"') < page.index(
        "Lässtrategier i alla ämnen"
    )


def test_taken_over_but_its_cause_laid_aside(cast, earlier, measure):
    analysis = this_years(cast)
    problem = analysis.take_over(earlier.problems[0], ProblemDevelopment.REMAINS, "", by=cast.karin)
    problem.causes[0].retire(by=cast.karin)
    adopt(cast, analysis)
    assert lost(measure) is LostBasis.NOT_TAKEN_OVER


def test_solved(cast, earlier, measure):
    analysis = this_years(cast)
    analysis.take_over(earlier.problems[0], ProblemDevelopment.SOLVED, "", by=cast.karin)
    adopt(cast, analysis)
    assert lost(measure) is LostBasis.SOLVED


def test_solved_in_a_draft_is_seen_by_nobody(cast, as_, earlier, measure):
    analysis = this_years(cast)
    analysis.take_over(earlier.problems[0], ProblemDevelopment.SOLVED, "", by=cast.karin)
    db.session.commit()
    assert lost(measure) is None
    assert "löst" not in as_(cast.sofia).page(f"/atgarder/{measure.id}")


def test_what_is_over_is_not_asked_about(cast, measure):
    adopt(cast, this_years(cast))
    measure.complete(by=cast.karin)
    assert lost(measure) is None


def test_with_a_successor_its_analysis_counts(cast):
    earlier = an_earlier(cast, unit=cast.hassel, texts=("Läsningen.",))
    measure = a_measure(
        cast, unit=cast.hassel, year=cast.last_year, basis=MeasureBasis.CAUSE,
        cause_id=earlier.causes[0].id,
    )  # fmt: skip
    take_over(cast.ringmura, cast.hassel, date(2026, 7, 1), by=cast.tove, closes=True)
    db.session.refresh(measure, ["unit_links"])
    analysis = this_years(cast, cast.ringmura)
    analysis.take_over(earlier.problems[0], ProblemDevelopment.REMAINS, "", by=cast.nadia)
    adopt(cast, analysis)
    assert lost(measure) is None
    analysis.reopen("Fel", by=cast.nadia)
    analysis.living_problems[0].causes[0].retire(by=cast.nadia)
    analysis.adopt(by=cast.nadia)
    assert lost(measure) is LostBasis.NOT_TAKEN_OVER


def test_a_cause_that_was_taken_over_is_offered_once(cast, as_, earlier):
    analysis = this_years(cast)
    problem = analysis.take_over(earlier.problems[0], ProblemDevelopment.CHANGED, "", by=cast.karin)
    db.session.commit()
    page = as_(cast.karin).page(LIST + "/ny")
    assert len(problem.causes) == 2
    assert page.count("Läsningen. Vi planerar var för sig") == 1
    assert "2025/26" not in page


def test_a_cause_without_a_measure_says_so_unless_it_is_not_prioritised(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    assert as_(cast.karin).page(URL).count("Ingen åtgärd bygger på orsaken än.") == 2
    assert as_(cast.erik).page(URL).count("Ingen beslutad åtgärd bygger på orsaken än.") == 2


@pytest.fixture
def analysis(cast):
    """Three causes, one of them not prioritised."""
    analysis = this_years(cast)
    analysis.write({"basis": "Prov", "results": "69 %"}, by=cast.karin)
    problem = analysis.add_problem("Läsningen i åk 4.", None, by=cast.karin)
    for prioritised in (True, True, False):
        problem.add_cause(
            "Var för sig.", CauseLocation.TEACHING, "", by=cast.karin, prioritised=prioritised
        )
    db.session.commit()
    return analysis


def test_every_step_links_both_ways(cast, as_, analysis):
    problem, cause = analysis.problems[0], analysis.causes[0]
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning", "", "80 %", by=cast.karin, problems=[problem]
    )
    measure = a_measure(cast, basis=MeasureBasis.CAUSE, cause_id=cause.id, area_id=area.id)
    karin = as_(cast.karin)
    page = karin.page(URL)
    assert f'href="{LIST}#omrade-{area.id}">Läsning</a>' in page
    assert f'href="/atgarder/{measure.id}"' in page
    assert "i området Läsning" in page
    page = karin.page(LIST)
    assert f'id="omrade-{area.id}"' in page
    assert f'href="{URL}#problem-{problem.id}"' in page
    page = karin.page(f"/atgarder/{measure.id}")
    assert f'href="{URL}#orsak-{cause.id}"' in page
    assert f'href="{LIST}#omrade-{area.id}"' in page


@pytest.mark.parametrize("path", [LIST, LIST.replace("atgarder", "utvecklingsplan")])
def test_a_draft_is_not_read_through_the_area_that_takes_it_up(cast, as_, analysis, path):
    DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning", "", "80 %", by=cast.karin,
        problems=[analysis.problems[0]],
    )  # fmt: skip
    sofia = as_(cast.sofia)
    assert "Läsningen i åk 4." not in sofia.page(path)
    analysis.adopt(by=cast.karin)
    analysis.reopen("Mer", by=cast.karin)
    analysis.problems[0].write("Ett utkast.", None, by=cast.karin)
    db.session.commit()
    page = sofia.page(path)
    assert "Läsningen i åk 4." in page
    assert "Ett utkast." not in page
