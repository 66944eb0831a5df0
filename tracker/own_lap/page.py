"""The page of the huvudman's own lap: goals, how far it has come, what the units' analyses say together, and
what the measures from before led to."""

import sqlalchemy as sa
from flask import render_template, url_for
from sqlalchemy.orm import aliased, contains_eager

from tracker.auth.access import current_access, may
from tracker.board.access import SEES_ALL
from tracker.extensions import db
from tracker.models import (
    BoardQuestion,
    EffectAssessment,
    Judgement,
    Measure,
    OrganizerGoal,
    Permission,
    QualityCycle,
    SchoolYear,
)
from tracker.own_lap.units_together import units_together
from tracker.start.steps import Step
from tracker.start.units import laps_of
from tracker.start.year import Part, own_parts
from tracker.web import swedish


def page(cycle: QualityCycle, steps: list[Step], *, is_over: bool) -> str:
    """`cycle` has just been loaded for the person."""
    goals = OrganizerGoal.of(cycle)
    writes = may(Permission.WRITE)
    return render_template(
        "own_lap/year.html",
        cycle=cycle,
        unit=cycle.owner,
        year=cycle.school_year,
        steps=steps,
        is_over=is_over,
        goals=goals,
        goals_before=OrganizerGoal.before(cycle) if writes and not goals else [],
        parts=[*own_parts(cycle), _questions(cycle.organizer_id)],
        units_say=units_together(cycle) if writes else None,
        led_to=_led_to(cycle),
        laps=laps_of(cycle.owner),
    )


def _led_to(cycle: QualityCycle) -> list[EffectAssessment]:
    """What was assessed, in this läsår or the one before it, of the measures from earlier läsår, the latest
    first. One statement."""
    year, home = cycle.school_year.start_year, aliased(SchoolYear)
    return list(
        db.session.scalars(
            sa.select(EffectAssessment)
            .join(EffectAssessment.school_year)
            .join(EffectAssessment.measure)
            .join(Measure.cycle)
            .join(QualityCycle.school_year.of_type(home))
            .where(
                Measure.standing_in(cycle),
                home.start_year < year,
                SchoolYear.start_year.in_([year, year - 1]),
                EffectAssessment.superseded_at.is_(None),
                EffectAssessment.judgement != Judgement.NOT_YET,
            )
            .options(
                contains_eager(EffectAssessment.school_year),
                contains_eager(EffectAssessment.measure)
                .contains_eager(Measure.cycle)
                .contains_eager(QualityCycle.school_year.of_type(home)),
            )
            .order_by(SchoolYear.start_year.desc(), EffectAssessment.id.desc())
        )
    )


def _questions(organizer_id: int) -> Part:
    waiting, all_of_them = db.session.execute(
        sa.select(
            BoardQuestion.waiting(organizer_id).scalar_subquery(),
            sa.select(sa.func.count(BoardQuestion.id))
            .where(BoardQuestion.organizer_id == organizer_id)
            .scalar_subquery(),
        )
    ).one()
    found = []
    if answered := all_of_them - waiting:
        count = swedish.count(answered, "En fråga har svar", "frågor har svar", words=True)
        found.append(f"{count[:1].upper()}{count[1:]}.")
    if waiting and current_access().on_organizer() & SEES_ALL:
        count = swedish.count(waiting, "En fråga väntar", "frågor väntar", words=True)
        found.append(f"{count[:1].upper()}{count[1:]} på svar.")
    return Part(
        "Nämndens frågor",
        found or ["Ingen fråga har fått svar än."],
        url_for("board.index"),
        "Läs frågor och svar",
    )
