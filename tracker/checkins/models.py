"""Avstämningar: at least every second week between rektor and dialogansvarig.

Work notes: outside the archive export unless somebody chooses them.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.checkins.states import CheckInError
from tracker.clock import now, today
from tracker.database import (
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.web.swedish import date_medium, listing

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.measures.models import Measure
    from tracker.organisation.models import SchoolUnit
    from tracker.support.requests import SupportRequest


class CheckIn(MadeByForm, Versioned, TenantOwned, Base):
    """One avstämning, covering one or more units of the same leader."""

    __tablename__ = "check_in"
    __table_args__ = (
        tenant_key(),
        sa.UniqueConstraint("organizer_id", "id", "held_on"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "held_on"),
        sa.CheckConstraint("next_on IS NULL OR next_on > held_on", name="next_is_later"),
        sa.CheckConstraint(
            "obstacles_settled_at IS NULL OR obstacles <> ''", name="settled_what_there_was"
        ),
    )

    held_on: Mapped[date]
    situation: Mapped[LongText]
    """Läget."""
    obstacles: Mapped[LongText]
    """Hinder."""
    obstacles_settled_at: Mapped[datetime | None]
    """When somebody ticked, in a later check-in, that they are no longer in the way."""
    obstacles_settled_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    next_on: Mapped[date | None]
    """When the people meet next; None: as the unit's interval says."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    unit_links: Mapped[list["CheckInUnit"]] = relationship(
        back_populates="check_in",
        foreign_keys="CheckInUnit.check_in_id",
        cascade="all, delete-orphan",
        order_by="CheckInUnit.unit_id",
    )
    measure_links: Mapped[list["CheckInMeasure"]] = relationship(
        back_populates="check_in",
        foreign_keys="CheckInMeasure.check_in_id",
        cascade="all, delete-orphan",
        order_by="CheckInMeasure.measure_id",
    )
    support: Mapped["SupportRequest | None"] = relationship(
        back_populates="check_in",
        foreign_keys="SupportRequest.check_in_id",
        cascade="all, delete-orphan",
    )

    @classmethod
    def hold(
        cls,
        units: "Sequence[SchoolUnit]",
        *,
        by: "User",
        situation: str = "",
        obstacles: str = "",
        support: str = "",
        measures: "Iterable[Measure]" = (),
        held_on: date | None = None,
        next_on: date | None = None,
        form_token: str | None = None,
    ) -> Self:
        """A check-in that was held (today, unless said), seen by both sides at once. Raises
        CheckInError when it says nothing, lies ahead, or is about a unit that had ended."""
        held_on = held_on or today()
        _demand(units, held_on, next_on, (situation, obstacles, support))
        check_in = cls(
            organizer_id=units[0].organizer_id,
            held_on=held_on,
            situation=situation,
            obstacles=obstacles,
            next_on=next_on,
            form_token=form_token,
            by_id=by.id,
            by_name=by.name,
        )
        check_in._cover(units, measures)
        db.session.add(check_in)
        db.session.flush()
        check_in._record(Action.CHECK_IN_HELD, by)
        check_in._ask_for(support, by)
        return check_in

    def correct(
        self,
        *,
        by: "User",
        units: "Sequence[SchoolUnit]",
        measures: "Iterable[Measure]",
        held_on: date,
        next_on: date | None,
        situation: str,
        obstacles: str,
        support: str,
    ) -> None:
        """Other words, days, units or measures. Support that has been answered stays as it was asked
        for; CheckInError says so, and what `hold` would not take."""
        _demand(units, held_on, next_on, (situation, obstacles, support))
        before = self._content
        self.held_on, self.next_on = held_on, next_on
        self._cover(units, measures)
        self.situation, self.obstacles = situation, obstacles
        if not obstacles:
            self.obstacles_settled_at = self.obstacles_settled_by_name = None
        if before != self._content:
            # Units and measures are in tables of their own; the version is to rise for them too.
            flag_modified(self, "situation")
            self._record(Action.CHECK_IN_CORRECTED, by)
        if support != self.support_text:
            flag_modified(self, "situation")
            self._ask_for(support, by)

    @property
    def _content(self) -> tuple[object, ...]:
        return (
            self.held_on, self.next_on, self.situation, self.obstacles,
            {link.unit.id for link in self.unit_links},
            {link.measure.id for link in self.measure_links},
        )  # fmt: skip

    def settle_obstacles(self, *, by: "User") -> None:
        """They are no longer in the way. Saying it again changes nothing."""
        if not self.has_open_obstacles:
            return
        self.obstacles_settled_at, self.obstacles_settled_by_name = now(), by.name
        self._record(Action.OBSTACLES_SETTLED, by)

    @property
    def has_open_obstacles(self) -> bool:
        return bool(self.obstacles) and self.obstacles_settled_at is None

    @property
    def support_text(self) -> str:
        return self.support.text if self.support else ""

    @property
    def units(self) -> "list[SchoolUnit]":
        """In Swedish order."""
        return sorted((link.unit for link in self.unit_links), key=lambda unit: unit.sort_key)

    @property
    def unit_names(self) -> str:
        return listing([unit.name for unit in self.units])

    @property
    def measures(self) -> "list[Measure]":
        return [link.measure for link in self.measure_links]

    def _cover(self, units: "Iterable[SchoolUnit]", measures: "Iterable[Measure]") -> None:
        """Be about these units and measures, and no others."""
        wanted = {unit.id: unit for unit in units}
        kept = [link for link in self.unit_links if link.unit.id in wanted]
        known = {link.unit.id for link in kept}
        self.unit_links[:] = kept + [
            CheckInUnit(organizer_id=unit.organizer_id, unit=unit, held_on=self.held_on)
            for unit in wanted.values()
            if unit.id not in known
        ]
        touched = {measure.id: measure for measure in measures}
        stays = [link for link in self.measure_links if link.measure.id in touched]
        known = {link.measure.id for link in stays}
        self.measure_links[:] = stays + [
            CheckInMeasure(organizer_id=measure.organizer_id, measure=measure)
            for measure in touched.values()
            if measure.id not in known
        ]

    def _ask_for(self, text: str, by: "User") -> None:
        """Ask for support, ask for something else, or for nothing after all."""
        from tracker.support.requests import SupportRequest

        if self.support is None:
            if text:
                self.support = SupportRequest(
                    organizer_id=self.organizer_id, text=text, asked_on=self.held_on
                )
                db.session.flush()
                self._record(Action.SUPPORT_ASKED, by, dated=False)
            return
        if not self.support.waits_for_answer:
            raise CheckInError(
                "Frågan om stöd har fått svar och står kvar som den var. Skriv en ny avstämning om "
                "det är något mer som behövs.",
                field="support",
            )
        if text:
            self.support.text = text
            self._record(Action.SUPPORT_ASKED, by, dated=False)
        else:
            self.support = None
            self._record(Action.SUPPORT_WITHDRAWN, by, dated=False)

    def _record(self, action: Action, by: "User", *, dated: bool = True) -> None:
        """Never what was written: those who follow a unit may read its Historik."""
        day = {"on": date_medium(self.held_on)} if dated else {}
        record(action, self, by=by, units=self.units, units_named=self.unit_names, **day)


