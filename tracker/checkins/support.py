"""Stöd som behövs: asked for in a check-in, and followed until it is known what came of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.checkins.states import CheckInError, SupportState
from tracker.clock import now
from tracker.database import Base, LongText, TenantOwned, Versioned, choice, tenant_fk, tenant_key
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.checkins.models import CheckIn


class SupportRequest(Versioned, TenantOwned, Base):
    """What somebody needs from the organizer: asked, answered, settled."""

    __tablename__ = "support_request"
    __table_args__ = (
        tenant_key(),
        tenant_fk("check_in_id", "check_in"),
        sa.UniqueConstraint("check_in_id"),
        sa.Index(None, "organizer_id", "state"),
        sa.CheckConstraint("text <> ''", name="says_what"),
        sa.CheckConstraint(
            "state <> 'answered' OR answered_at IS NOT NULL", name="answer_is_dated"
        ),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)", name="settled_is_dated"
        ),
    )

    check_in_id: Mapped[int]
    text: Mapped[LongText]
    asked_on: Mapped[date]
    state: Mapped[SupportState] = mapped_column(choice(SupportState), default=SupportState.ASKED)
    answer: Mapped[LongText]
    """Svar, by the dialogansvarig."""
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    outcome: Mapped[LongText]
    """Vad blev det? Empty when somebody only ticked that it is solved."""
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    check_in: Mapped["CheckIn"] = relationship(
        foreign_keys="SupportRequest.check_in_id", back_populates="support"
    )

    def respond(self, answer: str, *, by: "User") -> None:
        """The dialogansvarig's answer; a later one replaces it. CheckInError once it is settled."""
        if self.is_settled:
            raise CheckInError("Det är redan skrivet vad det blev av stödet.", field="answer")
        if answer == self.answer:
            return
        self.state, self.answer = SupportState.ANSWERED, answer
        self.answered_at, self.answered_by_name = now(), by.name
        self._record(Action.SUPPORT_ANSWERED, by)

    def settle(self, outcome: str = "", *, by: "User") -> None:
        """What came of it, by either side; answered or not, that is the end of it. Without words: it
        is solved. Other words later replace the first."""
        if self.is_settled and outcome in ("", self.outcome):
            return
        self.state, self.outcome = SupportState.SETTLED, outcome
        self.settled_at, self.settled_by_name = now(), by.name
        self._record(Action.SUPPORT_SETTLED, by)

    @property
    def is_settled(self) -> bool:
        return self.state is SupportState.SETTLED

    @property
    def waits_for_answer(self) -> bool:
        return self.state is SupportState.ASKED

    def _record(self, action: Action, by: "User") -> None:
        check_in = self.check_in
        record(
            action,
            check_in,
            by=by,
            units=check_in.units,
            units_named=check_in.unit_names,
            on=date_medium(self.asked_on),
        )
