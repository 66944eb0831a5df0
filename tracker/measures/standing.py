"""How a measure stands: what its state, its days and its versions say of it. Nothing here changes it."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from tracker.clock import today
from tracker.measures.states import LIVING, MeasureBasis, MeasureState, missing_for_decision

if TYPE_CHECKING:
    from tracker.analyses.problems import Cause
    from tracker.evaluation.models import EffectAssessment
    from tracker.measures.models import Measure


class Standing:
    """The part of Measure that only answers questions."""

    if TYPE_CHECKING:
        FIELDS: tuple[str, ...]
        state: Mapped[MeasureState]
        basis: Mapped[MeasureBasis | None]
        starts_on: Mapped[date | None]
        ends_on: Mapped[date | None]
        assess_on: Mapped[date | None]
        cause: Mapped[Cause | None]
        continued_by: Mapped[Measure | None]
        assessments: Mapped[list[EffectAssessment]]

    @property
    def is_draft(self) -> bool:
        """A proposal is seen only by those who write in the unit."""
        return self.state is MeasureState.PROPOSED

    @property
    def is_living(self) -> bool:
        return self.state in LIVING

    @property
    def state_today(self) -> MeasureState:
        """The state as it reads: a decided measure runs from its first day, without anybody
        having to say so."""
        begun = self.starts_on is not None and self.starts_on <= today()
        return MeasureState.RUNNING if self.state is MeasureState.DECIDED and begun else self.state

    @property
    def is_due(self) -> bool:
        """Whether the effect is to be assessed today or should have been."""
        return self.assess_on is not None and not self.is_draft and self.assess_on <= today()

    @property
    def is_continued(self) -> bool:
        """Whether a later version of it has been decided."""
        return self.continued_by is not None and not self.continued_by.is_draft

    @property
    def is_assessable(self) -> bool:
        """Whether there is an effect to assess: it waits for its day, or it was settled and more is
        known since. Not what was cancelled, nor what a later version has replaced."""
        if self.is_draft or self.state is MeasureState.CANCELLED:
            return False
        return self.assess_on is not None or self.continued_by is None

    @property
    def may_be_undone(self) -> bool:
        """Whether "genomförd" may be taken back: until its effect is assessed."""
        return self.state is MeasureState.COMPLETED and self.assess_on is not None

    @property
    def ended_on(self) -> date | None:
        """The planned end of a measure that still runs although that day has passed."""
        over = self.is_living and self.ends_on is not None and self.ends_on < today()
        return self.ends_on if over else None

    @property
    def latest_assessment(self) -> "EffectAssessment | None":
        current = [row for row in self.assessments if row.superseded_at is None]
        return current[-1] if current else None

    @property
    def final_assessment(self) -> "EffectAssessment | None":
        """The assessment that says how it went: of those that are final and stand, the latest."""
        final = [r for r in self.assessments if r.superseded_at is None and r.judgement.is_final]
        return max(final, key=lambda row: row.place_in_time, default=None)

    def missing_for_decision(self) -> list[str]:
        """The fields that a decision needs and that are empty, in the order of the form."""
        return missing_for_decision({name: getattr(self, name) for name in self.FIELDS})
