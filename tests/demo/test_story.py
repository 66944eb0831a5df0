"""The demo as of six days of the year: what the story promises is there, and nothing is ahead of its time."""

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tracker import clock
from tracker.auth.passwords import DEMO_PASSWORD, check_password
from tracker.cycle.workdays import is_calm, is_ordinary_working_day
from tracker.database import Base, UtcDateTime
from tracker.dialogues.models import QualityDialogue
from tracker.extensions import db
from tracker.models import (
    AdoptedAnalysis,
    AnalysisState,
    AuditEvent,
    Cause,
    EffectAssessment,
    Measure,
    MeasureLogEntry,
    MeasureState,
    MeasureUnit,
    Organizer,
    PreparationQuestion,
    Problem,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    UnitSuccession,
    User,
)
from tracker.organisation.staffing import Staffing
from tracker.web.personnummer import find_personal_identity_number

SIGN_INS = {
    "rektor@exempelby.example": ("Karin Holm", {Role.PRINCIPAL}),
    "rektor2@exempelby.example": ("Ali Demir", {Role.PRINCIPAL}),
    "omradeschef@exempelby.example": ("Erik Lund", {Role.DIALOGUE_LEAD}),
    "omradeschef2@exempelby.example": ("Maria Öberg", {Role.DIALOGUE_LEAD}),
    "skolchef@exempelby.example": ("Lena Forsgren", {Role.ORGANIZER_LEAD}),
    "utvecklare@exempelby.example": ("Samira Nilsson", {Role.QUALITY_DEVELOPER}),
    "larare@exempelby.example": ("Sofia Lindgren", {Role.STAFF}),
    "namnd@exempelby.example": ("Per-Olov Wikström", {Role.BOARD}),
    "admin@exempelby.example": ("Tove Lindh", {Role.SYSTEM_ADMIN}),
    "rektor@granby.example": ("Mats Oskarsson", {Role.PRINCIPAL}),
    "skolchef@granby.example": ("Ingela Dahl", {Role.ORGANIZER_LEAD, Role.DIALOGUE_LEAD}),
}

PLANNED_AHEAD = {
    "quality_dialogue.starts_at",
    "quality_dialogue.ends_at",
    "dialogue_move.before",
    "dialogue_move.after",
    "time_proposal.starts_at",
    "national_meeting.starts_at",
    "national_meeting.ends_at",
}
"""Moments that may lie ahead: what people have planned."""

SETTLED = {
    "achieved": 4,
    "partly": 4,
    "not_achieved": 4,
    "no_evidence": 3,
    "cancelled": 1,
    "not_yet": 1,
    "none": 1,
}
"""Last läsår's eighteen measures, as the story has them from the middle of September on."""


def total(model, *conditions):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))


def the_measure(title: str) -> Measure:
    return db.session.scalars(sa.select(Measure).where(Measure.title.startswith(title))).one()


def the_user(email: str) -> User:
    return db.session.scalars(sa.select(User).where(User.email == email)).one()


def exempelby() -> Organizer:
    return db.session.scalars(
        sa.select(Organizer).where(Organizer.name == "Exempelby kommun")
    ).one()


def year(demo, offset: int) -> SchoolYear:
    found = SchoolYear.of(exempelby().id, demo.start_year + offset)
    assert found is not None
    return found


def dialogues(demo, area: str | None = None) -> list[QualityDialogue]:
    """Exempelby's dialogues of this läsår and the next, or those of one area."""
    found = db.session.scalars(
        sa.select(QualityDialogue).where(
            QualityDialogue.school_year_id.in_(
                sa.select(SchoolYear.id).where(
                    SchoolYear.organizer_id == exempelby().id,
                    SchoolYear.start_year >= demo.start_year,
                )
            )
        )
    ).all()
    return [row for row in found if area is None or row.units[0].area_id == demo.areas[area].id]


def test_there_are_eight_units_in_two_areas_and_one_elsewhere(demo):
    today_open = SchoolUnit.open_on(demo.today)
    areas = Counter(
        db.session.scalars(
            sa.select(SchoolUnit.area_id).where(
                today_open, SchoolUnit.organizer_id == exempelby().id
            )
        )
    )
    assert areas == {demo.areas["norr"].id: 4, demo.areas["soder"].id: 4}
    assert total(SchoolUnit, today_open, SchoolUnit.organizer_id != exempelby().id) == 1


