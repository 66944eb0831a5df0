"""Reminders: the ledger of what is to be told, to whom, and how it went. `mails` carry them."""

import enum
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, ShortText, TenantOwned, choice, tenant_fk
from tracker.extensions import db

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.notifications.mails import OutgoingMail


@cache
def _insert_where_free(model: type[Base], dialect: str) -> Any:
    """An INSERT that does nothing where a unique key is taken, and gives the rows that are new; both
    databases have it, each in its own dialect."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(model).on_conflict_do_nothing().returning(model)


def insert_new(model: type[Base], rows: list[dict[str, Any]]) -> list[Any]:
    """Insert the rows whose unique keys are free; gives those that are new."""
    if not rows:
        return []
    dialect = db.session.get_bind().dialect.name
    return list(db.session.scalars(_insert_where_free(model, dialect), rows))


class ReminderKind(enum.StrEnum):
    """What a reminder is about; with the subject it says which row to look at."""

    DIALOGUE = "dialogue"
    EFFECT = "effect"
    MEASURE_END = "measure_end"
    CHECK_IN = "check_in"
    APPROVAL = "approval"
    AGREEMENT = "agreement"
    TEAM_EVALUATION = "team_evaluation"
    SUPPORT_REQUEST = "support_request"
    SUPPORT_FEEDBACK = "support_feedback"
    BOARD_QUESTION = "board_question"
    NATIONAL_MEETING = "national_meeting"
    WEEK = "week"
    """Din vecka: the subject is the week, as the ordinal of its Monday."""

    @property
    def label(self) -> str:
        return {
            "dialogue": "Dialog",
            "effect": "Effekt att bedöma",
            "measure_end": "Åtgärd som slutar",
            "check_in": "Avstämning",
            "approval": "Minnesanteckningar att godkänna",
            "agreement": "Överenskommelse",
            "team_evaluation": "Lagets mål att utvärdera",
            "support_request": "Fråga om stöd",
            "support_feedback": "Synpunkt på en stödfunktion",
            "board_question": "Nämndens fråga",
            "national_meeting": "Nationella kvalitetsdialogen",
            "week": "Din vecka",
        }[self]


class ReminderState(enum.StrEnum):
    PLANNED = "planned"
    """Due, and put into a mail that waits to be sent."""
    SENT = "sent"
    FAILED = "failed"
    """The mail that carried it was refused, or had been tried often enough."""
    SKIPPED = "skipped"
    """Nothing was left to do, or its moment had passed when it could have been sent."""
    CANCELLED = "cancelled"
    """The dialogue was moved or cancelled, or the effect settled, before it was sent."""

    @property
    def label(self) -> str:
        return {
            "planned": "Väntar",
            "sent": "Skickad",
            "failed": "Kunde inte skickas",
            "skipped": "Inte skickad",
            "cancelled": "Struken",
        }[self]


NO_LONGER_THEIRS = "Mottagaren har inte längre uppdraget"
"""Why a reminder is cancelled that its recipient is not the one for any more."""

ONCE = ("organizer_id", "kind", "subject_id", "recipient_id", "offset_days", "date_revision")
"""What makes a reminder the same as another, beside `again`."""


class Reminder(TenantOwned, Base):
    """One reminder to one person about one thing. The unique key is what makes it happen once,
    however many schedulers run: whoever inserts the row first plans it."""

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint(
            *ONCE, "again", name="uq_reminder_once",
        ),
        sa.UniqueConstraint("organizer_id", "form_token"),
        tenant_fk("mail_id", "outgoing_mail"),
        sa.Index(None, "mail_id"),
        sa.Index(None, "organizer_id", "due_on"),
        sa.CheckConstraint("(again = 0) = (asked_by_name IS NULL)", name="again_is_signed"),
        sa.CheckConstraint("(state = 'planned') = (settled_at IS NULL)", name="planned_or_settled"),
    )  # fmt: skip

    kind: Mapped[ReminderKind] = mapped_column(choice(ReminderKind))
    subject_id: Mapped[int]
    """What it is about; see `tracker.notifications.kinds`."""
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    offset_days: Mapped[int]
    """Days before the date it is about (positive), or after it (zero or negative)."""
    date_revision: Mapped[int]
    due_on: Mapped[date]
    """The day it is sent, moved to a working day outside the calm weeks."""
    state: Mapped[ReminderState] = mapped_column(choice(ReminderState))
    reason: Mapped[ShortText] = mapped_column(default="")
    """Why it was skipped or cancelled, in Swedish."""
    mail_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    """When it was sent, failed, was skipped or cancelled."""
    again: Mapped[int] = mapped_column(default=0)
    """0: sent by the rules. 1, 2 …: sent again because somebody asked for it."""
    asked_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    form_token: Mapped[str | None] = mapped_column(sa.String(40))
    """Of the button that asked for it: pressed twice it is one more mail, not two."""

    recipient: Mapped["User"] = relationship()
    mail: Mapped["OutgoingMail | None"] = relationship(
        foreign_keys="Reminder.mail_id", back_populates="reminders"
    )

    @classmethod
    def insert_once(cls, **values: Any) -> int:
        """Put a reminder into the ledger: 1, or 0 when it is there already."""
        return len(cls.insert_all([values]))

    @classmethod
    def insert_all(cls, rows: list[dict[str, Any]]) -> list[Self]:
        """Put reminders into the ledger; gives those that were not there already."""
        return insert_new(cls, rows)

    @classmethod
    def withdrawn(cls) -> sa.ColumnElement[bool]:
        """It never went, since it was no longer the recipient's: should it be again, it may go."""
        return sa.and_(
            cls.state == ReminderState.CANCELLED, cls.reason == NO_LONGER_THEIRS, cls.again == 0
        )

    @property
    def is_withdrawn(self) -> bool:
        """As `withdrawn`."""
        is_no_longer_theirs = self.reason == NO_LONGER_THEIRS and self.again == 0
        return self.state is ReminderState.CANCELLED and is_no_longer_theirs

    @classmethod
    def make_way(cls, keys: list[dict[str, Any]]) -> None:
        """Take withdrawn reminders out of the ledger, so that the same ones may be planned again."""
        for key in keys:
            db.session.execute(
                sa.delete(cls)
                .where(cls.withdrawn(), *(getattr(cls, name) == key[name] for name in ONCE))
                .execution_options(synchronize_session=False)
            )

    def settle(self, state: ReminderState, reason: str = "") -> None:
        """How a planned reminder ended."""
        self.state, self.reason, self.settled_at = state, reason, now()
