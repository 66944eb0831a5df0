"""Almhammars vuxenutbildning: effects that are assessed each term, and courses for whose sake?"""

from tracker.demo.script import (
    Action,
    Analysis,
    Area,
    Cause,
    Effect,
    Problem,
    Since,
    Talk,
    Topic,
    UnitYear,
)
from tracker.demo.stage import Stage
from tracker.demo.telling import assess_on, tell_talk, tell_year
from tracker.models import (
    CarriedOut,
    CauseLocation,
    Decision,
    Judgement,
    ProblemDevelopment,
    SchoolForm,
)

YEARS = [
    UnitYear(
        unit="almhammar",
        year=-2,
        by="petra",
        analysis=Analysis(
            basis="Avbrottsstatistik, gruppbyten under ett år och samtal med elever som avbrutit.",
            results="38 % avbrott i sfi kurs C (91 av 240).",
            problems=[
                Problem(
                    "38 % av eleverna avbryter sfi kurs C.",
                    [
                        Cause(
                            "Elever byter grupp var femte vecka; sex av tio avbrott sker inom två veckor efter "
                            "ett byte.",
                            CauseLocation.LEADERSHIP,
                            "Genomgång av 91 avbrott.",
                            key="a2-byten",
                        )
                    ],
                    SchoolForm.SFI,
                )
            ],
            staff="Sfi-lärarna på två konferenser.",
            learners="Samtal med elever som avbrutit och kommit tillbaka.",
        ),
        areas=[
            Area(
                "a2-sfi",
                "Fler fullföljer sfi",
                "Vi tappar elever när vi flyttar dem.",
                "Färre än var tredje elev avbryter kurs C.",
            )
        ],
        actions=[
            Action(
                "basgrupp",
                "Fast basgrupp och mentor i sfi",
                "Högst 28 % avbrott i kurs C bland dem som börjar nästa höst.",
                "+01-15",
                cause="a2-byten",
                area="a2-sfi",
                follow_up="Avbrottsstatistik per termin.",
                baseline="38 % (91 av 240)",
                target="28 %",
                responsible="petra",
                form=SchoolForm.SFI,
                proposed="03-10",
                decided="04-07",
                starts="+08-18",
                ends="+06-10",
                log=[
                    ("+08-26", "Basgrupperna har startat med mentor på dagtid."),
                    ("+02-12", "Kvällsgrupperna har ännu ingen mentor."),
                ],
                effects=[
                    Effect(
                        "+01-20",
                        Judgement.PARTLY,
                        outcome="33 % avbrott bland dem som började i höstas (82 av 248).",
                        evidence="Avbrottsstatistik för höstterminen.",
                        decision=Decision.CONTINUE,
                        next_date="+06-09",
                        lesson="På dagtid är avbrotten nästan halverade, på kvällen är de oförändrade.",
                    ),
                ],
            )
        ],
    ),
    UnitYear(
        unit="almhammar",
        year=-1,
        by="petra",
        analysis=Analysis(
            basis="Ansökningar och lokalbokningar.",
            results="Kvällskurserna är fulla, och lokalerna räcker inte.",
            problems=[
                Problem(
                    "Alla som vill läsa på kvällen får inte plats.",
                    [
                        Cause(
                            "Vi har lagt för få kurser på kvällstid.",
                            CauseLocation.LEADERSHIP,
                            key="a1-kvall",
                        )
                    ],
                    SchoolForm.ADULT,
                )
            ],
        ),
        areas=[
            Area("a1-kvall", "Kvällskurser", "Lokalerna är fulla.", "Fler kan läsa på kvällen.")
        ],
        actions=[
            Action(
                "kvallskurser",
                "Fler digitala kvällskurser",
                "Flexibilitet.",
                "06-01",
                cause="a1-kvall",
                area="a1-kvall",
                responsible="petra",
                form=SchoolForm.ADULT,
                effects=[
                    Effect(
                        "06-09",
                        Judgement.NOT_ACHIEVED,
                        outcome="120 sökande, 41 slutförde.",
                        evidence="Kursstatistiken.",
                        decision=Decision.END,
                        lesson="Vi löste vårt lokalproblem, inte elevernas problem.",
                    )
                ],
            )
        ],
    ),
    UnitYear(
        unit="almhammar",
        year=0,
        by="petra",
        analysis=Analysis(
            basis="Avbrottsstatistik för dag och kväll och samtal med elever i kvällsgrupperna.",
            results="33 % avbrott i sfi kurs C totalt, 46 % i kvällsgrupperna.",
            problems=[
                Problem(
                    "Nästan varannan elev i kvällsgrupperna avbryter.",
                    [
                        Cause(
                            "Kvällsgrupperna har ingen mentor och ingen fast lärare.",
                            CauseLocation.LEADERSHIP,
                            "Schemat och samtal med tjugo elever.",
                            key="a0-kvall",
                        )
                    ],
                    SchoolForm.SFI,
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "120 sökte kvällskurserna och 41 slutförde. Platserna var inte det som fattades.",
                    ),
                )
            ],
            begun="08-17",
            shared="09-21",
            adopted="10-15",
            staff="Sfi-lärarna, dag och kväll.",
            learners="Samtal med tjugo elever i kvällsgrupperna.",
        ),
        areas=[
            Area(
                "a0-sfi",
                "Kvällsgrupperna i sfi",
                "På dagtid fungerar det.",
                "Kvällseleverna fullföljer lika ofta som dageleverna.",
            )
        ],
        actions=[
            Action(
                "basgrupp2",
                "Fast basgrupp och mentor i sfi, även på kvällen",
                "Avbrotten i kvällsgrupperna sjunker från 46 till 35 % i juni.",
                "06-09",
                cause="a0-kvall",
                continues="basgrupp",
                area="a0-sfi",
                follow_up="Avbrottsstatistik per termin, dag och kväll var för sig.",
                baseline="46 %",
                target="35 %",
                responsible="petra",
                form=SchoolForm.SFI,
                decided="10-13",
                starts="10-19",
                ends="06-09",
                log=[("10-27", "Kvällsgrupperna har fått en mentor på torsdagar.")],
            )
        ],
    ),
]

