"""Sävkullaskolan F–6: from reading strategies that became everyday work to playtime, weak and rewritten."""

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
from tracker.demo.telling import tell_talk, tell_year
from tracker.models import (
    CarriedOut,
    CauseLocation,
    Decision,
    Judgement,
    ProblemDevelopment,
    SchoolForm,
)

TWO_YEARS_AGO = UnitYear(
    unit="savkulla",
    year=-2,
    by="karin",
    analysis=Analysis(
        basis="Nationella prov, skolans lästest i maj, tolv lektionsbesök i oktober och "
        "intervjuer med elever i åk 3 och 4. Fördjupad analys med stöd av kvalitetsutvecklaren.",
        results="69 % av eleverna i åk 3 nådde kravnivån i läsförståelse. De flesta avkodar säkert, "
        "men var tredje elev förstår inte faktatexter på den nivå som krävs.",
        problems=[
            Problem(
                "Var tredje elev i åk 3 förstår inte faktatexter på den nivå som krävs.",
                [
                    Cause(
                        "Vi lär eleverna att avkoda, men visar sällan hur man tar sig an en svår text.",
                        CauseLocation.TEACHING,
                        "12 lektionsbesök i oktober: läraren modellerade en lässtrategi i 2 av dem. "
                        "Elevintervjuer: ”Jag läser om det tills det går.”",
                        key="s2-modellera",
                    ),
                    Cause(
                        "Många elever läser lite på fritiden.",
                        CauseLocation.OUTSIDE,
                        "Svar i elevenkäten.",
                        prioritised=False,
                        continues="s3-fritiden",
                    ),
                ],
                SchoolForm.COMPULSORY,
                since=Since(
                    ProblemDevelopment.REMAINS,
                    "69 % når kravnivån (29 av 42), mot 66 % året före. Skillnaden är en elev.",
                ),
            )
        ],
        deepened=Deepened(
            "09-23",
            "Tredje året i rad når var tredje elev i åk 3 inte kravnivån i läsförståelse, trots mer stöd. "
            "Vi vill veta vad i undervisningen som kan förklara det.",
            "erik",
            "Kvalitetsutvecklaren på halvtid i oktober.",
            "Någon som besöker lektioner tillsammans med rektor, och hjälp att intervjua elever.",
            "Samira Nilsson, kvalitetsutvecklare: tolv lektionsbesök och åtta elevintervjuer i oktober.",
        ),
        begun="10-01",
        shared="10-11",
        adopted="10-25",
        invited="samira",
        staff="Lärarna i åk F–6 tolkade besöken tillsammans på två konferenser.",
        learners="Elever i åk 3 och 4 intervjuades om hur de gör när en text är svår.",
        guardians="Samrådet fick analysen i november.",
    ),
    areas=[
        Area(
            "s2-lasforstaelse",
            "Läsförståelse i alla ämnen",
            "Var tredje elev fastnar i faktatexter.",
            "Eleverna vet hur de tar sig an en svår text och klarar kravnivån i åk 3.",
            on="10-14",
        )
    ],
    actions=[
        Action(
            "lasstrategier",
            "Lässtrategier i alla ämnen, åk 1–3",
            "I april ser vi modellering i minst 9 av 12 lektioner. I maj når minst 80 % av åk 3 "
            "kravnivån.",
            "05-26",
            cause="s2-modellera",
            area="s2-lasforstaelse",
            description="Gemensam planering 40 minuter varannan vecka och besök hos varandra.",
            follow_up="Tolv lektionsbesök i april, lästest i maj.",
            baseline="Modellering i 2 av 12 lektioner; 69 % når kravnivån",
            target="9 av 12 lektioner; 80 %",
            responsible="karin",
            form=SchoolForm.COMPULSORY,
            proposed="10-21",
            decided="11-04",
            starts="11-11",
            log=[
                ("11-20", "Första gemensamma planeringen. Alla lärare i åk 1–3 var med."),
                ("02-12", "Besök hos varandra har kommit igång, sex besök hittills."),
                ("04-16", "Tolv lektionsbesök gjorda med Samira."),
            ],
            effects=[
                Effect(
                    "+08-19",
                    Judgement.PARTLY,
                    outcome="Modellering i 9 av 12 lektioner. 74 % nådde kravnivån (31 av 42).",
                    evidence="Lektionsbesök i april och lästest i maj.",
                    decision=Decision.ADJUST,
                    carried_out=CarriedOut.PARTLY,
                    why="Klassen med vikarie hela våren kom inte med i planeringen.",
                    lesson="Undervisningen ändrades före resultaten. Klassen med vikarie hela våren "
                    "kom inte med.",
                )
            ],
        )
    ],
)

