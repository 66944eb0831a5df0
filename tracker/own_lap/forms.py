"""The huvudman's goals."""

from tracker.web.fields import FreeText, required
from tracker.web.forms import VersionedForm
from tracker.web.once import OnceForm

TEXT_LENGTH = 2_000


class _GoalFields:
    NAMES = ("text", "signs")

    text = FreeText(
        "Mål", [required("Skriv målet med huvudmannens egna ord.")], max_length=TEXT_LENGTH
    )
    signs = FreeText("Så märker vi att vi närmar oss målet", max_length=TEXT_LENGTH)


class NewGoalForm(_GoalFields, OnceForm):
    pass


class GoalForm(_GoalFields, VersionedForm):
    """A goal that is there already."""
