"""When reminders go out: one table for each organizer, which it may change."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base, TenantOwned, choice
from tracker.notifications.models import ReminderKind
from tracker.web.swedish import listing

FURTHEST = 60
"""Days that a reminder may lie from the date it is about."""


class ReminderRule(TenantOwned, Base):
    """One reminder of a kind: so many days before the date it is about (positive), or after it (zero
    or negative). A kind without any is off; Din vecka is on with a zero."""

    __tablename__ = "reminder_rule"
    __table_args__ = (
        sa.UniqueConstraint("organizer_id", "kind", "offset_days"),
        sa.CheckConstraint(f"offset_days BETWEEN -{FURTHEST} AND {FURTHEST}", name="within_reason"),
        sa.CheckConstraint("kind <> 'week' OR offset_days = 0", name="week_has_no_days"),
    )

    kind: Mapped[ReminderKind] = mapped_column(choice(ReminderKind))
    offset_days: Mapped[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What can be chosen for a kind, in the order of the page."""

    kind: ReminderKind
    label: str
    to: str
    """Who is reminded, in words."""
    before: bool
    after: bool
    usual: tuple[int, ...]
    """The offsets that a new organizer begins with."""


RULES = (
    Rule(
        ReminderKind.WEEK,
        "Din vecka",
        "Dialogansvarig, veckans första arbetsdag. Då samlas det andra till samma person där.",
        before=False,
        after=False,
        usual=(0,),
    ),
    Rule(
        ReminderKind.DIALOGUE,
        "Före en dialog",
        "Rektor. Dialogansvarig får alltid ett mejl dagen före, om något är kvar.",
        before=True,
        after=False,
        usual=(21, 7, 1),
    ),
    Rule(
        ReminderKind.APPROVAL,
        "Minnesanteckningar som väntar på godkännande",
        "Den sida som inte har godkänt. Dagarna räknas från dialogen.",
        before=False,
        after=True,
        usual=(-7,),
    ),
    Rule(
        ReminderKind.AGREEMENT,
        "En överenskommelse med datum",
        "Den som är ansvarig, annars båda sidor.",
        before=True,
        after=True,
        usual=(3, -7),
    ),
    Rule(
        ReminderKind.EFFECT,
        "En effekt som kan bedömas",
        "Rektor.",
        before=False,
        after=True,
        usual=(0, -14),
    ),
    Rule(
        ReminderKind.MEASURE_END,
        "En åtgärd som snart slutar",
        "Den som är ansvarig, annars rektor.",
        before=True,
        after=False,
        usual=(7,),
    ),
    Rule(
        ReminderKind.CHECK_IN,
        "Dags att stämma av",
        "Dialogansvarig.",
        before=False,
        after=True,
        usual=(0,),
    ),
    Rule(
        ReminderKind.TEAM_EVALUATION,
        "Lagets mål att utvärdera",
        "Den i laget som är ansvarig för målet, annars rektor.",
        before=True,
        after=True,
        usual=(7, -7),
    ),
    Rule(
        ReminderKind.SUPPORT_REQUEST,
        "En fråga om stöd",
        "Den som katalogen anger för stödet. Dialogansvarig har frågan i Din vecka.",
        before=False,
        after=True,
        usual=(-1, -8),
    ),
    Rule(
        ReminderKind.SUPPORT_FEEDBACK,
        "En synpunkt på en stödfunktion",
        "Den som ska svara, annars skolchef. Räknas från synpunkten, sedan från uppföljningens dag.",
        before=False,
        after=True,
        usual=(-1, -8),
    ),
    Rule(
        ReminderKind.BOARD_QUESTION,
        "En fråga från nämnden",
        "Skolchef.",
        before=False,
        after=True,
        usual=(-1, -8),
    ),
    Rule(
        ReminderKind.NATIONAL_MEETING,
        "Nationella kvalitetsdialogens möten",
        "Skolchef.",
        before=True,
        after=False,
        usual=(14, 1),
    ),
)


def usual_rules() -> list[ReminderRule]:
    """What a new organizer begins with."""
    return [
        ReminderRule(kind=rule.kind, offset_days=offset) for rule in RULES for offset in rule.usual
    ]


def in_words(rules: dict[ReminderKind, list[int]]) -> str:
    """The rules in one line, as Historik keeps them."""
    return "; ".join(
        f"{rule.label}: {days_in_words(rule.kind, rules[rule.kind])}"
        for rule in RULES
        if rule.kind in rules
    )


def days_in_words(kind: ReminderKind, offsets: Iterable[int]) -> str:
    """``21 och 7 dagar före, samma dag``"""
    if kind is ReminderKind.WEEK:
        return "på" if list(offsets) else "av"
    offsets = sorted(offsets, reverse=True)
    before = [days for days in offsets if days > 0]
    after = [-days for days in offsets if days < 0]
    parts = [
        _days(before, "före") if before else "",
        "samma dag" if 0 in offsets else "",
        _days(after, "efter") if after else "",
    ]
    return ", ".join(filter(None, parts)) or "av"


def offset_in_words(kind: ReminderKind, offset: int) -> str:
    """Which of a thing's reminders it is: ``21 dagar före``; empty for Din vecka, which has one."""
    return "" if kind is ReminderKind.WEEK else days_in_words(kind, [offset])


def _days(days: list[int], which: str) -> str:
    if days == [1]:
        return "dagen före" if which == "före" else "dagen efter"
    return f"{listing([str(number) for number in days])} dagar {which}"
