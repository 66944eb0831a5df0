"""What somebody needs from the huvudman: asked for in a check-in, out of the catalogue or freely, and
followed until it is known what came of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.analyses.problems import excerpt
from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now, today
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.removals.models import Removal, RemovalKind
from tracker.support.offers import SupportOffer
from tracker.support.states import SupportError, SupportState
from tracker.web.swedish import date_medium, listing

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.checkins.models import CheckIn
    from tracker.organisation.models import SchoolUnit


class SupportRequest(MadeByForm, Versioned, TenantOwned, Base):
    """What somebody needs from the organizer: asked, answered, settled. It was asked for in a check-in,
    and is then about that one's units, or for a unit by itself."""

    __tablename__ = "support_request"
    __table_args__ = (
        tenant_key(),
        tenant_fk("check_in_id", "check_in"),
        tenant_fk("unit_id", "school_unit"),
        tenant_fk("offer_id", "support_offer"),
        sa.UniqueConstraint("check_in_id"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "state"),
        sa.Index(None, "unit_id", "asked_on"),
        sa.CheckConstraint("text <> ''", name="says_what"),
        sa.CheckConstraint(
            "(check_in_id IS NULL) = (unit_id IS NOT NULL)", name="in_a_check_in_or_for_a_unit"
        ),
        sa.CheckConstraint(
            "(unit_id IS NULL) = (asked_by_name IS NULL)", name="by_itself_is_signed"
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR answered_at IS NOT NULL", name="answer_is_dated"
        ),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)", name="settled_is_dated"
        ),
        NUMBERS_ARE_NOT_REUSED,
    )

    check_in_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    offer_id: Mapped[int | None]
    """What was asked for out of the catalogue."""
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    """Who was to answer when it was asked, beside the unit's dialogansvarig."""
    text: Mapped[LongText]
    asked_on: Mapped[date]
    asked_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    """Of one that was asked by itself; else the check-in says who wrote it."""
    state: Mapped[SupportState] = mapped_column(choice(SupportState), default=SupportState.ASKED)
    answer: Mapped[LongText]
    """Svar, by the dialogansvarig or the owner."""
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    outcome: Mapped[LongText]
    """Vad blev det? Empty when somebody only ticked that it is solved."""
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    check_in: Mapped["CheckIn | None"] = relationship(
        foreign_keys="SupportRequest.check_in_id", back_populates="support"
    )
    unit: Mapped["SchoolUnit | None"] = relationship(foreign_keys="SupportRequest.unit_id")
    offer: Mapped[SupportOffer | None] = relationship(foreign_keys="SupportRequest.offer_id")
    owner: Mapped["User | None"] = relationship(foreign_keys="SupportRequest.owner_id")

    @classmethod
    def ask(
        cls,
        unit: "SchoolUnit",
        text: str,
        *,
        by: "User",
        offer: SupportOffer | None = None,
        form_token: str | None = None,
    ) -> Self:
        """Be om stöd: for a unit, out of the catalogue or freely. SupportError when it is no longer
        offered, or the unit has ended."""
        if offer is not None and offer.is_retired:
            raise SupportError(f"{offer.title} erbjuds inte längre.", field="offer_id")
        if unit.closed_on is not None and unit.closed_on < today():
            raise SupportError(f"{unit.name} är avslutad.", field="unit_id")
        row = cls(
            organizer_id=unit.organizer_id,
            unit=unit,
            offer=offer,
            owner_id=offer.owner_today if offer else None,
            text=text,
            asked_on=today(),
            asked_by_name=by.name,
            form_token=form_token,
        )
        db.session.add(row)
        db.session.flush()
        row._record(Action.SUPPORT_ASKED, by)
        return row

    def rephrase(self, text: str, *, by: "User") -> None:
        """Other words. SupportError once it is answered: an answer is to what was asked."""
        self._demand_unanswered()
        if text == self.text:
            return
        self.text = text
        self._record(Action.SUPPORT_REPHRASED, by, on=date_medium(self.asked_on))

    def withdraw(self, *, by: "User") -> Removal:
        """It is not needed after all: one that was asked by itself. SupportError once it is answered."""
        self._demand_unanswered()
        self._record(Action.SUPPORT_WITHDRAWN, by)
        what = f"{self.unit_names}: {excerpt(self.text)}"
        removal = Removal.keep(RemovalKind.SUPPORT_REQUEST, self.unit, what, [self], by=by)
        db.session.delete(self)
        return removal

    @classmethod
    def bring_back(cls, removal: Removal, *, by: "User") -> None:
        db.session.get_one(cls, removal.bring_back())._record(Action.SUPPORT_RESTORED, by)

    def _demand_unanswered(self) -> None:
        if self.state is not SupportState.ASKED:
            raise SupportError(
                "Frågan har fått svar och står kvar som den var. Be om stöd på nytt om det är något "
                "mer som behövs."
            )

    def respond(self, answer: str, *, by: "User") -> None:
        """The answer; a later one replaces it. SupportError once it is settled."""
        if self.is_settled:
            raise SupportError("Det är redan skrivet vad det blev av stödet.", field="answer")
        if answer == self.answer:
            return
        self.state, self.answer = SupportState.ANSWERED, answer
        self.answered_at, self.answered_by_name = now(), by.name
        self._record(Action.SUPPORT_ANSWERED, by, on=date_medium(self.asked_on))

    def settle(self, outcome: str = "", *, by: "User") -> None:
        """What came of it, by either side; answered or not, that is the end of it. Without words: it
        is solved. Other words later replace the first."""
        if self.is_settled and outcome in ("", self.outcome):
            return
        self.state, self.outcome = SupportState.SETTLED, outcome
        self.settled_at, self.settled_by_name = now(), by.name
        self._record(Action.SUPPORT_SETTLED, by, on=date_medium(self.asked_on))

    @property
    def is_settled(self) -> bool:
        return self.state is SupportState.SETTLED

    @property
    def waits_for_answer(self) -> bool:
        return self.state is SupportState.ASKED

    @property
    def units(self) -> "list[SchoolUnit]":
        """In Swedish order; several when it was asked for in a check-in about several."""
        if self.check_in is not None:
            return self.check_in.units
        return [self.unit] if self.unit is not None else []

    @property
    def unit_names(self) -> str:
        return listing([unit.name for unit in self.units])

    @property
    def asked_by(self) -> str:
        return self.check_in.by_name if self.check_in is not None else self.asked_by_name or ""

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        """Never what was written: those who follow a unit may read its Historik."""
        subject = self if self.check_in is None else self.check_in
        record(action, subject, by=by, units=self.units, units_named=self.unit_names, **data)
