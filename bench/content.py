"""The database that is measured: an area of 40 units with three läsår of history, and a second area beside it."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.auth.models import SignInSession, fingerprint
from tracker.auth.sessions import LIFETIME, USER_KEY, DatabaseSessions
from tracker.clock import STOCKHOLM, now, today
from tracker.cycle.calendar import school_year_start
from tracker.dialogues.models import QualityDialogue
from tracker.extensions import db
from tracker.models import (
    Area,
    CarriedOut,
    CauseLocation,
    CheckIn,
    Decision,
    EffectAssessment,
    Judgement,
    Measure,
    MeasureBasis,
    Organizer,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    UnitKind,
    User,
)
from tracker.organisation.staffing import Staffing
from tracker.web.swedish import sort_key

UNITS, OTHER_UNITS = 40, 10
YEARS = 3
MEASURES = 4
CHECK_INS = 60
EFFECT = (
    "I april ser vi modellering av lässtrategier i minst nio av tolv lektioner, och i maj når minst 80 procent "
    "av eleverna i årskurs 3 kravnivån i läsförståelse. I dag är det 69 procent."
)


@dataclass(frozen=True)
class Content:
    """Who to be, as the cookie that signs them in, and where to go."""

    cookies: dict[str, str]
    slug: str
    year: str
    measure_id: int
    dialogue_id: int


def build() -> Content:
    """Make everything in an empty database, and commit it."""
    organizer = Organizer(name="Mätköpings kommun")
    db.session.add(organizer)
    db.session.flush()
    people: dict[str, User] = {}

    def person(name: str) -> User:
        user = User(email=f"p{len(people)}@bench.example", name=name, sort_key=sort_key(name))
        db.session.add(user)
        people[name] = user
        return user

    since = date(school_year_start(today()) - YEARS, 8, 1)
    north, south = (Area.create(organizer, name, by=None) for name in ("Norr", "Söder"))
    units = []
    for number in range(UNITS + OTHER_UNITS):
        unit = SchoolUnit.create(
            organizer,
            f"{_NAMES[number % len(_NAMES)]}skolan {number}",
            UnitKind.SCHOOL,
            forms=[SchoolForm.COMPULSORY, SchoolForm.AFTER_SCHOOL],
            by=None,
            area=north if number < UNITS else south,
            opened_on=since,
        )
        units.append(unit)
        if number % 13 != 12:  # a few are vacant
            leader = person(f"Rektor {number}")
            RoleAssignment.give(
                leader, Role.PRINCIPAL, organizer, by=None, unit=unit, starts_on=since
            )
    chief, head, admin = person("Erik Lund"), person("Lena Forsgren"), person("Tove Lindh")
    RoleAssignment.give(admin, Role.SYSTEM_ADMIN, organizer, by=None, starts_on=since)
    RoleAssignment.give(chief, Role.DIALOGUE_LEAD, organizer, by=None, area=north, starts_on=since)
    RoleAssignment.give(head, Role.ORGANIZER_LEAD, organizer, by=None, starts_on=since)
    this = school_year_start(today())
    for start_year in range(this - YEARS + 1, this + 1):
        _live(SchoolYear.open(organizer, start_year, by=None), chief, is_present=start_year == this)
    for number, unit in enumerate(units):
        _check_in(unit, number, chief)
    db.session.commit()
    first = units[0]
    return Content(
        cookies={
            "rektor": sign_in(people["Rektor 0"]),
            "områdeschef": sign_in(chief),
            "skolchef": sign_in(head),
            "systemförvaltare": sign_in(admin),
        },
        slug=first.slug,
        year=f"{this}-{(this + 1) % 100:02d}",
        measure_id=db.session.query(Measure.id)
        .filter(Measure.unit_links.any(unit_id=first.id))
        .order_by(Measure.id.desc())
        .limit(1)
        .scalar(),
        dialogue_id=db.session.query(QualityDialogue.id)
        .filter(QualityDialogue.unit_links.any(unit_id=first.id))
        .order_by(QualityDialogue.id.desc())
        .limit(1)
        .scalar(),
    )


def _live(year: SchoolYear, by: User, *, is_present: bool) -> None:
    """What a läsår leaves behind in every unit; the present one is half done."""
    for number, dialogue in enumerate(
        QualityDialogue.prepare(year, Staffing.load(year.organizer_id), by=None)
    ):
        dialogue.choose_topic("Hur leder jag arbetslag som gör olika?", "", None, by=by)
        if is_present and number % 5 == 4:
            continue  # without a time
        ahead = timedelta(days=5 + number % 40) if is_present else timedelta(days=-200)
        starts = (now() + ahead).astimezone(STOCKHOLM).replace(hour=13, minute=0)
        dialogue.place_at(starts, starts + timedelta(minutes=90), by=by)
    for number, cycle in enumerate(_laps(year)):
        cause = _analysis(cycle, by, finished=not is_present or number % 3 == 0)
        for which in range(MEASURES):
            measure = Measure.propose(
                cycle,
                by=by,
                title=f"{_MEASURES[which]} {year.label}",
                basis=MeasureBasis.CAUSE,
                cause_id=cause,
                expected_effect=EFFECT,
                assessable_from=today() + timedelta(days=40 * which - 20 if is_present else -200),
                responsible="Arbetslaget",
                starts_on=today() - timedelta(days=30),
            )
            if not is_present or which < MEASURES - 1:
                measure.decide(by=by)
                measure.add_log(today(), "Gemensam planering varannan vecka.", by=by)
            if not is_present:
                _assess(measure, year, by)
    db.session.flush()


def _check_in(unit: SchoolUnit, number: int, by: User) -> None:
    """Every second week of three läsår; some units are due, and some wait for an answer."""
    latest = today() - timedelta(days=number % 20)
    for which in range(CHECK_INS):
        CheckIn.hold(
            [unit],
            by=by,
            held_on=latest - timedelta(days=14 * which),
            situation="Tre av sex lag följer rutinen.",
            obstacles="Två scheman.",
            support="Besked från elevhälsochefen." if number % 8 == 0 and which == 1 else "",
        )


def _laps(year: SchoolYear) -> Iterator[QualityCycle]:
    yield from (
        db.session.query(QualityCycle)
        .filter_by(school_year_id=year.id)
        .filter(QualityCycle.unit_id.is_not(None))
    )


def _analysis(cycle: QualityCycle, by: User, *, finished: bool) -> int:
    analysis = SituationAnalysis.start(cycle, by=by)
    analysis.write({"basis": EFFECT, "results": EFFECT * 3}, by=by)
    problem = analysis.add_problem("Var tredje elev förstår inte faktatexter.", None, by=by)
    cause = problem.add_cause(
        "Vi lär eleverna att avkoda men visar sällan hur man tar sig an en svår text.",
        CauseLocation.TEACHING,
        "Tolv lektionsbesök i oktober.",
        by=by,
    )
    if finished:
        analysis.adopt(by=by)
    return cause.id


def _assess(measure: Measure, year: SchoolYear, by: User) -> None:
    EffectAssessment.make(
        measure,
        year,
        by=by,
        judgement=Judgement.PARTLY,
        carried_out=CarriedOut.YES,
        outcome="Nio av tolv lektioner, 74 procent.",
        evidence="Lektionsbesök och prov.",
        decision=Decision.ORDINARY,
        lesson="Undervisningen ändrades före resultaten.",
    )


def sign_in(person: User) -> str:
    """A session for the person; gives the cookie."""
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            id=fingerprint(secret),
            user_id=person.id,
            data=json.dumps({USER_KEY: str(person.id), "csrf_token": secrets.token_hex(20)}),
            expires_at=now() + LIFETIME,
        )
    )
    db.session.commit()
    return f"varvet={DatabaseSessions.PREFIX}{secret}"


_NAMES = (
    "Al",
    "Björk",
    "Ceder",
    "Dunge",
    "Ek",
    "Fur",
    "Gran",
    "Hassel",
    "Idegran",
    "Jolster",
    "Kastanj",
    "Lind",
)
_MEASURES = (
    "Lässtrategier i alla ämnen",
    "Två lärare i matematik",
    "Rastaktiviteter",
    "Närvaro dag ett",
)
