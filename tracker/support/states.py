"""The words of the huvudman's support: how far what is asked for has come, how much a unit gets, how far
what the principals have said of a support has come."""

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


class SupportLevel(enum.StrEnum):
    """How much support a unit gets, the usual first. Source: Skolinspektionen's follow-up of schools with
    long-lasting low results (product.md, S2)."""

    ORDINARY = "ordinary"
    TARGETED = "targeted"
    COORDINATED = "coordinated"

    @property
    def label(self) -> str:
        return {
            "ordinary": "Ordinarie stöd",
            "targeted": "Riktat stöd",
            "coordinated": "Samordnade insatser",
        }[self]

    @property
    def meaning(self) -> str:
        return {
            "ordinary": "Det stöd som alla enheter får, och det som står i katalogen.",
            "targeted": "Enheten får något mer under en tid, riktat mot det som är svårt just nu.",
            "coordinated": "Flera stöd samordnas, och skolchefen följer enheten tillsammans med dialogansvarig.",
        }[self]


class FeedbackState(enum.StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    FOLLOWED_UP = "followed_up"

    @property
    def label(self) -> str:
        return {
            "open": "Väntar på svar",
            "answered": "Klargjord",
            "followed_up": "Uppföljd",
        }[self]


class SupportError(Exception):
    """The support does not allow that; the message says what to do, in Swedish. `field` is the one it
    is about."""

    def __init__(self, message: str, field: str = "text") -> None:
        super().__init__(message)
        self.field = field
