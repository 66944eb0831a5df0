"""The words of a check-in and of the support that is asked for in it."""

import enum


class SupportState(enum.StrEnum):
    ASKED = "asked"
    """Waits for an answer."""
    ANSWERED = "answered"
    """What was promised has not been seen yet."""
    SETTLED = "settled"
    """It is known what came of it."""

    @property
    def label(self) -> str:
        return {"asked": "Väntar på svar", "answered": "Besvarad", "settled": "Klar"}[self]
