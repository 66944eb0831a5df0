"""Fördjupad analys: who says it, who writes of the support, and where it is read."""

import io
from datetime import date

import docx
import pytest

from tests.analyses.conftest import URL
from tests.checked_client import errors
from tests.faults.scenes import World
from tests.measures.test_pressed_twice import apart, twice
from tracker.extensions import db
from tracker.models import AnalysisDeepening, AuditEvent

__all__ = ["apart"]

REASON = "Tredje året i rad under 70 %."
SUPPORT = {
    "support_offered": "Kvalitetsutvecklaren en dag i veckan.",
    "support_wanted": "Besök på lektioner.",
    "support_given_by": "Samira i oktober.",
}


def deepened(cast, unit=None):
    row = AnalysisDeepening.decide(
        cast.cycle(unit or cast.savkulla), date(2026, 9, 1), REASON, by=cast.erik
    )
    row.describe_support(SUPPORT, by=cast.erik)
    db.session.commit()
    return row


def test_the_dialogansvarig_says_it_before_anybody_has_begun(cast, as_):
    erik = as_(cast.erik)
    assert "Bestäm att analysen ska fördjupas" in erik.page(URL)
    response = erik.submit(URL + "/fordjupa", {"on": "2026-09-01", "reason": REASON})
    assert response.location == URL + "/stod"
    erik.submit(response.location, {"version": "1", **SUPPORT})
    for person in (cast.karin, cast.jonas, cast.erik, cast.lena, cast.samira):
        page = as_(person).page(URL)
        assert REASON in page
        assert "1 september 2026" in page
        assert SUPPORT["support_given_by"] in page


def test_what_is_missing_is_said_at_its_field(cast, as_):
    answer = as_(cast.erik).submit(URL + "/fordjupa", {"on": "i går", "reason": " "}, status=422)
    assert errors(answer) == [
        "Skriv datumet som år-månad-dag, till exempel 2027-01-15.",
        "Skriv vad i uppföljningen som gör att analysen ska fördjupas.",
    ]
    assert db.session.query(AnalysisDeepening).count() == 0


@pytest.mark.parametrize("name", ["karin", "lena", "sofia", "samira", "tove"])
def test_nobody_else_says_it(cast, as_, name):
    sent = {"on": "2026-09-01", "reason": REASON}
    as_(getattr(cast, name)).submit(URL + "/fordjupa", sent, status=403)


def test_both_sides_write_of_the_support_and_an_old_form_overwrites_nothing(cast, as_):
    row = deepened(cast)
    seen = row.version
    as_(cast.karin).submit(
        URL + "/stod", {"version": seen, **SUPPORT, "support_wanted": "Mer tid."}
    )
    answer = as_(cast.erik).submit(
        URL + "/stod", {"version": seen, **SUPPORT, "support_wanted": "Mindre tid."}, status=409
    )
    text = answer.get_data(as_text=True)
    assert "Mindre tid.</textarea>" in text
    assert "<p>Mer tid.</p>" in text
    assert row.support_wanted == "Mer tid."
    as_(cast.lena).page(URL + "/stod", 403)


def test_there_is_no_support_to_write_of_in_an_ordinary_analysis(cast, as_):
    as_(cast.karin).page(URL + "/stod", 404)


def test_staff_read_it_when_it_is_adopted_and_as_it_was_then(cast, as_, analysis):
    row = deepened(cast)
    sofia = as_(cast.sofia)
    assert REASON not in sofia.page(URL)
    analysis.adopt(by=cast.karin)
    row.change(row.on, "Ett annat skäl.", by=cast.erik)
    db.session.commit()
    for page in (sofia.page(URL), sofia.page(URL + "/versioner/1")):
        assert REASON in page
        assert "Ett annat skäl." not in page
    assert "Ett annat skäl." in as_(cast.karin).page(URL)


def test_word_and_the_brief_tell_it(cast, as_, analysis):
    deepened(cast)
    analysis.adopt(by=cast.karin)
    karin = as_(cast.karin)
    written = docx.Document(io.BytesIO(karin.get(URL + ".docx").data))
    text = "\n".join(paragraph.text for paragraph in written.paragraphs)
    assert REASON in text
    assert f"Erbjudet: {SUPPORT['support_offered']}" in text
    brief = karin.page(f"/dialoger/{cast.dialogue(cast.savkulla).id}/underlag")
    assert REASON in brief
    assert SUPPORT["support_given_by"] in brief


def test_the_brief_tells_it_while_the_analysis_is_a_draft_and_nothing_of_the_draft(cast, as_, analysis):  # fmt: skip
    deepened(cast)
    brief = as_(cast.erik).page(f"/dialoger/{cast.dialogue(cast.savkulla).id}/underlag")
    assert REASON in brief
    assert "faktatexter" not in brief


def test_taken_back_it_is_an_ordinary_analysis_and_history_tells(cast, as_):
    deepened(cast)
    as_(cast.erik).submit(URL + "/fordjupa/ta-tillbaka")
    assert db.session.query(AnalysisDeepening).count() == 0
    assert REASON not in as_(cast.karin).page(URL)
    told = [row.action.value for row in db.session.query(AuditEvent).order_by(AuditEvent.id)][-3:]
    assert told == ["analysis_deepened", "deepening_support", "deepening_ended"]
    as_(cast.erik).submit(URL + "/fordjupa/ta-tillbaka")  # pressed twice


def test_said_by_two_at_once_it_is_said_once(apart: World) -> None:
    cast = apart.cast
    url = URL.replace("savkullaskolan", "klockvretsskolan") + "/fordjupa"
    sent = {"on": "2026-09-01", "reason": REASON}
    answers = twice(apart, url, sent, by=cast.erik)
    assert answers == [(302, url.replace("fordjupa", "stod"))] * 2
    assert db.session.query(AnalysisDeepening).count() == 1
    assert db.session.query(AuditEvent).filter_by(action="analysis_deepened").count() == 1