class CheckInUnit(Base):
    """A unit that a check-in covers, and on which day: Start asks for every unit's latest, which is one
    look into the index this way. The database keeps the day the check-in's own."""

    __tablename__ = "check_in_unit"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organizer_id", "check_in_id", "held_on"],
            ["check_in.organizer_id", "check_in.id", "check_in.held_on"],
            name="fk_check_in_unit_check_in",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        tenant_fk("unit_id", "school_unit"),
        sa.Index(None, "unit_id", "held_on", "check_in_id"),
    )

    organizer_id: Mapped[int]
    check_in_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    held_on: Mapped[date]

    check_in: Mapped[CheckIn] = relationship(
        foreign_keys="CheckInUnit.check_in_id", back_populates="unit_links"
    )
    unit: Mapped["SchoolUnit"] = relationship(foreign_keys="CheckInUnit.unit_id")


class CheckInMeasure(Base):
    """A measure that was talked about."""

    __tablename__ = "check_in_measure"
    __table_args__ = (
        tenant_fk("check_in_id", "check_in", ondelete="CASCADE"),
        tenant_fk("measure_id", "measure", ondelete="CASCADE"),
        sa.Index(None, "measure_id"),
    )

    organizer_id: Mapped[int]
    check_in_id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(primary_key=True)

    check_in: Mapped[CheckIn] = relationship(
        foreign_keys="CheckInMeasure.check_in_id", back_populates="measure_links"
    )
    measure: Mapped["Measure"] = relationship(foreign_keys="CheckInMeasure.measure_id")


def _demand(
    units: "Sequence[SchoolUnit]", held_on: date, next_on: date | None, texts: Iterable[str]
) -> None:
    if not units:
        raise CheckInError("Välj minst en enhet.", field="units")
    if not any(texts):
        raise CheckInError("Skriv något om läget, ett hinder eller stöd som behövs.")
    if held_on > today():
        raise CheckInError(
            "Avstämningen skrivs när den har hållits. Ange i dag eller en tidigare dag.",
            field="held_on",
        )
    if next_on is not None and next_on <= held_on:
        raise CheckInError(
            "Nästa avstämning ska vara efter den här. Ange en senare dag, eller lämna tomt.",
            field="next_on",
        )
    for unit in units:
        if unit.closed_on is not None and unit.closed_on < held_on:
            raise CheckInError(f"{unit.name} är avslutad.", field="units")
