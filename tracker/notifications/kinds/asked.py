"""What somebody has asked and waits for an answer to: support out of the catalogue, what principals say of a
support, the board's questions. To whoever is to answer, the next working day and once more, and when what was
answered is to be followed up.

The mails name the question and do not quote it: the systemförvaltare reads the outbox.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, ClassVar

import sqlalchemy as sa

from tracker.clock import at, local, now, today
from tracker.extensions import db
from tracker.models import (
    Area,
    BoardQuestion,
    FeedbackState,
    ReminderKind,
    ReminderState,
    SchoolUnit,
    SupportFeedback,
    SupportOffer,
    SupportRequest,
    SupportState,
)
from tracker.notifications.kinds.base import (
    MISSED_WITHIN,
    NO_LONGER_THEIRS,
    Due,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    moved,
)
from tracker.notifications.office import ONE_DAY, Office
from tracker.organisation.staffing import Person
from tracker.web.security import external_url
from tracker.web.swedish import count, date_medium

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

A_WEEK = 7
"""Days after which the week's first day lies after the day that is meant, too."""

LATELY = timedelta(days=30)
"""How far back the mail says what is answered already."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something to answer, or an answer to follow up."""

    id: int
    title: str
    url: str
    counted_from: date | None
    """When it was asked, or is to be followed up; None: nothing is awaited."""
    owner_id: int | None
    answered_lately: int
    """How many others the same person has answered."""
    follows_up: bool = False
    why_over: str = ""
    """What has become of it, where nothing is awaited or the day is another."""

    @property
    def revision(self) -> int:
        """The day itself: the follow-up is another thing to be reminded of than the question."""
        return self.counted_from.toordinal() if self.counted_from is not None else 0


