"""The school's year: läsår, terms, lov, the two dialogue windows and the five phases of the lap.

Everything here is a pure function of a date. A läsår is named by the year it starts in: 2026 means
2026/27. What an organizer has changed (its own terms, a phase set by hand) is stored elsewhere; these
are the defaults it started from.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Self

import holidays

MONDAY, FRIDAY = 0, 4


def school_year_start(day: date) -> int:
    """The starting year of the läsår that holds `day`. A läsår runs 1 July – 30 June (product rule)."""
    return day.year if day.month >= 7 else day.year - 1


def first_day(start_year: int) -> date:
    """1 July: between two school years, so that no unit's term or dialogue is cut in two."""
    return date(start_year, 7, 1)


def last_day(start_year: int) -> date:
    return date(start_year + 1, 6, 30)


def label(start_year: int) -> str:
    """How people write it: ``2026/27``."""
    return f"{start_year}/{(start_year + 1) % 100:02d}"


def slug(start_year: int) -> str:
    """How an address writes it: ``2026-27``."""
    return f"{start_year}-{(start_year + 1) % 100:02d}"


def parse_slug(text: str) -> int:
    """The starting year out of ``2026-27``. Raises ValueError for anything that `slug` does not write."""
    if re.fullmatch(r"[12][0-9]{3}-[0-9]{2}", text) and slug(start_year := int(text[:4])) == text:
        return start_year
    raise ValueError(f"not a school year: {text!r}")


def week_monday(iso_year: int, week: int) -> date:
    """Monday of an ISO week, the week numbers of Swedish schools. Raises ValueError for a week 53 that is not."""
    return date.fromisocalendar(iso_year, week, 1)


def default_window(start_year: int, number: int) -> tuple[date, date]:
    """First and last day when Dialog 1 or Dialog 2 of a läsår is to be placed.

    Dialog 1 (v. 38–42) comes early enough for measures to be decided in the autumn, Dialog 2
    (v. 17–22) late enough for effects to be seen and before the last weeks of the term. Monday to
    Friday. Raises ValueError for any other number: a läsår has two dialogues.
    """
    weeks = {1: (start_year, 38, 42), 2: (start_year + 1, 17, 22)}
    if number not in weeks:
        raise ValueError(f"a school year has dialogue 1 and 2, not {number!r}")
    iso_year, first, last = weeks[number]
    return week_monday(iso_year, first), week_monday(iso_year, last) + timedelta(days=FRIDAY)


class PeriodKind(StrEnum):
    """What a stretch of days in an organizer's calendar is."""

    label: str

    TERM = "term", "Termin"
    LOV = "lov", "Lov"
    CLOSED = "closed", "Lediga dagar för skolledare"

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True)
class Period:
    """A named stretch of days, both ends included."""

    kind: PeriodKind
    name: str
    starts_on: date
    ends_on: date


def proposed_periods(start_year: int) -> list[Period]:
    """Terms and lov to start from, in order of time; each organizer puts its own dates.

    Municipalities differ, so these are the commonest choices and not a rule: the autumn term from
    the Monday in 15–21 August to the Friday in 16–22 December, the spring term from 8 January to the
    Friday in 9–15 June, höstlov v. 44, sportlov v. 8 and påsklov in the week that ends with Easter.
    A lov of a week runs Monday to Sunday, so that an interval of 14 days with "lov not counted"
    keeps its weekday. Sommarlov is cut at 1 July, because a period belongs to one läsår. No
    closed days are proposed: a day that silences reminders is for the organizer to name.
    """
    spring = start_year + 1
    autumn_starts = _weekday_from(date(start_year, 8, 15), MONDAY)
    autumn_ends = _weekday_from(date(start_year, 12, 16), FRIDAY)
    spring_starts = date(spring, 1, 8)
    if spring_starts.weekday() > FRIDAY:
        spring_starts = _weekday_from(spring_starts, MONDAY)
    spring_ends = _weekday_from(date(spring, 6, 9), FRIDAY)
    after_easter = easter_monday(spring)
    one = timedelta(days=1)

    def week_off(name: str, iso_year: int, week: int) -> Period:
        monday = week_monday(iso_year, week)
        return Period(PeriodKind.LOV, name, monday, monday + 6 * one)

    periods = [
        Period(PeriodKind.LOV, "Sommarlov", first_day(start_year), autumn_starts - one),
        Period(PeriodKind.TERM, "Hösttermin", autumn_starts, autumn_ends),
        week_off("Höstlov", start_year, 44),
        Period(PeriodKind.LOV, "Jullov", autumn_ends + one, spring_starts - one),
        Period(PeriodKind.TERM, "Vårtermin", spring_starts, spring_ends),
        week_off("Sportlov", spring, 8),
        Period(PeriodKind.LOV, "Påsklov", after_easter - 7 * one, after_easter),
        Period(PeriodKind.LOV, "Sommarlov", spring_ends + one, last_day(start_year)),
    ]
    return sorted(periods, key=lambda period: period.starts_on)


