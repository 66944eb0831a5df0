"""Who holds which role, for what, from when to when."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import today
from tracker.database import Base, TenantOwned, Versioned, choice, tenant_fk
from tracker.extensions import db
from tracker.organisation.models import SchoolUnit
from tracker.organisation.organizers import Area, Organizer
from tracker.organisation.roles import Role, Scope
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User


class LastAdministrator(Exception):
    """Nobody would be left who can give anybody a role."""


class RoleAssignment(Versioned, TenantOwned, Base):
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
        assignment._record(Action.ROLE_GIVEN, by)
        assignment._end_sessions(by)
        return assignment

    def change(
        self,
        *,
        by: "User",
        starts_on: date,
        ends_on: date | None,
        acting: bool = False,
        may_adopt: bool = False,
    ) -> None:
        """Other dates, tf. or delegation. LastAdministrator when nobody would be left to manage."""
        wanted = (starts_on, ends_on, acting, may_adopt)
        if wanted == (self.starts_on, self.ends_on, self.acting, self.may_adopt):
            return
        if ends_on is not None or starts_on > today():
            self._leave_an_administrator()
        self.starts_on, self.ends_on, self.acting, self.may_adopt = wanted
        self._record(Action.ROLE_CHANGED, by)
        self._end_sessions(by)

    def end(self, on: date, *, by: "User") -> None:
        """The role ends with this day; one that has not begun by then disappears. Sessions end at
        once, and a new one sees what is left. One that has ended already keeps its end.
        LastAdministrator when nobody would be left to manage."""
        if self.ends_on is not None and self.ends_on <= on:
            return
        self._leave_an_administrator()
        self._record(Action.ROLE_ENDED, by, on=date_medium(on))
        self._end_sessions(by)
        if on < self.starts_on:
            db.session.delete(self)
        else:
            self.ends_on = on

    def end_now(self, *, by: "User") -> None:
        """Take the rights away at once: a role is held through its last day, so that was yesterday."""
        self.end(today() - timedelta(days=1), by=by)

    @classmethod
    def of_unit_after(cls, unit: SchoolUnit, day: date) -> list[Self]:
        """The roles held for the unit that go on after the day."""
        return list(
            db.session.scalars(
                sa.select(cls).where(
                    cls.unit_id == unit.id, sa.or_(cls.ends_on.is_(None), cls.ends_on > day)
                )
            )
        )

    def _leave_an_administrator(self) -> None:
        if self.role is not Role.SYSTEM_ADMIN:
            return
        # Two administrators who end each other at once must not both succeed. Rows that point at the
        # organizer may be written meanwhile: who writes one may hold a dialogue that is waited for next.
        held = sa.select(Organizer.id).where(Organizer.id == self.organizer_id)
        db.session.execute(held.with_for_update(key_share=True))
        from tracker.auth.models import User

        others = (
            sa.select(RoleAssignment.id)
            .join(User, User.id == RoleAssignment.user_id)
            .where(
                RoleAssignment.organizer_id == self.organizer_id,
                RoleAssignment.role == Role.SYSTEM_ADMIN,
                RoleAssignment.id != self.id,
                RoleAssignment.starts_on <= today(),
                RoleAssignment.ends_on.is_(None),
                User.closed_at.is_(None),
            )
        )
        if db.session.scalar(others.limit(1)) is None:
            raise LastAdministrator

    def _record(self, action: Action, by: "User | None", **data: Any) -> None:
        units = [self.unit] if self.unit else []
        record(action, self, by=by, units=units, **self._facts(), **data)

    def _end_sessions(self, by: "User | None") -> None:
        """Rights are read at each request. Who changes her own roles goes on working, and so does
        who works for another organizer too: this one's administrator has no say over that."""
        # By id, since `by` may be Flask-Login's proxy of the same person.
        if by is not None and self.user_id == by.id:
            return
        elsewhere = sa.exists().where(
            RoleAssignment.user_id == self.user_id,
            RoleAssignment.organizer_id != self.organizer_id,
        )
        if not db.session.scalar(sa.select(elsewhere)):
            self.user.end_sessions()

    def _facts(self) -> dict[str, Any]:
        place = self.unit or self.area or self.organizer
        return {"person": self.user.name, "role": self.title, "place": place.name}
