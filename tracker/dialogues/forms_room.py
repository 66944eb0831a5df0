"""The forms of the room: one over each point of the agenda, and one over each agreement."""

import secrets
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from flask import request
from wtforms import StringField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from tracker import clock
from tracker.dialogues.forms import NOTE_LENGTH
from tracker.models import Agreement, AgreementState, DialogueNote, QualityDialogue
from tracker.web.fields import Day, FreeLine, FreeText, MaybeRow, OneOf, Optional, required
from tracker.web.forms import Form, VersionedForm
from tracker.web.swedish import sort_key

ONE_OF_MANY = type("Meta", (VersionedForm.Meta,), {"csrf": False})
"""Many forms in one <form>: its token is checked before the view, once for all of them."""


class NoteForm(VersionedForm):
    """The text at a point of the agenda; `version` is 0 as long as nobody has written there."""

    Meta = ONE_OF_MANY
    text = FreeText("Anteckningar", [Optional()])

    @classmethod
    def over(cls, slot: str, note: DialogueNote | None) -> "NoteForm":
        """As it was sent; as it stands when nothing was sent for it."""
        standing = {"text": note.text if note else "", "version": note.version if note else 0}
        prefix = f"note-{slot}"
        return cls(**_sent(f"{prefix}-text"), prefix=prefix, data=standing)

    def is_saved(self, note: DialogueNote | None) -> None:
        """What is typed is what stands: the next change builds on it."""
        self.version.data = note.version if note else 0
        self.version.raw_data = [str(self.version.data)]

    @property
    def was_sent(self) -> bool:
        return self.text.name in request.form


class AgreementForm(VersionedForm):
    """What, who and when. `token` is that of a new one, so that it is made once."""

    Meta = ONE_OF_MANY
    what = FreeText("Vad", [Optional()], max_length=NOTE_LENGTH)
    who = MaybeRow("Vem", empty="Välj en person")
    other = FreeLine("Någon annan", [Optional()])
    due = Day("När", [Optional()])
    token = StringField(widget=HiddenInput(), validators=[Length(max=40)])

    @classmethod
    def over(
        cls, row: Agreement, people: Collection[tuple[int, str]], *, fresh: bool = False
    ) -> "AgreementForm":
        """`fresh`: as it stands, whatever was sent. So it is too when nothing was sent for it."""
        data = standing(row) | {"version": row.version}
        prefix = f"agreement-{row.id}"
        form = cls(**_sent(f"{prefix}-what", fresh=fresh), prefix=prefix, data=data)
        known = {key for key, _ in people}
        gone = row.responsible_id is not None and row.responsible_id not in known
        form.who.offer([*people, *([(row.responsible_id, row.responsible)] if gone else [])])
        return form

    @classmethod
    def for_new(
        cls, people: Collection[tuple[int, str]], *, fresh: bool = False
    ) -> "AgreementForm":
        data = {"version": 0, "token": _new_token()}
        form = cls(**_sent("new-what", fresh=fresh), prefix="new", data=data)
        form.who.offer(people)
        return form

    @property
    def was_sent(self) -> bool:
        return self.what.name in request.form

    @property
    def is_filled(self) -> bool:
        written = (self.what.data, self.other.data, self.who.data, *(self.due.raw_data or ()))
        return any(written)

    def allows(self) -> bool:
        """Whether it says enough; puts errors at the fields."""
        valid = self.validate()
        if not self.what.errors and not self.what.data:
            self.refuse("what", "Skriv vad ni kom överens om.")
        if self.who.data and self.other.data:
            self.refuse("other", "Välj en person eller skriv någon annan, inte båda.")
        return valid and not self.errors

    def agreed(self) -> tuple[str, str, int | None, date | None]:
        """What, who as it reads, the person chosen, and when."""
        chosen = self.who.data
        who = dict(self.who.choices)[chosen] if chosen else self.other.data
        return self.what.data, who, chosen, self.due.data

    def has_been_sent_before(self, what: str) -> None:
        """It made an agreement, as which `what` stands, and holds other words now: those can make one of
        their own."""
        self.token.data = _new_token()
        self.refuse(
            "what",
            f"Det du skickade nyss är redan tillagt: ”{what}”. Det som står här är inte sparat. Lägg till "
            "det också, eller ändra den överenskommelse som finns.",
        )


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _sent(name: str, *, fresh: bool = False) -> dict[str, Any]:
    """Many forms in one <form>, and not all of them in what was sent: a field that was not sent would be
    shown as empty, and be emptied by the next save."""
    return {} if name in request.form and not fresh else {"formdata": None}


def standing(row: Agreement) -> dict[str, Any]:
    """A row by the names of AgreementForm's fields."""
    return {
        "what": row.what,
        "who": row.responsible_id,
        "other": "" if row.responsible_id else row.responsible,
        "due": row.due_on,
    }


class RoomForm:
    """All forms of the room as one, so that the page can list what is wrong in any of them."""

    errors_title = Form.errors_title

    not_saved = ""
    """Of what was sent: what is saved and what is not, as a sentence."""

    def __init__(self, dialogue: QualityDialogue, people: Collection[tuple[int, str]]) -> None:
        self.people = people
        self.notes = {
            slot: NoteForm.over(slot, dialogue.note_at(slot)) for slot in dialogue.slots()
        }
        self.agreements = {row.id: AgreementForm.over(row, people) for row in dialogue.agreements}
        self.new = AgreementForm.for_new(people)

    def new_is_made(self) -> None:
        """An empty form for the next one."""
        self.new = AgreementForm.for_new(self.people, fresh=True)

    def forms(self) -> list[VersionedForm]:
        return [*self.notes.values(), *self.agreements.values(), self.new]

    def __iter__(self) -> Iterator[Any]:
        for form in self.forms():
            yield from form

    @property
    def errors(self) -> dict[str, Any]:
        found = {
            f"{form._prefix}{name}": messages
            for form in self.forms()
            for name, messages in form.errors.items()
        }
        return found | ({"": [self.not_saved]} if self.not_saved else {})

    @property
    def form_errors(self) -> list[str]:
        texts = [self.not_saved, *(text for form in self.forms() for text in form.form_errors)]
        return list(dict.fromkeys(filter(None, texts)))


class FollowUpForm(VersionedForm):
    """Vad blev det?"""

    state = OneOf("Hur gick det?", AgreementState)
    outcome = FreeText("Vad blev det?", [Optional()], max_length=NOTE_LENGTH)
    due_on = Day("Senast", [Optional()])

    def allows(self, due_on: date | None) -> bool:
        """`due_on`: the day that stands."""
        moves = self.due_on.data is not None and self.due_on.data != due_on
        if moves and self.due_on.data < clock.today():
            self.refuse("due_on", "Den dagen har varit. Välj en dag som kommer.")
        if self.state.data is None:
            self.refuse("state", "Välj hur det gick.")
        elif self.state.data is not AgreementState.OPEN and not self.outcome.data:
            self.refuse("outcome", "Skriv med några ord vad det blev.")
        return not self.errors


class RemarkForm(Form):
    text = FreeText(
        "Anmärkning", [required("Skriv det du vill lägga till.")], max_length=NOTE_LENGTH
    )


def choices(people: Iterable[Any]) -> list[tuple[int, str]]:
    """Each person once, by name."""
    names = {person.id: person.name for person in people}
    return sorted(names.items(), key=lambda row: (sort_key(row[1]), row[0]))
