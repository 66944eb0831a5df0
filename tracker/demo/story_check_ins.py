"""Avstämningar of the last weeks before the day of loading, whichever it is: one that is due and waits for an
answer, one that was answered, and one whose support came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.cycle.workdays import is_calm, is_ordinary_working_day
from tracker.demo.stage import Stage
from tracker.models import CheckIn


@dataclass(frozen=True)
class Said:
    """A check-in so many days before the day of loading; `answer` and `outcome`: how many days before it,
    by whom, and what."""

    units: Sequence[str]
    days_ago: int
    by: str
    situation: str
    obstacles: str = ""
    support: str = ""
    measures: Sequence[str] = ()
    answer: tuple[int, str, str] | None = None
    outcome: tuple[int, str, str] | None = None


STORY = (
    Said(
        ["almhammar"],
        35,
        "petra",
        "Kvällsgrupperna har fått mentor. Två av fem har haft första samtalet.",
        obstacles="Mentorerna saknar tid före kl. 17.",
        support="Får mentorstiden räknas in i tjänsten redan i höst?",
        measures=["basgrupp2"],
    ),
    Said(
        ["hassel"],
        34,
        "erik",
        "Alla sex arbetslag har gått igenom rutinen för frånvaro.",
        obstacles="Lagen ringer på olika tider.",
        support="En dag med kurator för att gå igenom de svåraste ärendena.",
        measures=["narvaro2"],
        answer=(30, "erik", "Kuratorn kommer på torsdag."),
        outcome=(20, "ali", "Hon kom. Fyra ärenden är avslutade."),
    ),
    Said(
        ["lyktvret"],
        23,
        "karin",
        "Bra.",
        obstacles="Svårt att hitta tid ihop.",
        measures=["overgang"],
    ),
    Said(
        ["ringmura"],
        14,
        "nadia",
        "Åk 7 följer gemensam lektionsstart, åk 9 inte.",
        obstacles="Två scheman.",
        support="Schemaläggare två veckor.",
        measures=["organisation"],
        answer=(9, "maria", "Ja, ni får låna gymnasiets schemaläggare. Hon hör av sig i veckan."),
    ),
    Said(
        ["klockvret"],
        11,
        "erik",
        "Eleverna intervjuas om vad de ska utveckla i svenska. 14 av 24 är klara.",
    ),
    Said(
        ["kvistfors"],
        10,
        "johan",
        "Samplaneringen har spridit sig till vård och omsorg.",
        obstacles="Närvaron på introduktionsprogrammen vänder inte.",
    ),
    Said(["tornroda"], 8, "lars", "Fem av 16 elever har provat två program."),
    Said(
        ["hassel"],
        7,
        "ali",
        "Tre av sex lag följer rutinen.",
        obstacles="Skolskötersketjänsten är vakant.",
        support="Besked från elevhälsochefen.",
        measures=["narvaro2"],
        answer=(2, "erik", "Vikarie är klar och börjar inom två veckor."),
    ),
    Said(
        ["savkulla"],
        3,
        "karin",
        "Rastaktiviteterna är igång måndag–torsdag.",
        obstacles="Fritidshemmet saknar en person på torsdagar.",
    ),
)


def tell(stage: Stage) -> None:
    for said in STORY:
        _tell(stage, said)


def _tell(stage: Stage, said: Said) -> None:
    held_on = _day(stage, said.days_ago)
    if "ringmura" in said.units and held_on < stage.day(0, "08-18"):
        return  # its people had not met yet
    made: list[CheckIn] = []

    def hold() -> None:
        measures = [stage.measures[key] for key in said.measures if key in stage.measures]
        check_in = CheckIn.hold(
            [stage.units[key] for key in said.units],
            by=stage.people[said.by],
            situation=said.situation,
            obstacles=said.obstacles,
            support=said.support,
            measures=[row for row in measures if row.is_living],
        )
        made.append(check_in)

    def answer() -> None:
        if said.answer and made[0].support:
            made[0].support.respond(said.answer[2], by=stage.people[said.answer[1]])

    def outcome() -> None:
        if said.outcome and made[0].support:
            made[0].support.settle(said.outcome[2], by=stage.people[said.outcome[1]])

    stage.on(held_on, hold)
    for later, what in ((said.answer, answer), (said.outcome, outcome)):
        if later is not None:
            stage.on(_day(stage, later[0]), what)


def _day(stage: Stage, days_ago: int) -> date:
    """The last working day so long ago on which anybody was at work."""
    day = stage.today - timedelta(days=days_ago)
    while not is_ordinary_working_day(day) or is_calm(day):
        day -= timedelta(days=1)
    return day
