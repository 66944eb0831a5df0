"""Undo: what somebody removed comes back, for those who may remove it."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.analyses.access import load_analysis
from tracker.analyses.models import AnalysisLocked
from tracker.auth.access import (
    current_access,
    load_cycle,
    load_dialogue,
    load_measure,
    load_organizer,
    load_unit,
)
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.measures.states import IllegalTransition
from tracker.models import (
    BoardQuestion,
    DevelopmentArea,
    DialogueTopic,
    HandoverNote,
    Measure,
    OrganizerGoal,
    Permission,
    PreparationQuestion,
    QualityCycle,
    SchoolUnit,
    SchoolYear,
    Side,
    SituationAnalysis,
    SupportRequest,
    TeamGoal,
    TeamPlan,
)
from tracker.removals.access import ACTS_FOR, asked_where_one_writes, from_a_plan_one_writes
from tracker.removals.models import CannotUndo, Removal, RemovalKind
from tracker.teams.routes_goals import home_of_goal
from tracker.web.notices import notify

bp = Blueprint("removals", __name__)


@bp.post("/angra/<int:removal_id>")
def undo(removal_id: int) -> Response:
    """Bring it back, and lead to where it is."""
    removal = Removal.find(current_access().organizer_id, removal_id) or abort(404)
    bring_back, address = HOMES[removal.kind](removal)
    if removal.undone_at is not None:
        notify("Det är redan ångrat.", "info")
        return redirect(address)
    try:
        bring_back()
    except (CannotUndo, DialogueError) as wrong:
        return _not_possible(str(wrong), address)
    except AnalysisLocked:
        return _not_possible("Analysen är fastställd. Öppna den igen först.", address)
    except IllegalTransition:
        return _not_possible("Effekten är bedömd, så loggen ändras inte längre.", address)
    said = removal.kind.is_back
    db.session.commit()
    notify(said)
    return redirect(address)


def _not_possible(why: str, address: str) -> Response:
    db.session.rollback()
    notify(f"Det gick inte att ångra. {why}", "warning")
    return redirect(address)


Way = tuple[Callable[[], object], str]
"""What brings it back, and the address of the page where it then is."""


def _problem(removal: Removal) -> Way:
    analysis = db.session.get(SituationAnalysis, removal.home_id) or abort(404)
    at = {"slug": analysis.cycle.owner.slug, "year": analysis.cycle.school_year.slug}
    analysis = load_analysis(**at, to=Permission.WRITE)
    return lambda: analysis.bring_back(removal, by=current_user), url_for("analyses.show", **at)


def _of_lap(removal: Removal) -> Way:
    cycle = db.session.get(QualityCycle, removal.home_id) or abort(404)
    at = {"slug": cycle.owner.slug, "year": cycle.school_year.slug}
    load_cycle(**at, to=Permission.WRITE)
    kind = Measure if removal.kind is RemovalKind.MEASURE else DevelopmentArea
    return lambda: kind.bring_back(removal, by=current_user), url_for("measures.index", **at)


def _log_entry(removal: Removal) -> Way:
    measure = load_measure(removal.home_id, to=Permission.WRITE)
    address = url_for("measures.show", measure_id=measure.id)
    return lambda: measure.bring_back_log(removal, by=current_user), address


def _topic(removal: Removal) -> Way:
    side = Side(removal.value(DialogueTopic.side))
    dialogue = load_dialogue(removal.home_id, to=ACTS_FOR[side])
    address = url_for("dialogues.show", dialogue_id=dialogue.id)
    return lambda: dialogue.bring_back_topic(removal, by=current_user), address


def _question(removal: Removal) -> Way:
    side = Side(removal.value(PreparationQuestion.side))
    dialogue = load_dialogue(removal.home_id, to=ACTS_FOR[side])
    address = url_for("dialogues.show", dialogue_id=dialogue.id)
    return lambda: dialogue.bring_back_question(removal, by=current_user), address


def _agreement(removal: Removal) -> Way:
    dialogue = load_dialogue(removal.home_id, to=Permission.CONVERSE)
    address = url_for("dialogues.room", dialogue_id=dialogue.id)
    return lambda: dialogue.bring_back_agreement(removal, by=current_user), address


def _period(removal: Removal) -> Way:
    load_organizer(to=Permission.MANAGE)
    year = db.session.get(SchoolYear, removal.home_id) or abort(404)
    address = url_for("cycle.year", year=year.slug)
    return lambda: year.bring_back_period(removal, by=current_user), address


def _must_be(mine: sa.ColumnElement[bool], removal: Removal) -> None:
    """404 unless the criterion holds of it."""
    if db.session.scalar(sa.select(Removal.id).where(Removal.id == removal.id, mine)) is None:
        abort(404)


def _team_goal(removal: Removal) -> Way:
    _must_be(from_a_plan_one_writes(current_access()), removal)
    _, address = home_of_goal(db.session.get_one(TeamPlan, removal.home_id))
    return lambda: TeamGoal.bring_back(removal, by=current_user), address


def _goal(removal: Removal) -> Way:
    cycle = db.session.get(QualityCycle, removal.home_id) or abort(404)
    at = {"slug": cycle.owner.slug, "year": cycle.school_year.slug}
    load_cycle(**at, to=Permission.WRITE)
    return lambda: OrganizerGoal.bring_back(removal, by=current_user), url_for("start.year", **at)


def _board_question(removal: Removal) -> Way:
    load_organizer(to=Permission.ASK)
    if removal.by_id != current_user.id:
        abort(403)
    return lambda: BoardQuestion.bring_back(removal, by=current_user), url_for("board.index")


def _support_request(removal: Removal) -> Way:
    # Who reads what is asked for saw it go, as if it had never been.
    _must_be(asked_where_one_writes(current_access()), removal)
    return lambda: SupportRequest.bring_back(removal, by=current_user), url_for("support.index")


def _handover_note(removal: Removal) -> Way:
    unit = db.session.get(SchoolUnit, removal.home_id) or abort(404)
    load_unit(unit.slug, to=Permission.WRITE)
    if removal.by_id != current_user.id:
        abort(403)  # a colleague's words are not others' to leave
    address = url_for("handover.show", slug=unit.slug)
    return lambda: HandoverNote.bring_back(removal, by=current_user), address


HOMES: dict[RemovalKind, Callable[[Removal], Way]] = {
    RemovalKind.PROBLEM: _problem,
    RemovalKind.DEVELOPMENT_AREA: _of_lap,
    RemovalKind.MEASURE: _of_lap,
    RemovalKind.LOG_ENTRY: _log_entry,
    RemovalKind.TOPIC: _topic,
    RemovalKind.QUESTION: _question,
    RemovalKind.AGREEMENT: _agreement,
    RemovalKind.PERIOD: _period,
    RemovalKind.TEAM_GOAL: _team_goal,
    RemovalKind.GOAL: _goal,
    RemovalKind.BOARD_QUESTION: _board_question,
    RemovalKind.SUPPORT_REQUEST: _support_request,
    RemovalKind.HANDOVER_NOTE: _handover_note,
}
"""Finds the home of what was removed, for those who may remove there; else 404 or 403. `may_come_back` says the
same of a list."""
