"""Before a dialogue: who, when and where, what is left to do on both sides, and what is done."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tracker.clock import at, local, now, today
from tracker.cycle import calendar
from tracker.cycle.workdays import SEND_TIME, send_moment
from tracker.dialogues.preparation import PreparationFacts, Step, steps
from tracker.extensions import db
from tracker.models import (
    DialogueMove,
    DialogueState,
    DialogueUnit,
    JoinedDialogue,
    QualityDialogue,
    ReminderKind,
    ReminderState,
    SchoolUnit,
    SchoolYear,
    Side,
)
from tracker.notifications.kinds.base import (
    DAY_BEFORE,
    FURTHEST_BACK,
    MISSED_WITHIN,
    NO_LONGER_THEIRS,
    Due,
    Kind,
    Todo,
    Verdict,
    day_and_month,
    moved,
    open_units,
    placed_units,
    plain,
    set_since_the_mails_went,
    vacancy,
)
from tracker.notifications.office import Office, PlacedUnit, Recipient
from tracker.web.security import external_url
from tracker.web.swedish import datetime_long, listing

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

BEGUN = "Dialogen hade redan börjat"


@dataclass(frozen=True, slots=True)
class Row:
    """A dialogue that a reminder may be due for."""

    id: int
    starts_at: datetime
    revision: int
    set_at: datetime | None
    """When its date was set."""
    units: list[PlacedUnit]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What a mail needs to know of a dialogue; outlives the transaction it was read in."""

    id: int
    date_revision: int
    state: DialogueState
    starts_at: datetime | None
    place: str
    label: str
    about: str
    units: list[PlacedUnit]
    steps: list[Step]

    @property
    def day(self) -> date | None:
        return local(self.starts_at).date() if self.starts_at else None

    def left_for(self, recipient: Recipient) -> list[Step]:
        """What the recipient has left to do: rektor's side, the dialogansvarig's, or both."""
        return [step for step in self._left if self._is_own(step, recipient)]

    def left_for_others(self, recipient: Recipient) -> list[Step]:
        """What a dialogansvarig waits for."""
        if not recipient.leads:
            return []
        return [step for step in self._left if not self._is_own(step, recipient)]

    @property
    def done(self) -> list[Step]:
        """What rektor's side has done."""
        return [step for step in self.steps if step.done and step.side is Side.PRINCIPAL]

    @property
    def _left(self) -> list[Step]:
        return [step for step in self.steps if not step.done]

    @staticmethod
    def _is_own(step: Step, recipient: Recipient) -> bool:
        return recipient.acts_for_rektor if step.side is Side.PRINCIPAL else recipient.leads


NAMED = (
    sa.orm.joinedload(QualityDialogue.school_year),
    sa.orm.joinedload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
)
"""What is loaded of a dialogue to say its name and its units', in the same statement."""


@dataclass(frozen=True, slots=True)
class DialogueLines:
    """What the mail says of one dialogue."""

    id: int
    day: date
    intro: str
    place: str
    vacancy: str
    own: list[Todo]
    others: list[Todo]
    others_name: str
    done: list[str]
    url: str
    brief_url: str
    way_out: Todo

    @property
    def for_others(self) -> "DialogueLines":
        """Without the words of the questions."""
        return replace(
            self,
            own=plain(self.own),
            others=plain(self.others),
            done=[_without_words(label) for label in self.done],
        )


