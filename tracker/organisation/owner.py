"""Whose a lap is: a unit's, or the organizer's own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tracker.organisation.models import UnitForm

OWN = ""
"""What stands for a unit's slug where the lap is the organizer's own. No unit has it and no address names
it: `/huvudmannen/...` means it."""


@dataclass(frozen=True, slots=True)
class OwnLap:
    """The organizer as the owner of its own lap: what pages and forms ask of a unit, and are answered here
    for both."""

    organizer_id: int

    is_organizer: ClassVar[bool] = True
    id: ClassVar[None] = None
    slug: ClassVar[str] = OWN
    name: ClassVar[str] = "Huvudmannen"
    called: ClassVar[str] = "huvudmannen"
    """As it reads in a sentence."""
    learners: ClassVar[str] = "barn och elever"
    kind: ClassVar[None] = None
    closed_on: ClassVar[None] = None
    forms: "ClassVar[tuple[UnitForm, ...]]" = ()
