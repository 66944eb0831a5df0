"""Områden i dialogen: the one that rektor chooses, and those that the organizer adds."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.exc import StaleDataError

from tracker.audit.actions import Action
from tracker.clock import local, now, today
from tracker.database import (
    NUMBERS_ARE_NOT_REUSED,
    Base,
    LongText,
    ShortText,
    TenantOwned,
    Versioned,
    choice,
    tenant_fk,
    tenant_key,
)
from tracker.dialogues.states import DialogueError, MoveKind, Side
from tracker.extensions import db
from tracker.removals.models import Removal, RemovalKind
from tracker.web.swedish import date_medium

if TYPE_CHECKING:
    from tracker.auth.models import User
    from tracker.dialogues.models import QualityDialogue
    from tracker.dialogues.moves import DialogueMove
    from tracker.dialogues.notes import DialogueNote
    from tracker.measures.areas import DevelopmentArea


CHANGE_TOPIC_DAYS = 10
"""Rektor may choose another area until this many days before the dialogue."""


TOPICS_STAND = "Dialogen har varit. Områdena går inte att ändra längre."


class DialogueTopic(Versioned, TenantOwned, Base):
    """Område i dialogen: rektor's own (one), or what the organizer adds (Vad vi ser)."""

    __tablename__ = "dialogue_topic"
    __table_args__ = (
        tenant_key(),
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
        NUMBERS_ARE_NOT_REUSED,
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

    dialogue: Mapped["QualityDialogue"] = relationship(
        foreign_keys="DialogueTopic.dialogue_id", back_populates="topics"
    )
    area: Mapped["DevelopmentArea | None"] = relationship(foreign_keys="DialogueTopic.area_id")


class HasTopics:
    """What a dialogue does with its topics. They can be changed until it begins; rektor's area can be
    chosen until then, and exchanged for another until CHANGE_TOPIC_DAYS before."""

    if TYPE_CHECKING:
        organizer_id: int
        topics: list[DialogueTopic]
        notes: list["DialogueNote"]
        moves: list[DialogueMove]
        starts_at: datetime | None
        has_been: bool
        no_topics_at: datetime | None
        no_topics_by_name: str | None

        def due(self, days_before: int) -> date | None: ...

        def lock(self) -> None: ...

        def _record(self, action: Action, by: "User | None", **data: object) -> None: ...

    @property
    def principals_topic(self) -> DialogueTopic | None:
        return next((row for row in self.topics if row.side is Side.PRINCIPAL), None)

    @property
    def organizers_topics(self) -> list[DialogueTopic]:
        return [row for row in self.topics if row.side is Side.ORGANIZER]

    @property
    def topic_stands_after(self) -> date | None:
        """The last day on which rektor may choose another area than the one chosen. None when no day
        ends it before the dialogue does: it has no date yet, or got it when that day had passed."""
        last = self.due(CHANGE_TOPIC_DAYS)
        date_set_on = max(
            (
                local(move.at).date()
                for move in self.moves
                if move.at and move.after == self.starts_at and move.kind is not MoveKind.JOINED
            ),
            default=None,
        )  # fmt: skip
        return None if last and date_set_on and date_set_on > last else last

    @property
    def topic_stands(self) -> bool:
        """Rektor has an area, and may not choose another."""
        last = self.topic_stands_after if self.principals_topic else None
        return last is not None and today() > last

    def choose_topic(
        self,
        title: str,
        text: str,
        area: "DevelopmentArea | None",
        *,
        by: "User",
        seen: int | None = None,
    ) -> DialogueTopic:
        """Rektor's area: exactly one; choosing again replaces it.

        `seen` is the version the person saw (0: none was chosen); StaleDataError when another has
        been written since. DialogueError when the dialogue has begun, or it is too late for
        another area; what she wants of the one chosen may be put in other words until it begins.
        """
        self.lock()
        self.must_not_have_begun()
        topic = self.principals_topic
        if seen is not None and seen != (topic.version if topic else 0):
            raise StaleDataError("somebody else has chosen meanwhile")
        if topic is None:
            topic = self._add_topic(Side.PRINCIPAL, title, text, area, by)
            self._record(Action.TOPIC_CHOSEN, by, topic=title)
        elif (title, text, area) != (topic.title, topic.text, topic.area):
            if (title, area) != (topic.title, topic.area):
                self._topic_must_not_stand()
            topic.title, topic.text, topic.area = title, text, area
            topic.by_id, topic.by_name, topic.at = by.id, by.name, now()
            self._record(Action.TOPIC_CHANGED, by, topic=title)
        return topic

    def add_topic(self, title: str, text: str, *, by: "User") -> DialogueTopic:
        """An area the organizer adds, with what it sees (Vad vi ser)."""
        self.lock()
        self.must_not_have_begun()
        topic = self._add_topic(Side.ORGANIZER, title, text, None, by)
        self.no_topics_at = self.no_topics_by_name = None
        self._record(Action.TOPIC_ADDED, by, topic=title)
        return topic

    def bring_no_topics(self, *, by: "User") -> None:
        """Inga egna områden den här gången. DialogueError when there are some, or it has begun."""
        self.lock()
        self.must_not_have_begun()
        if self.organizers_topics:
            raise DialogueError(
                "Det finns redan områden. Ta bort dem först om de inte ska vara med."
            )
        if self.no_topics_at is None:
            self.no_topics_at, self.no_topics_by_name = now(), by.name
            self._record(Action.NO_TOPICS, by)

    def reconsider_topics(self, *, by: "User") -> None:
        """The organizer is to think again about areas of its own."""
        self.lock()
        self.must_not_have_begun()
        if self.no_topics_at is not None:
            self.no_topics_at = self.no_topics_by_name = None
            self._record(Action.TOPICS_RECONSIDERED, by)

    def change_topic(self, topic: DialogueTopic, title: str, text: str, *, by: "User") -> None:
        self.lock()
        self.must_not_have_begun()
        if (title, text) == (topic.title, topic.text):
            return
        topic.title, topic.text = title, text
        topic.by_id, topic.by_name, topic.at = by.id, by.name, now()
        self._record(Action.TOPIC_CHANGED, by, topic=title)

    def remove_topic(self, topic: DialogueTopic, *, by: "User") -> Removal:
        """DialogueError when it has begun, something is written about the area already, or somebody
        else has removed it."""
        self.lock()
        self.must_not_have_begun()
        if topic not in self.topics:
            raise DialogueError("Området är redan borttaget.")
        db.session.refresh(topic)  # what is kept is what stands
        if topic.side is Side.PRINCIPAL:
            self._topic_must_not_stand()
        note = next((row for row in self.notes if row.topic_id == topic.id), None)
        if note is not None and note.text:
            raise DialogueError("Det finns redan minnesanteckningar om området.")
        if note is not None:
            self.notes.remove(note)
            db.session.delete(note)
            db.session.flush()
        self._record(Action.TOPIC_REMOVED, by, topic=topic.title)
        removal = Removal.keep(RemovalKind.TOPIC, self, topic.title, [topic], by=by)
        self.topics.remove(topic)
        return removal

    def bring_back_topic(self, removal: Removal, *, by: "User") -> None:
        """CannotUndo when rektor has chosen another area meanwhile."""
        self.lock()
        self.must_not_have_begun()
        topic = db.session.get_one(DialogueTopic, removal.bring_back())
        if topic.side is Side.ORGANIZER:
            self.no_topics_at = self.no_topics_by_name = None
        self._record(Action.TOPIC_RESTORED, by, topic=topic.title)

    def must_not_have_begun(self) -> None:
        """Raises DialogueError from the hour of the dialogue on."""
        if self.has_been:
            raise DialogueError(TOPICS_STAND)

    def _topic_must_not_stand(self) -> None:
        last = self.topic_stands_after
        if self.topic_stands and last is not None:
            raise DialogueError(
                f"Området kunde bytas till och med {date_medium(last)}, tio dagar före dialogen. Nu står"
                " det fast, så att båda hinner förbereda sig. Behöver det ändå ändras: ställ en fråga"
                " till dialogansvarig."
            )

    def _add_topic(
        self, side: Side, title: str, text: str, area: "DevelopmentArea | None", by: "User"
    ) -> DialogueTopic:
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

    def _take_over_topics(self, other: "QualityDialogue") -> None:
        """The topics of a dialogue that is joined into this one. Rektor's area is one; what she
        wrote of another stands below it, so that nothing is lost."""
        for topic in [*self.topics, *other.topics]:
            db.session.refresh(topic)
        for topic in list(other.topics):
            own = self.principals_topic
            if topic.side is Side.PRINCIPAL and own is not None:
                own.text = "\n\n".join(filter(None, [own.text, topic.title, topic.text]))
            else:
                self.topics.append(topic)
        if self.organizers_topics or other.no_topics_at is None:
            self.no_topics_at = self.no_topics_by_name = None
