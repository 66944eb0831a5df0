"""Free times for the dialogues that have none, spread over the window."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from tracker import clock
from tracker.cycle.workdays import is_calm, is_working_day
from tracker.dialogues.diary import WHEN_OVER, Diary
from tracker.dialogues.moves import USUAL_LENGTH
from tracker.models import QualityDialogue

HOURS = (time(8, 30), time(10, 30), time(13, 0))
"""Mornings first: what is said is fresh, and there is time to write it down the same day."""


def days_to_choose(first: date, last: date) -> tuple[date, date]:
    """What is left of a window from tomorrow on; the coming weeks when it is over."""
    tomorrow = clock.today() + timedelta(days=1)
    if last < tomorrow:
        return tomorrow, tomorrow + WHEN_OVER
    return max(first, tomorrow), last


def suggest(
    dialogues: Sequence[QualityDialogue], diary: Diary, first: date, last: date
) -> dict[int, tuple[datetime, datetime]]:
    """A time for each, by its id, on a day on which the leaders work, when nobody who takes part is
    booked; none where there is none left. Each time is noted in the diary, so that the next is another."""
    span = (last - first).days + 1
    days = [first + timedelta(days=n) for n in range(span)]
    days = [day for day in days if is_working_day(day, diary.closed) and not is_calm(day)]
    found = {}
    for number, dialogue in enumerate(dialogues):
        begin = number * len(days) // len(dialogues)
        for day in days[begin:] + days[:begin]:
            start = _free_hour(dialogue, day, diary)
            if start is not None:
                found[dialogue.id] = start, start + USUAL_LENGTH
                diary.suppose(dialogue, *found[dialogue.id])
                break
    return found


def _free_hour(dialogue: QualityDialogue, day: date, diary: Diary) -> datetime | None:
    starts = (clock.at(day, hour) for hour in HOURS)
    return next(
        (start for start in starts if diary.is_free(dialogue, start, start + USUAL_LENGTH)), None
    )
