"""What a measure lets happen to it, and what it refuses."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.cast import Cast
from tests.measures.scenes import a_cause
from tracker.clock import today
from tracker.extensions import db
from tracker.measures.areas import AreaInUse
from tracker.measures.states import IllegalTransition, NotReadyToDecide
from tracker.models import (
    AuditEvent,
    DevelopmentArea,
    Measure,
    MeasureBasis,
    MeasureState,
)

COMPLETE: dict[str, Any] = {
    "title": "Lässtrategier i alla ämnen",
    "basis": MeasureBasis.ORGANIZER,
    "basis_note": "Nämndens beslut om läsning",
    "expected_effect": "I maj når minst 80 % kravnivån (start 69 %).",
    "assessable_from": date(2027, 5, 20),
}


def propose(cast: Cast, **fields: Any) -> Measure:
    return Measure.propose(cast.cycle(cast.savkulla), by=cast.karin, **(COMPLETE | fields))


def decided(cast: Cast, **fields: Any) -> Measure:
    measure = propose(cast, **fields)
    measure.decide(by=cast.karin)
    db.session.flush()
    return measure


def sentences(measure: Measure) -> list[str]:
    db.session.flush()
    return [
        event.sentence
        for event in db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.subject_kind == "measure", AuditEvent.subject_id == measure.id)
            .order_by(AuditEvent.id)
        )
    ]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"basis": None}, ["basis"]),
        ({"basis": MeasureBasis.CAUSE}, ["cause_id"]),
        ({"expected_effect": "  "}, ["expected_effect"]),
        ({"assessable_from": None}, ["assessable_from"]),
        (
            {"basis": None, "expected_effect": "", "assessable_from": None},
            ["basis", "expected_effect", "assessable_from"],
        ),
    ],
)
def test_is_not_decided_without_what_a_decision_needs(
    cast: Cast, fields: dict[str, Any], missing: list[str]
) -> None:
    measure = propose(cast, **fields)
    with pytest.raises(NotReadyToDecide) as refusal:
        measure.decide(by=cast.karin)
    assert refusal.value.missing == missing
    assert measure.state is MeasureState.PROPOSED


def test_the_database_refuses_a_decision_without_expected_effect(cast: Cast) -> None:
    measure = decided(cast)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            sa.update(Measure).where(Measure.id == measure.id).values(expected_effect="")
        )


def test_is_decided_signed_and_waits_for_its_day(cast: Cast) -> None:
    measure = decided(cast)
    assert measure.state is MeasureState.DECIDED
    assert measure.decided_by_name == "Karin Holm"
    assert measure.assess_on == date(2027, 5, 20)
    assert measure.assess_revision == 1
    assert not measure.is_due
    assert sentences(measure) == [
        "Karin Holm föreslog åtgärden ”Lässtrategier i alla ämnen”.",
        "Karin Holm beslutade åtgärden ”Lässtrategier i alla ämnen”.",
    ]


def test_is_decided_once(cast: Cast) -> None:
    measure = decided(cast)
    with pytest.raises(IllegalTransition):
        measure.decide(by=cast.karin)


def test_runs_from_its_first_day_by_itself(cast: Cast, the_day: Any) -> None:
    measure = decided(cast, starts_on=today() + timedelta(days=3))
    assert measure.state_today is MeasureState.DECIDED
    the_day.shift(timedelta(days=3))
    assert measure.state_today is MeasureState.RUNNING
    assert decided(cast, starts_on=today()).state is MeasureState.RUNNING


def test_first_log_entry_starts_it_on_the_day_of_the_entry(cast: Cast) -> None:
    measure = decided(cast, starts_on=today() + timedelta(days=20))
    measure.add_log(today() - timedelta(days=2), "Första lektionsbesöken", by=cast.jonas)
    db.session.flush()
    assert measure.state is MeasureState.RUNNING
    assert measure.starts_on == today() - timedelta(days=2)
    assert [entry.by_name for entry in measure.log] == ["Jonas Ek"]
    assert sentences(measure)[-2:] == [
        "Jonas Ek startade åtgärden ”Lässtrategier i alla ämnen”.",
        "Jonas Ek skrev i loggen för åtgärden ”Lässtrategier i alla ämnen”.",
    ]


def test_starts_also_when_its_end_has_passed(cast: Cast) -> None:
    """Nobody pressed Start while it went on; it is still no reason to fail."""
    measure = decided(cast, ends_on=today() - timedelta(days=10))
    measure.start(by=cast.karin)
    db.session.flush()
    assert measure.starts_on == today() - timedelta(days=10)


def test_completed_still_waits_to_be_assessed(cast: Cast) -> None:
    measure = decided(cast)
    measure.complete(by=cast.karin)
    db.session.flush()
    assert measure.state is MeasureState.COMPLETED
    assert measure.assess_on == date(2027, 5, 20)
    for verb in (measure.complete, measure.start):
        with pytest.raises(IllegalTransition):
            verb(by=cast.karin)
    with pytest.raises(IllegalTransition):
        measure.cancel("Ångrar mig", by=cast.karin)


def test_cancelled_has_a_reason_and_nothing_to_assess(cast: Cast) -> None:
    measure = decided(cast)
    measure.cancel("Läraren slutade", by=cast.karin)
    db.session.flush()
    assert (measure.state, measure.cancel_reason) == (MeasureState.CANCELLED, "Läraren slutade")
    assert measure.assess_on is None
    assert not measure.is_assessable
    assert measure.assess_revision == 2
    assert sentences(measure)[-1].endswith("”Lässtrategier i alla ämnen”: Läraren slutade.")


def test_the_database_lets_nothing_cancelled_fall_due(cast: Cast) -> None:
    measure = decided(cast)
    measure.cancel("Läraren slutade", by=cast.karin)
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            sa.update(Measure).where(Measure.id == measure.id).values(assess_on=today())
        )


def test_a_decided_measure_keeps_what_the_decision_needed(cast: Cast) -> None:
    measure = decided(cast)
    with pytest.raises(NotReadyToDecide) as refusal:
        measure.write(by=cast.karin, expected_effect="")
    assert refusal.value.missing == ["expected_effect"]


def test_another_day_to_assess_moves_what_waits(cast: Cast) -> None:
    measure = decided(cast)
    measure.write(by=cast.karin, title="Nytt namn")
    assert measure.assess_revision == 1
    measure.write(by=cast.karin, assessable_from=date(2027, 6, 1))
    assert (measure.assess_on, measure.assess_revision) == (date(2027, 6, 1), 2)


@pytest.mark.parametrize("ending", ["complete", "cancel"])
def test_what_is_over_is_not_rewritten(cast: Cast, ending: str) -> None:
    measure = decided(cast)
    if ending == "complete":
        measure.complete(by=cast.karin)
    else:
        measure.cancel("Läraren slutade", by=cast.karin)
    with pytest.raises(IllegalTransition):
        measure.write(by=cast.karin, title="Något annat")


def test_only_a_proposal_is_removed(cast: Cast) -> None:
    measure = propose(cast)
    key = measure.id
    measure.withdraw(by=cast.karin)
    db.session.flush()
    assert db.session.get(Measure, key) is None
    with pytest.raises(IllegalTransition):
        decided(cast).withdraw(by=cast.karin)


def test_a_basis_that_is_no_cause_lets_the_cause_go(cast: Cast) -> None:
    cause = a_cause(cast)
    measure = propose(cast, basis=MeasureBasis.CAUSE, cause_id=cause.id)
    measure.write(by=cast.karin, basis=MeasureBasis.SUPERVISION, basis_note="Föreläggande i mars")
    assert measure.cause_id is None


def test_inherited_stands_due_at_once_in_the_lap_it_was_decided_in(cast: Cast) -> None:
    lap = cast.cycle(cast.savkulla, cast.last_year)
    measure = Measure.inherit(lap, "Språkgrupper", "Fler pratar", "Lag fritids", by=cast.karin)
    db.session.flush()
    assert measure.is_due
    assert measure.state is MeasureState.RUNNING
    assert measure.basis is MeasureBasis.EARLIER
    assert sentences(measure) == ["Karin Holm lade in åtgärden ”Språkgrupper” från 2025/26."]


def test_a_cause_of_another_organizer_is_refused_by_the_database(cast: Cast) -> None:
    foreign = a_cause(cast, unit=cast.granbyskolan, year=cast.granby_year, by=cast.mats)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        propose(cast, basis=MeasureBasis.CAUSE, cause_id=foreign.id)


def test_an_area_in_use_is_not_removed(cast: Cast) -> None:
    lap = cast.cycle(cast.savkulla)
    area = DevelopmentArea.create(lap, "Läsförståelse", "", "80 % i maj", by=cast.karin)
    measure = propose(cast, area_id=area.id)
    with pytest.raises(AreaInUse):
        area.remove(by=cast.karin)
    measure.write(by=cast.karin, area_id=None)
    area.remove(by=cast.karin)
    db.session.flush()
    assert db.session.get(DevelopmentArea, area.id) is None


def test_an_area_that_a_dialogue_is_about_is_not_removed(cast: Cast) -> None:
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsförståelse", "", "80 % i maj", by=cast.karin
    )
    cast.dialogue(cast.savkulla).choose_topic("Läsning", "", area, by=cast.karin)
    db.session.flush()
    with pytest.raises(AreaInUse):
        area.remove(by=cast.karin)
