"""Exempelby kommun's own lap: goals, an analysis of its own causes, the shared routine for attendance in two
versions, and what the board asks."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.cycle.calendar import school_year_start
from tracker.demo.stage import Stage
from tracker.demo.story_organizer import EXEMPELBY
from tracker.extensions import db
from tracker.models import (
    BoardQuestion,
    CarriedOut,
    CauseLocation,
    Decision,
    DevelopmentArea,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    OrganizerGoal,
    ProblemDevelopment,
    QualityCycle,
    SchoolYear,
    SituationAnalysis,
    SuccessFactor,
)

READING = "Alla barn och elever möter en undervisning där de läser, talar och skriver för att lära."
ATTENDANCE = "Frånvaro upptäcks tidigt och leder till att skolan ändrar något, inte bara eleven."
ABSENCE = "Elever med hög frånvaro får olika hjälp att komma tillbaka, beroende på skola."
WITHOUT_PRINCIPALS = (
    "Vi skrev närvarorutinen utan rektorerna, och har frågat om den finns, inte om den används."
)
ROUTINE = "Gemensam närvarorutin i grundskolan"
SCHOOLS_BEFORE = ("savkulla", "hassel", "klockvret", "ost", "vast")
DID_NOT_COME = "Vad vet vi om eleverna som bjöds in till mattestugan men inte kom?"


def tell(stage: Stage) -> None:
    def on(year: int, day: str, what: Callable[..., object], *args: Any) -> None:
        stage.on(stage.working_day(year, day), partial(what, stage, *args))

    on(-2, "09-02", _first_goals)
    on(-2, "10-21", _decide_routine)
    on(-2, "06-12", _assess_routine, _FIRST)
    on(-1, "09-03", _goals_again, -1)
    on(-1, "10-01", _analyse, -1)
    on(-1, "10-08", _adopt, -1)
    on(-1, "10-22", _decide_with_principals)
    on(-1, "03-04", _log_routine)
    on(-1, "06-11", _assess_routine, _SECOND)
    on(0, "08-27", _goals_again, 0)
    on(0, "09-08", _ask, DID_NOT_COME, "")
    on(0, "09-22", _answer, DID_NOT_COME,
       "De hade högre frånvaro redan innan. Därför ligger stödet nu på schemalagd tid.")  # fmt: skip
    on(0, "10-13", _ask, WHICH_MEASURES, "")
    on(0, "10-27", _answer, WHICH_MEASURES,
       "Tre saker var gemensamma: tid i schemat, ledning som deltog och ett startvärde.")  # fmt: skip
    on(0, "10-20", _analyse, 0)
    on(0, "11-03", _adopt, 0)
    on(0, "11-10", _decide_support)
    on(0, "11-16", _ask, "Når stödet på schemalagd tid de elever som inte kom?", DID_NOT_COME)


WHICH_MEASURES = "Vad hade de åtgärder gemensamt som gav effekt förra läsåret?"
_FIRST: dict[str, Any] = {
    "carried_out": CarriedOut.PARTLY,
    "carried_out_why": "Rutinen skickades till alla fem skolor. Två har arbetat efter den.",
    "outcome": "11 % av eleverna hade mer än 15 % frånvaro i maj, samma som året före.",
    "judgement": Judgement.NOT_ACHIEVED,
    "evidence": "Frånvaron i maj, och samtal vid årets Dialog 2.",
    "decision": Decision.ADJUST,
    "lesson": "Vi frågade om rutinen fanns, inte om den användes. Rektorerna var inte med när den "
    "skrevs.",
}
_SECOND: dict[str, Any] = {
    "carried_out": CarriedOut.YES,
    "outcome": "9 % av eleverna hade mer än 15 % frånvaro i maj. Två skolor står för nästan hela "
    "minskningen.",
    "judgement": Judgement.PARTLY,
    "evidence": "Frånvaron i maj, skola för skola med rektorsgruppen i juni.",
    "decision": Decision.CONTINUE,
    "lesson": "Där rektor satt med i uppföljningen varje månad ändrades något. Nu riktas stödet till "
    "tre enheter.",
}


def _lap(stage: Stage, year: int) -> QualityCycle:
    return db.session.scalars(
        sa.select(QualityCycle)
        .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
        .where(
            QualityCycle.organizer_id == stage.organizers[EXEMPELBY].id,
            QualityCycle.unit_id.is_(None),
            SchoolYear.start_year == stage.start_year + year,
        )
    ).one()


def _first_goals(stage: Stage) -> None:
    lap, lena = _lap(stage, -2), stage.people["lena"]
    OrganizerGoal.add(
        lap, READING, "Vid besök i maj: hur ofta eleverna pratar sig in i en text.", by=lena
    )
    OrganizerGoal.add(
        lap, ATTENDANCE, "Andelen med mer än 15 % frånvaro, i dag 11 % i grundskolan.", by=lena
    )


def _goals_again(stage: Stage, year: int) -> None:
    OrganizerGoal.take_over(_lap(stage, year), by=stage.people["lena"])


def _decide_routine(stage: Stage) -> None:
    lena = stage.people["lena"]
    measure = stage.measures["own routine"] = Measure.propose(
        _lap(stage, -2),
        by=lena,
        units=[stage.units[key] for key in SCHOOLS_BEFORE],
        title=ROUTINE,
        basis=MeasureBasis.ORGANIZER,
        basis_note="Nämndens beslut i oktober om ökad närvaro.",
        expected_effect="Andelen elever med mer än 15 % frånvaro sjunker från 11 till 8 %.",
        follow_up="Frånvaron i maj, alla grundskolor.",
        baseline="11 %",
        target="8 %",
        responsible_id=lena.id,
        responsible=lena.name,
        assessable_from=stage.day(-2, "06-01"),
    )
    measure.decide(by=lena)


def _assess_routine(stage: Stage, fields: dict[str, Any]) -> None:
    measure, today = stage.measures["own routine"], clock.today()
    year = _year(stage, today)
    goes_on = fields["decision"] is Decision.CONTINUE
    next_date = stage.day(0, "06-01") if goes_on else None
    EffectAssessment.make(measure, year, by=stage.people["lena"], next_date=next_date, **fields)


def _year(stage: Stage, day: date) -> SchoolYear:
    year = SchoolYear.of(stage.organizers[EXEMPELBY].id, school_year_start(day))
    if year is None:
        raise LookupError("the läsår is not open yet")
    return year


def _decide_with_principals(stage: Stage) -> None:
    """The version that the assessment left as a proposal, written with the group of principals."""
    again, lena = stage.measures["own routine"].continued_by, stage.people["lena"]
    if again is None:
        raise LookupError("the first version has not been assessed yet")
    cause = _analysis(stage, -1).causes[0]
    again.write(
        by=lena,
        title="Gemensam närvarorutin, skriven med rektorerna",
        basis=MeasureBasis.CAUSE,
        cause_id=cause.id,
        basis_note="",
        description="Rektorsgruppen skriver om rutinen och går igenom frånvaron ihop varje månad.",
        assessable_from=stage.day(-1, "06-01"),
    )
    again.decide(by=lena)
    stage.measures["own routine"] = again


def _log_routine(stage: Stage) -> None:
    stage.measures["own routine"].add_log(
        clock.today(),
        "Fem genomgångar med rektorsgruppen hittills. Två skolor visar hur mentor ringer dag ett.",
        by=stage.people["lena"],
    )


def _analysis(stage: Stage, year: int) -> SituationAnalysis:
    return db.session.scalars(
        sa.select(SituationAnalysis).where(SituationAnalysis.cycle_id == _lap(stage, year).id)
    ).one()


_TEXTS = {
    -1: {
        "basis": "Enheternas fastställda analyser, minnesanteckningar från Dialog 2 och frånvaron i maj.",
        "results": "11 % av eleverna i grundskolan hade mer än 15 % frånvaro i maj, samma som året före. "
        "Läsningen blev bättre där lektionerna planerades ihop.",
        "staff_participation": "Rektorsgruppen läste utkastet i september och strök ett problem.",
    },
    0: {
        "basis": "Enheternas fastställda analyser i höst, de bedömda åtgärderna från förra läsåret och "
        "rektorsgruppens genomgång av frånvaron i juni.",
        "results": "9 % av eleverna i grundskolan hade mer än 15 % frånvaro i maj, mot 11 % året före. Två "
        "skolor står för nästan hela minskningen. Frivilligt stöd utanför skoldagen gav ingen effekt på "
        "de tre enheter som prövade.",
        "staff_participation": "Rektorsgruppen läste utkastet två gånger. De lade till orsaken om "
        "stödet.",
        "learner_participation": "Elevråden på fyra skolor svarade på vad som får elever att stanna "
        "hemma.",
    },
}


def _analyse(stage: Stage, year: int) -> None:
    lena = stage.people["lena"]
    analysis = SituationAnalysis.start(_lap(stage, year), by=lena)
    analysis.write(_TEXTS[year], by=lena)
    if year == -1:
        problem = analysis.add_problem(ABSENCE, None, by=lena)
        problem.add_cause(
            WITHOUT_PRINCIPALS,
            CauseLocation.ROUTINES,
            "Vid sex dialoger kunde två rektorer visa hur rutinen används.",
            by=lena,
            factor=SuccessFactor.LEADERSHIP,
        )
    else:
        earlier = _analysis(stage, -1).living_problems[0]
        problem = analysis.take_over(
            earlier, ProblemDevelopment.CHANGED, "9 % i maj, mot 11 %. Två skolor av fyra.", by=lena
        )
        problem.add_cause(
            "Stödet är lika stort till alla, fast behoven skiljer sig. De som har svårast har fått vänta.",
            CauseLocation.RESOURCES,
            "Av 14 frågor om stöd i våras fick fem svar efter mer än tre veckor.",
            by=lena,
        )
        DevelopmentArea.create(
            analysis.cycle,
            "Närvaro",
            "Vi har ändrat rutinen. Nu gäller det dem som ännu inte har fått hjälp av den.",
            "I maj har högst 8 % mer än 15 % frånvaro, och ingen skola mer än 11 %.",
            by=lena,
            problems=[problem],
        )
    analysis.share(by=lena)


def _adopt(stage: Stage, year: int) -> None:
    _analysis(stage, year).adopt(by=stage.people["lena"])


def _decide_support(stage: Stage) -> None:
    lena, erik = stage.people["lena"], stage.people["erik"]
    lap = _lap(stage, 0)
    cause = _analysis(stage, 0).causes[-1]
    measure = Measure.propose(
        lap,
        by=lena,
        units=[stage.units[key] for key in ("hassel", "klockvret", "ringmura")],
        title="Närvarostöd på plats i tre enheter",
        basis=MeasureBasis.CAUSE,
        cause_id=cause.id,
        expected_effect="I maj har högst 11 % på var och en av de tre skolorna mer än 15 % frånvaro (i dag "
        "12–14 %), och varje elev har haft ett möte inom fem skoldagar.",
        follow_up="Frånvaro varje månad, och ett urval av tio ärenden per skola i april.",
        baseline="12–14 %",
        target="Högst 11 %",
        responsible_id=erik.id,
        responsible=erik.name,
        starts_on=clock.today(),
        assessable_from=stage.day(0, "05-27"),
    )
    measure.decide(by=lena)
    Measure.propose(
        lap,
        by=lena,
        title="Introduktion för nya rektorer",
        expected_effect="",
        description="Idé från Klockvretsskolans överlämning. Behöver en orsak och ett mått.",
    )


def _ask(stage: Stage, text: str, builds_on: str) -> None:
    organizer = stage.organizers[EXEMPELBY]
    earlier = _question(builds_on) if builds_on else None
    BoardQuestion.ask(organizer, text, earlier, by=stage.people["perolov"])


def _answer(stage: Stage, text: str, answer: str) -> None:
    _question(text).give_answer(answer, by=stage.people["lena"])


def _question(text: str) -> BoardQuestion:
    return db.session.scalars(sa.select(BoardQuestion).where(BoardQuestion.text == text)).one()