LAST_YEAR = UnitYear(
    unit="savkulla",
    year=-1,
    by="karin",
    analysis=Analysis(
        basis="Lästest i maj, lektionsbesök i april, trygghetsenkäten och anmälningar om kränkningar.",
        results="Läsförståelsen i åk 3 har stigit till 74 %. I åk 4 tappar eleverna fart. 31 "
        "kränkningar anmäldes under läsåret, de flesta på raster.",
        problems=[
            Problem(
                "Eleverna i åk 4 använder inte sina lässtrategier i de längre texterna.",
                [
                    Cause(
                        "Strategierna lever i åk 1–3, men ingen har planerat hur de ska tas vidare i åk 4 "
                        "och av vikarier.",
                        CauseLocation.TEACHING,
                        "Sex lektionsbesök i åk 4: en strategi nämndes i ett.",
                        key="s1-ak4",
                        continues="s2-modellera",
                    )
                ],
                SchoolForm.COMPULSORY,
                since=Since(
                    ProblemDevelopment.CHANGED,
                    "74 % når kravnivån i åk 3 (31 av 42), mot 69 %. Läraren modellerade i 9 av 12 lektioner, "
                    "mot 2. I åk 4 nämndes en strategi vid ett av sex besök.",
                ),
            ),
            Problem(
                "Elever som har svenska som andraspråk talar lite svenska på eftermiddagarna.",
                [
                    Cause(
                        "Skolan och fritidshemmet planerar språkarbetet var för sig.",
                        CauseLocation.LEADERSHIP,
                        "Planeringarna för v. 36–40 har inga gemensamma inslag.",
                        key="s1-fritids",
                    )
                ],
                SchoolForm.AFTER_SCHOOL,
            ),
            Problem(
                "För många konflikter på rasterna.",
                [
                    Cause(
                        "Hård jargong som eleverna har med sig utifrån.",
                        CauseLocation.OUTSIDE,
                        key="s1-jargong",
                    )
                ],
            ),
        ],
        staff="Arbetslagen och fritidshemmets personal på en gemensam eftermiddag i september.",
        learners="Elevrådet och trygghetsenkäten.",
    ),
    areas=[
        Area(
            "s1-lasning",
            "Läsförståelse hela vägen till åk 4",
            "Arbetet fungerar i åk 1–3 men stannar där.",
            "Minst 80 % når kravnivån i åk 3, och strategierna används i åk 4.",
        ),
        Area(
            "s1-trygghet",
            "Trygghet",
            "Konflikterna på rasterna.",
            "Färre kränkningar.",
            problems=(2,),
        ),
    ],
    actions=[
        Action(
            "lasstrategier2",
            "Lässtrategier i alla ämnen, åk 1–4, med introduktion för vikarier",
            "Minst 80 % av åk 3 når kravnivån i maj. Elever i åk 4 kan beskriva minst två strategier i "
            "10 av 12 intervjuer.",
            "05-25",
            cause="s1-ak4",
            continues="lasstrategier",
            area="s1-lasning",
            description="Som förra året, med åk 4 och en timmes introduktion för varje vikarie.",
            follow_up="Lästest i maj och tolv elevintervjuer i åk 4.",
            baseline="74 % (31 av 42)",
            target="80 %",
            responsible="karin",
            form=SchoolForm.COMPULSORY,
            proposed="09-08",
            decided="09-29",
            starts="09-30",
            log=[
                ("10-14", "En text per vecka planeras nu ihop. Tiden ligger i schemat."),
                ("01-20", "Två vikarier har fått introduktionen."),
            ],
            effects=[
                Effect(
                    "06-02",
                    Judgement.ACHIEVED,
                    outcome="83 % nådde kravnivån (34 av 41). Elever beskriver minst två strategier i 10 av "
                    "12 intervjuer.",
                    evidence="Lästest i maj och elevintervjuer.",
                    decision=Decision.ORDINARY,
                    lesson="Tiden låg i schemat och rektor satt med varannan gång. Det kan överföras om "
                    "minst två lärare undervisar i samma årskurs.",
                    tip=True,
                )
            ],
        ),
        Action(
            "rastvardar",
            "Rastvärdar i gula västar",
            "Färre kränkningar.",
            "06-01",
            cause="s1-jargong",
            area="s1-trygghet",
            responsible="Trygghetsteamet",
            log=[("10-27", "Västarna har kommit.")],
            effects=[
                Effect(
                    "06-05",
                    Judgement.NO_EVIDENCE,
                    outcome="Anmälningarna ökade från 31 till 44.",
                    evidence="Vi vet inte om fler kränks eller om fler vågar berätta.",
                    decision=Decision.END,
                    lesson="Vi behöver fråga eleverna om de är trygga, inte bara räkna anmälningar.",
                )
            ],
        ),
        Action(
            "sprakgrupper",
            "Språkgrupper på fritidshemmet",
            "Eleverna i grupperna tar ordet oftare: från i median två till fem gånger per samling.",
            "06-01",
            cause="s1-fritids",
            description="Fritidshemmets personal leder samtal i grupp om veckans tema i klassen.",
            follow_up="Två observerade samlingar i september och två i maj.",
            baseline="Två gånger per samling",
            target="Fem gånger per samling",
            responsible="jonas",
            form=SchoolForm.AFTER_SCHOOL,
            log=[
                ("11-04", "Grupperna har startat, 24 elever deltar."),
                ("05-20", "Observationerna är gjorda men inte sammanställda."),
            ],
        ),
    ],
)

