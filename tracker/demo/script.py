"""What the demo's story is written in: plain data about units and years.

A day is written as month and day, ``"10-06"``, and lies in the läsår that the text is about; ``"+08-20"``
lies in the läsår after it, ``"++08-20"`` in the second after, and ``"-06-09"`` in the one before. Läsår are counted from the current one: 0 is
the läsår that holds the day of loading, -1 the one before. People, units, causes and measures have keys.
"""

from dataclasses import dataclass, field

from tracker.models import (
    CarriedOut,
    CauseLocation,
    Decision,
    Judgement,
    MeasureBasis,
    ProblemDevelopment,
    SchoolForm,
)

Day = str
Person = str


@dataclass(frozen=True)
class Cause:
    """Orsak."""

    text: str
    location: CauseLocation
    evidence: str = ""
    key: str = ""
    prioritised: bool = True
    continues: str = ""
    """The key of last läsår's cause that this one is rewritten from."""


@dataclass(frozen=True)
class Since:
    """What has become of a problem of last läsår's analysis: the one at that place in its list, of the
    unit itself or of one that it took over from. Of its causes those that are not rewritten are laid aside."""

    development: ProblemDevelopment
    now: str
    place: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Problem:
    text: str
    causes: list[Cause]
    form: SchoolForm | None = None
    since: Since | None = None


@dataclass(frozen=True)
class Deepened:
    """Fördjupad analys, with the support in it."""

    on: Day
    reason: str
    by: Person
    offered: str
    wanted: str
    given_by: str


@dataclass(frozen=True)
class Analysis:
    """Nulägesanalys. What is dated later than the day of loading has not happened yet."""

    basis: str
    results: str
    problems: list[Problem]
    begun: Day = "08-20"
    shared: Day = "09-16"
    adopted: Day = "10-09"
    staff: str = ""
    learners: str = ""
    guardians: str = ""
    invited: Person = ""
    reopened: tuple[Day, str] | None = None
    deepened: Deepened | None = None


@dataclass(frozen=True)
class Area:
    """Prioriterat utvecklingsområde; `problems` are places in the analysis's list, `rewritten` the goal
    as it became later."""

    key: str
    title: str
    why: str
    goal: str
    on: Day = "09-04"
    problems: tuple[int, ...] = (0,)
    rewritten: tuple[Day, str] | None = None


@dataclass(frozen=True)
class Effect:
    """Bedömning av effekten, made on a day in its läsår. A second one in the same läsår revises the
    first."""

    on: Day
    judgement: Judgement
    outcome: str = ""
    evidence: str = ""
    decision: Decision | None = None
    carried_out: CarriedOut | None = CarriedOut.YES
    why: str = ""
    lesson: str = ""
    next_date: Day = ""
    tip: bool = False
    by: Person = ""


@dataclass(frozen=True)
class Action:
    """Åtgärd. It builds on a cause (its key), or on `basis` with `basis_note`. `continues` names the
    measure whose adjusted version it is."""

    key: str
    title: str
    expected: str
    assessable_from: Day
    cause: str = ""
    basis: MeasureBasis = MeasureBasis.CAUSE
    basis_note: str = ""
    description: str = ""
    follow_up: str = ""
    baseline: str = ""
    target: str = ""
    responsible: str = ""
    """A person's key, or free text."""
    area: str = ""
    form: SchoolForm | None = None
    proposed: Day = "09-30"
    decided: Day = "10-15"
    starts: Day = "10-19"
    ends: Day = "05-29"
    log: list[tuple[Day, str]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    cancelled: tuple[Day, str] | None = None
    units: tuple[str, ...] = ()
    continues: str = ""


@dataclass(frozen=True)
class UnitYear:
    """What one unit wrote and decided in one läsår."""

    unit: str
    year: int
    by: Person
    analysis: Analysis | None = None
    areas: list[Area] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


@dataclass(frozen=True)
class Topic:
    title: str
    text: str = ""


@dataclass(frozen=True)
class Talk:
    """Kvalitetsdialog of a unit, and of the units it shares the dialogue with. `at` is a day and an hour,
    ``"10-06 13:00"``; moved: when, to what, why; cancelled: when, why. Topics come 14 and 10 days
    before, unless the dialogue was to be held so soon that they are not there yet."""

    unit: str
    year: int
    number: int
    at: str
    by: Person
    """Rektor."""
    lead: Person
    placed: Day
    place: str = ""
    participants: str = ""
    topic: Topic | None = None
    organizers: tuple[Topic, ...] = ()
    moved: tuple[Day, str, str] | None = None
    cancelled: tuple[Day, str] | None = None
