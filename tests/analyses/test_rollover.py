"""What stood in last läsår's analysis: offered problem by problem, taken over once, undone, never leaked."""

import io
from datetime import date

import docx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.analyses.conftest import URL
from tests.checked_client import errors
from tests.faults.scenes import World
from tests.measures.scenes import FINAL, a_measure
from tests.measures.test_pressed_twice import apart, twice
from tracker.analyses.rollover import waiting_for
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    CauseLocation,
    DevelopmentArea,
    EffectAssessment,
    MeasureBasis,
    Problem,
    ProblemDevelopment,
    SchoolYear,
    SituationAnalysis,
    SuccessFactor,
)
from tracker.organisation.succession import take_over

__all__ = ["apart"]

REMAINS, SOLVED = ProblemDevelopment.REMAINS, ProblemDevelopment.SOLVED


def an_earlier(cast, unit=None, year=None, *, adopt=True, texts=("Läsningen.", "Rasterna.")):
    """Last läsår's analysis with a problem for each text, each with two causes."""
    analysis = SituationAnalysis.start(
        cast.cycle(unit or cast.savkulla, year or cast.last_year), by=cast.karin
    )
    analysis.write({"basis": "Prov", "results": "66 %"}, by=cast.karin)
    for text in texts:
        problem = analysis.add_problem(text, None, by=cast.karin)
        problem.add_cause(
            f"{text} Vi planerar var för sig.",
            CauseLocation.LEADERSHIP,
            "Schemat.",
            by=cast.karin,
            factor=SuccessFactor.LEADERSHIP,
        )
        problem.add_cause("Läser inte hemma.", CauseLocation.OUTSIDE, "", by=cast.karin)
    if adopt:
        analysis.adopt(by=cast.karin)
    db.session.commit()
    return analysis


def this_years(cast, unit=None):
    analysis = SituationAnalysis.start(cast.cycle(unit or cast.savkulla), by=cast.karin)
    db.session.commit()
    return analysis


def url_of(problem):
    return f"{URL}/fran-tidigare/{problem.id}"


def offered(analysis, *, drafts=True):
    return [problem.text for problem in waiting_for(analysis, drafts=drafts)]


def test_each_is_offered_and_nothing_comes_over_by_itself(cast, as_):
    an_earlier(cast)
    analysis = this_years(cast)
    page = as_(cast.karin).page(URL)
    assert "Från förra läsåret: 2 kvar att ta ställning till" in page
    assert page.count('<span class="todo-list__due">2025/26</span>') == 2
    assert analysis.problems == []


def test_what_remains_comes_with_its_living_causes_to_be_rewritten(cast, as_):
    earlier = an_earlier(cast)
    first = earlier.problems[0]
    first.causes[1].retired_at, first.causes[1].retired_by_name = sa.func.now(), "Karin"
    analysis = this_years(cast)
    karin = as_(cast.karin)
    karin.submit(url_of(first), {"development": "remains", "state_now": "69 %, mot 66 %."})
    (problem,) = analysis.problems
    assert (problem.text, problem.follows_id, problem.state_now) == (
        "Läsningen.", first.id, "69 %, mot 66 %.",
    )  # fmt: skip
    (cause,) = problem.causes
    assert (cause.text, cause.location, cause.evidence, cause.factor, cause.follows_id) == (
        "Läsningen. Vi planerar var för sig.", CauseLocation.LEADERSHIP, "Schemat.",
        SuccessFactor.LEADERSHIP, first.causes[0].id,
    )  # fmt: skip
    page = karin.page(URL)
    assert "Från förra läsåret: 1 kvar" in page
    assert "Kvarstår sedan 2025/26" in page
    assert "Så stod det 2025/26" in page
    assert "69 %, mot 66 %." in page
    cause.write("Ny orsak.", CauseLocation.TEACHING, "Sett.", True, by=cast.karin)
    assert first.causes[0].text == "Läsningen. Vi planerar var för sig."


