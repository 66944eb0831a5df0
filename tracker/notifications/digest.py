"""What a mail of reminders says: who, when and where, what is left to do, what is done, and a way out.

Written out of how things stand, when the mail is put in the outbox and again when it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from flask import current_app

from tracker.clock import today
from tracker.models import OutgoingMail
from tracker.notifications.kinds.base import Section, day_and_month, plain
from tracker.notifications.kinds.dialogues import DialogueLines
from tracker.notifications.kinds.registry import KINDS
from tracker.notifications.kinds.week import WeekLines
from tracker.notifications.office import sunday_of
from tracker.notifications.situation import Situation, Subject
from tracker.web.swedish import count, listing

SUBJECT_LENGTH = 140
"""What mail programs show of a subject, generously."""


@dataclass
class Digest:
    """All reminders of one person, organizer and day."""

    recipient_id: int
    first_name: str
    organizer: str
    gathers: bool = False
    """Whether the person gets one mail a week."""
    dialogues: list[DialogueLines] = field(default_factory=list)
    week: WeekLines | None = None
    sections: list[Section] = field(default_factory=list)

    @classmethod
    def of(cls, mail: OutgoingMail, situation: Situation) -> Self:
        """What the mail's reminders have to say now."""
        subjects = {(row.kind, row.subject_id) for row in mail.planned_reminders()}
        if not all(situation.knows(*subject) for subject in subjects):
            situation = Situation.load(situation.organizer_id, subjects)
        return cls.about(mail.recipient_id, mail.to_name, subjects, situation)

    @classmethod
    def about(
        cls, recipient_id: int, name: str, subjects: Iterable[Subject], situation: Situation
    ) -> Self:
        """What is to be said to the person about these subjects, which the situation knows."""
        office, subjects = situation.office, set(subjects)
        digest = cls(
            recipient_id, name.split()[0], situation.organizer_name, office.gathers(recipient_id)
        )
        for kind, reminders in KINDS.items():
            ids = sorted(key for of, key in subjects if of is kind)
            if things := situation.things(kind, ids):
                reminders.tell(digest, things, office)
        return digest

    @property
    def this_week(self) -> list[DialogueLines]:
        """Of the dialogues that it tells of, those that are held before the week is over."""
        return [row for row in self.dialogues if row.day <= sunday_of(today())]

    @property
    def own(self) -> int:
        """How many things the person has left to do."""
        lists = [lines.own for lines in self.dialogues]
        lists += [section.items for section in self.sections]
        if self.week is not None:
            lists += [self.week.notes, self.week.support]
        return len({todo.url + todo.label for todos in lists for todo in todos})

    @property
    def subject(self) -> str:
        if self.week is not None:
            return _shortened(f"Din vecka {self.week.number}{self._week_words()}")
        if self.dialogues:
            return _shortened(self._dialogues_subject())
        if len(self.sections) == 1:
            return _shortened(self.sections[0].subject)
        return f"{count(self.own, 'en sak', 'saker', words=True).capitalize()} kvar för dig"

    @property
    def how_often(self) -> str:
        """What the reader may expect, and where it is changed."""
        if self.gathers:
            return (
                "Du får högst ett sådant här mejl i veckan, och ett dagen före en dialog när något "
                "är kvar eller när någon har ställt en fråga till just dig."
            )
        return (
            "Du får högst ett sådant här mejl om dagen. Vill du hellre ha ett i veckan? "
            "Ändra det under Mitt konto."
        )

    def _week_words(self) -> str:
        assert self.week is not None
        meetings = len(self.week.dialogues) + len(self.this_week)
        parts = [
            count(meetings, "en dialog", "dialoger", words=True) if meetings else "",
            f"{count(self.own, 'en sak', 'saker', words=True)} kvar för dig" if self.own else "",
            f"{count(len(self.week.units), 'en enhet', 'enheter', words=True)} att höra av dig till"
            if self.week.units
            else "",
        ]
        words = listing([part for part in parts if part])
        return f": {words}" if words else ""

    def _dialogues_subject(self) -> str:
        days = listing(list(dict.fromkeys(day_and_month(lines.day) for lines in self.dialogues)))
        what = "Kvalitetsdialog" if len(self.dialogues) == 1 else "Kvalitetsdialoger"
        if self.own:
            left = f"{count(self.own, 'en sak', 'saker', words=True)} kvar för dig"
        else:
            names = listing(list(dict.fromkeys(lines.others_name for lines in self.dialogues)))
            number = sum(len(lines.others) for lines in self.dialogues)
            left = f"{count(number, 'en sak', 'saker', words=True)} kvar för {names}"
        return f"{what} {days}: {left}"

    def write_into(self, mail: OutgoingMail) -> None:
        """Give the mail its subject and its two bodies."""
        mail.subject = self._rendered("subject.txt").strip()
        mail.text = self._rendered("body.txt")
        mail.html = self._rendered("body.html")
        others = self._for_others()
        mail.shown = others._rendered("body.txt") if others != self else None

    def _for_others(self) -> "Digest":
        """What who manages the mails reads of it: no words of people's that are not hers to read."""
        return replace(
            self,
            dialogues=[lines.for_others for lines in self.dialogues],
            week=self.week.for_others if self.week else None,
            sections=[replace(each, items=plain(each.items)) for each in self.sections],
        )

    def _rendered(self, name: str) -> str:
        # Not by render_template, which would ask who is signed in.
        template = current_app.jinja_env.get_template(f"email/reminders/{name}")
        return template.render(digest=self)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SUBJECT_LENGTH else f"{text[: SUBJECT_LENGTH - 1].rstrip()}…"
