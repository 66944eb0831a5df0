"""The same form sent twice is one measure; two who decide, assess or bring along at once do it once."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.cast import THE_DAY, Cast
from tests.checked_client import CheckedClient
from tests.faults.scenes import World, world
from tests.measures.scenes import a_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AuditEvent, EffectAssessment, Measure, User

URL = "/enheter/savkullaskolan/2026-27/atgarder/ny"
INHERIT = "/enheter/savkullaskolan/borja-mitt-i-lasaret"
FILLED = {
    "title": "Lässtrategier i alla ämnen",
    "basis": "organizer",
    "basis_note": "Nämndens beslut om läsning",
    "expected_effect": "I maj når minst 80 % kravnivån (start 69 %).",
    "assessable_from": "2027-05-20",
}
ASSESSED = {
    "version": "0",
    "carried_out": "yes",
    "outcome": "74 %",
    "judgement": "partly",
    "evidence": "Nationella prov",
    "decision": "end",
}
As = Callable[[User], CheckedClient]


def token_in(page: str) -> str:
    found = re.search(r'name="form_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_same_form_sent_twice_is_one_measure(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    sent = FILLED | {"form_token": token_in(karin.page(URL))}
    first = karin.submit(URL, sent)
    again = karin.submit(URL, sent)
    assert again.location == first.location
    assert "Åtgärden är redan sparad." in karin.page(again.location)
    assert db.session.query(Measure).count() == 1


def test_a_refused_form_keeps_its_token(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    token = token_in(karin.page(URL))
    answer = karin.submit(URL, FILLED | {"title": "", "form_token": token}, 422)
    assert token_in(answer.get_data(as_text=True)) == token


def test_gone_back_to_and_written_over_it_is_another_measure(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    sent = FILLED | {"form_token": token_in(karin.page(URL))}
    karin.submit(URL, sent)
    karin.submit(URL, sent | {"title": "Rastvärdar"})
    titles = [row.title for row in db.session.query(Measure).order_by(Measure.id)]
    assert titles == [FILLED["title"], "Rastvärdar"]


def test_a_token_that_is_none_of_ours_is_no_token(cast: Cast, as_: As) -> None:
    """The fault: PostgreSQL refuses NUL, and what was typed is on a page of its own."""
    as_(cast.karin).submit(URL, FILLED | {"form_token": "a\0b"})
    assert db.session.query(Measure).one().form_token is None


def test_every_form_has_its_own_token(cast: Cast, as_: As) -> None:
    karin = as_(cast.karin)
    assert token_in(karin.page(URL)) != token_in(karin.page(URL))


# at once, over connections of their own


@pytest.fixture
def apart(database_kind: str, tmp_path: Path) -> Iterator[World]:
    with world(database_kind, tmp_path) as made, time_machine.travel(THE_DAY, tick=False):
        yield made


def twice(
    world: World, url: str, sent: dict[str, str], by: User | None = None
) -> list[tuple[int, str]]:
    """Rektor, or whoever is given, sends the form twice at the same moment; status and where it led, of
    each."""
    browsers = [CheckedClient(world.app, checks_pages=False) for _ in range(2)]
    for browser in browsers:
        browser.become(by or world.cast.karin)
        sent = sent | {"csrf_token": browser.csrf_token()}
    db.session.remove()
    begin = threading.Barrier(2)

    def send(browser: CheckedClient) -> tuple[int, str]:
        with world.app.app_context():
            begin.wait()
            answer = browser.post(url, data={**sent, "csrf_token": browser.csrf_token()})
            db.session.remove()
            return answer.status_code, answer.location or ""

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(send, browsers))


def events(measure_id: int, action: str) -> int:
    return (
        db.session.query(AuditEvent)
        .filter_by(subject_kind="measure", subject_id=measure_id, action=action)
        .count()
    )


def test_made_twice_at_once_is_one_measure(apart: World) -> None:
    answers = twice(apart, URL, FILLED | {"form_token": "one-and-the-same"})
    (measure,) = db.session.query(Measure).all()
    assert answers == [(302, f"/atgarder/{measure.id}")] * 2


def test_decided_twice_at_once_is_decided_once(apart: World) -> None:
    key = a_measure(apart.cast, decide=False).id
    version = db.session.get_one(Measure, key).version
    answers = twice(apart, f"/atgarder/{key}/besluta", {"version": str(version)})
    assert {status for status, _ in answers} <= {302, 409}
    assert events(key, "measure_decided") == 1


def test_assessed_twice_at_once_is_assessed_once(apart: World) -> None:
    key = a_measure(apart.cast, due=today() - timedelta(days=6)).id
    answers = twice(apart, f"/atgarder/{key}/effekt", ASSESSED)
    assert sorted(status for status, _ in answers) == [302, 409]
    assert db.session.query(EffectAssessment).filter_by(measure_id=key).count() == 1
    assert events(key, "effect_assessed") == 1


def test_brought_along_twice_at_once_is_brought_along_once(apart: World) -> None:
    sent: dict[str, Any] = {"title_1": "Rastvärdar", "expected_effect_1": "Färre kränkningar"}
    answers = twice(apart, INHERIT, sent)
    assert sorted(status for status, _ in answers) == [302, 422]
    assert db.session.query(Measure).count() == 1
