"""Problems and causes: written, set aside, taken back."""

from datetime import date

from tests.analyses.conftest import URL
from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    Cause,
    CauseLocation,
    Measure,
    MeasureBasis,
    Problem,
    SchoolForm,
    SituationAnalysis,
)


def cause_form(cause=None, **changes):
    values = {"text": "Samlingen är för stor.", "location": "teaching", "evidence": "Åtta filmer."}
    return {**values, **({"version": cause.version} if cause else {}), **changes}


def sentences():
    db.session.expire_all()
    return [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]


def test_a_problem_and_then_its_cause(cast, as_, analysis):
    karin = as_(cast.karin)
    data = {"text": "Frånvaron ökar.", "form": "GR", "then_cause": "1"}
    response = karin.submit(URL + "/problem/nytt", data)
    problem = analysis.problems[-1]
    assert (problem.text, problem.form) == ("Frånvaron ökar.", SchoolForm.COMPULSORY)
    assert response.location.endswith(f"/problem/{problem.id}/orsaker/ny")
    response = karin.submit(response.location, cause_form(not_prioritised="y"))
    assert response.location == URL  # to the top, where the receipt is seen
    cause = problem.causes[0]
    assert (cause.text, cause.location, cause.evidence, cause.prioritised) == (
        "Samlingen är för stor.",
        CauseLocation.TEACHING,
        "Åtta filmer.",
        False,
    )
    page = karin.page(URL)
    assert "Inte prioriterad i år" in page
    assert sentences()[-2:] == [
        "Karin Holm lade till ett problem i nulägesanalysen: ”Frånvaron ökar”.",
        "Karin Holm lade till orsaken ”Samlingen är för stor”.",
    ]


def test_an_empty_problem_is_refused_in_plain_words(cast, as_, analysis):
    response = as_(cast.karin).submit(URL + "/problem/nytt", {"text": " ", "form": ""}, status=422)
    assert errors(response) == [
        "Skriv vad som inte är som det ska vara, eller vad som behöver utvecklas."
    ]
    assert len(analysis.problems) == 2


def test_the_verksamhet_is_asked_for_only_where_there_are_several(cast, as_):
    SituationAnalysis.start(cast.cycle(cast.hassel), by=cast.ali)
    url = URL.replace("savkullaskolan", "hasselbrinksskolan") + "/problem/nytt"
    ali = as_(cast.ali)
    assert "verksamhet gäller" not in ali.page(url)
    ali.submit(url, {"text": "Frånvaron ökar."})
    assert db.session.query(Problem).one().form is None


def test_a_verksamhet_that_the_unit_lacks_is_refused(cast, as_, analysis):
    data = {"text": "Frånvaron ökar.", "form": "VUX"}
    response = as_(cast.karin).submit(URL + "/problem/nytt", data, status=422)
    assert errors(response) == ["Välj ett av alternativen."]


def test_an_old_problem_form_shows_both_texts(cast, as_, analysis):
    problem = analysis.problems[0]
    url = f"{URL}/problem/{problem.id}"
    seen = problem.version
    as_(cast.jonas).submit(url, {"version": seen, "text": "Jonas problem", "form": "FTH"})
    data = {"version": seen, "text": "Karins problem", "form": "GR"}
    response = as_(cast.karin).submit(url, data, status=409)
    page = response.get_data(as_text=True)
    assert "Karins problem</textarea>" in page
    assert "<p>Jonas problem</p>" in page
    assert "<p>Fritidshem</p>" in page
    assert problem.text == "Jonas problem"


def test_an_old_cause_form_shows_both_texts(cast, as_, analysis):
    cause = analysis.causes[0]
    url = f"{URL}/orsaker/{cause.id}"
    old = cause_form(cause, text="Karins orsak")
    as_(cast.jonas).submit(
        url, cause_form(cause, text="Jonas orsak", location="support", not_prioritised="y")
    )
    response = as_(cast.karin).submit(url, old, status=409)
    page = response.get_data(as_text=True)
    assert "Karins orsak</textarea>" in page
    assert "<p>Jonas orsak</p>" in page
    assert "<p>Stöd och elevhälsa</p>" in page
    assert "<p>Ja</p>" in page
    assert (cause.text, cause.prioritised) == ("Jonas orsak", False)


def test_a_cause_needs_its_text_and_its_place(cast, as_, analysis):
    problem = analysis.problems[0]
    url = f"{URL}/problem/{problem.id}/orsaker/ny"
    response = as_(cast.karin).submit(url, {"evidence": "Åtta filmer."}, status=422)
    assert errors(response) == [
        "Skriv vad ni tror att problemet beror på.",
        "Välj var orsaken ligger. Ta det som stämmer bäst.",
    ]
    assert "Åtta filmer.</textarea>" in response.get_data(as_text=True)
    assert len(problem.causes) == 2


def test_a_personal_identity_number_in_a_cause(cast, as_, analysis):
    cause = analysis.causes[0]
    data = cause_form(cause, evidence="Enligt 20100412-2386.")
    response = as_(cast.karin).submit(f"{URL}/orsaker/{cause.id}", data, status=422)
    assert "personnummer" in errors(response)[0]
    assert "Enligt 20100412-2386.</textarea>" in response.get_data(as_text=True)


