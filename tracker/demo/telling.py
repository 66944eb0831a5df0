"""From the texts of the story to what happens on the stage: each verb on its own day, by its own person."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from tracker.cycle.calendar import school_year_start
from tracker.cycle.workdays import is_ordinary_working_day
from tracker.demo.script import (
    Action,
    Analysis,
    Area,
    Day,
    Deepened,
    Effect,
    Problem,
    Talk,
    Topic,
    UnitYear,
)
from tracker.demo.stage import Stage
from tracker.dialogues.models import ORGANIZERS_TOPICS_DAYS, PRINCIPALS_TOPIC_DAYS
from tracker.extensions import db
from tracker.models import (
    AnalysisDeepening,
    DevelopmentArea,
    EffectAssessment,
    Measure,
    QualityCycle,
    SituationAnalysis,
    Term,
)

DIALOGUE_LENGTH = timedelta(minutes=90)
WRITING_DAYS = 6
"""Between beginning an analysis and its problems standing there."""


def tell_year(stage: Stage, told: UnitYear) -> None:
    """Everything one unit wrote and decided in a läsår."""
    if told.analysis is not None:
        _tell_analysis(stage, told, told.analysis)
    for area in told.areas:
        _tell_area(stage, told, area)
    for action in told.actions:
        _tell_action(stage, told, action)


def _tell_analysis(stage: Stage, told: UnitYear, analysis: Analysis) -> None:
    def begin() -> None:
        SituationAnalysis.start(stage.lap(told.unit, told.year), by=stage.people[told.by])

    def invite() -> None:
        row = stage.analysis(told.unit, told.year)
        row.invite(stage.people[analysis.invited], by=stage.people[told.by])

    def write() -> None:
        by, row = stage.people[told.by], stage.analysis(told.unit, told.year)
        texts = {
            "basis": analysis.basis,
            "results": analysis.results,
            "staff_participation": analysis.staff,
            "learner_participation": analysis.learners,
            "guardian_participation": analysis.guardians,
        }
        row.write(texts, by=by)
        for problem in analysis.problems:
            _write_problem(stage, told, row, problem)

    def share() -> None:
        stage.analysis(told.unit, told.year).share(by=stage.people[told.by])

    def adopt() -> None:
        stage.analysis(told.unit, told.year).adopt(by=stage.people[told.by])

    def reopen() -> None:
        if analysis.reopened:
            reason = analysis.reopened[1]
            stage.analysis(told.unit, told.year).reopen(reason, by=stage.people[told.by])

    if analysis.deepened:
        _tell_deepening(stage, told, analysis.deepened)
    begun = stage.working_day(told.year, analysis.begun)
    stage.on(begun, begin)
    if analysis.invited:
        stage.on(begun, invite)
    stage.on(_working_day(begun + timedelta(days=WRITING_DAYS)), write)
    if analysis.shared:
        stage.on(stage.working_day(told.year, analysis.shared), share)
    if analysis.adopted:
        stage.on(stage.working_day(told.year, analysis.adopted), adopt)
    if analysis.reopened:
        stage.on(stage.working_day(told.year, analysis.reopened[0]), reopen)


def _write_problem(
    stage: Stage, told: UnitYear, analysis: SituationAnalysis, problem: Problem
) -> None:
    """A new problem, or one of last läsår's taken over and rewritten, with its causes."""
    by, since = stage.people[told.by], problem.since
    if since is None:
        row = analysis.add_problem(problem.text, problem.form, by=by)
    else:
        earlier = stage.analysis(since.unit or told.unit, told.year - 1).problems[since.place]
        row = analysis.take_over(earlier, since.development, since.now, by=by)
        row.write(problem.text, problem.form, by=by)
    brought = {cause.follows_id: cause for cause in row.causes}
    for cause in problem.causes:
        if cause.continues:
            made = brought.pop(stage.causes[cause.continues].id)
            made.write(cause.text, cause.location, cause.evidence, cause.prioritised, by=by)
        else:
            made = row.add_cause(
                cause.text, cause.location, cause.evidence, by=by, prioritised=cause.prioritised
            )
        if cause.key:
            stage.causes[cause.key] = made
    for left in brought.values():
        left.retire(by=by)


