"""The forms of the national quality dialogue; when a meeting is uses the dialogues' own form."""

from tracker.dialogues.forms import NOTE_LENGTH
from tracker.web.fields import FreeText, Optional, required
from tracker.web.forms import Form, VersionedForm


class TextsForm(VersionedForm):
    focus = FreeText("Det här vill vi ta upp", [Optional()])
    takeaway = FreeText("Det här tar vi med oss", [Optional()])


class NotesForm(VersionedForm):
    notes = FreeText("Anteckningar", [Optional()])


class CancelMeetingForm(Form):
    reason = FreeText(
        "Varför ställs mötet in?",
        [required("Skriv varför mötet ställs in.")],
        max_length=NOTE_LENGTH,
    )
