"""Units, the addresses and verksamheter that they have, and which took over from which."""

import enum
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import today
from tracker.database import (
    Base,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.organisation.organizers import Area, Organizer
from tracker.organisation.roles import LEADERS
from tracker.web.swedish import date_medium, slugify, sort_key

if TYPE_CHECKING:
    from tracker.auth.models import User


class UnitKind(enum.StrEnum):
    SCHOOL = "school"
    PRESCHOOL = "preschool"
    ADULT = "adult"

    @property
    def label(self) -> str:
        return {"school": "Skolenhet", "preschool": "Förskoleenhet", "adult": "Vuxenutbildning"}[
            self
        ]

    @property
    def called(self) -> str:
        """As it reads in a sentence."""
        return self.name

    @property
    def learners(self) -> str:
        """The word for those the unit is there for."""
        return "barn" if self is UnitKind.PRESCHOOL else "elever"


class SchoolForm(enum.StrEnum):
    """Verksamhet. A unit has one or more; the values follow Skolenhetsregistret where it has one."""

    PRESCHOOL = "FSK"
    PRESCHOOL_CLASS = "FKLASS"
    COMPULSORY = "GR"
    ADAPTED_COMPULSORY = "GRAN"
    AFTER_SCHOOL = "FTH"
    UPPER_SECONDARY = "GY"
    ADAPTED_UPPER_SECONDARY = "GYAN"
    ADULT = "VUX"
    SFI = "SFI"

    @property
    def label(self) -> str:
        return _FORM_LABELS[self]


_FORM_LABELS = {
    SchoolForm.PRESCHOOL: "Förskola",
    SchoolForm.PRESCHOOL_CLASS: "Förskoleklass",
    SchoolForm.COMPULSORY: "Grundskola",
    SchoolForm.ADAPTED_COMPULSORY: "Anpassad grundskola",
    SchoolForm.AFTER_SCHOOL: "Fritidshem",
    SchoolForm.UPPER_SECONDARY: "Gymnasieskola",
    SchoolForm.ADAPTED_UPPER_SECONDARY: "Anpassad gymnasieskola",
    SchoolForm.ADULT: "Komvux",
    SchoolForm.SFI: "Sfi",
}

ADULT_FORMS = frozenset({SchoolForm.ADULT, SchoolForm.SFI})
"""Where an effect may be assessed per term: the courses are short."""

RESERVED_SLUGS = frozenset({"ny", "importera"})


class SchoolUnit(Versioned, TenantOwned, Base):
    """Skolenhet, förskoleenhet or vuxenutbildning.

    The slug stands in addresses. Every slug a unit ever had is a UnitAddress, so that an old
    address leads on and no other unit can take it.
    """

    __tablename__ = "school_unit"
    __table_args__ = (
        tenant_key(),
        tenant_fk("area_id", "area"),
        sa.UniqueConstraint("organizer_id", "slug"),
        sa.UniqueConstraint("organizer_id", "code"),
        sa.Index(None, "organizer_id", "sort_key"),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opened"
        ),
        sa.CheckConstraint("check_in_days BETWEEN 0 AND 90", name="check_ins_within_a_term"),
    )

    area_id: Mapped[int | None]
    name: Mapped[ShortText]
    sort_key: Mapped[ShortText]
    slug: Mapped[str] = mapped_column(sa.String(80))
    code: Mapped[str | None] = mapped_column(sa.String(20))
    """Skolenhetskod (8 digits) where the unit is in Skolenhetsregistret; förskolor are not."""
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind))
    assessed_per_term: Mapped[bool] = mapped_column(default=False)
    """Komvux and sfi may assess effects per term."""
    check_in_days: Mapped[int] = mapped_column(default=14)
    """Days between two check-ins (avstämningar), lov not counted; 0: none are held."""
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    is_organizer: ClassVar[bool] = False
    """See owner.OwnLap, the other owner of laps."""

    organizer: Mapped[Organizer] = relationship()
    area: Mapped[Area | None] = relationship(foreign_keys="SchoolUnit.area_id")
    forms: Mapped[list["UnitForm"]] = relationship(
        cascade="all, delete-orphan", order_by="UnitForm.form", back_populates="unit"
    )

    @property
    def called(self) -> str:
        """As it reads in a sentence."""
        return self.name

    @property
    def learners(self) -> str:
        """The word for those the unit is there for."""
        return self.kind.learners

    @classmethod
    def create(
        cls,
        organizer: Organizer,
        name: str,
        kind: UnitKind,
        *,
        forms: list[SchoolForm],
        by: "User | None",
        area: Area | None = None,
        code: str | None = None,
        opened_on: date | None = None,
    ) -> Self:
        """A new unit with an address of its own."""
        unit = cls(
            organizer_id=organizer.id,
            organizer=organizer,
            area_id=area.id if area else None,
            name=name,
            sort_key=sort_key(name),
            slug=cls.free_slug(organizer, name),
            code=code,
            kind=kind,
            assessed_per_term=kind is UnitKind.ADULT,
            opened_on=opened_on or today(),
            forms=[UnitForm(organizer_id=organizer.id, form=form) for form in sorted(set(forms))],
        )
        db.session.add(unit)
        db.session.flush()
        db.session.add(UnitAddress(organizer_id=organizer.id, slug=unit.slug, unit_id=unit.id))
        record(Action.UNIT_CREATED, unit, by=by, units=[unit], unit=name)
        return unit

    @staticmethod
    def free_slug(organizer: Organizer, name: str) -> str:
        """The first address after the name that no unit of the organizer has or has had."""
        base = slugify(name, reserved=RESERVED_SLUGS)
        taken = set(
            db.session.scalars(
                sa.select(UnitAddress.slug).where(
                    UnitAddress.organizer_id == organizer.id,
                    UnitAddress.slug.startswith(base, autoescape=True),
                )
            )
        )
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        return slug

    def rename(self, name: str, *, by: "User | None") -> None:
        """Give the unit a new name and address; the old address leads on. A name it has had before
        gives back the address it had then."""
        if name == self.name:
            return
        record(Action.UNIT_RENAMED, self, by=by, units=[self], before=self.name, after=name)
        self.name, self.sort_key = name, sort_key(name)
        had = db.session.get(
            UnitAddress, (self.organizer_id, slugify(name, reserved=RESERVED_SLUGS))
        )
        if had is not None and had.unit_id == self.id:
            self.slug = had.slug
        else:
            self.slug = self.free_slug(self.organizer, name)
            db.session.add(
                UnitAddress(organizer_id=self.organizer_id, slug=self.slug, unit_id=self.id)
            )
        self._reindex()

    def change(
        self,
        *,
        by: "User | None",
        kind: UnitKind,
        forms: list[SchoolForm],
        code: str | None,
        per_term: bool | None = None,
    ) -> None:
        """What the unit is. Its name, area and end have verbs of their own. `per_term`: see
        `assessed_per_term`; None leaves it as it is, or as another kind of unit has it."""
        if per_term is None:
            per_term = self.assessed_per_term if kind is self.kind else kind is UnitKind.ADULT
        new = (kind, set(forms), code, per_term)
        if new == (self.kind, set(self.form_values), self.code, self.assessed_per_term):
            return
        self.kind, self.code, self.assessed_per_term = kind, code, per_term
        self.set_forms(forms)
        # The forms are in a table of their own; the version is to rise for them too.
        flag_modified(self, "name")
        record(Action.UNIT_CHANGED, self, by=by, units=[self], unit=self.name)
        self._reindex()

    def _reindex(self) -> None:
        """Its assessed measures are found by its name and its verksamheter."""
        from tracker.search.indexing import reindex_unit

        reindex_unit(self)

    def set_check_in_days(self, days: int, *, by: "User | None") -> None:
        """How many days there are between two check-ins; 0: none are held."""
        if days == self.check_in_days:
            return
        self.check_in_days = days
        interval = f"var {days}:e dag" if days else "inga avstämningar"
        record(
            Action.CHECK_IN_DAYS_SET, self, by=by, units=[self], unit=self.name, interval=interval
        )

    def move(self, area: Area | None, *, by: "User | None") -> None:
        """Into another area, or out of its own."""
        if (area.id if area else None) == self.area_id:
            return
        if area is not None:
            record(Action.UNIT_MOVED, self, by=by, units=[self], unit=self.name, area=area.name)
        elif self.area is not None:
            record(
                Action.UNIT_LEFT_AREA,
                self,
                by=by,
                units=[self],
                unit=self.name,
                area=self.area.name,
            )
        self.area = area

    @property
    def form_values(self) -> list[SchoolForm]:
        return [row.form for row in self.forms]

    @property
    def may_assess_per_term(self) -> bool:
        return not ADULT_FORMS.isdisjoint(self.form_values)

    def set_forms(self, forms: list[SchoolForm]) -> None:
        wanted = set(forms)
        self.forms[:] = [row for row in self.forms if row.form in wanted] + [
            UnitForm(organizer_id=self.organizer_id, form=form)
            for form in sorted(wanted - {row.form for row in self.forms})
        ]

    def close(self, on: date, *, by: "User") -> None:
        """The unit ends with this day, and so do the roles held for it; its texts and history stay."""
        from tracker.organisation.assignments import RoleAssignment

        self.closed_on = max(on, self.opened_on)
        record(
            Action.UNIT_CLOSED,
            self,
            by=by,
            units=[self],
            unit=self.name,
            on=date_medium(self.closed_on),
        )
        for role in RoleAssignment.of_unit_after(self, self.closed_on):
            role.end(self.closed_on, by=by)

    def reopen(self, *, by: "User") -> None:
        """Take back an end that was a mistake. Roles that ended with it are given again by hand."""
        self.closed_on = None
        record(Action.UNIT_REOPENED, self, by=by, units=[self], unit=self.name)

    @classmethod
    def open_on(cls, day: date) -> sa.ColumnElement[bool]:
        return sa.and_(cls.opened_on <= day, sa.or_(cls.closed_on.is_(None), cls.closed_on >= day))

    @classmethod
    def has_leader(cls, day: date | None = None) -> sa.ColumnElement[bool]:
        """Whether somebody leads the unit on that day; when nobody does, it is vacant."""
        from tracker.organisation.assignments import RoleAssignment

        return (
            sa.exists()
            .where(
                RoleAssignment.organizer_id == cls.organizer_id,
                RoleAssignment.unit_id == cls.id,
                RoleAssignment.role.in_(LEADERS),
                RoleAssignment.held_on(day or today()),
            )
            .correlate(cls.__table__)
        )


