"""Lagets mål: two teams at Sävkullaskolan and two at Lyktvretens förskola, who belongs to them, what they want
and what their first evaluations said. One goal is weak, one evaluation is late, one team is still writing."""

from dataclasses import dataclass
from functools import partial

from tracker.demo.script import Day, Person
from tracker.demo.stage import Stage
from tracker.models import GoalDecision, Role, Team, TeamGoal, TeamKind, TeamPlan

EXEMPELBY = "exempelby"
STAFF = {
    "henrik": ("Henrik Sjö", "henrik.sjo@exempelby.example", "savkulla"),
    "amina": ("Amina Yusuf", "amina.yusuf@exempelby.example", "savkulla"),
    "fatima": ("Fatima Haddad", "fatima.haddad@exempelby.example", "lyktvret"),
    "goran": ("Göran Lilja", "goran.lilja@exempelby.example", "lyktvret"),
}


@dataclass(frozen=True)
class Said:
    """A first evaluation. `again`: when the next is, in the läsår of the goal."""

    on: Day
    outcome: str
    decision: GoalDecision
    step: str = ""
    again: Day = ""


@dataclass(frozen=True)
class Goal:
    text: str
    follow_up: str
    evaluate: Day
    by: Person
    area: str = ""
    said: Said | None = None


@dataclass(frozen=True)
class Year:
    """What a team wrote in a läsår; `shared` empty: it is still a draft."""

    year: int
    by: Person
    analysis: str
    goals: list[Goal]
    written: Day = "09-18"
    shared: Day = "09-22"


@dataclass(frozen=True)
class Told:
    unit: str
    name: str
    kind: TeamKind
    members: tuple[Person, ...]
    years: list[Year]