def test_the_current_lasar_is_open_with_two_dialogues_for_every_unit(demo):
    units = set(
        db.session.scalars(
            sa.select(SchoolUnit.id).where(
                SchoolUnit.open_on(demo.today), SchoolUnit.organizer_id == exempelby().id
            )
        )
    )
    this = year(demo, 0)
    assert this.first_day <= demo.today <= this.last_day
    for number in (1, 2):
        covered = [
            link.unit_id
            for row in dialogues(demo)
            if row.school_year_id == this.id and row.kind.number == number
            for link in row.unit_links
        ]
        assert sorted(covered) == sorted(units)


@pytest.mark.parametrize(("unit", "laps"), [("savkulla", 5), ("lyktvret", 3), ("hassel", 3)])
def test_each_unit_has_its_years(demo, unit, laps):
    until_now = sa.select(SchoolYear.id).where(SchoolYear.start_year <= demo.start_year)
    found = total(
        QualityCycle,
        QualityCycle.unit_id == demo.units[unit].id,
        QualityCycle.school_year_id.in_(until_now),
    )
    assert found == laps


def test_everybody_in_the_contract_signs_in_with_the_right_role(demo):
    for email, (name, roles) in SIGN_INS.items():
        user = the_user(email)
        held = db.session.scalars(
            sa.select(RoleAssignment.role).where(
                RoleAssignment.user_id == user.id, RoleAssignment.held_on(demo.today)
            )
        )
        assert user.name == name
        assert set(held) == roles
        assert user.password_hash == demo.password_hash


def test_the_demo_password_is_theirs_and_nobody_elses(demo):
    assert check_password(DEMO_PASSWORD, demo.password_hash)
    others = db.session.scalars(
        sa.select(User.password_hash).where(User.email.not_in(list(SIGN_INS)))
    ).all()
    assert others
    assert set(others) == {None}


def test_the_leaders_are_those_of_the_story(demo):
    units = demo.units
    staffing = Staffing.load(exempelby().id)
    leaders = {key: staffing.principal(units[key].id) for key in ("savkulla", "lyktvret", "hassel")}
    names = {key: person.name for key, person in leaders.items() if person}
    assert names == {"savkulla": "Karin Holm", "lyktvret": "Karin Holm", "hassel": "Ali Demir"}
    assert [person.name for person in staffing.deputies(units["savkulla"].id)] == ["Jonas Ek"]
    norr = staffing.lead(units["hassel"].id, demo.areas["norr"].id)
    assert norr is not None
    assert norr.name == "Erik Lund"


def test_klockvretsskolan_was_vacant_and_had_an_acting_rektor(demo):
    unit = demo.units["klockvret"].id

    def leader(day: date) -> tuple[str, bool] | None:
        person = Staffing.load(exempelby().id, day).principal(unit)
        return (person.name, person.acting) if person else None

    spring = demo.start_year
    assert leader(date(spring, 1, 31)) == ("Birgitta Sand", False)
    assert leader(date(spring, 2, 15)) is None
    assert leader(date(spring, 3, 1)) == ("Sara Lindqvist", True)
    assert leader(date(spring, 7, 31)) == ("Sara Lindqvist", True)
    assert leader(date(spring, 8, 1)) == ("Hanna Widell", False)


def test_ringmuraskolan_took_over_from_ost_and_vast(demo):
    merged = db.session.scalars(sa.select(UnitSuccession)).all()
    first_day = date(demo.start_year, 7, 1)
    assert {row.predecessor.name for row in merged} == {
        "Ringmuraskolan Öst",
        "Ringmuraskolan Väst",
    }
    assert {(row.successor.name, row.on) for row in merged} == {("Ringmuraskolan", first_day)}
    assert {row.predecessor.closed_on for row in merged} == {first_day - timedelta(days=1)}
    followed = db.session.execute(
        sa.select(Measure.title, SchoolUnit.name)
        .join(MeasureUnit, MeasureUnit.measure_id == Measure.id)
        .join(SchoolUnit, SchoolUnit.id == MeasureUnit.origin_unit_id)
        .join(Measure.cycle)
        .where(MeasureUnit.unit_id == demo.units["ringmura"].id, QualityCycle.unit_id.is_not(None))
    ).all()
    assert sorted(tuple(row) for row in followed) == [
        ("Gemensam lektionsstart", "Ringmuraskolan Väst"),
        ("Gemensam rutin för extra anpassningar", "Ringmuraskolan Öst"),
        ("Språkutvecklande undervisning i SO och NO", "Ringmuraskolan Öst"),
    ]


