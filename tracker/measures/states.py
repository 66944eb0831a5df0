"""What a measure builds on, the states it goes through, and what it refuses."""

import enum
from collections.abc import Mapping
from typing import Any


class MeasureBasis(enum.StrEnum):
    """Åtgärden bygger på."""

    CAUSE = "cause"
    ORGANIZER = "organizer"
    SUPERVISION = "supervision"
    EARLIER = "earlier"

    @property
    def label(self) -> str:
        return {
            "cause": "En orsak i nulägesanalysen",
            "organizer": "Huvudmannens beslut",
            "supervision": "Tillsyn eller klagomål",
            "earlier": "Beslutad innan Varvet började användas",
        }[self]


class MeasureState(enum.StrEnum):
    PROPOSED = "proposed"
    DECIDED = "decided"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "proposed": "Föreslagen",
            "decided": "Beslutad",
            "running": "Pågår",
            "completed": "Genomförd",
            "cancelled": "Avbruten",
        }[self]


SAID_IN_WORDS = (MeasureBasis.ORGANIZER, MeasureBasis.SUPERVISION)
"""Nothing in Varvet is pointed at: which decision or inspection it was, the measure has to say."""
LIVING = (MeasureState.DECIDED, MeasureState.RUNNING)
"""Decided and not over."""


def missing_for_decision(fields: Mapping[str, Any]) -> list[str]:
    """Which of a measure's fields a decision needs and `fields` lacks, in the order of the form."""
    missing = []
    if not fields["basis"]:
        missing.append("basis")
    elif fields["basis"] is MeasureBasis.CAUSE and not fields["cause_id"]:
        missing.append("cause_id")
    elif fields["basis"] in SAID_IN_WORDS and not (fields["basis_note"] or "").strip():
        missing.append("basis_note")
    if not (fields["expected_effect"] or "").strip():
        missing.append("expected_effect")
    if not fields["assessable_from"]:
        missing.append("assessable_from")
    return missing


class NotReadyToDecide(Exception):
    """The measure lacks what a decision needs. `missing` names the fields."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class IllegalTransition(Exception):
    """The measure's state does not allow that."""
