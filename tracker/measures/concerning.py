"""Whose a measure is, and which units it concerns."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.attributes import flag_modified

from tracker.audit.actions import Action
from tracker.extensions import db
from tracker.measures.parts import MeasureUnit
from tracker.measures.states import IllegalTransition
from tracker.web.swedish import listing

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle
    from tracker.organisation.models import SchoolUnit


class Concerning:
    """The part of Measure that knows its units, or that it is the organizer's own."""

    if TYPE_CHECKING:
        id: Mapped[int]
        organizer_id: Mapped[int]
        cycle_id: Mapped[int]
        cycle: Mapped[QualityCycle]
        unit_links: Mapped[list[MeasureUnit]]
        is_draft: bool
        is_living: bool

        def _record(self, action: Action, by: User, **data: Any) -> None: ...
        def _reindex(self) -> None: ...

    @property
    def units(self) -> "list[SchoolUnit]":
        return [link.unit for link in self.unit_links]

    @classmethod
    def concerning(cls, unit_id: int) -> sa.ColumnElement[bool]:
        """A criterion: the measures of the unit, shared ones and those it has taken over included."""
        return cls.id.in_(sa.select(MeasureUnit.measure_id).where(MeasureUnit.unit_id == unit_id))

    @property
    def is_organizers(self) -> bool:
        """Whether it is the huvudman's own, of the organizer's lap; the units it concerns read along."""
        return self.cycle.unit_id is None

    @property
    def whose(self) -> list[str]:
        """Who decided it, by name: its units, or the huvudman."""
        if self.is_organizers:
            return [self.cycle.owner.name]
        return [unit.name for unit in self.units]

    @classmethod
    def of_organizer(cls, organizer_id: int) -> sa.ColumnElement[bool]:
        """A criterion: the measures of the organizer's own laps."""
        from tracker.cycle.models import QualityCycle

        return cls.cycle_id.in_(QualityCycle.own_laps(organizer_id))

    @classmethod
    def standing_in(cls, cycle: "QualityCycle") -> sa.ColumnElement[bool]:
        """A criterion: the measures of which the lap's owner has some part, from whichever läsår."""
        if cycle.unit_id is None:
            return cls.of_organizer(cycle.organizer_id)
        return cls.concerning(cycle.unit_id)

    @property
    def unit_ids(self) -> list[int]:
        """Of the units it concerns, in the order of the database."""
        return sorted(link.unit_id for link in self.unit_links)

    def concern(self, units: "list[SchoolUnit]", *, by: "User") -> None:
        """Say which units a measure of the organizer's own concerns. What is the same as before is no
        change; raises IllegalTransition once it is over."""
        wanted = {unit.id: unit for unit in units}
        if wanted.keys() == set(self.unit_ids):
            return
        if not (self.is_draft or self.is_living):
            raise IllegalTransition
        told = listing([unit.name for unit in units]) or "ingen enhet"
        self.unit_links[:] = [link for link in self.unit_links if link.unit_id in wanted] + [
            MeasureUnit(organizer_id=self.organizer_id, unit=unit)
            for key, unit in wanted.items()
            if key not in self.unit_ids
        ]
        flag_modified(self, "title")  # so that the row's version tells of its units too
        db.session.flush()
        self._record(Action.MEASURE_CONCERNS, by, whom=told)
        self._reindex()
