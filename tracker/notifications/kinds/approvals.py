"""Notes of a dialogue that wait for approval: a word to the side that has not approved them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tracker.clock import at, local, now
from tracker.extensions import db
from tracker.models import (
    DialogueApproval,
    DialogueState,
    DialogueUnit,
    QualityDialogue,
    ReminderKind,
    ReminderState,
    Side,
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
    open_units,
    placed_units,
    vacancy,
)
from tracker.notifications.kinds.dialogues import BeforeDialogues
from tracker.notifications.office import ONE_DAY, Office, PlacedUnit, Recipient
from tracker.web.security import external_url
from tracker.web.swedish import count, listing

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest


NOT_SAID = 500
ANOTHER_TIME = 1000
SAID_ANEW = 1_000_000
"""Parts of a revision, beside how often approvals have lapsed: nobody has said that the dialogue was
held; each of its times; each time that it was said."""


Approval = tuple[int, Side, datetime | None]
"""Of which dialogue, by which side, and when it lapsed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when a side has not approved: the dialogue's day, or the day its approval lapsed."""

    since: date
    lapses: int


@dataclass(frozen=True, slots=True)
class HeldDialogue:
    id: int
    kind_label: str
    starts_at: datetime
    state: DialogueState
    sides: dict[Side, Waiting]
    """The sides that have not approved."""
    units: list[PlacedUnit]
    times: int
    """How often it has got a time."""
    times_held: int

    def revision_of(self, waiting: list[Waiting]) -> int:
        """Another one when the text was changed after an approval, when the dialogue got another time,
        and when somebody says that it was held, be it for the second time: then it is asked anew."""
        standing = SAID_ANEW * self.times_held + ANOTHER_TIME * self.times
        if not self.is_said:
            standing += NOT_SAID
        return standing + sum(each.lapses for each in waiting)

    def waiting_for(self, recipient: Recipient) -> list[Waiting]:
        """What waits for the person: for one side, or for both."""
        mine = {Side.PRINCIPAL: recipient.acts_for_rektor, Side.ORGANIZER: recipient.leads}
        return [waiting for side, waiting in self.sides.items() if mine[side]]

    @property
    def is_asked_about(self) -> bool:
        """It was held; or its time passed of late, and nobody has said whether it took place."""
        return self.is_said or now() - MISSED_WITHIN <= self.starts_at <= now()

    @property
    def is_said(self) -> bool:
        """Somebody has said that it was carried out."""
        return self.state is DialogueState.HELD

    @property
    def day(self) -> date:
        return local(self.starts_at).date()

    @property
    def about(self) -> str:
        return f"{self.kind_label} med {listing([unit.name for unit in self.units])}"


