"""Why a unit needs its dialogansvarig now, in words. Nothing here weighs one school against another:
what has a day comes in the order of its day, and what is equal in the order of names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from tracker.clock import today
from tracker.dialogues.models import PRINCIPALS_TOPIC_DAYS
from tracker.models import AnalysisState, DialogueKind
from tracker.start.overview import DialogueFacts, MeasureFacts, UnitFacts
from tracker.web import swedish


@dataclass(frozen=True, slots=True)
class Reason:
    """`order` sorts: first what waits for her own answer, then what is nearest in time."""

    text: str
    url: str | None
    order: tuple[int, date]


def reasons(
    unit: UnitFacts, year: str, *, vacant: bool, due: Sequence[MeasureFacts]
) -> list[Reason]:
    """What to look at in the unit, the most pressing first. `year` is the läsår as in addresses."""
    found = [reason for dialogue in unit.dialogues for reason in _about(dialogue, unit)]
    if vacant:
        found.append(Reason("Ingen leder enheten", None, (3, today())))
    if due:
        first = min(row.assess_on for row in due if row.assess_on)
        url = url_for("evaluation.index", slug=unit.slug, year=year)
        found.append(Reason(_effects(len(due), first), url, (4, first)))
    return sorted(found, key=lambda reason: reason.order)


def _about(dialogue: DialogueFacts, unit: UnitFacts) -> list[Reason]:
    name, url = dialogue.kind.label, url_for("dialogues.show", dialogue_id=dialogue.id)
    if dialogue.wants_time:
        return [Reason(f"{name} har ingen tid", url, (1, today()))]
    day = dialogue.day
    if day is None or not dialogue.is_ahead:
        return []
    found = []
    if dialogue.proposed_at is not None:
        when = swedish.datetime_long(dialogue.proposed_at)
        found.append(Reason(f"Förslag om ny tid för {name}: {when}", url, (0, day)))
    near = day - today() <= timedelta(days=PRINCIPALS_TOPIC_DAYS)
    if dialogue.kind is DialogueKind.DIALOGUE_1 and near and (lacks := _unprepared(dialogue, unit)):
        away = swedish.days_away(day, today())
        found.append(Reason(f"{lacks}, dialog {away}", url, (2, day)))
    return found


def _unprepared(dialogue: DialogueFacts, unit: UnitFacts) -> str | None:
    """Whether the analysis has been begun is not for the dialogansvarig to see, only that it is
    not shared."""
    shared = unit.analysis not in (None, AnalysisState.DRAFT)
    if not shared and not dialogue.topic_chosen:
        return "Analysen är inte delad och rektors område inte valt"
    if not shared:
        return "Analysen är inte delad"
    return None if dialogue.topic_chosen else "Rektor har inte valt område"


def _effects(number: int, first: date) -> str:
    since = swedish.date_short(first).removesuffix(f" {today().year}")
    if number == 1:
        return f"En effekt att bedöma sedan {since}"
    counted = swedish.count(number, "", "effekter", words=True).capitalize()
    return f"{counted} att bedöma, den första sedan {since}"
