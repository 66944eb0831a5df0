"""The index of the data model, by domain. Import models from here."""

from tracker.analyses.deepening import AnalysisDeepening
from tracker.analyses.factors import SuccessFactor
from tracker.analyses.models import (
    AdoptedAnalysis,
    AnalysisReopening,
    AnalysisState,
    AnalysisWriter,
    SituationAnalysis,
)
from tracker.analyses.problems import Cause, CauseLocation, Problem, ProblemDevelopment
from tracker.analyses.texts import AnalysisText, TextPart
from tracker.audit.models import AuditEvent, AuditEventUnit
from tracker.auth.models import (
    FailedSignIn,
    LinkPurpose,
    MailRhythm,
    OneTimeLink,
    SignInSession,
    User,
)
from tracker.board.models import BoardQuestion
from tracker.calendars.models import CalendarEntry, CalendarFeed, CalendarNews, CalendarNotice
from tracker.checkins.models import CheckIn, CheckInMeasure, CheckInUnit
from tracker.cycle.models import CalendarPeriod, PhaseSetting, QualityCycle, SchoolYear
from tracker.dialogues.agreements import Agreement
from tracker.dialogues.joined import JoinedDialogue
from tracker.dialogues.models import DialogueUnit, QualityDialogue
from tracker.dialogues.moves import DialogueMove, TimeProposal
from tracker.dialogues.notes import DialogueApproval, DialogueNote, DialogueRemark
from tracker.dialogues.questions import PreparationQuestion
from tracker.dialogues.states import (
    AgreementState,
    DialogueKind,
    DialogueState,
    MoveKind,
    Side,
)
from tracker.dialogues.topics import DialogueTopic
from tracker.drafts.models import Draft
from tracker.evaluation.models import CarriedOut, Decision, EffectAssessment, Judgement, Term
from tracker.examples.models import GoodExample
from tracker.handover.models import HandoverNote
from tracker.measures.areas import DevelopmentArea
from tracker.measures.log import MeasureLogEntry
from tracker.measures.models import Measure
from tracker.measures.parts import MeasureUnit
from tracker.measures.states import MeasureBasis, MeasureState
from tracker.national.models import NationalDialogue, NationalMeeting, NationalStep
from tracker.notifications.mails import MailKind, MailState, OutgoingMail
from tracker.notifications.models import Reminder, ReminderKind, ReminderState
from tracker.notifications.rules import ReminderRule
from tracker.organisation.assignments import RoleAssignment
from tracker.organisation.models import (
    SchoolForm,
    SchoolUnit,
    UnitAddress,
    UnitForm,
    UnitKind,
    UnitSuccession,
)
from tracker.organisation.organizers import Area, Organizer
from tracker.organisation.roles import Permission, Role, Scope
from tracker.own_lap.models import OrganizerGoal
from tracker.removals.models import Removal, RemovalKind
from tracker.search.models import SearchEntry
from tracker.support.feedback import SupportFeedback
from tracker.support.levels import SupportDecision
from tracker.support.offers import SupportOffer, SupportOfferForm
from tracker.support.requests import SupportRequest
from tracker.support.states import FeedbackState, SupportLevel, SupportState
from tracker.teams.evaluations import TeamEvaluation
from tracker.teams.goals import TeamGoal
from tracker.teams.models import Team, TeamKind, TeamMember
from tracker.teams.plans import TeamPlan
from tracker.teams.states import GoalDecision

__all__ = [
    "AdoptedAnalysis",
    "Agreement",
    "AgreementState",
    "AnalysisDeepening",
    "AnalysisReopening",
    "AnalysisState",
    "AnalysisText",
    "AnalysisWriter",
    "Area",
    "AuditEvent",
    "AuditEventUnit",
    "BoardQuestion",
    "CalendarEntry",
    "CalendarFeed",
    "CalendarNews",
    "CalendarNotice",
    "CalendarPeriod",
    "CarriedOut",
    "Cause",
    "CauseLocation",
    "CheckIn",
    "CheckInMeasure",
    "CheckInUnit",
    "Decision",
    "DevelopmentArea",
    "DialogueApproval",
    "DialogueKind",
    "DialogueMove",
    "DialogueNote",
    "DialogueRemark",
    "DialogueState",
    "DialogueTopic",
    "DialogueUnit",
    "Draft",
    "EffectAssessment",
    "FailedSignIn",
    "FeedbackState",
    "GoalDecision",
    "GoodExample",
    "HandoverNote",
    "JoinedDialogue",
    "Judgement",
    "LinkPurpose",
    "MailKind",
    "MailRhythm",
    "MailState",
    "Measure",
    "MeasureBasis",
    "MeasureLogEntry",
    "MeasureState",
    "MeasureUnit",
    "MoveKind",
    "NationalDialogue",
    "NationalMeeting",
    "NationalStep",
    "OneTimeLink",
    "Organizer",
    "OrganizerGoal",
    "OutgoingMail",
    "Permission",
    "PhaseSetting",
    "PreparationQuestion",
    "Problem",
    "ProblemDevelopment",
    "QualityCycle",
    "QualityDialogue",
    "Reminder",
    "ReminderKind",
    "ReminderRule",
    "ReminderState",
    "Removal",
    "RemovalKind",
    "Role",
    "RoleAssignment",
    "SchoolForm",
    "SchoolUnit",
    "SchoolYear",
    "Scope",
    "SearchEntry",
    "Side",
    "SignInSession",
    "SituationAnalysis",
    "SuccessFactor",
    "SupportDecision",
    "SupportFeedback",
    "SupportLevel",
    "SupportOffer",
    "SupportOfferForm",
    "SupportRequest",
    "SupportState",
    "Team",
    "TeamEvaluation",
    "TeamGoal",
    "TeamKind",
    "TeamMember",
    "TeamPlan",
    "Term",
    "TextPart",
    "TimeProposal",
    "UnitAddress",
    "UnitForm",
    "UnitKind",
    "UnitSuccession",
    "User",
]
