"""Frågor inför dialogen: each side may ask the other, and is answered there, until the dialogue begins."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.clock import local, now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
)
from tracker.dialogues.states import DialogueError, Side
from tracker.extensions import db
from tracker.removals.models import Removal, RemovalKind

if TYPE_CHECKING:
    from datetime import date

    from tracker.auth.models import User
    from tracker.dialogues.models import QualityDialogue

EXCERPT = 80
QUESTIONS_STAND = "Dialogen har börjat. Frågor och svar går inte att ändra längre."


class PreparationQuestion(Versioned, TenantOwned, Base):
    """A question from one side to the other. Unanswered it stands on the other side's checklist."""

    __tablename__ = "preparation_question"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        sa.Index(None, "dialogue_id"),
        sa.CheckConstraint("text <> ''", name="asks_something"),
        sa.CheckConstraint(
            "(answer = '') = (answered_at IS NULL) AND (answer = '') = (answered_by_name IS NULL)",
            name="answer_is_signed",
        ),
        NUMBERS_ARE_NOT_REUSED,
    )

    dialogue_id: Mapped[int]
    side: Mapped[Side] = mapped_column(choice(Side))
    """Of the one who asks."""
    text: Mapped[LongText]
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    answer: Mapped[LongText]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="PreparationQuestion.dialogue_id", back_populates="questions"
    )

    @property
    def to(self) -> str:
        """Whom it is put to, in running text."""
        return "dialogansvarig" if self.side is Side.PRINCIPAL else "rektor"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def asked_on(self) -> "date":
        """The day in Sweden."""
        return local(self.at).date()

    @property
    def excerpt(self) -> str:
        """The question in one line, for lists and for the history."""
        text = " ".join(self.text.split())
        return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(maxsplit=1)[0][:79] + "…"


class HasQuestions:
    """What a dialogue does with the questions of its preparation."""

    if TYPE_CHECKING:
        organizer_id: int
        questions: list[PreparationQuestion]
        has_been: bool

        def lock(self) -> None: ...
        def _record(self, action: Action, by: "User | None", **data: Any) -> None: ...

    def ask(self, side: Side, text: str, *, by: "User") -> PreparationQuestion:
        """A question of that side to the other. DialogueError when the dialogue has begun."""
        self.lock()
        self._questions_must_be_open()
        question = PreparationQuestion(
            organizer_id=self.organizer_id, side=side, text=text, by_id=by.id, by_name=by.name
        )
        self.questions.append(question)
        db.session.flush()
        self._record(Action.QUESTION_ASKED, by, question=question.excerpt)
        return question

    def answer_question(self, question: PreparationQuestion, answer: str, *, by: "User") -> None:
        """Answer it, or put the answer in other words. DialogueError when the dialogue has begun."""
        self.lock()
        self._questions_must_be_open()
        if answer == question.answer:
            return
        action = Action.QUESTION_ANSWERED
        if question.is_answered:
            action = Action.ANSWER_CHANGED
        question.answer, question.answered_at = answer, now()
        question.answered_by_id, question.answered_by_name = by.id, by.name
        self._record(action, by, question=question.excerpt)

    def withdraw_question(self, question: PreparationQuestion, *, by: "User") -> Removal:
        """It disappears; the history keeps that it was asked. DialogueError when it is another's, has
        its answer, or the dialogue has begun."""
        self.lock()
        self._questions_must_be_open()
        if question.by_id != by.id:
            raise DialogueError("Bara den som har ställt frågan kan ta tillbaka den.")
        if question not in self.questions:
            raise DialogueError("Frågan är redan borttagen.")
        db.session.refresh(question)
        if question.is_answered:
            raise DialogueError("Frågan är redan besvarad och står kvar med sitt svar.")
        self._record(Action.QUESTION_WITHDRAWN, by, question=question.excerpt)
        removal = Removal.keep(RemovalKind.QUESTION, self, question.excerpt, [question], by=by)
        self.questions.remove(question)
        return removal

    def bring_back_question(self, removal: Removal, *, by: "User") -> None:
        self.lock()
        self._questions_must_be_open()
        if removal.by_id != by.id:
            raise DialogueError("Bara den som har ställt frågan kan ställa den igen.")
        removal.bring_back()
        self._record(Action.QUESTION_RESTORED, by, question=removal.what)

    def _questions_must_be_open(self) -> None:
        if self.has_been:
            raise DialogueError(QUESTIONS_STAND)