SETTLED_IN_AUGUST = Effect(
    "08-25",
    Judgement.PARTLY,
    outcome="33 % avbrott även under vårterminen. I kvällsgrupperna 46 %.",
    evidence="Avbrottsstatistik för båda terminerna.",
    decision=Decision.ADJUST,
    carried_out=CarriedOut.PARTLY,
    why="Kvällsgrupperna fick ingen mentor.",
    lesson="Mentorn gjorde skillnad. Nu ska den finnas även på kvällen.",
)

TALKS = [
    Talk(
        "almhammar", -2, 1, "10-16 13:00", "petra", "maria", "08-27",
        place="Almhammars vuxenutbildning",
        topic=Topic("Avbrotten i sfi"),
    ),
    Talk(
        "almhammar", -2, 2, "05-14 13:00", "petra", "maria", "01-21",
        place="Almhammars vuxenutbildning",
        topic=Topic("Basgrupperna inför hösten"),
    ),
    Talk(
        "almhammar", -1, 1, "10-15 13:00", "petra", "maria", "08-26",
        place="Almhammars vuxenutbildning",
        topic=Topic("Kurser på kvällstid"),
        organizers=(Topic("”Flexibilitet”", "Vilket problem har eleverna, och hur märks det att det är löst?"),),
    ),
    Talk(
        "almhammar", -1, 2, "05-21 13:00", "petra", "maria", "01-20",
        place="Almhammars vuxenutbildning",
        topic=Topic("Mentor på kvällen"),
    ),
    Talk(
        "almhammar", 0, 1, "10-07 13:00", "petra", "maria", "-06-10",
        place="Almhammars vuxenutbildning",
        topic=Topic("Övergången från sfi till yrkesvux"),
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
    assess_on(stage, "almhammar", 0, "basgrupp", SETTLED_IN_AUGUST, "petra")
    for talk in TALKS:
        tell_talk(stage, talk)