@lru_cache(maxsize=64)
def easter_monday(year: int) -> date:
    """Annandag påsk."""
    [day] = holidays.country_holidays("SE", years=year, language="en_US").get_named("Easter Monday")
    return day


def _weekday_from(day: date, weekday: int) -> date:
    """`day`, or the next day that is that weekday (Monday is 0)."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


class Phase(StrEnum):
    """The five phases of the lap, in the order of the läsår (the verbs are those of skollagen 4 kap. 3 §).

    `when` is the default time as people say it. There phases overlap, as they do in real life;
    `phase_span` has the days on which the calendar shows each.
    """

    label: str
    question: str
    when: str

    PLAN = "plan", "Planera", "Var är vi? Vart ska vi?", "aug–mitten av okt"
    CARRY_OUT = "carry_out", "Genomföra", "Hur gör vi?", "okt–mars"
    FOLLOW_UP = "follow_up", "Följa upp", "Hur går det?", "jan–april"
    ANALYSE = "analyse", "Analysera", "Hur blev det, och varför?", "april–juni"
    DEVELOP = "develop", "Utveckla", "Vad tar vi med oss?", "juni–aug"

    def __new__(cls, value: str, label: str, question: str, when: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.question = question
        member.when = when
        return member


def phase_span(start_year: int, phase: Phase) -> tuple[date, date]:
    """First and last day on which the calendar shows a phase; the five cover the läsår without gaps.

    The default times overlap, but a page can only stand in one phase, so an overlap goes to the phase
    that is about to begin: the one people have to prepare for.

    - Planera from 1 July, where a läsår begins (July is holiday and belongs to the new läsår, whose
      first question is where we are), to 15 October, about when Dialog 1's window closes.
    - Genomföra to Epiphany, the last day of the Christmas holiday.
    - Följa upp from 7 January, so that the half-year check in v. 3–5 is in it, to 14 April.
    - Analysera from 15 April, just before Dialog 2's window (v. 17–22), to 14 June, the end of term.
    - Utveckla the rest of June: bokslut, and one decision for each measure. Its August part is
      done in the new läsår, which has then begun to plan.
    """
    spring = start_year + 1
    spans = {
        Phase.PLAN: (first_day(start_year), date(start_year, 10, 15)),
        Phase.CARRY_OUT: (date(start_year, 10, 16), date(spring, 1, 6)),
        Phase.FOLLOW_UP: (date(spring, 1, 7), date(spring, 4, 14)),
        Phase.ANALYSE: (date(spring, 4, 15), date(spring, 6, 14)),
        Phase.DEVELOP: (date(spring, 6, 15), last_day(start_year)),
    }
    return spans[phase]


def phase_on(day: date) -> Phase:
    """The phase the calendar shows on a day. It forbids nothing: a measure may be decided in March."""
    start_year = school_year_start(day)
    return next(phase for phase in Phase if day <= phase_span(start_year, phase)[1])
