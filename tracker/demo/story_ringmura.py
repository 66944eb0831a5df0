"""Ringmuraskolan 7–9: Öst and Väst, which became one unit on 1 July, and the measure that needed two years.
What Väst did before is in story_ringmura_west."""

from tracker.demo.script import (
    Action,
    Analysis,
    Area,
    Cause,
    Deepened,
    Effect,
    Problem,
    Since,
    Talk,
    Topic,
    UnitYear,
)
from tracker.demo.stage import Stage
from tracker.demo.telling import assess_on, tell_talk, tell_year
from tracker.models import CauseLocation, Decision, Judgement, ProblemDevelopment

EAST = [
    UnitYear(
        unit="ost",
        year=-2,
        by="nadia",
        analysis=Analysis(
            basis="Slutbetyg under tre år, tjugo lektionsbesök i SO och NO och elevhälsans ärenden. "
            "Fördjupad analys på huvudmannens begäran.",
            results="58 % av eleverna i åk 9 blev behöriga till yrkesprogram (44 av 76).",
            problems=[
                Problem(
                    "Fyra av tio elever blir inte behöriga till gymnasiets yrkesprogram.",
                    [
                        Cause(
                            "Hög in- och utflyttning, många nyanlända.",
                            CauseLocation.OUTSIDE,
                            prioritised=False,
                        ),
                        Cause(
                            "I SO och NO får eleverna sällan prata sig in i texten innan de ska skriva.",
                            CauseLocation.TEACHING,
                            "4 av 20 besökta lektioner.",
                            key="o2-sprak",
                        ),
                        Cause(
                            "Elevhälsan kommer in sent och arbetar nästan bara med enskilda ärenden.",
                            CauseLocation.SUPPORT,
                            "41 ärenden i elevhälsan, 3 av dem förebyggande.",
                        ),
                    ],
                )
            ],
            deepened=Deepened(
                "08-28",
                "58 % behöriga till yrkesprogram är lägst i kommunen tredje året i rad, och skolans egna "
                "förklaringar har legat hos eleverna.",
                "maria",
                "Kvalitetsutvecklaren en dag i veckan under hösten.",
                "Hjälp att besöka lektioner i SO och NO, och att läsa elevhälsans ärenden.",
                "Samira Nilsson, kvalitetsutvecklare: tjugo lektionsbesök och en genomgång av 41 ärenden.",
            ),
            invited="samira",
            staff="Ämneslagen i SO och NO, elevhälsan och förstelärarna.",
            learners="Elevintervjuer i åk 8 och 9.",
        ),
        areas=[
            Area(
                "o2-sprak",
                "Språket i alla ämnen",
                "Det är i SO och NO som behörigheten avgörs.",
                "Två av tre elever blir behöriga till yrkesprogram.",
            )
        ],
        actions=[
            Action(
                "sonosprak",
                "Språkutvecklande undervisning i SO och NO",
                "14 av 20 besökta lektioner ger eleverna tid att prata sig in i texten i maj. Efter två "
                "läsår är 66 % behöriga till yrkesprogram.",
                "05-26",
                cause="o2-sprak",
                area="o2-sprak",
                description="Förstelärare med fokusuppdrag leder ämneslagens planering. Åtgärden löper "
                "över två läsår.",
                follow_up="Tjugo lektionsbesök i maj båda åren, slutbetyg i juni.",
                baseline="4 av 20 lektioner; 58 % behöriga",
                target="14 av 20 lektioner; 66 % behöriga",
                responsible="nadia",
                ends="+06-10",
                log=[
                    ("11-07", "Fokusuppdragen är tillsatta."),
                    ("03-18", "Ämneslagen har planerat två arbetsområden ihop."),
                    ("+01-21", "Biträdande rektor och Samira deltar en dag i veckan."),
                ],
                effects=[
                    Effect(
                        "06-11",
                        Judgement.NOT_YET,
                        outcome="11 av 20 lektioner. 57 % behöriga (42 av 74). Betygen väntas följa efter.",
                        evidence="Lektionsbesök i maj och slutbetyg.",
                        next_date="+05-28",
                    ),
                    Effect(
                        "+06-03",
                        Judgement.NOT_YET,
                        outcome="15 av 20 lektioner. Slutbetygen kommer i juni och analyseras i augusti.",
                        evidence="Lektionsbesök i maj.",
                        next_date="++09-08",
                    ),
                ],
            )
        ],
    ),
    UnitYear(
        unit="ost",
        year=-1,
        by="nadia",
        analysis=Analysis(
            basis="Slutbetyg, lektionsbesök i maj och en genomgång av extra anpassningar.",
            results="57 % behöriga till yrkesprogram (42 av 74). Lektionerna har ändrats, betygen inte än.",
            problems=[
                Problem(
                    "Behörigheten har inte ökat.",
                    [
                        Cause(
                            "Arbetssättet finns i hälften av lektionerna och behöver bli allas.",
                            CauseLocation.TEACHING,
                            "11 av 20 lektioner i maj.",
                            key="o1-arbetssatt",
                            continues="o2-sprak",
                        ),
                        Cause(
                            "Extra anpassningar beslutas men följs inte upp.",
                            CauseLocation.SUPPORT,
                            "I 30 genomgångna fall saknades uppföljning i 19.",
                            key="o1-anpassningar",
                        ),
                    ],
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "57 % behöriga (42 av 74), mot 58 %. Eleverna pratar sig in i texten i 11 av 20 "
                        "lektioner, mot 4.",
                    ),
                )
            ],
            deepened=Deepened(
                "09-15",
                "Utmaningarna kvarstår efter ett år. Vi vill veta vad som händer med de extra anpassningarna.",
                "maria",
                "Biträdande rektor på heltid och kvalitetsutvecklaren en dag i veckan.",
                "Samma person hela läsåret.",
                "Samira Nilsson, kvalitetsutvecklare, från oktober.",
            ),
            invited="samira",
            staff="Ämneslagen, elevhälsan och biträdande rektor.",
            learners="Elevråden i åk 7–9.",
        ),
        areas=[
            Area(
                "o1-stod",
                "Stöd som följs upp",
                "Anpassningar lever kvar utan att någon vet om de hjälper.",
                "Varje anpassning följs upp inom sex veckor.",
            )
        ],
        actions=[
            Action(
                "anpassningar",
                "Gemensam rutin för extra anpassningar",
                "Minst 25 av 30 granskade anpassningar är uppföljda inom sex veckor.",
                "+05-21",
                cause="o1-anpassningar",
                area="o1-stod",
                follow_up="Ny genomgång av trettio anpassningar i maj.",
                baseline="11 av 30",
                target="25 av 30",
                responsible="Elevhälsoteamet",
                proposed="02-18",
                decided="03-04",
                starts="03-16",
                ends="+06-10",
                log=[("03-25", "Rutinen är genomgången i arbetslagen.")],
            )
        ],
    ),
]

