"""The organizer (huvudman), its areas and units, and who holds which role from when to when."""

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now, today
from tracker.database import (
    Base,
    Identified,
    ShortText,
    TenantOwned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.organisation.roles import LEADERS, Role, Scope
from tracker.web.swedish import slugify, sort_key

if TYPE_CHECKING:
    from tracker.auth.models import User

DEFAULT_DIALOGUE_OFFSETS = [21, 7, 1]
DEFAULT_EFFECT_OFFSETS = [0, 14]


class Organizer(Identified, Base):
    """Huvudman: one tenant. Nothing crosses between organizers."""

    __tablename__ = "organizer"

    name: Mapped[ShortText] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    dialogue_reminder_days: Mapped[list[int]] = mapped_column(
        sa.JSON, default=lambda: list(DEFAULT_DIALOGUE_OFFSETS)
    )
    """How many days before a dialogue its reminders go out."""
    effect_reminder_days: Mapped[list[int]] = mapped_column(
        sa.JSON, default=lambda: list(DEFAULT_EFFECT_OFFSETS)
    )
    """How many days after an effect fell due its reminders go out."""

    def __str__(self) -> str:
        return self.name


class Area(TenantOwned, Base):
    """Område: units with a dialogansvarig (most often an områdeschef) in common. Optional."""

    __tablename__ = "area"
    __table_args__ = (tenant_key(), sa.UniqueConstraint("organizer_id", "name"))

    name: Mapped[ShortText]
    sort_key: Mapped[ShortText]

    @classmethod
    def create(cls, organizer: Organizer, name: str, *, by: "User | None") -> Self:
        area = cls(organizer_id=organizer.id, name=name, sort_key=sort_key(name))
        db.session.add(area)
        db.session.flush()
        record(Action.AREA_CREATED, area, by=by, area=name)
        return area

    def rename(self, name: str, *, by: "User") -> None:
        if name == self.name:
            return
        record(Action.AREA_RENAMED, self, by=by, before=self.name, after=name)
        self.name, self.sort_key = name, sort_key(name)


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

RESERVED_SLUGS = frozenset({"ny", "importera"})


class SchoolUnit(TenantOwned, Base):
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
    )

    area_id: Mapped[int | None]
    name: Mapped[ShortText]
    sort_key: Mapped[ShortText]
    slug: Mapped[str] = mapped_column(sa.String(80))
    code: Mapped[str | None] = mapped_column(sa.String(20))
    """Skolenhetskod (8 digits) where the unit is in Skolenhetsregistret; förskolor are not."""
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind))
    assessed_per_term: Mapped[bool] = mapped_column(default=False)
    """Komvux may assess effects per term."""
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    organizer: Mapped[Organizer] = relationship()
    area: Mapped[Area | None] = relationship(foreign_keys="SchoolUnit.area_id")
    forms: Mapped[list["UnitForm"]] = relationship(
        cascade="all, delete-orphan", order_by="UnitForm.form", back_populates="unit"
    )

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

    def rename(self, name: str, *, by: "User") -> None:
        """Give the unit a new name and address; the old address leads on."""
        if name == self.name:
            return
        record(Action.UNIT_RENAMED, self, by=by, units=[self], before=self.name, after=name)
        self.name, self.sort_key = name, sort_key(name)
        self.slug = self.free_slug(self.organizer, name)
        db.session.add(UnitAddress(organizer_id=self.organizer_id, slug=self.slug, unit_id=self.id))

    def set_forms(self, forms: list[SchoolForm]) -> None:
        wanted = set(forms)
        self.forms[:] = [row for row in self.forms if row.form in wanted] + [
            UnitForm(organizer_id=self.organizer_id, form=form)
            for form in sorted(wanted - {row.form for row in self.forms})
        ]

    def close(self, on: date, *, by: "User") -> None:
        """The unit ends with this day; its texts and history stay."""
        self.closed_on = on
        record(Action.UNIT_CLOSED, self, by=by, units=[self], unit=self.name, on=on.isoformat())

    @classmethod
    def open_on(cls, day: date) -> sa.ColumnElement[bool]:
        return sa.and_(cls.opened_on <= day, sa.or_(cls.closed_on.is_(None), cls.closed_on >= day))

    @classmethod
    def has_leader(cls, day: date | None = None) -> sa.ColumnElement[bool]:
        """Whether somebody leads the unit on that day; when nobody does, it is vacant."""
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


