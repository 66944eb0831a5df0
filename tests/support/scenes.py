"""Rows that the tests of the huvudman's support start from."""

from datetime import date
from typing import Any

from tests.cast import Cast
from tracker.extensions import db
from tracker.models import (
    SchoolUnit,
    SupportDecision,
    SupportFeedback,
    SupportLevel,
    SupportOffer,
    SupportRequest,
    User,
)


def offer(cast: Cast, title: str = "Rektorsmentor", **fields: Any) -> SupportOffer:
    """A support in Exempelby's catalogue."""
    made = SupportOffer.add(
        cast.exempelby, by=cast.lena, title=title,
        **({"gives": "Ett samtal varannan vecka.", "contact": "Områdeschefen."} | fields),
    )  # fmt: skip
    db.session.commit()
    return made


def asked(unit: SchoolUnit, by: User, text: str = "En mentor.", **fields: Any) -> SupportRequest:
    """Support asked for by itself."""
    made = SupportRequest.ask(unit, text, by=by, **fields)
    db.session.commit()
    return made


def decided(unit: SchoolUnit, by: User, **fields: Any) -> SupportDecision:
    """Riktat stöd since 1 September, to be followed up on 15 January."""
    level = fields.pop("level", SupportLevel.TARGETED)
    made = SupportDecision.make(
        unit, level, by=by,
        **(
            {
                "reason": "Ny rektor och tre lärarbyten.",
                "since_on": date(2026, 9, 1),
                "follow_up_on": date(2027, 1, 15),
            }
            | fields
        ),
    )  # fmt: skip
    db.session.commit()
    return made


def said(cast: Cast, **fields: Any) -> SupportFeedback:
    """What the group of principals says of the central elevhälsa."""
    made = SupportFeedback.give(
        cast.exempelby, "Centrala elevhälsan", "Samma fråga får två svar.", by=cast.karin, **fields
    )
    db.session.commit()
    return made
