"""A house with something in every room: what the tests that walk every route and every page find.

Each place (a unit with what belongs to it, or a whole municipality) gives a value for every argument
that an address may take, so that an address can be made for any route at any place. An argument
that has none here fails the walk: add it to `Place`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from tests.access_table import Demand, Subject
from tests.cast import SINCE, Cast
from tracker.clock import now, today
from tracker.extensions import db
from tracker.models import (
    AgreementState,
    AnalysisDeepening,
    Area,
    BoardQuestion,
    CalendarEntry,
    CalendarFeed,
    CalendarNews,
    CalendarNotice,
    CarriedOut,
    CauseLocation,
    CheckIn,
    Decision,
    DevelopmentArea,
    Draft,
    EffectAssessment,
    GoalDecision,
    GoodExample,
    HandoverNote,
    Judgement,
    LinkPurpose,
    MailKind,
    MailState,
    Measure,
    MeasureBasis,
    NationalDialogue,
    NationalMeeting,
    OneTimeLink,
    Organizer,
    OrganizerGoal,
    OutgoingMail,
    ProblemDevelopment,
    QualityCycle,
    QualityDialogue,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    Side,
    SituationAnalysis,
    SupportDecision,
    SupportFeedback,
    SupportLevel,
    SupportOffer,
    SupportRequest,
    Team,
    TeamGoal,
    TeamKind,
    TeamMember,
    TeamPlan,
    User,
)
from tracker.web.swedish import sort_key


@dataclass
class Place:
    """Values for the arguments of addresses. `by_endpoint` holds those that only one blueprint or
    route means: {"measures.area_id": 7} is the development area, where `area_id` is the område."""

    name: str
    organizer: str
    values: dict[str, Any]
    by_endpoint: dict[str, Any] = field(default_factory=dict)
    proposal_id: int | None = None
    """The measure that is only proposed."""

    def values_for(self, endpoint: str, arguments: set[str], demand: Demand) -> dict[str, Any]:
        """What the address of the route takes here. Raises LookupError for an unknown argument."""
        return {name: self._value(endpoint, name, demand) for name in arguments}

    def _value(self, endpoint: str, name: str, demand: Demand) -> Any:
        if name == "measure_id" and demand.subject is Subject.PROPOSAL:
            return self.proposal_id
        blueprint = endpoint.partition(".")[0]
        for key in (f"{endpoint}.{name}", f"{blueprint}.{name}"):
            if key in self.by_endpoint:
                return self.by_endpoint[key]
        if name not in self.values:
            raise LookupError(f"{endpoint}: tests/furnished.py has no example of <{name}>")
        return self.values[name]


NOTHING = Place(
    "something that does not exist",
    "",
    {
        "slug": "finns-inte",
        "year": "2031-32",
        "secret": "finns-inte",
        "slot": "finns-inte",
        "token": "finns-inte",
        **dict.fromkeys(
            (
                "number",
                "problem_id",
                "earlier_id",
                "cause_id",
                "measure_id",
                "dialogue_id",
                "topic_id",
                "proposal_id",
                "entry_id",
                "agreement_id",
                "reminder_id",
                "question_id",
                "area_id",
                "user_id",
                "role_id",
                "period_id",
                "event_id",
                "mail_id",
                "meeting_id",
                "check_in_id",
                "removal_id",
                "request_id",
                "offer_id",
                "feedback_id",
                "example_id",
                "team_id",
                "member_id",
                "goal_id",
            ),
            999_999,
        ),
    },
    proposal_id=999_999,
)  # fmt: skip


@dataclass
class House:
    cast: Cast
    units: dict[str, Place]
    """By the cast's name of the unit."""
    organizers: dict[str, Place]
    """exempelby, granby."""
    own_laps: dict[str, Place]
    """The huvudman's own, of the same two."""


def furnish(cast: Cast) -> House:
    """Fill the cast's municipalities; the caller commits."""
    people = _more_people(cast)
    cast.remember(**people)
    units = {
        name: _unit(cast, getattr(cast, name), getattr(cast, leader), getattr(cast, lead), year)
        for name, leader, lead, year in (
            ("savkulla", "karin", "erik", "year"),
            ("hassel", "ali", "erik", "year"),
            ("klockvret", "erik", "erik", "year"),
            ("ringmura", "nadia", "maria", "year"),
            ("granbyskolan", "mats", "ingela", "granby_year"),
        )
    }
    _other_states(cast)
    db.session.flush()
    exempelby = _organizer(cast, cast.exempelby, cast.ali, cast.norr, cast.year)
    granby_area = Area.create(cast.granby, "Centrum", by=cast.greta)
    granby = _organizer(cast, cast.granby, cast.mats, granby_area, cast.granby_year)
    own_laps = {
        "exempelby": _own_lap(cast, cast.lena, "year", [cast.savkulla, cast.hassel]),
        "granby": _own_lap(cast, cast.ingela, "granby_year", [cast.granbyskolan]),
    }
    return House(cast, units, {"exempelby": exempelby, "granby": granby}, own_laps)