ONE_SCHOOL = UnitYear(
    unit="ringmura",
    year=0,
    by="nadia",
    analysis=Analysis(
        basis="De två skolornas resultat sida vid sida, lektionsbesök i augusti och samtal med alla "
        "ämneslag.",
        results="64 % behöriga till yrkesprogram i det som var Öst (48 av 75), 69 % i det som var Väst. "
        "Tiden från signal till beslut om särskilt stöd är i median nio veckor.",
        problems=[
            Problem(
                "Två skolor arbetar var för sig under samma namn.",
                [
                    Cause(
                        "Vi har två utvecklingsorganisationer med olika uppdrag för förstelärarna.",
                        CauseLocation.LEADERSHIP,
                        "Tio uppdragsbeskrivningar lästa sida vid sida.",
                        key="r0-organisation",
                    )
                ],
            ),
            Problem(
                "Särskilt stöd dröjer.",
                [
                    Cause(
                        "Signaler går olika vägar beroende på vilket hus läraren arbetar i.",
                        CauseLocation.FOLLOW_UP,
                        "Genomgång av 22 ärenden under vårterminen.",
                    )
                ],
                since=Since(
                    ProblemDevelopment.CHANGED,
                    "Tiden från signal till beslut är i median nio veckor. Läxhjälpen nådde 12 elever per gång "
                    "och ändrade inte andelen F.",
                    unit="vast",
                ),
            ),
            Problem(
                "Var tredje elev blir inte behörig till gymnasiets yrkesprogram.",
                [
                    Cause(
                        "Det språkutvecklande arbetssättet finns i det ena huset och inte i det andra.",
                        CauseLocation.TEACHING,
                        "15 av 20 lektioner i det som var Öst; inga besök gjorda i det som var Väst.",
                        continues="o1-arbetssatt",
                    ),
                    Cause(
                        "Extra anpassningar följs upp olika i husen.",
                        CauseLocation.SUPPORT,
                        continues="o1-anpassningar",
                    ),
                ],
                since=Since(
                    ProblemDevelopment.CHANGED,
                    "64 % i det som var Öst (48 av 75), mot 57 %. 69 % i det som var Väst.",
                    unit="ost",
                ),
            ),
            Problem(
                "Lektionstid går förlorad i åk 9.",
                [
                    Cause(
                        "Den gemensamma lektionsstarten följs i åk 7 men inte i åk 9.",
                        CauseLocation.ENVIRONMENT,
                        "Besök i augusti.",
                        continues="v1-lektionsstart",
                    )
                ],
                since=Since(
                    ProblemDevelopment.REMAINS,
                    "Nya besök görs i november.",
                    place=1,
                    unit="vast",
                ),
            ),
        ],
        begun="08-20",
        shared="09-16",
        adopted="10-14",
        staff="Alla ämneslag, blandade från båda husen.",
        learners="Elevråden möttes i september.",
        guardians="Gemensamt samråd i september.",
    ),
    areas=[
        Area(
            "r0-en-skola",
            "En skola",
            "Två kulturer, två scheman.",
            "En utvecklingsorganisation med samma uppdrag i båda husen.",
        )
    ],
    actions=[
        Action(
            "organisation",
            "En utvecklingsorganisation med blandade ämneslag",
            "I april har alla ämneslag haft minst sex träffar ihop, och fyra av fem lärare säger att de "
            "har nytta av dem.",
            "05-04",
            cause="r0-organisation",
            area="r0-en-skola",
            follow_up="Kalendern och en enkät till lärarna i april.",
            baseline="Inga gemensamma träffar",
            target="Sex träffar; fyra av fem lärare",
            responsible="nadia",
            decided="10-21",
            log=[
                ("11-06", "Åk 7 har gemensam planering, åk 9 har inte hittat en tid."),
                ("01-26", "Ett schema för båda husen från v. 4."),
            ],
        )
    ],
)

