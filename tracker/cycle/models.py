"""The läsår of an organizer and the lap (kvalitetsår) of each unit in it."""

import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now, today
from tracker.cycle import calendar
from tracker.cycle.calendar import PeriodKind, Phase
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.organisation.owner import OwnLap
from tracker.removals.models import CannotUndo, Removal, RemovalKind
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.analyses.deepening import AnalysisDeepening
    from tracker.auth.models import User
    from tracker.organisation.models import SchoolUnit
    from tracker.organisation.organizers import Organizer


class SchoolYear(Versioned, TenantOwned, Base):
    """Läsår, 1 July to 30 June, with the organizer's windows for the two dialogues."""

    __tablename__ = "school_year"
    __table_args__ = (
        tenant_key(),
        sa.UniqueConstraint("organizer_id", "start_year"),
        sa.CheckConstraint("dialogue1_from <= dialogue1_to", name="dialogue1_window"),
        sa.CheckConstraint("dialogue2_from <= dialogue2_to", name="dialogue2_window"),
        sa.CheckConstraint("start_year BETWEEN 1990 AND 2100", name="plausible"),
    )

    start_year: Mapped[int]
    dialogue1_from: Mapped[date]
    dialogue1_to: Mapped[date]
    dialogue2_from: Mapped[date]
    dialogue2_to: Mapped[date]

    organizer: Mapped["Organizer"] = relationship()
    periods: Mapped[list["CalendarPeriod"]] = relationship(
        cascade="all, delete-orphan",
        order_by="CalendarPeriod.starts_on",
        back_populates="school_year",
        foreign_keys="CalendarPeriod.school_year_id",
    )

    @property
    def label(self) -> str:
        """As it is written in running text: 2026/27."""
        return calendar.label(self.start_year)

    @property
    def slug(self) -> str:
        """As it stands in addresses: 2026-27."""
        return calendar.slug(self.start_year)

    @property
    def first_day(self) -> date:
        return calendar.first_day(self.start_year)

    @property
    def last_day(self) -> date:
        return calendar.last_day(self.start_year)

    def window(self, number: int) -> tuple[date, date]:
        """First and last day for Dialog 1 or 2."""
        if number == 1:
            return self.dialogue1_from, self.dialogue1_to
        return self.dialogue2_from, self.dialogue2_to

    @classmethod
    def of(cls, organizer_id: int, start_year: int) -> Self | None:
        return db.session.scalar(
            sa.select(cls).where(cls.organizer_id == organizer_id, cls.start_year == start_year)
        )

    @classmethod
    def open(cls, organizer: "Organizer", start_year: int, *, by: "User | None") -> Self:
        """The läsår with proposed terms, lov and windows, and a lap for every open unit.

        Repeating it adds nothing twice: units that came later get their lap, the rest is left
        as people have made it.
        """
        year = cls.of(organizer.id, start_year)
        if year is None:
            (first1, last1), (first2, last2) = (
                calendar.default_window(start_year, number) for number in (1, 2)
            )
            year = cls(
                organizer_id=organizer.id,
                start_year=start_year,
                dialogue1_from=first1,
                dialogue1_to=last1,
                dialogue2_from=first2,
                dialogue2_to=last2,
                periods=[
                    CalendarPeriod(
                        organizer_id=organizer.id,
                        kind=period.kind,
                        name=period.name,
                        starts_on=period.starts_on,
                        ends_on=period.ends_on,
                    )
                    for period in calendar.proposed_periods(start_year)
                ],
            )
            db.session.add(year)
            db.session.flush()
            record(Action.YEAR_OPENED, year, by=by, year=year.label)
        year._start_laps()
        return year

    @classmethod
    def opened(cls, organizer_id: int) -> list[Self]:
        """The organizer's läsår, latest first."""
        return list(
            db.session.scalars(
                sa.select(cls)
                .where(cls.organizer_id == organizer_id)
                .order_by(cls.start_year.desc())
            )
        )

    WINDOWS = ("dialogue1_from", "dialogue1_to", "dialogue2_from", "dialogue2_to")

    def set_windows(self, *, by: "User", **days: date) -> None:
        """Other days for the two dialogues; `days`: see WINDOWS."""
        if all(getattr(self, name) == days[name] for name in self.WINDOWS):
            return
        for name in self.WINDOWS:
            setattr(self, name, days[name])
        record(Action.YEAR_CHANGED, self, by=by, year=self.label)

    def add_period(
        self, kind: PeriodKind, name: str, starts_on: date, ends_on: date, *, by: "User"
    ) -> "CalendarPeriod":
        period = CalendarPeriod(
            organizer_id=self.organizer_id,
            kind=kind,
            name=name,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        self.periods.append(period)
        self._record_period(Action.PERIOD_ADDED, period, by)
        return period

    def change_period(
        self,
        period: "CalendarPeriod",
        kind: PeriodKind,
        name: str,
        starts_on: date,
        ends_on: date,
        *,
        seen: int,
        by: "User",
    ) -> None:
        """Other days, or another name. `seen`: the period's stamp when it was shown; StaleDataError
        when somebody has changed or removed it since. What is the same as before is no change."""
        held = sa.select(CalendarPeriod).where(CalendarPeriod.id == period.id).with_for_update()
        fresh = db.session.scalar(held.execution_options(populate_existing=True))
        if fresh is None or fresh.stamp != seen:
            raise StaleDataError("the period was changed by somebody else meanwhile")
        before = (period.kind, period.name, period.starts_on, period.ends_on)
        if before == (kind, name, starts_on, ends_on):
            return
        told = f"{period.name} ({period.dates})"
        period.kind, period.name = kind, name
        period.starts_on, period.ends_on = starts_on, ends_on
        self._record_period(Action.PERIOD_CHANGED, period, by, before=told)

    def remove_period(self, period: "CalendarPeriod", *, by: "User") -> Removal:
        self._record_period(Action.PERIOD_REMOVED, period, by)
        what = f"{period.name}, {period.dates}"
        removal = Removal.keep(RemovalKind.PERIOD, self, what, [period], by=by)
        self.periods.remove(period)
        return removal

    def bring_back_period(self, removal: Removal, *, by: "User") -> None:
        """CannotUndo when days of the same kind lie there now."""
        period = db.session.get_one(CalendarPeriod, removal.bring_back())
        for other in self.periods:
            same = other is not period and other.kind is period.kind
            if same and other.starts_on <= period.ends_on and period.starts_on <= other.ends_on:
                raise CannotUndo(f"Dagarna överlappar {other.name} ({other.dates}).")
        self._record_period(Action.PERIOD_RESTORED, period, by)

    def _record_period(
        self, action: Action, period: "CalendarPeriod", by: "User", **data: str
    ) -> None:
        facts = {"period": period.name, "dates": period.dates, "year": self.label}
        record(action, self, by=by, **facts, **data)

    def lap_for(self, unit: "SchoolUnit") -> "QualityCycle":
        """The unit's lap of the läsår, made when there is none: also for a läsår before the unit was
        entered here, to which what it brings along belongs."""
        lap = db.session.scalar(
            sa.select(QualityCycle).where(
                QualityCycle.school_year_id == self.id, QualityCycle.unit_id == unit.id
            )
        )
        if lap is None:
            lap = QualityCycle(organizer_id=self.organizer_id, school_year=self, unit=unit)
            db.session.add(lap)
            db.session.flush()
        return lap

    def _start_laps(self) -> None:
        from tracker.organisation.models import SchoolUnit

        started = sa.select(QualityCycle.unit_id).where(
            QualityCycle.school_year_id == self.id, QualityCycle.unit_id.is_not(None)
        )
        units = db.session.scalars(
            sa.select(SchoolUnit.id).where(
                SchoolUnit.organizer_id == self.organizer_id,
                SchoolUnit.id.not_in(started),
                SchoolUnit.opened_on <= self.last_day,
                sa.or_(SchoolUnit.closed_on.is_(None), SchoolUnit.closed_on >= self.first_day),
            )
        ).all()
        rows = [
            QualityCycle(organizer_id=self.organizer_id, school_year_id=self.id, unit_id=unit)
            for unit in units
        ]
        own = db.session.scalar(
            sa.select(QualityCycle.id).where(
                QualityCycle.school_year_id == self.id, QualityCycle.unit_id.is_(None)
            )
        )
        if own is None:
            rows.append(
                QualityCycle(organizer_id=self.organizer_id, school_year_id=self.id, unit_id=None)
            )
        db.session.add_all(rows)
        db.session.flush()

    def drop_empty_laps(self) -> None:
        """Remove the laps of units that had ended when the läsår began and in which nothing stands."""
        from tracker.analyses.deepening import AnalysisDeepening
        from tracker.analyses.models import SituationAnalysis
        from tracker.dialogues.models import DialogueUnit
        from tracker.measures.areas import DevelopmentArea
        from tracker.measures.models import Measure
        from tracker.organisation.models import SchoolUnit
        from tracker.teams.plans import TeamPlan

        ended = sa.exists().where(
            SchoolUnit.id == QualityCycle.unit_id, SchoolUnit.closed_on < self.first_day
        )
        used = [
            sa.exists().where(kind.cycle_id == QualityCycle.id)
            for kind in (
                AnalysisDeepening,
                SituationAnalysis,
                Measure,
                DevelopmentArea,
                PhaseSetting,
                TeamPlan,
            )
        ]
        has_dialogue = sa.exists().where(
            DialogueUnit.unit_id == QualityCycle.unit_id,
            DialogueUnit.school_year_id == QualityCycle.school_year_id,
        )
        db.session.execute(
            sa.delete(QualityCycle)
            .where(QualityCycle.school_year_id == self.id, ended, ~sa.or_(*used, has_dialogue))
            .execution_options(synchronize_session="fetch")
        )


class CalendarPeriod(TenantOwned, Base):
    """A term, a lov, or days when the organizer's leaders are off."""

    __tablename__ = "calendar_period"
    __table_args__ = (
        tenant_fk("school_year_id", "school_year", ondelete="CASCADE"),
        sa.Index(None, "school_year_id"),
        sa.CheckConstraint("starts_on <= ends_on", name="in_order"),
        NUMBERS_ARE_NOT_REUSED,
    )

    school_year_id: Mapped[int]
    kind: Mapped[PeriodKind] = mapped_column(choice(PeriodKind))
    name: Mapped[ShortText]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    school_year: Mapped[SchoolYear] = relationship(
        foreign_keys="CalendarPeriod.school_year_id", back_populates="periods"
    )

    @property
    def dates(self) -> str:
        """One day, or the first and the last."""
        first, last = date_medium(self.starts_on), date_medium(self.ends_on)
        return first if self.ends_on == self.starts_on else f"{first} – {last}"

    @property
    def stamp(self) -> int:
        """A number that changes with the period, so that an old form never overwrites newer days."""
        facts = (self.kind.value, self.name, self.starts_on, self.ends_on)
        return zlib.crc32("\n".join(map(str, facts)).encode())

    @classmethod
    def closed_days(cls, organizer_id: int) -> list[tuple[date, date]]:
        """The organizer's closed days, first and last day of each period."""
        return [
            (first, last)
            for first, last in db.session.execute(
                sa.select(cls.starts_on, cls.ends_on).where(
                    cls.organizer_id == organizer_id, cls.kind == PeriodKind.CLOSED
                )
            )
        ]


class QualityCycle(TenantOwned, Base):
    """The lap: one per unit and läsår, and one per läsår for the organizer itself (no unit)."""

    __tablename__ = "quality_cycle"
    __table_args__ = (
        tenant_key(),
        tenant_fk("school_year_id", "school_year"),
        tenant_fk("unit_id", "school_unit"),
        sa.UniqueConstraint("school_year_id", "unit_id"),
        sa.Index(
            "uq_quality_cycle_organizers_own",
            "school_year_id",
            unique=True,
            sqlite_where=sa.text("unit_id IS NULL"),
            postgresql_where=sa.text("unit_id IS NULL"),
        ),
        sa.Index(None, "unit_id"),
    )

    school_year_id: Mapped[int]
    unit_id: Mapped[int | None]

    school_year: Mapped[SchoolYear] = relationship(foreign_keys="QualityCycle.school_year_id")
    unit: Mapped["SchoolUnit | None"] = relationship(foreign_keys="QualityCycle.unit_id")
    phase_settings: Mapped[list["PhaseSetting"]] = relationship(
        order_by="PhaseSetting.id", back_populates="cycle", foreign_keys="PhaseSetting.cycle_id"
    )
    deepening: Mapped["AnalysisDeepening | None"] = relationship(
        back_populates="cycle", foreign_keys="AnalysisDeepening.cycle_id", uselist=False
    )
    """Of the lap's analysis, when the huvudman has lifted the unit."""

    @property
    def owner(self) -> "SchoolUnit | OwnLap":
        """Whose the lap is, with what pages and forms ask of either: name, slug, learners, forms."""
        return self.unit if self.unit is not None else OwnLap(self.organizer_id)

    @property
    def units(self) -> "list[SchoolUnit]":
        """For Historik: the unit, or none when the lap is the organizer's own."""
        return [self.unit] if self.unit is not None else []

    def of_same_owner(self) -> sa.ColumnElement[bool]:
        """A criterion on QualityCycle: the laps of the same unit, or the organizer's own."""
        return sa.and_(
            QualityCycle.organizer_id == self.organizer_id, QualityCycle.unit_id == self.unit_id
        )

    @classmethod
    def own_laps(cls, organizer_id: int) -> sa.Select[tuple[int]]:
        """The ids of the organizer's own laps."""
        return sa.select(cls.id).where(cls.organizer_id == organizer_id, cls.unit_id.is_(None))

    def phase(self, day: date | None = None) -> Phase:
        """The phase today: what somebody set during the calendar's present phase, else the
        calendar's. A setting lapses when the calendar moves on, so that a forgotten one does
        not hold the lap back."""
        day = day or today()
        by_calendar = self.calendar_phase(day)
        if self.phase_settings:
            latest = self.phase_settings[-1]
            if latest.calendar_phase == by_calendar:
                return latest.phase
        return by_calendar

    def calendar_phase(self, day: date) -> Phase:
        """The calendar's phase; first or last phase outside the läsår."""
        year = self.school_year
        return calendar.phase_on(min(max(day, year.first_day), year.last_day))

    def set_phase(self, phase: Phase, note: str, *, by: "User") -> None:
        """Say that the unit is in another phase than the calendar thinks, and why."""
        self.phase_settings.append(
            PhaseSetting(
                organizer_id=self.organizer_id,
                phase=phase,
                calendar_phase=self.calendar_phase(today()),
                note=note,
                by_name=by.name,
            )
        )
        record(
            Action.PHASE_SET,
            self,
            by=by,
            units=self.units,
            phase=phase.label,
            note=note,
        )


class PhaseSetting(TenantOwned, Base):
    """A person says that the unit is in this phase; dated, signed, and never erased."""

    __tablename__ = "phase_setting"
    __table_args__ = (tenant_fk("cycle_id", "quality_cycle"), sa.Index(None, "cycle_id"))

    cycle_id: Mapped[int]
    phase: Mapped[Phase] = mapped_column(choice(Phase))
    calendar_phase: Mapped[Phase] = mapped_column(choice(Phase, "calendar_phase"))
    """What the calendar said when it was set; the setting lapses with it."""
    note: Mapped[LongText]
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    cycle: Mapped[QualityCycle] = relationship(
        foreign_keys="PhaseSetting.cycle_id", back_populates="phase_settings"
    )