class UnitForm(Base):
    """One verksamhet of a unit."""

    __tablename__ = "unit_form"
    __table_args__ = (tenant_fk("unit_id", "school_unit", ondelete="CASCADE"),)

    organizer_id: Mapped[int]
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[SchoolForm] = mapped_column(choice(SchoolForm), primary_key=True)

    unit: Mapped[SchoolUnit] = relationship(foreign_keys="UnitForm.unit_id", back_populates="forms")


class UnitAddress(Base):
    """A slug that a unit has or has had."""

    __tablename__ = "unit_address"
    __table_args__ = (tenant_fk("unit_id", "school_unit", ondelete="CASCADE"),)

    organizer_id: Mapped[int] = mapped_column(sa.ForeignKey("organizer.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    unit_id: Mapped[int]


class UnitSuccession(TenantOwned, Base):
    """Which unit took over from which, when units merge or split. A person says so."""

    __tablename__ = "unit_succession"
    __table_args__ = (
        tenant_fk("predecessor_id", "school_unit"),
        tenant_fk("successor_id", "school_unit"),
        sa.UniqueConstraint("predecessor_id", "successor_id"),
        sa.CheckConstraint("predecessor_id <> successor_id", name="not_itself"),
    )

    predecessor_id: Mapped[int]
    successor_id: Mapped[int]
    on: Mapped[date]

    predecessor: Mapped[SchoolUnit] = relationship(foreign_keys="UnitSuccession.predecessor_id")
    successor: Mapped[SchoolUnit] = relationship(foreign_keys="UnitSuccession.successor_id")