class RoleAssignment(TenantOwned, Base):
    """A person holds a role for a unit, an area or the whole organizer, from a date to a date."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        tenant_fk("unit_id", "school_unit"),
        tenant_fk("area_id", "area"),
        sa.Index(None, "user_id", "organizer_id"),
        sa.Index(None, "organizer_id", "unit_id"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("unit_id IS NULL OR area_id IS NULL", name="one_scope"),
        sa.CheckConstraint(
            "role NOT IN ('principal', 'deputy', 'staff') OR unit_id IS NOT NULL",
            name="unit_roles_have_a_unit",
        ),
        sa.CheckConstraint(
            "role NOT IN ('organizer_lead', 'board', 'system_admin')"
            " OR (unit_id IS NULL AND area_id IS NULL)",
            name="organizer_roles_have_none",
        ),
        sa.CheckConstraint("NOT may_adopt OR role = 'deputy'", name="delegation_to_deputy"),
        sa.CheckConstraint("NOT acting OR role = 'principal'", name="acting_principal"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    unit_id: Mapped[int | None]
    area_id: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    acting: Mapped[bool] = mapped_column(default=False)
    """Tf. rektor."""
    may_adopt: Mapped[bool] = mapped_column(default=False)
    """A biträdande rektor to whom adopting has been delegated."""

    user: Mapped["User"] = relationship()
    unit: Mapped[SchoolUnit | None] = relationship(foreign_keys="RoleAssignment.unit_id")
    area: Mapped[Area | None] = relationship(foreign_keys="RoleAssignment.area_id")
    organizer: Mapped[Organizer] = relationship()

    @classmethod
    def held_on(cls, day: date) -> sa.ColumnElement[bool]:
        return sa.and_(cls.starts_on <= day, sa.or_(cls.ends_on.is_(None), cls.ends_on >= day))

    @property
    def scope(self) -> Scope:
        if self.unit_id is not None:
            return Scope.UNIT
        return Scope.AREA if self.area_id is not None else Scope.ORGANIZER

    @property
    def title(self) -> str:
        """The role as people say it: "Tf. rektor", "Områdeschef"…"""
        if self.acting:
            return "Tf. rektor"
        if self.role is Role.DIALOGUE_LEAD and self.scope is Scope.AREA:
            return "Områdeschef"
        return self.role.label

    @classmethod
    def give(
        cls,
        user: "User",
        role: Role,
        organizer: Organizer,
        *,
        by: "User | None",
        unit: SchoolUnit | None = None,
        area: Area | None = None,
        starts_on: date | None = None,
        ends_on: date | None = None,
        acting: bool = False,
        may_adopt: bool = False,
    ) -> Self:
        """Give a role, and end the person's sessions: what they may see has changed."""
        assignment = cls(
            organizer_id=organizer.id,
            organizer=organizer,
            user=user,
            role=role,
            unit=unit,
            area=area,
            starts_on=starts_on or today(),
            ends_on=ends_on,
            acting=acting,
            may_adopt=may_adopt,
        )
        db.session.add(assignment)
        db.session.flush()
        record(
            Action.ROLE_GIVEN,
            assignment,
            by=by,
            units=[unit] if unit else [],
            **assignment._facts(),
        )
        if (
            user is not by
        ):  # who changes her own roles goes on working; rights are read at each request
            user.end_sessions()
        return assignment

    def end(self, on: date, *, by: "User") -> None:
        """The role ends with this day; sessions end at once, and a new one sees what is left."""
        self.ends_on = max(on, self.starts_on)
        record(
            Action.ROLE_ENDED,
            self,
            by=by,
            units=[self.unit] if self.unit else [],
            on=self.ends_on.isoformat(),
            **self._facts(),
        )
        if self.user is not by:
            self.user.end_sessions()

    def _facts(self) -> dict[str, Any]:
        place = self.unit or self.area or self.organizer
        return {"person": self.user.name, "role": self.title, "place": place.name}
