"""What a measure builds on, the states it goes through, and what it refuses."""

import enum


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


LIVING = (MeasureState.DECIDED, MeasureState.RUNNING)
"""Decided and not over."""


class NotReadyToDecide(Exception):
    """The measure lacks what a decision needs. `missing` names the fields."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class IllegalTransition(Exception):
    """The measure's state does not allow that."""
