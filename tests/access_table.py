"""Every route and what it demands: the one table. `tests/test_every_route.py` walks it for every
role; a route that is not in it, or a line whose route is gone, fails.

A line says what the address names and which permission that takes there:

    "measures.show": measure(READ),                  GET and POST alike
    "analyses.show": cycle(READ, post=WRITE),        reading asks for less than writing
    "measures.decide": proposal(ADOPT),              a measure not yet decided: its writers' alone
    "organisation.index": organizer(MANAGE),         the organizer as a whole; else 403
    "dialogues.plan": anywhere(LEAD),                something in the organizer; else 403
    "start.home": SIGNED_IN,
    "auth.sign_in": PUBLIC,

Who holds which permission where is HOLDS in tests/walk.py.
"""

import enum
from dataclasses import dataclass

from tracker.models import Permission

READ, FOLLOW, WRITE = Permission.READ, Permission.FOLLOW, Permission.WRITE
ADOPT, LEAD = Permission.ADOPT, Permission.LEAD
CONVERSE = Permission.CONVERSE
MANAGE, OVERSEE = Permission.MANAGE, Permission.OVERSEE
SUPPORT, CATALOGUE = Permission.SUPPORT, Permission.CATALOGUE
TEAMS = Permission.TEAMS
ASK = Permission.ASK


class Subject(enum.Enum):
    """What a route's address names."""

    NOTHING = enum.auto()
    ORGANIZER = enum.auto()
    ANYWHERE = enum.auto()
    UNIT = enum.auto()
    MEASURE = enum.auto()
    PROPOSAL = enum.auto()
    DIALOGUE = enum.auto()
    CHECK_IN = enum.auto()
    REQUEST = enum.auto()
    FEEDBACK = enum.auto()
    EXAMPLE = enum.auto()
    TEAM = enum.auto()
    OWN_LAP = enum.auto()
    QUESTION = enum.auto()
    WAITING_QUESTION = enum.auto()

    @property
    def visible_with(self) -> Permission | None:
        """Without this permission the thing answers as if it did not exist. None: nothing is
        hidden, a lacking permission is said to be one."""
        return {
            Subject.UNIT: READ,
            Subject.MEASURE: READ,
            Subject.PROPOSAL: WRITE,
            Subject.DIALOGUE: FOLLOW,
            Subject.CHECK_IN: CONVERSE,
            Subject.REQUEST: CONVERSE,
            Subject.FEEDBACK: FOLLOW,
            Subject.EXAMPLE: READ,
            Subject.TEAM: READ,
            Subject.OWN_LAP: READ,
            Subject.QUESTION: READ,
        }.get(self)


@dataclass(frozen=True)
class Demand:
    """What a route asks of whoever opens it. `to` is None when being signed in is enough."""

    subject: Subject = Subject.NOTHING
    to: Permission | None = None
    post: Permission | None = None
    public: bool = False

    def permission(self, method: str) -> Permission | None:
        return self.post if method == "POST" and self.post else self.to


def unit(to: Permission, post: Permission | None = None) -> Demand:
    """A unit, by its slug, and what hangs below it."""
    return Demand(Subject.UNIT, to, post)


cycle = unit
"""A unit's lap, by slug and läsår: demands what its unit does."""


def measure(to: Permission, post: Permission | None = None) -> Demand:
    """A decided measure of a unit."""
    return Demand(Subject.MEASURE, to, post)


def proposal(to: Permission, post: Permission | None = None) -> Demand:
    """A measure that is only proposed."""
    return Demand(Subject.PROPOSAL, to, post)


def dialogue(to: Permission, post: Permission | None = None) -> Demand:
    """A dialogue about one or more units."""
    return Demand(Subject.DIALOGUE, to, post)


def check_in(to: Permission, post: Permission | None = None) -> Demand:
    """A check-in about one or more units."""
    return Demand(Subject.CHECK_IN, to, post)


def request(to: Permission, post: Permission | None = None) -> Demand:
    """Support asked for about a unit. The skolchef oversees them all."""
    return Demand(Subject.REQUEST, to, post)


def feedback(to: Permission, post: Permission | None = None) -> Demand:
    """What the organizer's principals say of a support: of everybody who may do this with any unit, or
    with the organizer."""
    return Demand(Subject.FEEDBACK, to, post)


def example(to: Permission, post: Permission | None = None) -> Demand:
    """A published good example: everybody with a role in its organizer reads it; more is asked of the unit
    whose measure it is."""
    return Demand(Subject.EXAMPLE, to, post)


