"""Synpunkter på en stödfunktion: what the group of principals says of a support, whose it is to answer, the
answer, and what came of it.

It is the group's text: whoever leads a unit may write in it until it is answered, and all leaders read it.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import now, today
from tracker.database import (
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.extensions import db
from tracker.once import MadeByForm
from tracker.support.states import FeedbackState, SupportError
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.organizers import Area, Organizer


class SupportFeedback(MadeByForm, Versioned, TenantOwned, Base):
    """What principals say of a support function: lämnad, klargjord, uppföljd."""

    __tablename__ = "support_feedback"
    __table_args__ = (
        tenant_key(),
        tenant_fk("area_id", "area"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "organizer_id", "state"),
        sa.CheckConstraint("about <> '' AND text <> ''", name="says_what"),
        sa.CheckConstraint(
            "state = 'open' OR (answered_at IS NOT NULL AND answer <> '')", name="answer_is_dated"
        ),
        sa.CheckConstraint(
            "(state = 'followed_up') = (followed_up_at IS NOT NULL)", name="follow_up_is_dated"
        ),
    )

    about: Mapped[ShortText]
    """Vilken stödfunktion gäller det?"""
    text: Mapped[LongText]
    area_id: Mapped[int | None]
    """The area whose principals say it; None: those of the whole organizer."""
    state: Mapped[FeedbackState] = mapped_column(choice(FeedbackState), default=FeedbackState.OPEN)
    given_on: Mapped[date] = mapped_column(default=today)
    by_name: Mapped[ShortText]
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    """Who answers, at the huvudman; None: the skolchef has not handed it on."""
    answer: Mapped[LongText]
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    follow_up_on: Mapped[date | None]
    """When it is asked what came of the answer."""
    outcome: Mapped[LongText]
    """Vad blev det?"""
    followed_up_at: Mapped[datetime | None]
    followed_up_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    area: Mapped["Area | None"] = relationship(foreign_keys="SupportFeedback.area_id")
    owner: Mapped["User | None"] = relationship(foreign_keys="SupportFeedback.owner_id")

    @classmethod
    def give(
        cls,
        organizer: "Organizer",
        about: str,
        text: str,
        *,
        by: "User",
        area: "Area | None" = None,
        form_token: str | None = None,
    ) -> Self:
        """What the principals say; `by` writes it down for them."""
        row = cls(
            organizer_id=organizer.id,
            about=about,
            text=text,
            area=area,
            by_name=by.name,
            form_token=form_token,
        )
        db.session.add(row)
        db.session.flush()
        row._record(Action.FEEDBACK_GIVEN, by)
        return row

    def rewrite(self, about: str, text: str, area: "Area | None", *, by: "User") -> None:
        """Other words; Historik keeps what was before. SupportError once it is answered: an answer is to
        what was said."""
        if self.state is not FeedbackState.OPEN:
            raise SupportError(
                "Synpunkten har fått svar och står kvar som den var. Skriv en ny om det är något mer."
            )
        before = [f"”{self.about}”"] if about != self.about else []
        if (area.id if area else None) != self.area_id:
            before.append(self.from_whom)
        if text != self.text:
            before.append(f"”{self.text}”")
        if not before:
            return
        self.about, self.text, self.area = about, text, area
        self._record(Action.FEEDBACK_REWRITTEN, by, before=" / ".join(before))

    def hand_to(self, owner: "User | None", *, by: "User") -> None:
        """Who is to answer; None: the skolchef."""
        owner_id = owner.id if owner else None
        if owner_id == self.owner_id:
            return
        self.owner = owner
        to = owner.name if owner else "skolchefen"
        self._record(Action.FEEDBACK_HANDED_ON, by, person=to)

    def clarify(self, answer: str, follow_up_on: date | None, *, by: "User") -> None:
        """The answer, and when it is to be followed up. A later one replaces it, and Historik keeps what was
        before. SupportError once it is followed up, or when the day cannot be."""
        if self.state is FeedbackState.FOLLOWED_UP:
            raise SupportError("Synpunkten är redan uppföljd.", field="answer")
        before = [f"”{self.answer}”"] if answer != self.answer else []
        if follow_up_on != self.follow_up_on:
            day = self.follow_up_on
            before.append(f"följs upp {date_medium(day)}" if day else "följs inte upp")
        if not before:
            return
        if (
            follow_up_on is not None
            and follow_up_on != self.follow_up_on
            and follow_up_on <= today()
        ):
            raise SupportError("Ange en dag som kommer.", field="follow_up_on")
        is_first = self.is_open
        self.state, self.answer, self.follow_up_on = FeedbackState.ANSWERED, answer, follow_up_on
        self.answered_at, self.answered_by_name = now(), by.name
        if is_first:
            self._record(Action.FEEDBACK_ANSWERED, by)
        else:
            self._record(Action.FEEDBACK_ANSWER_REVISED, by, before=" / ".join(before))

    def follow_up(self, outcome: str, *, by: "User") -> None:
        """What came of the answer. Other words later replace the first, which Historik keeps. SupportError
        while there is no answer to follow up."""
        if self.state is FeedbackState.OPEN:
            raise SupportError("Svara innan ni följer upp.", field="outcome")
        if outcome == self.outcome:
            return
        before, self.outcome = self.outcome, outcome
        self.state = FeedbackState.FOLLOWED_UP
        self.followed_up_at, self.followed_up_by_name = now(), by.name
        if before:
            self._record(Action.FEEDBACK_OUTCOME_REVISED, by, before=f"”{before}”")
        else:
            self._record(Action.FEEDBACK_FOLLOWED_UP, by)

    @classmethod
    def waiting_for(
        cls,
        person_id: Any,
        *,
        works: sa.ColumnElement[bool],
        oversees: sa.ColumnElement[bool],
        day: Any,
        until: Any,
    ) -> sa.ColumnElement[bool]:
        """A criterion: what waits for the person's answer, or is to be followed up by the day `until`. `works`:
        she works at the organizer on `day`, so that she still answers what was given to her; `oversees`: she
        answers what was given to nobody who still works there. Values or parameters alike."""
        from tracker.support.people import working

        left = cls.owner_id.not_in(working(cls.organizer_id, day).correlate(cls))
        return sa.and_(
            sa.or_(
                sa.and_(works, cls.owner_id == person_id),
                sa.and_(oversees, sa.or_(cls.owner_id.is_(None), left)),
            ),
            sa.or_(
                cls.state == FeedbackState.OPEN.value,
                sa.and_(cls.state == FeedbackState.ANSWERED.value, cls.follow_up_on <= until),
            ),
        )

    @property
    def is_open(self) -> bool:
        return self.state is FeedbackState.OPEN

    @property
    def is_answered(self) -> bool:
        """Whether it is answered and not followed up yet."""
        return self.state is FeedbackState.ANSWERED

    @property
    def from_whom(self) -> str:
        """Such as "Rektorerna i område Norr", be the area called "Norr" or "Område Norr"."""
        if self.area is None:
            return "Rektorsgruppen"
        return f"Rektorerna i område {self.area.name.removeprefix('Område ')}"

    def _record(self, action: Action, by: "User", **data: Any) -> None:
        record(action, self, by=by, about=self.about, **data)
