"""What was typed in the room in something that is no longer there: an agreement, or a point of the agenda, that
somebody else removed meanwhile. Nothing of it can be saved where it was meant to be; all of it is shown."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask import request

from tracker.dialogues.forms_room import AgreementForm
from tracker.extensions import db
from tracker.models import QualityDialogue
from tracker.removals.models import Removal, RemovalKind
from tracker.web.fields import clean
from tracker.web.forms import readable

NOTE = re.compile(r"note-(.{1,40})-text")
AGREEMENT = re.compile(r"agreement-([0-9]{1,18})-what")


@dataclass(frozen=True, slots=True)
class Gone:
    """What happened, as a sentence, and what was typed: (label, text)."""

    why: str
    typed: list[tuple[str, str]]


def gone_notes(dialogue: QualityDialogue) -> list[Gone]:
    """The texts that were sent for points that the agenda lacks."""
    slots = dialogue.slots()
    sent = [
        (found[1], clean(text, lines=True))
        for name, text in request.form.items()
        if (found := NOTE.fullmatch(name)) and found[1] not in slots
    ]
    return [Gone(why_gone(dialogue, slot), [("", text)]) for slot, text in sent if text]


def why_gone(dialogue: QualityDialogue, slot: str) -> str:
    removal = removed_topic(dialogue, slot)
    point = f"Området ”{removal.what}”" if removal else "Området som du skrev om"
    return f"{point} är borttaget ur dialogen."


def removed_topic(dialogue: QualityDialogue, slot: str) -> Removal | None:
    number = slot.removeprefix("topic-")
    if not number.isdecimal():
        return None
    return _removal(dialogue, RemovalKind.TOPIC, int(number))


def gone_agreements(dialogue: QualityDialogue, people: Collection[tuple[int, str]]) -> list[Gone]:
    """What was sent for agreements that the dialogue lacks, unless it is what stood there when they were
    removed, or was sent to remove them."""
    standing = {str(row.id) for row in dialogue.agreements}
    found = []
    for name in request.form:
        match = AGREEMENT.fullmatch(name)
        if not match or match[1] in standing or request.form.get("do") == f"remove-{match[1]}":
            continue
        form = AgreementForm(prefix=f"agreement-{match[1]}")
        form.who.offer(people)
        typed = _typed(form)
        removal = _removal(dialogue, RemovalKind.AGREEMENT, int(match[1]))
        if typed and not (removal and _is_as_kept(form, removal)):
            about = f" ”{removal.what}”" if removal else " som du skrev i"
            found.append(Gone(f"Överenskommelsen{about} är borttagen.", typed))
    return found


def _typed(form: AgreementForm) -> list[tuple[str, str]]:
    texts = {
        form.what: form.what.data,
        form.who: readable(form.who, form.who.data) if form.who.data else "",
        form.other: form.other.data,
        form.due: "".join(form.due.raw_data or ()),
    }
    return [(field.label.text, text) for field, text in texts.items() if text]


def _is_as_kept(form: AgreementForm, removal: Removal) -> bool:
    kept = removal.content["rows"][0][1]
    chosen = kept["responsible_id"]
    stood = (kept["what"], chosen, "" if chosen else kept["responsible"], kept["due_on"] or "")
    due = "".join(form.due.raw_data or ())
    return stood == (form.what.data, form.who.data, form.other.data, due)


def _removal(dialogue: QualityDialogue, kind: RemovalKind, row_id: int) -> Removal | None:
    """How the row went, if it was one of the dialogue's."""
    removals = db.session.scalars(
        sa.select(Removal)
        .where(
            Removal.organizer_id == dialogue.organizer_id,
            Removal.kind == kind,
            Removal.home_id == dialogue.id,
            Removal.undone_at.is_(None),
        )
        .order_by(Removal.id.desc())
    )
    return next((row for row in removals if row.content["rows"][0][1]["id"] == row_id), None)
