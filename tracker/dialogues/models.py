"""Kvalitetsdialoger: two a läsår for every unit, prepared from both sides."""

import enum
from collections.abc import Iterable
from datetime import date, datetime, timedelta
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
from tracker.extensions import db
from tracker.organisation.models import SchoolUnit
from tracker.web.swedish import datetime_long, listing

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.measures.models import DevelopmentArea
    from tracker.organisation.staffing import Staffing

PRINCIPALS_TOPIC_DAYS = 14
"""Rektor chooses her area, and shares the analysis, this many days before the dialogue."""
ORGANIZERS_TOPICS_DAYS = 10
BRIEF_DAYS = 5
"""Last year's effects are settled, or given a new date, this many days before."""


class DialogueKind(enum.StrEnum):
    DIALOGUE_1 = "dialogue_1"
    DIALOGUE_2 = "dialogue_2"

    @property
    def number(self) -> int:
        return 1 if self is DialogueKind.DIALOGUE_1 else 2

    @property
    def label(self) -> str:
        return f"Dialog {self.number}"

    @property
    def subtitle(self) -> str:
        return {1: "undersökande samtal", 2: "uppföljning och utvärdering"}[self.number]

    @property
    def purpose(self) -> str:
        return {
            1: "Hur ska insatserna följas upp och justeras under läsåret?",
            2: "Vad ledde insatserna till, utvecklingsområde för utvecklingsområde?",
        }[self.number]


class DialogueState(enum.StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"planned": "Planerad", "cancelled": "Inställd"}[self]


class Side(enum.StrEnum):
    """Who brought a topic: rektor, or the organizer (huvudman)."""

    PRINCIPAL = "principal"
    ORGANIZER = "organizer"

    @property
    def label(self) -> str:
        return {
            "principal": "Område som rektor har valt",
            "organizer": "Område som huvudmannen lagt till",
        }[self]


class DialogueError(Exception):
    """The dialogue's state does not allow that; the message says why, in Swedish."""