def _more_people(cast: Cast) -> dict[str, User]:
    """A deputy to whom adopting is delegated, a developer who is invited, one who has left."""
    names = {"dag": "Dag Nyström", "vera": "Vera Sjö", "nils": "Nils Borg"}
    people = {
        key: User(email=f"{key}@exempelby.example", name=name, sort_key=sort_key(name))
        for key, name in names.items()
    }
    db.session.add_all(people.values())
    give = RoleAssignment.give
    give(people["dag"], Role.DEPUTY, cast.exempelby, by=cast.tove, unit=cast.savkulla,
         starts_on=SINCE, may_adopt=True)  # fmt: skip
    give(people["vera"], Role.QUALITY_DEVELOPER, cast.exempelby, by=cast.tove, starts_on=SINCE)
    yesterday = today() - timedelta(days=1)
    give(people["nils"], Role.PRINCIPAL, cast.exempelby, by=cast.tove, unit=cast.savkulla,
         starts_on=SINCE, ends_on=yesterday)  # fmt: skip
    return people


BOARDS_DECISION = {
    "basis": MeasureBasis.ORGANIZER,
    "basis_note": "Nämndens beslut om läsning.",
    "cause_id": None,
}
TEXTS = {
    "basis": "Tolv lektionsbesök i oktober.\n\n- elevintervjuer\n- kunskapsresultat",
    "results": "Var tredje elev i åk 3 når inte kravnivån i läsning av faktatexter.",
    "staff_participation": "Arbetslagen på två studiedagar.",
}


