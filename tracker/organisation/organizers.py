"""The organizer (huvudman), with the rules of its reminders, and its areas."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import Base, Identified, ShortText, TenantOwned, Versioned, tenant_key
from tracker.extensions import db
from tracker.notifications.models import ReminderKind
from tracker.notifications.rules import RULES, ReminderRule, in_words, usual_rules
from tracker.web.swedish import sort_key

if TYPE_CHECKING:
    from tracker.auth.models import User


class Organizer(Versioned, Identified, Base):
    """Huvudman: one tenant. Nothing crosses between organizers."""

    __tablename__ = "organizer"

    name: Mapped[ShortText] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    rules: Mapped[list[ReminderRule]] = relationship(
        cascade="all, delete-orphan", order_by=ReminderRule.offset_days.desc()
    )

    def __init__(self, **values: Any) -> None:
        """A new organizer begins with the usual rules of the reminders."""
        super().__init__(**({"rules": usual_rules()} | values))

    @classmethod
    def create(cls, name: str, *, by: "User | None") -> Self:
        organizer = cls(name=name)
        db.session.add(organizer)
        db.session.flush()
        record(Action.ORGANIZER_CREATED, organizer, by=by, organizer=name)
        return organizer

    @classmethod
    def with_name(cls, name: str) -> Self | None:
        return db.session.scalar(sa.select(cls).where(cls.name == name))

    def offsets(self) -> dict[ReminderKind, list[int]]:
        """When the reminders of each kind go out, the earliest first; nothing: they are off."""
        found: dict[ReminderKind, list[int]] = {rule.kind: [] for rule in RULES}
        for rule in self.rules:
            found[rule.kind].append(rule.offset_days)
        return {kind: sorted(days, reverse=True) for kind, days in found.items()}

    @property
    def reminders_in_short(self) -> str:
        """When the two most read reminders go out, and whether there is a Din vecka."""
        return in_words(
            {
                kind: days
                for kind, days in self.offsets().items()
                if kind in (ReminderKind.WEEK, ReminderKind.DIALOGUE, ReminderKind.EFFECT)
            }
        )

    def set_reminders(self, offsets: dict[ReminderKind, list[int]], *, by: "User") -> None:
        """When reminders go out, kind by kind, in days before (positive) or after a date."""
        before = self.offsets()
        wanted = before | {kind: sorted(set(days), reverse=True) for kind, days in offsets.items()}
        if wanted == before:
            return
        self.rules[:] = [rule for rule in self.rules if rule.offset_days in wanted[rule.kind]] + [
            ReminderRule(kind=kind, offset_days=days)
            for kind in wanted
            for days in set(wanted[kind]) - set(before[kind])
        ]
        flag_modified(self, "name")  # the rules are in a table of their own; the version is to rise
        record(Action.REMINDER_RULES_SET, self, by=by, rules=in_words(wanted))

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

    def remove(self, *, by: "User") -> None:
        """Raises AreaNotEmpty while units belong to it, or roles are or were held for it."""
        from tracker.organisation.assignments import RoleAssignment
        from tracker.organisation.models import SchoolUnit

        used = sa.or_(
            sa.exists().where(SchoolUnit.area_id == self.id),
            sa.exists().where(RoleAssignment.area_id == self.id),
        )
        if db.session.scalar(sa.select(used)):
            raise AreaNotEmpty
        record(Action.AREA_REMOVED, self, by=by, area=self.name)
        db.session.delete(self)


class AreaNotEmpty(Exception):
    """Units or roles hang on the area."""
