"""Ringmuraskolan Väst, before it and Öst became one: homework, help with it, and how lessons begin."""

from tracker.demo.script import Action, Analysis, Area, Cause, Effect, Problem, UnitYear
from tracker.demo.stage import Stage
from tracker.demo.telling import tell_year
from tracker.models import CarriedOut, CauseLocation, Decision, Judgement

YEARS = [
    UnitYear(
        unit="vast",
        year=-2,
        by="nadia",
        analysis=Analysis(
            basis="Betyg och elevenkäten.",
            results="Var fjärde elev saknar betyg i minst ett ämne. Läxor lämnas sällan in.",
            problems=[
                Problem(
                    "Läxorna leder inte till lärande.",
                    [
                        Cause(
                            "Läxorna följs inte upp på lektionerna.",
                            CauseLocation.TEACHING,
                            "Elevenkäten: fyra av tio får återkoppling på läxan.",
                            key="v2-laxor",
                        ),
                        Cause("Många elever saknar studiero hemma.", CauseLocation.OUTSIDE),
                    ],
                )
            ],
            staff="Arbetslagsledarna.",
        ),
        areas=[Area("v2-laxor", "Läxor", "Elevenkäten.", "Läxan hör ihop med lektionen.")],
        actions=[
            Action(
                "laxuppfoljning",
                "Läxan används på nästa lektion",
                "Sju av tio elever får återkoppling på läxan (i dag fyra av tio).",
                "05-15",
                cause="v2-laxor",
                area="v2-laxor",
                follow_up="Samma fråga i elevenkäten.",
                baseline="40 %",
                target="70 %",
                responsible="Arbetslagsledarna",
                effects=[
                    Effect(
                        "06-05",
                        Judgement.PARTLY,
                        outcome="58 % av eleverna får återkoppling på läxan.",
                        evidence="Elevenkäten i maj.",
                        decision=Decision.ORDINARY,
                        carried_out=CarriedOut.PARTLY,
                        why="Två ämneslag kom igång först i februari.",
                        lesson="Det gick fortast där ämneslaget valde läxorna ihop.",
                    )
                ],
            )
        ],
    ),
    UnitYear(
        unit="vast",
        year=-1,
        by="nadia",
        analysis=Analysis(
            basis="Betyg, elevenkäten och trettio lektionsbesök.",
            results="Andelen F är oförändrad. Lektionerna börjar olika, och elva av trettio började sent.",
            problems=[
                Problem(
                    "Elever som behöver mer tid får den inte.",
                    [
                        Cause(
                            "Många elever har ingen som hjälper dem med läxan hemma.",
                            CauseLocation.OUTSIDE,
                            key="v1-hemma",
                        )
                    ],
                ),
                Problem(
                    "Lektionstid går förlorad.",
                    [
                        Cause(
                            "Varje lärare börjar lektionen på sitt sätt.",
                            CauseLocation.ENVIRONMENT,
                            "Trettio lektionsbesök i oktober.",
                            key="v1-lektionsstart",
                        )
                    ],
                ),
            ],
            staff="Arbetslagsledarna.",
            learners="Elevrådet.",
        ),
        areas=[
            Area(
                "v1-ro",
                "Lugn start",
                "Elva av trettio lektioner börjar sent.",
                "Alla lektioner börjar på samma sätt.",
                problems=(1,),
            )
        ],
        actions=[
            Action(
                "laxhjalp",
                "Läxhjälp med volontärer",
                "Andelen elever med F i minst ett ämne minskar från 25 till 18 %.",
                "03-20",
                cause="v1-hemma",
                follow_up="Prognoser i mars och närvaro på läxhjälpen.",
                baseline="25 %",
                target="18 %",
                responsible="Skolbiblioteket",
                ends="03-27",
                log=[("11-05", "Läxhjälpen är öppen två kvällar i veckan.")],
                effects=[
                    Effect(
                        "04-09",
                        Judgement.NOT_ACHIEVED,
                        outcome="12 elever per gång i snitt. Ingen skillnad i andelen F.",
                        evidence="Närvarolistor och prognoser i mars.",
                        decision=Decision.END,
                        lesson="De som kom klarade sig redan. De andra gick hem.",
                    )
                ],
            ),
            Action(
                "lektionsstart",
                "Gemensam lektionsstart",
                "Minst 27 av 30 besökta lektioner börjar i tid och på samma sätt.",
                "+11-13",
                cause="v1-lektionsstart",
                area="v1-ro",
                follow_up="Trettio lektionsbesök i november.",
                baseline="19 av 30",
                target="27 av 30",
                responsible="nadia",
                proposed="02-24",
                decided="03-11",
                starts="+08-18",
                ends="+06-10",
            ),
        ],
    ),
]


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
