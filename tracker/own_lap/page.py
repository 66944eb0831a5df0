"""The page of the huvudman's own lap: goals, how far it has come, what the units' analyses say together, and
what the measures from before led to."""

import sqlalchemy as sa
from flask import render_template, url_for

from tracker.auth.access import current_access, may
from tracker.board.access import SEES_ALL
from tracker.evaluation.next_year import NextYear
from tracker.extensions import db
from tracker.models import BoardQuestion, OrganizerGoal, Permission, QualityCycle
from tracker.own_lap.units_together import units_together
from tracker.start.home import Step
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
        opens=NextYear.load(cycle),
        laps=laps_of(cycle.owner),
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
