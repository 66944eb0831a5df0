"""The form over a page of dialogues: a row for each, saved together or not at all.

A row that nobody has typed in is left alone, even when somebody else has changed its dialogue since.
That is what the hidden `was` of a row is for: what the page showed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.widgets import HiddenInput

from tracker.dialogues.diary import Diary
from tracker.dialogues.forms import NOTE_LENGTH, PlaceForm
from tracker.dialogues.states import DialogueError
from tracker.extensions import db
from tracker.models import QualityDialogue, User
from tracker.web.fields import FreeLine, Optional
from tracker.web.forms import Form

TYPED = ("day", "start_time", "end_time", "place")


class RowForm(PlaceForm):
    """Day, hours and place of one of many. Who else takes part has a page of its own."""

    class Meta(Form.Meta):
        csrf = False  # the page has the token

    participants = None
    reason = FreeLine("Skäl, om dag eller starttid ändras", [Optional()], max_length=NOTE_LENGTH)
    was = StringField(widget=HiddenInput())

    def standing(self) -> str:
        """What the fields say, to be compared with `was`. What cannot be read counts as it was
        typed."""
        return "|".join(_said(self[name]) for name in TYPED)

    def show(self, **values: Any) -> None:
        """Put other values into the fields than those that were sent."""
        for name, value in values.items():
            self[name].data, self[name].raw_data = value, None


def _said(entry: Any) -> str:
    if entry.process_errors and entry.raw_data:
        return str(entry.raw_data[0])
    if entry.data is None:
        return ""
    return f"{entry.data:%H:%M}" if entry.short_name.endswith("_time") else str(entry.data)


@dataclass
class Row:
    """A dialogue on the page, with what was typed about it."""

    id: int
    dialogue: QualityDialogue
    form: RowForm
    trouble: str = ""
    """What has happened to the dialogue itself, so that nothing can be saved about it here."""
    concerns: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    """Those that are asked about before a new time is saved; see `Diary.doubts_at`."""
    asks: bool = False
    """Whether the row has doubts that nobody has been told of before, so that it is not saved yet."""
    suggested: bool = False

    @classmethod
    def of(cls, dialogue: QualityDialogue, sent: MultiDict[str, str] | None) -> "Row":
        prefix = f"d{dialogue.id}"
        sent = sent if sent is not None and f"{prefix}-was" in sent else None
        form = RowForm(formdata=sent, obj=dialogue, prefix=prefix)
        if sent is None:
            form.was.data = form.standing()
        return cls(dialogue.id, dialogue, form)

    @property
    def is_open(self) -> bool:
        """Whether its time is decided here: it is neither cancelled nor begun."""
        return not self.dialogue.is_cancelled and not self.dialogue.has_been

    @property
    def is_changed(self) -> bool:
        return self.form.was.data != self.form.standing()

    @property
    def is_empty(self) -> bool:
        return not self.form.standing().strip("|")

    @property
    def is_newer(self) -> bool:
        """Whether somebody else has changed the dialogue since the page was shown."""
        return self.dialogue.version != self.form.version.data

    @property
    def time(self) -> tuple[datetime, datetime] | None:
        """The time that the fields say, stored or typed; None without one that can be read."""
        return self.form.time

    def look_at(self, diary: Diary) -> None:
        """Note what there is to think of about the time that the fields say."""
        if self.time is None:
            return
        self.concerns = diary.concerns_at(self.dialogue, *self.time)
        if self.is_changed and self.time != (self.dialogue.starts_at, self.dialogue.ends_at):
            self.doubts = diary.doubts_at(self.dialogue, *self.time)

    def accepts(self) -> bool:
        """Whether the row can be saved; puts errors at its fields."""
        form, dialogue = self.form, self.dialogue
        return bool(form.validate()) and form.allows(dialogue.starts_at, dialogue.school_year)

    def show_newer(self) -> None:
        """Keep what was typed, and show beside it what is stored now."""
        if not self.is_open:
            done = "ställts in" if self.dialogue.is_cancelled else "börjat"
            self.trouble = f"Dialogen har {done} sedan sidan visades. Du skrev: {self.typed}."
            return
        stored = {name: getattr(self.dialogue, name) for name in TYPED}
        self.form.show_newer(stored, self.dialogue.version)
        now_stored = RowForm(formdata=None, obj=self.dialogue, prefix=f"d{self.dialogue.id}")
        self.form.show(was=now_stored.standing())

    @property
    def typed(self) -> str:
        return ", ".join(filter(None, self.form.standing().split("|"))) or "ingenting"

    def save(self, *, by: User) -> None:
        form, dialogue = self.form, self.dialogue
        dialogue.expect_version(form.version.data)
        dialogue.arrange(
            form.starts_at,
            form.ends_at,
            form.place.data,
            dialogue.participants,
            by=by,
            reason=form.reason.data,
        )


@dataclass(frozen=True)
class Problem:
    """A message of the summary, which says of which dialogue, and leads to the field."""

    id: str
    errors: list[str]
    widget: None = None


@dataclass
class PlanForm:
    """All rows of the page. Like a form for the error summary."""

    rows: list[Row]
    form_errors: list[str] = field(default_factory=list)

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if row.is_changed]

    @property
    def errors(self) -> bool:
        return bool(self.form_errors or list(self))

    @property
    def only_asks(self) -> bool:
        """Whether nothing is wrong: there are doubts, and whoever sees them may save all the same."""
        wrong = self.form_errors or any(row.trouble or row.form.errors for row in self.rows)
        return not wrong and any(row.asks for row in self.rows)

    @property
    def errors_title(self) -> str:
        return "Inget är sparat än. Stämmer tiderna?" if self.only_asks else Form.errors_title

    def tell_doubts(self) -> None:
        """The page that is shown next tells of them: saved once more, they are meant."""
        for row in self.rows:
            if row.doubts:
                row.form.tell(row.doubts)

    def __iter__(self) -> Iterator[Problem]:
        for row in self.rows:
            about = row.dialogue.unit_names
            if row.trouble:
                yield Problem(f"dialog-{row.id}", [f"{about}: {row.trouble}"])
            if row.asks and row.doubts:
                yield Problem(f"dialog-{row.id}", [f"{about}: {' '.join(row.doubts)}"])
            if row.form.form_errors:
                text = (
                    "Någon annan har ändrat dialogen. Det som är sparat står bredvid det du skrev."
                )
                yield Problem(f"dialog-{row.id}", [f"{about}: {text}"])
            for entry in row.form:
                if entry.errors:
                    yield Problem(entry.id, [f"{about}: {entry.errors[0]}"])

    def save(self, *, by: User) -> int:
        """Save every changed row and commit; gives the status: 302 when it is done, 422 when a field
        has to be put right or a doubt was not seen, 409 when somebody else was first. In the last two
        nothing is saved."""
        changed = self.changed
        for row in sorted(changed, key=lambda row: row.id):
            row.dialogue.lock()
        newer = [row for row in changed if row.is_newer or not row.is_open]
        refused = [row for row in changed if row not in newer and not row.accepts()]
        for row in newer:
            row.show_newer()
        for row in changed:
            row.asks = row not in newer and not row.form.has_told(
                row.doubts
            )  # in one go with what is wrong
        if newer or refused or self.form_errors:
            return 409 if newer or self.form_errors else 422
        if self.only_asks:
            return 422
        row = None
        try:
            for row in changed:
                row.save(by=by)
            db.session.commit()
        except StaleDataError:
            db.session.rollback()
            for row in changed:
                if db.session.get(QualityDialogue, row.id) is None:
                    raise  # joined into another this very moment
                if row.is_newer:
                    row.show_newer()
            return 409
        except DialogueError as wrong:
            db.session.rollback()
            assert row is not None
            row.form.refuse("day", str(wrong))
            return 422
        return 302
