"""How many mails a whole läsår brings, with everything in use: a rektor with two units gets forty at the
most, a dialogansvarig with twelve units sixty, a teacher with goals in a team eight, and nobody ever two on
one day. That is what is promised of reminders: the invitations for the calendar are counted by themselves
(measured here: 37 and 2 for a rektor, 27 and 2 for one with a mail a week, 60 and 22 for the
dialogansvarig, 6 and none for the teacher).

Everybody here is busy and rather late: nothing is prepared before a dialogue, measures end without a
word, every second effect is assessed only after the second mail about it, every second agreement and
all notes wait until they have been asked for, and every fourth check-in is missed.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from email.message import EmailMessage

from tests.calendars.scenes import LATER
from tests.cast import Cast
from tests.notifications.scenes import (
    FakeServer,
    agree,
    approve,
    ask_for_support,
    check_in,
    decided_measure,
    hold,
    moment,
    set_rules,
)
from tests.support.scenes import asked, offer, said
from tests.teams.scenes import a_goal, a_team
from tracker import clock
from tracker.cycle.workdays import is_calm, is_ordinary_working_day
from tracker.dialogues.models import QualityDialogue
from tracker.extensions import db
from tracker.models import (
    AgreementState,
    CarriedOut,
    Decision,
    DialogueState,
    EffectAssessment,
    GoalDecision,
    Judgement,
    MailRhythm,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    Side,
    TeamGoal,
    UnitKind,
    User,
)
from tracker.notifications.passes import run
from tracker.organisation.staffing import Staffing

FIRST, LAST = date(2026, 8, 10), date(2027, 8, 15)
MEASURES, COUNTED, QUESTIONS = 8, 3, 4
REKTORS_MOST, LEADS_MOST, TEACHERS_MOST = 40, 60, 8
"""Of reminders. The invitations to the dialogues come beside them: one for each, and more when one is moved."""
DIALOGUES_EACH_TIME = 11
"""Of the twelve units two have theirs together."""
DAY = timedelta(days=1)

Diary = dict[date, list[Callable[[], object]]]


def norr_with_twelve_units(cast: Cast) -> list[SchoolUnit]:
    """Erik's area: Karin leads two of its units, nine others lead one each, and one is vacant."""
    units = [cast.savkulla, cast.lyktvret, cast.hassel, cast.klockvret]
    for number in range(8):
        unit = SchoolUnit.create(
            cast.exempelby, f"Skola {number}", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY],
            by=None, area=cast.norr, opened_on=date(2023, 8, 1),
        )  # fmt: skip
        rektor = User(email=f"r{number}@x.example", name=f"Rektor {number}", sort_key="r",
                      mail_rhythm=MailRhythm.WEEKLY)  # fmt: skip
        db.session.add(rektor)
        RoleAssignment.give(rektor, Role.PRINCIPAL, cast.exempelby, by=None, unit=unit,
                            starts_on=date(2023, 8, 1))  # fmt: skip
        units.append(unit)
    SchoolYear.open(cast.exempelby, cast.year.start_year, by=None)
    QualityDialogue.prepare(cast.year, Staffing.load(cast.exempelby.id), by=None)
    return units


