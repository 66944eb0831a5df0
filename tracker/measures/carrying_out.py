"""How a decided measure is carried out: begun, completed or broken off, and taken up again."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Mapped

from tracker.audit.actions import Action
from tracker.clock import now, today
from tracker.measures.states import IllegalTransition, MeasureState

if TYPE_CHECKING:
    from tracker.auth.models import User


class CarryingOut:
    """The part of Measure that takes it from its decision to its end."""

    if TYPE_CHECKING:
        state: Mapped[MeasureState]
        starts_on: Mapped[date | None]
        ends_on: Mapped[date | None]
        completed_at: Mapped[datetime | None]
        completed_by_name: Mapped[str | None]
        cancelled_at: Mapped[datetime | None]
        cancelled_by_name: Mapped[str | None]
        cancel_reason: Mapped[str]
        is_living: bool
        may_be_undone: bool

        def _must_be(self, state: MeasureState) -> None: ...
        def _plan_assessment(self, day: date | None) -> None: ...
        def _record(self, action: Action, by: User, **data: Any) -> None: ...

    def start(self, *, by: "User", on: date | None = None) -> None:
        """It has begun, today or `on` a day before. A start planned for later moves to that day."""
        self._must_be(MeasureState.DECIDED)
        begun = on or today()
        self.starts_on = min(day for day in (begun, self.starts_on, self.ends_on) if day)
        self.state = MeasureState.RUNNING
        self._record(Action.MEASURE_STARTED, by)

    def complete(self, *, by: "User") -> None:
        """Carried out. Its effect still stands to be assessed on its day."""
        if not self.is_living:
            raise IllegalTransition
        self.state = MeasureState.COMPLETED
        self.completed_at, self.completed_by_name = now(), by.name
        self._record(Action.MEASURE_COMPLETED, by)

    def undo_complete(self, *, by: "User") -> None:
        """It was not carried out after all. Raises IllegalTransition once its effect is assessed."""
        if not self.may_be_undone:
            raise IllegalTransition
        self.resume(by=by)
        if self.starts_on is not None and self.starts_on > today():
            self.state = MeasureState.DECIDED

    def cancel(self, reason: str, *, by: "User") -> None:
        """Avbryt, with a reason. There is then no effect to assess."""
        if not self.is_living:
            raise IllegalTransition
        self.state = MeasureState.CANCELLED
        self.cancelled_at, self.cancelled_by_name, self.cancel_reason = now(), by.name, reason
        self._plan_assessment(None)
        self._record(Action.MEASURE_CANCELLED, by, reason=reason)

    def resume(self, *, by: "User") -> None:
        """Back to running, when the decision on its effect says that it goes on after all."""
        if self.is_living:
            return
        self.state = MeasureState.RUNNING
        self.completed_at = self.completed_by_name = None
        self.cancelled_at = self.cancelled_by_name = None
        self.cancel_reason = ""
        self._record(Action.MEASURE_RESUMED, by)

    def go_on_past_its_end(self) -> None:
        """It continues: an end that has passed is none."""
        if self.ends_on is not None and self.ends_on < today():
            self.ends_on = None
