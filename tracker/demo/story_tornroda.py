"""Törnrodaskolan, anpassad grundskola: from counting trained staff to seeing what the pupils do."""

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
        unit="tornroda",
        year=-2,
        by="lars",
        analysis=Analysis(
            basis="Kartläggning av vilka elever som använder bildstöd, och i vilka ämnen.",
            results="11 av 19 elever som använder bildstöd har det bara i ett ämne.",
            problems=[
                Problem(
                    "11 av 19 elever som använder bildstöd har det bara i ett ämne.",
                    [
                        Cause(
                            "Bildstödet följer med en vuxen, inte med eleven.",
                            CauseLocation.SUPPORT,
                            "Kartläggningen i september.",
                            key="t2-bildstod",
                        ),
                        Cause(
                            "Det finns få färdiga bildmaterial att köpa för äldre elever.",
                            CauseLocation.OUTSIDE,
                        ),
                    ],
                )
            ],
            staff="Alla arbetslag i september.",
        ),
        areas=[
            Area(
                "t2-akk",
                "Kommunikation",
                "Bildstödet finns i för få ämnen.",
                "Alla elever som behöver bildstöd har det i alla ämnen.",
            )
        ],
        actions=[
            Action(
                "akk",
                "Utbildning i alternativ och kompletterande kommunikation för alla",
                "All personal har gått utbildningen.",
                "04-24",
                cause="t2-bildstod",
                area="t2-akk",
                responsible="lars",
                log=[
                    ("11-13", "Första utbildningsdagen."),
                    ("03-19", "31 av 33 har gått alla tre delar."),
                ],
                effects=[
                    Effect(
                        "04-28",
                        Judgement.ACHIEVED,
                        outcome="31 av 33 gick utbildningen.",
                        evidence="Närvarolistor.",
                        decision=Decision.END,
                    ),
                    Effect(
                        "05-22",
                        Judgement.NOT_YET,
                        outcome="31 av 33 gick utbildningen. Vad eleverna märkte vet vi inte.",
                        lesson="Vi mätte oss själva, inte eleverna.",
                        next_date="+09-10",
                    ),
                    Effect(
                        "+09-11",
                        Judgement.NO_EVIDENCE,
                        outcome="31 av 33 gick utbildningen.",
                        evidence="Det finns inget utgångsläge för vad eleverna gör.",
                        decision=Decision.END,
                        lesson="Vi mätte oss själva, inte eleverna.",
                    ),
                ],
            )
        ],
    ),
    UnitYear(
        unit="tornroda",
        year=-1,
        by="lars",
        analysis=Analysis(
            basis="Filmer av vardagliga situationer, tolkade i arbetslagen, och samtal med vårdnadshavare.",
            results="Eleverna tar egna initiativ till kommunikation tre gånger per tio minuter (median, "
            "tolv elever).",
            problems=[
                Problem(
                    "Eleverna tar få egna initiativ till kommunikation.",
                    [
                        Cause(
                            "Vi tolkar elevernas signaler men väntar inte in deras initiativ.",
                            CauseLocation.TEACHING,
                            "Filmer från alla arbetslag: i median två sekunders väntan.",
                            key="t1-vantan",
                        )
                    ],
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "31 av 33 i personalen har gått utbildningen. Eleverna tar själva tre initiativ per "
                        "tio minuter (median, tolv elever).",
                    ),
                )
            ],
            staff="Varje arbetslag tolkade sina egna filmer.",
            guardians="Utvecklingssamtalen i september.",
        ),
        areas=[
            Area(
                "t1-initiativ",
                "Elevernas egna initiativ",
                "Vi är snabbare än eleverna.",
                "Eleverna börjar samtalen oftare än vi gör.",
            )
        ],
        actions=[
            Action(
                "filma",
                "Varje arbetslag filmar tio minuter i månaden och väljer en sak att ändra",
                "Elevernas egna initiativ till kommunikation ökar från 3 till 6 per tio minuter (median, "
                "tolv elever).",
                "05-20",
                cause="t1-vantan",
                area="t1-initiativ",
                description="Filmerna raderas samma vecka.",
                follow_up="Samma mätning i maj.",
                baseline="3 per tio minuter",
                target="6 per tio minuter",
                responsible="Arbetslagen",
                log=[
                    ("11-11", "Alla arbetslag har filmat en gång."),
                    ("02-17", "Arbetslagen leder nu samtalen om filmerna själva."),
                ],
                effects=[
                    Effect(
                        "05-26",
                        Judgement.ACHIEVED,
                        outcome="7 egna initiativ per tio minuter (median, tolv elever).",
                        evidence="Samma mätning som i september.",
                        decision=Decision.ORDINARY,
                        lesson="Någon i laget ska få leda samtalet, och filmerna raderas samma vecka.",
                        tip=True,
                    )
                ],
            )
        ],
    ),
    UnitYear(
        unit="tornroda",
        year=0,
        by="lars",
        analysis=Analysis(
            basis="Samtal med elever i åk 7–9, med anpassade gymnasieskolor och med vårdnadshavare.",
            results="5 av 16 elever i åk 7–9 har provat minst två gymnasieprogram.",
            problems=[
                Problem(
                    "Eleverna väljer gymnasieprogram utan att ha provat.",
                    [
                        Cause(
                            "Praktikdagarna planeras elev för elev, sent på våren.",
                            CauseLocation.LEADERSHIP,
                            "Förra läsårets 16 planeringar.",
                            key="t0-praktik",
                        )
                    ],
                ),
                Problem(
                    "Eleverna tar få egna initiativ till kommunikation.",
                    [],
                    since=Since(
                        ProblemDevelopment.SOLVED,
                        "Sju initiativ per tio minuter, mot tre (median, tolv elever).",
                    ),
                ),
            ],
            begun="08-17",
            shared="09-08",
            adopted="09-29",
            staff="Arbetslagen i åk 7–9 och studie- och yrkesvägledaren.",
            learners="Elevsamtal med bildstöd.",
            guardians="Föräldramötet i september.",
        ),
        areas=[
            Area(
                "t0-overgang",
                "Övergången till anpassad gymnasieskola",
                "Valet görs utan att eleven har provat.",
                "Alla elever i åk 7–9 vet vad de väljer mellan.",
                on="09-10",
            )
        ],
        actions=[
            Action(
                "prova",
                "Prova på-dagar i grupp, lagda i kalendariet från början",
                "Alla 16 elever i åk 7–9 har provat minst två program före maj.",
                "05-04",
                cause="t0-praktik",
                area="t0-overgang",
                follow_up="Lista över vilka program varje årskurs har provat.",
                baseline="5 av 16",
                target="16 av 16",
                responsible="lars",
                decided="10-01",
                starts="10-05",
                log=[
                    ("11-03", "Första besöket i grupp är gjort."),
                    ("02-09", "12 av 16 har provat minst ett program."),
                ],
            )
        ],
    ),
]

