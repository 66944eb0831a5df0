"""The words of a dialogue: which of the two it is, where it stands, who brought what."""

import enum


class DialogueKind(enum.StrEnum):
    DIALOGUE_1 = "dialogue_1"
    DIALOGUE_2 = "dialogue_2"

    @property
    def number(self) -> int:
        return 1 if self is DialogueKind.DIALOGUE_1 else 2

    @property
    def label(self) -> str:
        return f"Dialog {self.number}"

    @property
    def subtitle(self) -> str:
        return {1: "undersökande samtal", 2: "uppföljning och utvärdering"}[self.number]

    @property
    def purpose(self) -> str:
        return {
            1: "Hur ska insatserna följas upp och justeras under läsåret?",
            2: "Vad ledde insatserna till, utvecklingsområde för utvecklingsområde?",
        }[self.number]


class DialogueState(enum.StrEnum):
    """ "Prepared" is no state: the checklists of both sides tell it, and it may be undone."""

    PLANNED = "planned"
    HELD = "held"
    """The people have met; the notes wait for approval."""
    APPROVED = "approved"
    """Both sides have approved the same notes: locked, but for dated remarks."""
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "planned": "Planerad",
            "held": "Genomförd",
            "approved": "Godkänd",
            "cancelled": "Inställd",
        }[self]


class AgreementState(enum.StrEnum):
    """How it went with what people came to agree on."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return {"open": "Pågår", "done": "Klart", "dropped": "Inte längre aktuellt"}[self]


class Side(enum.StrEnum):
    """Who brought a topic: rektor, or the organizer (huvudman)."""

    PRINCIPAL = "principal"
    ORGANIZER = "organizer"

    @property
    def other(self) -> "Side":
        return Side.ORGANIZER if self is Side.PRINCIPAL else Side.PRINCIPAL

    @property
    def label(self) -> str:
        return {
            "principal": "Område som rektor har valt",
            "organizer": "Område som huvudmannen lagt till",
        }[self]


class MoveKind(enum.StrEnum):
    PLACED = "placed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESUMED = "resumed"
    JOINED = "joined"
    """A dialogue with another time was joined into this one: from its time to this one's. Without a time
    before: one that had lost its time when it was split off."""
    SPLIT_OFF = "split_off"
    """A dialogue of its own, without the time that it had together with others."""

    @property
    def label(self) -> str:
        return {
            "placed": "Tiden bestämdes",
            "moved": "Flyttad",
            "cancelled": "Inställd",
            "resumed": "Upptagen igen",
            "joined": "Slogs ihop med en dialog som hade en annan tid, och den flyttades",
            "split_off": "Blev en egen dialog utan tid",
        }[self]


class DialogueError(Exception):
    """The dialogue's state does not allow that; the message says why, in Swedish."""


class NotesChanged(DialogueError):
    """The notes read otherwise than when the person opened the page."""

    def __init__(self) -> None:
        super().__init__(
            "Texten har ändrats sedan du öppnade sidan. Läs den igen och godkänn sedan."
        )
