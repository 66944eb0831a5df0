"""Hälsningar: what the one who leaves a unit wants the next one to know."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.analyses.problems import excerpt
from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    tenant_fk,
)
from tracker.extensions import db
from tracker.removals.models import CannotUndo, Removal, RemovalKind

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.models import SchoolUnit


class HandoverNote(Versioned, TenantOwned, Base):
    """Hälsning: one person's words to whoever comes after, about one unit. Read by the unit's leaders
    and its dialogansvarig, and by nobody else; no part of what is adopted or archived."""

    __tablename__ = "handover_note"
    __table_args__ = (
        tenant_fk("unit_id", "school_unit"),
        sa.UniqueConstraint("unit_id", "by_id"),
        sa.CheckConstraint("text <> ''", name="says_something"),
        NUMBERS_ARE_NOT_REUSED,
    )

    unit_id: Mapped[int]
    text: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    changed_at: Mapped[datetime] = mapped_column(default=now)

    unit: Mapped["SchoolUnit"] = relationship(foreign_keys="HandoverNote.unit_id")

    @classmethod
    def of(cls, unit: "SchoolUnit", by: "User") -> Self | None:
        """The person's own about the unit."""
        return db.session.scalar(sa.select(cls).where(cls.unit_id == unit.id, cls.by_id == by.id))

    @classmethod
    def leave(cls, unit: "SchoolUnit", text: str, *, by: "User") -> Self:
        """Write the first words. IntegrityError when the person has done so at the same moment."""
        note = cls(
            organizer_id=unit.organizer_id, unit=unit, text=text, by_id=by.id, by_name=by.name
        )
        db.session.add(note)
        db.session.flush()
        note._record(Action.HANDOVER_WRITTEN, by)
        return note

    def write(self, text: str, *, by: "User") -> None:
        """Other words; what is the same as before is no change."""
        if text == self.text:
            return
        self.text, self.by_name, self.changed_at = text, by.name, now()
        self._record(Action.HANDOVER_WRITTEN, by)

    def take_back(self, *, by: "User") -> Removal:
        self._record(Action.HANDOVER_TAKEN_BACK, by)
        what = f"{self.unit.name}: {excerpt(self.text)}"
        removal = Removal.keep(RemovalKind.HANDOVER_NOTE, self.unit, what, [self], by=by)
        db.session.delete(self)
        return removal

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> None:
        """CannotUndo when the person has written other words since."""
        newer = sa.select(cls.id).where(cls.unit_id == removal.home_id, cls.by_id == removal.by_id)
        if db.session.scalar(newer) is not None:
            raise CannotUndo(
                "Du har skrivit en ny hälsning sedan dess. Ta bort den först om du vill ha tillbaka den förra."
            )
        db.session.get_one(cls, removal.bring_back())._record(Action.HANDOVER_RESTORED, by)

    def _record(self, action: Action, by: "User") -> None:
        """Never what was written, and only for those who write in the unit."""
        record(action, self, by=by, units=[self.unit], private=True, unit=self.unit.name)