def _unit(cast: Cast, unit: SchoolUnit, leader: User, lead: User, year_name: str) -> Place:
    """An analysis that has been adopted and opened again, measures in every state, a placed
    dialogue with topics and a proposal of another time."""
    year: SchoolYear = getattr(cast, year_name)
    lap = cast.cycle(unit, year)
    before = cast.cycle(unit, getattr(cast, year_name.replace("year", "last_year")))
    analysis = SituationAnalysis.start(lap, by=leader)
    analysis.write(TEXTS, by=leader)
    problem = analysis.add_problem("Var tredje elev förstår inte faktatexter.", None, by=leader)
    cause = problem.add_cause(
        "Vi visar sällan hur man tar sig an en svår text.",
        CauseLocation.TEACHING,
        "I 2 av 12 lektioner modellerade läraren en strategi.",
        by=leader,
    )
    db.session.flush()
    earlier = _last_years_analysis(before, leader, shared=unit is cast.ringmura)
    analysis.take_over(earlier.problems[0], ProblemDevelopment.CHANGED, "74 % i maj.", by=leader)
    analysis.take_over(earlier.problems[1], ProblemDevelopment.SOLVED, "Inga längre.", by=leader)
    lifted = AnalysisDeepening.decide(lap, today(), "Tre år under 70 %.", by=lead)
    lifted.describe_support(
        {
            "support_offered": "Tolv besök.",
            "support_wanted": "",
            "support_given_by": "Utvecklaren.\n\n- i oktober\n- i november",
        },
        by=lead,
    )
    if unit.organizer_id == cast.exempelby.id:
        analysis.invite(cast.vera, by=leader)
    analysis.adopt(by=leader)
    analysis.reopen("Ett prov var felräknat.", by=leader)
    analysis.adopt(by=leader)
    analysis.reopen("Nya resultat från höstens prov.", by=leader)

    area = DevelopmentArea.create(
        lap, "Läsning i alla ämnen", "Det märks i alla ämnen.", "80 procent i maj.", by=leader,
        problems=[problem],
    )  # fmt: skip
    basis = {
        "basis": MeasureBasis.CAUSE,
        "cause_id": cause.id,
        "expected_effect": "I maj når minst 80 % av åk 3 kravnivån (start 69 %).",
        "follow_up": "Kunskapsresultat i maj.",
        "responsible": leader.name,
    }
    running = Measure.propose(
        lap, by=leader, title="Lässtrategier i alla ämnen", area_id=area.id,
        assessable_from=date(2027, 5, 20), starts_on=date(2026, 10, 1), **basis,
    )  # fmt: skip
    running.decide(by=leader)
    entry = running.add_log(date(2026, 11, 2), "Första planeringen gjord.", by=leader)
    due = Measure.propose(
        before, by=leader, title="Språkgrupper", assessable_from=date(2026, 9, 1),
        **(basis | BOARDS_DECISION),
    )  # fmt: skip
    due.decide(by=leader)
    assessed = Measure.propose(
        before, by=leader, title="Läsvecka", assessable_from=date(2026, 9, 1),
        **(basis | BOARDS_DECISION),
    )  # fmt: skip
    assessed.decide(by=leader)
    EffectAssessment.make(
        assessed,
        year,
        by=leader,
        carried_out=CarriedOut.YES,
        outcome="74 procent (31 av 42).",
        judgement=Judgement.PARTLY,
        evidence="Kunskapsresultat och besök.",
        decision=Decision.ADJUST,
        lesson="Undervisningen ändrades före resultaten.",
    )
    example = GoodExample.publish(
        assessed, by=leader, how="En text i veckan planeras ihop.", why="Tiden låg i schemat.",
        transferable="minst två lärare undervisar i samma årskurs.",
    )  # fmt: skip
    proposal = Measure.propose(
        lap, by=leader, title="Rastaktiviteter", modelled_on_id=assessed.id, **basis
    )

    dialogue = cast.dialogue(unit) if year is cast.year else _dialogue(unit, year)
    starts_at = now().replace(hour=12, minute=0) + timedelta(days=18)
    dialogue.place_at(starts_at, starts_at + timedelta(minutes=90), by=lead)
    dialogue.describe("Stadshuset, Björken", "", by=lead)
    dialogue.choose_topic("Läsning i alla ämnen", "Hur håller vi i?", area, by=leader)
    topic = dialogue.add_topic("Fritidshemmets plats", "Vi ser det i tre åtgärder.", by=lead)
    other_time = dialogue.propose_time(
        starts_at + timedelta(days=1), "Vi har studiedag.", by=leader
    )
    asked = dialogue.ask(Side.PRINCIPAL, "Vilka beslut kan vi fatta på plats?", by=leader)
    asked_back = dialogue.ask(Side.ORGANIZER, "Hur tänker ni om fritidshemmet?", by=lead)
    answered = dialogue.ask(Side.ORGANIZER, "Kan ni ta med planeringen?", by=lead)
    dialogue.answer_question(answered, "Ja, den ligger i mappen.\n\n- åk 1\n- åk 2", by=leader)
    _placed_apart(unit, year, lead)
    HandoverNote.leave(unit, "Börja med språkgrupperna.\n\n- fråga Sofia", by=leader)
    checked_in = _check_ins(unit, running, leader, lead)
    asked_for = _support(unit, leader, lead)
    last_year = getattr(cast, year_name.replace("year", "last_year"))
    approved = _approved_dialogue(_dialogue(unit, last_year, 1), leader, lead)
    held = _held_dialogue(_dialogue(unit, last_year, 2), leader, lead)
    in_the_room = dict.fromkeys(
        (
            "dialogues.room.dialogue_id", "dialogues.room_news.dialogue_id",
            "dialogues.write_note.dialogue_id", "dialogues.write_agreements.dialogue_id",
            "dialogues.undo_hold.dialogue_id", "dialogues.approve.dialogue_id",
            "dialogues.agreement.dialogue_id", "dialogues.make_measure.dialogue_id",
            "dialogues.notes.dialogue_id",
        ),
        held.id,
    )  # fmt: skip
    for name in ("remark", "notes_word", "notes_pdf"):
        in_the_room[f"dialogues.{name}.dialogue_id"] = approved.id
    if unit in (cast.klockvret, cast.ringmura):  # the pages of one that is locked
        in_the_room["dialogues.notes.dialogue_id"] = approved.id
        in_the_room["dialogues.show.dialogue_id"] = approved.id
    elif unit is cast.hassel:
        in_the_room["dialogues.show.dialogue_id"] = held.id
    db.session.flush()
    reminded = _reminders(dialogue, leader)
    team, goals = _team(cast, unit, lap, before, leader, area)
    removed = DevelopmentArea.create(lap, "Uppgiftslämnandet", "", "Färre blanketter", by=leader)
    db.session.flush()
    Draft.keep(
        leader.id, unit.organizer_id, f"utkast-{unit.slug}"[:40], 1,
        [("version", "1"), ("results", "74 procent i november, enligt höstens diagnos.")],
        form="ResultsForm", place=f"slug={unit.slug},year={year.slug}",
        address=f"/enheter/{unit.slug}/{year.slug}/nulagesanalys/skriv", title="Underlag och resultat",
    )  # fmt: skip
    return Place(
        unit.name,
        "exempelby" if unit.organizer_id == cast.exempelby.id else "granby",
        {
            "slug": unit.slug,
            "year": year.slug,
            "number": 1,
            "problem_id": problem.id,
            "earlier_id": earlier.problems[2].id,
            "cause_id": cause.id,
            "measure_id": running.id,
            "entry_id": entry.id,
            "dialogue_id": dialogue.id,
            "topic_id": topic.id,
            "proposal_id": other_time.id,
            "check_in_id": checked_in.id,
            "request_id": asked_for.id,
            "reminder_id": reminded.id,
            "mail_id": _calendar_mail(dialogue, leader).mail_id,
            "user_id": cast.vera.id,
            "slot": held.slots()[2],
            "agreement_id": held.agreements[1].id,
            "removal_id": removed.remove(by=leader).id,
            "token": "ett-utkast",
            "example_id": example.id,
            "team_id": team.id,
            "member_id": db.session.scalars(
                sa.select(TeamMember.id).filter_by(team_id=team.id)
            ).one(),
            "goal_id": goals["evaluated"],
        },
        {
            "teams.take_over.goal_id": goals["earlier"],
            "analyses.slot": f"cause-{cause.id}",
            "measures.area_id": area.id,
            "thread.area_id": area.id,
            "evaluation.measure_id": due.id,
            "dialogues.answer_principal.question_id": asked.id,
            "dialogues.withdraw_by_principal.question_id": asked.id,
            "dialogues.answer_organizer.question_id": asked_back.id,
            "dialogues.withdraw_by_organizer.question_id": asked_back.id,
            **in_the_room,
        },
        proposal_id=proposal.id,
    )


