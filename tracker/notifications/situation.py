"""How things stand for an organizer's reminders right now: whether a reminder still has a point, and
what there is to say. Asked when a reminder is planned, and again before it is sent."""

from collections.abc import Iterable
from typing import Any, Self

from tracker.models import ReminderKind, ReminderState
from tracker.notifications.kinds.base import Verdict
from tracker.notifications.kinds.registry import KINDS
from tracker.notifications.office import Office

Subject = tuple[ReminderKind, int]


class Situation:
    """What some reminders are about, as it stands now."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._things: dict[Subject, Any] = {}
        self._asked: set[Subject] = set()

    @classmethod
    def load(cls, organizer_id: int, subjects: Iterable[Subject]) -> Self:
        """Read what the subjects (kind, id) are about; a few statements for each kind among them."""
        situation = cls(Office.load(organizer_id))
        _ = situation.office.name, situation.office.rules  # for what is written after the reading
        situation.add(subjects)
        return situation

    def add(self, subjects: Iterable[Subject]) -> None:
        """Read about more subjects too."""
        new = set(subjects) - self._asked
        self._asked |= new
        for kind, reminders in KINDS.items():
            ids = sorted(key for of, key in new if of is kind)
            if ids:
                found = reminders.read(self.office, ids)
                self._things.update({(kind, key): thing for key, thing in found.items()})

    def take(self, kind: ReminderKind, things: dict[int, Any]) -> None:
        """Know about subjects that have been read elsewhere."""
        self._asked |= {(kind, key) for key in things}
        self._things.update({(kind, key): thing for key, thing in things.items()})

    def leave_out(self, subjects: Iterable[Subject]) -> None:
        """Take these for gone, without asking."""
        self._asked |= set(subjects)

    @property
    def organizer_id(self) -> int:
        return self.office.organizer_id

    @property
    def organizer_name(self) -> str:
        return self.office.name

    def knows(self, kind: ReminderKind, subject_id: int) -> bool:
        """Whether the subject was asked for when this was read."""
        return (kind, subject_id) in self._asked

    def things(self, kind: ReminderKind, ids: Iterable[int]) -> list[Any]:
        """What is known of the subjects that are there."""
        return [self._things[kind, key] for key in ids if (kind, key) in self._things]

    def verdict(
        self,
        kind: ReminderKind,
        subject_id: int,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        """None while the reminder is of use to the person; else how it ends, and why in Swedish."""
        thing = self._things.get((kind, subject_id))
        if thing is None:
            return ReminderState.CANCELLED, KINDS[kind].absent
        return KINDS[kind].verdict(thing, self.office, recipient_id, offset_days, date_revision)
