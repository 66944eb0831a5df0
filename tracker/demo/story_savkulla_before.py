"""Sävkullaskolan's first two läsår with this way of working: a weak start, and what it taught."""

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
from tracker.demo.telling import tell_talk, tell_year
from tracker.models import (
    CarriedOut,
    CauseLocation,
    Decision,
    Judgement,
    ProblemDevelopment,
    SchoolForm,
)

GRADE_3 = "Läsförståelse i åk 3"

YEARS = [
    UnitYear(
        unit="savkulla",
        year=-4,
        by="karin",
        analysis=Analysis(
            basis="Nationella prov i åk 3 och samtal i arbetslagen.",
            results="Resultaten i svenska i åk 3 är lägre än vi vill.",
            problems=[
                Problem(
                    "Eleverna läser för lite.",
                    [
                        Cause(
                            "Många elever läser inte hemma.",
                            CauseLocation.OUTSIDE,
                            "Det ser lärarna varje dag.",
                            key="s4-laser-inte",
                        )
                    ],
                )
            ],
            staff="Arbetslagen diskuterade på en studiedag i augusti.",
        ),
        areas=[Area("s4-lasning", "Läsning", "Resultaten i svenska.", "Ökad läslust.")],
        actions=[
            Action(
                "forfattarbesok",
                "Författarbesök och läsvecka",
                "Ökad läslust.",
                "05-15",
                cause="s4-laser-inte",
                area="s4-lasning",
                responsible="Biblioteksgruppen",
                starts="11-07",
                ends="04-28",
                log=[
                    ("11-16", "Författarbesök i alla klasser."),
                    ("03-14", "Läsvecka med högläsning i aulan varje morgon."),
                ],
                effects=[
                    Effect(
                        "05-24",
                        Judgement.NO_EVIDENCE,
                        outcome="Mycket uppskattat!",
                        decision=Decision.END,
                        lesson="Vi hade inget utgångsvärde och visste inte vad vi skulle titta efter.",
                    )
                ],
            )
        ],
    ),
    UnitYear(
        unit="savkulla",
        year=-3,
        by="karin",
        analysis=Analysis(
            basis="Nationella prov i åk 3 under tre år, skolans lästest i maj och "
            "resultatkonferensen i juni.",
            results="66 % av eleverna i åk 3 nådde kravnivån i läsförståelse (28 av 42 elever). "
            "Avkodningen är god, men faktatexter vållar svårigheter.",
            problems=[
                Problem(
                    "En tredjedel av eleverna i åk 3 når inte kravnivån i läsförståelse.",
                    [
                        Cause(
                            "Elever som behöver stöd i läsning får det sent och i för liten omfattning.",
                            CauseLocation.SUPPORT,
                            "Speciallärarens tid räcker till två av fyra klasser.",
                            key="s3-stod-sent",
                        ),
                        Cause(
                            "Många elever läser lite på fritiden.",
                            CauseLocation.OUTSIDE,
                            prioritised=False,
                            key="s3-fritiden",
                            continues="s4-laser-inte",
                        ),
                    ],
                    SchoolForm.COMPULSORY,
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "66 % når kravnivån i läsförståelse i åk 3 (28 av 42). Läsveckan var uppskattad, "
                        "men vi vet inte om någon läser mer.",
                    ),
                )
            ],
            staff="Alla lärare i åk F–3 deltog i resultatkonferensen.",
            learners="Elevrådet svarade på tre frågor om läsning.",
        ),
        areas=[
            Area(
                "s3-lasning",
                GRADE_3,
                "Resultaten har sjunkit tre år i rad.",
                "Tre av fyra elever i åk 3 når kravnivån i läsförståelse i maj.",
            )
        ],
        actions=[
            Action(
                "speciallarare",
                "Speciallärare två dagar till i veckan",
                "Kravnivån i läsförståelse i åk 3 nås av 75 % av eleverna.",
                "05-20",
                cause="s3-stod-sent",
                area="s3-lasning",
                follow_up="Skolans lästest i maj, samma test som förra året.",
                baseline="66 %",
                target="75 %",
                responsible="jonas",
                form=SchoolForm.COMPULSORY,
                starts="10-23",
                log=[
                    ("11-08", "Schemat är lagt: stöd i mindre grupp tisdag och torsdag."),
                    ("02-06", "Halvvägs: 14 elever har fått stöd i sex veckor eller mer."),
                ],
                effects=[
                    Effect(
                        "06-04",
                        Judgement.NOT_ACHIEVED,
                        outcome="69 % nådde kravnivån (29 av 42). Skillnaden mot förra året är en elev.",
                        evidence="Skolans lästest i maj, jämfört med samma test året före.",
                        decision=Decision.END,
                        carried_out=CarriedOut.YES,
                        lesson="Stödet gavs utanför klassrummet och hängde inte ihop med det klassen "
                        "arbetade med.",
                    )
                ],
            )
        ],
    ),
]

TALKS = [
    Talk(
        "savkulla", -4, 1, "10-06 13:00", "karin", "erik", "08-25",
        place="Sävkullaskolan, rektors rum",
        topic=Topic("Läslust"),
    ),
    Talk(
        "savkulla", -4, 2, "05-09 13:00", "karin", "erik", "02-06",
        place="Sävkullaskolan, rektors rum",
        organizers=(Topic("Hur vet vi att läsveckan gjorde skillnad?"),),
    ),
    Talk(
        "savkulla", -3, 1, "10-05 13:00", "karin", "erik", "08-24",
        place="Sävkullaskolan, rektors rum",
        topic=Topic("Stöd i läsning", "Hur fördelar vi speciallärarens tid mellan klasserna?"),
    ),
    Talk(
        "savkulla", -3, 2, "05-14 13:00", "karin", "erik", "02-05",
        place="Sävkullaskolan, rektors rum",
        organizers=(
            Topic(
                "Stödets samband med undervisningen",
                "Stödet ges i mindre grupp. Vad händer när eleven är tillbaka i klassen?",
            ),
        ),
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
    for talk in TALKS:
        tell_talk(stage, talk)
