"""Asking for the board, and answering it."""

from tracker.models import BoardQuestion
from tracker.web.fields import FreeText, MaybeRow, Optional, required
from tracker.web.forms import VersionedForm
from tracker.web.once import OnceForm
from tracker.web.swedish import date_medium

TEXT_LENGTH = 5_000
ASKED = "Skriv vad nämnden vill veta."


class _QuestionFields:
    NAMES = ("text", "builds_on_id")

    text = FreeText("Fråga", [required(ASKED)], max_length=TEXT_LENGTH)
    builds_on_id = MaybeRow(
        "Bygger vidare på", validators=[Optional()], empty="Ingen tidigare fråga"
    )

    def offer(self, answered: list[BoardQuestion]) -> None:
        """The answered questions that this one may go on from."""
        self.builds_on_id.offer((row.id, label(row)) for row in answered)


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
