"""The log of a measure: what was done, when, and how an entry is corrected."""

import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.clock import now
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    tenant_fk,
)
from tracker.extensions import db
from tracker.measures.states import IllegalTransition, MeasureState
from tracker.removals.models import Removal, RemovalKind
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.evaluation.models import EffectAssessment
    from tracker.measures.models import Measure


class MeasureLogEntry(TenantOwned, Base):
    """What was done, and when."""

    __tablename__ = "measure_log_entry"
    __table_args__ = (
        tenant_fk("measure_id", "measure"),
        sa.Index(None, "measure_id"),
        NUMBERS_ARE_NOT_REUSED,
    )

    measure_id: Mapped[int]
    on: Mapped[date]
    text: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    measure: Mapped["Measure"] = relationship(
        foreign_keys="MeasureLogEntry.measure_id", back_populates="log"
    )

    @property
    def stamp(self) -> int:
        """A number that changes with what the entry says, so that an old form never overwrites a
        newer text."""
        return zlib.crc32(f"{self.on}\n{self.text}".encode())


class Logged:
    """The part of Measure that keeps its log."""

    if TYPE_CHECKING:
        organizer_id: Mapped[int]
        state: Mapped[MeasureState]
        assess_on: Mapped[date | None]
        log: Mapped[list[MeasureLogEntry]]
        assessments: Mapped[list[EffectAssessment]]
        is_draft: bool
        is_living: bool

        def lock(self) -> None: ...
        def start(self, *, by: User, on: date | None = None) -> None: ...
        def _record(self, action: Action, by: User, **data: Any) -> None: ...

    @property
    def log_is_open(self) -> bool:
        """Whether something may be written in the log."""
        return self.is_living or (self.assess_on is not None and not self.is_draft)

    def may_be_corrected(self, entry: "MeasureLogEntry") -> bool:
        """Whether the entry may be changed or removed: not when an assessment has been built on it."""
        built_on = any(row.judgement.is_final and row.at >= entry.at for row in self.assessments)
        return self.log_is_open and not built_on

    def add_log(self, on: date, text: str, *, by: "User") -> MeasureLogEntry:
        """Write down what was done; the first entry starts a decided measure."""
        if self.is_draft:
            raise IllegalTransition
        if self.state is MeasureState.DECIDED:
            self.start(by=by, on=on)
        entry = MeasureLogEntry(
            organizer_id=self.organizer_id, on=on, text=text, by_id=by.id, by_name=by.name
        )
        self.log.append(entry)
        self._record(Action.MEASURE_LOGGED, by)
        return entry

    def correct_log(
        self, entry: MeasureLogEntry, on: date, text: str, *, seen: int, by: "User"
    ) -> None:
        """Write an entry anew; Historik keeps what it said. `seen`: its stamp when it was shown.
        Raises StaleDataError when somebody has corrected it since, IllegalTransition when an
        assessment has been built on it. What is the same as before is no change."""
        before = self._held_entry(entry, seen)
        if (on, text) == (entry.on, entry.text):
            return
        entry.on, entry.text = on, text
        self._record(Action.MEASURE_LOG_CORRECTED, by, before=before)

    def remove_log(self, entry: MeasureLogEntry, *, seen: int, by: "User") -> Removal:
        """Take an entry away; Historik keeps what it said. Raises as `correct_log` does."""
        before = self._held_entry(entry, seen)
        self._record(Action.MEASURE_LOG_REMOVED, by, before=before)
        what = f"{date_medium(entry.on)}: {entry.text}"
        removal = Removal.keep(RemovalKind.LOG_ENTRY, self, what, [entry], by=by)
        self.log.remove(entry)
        db.session.delete(entry)
        return removal

    def bring_back_log(self, removal: Removal, *, by: "User") -> None:
        """Raises IllegalTransition when an assessment has been made without it."""
        self.lock()
        entry = db.session.get_one(MeasureLogEntry, removal.bring_back())
        if not self.may_be_corrected(entry):
            raise IllegalTransition
        self._record(Action.MEASURE_LOG_RESTORED, by)

    def _held_entry(self, entry: MeasureLogEntry, seen: int) -> str:
        """Keep the entry to this transaction; returns what it says, as Historik keeps it."""
        self.lock()
        held = sa.select(MeasureLogEntry).where(MeasureLogEntry.id == entry.id)
        fresh = db.session.scalar(held.execution_options(populate_existing=True))
        if fresh is None or fresh.stamp != seen:
            raise StaleDataError("the log entry was corrected by somebody else meanwhile")
        if not self.may_be_corrected(entry):
            raise IllegalTransition
        return f"{date_medium(entry.on)}, {entry.by_name}: ”{entry.text}”"