THIS_YEAR = UnitYear(
    unit="savkulla",
    year=0,
    by="karin",
    analysis=Analysis(
        basis="Lästest i maj, betyg i åk 6, trygghetsenkäten, kartvandring med elevrådet och "
        "fritidshemmets egna observationer.",
        results="83 % når kravnivån i läsförståelse i åk 3. I matematik har 22 % F i åk 6. 78 % är "
        "trygga på rasten och 71 % vet vilken vuxen de kan gå till.",
        problems=[
            Problem(
                "Eleverna i åk 4–6 är mindre trygga på rasterna än i andra delar av skoldagen.",
                [
                    Cause(
                        "Åk 4–6 saknar något att göra bortom fotbollsplanen.",
                        CauseLocation.ENVIRONMENT,
                        "Enkät och kartvandring med elevrådet pekar ut samma två platser.",
                        key="s0-raster",
                    )
                ],
                since=Since(
                    ProblemDevelopment.CHANGED,
                    "78 % är trygga på rasten och 71 % vet vilken vuxen de kan gå till. Anmälningarna ökade "
                    "från 31 till 44; vi vet inte om fler kränks eller om fler vågar berätta.",
                    place=2,
                ),
            ),
            Problem(
                "Mer än var femte elev i åk 6 har F i matematik.",
                [
                    Cause(
                        "Lärarna i åk 4–6 planerar matematiken var för sig, till skillnad från läsningen.",
                        CauseLocation.TEACHING,
                        "Jämförelse av planeringar i tre klasser v. 35–37.",
                        key="s0-matematik",
                    )
                ],
                SchoolForm.COMPULSORY,
            ),
            Problem(
                "Eleverna i åk 4 använder inte sina lässtrategier i de längre texterna.",
                [],
                SchoolForm.COMPULSORY,
                since=Since(
                    ProblemDevelopment.SOLVED,
                    "83 % når kravnivån i åk 3 (34 av 41). I åk 4 beskriver eleverna minst två strategier i 10 "
                    "av 12 intervjuer.",
                ),
            ),
        ],
        begun="08-19",
        shared="09-21",
        adopted="10-14",
        reopened=(
            "11-16",
            "Fritidshemmets mål ska in i analysen, som vi kom överens om i Dialog 1.",
        ),
        staff="Lärare och fritidshemmets personal tolkade resultaten tillsammans 2 september.",
        learners="Elevrådet ritade in otrygga platser på en karta över skolgården.",
        guardians="Samrådet 10 september läste resultatbilden och ställde frågor.",
    ),
    areas=[
        Area(
            "s0-trygghet",
            "Trygga raster",
            "Gula västar räckte inte. Nu vet vi var och varför.",
            "Nio av tio elever i åk 4–6 är trygga på rasten och vet vilken vuxen de går till.",
        ),
        Area(
            "s0-matematik",
            "Matematik i åk 4–6",
            "Läsningen visar att gemensam planering gör skillnad.",
            "Andelen F i åk 6 sjunker, och lärarna planerar ihop varje vecka.",
            problems=(1,),
        ),
    ],
    actions=[
        Action(
            "rastaktiviteter",
            "Fritidshemmets personal leder rastaktiviteter måndag–torsdag",
            "Andelen elever i åk 4–6 som är trygga på rasten ökar från 78 till 88 %, och andelen som "
            "vet vilken vuxen de går till från 71 till 90 %.",
            "05-03",
            cause="s0-raster",
            area="s0-trygghet",
            follow_up="Samma enkät i april.",
            baseline="78 % trygga; 71 % vet vilken vuxen",
            target="88 %; 90 %",
            responsible="jonas",
            decided="10-12",
            starts="10-12",
            log=[
                ("10-22", "Schemat är klart och de två platserna är bemannade."),
                ("11-17", "Mellan 40 och 60 elever deltar varje dag."),
                ("02-04", "Elevrådet har bytt ut två av aktiviteterna."),
            ],
        ),
        Action(
            "tvalarare",
            "Två lärare i matematik åk 6",
            "Andelen elever i åk 6 med betyget F i matematik sjunker från 22 till 12 %.",
            "06-09",
            cause="s0-matematik",
            area="s0-matematik",
            description="Två lärare samtidigt på två av fyra lektioner, med gemensam planering.",
            follow_up="Terminsbetyg i december och juni.",
            target="12 %",
            responsible="karin",
            form=SchoolForm.COMPULSORY,
            decided="10-19",
            starts="11-02",
            ends="06-09",
            log=[("11-10", "Schemat är ändrat från v. 45.")],
        ),
    ],
)

