"""What a mail of reminders says: who, when and where, what is left to do, what is done, and a way out.

Written out of how things stand, when the mail is put in the outbox and again when it is sent."""

from dataclasses import dataclass, field
from datetime import date
from typing import Self

from flask import current_app

from tracker.clock import today
from tracker.dialogues.preparation import Step
from tracker.models import OutgoingMail, ReminderKind
from tracker.notifications.situation import Dialogue, Effect, Recipient, Situation
from tracker.web.security import external_url
from tracker.web.swedish import MONTHS, count, datetime_long, listing

SUBJECT_LENGTH = 140
"""What mail programs show of a subject, generously."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of a list: what, where it is done, and by when in words."""

    label: str
    url: str = ""
    by: str = ""
    unit: str = ""
    """Which unit it is about, where the reader could wonder."""


@dataclass(frozen=True, slots=True)
class DialogueLines:
    """What the mail says of one dialogue."""

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


@dataclass
class Digest:
    """All reminders of one person, organizer and day."""

    first_name: str
    organizer: str
    dialogues: list[DialogueLines] = field(default_factory=list)
    effects: list[Todo] = field(default_factory=list)
    effects_vacancy: str = ""
    """Why the effects of a unit without a rektor come to a dialogansvarig."""

    @classmethod
    def of(cls, mail: OutgoingMail, situation: Situation) -> Self:
        """What the mail's reminders have to say now."""
        reminders = mail.planned_reminders()
        subjects = {(row.kind, row.subject_id) for row in reminders}
        if not all(situation.knows(*subject) for subject in subjects):
            situation = Situation.load(situation.organizer_id, subjects)
        digest = cls(mail.to_name.split()[0], situation.organizer_name)
        dialogues = [
            situation.dialogues[key]
            for kind, key in subjects
            if kind is ReminderKind.DIALOGUE and key in situation.dialogues
        ]
        for dialogue in sorted(
            dialogues, key=lambda row: (row.day or date.max, str(row.starts_at), row.id)
        ):
            if recipient := dialogue.recipients.get(mail.recipient_id):
                digest.dialogues.append(_dialogue_lines(dialogue, recipient))
        told = {todo.url for lines in digest.dialogues for todo in lines.own}
        effects = [
            situation.effects[key]
            for kind, key in subjects
            if kind is ReminderKind.EFFECT and key in situation.effects
        ]
        vacant: list[str] = []
        for effect in sorted(effects, key=lambda row: (row.assess_on or date.max, row.measure_id)):
            recipient = effect.recipients.get(mail.recipient_id)
            todo = _effect_todo(effect, recipient)
            if todo.url not in told:  # the dialogue's list has it already
                digest.effects.append(todo)
                vacant += recipient.vacant if recipient else []
        digest.effects_vacancy = _vacancy(list(dict.fromkeys(vacant)))
        return digest

    @property
    def own(self) -> int:
        """How many things the person has left to do."""
        return len(
            {todo.url + todo.label for lines in self.dialogues for todo in lines.own}
            | {todo.url + todo.label for todo in self.effects}
        )

    @property
    def subject(self) -> str:
        if not self.dialogues:
            return self._effects_subject()
        days = listing(list(dict.fromkeys(day_and_month(lines.day) for lines in self.dialogues)))
        what = "Kvalitetsdialog" if len(self.dialogues) == 1 else "Kvalitetsdialoger"
        if self.own:
            left = f"{count(self.own, 'en sak', 'saker', words=True)} kvar för dig"
        else:
            names = listing(list(dict.fromkeys(lines.others_name for lines in self.dialogues)))
            number = sum(len(lines.others) for lines in self.dialogues)
            left = f"{count(number, 'en sak', 'saker', words=True)} kvar för {names}"
        return _shortened(f"{what} {days}: {left}")

    def _effects_subject(self) -> str:
        if len(self.effects) == 1:
            return _shortened(f"Dags att bedöma effekten av {self.effects[0].label}")
        number = count(len(self.effects), "en åtgärd", "åtgärder", words=True)
        return f"Dags att bedöma effekten av {number}"

    def write_into(self, mail: OutgoingMail) -> None:
        """Give the mail its subject and its two bodies."""
        mail.subject = self._rendered("subject.txt").strip()
        mail.text = self._rendered("body.txt")
        mail.html = self._rendered("body.html")

    def _rendered(self, name: str) -> str:
        # Not by render_template, which would ask who is signed in.
        template = current_app.jinja_env.get_template(f"email/reminders/{name}")
        return template.render(digest=self)


def day_and_month(day: date) -> str:
    """``6 oktober``"""
    return f"{day.day} {MONTHS[day.month - 1]}"


def _dialogue_lines(dialogue: Dialogue, recipient: Recipient) -> DialogueLines:
    assert dialogue.starts_at is not None
    assert dialogue.day is not None
    others = [
        other
        for other in dialogue.recipients.values()
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
        day=dialogue.day,
        intro=f"{when[0].upper()}{when[1:]} {meeting}.",
        place=dialogue.place,
        vacancy=_vacancy(recipient.vacant),
        own=[_step_todo(step) for step in dialogue.left_for(recipient)],
        others=[
            Todo(step.label, by=_by(step.due_on)) for step in dialogue.left_for_others(recipient)
        ],
        others_name=met or "rektor",
        done=[step.done_label for step in dialogue.done],
        url=show,
        brief_url=external_url("dialogues.brief", dialogue_id=dialogue.id),
        way_out=way_out,
    )


def _vacancy(units: list[str]) -> str:
    if not units:
        return ""
    return f"{listing(units)} saknar rektor just nu. Därför går det här till dig."


def _step_todo(step: Step) -> Todo:
    return Todo(step.label, external_url(step.endpoint, **step.values), _by(step.due_on))


def _by(due_on: date | None) -> str:
    """By when, without a reproach once that day has passed."""
    if due_on is None:
        return ""
    return f"senast {day_and_month(due_on)}" if due_on >= today() else "före dialogen"


def _effect_todo(effect: Effect, recipient: Recipient | None) -> Todo:
    named = recipient is not None and (recipient.leads_several or recipient.vacant)
    return Todo(
        effect.title,
        external_url("evaluation.assess", measure_id=effect.measure_id),
        unit=listing([*recipient.rektor_of, *recipient.vacant]) if recipient and named else "",
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SUBJECT_LENGTH else f"{text[: SUBJECT_LENGTH - 1].rstrip()}…"
