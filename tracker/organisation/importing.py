"""Units out of a file: what would change, and changing it. A second run changes nothing."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import today
from tracker.cycle.calendar import first_day, school_year_start
from tracker.cycle.opening import catch_up
from tracker.extensions import db
from tracker.models import Area, Organizer, SchoolForm, SchoolUnit
from tracker.organisation.importing_rows import UnitFile, UnitRow, kind_for
from tracker.web.swedish import listing

if TYPE_CHECKING:
    from tracker.models import User


def opened_when_unknown() -> date:
    """A unit that is put in has most often been there for years; from the läsår before this one on,
    so that measures decided then have a lap to stand in."""
    return first_day(school_year_start(today()) - 1)


@dataclass(frozen=True, slots=True)
class Changed:
    """A unit that is there already, and what the file says otherwise."""

    unit: SchoolUnit
    row: UnitRow
    what: list[str]


@dataclass(slots=True)
class UnitImport:
    """What carrying out a file would do; nothing is written before `carry_out`."""

    read: int
    new: list[UnitRow] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        return len(self.new) + len(self.changed) + self.unchanged

    @property
    def is_empty(self) -> bool:
        return not self.new and not self.changed

    @classmethod
    def plan(cls, organizer: Organizer | None, file: UnitFile) -> "UnitImport":
        """Compare the file with the units there are. None is an organizer that is not there yet."""
        plan = cls(read=file.read)
        units = _units_of(organizer) if organizer else []
        by_code = {unit.code: unit for unit in units if unit.code}
        without_code = {unit.name.casefold(): unit for unit in units if not unit.code}
        names = {unit.name.casefold(): unit for unit in units}
        for row in file.rows:
            unit = by_code.get(row.code) if row.code else names.get(row.name.casefold())
            if unit is None:
                # Typed in by hand before the file came: the same name, and no code to differ by.
                unit = without_code.pop(row.name.casefold(), None)
            if unit is None:
                plan.new.append(row)
                if row.name.casefold() in names:
                    plan.warnings.append(
                        f"{row.name} finns redan med en annan skolenhetskod. Tar den nya enheten över "
                        "efter den gamla? Ange det i så fall på enhetens sida."
                    )
            elif what := _differences(unit, row):
                plan.changed.append(Changed(unit, row, what))
            else:
                plan.unchanged += 1
        return plan

    def carry_out(self, organizer: Organizer, file_name: str, *, by: "User | None") -> None:
        """Make it so; the caller commits. Units that are new get their laps and dialogues."""
        if self.is_empty:
            return
        areas = {
            area.name.casefold(): area
            for area in db.session.scalars(sa.select(Area).where(Area.organizer_id == organizer.id))
        }

        def area_named(name: str | None) -> Area | None:
            if name is None:
                return None
            if name.casefold() not in areas:
                areas[name.casefold()] = Area.create(organizer, name, by=by)
            return areas[name.casefold()]

        for row in self.new:
            SchoolUnit.create(
                organizer,
                row.name,
                row.kind or kind_for(row.forms or ()),
                forms=list(row.forms or ()),
                by=by,
                area=area_named(row.area),
                code=row.code,
                opened_on=opened_when_unknown(),
            )
        for changed in self.changed:
            unit, row = changed.unit, changed.row
            unit.rename(row.name, by=by)
            unit.change(
                by=by,
                kind=row.kind or unit.kind,
                forms=list(_wanted_forms(unit, row)),
                code=row.code or unit.code,
            )
            if row.area is not None:
                unit.move(area_named(row.area), by=by)
        record(
            Action.UNITS_IMPORTED,
            organizer,
            by=by,
            file=file_name,
            created=len(self.new),
            changed=len(self.changed),
        )
        db.session.flush()
        catch_up(organizer, by=by)


def _units_of(organizer: Organizer) -> list[SchoolUnit]:
    return list(
        db.session.scalars(
            sa.select(SchoolUnit)
            .where(SchoolUnit.organizer_id == organizer.id)
            .options(sa.orm.selectinload(SchoolUnit.forms), sa.orm.joinedload(SchoolUnit.area))
            # When two share a name, the one that is open stands last and is found by it.
            .order_by(SchoolUnit.closed_on.is_(None), SchoolUnit.id)
        )
    )


def _wanted_forms(unit: SchoolUnit, row: UnitRow) -> set[SchoolForm]:
    """A file only adds: an export speaks of one verksamhet and says nothing about the others."""
    has = {link.form for link in unit.forms}
    if row.forms is None:
        return has
    return has | set(row.forms)


def _differences(unit: SchoolUnit, row: UnitRow) -> list[str]:
    what = []
    if row.name != unit.name:
        what.append(f"byter namn till {row.name}")
    if row.code and row.code != unit.code:
        what.append(f"får skolenhetskoden {row.code}")
    if row.kind is not None and row.kind is not unit.kind:
        what.append(f"blir {row.kind.label.lower()}")
    if added := _wanted_forms(unit, row) - {link.form for link in unit.forms}:
        what.append(f"får {listing([form.label.lower() for form in sorted(added)])}")
    if row.area is not None and (
        unit.area is None or row.area.casefold() != unit.area.name.casefold()
    ):
        what.append(f"flyttas till {row.area}")
    return what
