"""Nämndens frågor: what the board asks about the quality work, and what the skolchef answers.

A question is its asker's to change until it is answered; after that it stands, and so does every earlier
wording of the answer in Historik. Whoever wants to know more asks anew, building on what was answered.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.analyses.problems import excerpt
from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.removals.models import Removal, RemovalKind

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.organizers import Organizer


class QuestionAnswered(Exception):
    """The question has an answer, and stands as it was asked."""


class QuestionGone(Exception):
    """The question has been taken away meanwhile."""


class BoardQuestion(MadeByForm, Versioned, TenantOwned, Base):
    """One question with its answer, once there is one."""

    __tablename__ = "board_question"
    __table_args__ = (
        tenant_key(),
        tenant_fk("builds_on_id", "board_question"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "answered_at"),
        sa.Index(None, "builds_on_id"),
        sa.CheckConstraint("text <> ''", name="asks_something"),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answer_is_dated"),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_name IS NULL)", name="answer_is_signed"
        ),
        sa.CheckConstraint(
            "revised_at IS NULL OR answered_at IS NOT NULL", name="revised_after_answered"
        ),
        sa.CheckConstraint("builds_on_id <> id", name="builds_on_another"),
        NUMBERS_ARE_NOT_REUSED,
    )

    text: Mapped[LongText]
    builds_on_id: Mapped[int | None]
    """The answered question that this one goes on from."""
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_by_name: Mapped[ShortText]
    answer: Mapped[LongText]
    answered_at: Mapped[datetime | None]
    """When it was first answered."""
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    revised_at: Mapped[datetime | None]
    """When the answer was last changed, if it has been."""
    revised_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    builds_on: Mapped["BoardQuestion | None"] = relationship(
        foreign_keys="BoardQuestion.builds_on_id", remote_side="BoardQuestion.id"
    )

    @classmethod
    def ask(
        cls,
        organizer: "Organizer",
        text: str,
        builds_on: "BoardQuestion | None",
        *,
        by: "User",
        form_token: str | None = None,
    ) -> Self:
        question = cls(
            organizer_id=organizer.id,
            text=text,
            builds_on=builds_on,
            asked_by_id=by.id,
            asked_by_name=by.name,
            form_token=form_token,
        )
        db.session.add(question)
        db.session.flush()
        question._record(Action.BOARD_ASKED, by)
        return question

    @classmethod
    def waiting(cls, organizer_id: int) -> sa.Select[tuple[int]]:
        """How many of the organizer's questions have no answer."""
        return sa.select(sa.func.count(cls.id)).where(
            cls.organizer_id == organizer_id, cls.answered_at.is_(None)
        )

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    def rephrase(self, text: str, builds_on: "BoardQuestion | None", *, by: "User") -> None:
        """Other words, or another question to build on; Historik keeps what was before of each. Raises
        QuestionAnswered once there is an answer: it is to what was asked."""
        self._must_wait()
        if text != self.text:
            before, self.text = self.text, text
            record(Action.BOARD_REPHRASED, self, by=by, before=before)
        if (builds_on.id if builds_on else None) != self.builds_on_id:
            earlier, self.builds_on = self.builds_on, builds_on
            told = f"”{excerpt(earlier.text)}”" if earlier else "ingen tidigare fråga"
            self._record(Action.BOARD_BUILT_ON_ANOTHER, by, before=told)

    def withdraw(self, *, by: "User") -> Removal:
        """Take it away. Raises QuestionAnswered once there is an answer, QuestionGone when somebody has
        done it at this very moment."""
        held = sa.select(BoardQuestion).where(BoardQuestion.id == self.id).with_for_update()
        if db.session.scalar(held.execution_options(populate_existing=True)) is None:
            raise QuestionGone
        self._must_wait()
        self._record(Action.BOARD_WITHDREW, by)
        removal = Removal.keep(RemovalKind.BOARD_QUESTION, self, excerpt(self.text), [self], by=by)
        db.session.delete(self)
        return removal

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> None:
        question = db.session.get_one(cls, removal.bring_back())
        question._record(Action.BOARD_ASKED_AGAIN, by)

    def give_answer(self, answer: str, *, by: "User") -> None:
        """Answer it, or answer in other words: Historik keeps what was answered before."""
        if answer == self.answer:
            return
        if not self.is_answered:
            self.answered_at, self.answered_by_name = now(), by.name
            self.answer = answer
            self._record(Action.BOARD_ANSWERED, by)
            return
        before = self.answer
        self.answer = answer
        self.revised_at, self.revised_by_name = now(), by.name
        self._record(Action.BOARD_ANSWER_REVISED, by, before=before)

    def _must_wait(self) -> None:
        if self.is_answered:
            raise QuestionAnswered

    def _record(self, action: Action, by: "User", **data: str) -> None:
        record(action, self, by=by, question=excerpt(self.text), **data)