class AskedOf(Kind[Question]):
    rows_are_things = True
    section: ClassVar[str]
    one: ClassVar[str]
    several: ClassVar[str]
    """The subject: ``en fråga om stöd`` … ``väntar på ditt svar``."""
    way_out: ClassVar[str]
    somebody_waits: ClassVar[bool] = True
    """Whether a new one goes the next morning to those too whose mail is gathered in one a week."""

    def candidates(self, office: Office, until: date) -> Sequence[Question]:
        days = office.rules[self.kind]
        if not days:
            return []
        rows = self._select(
            office, *self._awaited(today() - MISSED_WITHIN + min(days) * ONE_DAY, until)
        )
        return [row for row in rows if row.counted_from is not None]

    @abstractmethod
    def _awaited(self, first: date, last: date) -> list[sa.ColumnElement[bool]]:
        """Criteria: what waits since a day between these."""

    @abstractmethod
    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[Question]: ...

    @abstractmethod
    def _answerers(self, thing: Question, office: Office) -> list[Person]:
        """Whose it is to answer today."""

    def dues(self, rows: Sequence[Question], office: Office, horizon: date) -> Iterator[Due]:
        """A new one goes the next morning. Another word a week or more after comes on a week's first day."""
        first = max(office.rules[self.kind], default=0)
        for row in rows:
            assert row.counted_from is not None
            for offset in office.rules[self.kind]:
                due_on, closure = moved(row.counted_from, offset, office)
                at_once = self.somebody_waits and offset == first and not row.follows_up
                for person in self._answerers(row, office) if due_on <= horizon else ():
                    yield Due(
                        self.kind, row.id, person, offset, row.revision, due_on, closure,
                        in_no_hurry=offset <= -A_WEEK, at_once=at_once,
                    )  # fmt: skip

    def verdict(
        self,
        thing: Question,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.revision != date_revision:
            return ReminderState.SKIPPED, thing.why_over or "Frågan är besvarad"
        if all(person.id != recipient_id for person in self._answerers(thing, office)):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def read(self, office: Office, ids: Collection[int]) -> dict[int, Question]:
        return {row.id: row for row in self._select(office, self._model.id.in_(ids))}

    _model: ClassVar[type[SupportRequest | SupportFeedback | BoardQuestion]]

    def tell(self, digest: "Digest", things: list[Question], office: Office) -> None:
        in_week = {todo.url for todo in digest.week.support} if digest.week else set()
        told = [thing for thing in things if thing.url not in in_week]  # Din vecka has it already
        if not told:
            return
        told.sort(key=lambda row: (row.counted_from or date.max, row.id))
        number = count(len(told), self.one, self.several, words=True)
        lately = max(thing.answered_lately for thing in told)
        done = f"Besvarat de senaste 30 dagarna: {count(lately, 'en', 'stycken', words=True)}."
        digest.sections.append(
            Section(
                self.section,
                f"{number[0].upper()}{number[1:]} väntar på dig",
                [Todo(thing.title, thing.url, _since(thing)) for thing in told],
                way_out=f"{done} {self.way_out}" if lately else self.way_out,
            )
        )


def _since(thing: Question) -> str:
    if thing.counted_from is None:
        return ""
    word = "sedan"
    if thing.follows_up:  # whose mail is gathered hears of it on the Monday of that week
        word = "följs upp" if thing.counted_from >= today() else "skulle följas upp"
    return f"{word} {day_and_month(thing.counted_from)}"


class SupportAskedFor(AskedOf):
    """Out of the catalogue, of the one whom it names: the dialogansvarig has it in Din vecka."""

    kind = ReminderKind.SUPPORT_REQUEST
    absent = "Frågan är återtagen"
    gone = "En fråga om stöd som är återtagen"
    section = "Frågor om stöd till dig"
    one, several = "en fråga om stöd", "frågor om stöd"
    way_out = (
        "Kan du inte svara än? Skriv när de får besked, svaret går att ändra. Den som är dialogansvarig "
        "för enheten kan också svara."
    )
    _model = SupportRequest

    def _awaited(self, first: date, last: date) -> list[sa.ColumnElement[bool]]:
        return [
            SupportRequest.state == SupportState.ASKED,
            SupportRequest.owner_id.is_not(None),
            SupportRequest.asked_on.between(first, last),
        ]

    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[Question]:
        other = sa.orm.aliased(SupportRequest)
        lately = (
            sa.select(sa.func.count(other.id))
            .where(
                other.organizer_id == SupportRequest.organizer_id,
                other.owner_id == SupportRequest.owner_id,
                other.answered_at >= now() - LATELY,
            )
            .correlate(SupportRequest)
            .scalar_subquery()
        )
        rows = db.session.execute(
            sa.select(
                SupportRequest.id,
                SupportRequest.state,
                SupportRequest.asked_on,
                SupportRequest.owner_id,
                SchoolUnit.name,
                SupportOffer.title,
                lately.label("lately"),
            )
            .outerjoin(SchoolUnit, SchoolUnit.id == SupportRequest.unit_id)
            .outerjoin(SupportOffer, SupportOffer.id == SupportRequest.offer_id)
            .where(SupportRequest.organizer_id == office.organizer_id, *which)
        ).all()
        office.know([row.owner_id for row in rows])
        return [
            Question(
                id=row.id,
                title=f"{row.name or 'En enhet'} ber om {row.title or 'stöd'}",
                url=external_url("support.show", request_id=row.id),
                counted_from=row.asked_on if row.state is SupportState.ASKED else None,
                owner_id=row.owner_id,
                answered_lately=row.lately,
            )
            for row in rows
        ]

    def _answerers(self, thing: Question, office: Office) -> list[Person]:
        owner = office.at_the_organizer(thing.owner_id)
        return [owner] if owner is not None else []

    def names(self, ids: Collection[int]) -> dict[int, str]:
        rows = db.session.execute(
            sa.select(SupportRequest.id, SupportRequest.asked_on, SchoolUnit.name)
            .outerjoin(SchoolUnit, SchoolUnit.id == SupportRequest.unit_id)
            .where(SupportRequest.id.in_(ids))
        )
        return {
            key: f"Frågan om stöd{f' för {unit}' if unit else ''} från {date_medium(day)}"
            for key, day, unit in rows
        }


class SupportSpokenOf(AskedOf):
    """What principals say of a support: of the one it was handed to, else of the skolchef. Once it is
    answered, when the answer was to be followed up."""

    kind = ReminderKind.SUPPORT_FEEDBACK
    absent = "Synpunkten finns inte längre"
    gone = "En synpunkt som inte finns längre"
    section = "Synpunkter på stödet"
    somebody_waits = False  # a group's considered words: one mail a week can carry them
    one, several = "en synpunkt på stödet", "synpunkter på stödet"
    way_out = (
        "Är det någon annan som ska svara? Lämna över synpunkten på dess sida. Passar inte dagen för "
        "uppföljningen? Ändra den i svaret."
    )
    _model = SupportFeedback

    def _awaited(self, first: date, last: date) -> list[sa.ColumnElement[bool]]:
        row = SupportFeedback
        return [
            sa.or_(
                sa.and_(row.state == FeedbackState.OPEN, row.given_on.between(first, last)),
                sa.and_(row.state == FeedbackState.ANSWERED, row.follow_up_on.between(first, last)),
            )
        ]

    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[Question]:
        row, other = SupportFeedback, sa.orm.aliased(SupportFeedback)
        lately = (
            sa.select(sa.func.count(other.id))
            .where(
                other.organizer_id == row.organizer_id,
                other.owner_id.is_not_distinct_from(row.owner_id),
                other.id != row.id,
                other.answered_at >= now() - LATELY,
            )
            .correlate(row)
            .scalar_subquery()
        )
        found = db.session.execute(
            sa.select(row, lately)
            .where(row.organizer_id == office.organizer_id, *which)
            .options(sa.orm.joinedload(row.area).load_only(Area.name))
        ).all()
        office.know([feedback.owner_id for feedback, _ in found])
        return [
            Question(
                id=feedback.id,
                title=f"{feedback.from_whom} om {feedback.about}",
                url=external_url("support.feedback", feedback_id=feedback.id),
                counted_from=self._counted_from(feedback),
                owner_id=feedback.owner_id,
                answered_lately=lately,
                follows_up=not feedback.is_open,
                why_over="Synpunkten är besvarad eller uppföljd, eller ska följas upp en annan dag",
            )
            for feedback, lately in found
        ]

    @staticmethod
    def _counted_from(feedback: SupportFeedback) -> date | None:
        if feedback.is_open:
            return feedback.given_on
        return feedback.follow_up_on if feedback.is_answered else None

    def _answerers(self, thing: Question, office: Office) -> list[Person]:
        owner = office.at_the_organizer(thing.owner_id)
        return [owner] if owner is not None else office.organizer_leads()

    def names(self, ids: Collection[int]) -> dict[int, str]:
        rows = db.session.execute(
            sa.select(SupportFeedback.id, SupportFeedback.about).where(SupportFeedback.id.in_(ids))
        )
        return {key: f"Synpunkten på {about}" for key, about in rows}


class BoardAsks(AskedOf):
    """The board's questions, of the skolchef."""

    kind = ReminderKind.BOARD_QUESTION
    absent = "Frågan är borttagen"
    gone = "En fråga från nämnden som är borttagen"
    section = "Nämndens frågor"
    one, several = "en fråga från nämnden", "frågor från nämnden"
    way_out = (
        "Behöver du mer tid? Svara kort nu: svaret går att ändra, och Historik visar vad som stod."
    )
    _model = BoardQuestion

    def _awaited(self, first: date, last: date) -> list[sa.ColumnElement[bool]]:
        asked_at = BoardQuestion.asked_at
        return [
            BoardQuestion.answered_at.is_(None),
            asked_at >= at(first, time.min),
            asked_at < at(last + ONE_DAY, time.min),
        ]

    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[Question]:
        other = sa.orm.aliased(BoardQuestion)
        lately = (
            sa.select(sa.func.count(other.id))
            .where(
                other.organizer_id == BoardQuestion.organizer_id,
                other.answered_at >= now() - LATELY,
            )
            .correlate(BoardQuestion)
            .scalar_subquery()
        )
        rows = db.session.execute(
            sa.select(
                BoardQuestion.id,
                BoardQuestion.asked_at,
                BoardQuestion.asked_by_name,
                BoardQuestion.answered_at,
                lately.label("lately"),
            ).where(BoardQuestion.organizer_id == office.organizer_id, *which)
        )
        return [
            Question(
                id=row.id,
                title=f"Frågan från {row.asked_by_name}",
                url=external_url("board.show", question_id=row.id),
                counted_from=local(row.asked_at).date() if row.answered_at is None else None,
                owner_id=None,
                answered_lately=row.lately,
            )
            for row in rows
        ]

    def _answerers(self, thing: Question, office: Office) -> list[Person]:
        return office.organizer_leads()

    def names(self, ids: Collection[int]) -> dict[int, str]:
        rows = db.session.execute(
            sa.select(BoardQuestion.id, BoardQuestion.asked_at).where(BoardQuestion.id.in_(ids))
        )
        return {key: f"Nämndens fråga från {date_medium(asked_at)}" for key, asked_at in rows}