def _team(
    cast: Cast,
    unit: SchoolUnit,
    lap: QualityCycle,
    before: QualityCycle,
    leader: User,
    area: DevelopmentArea,
) -> tuple[Team, dict[str, int]]:
    """One with goals in two läsår: evaluated, ended, waited for; with Sofia in it at Sävkulla, who has
    left another that is retired. One more that has shared nothing."""
    team = Team.create(unit, TeamKind.WORK, "Arbetslag 1–3", by=leader)
    other = Team.create(unit, TeamKind.SUBJECT, "Ämneslag matematik", by=leader)
    retired = Team.create(unit, TeamKind.OTHER, "Elevhälsa", by=leader)
    writer = leader
    if unit is cast.savkulla:
        writer = cast.sofia
        team.add_member(writer, SINCE, by=leader)
        other.add_member(writer, SINCE, today() - timedelta(days=3), by=leader)
    else:
        team.add_member(leader, SINCE, today() - timedelta(days=3), by=leader)
    retired.retire(by=leader)
    start = lap.school_year.first_day
    last = TeamPlan.begin(team, before)
    last.write("Få elever läser på egen hand.", by=writer)
    earlier = TeamGoal.add(
        last, by=writer, goal="Alla läser varje dag.", follow_up="Läslogg.", evaluate_on=start
    )
    last.share(by=writer)
    plan = TeamPlan.begin(team, lap)
    plan.write("Vi visar sällan hur.\n\n- åk 1\n- åk 2", by=writer)
    evaluated, ended, _waiting = (
        TeamGoal.add(
            plan, by=writer, goal=goal, follow_up="Tre lektionsbesök.\n\n- v. 40\n- v. 3",
            area_id=area.id, evaluate_on=start + timedelta(days=60), responsible=writer,
        )
        for goal in ("Eleverna väljer strategi själva.", "Högläsning varje dag.", "Fler frågar.")
    )  # fmt: skip
    plan.share(by=writer)
    for goal, decision in ((evaluated, GoalDecision.ADJUST), (ended, GoalDecision.END)):
        goal.evaluate(
            by=writer, seen=0, held_on=today(), outcome="I sju av tolv lektioner.\n\n- fler i åk 3",
            decision=decision, next_step="Vi visar högt.", next_on=today() + timedelta(days=40),
        )  # fmt: skip
    db.session.flush()
    return team, {"evaluated": evaluated.id, "earlier": earlier.id}


