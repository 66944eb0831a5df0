"""A unit and its dialogues, as Start knows them; `overview` reads them."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.checkins.reading import CheckInFacts
from tracker.clock import local
from tracker.cycle.calendar import Phase
from tracker.models import AnalysisState, DialogueKind, DialogueState


@dataclass(slots=True)
class DialogueFacts:
    """One of a unit's two dialogues, as lists show it."""

    id: int
    kind: DialogueKind
    starts_at: datetime | None
    cancelled: bool
    wants_time: bool
    """Without a time although its window is near, or has been."""
    topic_chosen: bool
    proposed_at: datetime | None
    """The time rektor has proposed, while it waits for an answer."""
    is_ahead: bool
    has_been: bool
    state: DialogueState
    asked: bool
    """Whether rektor has asked something that waits for an answer."""
    has_own_topics: bool
    """Whether the organizer has added areas, or said that it has none."""

    @property
    def day(self) -> date | None:
        return local(self.starts_at).date() if self.starts_at else None

    @property
    def has_no_time(self) -> bool:
        return self.starts_at is None and not self.cancelled

    def waits_to_be_held(self, today: date) -> bool:
        """Whether its day has passed and nobody has said that it is carried out, or moved it."""
        planned = self.state is DialogueState.PLANNED and not self.cancelled
        return planned and self.day is not None and self.day < today


@dataclass(slots=True)
class UnitFacts:
    """A unit and its lap of the current läsår. `cycle_id` is None when the läsår is not opened."""

    id: int
    name: str
    slug: str
    area_id: int | None
    area_name: str | None
    area_sort_key: str
    cycle_id: int | None
    phase: Phase
    analysis: AnalysisState | None
    adopted_number: int | None
    invited: bool
    """Whether the person is invited to write in the analysis."""
    has_measures: bool
    """Whether the unit has, or has had, any measure at all."""
    dialogues: list[DialogueFacts]
    check_in: CheckInFacts | None
    """Known where the person leads or follows some unit."""
    support_follow_up_on: date | None
    """When the support that the unit gets is to be followed up; known as `check_in` is."""
    deepened_on: date | None
    """From when the huvudman's follow-up has lifted the unit, until an analysis is adopted after that was said."""
    next_opened: bool
    """Whether the lap of the coming läsår is opened; known as `adopted_number` is."""
    feedback_waiting: int
    """How many synpunkter on the support wait for the person, whatever the unit: Start has no statement to
    spare for asking by itself."""

    @property
    def next_dialogue(self) -> DialogueFacts | None:
        ahead = [row for row in self.dialogues if row.is_ahead]
        return min(ahead, key=lambda row: row.starts_at) if ahead else None  # type: ignore[arg-type,return-value]

    @property
    def waits_for_time(self) -> bool:
        """Whether a dialogue has not been given a time, be its window near or far."""
        return any(row.has_no_time for row in self.dialogues)
