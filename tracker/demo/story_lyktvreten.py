"""Lyktvretens förskola: room to speak, and the tablet that nobody could say the use of. Its dialogues are
held together with Sävkullaskolan's."""

from tracker.demo.script import Action, Analysis, Area, Cause, Effect, Problem, Since, UnitYear
from tracker.demo.stage import Stage
from tracker.demo.telling import tell_year
from tracker.models import CauseLocation, Decision, Judgement, ProblemDevelopment

YEARS = [
    UnitYear(
        unit="lyktvret",
        year=-2,
        by="karin",
        analysis=Analysis(
            basis="Åtta filmade samlingar på fyra avdelningar och arbetslagens reflektionsprotokoll.",
            results="Barn med annat modersmål talade i median 40 sekunder per kvart i samlingen, "
            "övriga barn två minuter.",
            problems=[
                Problem(
                    "Barn med annat modersmål får lite talutrymme.",
                    [
                        Cause(
                            "Samlingen är för stor och frågorna för slutna.",
                            CauseLocation.TEACHING,
                            "Åtta filmade samlingar: i median 40 sekunders tal per kvart, mot två "
                            "minuter för övriga.",
                            key="l2-samling",
                        ),
                        Cause(
                            "Flera av barnen möter svenska bara på förskolan.",
                            CauseLocation.OUTSIDE,
                            prioritised=False,
                        ),
                    ],
                )
            ],
            staff="Alla fyra arbetslag tittade på sina egna filmer.",
            learners="Barnen visade vilka platser de pratar mest på.",
            guardians="Frågan togs upp på föräldramötet i september.",
        ),
        areas=[
            Area(
                "l2-sprak",
                "Språk i samlingen",
                "Talutrymmet är ojämnt fördelat.",
                "Alla barn får tala, bli lyssnade på och lyssna på en bok varje dag.",
            )
        ],
        actions=[
            Action(
                "samling",
                "Samling i halva grupper och dialogisk högläsning",
                "Talutrymmet för barn med annat modersmål fördubblas. Planerad högläsning sker minst "
                "fyra dagar i veckan på alla avdelningar.",
                "05-19",
                cause="l2-samling",
                area="l2-sprak",
                follow_up="Åtta filmade samlingar i maj. Avdelningarnas loggar över högläsning.",
                baseline="40 sekunder per kvart",
                target="80 sekunder per kvart; fyra av fyra avdelningar",
                responsible="Arbetslagen, genom de fyra samordnarna",
                ends="+05-29",
                log=[
                    ("11-12", "Tre avdelningar delar samlingen varje dag."),
                    (
                        "+10-08",
                        "Reflektionstiden är flyttad till när hela arbetslaget är på plats.",
                    ),
                ],
                effects=[
                    Effect(
                        "05-28",
                        Judgement.PARTLY,
                        outcome="95 sekunder per kvart. Högläsning fyra dagar i veckan på tre av fyra "
                        "avdelningar.",
                        evidence="Filmade samlingar i maj och avdelningarnas loggar.",
                        decision=Decision.CONTINUE,
                        next_date="+05-18",
                        lesson="En avdelning fick inte ihop reflektionstiden.",
                    ),
                    Effect(
                        "+05-27",
                        Judgement.ACHIEVED,
                        outcome="130 sekunder per kvart, och högläsning på fyra av fyra avdelningar.",
                        evidence="Filmade samlingar i maj och avdelningarnas loggar.",
                        decision=Decision.ORDINARY,
                        lesson="Det som avgjorde var att reflektionstiden lades när alla i arbetslaget "
                        "var på plats.",
                        tip=True,
                    ),
                ],
            )
        ],
    ),
    UnitYear(
        unit="lyktvret",
        year=-1,
        by="karin",
        analysis=Analysis(
            basis="Filmade samlingar i maj, avdelningarnas loggar och brukarenkäten.",
            results="Talutrymmet har mer än fördubblats, men en avdelning kom inte med.",
            problems=[
                Problem(
                    "En av fyra avdelningar har inte kommit igång med högläsning.",
                    [
                        Cause(
                            "Reflektionstiden ligger när halva arbetslaget är i barngruppen.",
                            CauseLocation.LEADERSHIP,
                            "Schemat för v. 36–39.",
                            key="l1-reflektion",
                        )
                    ],
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "95 sekunders tal per kvart, mot 40. Tre av fyra avdelningar läser med barnen minst "
                        "fyra dagar i veckan.",
                    ),
                ),
                Problem(
                    "Digitala verktyg används lite.",
                    [
                        Cause(
                            "Barnen är vana vid att bara titta på skärm hemma.",
                            CauseLocation.OUTSIDE,
                            key="l1-skarm",
                        )
                    ],
                ),
            ],
            staff="Arbetslagens samordnare skrev tillsammans med rektor.",
        ),
        areas=[
            Area(
                "l1-sprak",
                "Språk på alla avdelningar",
                "Det som fungerar ska nå alla barn.",
                "Fyra av fyra avdelningar läser med barnen minst fyra dagar i veckan.",
            )
        ],
        actions=[
            Action(
                "larplattan",
                "Lärplattan ska användas mer",
                "Digital kompetens.",
                "05-20",
                cause="l1-skarm",
                responsible="Avdelningarna",
                cancelled=(
                    "02-10",
                    "Genomfördes inte – vi kunde inte svara på vilket problem den skulle lösa.",
                ),
            )
        ],
    ),
    UnitYear(
        unit="lyktvret",
        year=0,
        by="karin",
        analysis=Analysis(
            basis="Samtal med mottagande lärare i förskoleklass, överlämningarna i maj och "
            "arbetslagens reflektionsprotokoll.",
            results="Två av fem mottagande lärare kan ge exempel på hur de byggt vidare på det "
            "förskolan lämnat över.",
            problems=[
                Problem(
                    "Det barnen lärt sig hos oss tas sällan vidare i förskoleklassen.",
                    [
                        Cause(
                            "Överlämningen handlar om barns svårigheter, inte om arbetssätt.",
                            CauseLocation.FOLLOW_UP,
                            "Genomgång av 22 överlämningar: undervisningen nämns i 4.",
                            key="l0-overlamning",
                        )
                    ],
                ),
                Problem(
                    "En av fyra avdelningar har inte kommit igång med högläsning.",
                    [],
                    since=Since(
                        ProblemDevelopment.SOLVED,
                        "Fyra av fyra avdelningar. 130 sekunders tal per kvart, mot 95.",
                    ),
                ),
            ],
            begun="08-18",
            shared="09-21",
            adopted="10-13",
            staff="Förskolans samordnare och lärarna i förskoleklass.",
            guardians="Förskolerådet läste analysen i september.",
        ),
        areas=[
            Area(
                "l0-overgang",
                "Övergången till förskoleklass",
                "Vi börjar om varje höst.",
                "Barnen känner igen arbetssätten när de börjar skolan.",
            )
        ],
        actions=[
            Action(
                "overgang",
                "Gemensam övergång mellan förskola och förskoleklass",
                "Alla mottagande lärare kan i september ge exempel på hur de byggt vidare på det förskolan "
                "lämnat över.",
                "+09-15",
                cause="l0-overlamning",
                area="l0-overgang",
                description="Tre träffar under läsåret, och en vecka i maj när pedagogerna byter plats.",
                follow_up="Samtal med de mottagande lärarna i september.",
                baseline="Två av fem",
                target="Fem av fem",
                responsible="karin",
                units=("lyktvret", "savkulla"),
                decided="10-13",
                starts="10-20",
                ends="06-10",
                log=[
                    ("11-05", "Första träffen. Svårt att hitta tid ihop, nästa ligger i schemat."),
                    ("02-11", "Andra träffen: vi valde tre arbetssätt att lämna över."),
                ],
            )
        ],
    ),
]


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