def _last_years_analysis(lap: QualityCycle, leader: User, *, shared: bool) -> SituationAnalysis:
    """Only shared, or adopted, with three problems: two that the new one has taken over, one that
    waits."""
    analysis = SituationAnalysis.start(lap, by=leader)
    analysis.write({"basis": "Prov i maj.", "results": "69 %."}, by=leader)
    for text in ("För få läser faktatexter.", "Många kommer sent.", "Rasterna är oroliga."):
        problem = analysis.add_problem(text, None, by=leader)
        problem.add_cause(
            "Vi planerar var för sig.", CauseLocation.LEADERSHIP, "Schemat.", by=leader
        )
    if shared:
        analysis.share(by=leader)
    else:
        analysis.adopt(by=leader)
    return analysis


def _own_lap(cast: Cast, lead: User, year_name: str, concerned: list[SchoolUnit]) -> Place:
    """The huvudman's own lap: goals, an analysis that was adopted and is open again, what went before it, a
    measure that concerns units, one that waits for its assessment, and one that is only proposed."""
    year: SchoolYear = getattr(cast, year_name)
    lap = _own_cycle(year)
    before = _own_cycle(getattr(cast, year_name.replace("year", "last_year")))
    earlier = _last_years_analysis(before, lead, shared=False)
    OrganizerGoal.add(before, "Frånvaro upptäcks tidigt.", "", by=lead)
    goal = OrganizerGoal.add(lap, "Alla läser för att lära.", "Antal besök.\n\n- i maj", by=lead)
    analysis = SituationAnalysis.start(lap, by=lead)
    analysis.write(TEXTS, by=lead)
    problem = analysis.add_problem("Elever får olika hjälp att komma tillbaka.", None, by=lead)
    cause = problem.add_cause(
        "Rutinen skrevs utan rektorerna.", CauseLocation.ROUTINES, "Sex dialoger.", by=lead
    )
    db.session.flush()
    analysis.take_over(earlier.problems[0], ProblemDevelopment.CHANGED, "Färre.", by=lead)
    analysis.take_over(earlier.problems[1], ProblemDevelopment.SOLVED, "Inga.", by=lead)
    if lap.organizer_id == cast.exempelby.id:
        analysis.invite(cast.vera, by=lead)
    for reason in ("Ett tal var fel.", "Nya siffror."):
        analysis.adopt(by=lead)
        analysis.reopen(reason, by=lead)
    area = DevelopmentArea.create(
        lap, "Närvaro", "Det gäller alla skolor.", "8 procent.", by=lead, problems=[problem]
    )
    basis = {
        "basis": MeasureBasis.CAUSE, "cause_id": cause.id, "responsible": lead.name,
        "expected_effect": "Frånvaron sjunker från 11 till 8 %.",
    }  # fmt: skip
    running = Measure.propose(
        lap, by=lead, units=concerned, title="Gemensam närvarorutin", area_id=area.id,
        assessable_from=date(2027, 5, 20), starts_on=date(2026, 10, 1), **basis,
    )  # fmt: skip
    running.decide(by=lead)
    for title, judgement in (("Rektorsmentorer", None), ("Samlad elevhälsa", Judgement.PARTLY)):
        measure = Measure.propose(
            before, by=lead, units=concerned, title=title, assessable_from=date(2026, 9, 1),
            **(basis | BOARDS_DECISION),
        )  # fmt: skip
        measure.decide(by=lead)
        if judgement is not None:
            EffectAssessment.make(
                measure, year, by=lead, carried_out=CarriedOut.YES, outcome="9 %.",
                judgement=judgement, evidence="Frånvaro i maj.", decision=Decision.END,
                lesson="Vi frågade om rutinen fanns, inte om den användes.",
            )  # fmt: skip
    Measure.propose(lap, by=lead, title="Stöd till tre enheter", **basis)
    removed = OrganizerGoal.add(lap, "Färre blanketter.", "", by=lead)
    db.session.flush()
    return Place(
        "the own lap",
        "exempelby" if lap.organizer_id == cast.exempelby.id else "granby",
        {
            "year": year.slug,
            "slug": "",
            "number": 1,
            "problem_id": problem.id,
            "earlier_id": earlier.problems[2].id,
            "cause_id": cause.id,
            "area_id": area.id,
            "goal_id": goal.id,
            "user_id": cast.vera.id,
            "slot": f"cause-{cause.id}",
            "removal_id": removed.remove(by=lead).id,
        },
    )


