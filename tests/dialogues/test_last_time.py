"""Sagt förra gången: which dialogue a dialogue looks back at, and what was agreed there."""

from datetime import date

import pytest

from tests.cast import Cast
from tests.dialogues.scenes import placed
from tracker.dialogues.last_time import LastTime, agreements_last_time, still_open
from tracker.extensions import db
from tracker.models import Agreement, AgreementState, QualityDialogue, SchoolUnit
from tracker.organisation.succession import take_over


def of_last_year(cast: Cast, unit: SchoolUnit, number: int) -> QualityDialogue:
    return next(
        row
        for row in db.session.query(QualityDialogue).filter_by(school_year_id=cast.last_year.id)
        if row.kind.number == number and unit.id in {link.unit_id for link in row.unit_links}
    )


def agreed(dialogue: QualityDialogue, what: str, state: AgreementState = AgreementState.OPEN):
    row = Agreement(
        organizer_id=dialogue.organizer_id, what=what, by_name="Erik Lund", responsible=""
    )
    row.state = state
    row.settled_at = dialogue.starts_at if state is not AgreementState.OPEN else None
    dialogue.agreements.append(row)
    db.session.commit()
    return row


@pytest.fixture
def held(cast):
    """Last year's two and this year's first, all of them over."""
    return [
        placed(of_last_year(cast, cast.savkulla, 1), cast, date(2025, 10, 7)),
        placed(of_last_year(cast, cast.savkulla, 2), cast, date(2026, 5, 12)),
        placed(cast.dialogue(cast.savkulla), cast, date(2026, 10, 6)),
    ]


def whats(dialogue):
    return [row.agreement.what for row in agreements_last_time(dialogue)]


def looked_back_at(dialogue):
    return LastTime.load(dialogue).dialogues


def test_the_second_looks_back_at_the_first_and_the_first_at_last_years_second(cast, held):
    first_before, second_before, first = held
    assert looked_back_at(cast.dialogue(cast.savkulla, 2)) == [first]
    assert looked_back_at(first) == [second_before]
    assert looked_back_at(first_before) == []
    assert agreements_last_time(first_before) == []


def test_settled_ones_of_the_last_and_open_ones_of_any(cast, held):
    first_before, second_before, first = held
    agreed(first_before, "Gammal och klar", AgreementState.DONE)
    agreed(first_before, "Gammal och öppen")
    agreed(second_before, "Klar i maj", AgreementState.DONE)
    agreed(second_before, "Öppen i maj")
    assert whats(first) == ["Gammal och öppen", "Klar i maj", "Öppen i maj"]
    assert [row.is_open for row in agreements_last_time(first)] == [True, False, True]


def test_a_cancelled_one_and_one_that_never_came_about_are_passed_over(cast, held):
    first_before, second_before, first = held
    second_before.cancel("Förhinder", by=cast.erik)
    db.session.commit()
    assert looked_back_at(first) == [first_before]


def test_a_unit_that_took_over_looks_back_at_those_before_it(cast):
    ended = placed(of_last_year(cast, cast.hassel, 2), cast, date(2026, 5, 13))
    agreed(ended, "Erik frågar elevhälsan")
    take_over(cast.klockvret, cast.hassel, date(2026, 7, 1), by=cast.tove, closes=False)
    db.session.commit()
    dialogue = placed(cast.dialogue(cast.klockvret), cast)
    assert looked_back_at(dialogue) == [ended]
    assert whats(dialogue) == ["Erik frågar elevhälsan"]
    own = placed(of_last_year(cast, cast.klockvret, 2), cast, date(2026, 5, 20))
    assert looked_back_at(dialogue) == [own]
    assert whats(dialogue) == ["Erik frågar elevhälsan"], "open ones follow, settled ones do not"


def test_what_a_unit_that_lives_on_agrees_afterwards_is_its_own(cast):
    """The fault: Klockvret took over a part of Hasselbrink, and is asked for what that one agreed later."""
    before = placed(of_last_year(cast, cast.hassel, 2), cast, date(2026, 5, 13))
    agreed(before, "Före delningen")
    take_over(cast.klockvret, cast.hassel, date(2026, 7, 1), by=cast.tove, closes=False)
    take_over(cast.hassel, cast.ringmura, date(2026, 8, 1), by=cast.tove, closes=False)
    agreed(placed(of_last_year(cast, cast.ringmura, 2), cast, date(2026, 5, 14)), "Ringmuras")
    after = placed(cast.dialogue(cast.hassel), cast, date(2026, 9, 2))
    agreed(after, "Efter delningen")
    db.session.commit()
    dialogue = placed(cast.dialogue(cast.klockvret, 2), cast, date(2027, 4, 7))

    assert looked_back_at(dialogue) == [before]
    assert whats(dialogue) == ["Före delningen"]
    assert [row.agreement.what for row in still_open(cast.klockvret.id)] == ["Före delningen"]
    assert {row.agreement.what for row in still_open(cast.hassel.id)} == {
        *("Före delningen", "Efter delningen", "Ringmuras")
    }


def test_another_units_and_another_municipalitys_are_not_seen(cast, held):
    agreed(placed(of_last_year(cast, cast.hassel, 2), cast, date(2026, 5, 13)), "Annans")
    assert "Annans" not in whats(held[2])


def test_the_same_few_statements_for_one_as_for_many(cast, held, statements):
    for number in range(12):
        agreed(held[2], f"Nummer {number}")
    dialogue = cast.dialogue(cast.savkulla, 2)
    assert dialogue.units
    assert dialogue.school_year.start_year
    with statements() as sent:
        assert len(agreements_last_time(dialogue)) == 12
    assert len(sent) <= 3