SETTLED_AFTER_THE_MERGER = Effect(
    "09-08",
    Judgement.PARTLY,
    outcome="15 av 20 lektioner. 64 % behöriga till yrkesprogram (48 av 75).",
    evidence="Lektionsbesök i maj och slutbetygen i juni.",
    decision=Decision.CONTINUE,
    next_date="+09-15",
    lesson="Lektionerna ändrades redan första året, betygen det andra. Hade vi lagt ned efter ett år "
    "hade vi dragit fel slutsats.",
    tip=True,
)

TALKS = [
    Talk(
        "ost", -2, 1, "10-03 13:00", "nadia", "maria", "08-27",
        place="Ringmuraskolan Öst",
        topic=Topic("SO och NO"),
        organizers=(Topic("Behörigheten", "58 % är lägst i kommunen under tre år."),),
    ),
    Talk(
        "ost", -2, 2, "05-20 13:00", "nadia", "maria", "01-21",
        place="Ringmuraskolan Öst",
        organizers=(Topic("Uthållighet", "Betygen har inte rört sig. Vad talar för att fortsätta?"),),
    ),
    Talk(
        "ost", -1, 1, "10-01 13:00", "nadia", "maria", "08-26",
        place="Ringmuraskolan Öst",
        topic=Topic("Extra anpassningar"),
    ),
    Talk(
        "ost", -1, 2, "05-19 13:00", "nadia", "maria", "01-20",
        place="Ringmuraskolan Väst",
        topic=Topic("Inför sammanslagningen"),
    ),
    Talk(
        "ringmura", 0, 1, "10-01 13:00", "nadia", "maria", "-06-10",
        place="Ringmuraskolan",
        topic=Topic(
            "En skola, två kulturer",
            "Hur får vi en utvecklingsorganisation i stället för två?",
        ),
        organizers=(
            Topic("Särskilt stöd", "Tiden från signal till beslut."),
            Topic("Det som gav effekt i Öst", "Hur håller vi i det?"),
        ),
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in (*EAST, ONE_SCHOOL):
        tell_year(stage, year)
    assess_on(stage, "ringmura", 0, "sonosprak", SETTLED_AFTER_THE_MERGER, "nadia")
    for talk in TALKS:
        tell_talk(stage, talk)
