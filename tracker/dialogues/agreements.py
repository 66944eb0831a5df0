"""Det här kom vi överens om: what, who, when; followed until it is settled."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker.audit.actions import Action
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
from tracker.dialogues.states import AgreementState
from tracker.extensions import db
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.cycle.models import QualityCycle
    from tracker.dialogues.models import QualityDialogue
    from tracker.measures.models import Measure

TITLE_LENGTH = 200
"""Of a measure's title."""


class Agreement(Versioned, TenantOwned, Base):
    """Överenskommelse of a dialogue. It is a task by itself, and may become a measure.

    Its number is never used again: reminders point at it without a foreign key.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        tenant_key(),
        tenant_fk("dialogue_id", "quality_dialogue"),
        tenant_fk("measure_id", "measure"),
        sa.UniqueConstraint("organizer_id", "form_token"),
        sa.Index(None, "dialogue_id"),
        sa.Index(None, "organizer_id", "due_on"),
        sa.CheckConstraint("what <> ''", name="says_what"),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_is_dated"),
        {"sqlite_autoincrement": True},
    )

    dialogue_id: Mapped[int]
    what: Mapped[LongText]
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    responsible: Mapped[ShortText] = mapped_column(default="")
    """Who, as it reads: a person, a team or free text."""
    due_on: Mapped[date | None]
    agreed_for: Mapped[date | None]
    """The day that was agreed on in the dialogue, once a follow-up has given another."""
    due_revision: Mapped[int] = mapped_column(default=0)
    """Counts the changes of `due_on`, so that a new date gives new reminders and only then."""
    date_set_at: Mapped[datetime | None]
    """When `due_on` was set; None: never, or not known."""
    state: Mapped[AgreementState] = mapped_column(
        choice(AgreementState), default=AgreementState.OPEN
    )
    outcome: Mapped[LongText]
    """Vad blev det?"""
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    measure_id: Mapped[int | None]
    """The measure it became."""
    form_token: Mapped[str | None] = mapped_column(sa.String(40))
    """Of the form that made it: the same form sent twice is one agreement, not two."""
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="Agreement.dialogue_id", back_populates="agreements"
    )
    measure: Mapped["Measure | None"] = relationship(
        foreign_keys="Agreement.measure_id", lazy="joined"
    )
    responsible_user: Mapped["User | None"] = relationship(foreign_keys="Agreement.responsible_id")

    @validates("due_on")
    def _remember_when(self, _name: str, due_on: date | None) -> date | None:
        if due_on != self.due_on:
            self.date_set_at = now()
        return due_on

    @classmethod
    def that_became(cls, measure_id: int) -> "list[Agreement]":
        return list(db.session.scalars(sa.select(cls).where(cls.measure_id == measure_id)))

    @classmethod
    def forget_measure(cls, measure_id: int) -> None:
        """The proposal that an agreement became is withdrawn: it may become another one."""
        db.session.execute(
            sa.update(cls).where(cls.measure_id == measure_id).values(measure_id=None)
        )

    @property
    def is_open(self) -> bool:
        return self.state is AgreementState.OPEN

    @property
    def think_of(self) -> list[str]:
        """What may have been forgotten in what is open, as Swedish sentences; it stands all the same."""
        if not self.is_open:
            return []
        said = [] if self.responsible else ["Ingen är ansvarig."]
        if self.due_on is not None and self.due_on < today():
            said.append(f"Dagen {date_medium(self.due_on)} har varit.")
        return said

    @property
    def is_awaited(self) -> bool:
        """Open, and followed by itself: what has become a measure is followed as one."""
        return self.is_open and self.measure_id is None

    @property
    def agreed_day(self) -> date | None:
        """The day as it was agreed on in the dialogue."""
        return self.agreed_for or self.due_on

    def postpone(self, due_on: date, *, by: "User") -> None:
        """Give what is open another day. The notes keep the day that was agreed on."""
        if due_on == self.due_on:
            return
        self.agreed_for = None if due_on == self.agreed_day else self.agreed_day
        self.due_on = due_on
        self.due_revision += 1
        when = date_medium(due_on)
        self.dialogue._record(Action.AGREEMENT_POSTPONED, by, when=when)

    def settle(self, state: AgreementState, outcome: str, *, by: "User") -> None:
        """Klart, or inte längre aktuellt, with what became of it; or open again. It may be said at any
        time, also when the notes are locked: what was agreed stays as it reads."""
        if (state, outcome) == (self.state, self.outcome):
            return
        changes = state is not self.state
        self.state, self.outcome = state, outcome
        if state is AgreementState.OPEN:
            self.settled_at = self.settled_by_name = None
        elif changes:
            self.settled_at, self.settled_by_name = now(), by.name
        self.dialogue._record(Action.AGREEMENT_FOLLOWED, by, state=state.label.lower())

    def become(self, cycle: "QualityCycle", *, by: "User") -> "Measure":
        """Gör till åtgärd: a proposal in the lap, with what was agreed as its title. An agreement
        becomes one measure and no second; the measure it became is given again."""
        from tracker.measures.models import Measure

        self.dialogue.lock()
        db.session.refresh(self, ["measure_id", "measure"])
        if self.measure is not None:
            return self.measure
        title = shortened(self.what, TITLE_LENGTH)
        measure = Measure.propose(
            cycle,
            by=by,
            title=title,
            description=self.what if title != self.what else "",
            responsible=self.responsible,
            responsible_id=self.responsible_id,
        )
        self.measure = measure
        db.session.flush()
        self.dialogue._record(Action.AGREEMENT_BECAME_MEASURE, by, private=True)
        return measure

    @classmethod
    def awaited(cls) -> sa.ColumnElement[bool]:
        """The same as `is_awaited`, as a criterion."""
        return sa.and_(cls.state == AgreementState.OPEN, cls.measure_id.is_(None))


def shortened(text: str, length: int) -> str:
    """On one line, cut between two words where it is longer than `length`."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    kept = line[: length - 1]
    return f"{kept.rpartition(' ')[0] or kept}…"
