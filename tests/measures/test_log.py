"""The log of a measure: an entry is corrected or removed by those who write there, and Historik keeps it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.measures.scenes import FINAL, NOT_YET, a_measure
from tracker.clock import today
from tracker.extensions import db
from tracker.models import AuditEvent, Decision, EffectAssessment, Measure, MeasureLogEntry, User

As = Callable[[User], CheckedClient]
WRITTEN = "Tre lektionsbesök i åk 3"


def logged(cast: Cast, **fields: Any) -> tuple[Measure, MeasureLogEntry]:
    measure = a_measure(cast, **fields)
    entry = measure.add_log(date(2026, 11, 18), WRITTEN, by=cast.jonas)
    db.session.commit()
    return measure, entry


def url(entry: MeasureLogEntry, verb: str = "") -> str:
    return f"/atgarder/{entry.measure_id}/logg/{entry.id}{verb}"


def sent(entry: MeasureLogEntry, **changes: Any) -> dict[str, Any]:
    return {"version": entry.stamp, "on": "2026-11-18", "text": entry.text} | changes


def sentences(measure: Measure) -> list[str]:
    events = db.session.scalars(
        sa.select(AuditEvent).filter_by(subject_kind="measure", subject_id=measure.id)
    )
    return [event.sentence for event in events]


def test_is_corrected_and_historik_keeps_what_it_said(cast: Cast, as_: As) -> None:
    measure, entry = logged(cast)
    karin = as_(cast.karin)
    assert url(entry) in karin.page(f"/atgarder/{measure.id}")
    assert WRITTEN in karin.page(url(entry))
    karin.submit(url(entry), sent(entry, text="Fyra lektionsbesök", on="2026-11-17"))
    assert (entry.text, entry.on, entry.by_name) == (
        "Fyra lektionsbesök", date(2026, 11, 17), "Jonas Ek",
    )  # fmt: skip
    assert sentences(measure)[-1] == (
        "Karin Holm rättade i loggen för åtgärden ”Lässtrategier i alla ämnen”. Före ändringen: "
        "18 november 2026, Jonas Ek: ”Tre lektionsbesök i åk 3”."
    )
    karin.submit(url(entry), sent(entry, on="2026-11-17"))
    assert len(sentences(measure)) == 5  # the same as before is no change


def test_is_removed_and_historik_keeps_what_it_said(cast: Cast, as_: As) -> None:
    measure, entry = logged(cast)
    karin = as_(cast.karin)
    assert "Ja, ta bort ur loggen" in karin.page(url(entry))
    address = url(entry)
    karin.submit(url(entry, "/ta-bort"), {"version": entry.stamp})
    assert measure.log == []
    assert "18 november 2026, Jonas Ek: ”Tre lektionsbesök i åk 3”" in sentences(measure)[-1]
    karin.page(address, 404)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": " "}, "Skriv vad som har gjorts."),
        ({"on": "2026-11-21"}, "Loggen berättar vad som har gjorts"),
        ({"text": "Elev 20120101-2380 läser"}, "personnummer"),
    ],
)
def test_bad_input_is_said_at_the_field(
    cast: Cast, as_: As, changes: dict[str, str], message: str
) -> None:
    _, entry = logged(cast)
    answer = as_(cast.karin).submit(url(entry), sent(entry, **changes), 422)
    assert message in errors(answer)[0]
    assert entry.text == WRITTEN


def test_an_old_form_shows_both_texts_and_removes_nothing(cast: Cast, as_: As) -> None:
    measure, entry = logged(cast)
    old = sent(entry, text="Karins text")
    as_(cast.jonas).submit(url(entry), sent(entry, text="Jonas text"))
    karin = as_(cast.karin)
    page = karin.submit(url(entry), old, 409).get_data(as_text=True)
    assert "Karins text" in page
    assert "Jonas text" in page
    karin.submit(url(entry, "/ta-bort"), {"version": old["version"]})
    assert [row.text for row in measure.log] == ["Jonas text"]
    karin.submit(url(entry), sent(entry, text="Karins text"))
    assert entry.text == "Karins text"


def test_what_an_assessment_was_built_on_stands(cast: Cast, as_: As, the_day: Any) -> None:
    measure, entry = logged(cast, due=today() - timedelta(days=3))
    EffectAssessment.make(measure, cast.year, by=cast.karin, **NOT_YET)
    db.session.commit()
    karin = as_(cast.karin)
    karin.page(url(entry))
    goes_on = FINAL | {"decision": Decision.CONTINUE, "next_date": date(2027, 5, 1)}
    EffectAssessment.make(measure, cast.year, by=cast.karin, revises=1, **goes_on)
    db.session.commit()
    the_day.move_to("2026-11-23 09:00+01:00")
    later = measure.add_log(today(), "Efter bedömningen", by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    page = karin.page(f"/atgarder/{measure.id}")
    assert url(later) in page
    assert url(entry) not in page
    refused = karin.submit(url(entry), sent(entry, text="Skrivet förgäves"), 409).text
    assert "Effekten är bedömd" in refused
    assert "Skrivet förgäves" in refused
    karin.submit(url(entry, "/ta-bort"), {"version": entry.stamp})
    assert entry.text == WRITTEN
    assert karin.get(url(entry)).location == f"/atgarder/{measure.id}"


def test_an_entry_of_another_measure_is_not_there(cast: Cast, as_: As) -> None:
    _, entry = logged(cast)
    other = a_measure(cast, "En annan")
    as_(cast.karin).page(f"/atgarder/{other.id}/logg/{entry.id}", 404)


def test_others_may_not(cast: Cast, as_: As) -> None:
    measure, entry = logged(cast)
    for person in (cast.sofia, cast.erik, cast.lena, cast.tove):
        as_(person).submit(url(entry), sent(entry), 403)
        as_(person).submit(url(entry, "/ta-bort"), {"version": entry.stamp}, 403)
        assert url(entry) not in as_(person).page(f"/atgarder/{measure.id}")
    for person in (cast.nadia, cast.mats):
        as_(person).page(url(entry), 404)
        as_(person).submit(url(entry, "/ta-bort"), {}, 404)
    assert as_(cast.karin).get(url(entry, "/ta-bort")).status_code == 405