def _own_cycle(year: SchoolYear) -> QualityCycle:
    return db.session.scalars(
        sa.select(QualityCycle).filter_by(school_year_id=year.id, unit_id=None)
    ).one()


def _questions(organizer: Organizer, person: User) -> tuple[int, int]:
    """The board's: one with an answer that was changed, and one that builds on it and waits."""
    answered = BoardQuestion.ask(organizer, "Vad vet vi om de som inte kom?", None, by=person)
    answered.give_answer("Ganska lite.", by=person)
    answered.give_answer("De hade högre frånvaro.\n\n- redan innan", by=person)
    waiting = BoardQuestion.ask(organizer, "Når stödet dem nu?", answered, by=person)
    return answered.id, waiting.id


def _check_ins(unit: SchoolUnit, measure: Measure, leader: User, lead: User) -> CheckIn:
    """One whose support has led to something, one that was answered, and the latest, which waits."""
    found = [
        CheckIn.hold(
            [unit],
            by=leader,
            held_on=today() - timedelta(days=days),
            situation="Tre av sex lag följer rutinen.",
            obstacles="Skolskötersketjänsten är vakant.",
            support="Besked från elevhälsochefen.",
            measures=[measure],
            next_on=today() + timedelta(days=8),
        )
        for days in (34, 20, 6)
    ]
    for check_in in found[:2]:
        check_in.support.respond("Vikarie från 1 december.", by=lead)
    found[0].support.settle("Hon kom, och har träffat alla lag.", by=leader)
    found[0].settle_obstacles(by=leader)
    return found[2]


def _support(unit: SchoolUnit, leader: User, lead: User) -> SupportRequest:
    """Support by decision, which is to be followed up; of what was asked for, one that has led to
    something, one that was answered, and the latest, which waits."""
    SupportDecision.make(
        unit, SupportLevel.TARGETED, by=lead, reason="Ny rektor och tre lärarbyten.",
        since_on=today() - timedelta(days=80), follow_up_on=today() + timedelta(days=5),
        content="Rektorsmentor varannan vecka.",
    )  # fmt: skip
    offer = SupportOffer.add(
        db.session.get_one(Organizer, unit.organizer_id), by=lead, title="Rektorsmentor",
        gives="Ett samtal varannan vecka.", contact="Områdeschefen.",
    )  # fmt: skip
    found = [
        SupportRequest.ask(unit, "En mentor under hösten.", by=leader, offer=offer)
        for _ in range(3)
    ]
    for row in found[:2]:
        row.respond("Mentorn hör av sig i veckan.", by=lead)
    found[0].settle("De har träffats tre gånger.", by=leader)
    return found[2]


