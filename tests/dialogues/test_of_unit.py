"""A unit's two dialogues of a läsår."""

from tests.dialogues.scenes import placed
from tracker.extensions import db
from tracker.models import DialogueUnit


def url(unit, year="2026-27"):
    return f"/enheter/{unit.slug}/{year}/dialoger"


def test_the_units_two(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.choose_topic("Matematik", "", None, by=cast.karin)
    page = as_(cast.karin).page(url(cast.savkulla))
    assert "Dialog 1, undersökande samtal" in page
    assert "Dialog 2, uppföljning och utvärdering" in page
    assert "tisdag 8 december 2026" in page
    assert "Matematik" in page
    assert "Gäller även" in page
    assert f"/dialoger/{dialogue.id}/underlag" in page


def test_an_earlier_year(cast, as_):
    page = as_(cast.erik).page(url(cast.hassel, "2025-26"))
    assert "Dialoger för Hasselbrinksskolan 2025/26" in page


def test_a_unit_without_dialogues_says_what_to_do(cast, as_):
    db.session.query(DialogueUnit).filter_by(unit_id=cast.hassel.id).delete()
    assert "Läsåret har inga dialoger" in as_(cast.ali).page(url(cast.hassel))


def test_who_sees_it(cast, as_):
    for person, status in (
        ("jonas", 200),
        ("erik", 200),
        ("lena", 200),
        ("sofia", 403),
        ("perolov", 403),
        ("tove", 403),
        ("maria", 404),
        ("ali", 404),
        ("mats", 404),
    ):
        as_(getattr(cast, person)).page(url(cast.savkulla), status)
    as_(cast.karin).page(url(cast.savkulla, "1999-00"), 404)


def test_statements(cast, as_, statements):
    browser, where = as_(cast.erik), url(cast.savkulla)
    with statements() as sent:
        browser.page(where)
    assert len(sent) <= 15