def test_nothing_is_recorded_ahead_of_its_time(demo):
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if isinstance(column.type, UtcDateTime) and name not in PLANNED_AHEAD:
                latest = db.session.scalar(sa.select(sa.func.max(column)))
                assert latest is None or latest <= demo.moment or "expires_at" in name, name
    assert db.session.scalar(sa.select(sa.func.max(MeasureLogEntry.on))) <= demo.today


def test_history_stands_in_the_order_in_which_it_happened(demo):
    moments = db.session.scalars(sa.select(AuditEvent.at).order_by(AuditEvent.id)).all()
    assert moments == sorted(moments)
    assert moments[0] < demo.moment - timedelta(days=4 * 365 - 60)


def test_nobody_did_anything_before_or_after_their_role(demo):
    roles: dict[int, list[RoleAssignment]] = {}
    for role in db.session.scalars(sa.select(RoleAssignment)):
        roles.setdefault(role.user_id, []).append(role)
    for event in db.session.scalars(sa.select(AuditEvent).where(AuditEvent.actor_id.is_not(None))):
        day = clock.local(event.at).date()
        held = [
            role
            for role in roles[event.actor_id]
            if role.organizer_id == event.organizer_id
            and role.starts_on <= day
            and (role.ends_on is None or day <= role.ends_on)
        ]
        assert held, (event.sentence, day)


def test_every_event_reads_as_a_sentence(demo):
    sentences = [event.sentence for event in db.session.scalars(sa.select(AuditEvent))]
    assert len(sentences) > 500
    assert not [line for line in sentences if "None" in line or "{" in line]


def test_what_is_adopted_was_written_before_and_by_somebody(demo):
    for version in db.session.scalars(sa.select(AdoptedAnalysis)):
        assert version.analysis.started_at < version.adopted_at
        assert version.content["problems"]
        assert version.adopted_by_name


def test_analyses_of_past_lasar_are_adopted(demo):
    states = db.session.execute(
        sa.select(SituationAnalysis.state, sa.func.count())
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(SchoolYear.start_year < demo.start_year)
        .group_by(SituationAnalysis.state)
    ).all()
    assert [state for state, _ in states] == [AnalysisState.ADOPTED]


def test_effects_were_assessed_when_they_could_be(demo):
    for row in db.session.scalars(sa.select(EffectAssessment)):
        day = clock.local(row.at).date()
        assert row.school_year.first_day <= day <= row.school_year.last_day
        assert row.measure.assessable_from is not None
        assert row.measure.decided_at is not None
        assert row.measure.decided_at < row.at
        if row.judgement.compares:
            assert row.measure.assessable_from <= day, row.measure.title


def measures_of_last_year(demo) -> list[Measure]:
    """The units' measures of last läsår: decided before this one, whose effect could be assessed by
    its end, and that were not settled when its autumn began."""
    first, autumn = date(demo.start_year, 7, 1), date(demo.start_year - 1, 10, 1)
    rows = db.session.scalars(
        sa.select(Measure)
        .join(QualityCycle, QualityCycle.id == Measure.cycle_id)
        .where(
            Measure.organizer_id == exempelby().id,
            QualityCycle.unit_id.is_not(None),
            Measure.state != MeasureState.PROPOSED,
            Measure.assessable_from < first,
        )
    )
    return [
        row
        for row in rows
        if row.completed_at is None or clock.local(row.completed_at).date() >= autumn
    ]


def test_last_years_measures_ended_as_in_the_story(demo):
    last = [year(demo, -1).id, year(demo, 0).id]

    def judgement(measure: Measure) -> str:
        if measure.state is MeasureState.CANCELLED:
            return "cancelled"
        found = [
            row
            for row in measure.assessments
            if row.superseded_at is None and row.school_year_id in last
        ]
        return found[-1].judgement.value if found else "none"

    found = Counter(judgement(row) for row in measures_of_last_year(demo))

    assert found.total() == 18
    if demo.today >= date(demo.start_year, 9, 15):
        assert found == SETTLED
    elif demo.today >= date(demo.start_year, 8, 1):
        # Six are settled in the weeks that follow; one of them has a partial judgement from January.
        assert found == SETTLED | {
            "partly": 2, "not_achieved": 3, "no_evidence": 1, "not_yet": 2, "none": 5,
        }  # fmt: skip


