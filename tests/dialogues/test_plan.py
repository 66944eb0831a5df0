"""Planera dialogerna: the whole area on one page. Saving it is in test_plan_saving.py."""

from datetime import date, timedelta

import pytest

from tests.dialogues.scenes import DAY, at, held, placed
from tests.dialogues.test_last_time import of_last_year
from tests.start.many import add_units
from tracker.cycle.calendar import PeriodKind
from tracker.extensions import db
from tracker.models import (
    CalendarPeriod,
    DialogueKind,
    DialogueUnit,
    QualityDialogue,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    UnitKind,
)

PLAN = "/dialoger/planera"


def test_windows_leaders_and_a_way_to_each_form(cast, as_):
    browser = as_(cast.erik)
    assert "Perioden är 26 april 2027 till 4 juni 2027." in browser.page(f"{PLAN}?dialog=2")
    page = browser.page(PLAN)
    assert "Perioden är 14 september 2026 till 16 oktober 2026." in page
    assert "Dialog 1 (3 utan tid)" in page
    assert "Karin Holm" in page
    assert "Vakant" in page
    assert f"/dialoger/{cast.dialogue(cast.hassel).id}/tid" in page
    assert "Ringmuraskolan" not in page


@pytest.mark.parametrize("person", ["karin", "lena", "samira", "sofia", "tove"])
def test_only_a_dialogansvarig_plans(cast, as_, person):
    as_(getattr(cast, person)).page(PLAN, 403)


def test_a_clash_and_a_day_outside_the_window_are_said_gently(cast, as_):
    placed(cast.dialogue(cast.savkulla), cast)
    other = cast.dialogue(cast.hassel)
    other.place_at(at(DAY, 14), at(DAY, 15), by=cast.erik)
    page = as_(cast.erik).page(PLAN)
    assert (
        "Erik Lund har också Dialog 1 för Lyktvretens förskola och Sävkullaskolan "
        "kl. 13.00–14.30 den dagen." in page
    )
    assert "Dagen ligger utanför perioden för Dialog 1" in page


def test_one_after_the_other_is_no_clash(cast, as_):
    placed(cast.dialogue(cast.savkulla), cast)
    other = cast.dialogue(cast.hassel)
    other.place_at(at(DAY, 14, 30), at(DAY, 15), by=cast.erik)
    assert "har också" not in as_(cast.erik).page(PLAN)


def test_another_dialogansvarigs_dialogue_is_no_clash(cast, as_):
    placed(cast.dialogue(cast.savkulla), cast)
    cast.dialogue(cast.ringmura).place_at(at(DAY, 13), at(DAY, 14), by=cast.maria)
    assert "har också" not in as_(cast.erik).page(PLAN)


@pytest.mark.parametrize(
    ("day", "word"),
    [
        (date(2027, 5, 1), "Det är en lördag."),
        (date(2027, 5, 6), "Det är Kristi himmelsfärdsdag."),
        (date(2027, 5, 11), "Skolledarna är lediga den dagen"),
    ],
)
def test_days_when_nobody_works(cast, as_, day, word):
    db.session.add(
        CalendarPeriod(
            organizer_id=cast.exempelby.id,
            school_year_id=cast.year.id,
            kind=PeriodKind.CLOSED,
            name="Ledarnas lediga",
            starts_on=date(2027, 5, 10),
            ends_on=date(2027, 5, 12),
        )
    )
    placed(cast.dialogue(cast.hassel, 2), cast, day)
    page = as_(cast.erik).page(f"{PLAN}?dialog=2")
    assert word in page
    assert page.count("Tänk på") == 1


def test_a_waiting_proposal_is_marked(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    dialogue.propose_time(at(DAY, 8), "", by=cast.karin)
    page = as_(cast.erik).page(PLAN)
    assert "Förslag om ny tid" in page
    assert "Svara" in page


def test_last_years_cancelled_is_not_taken_up_again(cast, as_):
    old = of_last_year(cast, cast.hassel, 2)
    for dialogue in (old, cast.dialogue(cast.hassel)):
        dialogue.cancel("Förhinder", by=cast.erik)
    db.session.commit()
    browser = as_(cast.erik)
    for plan, page, may in (
        (f"{PLAN}?lasar=2025-26&dialog=2", f"/dialoger/{old.id}", False),
        (PLAN, f"/dialoger/{cast.dialogue(cast.hassel).id}", True),
    ):
        assert ("Ta upp igen" in browser.page(plan)) == may
        assert ("Ta upp igen" in browser.page(page)) == may
        assert ("Ta upp den igen" in browser.page(page)) == may


def test_what_has_been_is_not_warned_about(cast, as_):
    held(cast.dialogue(cast.savkulla), cast)
    cast.dialogue(cast.hassel).place_at(
        at(date(2026, 10, 6), 13), at(date(2026, 10, 6), 14), by=cast.erik
    )
    assert "Tänk på" not in as_(cast.erik).page(PLAN)


def test_a_unit_that_came_later_gets_its_dialogues(cast, as_):
    unit = SchoolUnit.create(
        cast.exempelby, "Nyskolan", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY], by=None,
        area=cast.norr,
    )  # fmt: skip
    SchoolYear.open(cast.exempelby, cast.year.start_year, by=None)
    browser = as_(cast.erik)
    assert "saknar dialoger" in browser.page(PLAN)
    assert "saknar dialoger" not in as_(cast.maria).page(PLAN)
    browser.submit(f"{PLAN}/saknade", {"year": cast.year.start_year})
    kinds = {row.kind for row in db.session.query(DialogueUnit).filter_by(unit_id=unit.id)}
    assert kinds == set(DialogueKind)
    before = db.session.query(QualityDialogue).count()
    browser.submit(f"{PLAN}/saknade", {"year": cast.year.start_year})
    assert db.session.query(QualityDialogue).count() == before
    browser.submit(f"{PLAN}/saknade", {"year": "skräp"})
    assert "Läsåret finns inte." in browser.page(PLAN)


def test_dialog_2_is_shown_when_dialog_1_is_over(cast, as_):
    for unit in (cast.savkulla, cast.hassel, cast.klockvret):
        held(cast.dialogue(unit), cast)
    assert "<h2>Dialog 2, uppföljning och utvärdering</h2>" in as_(cast.erik).page(PLAN)


def test_a_leader_of_two_may_join_them(cast, as_):
    dialogue = cast.dialogue(cast.savkulla)
    browser = as_(cast.erik)
    page = browser.page(PLAN)
    assert "Slå ihop" not in page
    assert page.count("Dela eller ställ in") == 1
    own = dialogue.split_off(cast.savkulla, by=cast.erik)
    db.session.commit()
    page = browser.page(PLAN)
    assert page.count("Slå ihop eller ställ in") == 2
    assert f"/dialoger/{own.id}/tid" in page


def test_an_earlier_year_has_its_own_plan(cast, as_):
    browser = as_(cast.erik)
    assert "Planera dialogerna 2025/26" in browser.page(f"{PLAN}?lasar=2025-26")
    browser.page(f"{PLAN}?lasar=1999-00", 404)


def test_as_many_statements_for_many_as_for_few(cast, as_, statements):
    placed(cast.dialogue(cast.savkulla), cast)
    browser = as_(cast.erik)
    with statements() as few:
        browser.page(PLAN)
    for n, unit in enumerate(add_units(cast, 40)):
        placed(cast.dialogue(unit), cast, DAY + timedelta(days=n))
    with statements() as many:
        browser.page(PLAN)
    assert len(many) == len(few) <= 15