class BeforeDialogues(Kind[Dialogue]):
    kind = ReminderKind.DIALOGUE
    absent = "Dialogen har gått upp i en annan"
    gone = "En dialog som inte finns längre"

    def candidates(self, office: Office, until: date) -> Sequence[Row]:
        date_set_at = (
            sa.select(sa.func.max(DialogueMove.at))
            .where(DialogueMove.dialogue_id == QualityDialogue.id)
            .scalar_subquery()
        )
        longest = timedelta(days=max([*office.rules[self.kind], DAY_BEFORE]))
        horizon = at(until, SEND_TIME) + longest + FURTHEST_BACK
        rows = db.session.execute(
            sa.select(
                QualityDialogue.id,
                QualityDialogue.starts_at,
                QualityDialogue.date_revision,
                date_set_at,
            ).where(
                QualityDialogue.organizer_id == office.organizer_id,
                QualityDialogue.state != DialogueState.CANCELLED,
                QualityDialogue.starts_at.between(now() - MISSED_WITHIN, horizon),
            )
        ).all()
        units = open_units(DialogueUnit, [row.id for row in rows])
        return [Row(*row, units.get(row.id, [])) for row in rows]

    def candidates_of(
        self, dialogue: QualityDialogue, office: Office, until: date
    ) -> Sequence[Row]:
        if not dialogue.is_ahead or dialogue.starts_at is None:
            return ()
        set_at = max((move.at for move in dialogue.moves), default=None)
        units = placed_units(dialogue.units)
        return [Row(dialogue.id, dialogue.starts_at, dialogue.date_revision, set_at, units)]

    def things_of(
        self, dialogue: QualityDialogue, rows: Sequence[Row], office: Office
    ) -> dict[int, Dialogue]:
        """Also of one that is over or cancelled: a mail that waits may speak of it."""
        if not rows:
            return {dialogue.id: _thing(dialogue, PreparationFacts({}, {}))}
        facts = office.once("what is prepared", lambda: PreparationFacts.load([dialogue]))
        return {dialogue.id: _thing(dialogue, facts)}

    def dues(self, rows: Sequence[Row], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            if set_since_the_mails_went(row.set_at):
                continue
            day, over = local(row.starts_at).date(), row.starts_at <= now()
            for recipient in office.recipients(row.units).values():
                for offset in self._offsets(recipient, office):
                    due_on, closure = moved(day, offset, office)
                    never_possible = row.set_at is not None and row.set_at > send_moment(due_on)
                    if due_on > horizon or (over and never_possible):
                        continue
                    yield Due(
                        self.kind, row.id, recipient.person, offset, row.revision, due_on, closure
                    )

    def _offsets(self, recipient: Recipient, office: Office) -> list[int]:
        days = set(office.rules[self.kind]) if recipient.acts_for_rektor else set()
        if recipient.leads:
            days.add(DAY_BEFORE)
        return sorted(days, reverse=True)

    def read(self, office: Office, ids: Collection[int]) -> dict[int, Dialogue]:
        rows = db.session.scalars(
            sa.select(QualityDialogue)
            .where(QualityDialogue.id.in_(ids))
            .options(
                sa.orm.joinedload(QualityDialogue.school_year),
                sa.orm.selectinload(QualityDialogue.unit_links).joinedload(DialogueUnit.unit),
                sa.orm.selectinload(QualityDialogue.topics),
                sa.orm.selectinload(QualityDialogue.questions),
            )
            .execution_options(populate_existing=True)
        ).all()
        facts = PreparationFacts.load(rows)
        return {row.id: _thing(row, facts) for row in rows}

    def verdict(
        self,
        thing: Dialogue,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.state is DialogueState.CANCELLED or thing.starts_at is None:
            return ReminderState.CANCELLED, "Dialogen är inställd"
        if thing.date_revision != date_revision:
            return ReminderState.CANCELLED, "Dialogen är flyttad"
        if thing.starts_at <= now() or thing.state is not DialogueState.PLANNED:
            return ReminderState.SKIPPED, BEGUN
        recipient = office.recipients(thing.units).get(recipient_id)
        if recipient is None or not (recipient.acts_for_rektor or offset_days == DAY_BEFORE):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        if not thing.left_for(recipient) and not thing.left_for_others(recipient):
            return ReminderState.SKIPPED, "Inget kvar att göra"
        return None

    def tell(self, digest: "Digest", things: list[Dialogue], office: Office) -> None:
        for thing in sorted(things, key=lambda row: (str(row.starts_at), row.id)):
            recipients = office.recipients(thing.units)
            if digest.recipient_id in recipients and thing.starts_at is not None:
                digest.dialogues.append(
                    _lines(thing, recipients[digest.recipient_id], list(recipients.values()))
                )

    def names_in(self, dialogue: QualityDialogue) -> dict[int, str]:
        former = {row.former_id: _joined(row.title) for row in dialogue.joined}
        return former | {dialogue.id: _title(dialogue)}

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """Also of those that are a part of another now; one statement, since the ledger has none to spare."""
        dialogue, nothing = QualityDialogue, sa.cast(sa.null(), sa.Text)
        there = (
            sa.select(dialogue.id, dialogue.kind, SchoolYear.start_year, SchoolUnit.name)
            .add_columns(SchoolUnit.sort_key, nothing.label("former"))
            .join(SchoolYear, SchoolYear.id == dialogue.school_year_id)
            .join(DialogueUnit, DialogueUnit.dialogue_id == dialogue.id)
            .join(SchoolUnit, SchoolUnit.id == DialogueUnit.unit_id)
            .where(dialogue.id.in_(ids))
        )
        gone = sa.select(
            JoinedDialogue.former_id,
            *(sa.cast(sa.null(), column.type) for column in there.selected_columns[1:5]),
            JoinedDialogue.title,
        ).where(JoinedDialogue.former_id.in_(ids))
        units: dict[int, list[tuple[str, str]]] = {}
        heads: dict[int, str] = {}
        for key, kind, start_year, unit, sort_key, former in db.session.execute(
            sa.union_all(there, gone)
        ):
            if former is not None:
                heads[key] = _joined(former)
                continue
            heads[key] = f"{kind.label} läsåret {calendar.label(start_year)}"
            units.setdefault(key, []).append((sort_key, unit))
        return {
            key: f"{head}: {listing([name for _, name in sorted(units[key])])}"
            if key in units
            else head
            for key, head in heads.items()
        }


def _title(dialogue: QualityDialogue) -> str:
    return f"{dialogue.title}: {dialogue.unit_names}"


def _joined(title: str) -> str:
    return f"{title}, som har gått upp i en annan dialog"


def _thing(row: QualityDialogue, facts: PreparationFacts) -> Dialogue:
    return Dialogue(
        id=row.id,
        date_revision=row.date_revision,
        state=row.state,
        starts_at=row.starts_at,
        place=row.place,
        label=row.kind.label,
        about=row.unit_names,
        units=placed_units(row.units),
        steps=steps(row, facts),
    )


def _lines(dialogue: Dialogue, recipient: Recipient, everybody: list[Recipient]) -> DialogueLines:
    assert dialogue.starts_at is not None
    assert dialogue.day is not None
    others = [
        other
        for other in everybody
        if other is not recipient and (other.rektor_of if recipient.leads else other.leads)
    ]
    met = listing([other.person.first_name for other in others])
    when = datetime_long(dialogue.starts_at)
    meeting = f"träffar du {met} om {dialogue.about}" if met else (
        f"är det {dialogue.label} om {dialogue.about}"
    )  # fmt: skip
    show = external_url("dialogues.show", dialogue_id=dialogue.id)
    if recipient.rektor_of and not recipient.leads:
        way_out = Todo("Föreslå en ny", external_url("dialogues.propose", dialogue_id=dialogue.id))
    else:
        way_out = Todo("Flytta dialogen", show)
    return DialogueLines(
        id=dialogue.id,
        day=dialogue.day,
        intro=f"{when[0].upper()}{when[1:]} {meeting}.",
        place=dialogue.place,
        vacancy=vacancy([recipient]),
        own=[_todo(step) for step in dialogue.left_for(recipient)],
        others=[
            Todo(step.label, by=_by(step.due_on), plain=_without_words(step.label))
            for step in dialogue.left_for_others(recipient)
        ],
        others_name=met or "rektor",
        done=[step.done_label for step in dialogue.done],
        url=show,
        brief_url=external_url("dialogues.brief", dialogue_id=dialogue.id),
        way_out=way_out,
    )


def _todo(step: Step) -> Todo:
    values: dict[str, Any] = step.values
    return Todo(
        step.label,
        external_url(step.endpoint, **values),
        _by(step.due_on),
        plain=_without_words(step.label),
    )


def _without_words(label: str) -> str:
    """What a step is called, without the question that it ends with."""
    return label.partition(": ”")[0]


def _by(due_on: date | None) -> str:
    """By when, without a reproach once that day has passed."""
    if due_on is None:
        return ""
    return f"senast {day_and_month(due_on)}" if due_on >= today() else "före dialogen"
