"""Områden: added, renamed, removed when empty."""

import pytest

from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import Area, AuditEvent


def named(name):
    return db.session.query(Area).filter_by(name=name).one_or_none()


def test_one_more(cast, as_):
    browser = as_(cast.tove)

    browser.submit("/organisation/omraden", {"name": "  Väst "})

    assert named("Väst") is not None
    assert "Området ”Väst” är tillagt." in browser.page("/organisation/omraden")
    assert db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).first().sentence == (
        "Tove Lindh lade till området ”Väst”."
    )


def test_another_name(cast, as_):
    as_(cast.tove).submit(f"/organisation/omraden/{cast.norr.id}", {"name": "Norra"})

    assert cast.norr.name == "Norra"


def test_removed_when_empty_and_only_then(cast, as_):
    browser = as_(cast.tove)
    browser.submit("/organisation/omraden", {"name": "Väst"})
    vast, norr = named("Väst").id, cast.norr.id

    assert "Ja, ta bort Väst" in browser.page("/organisation/omraden")  # it asks first
    browser.submit(f"/organisation/omraden/{vast}/ta-bort")
    browser.submit(f"/organisation/omraden/{norr}/ta-bort")

    assert named("Väst") is None
    assert named("Norr") is not None
    assert "Norr kan inte tas bort" in browser.page("/organisation/omraden")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Skriv vad området heter."),
        ("   ", "Skriv vad området heter."),
        ("norr", "Det finns redan ett område som heter så."),
        ("x" * 100_000, "Texten är för lång: 100\u00a0000 tecken, högst 200 får plats."),
        ("850101-1236", None),
    ],
)
def test_bad_names_are_kept_and_explained(cast, as_, name, message):
    response = as_(cast.tove).submit("/organisation/omraden", {"name": name}, 422)

    assert message is None or message in errors(response)
    assert name.strip() in response.get_data(as_text=True)
    assert db.session.query(Area).filter_by(organizer_id=cast.exempelby.id).count() == 2


@pytest.mark.parametrize("name", ["Norr 😀", "<script>alert(1)</script>"])
def test_odd_names_are_shown_as_they_are(cast, as_, name):
    browser = as_(cast.tove)

    browser.submit("/organisation/omraden", {"name": name})

    assert "<script>" not in browser.page("/organisation/omraden")
    assert named(name) is not None


def test_another_municipality_sees_none_of_it(cast, as_):
    greta, norr = as_(cast.greta), cast.norr.id

    assert ">Norr<" not in greta.page("/organisation/omraden")
    greta.page(f"/organisation/omraden/{norr}", 404)
    greta.submit(f"/organisation/omraden/{norr}", {"name": "Vår"}, 404)
    greta.submit(f"/organisation/omraden/{norr}/ta-bort", status=404)
    as_(cast.erik).submit("/organisation/omraden", {"name": "Min"}, 403)