def test_a_cause_is_set_aside_and_taken_back(cast, as_, analysis):
    cause = analysis.causes[0]
    karin = as_(cast.karin)
    karin.submit(f"{URL}/orsaker/{cause.id}/lagg-undan")
    karin.submit(f"{URL}/orsaker/{cause.id}/lagg-undan")
    assert cause.retired_by_name == "Karin Holm"
    page = karin.page(URL)
    assert "Undanlagt (1)" in page
    assert f'id="orsak-{cause.id}"' not in page
    karin.submit(f"{URL}/orsaker/{cause.id}/ta-tillbaka")
    assert cause.retired_at is None
    assert f'id="orsak-{cause.id}"' in karin.page(URL)
    assert sentences()[-2:] == [
        "Karin Holm lade undan orsaken ”Vi visar sällan hur man tar sig an en svår text”.",
        "Karin Holm tog tillbaka orsaken ”Vi visar sällan hur man tar sig an en svår text”.",
    ]


def test_an_unused_problem_is_removed_for_good(cast, as_, analysis):
    problem_id = analysis.problems[1].id
    karin = as_(cast.karin)
    assert "Ta bort problemet" in karin.page(f"{URL}/problem/{problem_id}")
    karin.submit(f"{URL}/problem/{problem_id}/ta-bort")
    assert [row.id for row in analysis.problems] == [analysis.problems[0].id]
    assert db.session.query(Cause).filter_by(problem_id=problem_id).count() == 0
    assert sentences()[-1] == (
        "Karin Holm tog bort problemet ”Åk 4–6 är otrygga på rasten” ur nulägesanalysen."
    )


def test_a_problem_that_a_measure_builds_on_is_set_aside_and_never_removed(cast, as_, analysis):
    problem = analysis.problems[0]
    measure = Measure.propose(
        cast.cycle(cast.savkulla),
        by=cast.karin,
        title="Lässtrategier",
        basis=MeasureBasis.CAUSE,
        cause_id=problem.causes[0].id,
        expected_effect="80 %",
        assessable_from=date(2027, 5, 1),
    )
    measure.decide(by=cast.karin)
    karin = as_(cast.karin)
    url = f"{URL}/problem/{problem.id}"
    assert "Ta bort problemet" not in karin.page(url)
    karin.submit(url + "/ta-bort")
    assert problem in analysis.problems
    assert "Lägg undan det i stället." in karin.page(url)
    karin.submit(url + "/lagg-undan")
    assert analysis.missing_for_adoption() == []
    assert [row["id"] for row in analysis.snapshot()["problems"]] == [analysis.problems[1].id]
    assert measure.cause.problem == problem
    karin.submit(url + "/ta-tillbaka")
    assert len(analysis.snapshot()["problems"]) == 2
    assert sentences()[-2:] == [
        "Karin Holm lade undan problemet ”Var tredje elev förstår inte faktatexter” i nulägesanalysen.",
        "Karin Holm tog tillbaka problemet ”Var tredje elev förstår inte faktatexter” i nulägesanalysen.",
    ]


def test_parts_of_another_analysis_are_not_here(cast, as_, analysis):
    other = SituationAnalysis.start(cast.cycle(cast.lyktvret), by=cast.karin)
    problem = other.add_problem("Annat", None, by=cast.karin)
    cause = problem.add_cause("Orsak", CauseLocation.TEACHING, "", by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    karin.page(f"{URL}/problem/{problem.id}", 404)
    karin.page(f"{URL}/orsaker/{cause.id}", 404)
    karin.submit(f"{URL}/orsaker/{cause.id}/lagg-undan", status=404)
    assert cause.retired_at is None


def test_nothing_can_be_set_aside_in_an_adopted_analysis(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    problem, cause = analysis.problems[0], analysis.causes[0]
    karin = as_(cast.karin)
    for path in (
        f"/problem/{problem.id}",
        f"/problem/{problem.id}/ta-bort",
        f"/problem/{problem.id}/lagg-undan",
        f"/problem/{problem.id}/ta-tillbaka",
        f"/problem/{problem.id}/orsaker/ny",
        f"/orsaker/{cause.id}",
        f"/orsaker/{cause.id}/lagg-undan",
        f"/orsaker/{cause.id}/ta-tillbaka",
    ):
        karin.submit(URL + path, status=409)
    assert cause.retired_at is None


def test_readers_may_not_touch_problems_and_causes(cast, as_, analysis):
    analysis.share(by=cast.karin)
    problem, cause = analysis.problems[0], analysis.causes[0]
    for person, status in ((cast.erik, 403), (cast.sofia, 403), (cast.mats, 404)):
        browser = as_(person)
        browser.page(f"{URL}/problem/{problem.id}", status)
        browser.page(f"{URL}/orsaker/{cause.id}", status)
        browser.page(f"{URL}/problem/{problem.id}/orsaker/ny", status)
        for path in ("ta-bort", "lagg-undan", "ta-tillbaka"):
            browser.submit(f"{URL}/problem/{problem.id}/{path}", status=status)
        for path in ("lagg-undan", "ta-tillbaka"):
            browser.submit(f"{URL}/orsaker/{cause.id}/{path}", status=status)
    assert analysis.retired == []