@pytest.mark.parametrize(("offset", "causes", "own"), [(-2, 18, 9), (-1, 19, 14)])
def test_the_units_look_for_causes_in_their_own_work_more_than_before(demo, offset, causes, own):
    found = db.session.scalars(
        sa.select(Cause)
        .join(Problem, Problem.id == Cause.problem_id)
        .join(SituationAnalysis, SituationAnalysis.id == Problem.analysis_id)
        .join(QualityCycle, QualityCycle.id == SituationAnalysis.cycle_id)
        .where(
            QualityCycle.school_year_id == year(demo, offset).id,
            QualityCycle.unit_id.is_not(None),
            Cause.retired_at.is_(None),
        )
    ).all()
    assert (len(found), sum(cause.location.own_work for cause in found)) == (causes, own)


def test_karin_has_an_effect_to_assess(demo):
    measure = the_measure("Språkgrupper på fritidshemmet")
    assert measure.is_due
    assert measure.units == [demo.units["savkulla"]]
    assert measure.assessments == []


def test_mobilfri_skoldag_waits_for_a_new_date(demo):
    measure = the_measure("Mobilfri skoldag")
    assert measure.assess_on is not None
    assert measure.assess_on > demo.today
    if demo.today < date(demo.start_year, 12, 1):
        assert measure.assess_on == date(demo.start_year, 12, 15)


def test_a_starting_value_is_missing_where_the_story_says_so(demo):
    if demo.today >= date(demo.start_year, 10, 1):
        assert the_measure("Två lärare i matematik åk 6").baseline == ""


def test_a_dialogue_in_eriks_area_is_near(demo):
    ahead = min(row.day for row in dialogues(demo, "norr") if row.is_ahead and row.day)
    if demo.today < date(demo.start_year, 8, 4):
        assert ahead <= date(demo.start_year, 8, 21)  # in July nobody is at work to meet
    else:
        assert timedelta(days=2) <= ahead - demo.today <= timedelta(days=24)
    assert ahead.weekday() < 5


def test_a_proposal_of_another_time_waits(demo):
    waiting = [
        (row, row.open_proposal) for row in dialogues(demo, "norr") if row.open_proposal is not None
    ]
    [(dialogue, proposal)] = waiting
    assert dialogue.is_ahead
    assert proposal.starts_at > demo.moment
    assert demo.moment - proposal.at < timedelta(days=5)


def test_some_dialogues_have_no_time_yet(demo):
    for area in ("norr", "soder"):
        assert any(row.starts_at is None for row in dialogues(demo, area))


def test_a_dialogue_was_moved_and_then_cancelled_with_reasons(demo):
    last = db.session.scalars(
        sa.select(QualityDialogue).where(QualityDialogue.school_year_id == year(demo, -1).id)
    )
    [cancelled] = [row for row in last if row.is_cancelled]
    assert cancelled.unit_names == "Klockvretsskolan"
    assert [bool(move.reason) for move in cancelled.moves] == [False, True, True]


def test_topics_come_from_both_sides_before_the_dialogue(demo):
    held = [
        row
        for row in db.session.scalars(sa.select(QualityDialogue))
        if row.has_been and row.principals_topic and row.organizers_topics
    ]
    assert len(held) >= 9
    for row in held:
        assert all(topic.at < row.starts_at for topic in row.topics)


def test_no_dialogue_lies_on_a_day_when_nobody_works(demo):
    days = [row.day for row in db.session.scalars(sa.select(QualityDialogue)) if row.day]
    assert len(days) > 30
    assert not [day for day in days if is_calm(day) or not is_ordinary_working_day(day)]


def test_no_text_has_a_personnummer(demo):
    texts = 0
    for table in Base.metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if isinstance(column.type, (sa.String, sa.Text))
            and not isinstance(column.type, sa.Enum)
        ]
        if not columns:
            continue
        for row in db.session.execute(sa.select(*columns)):
            for text in filter(None, row):
                texts += 1
                assert find_personal_identity_number(text) is None, text
    assert texts > 1000


def test_the_coming_dialogues_are_being_prepared(demo):
    questions = db.session.scalars(sa.select(PreparationQuestion).order_by(PreparationQuestion.id))
    first, second = questions
    assert (first.is_answered, second.is_answered) == (True, False)
    assert first.dialogue is second.dialogue
    assert first.dialogue.is_ahead
    without = db.session.scalars(
        sa.select(QualityDialogue).where(QualityDialogue.no_topics_at.is_not(None))
    ).one()
    assert not without.has_been
    assert without.organizers_topics == []