TEAMS = [
    Told(
        "savkulla", "Arbetslag 4–6", TeamKind.WORK, ("sofia", "henrik"),
        [
            Year(
                -1, "sofia",
                "Lässtrategierna från åk 1–3 tar slut i åk 4. I NO och SO ger vi texten och frågorna, men visar "
                "sällan hur man tar sig an den.",
                [
                    Goal(
                        "I januari kan eleverna i åk 4–6 beskriva minst två strategier för en svår text, i minst "
                        "9 av 12 intervjuer.",
                        "Tolv elevintervjuer, fyra i varje årskurs. I september kunde 4 av 12.",
                        "01-28", "sofia", "s1-lasning",
                        Said(
                            "01-28", "10 av 12 elever beskrev minst två strategier. De två som inte gjorde det går i "
                            "klassen som hade vikarie.", GoalDecision.END,
                            "Vi fortsätter som vi gör nu. Vikarier får en timmes introduktion.",
                        ),
                    ),
                    Goal(
                        "Bättre arbetsro.", "", "01-28", "henrik", "",
                        Said(
                            "01-28", "Det känns lugnare, men vi vet inte: vi hade inget utgångsläge.",
                            GoalDecision.CONTINUE, "", "05-20",
                        ),
                    ),
                ],
            ),
            Year(
                0, "sofia",
                "I 5 av 12 mattelektioner visade läraren först hur man tar sig an en svår uppgift. I de andra fick "
                "eleverna börja själva, och flera väntade på att någon annan skulle svara.",
                [
                    Goal(
                        "I november inleds minst 8 av 12 mattelektioner i åk 4–6 med att läraren visar hur man tar "
                        "sig an en svår uppgift.",
                        "Tolv korta besök hos varandra. I september: 5 av 12.",
                        "11-11", "sofia", "s0-matematik",
                        Said(
                            "11-11", "7 av 12 lektioner. I åk 4 och 5 är vi framme. I åk 6 är två lärare nya, och "
                            "där har vi inte planerat ihop.", GoalDecision.ADJUST,
                            "Vi planerar starten i åk 6 tillsammans på måndagar, och besöker åk 6 igen i januari.",
                            "01-27",
                        ),
                    ),
                    Goal(
                        "Varje elev i åk 4–6 kan i januari säga vad hen ska bli bättre på i matematik.",
                        "Fem elevintervjuer i varje klass. I september: 9 av 30.",
                        "01-27", "henrik", "s0-matematik",
                    ),
                ],
            ),
        ],
    ),
    Told(
        "savkulla", "Fritidshemmets arbetslag", TeamKind.WORK, ("amina",),
        [
            Year(
                0, "amina",
                "Åk 4–6 saknar något att göra bortom fotbollsplanen. De dagar vi leder en aktivitet är konflikterna "
                "färre på de två platser som eleverna har pekat ut.",
                [
                    Goal(
                        "Minst 60 elever i åk 4–6 är med i en ledd rastaktivitet en vanlig dag (i september: 20).",
                        "Vi räknar tisdag och torsdag i vecka 45.",
                        "11-12", "amina", "s0-trygghet",
                    ),
                ],
                shared="09-25",
            ),
        ],
    ),
    Told(
        "lyktvret", "Arbetslag Lönnen och Granen", TeamKind.WORK, ("fatima",),
        [
            Year(
                0, "fatima",
                "När barn från skolan hälsade på i våras kände våra äldsta igen sångerna men inte sättet att läsa "
                "tillsammans. Vi har inte sett hur de läser i förskoleklassen.",
                [
                    Goal(
                        "I november har alla femåringar lett en boksamling i liten grupp, så som de gör i "
                        "förskoleklassen.",
                        "Vi för en lista. I september hade inget barn gjort det.",
                        "11-10", "fatima", "l0-overgang",
                        Said(
                            "11-10", "11 av 16 barn har lett en samling. De fem andra vill vara två, och då går det bra.",
                            GoalDecision.CONTINUE, "De som vill leder samlingen två och två.", "02-10",
                        ),
                    ),
                ],
            ),
        ],
    ),
    Told(
        "lyktvret", "Arbetslag Björken och Eken", TeamKind.WORK, ("goran",),
        [
            Year(
                0, "goran",
                "De yngsta barnen är med i samlingen men säger lite.",
                [
                    Goal(
                        "Varje barn har en egen tur i samlingen minst tre dagar i veckan.", "", "01-27", "goran",
                    ),
                ],
                written="11-05", shared="",
            ),
        ],
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    stage.on(stage.working_day(-1, "08-18"), partial(_work_there, stage))
    for told in TEAMS:
        first = min(year.year for year in told.years)
        stage.on(stage.working_day(first, "08-25"), partial(_set_up, stage, told))
        for year in told.years:
            stage.on(stage.working_day(year.year, year.written), partial(_write, stage, told, year))
            if year.shared:
                stage.on(
                    stage.working_day(year.year, year.shared), partial(_share, stage, told, year)
                )
            for number, goal in enumerate(year.goals):
                if goal.said is not None:
                    stage.on(
                        stage.working_day(year.year, goal.said.on),
                        partial(_evaluate, stage, told, year, number),
                    )


def _work_there(stage: Stage) -> None:
    since = stage.day(-1, "08-01")
    for key, (name, email, unit) in STAFF.items():
        stage.person(key, name, email, EXEMPELBY, signs_in=False)
        stage.role(key, Role.STAFF, EXEMPELBY, since, unit=unit)


def _set_up(stage: Stage, told: Told) -> None:
    karin = stage.people["karin"]
    team = Team.create(stage.units[told.unit], told.kind, told.name, by=karin)
    for person in told.members:
        since = stage.day(min(year.year for year in told.years), "08-01")
        team.add_member(stage.people[person], since, by=karin)
    stage.teams[told.name] = team


def _plan(stage: Stage, told: Told, year: Year) -> TeamPlan:
    return TeamPlan.begin(stage.teams[told.name], stage.lap(told.unit, year.year))


def _write(stage: Stage, told: Told, year: Year) -> None:
    by, plan = stage.people[year.by], _plan(stage, told, year)
    plan.write(year.analysis, by=by)
    for goal in year.goals:
        area = stage.development_areas.get(goal.area)
        TeamGoal.add(
            plan,
            by=by,
            goal=goal.text,
            follow_up=goal.follow_up,
            evaluate_on=stage.working_day(year.year, goal.evaluate),
            area_id=area.id if area else None,
            responsible=stage.people[goal.by],
        )


def _share(stage: Stage, told: Told, year: Year) -> None:
    _plan(stage, told, year).share(by=stage.people[year.by])


def _evaluate(stage: Stage, told: Told, year: Year, number: int) -> None:
    goal, said = _plan(stage, told, year).goals[number], year.goals[number].said
    if said is None:
        raise LookupError("the goal has no evaluation")
    goal.evaluate(
        by=stage.people[year.goals[number].by],
        seen=0,
        held_on=stage.working_day(year.year, said.on),
        outcome=said.outcome,
        decision=said.decision,
        next_step=said.step,
        next_on=stage.working_day(year.year, said.again) if said.again else None,
    )
