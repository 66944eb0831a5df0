"""What is true on whichever day the demo is loaded: a dialogue is ahead within some weeks, a proposal of
another time waits for an answer, and one effect has been given a later date."""

from datetime import date, time, timedelta
from functools import partial

from tracker import clock
from tracker.cycle.calendar import PeriodKind, proposed_periods, school_year_start
from tracker.cycle.workdays import is_calm, is_ordinary_working_day
from tracker.demo.script import Effect, Talk, Topic
from tracker.demo.stage import Stage
from tracker.demo.telling import assess_on, tell_talk
from tracker.models import Judgement

SOON = timedelta(days=15)
"""How far ahead the near dialogue is: its reminder seven days before is yet to come."""
AT = "09:00"
TUESDAY, THURSDAY = 1, 3

OWN_TOPIC = Topic("Att leda arbetslag som gör olika", "Hur leder jag arbetslag som gör olika?")
ABSENCE = Topic("Frånvaron", "44 elever är borta mer än 15 % av tiden. Vilka frågar ni, och när?")


def tell(stage: Stage) -> None:
    _tell_near_dialogue(stage)
    _tell_proposal(stage)
    _tell_later_assessment(stage)


def _tell_near_dialogue(stage: Stage) -> None:
    """Hasselbrinksskolan's next dialogue, Dialog 1 in autumn and winter, then Dialog 2, is placed a few weeks
    ahead; at the end of June and in July as early in August as anybody is at work."""
    today = stage.today
    autumn = partial(_talk, stage, 0, 1, "-06-09", organizers=(ABSENCE,))
    if today <= stage.day(0, "09-15"):
        tell_talk(stage, autumn(_soon(stage, not_before=stage.day(0, "08-18")), topic=OWN_TOPIC))
        return
    planned = stage.working_day(0, "09-29")
    moved = "Skolskötersketjänsten är vakant, och elevhälsochefen ska kunna vara med."
    if today <= stage.day(0, "01-31"):
        near = planned if today <= stage.day(0, "09-20") else _soon(stage)
        to = None if near == planned else ("09-18", _when(near), moved)
        tell_talk(stage, autumn(planned, topic=OWN_TOPIC, moved=to))
        return
    held = ("09-18", _when(stage.working_day(0, "11-10")), moved)
    tell_talk(stage, autumn(planned, topic=OWN_TOPIC, moved=held))
    term_ends = stage.working_day(0, "06-09")
    if today <= term_ends - timedelta(days=3):
        tell_talk(stage, _talk(stage, 0, 2, "01-20", _soon(stage, not_after=term_ends)))
        return
    tell_talk(stage, _talk(stage, 0, 2, "01-20", stage.working_day(0, "05-26")))
    next_autumn = _soon(stage, not_before=stage.day(1, "08-18"))
    tell_talk(stage, _talk(stage, 1, 1, "-06-03", next_autumn))


def _talk(
    stage: Stage,
    year: int,
    number: int,
    placed: str,
    at: date,
    *,
    topic: Topic | None = None,
    organizers: tuple[Topic, ...] = (),
    moved: tuple[str, str, str] | None = None,
) -> Talk:
    return Talk(
        "hassel",
        year,
        number,
        _when(at),
        "ali",
        "erik",
        placed,
        place="Hasselbrinksskolan",
        participants="Elevhälsochefen",
        topic=topic,
        organizers=organizers,
        moved=moved,
    )


def _when(day: date) -> str:
    return f"{day:%m-%d} {AT}"


def _soon(stage: Stage, *, not_before: date = date.min, not_after: date = date.max) -> date:
    """The first Tuesday, Wednesday or Thursday, SOON or more from today, on which schools are open; the last
    one before `not_after` when there is none."""
    day = max(stage.today + SOON, not_before)
    step = timedelta(days=1)
    while not _suits(day):
        day += step
    if day > not_after:
        day = not_after
        while not _suits(day):
            day -= step
    return day


def _suits(day: date) -> bool:
    lov = [
        period
        for period in proposed_periods(school_year_start(day))
        if period.kind is PeriodKind.LOV and period.name != "Sommarlov"
    ]
    return (
        TUESDAY <= day.weekday() <= THURSDAY
        and is_ordinary_working_day(day)
        and not is_calm(day)
        and not any(period.starts_on <= day <= period.ends_on for period in lov)
    )


def _tell_proposal(stage: Stage) -> None:
    """Karin asks for another day for her next dialogue, a working day before the demo is loaded; when her
    dialogues of the läsår are over, it is Ali who asks."""
    asked_on = stage.today - timedelta(days=1)
    while not is_ordinary_working_day(asked_on):
        asked_on -= timedelta(days=1)
    if stage.today < stage.working_day(0, "09-03"):
        who, unit, year, number = "karin", "savkulla", 0, 1
    elif stage.today < stage.working_day(0, "04-28"):
        who, unit, year, number = "karin", "savkulla", 0, 2
    else:
        who, unit = "ali", "hassel"
        over = stage.today > stage.working_day(0, "06-09") - timedelta(days=3)
        year, number = (1, 1) if over else (0, 2)

    def propose() -> None:
        dialogue = stage.dialogue(unit, year, number)
        if dialogue.day is None:
            raise LookupError("a proposal needs a dialogue with a time")
        other_day = dialogue.day + timedelta(days=1)
        while not is_ordinary_working_day(other_day):
            other_day += timedelta(days=1)
        dialogue.propose_time(
            clock.at(other_day, time(10, 0)),
            "Vi har lärarkonferens den dagen. Kan vi ses dagen efter i stället?",
            by=stage.people[who],
        )

    stage.on(asked_on, propose)


def _tell_later_assessment(stage: Stage) -> None:
    """Ali has put off Mobilfri skoldag until the survey is made: in December, or when that has been, the
    next time one is made."""
    soonest = stage.today + timedelta(days=7)
    when, month = next(
        (when, month)
        for when, month in (("+12-15", "december"), ("+05-15", "maj"), ("++12-15", "december"))
        if stage.day(-1, when) > soonest
    )
    effect = Effect(
        "06-11",
        Judgement.NOT_YET,
        outcome=f"Enkäten kommer i {month}.",
        next_date=when,
    )
    assess_on(stage, "hassel", -1, "mobilfri", effect, "ali")
