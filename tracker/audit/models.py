"""What was changed, by whom and when: one event for every change, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import SYSTEM_NAME, Action
from tracker.clock import now
from tracker.database import Base, Identified, ShortText, choice
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.models import SchoolUnit


class AuditEvent(Identified, Base):
    """One change. `data` holds exactly the keys that the action's sentence needs."""

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.Index(None, "organizer_id", "id"),
        sa.Index(None, "subject_kind", "subject_id"),
    )

    organizer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizer.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    actor_name: Mapped[ShortText]
    """The name at the time: people leave, the history stays readable."""
    action: Mapped[Action] = mapped_column(choice(Action, open_ended=True))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    private: Mapped[bool] = mapped_column(default=False)
    """About a draft: shown only to those who write in the unit."""
    data: Mapped[dict[str, Any]]

    units: Mapped[list["AuditEventUnit"]] = relationship(cascade="all, delete-orphan")

    @classmethod
    def about_account(cls, user: "User", most: int = 10) -> "list[AuditEvent]":
        """The latest events about a person's own account, which belong to no organizer."""
        return list(
            db.session.scalars(
                sa.select(cls)
                .where(
                    cls.subject_kind == user.__tablename__,
                    cls.subject_id == user.id,
                    cls.organizer_id.is_(None),
                )
                .order_by(cls.id.desc())
                .limit(most)
            )
        )

    @property
    def sentence(self) -> str:
        return self.action.sentence(self.actor_name, self.data)


class AuditEventUnit(Base):
    """A unit that an event concerns; a dialogue may cover several."""

    __tablename__ = "audit_event_unit"
    __table_args__ = (sa.Index(None, "unit_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(
        sa.ForeignKey("audit_event.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("school_unit.id"), primary_key=True)


def record(
    action: Action,
    subject: Any,
    *,
    by: "User | None",
    units: "Iterable[SchoolUnit]" = (),
    private: bool = False,
    **data: Any,
) -> AuditEvent:
    """Add an event about `subject` (a saved row) to the session.

    `by` is None for what the system does by itself. Raises ValueError unless `data` has exactly
    the keys of the action, so that no sentence is ever missing a word.
    """
    if data.keys() != action.keys:
        raise ValueError(f"{action} takes {sorted(action.keys)}, not {sorted(data)}")
    organizer_id = (
        subject.id
        if subject.__tablename__ == "organizer"
        else getattr(subject, "organizer_id", None)
    )
    event = AuditEvent(
        organizer_id=organizer_id,
        actor_id=by.id if by else None,
        actor_name=by.name if by else SYSTEM_NAME,
        action=action,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        private=private,
        data=data,
        units=[AuditEventUnit(unit_id=unit.id) for unit in units],
    )
    db.session.add(event)
    return event
