"""What a dialogue does in the room: the points of its agenda, notes at each of them, agreements."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.clock import now, today
from tracker.dialogues.afterwards import LOCKED
from tracker.dialogues.agreements import Agreement
from tracker.dialogues.notes import EFFECTS, LAST_TIME, OTHER, DialogueNote
from tracker.dialogues.states import DialogueError, DialogueKind
from tracker.extensions import db
from tracker.removals.models import Removal, RemovalKind

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.dialogues.topics import DialogueTopic

ONE_EVENT_EACH = timedelta(minutes=15)
"""Notes are saved every few seconds: Historik tells once that somebody wrote, not every time."""

TOPIC = "topic-"


class IsWrittenIn:
    """Mixin of QualityDialogue. Every verb takes the dialogue's row first (IsHeld.lock)."""

    if TYPE_CHECKING:
        organizer_id: int
        kind: DialogueKind
        day: date | None
        is_cancelled: bool
        is_approved: bool
        notes: list[DialogueNote]
        agreements: list[Agreement]
        principals_topic: "DialogueTopic | None"
        organizers_topics: list["DialogueTopic"]
        lock: Callable[[], None]

        def _lapse(self, by: "User") -> None: ...
        def _record(self, action: Action, by: "User | None", **data: Any) -> None: ...

    # The agenda

    def slots(self) -> list[str]:
        """The points of the agenda, in order."""
        chosen = [self.principals_topic] if self.principals_topic else []
        topics = [slot_of(topic) for topic in [*chosen, *self.organizers_topics]]
        return [LAST_TIME, EFFECTS, *topics, OTHER]

    def heading(self, slot: str) -> str:
        """What a point is called."""
        if topic := self.topic_at(slot):
            return topic.title
        effects = "Vad åtgärderna ledde till" if self.kind.number == 2 else "Effekter av åtgärderna"
        return {
            LAST_TIME: "Sagt förra gången – vad blev det",
            EFFECTS: effects,
            OTHER: "Övrigt",
        }[slot]

    def topic_at(self, slot: str) -> "DialogueTopic | None":
        chosen = [self.principals_topic] if self.principals_topic else []
        topics = [*chosen, *self.organizers_topics]
        return next((topic for topic in topics if slot_of(topic) == slot), None)

    def note_at(self, slot: str) -> DialogueNote | None:
        return next((row for row in self.notes if row.slot == slot), None)

    # Writing

    @property
    def room_has_opened(self) -> bool:
        return not self.is_cancelled and self.day is not None and self.day <= today()

    def must_be_open_for_notes(self) -> None:
        """Raises DialogueError that says why nothing can be written."""
        if self.is_approved:
            raise DialogueError(LOCKED)
        if self.is_cancelled:
            raise DialogueError("Dialogen är inställd.")
        if not self.room_has_opened:
            raise DialogueError("Sidan öppnar den dag då dialogen är.")

    def write_note(self, slot: str, text: str, *, seen: int, by: "User") -> DialogueNote | None:
        """Write at a point of the agenda. `seen` is the version of the text that the person changed
        (0: nothing was written): StaleDataError when another has been saved since. The same text
        once more is no change. LookupError for a point that the agenda lacks."""
        self.lock()
        self.must_be_open_for_notes()
        if slot not in self.slots():
            raise LookupError(slot)
        note = self.note_at(slot)
        if text == (note.text if note else ""):
            return note
        if seen != (note.version if note else 0):
            raise StaleDataError("somebody else has written here meanwhile")
        written = {"text": text, "by_id": by.id, "by_name": by.name, "at": now()}
        goes_on = note is not None and note.by_id == by.id and now() - note.at <= ONE_EVENT_EACH
        if note is None:
            topic = self.topic_at(slot)
            note = DialogueNote(
                organizer_id=self.organizer_id,
                slot=slot,
                topic_id=topic.id if topic else None,
                **written,
            )
            self.notes.append(note)
        else:
            for name, value in written.items():
                setattr(note, name, value)
        db.session.flush()
        if not goes_on:
            self._record(Action.NOTE_WRITTEN, by, point=self.heading(slot))
        self._lapse(by)
        return note

    # Agreements

    def agree(
        self,
        what: str,
        responsible: str = "",
        responsible_id: int | None = None,
        due_on: date | None = None,
        *,
        by: "User",
        form_token: str | None = None,
    ) -> Agreement:
        """Det här kom vi överens om. The form that has made one already makes no second."""
        self.lock()
        self.must_be_open_for_notes()
        if made := next(
            (row for row in self.agreements if form_token and row.form_token == form_token), None
        ):
            return made
        row = Agreement(
            organizer_id=self.organizer_id,
            what=what,
            responsible=responsible,
            responsible_id=responsible_id,
            due_on=due_on,
            outcome="",
            form_token=form_token,
            by_id=by.id,
            by_name=by.name,
        )
        self.agreements.append(row)
        db.session.flush()
        self._record(Action.AGREED, by)
        self._lapse(by)
        return row

    def change_agreement(
        self,
        row: Agreement,
        what: str,
        responsible: str,
        responsible_id: int | None,
        due_on: date | None,
        *,
        seen: int,
        by: "User",
    ) -> None:
        """Change what was agreed, before both have approved it. StaleDataError when somebody else has
        changed it since version `seen`; what is the same as before is no change."""
        self.lock()
        self.must_be_open_for_notes()
        db.session.refresh(row)
        before = (row.what, row.responsible, row.responsible_id, row.due_on)
        if (what, responsible, responsible_id, due_on) == before:
            return
        if row.version != seen:
            raise StaleDataError("somebody else has changed it meanwhile")
        if due_on != row.due_on:
            row.due_revision += 1
            row.agreed_for = None
        row.what, row.responsible, row.responsible_id, row.due_on = (
            what,
            responsible,
            responsible_id,
            due_on,
        )
        db.session.flush()
        self._record(Action.AGREEMENT_CHANGED, by)
        self._lapse(by)

    def drop_agreement(self, row: Agreement, *, by: "User") -> Removal:
        """It was not agreed after all: gone from the notes. The measure it became stays."""
        self.lock()
        self.must_be_open_for_notes()
        removal = Removal.keep(RemovalKind.AGREEMENT, self, row.what, [row], by=by)
        self.agreements.remove(row)
        db.session.delete(row)
        db.session.flush()
        self._record(Action.AGREEMENT_REMOVED, by)
        self._lapse(by)
        return removal

    def bring_back_agreement(self, removal: Removal, *, by: "User") -> None:
        self.lock()
        self.must_be_open_for_notes()
        removal.bring_back()
        self._record(Action.AGREEMENT_RESTORED, by)
        self._lapse(by)

    @property
    def has_been_written_in(self) -> bool:
        return bool(self.agreements) or any(row.text for row in self.notes)

    def must_be_unwritten(self) -> None:
        """Raises DialogueError when something would have to follow to another dialogue."""
        if self.has_been_written_in:
            raise DialogueError("Det finns redan minnesanteckningar från dialogen.")


def slot_of(topic: "DialogueTopic") -> str:
    return f"{TOPIC}{topic.id}"
