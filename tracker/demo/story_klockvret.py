"""Klockvretsskolan F–9: a rektor who left, months without one, and what the next one inherited."""

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
from tracker.models import CarriedOut, CauseLocation, Decision, Judgement, ProblemDevelopment

NO_STARTING_VALUES = "Inga startvärden, och de som bestämde åtgärderna har slutat."

YEARS = [
    UnitYear(
        unit="klockvret",
        year=-2,
        by="birgitta",
        analysis=Analysis(
            basis="Betyg, lärarnas egna bedömningar och medarbetarsamtal.",
            results="Färre än tio elever i åk 9, så Skolverket visar inga resultat (”..”). Lärarna är "
            "osäkra på om de bedömer lika.",
            problems=[
                Problem(
                    "Vi vet inte om våra betyg är likvärdiga med andra skolors.",
                    [
                        Cause(
                            "Fem av sju ämneslärare är ensamma i sitt ämne och har ingen att sambedöma med.",
                            CauseLocation.LEADERSHIP,
                            "Tjänstefördelningen.",
                            key="k2-ensamma",
                        ),
                        Cause(
                            "Långa skolskjutsar gör att få elever kan stanna efter skoldagen.",
                            CauseLocation.OUTSIDE,
                            prioritised=False,
                        ),
                    ],
                )
            ],
            staff="Alla lärare på två konferenser.",
        ),
        areas=[
            Area(
                "k2-bedomning",
                "Likvärdig bedömning",
                "Ensamma lärare behöver någon att jämföra med.",
                "Alla ämneslärare sambedömer med en annan skola.",
            )
        ],
        actions=[
            Action(
                "sambedomning",
                "Sambedömning med Hasselbrinksskolan tre gånger om året",
                "Alla sju ämneslärare kan ge exempel på en bedömning de har ändrat.",
                "05-26",
                cause="k2-ensamma",
                area="k2-bedomning",
                follow_up="Frågan ställs i medarbetarsamtalen i maj.",
                target="Sju av sju",
                responsible="birgitta",
                ends="+05-29",
                log=[
                    ("11-13", "Första träffen, i svenska och engelska."),
                    ("+10-22", "Årets första träff."),
                ],
                effects=[
                    Effect(
                        "05-30",
                        Judgement.PARTLY,
                        outcome="Två träffar av tre blev av. Fyra av sju lärare kan ge exempel.",
                        evidence="Medarbetarsamtal i maj.",
                        decision=Decision.CONTINUE,
                        carried_out=CarriedOut.PARTLY,
                        why="Den tredje träffen krockade med de nationella proven.",
                        next_date="+05-25",
                        lesson="Det fungerade bäst när elevtexterna skickades i förväg.",
                    ),
                ],
            )
        ],
    ),
    UnitYear(
        unit="klockvret",
        year=-1,
        by="birgitta",
        analysis=Analysis(
            basis="Elevenkäten, sambedömningen och medarbetarsamtal.",
            results="Fyra av sju lärare har ändrat en bedömning. Var fjärde elev i åk 4–9 känner inte till "
            "skolans regler.",
            problems=[
                Problem(
                    "Eleverna känner inte till reglerna och har inte varit med om att skriva dem.",
                    [
                        Cause(
                            "Trivselreglerna är skrivna av personalen.",
                            CauseLocation.ENVIRONMENT,
                            "Elevenkäten.",
                            key="k1-regler",
                        )
                    ],
                ),
                Problem(
                    "Eleverna vet inte hur de ligger till.",
                    [
                        Cause(
                            "Mentorstiden används till praktiska frågor.",
                            CauseLocation.LEADERSHIP,
                            key="k1-mentor",
                        ),
                        Cause(
                            "Familjer flyttar från bygden, och klasserna ändras varje år.",
                            CauseLocation.OUTSIDE,
                            prioritised=False,
                        ),
                    ],
                ),
            ],
            staff="Alla lärare i september.",
        ),
        areas=[Area("k1-trivsel", "Trivsel och delaktighet", "Elevenkäten.", "Alla ska trivas.")],
        actions=[
            Action(
                "trivselregler",
                "Gemensamma trivselregler",
                "Bättre trivsel.",
                "05-29",
                cause="k1-regler",
                area="k1-trivsel",
                responsible="birgitta",
            ),
            Action(
                "mentorssamtal",
                "Mentorssamtal var fjärde vecka",
                "Eleverna vet hur de ligger till.",
                "05-29",
                cause="k1-mentor",
                area="k1-trivsel",
                responsible="Mentorerna",
                log=[("11-11", "Första omgången samtal är klar.")],
            ),
        ],
    ),
    UnitYear(
        unit="klockvret",
        year=0,
        by="hanna",
        analysis=Analysis(
            basis="Det som lämnades över, intervjuer med 24 elever i åk 4–9 och lektionsbesök i augusti.",
            results="9 av 24 intervjuade elever kan säga vad de ska utveckla i svenska. Tre lärare är nya "
            "sedan i våras.",
            problems=[
                Problem(
                    "Få elever vet vad de ska utveckla.",
                    [
                        Cause(
                            "Återkopplingen ges som omdöme i efterhand, sällan medan eleven arbetar.",
                            CauseLocation.TEACHING,
                            "Elva lektionsbesök: återkoppling under arbetet i 4.",
                            key="k0-aterkoppling",
                        ),
                        Cause(
                            "Skolan har inte haft någon som hållit ihop utvecklingsarbetet sedan i vintras.",
                            CauseLocation.LEADERSHIP,
                            "Ingen åtgärd från förra läsåret hade ett startvärde.",
                        ),
                    ],
                    since=Since(
                        ProblemDevelopment.REMAINS,
                        "9 av 24 intervjuade elever kan säga vad de ska utveckla i svenska. Något mått från "
                        "förra året finns inte.",
                        place=1,
                    ),
                )
            ],
            begun="08-24",
            shared="09-24",
            adopted="",
            staff="Alla lärare på två konferenser i september.",
            learners="24 elever i åk 4–9 intervjuades.",
        ),
        areas=[
            Area(
                "k0-svenska",
                "Eleverna vet vad de ska utveckla",
                "Intervjuerna i augusti.",
                "Klockvretsskolan ska vara en skola där alla trivs och lyckas.",
                on="09-21",
                rewritten=(
                    "10-13",
                    "I maj kan varje elev i åk 4–9 säga vad hen ska utveckla i svenska. I dag kan 9 av 24 "
                    "intervjuade det.",
                ),
            )
        ],
        actions=[
            Action(
                "aterkoppling",
                "Återkoppling medan eleven arbetar, i alla ämnen där eleverna skriver",
                "I maj kan minst 20 av 24 intervjuade elever säga vad de ska utveckla i svenska.",
                "05-18",
                cause="k0-aterkoppling",
                area="k0-svenska",
                description="Lärarna besöker varandra i par. Rektorsmentor från Sävkullaskolan.",
                follow_up="Samma intervjufrågor i maj.",
                baseline="9 av 24",
                target="20 av 24",
                responsible="hanna",
                decided="10-22",
                starts="11-02",
                log=[
                    ("11-12", "Fyra par har besökt varandra en gång."),
                    ("01-28", "Halvvägs: 14 av 24 elever kan svara."),
                ],
            )
        ],
    ),
]

