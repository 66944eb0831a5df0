"""Granby kommun: another municipality, of which Exempelby sees nothing."""

from functools import partial

from tracker.cycle.opening import open_year
from tracker.demo.script import Action, Analysis, Area, Cause, Problem, Talk, Topic, UnitYear
from tracker.demo.stage import Stage
from tracker.demo.telling import tell_talk, tell_year
from tracker.models import CauseLocation, Organizer, Role, SchoolForm, UnitKind

GRANBY = "granby"
SIGN_INS = {
    "mats": ("Mats Oskarsson", "rektor@granby.example"),
    "ingela": ("Ingela Dahl", "skolchef@granby.example"),
}

YEARS = [
    UnitYear(
        unit="granby",
        year=-1,
        by="mats",
        analysis=Analysis(
            basis="Elevenkäten och trygghetsvandringen.",
            results="Fyra av tio elever säger att det är svårt att få arbetsro.",
            problems=[
                Problem(
                    "Det är stökigt i övergångarna mellan lektioner.",
                    [
                        Cause(
                            "Vuxna är sällan i korridoren när lektionerna slutar.",
                            CauseLocation.ENVIRONMENT,
                            "Trygghetsvandringen med elevrådet.",
                            key="gr1-korridor",
                        )
                    ],
                )
            ],
            staff="Arbetslagen.",
            learners="Elevrådet.",
        ),
        areas=[Area("gr1-ro", "Studiero", "Elevenkäten.", "Alla elever har arbetsro.")],
        actions=[
            Action(
                "gr-korridor",
                "Lärarna tar emot vid dörren",
                "Andelen elever som säger att de har arbetsro ökar från 60 till 75 %.",
                "05-22",
                cause="gr1-korridor",
                area="gr1-ro",
                follow_up="Elevenkäten i maj.",
                baseline="60 %",
                target="75 %",
                responsible="mats",
                log=[("11-12", "Alla lärare i åk 4–9 är med.")],
            )
        ],
    ),
    UnitYear(
        unit="granby",
        year=0,
        by="mats",
        analysis=Analysis(
            basis="Elevenkäten i maj och samtal i arbetslagen.",
            results="Arbetsron har blivit bättre i åk 4–6 men inte i åk 7–9.",
            problems=[
                Problem(
                    "Eleverna i åk 7–9 har svårt att få arbetsro.",
                    [
                        Cause(
                            "Eleverna byter sal efter varje lektion.",
                            CauseLocation.LEADERSHIP,
                            "Schemat.",
                            key="gr0-salar",
                        )
                    ],
                )
            ],
            shared="",
            adopted="",
        ),
        actions=[
            Action(
                "gr-salar",
                "Färre salsbyten i åk 7–9",
                "Andelen elever i åk 7–9 som säger att de har arbetsro ökar från 52 till 65 %.",
                "05-21",
                cause="gr0-salar",
                follow_up="Elevenkäten i maj.",
                baseline="52 %",
                target="65 %",
                responsible="mats",
                proposed="10-02",
            )
        ],
    ),
]

TALKS = [
    Talk(
        "granby", 0, 1, "10-13 13:00", "mats", "ingela", "08-31",
        place="Kommunhuset",
        topic=Topic("Arbetsro i åk 7–9"),
        organizers=(Topic("Frånvaron på högstadiet"),),
    ),
    Talk("granby", 0, 2, "05-20 13:00", "mats", "ingela", "10-20", place="Slånbärsskolan"),
]  # fmt: skip


def tell(stage: Stage) -> None:
    stage.on(stage.working_day(-1, "08-18"), partial(_begin, stage))
    for year in (0, 1):
        stage.on(stage.working_day(year, "-05-04"), partial(_open, stage, year))
    for year in YEARS:
        tell_year(stage, year)
    for talk in TALKS:
        tell_talk(stage, talk)


def _open(stage: Stage, year: int) -> None:
    open_year(stage.organizers[GRANBY], stage.start_year + year, by=None)


def _begin(stage: Stage) -> None:
    organizer = stage.organizers[GRANBY] = Organizer.create("Granby kommun", by=None)
    since = stage.day(-1, "08-01")
    stage.person("greta", "Greta Ask", "greta.ask@granby.example", GRANBY, signs_in=False)
    stage.role("greta", Role.SYSTEM_ADMIN, GRANBY, since)
    greta = stage.people["admin of granby"] = stage.people["greta"]
    for key, (name, email) in SIGN_INS.items():
        stage.person(key, name, email, GRANBY, signs_in=True)
    stage.unit(
        "granby",
        "Slånbärsskolan",
        UnitKind.SCHOOL,
        [SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY],
        GRANBY,
        opened_on=stage.day(-1, "07-01"),
    )
    stage.role("mats", Role.PRINCIPAL, GRANBY, since, unit="granby")
    stage.role("ingela", Role.ORGANIZER_LEAD, GRANBY, since)
    stage.role("ingela", Role.DIALOGUE_LEAD, GRANBY, since)
    open_year(organizer, stage.start_year - 1, by=greta)
