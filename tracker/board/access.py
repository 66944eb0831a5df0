"""Who reads and writes the board's questions: everybody with a role in the organizer what is answered; what
waits for an answer the board, and the skolchef who is to give it."""

from collections.abc import Collection

import sqlalchemy as sa
from flask import abort, g
from flask_login import current_user
from sqlalchemy.orm import joinedload

from tracker.auth.access import current_access
from tracker.auth.grants import Access
from tracker.extensions import db
from tracker.models import BoardQuestion, Permission

ON_START = 3
TO_BUILD_ON = 50
SEES_ALL = frozenset({Permission.ASK, Permission.OVERSEE})


def readable(access: Access) -> sa.ColumnElement[bool]:
    """A criterion on BoardQuestion."""
    answered = BoardQuestion.answered_at.is_not(None)
    return sa.and_(
        BoardQuestion.organizer_id == access.organizer_id,
        sa.true() if access.on_organizer() & SEES_ALL else answered,
    )


def latest_questions(access: Access) -> list[BoardQuestion]:
    """The few that stand on Start of the board: what waits first, then the latest answered."""
    return list(
        db.session.scalars(
            sa.select(BoardQuestion)
            .where(readable(access))
            .order_by(
                BoardQuestion.answered_at.is_not(None),
                BoardQuestion.answered_at.desc(),
                BoardQuestion.id.desc(),
            )
            .limit(ON_START)
        )
    )


def answered(organizer_id: int, also: Collection[int] = ()) -> list[BoardQuestion]:
    """The latest answered questions of the organizer, for another to build on, and of older ones `also`
    (ids); the latest first."""
    is_answered = sa.and_(
        BoardQuestion.organizer_id == organizer_id, BoardQuestion.answered_at.is_not(None)
    )
    order = (BoardQuestion.answered_at.desc(), BoardQuestion.id.desc())
    latest = sa.select(BoardQuestion.id).where(is_answered).order_by(*order).limit(TO_BUILD_ON)
    which = sa.or_(BoardQuestion.id.in_(latest), BoardQuestion.id.in_(also))
    return list(
        db.session.scalars(sa.select(BoardQuestion).where(is_answered, which).order_by(*order))
    )


def load_question(question_id: int, to: Permission) -> BoardQuestion:
    """A question that the person may read; else 404. With ASK: one that she has asked herself, and that
    waits, else 403. What was done with it is read by all who read it."""
    access = current_access()
    question = db.session.scalar(
        sa.select(BoardQuestion)
        .where(BoardQuestion.id == question_id, readable(access))
        .options(joinedload(BoardQuestion.builds_on))
    )
    if question is None or Permission.READ not in access.on_own_lap():
        abort(404)
    given = {Permission.READ, Permission.FOLLOW} | access.on_organizer() & {Permission.OVERSEE}
    if Permission.ASK in access.on_organizer() and question.asked_by_id == current_user.id:
        given |= {Permission.ASK}
    g.unit_permissions = frozenset(given)
    if to not in given:
        abort(403)
    return question