class WaitingApprovals(Kind[HeldDialogue]):
    kind = ReminderKind.APPROVAL
    absent = "Dialogen finns inte längre"
    gone = "En dialog som inte finns längre"
    rows_are_things = True

    def candidates(self, office: Office, until: date) -> Sequence[HeldDialogue]:
        if not office.rules[self.kind]:
            return []
        return self._select(
            QualityDialogue.organizer_id == office.organizer_id,
            sa.or_(
                QualityDialogue.state == DialogueState.HELD,
                sa.and_(
                    QualityDialogue.state == DialogueState.PLANNED,
                    QualityDialogue.starts_at >= now() - MISSED_WITHIN,
                    QualityDialogue.starts_at < at(until + ONE_DAY, time.min),
                ),
            ),
        )

    def candidates_of(
        self, dialogue: QualityDialogue, office: Office, until: date
    ) -> Sequence[HeldDialogue]:
        awaited = dialogue.state in (DialogueState.HELD, DialogueState.PLANNED)
        return self._of(dialogue, office) if office.rules[self.kind] and awaited else []

    def things_of(
        self, dialogue: QualityDialogue, rows: Sequence[HeldDialogue], office: Office
    ) -> dict[int, HeldDialogue]:
        """Also of notes that are approved: a mail that waits may speak of them."""
        return {row.id: row for row in rows or self._of(dialogue, office)}

    def _of(self, dialogue: QualityDialogue, office: Office) -> list[HeldDialogue]:
        if dialogue.starts_at is None:
            return []
        was_held = dialogue.state is not DialogueState.PLANNED or dialogue.times_held
        approvals = office.once("approvals", lambda: _approvals([dialogue.id]) if was_held else [])
        units = placed_units(dialogue.units, closed_too=True)
        return self._with_approvals([dialogue], approvals, {dialogue.id: units})

    def waiting(self, office: Office) -> list[HeldDialogue]:
        """Every dialogue of the organizer whose notes wait for somebody."""
        return self._select(
            QualityDialogue.organizer_id == office.organizer_id,
            QualityDialogue.state == DialogueState.HELD,
        )

    def _select(self, *which: sa.ColumnElement[bool]) -> list[HeldDialogue]:
        rows = db.session.execute(
            sa.select(
                QualityDialogue.id,
                QualityDialogue.kind,
                QualityDialogue.state,
                QualityDialogue.starts_at,
                QualityDialogue.date_revision,
                QualityDialogue.times_held,
            ).where(QualityDialogue.starts_at.is_not(None), *which)
        ).all()
        if not rows:
            return []
        ids = [row.id for row in rows]
        units = open_units(DialogueUnit, ids, closed_too=True)
        return self._with_approvals(rows, _approvals(ids), units)

    @staticmethod
    def _with_approvals(
        rows: Sequence[Any], approvals: list[Approval], units: dict[int, list[PlacedUnit]]
    ) -> list[HeldDialogue]:
        """The dialogues (or as much of them) with what has been approved of each."""
        standing: set[tuple[int, Side]] = set()
        lapses: dict[tuple[int, Side], list[datetime]] = {}
        for dialogue_id, side, lapsed_at in approvals:
            if lapsed_at is None:
                standing.add((dialogue_id, side))
            else:
                lapses.setdefault((dialogue_id, side), []).append(lapsed_at)

        def side_of(row: Any, side: Side) -> Waiting:
            lapsed = lapses.get((row.id, side), [])
            return Waiting(local(max([row.starts_at, *lapsed])).date(), len(lapsed))

        return [
            HeldDialogue(
                row.id,
                row.kind.label,
                row.starts_at,
                row.state,
                {side: side_of(row, side) for side in Side if (row.id, side) not in standing},
                units.get(row.id, []),
                row.date_revision,
                row.times_held,
            )
            for row in rows
        ]

    def dues(self, rows: Sequence[HeldDialogue], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            if not row.is_asked_about:
                continue
            for recipient in office.recipients(row.units).values():
                waiting = row.waiting_for(recipient)
                if not waiting:
                    continue
                since = max(each.since for each in waiting)
                for offset in office.rules[self.kind]:
                    due_on, _ = moved(since, offset, office)
                    if due_on <= horizon:
                        revision = row.revision_of(waiting)
                        yield Due(self.kind, row.id, recipient.person, offset, revision, due_on)

    def read(self, office: Office, ids: Collection[int]) -> dict[int, HeldDialogue]:
        return {row.id: row for row in self._select(QualityDialogue.id.in_(ids))}

    def verdict(
        self,
        thing: HeldDialogue,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.state is DialogueState.CANCELLED:
            return ReminderState.CANCELLED, "Dialogen är inställd"
        if thing.state is DialogueState.APPROVED:
            return ReminderState.SKIPPED, "Anteckningarna är godkända"
        recipient = office.recipients(thing.units).get(recipient_id)
        if recipient is None:
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        waiting = thing.waiting_for(recipient)
        if not waiting:
            return ReminderState.SKIPPED, "Anteckningarna är godkända"
        if (revision := thing.revision_of(waiting)) != date_revision:
            return ReminderState.CANCELLED, _why_anew(date_revision, revision)
        return None

    def tell(self, digest: "Digest", things: list[HeldDialogue], office: Office) -> None:
        self._ask_whether_held(digest, [row for row in things if not row.is_said], office)
        things = [row for row in things if row.is_said]
        items, whom = [], []
        told = {todo.url for todo in digest.week.notes} if digest.week else set()
        for thing in sorted(things, key=lambda row: (row.day, row.id)):
            if self.todo(thing).url in told:  # Din vecka has it already
                continue
            items.append(self.todo(thing))
            whom.append(office.recipients(thing.units).get(digest.recipient_id))
        if not items:
            return
        which = day_and_month(things[0].day) if len(items) == 1 else (
            count(len(items), "en dialog", "dialoger", words=True)
        )  # fmt: skip
        word = "dialogen " if len(items) == 1 else ""
        digest.sections.append(
            Section(
                "Minnesanteckningar att läsa och godkänna",
                f"Anteckningarna från {word}{which} väntar på dig",
                items,
                vacancy(whom),
                "Stämmer inte texten? Ändra den innan du godkänner, så läser den andra den igen.",
            )
        )

    @staticmethod
    def _ask_whether_held(digest: "Digest", things: list[HeldDialogue], office: Office) -> None:
        if not things:
            return
        items = [
            Todo(
                f"{thing.about}, {day_and_month(thing.day)}",
                external_url("dialogues.show", dialogue_id=thing.id),
            )
            for thing in sorted(things, key=lambda row: (row.day, row.id))
        ]
        which = f"dialogen {day_and_month(things[0].day)}" if len(items) == 1 else (
            count(len(items), "en dialog", "dialoger", words=True)
        )  # fmt: skip
        digest.sections.append(
            Section(
                "Blev dialogen av?",
                f"Säg om {which} är genomförd",
                items,
                vacancy(
                    [office.recipients(thing.units).get(digest.recipient_id) for thing in things]
                ),
                "Blev den inte av? Ge den en ny tid, eller ställ in den.",
            )
        )

    @staticmethod
    def todo(thing: HeldDialogue) -> Todo:
        """The line about one dialogue."""
        url = external_url("dialogues.notes", dialogue_id=thing.id)
        return Todo(f"{thing.about}, {day_and_month(thing.day)}", url)

    titled_as = ReminderKind.DIALOGUE

    def names_in(self, dialogue: QualityDialogue) -> dict[int, str]:
        titles = BeforeDialogues().names_in(dialogue)
        return {key: self.name_of(title) for key, title in titles.items()}

    def names(self, ids: Collection[int]) -> dict[int, str]:
        titles = BeforeDialogues().names(ids)
        return {key: self.name_of(title) for key, title in titles.items()}

    def name_of(self, title: str) -> str:
        return f"Minnesanteckningarna från {title}"


def _approvals(dialogue_ids: Collection[int]) -> list[Approval]:
    rows = db.session.execute(
        sa.select(
            DialogueApproval.dialogue_id, DialogueApproval.side, DialogueApproval.lapsed_at
        ).where(DialogueApproval.dialogue_id.in_(dialogue_ids))
    )
    return [(key, side, lapsed_at) for key, side, lapsed_at in rows]


def _why_anew(told: int, revision: int) -> str:
    """Why a reminder with the revision `told` is not the one to send."""
    if told % SAID_ANEW // ANOTHER_TIME != revision % SAID_ANEW // ANOTHER_TIME:
        return "Dialogen har fått en annan tid"
    if told // SAID_ANEW != revision // SAID_ANEW:
        return "Det är sagt att dialogen är genomförd"
    if told % ANOTHER_TIME // NOT_SAID != revision % ANOTHER_TIME // NOT_SAID:
        return "Det är inte längre sagt att dialogen är genomförd"
    return "Anteckningarna har ändrats sedan dess"
