"""Kvistforsgymnasiet: mathematics that was planned together, and help after hours that nobody used."""

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
from tracker.models import CauseLocation, Decision, Judgement, ProblemDevelopment

YEARS = [
    UnitYear(
        unit="kvistfors",
        year=-2,
        by="johan",
        analysis=Analysis(
            basis="Kursbetyg, schemat för yrkesprogrammen och samtal med yrkeslärare.",
            results="27 % F i Matematik 1a på bygg- och fordonsprogrammen (24 av 89).",
            problems=[
                Problem(
                    "27 % av eleverna på bygg- och fordonsprogrammen får F i Matematik 1a.",
                    [
                        Cause(
                            "Yrkeslärare och matematiklärare har ingen tid ihop, och matematiken ligger "
                            "fredag eftermiddag.",
                            CauseLocation.LEADERSHIP,
                            "Schemat och samtal med åtta lärare.",
                            key="g2-tid",
                        ),
                        Cause(
                            "Eleverna kommer med svaga förkunskaper från grundskolan.",
                            CauseLocation.OUTSIDE,
                            "Diagnoser i augusti.",
                            prioritised=False,
                        ),
                    ],
                )
            ],
            staff="Programlagen på bygg och fordon.",
            learners="Fokusgrupp med tolv elever i åk 2.",
        ),
        areas=[
            Area(
                "g2-matematik",
                "Matematik på yrkesprogrammen",
                "Var fjärde elev får F.",
                "Eleverna ser vad de ska ha matematiken till, och klarar den.",
            )
        ],
        actions=[
            Action(
                "samplanering",
                "En timmes samplanering i veckan, och matematiken på förmiddagar",
                "Högst 18 % F i Matematik 1a på bygg- och fordonsprogrammen.",
                "06-05",
                cause="g2-tid",
                area="g2-matematik",
                follow_up="Kursbetyg i juni.",
                baseline="27 % (24 av 89)",
                target="18 %",
                responsible="johan",
                ends="+06-05",
                log=[
                    ("11-14", "Samplaneringen ligger på tisdagar."),
                    ("+10-14", "Lärarna planerar nu två uppgifter i månaden ihop."),
                ],
                effects=[
                    Effect(
                        "06-11",
                        Judgement.PARTLY,
                        outcome="19 % F (17 av 90).",
                        evidence="Kursbetygen i juni.",
                        decision=Decision.CONTINUE,
                        next_date="+06-04",
                        lesson="Uppgifterna blev bäst när yrkesläraren valde situationen.",
                    ),
                    Effect(
                        "+06-09",
                        Judgement.ACHIEVED,
                        outcome="16 % F (15 av 94).",
                        evidence="Betygen i juni. Ämnesbetyg infördes hösten innan: nivå 1a motsvarar inte "
                        "helt den gamla kursen, så jämför försiktigt.",
                        decision=Decision.ORDINARY,
                        lesson="Tid i schemat gjorde skillnad. Det sprids till el- och energiprogrammet och "
                        "vård- och omsorgsprogrammet.",
                        tip=True,
                    ),
                ],
            )
        ],
    ),
    UnitYear(
        unit="kvistfors",
        year=-1,
        by="johan",
        analysis=Analysis(
            basis="Betyg, prognoser för examen och programlagens rapporter.",
            results="19 % F i Matematik 1a på bygg och fordon. 74 elever riskerar att inte få examen.",
            problems=[
                Problem(
                    "74 elever riskerar att inte få examen.",
                    [
                        Cause(
                            "Många elever arbetar vid sidan av studierna.",
                            CauseLocation.OUTSIDE,
                            "Mentorernas samtal.",
                            key="g1-arbete",
                        )
                    ],
                ),
                Problem(
                    "Matematiken är fortfarande svår för var femte elev på yrkesprogrammen.",
                    [
                        Cause(
                            "Samplaneringen ställs in när någon är borta.",
                            CauseLocation.LEADERSHIP,
                            "Kalendern: 9 av 30 tillfällen blev inte av.",
                            continues="g2-tid",
                        )
                    ],
                    since=Since(
                        ProblemDevelopment.CHANGED, "19 % F (17 av 90), mot 27 % (24 av 89)."
                    ),
                ),
            ],
            staff="Alla programlag.",
        ),
        areas=[
            Area(
                "g1-examen",
                "Fler når examen",
                "74 elever riskerar att inte nå den.",
                "Fler får examen.",
            )
        ],
        actions=[
            Action(
                "studiecoach",
                "Frivillig studiecoach på tisdagar",
                "Elever som riskerar att inte få examen minskar från 74 till 50.",
                "06-03",
                cause="g1-arbete",
                area="g1-examen",
                follow_up="Prognosen i maj.",
                baseline="74 elever",
                target="50 elever",
                responsible="Elevhälsan",
                log=[("11-17", "18 elever kom första tisdagen.")],
                effects=[
                    Effect(
                        "06-08",
                        Judgement.NOT_ACHIEVED,
                        outcome="71 elever riskerar att inte få examen.",
                        evidence="Prognosen i maj.",
                        decision=Decision.END,
                        lesson="Frivilligt stöd nådde dem som redan klarade sig. Samma sak som på "
                        "Hasselbrinksskolan – det hade vi kunnat läsa oss till.",
                    )
                ],
            )
        ],
    ),
    UnitYear(
        unit="kvistfors",
        year=0,
        by="johan",
        analysis=Analysis(
            basis="Betyg, närvarostatistik per program och samtal med elever på introduktionsprogrammen.",
            results="16 % F i matematik på bygg och fordon, 24 % på el och energi. Var tredje elev på "
            "introduktionsprogrammen har mer än 20 % frånvaro.",
            problems=[
                Problem(
                    "Matematiken på el- och energiprogrammet och vård- och omsorgsprogrammet.",
                    [
                        Cause(
                            "Lärarna har ingen gemensam planeringstid på de programmen.",
                            CauseLocation.LEADERSHIP,
                            "Schemat.",
                            key="g0-tid",
                        )
                    ],
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "16 % F på bygg och fordon (15 av 94), mot 19 %. På el och energi 24 %.",
                        place=1,
                    ),
                ),
                Problem(
                    "Frånvaron på introduktionsprogrammen.",
                    [
                        Cause(
                            "Eleverna möter många lärare och få som följer upp när de är borta.",
                            CauseLocation.LEADERSHIP,
                            "Intervjuer med femton elever.",
                            key="g0-narvaro",
                        )
                    ],
                ),
            ],
            shared="09-23",
            adopted="",
            staff="Programlagen.",
            learners="Femton elever på introduktionsprogrammen intervjuades.",
        ),
        areas=[
            Area(
                "g0-matematik",
                "Samplanering på fler program",
                "Det gav effekt på bygg och fordon.",
                "Samma arbetssätt på fyra yrkesprogram.",
            ),
            Area(
                "g0-narvaro",
                "Närvaro på introduktionsprogrammen",
                "Var tredje elev är borta för mycket.",
                "En vuxen hör av sig samma dag.",
                problems=(1,),
            ),
        ],
        actions=[
            Action(
                "samplanering-fler",
                "Samplanering på el- och energiprogrammet och vård- och omsorgsprogrammet",
                "Högst 18 % F i matematik nivå 1a på de två programmen i juni.",
                "06-10",
                cause="g0-tid",
                area="g0-matematik",
                follow_up="Betyg i juni.",
                baseline="24 % på el och energi, 22 % på vård och omsorg",
                target="18 %",
                responsible="johan",
                decided="10-20",
                starts="10-26",
                ends="06-09",
                log=[("11-10", "Tiden ligger i schemat på båda programmen.")],
            ),
            Action(
                "fast-mentor",
                "En fast mentor för varje elev på introduktionsprogrammen",
                "Andelen elever med mer än 20 % frånvaro sjunker från 33 till 25 % i mars.",
                "03-22",
                cause="g0-narvaro",
                area="g0-narvaro",
                follow_up="Närvarostatistik varje månad.",
                baseline="33 %",
                target="25 %",
                responsible="johan",
                proposed="10-27",
                decided="",
                starts="11-30",
            ),
        ],
    ),
]

