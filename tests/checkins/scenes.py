"""Rows that the tests of check-ins start from, and the form as people send it."""

import re
from datetime import date, timedelta
from typing import Any

from tests.cast import Cast
from tracker.clock import today
from tracker.extensions import db
from tracker.models import CheckIn, SchoolUnit, User

HELD = date(2026, 11, 6)
"""A Friday two weeks before the day of the tests."""


def held(*units: SchoolUnit, by: User, on: date = HELD, **fields: Any) -> CheckIn:
    """A check-in that says something; see CheckIn.hold."""
    made = CheckIn.hold(
        units, by=by, held_on=on, **({"situation": "Tre av sex lag följer rutinen."} | fields)
    )
    db.session.commit()
    return made


def asked(cast: Cast, text: str = "Besked från elevhälsochefen.", **fields: Any) -> CheckIn:
    """Ali has asked for support at Hasselbrinksskolan."""
    return held(cast.hassel, by=cast.ali, support=text, **fields)


def form(*units: SchoolUnit, **fields: Any) -> dict[str, Any]:
    """What the form sends when only Läget is filled in."""
    return {
        "units": [unit.id for unit in units],
        "situation": "Det går framåt.",
        "held_on": str(today()),
        "next_on": str(today() + timedelta(days=14)),
    } | fields


def value(page: str, name: str) -> str:
    """Of a field on the page."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag is not None, f"no field {name}"
    found = re.search(r'value="([^"]*)"', tag[0])
    return found[1] if found else ""


def checked(page: str, name: str) -> list[str]:
    """The values of those boxes that are ticked."""
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return [
        match[1]
        for box in boxes
        if " checked" in box and (match := re.search(r'value="([^"]*)"', box))
    ]
