"""Sharing, adopting and opening again, and the versions that stay."""

from tests.analyses.conftest import URL
from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AnalysisState, AuditEvent

ADOPT = URL + "/faststall"


def seen(analysis):
    return {"seen": analysis.changed_at.isoformat()}


def last_event():
    return db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()


def test_sharing(cast, as_, analysis):
    jonas = as_(cast.jonas)
    jonas.submit(URL + "/dela")
    assert analysis.state is AnalysisState.SHARED
    assert analysis.shared_by_name == "Jonas Ek"
    event = last_event()
    assert event.sentence == (
        "Jonas Ek delade nulägesanalysen för Sävkullaskolan 2026/27 med dialogansvarig."
    )
    assert not event.private
    jonas.submit(URL + "/dela")
    assert last_event() == event


def test_adopting_locks_and_keeps_the_version(cast, as_, analysis):
    karin = as_(cast.karin)
    karin.submit(ADOPT, seen(analysis))
    assert analysis.state is AnalysisState.ADOPTED
    version = analysis.latest_version
    assert (version.number, version.adopted_by_name) == (1, "Karin Holm")
    assert last_event().sentence == (
        "Karin Holm fastställde nulägesanalysen för Sävkullaskolan 2026/27, version 1."
    )
    karin.submit(ADOPT, seen(analysis), status=409)
    assert len(analysis.versions) == 1


def test_causes_without_evidence_are_mentioned_and_stop_nothing(cast, as_, analysis):
    karin = as_(cast.karin)
    page = karin.page(URL)
    assert "En orsak har inget belägg än (Hur vet ni det?). Analysen kan fastställas ändå." in page
    cause = analysis.causes_without_evidence[0]
    assert f'{URL}/orsaker/{cause.id}#evidence">Skriv hur ni vet: ”Många elever läser' in page
    karin.submit(ADOPT, seen(analysis))
    assert analysis.is_locked
    assert "inget belägg än" not in karin.page(URL)


def test_nothing_is_said_of_evidence_when_every_cause_has_it(cast, as_, analysis):
    cause = analysis.causes_without_evidence[0]
    cause.write(cause.text, cause.location, "Enkät i maj", cause.prioritised, by=cast.karin)
    assert "inget belägg än" not in as_(cast.karin).page(URL)


def test_what_is_missing_is_said_and_nothing_is_adopted(cast, as_, analysis):
    for cause in analysis.problems[1].causes:
        cause.retire(by=cast.karin)
    analysis.write({"basis": ""}, by=cast.karin)
    db.session.commit()
    response = as_(cast.karin).submit(ADOPT, seen(analysis), status=422)
    page = response.get_data(as_text=True)
    assert "Analysen kan inte fastställas än." in page
    assert ">Skriv vad analysen bygger på</a>" in page
    assert "Skriv en orsak till ”Åk 4–6 är otrygga på rasten.”" in page
    assert "Skriv minst en orsak. Det behövs för att fastställa analysen." in page
    assert analysis.versions == []


def test_what_the_person_has_not_read_is_not_adopted(cast, as_, analysis, the_day):
    read = seen(analysis)
    the_day.shift(60)
    analysis.causes[0].write(
        "En helt annan orsak", analysis.causes[0].location, "", True, by=cast.jonas
    )
    db.session.commit()
    response = as_(cast.karin).submit(ADOPT, read, status=409)
    page = response.get_data(as_text=True)
    assert "Analysen har ändrats sedan du öppnade sidan." in page
    assert "En helt annan orsak" in page
    assert analysis.versions == []
    as_(cast.karin).submit(ADOPT, seen(analysis))


def test_a_deputy_adopts_only_by_delegation(cast, as_, analysis):
    jonas = as_(cast.jonas)
    page = jonas.page(URL)
    assert "Rektor fastställer analysen." in page
    assert "Fastställ analysen</button>" not in page
    jonas.submit(ADOPT, seen(analysis), status=403)
    analysis.adopt(by=cast.karin)
    jonas.page(URL + "/oppna-igen", 403)


