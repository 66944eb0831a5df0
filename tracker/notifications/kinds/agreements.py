"""Det här kom vi överens om: a word before its day, and one after it when nothing has been said."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tracker.clock import today
from tracker.dialogues.agreements import shortened
from tracker.extensions import db
from tracker.models import (
    Agreement,
    DialogueState,
    QualityDialogue,
    ReminderKind,
    ReminderState,
)
from tracker.notifications.kinds.base import (
    DAY_PASSED,
    NO_LONGER_THEIRS,
    Due,
    Entrusted,
    Kind,
    Section,
    Todo,
    Verdict,
    day_and_month,
    last_candidate,
    set_since_the_mails_went,
    units_that_carry_on,
    vacancy,
)
from tracker.notifications.kinds.carrying import carrying_on
from tracker.notifications.kinds.dialogues import NAMED
from tracker.notifications.office import Office, PlacedUnit
from tracker.web.security import external_url
from tracker.web.swedish import count

if TYPE_CHECKING:
    from tracker.notifications.digest import Digest

EXCERPT = 120


@dataclass(frozen=True, slots=True)
class OpenAgreement(Entrusted):
    id: int
    dialogue_id: int
    what: str
    awaited: bool
    called_off: bool
    """The dialogue is cancelled, and with it what was agreed."""
    due_on: date | None
    revision: int
    made_at: datetime
    date_set_at: datetime | None
    responsible_id: int | None
    kind_label: str
    units: list[PlacedUnit]

    @property
    def title(self) -> str:
        return shortened(self.what, EXCERPT)


class DueAgreements(Kind[OpenAgreement]):
    kind = ReminderKind.AGREEMENT
    absent = "Överenskommelsen finns inte längre"
    gone = "En överenskommelse som inte finns längre"
    rows_are_things = True

    def candidates(self, office: Office, until: date) -> Sequence[OpenAgreement]:
        days = office.rules[self.kind]
        if not days:
            return []
        return self._select(
            office,
            Agreement.organizer_id == office.organizer_id,
            Agreement.awaited(),
            QualityDialogue.state != DialogueState.CANCELLED,
            Agreement.due_on <= last_candidate(days, until),
        )

    def candidates_of(
        self, dialogue: QualityDialogue, office: Office, until: date
    ) -> Sequence[OpenAgreement]:
        if not office.rules[self.kind] or dialogue.is_cancelled:
            return []
        return [row for row in self._of(dialogue, office) if row.awaited and row.due_on is not None]

    def things_of(
        self, dialogue: QualityDialogue, rows: Sequence[OpenAgreement], office: Office
    ) -> dict[int, OpenAgreement]:
        """Also of those that are settled: a mail that waits may speak of them."""
        return {row.id: row for row in self._of(dialogue, office)}

    @staticmethod
    def _of(dialogue: QualityDialogue, office: Office) -> list[OpenAgreement]:
        """Everything that was agreed in the dialogue; `CarryingOn` and the office know the rest."""
        carried = carrying_on(dialogue, office)
        units = carried.units() if carried is not None else []
        return [
            OpenAgreement(
                id=row.id,
                dialogue_id=dialogue.id,
                what=row.what,
                awaited=row.is_awaited,
                called_off=dialogue.is_cancelled,
                due_on=row.due_on,
                revision=row.due_revision,
                made_at=row.at,
                date_set_at=row.date_set_at,
                responsible_id=row.responsible_id,
                kind_label=dialogue.kind.label,
                units=units,
            )
            for row in dialogue.agreements
        ]

    def _select(self, office: Office, *which: sa.ColumnElement[bool]) -> list[OpenAgreement]:
        rows = db.session.execute(
            sa.select(
                Agreement.id,
                Agreement.dialogue_id,
                Agreement.what,
                Agreement.awaited().label("awaited"),
                (QualityDialogue.state == DialogueState.CANCELLED).label("called_off"),
                Agreement.due_on,
                Agreement.due_revision,
                Agreement.at,
                Agreement.date_set_at,
                Agreement.responsible_id,
                QualityDialogue.kind,
            )
            .join(QualityDialogue, QualityDialogue.id == Agreement.dialogue_id)
            .where(*which)
        ).all()
        units = units_that_carry_on({row.dialogue_id for row in rows})
        office.know([row.responsible_id for row in rows])
        return [
            OpenAgreement(*row[:10], row.kind.label, units.get(row.dialogue_id, [])) for row in rows
        ]

    def dues(self, rows: Sequence[OpenAgreement], office: Office, horizon: date) -> Iterator[Due]:
        for row in rows:
            if row.due_on is None or set_since_the_mails_went(row.made_at, row.date_set_at):
                continue
            yield from row.dues(
                self, row.id, row.due_on, row.revision, office, horizon, lambda offset: offset < 0
            )

    def read(self, office: Office, ids: Collection[int]) -> dict[int, OpenAgreement]:
        return {row.id: row for row in self._select(office, Agreement.id.in_(ids))}

    def verdict(
        self,
        thing: OpenAgreement,
        office: Office,
        recipient_id: int,
        offset_days: int,
        date_revision: int,
    ) -> Verdict | None:
        if thing.called_off:
            return ReminderState.CANCELLED, "Dialogen är inställd"
        if not thing.awaited:
            return (
                ReminderState.SKIPPED,
                "Överenskommelsen är klar, inte längre aktuell eller en åtgärd",
            )
        if thing.due_on is None or thing.revision != date_revision:
            return ReminderState.CANCELLED, "Överenskommelsen har fått ett nytt datum"
        if offset_days > 0 and thing.due_on < today():
            return ReminderState.SKIPPED, DAY_PASSED
        if recipient_id not in thing.recipients(office):
            return ReminderState.CANCELLED, NO_LONGER_THEIRS
        return None

    def tell(self, digest: "Digest", things: list[OpenAgreement], office: Office) -> None:
        items, whom = [], []
        for thing in sorted(things, key=lambda row: (row.due_on or date.max, row.id)):
            recipient = thing.recipients(office).get(digest.recipient_id)
            by = ""
            if thing.due_on:
                word = "senast" if thing.due_on >= today() else "det gällde"
                by = f"{word} {day_and_month(thing.due_on)}"
            url = external_url(
                "dialogues.agreement", dialogue_id=thing.dialogue_id, agreement_id=thing.id
            )
            may_open = recipient is not None and recipient.follows
            plain = f"En överenskommelse från {thing.kind_label}"
            items.append(Todo(thing.title, url if may_open else "", by, plain=plain))
            whom.append(recipient)
        if not items:
            return
        number = count(len(items), "en överenskommelse", "överenskommelser", words=True)
        digest.sections.append(
            Section(
                "Det här kom ni överens om",
                f"Från dialogen: {number} att göra klar{'a' if len(items) > 1 else ''}",
                items,
                vacancy(whom),
                "Är det klart, eller inte längre aktuellt? Öppna den och skriv hur det blev, "
                "eller hur långt ni har kommit."
                if any(item.url for item in items)
                else "Är det klart, eller inte längre aktuellt? Säg det till den som leder enheten.",
            )
        )

    def names_in(self, dialogue: QualityDialogue) -> dict[int, str]:
        return {row.id: _name(row.what) for row in dialogue.agreements}

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """By the dialogue: what was agreed is for those who follow its units."""
        return {
            agreement_id: f"En överenskommelse från {dialogue.title}: {dialogue.unit_names}"
            for agreement_id, dialogue in db.session.execute(
                sa.select(Agreement.id, QualityDialogue)
                .join(QualityDialogue, QualityDialogue.id == Agreement.dialogue_id)
                .where(Agreement.id.in_(ids))
                .options(*NAMED)
            ).unique()
        }


def _name(what: str) -> str:
    return f"Överenskommelsen ”{' '.join(what.split())[:EXCERPT]}”"