TALKS = [
    Talk(
        "savkulla", -2, 1, "10-15 13:00", "karin", "erik", "08-26",
        place="Sävkullaskolan, personalrummet",
        topic=Topic("Att leda gemensam planering", "Hur får jag in tiden i schemat så att den blir av?"),
        organizers=(Topic("Läsförståelse", "Tre års resultat i åk 3 pekar åt samma håll."),),
    ),
    Talk(
        "savkulla", -2, 2, "05-06 13:00", "karin", "erik", "01-20",
        place="Lyktvretens förskola",
        topic=Topic("Vikarier och kontinuitet"),
    ),
    Talk(
        "savkulla", -1, 1, "10-07 13:00", "karin", "erik", "08-25",
        place="Sävkullaskolan, personalrummet",
        topic=Topic("Lässtrategierna i åk 4", "Hur sprider vi utan att jag driver allt själv?"),
        organizers=(
            Topic("Rasterna", "”Färre kränkningar” – hur ser ni om det blir bättre eller sämre?"),
        ),
    ),
    Talk(
        "savkulla", -1, 2, "05-05 13:00", "karin", "erik", "01-19",
        place="Lyktvretens förskola",
        topic=Topic("Från åtgärd till ordinarie arbetssätt"),
        organizers=(Topic("Övergången från förskola till förskoleklass"),),
    ),
    Talk(
        "savkulla", 0, 1, "10-06 13:00", "karin", "erik", "-06-09",
        place="Sävkullaskolan, personalrummet",
        participants="Jonas Ek, biträdande rektor",
        topic=Topic(
            "Matematik i åk 4–6",
            "Hur får vi samma planeringsstruktur som i läsning?",
        ),
        organizers=(
            Topic(
                "Fritidshemmets plats i kvalitetsarbetet",
                "Vi ser det i tre av era åtgärder men inte i analysen.",
            ),
        ),
    ),
    Talk(
        "savkulla", 0, 2, "04-28 13:00", "karin", "erik", "09-01",
        place="Lyktvretens förskola",
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in (TWO_YEARS_AGO, LAST_YEAR, THIS_YEAR):
        tell_year(stage, year)
    for talk in TALKS:
        tell_talk(stage, talk)
