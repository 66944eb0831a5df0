"""Inviting a quality developer to write."""

from tests.analyses.conftest import URL
from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent

WRITERS = URL + "/skribenter"


def test_an_invited_developer_writes_but_does_not_share_adopt_or_invite(cast, as_, analysis):
    karin, samira = as_(cast.karin), as_(cast.samira)
    assert "Samira Nilsson</option>" in karin.page(WRITERS)
    samira.page(URL + "/skriv", 403)
    karin.submit(WRITERS, {"person": cast.samira.id})
    page = samira.page(URL)
    assert "Inbjudna: Samira Nilsson." in page
    assert "Fastställ analysen</button>" not in page
    assert "Dela med dialogansvarig" not in page
    samira.submit(
        URL + "/skriv", {"version": analysis.version, "basis": "Samtal", "results": "Samiras text"}
    )
    assert analysis.results == "Samiras text"
    samira.submit(URL + "/problem/nytt", {"text": "Frånvaron ökar."})
    samira.submit(URL + "/dela", status=403)
    samira.submit(URL + "/faststall", {"seen": analysis.changed_at.isoformat()}, status=403)
    samira.page(WRITERS, 403)
    samira.submit(WRITERS, {"person": cast.samira.id}, status=403)


def test_an_invitation_is_for_this_analysis_only(cast, as_, analysis):
    analysis.invite(cast.samira, by=cast.karin)
    other = URL.replace("savkullaskolan", "lyktvretens-forskola")
    as_(cast.samira).page(other + "/skriv", 403)
    as_(cast.samira).submit(other + "/borja", status=403)


def test_an_invitation_is_taken_back(cast, as_, analysis):
    analysis.invite(cast.samira, by=cast.karin)
    karin = as_(cast.karin)
    karin.submit(f"{WRITERS}/{cast.samira.id}/ta-bort")
    as_(cast.samira).page(URL + "/skriv", 403)
    assert "Analysen är inte delad än." in as_(cast.samira).page(URL)
    rows = db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).limit(2)
    assert [row.sentence for row in rows] == [
        "Karin Holm tog bort Samira Nilsson som skribent i nulägesanalysen.",
        "Karin Holm bjöd in Samira Nilsson att skriva i nulägesanalysen.",
    ]
    assert all(row.private for row in rows)


def test_only_developers_of_the_unit_can_be_invited(cast, as_, analysis):
    karin = as_(cast.karin)
    for person in (cast.erik, cast.sofia, cast.mats):
        response = karin.submit(WRITERS, {"person": person.id}, status=422)
        assert errors(response) == ["Välj ett av alternativen."]
    response = karin.submit(WRITERS, {"person": ""}, status=422)
    assert errors(response) == ["Välj vem du vill bjuda in."]
    assert analysis.writers == []


def test_when_all_are_invited_the_page_says_so(cast, as_, analysis):
    analysis.invite(cast.samira, by=cast.karin)
    assert "Alla kvalitetsutvecklare för enheten är redan inbjudna." in as_(cast.karin).page(
        WRITERS
    )


def test_readers_may_not_invite(cast, as_, analysis):
    analysis.share(by=cast.karin)
    for person, status in ((cast.erik, 403), (cast.sofia, 403), (cast.mats, 404)):
        as_(person).page(WRITERS, status)
        as_(person).submit(WRITERS, {"person": cast.samira.id}, status=status)
        as_(person).submit(f"{WRITERS}/{cast.samira.id}/ta-bort", status=status)
