"""What belongs to a measure: the units it concerns, and the log of what was done."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, LongText, ShortText, TenantOwned, tenant_fk

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


class MeasureLogEntry(TenantOwned, Base):
    """What was done, and when."""

    __tablename__ = "measure_log_entry"
    __table_args__ = (tenant_fk("measure_id", "measure"), sa.Index(None, "measure_id"))

    measure_id: Mapped[int]
    on: Mapped[date]
    text: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    measure: Mapped["Measure"] = relationship(
        foreign_keys="MeasureLogEntry.measure_id", back_populates="log"
    )