def _tell_deepening(stage: Stage, told: UnitYear, deepened: Deepened) -> None:
    day = stage.working_day(told.year, deepened.on)

    def decide() -> None:
        lap, by = stage.lap(told.unit, told.year), stage.people[deepened.by]
        row = AnalysisDeepening.decide(lap, day, deepened.reason, by=by)
        row.describe_support(
            {
                "support_offered": deepened.offered,
                "support_wanted": deepened.wanted,
                "support_given_by": deepened.given_by,
            },
            by=by,
        )

    stage.on(day, decide)


def _tell_area(stage: Stage, told: UnitYear, area: Area) -> None:
    def add() -> None:
        problems = stage.analysis(told.unit, told.year).problems if told.analysis else []
        stage.development_areas[area.key] = DevelopmentArea.create(
            stage.lap(told.unit, told.year),
            area.title,
            area.why,
            area.goal,
            by=stage.people[told.by],
            problems=[problems[place] for place in area.problems] if problems else [],
        )

    def rewrite(goal: str) -> None:
        row = stage.development_areas[area.key]
        row.write(row.title, row.why, goal, row.form, row.problems, by=stage.people[told.by])

    stage.on(stage.working_day(told.year, area.on), add)
    if area.rewritten:
        stage.on(
            stage.working_day(told.year, area.rewritten[0]), partial(rewrite, area.rewritten[1])
        )


def _tell_action(stage: Stage, told: UnitYear, action: Action) -> None:
    def fields() -> dict[str, Any]:
        responsible = stage.people.get(action.responsible)
        area = stage.development_areas[action.area] if action.area else None
        cause = stage.causes[action.cause] if action.cause else None
        return {
            "title": action.title,
            "description": action.description,
            "basis": action.basis,
            "cause_id": cause.id if cause else None,
            "basis_note": action.basis_note,
            "expected_effect": action.expected,
            "follow_up": action.follow_up,
            "baseline": action.baseline,
            "target": action.target,
            "responsible": responsible.name if responsible else action.responsible,
            "responsible_id": responsible.id if responsible else None,
            "area_id": area.id if area else None,
            "form": action.form,
            "assessable_from": stage.day(told.year, action.assessable_from),
            "starts_on": stage.day(told.year, action.starts),
            "ends_on": stage.day(told.year, action.ends),
        }

    def propose() -> None:
        by = stage.people[told.by]
        if action.continues:
            row = stage.measures[action.continues].continued_by
            if row is None:
                raise LookupError(f"nothing continues {action.continues!r}")
            row.write(by=by, **fields())
        else:
            units = [stage.units[key] for key in action.units]
            row = Measure.propose(stage.lap(told.unit, told.year), by=by, units=units, **fields())
        stage.measures[action.key] = row

    def decide() -> None:
        stage.measures[action.key].decide(by=stage.people[told.by])

    def log(on: date, text: str) -> None:
        stage.measures[action.key].add_log(on, text, by=stage.people[told.by])

    def cancel(reason: str) -> None:
        stage.measures[action.key].cancel(reason, by=stage.people[told.by])

    stage.on(stage.working_day(told.year, action.proposed), propose)
    if action.decided:
        stage.on(stage.working_day(told.year, action.decided), decide)
    for when, text in action.log:
        day = stage.working_day(told.year, when)
        stage.on(day, partial(log, day, text))
    if action.cancelled:
        stage.on(
            stage.working_day(told.year, action.cancelled[0]), partial(cancel, action.cancelled[1])
        )
    for effect in action.effects:
        assess_on(stage, told.unit, told.year, action.key, effect, told.by)