def test_others_may_not_share_adopt_or_reopen(cast, as_, analysis):
    for person, status in ((cast.erik, 403), (cast.sofia, 403), (cast.tove, 403), (cast.mats, 404)):
        browser = as_(person)
        browser.submit(URL + "/dela", status=status)
        browser.submit(ADOPT, seen(analysis), status=status)
        browser.submit(URL + "/oppna-igen", {"reason": "för att"}, status=status)
    assert analysis.is_draft


def test_reopening_needs_a_reason(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    response = as_(cast.karin).submit(URL + "/oppna-igen", {"reason": " "}, status=422)
    assert errors(response) == ["Skriv varför analysen behöver öppnas igen."]
    assert analysis.is_locked


def test_an_open_analysis_has_nothing_to_reopen(cast, as_, analysis):
    karin = as_(cast.karin)
    assert karin.get(URL + "/oppna-igen").location.endswith(URL)
    assert "för att" in karin.submit(URL + "/oppna-igen", {"reason": "för att"}, 409).text
    assert analysis.is_draft


def test_a_reopened_analysis_leaves_the_version_as_it_was(cast, as_, analysis):
    karin = as_(cast.karin)
    karin.submit(ADOPT, seen(analysis))
    for _pressed in range(2):
        karin.submit(URL + "/oppna-igen", {"reason": "Nya betyg\nhar kommit."})
    assert last_event().sentence.endswith("öppnade nulägesanalysen för Sävkullaskolan 2026/27 igen: Nya betyg har kommit.")  # fmt: skip
    analysis.write({"results": "74 % i maj."}, by=cast.karin)
    analysis.problems[1].write("Ett nytt problem", None, by=cast.karin)
    db.session.commit()

    sofia = as_(cast.sofia)
    for page in (sofia.page(URL), sofia.page(URL + "/versioner/1")):
        assert "69 % nådde kravnivån" in page
        assert "Åk 4–6 är otrygga" in page
        assert "74 %" not in page
    follower = as_(cast.erik).page(URL)
    assert "74 % i maj." in follower
    assert "Nya betyg\nhar kommit." in follower
    assert "För alla andra gäller version 1" in follower

    karin.submit(ADOPT, seen(analysis))
    page = sofia.page(URL)
    assert "74 % i maj." in page
    assert "version 2." in page
    old = sofia.page(URL + "/versioner/1")
    assert "69 % nådde kravnivån" in old
    assert "Det finns en senare version" in old
    assert "Öppnad igen 20 november 2026 av Karin Holm: Nya betyg\nhar kommit." in old
    sofia.page(URL + "/versioner/3", 404)


def test_a_version_is_read_from_its_snapshot_alone(cast, as_, analysis):
    analysis.adopt(by=cast.karin)
    db.session.commit()
    as_(cast.tove)
    cast.savkulla.rename("Norra skolan", by=cast.tove)
    db.session.commit()
    page = as_(cast.sofia).page("/enheter/norra-skolan/2026-27/nulagesanalys/versioner/1")
    assert "Nulägesanalys för Sävkullaskolan 2026/27, version 1" in page


def test_a_version_that_is_not_there(cast, as_, analysis):
    as_(cast.karin).page(URL + "/versioner/1", 404)


def test_a_problem_of_an_adopted_version_is_set_aside_and_the_rest_adopted(cast, as_, analysis):
    karin = as_(cast.karin)
    karin.submit(ADOPT, seen(analysis))
    karin.submit(URL + "/oppna-igen", {"reason": "Rasterna är trygga nu"})
    problem = analysis.problems[1]
    assert "Ta bort problemet" not in karin.page(f"{URL}/problem/{problem.id}")
    karin.submit(f"{URL}/problem/{problem.id}/lagg-undan")
    karin.submit(ADOPT, seen(analysis))
    assert [len(row.content["problems"]) for row in analysis.versions] == [2, 1]