def test_what_is_solved_is_a_line_without_causes_and_asks_for_none(cast, as_):
    earlier = an_earlier(cast, texts=("Läsningen.",))
    analysis = this_years(cast)
    karin = as_(cast.karin)
    karin.submit(url_of(earlier.problems[0]), {"development": "solved", "state_now": "83 %."})
    assert analysis.problems[0].causes == []
    assert analysis.missing_for_adoption() == ["basis", "results", "problems"]
    analysis.write({"basis": "Prov", "results": "83 %"}, by=cast.karin)
    analysis.add_problem("Matematiken.", None, by=cast.karin).add_cause(
        "Var för sig.", CauseLocation.TEACHING, "Sett.", by=cast.karin
    )
    version = analysis.adopt(by=cast.karin)
    db.session.commit()
    (line,) = version.content["solved"]
    assert line["follows"] == {
        "development": "Löst", "state_now": "83 %.", "before": "Läsningen.", "origin": "2025/26",
    }  # fmt: skip
    assert [row["text"] for row in version.content["problems"]] == ["Matematiken."]
    for page in (as_(cast.sofia).page(URL), as_(cast.sofia).page(f"{URL}/versioner/1")):
        assert "Löst sedan förra läsåret" in page
        assert "83 %." in page


def test_what_was_done_about_it_and_what_it_led_to_stands_beside(cast, as_):
    earlier = an_earlier(cast)
    based = {"basis": MeasureBasis.CAUSE, "cause_id": earlier.problems[0].causes[0].id}
    measure = a_measure(cast, "Läsgrupper", year=cast.last_year, **based)
    a_measure(cast, "Bara ett förslag", year=cast.last_year, decide=False, **based)
    a_measure(cast, "Grannens", unit=cast.hassel, **based)
    this_years(cast)
    karin, url = as_(cast.karin), url_of(earlier.problems[0])
    page = karin.page(url)
    assert "Läsgrupper" in page
    assert "Effekten är inte bedömd än" in page
    assert "Bara ett förslag" not in page
    assert "Grannens" not in page
    EffectAssessment.make(measure, cast.year, by=cast.karin, **FINAL)
    db.session.commit()
    page = karin.page(url)
    assert "74 % (31 av 42)" in page
    assert "Delvis uppnådd" in page


def test_one_must_say_which(cast, as_):
    earlier = an_earlier(cast)
    this_years(cast)
    sent = {"state_now": "Det jag skrev."}
    response = as_(cast.karin).submit(url_of(earlier.problems[0]), sent, status=422)
    assert errors(response) == ["Välj om problemet kvarstår, har förändrats eller är löst."]
    assert "Det jag skrev." in response.get_data(as_text=True)


def test_pressed_twice_it_stands_once_and_as_it_was_said_first(cast, as_):
    earlier = an_earlier(cast)
    analysis = this_years(cast)
    karin = as_(cast.karin)
    karin.submit(url_of(earlier.problems[0]), {"development": "remains"})
    again = karin.submit(url_of(earlier.problems[0]), {"development": "solved"})
    assert again.location == URL
    assert "Det är redan bestämt." in karin.page(URL)
    assert [row.development for row in analysis.problems] == [REMAINS]
    assert analysis.take_over(earlier.problems[0], SOLVED, "", by=cast.karin).development is REMAINS


def test_two_at_once_take_it_over_once(apart: World) -> None:
    cast = apart.cast
    earlier = an_earlier(cast)
    this_years(cast)
    answers = twice(apart, url_of(earlier.problems[0]), {"development": "remains"})
    assert answers == [(302, URL)] * 2
    (problem,) = db.session.query(Problem).filter(Problem.follows_id.is_not(None))
    assert len(problem.causes) == 2
    told = db.session.query(AuditEvent).filter_by(action="problem_taken_over").count()
    assert told == 1


def test_the_database_refuses_a_double(cast):
    earlier = an_earlier(cast)
    analysis = this_years(cast)
    analysis.take_over(earlier.problems[0], REMAINS, "", by=cast.karin)
    db.session.flush()
    again = Problem(
        organizer_id=analysis.organizer_id, analysis_id=analysis.id, text="En till.", position=9,
        follows_id=earlier.problems[0].id, development=SOLVED,
    )  # fmt: skip
    db.session.add(again)
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_spara_och_ta_nasta_leads_to_the_next(cast, as_):
    earlier = an_earlier(cast)
    this_years(cast)
    karin = as_(cast.karin)
    sent = {"development": "remains", "then_next": "1"}
    assert karin.submit(url_of(earlier.problems[0]), sent).location == url_of(earlier.problems[1])
    assert karin.submit(url_of(earlier.problems[1]), sent).location == URL


