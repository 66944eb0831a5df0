"""A dialogue by the number of one that was joined into it: old mails and calendars still lead there."""

from flask import abort

from tracker.auth.access import current_access, load_dialogue
from tracker.dialogues.joined import JoinedDialogue
from tracker.models import Permission, QualityDialogue


def load_joined(former_id: int, to: Permission) -> QualityDialogue:
    """The dialogue that the former one is a part of today, as `load_dialogue`; 404 when there is none."""
    joined = JoinedDialogue.of(current_access().organizer_id, former_id)
    return load_dialogue(joined.dialogue_id, to) if joined is not None else abort(404)