class QualityDialogue(Versioned, TenantOwned, Base):
    """One dialogue, covering one or more units of the same leader. It exists before it has a date."""

    __tablename__ = "quality_dialogue"
    __table_args__ = (
        tenant_key(),
        tenant_fk("school_year_id", "school_year"),
        sa.UniqueConstraint("organizer_id", "id", "school_year_id", "kind"),
        sa.Index(None, "organizer_id", "starts_at"),
        sa.Index(None, "school_year_id"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_or_neither"),
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

    school_year: Mapped[SchoolYear] = relationship(foreign_keys="QualityDialogue.school_year_id")
    unit_links: Mapped[list["DialogueUnit"]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueUnit.dialogue_id",
        cascade="all, delete-orphan",
        order_by="DialogueUnit.unit_id",
    )
    topics: Mapped[list["DialogueTopic"]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueTopic.dialogue_id",
        cascade="all, delete-orphan",
        order_by="DialogueTopic.id",
    )
    moves: Mapped[list["DialogueMove"]] = relationship(
        back_populates="dialogue",
        foreign_keys="DialogueMove.dialogue_id",
        order_by="DialogueMove.id",
    )
    proposals: Mapped[list["TimeProposal"]] = relationship(
        back_populates="dialogue",
        foreign_keys="TimeProposal.dialogue_id",
        order_by="TimeProposal.id",
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
        return not self.is_cancelled and self.starts_at is not None and self.starts_at <= now()

    @property
    def day(self) -> date | None:
        """The day of the dialogue in Sweden."""
        return local(self.starts_at).date() if self.starts_at else None

    def due(self, days_before: int) -> date | None:
        """The day that lies `days_before` days before the dialogue; None until it has a date."""
        return self.day - timedelta(days=days_before) if self.day else None

    @property
    def principals_topic(self) -> "DialogueTopic | None":
        return next((row for row in self.topics if row.side is Side.PRINCIPAL), None)

    @property
    def organizers_topics(self) -> list["DialogueTopic"]:
        return [row for row in self.topics if row.side is Side.ORGANIZER]

    @property
    def open_proposal(self) -> "TimeProposal | None":
        return next((row for row in reversed(self.proposals) if row.answered_at is None), None)

    @classmethod
    def prepare(cls, year: SchoolYear, staffing: "Staffing", *, by: "User | None") -> list[Self]:
        """Make the läsår's two dialogues for every unit that lacks them: one for all units of the
        same leader and the same dialogansvarig, one each for vacant units. Repeatable."""
        made: list[Self] = []
        for kind in DialogueKind:
            placed = sa.select(DialogueUnit.unit_id).where(
                DialogueUnit.school_year_id == year.id, DialogueUnit.kind == kind
            )
            units = db.session.scalars(
                sa.select(SchoolUnit)
                .join(QualityCycle, QualityCycle.unit_id == SchoolUnit.id)
                .where(QualityCycle.school_year_id == year.id, SchoolUnit.id.not_in(placed))
                .order_by(SchoolUnit.sort_key)
            ).all()
            groups: dict[Any, list[SchoolUnit]] = {}
            for unit in units:
                leader, lead = staffing.principal(unit.id), staffing.lead(unit.id, unit.area_id)
                key = (leader.id, lead.id if lead else None) if leader else ("vacant", unit.id)
                groups.setdefault(key, []).append(unit)
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

    def place_at(
        self, starts_at: datetime, ends_at: datetime, *, by: "User", reason: str = ""
    ) -> None:
        """Give the dialogue a time, or move it. Moving and resuming ask for a reason; DialogueError
        without one. A new date re-arms the reminders; a new hour of the same day does too, since
        the mail names the hour."""
        if (starts_at, ends_at) == (self.starts_at, self.ends_at) and not self.is_cancelled:
            return
        before, was_cancelled = self.starts_at, self.is_cancelled
        if (before is not None or was_cancelled) and not reason:
            raise DialogueError("Skriv varför dialogen flyttas.")
        self.starts_at, self.ends_at, self.state = starts_at, ends_at, DialogueState.PLANNED
        self.date_revision += 1
        self._remember(MoveKind.MOVED if before else MoveKind.PLACED, before, starts_at, reason, by)
        when = datetime_long(starts_at)
        if was_cancelled:
            self._record(Action.DIALOGUE_RESUMED, by, when=when)
        elif before is None:
            self._record(Action.DIALOGUE_PLACED, by, when=when)
        else:
            self._record(
                Action.DIALOGUE_MOVED, by, before=datetime_long(before), after=when, reason=reason
            )

    def describe(self, place: str, participants: str, *, by: "User") -> None:
        if (place, participants) == (self.place, self.participants):
            return
        self.place, self.participants = place, participants
        self._record(Action.DIALOGUE_CHANGED, by)

    def cancel(self, reason: str, *, by: "User") -> None:
        """Ställ in, with a reason. Its reminders fall silent."""
        if self.is_cancelled:
            return
        self.state = DialogueState.CANCELLED
        self.date_revision += 1
        self._remember(MoveKind.CANCELLED, self.starts_at, None, reason, by)
        self._record(Action.DIALOGUE_CANCELLED, by, reason=reason)

    def absorb(self, other: "QualityDialogue", *, by: "User") -> None:
        """Let this dialogue cover the units of `other` too, and take over its topics. `other`
        disappears; DialogueError when it has a date of its own or is of another kind or läsår."""
        if (other.kind, other.school_year_id) != (self.kind, self.school_year_id):
            raise DialogueError("Bara samma dialog i samma läsår kan slås ihop.")
        if other.starts_at is not None or other.moves:
            raise DialogueError("Dialogen har redan haft en tid. Ställ in den i stället.")
        units = other.units
        kept = [
            row for row in other.topics if row.side is Side.ORGANIZER or not self.principals_topic
        ]
        topics = [
            DialogueTopic(
                organizer_id=row.organizer_id,
                side=row.side,
                title=row.title,
                text=row.text,
                area_id=row.area_id,
                by_id=row.by_id,
                by_name=row.by_name,
            )
            for row in kept
        ]
        db.session.delete(other)
        db.session.flush()
        self.unit_links.extend(self._link(unit) for unit in units)
        self.topics.extend(topics)
        db.session.flush()
        self._record(Action.DIALOGUES_JOINED, by)

    def split_off(self, unit: SchoolUnit, *, by: "User") -> "QualityDialogue":
        """Give one of several units a dialogue of its own, without a date."""
        if len(self.unit_links) < 2:
            raise DialogueError("Dialogen gäller bara en enhet.")
        self.unit_links = [link for link in self.unit_links if link.unit_id != unit.id]
        db.session.flush()
        own = QualityDialogue._create(self.school_year, self.kind, [unit], by=by)
        record(
            Action.DIALOGUE_SPLIT, own, by=by, units=[unit], unit=unit.name, dialogue=own.kind.label
        )
        return own

    def choose_topic(
        self, title: str, text: str, area: "DevelopmentArea | None", *, by: "User"
    ) -> "DialogueTopic":
        """Rektor's area: exactly one; choosing again replaces it."""
        topic = self.principals_topic
        if topic is None:
            topic = self._add_topic(Side.PRINCIPAL, title, text, area, by)
            self._record(Action.TOPIC_CHOSEN, by, topic=title)
        else:
            topic.title, topic.text, topic.area = title, text, area
            topic.by_id, topic.by_name = by.id, by.name
            self._record(Action.TOPIC_CHANGED, by, topic=title)
        return topic

    def add_topic(self, title: str, text: str, *, by: "User") -> "DialogueTopic":
        """An area the organizer adds, with what it sees (Vad vi ser)."""
        topic = self._add_topic(Side.ORGANIZER, title, text, None, by)
        self._record(Action.TOPIC_ADDED, by, topic=title)
        return topic

    def change_topic(self, topic: "DialogueTopic", title: str, text: str, *, by: "User") -> None:
        topic.title, topic.text = title, text
        self._record(Action.TOPIC_CHANGED, by, topic=title)

    def remove_topic(self, topic: "DialogueTopic", *, by: "User") -> None:
        self._record(Action.TOPIC_REMOVED, by, topic=topic.title)
        self.topics.remove(topic)

    def propose_time(self, starts_at: datetime, text: str, *, by: "User") -> "TimeProposal":
        """Passar inte tiden? A new proposal replaces the one that waits."""
        waiting = self.open_proposal
        if waiting is not None:
            waiting.answered_at, waiting.accepted = now(), False
        proposal = TimeProposal(
            organizer_id=self.organizer_id,
            starts_at=starts_at,
            text=text,
            by_id=by.id,
            by_name=by.name,
        )
        self.proposals.append(proposal)
        record(
            Action.TIME_PROPOSED,
            self,
            by=by,
            units=self.units,
            dialogue=self.title,
            when=datetime_long(starts_at),
        )
        return proposal

    def accept(self, proposal: "TimeProposal", *, by: "User") -> None:
        """Move the dialogue to the proposed time, as long as it was."""
        if proposal.answered_at is not None:
            raise DialogueError("Förslaget är redan besvarat.")
        length = (
            self.ends_at - self.starts_at
            if self.starts_at and self.ends_at
            else timedelta(minutes=90)
        )
        proposal.answered_at, proposal.accepted = now(), True
        self.place_at(
            proposal.starts_at,
            proposal.starts_at + length,
            by=by,
            reason=f"Förslag av {proposal.by_name}: {proposal.text}"
            if proposal.text
            else f"Förslag av {proposal.by_name}",
        )
        record(
            Action.PROPOSAL_ACCEPTED,
            self,
            by=by,
            units=self.units,
            dialogue=self.title,
            when=datetime_long(proposal.starts_at),
        )

    def decline(self, proposal: "TimeProposal", *, by: "User") -> None:
        if proposal.answered_at is not None:
            raise DialogueError("Förslaget är redan besvarat.")
        proposal.answered_at, proposal.accepted = now(), False
        record(Action.PROPOSAL_DECLINED, self, by=by, units=self.units, dialogue=self.title)

    def _add_topic(
        self, side: Side, title: str, text: str, area: "DevelopmentArea | None", by: "User"
    ) -> "DialogueTopic":
        topic = DialogueTopic(
            organizer_id=self.organizer_id,
            side=side,
            title=title,
            text=text,
            area=area,
            by_id=by.id,
            by_name=by.name,
        )
        self.topics.append(topic)
        db.session.flush()
        return topic

    def _remember(
        self,
        kind: "MoveKind",
        before: datetime | None,
        after: datetime | None,
        reason: str,
        by: "User",
    ) -> None:
        self.moves.append(
            DialogueMove(
                organizer_id=self.organizer_id,
                kind=kind,
                before=before,
                after=after,
                reason=reason,
                by_name=by.name,
            )
        )

    def _record(self, action: Action, by: "User | None", **data: Any) -> None:
        if "about" in action.keys:
            data["about"] = self.unit_names
        record(action, self, by=by, units=self.units, **({"dialogue": self.title} | data))


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


class DialogueTopic(TenantOwned, Base):
    """Område i dialogen: rektor's own (one), or what the organizer adds (Vad vi ser)."""

    __tablename__ = "dialogue_topic"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        tenant_fk("area_id", "development_area"),
        sa.Index(None, "dialogue_id"),
        sa.Index(
            "uq_dialogue_topic_principals",
            "dialogue_id",
            unique=True,
            sqlite_where=sa.text("side = 'principal'"),
            postgresql_where=sa.text("side = 'principal'"),
        ),
    )

    dialogue_id: Mapped[int]
    side: Mapped[Side] = mapped_column(choice(Side))
    title: Mapped[ShortText]
    text: Mapped[LongText]
    area_id: Mapped[int | None]
    """The development area it concerns, when it is one of the unit's."""
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    dialogue: Mapped[QualityDialogue] = relationship(
        foreign_keys="DialogueTopic.dialogue_id", back_populates="topics"
    )
    area: Mapped["DevelopmentArea | None"] = relationship(foreign_keys="DialogueTopic.area_id")


class MoveKind(enum.StrEnum):
    PLACED = "placed"
    MOVED = "moved"
    CANCELLED = "cancelled"


class DialogueMove(TenantOwned, Base):
    """A date set, moved or cancelled: old, new, why, who. Kept for good."""

    __tablename__ = "dialogue_move"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        sa.Index(None, "dialogue_id"),
    )

    dialogue_id: Mapped[int]
    kind: Mapped[MoveKind] = mapped_column(choice(MoveKind))
    before: Mapped[datetime | None]
    after: Mapped[datetime | None]
    reason: Mapped[LongText]
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)

    dialogue: Mapped[QualityDialogue] = relationship(
        foreign_keys="DialogueMove.dialogue_id", back_populates="moves"
    )


class TimeProposal(TenantOwned, Base):
    """Another time, proposed by rektor; the dialogansvarig accepts it or keeps the time."""

    __tablename__ = "time_proposal"
    __table_args__ = (
        tenant_fk("dialogue_id", "quality_dialogue", ondelete="CASCADE"),
        sa.Index(None, "dialogue_id"),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name="answered_has_answer"
        ),
    )

    dialogue_id: Mapped[int]
    starts_at: Mapped[datetime]
    text: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    by_name: Mapped[ShortText]
    at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    dialogue: Mapped[QualityDialogue] = relationship(
        foreign_keys="TimeProposal.dialogue_id", back_populates="proposals"
    )