def team(to: Permission, post: Permission | None = None) -> Demand:
    """The goals of a team of a unit, which it has shared. Who is in the team writes them too."""
    return Demand(Subject.TEAM, to, post)


def own_lap(to: Permission, post: Permission | None = None) -> Demand:
    """The organizer's own lap. A cycle's route with a second address there asks the same of it
    (tracker/own_lap/addresses.py)."""
    return Demand(Subject.OWN_LAP, to, post)


def question(to: Permission) -> Demand:
    """A question of the board that has its answer: everybody with a role in its organizer reads it."""
    return Demand(Subject.QUESTION, to)


def waiting_question(to: Permission) -> Demand:
    """One without an answer: there for the board and for the skolchef alone."""
    return Demand(Subject.WAITING_QUESTION, to)


def organizer(to: Permission, post: Permission | None = None) -> Demand:
    """The organizer as a whole."""
    return Demand(Subject.ORGANIZER, to, post)


def anywhere(to: Permission, post: Permission | None = None) -> Demand:
    """Some unit of the organizer, whichever; vacancy apart."""
    return Demand(Subject.ANYWHERE, to, post)


PUBLIC = Demand(public=True)
SIGNED_IN = Demand()

ROUTES: dict[str, Demand] = {
    # start
    "start.healthz": PUBLIC,
    "start.readyz": PUBLIC,
    "start.accessibility": PUBLIC,
    "start.home": SIGNED_IN,
    "start.units": SIGNED_IN,
    "start.unit": unit(READ),
    "start.year": cycle(READ),
    # auth
    "auth.sign_in": PUBLIC,
    "auth.forgot_password": PUBLIC,
    "auth.link_sent": PUBLIC,
    "auth.choose_password": PUBLIC,
    "auth.sign_out": SIGNED_IN,
    "auth.account": SIGNED_IN,
    "auth.switch_organizer": SIGNED_IN,
    # organisation
    "organisation.index": organizer(MANAGE),
    "organisation.areas": organizer(MANAGE),
    "organisation.area": organizer(MANAGE),
    "organisation.remove_area": organizer(MANAGE),
    "organisation.units": organizer(MANAGE),
    "organisation.new_unit": organizer(MANAGE),
    "organisation.unit": organizer(MANAGE),
    "organisation.close_unit": organizer(MANAGE),
    "organisation.reopen_unit": organizer(MANAGE),
    "organisation.succeed": organizer(MANAGE),
    "organisation.import_units": organizer(MANAGE),
    "organisation.save_import": organizer(MANAGE),
    "organisation.excel_template": organizer(MANAGE),
    "organisation.csv_template": organizer(MANAGE),
    "organisation.people": organizer(MANAGE),
    "organisation.invite": organizer(MANAGE),
    "organisation.person": organizer(MANAGE),
    "organisation.invite_again": organizer(MANAGE),
    "organisation.close_account": organizer(MANAGE),
    "organisation.give_role": organizer(MANAGE),
    "organisation.role": organizer(MANAGE),
    "organisation.end_role": organizer(MANAGE),
    # cycle
    "cycle.years": organizer(MANAGE),
    "cycle.open_next": organizer(MANAGE),
    "cycle.year": organizer(MANAGE),
    "cycle.add_period": organizer(MANAGE),
    "cycle.period": organizer(MANAGE),
    "cycle.remove_period": organizer(MANAGE),
    "cycle.reminders": organizer(MANAGE),
    "cycle.phase": cycle(WRITE),
    # analyses
    "analyses.show": cycle(READ),
    "analyses.word": cycle(READ),
    "analyses.pdf": cycle(READ),
    "analyses.version": cycle(READ),
    "analyses.version_word": cycle(READ),
    "analyses.version_pdf": cycle(READ),
    "analyses.compare_versions": cycle(READ),
    "analyses.start": cycle(WRITE),
    "analyses.write": cycle(WRITE),
    "analyses.participation": cycle(WRITE),
    "analyses.add_problem": cycle(WRITE),
    "analyses.problem": cycle(WRITE),
    "analyses.remove_problem": cycle(WRITE),
    "analyses.retire_problem": cycle(WRITE),
    "analyses.restore_problem": cycle(WRITE),
    "analyses.add_cause": cycle(WRITE),
    "analyses.cause": cycle(WRITE),
    "analyses.retire_cause": cycle(WRITE),
    "analyses.restore_cause": cycle(WRITE),
    "analyses.share": cycle(WRITE),
    "analyses.writers": cycle(WRITE),
    "analyses.remove_writer": cycle(WRITE),
    "analyses.adopt": cycle(ADOPT),
    "analyses.reopen": cycle(ADOPT),
    "analyses.take_over": cycle(WRITE),
    "analyses.texts": cycle(WRITE),
    "analyses.text": cycle(WRITE),
    "analyses.own_work": cycle(
        READ
    ),  # what it tells is for the unit's own: tests/analyses/test_own_work.py
    "analyses.deepen": cycle(LEAD),
    "analyses.end_deepening": cycle(LEAD),
    "analyses.support": cycle(CONVERSE),
    "causes.total": organizer(OVERSEE),
    # measures
    "measures.index": cycle(READ),
    "measures.new": cycle(WRITE),
    "measures.new_area": cycle(WRITE),
    "measures.area": cycle(WRITE),
    "measures.remove_area": cycle(WRITE),
    "measures.inherit": unit(ADOPT),
    "measures.show": measure(READ),
    "measures.edit": measure(WRITE),
    "measures.start": measure(WRITE),
    "measures.complete": measure(WRITE),
    "measures.undo_complete": measure(WRITE),
    "measures.cancel": measure(WRITE),
    "measures.log": measure(WRITE),
    "measures.log_entry": measure(WRITE),
    "measures.remove_log": measure(WRITE),
    "measures.decide": proposal(ADOPT),
    "measures.withdraw": proposal(WRITE),
    # evaluation
    "evaluation.index": cycle(READ),
    "evaluation.assess": measure(WRITE),
    "evaluation.next_year": cycle(READ),
    # dialogues
    "dialogues.index": anywhere(FOLLOW),
    "dialogues.show": dialogue(FOLLOW),
    "dialogues.brief": dialogue(FOLLOW),
    "dialogues.of_unit": cycle(FOLLOW),
    "dialogues.plan": anywhere(LEAD),
    "dialogues.prepare": anywhere(LEAD),
    "dialogues.place": dialogue(LEAD),
    "dialogues.cancel": dialogue(LEAD),
    "dialogues.join": dialogue(LEAD),
    "dialogues.split": dialogue(LEAD),
    "dialogues.topic": dialogue(WRITE),
    "dialogues.drop_topic": dialogue(WRITE),
    "dialogues.add_topic": dialogue(LEAD),
    "dialogues.change_topic": dialogue(LEAD),
    "dialogues.remove_topic": dialogue(LEAD),
    "dialogues.propose": dialogue(WRITE),
    "dialogues.accept": dialogue(LEAD),
    "dialogues.keep": dialogue(LEAD),
    # preparation of a dialogue
    "dialogues.brief_pdf": dialogue(FOLLOW),
    "dialogues.bring_no_topics": dialogue(LEAD),
    "dialogues.ask_by_principal": dialogue(WRITE),
    "dialogues.answer_principal": dialogue(LEAD),
    "dialogues.withdraw_by_principal": dialogue(WRITE),
    "dialogues.ask_by_organizer": dialogue(LEAD),
    "dialogues.answer_organizer": dialogue(WRITE),
    "dialogues.withdraw_by_organizer": dialogue(LEAD),
    # in the room and afterwards
    "dialogues.room": dialogue(CONVERSE),
    "dialogues.room_news": dialogue(CONVERSE),
    "dialogues.write_note": dialogue(CONVERSE),
    "dialogues.write_agreements": dialogue(CONVERSE),
    "dialogues.notes": dialogue(FOLLOW),
    "dialogues.hold": dialogue(CONVERSE),
    "dialogues.notes_word": dialogue(FOLLOW),
    "dialogues.notes_pdf": dialogue(FOLLOW),
    "dialogues.undo_hold": dialogue(CONVERSE),
    "dialogues.approve": dialogue(CONVERSE),
    "dialogues.remark": dialogue(CONVERSE),
    "dialogues.agreement": dialogue(CONVERSE),
    "dialogues.make_measure": dialogue(WRITE),
    # check-ins
    "checkins.index": anywhere(CONVERSE),
    "checkins.support": organizer(OVERSEE),
    "checkins.new": anywhere(CONVERSE),
    "checkins.of_unit": cycle(CONVERSE),
    "checkins.interval": unit(LEAD),
    "checkins.show": check_in(CONVERSE),
    "checkins.correct": check_in(CONVERSE),
    "checkins.answer": check_in(LEAD),
    "checkins.outcome": check_in(CONVERSE),
    # the huvudman's support
    "support.index": anywhere(READ),
    "support.ask": anywhere(WRITE),
    "support.show": request(FOLLOW),
    "support.rephrase": request(WRITE),
    "support.withdraw": request(WRITE),
    "support.answer": request(LEAD),
    "support.outcome": request(CONVERSE),
    "support.catalogue": anywhere(READ),
    "support.new_offer": organizer(CATALOGUE),
    "support.offer": organizer(CATALOGUE),
    "support.retire_offer": organizer(CATALOGUE),
    "support.restore_offer": organizer(CATALOGUE),
    "support.all_feedback": anywhere(FOLLOW),
    "support.give": anywhere(WRITE),
    "support.feedback": feedback(FOLLOW),
    "support.rewrite": feedback(WRITE),
    "support.hand_on": feedback(OVERSEE),
    "support.clarify": feedback(OVERSEE),
    "support.follow_up": feedback(OVERSEE),
    "support.of_unit": unit(FOLLOW),
    "support.decide": unit(SUPPORT),
    "support.correct": unit(SUPPORT),
    # the teams and their goals; who writes in a draft: tests/teams/
    "teams.manage": unit(WRITE),
    "teams.new_team": unit(WRITE),
    "teams.team": unit(WRITE),
    "teams.retire": unit(WRITE),
    "teams.restore": unit(WRITE),
    "teams.add_members": unit(WRITE),
    "teams.member": unit(WRITE),
    "teams.remove_member": unit(WRITE),
    "teams.index": cycle(TEAMS),
    "teams.show": team(TEAMS),
    "teams.analysis": team(WRITE),
    "teams.share": team(WRITE),
    "teams.new_goal": team(WRITE),
    "teams.goal": team(WRITE),
    "teams.remove_goal": team(WRITE),
    "teams.take_over": team(WRITE),
    "teams.evaluate": team(WRITE),
    "teams.correct": team(WRITE),
    # calendars
    "calendars.address": SIGNED_IN,
    "calendars.remove_address": SIGNED_IN,
    "calendars.feed": PUBLIC,
    # reminders
    "auth.mail_rhythm": SIGNED_IN,
    "notifications.coming": organizer(MANAGE),
    "notifications.again": organizer(MANAGE),
    "notifications.of_dialogue": dialogue(LEAD),
    "notifications.again_of_dialogue": dialogue(LEAD),
    "notifications.calendar_again": organizer(MANAGE),
    "notifications.calendar_again_of_dialogue": dialogue(LEAD),
    # drafts: each person's own
    "drafts.index": SIGNED_IN,
    "drafts.key": SIGNED_IN,
    "drafts.keep": SIGNED_IN,
    "drafts.discard": SIGNED_IN,
    # what was removed: a development area here
    "removals.undo": unit(WRITE),
    # the national quality dialogue
    "national.index": organizer(FOLLOW),
    "national.begin": organizer(OVERSEE),
    "national.show": organizer(FOLLOW),
    "national.texts": organizer(OVERSEE),
    "national.place": organizer(OVERSEE),
    "national.notes": organizer(OVERSEE),
    "national.cancel": organizer(OVERSEE),
    # röda tråden
    "thread.unit": unit(READ),
    "thread.area": unit(READ),
    "thread.life": measure(READ),
    # handover
    "handover.show": unit(CONVERSE),
    "handover.write": unit(WRITE),
    # good examples, and the search in what has been assessed
    "examples.index": anywhere(READ),
    "examples.show": example(READ),
    "examples.publish": measure(ADOPT),
    "examples.edit": example(ADOPT),
    "examples.withdraw": example(ADOPT),
    "search.index": anywhere(READ),
    # the huvudman's own lap, and the board's questions
    "own_lap.new_goal": own_lap(WRITE),
    "own_lap.take_over": own_lap(WRITE),
    "own_lap.goal": own_lap(WRITE),
    "own_lap.remove_goal": own_lap(WRITE),
    "board.index": anywhere(READ),
    "board.ask": organizer(ASK),
    "board.show": question(READ),
    "board.rephrase": waiting_question(ASK),
    "board.withdraw": waiting_question(ASK),
    "board.answer": waiting_question(OVERSEE),
    # reports
    "reports.adopted": anywhere(READ),
    "reports.plan": cycle(READ),
    "reports.plan_word": cycle(READ),
    "reports.plan_pdf": cycle(READ),
    # notifications
    "notifications.outbox": organizer(MANAGE),
    "notifications.mail": organizer(MANAGE),
    "notifications.reminders": organizer(MANAGE),
    # audit
    "audit.index": SIGNED_IN,
    "audit.unit": unit(FOLLOW),
}
