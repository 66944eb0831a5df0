"""Which side of the table a person sits on, and who is to approve the notes."""

from dataclasses import dataclass
from typing import Self

from flask_login import current_user

from tracker.auth.access import current_access, may
from tracker.dialogues.lists import People
from tracker.models import Permission, QualityDialogue, Side
from tracker.organisation.roles import LEADERS
from tracker.organisation.staffing import Staffing


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits at it today, and the signed-in person's place."""

    people: People
    own: frozenset[Side]
    """The sides that the person approves for: one; both, when it is the same person, or when nobody
    leads any of the units; none for those who only follow."""

    @property
    def is_vacant(self) -> bool:
        """Nobody leads any of the units: the dialogansvarig approves alone."""
        return not self.people.leaders

    @property
    def is_one_person(self) -> bool:
        """Rektor and dialogansvarig are the same: one approval is enough."""
        everybody = {person.id for person in [*self.people.leaders, *self.people.leads]}
        return len(everybody) == 1 and bool(self.people.leaders and self.people.leads)

    @classmethod
    def of(cls, dialogue: QualityDialogue, staffing: Staffing) -> Self:
        """Call it after `load_dialogue`. `staffing` is today's: who approves is who has the role."""
        people = People.of(dialogue, staffing)
        units = {unit.id for unit in dialogue.units}
        leads_a_unit = bool(units & set(current_access().unit_ids(*LEADERS)))
        is_nearest = any(person.id == current_user.id for person in people.leads)
        own = set()
        if leads_a_unit:
            own.add(Side.PRINCIPAL)
        # A rektor who also stands for the organizer as a whole is rektor here, where somebody else
        # is the dialogansvarig of the unit.
        if may(Permission.LEAD) and (is_nearest or not leads_a_unit):
            own.add(Side.ORGANIZER)
            if not people.leaders:
                own.add(Side.PRINCIPAL)
        return cls(people, frozenset(own))

    def waited_for(self, dialogue: QualityDialogue) -> list[Side]:
        """The person's own sides that have not approved the notes as they read now."""
        return [side for side in Side if side in self.own and dialogue.waits_for(side)]
