"""What the database itself refuses, whatever the code above it does."""

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from tracker.clock import STOCKHOLM, now
from tracker.database import Base, UtcDateTime, reading_only
from tracker.extensions import db
from tracker.models import (
    CarriedOut,
    Decision,
    DialogueTopic,
    DialogueUnit,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    Organizer,
    QualityCycle,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolUnit,
    Side,
)

# Moments


def kept(moment: Any) -> datetime:
    """The moment as it comes back from the database."""
    organizer = Organizer(name="Tidskommunen", created_at=moment)
    db.session.add(organizer)
    db.session.flush()
    db.session.refresh(organizer)
    return organizer.created_at


@pytest.mark.parametrize("zone", [UTC, STOCKHOLM, timezone(timedelta(hours=-9))])
def test_a_moment_comes_back_as_the_same_one_in_utc(app, zone):
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=zone)
    found = kept(moment)
    assert found == moment.astimezone(UTC)
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(app):
    """SQLite would drop the offset silently, and give it back as another moment."""
    with pytest.raises(StatementError, match="needs its zone"):
        kept(datetime(2026, 10, 25, 2, 30))  # noqa: DTZ001 - that is the point
    db.session.rollback()
    with pytest.raises(StatementError, match="needs its zone"):
        db.session.execute(
            sa.select(Organizer).where(Organizer.created_at > datetime(2026, 1, 1))  # noqa: DTZ001
        )


def test_every_moment_of_the_model_is_of_that_kind():
    others = [
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.DateTime | sa.Time) and not isinstance(column.type, UtcDateTime)
    ]  # fmt: skip
    assert others == []


# Constraints


def refused(constraint: str) -> Any:
    """The flush inside must fail on this constraint."""
    return pytest.raises(IntegrityError, match=constraint)


@pytest.fixture
def proposed(cast) -> Measure:
    measure = Measure.propose(cast.cycle(cast.savkulla), by=cast.karin, title="Läsgrupper")
    db.session.commit()
    return measure


COMPLETE = {
    "state": MeasureState.DECIDED,
    "basis": MeasureBasis.ORGANIZER,
    "expected_effect": "Fler läser.",
    "assessable_from": date(2027, 5, 1),
    "decided_at": datetime(2026, 11, 20, tzinfo=UTC),
}


def force(measure: Measure, **values: Any) -> None:
    """Write past the model, as a careless script would."""
    db.session.execute(sa.update(Measure).where(Measure.id == measure.id).values(**values))


def test_a_complete_measure_can_be_decided(proposed):
    force(proposed, **COMPLETE)


@pytest.mark.parametrize(
    ("lacking", "value"),
    [("expected_effect", ""), ("basis", None), ("assessable_from", None), ("decided_at", None)],
)
@pytest.mark.parametrize(
    "state", [MeasureState.DECIDED, MeasureState.RUNNING, MeasureState.COMPLETED]
)
def test_a_decided_measure_has_all_that_a_decision_needs(proposed, lacking, value, state):
    with refused("decided_is_complete"):
        force(proposed, **(COMPLETE | {"state": state, lacking: value}))


def test_a_decided_measure_keeps_its_expected_effect(proposed):
    force(proposed, **COMPLETE)
    with refused("decided_is_complete"):
        force(proposed, expected_effect="")


def test_a_measure_that_builds_on_a_cause_names_it(proposed):
    with refused("basis_cause_names_it"):
        force(proposed, **(COMPLETE | {"basis": MeasureBasis.CAUSE, "cause_id": None}))


def test_a_measure_ends_after_it_starts(proposed):
    with refused("in_order"):
        force(proposed, starts_on=date(2026, 12, 1), ends_on=date(2026, 11, 30))


def test_a_cancelled_measure_says_when(proposed):
    with refused("cancelled_is_dated"):
        force(proposed, **(COMPLETE | {"state": MeasureState.CANCELLED}))


@pytest.mark.parametrize("wrong", ["finished", "", "DECIDED"])
def test_a_state_is_one_of_those_there_are(proposed, wrong):
    force(proposed, **COMPLETE)
    with refused("measurestate"):
        db.session.execute(
            sa.text("UPDATE measure SET state = :wrong WHERE id = :id"),
            {"wrong": wrong, "id": proposed.id},
        )


