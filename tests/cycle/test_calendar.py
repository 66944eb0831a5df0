import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cycle import calendar
from tracker.cycle.calendar import PeriodKind, Phase

YEARS = range(2025, 2041)
days = st.dates(date(2025, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 7, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 6, 30), 2026),
        (date(2027, 7, 1), 2027),
    ],
)
def test_a_school_year_runs_from_july_to_june(day, start):
    assert calendar.school_year_start(day) == start


@given(days)
def test_every_day_lies_within_its_school_year(day):
    start = calendar.school_year_start(day)
    assert calendar.first_day(start) <= day <= calendar.last_day(start)
    assert calendar.last_day(start) + timedelta(days=1) == calendar.first_day(start + 1)


def test_how_a_school_year_is_written():
    assert (calendar.label(2026), calendar.slug(2026)) == ("2026/27", "2026-27")
    assert (calendar.label(2099), calendar.slug(2099)) == ("2099/00", "2099-00")


@given(st.integers(1000, 2999))
def test_a_slug_is_read_back(start):
    assert calendar.parse_slug(calendar.slug(start)) == start


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-28",
        "2026-26",
        "2026/27",
        "2026-2027",
        "26-27",
        " 2026-27",
        "2026-27\n",
        "٢٠٢٦-27",
        "0000-01",
        "2026-27/",
    ],
)
def test_what_is_not_a_slug_is_refused(text):
    with pytest.raises(ValueError, match="not a school year"):
        calendar.parse_slug(text)


def test_iso_weeks():
    assert calendar.week_monday(2026, 53) == date(2026, 12, 28)
    with pytest.raises(ValueError, match="week"):
        calendar.week_monday(2027, 53)


def test_the_dialogue_windows_of_2026():
    assert calendar.default_window(2026, 1) == (date(2026, 9, 14), date(2026, 10, 16))
    assert calendar.default_window(2026, 2) == (date(2027, 4, 26), date(2027, 6, 4))


@pytest.mark.parametrize("start", YEARS)
@pytest.mark.parametrize(("number", "weeks"), [(1, (38, 42)), (2, (17, 22))])
def test_a_window_opens_on_a_monday_and_closes_on_a_friday_of_its_own_year(start, number, weeks):
    opens, closes = calendar.default_window(start, number)
    assert (opens.weekday(), closes.weekday()) == (0, 4)
    assert (opens.isocalendar().week, closes.isocalendar().week) == weeks
    assert calendar.first_day(start) <= opens < closes <= calendar.last_day(start)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_there_is_no_third_dialogue(number):
    with pytest.raises(ValueError, match="dialogue 1 and 2"):
        calendar.default_window(2026, number)


def test_the_proposal_for_2026():
    proposal = [
        (p.kind, p.name, p.starts_on.isoformat(), p.ends_on.isoformat())
        for p in calendar.proposed_periods(2026)
    ]
    assert proposal == [
        ("lov", "Sommarlov", "2026-07-01", "2026-08-16"),
        ("term", "Hösttermin", "2026-08-17", "2026-12-18"),
        ("lov", "Höstlov", "2026-10-26", "2026-11-01"),
        ("lov", "Jullov", "2026-12-19", "2027-01-07"),
        ("term", "Vårtermin", "2027-01-08", "2027-06-11"),
        ("lov", "Sportlov", "2027-02-22", "2027-02-28"),
        ("lov", "Påsklov", "2027-03-22", "2027-03-29"),
        ("lov", "Sommarlov", "2027-06-12", "2027-06-30"),
    ]


@pytest.mark.parametrize("start", YEARS)
def test_a_proposal_holds_together(start):
    periods = calendar.proposed_periods(start)
    assert periods == sorted(periods, key=lambda p: p.starts_on)
    assert all(
        calendar.first_day(start) <= p.starts_on <= p.ends_on <= calendar.last_day(start)
        for p in periods
    )
    autumn, spring = (p for p in periods if p.kind is PeriodKind.TERM)
    lov = [p for p in periods if p.kind is PeriodKind.LOV]
    assert all(a.ends_on < b.starts_on for a, b in itertools.pairwise(lov))
    for term, name in [(autumn, "Höstlov"), (spring, "Sportlov"), (spring, "Påsklov")]:
        [inside] = [p for p in lov if p.name == name]
        assert term.starts_on < inside.starts_on
        assert inside.ends_on < term.ends_on
    # Every day is in a term or in a lov.
    outside = [p for p in periods if p.name in {"Sommarlov", "Hösttermin", "Jullov", "Vårtermin"}]
    assert all(a.ends_on + timedelta(days=1) == b.starts_on for a, b in itertools.pairwise(outside))
    assert all(
        term.starts_on.weekday() < 5 and term.ends_on.weekday() == 4 for term in (autumn, spring)
    )


@pytest.mark.parametrize(
    ("year", "day"), [(2025, (4, 21)), (2026, (4, 6)), (2027, (3, 29)), (2038, (4, 26))]
)
def test_easter_monday(year, day):
    assert calendar.easter_monday(year) == date(year, *day)


def test_kinds_and_phases_carry_their_swedish_words():
    assert [(kind.value, kind.label) for kind in PeriodKind] == [
        ("term", "Termin"),
        ("lov", "Lov"),
        ("closed", "Lediga dagar för skolledare"),
    ]
    assert [(phase.value, phase.label) for phase in Phase] == [
        ("plan", "Planera"),
        ("carry_out", "Genomföra"),
        ("follow_up", "Följa upp"),
        ("analyse", "Analysera"),
        ("develop", "Utveckla"),
    ]
    assert Phase("analyse") is Phase.ANALYSE
    assert Phase.ANALYSE == "analyse"
    assert Phase.ANALYSE.question == "Hur blev det, och varför?"
    assert Phase.PLAN.when == "aug–mitten av okt"


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 7, 1), Phase.PLAN),
        (date(2026, 10, 15), Phase.PLAN),
        (date(2026, 10, 16), Phase.CARRY_OUT),
        (date(2027, 1, 6), Phase.CARRY_OUT),
        (date(2027, 1, 7), Phase.FOLLOW_UP),
        (date(2027, 4, 14), Phase.FOLLOW_UP),
        (date(2027, 4, 15), Phase.ANALYSE),
        (date(2027, 6, 14), Phase.ANALYSE),
        (date(2027, 6, 15), Phase.DEVELOP),
        (date(2027, 6, 30), Phase.DEVELOP),
    ],
)
def test_the_calendar_sets_the_phase(day, phase):
    assert calendar.phase_on(day) is phase


@given(days)
def test_a_day_is_in_exactly_the_phase_whose_span_holds_it(day):
    start = calendar.school_year_start(day)
    holding = [
        phase
        for phase in Phase
        if calendar.phase_span(start, phase)[0] <= day <= calendar.phase_span(start, phase)[1]
    ]
    assert holding == [calendar.phase_on(day)]