TALKS = [
    Talk(
        "tornroda", -2, 1, "09-26 09:00", "lars", "maria", "08-27",
        place="Törnrodaskolan",
        topic=Topic("Bildstöd i alla ämnen"),
    ),
    Talk(
        "tornroda", -2, 2, "05-15 09:00", "lars", "maria", "01-21",
        place="Törnrodaskolan",
        organizers=(Topic("Utbildningen", "31 av 33 har gått. Vad märkte eleverna?"),),
    ),
    Talk(
        "tornroda", -1, 1, "09-25 09:00", "lars", "maria", "08-26",
        place="Törnrodaskolan",
        topic=Topic("Att mäta det eleverna gör"),
    ),
    Talk(
        "tornroda", -1, 2, "05-13 09:00", "lars", "maria", "01-20",
        place="Törnrodaskolan",
        topic=Topic("Att låta arbetslagen leda själva"),
    ),
    Talk(
        "tornroda", 0, 1, "09-24 09:00", "lars", "maria", "-06-10",
        place="Törnrodaskolan",
        topic=Topic("Övergången till anpassad gymnasieskola"),
        organizers=(Topic("Filmsamtalen", "Hur håller ni liv i dem när de är vardag?"),),
    ),
    Talk(
        "tornroda", 0, 2, "05-11 09:00", "lars", "maria", "11-03",
        place="Törnrodaskolan",
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
    for talk in TALKS:
        tell_talk(stage, talk)
