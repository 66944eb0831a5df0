"""The units that a measure concerns, and which of them it belongs to."""

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from tracker.database import Base, tenant_fk

if TYPE_CHECKING:
    from tracker.measures.models import Measure
    from tracker.organisation.models import SchoolUnit


class MeasureUnit(Base):
    """A unit that a measure concerns."""

    __tablename__ = "measure_unit"
    __table_args__ = (
        tenant_fk("measure_id", "measure", ondelete="CASCADE"),
        tenant_fk("unit_id", "school_unit"),
        tenant_fk("origin_unit_id", "school_unit"),
        sa.Index(None, "unit_id"),
    )

    organizer_id: Mapped[int]
    measure_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    origin_unit_id: Mapped[int | None]
    """The unit that decided it, when a successor took it over."""

    measure: Mapped["Measure"] = relationship(
        foreign_keys="MeasureUnit.measure_id", back_populates="unit_links"
    )
    unit: Mapped["SchoolUnit"] = relationship(foreign_keys="MeasureUnit.unit_id")
    origin: Mapped["SchoolUnit | None"] = relationship(foreign_keys="MeasureUnit.origin_unit_id")

    @classmethod
    def owns(cls, day: date | sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
        """A criterion: whether the measure is the unit's own to write in, decide and assess on that
        day. It is for the unit in whose lap it was proposed and for those that took it over; when
        all of these are closed, for the units that are left. The others read along, and so do all the
        units that a measure of the organizer's own lap concerns."""
        from tracker.organisation.models import SchoolUnit

        holder = aliased(cls)
        held_by_an_open_unit = (
            sa.exists()
            .where(
                holder.measure_id == cls.measure_id,
                _holds(holder),
                SchoolUnit.id == holder.unit_id,
                SchoolUnit.open_on(day),
            )
            .correlate(cls)
        )
        return sa.or_(
            _proposed_there(cls),
            sa.and_(
                sa.or_(cls.origin_unit_id.is_not(None), ~held_by_an_open_unit),
                ~_organizers_own(cls),
            ),
        )


def _holds(link: Any) -> sa.ColumnElement[bool]:
    """`link` is MeasureUnit or an alias of it."""
    return sa.or_(link.origin_unit_id.is_not(None), _proposed_there(link))


def _proposed_there(link: Any) -> sa.ColumnElement[bool]:
    from tracker.cycle.models import QualityCycle

    return _in_a_lap(link, QualityCycle.unit_id == link.unit_id)


def _organizers_own(link: Any) -> sa.ColumnElement[bool]:
    from tracker.cycle.models import QualityCycle

    return _in_a_lap(link, QualityCycle.unit_id.is_(None))


def _in_a_lap(link: Any, which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether the measure was proposed in a lap of that kind."""
    from tracker.cycle.models import QualityCycle
    from tracker.measures.models import Measure

    return (
        sa.exists()
        .where(Measure.id == link.measure_id, QualityCycle.id == Measure.cycle_id, which)
        .correlate(link)
    )