TALKS = [
    Talk(
        "kvistfors", -2, 1, "10-09 09:00", "johan", "maria", "08-27",
        place="Kvistforsgymnasiet",
        topic=Topic("Matematiken på yrkesprogrammen"),
    ),
    Talk(
        "kvistfors", -2, 2, "05-22 09:00", "johan", "maria", "01-21",
        place="Kvistforsgymnasiet",
        organizers=(Topic("Vad kan andra program lära?"),),
    ),
    Talk(
        "kvistfors", -1, 1, "10-08 09:00", "johan", "maria", "08-26",
        place="Kvistforsgymnasiet",
        topic=Topic("Fler som når examen"),
        organizers=(Topic("Frivilligt stöd", "Vem kommer, och vem kommer inte?"),),
    ),
    Talk(
        "kvistfors", -1, 2, "05-27 09:00", "johan", "maria", "01-20",
        place="Kvistforsgymnasiet",
        topic=Topic("Att sprida samplaneringen"),
    ),
    Talk(
        "kvistfors", 0, 1, "10-01 09:00", "johan", "maria", "-06-10",
        place="Kvistforsgymnasiet",
        topic=Topic("Närvaro på introduktionsprogrammen"),
        organizers=(Topic("Samplaneringen på fler program"),),
        moved=("09-11", "10-08 09:00", "Nationell kvalitetsdialog med Skolverket samma dag."),
    ),
    Talk(
        "kvistfors", 0, 2, "05-18 09:00", "johan", "maria", "11-03",
        place="Kvistforsgymnasiet",
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
    for talk in TALKS:
        tell_talk(stage, talk)