def plan_the_year(cast: Cast, units: list[SchoolUnit]) -> Diary:
    diary: Diary = {}

    def on(day: date, what: Callable[[], object]) -> None:
        while not is_ordinary_working_day(day):
            day += DAY
        diary.setdefault(day, []).append(what)

    dialogues = {
        row.id: row for unit in units for row in (cast.dialogue(unit, 1), cast.dialogue(unit, 2))
    }
    windows = {1: date(2026, 9, 14), 2: date(2027, 4, 26)}
    placed = Counter[int]()
    for row in dialogues.values():
        number = row.kind.number
        day = windows[number] + (placed[number] // 2) * 5 * DAY // 1
        while not is_ordinary_working_day(day):
            day += DAY
        placed[number] += 1
        _plan_dialogue(cast, row.id, day, on)
    for place, unit in enumerate(units):
        # Whose mails are not counted here has fewer, which is enough for Erik to hear of them.
        for number in range(MEASURES if place < COUNTED else 1):
            _plan_measure(cast, unit, place, number, on)
        _plan_check_ins(cast, unit, place, on)
        if place < COUNTED:
            _plan_teams(cast, unit, on)
    _plan_questions(cast, on)
    return diary


def _plan_questions(cast: Cast, on: Callable[..., None]) -> None:
    """Erik answers for a support of the catalogue: a question every second month, which waits for ten days; and for what
    principals say of it, which he is to follow up."""
    mentor = offer(cast, owner_id=cast.erik.id)

    def ask() -> None:
        question = asked(cast.hassel, cast.ali, offer=mentor)
        on(clock.today() + timedelta(days=10), lambda: question.respond("Ja.", by=cast.erik))

    def say() -> None:
        row = said(cast)
        row.hand_to(cast.erik, by=cast.lena)
        follow_up = clock.today() + timedelta(days=40)
        on(
            clock.today() + timedelta(days=5),
            lambda: row.clarify("En ingång.", follow_up, by=cast.erik),
        )

    for month in range(QUESTIONS):
        on(date(2026, 9, 9) + timedelta(days=60 * month), ask)
    on(date(2026, 10, 14), say)


def _plan_teams(cast: Cast, unit: SchoolUnit, on: Callable[..., None]) -> None:
    """Three teams with two goals each, evaluated late, and again in May. Sofia answers for the first
    team's; nobody for the second's, which are rektor's then; the third has no staff at all."""
    if unit is not cast.savkulla:
        RoleAssignment.give(cast.sofia, Role.STAFF, cast.exempelby, by=None, unit=unit,
                            starts_on=date(2026, 8, 1))  # fmt: skip
    for number in range(3):
        team = a_team(cast, unit=unit, name=f"Lag {number}")
        if number < 2:
            team.add_member(cast.sofia, date(2026, 8, 1), by=cast.karin)
        for days in (0, 6):
            goal = a_goal(
                cast, team, cast.karin, f"Mål {days}", set_at=moment("2026-08-17"),
                evaluate_on=date(2027, 1, 20) + timedelta(days=days + 2 * number),
                responsible=cast.sofia if number == 0 else None,
            )  # fmt: skip
            on(date(2027, 2, 15), lambda goal=goal: _evaluate(cast, goal, date(2027, 5, 12)))
            on(date(2027, 5, 28), lambda goal=goal: _evaluate(cast, goal, None))


def _evaluate(cast: Cast, goal: TeamGoal, next_on: date | None) -> None:
    goal.evaluate(
        by=cast.karin, seen=len(goal.evaluations), held_on=clock.today(), outcome="Hälften.",
        decision=GoalDecision.CONTINUE if next_on else GoalDecision.END, next_step="", next_on=next_on,
    )  # fmt: skip


def _plan_dialogue(cast: Cast, dialogue_id: int, day: date, on: Callable[..., None]) -> None:
    def row() -> QualityDialogue:
        return db.session.get_one(QualityDialogue, dialogue_id)

    def settle(agreement: object) -> None:
        agreement.state, agreement.settled_at = AgreementState.DONE, clock.now()  # type: ignore[attr-defined]

    def have_been() -> None:
        hold(cast, row(), day)
        leader = Staffing.load(cast.exempelby.id).leader(row().units[0].id)
        theirs = db.session.get(User, leader.id) if leader else cast.erik
        for number, responsible in enumerate((theirs, theirs, cast.erik)):
            due = day + timedelta(days=25 + 30 * number)
            made = agree(cast, row(), f"Överenskommelse {number}", due, responsible=responsible)
            on(due + timedelta(days=-5 if number % 2 else 12), lambda made=made: settle(made))

    def approve_both() -> None:
        for side in Side:
            approve(row(), side, clock.now())
        row().state, row().approved_at = DialogueState.APPROVED, clock.now()

    starts_at = moment(day, "13:00")
    on(
        day - timedelta(days=28),
        lambda: row().place_at(starts_at, starts_at + timedelta(minutes=90), by=cast.erik),
    )
    on(day, have_been)
    on(day + timedelta(days=9), approve_both)


def _plan_measure(
    cast: Cast, unit: SchoolUnit, place: int, number: int, on: Callable[..., None]
) -> None:
    assess_on = date(2026, 9, 3) + timedelta(days=35 * number + 3 * (place % 5))
    measure = decided_measure(
        cast, assess_on, f"Åtgärd {place}.{number}", unit, ends_on=assess_on - timedelta(days=10)
    )

    def assess() -> None:
        EffectAssessment.make(
            measure, cast.year, by=cast.karin, judgement=Judgement.PARTLY,
            carried_out=CarriedOut.YES, outcome="Hälften.", evidence="Enkät.",
            decision=Decision.END,
        )  # fmt: skip

    on(assess_on + timedelta(days=20 if number % 2 else 4), assess)


def _plan_check_ins(cast: Cast, unit: SchoolUnit, place: int, on: Callable[..., None]) -> None:
    def meet(day: date) -> None:
        row = check_in(cast, day, unit)
        if day.day < 6:
            ask_for_support(cast, row, "Besked om vikarie")

    day = date(2026, 8, 24) + place * DAY
    number = 0
    while day < date(2027, 6, 10):
        number += 1
        if number % 4:
            on(day, lambda day=day: meet(day))
        day += timedelta(days=14)


def is_for_the_calendar(message: EmailMessage) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in message.walk())


def test_the_mails_of_a_whole_year(cast: Cast, server: FakeServer) -> None:
    set_rules(cast, week=[0])
    cast.granby.set_reminders({kind: [] for kind in ReminderKind}, by=cast.greta)
    diary = plan_the_year(cast, norr_with_twelve_units(cast))
    cast.ali.choose_rhythm(MailRhythm.WEEKLY)
    day = FIRST
    while day <= LAST:
        if is_ordinary_working_day(day):
            with clock.stopped_at(moment(day)):
                run()
            with clock.stopped_at(clock.at(day, time(10))):
                for what in diary.get(day, ()):
                    what()
                db.session.commit()
            with clock.stopped_at(clock.at(day, time(10)) + LATER):
                run()
        day += DAY
    calendar = FakeServer([row for row in server.taken if is_for_the_calendar(row[1])])
    server.taken = [row for row in server.taken if not is_for_the_calendar(row[1])]
    sent = Counter((when, str(message["To"])) for when, message in server.taken)
    assert max(sent.values()) == 1
    assert not any(is_calm(when) or not is_ordinary_working_day(when) for when, _ in sent)
    left = db.session.query(Reminder).filter(Reminder.state == ReminderState.PLANNED).count()
    assert left == 0
    rektor, weekly, lead, teacher = (
        len(server.subjects(person)) for person in (cast.karin, cast.ali, cast.erik, cast.sofia)
    )
    assert 20 <= rektor <= REKTORS_MOST
    assert 40 <= lead <= LEADS_MOST
    assert 10 <= weekly < rektor
    assert 4 <= teacher <= TEACHERS_MOST
    invited = [len(calendar.subjects(person)) for person in (cast.karin, cast.ali, cast.erik)]
    assert invited == [2, 2, 2 * DIALOGUES_EACH_TIME]
