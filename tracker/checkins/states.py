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


class CheckInError(Exception):
    """A check-in that cannot be saved, or support that cannot be answered; the message says what to do.
    `field` is the one it is about."""

    def __init__(self, message: str, field: str = "situation") -> None:
        super().__init__(message)
        self.field = field