def _reminders(dialogue: QualityDialogue, leader: User) -> Reminder:
    """A reminder in every state; gives the one that was sent, by a mail of its own."""
    sent = OutgoingMail(
        organizer_id=dialogue.organizer_id,
        recipient_id=leader.id,
        kind=MailKind.AGAIN,
        to_address=leader.email,
        to_name=leader.name,
        subject="Kvalitetsdialog 8 december: en sak kvar för dig",
        text="Hej! Kvar: välj område.",
        html="<p>Hej! Kvar: välj område.</p>",
        state=MailState.SENT,
        sent_at=now(),
    )
    db.session.add(sent)
    db.session.flush()
    rows = {
        state: Reminder(
            organizer_id=dialogue.organizer_id,
            kind=ReminderKind.DIALOGUE,
            subject_id=dialogue.id,
            recipient_id=leader.id,
            offset_days=offset,
            date_revision=dialogue.date_revision,
            due_on=today(),
            state=state,
            reason=reason,
            mail_id=sent.id if state is ReminderState.SENT else None,
            settled_at=None if state is ReminderState.PLANNED else now(),
        )
        for offset, (state, reason) in enumerate(
            {
                ReminderState.PLANNED: "",
                ReminderState.SENT: "",
                ReminderState.FAILED: "Mejlet kunde inte skickas",
                ReminderState.SKIPPED: "Inget kvar att göra",
                ReminderState.CANCELLED: "Dialogen är flyttad",
            }.items(),
            1,
        )
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows[ReminderState.SENT]


def _calendar_mail(dialogue: QualityDialogue, leader: User) -> CalendarNotice:
    """The leader's calendar could not be told of a time that lies ahead."""
    starts_at = now() + timedelta(days=20)
    notice = CalendarNotice(
        organizer_id=dialogue.organizer_id,
        dialogue_id=dialogue.id,
        mail=OutgoingMail(
            organizer_id=dialogue.organizer_id,
            recipient_id=leader.id,
            kind=MailKind.CALENDAR,
            to_address=leader.email,
            to_name=leader.name,
            subject="Flyttad: Dialog 1",
            text="Hej! Ny tid.",
            html="<p>Hej! Ny tid.</p>",
            calendar="BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
            state=MailState.FAILED,
            last_error="Mejlservern tar inte emot mejlet: 550 5.1.1 No such user",
        ),
        news=CalendarNews.MOVED,
        sequence=1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    db.session.add(notice)
    db.session.flush()
    entry = CalendarEntry(
        organizer_id=dialogue.organizer_id,
        dialogue_id=dialogue.id,
        recipient_id=leader.id,
        uid=f"dialog-{dialogue.id}@varvet.example",
        sequence=1,
        fingerprint="0" * 64,
        title="Dialog 1",
        starts_at=notice.starts_at,
        ends_at=notice.ends_at,
        mail_id=notice.mail_id,
    )
    db.session.add(entry)
    return notice


def _approved_dialogue(dialogue: QualityDialogue, leader: User, lead: User) -> QualityDialogue:
    """Locked, with a remark; what was agreed is done, or has become a proposal."""
    _talk(dialogue, leader, lead, weeks_ago=50)
    done = dialogue.agree("Dialogansvarig ordnar ett besök.", lead.name, lead.id, by=leader)
    done.settle(AgreementState.DONE, "Besöket blev av i november.", by=lead)
    dialogue.agree("Rektor frågar elevhälsan.", "Elevhälsan", by=lead)
    for side, by in ((Side.PRINCIPAL, leader), (Side.ORGANIZER, lead)):
        dialogue.approve({side}, seen=dialogue.digest(), by=by)
    dialogue.remark("Besöket gällde årskurs fyra.", by=leader)
    return dialogue


def _held_dialogue(dialogue: QualityDialogue, leader: User, lead: User) -> QualityDialogue:
    """The notes were changed after the dialogansvarig had approved them."""
    _talk(dialogue, leader, lead, weeks_ago=25)
    dialogue.agree("Mål för fritidshemmet in i analysen.", leader.name, leader.id, by=lead)
    dialogue.agree("Någon räknar besöken.", due_on=today(), by=lead)
    dialogue.approve({Side.ORGANIZER}, seen=dialogue.digest(), by=lead)
    note = dialogue.note_at("other")
    dialogue.write_note("other", "Nästa möte blir i februari.", seen=note.version, by=leader)
    return dialogue


def _talk(dialogue: QualityDialogue, leader: User, lead: User, *, weeks_ago: int) -> None:
    dialogue.choose_topic("Läsning", "Hur håller vi i?", None, by=leader)
    start = now() - timedelta(weeks=weeks_ago)
    dialogue.place_at(start, start + timedelta(minutes=90), by=lead)
    dialogue.write_note("other", "Nästa möte blir i januari.", seen=0, by=lead)
    dialogue.hold(by=lead)


def _dialogue(unit: SchoolUnit, year: SchoolYear, number: int = 1) -> QualityDialogue:
    return next(
        row
        for row in db.session.scalars(sa.select(QualityDialogue).filter_by(school_year_id=year.id))
        if row.kind.number == number and unit.id in {link.unit_id for link in row.unit_links}
    )


def _placed_apart(unit: SchoolUnit, year: SchoolYear, lead: User) -> None:
    """Dialog 2 has been cancelled: the page of one that is not ahead."""
    second = _dialogue(unit, year, 2)
    if second.starts_at is None:
        starts_at = now() + timedelta(days=180)
        second.place_at(starts_at, starts_at + timedelta(minutes=90), by=lead)
        second.cancel("Förhinder, ingen ersättare.", by=lead)


def _other_states(cast: Cast) -> None:
    """What the pages of one state do not show: a draft that nobody has shared."""
    analysis = SituationAnalysis.start(cast.cycle(cast.lyktvret), by=cast.karin)
    analysis.write(TEXTS, by=cast.karin)
    problem = analysis.add_problem("Barnen får lite talutrymme.", None, by=cast.karin)
    problem.add_cause("Samlingen är för stor.", CauseLocation.LEADERSHIP, "Filmer.", by=cast.karin)


def _organizer(
    cast: Cast, organizer: Organizer, person: User, area: Area, year: SchoolYear
) -> Place:
    role = db.session.scalars(
        sa.select(RoleAssignment).filter_by(user_id=person.id, organizer_id=organizer.id)
    ).first()
    unit = db.session.scalars(
        sa.select(SchoolUnit).filter_by(organizer_id=organizer.id).order_by(SchoolUnit.id)
    ).first()
    own = organizer.id == cast.exempelby.id
    answered, waiting = _questions(organizer, cast.perolov if own else cast.ingela)
    return Place(
        organizer.name,
        "exempelby" if own else "granby",
        {
            "slug": unit.slug,
            "year": year.slug,
            "area_id": area.id,
            "user_id": person.id,
            "role_id": role.id,
            "period_id": year.periods[0].id,
            "mail_id": _mail(organizer, person).id,
            "meeting_id": _national_meeting(year, person).id,
            "offer_id": _offer(organizer, person).id,
            "feedback_id": _feedback(organizer, area, person).id,
            "reminder_id": db.session.scalars(
                sa.select(Reminder.id).where(
                    Reminder.organizer_id == organizer.id, Reminder.state == ReminderState.SENT
                )
            ).first(),
            "secret": OneTimeLink.issue(person, LinkPurpose.INVITATION, organizer.id),
        },
        {
            "calendars.secret": CalendarFeed.make(person),
            "board.question_id": waiting,
            "board.show.question_id": answered,
            "notifications.calendar_again.mail_id": db.session.scalars(
                sa.select(CalendarNotice.mail_id).where(CalendarNotice.organizer_id == organizer.id)
            ).first(),
        },
    )


def _offer(organizer: Organizer, person: User) -> SupportOffer:
    """One that can be asked for, beside one that is retired."""
    rows = [
        SupportOffer.add(
            organizer, by=person, title=title, gives="Någon som lyssnar, och ett svar.",
            forms=[SchoolForm.COMPULSORY], audience="Rektorer", owner_id=person.id,
        )
        for title in ("Stöd i analysen", "Schemaläggare")
    ]  # fmt: skip
    rows[1].retire(by=person)
    return rows[0]


def _feedback(organizer: Organizer, area: Area, person: User) -> SupportFeedback:
    """One in each state; gives the one that waits for an answer."""
    rows = [
        SupportFeedback.give(
            organizer, "Centrala elevhälsan", "Samma fråga får två svar.", by=person, area=where
        )
        for where in (None, area, area)
    ]
    for row in rows[:2]:
        row.clarify("En kontaktperson per område.", today() + timedelta(days=7), by=person)
    rows[0].follow_up("Sex av sju rektorer tycker att det fungerar bättre.", by=person)
    return rows[2]


def _national_meeting(year: SchoolYear, person: User) -> NationalMeeting:
    """A national dialogue whose introduction has a time."""
    row = NationalDialogue.begin(year, by=person)
    row.write(by=person, focus="Hur vi vet att insatserna ger effekt.", takeaway="")
    meeting = row.meetings[0]
    starts_at = now() + timedelta(days=30)
    meeting.arrange(starts_at, starts_at + timedelta(hours=2), "Digitalt", "Lena", by=person)
    meeting.write("Vi fick veta hur dialogen går till.", by=person)
    return meeting


def _mail(organizer: Organizer, person: User) -> OutgoingMail:
    """A digest of reminders that has been sent; an invitation was refused."""
    mail = OutgoingMail(
        organizer_id=organizer.id,
        recipient_id=person.id,
        kind=MailKind.REMINDERS,
        digest_on=today(),
        to_address=person.email,
        to_name=person.name,
        subject="Kvalitetsdialog 8 december: en sak kvar för dig",
        text="Hej! Kvar: välj område.",
        html="<p>Hej! Kvar: välj område.</p>",
        state=MailState.SENT,
        sent_at=now(),
    )
    refused = OutgoingMail(
        organizer_id=organizer.id,
        recipient_id=person.id,
        kind=MailKind.INVITATION,
        to_address=person.email,
        to_name=person.name,
        subject="Inbjudan",
        text="",
        html="",
        state=MailState.FAILED,
        last_error="Mejlservern tar inte emot mejlet: 550 5.1.1 No such user",
    )
    db.session.add_all([mail, refused])
    db.session.flush()
    return mail