def test_undone_it_waits_again(cast, as_):
    earlier = an_earlier(cast)
    analysis = this_years(cast)
    problem = analysis.take_over(earlier.problems[0], REMAINS, "69 %.", by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    assert "Det väntar då igen på att ni tar ställning till det." in karin.page(
        f"{URL}/problem/{problem.id}"
    )
    karin.submit(f"{URL}/problem/{problem.id}/ta-bort")
    assert analysis.problems == []
    assert offered(analysis) == ["Läsningen.", "Rasterna."]
    assert len(earlier.problems[0].causes) == 2


def test_what_a_measure_builds_on_is_laid_aside_instead(cast, as_):
    earlier = an_earlier(cast)
    analysis = this_years(cast)
    problem = analysis.take_over(earlier.problems[0], REMAINS, "", by=cast.karin)
    a_measure(cast, basis=MeasureBasis.CAUSE, cause_id=problem.causes[0].id)
    karin = as_(cast.karin)
    karin.submit(f"{URL}/problem/{problem.id}/ta-bort")
    assert "Lägg undan det i stället." in karin.page(f"{URL}/problem/{problem.id}")
    assert analysis.problems == [problem]
    karin.submit(f"{URL}/problem/{problem.id}/lagg-undan")
    assert problem.retired_at
    assert offered(analysis) == ["Rasterna."]  # laid aside, not forgotten: it can be taken back


def test_what_the_next_läsår_goes_on_from_is_not_removed(cast, as_):
    earlier = an_earlier(cast, adopt=False)
    this_years(cast).take_over(earlier.problems[0], REMAINS, "", by=cast.karin)
    db.session.commit()
    old = URL.replace("2026-27", "2025-26")
    as_(cast.karin).submit(f"{old}/problem/{earlier.problems[0].id}/ta-bort")
    assert [row.text for row in earlier.problems] == ["Läsningen.", "Rasterna."]


def test_it_can_be_said_otherwise_while_the_analysis_is_open(cast, as_):
    earlier = an_earlier(cast)
    analysis = this_years(cast)
    problem = analysis.take_over(earlier.problems[0], SOLVED, "83 %.", by=cast.karin)
    db.session.commit()
    sent = {
        "version": problem.version, "text": "Läsningen i åk 4.", "form": "",
        "development": "changed", "state_now": "74 %.",
    }  # fmt: skip
    as_(cast.karin).submit(f"{URL}/problem/{problem.id}", sent)
    assert problem.development is ProblemDevelopment.CHANGED
    assert [cause.follows_id for cause in problem.causes] == [c.id for c in earlier.problems[0].causes]  # fmt: skip
    old = as_(cast.jonas).submit(f"{URL}/problem/{problem.id}", sent | {"state_now": "Annat."}, 409)
    assert "Annat." in old.get_data(as_text=True)
    assert "74 %." in old.get_data(as_text=True)


def test_what_was_solved_or_laid_aside_last_year_is_not_asked_for(cast):
    earlier = an_earlier(cast, year=cast.last_year, adopt=False)
    earlier.problems[0].retire(by=cast.karin)
    assert offered(this_years(cast)) == ["Rasterna."]


def test_an_adopted_analysis_takes_nothing_over(cast, as_, analysis):
    earlier = an_earlier(cast)
    analysis.adopt(by=cast.karin)
    karin = as_(cast.karin)
    assert "kvar att ta ställning till" not in karin.page(URL)
    karin.submit(url_of(earlier.problems[0]), {"development": "remains"}, status=409)


def test_what_was_passed_over_in_a_round_is_offered_again(cast, the_day):
    """Of two problems one was decided; the next läsår still asks for the other, and for what is new."""
    earlier = an_earlier(cast)
    analysis = this_years(cast)
    analysis.take_over(earlier.problems[0], REMAINS, "", by=cast.karin)
    db.session.commit()
    the_day.move_to("2027-08-20T09:00+02:00")
    following = SchoolYear.open(cast.exempelby, 2027, by=cast.tove)
    next_one = SituationAnalysis.start(following.lap_for(cast.savkulla), by=cast.karin)
    db.session.flush()
    assert offered(next_one) == ["Läsningen.", "Rasterna."]
    assert [row.analysis_id for row in waiting_for(next_one, drafts=True)] == [
        analysis.id, earlier.id,
    ]  # fmt: skip


def test_an_invited_developer_sees_no_draft_of_last_year(cast, as_):
    earlier = an_earlier(cast, adopt=False)
    analysis = this_years(cast)
    analysis.invite(cast.samira, by=cast.karin)
    db.session.commit()
    samira = as_(cast.samira)
    assert "kvar att ta ställning till" not in samira.page(URL)
    samira.page(url_of(earlier.problems[0]), 404)
    earlier.share(by=cast.karin)
    db.session.commit()
    assert "2 kvar att ta ställning till" in samira.page(URL)


@pytest.mark.parametrize("name", ["erik", "lena", "sofia", "perolov"])
def test_readers_of_a_shared_analysis_are_offered_nothing(cast, as_, analysis, name):
    an_earlier(cast)
    analysis.share(by=cast.karin)
    assert "Från förra läsåret" not in as_(getattr(cast, name)).page(URL)


def test_somebody_elses_problem_is_not_there(cast, as_):
    others = an_earlier(cast, unit=cast.ringmura)
    granby = an_earlier(cast, unit=cast.granbyskolan, year=cast.granby_last_year)
    analysis = this_years(cast)
    karin = as_(cast.karin)
    for problem in (others.problems[0], granby.problems[0]):
        karin.page(url_of(problem), 404)
        karin.submit(url_of(problem), {"development": "remains"}, status=404)
    assert analysis.problems == []


def test_the_database_refuses_a_problem_of_another_organizer(cast):
    granby = an_earlier(cast, unit=cast.granbyskolan, year=cast.granby_last_year)
    analysis = this_years(cast)
    with pytest.raises(IntegrityError):
        analysis.take_over(granby.problems[0], REMAINS, "", by=cast.karin)


class TestSuccession:
    """Ringmuraskolan takes over from Hasselbrinksskolan."""

    def after(self, cast, on=date(2026, 7, 1), *, closes=True):
        take_over(cast.ringmura, cast.hassel, on, by=cast.tove, closes=closes)
        return this_years(cast, cast.ringmura)

    def test_both_units_problems_with_their_origin(self, cast, as_):
        an_earlier(cast, unit=cast.hassel)
        an_earlier(cast, unit=cast.ringmura, texts=("Behörigheten.",))
        analysis = self.after(cast)
        assert offered(analysis) == ["Behörigheten.", "Läsningen.", "Rasterna."]
        url = URL.replace("savkullaskolan", "ringmuraskolan")
        nadia = as_(cast.nadia)
        page = nadia.page(url)
        assert page.count("Hasselbrinksskolan 2025/26") == 2
        other = waiting_for(analysis, drafts=True)[1]
        nadia.submit(f"{url}/fran-tidigare/{other.id}", {"development": "remains"})
        assert "Kvarstår sedan Hasselbrinksskolan 2025/26" in nadia.page(url)

    def test_a_draft_of_a_unit_that_lives_on_stays_its_own(self, cast):
        earlier = an_earlier(cast, unit=cast.hassel, adopt=False)
        analysis = self.after(cast, closes=False)
        assert offered(analysis) == []
        earlier.share(by=cast.ali)
        assert offered(analysis) == ["Läsningen.", "Rasterna."]

    def test_what_a_unit_that_lives_on_has_opened_again_is_offered_as_adopted(self, cast, as_):
        earlier = an_earlier(cast, unit=cast.hassel)
        first, second = earlier.problems
        earlier.reopen("Nya siffror.", by=cast.ali)
        first.write("Hemligt.", None, by=cast.ali)
        first.causes[0].write("Hemlig orsak.", CauseLocation.TEACHING, "", True, by=cast.ali)
        second.retire(by=cast.ali)
        earlier.add_problem("Nytt och hemligt.", None, by=cast.ali)
        db.session.commit()
        analysis = self.after(cast, closes=False)
        url = URL.replace("savkullaskolan", "ringmuraskolan")
        nadia = as_(cast.nadia)
        page = nadia.page(url)
        assert "2 kvar att ta ställning till" in page
        assert "hemlig" not in (page + nadia.page(f"{url}/fran-tidigare/{first.id}")).lower()

        nadia.submit(f"{url}/fran-tidigare/{first.id}", {"development": "remains"})

        (problem,) = analysis.problems
        assert problem.text == "Läsningen."
        assert [(row.text, row.location, row.factor) for row in problem.causes] == [
            ("Läsningen. Vi planerar var för sig.", CauseLocation.LEADERSHIP, SuccessFactor.LEADERSHIP),
            ("Läser inte hemma.", CauseLocation.OUTSIDE, None),
        ]  # fmt: skip
        for where in (url, f"{url}/problem/{problem.id}"):
            assert "hemlig" not in nadia.page(where).lower()
        assert analysis.snapshot()["problems"][0]["follows"]["before"] == "Läsningen."

    def test_a_draft_of_a_closed_unit_is_for_the_successors_writers_alone(self, cast, as_):
        earlier = an_earlier(cast, unit=cast.hassel, adopt=False)
        analysis = self.after(cast)
        assert offered(analysis) == ["Läsningen.", "Rasterna."]
        assert offered(analysis, drafts=False) == []
        url = URL.replace("savkullaskolan", "ringmuraskolan")
        for person in (cast.maria, cast.lena, cast.sofia):
            answer = as_(person).get(f"{url}/fran-tidigare/{earlier.problems[0].id}")
            assert answer.status_code in (403, 404)
        analysis.share(by=cast.nadia)
        db.session.commit()
        assert "Läsningen." not in as_(cast.maria).page(url)

    def test_this_läsårs_analysis_of_a_unit_that_goes_on_is_not_an_earlier_one(self, cast):
        an_earlier(cast, unit=cast.hassel, year=cast.year)
        assert offered(self.after(cast, closes=False)) == []

    def test_in_the_middle_of_a_läsår_it_is(self, cast):
        an_earlier(cast, unit=cast.hassel, year=cast.year)
        assert offered(self.after(cast, on=date(2026, 11, 1))) == ["Läsningen.", "Rasterna."]

    def test_what_a_unit_that_lives_on_takes_further_is_still_offered(self, cast):
        """The fault: a draft of Hasselbrinksskolan takes its problem away from who took over a part of it."""
        earlier = an_earlier(cast, unit=cast.hassel)
        analysis = self.after(cast, closes=False)
        going_on = this_years(cast, cast.hassel)
        going_on.take_over(earlier.problems[0], REMAINS, "", by=cast.ali)
        db.session.flush()
        assert offered(analysis) == ["Läsningen.", "Rasterna."]
        assert offered(going_on) == ["Rasterna."]

    def test_what_one_successor_took_the_other_is_still_offered(self, cast):
        earlier = an_earlier(cast, unit=cast.hassel)
        take_over(cast.klockvret, cast.hassel, date(2026, 7, 1), by=cast.tove, closes=False)
        other = this_years(cast, cast.klockvret)
        other.take_over(earlier.problems[0], REMAINS, "", by=cast.erik)
        assert offered(other) == ["Rasterna."]
        assert offered(self.after(cast)) == ["Läsningen.", "Rasterna."]


def test_plan_word_and_brief_show_what_has_become_of_it(cast, as_, analysis):
    earlier = an_earlier(cast, texts=("Läsningen förra året.",))
    problem = analysis.take_over(
        earlier.problems[0], ProblemDevelopment.CHANGED, "74 % i maj.", by=cast.karin
    )
    DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning", "", "80 %", by=cast.karin, problems=[problem]
    )
    analysis.adopt(by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    plan = URL.replace("nulagesanalys", "utvecklingsplan")
    for url in (
        plan,
        URL + "/versioner/1",
        f"/dialoger/{cast.dialogue(cast.savkulla).id}/underlag",
    ):
        page = karin.page(url)
        assert "Förändrat sedan 2025/26" in page
        assert "Läsningen förra året." in page
        assert "74 % i maj." in page
    for url in (plan, URL + "/versioner/1"):
        written = docx.Document(io.BytesIO(karin.get(url + ".docx").data))
        text = "\n".join(paragraph.text for paragraph in written.paragraphs)
        assert "Förändrat sedan 2025/26." in text
        assert "Så stod det 2025/26: Läsningen förra året." in text
        assert "Så ser det ut nu: 74 % i maj." in text


def test_the_page_asks_no_more_than_fifteen_statements(cast, as_, statements):
    """With earlier problems that wait, and then adopted with measures that stand on them."""
    earlier = an_earlier(cast)
    for cause in earlier.causes:
        a_measure(cast, year=cast.last_year, basis=MeasureBasis.CAUSE, cause_id=cause.id)
    analysis = this_years(cast)
    analysis.write({"basis": "Prov", "results": "69 %"}, by=cast.karin)
    analysis.take_over(earlier.problems[0], REMAINS, "", by=cast.karin)
    karin = as_(cast.karin)
    karin.page(URL)
    with statements() as writing:
        assert "1 kvar att ta ställning till" in karin.page(URL)
    analysis.adopt(by=cast.karin)
    db.session.commit()
    with statements() as adopted:
        assert "Åtgärder att tänka på" in karin.page(URL)
    list_of_measures = URL.replace("nulagesanalys", "atgarder")
    with statements() as listed:
        assert "Orsaken är inte med i årets analys" in karin.page(list_of_measures)
    assert max(len(writing), len(adopted), len(listed)) <= 15, (
        len(writing), len(adopted), len(listed),
    )  # fmt: skip