def assessment(measure: Measure, cast: Any, **changes: Any) -> EffectAssessment:
    values = {
        "organizer_id": measure.organizer_id,
        "measure_id": measure.id,
        "school_year_id": cast.year.id,
        "number": 1,
        "judgement": Judgement.ACHIEVED,
        "carried_out": CarriedOut.YES,
        "decision": Decision.END,
        "by_name": "Karin Holm",
    }
    return EffectAssessment(**(values | changes))


def add(*rows: Any) -> None:
    db.session.add_all(rows)
    db.session.flush()


def test_not_yet_asks_for_a_date(cast, proposed):
    with refused("not_yet_has_a_date"):
        add(assessment(proposed, cast, judgement=Judgement.NOT_YET))


@pytest.mark.parametrize("lacking", ["carried_out", "decision"])
def test_a_final_judgement_is_complete(cast, proposed, lacking):
    with refused("final_is_complete"):
        add(assessment(proposed, cast, **{lacking: None}))


def test_one_assessment_stands(cast, proposed):
    add(assessment(proposed, cast))
    with pytest.raises(IntegrityError):
        add(assessment(proposed, cast, number=2))


def test_a_measure_is_continued_once(cast, proposed):
    cycle = cast.cycle(cast.savkulla)
    first, second = (Measure.propose(cycle, by=cast.karin, title=title) for title in ("En", "Två"))
    first.continues_id = proposed.id
    db.session.flush()
    second.continues_id = proposed.id
    with pytest.raises(IntegrityError, match="continues_id"):
        db.session.flush()


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.PRINCIPAL, "nowhere"), (Role.DEPUTY, "area"), (Role.STAFF, "nowhere"),
        (Role.SYSTEM_ADMIN, "unit"), (Role.BOARD, "area"), (Role.ORGANIZER_LEAD, "unit"),
    ],
)  # fmt: skip
def test_a_role_is_held_where_it_can_be(cast, role, place):
    where = {
        "nowhere": {},
        "unit": {"unit_id": cast.savkulla.id},
        "area": {"area_id": cast.norr.id},
    }[place]
    with refused("ck_role_assignment"):
        add(
            RoleAssignment(
                organizer_id=cast.exempelby.id,
                user_id=cast.karin.id,
                role=role,
                starts_on=date(2026, 8, 1),
                **where,
            )
        )


def test_a_role_does_not_end_before_it_starts(cast):
    with refused("ends_after_start"):
        force_role = db.session.scalars(sa.select(RoleAssignment)).first()
        force_role.ends_on = force_role.starts_on - timedelta(days=1)
        db.session.flush()


def test_an_address_is_one_units(cast):
    with pytest.raises(IntegrityError):
        db.session.execute(
            sa.update(SchoolUnit)
            .where(SchoolUnit.id == cast.hassel.id)
            .values(slug=cast.savkulla.slug)
        )


def test_a_unit_has_one_lap_a_year(cast):
    lap = cast.cycle(cast.savkulla)
    with pytest.raises(IntegrityError):
        add(
            QualityCycle(
                organizer_id=lap.organizer_id,
                school_year_id=lap.school_year_id,
                unit_id=lap.unit_id,
            )
        )


def test_the_organizer_has_one_lap_of_its_own_a_year(cast):
    """NULL is not equal to NULL, so an ordinary UNIQUE would let a second one in."""
    with pytest.raises(IntegrityError):
        add(QualityCycle(organizer_id=cast.exempelby.id, school_year_id=cast.year.id, unit_id=None))


def test_a_unit_has_each_dialogue_once(cast):
    placed = cast.dialogue(cast.savkulla).unit_links[0]
    other = QualityDialogue(
        organizer_id=placed.organizer_id, school_year=cast.year, kind=placed.kind
    )
    add(other)
    with pytest.raises(IntegrityError):
        add(
            DialogueUnit(
                organizer_id=placed.organizer_id,
                dialogue_id=other.id,
                unit_id=placed.unit_id,
                school_year_id=placed.school_year_id,
                kind=placed.kind,
            )
        )