def assess_on(
    stage: Stage, unit: str, year: int, measure: str, effect: Effect, principal: str
) -> None:
    """The effect is assessed on its day, in the läsår (for komvux: the term) that holds it."""
    day = stage.working_day(year, effect.on)

    def assess() -> None:
        row = stage.measures[measure]
        school_year = stage.year(unit, school_year_start(day) - stage.start_year)
        term = Term.on(day) if stage.units[unit].assessed_per_term else Term.YEAR
        before = EffectAssessment.current(row, school_year, term)
        EffectAssessment.make(
            row,
            school_year,
            by=stage.people[effect.by or principal],
            revises=before.number if before else 0,
            term=term,
            carried_out=effect.carried_out if effect.judgement.is_final else None,
            carried_out_why=effect.why,
            outcome=effect.outcome,
            judgement=effect.judgement,
            evidence=effect.evidence,
            decision=effect.decision,
            next_date=stage.day(year, effect.next_date) if effect.next_date else None,
            lesson=effect.lesson,
            tip=effect.tip,
        )

    stage.on(day, assess)


def tell_talk(stage: Stage, talk: Talk) -> None:
    """A dialogue is placed, described, given its topics, and perhaps moved or cancelled."""
    starts_at = stage.hour(talk.year, talk.at)
    held_on = stage.working_day(talk.year, talk.at.split()[0])

    def place() -> None:
        lead = stage.people[talk.lead]
        row = stage.dialogue(talk.unit, talk.year, talk.number)
        row.place_at(starts_at, starts_at + DIALOGUE_LENGTH, by=lead)
        row.describe(talk.place, talk.participants, by=lead)

    def choose(topic: Topic) -> None:
        row = stage.dialogue(talk.unit, talk.year, talk.number)
        area = db.session.scalars(
            sa.select(DevelopmentArea)
            .join(QualityCycle, QualityCycle.id == DevelopmentArea.cycle_id)
            .where(
                QualityCycle.unit_id.in_([unit.id for unit in row.units]),
                QualityCycle.school_year_id == row.school_year_id,
                DevelopmentArea.title == topic.title,
            )
        ).first()
        row.choose_topic(topic.title, topic.text, area, by=stage.people[talk.by])

    def add(topic: Topic) -> None:
        row = stage.dialogue(talk.unit, talk.year, talk.number)
        row.add_topic(topic.title, topic.text, by=stage.people[talk.lead])

    placed_on = stage.working_day(talk.year, talk.placed)
    stage.on(placed_on, place)
    if talk.moved:
        held_on = move_on(stage, talk, *talk.moved)
    if talk.topic:
        day = max(placed_on, _working_day(held_on - timedelta(days=PRINCIPALS_TOPIC_DAYS)))
        stage.on(day, partial(choose, talk.topic))
    for topic in talk.organizers:
        day = max(placed_on, _working_day(held_on - timedelta(days=ORGANIZERS_TOPICS_DAYS)))
        stage.on(day, partial(add, topic))
    if talk.cancelled:
        cancelled_on, reason = talk.cancelled

        def cancel() -> None:
            row = stage.dialogue(talk.unit, talk.year, talk.number)
            row.cancel(reason, by=stage.people[talk.lead])

        stage.on(stage.working_day(talk.year, cancelled_on), cancel)


def move_on(stage: Stage, talk: Talk, on: Day, to: str, reason: str) -> date:
    """The dialogue is moved on a day; returns the day it is moved to."""
    after = stage.hour(talk.year, to)

    def move() -> None:
        row = stage.dialogue(talk.unit, talk.year, talk.number)
        row.place_at(after, after + DIALOGUE_LENGTH, by=stage.people[talk.lead], reason=reason)

    stage.on(stage.working_day(talk.year, on), move)
    return stage.working_day(talk.year, to.split()[0])


def _working_day(day: date) -> date:
    """The day, or the last one before it on which people work: what is due is done in time."""
    while not is_ordinary_working_day(day):
        day -= timedelta(days=1)
    return day
