"""Kvalitetsdialoger: two a läsår for every unit, prepared from both sides."""

from collections.abc import Hashable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.clock import local, now
from tracker.cycle.models import QualityCycle, SchoolYear
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
from tracker.dialogues.afterwards import IsHeld
from tracker.dialogues.agreements import Agreement
from tracker.dialogues.joined import JoinedDialogue
from tracker.dialogues.moves import WHY_ITS_OWN, DialogueMove, HasTime, TimeProposal
from tracker.dialogues.notes import DialogueApproval, DialogueNote, DialogueRemark
from tracker.dialogues.questions import HasQuestions, PreparationQuestion
from tracker.dialogues.room import IsWrittenIn
from tracker.dialogues.states import DialogueError, DialogueKind, DialogueState
from tracker.dialogues.topics import DialogueTopic, HasTopics
from tracker.extensions import db
from tracker.organisation.models import SchoolUnit
from tracker.web.swedish import listing

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.organisation.staffing import Staffing

PRINCIPALS_TOPIC_DAYS = 14
"""Rektor chooses her area, and shares the analysis, this many days before the dialogue."""
ORGANIZERS_TOPICS_DAYS = 10
BRIEF_DAYS = 5
"""Last year's effects are settled, or given a new date, this many days before."""


class QualityDialogue(
    HasTime, HasTopics, HasQuestions, IsWrittenIn, IsHeld, Versioned, TenantOwned, Base
):
    """One dialogue, covering one or more units of the same leader. It exists before it has a date.

    Its number is never used again: reminders and history point at it without a foreign key.
    """

    __tablename__ = "quality_dialogue"
    __table_args__ = (
        tenant_key(),
        tenant_fk("school_year_id", "school_year"),
        sa.UniqueConstraint("organizer_id", "id", "school_year_id", "kind"),
        sa.Index(None, "organizer_id", "starts_at"),
        sa.Index(None, "school_year_id"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_or_neither"),
        sa.CheckConstraint(
            "(state IN ('held', 'approved')) = (held_at IS NOT NULL)", name="held_is_dated"
        ),
        sa.CheckConstraint("held_at IS NULL OR starts_at IS NOT NULL", name="held_had_a_time"),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL)", name="approved_is_dated"
        ),
        sa.CheckConstraint(
            "(no_topics_at IS NULL) = (no_topics_by_name IS NULL)", name="no_topics_is_signed"
        ),
        {"sqlite_autoincrement": True},
    )

    school_year_id: Mapped[int]
    kind: Mapped[DialogueKind] = mapped_column(choice(DialogueKind))
    state: Mapped[DialogueState] = mapped_column(
        choice(DialogueState), default=DialogueState.PLANNED
    )
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[ShortText] = mapped_column(default="")
    participants: Mapped[LongText]
    """Others who take part, beside the units' leaders and the dialogansvarig."""
    date_revision: Mapped[int] = mapped_column(default=0)
    """Counts the changes of date, so that a moved dialogue gets new reminders and only then."""
    kept_apart: Mapped[bool] = mapped_column(default=False)
    """Somebody gave the unit a dialogue of its own: it is not joined again by itself."""
    held_at: Mapped[datetime | None]
    """When somebody said that the dialogue was held (genomförd)."""
    held_by_name: Mapped[str | None] = mapped_column(sa.String(200))
    times_held: Mapped[int] = mapped_column(default=0)
    """Counts how often that was said, the undone ones too, so that who says it anew is asked anew."""
    approved_at: Mapped[datetime | None]
    """When the notes had been approved by both sides, and were locked."""
    no_topics_at: Mapped[datetime | None]
    """When the organizer said that it brings no areas of its own this time."""
    no_topics_by_name: Mapped[str | None] = mapped_column(sa.String(200))

    school_year: Mapped[SchoolYear] = relationship(foreign_keys="QualityDialogue.school_year_id")
    unit_links: Mapped[list["DialogueUnit"]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueUnit.dialogue_id",
        cascade="all, delete-orphan",
        order_by="DialogueUnit.unit_id",
    )
    topics: Mapped[list[DialogueTopic]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueTopic.dialogue_id",
        cascade="all, delete-orphan",
        order_by="DialogueTopic.id",
    )
    questions: Mapped[list[PreparationQuestion]] = relationship(
        back_populates="dialogue",
        foreign_keys="PreparationQuestion.dialogue_id",
        cascade="all, delete-orphan",
        order_by="PreparationQuestion.id",
    )
    moves: Mapped[list[DialogueMove]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueMove.dialogue_id",
        order_by="DialogueMove.id",
    )
    joined: Mapped[list[JoinedDialogue]] = relationship(
        back_populates="dialogue",
        foreign_keys="JoinedDialogue.dialogue_id",
        order_by="JoinedDialogue.id",
        passive_deletes=True,
    )
    """Those that are a part of this one since they were joined into it."""
    proposals: Mapped[list[TimeProposal]] = relationship(
        back_populates="dialogue",
        foreign_keys="TimeProposal.dialogue_id",
        order_by="TimeProposal.id",
    )
    notes: Mapped[list[DialogueNote]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueNote.dialogue_id",
        order_by="DialogueNote.id",
    )
    agreements: Mapped[list[Agreement]] = relationship(
        back_populates="dialogue",
        foreign_keys="Agreement.dialogue_id",
        order_by="Agreement.id",
    )
    approvals: Mapped[list[DialogueApproval]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueApproval.dialogue_id",
        order_by="DialogueApproval.id",
    )
    remarks: Mapped[list[DialogueRemark]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueRemark.dialogue_id",
        order_by="DialogueRemark.id",
    )

    @property
    def units(self) -> list[SchoolUnit]:
        return sorted((link.unit for link in self.unit_links), key=lambda unit: unit.sort_key)

    @property
    def unit_names(self) -> str:
        return listing([unit.name for unit in self.units])

    @property
    def title(self) -> str:
        """What the dialogue is called in running text: "Dialog 1 läsåret 2026/27"."""
        return f"{self.kind.label} läsåret {self.school_year.label}"

    @property
    def is_cancelled(self) -> bool:
        return self.state is DialogueState.CANCELLED

    @property
    def is_ahead(self) -> bool:
        """Placed, not cancelled, and not yet begun."""
        return not self.is_cancelled and self.starts_at is not None and self.starts_at > now()

    @property
    def has_been(self) -> bool:
        """Begun, or over."""
        return not self.is_cancelled and self.starts_at is not None and self.starts_at <= now()

    @property
    def day(self) -> date | None:
        """The day of the dialogue in Sweden."""
        return local(self.starts_at).date() if self.starts_at else None

    @property
    def start_time(self) -> time | None:
        """What the clocks in Sweden show when it begins."""
        return local(self.starts_at).time() if self.starts_at else None

    @property
    def end_time(self) -> time | None:
        return local(self.ends_at).time() if self.ends_at else None

    def due(self, days_before: int) -> date | None:
        """The day that lies `days_before` days before the dialogue; None until it has a date."""
        return self.day - timedelta(days=days_before) if self.day else None

    @classmethod
    def prepare(cls, year: SchoolYear, staffing: "Staffing", *, by: "User | None") -> list[Self]:
        """Make the läsår's two dialogues for every unit that lacks them: one for all units of the
        same leader and the same dialogansvarig, one each for vacant units. None for a unit that
        has ended when the dialogue's window begins. Repeatable."""
        made: list[Self] = []
        for kind in DialogueKind:
            placed = sa.select(DialogueUnit.unit_id).where(
                DialogueUnit.school_year_id == year.id, DialogueUnit.kind == kind
            )
            units = db.session.scalars(
                sa.select(SchoolUnit)
                .join(QualityCycle, QualityCycle.unit_id == SchoolUnit.id)
                .where(
                    QualityCycle.school_year_id == year.id,
                    SchoolUnit.id.not_in(placed),
                    sa.or_(
                        SchoolUnit.closed_on.is_(None),
                        SchoolUnit.closed_on >= year.window(kind.number)[0],
                    ),
                )
                .order_by(SchoolUnit.sort_key)
            ).all()
            groups: dict[Hashable, list[SchoolUnit]] = {}
            for unit in units:
                groups.setdefault(staffing.dialogue_key(unit), []).append(unit)
            for group in groups.values():
                made.append(cls._create(year, kind, group, by=by))
        return made

    @classmethod
    def _create(
        cls, year: SchoolYear, kind: DialogueKind, units: Iterable[SchoolUnit], *, by: "User | None"
    ) -> Self:
        dialogue = cls(organizer_id=year.organizer_id, school_year=year, kind=kind)
        dialogue.unit_links = [dialogue._link(unit) for unit in units]
        db.session.add(dialogue)
        db.session.flush()
        dialogue._record(Action.DIALOGUE_CREATED, by)
        return dialogue

    def _link(self, unit: SchoolUnit) -> "DialogueUnit":
        return DialogueUnit(
            organizer_id=self.organizer_id,
            school_year_id=self.school_year_id or self.school_year.id,
            kind=self.kind,
            unit=unit,
        )

    def join(
        self, other: "QualityDialogue", *, by: "User | None", reason: str = ""
    ) -> "QualityDialogue":
        """Make one dialogue for the units of both, and give it: the one that has a time, this one
        when both have. It takes over the other's topics, questions and history; the other
        disappears.

        DialogueError when they are not the same dialogue of the same läsår, one has begun, or the
        other has another time and nobody says why it loses it.
        """
        for row in sorted((self, other), key=lambda row: row.id):
            row.lock()  # in one order, so that two who join the same two do not wait for each other
        if (other.kind, other.school_year_id) != (self.kind, self.school_year_id) or other is self:
            raise DialogueError("Bara samma dialog i samma läsår kan slås ihop.")
        if self.has_been or other.has_been:
            raise DialogueError("En dialog som har varit kan inte slås ihop med en annan.")
        self.must_be_unwritten()
        other.must_be_unwritten()
        if other.is_ahead and not self.is_ahead:
            return other.join(self, by=by, reason=reason)
        units = other.units
        if self.asks_why_joined(other):
            self._gather(other, reason, by)
        self._take_over_topics(other)
        self.questions.extend(list(other.questions))
        self._welcome_back(other, by)
        self._take_over_moves(other)
        self.joined.extend(list(other.joined))
        if other.date_revision:
            self.joined.append(JoinedDialogue.remember(other, reason, by))
        db.session.flush()
        db.session.delete(other)
        db.session.flush()
        self.unit_links.extend(self._link(unit) for unit in units)
        db.session.flush()
        self._record(Action.DIALOGUES_JOINED, by)
        return self

    def split_off(
        self,
        unit: SchoolUnit,
        *,
        by: "User | None",
        reason: str = "",
        on_purpose: bool = True,
    ) -> "QualityDialogue":
        """Give one of several units a dialogue of its own, without a date. An area that is the
        unit's own development area goes with it. Not `on_purpose` when it only follows from who
        leads the unit, and may be undone the same way. DialogueError when the dialogue has a time
        and nobody says why the unit loses it."""
        self.lock()
        if self.has_been:
            raise DialogueError("Dialogen har varit och kan inte delas.")
        self.must_be_unwritten()
        if len(self.unit_links) < 2:
            raise DialogueError("Dialogen gäller bara en enhet.")
        if unit not in self.units:
            raise DialogueError("Enheten är inte med i dialogen.")
        if self.is_ahead and not reason:
            raise DialogueError(WHY_ITS_OWN)
        self.unit_links = [link for link in self.unit_links if link.unit_id != unit.id]
        db.session.flush()
        own = QualityDialogue._create(self.school_year, self.kind, [unit], by=by)
        own.kept_apart = on_purpose
        own.no_topics_at, own.no_topics_by_name = self.no_topics_at, self.no_topics_by_name
        for topic in self.topics[:]:
            if topic.area is not None and topic.area.cycle.unit_id == unit.id:
                own.topics.append(topic)
        record(
            Action.DIALOGUE_SPLIT, own, by=by, units=[unit], unit=unit.name, dialogue=own.kind.label
        )
        # And where the others read: the unit's own history goes with its dialogue, should that be joined.
        self._record(Action.DIALOGUE_PARTED, by, unit=unit.name)
        if self.is_ahead:
            own._leave_time(self, reason, by)
        return own

    @classmethod
    def untouched(cls) -> sa.ColumnElement[bool]:
        """Nobody has given it a date, a word or a decision of its own."""
        return sa.and_(
            cls.date_revision == 0,
            ~cls.kept_apart,
            cls.place == "",
            cls.participants == "",
            cls.no_topics_at.is_(None),
            ~cls.topics.any(),
            ~cls.questions.any(),
            ~cls.proposals.any(),
        )

    def let_go(self, unit: SchoolUnit, *, by: "User | None", untouched: bool) -> None:
        """The unit ends before the dialogue: the others keep theirs. With no others, it disappears
        when `untouched`, else it is cancelled, so that what people wrote in it stays."""
        self.lock()
        if len(self.unit_links) == 1 and not untouched:
            self.cancel("Enheten avslutas.", by=by)
            return
        record(
            Action.DIALOGUE_UNIT_LEFT, self, by=by, units=[unit], unit=unit.name,
            dialogue=self.title,
        )  # fmt: skip
        if len(self.unit_links) == 1:
            db.session.delete(self)
        else:
            self.unit_links = [link for link in self.unit_links if link.unit_id != unit.id]
        db.session.flush()

    def _record(
        self, action: Action, by: "User | None", private: bool = False, **data: Any
    ) -> None:
        if "about" in action.keys:
            data["about"] = self.unit_names
        if "dialogue" in action.keys:
            data.setdefault("dialogue", self.title)
        record(action, self, by=by, units=self.units, private=private, **data)


class DialogueUnit(Base):
    """A unit that a dialogue covers. A unit has each of the läsår's dialogues once."""

    __tablename__ = "dialogue_unit"
    __table_args__ = (
        tenant_fk("unit_id", "school_unit"),
        sa.ForeignKeyConstraint(
            ["organizer_id", "dialogue_id", "school_year_id", "kind"],
            [
                "quality_dialogue.organizer_id",
                "quality_dialogue.id",
                "quality_dialogue.school_year_id",
                "quality_dialogue.kind",
            ],
            name="fk_dialogue_unit_dialogue",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("school_year_id", "kind", "unit_id"),
        sa.Index(None, "unit_id"),
    )

    organizer_id: Mapped[int]
    dialogue_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    school_year_id: Mapped[int]
    kind: Mapped[DialogueKind] = mapped_column(choice(DialogueKind))

    dialogue: Mapped[QualityDialogue] = relationship(
        foreign_keys="DialogueUnit.dialogue_id", back_populates="unit_links"
    )
    unit: Mapped[SchoolUnit] = relationship(foreign_keys="DialogueUnit.unit_id")
