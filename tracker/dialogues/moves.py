"""The time of a dialogue: placed, moved, cancelled, taken up again, proposed anew; all remembered."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import SYSTEM_NAME, Action
from tracker.clock import local, now
from tracker.database import Base, LongText, ShortText, TenantOwned, choice, tenant_fk
from tracker.dialogues.states import DialogueError, DialogueState, MoveKind
from tracker.extensions import db
from tracker.web.swedish import datetime_long

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.dialogues.models import QualityDialogue

USUAL_LENGTH = timedelta(minutes=90)
"""How long a dialogue is when nobody says."""


WHY_MOVED = "Skriv varför tiden ändras."
WHY_CANCELLED = "Skriv varför dialogen ställs in."
WHY_JOINED = "Skriv varför dialogerna slås ihop: den ena hade en annan tid."
WHY_ITS_OWN = "Skriv varför enheten får en egen dialog: den mister sin tid."


class DialogueMove(TenantOwned, Base):
    """A date set, moved or cancelled: old, new, why, who. Kept for good."""

    __tablename__ = "dialogue_move"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        sa.Index(None, "dialogue_id"),
        sa.CheckConstraint("kind IN ('placed', 'resumed') OR reason <> ''", name="says_why"),
    )

    dialogue_id: Mapped[int]
    kind: Mapped[MoveKind] = mapped_column(choice(MoveKind))
    before: Mapped[datetime | None]
    after: Mapped[datetime | None]
    reason: Mapped[LongText]
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="DialogueMove.dialogue_id", back_populates="moves"
    )


class TimeProposal(TenantOwned, Base):
    """Another time, proposed by rektor; the dialogansvarig accepts it or keeps the time."""

    __tablename__ = "time_proposal"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        sa.Index(None, "dialogue_id"),
        sa.Index(
            "uq_time_proposal_open",
            "dialogue_id",
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name="answered_has_answer"
        ),
        sa.CheckConstraint("kept_by_name IS NULL OR accepted = false", name="kept_is_not_accepted"),
        sa.CheckConstraint("kept_why = '' OR kept_by_name IS NOT NULL", name="why_is_signed"),
    )

    dialogue_id: Mapped[int]
    starts_at: Mapped[datetime]
    text: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
    kept_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    """Who kept the time as it was; None when something else became of the proposal."""
    kept_why: Mapped[LongText]

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="TimeProposal.dialogue_id", back_populates="proposals"
    )

    @property
    def day(self) -> date:
        """The day in Sweden."""
        return local(self.starts_at).date()

    @property
    def ends_at(self) -> datetime:
        """The dialogue stays as long as it is."""
        now_from, now_to = self.dialogue.starts_at, self.dialogue.ends_at
        return self.starts_at + (now_to - now_from if now_from and now_to else USUAL_LENGTH)

    @property
    def reason(self) -> str:
        """Why the dialogue was moved, when the proposal is accepted."""
        return ": ".join(filter(None, [f"Förslag av {self.by_name}", self.text]))

    @property
    def was_replaced(self) -> bool:
        """Whether a newer proposal took its place: that is made in the moment this one falls."""
        return any(
            row.id > self.id and row.at == self.answered_at for row in self.dialogue.proposals
        )

    def answer(self, *, accepted: bool) -> None:
        """Raises DialogueError when it has its answer already."""
        if self.answered_at is not None:
            raise DialogueError("Förslaget är redan besvarat.")
        self.answered_at, self.accepted = now(), accepted


class HasTime:
    """What a dialogue does with its time.

    `date_revision` rises when the dialogue gets another hour, is cancelled or taken up again, and
    only then: it is what gives new reminders, and a longer dialogue or another room needs none.
    """

    if TYPE_CHECKING:
        organizer_id: int
        starts_at: datetime | None
        ends_at: datetime | None
        state: DialogueState
        place: str
        participants: str
        date_revision: int
        moves: list[DialogueMove]
        proposals: list[TimeProposal]
        is_cancelled: bool
        is_ahead: bool
        has_been: bool

        def lock(self) -> None: ...
        def must_not_be_held(self) -> None: ...
        def _record(self, action: Action, by: "User | None", **data: Any) -> None: ...

    @property
    def open_proposal(self) -> TimeProposal | None:
        return next((row for row in reversed(self.proposals) if row.answered_at is None), None)

    def arrange(
        self,
        starts_at: datetime,
        ends_at: datetime,
        place: str,
        participants: str,
        *,
        by: "User",
        reason: str = "",
    ) -> None:
        """Everything the form about the time holds, in one go; see `place_at` and `describe`."""
        self.lock()
        if starts_at != self.starts_at or self.is_cancelled:
            self._place_at(starts_at, ends_at, by=by, reason=reason)
        self._describe(place, participants, ends_at, by=by)

    def place_at(
        self, starts_at: datetime, ends_at: datetime, *, by: "User", reason: str = ""
    ) -> None:
        """Give the dialogue a time, move it, or take up a cancelled one. Moving asks for a reason:
        DialogueError without one, and when the dialogue would end before it begins.

        A new hour of the same day re-arms the reminders too, since the mail names the hour; another
        end does not. A proposal that waits is answered by this.
        """
        self.lock()
        self._place_at(starts_at, ends_at, by=by, reason=reason)

    def _place_at(self, starts_at: datetime, ends_at: datetime, *, by: "User", reason: str) -> None:
        self.must_not_be_held()
        if ends_at <= starts_at:
            raise DialogueError("Dialogen måste sluta efter att den har börjat.")
        if starts_at == self.starts_at and not self.is_cancelled:
            self._describe(self.place, self.participants, ends_at, by=by)
            return
        before, was_cancelled = self.starts_at, self.is_cancelled
        if before is not None and not was_cancelled and not reason:
            raise DialogueError(WHY_MOVED)
        if waiting := self.open_proposal:
            waiting.answer(accepted=waiting.starts_at == starts_at)
        self.starts_at, self.ends_at, self.state = starts_at, ends_at, DialogueState.PLANNED
        self.date_revision = (self.date_revision or 0) + 1
        when = datetime_long(starts_at)
        if was_cancelled:
            self._remember(MoveKind.RESUMED, before, starts_at, reason, by)
            self._record(Action.DIALOGUE_RESUMED, by, when=when)
        elif before is None:
            self._remember(MoveKind.PLACED, None, starts_at, reason, by)
            self._record(Action.DIALOGUE_PLACED, by, when=when)
        else:
            self._remember(MoveKind.MOVED, before, starts_at, reason, by)
            self._record(
                Action.DIALOGUE_MOVED, by, before=datetime_long(before), after=when, reason=reason
            )

    def describe(
        self, place: str, participants: str, *, by: "User", ends_at: datetime | None = None
    ) -> None:
        """Where, with whom and how long; gives no new reminders. DialogueError once it was held."""
        self.lock()
        self._describe(place, participants, ends_at, by=by)

    def _describe(
        self, place: str, participants: str, ends_at: datetime | None, *, by: "User"
    ) -> None:
        new = (place, participants, ends_at or self.ends_at)
        if new == (self.place, self.participants, self.ends_at):
            return
        self.must_not_be_held()
        self.place, self.participants, self.ends_at = new
        self._record(Action.DIALOGUE_CHANGED, by)

    def cancel(self, reason: str, *, by: "User | None") -> None:
        """Ställ in. Its reminders fall silent. DialogueError without a reason."""
        self.lock()
        if self.is_cancelled:
            return
        self.must_not_be_held()
        if not reason:
            raise DialogueError(WHY_CANCELLED)
        if waiting := self.open_proposal:
            waiting.answer(accepted=False)
        self.state = DialogueState.CANCELLED
        self.date_revision = (self.date_revision or 0) + 1
        self._remember(MoveKind.CANCELLED, self.starts_at, None, reason, by)
        self._record(Action.DIALOGUE_CANCELLED, by, reason=reason)

    def propose_time(self, starts_at: datetime, text: str, *, by: "User") -> TimeProposal:
        """Passar inte tiden? A new proposal replaces the one that waits. DialogueError when the
        dialogue is cancelled, has been, or has that time already."""
        self.lock()
        if self.is_cancelled:
            raise DialogueError("Dialogen är inställd. Den som planerar den bestämmer ny tid.")
        if self.has_been:
            raise DialogueError("Dialogen har redan varit.")
        if starts_at == self.starts_at:
            raise DialogueError("Det är den tid som redan gäller.")
        if waiting := self.open_proposal:
            waiting.answer(accepted=False)
            db.session.flush()  # before the new one is there: one waits at a time
        proposal = TimeProposal(
            organizer_id=self.organizer_id,
            starts_at=starts_at,
            text=text,
            by_id=by.id,
            by_name=by.name,
            at=waiting.answered_at if waiting else now(),
        )
        self.proposals.append(proposal)
        self._record(Action.TIME_PROPOSED, by, when=datetime_long(starts_at))
        return proposal

    def accept(self, proposal: TimeProposal, *, by: "User") -> None:
        """Move the dialogue to the proposed time, as long as it was. DialogueError when the
        proposal has its answer, or its time has passed."""
        self.lock()
        if proposal.answered_at is None and proposal.starts_at <= now():
            raise DialogueError("Den föreslagna tiden har redan passerat. Bestäm en annan tid.")
        proposal.answer(accepted=True)
        self._place_at(proposal.starts_at, proposal.ends_at, by=by, reason=proposal.reason)
        self._record(Action.PROPOSAL_ACCEPTED, by, when=datetime_long(proposal.starts_at))

    def decline(self, proposal: TimeProposal, why: str = "", *, by: "User") -> None:
        """Keep the time as it is, with some words about why."""
        self.lock()
        proposal.answer(accepted=False)
        proposal.kept_by_name, proposal.kept_why = by.name, why
        self._record(Action.PROPOSAL_DECLINED, by)

    def _remember(
        self,
        kind: MoveKind,
        before: datetime | None,
        after: datetime | None,
        reason: str,
        by: "User | None",
    ) -> None:
        self.moves.append(
            DialogueMove(
                organizer_id=self.organizer_id,
                kind=kind,
                before=before,
                after=after,
                reason=reason,
                by_name=by.name if by else SYSTEM_NAME,
            )
        )

    def asks_why_joined(self, other: "QualityDialogue") -> bool:
        """Whether both have a time of their own, so that one loses its when they are joined."""
        return self.is_ahead and other.is_ahead and self.starts_at != other.starts_at

    def _gather(self, other: "QualityDialogue", reason: str, by: "User | None") -> None:
        """The units of the other get this one's time instead of their own; remembered here, since the
        other disappears."""
        if not reason:
            raise DialogueError(WHY_JOINED)
        assert other.starts_at is not None
        assert self.starts_at is not None
        self._remember(MoveKind.JOINED, other.starts_at, self.starts_at, reason, by)
        other._record(
            Action.DIALOGUE_MOVED,
            by,
            before=datetime_long(other.starts_at),
            after=datetime_long(self.starts_at),
            reason=reason,
        )

    def _welcome_back(self, other: "QualityDialogue", by: "User | None") -> None:
        """Units that lost their time when they got a dialogue of their own have one again; remembered
        here, where what is said of their loss is read from now on."""
        last = other.moves[-1] if other.moves else None
        if last is not None and last.kind is MoveKind.SPLIT_OFF:
            why = f"{other.unit_names} ska vara med i samma dialog igen."
            self._remember(MoveKind.JOINED, None, self.starts_at, why, by)

    def _leave_time(self, origin: "QualityDialogue", reason: str, by: "User | None") -> None:
        """Out of the origin's time, and without one of its own until somebody sets it."""
        assert origin.starts_at is not None
        self._remember(MoveKind.SPLIT_OFF, origin.starts_at, None, reason, by)
        self._record(
            Action.DIALOGUE_LOST_TIME, by, before=datetime_long(origin.starts_at), reason=reason
        )

    def _take_over_moves(self, other: "QualityDialogue") -> None:
        """The history of a dialogue that is joined into this one; a proposal that waited falls."""
        if waiting := other.open_proposal:
            waiting.answer(accepted=False)
        self.moves.extend(list(other.moves))
        self.proposals.extend(list(other.proposals))
