"""Historik: what was changed, by whom and when, in Swedish sentences."""

from flask import Blueprint, render_template, request

from tracker.audit.history import (
    HistoryLine,
    history_for,
    history_of_unit,
    may_read_history,
    split_page,
)
from tracker.auth.access import current_access, load_unit
from tracker.models import Permission

bp = Blueprint("audit", __name__)

HIGHEST_ID = 2**31 - 1
"""What the databases' integer columns hold; an address with more is nobody's link."""


@bp.get("/historik")
def index() -> str:
    access = current_access()
    lines = history_for(access, _before()) if may_read_history(access) else []
    return _page(lines, unit=None, has_history=may_read_history(access))


@bp.get("/enheter/<slug>/historik")
def unit(slug: str) -> str:
    unit = load_unit(slug, to=Permission.FOLLOW)
    return _page(history_of_unit(unit, _before()), unit=unit, has_history=True)


def _before() -> int | None:
    """The event that the page begins below; None for the newest and for what is no event."""
    number = request.args.get("fore", type=int)
    return number if number is not None and 0 < number <= HIGHEST_ID else None


def _page(lines: list[HistoryLine], **context: object) -> str:
    shown, older = split_page(lines)
    return render_template(
        "audit/history.html", lines=shown, older=older, newest=_before() is None, **context
    )
