"""Hasselbrinksskolan 7–9: the cause that was rewritten, and the measure that never came to be. Its coming
dialogue is placed in story_today, since it always lies a few weeks ahead."""

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
from tracker.models import CarriedOut, CauseLocation, Decision, Judgement, ProblemDevelopment

YEARS = [
    UnitYear(
        unit="hassel",
        year=-2,
        by="ali",
        analysis=Analysis(
            basis="Slutbetyg i åk 9.",
            results="Låga resultat i matematik. 19 % av eleverna i åk 9 fick F.",
            problems=[
                Problem(
                    "Låga resultat i matematik.",
                    [
                        Cause(
                            "Omotiverade elever med dåliga förkunskaper.",
                            CauseLocation.OUTSIDE,
                            key="h2-omotiverade",
                        ),
                        Cause(
                            "Många föräldrar kan inte hjälpa till med matematiken.",
                            CauseLocation.OUTSIDE,
                        ),
                    ],
                )
            ],
        ),
        areas=[Area("h2-matematik", "Matematik", "Låga resultat.", "Bättre resultat i matematik.")],
        actions=[
            Action(
                "mattestuga",
                "Mattestuga efter skoltid",
                "Stötta eleverna.",
                "06-01",
                cause="h2-omotiverade",
                area="h2-matematik",
                responsible="Ämneslaget i matematik",
                log=[
                    ("11-06", "61 elever är inbjudna."),
                    ("02-19", "Mellan 10 och 15 elever kommer."),
                ],
                effects=[
                    Effect(
                        "06-09",
                        Judgement.NOT_ACHIEVED,
                        outcome="14 av 61 inbjudna kom regelbundet. Andelen F i åk 9 gick från 19 till 20 %.",
                        evidence="Närvarolistor och slutbetyg.",
                        decision=Decision.END,
                        lesson="De som behövde stugan mest kom minst. Stöd måste ligga på schemalagd tid.",
                    )
                ],
            )
        ],
    ),
    UnitYear(
        unit="hassel",
        year=-1,
        by="ali",
        analysis=Analysis(
            basis="Betyg och diagnoser i matematik, genomgång av elva gruppers planering, "
            "närvarostatistik och elevenkäten. Orsakerna är omskrivna efter Dialog 2 i våras.",
            results="20 % av eleverna i åk 9 och 21 % i åk 8 har F i matematik. 46 elever har mer än "
            "15 % frånvaro. Tre av tio elever säger att mobiler stör lektionerna.",
            problems=[
                Problem(
                    "Eleverna har luckor i matematiken som vi känner till men inte gör något åt.",
                    [
                        Cause(
                            "Vi gör diagnoser men planerar inte om efter dem.",
                            CauseLocation.TEACHING,
                            "I 3 av 11 grupper ändrades planeringen efter diagnosen i september.",
                            key="h1-diagnos",
                        )
                    ],
                    since=Since(
                        ProblemDevelopment.CHANGED,
                        "20 % av eleverna i åk 9 har F, mot 19 %. 14 av 61 inbjudna kom till mattestugan.",
                    ),
                ),
                Problem(
                    "46 elever har mer än 15 % frånvaro.",
                    [
                        Cause(
                            "Arbetslagen gör olika när en elev är borta, och ingen följer upp det.",
                            CauseLocation.FOLLOW_UP,
                            "Samtal med sex arbetslag: två kunde beskriva rutinen.",
                            key="h1-narvaro",
                        )
                    ],
                ),
                Problem(
                    "Mobiler stör lektionerna.",
                    [
                        Cause(
                            "Skolan saknar gemensamma regler för mobiler.",
                            CauseLocation.ENVIRONMENT,
                            "Elevenkäten i maj.",
                            key="h1-mobil",
                        )
                    ],
                ),
            ],
            begun="08-18",
            staff="Ämneslaget i matematik och de sex arbetslagen.",
            learners="Elevrådet läste utkastet i september.",
        ),
        areas=[
            Area(
                "h1-matematik",
                "Undervisning som utgår från vad eleverna kan",
                "Diagnoserna används inte.",
                "Alla grupper planerar om efter diagnosen.",
            ),
            Area(
                "h1-narvaro",
                "Närvaro",
                "Frånvaron upptäcks sent.",
                "Frånvaro leder samma dag till att en vuxen hör av sig.",
                problems=(1,),
            ),
        ],
        actions=[
            Action(
                "omplanering",
                "Samma diagnos två gånger om året och omplanering inom två veckor, två lärare i åk 8",
                "Planeringen ändras efter diagnosen i 11 av 11 grupper. Andelen F i åk 8 sjunker från 21 "
                "till 14 %.",
                "05-25",
                cause="h1-diagnos",
                area="h1-matematik",
                follow_up="Diagnos v. 37 och v. 5, genomgång av gruppernas planering, betyg i maj.",
                baseline="3 av 11 grupper; 21 % F",
                target="11 av 11 grupper; 14 % F",
                responsible="Ämneslaget i matematik",
                proposed="09-10",
                decided="09-29",
                starts="09-30",
                ends="+06-10",
                log=[
                    ("10-07", "Sju grupper har planerat om efter diagnosen i v. 37."),
                    ("02-12", "Diagnosen i v. 5 är gjord i alla grupper."),
                    ("+09-17", "Åk 9 arbetar nu på samma sätt."),
                ],
                effects=[
                    Effect(
                        "05-29",
                        Judgement.PARTLY,
                        outcome="10 av 11 grupper planerade om. 15 % F i åk 8 (20 av 131), pojkar 19 % och "
                        "flickor 11 %.",
                        evidence="Gruppernas planering och betygen i maj.",
                        decision=Decision.CONTINUE,
                        next_date="++09-15",
                        lesson="Skillnaden mellan pojkar och flickor minskade inte. Vi har inte frågat "
                        "varför.",
                    ),
                ],
            ),
            Action(
                "narvaro",
                "Mentor ringer hem första frånvarodagen",
                "Antalet elever med mer än 15 % frånvaro minskar från 46 till 30.",
                "06-08",
                cause="h1-narvaro",
                area="h1-narvaro",
                follow_up="Närvarostatistik varje månad.",
                baseline="46 elever",
                target="30 elever",
                responsible="ali",
                log=[("11-18", "Två av sex arbetslag ringer hem dag ett.")],
                effects=[
                    Effect(
                        "+08-20",
                        Judgement.NOT_ACHIEVED,
                        outcome="44 elever har mer än 15 % frånvaro.",
                        evidence="Närvarostatistiken för läsåret.",
                        decision=Decision.ADJUST,
                        carried_out=CarriedOut.PARTLY,
                        why="Mentor ringde hem dag ett i två av sex arbetslag.",
                        lesson="Det var inte fel åtgärd, den blev aldrig av.",
                    )
                ],
            ),
            Action(
                "mobilfri",
                "Mobilfri skoldag",
                "Andelen elever som säger att mobiler stör lektionerna sjunker från 30 till 10 %.",
                "06-08",
                cause="h1-mobil",
                follow_up="Elevenkäten.",
                baseline="30 %",
                target="10 %",
                responsible="ali",
                starts="01-12",
                ends="06-10",
                log=[("01-14", "Mobilerna lämnas in på morgonen i alla klasser.")],
            ),
        ],
    ),
    UnitYear(
        unit="hassel",
        year=0,
        by="ali",
        analysis=Analysis(
            basis="Betyg i juni, närvarostatistik per arbetslag och intervjuer med elva mentorer.",
            results="Andelen F i åk 8 har sjunkit från 21 till 15 %. 44 elever har mer än 15 % frånvaro, "
            "nästan lika många som förra året.",
            problems=[
                Problem(
                    "Lika många elever som förra året är borta mer än 15 % av tiden.",
                    [
                        Cause(
                            "Jag har inte följt upp om arbetslagen använder rutinen.",
                            CauseLocation.LEADERSHIP,
                            "I intervjuerna säger sju av elva mentorer att ingen har frågat.",
                            key="h0-uppfoljning",
                            continues="h1-narvaro",
                        ),
                        Cause(
                            "Skolskötersketjänsten är vakant, så hälsosamtalen skjuts upp.",
                            CauseLocation.SUPPORT,
                            "Antal uppskjutna samtal i augusti och september.",
                        ),
                    ],
                    since=Since(
                        ProblemDevelopment.REMAINS,
                        "44 elever, mot 46 förra året. Mentor ringde hem första dagen i två av sex arbetslag.",
                        place=1,
                    ),
                )
            ],
            shared="09-15",
            adopted="",
            staff="Arbetslagsledarna och elevhälsan.",
            learners="Elevrådet i september.",
        ),
        areas=[
            Area(
                "h0-narvaro",
                "Närvaro i alla arbetslag",
                "Rutinen finns men används inte.",
                "Sex av sex arbetslag hör av sig första dagen.",
            )
        ],
        actions=[
            Action(
                "narvaro2",
                "Mentor ringer hem första frånvarodagen, uppföljt varje vecka",
                "Sex av sex arbetslag ringer hem första dagen. Antalet elever med mer än 15 % frånvaro "
                "minskar från 44 till 35 under höstterminen.",
                "01-20",
                cause="h0-uppfoljning",
                continues="narvaro",
                area="h0-narvaro",
                description="Biträdande tid är avsatt för att varje fredag gå igenom veckan med lagen.",
                follow_up="Närvarostatistik varje vecka, per arbetslag.",
                baseline="Två av sex arbetslag; 44 elever",
                target="Sex av sex; 35 elever",
                responsible="ali",
                proposed="09-08",
                decided="09-22",
                starts="09-28",
                log=[
                    ("11-13", "Tre av sex arbetslag följer rutinen."),
                    ("12-04", "Vikarie för skolsköterskan är på plats."),
                ],
            )
        ],
    ),
]

TALKS = [
    Talk(
        "hassel", -2, 1, "10-08 09:00", "ali", "erik", "08-26",
        place="Hasselbrinksskolan",
        topic=Topic("Resultaten i matematik"),
    ),
    Talk(
        "hassel", -2, 2, "05-13 09:00", "ali", "erik", "01-20",
        place="Hasselbrinksskolan",
        organizers=(
            Topic(
                "Orsakerna i matematik",
                "Analysen säger att eleverna är omotiverade. Vad i undervisningen kan ni själva ändra?",
            ),
        ),
    ),
    Talk(
        "hassel", -1, 1, "10-02 09:00", "ali", "erik", "08-25",
        place="Hasselbrinksskolan",
        topic=Topic("Att få elva grupper att planera om", "Alla håller med, men tre gör det."),
        organizers=(Topic("Den gemensamma närvarorutinen"),),
    ),
    Talk(
        "hassel", -1, 2, "05-20 09:00", "ali", "erik", "01-19",
        place="Hasselbrinksskolan",
        topic=Topic("Matematik i åk 8"),
        organizers=(Topic("Frånvaron", "Sex arbetslag, två som ringer. Vad beror det på?"),),
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
    for talk in TALKS:
        tell_talk(stage, talk)