def test_rektor_has_one_area_in_a_dialogue(cast):
    dialogue = cast.dialogue(cast.savkulla)
    topics = [
        DialogueTopic(
            organizer_id=dialogue.organizer_id,
            dialogue_id=dialogue.id,
            side=Side.PRINCIPAL,
            title=title,
            text="",
            by_name="Karin Holm",
        )
        for title in ("Läsning", "Matematik")
    ]
    add(topics[0])
    with pytest.raises(IntegrityError):
        add(topics[1])


# Nothing crosses between municipalities


def tenant_keys() -> list[tuple[str, sa.ForeignKeyConstraint]]:
    """Every foreign key from a row that has an organizer to another row that has one."""
    owned = {
        name for name, table in Base.metadata.tables.items() if "organizer_id" in table.columns
    }
    return [
        (f"{name}.{'+'.join(constraint.column_keys)}", constraint)
        for name, table in Base.metadata.tables.items()
        if name in owned
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name in owned
    ]  # fmt: skip


def test_every_link_between_rows_of_an_organizer_carries_it():
    """A link by id alone could point into another municipality."""
    lacking = [name for name, key in tenant_keys() if "organizer_id" not in key.column_keys]
    assert lacking == []
    assert len(tenant_keys()) > 25


def test_a_measure_cannot_concern_a_unit_of_another_municipality(cast, proposed):
    with pytest.raises(IntegrityError):
        add(
            MeasureUnit(
                organizer_id=proposed.organizer_id,
                measure_id=proposed.id,
                unit_id=cast.granbyskolan.id,
            )
        )


def test_a_measure_cannot_move_to_another_municipality(cast, proposed):
    with pytest.raises(IntegrityError):
        force(proposed, organizer_id=cast.granby.id)


def test_a_role_cannot_be_for_a_unit_of_another_municipality(cast):
    with pytest.raises(IntegrityError):
        add(
            RoleAssignment(
                organizer_id=cast.exempelby.id,
                user_id=cast.karin.id,
                role=Role.PRINCIPAL,
                unit_id=cast.granbyskolan.id,
                starts_on=date(2026, 8, 1),
            )
        )


def test_a_unit_cannot_lie_in_an_area_of_another_municipality(cast):
    with pytest.raises(IntegrityError):
        db.session.execute(
            sa.update(SchoolUnit)
            .where(SchoolUnit.id == cast.granbyskolan.id)
            .values(area_id=cast.norr.id)
        )


# Several writers


def test_an_old_form_never_overwrites_a_newer_text(cast, proposed):
    seen = proposed.version
    proposed.title = "Läsgrupper i alla klasser"
    db.session.commit()
    proposed.expect_version(seen)
    proposed.title = "Läsgrupper, som jag minns dem"
    with pytest.raises(StaleDataError):
        db.session.flush()


def begun() -> list[str]:
    """The words with which a transaction on SQLite begins just now."""
    said: list[str] = []
    engine = sa.create_engine("sqlite://")

    def trace(connection: sqlite3.Connection, _record: Any) -> None:
        connection.set_trace_callback(said.append)

    sa.event.listen(engine, "connect", trace)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    engine.dispose()
    return [line for line in said if line.startswith("BEGIN")]


@pytest.mark.parametrize(
    ("method", "words"),
    [("GET", "BEGIN"), ("HEAD", "BEGIN"), ("POST", "BEGIN IMMEDIATE"), ("DELETE", "BEGIN IMMEDIATE")],
)  # fmt: skip
def test_who_writes_takes_the_lock_at_once(app, method, words):
    with app.test_request_context("/", method=method):
        assert begun() == [words]


def test_commands_and_the_scheduler_are_writers():
    assert begun() == ["BEGIN IMMEDIATE"]


def test_no_lock_is_held_while_a_password_is_verified(app):
    with app.test_request_context("/logga-in", method="POST"), reading_only():
        assert begun() == ["BEGIN"]


def test_how_sqlite_is_opened(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    engine.dispose()
    full = 2
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 20000,
        "synchronous": full,
    }


def test_the_tests_stand_still_in_time(cast):
    assert now() == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
