"""Asking for the board, and answering it."""

from tracker.board.access import answered
from tracker.models import BoardQuestion
from tracker.web.fields import FreeText, MaybeRow, Optional, required
from tracker.web.forms import VersionedForm
from tracker.web.once import OnceForm
from tracker.web.swedish import date_medium

TEXT_LENGTH = 5_000
HIGHEST_ID = 2**31 - 1
ASKED = "Skriv vad nämnden vill veta."


class _QuestionFields:
    NAMES = ("text", "builds_on_id")

    text = FreeText("Fråga", [required(ASKED)], max_length=TEXT_LENGTH)
    builds_on_id = MaybeRow(
        "Bygger vidare på", validators=[Optional()], empty="Ingen tidigare fråga"
    )

    def offer(self, organizer_id: int, question: BoardQuestion | None = None) -> None:
        """The answered questions that this one, `question` where it is asked already, may go on from: the
        latest, the one that it goes on from, and the one that is chosen; one statement."""
        wanted = {self.builds_on_id.data, question.builds_on_id if question else None}
        rows = answered(organizer_id, {key for key in wanted if key and 0 < key <= HIGHEST_ID})
        self.answered = {row.id: row for row in rows if row is not question}
        self.builds_on_id.offer((row.id, label(row)) for row in self.answered.values())

    @property
    def builds_on(self) -> BoardQuestion | None:
        """The question that was chosen."""
        return self.answered.get(self.builds_on_id.data or 0)


class AskForm(_QuestionFields, OnceForm):
    pass


class RephraseForm(_QuestionFields, VersionedForm):
    pass


class AnswerForm(VersionedForm):
    answer = FreeText("Svar", [required("Skriv svaret.")], max_length=TEXT_LENGTH)


def label(question: BoardQuestion) -> str:
    """In a list to choose from: the beginning of the question, and when it was asked."""
    flat = " ".join(question.text.split())
    text = flat if len(flat) <= 110 else flat[:109].rstrip() + "…"
    return f"{text} ({date_medium(question.asked_at)})"
