"""Why a unit needs its dialogansvarig now, in words. Nothing here weighs one school against another:
what has a day comes in the order of its day, and what is equal in the order of names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.dialogues.models import PRINCIPALS_TOPIC_DAYS
from tracker.models import AnalysisState, DialogueKind
from tracker.start.addresses import Addresses
from tracker.start.overview import DialogueFacts, MeasureFacts, UnitFacts
from tracker.web import swedish


@dataclass(slots=True)
class Reason:
    """`order` sorts: first what waits for her own answer, then what is nearest in time."""

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
) -> list[Reason]:
    """What to look at in the unit on that day, the most pressing first."""
    found = [
        reason for dialogue in unit.dialogues for reason in _about(dialogue, unit, day, addresses)
    ]
    if vacant:
        found.append(Reason("Ingen leder enheten", None, (3, day)))
    if due:
        first = min(row.assess_on for row in due if row.assess_on)
        text = _effects(len(due), first, day)
        found.append(Reason(text, addresses.effects(unit.slug), (4, first)))
    return sorted(found, key=lambda reason: reason.order) if len(found) > 1 else found


def _about(
    dialogue: DialogueFacts, unit: UnitFacts, day: date, addresses: Addresses
) -> Iterator[Reason]:
    if dialogue.wants_time:
        url = addresses.dialogue(dialogue.id)
        yield Reason(f"{dialogue.kind.label} har ingen tid", url, (1, day))
        return
    at = dialogue.day
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
