"""What a dialogue does once it has been: held, its notes approved by both sides, locked, remarked."""

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.dialogues.notes import DialogueApproval
from tracker.dialogues.states import DialogueState, Side

if TYPE_CHECKING:
    from tracker.dialogues.agreements import Agreement
    from tracker.dialogues.notes import DialogueNote, DialogueRemark


class IsHeld:
    """Mixin of QualityDialogue."""

    if TYPE_CHECKING:
        id: int
        organizer_id: int
        state: DialogueState
        held_at: datetime | None
        approved_at: datetime | None
        notes: list["DialogueNote"]
        agreements: list["Agreement"]
        approvals: list[DialogueApproval]
        remarks: list["DialogueRemark"]

    @property
    def is_held(self) -> bool:
        """Somebody has said that it was held; the notes may be approved since."""
        return self.state in (DialogueState.HELD, DialogueState.APPROVED)

    @property
    def is_approved(self) -> bool:
        """Both sides have approved the same notes: nothing of it is changed any more."""
        return self.state is DialogueState.APPROVED

    def standing_approval(self, side: Side) -> DialogueApproval | None:
        """The side's approval of the notes as they read now."""
        return next(
            (row for row in self.approvals if row.side is side and row.lapsed_at is None), None
        )

    def waits_for(self, side: Side) -> bool:
        """Whether the notes wait for that side's approval: held, and not approved by it as they
        read now."""
        return self.state is DialogueState.HELD and self.standing_approval(side) is None

    @classmethod
    def waiting_for(cls, side: Side) -> sa.ColumnElement[bool]:
        """The same as `waits_for`, as a criterion on QualityDialogue."""
        approved = sa.exists().where(
            DialogueApproval.dialogue_id == cls.id,
            DialogueApproval.side == side,
            DialogueApproval.lapsed_at.is_(None),
        )
        return sa.and_(cls.state == DialogueState.HELD, ~approved)
