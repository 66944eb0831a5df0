"""What a dialogue does once it has been: held, its notes approved by both sides, locked, remarked."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.clock import now
from tracker.dialogues.notes import DialogueApproval, DialogueRemark
from tracker.dialogues.states import DialogueError, DialogueState, NotesChanged, Side
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.dialogues.agreements import Agreement
    from tracker.dialogues.notes import DialogueNote

LOCKED = "Minnesanteckningarna är godkända av båda och låsta. Det går att lägga till en anmärkning."


class IsHeld:
    """Mixin of QualityDialogue. Whatever changes a dialogue first takes its row (`lock`): nobody
    approves one text while another is being saved, or moves a dialogue that is being joined."""

    if TYPE_CHECKING:
        id: int
        organizer_id: int
        state: DialogueState
        has_been: bool
        held_at: datetime | None
        held_by_name: str | None
        times_held: int
        approved_at: datetime | None
        notes: list["DialogueNote"]
        agreements: list["Agreement"]
        approvals: list[DialogueApproval]
        remarks: list[DialogueRemark]
        open_proposal: Any

        def heading(self, slot: str) -> str: ...
        def slots(self) -> list[str]: ...
        def _record(self, action: Action, by: "User | None", **data: Any) -> None: ...

    @property
    def is_held(self) -> bool:
        """Somebody has said that it was held; the notes may be approved since."""
        return self.state in (DialogueState.HELD, DialogueState.APPROVED)

    @property
    def is_approved(self) -> bool:
        """Both sides have approved the same notes: nothing of it is changed any more."""
        return self.state is DialogueState.APPROVED

    def lock(self) -> None:
        """Let nobody else change the dialogue until this transaction ends, and read it anew.
        StaleDataError when it is gone: joined into another meanwhile.

        What has a version of its own (topics, questions, notes, agreements) is not read anew: the
        version tells whether somebody was first.
        """
        from tracker.dialogues.models import DialogueUnit, QualityDialogue

        own = QualityDialogue.id == self.id
        if db.session.scalar(sa.select(QualityDialogue.id).where(own).with_for_update()) is None:
            raise StaleDataError("the dialogue was joined into another meanwhile")
        read = sa.inspect(self).dict
        for row in (*read.get("proposals", ()), *read.get("approvals", ())):
            db.session.expire(row)
        # A statement of its own: the first one, when it had to wait, has seen the other rows as they were.
        db.session.scalars(
            sa.select(QualityDialogue)
            .where(own)
            .options(sa.orm.joinedload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit))
            .execution_options(populate_existing=True)
        ).unique().one()

    # Held

    def hold(self, *, by: "User") -> None:
        """Dialogen är genomförd. From its start on; DialogueError before that, and for a cancelled
        one. What is said twice is said once."""
        self.lock()
        if self.is_held:
            return
        if not self.has_been:
            raise DialogueError("Dialogen har inte börjat än.")
        if waiting := self.open_proposal:
            waiting.answer(accepted=False)
        held = (DialogueState.HELD, now(), by.name)
        self.state, self.held_at, self.held_by_name = held
        self.times_held = (self.times_held or 0) + 1
        self._record(Action.DIALOGUE_HELD, by)

    def undo_hold(self, *, by: "User") -> None:
        """It was a mistake: back to planned. DialogueError once a side has approved the notes."""
        self.lock()
        if self.state is not DialogueState.HELD:
            raise DialogueError(LOCKED if self.is_approved else "Dialogen är inte genomförd.")
        if any(self.standing_approval(side) for side in Side):
            raise DialogueError(
                "Minnesanteckningarna är redan godkända av den ena sidan, så dialogen är genomförd."
            )
        self.state = DialogueState.PLANNED
        self.held_at = self.held_by_name = None
        self._record(Action.DIALOGUE_NOT_HELD, by)

    def must_not_be_held(self) -> None:
        """Raises DialogueError when its time can no longer be changed."""
        if self.is_approved:
            raise DialogueError("Dialogen är genomförd och godkänd. Tiden går inte att ändra.")
        if self.is_held:
            raise DialogueError(
                "Dialogen är genomförd. Ångra det på sidan Minnesanteckningar om tiden är fel."
            )

    # Approved

    def content(self) -> dict[str, Any]:
        """The notes and agreements as they read now, which is what people approve: {"notes":
        [{"heading", "text"}], "agreements": [{"what", "who", "when"}]}, in the order of the page."""
        texts = {row.slot: row.text for row in self.notes}
        return {
            "notes": [
                {"heading": self.heading(slot), "text": texts[slot]}
                for slot in self.slots()
                if texts.get(slot)
            ],
            "agreements": [
                {
                    "what": row.what,
                    "who": row.responsible,
                    "when": row.agreed_day.isoformat() if row.agreed_day else "",
                }
                for row in self.agreements
            ],
        }

    def digest(self) -> str:
        """SHA-256 of `content`, in hexadecimal."""
        return digest_of(self.content())

    def standing_approval(self, side: Side) -> DialogueApproval | None:
        """The side's approval of the notes as they read now."""
        return next(
            (row for row in self.approvals if row.side is side and row.lapsed_at is None), None
        )

    def lapsed_approval(self, side: Side) -> DialogueApproval | None:
        """The side's latest approval, when the notes have been changed since and wait for it anew."""
        if self.standing_approval(side) is not None:
            return None
        return next((row for row in reversed(self.approvals) if row.side is side), None)

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

    def approve(self, sides: Collection[Side], *, seen: str, by: "User") -> None:
        """Godkänn for the sides that the person stands for (both, when it is the same person). `seen`
        is the digest of what they read: NotesChanged when it reads otherwise now. When both sides
        have approved, the notes are locked."""
        self.lock()
        if self.is_approved:
            raise DialogueError("Minnesanteckningarna är redan godkända av båda.")
        if self.state is not DialogueState.HELD:
            raise DialogueError("Minnesanteckningarna godkänns när dialogen är genomförd.")
        content = self.content()
        digest = digest_of(content)
        if seen != digest:
            raise NotesChanged
        new = [side for side in Side if side in sides and self.standing_approval(side) is None]
        for side in new:
            self.approvals.append(
                DialogueApproval(
                    organizer_id=self.organizer_id,
                    side=side,
                    content=content,
                    digest=digest,
                    by_id=by.id,
                    by_name=by.name,
                )
            )
        if new:
            self._record(Action.NOTES_APPROVED, by)
        standing = [self.standing_approval(side) for side in Side]
        if all(row is not None and row.digest == digest for row in standing):
            self.state, self.approved_at = DialogueState.APPROVED, now()
            self._record(Action.NOTES_LOCKED, by)

    def _lapse(self, by: "User") -> None:
        """Somebody changed what one side had approved: its approval no longer stands."""
        standing = [row for row in self.approvals if row.lapsed_at is None]
        if not standing or all(row.digest == self.digest() for row in standing):
            return
        for row in standing:
            row.lapsed_at = now()
        self._record(Action.APPROVAL_LAPSED, by)

    def remark(self, text: str, *, by: "User") -> DialogueRemark:
        """Anmärkning to approved notes: dated and signed, never changed. DialogueError before."""
        if not self.is_approved:
            raise DialogueError(
                "Anteckningarna är inte godkända av båda än. Ändra dem i stället, så godkänns de "
                "på nytt."
            )
        row = DialogueRemark(
            organizer_id=self.organizer_id, text=text, by_id=by.id, by_name=by.name
        )
        self.remarks.append(row)
        self._record(Action.NOTES_REMARKED, by)
        return row


def digest_of(content: dict[str, Any]) -> str:
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
