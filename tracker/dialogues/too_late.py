"""Instead of a form for what is done before a dialogue, once it has begun."""

from flask import render_template, request

from tracker.database import SAFE_METHODS
from tracker.models import QualityDialogue
from tracker.web.errors import typed_texts


def too_late(dialogue: QualityDialogue, title: str, why: str) -> tuple[str, int]:
    """The page that says why, and gives back what was typed for an hour that has struck meanwhile."""
    sent = request.method not in SAFE_METHODS
    page = render_template(
        "dialogues/too_late.html",
        dialogue=dialogue,
        title=title,
        why=why,
        typed=typed_texts() if sent else [],
    )
    return page, 422 if sent else 200