INHERITED = {
    "sambedomning": Effect(
        "08-26",
        Judgement.PARTLY,
        outcome="En träff av tre blev av. Fem av sju lärare kan ge exempel på en ändrad bedömning.",
        evidence="Samtal med lärarna i augusti.",
        decision=Decision.END,
        carried_out=CarriedOut.PARTLY,
        why="Ingen bjöd in till träffarna under vårterminen.",
        lesson="Träffarna hängde på en person. Nu ligger de i båda skolornas kalendarium.",
    ),
    "trivselregler": Effect(
        "08-26",
        Judgement.NO_EVIDENCE,
        evidence=NO_STARTING_VALUES,
        decision=Decision.END,
        carried_out=CarriedOut.PARTLY,
        why="Reglerna skrevs men gicks aldrig igenom med eleverna.",
        lesson="Ingen minns varför reglerna skulle skrivas om.",
    ),
    "mentorssamtal": Effect(
        "08-26",
        Judgement.NO_EVIDENCE,
        evidence=NO_STARTING_VALUES,
        decision=Decision.END,
        carried_out=CarriedOut.PARTLY,
        why="Samtalen hölls till och med januari.",
        lesson="Ett startvärde hade tagit en eftermiddag att ta fram.",
    ),
}
"""What Hanna assessed in her first weeks."""

TALKS = [
    Talk(
        "klockvret", -2, 1, "10-10 10:00", "birgitta", "erik", "08-26",
        place="Klockvretsskolan",
        topic=Topic("Lärare som är ensamma i sitt ämne"),
    ),
    Talk(
        "klockvret", -2, 2, "05-15 10:00", "birgitta", "erik", "01-20",
        place="Klockvretsskolan",
        organizers=(Topic("Sambedömningen", "Vad krävs för att alla tre träffarna ska bli av?"),),
    ),
    Talk(
        "klockvret", -1, 1, "10-09 10:00", "birgitta", "erik", "08-25",
        place="Klockvretsskolan",
        topic=Topic("Elevernas delaktighet"),
        organizers=(Topic("Startvärden", "Två av åtgärderna saknar utgångsläge."),),
    ),
    Talk(
        "klockvret", -1, 2, "05-12 10:00", "sara", "erik", "01-19",
        place="Klockvretsskolan",
        moved=("04-22", "06-02 10:00", "Rekryteringen av rektor pågår."),
        cancelled=("05-29", "Förhinder, och ingen som kan ersätta."),
    ),
    Talk(
        "klockvret", 0, 1, "10-08 10:00", "hanna", "erik", "09-01",
        place="Klockvretsskolan",
        topic=Topic("Ett mål som går att följa", "Vårt första utkast säger att alla ska trivas och lyckas."),
        organizers=(Topic("Tre lärarbyten", "Vilket stöd behöver du som ny rektor under hösten?"),),
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for year in YEARS:
        tell_year(stage, year)
    for measure, effect in INHERITED.items():
        assess_on(stage, "klockvret", 0, measure, effect, "hanna")
    for talk in TALKS:
        tell_talk(stage, talk)
