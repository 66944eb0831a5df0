"""Why a unit needs its dialogansvarig now, in words. Nothing here weighs one school against another:
what has a day comes in the order of its day, and what is equal in the order of names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.checkins.reading import CheckInFacts
from tracker.dialogues.models import PRINCIPALS_TOPIC_DAYS
from tracker.models import AnalysisState, DialogueKind, Side
from tracker.start.addresses import Addresses
from tracker.start.after_dialogues import AfterDialogues
from tracker.start.facts import DialogueFacts, UnitFacts
from tracker.start.open_measures import MeasureFacts
from tracker.support.levels import FOLLOW_UP_AHEAD
from tracker.web import swedish


@dataclass(slots=True)
class Reason:
    """`order` sorts: first what waits for her own answer, then what is nearest in time, last who is to
    be met."""

    text: str
    url: str | None
    order: tuple[int, date]


def reasons(
    unit: UnitFacts,
    *,
    vacant: bool,
    due: Sequence[MeasureFacts],
    day: date,
    addresses: Addresses,
    leads: bool,
    alone: bool = False,
) -> list[Reason]:
    """What to look at in the unit on that day, the most pressing first. `leads`: she is its
    dialogansvarig, and so the one to check in and to answer. `alone`: she leads it too, and has nobody to
    meet."""
    found = [
        reason for dialogue in unit.dialogues for reason in _about(dialogue, unit, day, addresses)
    ]
    if vacant:
        found.append(Reason("Ingen leder enheten", None, (3, day)))
    if due:
        first = min(row.assess_on for row in due if row.assess_on)
        text = _effects(len(due), first, day)
        found.append(Reason(text, addresses.effects(unit.slug), (4, first)))
    if unit.check_in is not None:
        meets = leads and not vacant and not alone
        found += _check_in(unit.check_in, unit, day, addresses, meets=meets)
    follow_up = unit.support_follow_up_on
    if leads and follow_up is not None and follow_up <= day + FOLLOW_UP_AHEAD:
        text = f"Stödet följs upp {swedish.date_short(follow_up).removesuffix(f' {day.year}')}"
        found.append(Reason(text, addresses.support_of(unit.slug), (1, follow_up)))
    return sorted(found, key=lambda reason: reason.order) if len(found) > 1 else found


AGREED_AHEAD = timedelta(days=7)
"""What she has promised is named this long before its day."""


def after_dialogues(
    after: AfterDialogues, unit_id: int, *, vacant: bool, day: date, addresses: Addresses
) -> list[Reason]:
    """What waits for the unit's own dialogansvarig: her approval, and what she has promised. Where
    nobody leads the unit, also what nobody else has taken upon them."""
    found = [
        Reason(
            f"Minnesanteckningarna från {row.kind.label} väntar på ditt godkännande",
            addresses.notes(row.dialogue_id),
            (0, row.day),
        )
        for row in after.unapproved
        if row.unit_id == unit_id and Side.ORGANIZER in row.sides
    ]
    return found + [
        Reason(
            f"Överenskommet, {swedish.date_short(row.due_on)}: {row.what}",
            addresses.agreement(row.dialogue_id, row.id),
            (1, row.due_on),
        )
        for row in after.agreed
        if row.unit_id == unit_id
        and row.due_on is not None
        and row.due_on <= day + AGREED_AHEAD
        and (row.is_own or vacant)
    ]


def _about(
    dialogue: DialogueFacts, unit: UnitFacts, day: date, addresses: Addresses
) -> Iterator[Reason]:
    if dialogue.wants_time:
        url = addresses.dialogue(dialogue.id)
        yield Reason(f"{dialogue.kind.label} har inte fått någon tid än", url, (1, day))
        return
    at = dialogue.day
    if dialogue.waits_to_be_held(day) and at is not None:
        when = swedish.date_short(at).removesuffix(f" {day.year}")
        text = f"{dialogue.kind.label} var {when}: är den genomförd?"
        yield Reason(text, addresses.dialogue(dialogue.id), (0, at))
    if not dialogue.is_ahead or at is None:
        return
    if dialogue.proposed_at is not None:
        when = swedish.datetime_long(dialogue.proposed_at)
        yield Reason(
            f"Förslag om ny tid för {dialogue.kind.label}: {when}",
            addresses.dialogue(dialogue.id),
            (0, at),
        )
    if dialogue.asked:
        text = f"En fråga inför {dialogue.kind.label} väntar på svar"
        yield Reason(text, addresses.dialogue(dialogue.id), (0, at))
    near = at - day <= timedelta(days=PRINCIPALS_TOPIC_DAYS)
    if near and not dialogue.has_own_topics:
        text = f"Huvudmannens områden, dialog {swedish.days_away(at, day)}"
        yield Reason(text, addresses.dialogue(dialogue.id), (2, at))
    if dialogue.kind is DialogueKind.DIALOGUE_1 and near and (lacks := _unprepared(dialogue, unit)):
        away = swedish.days_away(at, day)
        yield Reason(f"{lacks}, dialog {away}", addresses.dialogue(dialogue.id), (2, at))


def _check_in(
    facts: CheckInFacts,
    unit: UnitFacts,
    day: date,
    addresses: Addresses,
    *,
    meets: bool,
) -> Iterator[Reason]:
    """Who oversees the units sees what they ask for; when to meet is for the two who meet."""
    if facts.open_support_since is not None:
        since = swedish.date_short(facts.open_support_since).removesuffix(f" {day.year}")
        text = f"Fråga om stöd obesvarad sedan {since}"
        yield Reason(text, addresses.support, (0, facts.open_support_since))
    if meets and facts.is_due(day) and facts.due_on is not None:
        last = "läsårets första"
        if facts.last_on is not None:
            last = f"förra gången {swedish.date_short(facts.last_on).removesuffix(f' {day.year}')}"
        url = addresses.check_in(unit.slug)
        yield Reason(f"Dags att stämma av, {last}", url, (5, facts.due_on))


def _unprepared(dialogue: DialogueFacts, unit: UnitFacts) -> str | None:
    """Whether the analysis has been begun is not for the dialogansvarig to see, only that it is
    not shared."""
    shared = unit.analysis not in (None, AnalysisState.DRAFT)
    if not shared and not dialogue.topic_chosen:
        return "Analysen är inte delad och rektors område inte valt"
    if not shared:
        return "Analysen är inte delad"
    return None if dialogue.topic_chosen else "Rektor har inte valt område"


def _effects(number: int, first: date, day: date) -> str:
    since = swedish.date_short(first).removesuffix(f" {day.year}")
    if number == 1:
        return f"En effekt väntar på bedömning sedan {since}"
    counted = swedish.count(number, "", "effekter", words=True).capitalize()
    return f"{counted} väntar på bedömning, den första sedan {since}"
